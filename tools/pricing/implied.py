"""`implied_volatility`: the volatility at which the model gives the price.

The price is first turned into its out-of-the-money time value as a fraction of the most it could
be; that fraction and the moneyness determine the deviation, volatility times the root of time. Each
step works with the logarithm of the fraction where it is small, so that a price of 1e-200 is as
good as any other.
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple, cast

import numpy as np

from tools.checking import checked
from tools.errors import ToolInputError
from tools.pricing.black import ARRAY, SCALAR, SMALL_HALF_DEVIATION, Operations, series
from tools.pricing.chunks import run
from tools.pricing.normal import ROOT_HALF, ROOT_TWO_PI
from tools.pricing.option import call_sign, refuse_yield_of_a_future
from tools.quantities import (
    DAYS_PER_YEAR,
    Days,
    DividendYield,
    ImpliedVolatility,
    Kind,
    Model,
    Price,
    Rate,
    Spot,
    Strike,
)

ACCURACY: Final = 1e-10
"""Relative accuracy promised; a price whose digits cannot fix the volatility so far is refused."""

_STEPS: Final = 2  # enough for all but a few; those go on by themselves
_MORE_STEPS: Final = 60
_CLOSE: Final = 1e-4  # each step cubes its error and more, so after one this small all is settled
_ROUNDING: Final = 4e-16  # relative, of discounted intrinsic value and of the price taken off it
_LEAST_FRACTION: Final = 1e-290
_HIGH_FRACTION: Final = 0.7

# The first guess: the deviation as in Bachelier's normal model, as a polynomial; see `guess`.
_GUESS: Final = (
    3.5448252319299822,
    -7.049875187405396,
    -4.554646886275276,
    43.747542627296326,
    -76.19455197118302,
    58.805614876019675,
    -16.419646499646117,
    -3.002079461027652,
    1.830854945480826,
)


class _Problem(NamedTuple):
    """A price as the solver wants it: its time value out of the money, without units."""

    fraction: Any  # of the most that the out-of-the-money option could be worth
    distance: Any  # |ln(forward / strike)|
    noise: Any  # what rounding of the price may change of the fraction


@checked(broadcast=True)
def implied_volatility(
    kind: Kind,
    price: Price,
    spot: Spot,
    strike: Strike,
    days: Days,
    rate: Rate = 0.0,
    dividend_yield: DividendYield = 0.0,
    model: Model = "bsm",
) -> ImpliedVolatility:
    """Find the volatility at which the model gives the price of a European option.

    Numbers give a float; arrays of one shape (numbers go with any) give an array.

    Args:
        kind: 'call' or 'put'.
        price: Price of the option [points].
        spot: Index level [points]; with black76 the future of the same expiration.
        strike: Strike [points].
        days: Calendar days to expiration, of a 365-day year.
        rate: Continuously compounded interest rate [decimal a year].
        dividend_yield: Continuously compounded dividend yield [decimal a year]; not for black76.
        model: 'bsm' for an index, 'black76' for a future.

    Returns:
        Annualized volatility [decimal], right to a relative 1e-10 for the price as it is written.

    Raises:
        ToolInputError: The price lies at or below discounted intrinsic value, or at or above the
            most the option can be worth, or so close to either that its digits do not fix the
            volatility; or an argument is out of its bounds. In arrays such a price gives NaN.

    Source: P. Jaeckel, "Let's be rational", Wilmott (2015), sections 3 to 6: the same objective
    functions and the third-order Householder step, from simpler first guesses.

    Hull, 10th ed., section 15.11: a call at 1.875 on 21, strike 20, three months, 10 %: 23.5 %.

    >>> round(implied_volatility("call", 1.875, 21, 20, 365 / 4, rate=0.10), 3)
    0.235
    """
    future = model == "black76"
    if future:
        refuse_yield_of_a_future(dividend_yield)
    numbers = [price, spot, strike, days, rate, rate if future else dividend_yield]
    sign = call_sign(kind)
    if not any(isinstance(one, np.ndarray) for one in (sign, *numbers)):
        return _one(kind, sign, *cast(list[float], numbers))
    if not any(isinstance(one, np.ndarray) for one in numbers):
        numbers[0] = np.full(np.shape(sign), price)
    (volatility,) = run(_many, [sign, *numbers], 1, "implied_volatility")
    return cast(ImpliedVolatility, volatility)


def _one(kind: Any, sign: float, *numbers: float) -> float:
    price, _, _, days, _, _ = numbers
    problem, intrinsic, most = problem_of(SCALAR, sign, *numbers)
    bounds = f"between {intrinsic:.10g} and {most:.10g}, both excluded [points]"
    if not price > intrinsic:
        raise ToolInputError.of("price", price, bounds, _below_intrinsic(kind, *numbers))
    if not price < most:
        at_most = "the index less its dividends" if sign > 0 else "the strike, discounted"
        raise ToolInputError.of(
            "price", price, bounds, f"A {kind} is worth less than {at_most}, at any volatility."
        )
    if not problem.fraction > _LEAST_FRACTION:
        raise ToolInputError.of(
            "price", price, "above 1e-290 of the index", "It is next to nothing."
        )
    deviation, doubt = solve(SCALAR, problem)
    if not doubt <= ACCURACY:
        other = "put" if sign > 0 else "call"
        raise ToolInputError.of(
            "price",
            price,
            f"further from its bounds, {intrinsic:.10g} and {most:.10g} [points]",
            "So close to a bound the digits of the price do not fix the volatility; the "
            f"{other} at the same strike shows it better.",
        )
    return float(deviation / math.sqrt(days / DAYS_PER_YEAR))


def _below_intrinsic(kind: str, *numbers: float) -> str:
    _, spot, strike, days, rate, dividend_yield = numbers
    years = days / DAYS_PER_YEAR
    asset = spot * math.exp(-dividend_yield * years)
    cash = strike * math.exp(-rate * years)
    index, discounted = f"the index less its dividends, {asset:.4f}", f"the strike, {cash:.4f}"
    long, short, worth = index, discounted, asset - cash
    if kind == "put":
        long, short, worth = discounted, index, cash - asset
    if worth <= 0:
        return "An option out of the money with time left is worth more than nothing."
    return (
        f"That is no more than discounted intrinsic value: {long}, minus {short}, is {worth:.4f}. "
        "Both sides are discounted to today, which is why this is not the "
        f"{abs(spot - strike):.4f} between spot and strike."
    )


def _many(*numbers: Any) -> list[Any]:
    days = numbers[4]
    problem, _, _ = problem_of(ARRAY, *numbers)
    shape = np.broadcast_shapes(*(np.shape(part) for part in problem))
    problem = _Problem(*(np.broadcast_to(part, shape) for part in problem))
    good = (problem.fraction > _LEAST_FRACTION) & (problem.fraction < 1.0)
    if not good.all():
        problem = _Problem(*(part[good] for part in problem))
    deviation, doubt = _solve_array(problem)
    volatility = np.full(shape, np.nan)
    volatility[good] = np.where(doubt <= ACCURACY, deviation, np.nan)
    return [volatility / np.sqrt(days / DAYS_PER_YEAR)]


def problem_of(
    use: Operations,
    sign: Any,
    price: Any,
    spot: Any,
    strike: Any,
    days: Any,
    rate: Any,
    dividend_yield: Any,
) -> tuple[_Problem, Any, Any]:
    """The problem, and the bounds that no arbitrage sets to the price."""
    years = days / DAYS_PER_YEAR
    cash = strike * use.exp(-rate * years)
    asset = spot * use.exp(-dividend_yield * years)
    moneyness = use.log_ratio(spot, strike) + (rate - dividend_yield) * years
    in_the_money = sign * moneyness > 0
    intrinsic = in_the_money * use.gap(asset, cash, moneyness)
    most = asset * (sign > 0) + cash * (sign < 0)
    scale = use.minimum(cash, asset)
    noise = _ROUNDING * in_the_money * (price + intrinsic) / scale
    return _Problem((price - intrinsic) / scale, abs(moneyness), noise), intrinsic, most


def guess(use: Operations, target: Any, x: Any) -> Any:
    """The deviation in Bachelier's normal model, which a short-dated option nearly follows.

    There the time value is b = s (n(h) - h N(-h)) with h = x / s, so that s / (x + b) depends on
    x / b alone. Within 2e-4 of the solution of that equation; the last factor takes it to the
    lognormal model.
    """
    b = use.maximum(target * use.exp(-0.5 * x), _LEAST_FRACTION)
    g = use.log1p(x / b)
    y = g / (g + 8.0)
    polynomial = _GUESS[-1]
    for coefficient in _GUESS[-2::-1]:
        polynomial = polynomial * y + coefficient
    s = (x + b) * polynomial / use.sqrt(g + 2.0)
    return s * (1.0 + s * s / 24.0)


def high_guess(use: Operations, target: Any, x: Any) -> Any:
    """The deviation from the upper end; exact at the money, and with the right slope elsewhere."""
    share = 0.5 + 0.5 * use.erfcx(use.sqrt(x))  # of the fraction above the inflection point
    return use.sqrt(2.0 * x) - 2.0 * share * use.inverse_normal(0.5 * (1.0 - target) / share)


def solve(use: Operations, problem: _Problem) -> tuple[Any, Any]:
    """The deviation that is worth the fraction, and the relative doubt that rounding leaves."""
    target, x, noise = problem
    low = target < 0.5 - 0.5 * use.erfcx(use.sqrt(x))
    s = high_guess(use, target, x) if target >= _HIGH_FRACTION else guess(use, target, x)
    for _ in range(_MORE_STEPS):
        if low:
            s, change, slope = low_step(use, target, x, s)
        else:
            s, change, slope = high_step(use, target, x, s)
        if abs(change) < _CLOSE:
            return s, (noise + _ROUNDING * target) / max(slope * s, _LEAST_FRACTION)
    return s, math.inf


def solve_or_nan(
    use: Operations,
    sign: Any,
    price: Any,
    spot: Any,
    strike: Any,
    days: Any,
    rate: Any,
    dividend_yield: Any,
) -> Any:
    """The volatility of one option, NaN where there is none: what the compiled loop calls."""
    problem, _, _ = problem_of(use, sign, price, spot, strike, days, rate, dividend_yield)
    if not (problem.fraction > _LEAST_FRACTION and problem.fraction < 1.0):
        return math.nan
    deviation, doubt = solve(use, problem)
    if not doubt <= ACCURACY:
        return math.nan
    return deviation / use.sqrt(days / DAYS_PER_YEAR)


def _solve_array(problem: _Problem) -> tuple[Any, Any]:
    target, x, noise = problem
    low = target < 0.5 - 0.5 * ARRAY.erfcx(np.sqrt(x))
    s = guess(ARRAY, target, x)
    slope = np.empty_like(s)
    high = np.flatnonzero(target >= _HIGH_FRACTION)
    if high.size:
        s[high] = high_guess(ARRAY, target[high], x[high])
    for where, step in ((low, low_step), (~low, high_step)):
        rows = np.flatnonzero(where)
        for count in range(_MORE_STEPS):
            if not rows.size:
                break
            s[rows], change, slope[rows] = step(ARRAY, target[rows], x[rows], s[rows])
            if count + 1 >= _STEPS:
                rows = rows[~(abs(change) < _CLOSE)]
        slope[rows] = 0.0
    return s, (noise + _ROUNDING * target) / np.maximum(slope * s, _LEAST_FRACTION)


def worth(use: Operations, x: Any, s: Any) -> tuple[Any, Any, Any, Any, Any]:
    """The fraction b at deviation s, 1 - b, the slope of b, its next two derivatives over it.

    b(s) = N(t - h) - exp(x) N(-t - h) with h = x / s and t = s / 2.
    """
    h = x / s
    t = 0.5 * s
    near = t - h
    positive = near > 0
    bell = use.exp(-0.5 * near * near)
    tail = 0.5 * bell * use.erfcx(abs(near) * ROOT_HALF)
    second = 0.5 * bell * use.erfcx((h + t) * ROOT_HALF)
    first = tail * (1.0 - 2.0 * positive) + positive
    fraction = use.repair(first - second, t < SMALL_HALF_DEVIATION, series, use, -h, t, bell)
    fraction = use.maximum(fraction, _LEAST_FRACTION)
    rest = tail * (2.0 * positive - 1.0) + (1.0 - positive) + second
    curve = (h * h - t * t) / s
    return fraction, rest, bell / ROOT_TWO_PI, curve, curve * curve - 3.0 * h * h / (s * s) - 0.25


def low_step(use: Operations, target: Any, x: Any, s: Any) -> tuple[Any, Any, Any]:
    """Householder's third-order step on 1 / ln b, which runs like s^2 in the tail."""
    b, _, slope, curve, third = worth(use, x, s)
    log_b, log_target = use.log(b), use.log(target)
    growth = slope / b
    newton = (log_target - log_b) * (log_b / log_target) / growth
    bend = growth * (1.0 + 2.0 / log_b)
    second = curve - bend
    third = third + 2.0 * growth**2 * (1.0 + 3.0 / log_b * (1.0 + 1.0 / log_b)) - 3.0 * curve * bend
    better, change = householder(use, s, newton, second, third)
    return better, change, slope


def high_step(use: Operations, target: Any, x: Any, s: Any) -> tuple[Any, Any, Any]:
    """The same step on ln(1 - b), which runs like -s^2 / 8 at the upper end."""
    b, rest, slope, curve, third = worth(use, x, s)
    left = 1.0 - target
    upper = target > 0.5
    missing = (rest - left) * upper + (target - b) * (1.0 - upper)
    growth = slope / rest
    newton = -use.log1p(-missing / rest) / growth
    second = curve + growth
    third = third + growth * (2.0 * growth + 3.0 * curve)
    better, change = householder(use, s, newton, second, third)
    return better, change, slope


def householder(use: Operations, s: Any, newton: Any, second: Any, third: Any) -> tuple[Any, Any]:
    """The new deviation and its relative change, held within a factor of three."""
    step = newton * (1.0 + 0.5 * second * newton)
    step = step / (1.0 + newton * (second + third * newton / 6.0)) / s
    step = use.maximum(use.minimum(step, 2.0), -2.0 / 3.0)
    return s * (1.0 + step), step
