"""The source `yahoo`: daily closes and the latest levels through the package yfinance.

An extra (`askcondor[yahoo]`): Yahoo's service is unofficial and asks for no key; its terms allow
personal use.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import pandas as pd

from tools.dates import Day
from tools.market.cleaning import Report, daily_column, missing_days
from tools.market.errors import MarketError
from tools.market.history import MarketHistory
from tools.market.sessions import NEW_YORK, session_close
from tools.market.snapshot import Snapshot
from tools.market.source import Clock, Market, closing_snapshot, moment, utc_now

SYMBOLS: Final = {
    "spx": "^GSPC", "vix": "^VIX", "vix9d": "^VIX9D", "vix3m": "^VIX3M", "vix6m": "^VIX6M",
    "vvix": "^VVIX",
}  # fmt: skip
_NEEDED: Final = ("spx", "vix")
_RECENT: Final = dt.timedelta(days=14)  # long enough for every holiday


class YahooMarket(Market):
    """S&P 500 and volatility indices by day through yfinance, and their latest level."""

    name = "yahoo"

    def __init__(self, timeout_s: float = 10.0, clock: Clock = utc_now) -> None:
        """Import yfinance.

        Raises:
            MarketError: It is not installed.
        """
        super().__init__(clock)
        self._timeout_s = timeout_s
        try:
            import yfinance
        except ImportError as error:
            raise MarketError(
                "The source 'yahoo' needs the package yfinance: install askcondor[yahoo]."
            ) from error
        self._yfinance = yfinance

    def history(
        self, start: dt.date | str | None = None, end: dt.date | str | None = None
    ) -> MarketHistory:
        """Daily closes; the day that is still trading is left out and reported."""
        first = dt.date(1990, 1, 2) if start is None else Day().check("start", start)
        last = self._today() if end is None else Day().check("end", end)
        return self._closes(first, last).between(start, end)

    def snapshot(self, as_of: dt.date | dt.datetime | str | None = None) -> Snapshot:
        """The latest close, or the last one at or before `as_of`."""
        limit = moment("as_of", as_of)
        last = self._today() if limit is None else limit.astimezone(NEW_YORK).date()
        return closing_snapshot(self._closes(last - _RECENT, last), self._clock(), as_of)

    def _today(self) -> dt.date:
        return self._clock().astimezone(NEW_YORK).date()

    def _closes(self, first: dt.date, last: dt.date) -> MarketHistory:
        report, columns = Report(), []
        for name, symbol in SYMBOLS.items():
            try:
                columns.append(self._column(name, symbol, first, last, report))
            except MarketError as error:
                if name in _NEEDED:
                    raise
                report.add("", name, str(error))
        frame = pd.concat(columns, axis=1, sort=True)
        frame = frame[frame["spx"].notna()]
        frame.index = pd.DatetimeIndex(frame.index.to_numpy(), name="date")
        return MarketHistory(frame, "Yahoo Finance", report.table())

    def _column(
        self, name: str, symbol: str, first: dt.date, last: dt.date, report: Report
    ) -> pd.Series[Any]:
        try:
            table = self._yfinance.Ticker(symbol).history(
                start=first.isoformat(), end=(last + dt.timedelta(days=1)).isoformat(),
                auto_adjust=False, actions=False, raise_errors=True, timeout=self._timeout_s,
            )  # fmt: skip
        except Exception as error:  # yfinance raises whatever its HTTP library and parser raise
            raise MarketError(
                f"Yahoo gives no data for {symbol}: {type(error).__name__}: {error}"
            ) from error
        if table is None or table.empty or "Close" not in table:
            raise MarketError(f"Yahoo gives no data for {symbol} from {first} to {last}.")
        table = table[~table.index.isna()]
        days = pd.DatetimeIndex(table.index).tz_localize(None)
        running = days[-1].date() == self._today() and self._clock() < session_close(self._today())
        if running:
            report.add(f"{days[-1]:%Y-%m-%d}", name, "the day is still trading")
            table, days = table.iloc[:-1], days[:-1]
        if table.empty:
            raise MarketError(f"Yahoo gives no close for {symbol} from {first} to {last}.")
        column = daily_column(days, table["Close"], name, symbol, report)
        missing_days(pd.DatetimeIndex(column.index), f"{name} of {symbol}", report)
        return column
