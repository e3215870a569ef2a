"""The same calculation more than once: '25 or 50 wide', each leg of a strangle, several levels."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from assistant.models.builtin.completions import AT_EXPIRATION
from assistant.models.builtin.found import roots
from assistant.models.builtin.levels import payoff_levels
from assistant.models.builtin.moves import price_ratios
from assistant.models.builtin.reading import Question
from assistant.models.builtin.rules import Rule
from assistant.models.builtin.terms import with_wings
from assistant.models.builtin.wish import Wish

_COMPARES = re.compile(
    r"\b(?:each|two|then|which|another|and (?:how|what|the)|vs|versus|or|compared?|comparing|against|both|from|same)\b",
    re.IGNORECASE,
)


def _ratios(question: Question) -> list[dict[str, Any]]:
    if question.says(r"\bother\b|\bwhile\b|\btoken b\b|\beach\b"):
        return []  # the second ratio is the other token's
    return [{"price_ratio": ratio} for ratio in price_ratios(question)[1:3]]


def _settlements(question: Question) -> list[dict[str, Any]]:
    levels = payoff_levels(question)[1] if question.says(AT_EXPIRATION) else []
    return [{"settlement": level} for level in levels[1:4]]


_OWN_VARIANTS: Mapping[str, Callable[[Question], list[dict[str, Any]]]] = {
    "impermanent_loss": _ratios,
    "plan_roll": lambda question: [],
    "break_even": _settlements,
    "condor_payoff": lambda question: [],
    "settlement": lambda question: [{"root": root} for root in roots(question)[1:]],
}
"""Where a question compares in a way of its own, by the tool."""


def variants(
    rule: Rule, question: Question, others: Mapping[str, tuple[Any, ...]]
) -> list[dict[str, Any]]:
    """The same calculation for the other values of a comparison: '25 or 50 wide'."""
    if rule.tool in _OWN_VARIANTS:
        return _OWN_VARIANTS[rule.tool](question)
    compares = question.says(_COMPARES)
    given = {k: v for k, v in others.items() if v and k in _COMPARED}
    if not compares and max(map(len, given.values()), default=0) < 2:
        return []  # '25 or 50' compares, and so does a list of three
    if not given or len({len(v) for v in given.values()}) != 1:
        return []
    variants: list[dict[str, Any]] = []
    for values in list(zip(*given.values(), strict=True))[:2]:
        variant = dict(zip(given, values, strict=True))
        if "width" in variant and {"put_short", "call_short"} <= question.strikes.legs.keys():
            variant = {
                k: v for k, v in question.strikes.legs.items() if k.endswith("short")
            } | variant
            with_wings(variant)
        variants.append(variant)
    return variants


_COMPARED = frozenset(
    "width short_delta days iv credit barrier strike spot price_ratio expected_move_multiple".split()
)


def option_legs(wish: Wish, question: Question) -> None:
    """Each leg of a spread, strangle or straddle as an option of its own."""
    if wish.rule.tool != "price_option" or ("strike" in wish.values and "kind" in wish.values):
        return
    legs = question.strikes.legs
    spot = wish.values.get("spot")
    if question.says(r"\bstraddle\b") and (spot or "strike" in wish.values):
        strike = wish.values.get("strike", spot)
        options = [{"kind": kind, "strike": strike} for kind in ("call", "put")]
    elif 2 <= len(legs) <= 3:
        order = sorted(legs, key=lambda name: (name.startswith("call"), name.endswith("long")))
        options = [{"kind": name.partition("_")[0], "strike": legs[name]} for name in order]
    else:
        return
    wish.values |= options[0]
    wish.variants = options[1:]
