"""When the US exchanges open and close: what a daily close is worth as a moment in time.

Which days are open is a rule of `tools.trading_days`, and so are the three early closes here. Both
are compared day by day with the package exchange_calendars in the tests. That package takes a third
of a second to load, which a question about yesterday's close should not wait for; the schedule of
`askcondor watch`, which has to know a closure announced last week, uses the package itself.
"""

from __future__ import annotations

import datetime as dt
from typing import Final
from zoneinfo import ZoneInfo

from tools.trading_days import (
    FIRST_YEAR,
    SATURDAY,
    THURSDAY,
    holidays,
    is_trading_day,
    nth_weekday,
    previous_trading_day,
)

NEW_YORK: Final = ZoneInfo("America/New_York")
OPENING: Final = dt.time(9, 30)
CLOSE: Final = dt.time(16, 0)
EARLY_CLOSE: Final = dt.time(13, 0)

EARLY_CLOSES_SINCE: Final = 2013
"""From this year on the early closes are the three of the rule; before they varied by hours."""


def is_open_day(day: dt.date) -> bool:
    """Whether the exchanges trade on `day`; before 1990 only weekends are known to be closed.

    >>> is_open_day(dt.date(2018, 12, 5)), is_open_day(dt.date(2018, 12, 24))
    (False, True)
    """
    if day.year < FIRST_YEAR:
        return day.weekday() < SATURDAY
    return is_trading_day(day)


def session_open(day: dt.date) -> dt.datetime:
    """The moment at which a trading day opens."""
    return dt.datetime.combine(day, OPENING, NEW_YORK)


def session_close(day: dt.date) -> dt.datetime:
    """The moment at which a trading day closes.

    >>> session_close(dt.date(2018, 12, 24)).isoformat()
    '2018-12-24T13:00:00-05:00'
    """
    return dt.datetime.combine(day, EARLY_CLOSE if closes_early(day) else CLOSE, NEW_YORK)


def closes_early(day: dt.date) -> bool:
    """Whether it is the day after Thanksgiving, or a Monday to Thursday July 3 or December 24."""
    if day == nth_weekday(day.year, 11, THURSDAY, 4) + dt.timedelta(days=1):
        return True
    if (day.month, day.day) not in ((7, 3), (12, 24)) or day.weekday() > THURSDAY:
        return False
    return day.year < FIRST_YEAR or day not in holidays(day.year)


def last_close(moment: dt.datetime) -> dt.datetime:
    """The latest close at or before `moment`.

    >>> last_close(dt.datetime(2018, 12, 25, 12, tzinfo=NEW_YORK)).isoformat()
    '2018-12-24T13:00:00-05:00'
    """
    day = moment.astimezone(NEW_YORK).date()
    if not is_open_day(day) or session_close(day) > moment:
        day = previous_trading_day(day)
    return session_close(day)
