"""A condor rule over the sample market: what it earned, what it risked, and how sure that is.

python examples/run_a_backtest.py
"""

from tools import backtest_condor
from tools.market import open_market

history = open_market("sample").history("2014-01-02", "2018-12-31")
result = backtest_condor(
    history.frame,
    entry={"days": 30, "short_delta": 0.16, "wing_width": 50, "every": "week"},
    exit={"profit_target": 0.5, "stop_multiple": 2.0},
)
print(history.label)
print(result)
print(result.trades.tail())
