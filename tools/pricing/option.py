"""`price_option`: the price and the greeks of a European option."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from tools.checking import checked
from tools.errors import ToolInputError
from tools.pricing.black import ARRAY, SCALAR, Valuation, value
from tools.pricing.chunks import run
from tools.quantities import (
    Days,
    DeltaPerPoint,
    DividendYield,
    GammaPerPoint,
    Kind,
    Model,
    PerPercentagePoint,
    Points,
    Probability,
    Rate,
    Spot,
    Strike,
    ThetaPerDay,
    Volatility,
)
from tools.results import Result

_COMMON = {
    "volatility": "as given, one for the option's whole life",
    "day count": "calendar days / 365",
    "measure": "risk-neutral",
    "exercise": "European",
    "theta": "a calendar day",
    "vega and rho": "a percentage point",
}
_BSM = {"model": "Black-Scholes-Merton", "anchor": "spot with a dividend yield", **_COMMON}
_BLACK76 = {"model": "Black-76", "anchor": "future of the same expiration", **_COMMON}


@dataclass(frozen=True, kw_only=True)
class OptionValue(Result):
    """The value of one long option; every field is a float, or an array of the inputs' shape."""

    price: Points
    delta: DeltaPerPoint
    gamma: GammaPerPoint
    theta: ThetaPerDay
    vega: PerPercentagePoint
    rho: PerPercentagePoint
    probability_in_the_money: Probability


@checked(broadcast=True)
def price_option(
    kind: Kind,
    spot: Spot,
    strike: Strike,
    days: Days,
    iv: Volatility,
    rate: Rate = 0.0,
    dividend_yield: DividendYield = 0.0,
    model: Model = "bsm",
) -> OptionValue:
    """Price a European option and give its greeks, for one long option.

    Numbers give floats; arrays of one shape (numbers go with any) give arrays.

    Args:
        kind: 'call' or 'put'.
        spot: Index level [points]; with black76 the future of the same expiration.
        strike: Strike [points].
        days: Calendar days to expiration, of a 365-day year.
        iv: Annualized volatility [decimal].
        rate: Continuously compounded interest rate [decimal a year].
        dividend_yield: Continuously compounded dividend yield [decimal a year]; not for black76.
        model: 'bsm' for an index, 'black76' for a future.

    Returns:
        price [points], delta [per point], gamma [per point], theta [points a calendar day], vega
        and rho [points a percentage point], probability_in_the_money [decimal, risk-neutral: N(d2)
        for a call, not the delta].

    Raises:
        ToolInputError: An argument is out of its bounds, not a number, or of another shape.

    Source: Hull, Options, Futures, and Other Derivatives, 10th ed., equations 17.4 and 17.5
    (index with a dividend yield), 18.9 and 18.10 (futures), sections 19.4 to 19.10 (greeks).

    Hull's index option, example 17.1: index 930, strike 900, two months, 8 %, yield 3 %, 20 %:

    >>> option = price_option("call", 930, 900, 365 / 6, 0.20, rate=0.08, dividend_yield=0.03)
    >>> round(option.price, 2)
    51.83

    Hull's option on a future, example 18.6: future 20, strike 20, four months, 9 %, 25 %:

    >>> round(price_option("put", 20, 20, 365 / 3, 0.25, rate=0.09, model="black76").price, 2)
    1.12
    """
    future = model == "black76"
    if future:
        refuse_yield_of_a_future(dividend_yield)
    sign = call_sign(kind)
    numbers = [spot, strike, days, iv, rate, rate if future else dividend_yield]
    if any(isinstance(one, np.ndarray) for one in (sign, *numbers)):
        if not any(isinstance(one, np.ndarray) for one in numbers):
            numbers[0] = np.full(np.shape(sign), spot)
        fields = run(
            partial(value, ARRAY), [sign, *numbers], len(Valuation._fields), "price_option"
        )
    else:
        fields = list(value(SCALAR, sign, *numbers))
    worth = Valuation(*fields)
    if future:
        # The future is quoted, not carried: of its two rates only the discounting one is left.
        worth = worth._replace(rho=-worth.price * days / 36500.0)
    return OptionValue(
        price=worth.price,
        delta=worth.delta,
        gamma=worth.gamma,
        theta=worth.theta,
        vega=worth.vega,
        rho=worth.rho,
        probability_in_the_money=worth.in_the_money,
        assumptions=_BLACK76 if future else _BSM,
    )


def call_sign(kind: Any) -> Any:
    """1.0 for a call, -1.0 for a put; of an array the places of the words were checked before."""
    if isinstance(kind, str):
        return 1.0 if kind == "call" else -1.0
    return (1 - 2 * kind).astype(float)


def refuse_yield_of_a_future(dividend_yield: Any) -> None:
    """A future already holds the dividends to expiration, so Black-76 has no yield to take."""
    nothing = dividend_yield == 0.0
    if not (nothing.all() if isinstance(nothing, np.ndarray) else nothing):
        raise ToolInputError.of(
            "dividend_yield",
            dividend_yield,
            "0 with model='black76'",
            "The price of a future already holds the dividends; leave the yield out.",
        )
