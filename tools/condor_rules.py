"""The rules of a condor that need no model: break-evens, credit to width, strike order, margin."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Final

import numpy as np

from tools.checking import checked
from tools.errors import FieldProblem, ToolInputError
from tools.quantities import (
    MULTIPLIER,
    Contracts,
    Credit,
    Money,
    Number,
    Points,
    Quantity,
    Ratio,
    Spot,
    Strike,
    Width,
)
from tools.results import Result

LOW_TARGET: Final = 0.15
HIGH_TARGET: Final = 0.25
"""The methodology's target for credit over width, and the range `check_credit` uses by default."""

Share = Annotated[
    float,
    Quantity("Share of the width", "decimal", above=0, below=1, hint="0.15 is 15 % of the width."),
]


StatedWinRate = Annotated[
    float,
    Quantity(
        "Share of trades that keep the whole credit, yours to state",
        "decimal",
        at_least=0,
        at_most=1,
        hint="It is a decimal: 0.9 is 90 %.",
    ),
]


@dataclass(frozen=True, kw_only=True)
class BreakEven(Result):
    """The two index levels at which the condor neither makes nor loses money at expiration.

    The maximum loss is there where the long strikes were given, the profit where a settlement was.
    """

    lower: Points
    upper: Points
    max_profit_usd: Money
    width: Points | None = None
    max_loss: Points | None = None
    max_loss_usd: Money | None = None
    profit: Points | None = None
    profit_usd: Money | None = None


@dataclass(frozen=True, kw_only=True)
class CreditRange(Result):
    """The credits that a width calls for, and the win rates that they need to break even."""

    low_credit: Points
    high_credit: Points
    low_win_rate: Ratio
    high_win_rate: Ratio


@dataclass(frozen=True, kw_only=True)
class CreditCheck(Result):
    """A credit beside the range that its width calls for, and the win rate that it needs.

    The expected value is there where a win rate was stated.
    """

    ratio: Ratio
    verdict: str
    low_credit: Points
    high_credit: Points
    break_even_win_rate: Ratio
    expected_value: Points | None = None
    expected_value_usd: Money | None = None


@checked()
def break_even(
    put_short: Strike,
    call_short: Strike,
    credit: Credit,
    put_long: Strike | None = None,
    call_long: Strike | None = None,
    contracts: Contracts = 1,
    settlement: Spot | None = None,
) -> BreakEven:
    """Give the break-evens of an iron condor at expiration, and with its wings the maximum loss.

    No model is needed: at expiration only the strikes, the credit and the settlement count.

    Args:
        put_short: Strike of the short put [points].
        call_short: Strike of the short call [points].
        credit: Net credit, after all rolls and fees [points].
        put_long: Strike of the long put [points]; with call_long.
        call_long: Strike of the long call [points]; with put_long.
        contracts: Number of contracts, for the amounts in dollars.
        settlement: Index level at which the condor settles [points]; with both long strikes.

    Returns:
        lower = put_short - credit, upper = call_short + credit [points]; each holds only while it
        lies inside its wing. max_profit_usd = credit x 100 x contracts [US dollars]. With both long
        strikes: width of the wider side and max_loss = width - credit [points], max_loss_usd. With
        a settlement: profit = credit less what the short side settles for, a loss being negative
        [points], profit_usd.

    Raises:
        ToolInputError: The strikes are not in order, only one long strike is given, a settlement
            without them, or the credit is none, or as large as the wider wing or the short put.

    Source: Options Industry Council, strategy "short condor (iron condor)", break-even; the example
    is Option Alpha's, short strikes 95 and 105 for 1.15.

    >>> levels = break_even(95, 105, 1.15)
    >>> round(levels.lower, 2), round(levels.upper, 2)
    (93.85, 106.15)
    >>> round(break_even(95, 105, 1.15, put_long=90, call_long=110).max_loss, 2)
    3.85
    >>> round(break_even(95, 105, 1.15, put_long=90, call_long=110, settlement=93).profit, 2)
    -0.85
    """
    if not put_short < call_short:
        raise _out_of_order("call_short", call_short, "put_short", put_short)
    if credit >= put_short:
        raise ToolInputError.of(
            "credit",
            credit,
            f"below the short put's strike, {put_short:g} points",
            "No spread is worth as much as its strike. Check that the credit is in points.",
        )
    width = _wider_width(put_long, put_short, call_short, call_long)
    if width is not None and credit >= width:
        raise credit_too_wide("credit", credit, width)
    max_loss = None if width is None else width - credit
    profit = None
    if settlement is not None:
        if put_long is None or call_long is None:
            raise ToolInputError.of(
                "put_long", None, "given, with call_long", "A settlement's profit needs the wings."
            )
        profit = credit - _settled(settlement, put_long, put_short, call_short, call_long)
    return BreakEven(
        lower=put_short - credit,
        upper=call_short + credit,
        max_profit_usd=credit * MULTIPLIER * contracts,
        width=width,
        max_loss=max_loss,
        max_loss_usd=None if max_loss is None else max_loss * MULTIPLIER * contracts,
        profit=profit,
        profit_usd=None if profit is None else profit * MULTIPLIER * contracts,
        assumptions={
            "credit": "net of all rolls and fees",
            "wings": "wider than the credit" if width is None else "the wider one sets the loss",
        },
    )


def _settled(
    settlement: Number, put_long: Number, put_short: Number, call_short: Number, call_long: Number
) -> float:
    """What the condor costs at expiration: the in-the-money part of the side that is breached."""
    below = min(max(float(put_short - settlement), 0.0), float(put_short - put_long))
    above = min(max(float(settlement - call_short), 0.0), float(call_long - call_short))
    return below + above


def _wider_width(
    put_long: Number | None, put_short: Number, call_short: Number, call_long: Number | None
) -> float | None:
    """The width of the wider side [points]; None where neither long strike is given."""
    if put_long is None and call_long is None:
        return None
    if put_long is None or call_long is None:
        missing = "put_long" if put_long is None else "call_long"
        raise ToolInputError.of(
            missing, None, "given", "The maximum loss needs both long strikes, or neither."
        )
    check_strikes(put_long, put_short, call_short, call_long)
    return max(float(put_short - put_long), float(call_long - call_short))


@checked()
def credit_range(width: Width, low: Share = LOW_TARGET, high: Share = HIGH_TARGET) -> CreditRange:
    """Give the range of credits that the target calls for on a width.

    Args:
        width: Distance between the strikes of the wider side [points].
        low: Lower end of the target [decimal of the width].
        high: Upper end of the target [decimal of the width].

    Returns:
        low_credit = low x width and high_credit = high x width [points]; low_win_rate = 1 - low and
        high_win_rate = 1 - high, the winners that each credit needs if losses are full [decimal].

    Raises:
        ToolInputError: low is not below high.

    Source: the methodology's target of 15 to 25 % of the width, as for `check_credit`.

    >>> credit_range(50).low_credit, credit_range(50).high_credit
    (7.5, 12.5)
    """
    if low >= high:
        raise ToolInputError.of("high", high, f"above low, {low:g}")
    return CreditRange(
        low_credit=low * width,
        high_credit=high * width,
        low_win_rate=1 - low,
        high_win_rate=1 - high,
        assumptions=_target(low, high),
    )


def _target(low: float, high: float) -> dict[str, str]:
    return {
        "width": "of the wider side",
        "target": f"{low:.0%} to {high:.0%} of the width, a rule of the methodology",
    }


@checked()
def check_credit(
    credit: Credit,
    width: Width,
    low: Share = LOW_TARGET,
    high: Share = HIGH_TARGET,
    win_rate: StatedWinRate | None = None,
) -> CreditCheck:
    """Compare a condor's credit with the target range for its width, and with a stated win rate.

    Args:
        credit: Net credit [points].
        width: Distance between the strikes of the wider side [points].
        low: Lower end of the target [decimal of the width].
        high: Upper end of the target [decimal of the width].
        win_rate: Share of trades that keep the whole credit, the others losing all [decimal].

    Returns:
        ratio = credit / width; verdict 'thin' below low, 'rich' above high, else 'in range';
        low_credit and high_credit, the range in points; break_even_win_rate = 1 - ratio. With a win
        rate: expected_value = win_rate x credit - (1 - win_rate) x (width - credit) [points a
        trade], expected_value_usd [US dollars, one contract].

    Raises:
        ToolInputError: The credit is as wide as the wing, or low is not below high.

    Source: the methodology's target of 15 to 25 % of the width; a risk-neutral condor that either
    keeps its credit or loses its wing breaks even if it wins 1 - ratio of the time.

    >>> check_credit(2.60, 5).verdict, check_credit(2.60, 5).ratio
    ('rich', 0.52)
    """
    if low >= high:
        raise ToolInputError.of("high", high, f"above low, {low:g}")
    if credit >= width:
        raise credit_too_wide("credit", credit, width)
    ratio = credit / width
    expected = None if win_rate is None else win_rate * credit - (1 - win_rate) * (width - credit)
    stated = {} if win_rate is None else {"win rate": f"{win_rate:g}, stated by the caller"}
    return CreditCheck(
        ratio=ratio,
        verdict="thin" if ratio < low else "rich" if ratio > high else "in range",
        low_credit=low * width,
        high_credit=high * width,
        break_even_win_rate=1 - ratio,
        expected_value=expected,
        expected_value_usd=None if expected is None else expected * MULTIPLIER,
        assumptions=_target(low, high) | {"losses": "full, the width less the credit"} | stated,
    )


def credit_too_wide(field: str, credit: object, width: Any) -> ToolInputError:
    """The error for a credit that leaves nothing to lose."""
    return ToolInputError.of(
        field,
        credit,
        f"below the width of the wider wing, {width:g} points",
        "Nobody pays as much for a condor as it can ever cost them: that would be a profit without "
        "risk. Check the strikes, and that the credit is in points, not in dollars.",
    )


def check_strikes(put_long: Any, put_short: Any, call_short: Any, call_long: Any) -> None:
    """Refuse strikes that do not rise from the long put to the long call."""
    strikes = {
        "put_long": put_long,
        "put_short": put_short,
        "call_short": call_short,
        "call_long": call_long,
    }
    names = list(strikes)
    problems: list[FieldProblem] = []
    for lower, upper in pairwise(names):
        wrong = strikes[lower] >= strikes[upper]
        if anywhere(wrong):
            problems += _out_of_order(
                upper, at_first(strikes[upper], wrong), lower, at_first(strikes[lower], wrong)
            ).problems
    if problems:
        raise ToolInputError(problems)


def anywhere(condition: Any) -> bool:
    """Whether it holds, for one or for any of an array; `numpy.any` takes 3 us for one."""
    return bool(condition.any()) if isinstance(condition, np.ndarray) else bool(condition)


def at_first(value: Number, where: Any) -> float:
    """The value itself, or that of the first element of an array where the condition holds."""
    if not isinstance(value, np.ndarray):
        return float(value)
    return float(value[np.broadcast_to(where, value.shape)][0])


def _out_of_order(upper: str, value: object, lower: str, bound: object) -> ToolInputError:
    return ToolInputError(
        [
            FieldProblem(
                upper,
                value,
                f"above {lower}, {bound}",
                "Strikes rise: long put, short put, short call, long call.",
            )
        ]
    )
