"""Rates of return, ratios, currencies and pools in words."""

from __future__ import annotations

from itertools import pairwise

from assistant.models.builtin.wording.format import Fields, listed, percent, plain, short_percent


def npv(inputs: Fields, result: float) -> list[str]:
    """The value, and which way it decides."""
    decides = "more" if result > 0 else "less"
    return [
        f"The net present value is **{plain(result)}** at a rate of "
        f"{short_percent(inputs['rate'])} a "
        f"period: the flows are worth {decides} than they cost at that rate."
    ]


def irr(inputs: Fields, result: float) -> list[str]:
    """The rate, and whether it may be one of several."""
    signs = [flow > 0 for flow in inputs["cashflows"] if flow]
    changes = sum(a != b for a, b in pairwise(signs))
    several = (
        "The flows change sign more than once, so other rates may balance them too; ask for all of "
        "them, or for the net present value at your cost of capital."
    )
    return [
        f"The internal rate of return is **{percent(result, 2)}** a period. It says nothing of the "
        "odds or of how much money earns it.",
        *([several] if changes > 1 else []),
    ]


def irr_roots(_: Fields, result: list[float]) -> list[str]:
    """Every rate at which the flows are worth nothing."""
    if not result:
        return ["No rate above -100 % gives these cash flows a net present value of zero."]
    rates = listed([f"**{percent(rate, 2)}**" for rate in result])
    if len(result) == 1:
        return [f"There is one internal rate of return: {rates} a period."]
    return [
        f"These cash flows have several internal rates of return: {rates} a period. The net "
        "present value at the cost of capital decides."
    ]


def xirr(_: Fields, result: float) -> list[str]:
    """The yearly rate of dated flows."""
    return [
        f"The yearly internal rate of return of the dated cash flows is **{percent(result, 2)}**."
    ]


def mirr(inputs: Fields, result: float) -> list[str]:
    """The one rate, with the two that it rests on."""
    return [
        f"The modified internal rate of return is **{percent(result, 2)}** a period, financed at "
        f"{short_percent(inputs['finance_rate'])} and reinvested at "
        f"{short_percent(inputs['reinvest_rate'])}."
    ]


def wacc(_: Fields, result: float) -> list[str]:
    """The cost of capital."""
    return [
        f"The weighted average cost of capital is **{percent(result, 2)}** a year. It is the rate "
        "that a use of the capital has to earn, at the weights given."
    ]


def price_to_cash_flow(_: Fields, result: float) -> list[str]:
    """The ratio in words."""
    return [
        f"The Price-to-Cash Flow Ratio is **{plain(result)}**: a share costs that many times the "
        "operating cash flow of a share."
    ]


def quick_ratio(_: Fields, result: float) -> list[str]:
    """The ratio, and on which side of one it is."""
    side = (
        "what is due within a year is covered without selling stock"
        if result >= 1
        else "what is due within a year is not covered by cash, securities and receivables"
    )
    return [f"The Quick Ratio is **{plain(result)}**: {side}."]


def real_effective_exchange_rate(_: Fields, result: float) -> list[str]:
    """The index, and which way it points."""
    return [
        f"The real effective exchange rate is **{plain(result)}**, against 1 at equal prices in "
        "the "
        "base: above it the currency buys more than its partners' on the weights given."
    ]


def interest_rate_differential(_: Fields, result: float) -> list[str]:
    """The gap in percentage points."""
    side = "the own rate is the higher one" if result > 0 else "the foreign rate is the higher one"
    return [f"The interest rate differential is **{percent(result, 2)}** a year: {side}."]


def amm_swap(inputs: Fields, result: Fields) -> list[str]:
    """What comes out, and what the size of the trade costs."""
    return [
        f"{plain(result['amount_in'])} in give **{plain(result['amount_out'])} out**, at an "
        "execution "
        f"price of {plain(result['execution_price'])} against {plain(result['spot_price'])} before "
        f"the trade. The price impact is {percent(result['price_impact'], 2)}, and the fee takes "
        f"{plain(result['fee_paid'])} of what goes in.",
        f"The pool then holds {plain(result['new_reserve_in'])} and "
        f"{plain(result['new_reserve_out'])}.",
    ]


def impermanent_loss(inputs: Fields, result: float) -> list[str]:
    """How far the pool falls behind holding."""
    return [
        f"At a price {plain(inputs['price_ratio'])} times the one at deposit the impermanent "
        "loss is "
        f"**{percent(result, 2)}** against holding the two tokens, before fees earned."
    ]
