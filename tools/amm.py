"""Automated market makers with a constant product: swaps, price impact, impermanent loss.

The pool keeps reserve x times reserve y from falling (x*y=k). Nothing here prices an option: the
seed draws the parallel, and these are its numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated

from tools.checking import checked
from tools.errors import ToolInputError
from tools.quantities import Quantity
from tools.results import Result

# A pool counts in any unit down to the smallest of a token; beyond these it is a mistake.
_SIZES = {"at_least": 1e-60, "at_most": 1e60}
Reserve = Annotated[float, Quantity("Reserve of a token in the pool", "tokens", **_SIZES)]
Amount = Annotated[float, Quantity("Amount of a token to swap", "tokens", **_SIZES)]
PoolFee = Annotated[
    float,
    Quantity(
        "Fee taken from the amount that goes in",
        "decimal",
        at_least=0,
        below=1,
        hint="It is a decimal: 0.003 is 0.3 %.",
    ),
]
PriceRatio = Annotated[
    float, Quantity("Price now over price at deposit", "ratio", above=1e-300, below=1e300)
]


@dataclass(frozen=True, kw_only=True, repr=False)
class AmmSwap(Result):
    """What a swap gives, what it costs, and the pool that it leaves.

    `price_impact` is what the trade moves the price against itself, without the fee; `cost` is the
    whole shortfall against the price before the trade, with the fee.
    """

    amount_in: float
    amount_out: float
    fee_paid: float
    spot_price: float
    execution_price: float
    price_impact: float
    cost: float
    new_reserve_in: float
    new_reserve_out: float
    new_spot_price: float


@checked()
def amm_swap(
    reserve_in: Reserve,
    reserve_out: Reserve,
    amount_in: Amount | None = None,
    fee: PoolFee = 0.003,
    amount_out: Amount | None = None,
) -> AmmSwap:
    """A swap against a constant-product pool, for a given amount in, or a wanted amount out.

    Args:
        reserve_in: reserve of the token that is paid [tokens].
        reserve_out: reserve of the token that is received [tokens].
        amount_in: what is paid, fee included [tokens].
        fee: part of the amount in that stays with the pool [decimal].
        amount_out: instead of `amount_in`, what is to be received; below `reserve_out` [tokens].

    Returns:
        `AmmSwap`; prices are in received tokens for one paid token. Token contracts round down to
        whole units, which is left out here.

    Raises:
        ToolInputError: a field is out of its bounds, both or neither amount is given, or more is
            wanted than the pool holds.

    Source: Adams, Zinsmeister and Robinson, Uniswap v2 Core (2020), section 3.2.1; the example is a
    swap case of its test suite, 1.662497915624478906 tokens.

    >>> round(amm_swap(reserve_in=5, reserve_out=10, amount_in=1).amount_out, 12)
    1.662497915624
    """
    if (amount_in is None) == (amount_out is None):
        raise ToolInputError.of(
            "amount_in",
            amount_in,
            "given, or amount_out given, and not both",
            "One fixes the other.",
        )
    kept = 1.0 - fee
    if amount_in is None:
        assert amount_out is not None
        if amount_out >= reserve_out:
            raise ToolInputError.of(
                "amount_out",
                amount_out,
                f"below reserve_out, {reserve_out:g}",
                "A constant-product pool is never emptied: the last tokens cost without limit.",
            )
        left = reserve_out - amount_out
        amount_in = reserve_in * amount_out / (left * kept)
    else:
        # Not reserve_out - amount_out, which loses its digits when a swap all but empties the pool.
        left = reserve_out * reserve_in / (reserve_in + amount_in * kept)
        # The share first, which is at most 1: so never more comes out than the pool holds.
        amount_out = reserve_out * (amount_in * kept / (reserve_in + amount_in * kept))
    spot = reserve_out / reserve_in
    return AmmSwap(
        amount_in=amount_in,
        amount_out=amount_out,
        fee_paid=amount_in * fee,
        spot_price=spot,
        execution_price=amount_out / amount_in,
        price_impact=amount_in * kept / (reserve_in + amount_in * kept),
        cost=1.0 - amount_out / amount_in / spot,
        new_reserve_in=reserve_in + amount_in,
        new_reserve_out=left,
        new_spot_price=left / (reserve_in + amount_in),
        assumptions={
            "pool": "constant product x*y=k; the fee stays in the pool",
            "rounding": "none; a token contract rounds the amount out down to its smallest unit",
        },
    )


@checked()
def impermanent_loss(price_ratio: PriceRatio, other_price_ratio: PriceRatio = 1.0) -> float:
    """Impermanent loss: a constant-product position against holding the tokens, before fees.

    With r, the ratio of the two price ratios: 2 sqrt(r) / (1 + r) - 1. It is zero at r = 1, the
    same for r and 1/r, and turns permanent when the position is withdrawn at another price.

    Args:
        price_ratio: price of the first token now over its price at deposit [ratio].
        other_price_ratio: the same for the second token, where it moved too [ratio].

    Returns:
        Loss as a negative fraction of the value held, above -1 [decimal].

    Raises:
        ToolInputError: a field is out of its bounds.

    Source: Pintail, "Understanding Uniswap Returns" (2019): a 2x move loses 5.7 %, 4x 20.0 %,
    5x 25.5 %.

    >>> round(impermanent_loss(2), 3), round(impermanent_loss(4), 3), round(impermanent_loss(5), 3)
    (-0.057, -0.2, -0.255)
    """
    # In this form nothing cancels near r = 1, and r and 1/r give the same to the last digit.
    half = abs(math.log(price_ratio) - math.log(other_price_ratio)) / 2.0
    if half > 700.0:
        return -1.0
    quarter = math.sinh(half / 2.0)
    return -2.0 * quarter * quarter / math.cosh(half)
