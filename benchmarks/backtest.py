"""How long backtests take: thirty years of daily entries, and a sweep of a thousand sets on Dask.

`PYTHONPATH=. python benchmarks/backtest.py FOLDER`, where FOLDER holds daily closes of the S&P 500
and of the volatility indices, as `askcondor backtest --market csv:FOLDER` reads them. Medians of
three; the sweep once, its cluster's start included.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from tools import CondorEntry, CondorExit, backtest_condor
from tools.backtest.studies import run_study
from tools.backtest.sweep import grid, sweep_condor
from tools.market import open_market

SETS = {
    "entry.days": [7, 14, 30, 45, 60],
    "entry.short_delta": [0.08, 0.10, 0.12, 0.16, 0.20],
    "entry.wing_width": [25.0, 50.0],
    "exit.profit_target": [None, 0.25, 0.50, 0.75],
    "exit.stop_multiple": [None, 1.5, 2.0, 2.5, 3.0],
}


def main() -> None:
    frame = open_market(f"csv:{sys.argv[1]}").history("1990-01-02").frame
    history = frame.drop(columns=["advancers", "decliners"], errors="ignore")
    ten_years = history.loc["2010":"2019"]
    backtest_condor(ten_years)  # the smile's table, once a process
    daily = CondorEntry(every="day")
    show("34 years, an entry a day, held [s]", median(lambda: backtest_condor(history, daily)))
    leave = CondorExit(profit_target=0.5, stop_multiple=2.0)
    seconds = median(lambda: backtest_condor(history, daily, leave))
    show("34 years, an entry a day, target and stop [s]", seconds)
    show("10 years, an entry a week [s]", median(lambda: backtest_condor(ten_years)))
    show("a study of two variants and six prices [s]",
         median(lambda: run_study("regime", history), 1))  # fmt: skip
    sets = grid(**SETS)
    for every in ("week", "day"):
        each = [{**one, "entry": {**one["entry"], "every": every}} for one in sets]
        begun = time.perf_counter()
        sweep_condor(ten_years, each)
        spent = time.perf_counter() - begun
        show(f"a sweep of {len(each):,} sets over 10 years, an entry a {every} [s]", spent)


def median(run: Callable[[], Any], repeat: int = 3) -> float:
    times = []
    for _ in range(repeat):
        begun = time.perf_counter()
        run()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def show(name: str, seconds: float) -> None:
    print(f"{name:64}{seconds:8.2f}", flush=True)


if __name__ == "__main__":
    main()
