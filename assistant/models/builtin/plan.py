"""The calculations of one question, made anew after each step: what can be called, what is missing.

What a wish lacks is taken, in this order, from the results of this turn, from the conversation
where the question leans on it (`assistant.models.builtin.leaning`), and from the open market
source; else the answer asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.models.builtin.results import Done, from_market, provided
from assistant.models.builtin.rules import MARKET
from assistant.models.builtin.wish import Call, Wish


@dataclass(frozen=True)
class Missing:
    """A calculation that was asked for, and the quantities that nobody states."""

    tool: str
    needed: tuple[str, ...]


class Plan:
    """The calculations of one question, given what was done so far."""

    def __init__(self, wishes: Sequence[Wish], tools: Sequence[str]) -> None:
        """Plan these wishes with these tools."""
        self.wishes = list(wishes)
        self.tools = tools

    @property
    def changed(self) -> Mapping[str, Any]:
        """The inputs that a follow-up changes in an earlier calculation."""
        return next((wish.changed for wish in self.wishes if wish.changed), {})

    def next_calls(self, done: Sequence[Done]) -> list[Call]:
        """What can be calculated now, and was not yet."""
        calls: list[Call] = []
        for wish in self.wishes:
            _fill(wish, done)
            if not wish.lacks and wish.rule.tool in self.tools:
                new = [call for call in wish.calls() if not any(_same(item, call) for item in done)]
                calls += [call for call in new if call not in calls]
        if calls:
            return calls
        if self._wants_market() and not any(item.tool == MARKET for item in done):
            return [Call(MARKET, {})]
        checked = _credit_check(done)
        return [checked] if checked and "check_credit" in self.tools else []

    def missing(self) -> Missing | None:
        """The first calculation that was asked for and cannot be made."""
        return next((Missing(w.rule.tool, w.lacks) for w in self.wishes if w.lacks), None)

    def _wants_market(self) -> bool:
        return MARKET in self.tools and any(
            wish.lacks and set(wish.lacks) <= set(wish.rule.market) - wish.unsure
            for wish in self.wishes
        )


def _fill(wish: Wish, done: Sequence[Done]) -> None:
    """Take what is missing from the results of this turn, then from the market."""
    for name in wish.lacks:
        sources = (provided(item) for item in done if item.tool != MARKET)
        value = next((s[name] for s in sources if s.get(name) is not None), None)
        if value is not None:
            wish.values[name] = value
    markets = [from_market(item) for item in done if item.tool == MARKET]
    if not markets or not set(wish.lacks) <= set(wish.rule.market):
        return
    market = markets[-1]
    if not _is_that_market(market, wish):
        return
    for name in wish.lacks:
        if market.get(name) is not None:
            wish.values[name] = market[name]
    if wish.rule.tool == "check_regime" and wish.values.get("vix") == market.get("vix"):
        # The other indices only beside a VIX of the same moment.
        wish.values |= {k: v for k, v in market.items() if k in wish.rule.uses}


_SAME_MARKET = 0.1
"""How far a stated level of the index may be from the market's, for its volatility to be taken."""


def _is_that_market(market: Mapping[str, Any], wish: Wish) -> bool:
    """Whether the market can be the one that a question speaks of; a sample may be years old."""
    level = market.get("spot")
    if "spot" in wish.lacks:
        return _fits_strikes(level, wish.values)
    stated = wish.values.get("spot")
    if stated is None or level is None or wish.current:
        return True
    return bool(abs(stated / level - 1) <= _SAME_MARKET)


def _fits_strikes(spot: float | None, values: Mapping[str, Any]) -> bool:
    """Whether stated strikes can belong to this level of the index; a sample may be years old."""
    named = ("put_short", "call_short", "strike", "barrier")
    strikes = [values[name] for name in named if isinstance(values.get(name), int | float)]
    return not strikes or bool(spot is not None and all(0.75 < s / spot < 1.25 for s in strikes))


def _credit_check(done: Sequence[Done]) -> Call | None:
    """The credit of a priced condor is checked against its target."""
    if any(item.tool == "check_credit" for item in done):
        return None
    for item in done:
        given = provided(item)
        known = {"credit", "width"} <= given.keys() and given["credit"] > 0
        if item.tool in ("price_condor", "select_condor") and known:
            return Call("check_credit", {"credit": given["credit"], "width": given["width"]})
    return None


def _same(item: Done, call: Call) -> bool:
    return item.tool == call.tool and dict(item.inputs) == dict(call.arguments)
