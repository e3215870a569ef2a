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
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
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
_VOL_MOVE = re.compile(
    r"\b(?:vol(?:atility)?s?|iv|implieds?)\b(?:(?!\b(?:index|spx|spot|market)\b)[^.,;:?!\d()]){0,25}?"
    r"(?:\bby\b|\bup\b|\bdown\b|\bminus\b|\bplus\b|\b(?:ris|jump|spik|gain|climb|drop|fall|los)\w*|(?<!of )(?<!is )(?<!at )(?<!= )(?<![\d=])[-+])"
    r"\s*(?:by\s+|of\s+|another\s+)?\d+(?:\.\d+)?(?!\.?\d)(?:\s*(?:and|or|,|/)\s*[-+]\d+(?:\.\d+)?)*\s*(?:(?:vol(?:atility)?\s*)?(?:points?|pts?)|%|percent\w*)?"
    r"|(?:(?<![\d(])[-+]\s?|\bplus\s+|\bminus\s+|(?<=%)\s+and\s+\+?|(?<=percent)\s+and\s+\+?)\d+(?:\.\d+)?(?:\s*(?:and|or|,|/)\s*[-+]?\d+(?:\.\d+)?)*\s*(?:vol(?:atility)?\s*(?:points?|pts?)?|vols)\b"
    r"|\b\d+(?:\.\d+)?\s*(?:vol(?:atility)?\s+)?(?:points?|pts?)?\s*(?:higher|lower|more|less)\s+(?:in\s+)?(?:vol|iv)\w*",
    re.IGNORECASE,
)
"""A change of volatility by so many points, which is no level of it."""

_FILLER = frozenset(
    "is are be at of to the a an = : ~ ≈ @ around about near roughly approximately approx "
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

_MOVES = r"(?:\s+(?:vix|is|at|to|only|just|now|slips?|falls?|rises?|drops?|climbs?|goes|jumps?|sits|trades?|of|over|near|around))*\s*[=:]?"
_TENORS = tuple(
    (re.compile(pattern, re.IGNORECASE), name)
    for pattern, name in (
        (rf"(?<!\d)(?<!vix\s)(?<!vix)\b9[\s-]?(?:d|day)\b(?={_MOVES}\s*\d+(?:\.\d+)?\s*(?:[,:;)?]|\.\s|\.?$|and\b|but\b|vix|3|6))", "vix9d"),
        (rf"(?<!\d)(?<!vix\s)(?<!vix)\b3[\s-]?(?:m|mo|months?)\b(?={_MOVES}\s*\d+(?:\.\d+)?\s*(?:[,:;)?]|\.\s|\.?$|and\b|but\b|vix|6|9))", "vix3m"),
        (rf"(?<!\d)(?<!vix\s)(?<!vix)\b6[\s-]?(?:m|mo|months?)\b(?={_MOVES}\s*\d+(?:\.\d+)?\s*(?:[,:;)?]|\.\s|\.?$|and\b|but\b|vix|3|9))", "vix6m"),
    )
)  # fmt: skip
"""In a question on the VIX, '3 month 20.4' is the index VIX3M."""

_UNITS = tuple(
    (names.split(), re.compile(rf"-?\s?(?:{words})(?![A-Za-z0-9])", re.IGNORECASE))
    for names, words in (
        ("days days_left days_forward days_between period", r"(?:calendar\s+|trading\s+)?(?:dte|d|days?|weeks?|wks?|months?|mos?|years?|yrs?)"),
        ("short_delta", r"(?:deltas?|[Δδ])"),
        ("iv put_iv call_iv vol_shocks", r"(?:implied\s+)?(?:vols?|iv|volatility|v)"),
        ("width", r"(?:(?:points?|pts?)[\s-])?(?:wide|wings?|width)"),
        ("expected_move_multiple", r"(?:sds?|sigmas?|std|standard\s+deviations?|expected\s+moves?|stdevs?)"),
        ("contracts shares", r"(?:contracts?|lots?|shares?)"),
        ("strike put_short call_short put_long call_long", r"(?:strike\s+)?(?:vix\s+|spx\s+)?(?:calls?|puts?)(?!\s*(?:price|iv|vol))"),
        ("spot_shocks", r"(?:percent|%)\s+(?:drop|fall|down|up|rally|gap|move|decline|lower|higher)"),
    )
)  # fmt: skip
"""A word that directly follows a number and says what it is; no other quantity may take it."""

_REACH = 3.4
"""A word farther from a number than this does not name it."""

_GENERAL = 0.5
"""'19 vol' is a volatility; 'puts at 19 vol' is, more exactly, the puts'."""

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


@lru_cache(maxsize=256)
def question_of(text: str, today: dt.date | None) -> Question:
    """The question of this text, its numbers read once for all the steps of a turn."""
    return Question(text, today)


class Question:
    """A question's text with its numbers, strikes and dates found; quantities are read on demand."""

    def __init__(self, text: str, today: dt.date | None = None) -> None:
        """Find the numerals of `text`; `today` gives relative dates their meaning."""
        self.said = text
        self.text = _with_tenors(spelled_out(without_quoted(text)))
        self.today = today
        self._readings: dict[frozenset[str], Reading] = {}
        self._pairs: dict[str, list[_Pairing]] = {}

    @cached_property
    def days(self) -> list[Span]:
        """The dates that the question names."""
        return days_in(self.text, self.today)

    @cached_property
    def vol_moves(self) -> list[str]:
        """The changes of volatility that the question names, as it says them."""
        return [match.group() for match in _VOL_MOVE.finditer(self.text)]

    @cached_property
    def numerals(self) -> list[Numeral]:
        """The numbers that are no part of a name or a date."""
        names = [match.span() for match in _NAMES.finditer(self.text)]
        names += [(span.start, span.end) for span in self.days]
        names += [move.span() for move in _VOL_MOVE.finditer(self.text)]
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
        wanted = frozenset(names)
        if wanted not in self._readings:
            self._readings[wanted] = self._read(set(wanted))
        return self._readings[wanted]

    def _read(self, wanted: set[str]) -> Reading:
        taken: set[int] = set()
        values: dict[str, Any] = {}
        if wanted & {*_LEGS, "strike"}:
            values |= self._strikes(wanted)
            taken = {self.numerals.index(n) for n in self.strikes.taken}
        for name in wanted:
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
        listed = (value if isinstance(value, list) else [value] for value in values.values())
        used = {round(abs(v), 9) for some in listed for v in some if isinstance(v, int | float)}
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
        pairings = [p for cue in cues for p in self._pairings(cue) if p.numeral in free]
        chosen = _shortest(_without_parts(pairings))
        found: dict[str, list[Any]] = {}
        if not chosen or len(chosen) < len(free):
            told = self._respectively(cues, free)
            if len(told) > 1:
                return {name: [value] for name, value in told.items()}
        for pairing in sorted(chosen, key=lambda p: (round(p.cost), p.word)):
            value = _converted(BY_NAME[pairing.name], self.numerals[pairing.numeral], pairing.said)
            found.setdefault(pairing.name, []).append(value)
        used = {pairing.numeral for pairing in chosen}
        for pairing in chosen:
            for i in self._alternatives(pairing, used, free):
                value = _converted(BY_NAME[pairing.name], self.numerals[i], pairing.said)
                found[pairing.name].append(value)
        return found

    def _respectively(self, cues: Sequence[Cue], free: Sequence[int]) -> dict[str, Any]:
        """Names listed first and their numbers after: 'VIX and VIX3M are at 19.2 and 20.9'."""
        words = sorted(
            (match.start(), match.end(), cue.name)
            for cue in cues
            if cue.before
            for match in cue.before.finditer(self.text)
            if not re.search(r"\d[\s-]?$", self.text[: match.start()])
        )
        joined = re.compile(r"\s*(?:,|and|to|vs\.?|over|/|,\s*and)\s*(?:the\s+)?", re.IGNORECASE)
        for (_, end, first), (start, last, second) in zip(words, words[1:], strict=False):
            if first == second or not joined.fullmatch(self.text[end:start]):
                continue
            after = [i for i in free if self.numerals[i].start >= last]
            if len(after) < 2 or self.numerals[after[0]].start - last > 40:
                continue
            one, two = self.numerals[after[0]], self.numerals[after[1]]
            between = self.text[last : one.start]
            if any(self.is_anothers(BY_NAME[first], n) for n in (one, two)):
                continue
            if joined.fullmatch(self.text[one.end : two.start]) and not re.search(r"[\d.?!]", between):
                pairs = ((first, one), (second, two))
                return {name: _converted(BY_NAME[name], n, "") for name, n in pairs}
        return {}

    def _alternatives(self, pairing: _Pairing, used: set[int], free: Sequence[int]) -> list[int]:
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
                if here not in free or here in used or not joined.fullmatch(gap):
                    break
                if _doubt(cue, self.numerals[here]) != 0:
                    break
                found.append(here)
        return found

    def _pairings(self, cue: Cue) -> list[_Pairing]:
        """Every number that the words of one quantity can explain, with the distance."""
        if cue.name not in self._pairs:
            self._pairs[cue.name] = self._paired(cue)
        return self._pairs[cue.name]

    def _paired(self, cue: Cue) -> list[_Pairing]:
        found = []
        for i, numeral in enumerate(self.numerals):
            doubt = _doubt(cue, numeral, self.text[numeral.end : numeral.end + 12])
            if doubt is None:
                continue
            match = cue.after.match(self.text, numeral.end) if cue.after else None
            if match and not re.match(r"\s*=", self.text[match.end() :]):
                lead = len(match.group()) - len(match.group().lstrip("- "))
                word = (match.start() + lead, match.end())
                cost = doubt + (_GENERAL if cue.name == "iv" else 0.0)
                found.append(_Pairing(cue.name, i, word, cost, match.group()))
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
                    if _THRESHOLD.search(self.text[max(0, match.start() - 8) : match.start()]) and (
                        cue.kind == "index"
                    ):
                        continue
                    if gap is not None and weak + gap + doubt <= _REACH:
                        word = (match.start(), match.end())
                        found.append(_Pairing(cue.name, i, word, weak + gap + doubt, said))
        return found

    def _listed(self, cue: Cue, run: Sequence[int]) -> list[float]:
        """The values of a list; a percent sign at its end is meant for all of it."""
        numbers = [self.numerals[i] for i in run]
        if numbers[-1].is_percent and not any(n.unit for n in numbers[:-1]):
            numbers = [replace(n, unit="%") for n in numbers]
        return [_converted(cue, n, "") for n in numbers]

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
            for names, unit in _UNITS:
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
        units = (unit.match(self.text, number.end) for _, unit in _UNITS)
        return any(match and self._owns(match.end()) for match in units)

    def _gap(self, start: int, end: int, cue: Cue) -> float | None:
        """How far a word is from a number: the words between, fillers counting little."""
        gap = re.sub(r"\b\d{1,2}[\s-]?(?:m|mo|months?|y|yr|years?)\b", "", self.text[start:end])
        if gap.strip() in ("=", ":"):
            return -0.35
        if _BREAK.search(gap) or re.search(r"\d", gap):
            return None
        if not cue.threshold and _THRESHOLD.search(gap):
            return None
        words = re.findall(r"[^\s,()\[\]\"“”$€£-]+", gap)
        cost = sum(0.15 if word.lower() in _FILLER else 1.0 for word in words)
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
                if found and cue.name != "prices":
                    return found
            if found:
                return found
        if cue.name in ("cashflows", "closes"):
            longest = max(runs, key=len, default=[])
            return longest if len(longest) >= (2 if cue.name == "cashflows" else 5) else []
        return []


_QUOTED = re.compile(r"\[[^\]]{20,}\]|(?<!\w)(['\"“‘])(?:(?!\1)[^”’]){60,}?['\"”’](?!\w)")


def without_quoted(text: str) -> str:
    """The text without long passages in quotes or brackets: they are shown, not asked."""
    return _QUOTED.sub(" ", text)


_SHORT = 14


def _with_tenors(text: str) -> str:
    short = len(text.split()) <= _SHORT
    named = r"\bvix|\bthe (?:3|6|9)[\s-](?:month|day)\b" if short else r"\bvix"
    if not re.search(named, text, re.IGNORECASE):
        return text
    for pattern, name in _TENORS:
        text = pattern.sub(name, text)
    return text


_LEGS = ("put_long", "put_short", "call_short", "call_long")


def _runs(text: str, numerals: Sequence[Numeral], taken: set[int]) -> list[list[int]]:
    """Numbers that are listed one after the other."""
    runs: list[list[int]] = []
    for i, numeral in enumerate(numerals):
        if i in taken:
            continue
        between = text[numerals[i - 1].end : numeral.start] if i else ""
        listed = re.fullmatch(r"\s*(?:,|;|/|and|or|then|\s|,\s*(?:and|then|or))\s*[+$€£(\[]*\s*", between)
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


def _doubt(cue: Cue, numeral: Numeral, behind: str = "") -> float | None:
    """How odd a number is for a quantity; None where it cannot be one at all."""
    value, unit = numeral.value, numeral.unit
    if cue.kind in ("level", "index", "points", "money", "delta", "days", "count", "ratio"):
        if unit in ("%", "bp") or (unit == "$" and cue.kind in ("delta", "days", "count", "ratio")):
            return None
    elif unit == "$":
        return None
    if cue.kind == "rate" and unit == "" and value >= 100:
        return None
    odd = {
        "level": value < 100 and cue.name in ("spot", "barrier"),
        "index": not 4 <= value <= 200,
        "volatility": value > 300,
        "rate": unit == "" and value > 30,
        "delta": not 0 < abs(value) < 100,
        "days": value > 4000
        or not float(value).is_integer()
        or re.match(r"[\s-]?(?:years?|yrs?|months? in)\b", behind) is not None,
        "points": value > 500,
        "part": unit == "" and value > 1,
        "count": not float(value).is_integer(),
    }.get(cue.kind, False)
    if cue.kind == "index" and re.match(r"\s*(?:points?|pts?)\b", behind):
        return None
    if cue.kind == "delta" and abs(value) >= 100:
        return None
    if cue.name in ("put_iv", "call_iv") and value >= 100:
        return None
    return 2.4 if odd else 0.0


def _converted(cue: Cue, numeral: Numeral, said: str) -> float:
    """The number in the tools' unit: 16 vol is 0.16, 6 weeks are 42 days."""
    value = numeral.fraction() if numeral.unit in ("%", "bp") else numeral.value
    bare = numeral.unit == ""
    vols = cue.kind == "volatility" or cue.name == "leg_ivs"
    if vols and bare and abs(value) >= 2:
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
