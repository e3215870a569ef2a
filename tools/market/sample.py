"""The source `sample`: what the package arch carries, so that a market is there without a network.

S&P 500 1999-2018 and VIX 2014-2018, daily. Old, complete, and the same for everybody: right for
examples, wrong for today, which is why its dates stand in every label.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
from functools import lru_cache
from pathlib import Path

import pandas as pd

from tools.market.cleaning import Report, daily_column, missing_days
from tools.market.errors import MarketError
from tools.market.history import MarketHistory
from tools.market.snapshot import Snapshot
from tools.market.source import Market, closing_snapshot

SOURCE = "the sample of the package arch"


class SampleMarket(Market):
    """S&P 500 1999-2018 and VIX 2014-2018, out of the package arch; no network, no key."""

    name = "sample"

    def history(
        self, start: dt.date | str | None = None, end: dt.date | str | None = None
    ) -> MarketHistory:
        """Daily closes; the VIX begins in 2014 and is NaN before."""
        return _sample().between(start, end)

    def snapshot(self, as_of: dt.date | dt.datetime | str | None = None) -> Snapshot:
        """The close of 2018-12-31, or of an earlier day."""
        return closing_snapshot(_sample(), self._clock(), as_of)


@lru_cache(maxsize=1)
def _sample() -> MarketHistory:
    report = Report()
    index = _read("sp500/sp500.csv.gz")
    spx = daily_column(index["Date"], index["Close"], "spx", "sp500.csv.gz", report)
    volatility = _read("vix/vix.csv.gz").replace({"vix": {".": ""}})  # FRED's dot for no value
    vix = daily_column(volatility["Date"], volatility["vix"], "vix", "vix.csv.gz", report)
    for column in (spx, vix):
        missing_days(pd.DatetimeIndex(column.index), str(column.name), report)
    frame = pd.concat([spx, vix], axis=1, sort=True)
    for day in frame.index[frame["spx"].isna()]:
        report.add(f"{day:%Y-%m-%d}", "vix of vix.csv.gz", "no close of the S&P 500 that day")
    frame.index = pd.DatetimeIndex(frame.index.to_numpy(), name="date")
    return MarketHistory(frame[frame["spx"].notna()], SOURCE, report.table())


def _read(name: str) -> pd.DataFrame:
    # The file itself: importing arch.data would import arch, and with it statsmodels, for seconds.
    package = importlib.util.find_spec("arch")
    if package is None or not package.submodule_search_locations:
        raise MarketError("The source 'sample' reads the package arch, which is not installed.")
    path = Path(package.submodule_search_locations[0], "data", name)
    if not path.is_file():
        raise MarketError(f"The installed package arch has no file data/{name}.")
    return pd.read_csv(path, dtype=str, keep_default_na=False)
