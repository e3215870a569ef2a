"""When to decide: times of the exchange's sessions, with its holidays, half days and clocks.

The calendar is that of the package exchange_calendars (XNYS, whose days and hours the SPX options
share), since it is kept up to date with closures announced at short notice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from assistant.watch.plan import parts_of_time

NEW_YORK = ZoneInfo("America/New_York")

_BACK = dt.timedelta(days=400)
_AHEAD = dt.timedelta(days=40)


class Sessions:
    """The moments of a plan's times, and the sessions around a day."""

    def __init__(self, times: Sequence[str]) -> None:
        """Take the times of a plan, such as 'close + 20 minutes'."""
        self._times = [parts_of_time(time) for time in times]

    def between(self, after: dt.datetime, until: dt.datetime) -> list[dt.datetime]:
        """The moments later than `after`, up to and including `until`, in order, in UTC."""
        found = set()
        for opening, closing in _hours(after - dt.timedelta(days=2), until + dt.timedelta(days=2)):
            for anchor, minutes in self._times:
                moment = _moment(anchor, minutes, opening, closing)
                if moment is not None and after < moment <= until:
                    found.add(moment)
        return sorted(found)

    def next_after(self, moment: dt.datetime) -> dt.datetime | None:
        """The first moment later than `moment`, or None where the calendar ends before it."""
        found = self.between(moment, moment + dt.timedelta(days=14))
        return found[0] if found else None

    def latest(self, moment: dt.datetime) -> dt.datetime | None:
        """The last moment at or before `moment`."""
        found = self.between(moment - dt.timedelta(days=14), moment)
        return found[-1] if found else None


def session_of(moment: dt.datetime) -> dt.date:
    """The trading day that a moment belongs to: its own, or the last one before it."""
    hours = _hours(moment - dt.timedelta(days=14), moment)
    started = [opening for opening, _ in hours if opening <= moment]
    return started[-1].astimezone(NEW_YORK).date()


def has_closed(moment: dt.datetime) -> bool:
    """Whether the session that a moment belongs to is over."""
    hours = _hours(moment - dt.timedelta(days=14), moment)
    return [closing for opening, closing in hours if opening <= moment][-1] <= moment


def next_session(day: dt.date) -> dt.date:
    """The first trading day after `day`."""
    start = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), NEW_YORK)
    return _hours(start, start + dt.timedelta(days=14))[0][0].astimezone(NEW_YORK).date()


def _moment(
    anchor: str, minutes: int, opening: dt.datetime, closing: dt.datetime
) -> dt.datetime | None:
    shift = dt.timedelta(minutes=minutes)
    if anchor == "open":
        return opening + shift
    if anchor == "close":
        return closing + shift
    # A time of the clock: the zone's own rules say what it is on a day that clocks change. After
    # an early close there is no session left to look at.
    clock = dt.time(minutes // 60, minutes % 60)
    day = opening.astimezone(NEW_YORK).date()
    moment = dt.datetime.combine(day, clock, NEW_YORK).astimezone(dt.UTC)
    shut_early = closing.astimezone(NEW_YORK).time() < dt.time(16)
    return None if shut_early and moment > closing and clock <= dt.time(16) else moment


def _hours(start: dt.datetime, end: dt.datetime) -> list[tuple[dt.datetime, dt.datetime]]:
    """The opening and closing of each session from one day to another, in UTC."""
    first, last = start.astimezone(NEW_YORK).date(), end.astimezone(NEW_YORK).date()
    schedule = _calendar(first.year - 1, last.year + 1).schedule
    rows = schedule.loc[first.isoformat() : last.isoformat()]
    return [
        (opening.to_pydatetime(), closing.to_pydatetime())
        for opening, closing in zip(rows["open"], rows["close"], strict=True)
    ]


@lru_cache(maxsize=8)
def _calendar(first_year: int, last_year: int) -> Any:
    import exchange_calendars

    return exchange_calendars.get_calendar(
        "XNYS", start=f"{first_year}-01-01", end=f"{last_year}-12-31"
    )
