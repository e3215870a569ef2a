"""`MarketHistory`: daily closes as one table, and what was left out of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from tools.errors import ToolInputError
from tools.market.errors import MarketError


@dataclass(frozen=True)
class MarketHistory:
    """Daily closes with their source.

    Attributes:
        frame: A row a trading day, the index its date; the columns are named as `backtest_condor`
            takes them: spx, vix, vix9d, vix3m, vix6m, vvix, skew, vx1..vx7 [points], rate
            (continuously compounded) and dividend_yield [decimal a year], advancers and decliners
            [issues]; NaN where a source has no value.
        source: Who says so, in words that complete "from ...".
        dropped: What was left out, a row each: date (empty where it is not about one day), what,
            why.
        notes: What a reader has to know beside, such as a fallback.
    """

    frame: pd.DataFrame
    source: str
    dropped: pd.DataFrame
    notes: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What it holds, from when to when, from where, in one line."""
        first, last = self.frame.index[0], self.frame.index[-1]
        names = ", ".join(str(name).upper() for name in self.frame.columns)
        return (
            f"{names} by day, {first:%Y-%m-%d} to {last:%Y-%m-%d} ({len(self.frame):,} trading "
            f"days), from {self.source}"
        )

    def between(
        self, start: dt.date | str | None = None, end: dt.date | str | None = None
    ) -> MarketHistory:
        """The days from `start` to `end`, both included, with what was dropped among them.

        Raises:
            ToolInputError: A date cannot be read, or `end` lies before `start`.
            MarketError: There is no row in that time.
        """
        low, high = _day("start", start), _day("end", end)
        if low is not None and high is not None and high < low:
            raise ToolInputError.of("end", str(end), f"a day on or after start, {start}")
        frame = self.frame.loc[low:high]
        if frame.empty:
            first, last = self.frame.index[0], self.frame.index[-1]
            raise MarketError(
                f"{self.source} holds no day from {start or 'the first'} to {end or 'the last'}; "
                f"it reaches from {first:%Y-%m-%d} to {last:%Y-%m-%d}."
            )
        days = pd.to_datetime(self.dropped["date"], errors="coerce")
        inside = pd.Series(True, index=days.index)
        if low is not None:
            inside &= ~(days < low)
        if high is not None:
            inside &= ~(days > high)
        return MarketHistory(
            frame.dropna(axis=1, how="all"), self.source,
            self.dropped[inside.to_numpy()].reset_index(drop=True), self.notes,
        )  # fmt: skip


def _day(field: str, value: dt.date | str | None) -> pd.Timestamp | None:
    from tools.dates import Day

    return None if value is None else pd.Timestamp(Day().check(field, value))
