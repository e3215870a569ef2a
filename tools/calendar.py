"""Dates that matter to a condor: VIX expirations, settlement, and the releases that move markets.

Expirations follow from the exchange's rule and its holidays. Releases are read from
`tools/data/events.toml`, which states for each series when it is complete; what lies outside is
reported as a gap and never guessed. No clock is read.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, overload

from tools.checking import checked
from tools.dates import Date
from tools.errors import ToolInputError
from tools.quantities import LocalTime
from tools.results import Result
from tools.trading_days import (
    FIRST_YEAR,
    FRIDAY,
    is_trading_day,
    nth_weekday,
    previous_trading_day,
)

FIRST_VIX_EXPIRATION = dt.date(2004, 5, 19)
"""The first VIX future expired then; there is nothing to list before."""

FIRST_WEEKLY_VIX_EXPIRATION = dt.date(2015, 10, 14)
"""Weekly VIX options began in October 2015."""

VIX_DAYS_BEFORE_SPX = 30
"""A VIX contract settles to options on the SPX that expire this many calendar days later."""

LAST_YEAR = 2200
"""Holiday rules are not carried further."""

Root = Literal["SPX", "SPXW", "VIX", "VX"]


@dataclass(frozen=True)
class EconomicEvent:
    """One date on which the market learns something: its name, day, source and standing."""

    name: str
    date: dt.date
    source: str = "handed over by the caller"
    status: str = "given"


@dataclass(frozen=True)
class Gap:
    """A stretch of the asked time in which nothing is known here about a series."""

    name: str
    start: dt.date
    end: dt.date


@dataclass(frozen=True, kw_only=True, repr=False)
class EventCalendar(Result):
    """The known events of a stretch of time in order, and the gaps; a sequence of its events."""

    events: tuple[EconomicEvent, ...]
    gaps: tuple[Gap, ...]

    def __iter__(self) -> Iterator[EconomicEvent]:
        return iter(self.events)

    def __len__(self) -> int:
        return len(self.events)

    @overload
    def __getitem__(self, at: int) -> EconomicEvent: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[EconomicEvent, ...]: ...
    def __getitem__(self, at: int | slice) -> EconomicEvent | tuple[EconomicEvent, ...]:
        return self.events[at]


@dataclass(frozen=True, kw_only=True, repr=False)
class Settlement(Result):
    """How and when an expiration settles, and until when it can be traded."""

    root: Root
    expiration: dt.date
    style: Literal["AM", "PM"]
    last_trading_day: dt.date
    settles_at: Annotated[dt.datetime, LocalTime("New York time")]
    settles_to: str


@checked()
def economic_events(start: Date, end: Date) -> EventCalendar:
    """The FOMC, CPI and PPI dates from `start` to `end`, with source, and what is not known.

    Args:
        start: first day.
        end: last day, not before `start`.

    Returns:
        `EventCalendar`: events in order of date, each with name, date, source and status ('past',
        or 'scheduled' in advance); `gaps`, the stretches in which a series is not known here.

    Raises:
        ToolInputError: a date cannot be read, or `end` lies before `start`.

    Source: Federal Reserve Board and Bureau of Labor Statistics, as in `tools/data/events.toml`.

    >>> found = economic_events(dt.date(2025, 9, 1), dt.date(2025, 9, 30))
    >>> [(event.name, event.date.day) for event in found]
    [('PPI', 10), ('CPI', 11), ('FOMC', 17)]
    >>> economic_events(dt.date(2015, 1, 1), dt.date(2015, 1, 31)).gaps[0].name
    'CPI'
    """
    _check_range(start, end)
    events: list[EconomicEvent] = []
    gaps: list[Gap] = []
    for series in _series():
        name, source = series["name"], f"{series['source']}; {series['time']}"
        for status in ("past", "scheduled"):
            events += [
                EconomicEvent(name, day, source, status)
                for day in series[status]
                if start <= day <= end
            ]
        gaps += _gaps(name, series["covers"], start, end)
    return EventCalendar(
        events=tuple(sorted(events, key=lambda event: (event.date, event.name))),
        gaps=tuple(gaps),
        assumptions={
            "coverage": "complete outside the gaps; inside a gap nothing is known here",
            "scheduled": "announced in advance; the agency may still move it, and unscheduled "
            "decisions of the FOMC cannot be known ahead",
        },
    )


@checked()
def vix_expirations(start: Date, end: Date, weekly: bool = False) -> list[dt.date]:
    """The expiration dates of VIX options and futures from `start` to `end`.

    The Wednesday 30 days before the third Friday of the following month. Where that Wednesday or
    that Friday is a holiday, the business day before the Wednesday. The dates are those of the
    morning settlement; the last trading day is the business day before.

    Args:
        start: first day.
        end: last day, not before `start`.
        weekly: also the other Wednesdays, by the same rule, from October 2015 on.

    Returns:
        Dates in ascending order; empty before the first VIX future of 2004.

    Raises:
        ToolInputError: a date cannot be read, or `end` lies before `start`.

    Source: Cboe, "Settlement Information for VIX Derivatives"; its example is 21 November 2018,
    for the options on the SPX of 21 December 2018.

    >>> vix_expirations(dt.date(2018, 11, 1), dt.date(2018, 11, 30))
    [datetime.date(2018, 11, 21)]
    >>> vix_expirations(dt.date(2024, 6, 1), dt.date(2024, 6, 30))  # Juneteenth is a Wednesday
    [datetime.date(2024, 6, 18)]
    """
    _check_range(start, end)
    first = max(start, FIRST_VIX_EXPIRATION)
    month_after = (first.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    found: set[dt.date] = set()
    # A holiday moves an expiration by a day or two at most, so a week's margin sees them all.
    while (friday := nth_weekday(month_after.year, month_after.month, FRIDAY, 3)) <= (
        end + dt.timedelta(days=VIX_DAYS_BEFORE_SPX + 7)
    ):
        found.add(_vix_expiration(friday))
        month_after = (month_after + dt.timedelta(days=32)).replace(day=1)
    if weekly:
        friday = max(first, FIRST_WEEKLY_VIX_EXPIRATION) + dt.timedelta(days=VIX_DAYS_BEFORE_SPX)
        friday += dt.timedelta(days=(FRIDAY - friday.weekday()) % 7)
        while friday <= end + dt.timedelta(days=VIX_DAYS_BEFORE_SPX + 7):
            found.add(_vix_expiration(friday))
            friday += dt.timedelta(days=7)
    return sorted(day for day in found if first <= day <= end)


@checked()
def settlement(expiration: Date, root: Root = "SPXW") -> Settlement:
    """How an expiration settles: at the open (AM) or at the close (PM), and when trading ends.

    An SPX (AM) position cannot be adjusted after the close of the day before, and carries the
    overnight gap: its time runs to the open. SPXW (PM) trades until the close it settles to.

    Args:
        expiration: the expiration date.
        root: SPX (third Friday, AM), SPXW (PM), VIX (options) or VX (futures), both AM.

    Returns:
        `Settlement`: style, last_trading_day, settles_at (New York time), settles_to.

    Raises:
        ToolInputError: the exchange is closed on that day, or that root does not expire on it.

    Source: Cboe, SPX and VIX options product specifications.

    >>> am, pm = (settlement(dt.date(2024, 6, 21), root) for root in ("SPX", "SPXW"))
    >>> am.style, am.last_trading_day.day, pm.style, pm.last_trading_day.day
    ('AM', 20, 'PM', 21)
    """
    _check_year("expiration", expiration)
    if not is_trading_day(expiration):
        raise ToolInputError.of(
            "expiration", expiration.isoformat(), "a trading day", "The exchange is closed then."
        )
    if root == "SPX" and expiration != _third_friday(expiration):
        raise ToolInputError.of(
            "expiration",
            expiration.isoformat(),
            f"{_third_friday(expiration).isoformat()} in that month for SPX (AM)",
            "Other dates are SPXW, settled at the close.",
        )
    if root in ("VIX", "VX") and expiration not in vix_expirations(
        expiration, expiration, weekly=True
    ):
        raise ToolInputError.of(
            "expiration", expiration.isoformat(), "a VIX expiration, see vix_expirations"
        )
    morning = root != "SPXW"
    return Settlement(
        root=root,
        expiration=expiration,
        style="AM" if morning else "PM",
        last_trading_day=previous_trading_day(expiration) if morning else expiration,
        settles_at=dt.datetime.combine(expiration, dt.time(9, 30) if morning else dt.time(16, 0)),
        settles_to=_SETTLES_TO[root],
        assumptions={
            "clock": "New York time; on a shortened day the close is earlier",
            "holidays": "the rules of tools.trading_days; a closure announced later is not known",
        },
    )


_SETTLES_TO = {
    "SPX": "SET, from the opening prices of the stocks in the index",
    "SPXW": "the closing level of the index",
    "VIX": "VRO, from the opening trades of SPX options that expire 30 days later",
    "VX": "VRO, from the opening trades of SPX options that expire 30 days later",
}


def _vix_expiration(friday: dt.date) -> dt.date:
    wednesday = friday - dt.timedelta(days=VIX_DAYS_BEFORE_SPX)
    if is_trading_day(wednesday) and is_trading_day(friday):
        return wednesday
    return previous_trading_day(wednesday)


def _third_friday(day: dt.date) -> dt.date:
    friday = nth_weekday(day.year, day.month, FRIDAY, 3)
    return friday if is_trading_day(friday) else previous_trading_day(friday)


def _gaps(name: str, covers: list[list[dt.date]], start: dt.date, end: dt.date) -> list[Gap]:
    gaps, day = [], start
    for first, last in sorted(covers):
        if first > end:
            break
        if day < first:
            gaps.append(Gap(name, day, first - dt.timedelta(days=1)))
        day = max(day, last + dt.timedelta(days=1))
    if day <= end:
        gaps.append(Gap(name, day, end))
    return gaps


def _check_range(start: dt.date, end: dt.date) -> None:
    _check_year("start", start)
    _check_year("end", end)
    if end < start:
        raise ToolInputError.of("end", end.isoformat(), f"on or after start, {start.isoformat()}")


def _check_year(field: str, day: dt.date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ToolInputError.of(
            field,
            day.isoformat(),
            f"a date from {FIRST_YEAR} to {LAST_YEAR}",
            "The holiday rules are known for those years.",
        )


@lru_cache(maxsize=1)
def _series() -> list[dict[str, Any]]:
    path = Path(__file__).with_name("data") / "events.toml"
    series: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))["series"]
    return series
