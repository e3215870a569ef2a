"""`Snapshot`: the market at one moment, with where it comes from and when it was true."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from dataclasses import dataclass
from typing import Any, Final

from tools.market.errors import MarketError
from tools.market.sessions import NEW_YORK, last_close, session_close
from tools.results import plain_json

INDICES: Final = {
    "vix": "VIX", "vix9d": "VIX9D", "vix3m": "VIX3M", "vix6m": "VIX6M", "vvix": "VVIX",
}  # fmt: skip
"""The volatility indices of a snapshot, in points, as the market calls them."""

LIVE_LIMIT: Final = dt.timedelta(minutes=45)
"""Quotes of an open market older than this are stale: 15 minutes of delay, and room for a retry."""

_LARGEST_INDEX: Final = 300.0
_LARGEST_SPOT: Final = 1e6


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The S&P 500 and its volatility indices at one moment; what a source does not know is None.

    Attributes:
        source: Who says so, in words that complete "from ...".
        as_of: The moment of the data themselves, with its time zone.
        fetched_at: When they were fetched, with its time zone.
        spot: S&P 500 [points].
        vix, vix9d, vix3m, vix6m, vvix: Volatility indices [points], or None.
        rate: Short interest rate, continuously compounded [decimal a year], or None.
        dividend_yield: Of the index, continuously compounded [decimal a year], or None.
        notes: What a reader has to know beside: a fallback, a delay, a value left out.
    """

    source: str
    as_of: dt.datetime
    fetched_at: dt.datetime
    spot: float
    vix: float | None = None
    vix9d: float | None = None
    vix3m: float | None = None
    vix6m: float | None = None
    vvix: float | None = None
    rate: float | None = None
    dividend_yield: float | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no market can be: a price of NaN, a moment without a zone."""
        for name in ("as_of", "fetched_at"):
            if getattr(self, name).tzinfo is None:
                raise MarketError(f"{self.source} gave {name} without a time zone.")
        self._check("spot", self.spot, 0.0, _LARGEST_SPOT)
        for name in INDICES:
            self._check(name, getattr(self, name), 0.0, _LARGEST_INDEX)
        for name in ("rate", "dividend_yield"):
            self._check(name, getattr(self, name), -0.5, 1.0)

    def _check(self, name: str, value: float | None, above: float, at_most: float) -> None:
        if value is None and name != "spot":
            return
        if value is None or not math.isfinite(value) or not above < value <= at_most:
            raise MarketError(
                f"{self.source} gave {name} {value}; it has to be above {above:g} and at most "
                f"{at_most:g}."
            )

    @property
    def day(self) -> dt.date:
        """The trading day of the data, in New York."""
        return self.as_of.astimezone(NEW_YORK).date()

    @property
    def is_close(self) -> bool:
        """Whether these are the closing values of their day: the index moves no more after it."""
        return self.as_of >= session_close(self.day)

    @property
    def time_label(self) -> str:
        """The moment in words: 'close of 2018-12-31', or '2023-09-14 11:31 New York time'."""
        if self.is_close:
            return f"close of {self.day}"
        return f"{self.as_of.astimezone(NEW_YORK):%Y-%m-%d %H:%M} New York time"

    @property
    def label(self) -> str:
        """The values with time and source in one line, to stand beside every number of theirs."""
        values = [f"S&P 500 {self.spot:.2f}"]
        values += [
            f"{INDICES[name]} {value:.2f}" for name, value in self.volatility_indices().items()
        ]
        named = values[0] if len(values) == 1 else f"{', '.join(values[:-1])} and {values[-1]}"
        return f"{named}, {self.time_label}, from {self.source}"

    def volatility_indices(self) -> dict[str, float]:
        """The volatility indices that are known, named as `check_regime` takes them [points]."""
        values = {name: getattr(self, name) for name in INDICES}
        return {name: value for name, value in values.items() if value is not None}

    def is_stale(self, now: dt.datetime, limit: dt.timedelta = LIVE_LIMIT) -> bool:
        """Whether newer data must exist at `now`.

        A close is stale once another session has closed and `limit` has passed since. Quotes from
        within a session are stale once they are older than `limit`.

        Args:
            now: The moment to judge at, with its time zone.
            limit: How long a source may take to publish.

        >>> noon = dt.datetime(2018, 12, 31, 12, tzinfo=NEW_YORK)
        >>> quotes = Snapshot(source="a desk", as_of=noon, fetched_at=noon, spot=2506.85)
        >>> quotes.is_stale(noon + dt.timedelta(minutes=20)), quotes.is_stale(noon.replace(hour=13))
        (False, True)
        """
        if now.tzinfo is None:
            raise ValueError("now has no time zone; give it one")
        if self.is_close:
            return self.as_of < last_close(now - limit)
        return now - self.as_of > limit

    def staleness(self, now: dt.datetime, limit: dt.timedelta = LIVE_LIMIT) -> str | None:
        """A sentence that says how old stale data are, or None where they are not stale."""
        if not self.is_stale(now, limit):
            return None
        days = (now.astimezone(NEW_YORK).date() - self.day).days
        age = f"{days:,} days" if days > 1 else "1 day" if days else "less than a day"
        return (
            f"These data are stale: {self.time_label} is {age} before "
            f"{now.astimezone(NEW_YORK):%Y-%m-%d %H:%M} New York time, and newer data exist."
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, with `label` and `time_label`."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        plain: dict[str, Any] = plain_json(values)
        return plain | {"label": self.label, "time_label": self.time_label}
