"""Reading the numbers of a question: which number is which quantity, in the tools' units.

Each word that names a quantity ("delta", "credit of") explains at most one number, and each number
is explained by at most one word. Which goes with which is an assignment problem: of all pairings
the one with the shortest distances is taken, so that "16 delta 25 wide 45 DTE" and
"delta 16 wings 25 days 45" are both read as meant. Reading decides nothing: which tool is wanted,
and whether a value makes sense, is for the plan and for the tool.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from assistant.models.builtin.cues import BY_NAME, Cue
from assistant.models.builtin.days import Span, days_in
from assistant.models.builtin.numerals import Numeral, numerals_in, shifted, spelled_out
from assistant.models.builtin.strikes import Strikes, strikes_in

_NAMES = re.compile(
    r"s\s?&\s?p\s?500|black[-\s]?76|section\s+1256|form\s+6781|russell\s+2000|nasdaq[-\s]100"
    r"|401\(?k\)?|24/7|50/50|\b(?:since|from|until|till|through|back\s+in|late|early|mid|spring"
    r"|summer|autumn|fall|winter|crash\s+of)[-\s]+(?:19|20)\d\d\b|\b(?:19|20)\d\d\s*-\s*(?:19|20)\d\d\b"
    r"|\b(?:19|20)\d\d(?=\s+(?:crash|flash|spike|crisis|style|election|bear|selloff))",
    re.IGNORECASE,
)
_FILLER = frozenset(
    "is are was were be at of to the a an = : ~ ≈ @ around about near roughly approximately approx "
    "currently now sitting sits trading level with for on just only my our it its that this say "
    "says today from as like up by priced closed closes hits goes went climbs jumps rises spikes "
    "falls drops today's have has i we in and my's if comes came stands standing holding exactly "
    "some maybe circa put down got get getting worth annual annually per year".split()
)
_THRESHOLD = re.compile(
    r"[<>≤≥]|\b(?:above|below|over|under|beyond|exceeds?|past|north\s+of|south\s+of|more\s+than"
    r"|less\s+than|at\s+least|higher\s+than|lower\s+than|greater\s+than)\b",
    re.IGNORECASE,
)
_BREAK = re.compile(r"[;?!]|\.(?=\s|$)|\n")

_REACH = 3.0
"""A word farther from a number than this does not name it."""

_MATCHED = 6.0
"""What explaining one more number is worth, against the distances that it costs."""

_MANY_DAYS = {"w": 7, "mo": 30, "y": 365}


class _Pairing(NamedTuple):
    name: str
    numeral: int
    word: tuple[int, int]
    cost: float
    said: str


@dataclass(frozen=True)
class Reading:
    """Quantities by the tools' names; `others` holds further values of the same quantity."""

    values: Mapping[str, Any] = field(default_factory=dict)
    others: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)


class Question:
    """A question's text with its numbers, strikes and dates found; quantities are read on demand."""

    def __init__(self, text: str, today: dt.date | None = None) -> None:
        """Find the numerals of `text`; `today` gives relative dates their meaning."""
        self.said = text
        self.text = spelled_out(text)
        self.today = today

    @cached_property
    def days(self) -> list[Span]:
        """The dates that the question names."""
        return days_in(self.text, self.today)

    @cached_property
    def numerals(self) -> list[Numeral]:
        """The numbers that are no part of a name or a date."""
        names = [match.span() for match in _NAMES.finditer(self.text)]
        names += [(span.start, span.end) for span in self.days]
        return [
            n
            for n in numerals_in(self.text)
            if not any(start <= n.start < end for start, end in names)
        ]

    @cached_property
    def strikes(self) -> Strikes:
        """The strikes that the question names."""
        return strikes_in(self.text, self.numerals)

    def says(self, pattern: str | re.Pattern[str]) -> bool:
        """Whether the question holds these words, whatever the case."""
        if isinstance(pattern, str):
            pattern = re.compile(pattern, re.IGNORECASE)
        return pattern.search(self.text) is not None

    def read(self, names: Iterable[str]) -> Reading:
        """The values of these quantities, as far as the question states them."""
        wanted = set(names)
        taken: set[int] = set()
        values: dict[str, Any] = {}
        if wanted & {*_LEGS, "strike"}:
            values |= self._strikes(wanted)
            taken = {self.numerals.index(n) for n in self.strikes.taken}
        for name in wanted:
            if BY_NAME.get(name) and BY_NAME[name].kind == "series":
                run = self._series(BY_NAME[name], taken)
                if run:
                    values[name] = [self._number(self.numerals[i]) for i in run]
                    taken |= set(run)
        others: dict[str, tuple[Any, ...]] = {}
        for name, found in self._assigned(wanted - values.keys(), taken).items():
            values[name], others[name] = found[0], tuple(found[1:])
        return Reading(values, others)

    def unread(self, values: Mapping[str, Any]) -> list[Numeral]:
        """The numbers that none of these values was read from."""
        said = {v for value in values.values() for v in (value if isinstance(value, list) else [value])}
        used = {round(abs(v), 9) for v in said if isinstance(v, int | float)}
        return [
            n
            for n in self.numerals
            if n not in self.strikes.taken
            and not used & {round(abs(x), 9) for x in (n.value, n.fraction(), n.value / 100)}
        ]

    def convert(self, name: str, numeral: Numeral) -> float:
        """A number as a value of a quantity, in the tools' unit."""
        return _converted(BY_NAME[name], numeral, "")

    def _strikes(self, wanted: set[str]) -> dict[str, Any]:
        values: dict[str, Any] = {k: v for k, v in self.strikes.legs.items() if k in wanted}
        if "strike" in wanted and self.strikes.single is not None:
            values["strike"] = self.strikes.single
        return values

    def _assigned(self, wanted: set[str], taken: set[int]) -> dict[str, list[Any]]:
        cues = [BY_NAME[name] for name in wanted if name in BY_NAME and BY_NAME[name].kind != "series"]
        free = [i for i in range(len(self.numerals)) if i not in taken]
        pairings = [p for cue in cues for p in self._pairings(cue, free)]
        chosen = _shortest(_without_parts(pairings))
        found: dict[str, list[Any]] = {}
        for pairing in sorted(chosen, key=lambda p: (p.cost > 1, p.word)):
            value = _converted(BY_NAME[pairing.name], self.numerals[pairing.numeral], pairing.said)
            found.setdefault(pairing.name, []).append(value)
        return found

    def _pairings(self, cue: Cue, free: Sequence[int]) -> list[_Pairing]:
        found = []
        for i in free:
            numeral = self.numerals[i]
            doubt = _doubt(cue, numeral)
            if doubt is None:
                continue
            if cue.after and (match := cue.after.match(self.text, numeral.end)):
                lead = len(match.group()) - len(match.group().lstrip("- "))
                word = (match.start() + lead, match.end())
                found.append(_Pairing(cue.name, i, word, doubt, match.group()))
            if cue.before is None:
                continue
            low = max((n.end for n in self.numerals if n.end <= numeral.start), default=0)
            low = max(low - 12, 0) if low else 0
            start = max(low, numeral.start - 60)
            for match in cue.before.finditer(self.text, start, numeral.start):
                gap = self._gap(match.end(), numeral.start, cue)
                if gap is not None and gap + doubt <= _REACH:
                    word = (match.start(), match.end())
                    unit = re.match(r"[\s-]?\w+", self.text[numeral.end :])
                    said = unit.group() if unit else ""
                    found.append(_Pairing(cue.name, i, word, 0.4 + gap + doubt, said))
        return found

    def _gap(self, start: int, end: int, cue: Cue) -> float | None:
        """How far a word is from a number: the words between, fillers counting little."""
        gap = self.text[start:end]
        if _BREAK.search(gap) or re.search(r"\d", gap):
            return None
        if not cue.threshold and _THRESHOLD.search(gap):
            return None
        words = re.findall(r"[^\s,()\[\]\"“”$€£-]+", gap)
        cost = sum(0.15 if word.lower() in _FILLER else 1.0 for word in words)
        return cost + 0.6 * gap.count(",") + 0.5 * gap.count("/")

    def _series(self, cue: Cue, taken: set[int]) -> list[int]:
        """The numbers listed after a word, or the longest list of the question."""
        runs = _runs(self.text, self.numerals, taken)
        if cue.before:
            for match in cue.before.finditer(self.text):
                for run in runs:
                    gap = self.text[match.end() : self.numerals[run[0]].start]
                    near = 0 <= self.numerals[run[0]].start - match.end() <= 40
                    if near and not re.search(r"\d|[.?!]\s", gap):
                        return run
        if cue.name in ("cashflows", "closes"):
            longest = max(runs, key=len, default=[])
            return longest if len(longest) >= 2 else []
        return []

    def _number(self, numeral: Numeral) -> float:
        return numeral.fraction() if numeral.unit in ("%", "bp") else numeral.value


_LEGS = ("put_long", "put_short", "call_short", "call_long")


def _runs(text: str, numerals: Sequence[Numeral], taken: set[int]) -> list[list[int]]:
    """Numbers that are listed one after the other."""
    runs: list[list[int]] = []
    for i, numeral in enumerate(numerals):
        if i in taken:
            continue
        between = text[numerals[i - 1].end : numeral.start] if i else ""
        listed = re.fullmatch(r"\s*(?:,|;|/|and|then|\s|,\s*(?:and|then))\s*[+$€£(\[]*\s*", between)
        if runs and runs[-1][-1] == i - 1 and listed:
            runs[-1].append(i)
        else:
            runs.append([i])
    return runs


def _without_parts(pairings: Sequence[_Pairing]) -> list[_Pairing]:
    """Without words that are only a part of another quantity's: the 'vix' of 'vix of 3 months'."""
    words = {(p.word, p.name) for p in pairings}
    return [
        p
        for p in pairings
        if not any(
            start <= p.word[0] and p.word[1] <= end and (start, end) != p.word and name != p.name
            for (start, end), name in words
        )
    ]


def _shortest(pairings: Sequence[_Pairing]) -> list[_Pairing]:
    """The pairings that explain the most numbers over the shortest distances."""
    if not pairings:
        return []
    if len({p.numeral for p in pairings}) == len(pairings) == len({p.word for p in pairings}):
        return list(pairings)
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    rows = sorted({p.word for p in pairings})
    columns = sorted({p.numeral for p in pairings})
    worth = np.zeros((len(rows), len(columns)))
    best: dict[tuple[int, int], _Pairing] = {}
    for pairing in pairings:
        place = rows.index(pairing.word), columns.index(pairing.numeral)
        if place not in best or pairing.cost < best[place].cost:
            best[place] = pairing
            worth[place] = pairing.cost - _MATCHED
    return [
        best[row, column]
        for row, column in zip(*linear_sum_assignment(worth), strict=True)
        if (row, column) in best
    ]


def _doubt(cue: Cue, numeral: Numeral) -> float | None:
    """How odd a number is for a quantity; None where it cannot be one at all."""
    value, unit = numeral.value, numeral.unit
    if cue.kind in ("level", "index", "points", "money", "delta", "days", "count", "ratio"):
        if unit in ("%", "bp") or (unit == "$" and cue.kind in ("delta", "days", "count", "ratio")):
            return None
    elif unit == "$":
        return None
    odd = {
        "level": value < LOWEST_LEVEL if cue.name in ("spot", "barrier") else value < 1,
        "index": not 4 <= value <= 200,
        "volatility": value > 300,
        "rate": unit == "" and value > 30,
        "delta": not 0 < abs(value) < 100,
        "days": value > 4000 or not float(value).is_integer(),
        "points": value > 500,
        "part": unit == "" and value > 1,
        "count": not float(value).is_integer(),
    }.get(cue.kind, False)
    return 1.5 if odd else 0.0


LOWEST_LEVEL = 10.0


def _converted(cue: Cue, numeral: Numeral, said: str) -> float:
    """The number in the tools' unit: 16 vol is 0.16, 6 weeks are 42 days."""
    value = numeral.fraction() if numeral.unit in ("%", "bp") else numeral.value
    bare = numeral.unit == ""
    if cue.kind == "volatility" and bare and abs(value) >= 2:
        return shifted(value, -2)
    if cue.kind == "rate" and bare and abs(value) >= 0.3:
        return shifted(value, -2)
    if cue.kind == "part" and bare and abs(value) > 1:
        return shifted(value, -2)
    if cue.kind == "delta":
        return shifted(abs(value), -2) if abs(value) >= 1 else abs(value)
    if cue.kind == "days":
        unit = said.strip(" -").lower()
        factor = next((n for letters, n in _MANY_DAYS.items() if unit.startswith(letters)), 1)
        return value * factor
    return value
