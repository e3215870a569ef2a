"""Reading the numbers of a question: which number is which quantity, in the tools' units.

Each word that names a quantity ("delta", "credit of") explains at most one number, and each number
is explained by at most one word. Which goes with which is an assignment problem: of all pairings
the one with the shortest distances is taken, so that "16 delta 25 wide 45 DTE" and
"delta 16 wings 25 days 45" are both read as meant. Reading decides nothing: which tool is wanted,
and whether a value makes sense, is for the plan and for the tool.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

from assistant.models.builtin.cues import BY_NAME, Cue
from assistant.models.builtin.days import Span, days_in
from assistant.models.builtin.numerals import Numeral, numerals_in, spelled_out
from assistant.models.builtin.pairing import Pairing, converted, doubt_of, shortest, without_parts
from assistant.models.builtin.strikes import Strikes, strikes_in
from assistant.models.builtin.words import (
    BREAK,
    FILLER,
    NAMES,
    THRESHOLD,
    UNITS,
    VOL_MOVE,
    with_tenors,
    without_quoted,
)

_REACH = 3.4
"""A word farther from a number than this does not name it."""

_GENERAL = 0.5
"""'19 vol' is a volatility; 'puts at 19 vol' is, more exactly, the puts'."""


@dataclass(frozen=True)
class Reading:
    """Quantities by the tools' names; `others` holds further values of the same quantity.

    `unsure` names what is open though an unread number could be it.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    others: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    unsure: frozenset[str] = frozenset()


@lru_cache(maxsize=256)
def question_of(text: str, today: dt.date | None) -> Question:
    """The question of this text, its numbers read once for all the steps of a turn."""
    return Question(text, today)


class Question:
    """A question's text with its numbers, strikes and dates found; quantities are read on demand."""

    def __init__(self, text: str, today: dt.date | None = None) -> None:
        """Find the numerals of `text`; `today` gives relative dates their meaning."""
        self.said = text
        self.text = with_tenors(spelled_out(without_quoted(text)))
        self.today = today
        self._readings: dict[frozenset[str], Reading] = {}
        self._pairs: dict[str, list[Pairing]] = {}
        self._places: dict[str, list[tuple[int, int, str]]] = {}
        self.planned: tuple[str, Any] = ("", ())
        """What the last turn planned for it and for which conversation, for the turn's other steps."""

    @cached_property
    def days(self) -> list[Span]:
        """The dates that the question names."""
        return days_in(self.text, self.today)

    @cached_property
    def vol_moves(self) -> list[str]:
        """The changes of volatility that the question names, as it says them."""
        return [match.group() for match in VOL_MOVE.finditer(self.text)]

    @cached_property
    def numerals(self) -> list[Numeral]:
        """The numbers that are no part of a name or a date."""
        names = [match.span() for match in NAMES.finditer(self.text)]
        names += [(span.start, span.end) for span in self.days]
        names += [move.span() for move in VOL_MOVE.finditer(self.text)]
        found = [
            n
            for n in numerals_in(self.text)
            if not any(start <= n.start < end for start, end in names)
        ]
        # '20 to 30 percent': the sign at the end is meant for both.
        for i in range(len(found) - 2, -1, -1):
            gap = self.text[found[i].end : found[i + 1].start]
            joined = re.fullmatch(r"\s*(?:to|-|and|or)\s*", gap)
            small = found[i].unit == "" and found[i].value < 1000
            if not (joined and small and found[i + 1].is_percent):
                continue
            if not _NAMED_BEFORE.search(self.text[: found[i].start]):
                found[i] = replace(found[i], unit="%")
        return [n for i, n in enumerate(found) if not (i and self._again(found[i - 1], n))]

    def _again(self, first: Numeral, second: Numeral) -> bool:
        """Whether a number is the one before it, said again: '$1.1bn = 1100M', '3 %, 3 percent'."""
        if first.value != second.value or (first.unit != second.unit and second.unit):
            return False
        gap = self.text[first.end : second.start]
        return _SAID_AGAIN.fullmatch(gap) is not None or (first.is_percent and gap == ", ")

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
        wanted = frozenset(names)
        if wanted not in self._readings:
            self._readings[wanted] = self._read(set(wanted))
        return self._readings[wanted]

    def _read(self, wanted: set[str]) -> Reading:
        if not self.numerals:
            return Reading()
        taken: set[int] = set()
        values: dict[str, Any] = {}
        if wanted & {*_LEGS, "strike"}:
            values |= self._strikes(wanted)
            taken = {self.numerals.index(n) for n in self.strikes.taken}
        for name in sorted(wanted):
            if BY_NAME.get(name) and BY_NAME[name].kind == "series":
                run = self._series(BY_NAME[name], taken)
                if run:
                    values[name] = self._listed(BY_NAME[name], run)
                    taken |= set(run)
        others: dict[str, tuple[Any, ...]] = {}
        for name, found in self._assigned(wanted - values.keys(), taken).items():
            values[name], others[name] = found[0], tuple(found[1:])
        return Reading(values, others)

    def unread(self, values: Mapping[str, Any]) -> list[Numeral]:
        """The numbers that none of these values was read from."""
        used = {round(abs(v), 9) for v in _numbers_of(values)}
        return [
            n
            for n in self.numerals
            if n not in self.strikes.taken
            and not used & {round(abs(x), 9) for x in (n.value, n.fraction(), n.value / 100)}
        ]

    def convert(self, name: str, numeral: Numeral) -> float:
        """A number as a value of a quantity, in the tools' unit."""
        return converted(BY_NAME[name], numeral, "")

    def _strikes(self, wanted: set[str]) -> dict[str, Any]:
        values: dict[str, Any] = {k: v for k, v in self.strikes.legs.items() if k in wanted}
        if "strike" in wanted and self.strikes.single is not None:
            values["strike"] = self.strikes.single
        return values

    def _assigned(self, wanted: set[str], taken: set[int]) -> dict[str, list[Any]]:
        cues = [
            BY_NAME[name]
            for name in sorted(wanted)
            if name in BY_NAME and BY_NAME[name].kind != "series"
        ]
        free = [i for i in range(len(self.numerals)) if i not in taken]
        pairings = [p for cue in cues for p in self._pairings(cue) if p.numeral in free]
        chosen = shortest(without_parts(pairings))
        found: dict[str, list[Any]] = {}
        if not chosen or len(chosen) < len(free):
            told = self._respectively(cues, free)
            if len(told) > 1:
                return {name: [value] for name, value in told.items()}
        for pairing in sorted(chosen, key=lambda p: (round(p.cost), p.word)):
            value = converted(BY_NAME[pairing.name], self.numerals[pairing.numeral], pairing.said)
            found.setdefault(pairing.name, []).append(value)
        used = {pairing.numeral for pairing in chosen}
        for pairing in chosen:
            values = found[pairing.name]
            for i in self._alternatives(pairing, used, free):
                values.append(converted(BY_NAME[pairing.name], self.numerals[i], pairing.said))
            start = self.numerals[pairing.numeral].start
            if BY_NAME[pairing.name].kind == "index" and _FROM.search(self.text[:start]):
                values.reverse()  # 'VIX went from 15 to 30': it stands at 30
        return found

    def _respectively(self, cues: Sequence[Cue], free: Sequence[int]) -> dict[str, Any]:
        """Names listed first and their numbers after: 'VIX and VIX3M are at 19.2 and 20.9'."""
        words = sorted(place for cue in cues for place in self._words_of(cue))
        words = [
            (start, end, name)
            for start, end, name in words
            if not any(a <= start and end <= b and (a, b) != (start, end) for a, b, _ in words)
        ]
        if len(words) < 2:
            return {}
        joined = _JOINING
        for (_, end, first), (start, last, second) in itertools.pairwise(words):
            if first == second or not joined.fullmatch(self.text[end:start]):
                continue
            after = [i for i in free if self.numerals[i].start >= last]
            if len(after) < 2 or self.numerals[after[0]].start - last > 40:
                ahead = [i for i in free if self.numerals[i].end <= words[0][0]][-2:]
                if told := self._told_before(ahead, words[0][0], (first, second)):
                    return told
                continue
            one, two = self.numerals[after[0]], self.numerals[after[1]]
            between = self.text[last : one.start]
            if any(self.is_anothers(BY_NAME[first], n) for n in (one, two)):
                continue
            if joined.fullmatch(self.text[one.end : two.start]) and not re.search(
                r"[\d.?!]", between
            ):
                pairs = ((first, one), (second, two))
                return {name: converted(BY_NAME[name], n, "") for name, n in pairs}
        return {}

    def _words_of(self, cue: Cue) -> list[tuple[int, int, str]]:
        """Where a quantity is named, other than right behind a number."""
        if cue.name not in self._places:
            found = cue.before.finditer(self.text) if cue.before else ()
            self._places[cue.name] = [
                (match.start(), match.end(), cue.name)
                for match in found
                if not _DIGIT_BEFORE.search(self.text[max(0, match.start() - 2) : match.start()])
            ]
        return self._places[cue.name]

    def _told_before(
        self, ahead: Sequence[int], end: int, names: tuple[str, str]
    ) -> dict[str, Any]:
        """Two numbers and their names behind them: '18.2 over 19.6 (VIX vs VIX3M)'."""
        if len(ahead) < 2:
            return {}
        one, two = (self.numerals[i] for i in ahead)
        joined = re.fullmatch(r"\s*(?:,|and|to|vs\.?|over|/)\s*", self.text[one.end : two.start])
        if not joined or not re.fullmatch(r"\s*[(:,]?\s*", self.text[two.end : end]):
            return {}
        return {n: converted(BY_NAME[n], i, "") for n, i in zip(names, (one, two), strict=True)}

    def _alternatives(self, pairing: Pairing, used: set[int], free: Sequence[int]) -> list[int]:
        """Numbers joined to one that was read: 'from 15 to 30', '25 or 50 wide'."""
        cue, i = BY_NAME[pairing.name], pairing.numeral
        words = r"\s*(?:\w+)?,?\s*(?:to|vs\.?|versus|or|against|then|and\s+then)\s+(?:for\s+|at\s+|an?\s+)*\$?"
        joined = re.compile(words, re.IGNORECASE)
        found: list[int] = []
        for step in (1, -1):
            here = i
            while 0 <= here + step < len(self.numerals):
                first, second = sorted((here, here + step))
                gap = self.text[self.numerals[first].end : self.numerals[second].start]
                here += step
                shares = step == -1 and _AND.fullmatch(gap) and self.numerals[first].unit == ""
                both = cue.name == "barrier" and _AND.fullmatch(gap)
                if (
                    here not in free
                    or here in used
                    or not (joined.fullmatch(gap) or shares or both)
                ):
                    break
                if doubt_of(cue, self.numerals[here]) != 0:
                    break
                found.append(here)
        return found

    def _pairings(self, cue: Cue) -> list[Pairing]:
        """Every number that the words of one quantity can explain, with the distance."""
        if cue.name not in self._pairs:
            self._pairs[cue.name] = self._paired(cue)
        return self._pairs[cue.name]

    def _paired(self, cue: Cue) -> list[Pairing]:
        found = []
        for i, numeral in enumerate(self.numerals):
            doubt = doubt_of(cue, numeral, self.text[numeral.end : numeral.end + 12])
            if doubt is None:
                continue
            match = cue.after.match(self.text, numeral.end) if cue.after else None
            if match and not re.match(r"\s*=", self.text[match.end() :]):
                lead = len(match.group()) - len(match.group().lstrip("- "))
                word = (match.start() + lead, match.end())
                general = cue.name == "iv" or (cue.name == "days" and " " in match.group().strip())
                cost = doubt + (_GENERAL if general else 0.0)
                found.append(Pairing(cue.name, i, word, cost, match.group()))
            if cue.before is None or self.is_anothers(cue, numeral):
                continue
            low = max((n.end for n in self.numerals if n.end <= numeral.start), default=0)
            low = max(low - 12, 0) if low else 0
            start = max(low, numeral.start - 60)
            unit = re.match(r"[\s-]?\w+", self.text[numeral.end :])
            said = unit.group() if unit else ""
            for words, weak in ((cue.before, 0.4), (cue.weak, 1.3)):
                for match in words.finditer(self.text, start, numeral.start) if words else ():
                    gap = self._gap(match.end(), numeral.start, cue)
                    if THRESHOLD.search(self.text[max(0, match.start() - 8) : match.start()]) and (
                        cue.kind == "index"
                    ):
                        continue
                    if gap is None:
                        continue
                    cost = weak + gap + doubt
                    if cue.name == "iv" and _BEHIND_NUMBER.search(self.text[: match.start()]):
                        cost += _TAKEN
                    if cost <= _REACH:
                        word = (match.start(), match.end())
                        found.append(Pairing(cue.name, i, word, cost, said))
        return found

    def _listed(self, cue: Cue, run: Sequence[int]) -> list[float]:
        """The values of a list; a percent sign at its end is meant for all of it."""
        numbers = [self.numerals[i] for i in run]
        if numbers[-1].is_percent and not any(n.unit for n in numbers[:-1]):
            numbers = [replace(n, unit="%") for n in numbers]
        return [converted(cue, n, "") for n in numbers]

    def is_anothers(self, cue: Cue, numeral: Numeral) -> bool:
        """Whether a unit right behind the number says that it is something else.

        A unit that has another number behind it may belong to that one: 'wings 25 days 45'.
        """
        names = self._units.get(numeral.start)
        return names is not None and cue.name not in names

    @cached_property
    def _units(self) -> dict[int, list[str]]:
        """What the unit behind a number says that it is, by the number's place."""
        found: dict[int, list[str]] = {}
        for numeral in self.numerals:
            for names, unit in UNITS:
                match = unit.match(self.text, numeral.end)
                if match and self._owns(match.end()):
                    found.setdefault(numeral.start, []).extend(names)
        return found

    def _owns(self, end: int) -> bool:
        """Whether the unit that ends here belongs to the number before it, not to the next one.

        Units follow their numbers or stand before them, but the same way all along: the last number
        of the row tells.
        """
        following = re.match(r"\s*(?:of\s+|=\s*|:\s*)?\$?(?=\d)", self.text[end:])
        if not following:
            return True
        start = end + following.end()
        number = next((n for n in self.numerals if n.start <= start < n.end), None)
        if number is None:
            return True
        units = (unit.match(self.text, number.end) for _, unit in UNITS)
        return any(match and self._owns(match.end()) for match in units)

    def _gap(self, start: int, end: int, cue: Cue) -> float | None:
        """How far a word is from a number: the words between, fillers counting little."""
        gap = re.sub(r"\b\d{1,2}[\s-]?(?:m|mo|months?|y|yr|years?)\b", "", self.text[start:end])
        if gap.strip() in ("=", ":"):
            return -0.35
        if BREAK.search(gap) or re.search(r"\d", gap):
            return None
        if not cue.threshold and THRESHOLD.search(gap):
            return None
        if cue.name in _SIDES and _SOLD_FOR.search(gap):
            return None
        words = re.findall(r"[^\s,()\[\]\"“”$€£-]+", gap)
        cost = sum(0.15 if word.lower() in FILLER else 1.0 for word in words)
        cost += 0.2 * sum(word.lower() in ("was", "were") for word in words)
        return cost + 0.6 * gap.count(",") + 0.5 * gap.count("/")

    def _series(self, cue: Cue, taken: set[int]) -> list[int]:
        """The numbers listed after a word, or the longest list of the question."""
        others = {i for i, n in enumerate(self.numerals) if self.is_anothers(cue, n)}
        if cue.name == "cashflows":
            others |= {i for i, n in enumerate(self.numerals) if n.unit in ("%", "bp")}
        runs = _runs(self.text, self.numerals, taken | others)
        if cue.before:
            found: list[int] = []
            for match in cue.before.finditer(self.text):
                for run in runs:
                    gap = self.text[match.end() : self.numerals[run[0]].start]
                    near = 0 <= self.numerals[run[0]].start - match.end() <= 40
                    own = [n for i, n in enumerate(self.numerals) if i not in others]
                    counted = any(match.end() <= n.start < self.numerals[run[0]].start for n in own)
                    if near and not counted and not re.search(r"[.?!]\s", gap):
                        if cue.name == "prices":
                            found += [i for i in run if i not in found]
                        elif len(run) > len(found):
                            found = run
                if found and cue.name not in ("prices", "cashflows"):
                    return found
            if found:
                return found
        if cue.name in ("cashflows", "closes"):
            longest = max(runs, key=len, default=[])
            return longest if len(longest) >= (2 if cue.name == "cashflows" else 5) else []
        return []


def _numbers_of(value: Any) -> Iterator[float]:
    """Every number of some values, of those in lists and records too."""
    if isinstance(value, int | float):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _numbers_of(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _numbers_of(item)


_FROM = re.compile(r"\bfrom\s+$", re.IGNORECASE)

_TAKEN = 0.9
_BEHIND_NUMBER = re.compile(r"\d%?\s?(?:as\s+)?$")
"""In '13 as vol, got 6.9' the word belongs to the number before it."""

_SIDES = ("put_iv", "call_iv")
_SOLD_FOR = re.compile(r"\bfor\b", re.IGNORECASE)
"""'Sold the 7050 call for 9.45' gives no volatility of the calls."""

_SAID_AGAIN = re.compile(r"\s*(?:=|\(|,?\s*(?:i\.?\s?e\.?|that\s+is|so),?)\s*\$?", re.IGNORECASE)

_JOINING = re.compile(r"\s*(?:,|and|to|vs\.?|over|/|,\s*and)\s*(?:the\s+)?", re.IGNORECASE)
_DIGIT_BEFORE = re.compile(r"\d[\s-]?$")
_NAMED_BEFORE = re.compile(
    r"\b(?:futures?|fut|spot|vix|strike|price|credit|width|days?)\s*(?:is|at|of|=|:)?\s*$", re.I
)
"""Before a number that is no percentage, though one is joined to it: 'its future at 20 and 95 %'."""
_AND = re.compile(r"\s*(?:and|,\s*and|,|/|&)\s*(?:an?\s+|the\s+)?\$?", re.IGNORECASE)
"""'30 and 45 days': the first number shares the unit that stands behind the second."""

_LEGS = ("put_long", "put_short", "call_short", "call_long")


def _runs(text: str, numerals: Sequence[Numeral], taken: set[int]) -> list[list[int]]:
    """Numbers that are listed one after the other."""
    runs: list[list[int]] = []
    for i, numeral in enumerate(numerals):
        if i in taken:
            continue
        between = text[numerals[i - 1].end : numeral.start] if i else ""
        listed = re.fullmatch(
            r"\s*(?:,|;|/|and|or|then|\s|,\s*(?:and|then|or))\s*[+$€£(\[]*\s*", between
        )
        if runs and runs[-1][-1] == i - 1 and listed:
            runs[-1].append(i)
        else:
            runs.append([i])
    return runs
