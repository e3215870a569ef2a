"""The numbers of an iron condor: legs by the model, then credit, sides, probabilities, margin.

One formula for a single condor and for a chunk of an array. It knows no units of money, no words
and no checks; `tools.condor` has those.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypeAlias

from tools.pricing.black import Operations, Valuation, normal, value
from tools.pricing.normal import ROOT_TWO_PI
from tools.probability import touch
from tools.quantities import DAYS_PER_YEAR


class Terms(NamedTuple):
    """What was agreed and what was assumed; floats, or arrays of one shape."""

    spot: Any
    put_long: Any
    put_short: Any
    call_short: Any
    call_long: Any
    days: Any
    put_long_iv: Any
    put_short_iv: Any
    call_short_iv: Any
    call_long_iv: Any
    rate: Any
    dividend_yield: Any
    market: Any
    credit: Any
    fees: Any


class Values(NamedTuple):
    """What follows; in points and decimals, for one condor."""

    credit: Any
    model_credit: Any
    put_credit: Any
    call_credit: Any
    put_touch: Any
    call_touch: Any
    put_expected: Any
    call_expected: Any
    flat_below: Any
    flat_above: Any
    smile_below: Any
    smile_above: Any
    delta: Any
    gamma: Any
    theta: Any
    vega: Any


FIELDS: Final = len(Values._fields) + 4 * len(Valuation._fields)

Everything: TypeAlias = tuple[Values, Valuation, Valuation, Valuation, Valuation]
"""The condor, then its legs by rising strike."""


def values(use: Operations, terms: Terms) -> Everything:
    """Value the condor; `market` is 1.0 where a credit is given, 0.0 where it is the model's."""
    spot, days, rate, carry = terms.spot, terms.days, terms.rate, terms.dividend_yield
    put_long = value(use, -1.0, spot, terms.put_long, days, terms.put_long_iv, rate, carry)
    put_short = value(use, -1.0, spot, terms.put_short, days, terms.put_short_iv, rate, carry)
    call_short = value(use, 1.0, spot, terms.call_short, days, terms.call_short_iv, rate, carry)
    call_long = value(use, 1.0, spot, terms.call_long, days, terms.call_long_iv, rate, carry)

    put_worth = put_short.price - put_long.price
    call_worth = call_short.price - call_long.price
    worth = put_worth + call_worth
    credit = terms.market * terms.credit + (1.0 - terms.market) * worth
    # A market quotes the condor as one; its credit goes to the sides in the model's proportion, and
    # by their widths where the model has next to nothing.
    put_width = terms.put_short - terms.put_long
    call_width = terms.call_long - terms.call_short
    put_weight = use.maximum(put_worth, 0.0) + 1e-12 * put_width
    call_weight = use.maximum(call_worth, 0.0) + 1e-12 * call_width
    extra = (credit - worth) / (put_weight + call_weight)
    put_credit = put_worth + extra * put_weight
    call_credit = call_worth + extra * call_weight
    # Expected at expiration, where the payout is not discounted.
    growth = use.exp(rate * days / DAYS_PER_YEAR)

    kept = credit - terms.fees
    below = beyond(use, terms, -1.0, kept, put_width)
    above = beyond(use, terms, 1.0, kept, call_width)
    put_touch = touch(use, spot, terms.put_short, days, terms.put_short_iv, rate, carry)
    call_touch = touch(use, spot, terms.call_short, days, terms.call_short_iv, rate, carry)
    condor = Values(
        credit=credit,
        model_credit=worth,
        put_credit=put_credit,
        call_credit=call_credit,
        put_touch=touched(use, put_touch, spot <= terms.put_short),
        call_touch=touched(use, call_touch, spot >= terms.call_short),
        put_expected=put_credit - growth * put_worth,
        call_expected=call_credit - growth * call_worth,
        flat_below=below[0],
        flat_above=above[0],
        smile_below=below[1],
        smile_above=above[1],
        delta=put_long.delta - put_short.delta - call_short.delta + call_long.delta,
        gamma=put_long.gamma - put_short.gamma - call_short.gamma + call_long.gamma,
        theta=put_long.theta - put_short.theta - call_short.theta + call_long.theta,
        vega=put_long.vega - put_short.vega - call_short.vega + call_long.vega,
    )
    return condor, put_long, put_short, call_short, call_long


def touched(use: Operations, chance: Any, already: Any) -> Any:
    """A short strike that the index has passed is touched."""
    return use.maximum(chance, already * 1.0)


def beyond(use: Operations, terms: Terms, side: float, kept: Any, width: Any) -> tuple[Any, Any]:
    """The chance of ending past a break-even: at the volatility there, and off the smile's slope.

    The volatility at the break-even lies between those of the side's two strikes. The second number
    is -d(call) / d(strike), which counts what that slope adds: N(d2) - vega x slope (Gatheral, The
    Volatility Surface, 2006, equation 8.1, for a digital option). Both are 0 where the credit is
    wider than the wing, so that no break-even is left.
    """
    if side < 0:
        short, short_iv, long_iv = terms.put_short, terms.put_short_iv, terms.put_long_iv
    else:
        short, short_iv, long_iv = terms.call_short, terms.call_short_iv, terms.call_long_iv
    share = use.maximum(use.minimum(kept / width, 1.0), 0.0)
    level = short + side * share * width
    iv = short_iv + share * (long_iv - short_iv)
    slope = side * (long_iv - short_iv) / width
    years = terms.days / DAYS_PER_YEAR
    deviation = iv * use.sqrt(years)
    drift = (terms.rate - terms.dividend_yield - 0.5 * iv * iv) * years
    d2 = (use.log_ratio(terms.spot, level) + drift) / deviation
    chance = normal(use, side * d2)
    bell = use.exp(-0.5 * d2 * d2) / ROOT_TWO_PI
    smile = chance - side * level * bell * use.sqrt(years) * slope
    lost = kept < width
    return chance * lost, smile * lost
