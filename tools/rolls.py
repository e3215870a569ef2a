"""Time-Shifting as arithmetic: close a condor, open another at a later expiration, and compare.

The rate of return of a roll assumes that the new condor expires worthless, so it says nothing of
the odds. That is why a roll is accepted only when its expected value rises as well.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

from tools.charts import Chart, Pictured
from tools.checking import checked
from tools.condor import CondorQuote
from tools.condor_terms import Condor
from tools.errors import ToolInputError
from tools.quantities import DAYS_PER_YEAR, MULTIPLIER, PointsOrNone, Quantity
from tools.ratios import YearRate
from tools.results import Result

CloseCost = Annotated[
    float, Quantity("Cost of buying the open condor back", "points", at_least=0, at_most=1e6)
]
DaysBetween = Annotated[
    float, Quantity("Days from the roll to the new expiration", "days", above=0, at_most=36500)
]
Margin = Annotated[
    float, Quantity("Margin held for the new condor", "US dollars", above=0, at_most=1e15)
]

RateOrNone = Annotated[
    float,
    Quantity("Rate a year; none where it is too large to be a number", "decimal", or_none=True),
]

CENT_USD = 0.01
"""Expected values that differ by less are taken as equal."""


@dataclass(frozen=True)
class CashFlow:
    """One payment of the roll: days from now, and US dollars; paid is negative."""

    day: float
    usd: float

    def __str__(self) -> str:
        return f"day {self.day:g}: {self.usd:+,.2f}"


@dataclass(frozen=True, kw_only=True, repr=False)
class RollPlan(Pictured, Result):
    """A roll: cash, break-evens, returns and expected value, before and after, and the verdict.

    Credits are points for one new condor, after fees; a break-even that does not exist is NaN.
    """

    accept: bool
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    close_cost: float
    close_cost_usd: float
    net_credit: float
    net_credit_usd: float
    total_credit: float
    lower_break_even_before: PointsOrNone
    upper_break_even_before: PointsOrNone
    lower_break_even_after: PointsOrNone
    upper_break_even_after: PointsOrNone
    max_profit_before_usd: float
    max_profit_after_usd: float
    max_loss_before_usd: float
    max_loss_after_usd: float
    cash_flows: tuple[CashFlow, ...]
    irr: RateOrNone
    expected_irr: RateOrNone
    wacc: float
    financing_cost_usd: float
    expected_value_before_usd: float
    expected_value_after_usd: float

    def chart(self) -> Chart:
        """Break-evens and money before and after, as plain Plotly JSON."""
        from tools.plots_hedge import roll_chart

        return roll_chart(self)


@checked()
def plan_roll(
    open_condor: Condor,
    new_condor: Condor,
    wacc: YearRate,
    close_cost: CloseCost | None = None,
    days_between: DaysBetween | None = None,
    margin_usd: Margin | None = None,
) -> RollPlan:
    """Whether to roll an open condor into a new one: cash flows, break-evens, IRR, expected value.

    The roll is accepted when its rate of return on the margin exceeds the cost of capital and its
    expected value is above that of holding. Priced at the market's own volatilities, no roll has an
    edge; to state a view, price both condors at your volatility and give the market's credit.

    Args:
        open_condor: the open condor as it is now: index, days left and volatility of today, with
            all the credit received so far as `credit`; a result of `price_condor` or its arguments.
        new_condor: the condor to roll into, with the market's credit, in the same form.
        wacc: cost of the capital that the margin ties up, a year [decimal].
        close_cost: what it costs to buy the open condor back; without it, its model value [points].
        days_between: days from the roll to the new expiration; without it, the new condor's days.
        margin_usd: margin held over that time; without it, the new condor's [US dollars].

    Returns:
        `RollPlan`: net_credit, break-evens before and after, irr (the new condor expires
        worthless), expected_irr (its model payout is paid), wacc, accept, reasons, warnings.
        Expected values are in today's money, with the credit received so far included.

    Raises:
        ToolInputError: a condor cannot be priced, or the net credit is as large as the margin.

    Source: Brealey, Myers and Allen, Principles of Corporate Finance, chapter 5 (accept where the
    rate of return exceeds the opportunity cost of capital, and its pitfalls). A year at 1,000 of
    margin for 100 of credit returns 100 / 900:

    >>> old = dict(spot=100, put_long=80, put_short=90, call_short=110, call_long=120, days=30,
    ...            iv=0.2, credit=1.0)
    >>> new = {**old, "days": 365, "credit": 2.0}
    >>> plan = plan_roll(old, new, wacc=0.06, close_cost=1.0)
    >>> plan.net_credit_usd, round(plan.irr, 4), plan.lower_break_even_after
    (100.0, 0.1111, 88.0)
    """
    was, new = _plain(open_condor), _plain(new_condor)
    cost = was.model_credit if close_cost is None else close_cost
    days = new.days if days_between is None else days_between
    margin = new.margin_usd if margin_usd is None else margin_usd
    old_usd, new_usd = MULTIPLIER * was.contracts, MULTIPLIER * new.contracts

    cost_usd = cost * old_usd
    net_usd = (new.credit - new.fees) * new_usd - cost_usd
    if net_usd >= margin:
        raise ToolInputError.of(
            "margin_usd", margin, f"above the net credit of the roll, {net_usd:,.2f} US dollars",
            "A roll that ties up no capital has no rate of return. Is the credit in points?",
        )  # fmt: skip
    total = ((was.credit - was.fees) * old_usd + net_usd) / new_usd
    growth = math.exp(new.rate * days / DAYS_PER_YEAR)
    expected_payout = growth * new.model_credit * new_usd
    financing = margin * ((1.0 + wacc) ** (days / DAYS_PER_YEAR) - 1.0)
    # In today's money: what was received, less what it is worth to be rid of the obligation.
    before = (was.credit - was.fees - was.model_credit) * old_usd
    after = total * new_usd - new.model_credit * new_usd
    rate = _rate(margin - net_usd, margin, days)
    put_width, call_width = new.put_width, new.call_width
    plan: dict[str, Any] = {
        "close_cost": cost,
        "close_cost_usd": cost_usd,
        "net_credit": net_usd / new_usd,
        "net_credit_usd": net_usd,
        "total_credit": total,
        "lower_break_even_before": was.lower_break_even,
        "upper_break_even_before": was.upper_break_even,
        "lower_break_even_after": new.put_short - total if 0 < total < put_width else math.nan,
        "upper_break_even_after": new.call_short + total if 0 < total < call_width else math.nan,
        "max_profit_before_usd": was.max_profit_usd,
        "max_profit_after_usd": total * new_usd,
        "max_loss_before_usd": was.max_loss_usd,
        "max_loss_after_usd": (max(put_width, call_width) - total) * new_usd,
        "cash_flows": (CashFlow(0.0, net_usd - margin), CashFlow(days, margin)),
        "irr": rate,
        "expected_irr": _rate(margin - net_usd, margin - expected_payout, days),
        "wacc": wacc,
        "financing_cost_usd": financing,
        "expected_value_before_usd": before,
        "expected_value_after_usd": after,
    }
    worth_it, better = rate > wacc, after > before + CENT_USD
    return RollPlan(
        accept=worth_it and better,
        reasons=_reasons(plan, worth_it, better),
        warnings=_warnings(was, new, plan, worth_it, better),
        assumptions={
            "irr": "on the margin, if the new condor expires worthless; days / 365",
            "expected value": "by each condor's own volatility, risk-neutral, in today's money; "
            "it includes the credit received so far",
            "close": "at the model's value" if close_cost is None else "at the cost given",
            "margin": "the new condor's" if margin_usd is None else "as given",
            "fees": "those of both condors; they lower credit, break-evens and expected value",
        },
        **plan,
    )


class _Plain(NamedTuple):
    """The numbers of one condor that a roll needs."""

    days: float
    rate: float
    contracts: float
    credit: float
    fees: float
    model_credit: float
    put_short: float
    call_short: float
    put_width: float
    call_width: float
    lower_break_even: float
    upper_break_even: float
    max_profit_usd: float
    max_loss_usd: float
    margin_usd: float


def _plain(condor: CondorQuote) -> _Plain:
    return _Plain(*(float(getattr(condor, name)) for name in _Plain._fields))


def _rate(paid: float, received: float, days: float) -> float:
    """The yearly rate of two flows: paid now, received at the end; -1 where nothing is left."""
    if received <= 0:
        return -1.0
    exponent = math.log(received / paid) * DAYS_PER_YEAR / days
    return math.expm1(exponent) if exponent < 700.0 else math.inf


def _reasons(plan: dict[str, Any], worth_it: bool, better: bool) -> tuple[str, ...]:
    sign = "above" if worth_it else "not above"
    change = plan["expected_value_after_usd"] - plan["expected_value_before_usd"]
    return (
        f"The rate of return on the margin, {plan['irr']:.1%} a year if the new condor expires "
        f"worthless, is {sign} the cost of capital, {plan['wacc']:.1%}.",
        f"The expected value {'rises' if better else 'does not rise'}: from "
        f"{plan['expected_value_before_usd']:,.2f} to {plan['expected_value_after_usd']:,.2f} US "
        f"dollars ({change:+,.2f}).",
    )


def _warnings(
    was: _Plain, new: _Plain, plan: dict[str, Any], worth_it: bool, better: bool
) -> tuple[str, ...]:
    found = []
    if worth_it and not better:
        found.append(
            "A rate of return above the hurdle hides an expected value that is no better: the rate "
            "counts the credit and ignores the odds of paying it back."
        )
    if plan["net_credit_usd"] < 0:
        found.append("The roll costs money: the new credit does not pay for the close.")
    if plan["total_credit"] <= 0:
        found.append("After the roll no credit is left in all: even the best outcome is a loss.")
    if plan["close_cost"] > was.credit:
        loss = (plan["close_cost"] - was.credit) * MULTIPLIER * was.contracts
        found.append(
            f"Closing makes a loss of {loss:,.2f} US dollars final; rolling defers nothing of it."
        )
    if new.contracts > was.contracts:
        found.append("More contracts than before: enlarging after a loss raises the risk of ruin.")
    if plan["max_loss_after_usd"] > plan["max_loss_before_usd"] + CENT_USD:
        found.append("The maximum loss is larger after the roll.")
    return tuple(found)
