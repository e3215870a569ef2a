"""What a condor would make: over the index, and when index and volatility jump."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

import numpy as np

from tools.checking import checked
from tools.condor import CondorQuote
from tools.condor_terms import Condor
from tools.errors import ToolInputError
from tools.pricing.black import ARRAY, value
from tools.pricing.chunks import run
from tools.probability import expected_move
from tools.quantities import MULTIPLIER, FloatArray, Numbers, Quantity, Table

if TYPE_CHECKING:
    from tools.tables import ResultTable
else:
    ResultTable = Any  # it is a DataFrame, and pandas is imported by the first call

_LEAST_PRICE: Final = 1e-9
_POINTS: Final = 201

DaysLeft = Annotated[
    float, Quantity("Calendar days still to run", "days", at_least=0, at_most=36500)
]
DaysForward = Annotated[
    float, Quantity("Calendar days from now", "days", at_least=0, at_most=36500)
]
Prices = Annotated[
    Sequence[float],
    Numbers(Quantity("Index level", "points", at_least=0, at_most=1e9)),
]
SpotShocks = Annotated[
    Sequence[float],
    Numbers(
        Quantity(
            "Change of the index",
            "decimal of the spot",
            above=-1,
            at_most=10,
            hint="-0.05 is a fall of 5 %.",
        )
    ),
]
VolatilityShocks = Annotated[
    Sequence[float],
    Numbers(
        Quantity(
            "Change of every leg's volatility",
            "decimal",
            above=-8,
            below=8,
            hint="0.05 is five volatility points up.",
        )
    ),
]
PayoffTable = Annotated[
    ResultTable,
    Table(
        "Profit over the index",
        {"price": "Index level [points]", "profit_usd": "Profit of all contracts [US dollars]"},
    ),
]
StressTable = Annotated[
    ResultTable,
    Table(
        "Profit under shocks, a row a spot shock, a column a volatility shock [US dollars]",
        {"spot_shock": "Change of the index [decimal]"},
    ),
]


@checked()
def condor_payoff(
    condor: Condor, prices: Prices | None = None, days_left: DaysLeft = 0.0
) -> PayoffTable:
    """Give the profit of a condor over the index, at expiration or with days left.

    Args:
        condor: A result of `price_condor`, or its arguments as a mapping.
        prices: Index levels [points]; or a tuple (low, high), drawn at 201 levels. Without it, from
            beyond one wing to beyond the other, strikes and break-evens among the levels.
        days_left: Calendar days still to run; 0 is expiration.

    Returns:
        A DataFrame of price [points] and profit_usd [US dollars, all contracts, after fees], with
        `.figure()` and `.assumptions`.

    Raises:
        ToolInputError: The condor, a price or the days cannot be used; more days are left than the
            condor had.

    Source: Hull, 10th ed., section 12.3 (spreads at expiration). Option Alpha's "iron condor"
    profits 150 and loses 850 dollars at most with 390/400/420/430 for 1.50:

    >>> condor = {"spot": 410, "put_long": 390, "put_short": 400, "call_short": 420,
    ...           "call_long": 430, "days": 30, "iv": 0.2, "credit": 1.50}
    >>> condor_payoff(condor, [380, 398.5, 410, 440]).profit_usd.tolist()
    [-850.0, 0.0, 150.0, -850.0]
    """
    if days_left > condor.days:
        raise ToolInputError.of(
            "days_left", days_left, f"at most the condor's own days, {condor.days:g}"
        )
    levels = payoff_levels(condor, prices)
    profit = profit_usd(condor, levels, np.zeros(1), days_left)
    from tools.tables import ResultTable

    when = "at expiration" if days_left == 0 else f"with {days_left:g} days left"
    return ResultTable.of(
        {"price": levels, "profit_usd": profit.reshape(-1)},
        partial(_draw_payoff, condor, when),
        {**_kept(condor), "when": when},
    )


@checked()
def stress_condor(
    condor: Condor,
    spot_shocks: SpotShocks = (-0.10, -0.075, -0.05, -0.025, 0.0, 0.025, 0.05, 0.075, 0.10),
    vol_shocks: VolatilityShocks = (-0.05, 0.0, 0.05, 0.10, 0.20),
    days_forward: DaysForward = 0.0,
) -> StressTable:
    """Give the profit of a condor if index and volatility jump, now or some days ahead.

    Args:
        condor: A result of `price_condor`, or its arguments as a mapping.
        spot_shocks: Changes of the index [decimal of the spot]; -0.05 is a fall of 5 %.
        vol_shocks: Changes of every leg's volatility [decimal]; 0.05 is five points up.
        days_forward: Calendar days from now at which the shocks strike.

    Returns:
        A DataFrame of profit_usd [US dollars, all contracts, after fees]; the index holds the spot
        shocks, the columns the volatility shocks; with `.figure()` and `.assumptions`.

    Raises:
        ToolInputError: A shock takes the volatility of a leg to nothing, or the days go beyond
            expiration.

    Source: the full revaluation behind portfolio margin, Cboe Rule 10.4: every leg priced again by
    Black-Scholes-Merton, Hull, 10th ed., equations 17.4 and 17.5.

    >>> condor = {"spot": 5800, "put_long": 5450, "put_short": 5500, "call_short": 6050,
    ...           "call_long": 6100, "days": 30, "iv": 0.16, "rate": 0.045, "dividend_yield": 0.013}
    >>> stress_condor(condor, [-0.10, 0.0], [0.0, 0.10]).round(0).to_numpy().tolist()
    [[-2885.0, -2474.0], [0.0, -1112.0]]
    """
    if days_forward > condor.days:
        raise ToolInputError.of(
            "days_forward", days_forward, f"at most the condor's days, {condor.days:g}"
        )
    spots, shocks = np.asarray(spot_shocks, dtype=float), np.asarray(vol_shocks, dtype=float)
    lowest = min(condor.legs, key=lambda leg: float(leg.iv))
    if float(lowest.iv) + shocks.min() <= 0:
        raise ToolInputError.of(
            "vol_shocks",
            float(shocks.min()),
            f"above {-float(lowest.iv):g}",
            f"The {lowest.side} {lowest.kind} has a volatility of {lowest.iv:g}, and nothing would "
            "be left of it.",
        )
    profit = profit_usd(condor, condor.spot * (1.0 + spots), shocks, condor.days - days_forward)
    import pandas as pd

    from tools.plots import draw_stress
    from tools.tables import ResultTable

    frame = pd.DataFrame(
        profit,
        index=pd.Index(spots, name="spot_shock"),
        columns=pd.Index(shocks, name="vol_shock"),
    )
    when = "now" if days_forward == 0 else f"in {days_forward:g} days"
    return ResultTable.of(
        frame,
        draw_stress,
        {**_kept(condor), "when": when, "shock of the volatility": "added to every leg's own"},
    )


def profit_usd(condor: CondorQuote, spots: Any, shocks: Any, days_left: Any) -> FloatArray:
    """The profit of all contracts, a row a spot and a column a volatility shock."""
    spots = np.asarray(spots, dtype=float)
    shape = (spots.size, len(shocks))
    level = np.ascontiguousarray(np.broadcast_to(spots[:, None], shape))
    worth = np.zeros(shape)
    for leg in condor.legs:
        sign = 1.0 if leg.kind == "call" else -1.0
        if days_left > 0:
            inputs = [
                sign,
                np.maximum(level, _LEAST_PRICE),
                leg.strike,
                days_left,
                np.ascontiguousarray(np.broadcast_to(leg.iv + np.asarray(shocks), shape)),
                condor.rate,
                condor.dividend_yield,
            ]
            price = run(partial(value, ARRAY), inputs, 1)[0]
        else:
            price = np.maximum(sign * (level - leg.strike), 0.0)
        worth += price if leg.side == "long" else -price
    profit: FloatArray = (condor.credit - condor.fees + worth) * MULTIPLIER * condor.contracts
    return profit


def payoff_levels(condor: CondorQuote, prices: Any = None) -> FloatArray:
    """The index levels to look at: those given, or from beyond one wing to beyond the other."""
    if isinstance(prices, tuple) and len(prices) == 2:
        low, high = prices
        if not low < high:
            raise ToolInputError.of("prices", prices, "(low, high) with low below high")
        return np.linspace(low, high, _POINTS)
    if prices is not None:
        return np.asarray(prices, dtype=float)
    move = float(expected_move(condor.spot, condor.legs[1].iv, condor.days).points)
    wing = max(float(condor.put_width), float(condor.call_width))
    low = max(0.0, min(condor.put_long - wing, condor.spot - 2 * move))
    high = max(condor.call_long + wing, condor.spot + 2 * move)
    special = [leg.strike for leg in condor.legs]
    special += [condor.lower_break_even, condor.upper_break_even, condor.spot]
    levels = np.concatenate([np.linspace(low, high, _POINTS), special])
    return np.unique(levels[np.isfinite(levels)])


def _kept(condor: CondorQuote) -> dict[str, str]:
    return {
        "volatility": condor.assumptions["volatility"],
        "credit": f"{condor.credit:.4f} points received, {condor.fees:g} paid in fees",
        "model": "Black-Scholes-Merton; intrinsic value at expiration",
        "day count": "calendar days / 365",
    }


def _draw_payoff(condor: CondorQuote, when: str, table: Any) -> Any:
    from tools.plots import draw_payoff

    return draw_payoff(condor, table, when)
