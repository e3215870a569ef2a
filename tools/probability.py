"""Where an index may go: the expected move, and the chance that it touches a level.

All of it is risk-neutral: the drift is the rate less the dividend yield, and the volatility is the
one that the caller hands over. The probability of profit of a condor belongs to its quote.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, cast

import numpy as np

from tools.checking import checked
from tools.pricing.black import ARRAY, SCALAR, Operations, normal
from tools.pricing.chunks import run
from tools.pricing.normal import ROOT_HALF
from tools.quantities import (
    DAYS_PER_YEAR,
    Days,
    DividendYield,
    Points,
    Probability,
    Rate,
    Spot,
    Strike,
    Volatility,
)
from tools.results import Result

_MOVE: Final = {
    "volatility": "as given",
    "anchor": "spot",
    "day count": "calendar days / 365",
    "width": "one standard deviation: spot x volatility x root of time, on both sides",
}


@dataclass(frozen=True, kw_only=True)
class ExpectedMove(Result):
    """One standard deviation on both sides of the spot."""

    points: Points
    lower: Points
    upper: Points


@checked(broadcast=True)
def expected_move(spot: Spot, iv: Volatility, days: Days) -> ExpectedMove:
    """Give the move that one standard deviation of the index covers in the days ahead.

    Numbers give floats; arrays of one shape give arrays.

    Args:
        spot: Index level [points].
        iv: Annualized volatility [decimal].
        days: Calendar days ahead, of a 365-day year.

    Returns:
        points = spot x iv x root of (days / 365); lower and upper, spot less and plus points (lower
        is not below 0) [points].

    Raises:
        ToolInputError: An argument is out of its bounds, not a number, or of another shape.

    Source: S. Natenberg, Option Volatility and Pricing, 2nd ed., chapter 6, "Scaling volatility for
    time"; the index at 5800 and 16 % moves about 1 % a day, since 16 % / 19.1 = 0.84 %:

    >>> move = expected_move(5800, 0.16, 30)
    >>> round(move.points, 2), round(move.lower, 2), round(move.upper, 2)
    (266.05, 5533.95, 6066.05)
    """
    points = spot * iv * (days / DAYS_PER_YEAR) ** 0.5
    # A volatility beyond 100 % over the period would put the lower end under zero.
    lower = (
        np.maximum(spot - points, 0.0)
        if isinstance(points, np.ndarray)
        else max(spot - points, 0.0)
    )
    return ExpectedMove(points=points, lower=lower, upper=spot + points, assumptions=_MOVE)


@checked(broadcast=True)
def probability_of_touch(
    spot: Spot,
    barrier: Strike,
    days: Days,
    iv: Volatility,
    rate: Rate = 0.0,
    dividend_yield: DividendYield = 0.0,
) -> Probability:
    """Give the probability that the index touches the barrier at any time before expiration.

    Numbers give a float; arrays of one shape (numbers go with any) give an array. It is a
    probability, not the discounted value of a dollar paid at the touch. The index is watched all
    the time; at its closes alone it touches less often.

    Args:
        spot: Index level [points].
        barrier: Level to touch, above or below the spot [points].
        days: Calendar days to expiration, of a 365-day year.
        iv: Annualized volatility [decimal], constant up to expiration.
        rate: Continuously compounded interest rate [decimal a year].
        dividend_yield: Continuously compounded dividend yield [decimal a year].

    Returns:
        Risk-neutral probability [decimal]; 1 where spot and barrier are the same.

    Raises:
        ToolInputError: An argument is out of its bounds, not a number, or of another shape.

    Source: the first-passage law of Brownian motion with drift; E. G. Haug, The Complete Guide to
    Option Pricing Formulas, 2nd ed., section 4.19.5 (binary barrier options), where it is the value
    of one dollar at expiration if touched, without discounting.

    >>> round(probability_of_touch(100, 105, 60, 0.20, rate=0.01), 6)
    0.540703
    """
    numbers: list[Any] = [spot, barrier, days, iv, rate, dividend_yield]
    if any(isinstance(one, np.ndarray) for one in numbers):
        return cast(Probability, run(lambda *part: [touch(ARRAY, *part)], numbers, 1)[0])
    return cast(Probability, touch(SCALAR, *numbers))


def touch(
    use: Operations,
    spot: Any,
    barrier: Any,
    days: Any,
    iv: Any,
    rate: Any,
    dividend_yield: Any,
) -> Any:
    """The probability of a touch, with b = |ln(barrier / spot)| and the drift towards the barrier.

    N((drift - b) / s) + exp(2 b drift / s^2) N(-(drift + b) / s), s = iv root(T). The second term
    is written with the scaled error function where its two factors may overflow and vanish.
    """
    years = days / DAYS_PER_YEAR
    distance = use.log_ratio(barrier, spot)
    side = use.copysign(1.0, distance)
    b = abs(distance)
    drift = side * (rate - dividend_yield - 0.5 * iv * iv) * years
    s = iv * use.sqrt(years)
    direct = (drift - b) / s
    mirror = (drift + b) / s
    beyond = mirror > 0
    reflected = 0.5 * use.exp(-0.5 * direct * direct) * use.erfcx(abs(mirror) * ROOT_HALF)
    # For mirror < 0 the drift leads away from the barrier: there exp(...) N(...) is safe as it is,
    # and N(-mirror) = 1 - N(mirror).
    away = use.exp(2.0 * b * use.minimum(drift, 0.0) / (s * s))
    chance = normal(use, direct) + reflected * (2.0 * beyond - 1.0) + away * (1.0 - beyond)
    return use.minimum(chance, 1.0)
