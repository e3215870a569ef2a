"""The rules of a condor that need no model: break-evens, credit to width, strike order, margin."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Final

import numpy as np

from tools.checking import checked
from tools.errors import FieldProblem, ToolInputError
from tools.quantities import Credit, Number, Points, Quantity, Ratio, Strike, Width
from tools.results import Result

LOW_TARGET: Final = 0.15
HIGH_TARGET: Final = 0.25
"""The methodology's target for credit over width, and the range `check_credit` uses by default."""

Share = Annotated[
    float,
    Quantity("Share of the width", "decimal", above=0, below=1, hint="0.15 is 15 % of the width."),
]


@dataclass(frozen=True, kw_only=True)
class BreakEven(Result):
    """The two index levels at which the condor neither makes nor loses money at expiration."""

    lower: Points
    upper: Points


@dataclass(frozen=True, kw_only=True)
class CreditCheck(Result):
    """A credit beside the range that its width calls for."""

    ratio: Ratio
    verdict: str
    low_credit: Points
    high_credit: Points


@checked()
def break_even(put_short: Strike, call_short: Strike, credit: Credit) -> BreakEven:
    """Give the break-evens of an iron condor at expiration.

    Args:
        put_short: Strike of the short put [points].
        call_short: Strike of the short call [points].
        credit: Net credit, after all rolls and fees [points].

    Returns:
        lower = put_short - credit, upper = call_short + credit [points]; each holds only while it
        lies inside its wing.

    Raises:
        ToolInputError: The strikes are not in order, or no credit is left.

    Source: Options Industry Council, strategy "short condor (iron condor)", break-even; the example
    is Option Alpha's, short strikes 95 and 105 for 1.15.

    >>> levels = break_even(95, 105, 1.15)
    >>> round(levels.lower, 2), round(levels.upper, 2)
    (93.85, 106.15)
    """
    if not put_short < call_short:
        raise _out_of_order("call_short", call_short, "put_short", put_short)
    return BreakEven(
        lower=put_short - credit,
        upper=call_short + credit,
        assumptions={"credit": "net of all rolls and fees", "wings": "wider than the credit"},
    )


@checked()
def check_credit(
    credit: Credit, width: Width, low: Share = LOW_TARGET, high: Share = HIGH_TARGET
) -> CreditCheck:
    """Compare a condor's credit with the target range for its width.

    Args:
        credit: Net credit [points].
        width: Distance between the strikes of the wider side [points].
        low: Lower end of the target [decimal of the width].
        high: Upper end of the target [decimal of the width].

    Returns:
        ratio = credit / width; verdict 'thin' below low, 'rich' above high, else 'in range';
        low_credit and high_credit, the range in points.

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
    return CreditCheck(
        ratio=ratio,
        verdict="thin" if ratio < low else "rich" if ratio > high else "in range",
        low_credit=low * width,
        high_credit=high * width,
        assumptions={
            "width": "of the wider side",
            "target": f"{low:.0%} to {high:.0%} of the width, a rule of the methodology",
        },
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
