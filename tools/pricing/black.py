"""Black-Scholes-Merton and Black-76: price, greeks and the probability of finishing in the money.

One formula serves a single option and a chunk of an array; `SCALAR` and `ARRAY` hold the few
functions in which the two differ. Black-76 is the same formula with the dividend yield set to the
rate, since a future costs nothing to carry.

The option is priced on its out-of-the-money side, where the price is all time value, and the other
side follows from put-call parity. So nothing small is ever the difference of two large numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np

from tools.pricing.normal import (
    ROOT_HALF,
    ROOT_HALF_PI,
    ROOT_TWO_PI,
    erfcx,
    erfcx_array,
    inverse_normal,
    inverse_normal_array,
)
from tools.quantities import DAYS_PER_YEAR, Number

_PER_DAY: Final = 1.0 / DAYS_PER_YEAR
_PER_ROOT_TWO_PI: Final = 1.0 / ROOT_TWO_PI
_SIXTH: Final = 1.0 / 6.0

SMALL_HALF_DEVIATION: Final = 0.01
"""Below this the price is a series in volatility; above it, a difference that keeps 13 digits."""


class Operations(NamedTuple):
    """The functions in which floats and arrays differ."""

    exp: Callable[[Any], Any]
    gap: Callable[[Any, Any, Any], Any]
    sqrt: Callable[[Any], Any]
    log: Callable[[Any], Any]
    log1p: Callable[[Any], Any]
    minimum: Callable[[Any, Any], Any]
    maximum: Callable[[Any, Any], Any]
    copysign: Callable[[Any, Any], Any]
    log_ratio: Callable[[Any, Any], Any]
    erfcx: Callable[[Any], Any]
    inverse_normal: Callable[[Any], Any]
    repair: Callable[..., Any]


class Valuation(NamedTuple):
    """What `value` gives; all in points, theta a day, vega and rho a percentage point."""

    price: Any
    delta: Any
    gamma: Any
    theta: Any
    vega: Any
    rho: Any
    in_the_money: Any


def value(
    use: Operations,
    sign: Any,
    spot: Any,
    strike: Any,
    days: Any,
    iv: Any,
    rate: Any,
    dividend_yield: Any,
) -> Valuation:
    """Value European options; `sign` is 1.0 for a call and -1.0 for a put.

    Formulas: Hull, Options, Futures, and Other Derivatives, 10th ed., sections 17.4 and 19.4 to
    19.10; the form with the scaled error function after P. Jaeckel, "Let's be rational", Wilmott
    (2015), equation 2.3.
    """
    years = days * _PER_DAY
    root = use.sqrt(years)
    deviation = iv * root
    cash = strike * use.exp(-rate * years)
    asset = spot * use.exp(-dividend_yield * years)
    moneyness = use.log_ratio(spot, strike) + (rate - dividend_yield) * years

    # The out-of-the-money side: a call where the forward lies below the strike, else a put.
    side = -use.copysign(1.0, moneyness)
    # Divisions take longer than all else here together; reciprocals are shared.
    inverse = 1.0 / deviation
    per_point = 1.0 / spot
    h = -abs(moneyness) * inverse
    t = 0.5 * deviation
    # sqrt(cash x asset) exp(-(h^2 + t^2) / 2), with the root taken inside the exponent
    bell = cash * use.exp(0.5 * (moneyness - h * h - t * t))
    near = h + t
    positive = near > 0
    first_tail = 0.5 * bell * use.erfcx(abs(near) * ROOT_HALF)
    first = first_tail * (1.0 - 2.0 * positive) + use.minimum(cash, asset) * positive
    second = 0.5 * bell * use.erfcx((t - h) * ROOT_HALF)
    price = use.repair(first - second, t < SMALL_HALF_DEVIATION, series, use, h, t, bell)

    # The side asked for, by put-call parity where it is the other one.
    call_side = 0.5 + 0.5 * side
    put_side = 0.5 - 0.5 * side
    other = 0.5 - 0.5 * sign * side
    same = 1.0 - 2.0 * other
    asset_term = (first * call_side + second * put_side) * same + asset * other
    cash_term = (first * put_side + second * call_side) * same + cash * other
    price = price + other * use.gap(asset, cash, moneyness)

    bell = bell * _PER_ROOT_TWO_PI
    decay = 0.5 * bell * iv * iv * inverse
    return Valuation(
        price=price,
        delta=sign * asset_term * per_point,
        gamma=bell * inverse * per_point * per_point,
        theta=(sign * (dividend_yield * asset_term - rate * cash_term) - decay) * _PER_DAY,
        vega=bell * root * 0.01,
        rho=sign * years * cash_term * 0.01,
        in_the_money=cash_term / cash,
    )


def series(use: Operations, h: Any, t: Any, bell: Any) -> Any:
    """The out-of-the-money price where `first - second` would cancel: its odd Taylor series in t.

    With y(z) = N(z) / n(z) the price is bell (y(h + t) - y(h - t)) / sqrt(2 pi), and the
    derivatives of y follow from y' = 1 + z y. Terms beyond t^7 are below 1e-16 of the first.
    """
    y0 = ROOT_HALF_PI * use.erfcx(-h * ROOT_HALF)
    y1 = 1.0 + h * y0
    y2 = y0 + h * y1
    y3 = 2.0 * y1 + h * y2
    y4 = 3.0 * y2 + h * y3
    y5 = 4.0 * y3 + h * y4
    y7 = 6.0 * y5 + h * (5.0 * y4 + h * y5)
    t2 = t * t
    odd = y1 + t2 * (_SIXTH * y3 + t2 * (_SIXTH / 20.0 * y5 + t2 * (_SIXTH / 840.0) * y7))
    return bell * 2.0 * t * odd * _PER_ROOT_TWO_PI


def _log_ratio(spot: float, strike: float) -> float:
    # Near the money the logarithm of a quotient loses the digits that a one-day option needs.
    distance = (spot - strike) / strike
    return math.log1p(distance) if abs(distance) < 0.5 else math.log(spot / strike)


def _log_ratio_array(spot: Any, strike: Any) -> Any:
    distance = (spot - strike) / strike
    far = abs(distance) >= 0.5
    logarithm = np.log1p(distance)
    if np.any(far):
        logarithm = np.where(far, np.log(spot / strike), logarithm)
    return logarithm


def _gap(asset: float, cash: float, moneyness: float) -> float:
    """|asset - cash|, without the rounding of that difference."""
    return cash * abs(math.expm1(moneyness))


def _gap_array(asset: Any, cash: Any, moneyness: Any) -> Any:
    return cash * np.abs(np.expm1(moneyness))


def _repair(value: float, wrong: bool, better: Callable[..., float], *arguments: Any) -> float:
    return better(*arguments) if wrong else value


def _repair_array(
    values: Any, wrong: Any, better: Callable[..., Any], use: Operations, *arguments: Any
) -> Any:
    where = np.flatnonzero(wrong)
    if not where.size:
        return values
    shape = np.shape(values)
    if not shape:
        return better(use, *arguments)
    if np.shape(wrong) != shape:
        where = np.flatnonzero(np.broadcast_to(wrong, shape))
    parts = (np.broadcast_to(argument, shape)[where] for argument in arguments)
    values[where] = better(use, *parts)
    return values


SCALAR: Final = Operations(
    exp=math.exp,
    gap=_gap,
    sqrt=math.sqrt,
    log=math.log,
    log1p=math.log1p,
    minimum=min,
    maximum=max,
    copysign=math.copysign,
    log_ratio=_log_ratio,
    erfcx=erfcx,
    inverse_normal=inverse_normal,
    repair=_repair,
)
ARRAY: Final = Operations(
    exp=np.exp,
    gap=_gap_array,
    sqrt=np.sqrt,
    log=np.log,
    log1p=np.log1p,
    minimum=np.minimum,
    maximum=np.maximum,
    copysign=np.copysign,
    log_ratio=_log_ratio_array,
    erfcx=erfcx_array,
    inverse_normal=inverse_normal_array,
    repair=_repair_array,
)


def normal(use: Operations, z: Any) -> Any:
    """The normal distribution function, exact to its last digits in both tails."""
    positive = z > 0
    tail = 0.5 * use.exp(-0.5 * z * z) * use.erfcx(abs(z) * ROOT_HALF)
    return tail * (1.0 - 2.0 * positive) + positive


def operations(*values: Number) -> Operations:
    """`ARRAY` if any of the values is an array, else `SCALAR`."""
    return ARRAY if any(isinstance(one, np.ndarray) for one in values) else SCALAR
