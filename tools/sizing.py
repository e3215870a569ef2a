"""How many contracts a stated risk allows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated

from tools.checking import checked
from tools.quantities import Quantity
from tools.results import Result

Account = Annotated[float, Quantity("Value of the account", "US dollars", above=0)]
MaxLoss = Annotated[
    float, Quantity("Maximum loss of one contract, fees included", "US dollars", above=0)
]
RiskFraction = Annotated[
    float,
    Quantity(
        "Part of the account that may be lost",
        "decimal",
        above=0,
        at_most=1,
        hint="It is a decimal: 0.02 is 2 %.",
    ),
]
MaxProfit = Annotated[
    float, Quantity("Maximum profit of one contract, fees deducted", "US dollars", above=0)
]
WinRate = Annotated[
    float, Quantity("Probability of the maximum profit", "decimal", above=0, below=1)
]

ROUNDING = 1e-9
"""A quotient this near below a whole number counts as it: 0.06 / 0.02 is 2.9999999999999996."""


@dataclass(frozen=True, kw_only=True, repr=False)
class PositionSize(Result):
    """How many contracts, what they risk, and, where a win rate was given, the Kelly fraction."""

    contracts: int
    risk_usd: float
    risk_fraction_used: float
    reason: str
    kelly_fraction: float | None = None
    expected_value_usd: float | None = None


@checked()
def size_position(
    account_usd: Account,
    max_loss_usd: MaxLoss,
    risk_fraction: RiskFraction,
    max_profit_usd: MaxProfit | None = None,
    win_rate: WinRate | None = None,
) -> PositionSize:
    """The number of contracts whose maximum loss stays within a fraction of the account.

    Contracts are whole: the number is rounded down, and it may be zero. With `max_profit_usd` and
    `win_rate` the Kelly fraction of a bet with these two outcomes is shown beside it; a condor has
    outcomes in between, so it is an upper bound to be wary of, not a target.

    Args:
        account_usd: value of the account [US dollars].
        max_loss_usd: maximum loss of one contract, fees included [US dollars].
        risk_fraction: part of the account that may be lost [decimal].
        max_profit_usd: maximum profit of one contract [US dollars].
        win_rate: probability of that profit, yours to state [decimal].

    Returns:
        `PositionSize`: contracts, risk_usd, risk_fraction_used, reason, kelly_fraction.

    Raises:
        ToolInputError: a field is out of its bounds.

    Source: Vince, The Mathematics of Money Management (1992), chapter 1, fixed fractional; Kelly,
    Bell System Technical Journal 35 (1956), p. 917: f = p - (1 - p) x loss / profit.

    >>> size = size_position(account_usd=100_000, max_loss_usd=3686.80, risk_fraction=0.10)
    >>> size.contracts, size.risk_usd, round(size.risk_fraction_used, 4)
    (2, 7373.6, 0.0737)
    """
    allowed = account_usd * risk_fraction
    quotient = allowed / max_loss_usd
    contracts = math.floor(quotient * (1.0 + ROUNDING))
    risk = contracts * max_loss_usd
    if contracts:
        reason = f"{contracts} x {max_loss_usd:,.2f} is within {allowed:,.2f} US dollars at risk"
    else:
        reason = (
            f"one contract risks {max_loss_usd:,.2f} US dollars and only {allowed:,.2f} may be "
            "lost: narrower wings, or no trade"
        )
    kelly = expected = None
    if max_profit_usd is not None and win_rate is not None:
        kelly = win_rate - (1.0 - win_rate) * max_loss_usd / max_profit_usd
        expected = contracts * (win_rate * max_profit_usd - (1.0 - win_rate) * max_loss_usd)
        if kelly <= 0:
            reason += "; at this win rate the expectation is not positive at any size"
    return PositionSize(
        contracts=contracts,
        risk_usd=risk,
        risk_fraction_used=risk / account_usd,
        reason=reason,
        kelly_fraction=kelly,
        expected_value_usd=expected,
        assumptions={
            "loss": "every contract loses its maximum at once; positions on one index do",
            "rounding": "down to whole contracts",
            "win rate": "not given" if win_rate is None else f"{win_rate:g}, stated by the caller",
        },
    )
