"""The dates of a question: '2026-12-18', 'Dec 18 2026', 'March 2026', 'Q1 2026', 'next month'.

A date in words becomes a first and a last day. What is relative, or lacks its year, needs to know
which day is today, and is passed over where nobody says.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

_MONTHS = {
    name.lower(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
} | {"sept": 9}
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"

_FORMS = tuple(
    re.compile(rf"\b{form}(?![\w/]|\.\d|\s?%)", re.IGNORECASE)
    for form in (
        r"(?P<year>(?:19|20)\d\d)-(?P<monthnumber>\d\d)-(?P<day>\d\d)",
        rf"(?P<from>\d{{1,2}})(?:st|nd|rd|th)?\s*(?:and|to|-|till|until|through)\s*{_DAY}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}",
        rf"{_DAY}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}",
        rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}",
        r"(?P<monthnumber>\d{1,2})/(?P<day>\d{1,2})/(?P<year>20\d\d)",
        rf"{_MONTH}(?:\s+of)?,?\s+{_YEAR}",
        rf"(?P<nth>1st|2nd|3rd|4th|first|second|third|fourth)\s+quarter\s+(?:of\s+)?{_YEAR}",
        r"(?P<nth>1st|2nd|3rd|4th|first|second|third|fourth)\s+quarter(?!\s+of)",
        rf"q(?P<quarter>[1-4])\s*(?:of\s+)?{_YEAR}",
        rf"(?:in|for|during|year|all\s+of|calendar)\s+{_YEAR}",
        rf"{_MONTH}\s+{_DAY}",
        rf"{_DAY}\s+(?:of\s+)?{_MONTH}",
        r"(?P<relative>today|tomorrow|(?:this|next)\s+(?:week|month|quarter|year))",
        rf"^\W*{_MONTH}(?!\s+\d)",
        rf"(?<!\w)(?:and|what about|how about|or|then)\s+{_MONTH}(?!\s+\d)",
        rf"(?:between|from|until|till|through|since)\s+{_MONTH}(?!\s+\d)",
        rf"(?:in|for|during|this|next|of)\s+(?:the\s+)?(?:month\s+of\s+)?{_MONTH}",
    )
)


_NTH = {"1": 1, "2": 2, "3": 3, "4": 4, "f": 1, "s": 2, "t": 3}


@dataclass(frozen=True)
class Span:
    """A day or a stretch of days, and where the text names it."""

    first: dt.date
    last: dt.date
    start: int
    end: int


def days_in(text: str, today: dt.date | None = None) -> list[Span]:
    """The dates of a text, in order."""
    found: list[Span] = []
    years = set(re.findall(r"\b20\d\d\b", text))
    if len(years) == 1 and today:
        # 'between 1 March and 31 March 2026': the year is said once.
        today = dt.date(int(years.pop()), 1, 1)
    for form in _FORMS:
        for match in form.finditer(text):
            if any(match.start() < span.end and span.start < match.end() for span in found):
                continue
            bounds = _bounds(match.groupdict(), today)
            if bounds:
                found.append(Span(*bounds, match.start(), match.end()))
    return sorted(found, key=lambda span: span.start)


def _bounds(parts: dict[str, str | None], today: dt.date | None) -> tuple[dt.date, dt.date] | None:
    if parts.get("relative"):
        return _relative(str(parts["relative"]).lower(), today) if today else None
    month = _MONTHS.get(str(parts.get("month") or "").lower()) or int(parts.get("monthnumber") or 0)
    day = int(parts.get("day") or 0)
    if parts.get("year"):
        year = int(str(parts["year"]))
    elif today and parts.get("nth"):
        year = today.year
    elif today and month:
        year = today.year + ((month, day or 31) < (today.month, today.day))
    else:
        return None
    first, last = month or 1, month or 12
    if parts.get("quarter") or parts.get("nth"):
        last = 3 * (int(parts.get("quarter") or 0) or _NTH[str(parts["nth"])[:1].lower()])
        first = last - 2
    try:
        if day:
            return dt.date(year, first, int(parts.get("from") or day)), dt.date(year, last, day)
        return dt.date(year, first, 1), _month_end(year, last)
    except ValueError:
        return None  # no such day, as 31 April


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def _relative(words: str, today: dt.date) -> tuple[dt.date, dt.date]:
    which, _, unit = words.partition(" ")
    unit = unit.strip()
    if not unit:
        day = today + dt.timedelta(days=which == "tomorrow")
        return day, day
    later = which == "next"
    if unit == "week":
        monday = today - dt.timedelta(days=today.weekday()) + dt.timedelta(weeks=later)
        return (monday if later else today), monday + dt.timedelta(days=6)
    if unit == "year":
        year = today.year + later
        return (dt.date(year, 1, 1) if later else today), dt.date(year, 12, 31)
    months = 3 if unit == "quarter" else 1
    first = (today.month - 1) // months * months + 1 + months * later
    year, first = today.year + (first - 1) // 12, (first - 1) % 12 + 1
    start = dt.date(year, first, 1)
    return (start if later else today), _month_end(year, first + months - 1)
