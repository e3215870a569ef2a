"""The layers of a hedge as a question tells them: one sentence a layer, or one list a quantity.

'30d K22 F19 v98, 110d K24 F20.2 v80' and 'calls at 30/110 days, strikes 22/24, futures 19/20.2,
vols 98/80' are the same two layers. Terms that no word names are read in the order in which traders
say them: the days, the strike, the future, the volatility.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.models.builtin.numerals import Numeral, shifted
from assistant.models.builtin.reading import Question

_DAYS = re.compile(r"[\s-]?(?:days?|d|dte)\b", re.IGNORECASE)
_MONTHS = re.compile(r"[\s-]?(?:months?|mo)\b", re.IGNORECASE)
_CALLS = re.compile(r"[\s-]?(?:strike\s+)?(?:vix\s+)?calls?\b", re.IGNORECASE)
_NAMED: Mapping[str, re.Pattern[str]] = {
    "strike": re.compile(r"\b(?:k|strikes?|struck|calls?(?:\s+(?:at|struck))*)[\s=:]*(?:at\s+|of\s+)?$", re.I),
    "future": re.compile(r"\b(?:f|fut|futures?)[\s=:]*(?:price\s+|(?:is\s+)?at\s+|of\s+)*$|\b(?:on|off)\s+(?:an?\s+|the\s+)?$", re.I),
    "iv": re.compile(r"\b(?:v|iv|vols?|volatility|implied)[\s=:]*(?:at\s+|of\s+|is\s+)*$", re.I),
    "price": re.compile(r"\b(?:price[ds]?|costs?|costing|premium|for)[\s=:]*(?:at\s+|of\s+)*\$?$", re.I),
}  # fmt: skip
_BEHIND: Mapping[str, re.Pattern[str]] = {
    "strike": _CALLS,
    "future": re.compile(r"[\s-]?(?:vix\s+)?fut(?:ures?)?\b", re.I),
    "iv": re.compile(r"[\s-]?(?:%\s*)?(?:vols?|iv|v|volatility)\b", re.I),
}
_ORDER = ("strike", "future", "iv")
_LISTED = re.compile(r"\s*(?:/|,|;|:|and|,\s*and)\s*", re.IGNORECASE)
_SHARES = re.compile(
    r"(?<![\d.])(\d{1,3})\s*([:/])\s*(\d{1,3})\s*\2\s*(\d{1,3})(?!\.?\d)(?!\s*(?:days?|d\b))"
)


def layers_of(question: Question) -> list[dict[str, Any]]:
    """The layers that a question states in full, the nearest expiration first."""
    if not question.says(r"\bvix\b|\bhedg"):
        return []
    ways = (_by_quantity(question), _by_part(question), _by_layer(question))
    terms = max(ways, key=len)
    if not terms:
        return []
    shares = _shares(question, len(terms))
    names = ("short_vix_calls", "middle_vix_calls", "long_vix_calls")
    if len(terms) == 2:
        names = (names[0], names[2], names[1])
    return [
        {"layer": names[min(place, 2)], "instrument": "VIX call", **term}
        | ({"share": shares[place]} if shares else {})
        for place, term in enumerate(terms)
    ]


_PART_ENDS = re.compile(
    r";|\.\s|,\s+(?=(?:then|and|second|third|last|next|finally|mid\w*|long\w*)\b)", re.IGNORECASE
)


def _by_part(question: Question) -> list[dict[str, float]]:
    """Each layer in a part of a sentence, with its days somewhere in it."""
    text, start, found = question.text, 0, []
    splits = [span for span, _ in _splits(text)]
    ends = [match.end() for match in _PART_ENDS.finditer(text)]
    for end in [*ends, len(text)]:
        own = [
            n
            for n in question.numerals
            if start <= n.start < end
            and n.value >= _LEAST
            and not any(a <= n.start < b for a, b in splits)
        ]
        days = [n for n in own if _is_days(text, n)]
        if len(days) == 1 and len(own) == 4:
            term = _terms(text, [n for n in own if n is not days[0]], start)
            if term:
                found.append({"days": _days(text, days[0]), **term})
        start = end
    return found if len(found) > 1 else []


_LEAST = 5.0
"""No strike, future or volatility is smaller; a number of layers is."""


def _by_layer(question: Question) -> list[dict[str, float]]:
    """Each layer's terms stand between its days and those of the next."""
    numerals = [n for n in question.numerals if n.unit in ("", "%")]
    starts = [i for i, n in enumerate(numerals) if _is_days(question.text, n)]
    found = []
    for i, end in itertools.pairwise([*starts, len(numerals)]):
        term = _terms(question.text, numerals[i + 1 : end], numerals[i].end)
        if term:
            found.append({"days": _days(question.text, numerals[i]), **term})
    return found if len(found) > 1 else []


def _terms(text: str, numerals: Sequence[Numeral], start: int) -> dict[str, float]:
    """The terms of one layer; its first number tells whether words stand before or behind them."""
    found: dict[str, float] = {}
    before = bool(numerals) and bool(_named(text[start : numerals[0].start]))
    for n in numerals[:3]:
        behind = [k for k, w in _BEHIND.items() if w.match(text, n.end)]
        said = _named(text[start : n.start]) if before else behind
        free = [k for k in _ORDER if k not in found]
        name = next((k for k in said if k not in found), free[0] if free else "")
        if not name:
            return {}
        found[name] = _value(name, n)
        start = n.end
    complete = found.keys() >= {"strike", "future"} and found.keys() & {"iv", "price"}
    return found if complete else {}


def _named(before: str) -> list[str]:
    return [name for name, words in _NAMED.items() if words.search(before)]


def _by_quantity(question: Question) -> list[dict[str, float]]:
    """Lists of the same length: the days, then strikes, futures and volatilities by name."""
    text = question.text
    split = [span for span, _ in _splits(text)]
    lists = [
        run
        for run in _lists(question)
        if not any(a <= run[0].start < b for a, b in split) or _is_days(text, run[-1])
    ]
    days = next((run for run in lists if any(_is_days(text, n) for n in run)), [])
    told: dict[str, Sequence[Numeral]] = {}
    for run in lists:
        name = next(iter(_named(text[: run[0].start])), "")
        if name and run is not days and len(run) == len(days):
            told.setdefault(name, run)
    if len(days) < 2 or not (told.keys() >= {"strike", "future"} and told.keys() & {"iv", "price"}):
        return []
    return [
        {"days": day.value} | {k: _value(k, run[place]) for k, run in told.items()}
        for place, day in enumerate(days)
    ]


def _lists(question: Question) -> list[list[Numeral]]:
    runs: list[list[Numeral]] = []
    for n in question.numerals:
        last = runs[-1][-1] if runs else None
        gap = _DAYS.sub("", question.text[last.end : n.start]) if last else ""
        if last and _LISTED.fullmatch(gap):
            runs[-1].append(n)
        else:
            runs.append([n])
    return [run for run in runs if len(run) > 1]


def _value(name: str, n: Numeral) -> float:
    if name != "iv":
        return n.value
    return n.fraction() if n.is_percent else shifted(n.value, -2)


def _shares(question: Question, count: int) -> list[float]:
    """The split among three layers: '4/4/2' is 0.4, 0.4, 0.2."""
    return next((parts for _, parts in _splits(question.text) if len(parts) == count), [])


def _splits(text: str) -> list[tuple[tuple[int, int], list[float]]]:
    told = [(m.span(), [float(m.group(i)) for i in (1, 3, 4)]) for m in _SHARES.finditer(text)]
    return [
        (span, [p / sum(parts) for p in parts]) for span, parts in told if sum(parts) in (10, 100)
    ]


def _is_days(text: str, n: Numeral) -> bool:
    return bool(_DAYS.match(text, n.end) or _MONTHS.match(text, n.end))


def _days(text: str, n: Numeral) -> float:
    return n.value * (30 if _MONTHS.match(text, n.end) else 1)
