"""Which number goes with which word: an assignment over the distances between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from assistant.models.builtin.cues import Cue
from assistant.models.builtin.numerals import Numeral, shifted

_MATCHED = 6.0
"""What explaining one more number is worth, against the distances that it costs."""

_ODD = 2.4
"""How far off an odd number is, beside its distance."""

_MANY_DAYS = {"w": 7, "mo": 30, "y": 365}


class Pairing(NamedTuple):
    """A number, the word that may explain it, and how far apart the two are."""

    name: str
    numeral: int
    word: tuple[int, int]
    cost: float
    said: str


def without_parts(pairings: Sequence[Pairing]) -> list[Pairing]:
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


def shortest(pairings: Sequence[Pairing]) -> list[Pairing]:
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
    best: dict[tuple[int, int], Pairing] = {}
    # A word that names two quantities alike is the one's that can have the fewer numbers.
    among = {
        name: len({p.numeral for p in pairings if p.name == name})
        for name in {p.name for p in pairings}
    }
    for pairing in sorted(pairings, key=lambda p: (p.cost, among[p.name], p.name)):
        place = rows.index(pairing.word), columns.index(pairing.numeral)
        if place not in best:
            best[place] = pairing
            worth[place] = pairing.cost - _MATCHED
    return [
        best[row, column]
        for row, column in zip(*linear_sum_assignment(worth), strict=True)
        if (row, column) in best
    ]


def doubt_of(cue: Cue, numeral: Numeral, behind: str = "") -> float | None:
    """How odd a number is for a quantity; None where it cannot be one at all."""
    value, unit = numeral.value, numeral.unit
    if _impossible(cue, numeral, behind):
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
        "points": value > 500 or (cue.name == "width" and not float(value).is_integer()),
        "part": unit == "" and value > 1,
        "count": not float(value).is_integer(),
    }.get(cue.kind, False)
    return _ODD if odd else 0.0


_WITHOUT_PERCENT = ("level", "index", "points", "money", "delta", "days", "count", "ratio")
_IN_DOLLARS = ("level", "index", "points", "money", "series")


def _impossible(cue: Cue, numeral: Numeral, behind: str) -> bool:
    """Whether a number cannot be a quantity: its unit is another, or its size."""
    value, unit = numeral.value, numeral.unit
    return (
        (unit in ("%", "bp") and cue.kind in _WITHOUT_PERCENT)
        or (unit == "$" and cue.kind not in _IN_DOLLARS)
        or (cue.kind == "rate" and unit == "" and value >= 100)
        or (cue.name in ("spot", "barrier", "settlement") and value < 20)
        or (cue.kind == "part" and unit == "" and value > 100)
        or (cue.kind == "delta" and abs(value) >= 100)
        or (cue.name in ("put_iv", "call_iv") and value >= 100)
        or (cue.kind == "points" and unit == "" and value > 1000)
        or (cue.kind == "index" and re.match(r"\s*(?:points?|pts?)\b", behind) is not None)
    )


def converted(cue: Cue, numeral: Numeral, said: str) -> float:
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
