"""Backtests of rules for SPX iron condors: the rules, the run, the named studies, the sweep.

    history   the table of closes, cleaned; what was dropped and why
    rules     entry, exit, roll, costs, hedge and smile, as records that check themselves
    smile     skew and level of volatility, fitted each day to that day's VIX and SKEW
    prices    what an option is worth on a day; strikes by rule
    quotes    quoted chains in place of the model, on the days that have one
    trades    entries, marks, exits and rolls of all trades at once
    gate      regime rules, day by day
    hedge     layers of VIX calls and futures, off the VIX futures
    account   contracts of each trade, interest, the account day by day
    metrics   the figures of a run, with n and intervals
    result    the run put together; `report` writes it as Markdown and HTML
    studies   runs with a name, that answer one question each; `cndr` is one of them
    sweep     many runs on Dask, resumable

Nothing here reads a file, the clock or the network, except the store that a sweep is given.
"""

from __future__ import annotations

from tools.backtest.result import Backtest
from tools.backtest.rules import (
    FLAT_SMILE,
    CondorEntry,
    CondorExit,
    CondorRoll,
    SmileModel,
    TradingCosts,
    VixCallHedge,
)
from tools.backtest.run import backtest_condor

__all__ = [
    "FLAT_SMILE",
    "Backtest",
    "CondorEntry",
    "CondorExit",
    "CondorRoll",
    "SmileModel",
    "TradingCosts",
    "VixCallHedge",
    "backtest_condor",
]
