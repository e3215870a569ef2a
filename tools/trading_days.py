"""The days on which the US stock and index option exchanges are open.

Rules for the regular holidays and a list of the single closures, from 1990 on. A closure that is
announced tomorrow (a day of mourning, a storm) is not known here. The tests compare every day with
the calendar of the exchange_calendars package.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

FIRST_YEAR = 1990
"""The rules hold from this year on."""

SINGLE_CLOSURES = frozenset(
    dt.date.fromisoformat(day)
    for day in (
        "1994-04-27",  # funeral of President Nixon
        "2001-09-11", "2001-09-12", "2001-09-13", "2001-09-14",  # attacks of September 11
        "2004-06-11",  # mourning for President Reagan
        "2007-01-02",  # mourning for President Ford
        "2012-10-29", "2012-10-30",  # Hurricane Sandy
        "2018-12-05",  # mourning for President G. H. W. Bush
        "2025-01-09",  # mourning for President Carter
    )
)  # fmt: skip

MONDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = 0, 3, 4, 5, 6
_DAY = dt.timedelta(days=1)


def is_trading_day(day: dt.date) -> bool:
    """Whether the exchanges open on `day`.

    >>> is_trading_day(dt.date(2019, 4, 19))  # Good Friday
    False
    """
    return day.weekday() < SATURDAY and day not in holidays(day.year)


def previous_trading_day(day: dt.date) -> dt.date:
    """The last trading day before `day`.

    >>> previous_trading_day(dt.date(2024, 6, 20))
    datetime.date(2024, 6, 18)
    """
    day -= _DAY
    while not is_trading_day(day):
        day -= _DAY
    return day


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> dt.date:
    """The nth such weekday of a month; Monday is 0.

    >>> nth_weekday(2018, 12, FRIDAY, 3)
    datetime.date(2018, 12, 21)
    """
    first = dt.date(year, month, 1)
    return first + dt.timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


@lru_cache(maxsize=256)
def holidays(year: int) -> frozenset[dt.date]:
    """The weekdays of a year on which the exchanges are closed."""
    days = {
        nth_weekday(year, 2, MONDAY, 3),  # Washington's Birthday
        _easter(year) - 2 * _DAY,  # Good Friday
        nth_weekday(year, 6, MONDAY, 1) - 7 * _DAY,  # Memorial Day, the last Monday of May
        _observed(dt.date(year, 7, 4)),
        nth_weekday(year, 9, MONDAY, 1),  # Labor Day
        nth_weekday(year, 11, THURSDAY, 4),  # Thanksgiving
        _observed(dt.date(year, 12, 25)),
    }
    # New Year's Day on a Saturday is not made up: the Friday closes the accounting year.
    new_year = dt.date(year, 1, 1)
    if new_year.weekday() != SATURDAY:
        days.add(_observed(new_year))
    if year >= 1998:
        days.add(nth_weekday(year, 1, MONDAY, 3))  # Martin Luther King Jr. Day
    if year >= 2022:
        days.add(_observed(dt.date(year, 6, 19)))  # Juneteenth
    return frozenset(days | {day for day in SINGLE_CLOSURES if day.year == year})


def _easter(year: int) -> dt.date:
    """Easter Sunday by the anonymous Gregorian rule (Meeus, Astronomical Algorithms, chapter 8)."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    leap, odd = divmod(century, 4)
    epact = (19 * golden + century - leap - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * odd + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return dt.date(year, month, day + 1)


def _observed(day: dt.date) -> dt.date:
    if day.weekday() == SATURDAY:
        return day - _DAY
    return day + _DAY if day.weekday() == SUNDAY else day
