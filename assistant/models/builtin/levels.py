"""Where the index stands and where a payoff is asked for; which days are the condor's.

A question on a payoff names several levels and several days: the index when the condor was sold and
the prices it may reach, the days it was sold with and those that are left. What stands beside a
level tells which it is; of two numbers of days the condor has the larger.
"""

from __future__ import annotations

import re
from typing import Any

from assistant.models.builtin.cues import BY_NAME
from assistant.models.builtin.numerals import Numeral
from assistant.models.builtin.pairing import converted
from assistant.models.builtin.reading import Question

_DAYS = re.compile(
    r"[\s-]?(?:calendar\s+|trading\s+)?(?:dte|da?ys?|d|weeks?|wks?)(?![A-Za-z])|\s+(?:of\s+(?:the|its|my)\s+\d+\s+(?:days|left)|left|remaining|to\s+go)\b",
    re.IGNORECASE,
)
_SOLD_AT = re.compile(
    r"\b(?:start\w*|open\w*|entry|entered|sold|was|were|from|did\s+it|put\s+(?:it\s+)?on|got\s+in)\b[^;?!]*$",
    re.I,
)
_IS_SPOT = re.compile(
    r"\b(?:spot|index|spx|s\s?&\s?p(?:\s+500)?|es|px|underlying|s|now|currently|here|trading)\b[^;.?!]*$",
    re.I,
)
_IS_PRICE = re.compile(
    r"\b(?:if|when|should|suppose|say|where\s+am\s+i|p\s?[/&]\s?l|pnl|look\w*|payoff|profit|lands?|settles?|closes?|ends?|finishes|expires?)\b[^;.?!]*$",
    re.IGNORECASE,
)
_SPOT_BEHIND = re.compile(
    r"\s*(?:now|then|currently|at\s+(?:entry|the\s+time|that\s+time)|last|spot|index|when\s+i)\b",
    re.I,
)
_JOINED = re.compile(
    r"\s*(?:,|/|;|and|or|vs\.?|versus|,\s*(?:and|or)|to|then)?\s*(?:at\s+)?\$?", re.I
)
_BREAK = re.compile(r"[;?!]|\.\s")
_LEAST = 1000.0


def payoff_levels(question: Question) -> tuple[float | None, list[float]]:
    """The level at which the index stands, and those at which a payoff is asked for."""
    text = question.text
    told: list[tuple[int, float]] = []
    last: Numeral | None = None
    clause = 0
    for place, n in enumerate(question.numerals):
        if n.unit not in ("", "$") or n.value < _LEAST or n in question.strikes.taken:
            continue
        before = question.numerals[place - 1].end if place else 0
        lead = text[before : n.start]
        listed = last is not None and before == last.end and _JOINED.fullmatch(lead)
        if listed and told[-1][0] == 0:
            told.append((0, n.value))
        elif _SPOT_BEHIND.match(text, n.end):
            told.append((3, n.value))
        else:
            since = max(clause, *(m.end() for m in _BREAK.finditer(text, 0, n.start)), 0)
            told.append((_likely_spot(lead, text[since : n.start]), n.value))
        last, clause = n, n.end
    surest = max(told, default=(0, 0.0), key=lambda item: item[0])
    spot = surest[1] if surest[0] else None
    prices = [value for likely, value in told if likely == 0 or value != spot]
    return spot, list(dict.fromkeys(prices))


def _likely_spot(lead: str, clause: str) -> int:
    """How surely the words before a level say that the index stands there."""
    if _IS_PRICE.search(lead):
        return 0
    return 2 if _SOLD_AT.search(clause) else 1 if _IS_SPOT.search(lead) else 0


def day_counts(question: Question) -> list[float]:
    """The numbers of days that a question names, each once, in its order."""
    found = []
    for n in question.numerals:
        behind = _DAYS.match(question.text, n.end)
        if behind and n.unit == "" and n.value < _LEAST and n.value.is_integer():
            found.append(converted(BY_NAME["days"], n, behind.group()))
    return list(dict.fromkeys(found))


def set_days(question: Question, values: dict[str, Any], beside: str) -> None:
    """Of two numbers of days the larger is the condor's, the other one is `beside`."""
    counts = day_counts(question)
    if len(counts) == 2:
        values["days"] = max(counts)
        values[beside] = min(counts)
    elif values.get("days") == values.get(beside) and beside in values:
        others = [count for count in counts if count != values[beside]]
        values.pop("days")
        if others:
            values["days"] = others[0]
