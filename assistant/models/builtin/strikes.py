"""The strikes of a question: which legs of a condor, a spread or an option its numbers name.

Traders write "5450/5500/6050/6100", "5500/5450 put spread", "short the 5500p and the 6050c". The
legs are told apart by the words beside them (put, call, short, long) and by their order: in a
short condor the short strikes are the inner ones.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.models.builtin.numerals import Numeral

_PAIRED = re.compile(
    r"(?:\s?[pc])?\s?(?:[/x×&+-]|\band\b|\bwith\b|\bover\b|\bto\b)\s?\$?", re.IGNORECASE
)
_APART = re.compile(
    r"(?:\s?[pc]\b|\s+puts?|\s+calls?|\s+short|\s+long)*\s?"
    r"(?:[/,x×&+-]|\bby\b|\band\b|\bwith\b|\bon the\b|\bagainst\b|\s)*(?:\s*the\b)?(?:\s*calls?)?\s*",
    re.IGNORECASE,
)
_SLASHED = re.compile(r"(?:\s?[pc]\b)?\s?[/-]\s?\$?", re.IGNORECASE)
_KIND_AFTER = re.compile(
    r"\s?[-(]?(?:strike\s+|on\s+the\s+|for\s+the\s+|in\s+the\s+)?(?:(?:short|long|sold|bought|credit|bull|bear|strike|vix|spx)\s+)*"
    r"(puts?|calls?|[pc]\b)(?!\s*(?:price|premium|iv|vol|quote|side)\b)",
    re.IGNORECASE,
)
_KIND_BEFORE = re.compile(
    r"\b(puts?|calls?)\b(?:\s+(?:credit|vertical|spread|side|wing|strikes?|legs?|option|options|"
    r"of|at|is|are|the|with|on|being|=|:|a|an|\d+\s*(?:points?\s+)?wide|sold|bought|short|long|struck|to|into|become|strike|up|down|out|in|now))*"
    r"\s*[:=@(,]?\s*\$?$",
    re.IGNORECASE,
)
_SIDE = re.compile(
    r"\b(short(?!\s*-?(?:term|dated))s?|sell|selling|sold|sells|wrote|write|writing|inner|body|"
    r"long(?!\s*-?(?:term|dated|er))s?|buy|buying|bought|buys|wings?|protect\w*|outer|cover\w*)\b",
    re.IGNORECASE,
)
_LONG_WORDS = ("long", "buy", "bought", "wing", "protect", "outer", "cover")
_CLAUSE = re.compile(r"[.;?!](?:\s|$)|\b(?:vs|versus)\b")

_COUNTED = re.compile(
    r"\s?-?(?:(?:calendar\s+)?da?ys?|dte|weeks?|wks?|months?|deltas?|vols?|iv|lots?|contracts?|"
    r"(?:points?\s+|pts?\s+)?wide)\b",
    re.IGNORECASE,
)
"""Behind a number that counts something and is no strike."""

_LEAST_STRIKE = 100.0
_LEAST_VIX_STRIKE = 5.0


@dataclass(frozen=True)
class Strikes:
    """The legs by name, and the numerals that were read as strikes."""

    legs: dict[str, float]
    taken: tuple[Numeral, ...]
    single: float | None = None
    kind: str | None = None


@dataclass(frozen=True)
class _Leg:
    numeral: Numeral
    kind: str | None
    side: str | None


def strikes_in(text: str, numerals: Sequence[Numeral]) -> Strikes:
    """The strikes that a text names; an empty result where it names none."""
    least = _LEAST_VIX_STRIKE if re.search(r"\bvix\b", text, re.IGNORECASE) else _LEAST_STRIKE
    bare = [
        n
        for n in numerals
        if n.unit in ("", "$") and n.value >= least and not _COUNTED.match(text, n.end)
    ]
    four = _condor(text, numerals, bare, _SLASHED) or _condor(text, numerals, bare, _APART)
    if four:
        values = sorted(n.value for n in four)
        names = ("put_long", "put_short", "call_short", "call_long")
        return Strikes(dict(zip(names, values, strict=True)), tuple(four))
    legs: dict[str, float] = {}
    taken: list[Numeral] = []
    for first, second in _pairs(text, numerals, bare):
        if first in taken or second in taken:
            continue
        named = _pair(text, first, second)
        later = _LATER.search(text, taken[-1].end if taken else 0, first.start) is not None
        if named and (later or not legs.keys() & named.keys()):
            legs |= named
            taken += [first, second]
    singles = _singles(text, [n for n in bare if n not in taken])
    for name, leg in _named(singles, legs):
        legs[name] = leg.numeral.value
    taken += [leg.numeral for leg in singles]
    lone = singles[0] if len(singles) == 1 and len(taken) == 1 else None
    return Strikes(
        legs,
        tuple(taken),
        lone.numeral.value if lone else None,
        lone.kind if lone else None,
    )


def _condor(
    text: str, numerals: Sequence[Numeral], bare: Sequence[Numeral], joined: re.Pattern[str]
) -> list[Numeral]:
    """Four strikes in a row, rising or falling, near to each other; a longer list is no condor."""
    for start in range(len(numerals) - 3):
        four = list(numerals[start : start + 4])
        around = [
            text[a.end : b.start]
            for a, b in itertools.pairwise(numerals)
            if (a is numerals[start + 3] or (start and b is four[0]))
            and 0.5 < a.value / (b.value or 1.0) < 2
        ]
        listed = any(re.fullmatch(r"\s*(?:,|,?\s+and)\s*", gap) for gap in around)
        if listed and joined is _APART:
            continue
        values = [n.value for n in four]
        if any(n not in bare for n in four) or max(values) > 2 * min(values) or min(values) < 100:
            continue
        gaps = [text[a.end : b.start] for a, b in itertools.pairwise(four)]
        if not all(joined.fullmatch(gap) for gap in gaps):
            continue
        inside = [values[0] < values[1], values[2] < values[3]]
        sides = [_side(text, four[0]), _side(text, four[2])]
        if values in (sorted(values), sorted(values, reverse=True)):
            return four
        # 5500/5450 and 6050/6100: two spreads, each written short strike first.
        if max(values[:2]) < min(values[2:]) or min(values[:2]) > max(values[2:]):
            return four
        # 5500/6050 short, 5450/6100 long: the two shorts first, then the two wings.
        if inside == [True, True] and sides != [None, None]:
            return four
    return []


_LATER = re.compile(r"\b(?:now|new|into|instead|rolled)\b|→|->", re.IGNORECASE)
"""Between two pairs of strikes: the second took the place of the first."""


def _pairs(
    text: str, numerals: Sequence[Numeral], bare: Sequence[Numeral]
) -> list[tuple[Numeral, Numeral]]:
    """Neighbours that are written as a pair of strikes."""
    return [
        (first, second)
        for first, second in itertools.pairwise(numerals)
        if first in bare
        and second in bare
        and first.value >= 100
        and max(first.value, second.value) < 2 * min(first.value, second.value)
        and first.value != second.value
        and _PAIRED.fullmatch(text[first.end : second.start])
        and _same_kind(text, first, second)
    ]


def _pair(text: str, first: Numeral, second: Numeral) -> dict[str, float]:
    low, high = sorted((first.value, second.value))
    named = _SIDE_AFTER.match(text, second.end)
    kind = _kind(named.group(1)) if named else None
    kind = kind or _kind_after(text, second) or _kind_before(text, first)
    slashed = "/" in text[first.end : second.start]
    if kind and (slashed or "spread" in text[second.end : second.end + 20]):
        names = ("put_long", "put_short") if kind == "put" else ("call_short", "call_long")
        return dict(zip(names, (low, high), strict=True))
    if kind and not slashed:
        return {}
    side = _side(text, first) or _side_after(text, second)
    names = ("put_long", "call_long") if side == "long" else ("put_short", "call_short")
    if side or slashed or re.search(r"strikes?\W*$", text[: first.start], re.IGNORECASE):
        return dict(zip(names, (low, high), strict=True))
    return {}


_SIDE_AFTER = re.compile(r"\s*(puts?|calls?)\s+(?:side|spread|vertical|credit)\b", re.IGNORECASE)


def _singles(text: str, bare: Sequence[Numeral]) -> list[_Leg]:
    """Single strikes; 'sold the 6200 call, bought the 6250' says the kind only once."""
    legs: list[_Leg] = []
    for numeral in bare:
        leg = _leg(text, numeral)
        beside = _BESIDE_SIDE.search(text, max(0, numeral.start - 25), numeral.start)
        behind = _SIDE_BEHIND.match(text, numeral.end)
        if leg is None and legs and behind and numeral.value >= 0.5 * legs[-1].numeral.value:
            leg = _Leg(numeral, legs[-1].kind, _as_side(behind.group(1)))
        if leg is None and legs and beside and numeral.value >= 0.5 * legs[-1].numeral.value:
            leg = _Leg(numeral, legs[-1].kind, _as_side(beside.group(1)))
        if leg:
            legs.append(leg)
    return legs


_SIDE_BEHIND = re.compile(r"\s*(longs?|shorts?)\b(?!\s+(?:put|call))", re.IGNORECASE)
_BESIDE_SIDE = re.compile(
    r"\b(short|sell|selling|sold|wrote|long|buy|buying|bought)\s+(?:the\s+|an?\s+)?\$?$",
    re.IGNORECASE,
)


def _leg(text: str, numeral: Numeral) -> _Leg | None:
    """A single strike: a number with put or call beside it."""
    kind = _kind_after(text, numeral) or _kind_before(text, numeral)
    return _Leg(numeral, kind, _side(text, numeral) or _side_after(text, numeral)) if kind else None


def _named(legs: Sequence[_Leg], known: dict[str, float]) -> list[tuple[str, _Leg]]:
    """Each leg's name; where no side is said, the inner of two strikes is the short one."""
    found: list[tuple[str, _Leg]] = []
    for kind in ("put", "call"):
        same = [leg for leg in legs if leg.kind == kind]
        if len(same) == 2 and {leg.side for leg in same} != {"long", "short"}:
            inner = max if kind == "put" else min
            short = inner(same, key=lambda leg: leg.numeral.value)
            found += [(f"{kind}_{'short' if leg is short else 'long'}", leg) for leg in same]
        else:
            found += [(f"{kind}_{leg.side or 'short'}", leg) for leg in same]
    return [(name, leg) for name, leg in found if name not in known]


def _kind_after(text: str, numeral: Numeral) -> str | None:
    match = _KIND_AFTER.match(text, numeral.end)
    return _kind(match.group(1)) if match else None


def _kind_before(text: str, numeral: Numeral) -> str | None:
    match = _KIND_BEFORE.search(text, max(0, numeral.start - 50), numeral.start)
    if match is None or _VOL_OF.search(text, 0, match.start()):
        return None
    if _HAS_STRIKE.search(text, 0, match.start()) and not _SIDE.search(
        text, match.end(1), numeral.start
    ):
        return None  # 'a 5900 put at 6100': the put has its strike, and the index is at 6100
    return _kind(match.group(1))


_HAS_STRIKE = re.compile(r"\d(?:\s?-?strike)?\s$", re.IGNORECASE)


_VOL_OF = re.compile(
    r"\b(?:vols?|iv|volatility|price)\s+(?:of|on|for)\s+(?:the\s+|my\s+)?$", re.IGNORECASE
)


def _same_kind(text: str, first: Numeral, second: Numeral) -> bool:
    """Whether two numbers do not each carry another letter: 5450p/6100c are two single legs."""
    own = re.match(r"\s?([pc])(?![A-Za-z])", text[first.end :], re.IGNORECASE)
    return own is None or _kind(own.group(1)) == _kind_after(text, second)


def _kind(word: str) -> str:
    return "put" if word.lower().startswith("p") else "call"


def _side(text: str, numeral: Numeral) -> str | None:
    """Short or long, by the nearest such word before the number in its clause."""
    before = text[max(0, numeral.start - 70) : numeral.start]
    start = max((m.end() for m in _CLAUSE.finditer(before)), default=0)
    words = list(_SIDE.finditer(before, start))
    return _as_side(words[-1].group(1)) if words else None


def _side_after(text: str, numeral: Numeral) -> str | None:
    match = re.match(r"\s?[pc]?\s*(?:puts?|calls?)?\s*(shorts?|longs?|wings?)\b", text[numeral.end :], re.I)  # fmt: skip
    return _as_side(match.group(1)) if match else None


def _as_side(word: str) -> str:
    return "long" if word.lower().startswith(_LONG_WORDS) else "short"
