"""Results in words: one function a tool, each giving paragraphs of Markdown, the answer first.

Only numbers of the inputs and the result are written, at the precision that `assistant.grounding`
can trace. A tool without a function of its own is described field by field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assistant.models.builtin.wording import condor, finance, market
from assistant.models.builtin.wording.asked import asked_of
from assistant.models.builtin.wording.format import Fields, given, named, shown
from assistant.models.builtin.wording.market import missing_signals

__all__ = ["as_before", "describe", "missing_signals", "what_is_needed"]

_WORDS: dict[str, Callable[[Fields, Any], list[str]]] = {
    name: getattr(module, name)
    for module, names in (
        (
            condor,
            "price_condor select_condor check_credit credit_range break_even expected_move "
            "probability_of_touch price_option implied_volatility condor_payoff stress_condor "
            "plan_roll size_position size_hedge",
        ),
        (
            market,
            "check_regime term_structure vix_futures_curve economic_events vix_expirations "
            "settlement rsi macd advance_decline_line",
        ),
        (
            finance,
            "npv irr irr_roots xirr mirr wacc price_to_cash_flow quick_ratio "
            "real_effective_exchange_rate interest_rate_differential amm_swap impermanent_loss",
        ),
    )
    for name in names.split()
}


_CONDORS = ("price_condor", "select_condor")


def describe(tool: str, inputs: Fields, result: Any, question: str = "") -> list[str]:
    """The result of a tool in paragraphs, what the question asks of it first."""
    if isinstance(result, Mapping) and set(result) == {"value"}:
        result = result["value"]
    if tool in _WORDS:
        condor_sold = tool in _CONDORS and result["credit"] > 0
        first = asked_of(question, result) if condor_sold else []
        return [*first, *_WORDS[tool](inputs, result)]
    title = named(tool).capitalize()
    if not isinstance(result, Mapping):
        return [f"{title}: **{shown(tool, result)}**."]
    lines = [
        f"- {named(name).capitalize()}: {shown(name, value)}"
        for name, value in result.items()
        if name != "assumptions" and isinstance(value, int | float | str)
    ]
    return [f"{title}:\n\n" + "\n".join(lines)]


def as_before(changed: Fields) -> str:
    """What a follow-up changed, before the calculation that it changed."""
    parts = [
        f"short options of {round(value * 100, 6):g} delta"
        if name == "short_delta"
        else "other terms of the layers"
        if name == "layers"
        else f"{named(name)} {given(name, value)}"
        for name, value in changed.items()
    ]
    return f"As before, but with {', '.join(parts)}:"


def what_is_needed(name: str) -> str:
    """A quantity in a trader's words, for asking after it."""
    return _NEEDED.get(name, f"the {named(name)}")


_NEEDED = {
    "spot": "the index level (spot)",
    "put_long": "the long put's strike",
    "put_short": "the short put's strike",
    "call_short": "the short call's strike",
    "call_long": "the long call's strike",
    "days": "the days to expiration",
    "iv": "the implied volatility (IV)",
    "credit": "the net credit in points",
    "width": "the width of the wings in points",
    "vix": "the level of the VIX",
    "vix3m": "the level of the VIX3M",
    "front_future": "the price of the first VIX future",
    "second_future": "the price of the second VIX future",
    "barrier": "the level that may be touched",
    "kind": "call or put",
    "strike": "the strike",
    "account_usd": "the size of the account in dollars",
    "max_loss_usd": "the maximum loss of one contract in dollars",
    "risk_fraction": "the share of the account at risk",
    "price_ratio": "the price ratio",
    "price": "the price in points",
    "condor_loss_usd": "what the condors lose under the shock, in dollars",
    "spx_shock": "the fall of the index to be covered, in percent",
    "layers": "the terms of the VIX calls: strike, days, implied volatility and the VIX future",
    "open_condor": "the open condor: strikes, index level, days left, volatility, credit",
    "new_condor": "the new condor, in the same form",
    "wacc": "the cost of capital a year",
    "cashflows": "the cash flows, oldest first",
    "start": "the first day",
    "end": "the last day",
    "expiration": "the expiration date",
    "dated": "the amounts with their dates",
    "closes": "the closes, oldest first",
}
