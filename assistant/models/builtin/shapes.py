"""Numbers that no word names but whose shape does: '6480 14% 7d' is a level and a volatility.

What is still open and what is still unread are matched by what each number can be. A number that
can be one thing only is that; what it was is then closed to the others, and so on. Where two ways
are left nothing is guessed: `unsure` names what the question may hold and nobody could read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from assistant.models.builtin.cues import BY_NAME, Cue
from assistant.models.builtin.numerals import Numeral
from assistant.models.builtin.reading import Question
from assistant.models.builtin.rules import STRIKES, Rule

_CORE = frozenset(
    "spot vix vix9d vix3m vix6m vvix iv days short_delta width contracts barrier".split()
)
_PERCENTS = frozenset(
    "rate dividend_yield wacc risk_fraction tax_rate win_rate cost_of_equity cost_of_debt".split()
)
_ALSO = {"select_condor": ("width",)}
"""What a tool does without, but what a number beside its other inputs most likely is."""

_COUNTED = re.compile(
    r"\s+(?:questions?|things|ideas|friends|times|years|reasons|of (?:them|us|you)|chance|odds|"
    r"prob\w*|win\w*|of (?:the )?time|confiden\w*|sure|rule|profit|return)\b",
    re.IGNORECASE,
)


def by_shape(
    rule: Rule,
    question: Question,
    values: dict[str, Any],
    others: Mapping[str, tuple[Any, ...]] = MappingProxyType({}),
) -> frozenset[str]:
    """Fill in what a tool still needs, where the calculation is asked for by words.

    Returns the names of what is still open though an unread number could be it.
    """
    if not question.says(rule.wants):
        return frozenset()
    needs = [need.split("|") for need in rule.needs if not values.keys() & set(need.split("|"))]
    names = [*(parts[0] for parts in needs), *_ALSO.get(rule.tool, ())]
    cues = [BY_NAME[name] for name in names if name in BY_NAME and name not in values]
    if not cues or not needs:
        return frozenset()
    known = {cue.name for cue in cues} | values.keys()
    elsewhere = question.read((_CORE | _PERCENTS) - known).values
    left = [
        n
        for n in question.unread({**values, **elsewhere, "others": list(others.values())})
        if not _COUNTED.match(question.text, n.end)
    ]
    can_be = [(n, {cue.name for cue in cues if _can_be(cue, n, values, question)}) for n in left]
    for name, numeral in _settled(can_be):
        values[name] = question.convert(name, numeral)
    return frozenset(name for _, names in can_be for name in names if name not in values)


def _settled(can_be: list[tuple[Numeral, set[str]]]) -> list[tuple[str, Numeral]]:
    """The numbers that can be one thing only, one after the other."""
    found: list[tuple[str, Numeral]] = []
    while True:
        only = [(next(iter(names)), n) for n, names in can_be if len(names) == 1]
        sure = [(name, n) for name, n in only if sum(other == name for other, _ in only) == 1]
        if not sure:
            return found
        found += sure
        for n, names in can_be:
            names -= {name for name, _ in sure}
            if any(n is numeral for _, numeral in sure):
                names.clear()


def _can_be(cue: Cue, n: Numeral, values: Mapping[str, Any], question: Question) -> bool:
    """Whether a number has the unit and the size of a quantity."""
    if question.is_anothers(cue, n):
        return False
    if cue.name == "spot":
        strikes = [v for name in (*STRIKES, "strike") if isinstance(v := values.get(name), float)]
        near = all(0.6 < n.value / strike < 1.6 for strike in strikes)
        return n.unit in ("", "$") and 1000 <= n.value <= 20000 and near
    shape = _SHAPES.get(cue.name) or _KINDS.get(cue.kind)
    return shape is not None and shape(n)


def _bare(n: Numeral) -> bool:
    return n.unit in ("", "$")


_SHAPES: Mapping[str, Callable[[Numeral], bool]] = {
    "iv": lambda n: (n.is_percent and 4 <= n.value <= 200) or (n.unit == "" and 5 <= n.value <= 90),
    "credit": lambda n: _bare(n) and 0 < n.value < 100,
    "width": lambda n: _bare(n) and 5 <= n.value <= 200 and n.value % 5 == 0,
    "days": lambda n: n.unit == "" and 1 <= n.value <= 400 and n.value.is_integer(),
    "risk_fraction": lambda n: n.is_percent and n.value <= 50,
    "account_usd": lambda n: _bare(n) and n.value >= 1000,
    "max_loss_usd": lambda n: _bare(n) and n.value >= 50,
}
_KINDS: Mapping[str, Callable[[Numeral], bool]] = {
    "level": lambda n: _bare(n) and n.value >= 100,
    "rate": lambda n: n.unit in ("%", "bp", "") and n.value < 100,
    "part": lambda n: n.unit in ("%", "bp"),
    "points": _bare,
    "money": lambda n: _bare(n) and (n.unit == "$" or n.value >= 10),
    "ratio": _bare,
    "number": _bare,
}
