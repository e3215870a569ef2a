"""The curve of the VIX futures: contango or backwardation, month over month, and over spot VIX."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Literal

from tools.checking import checked
from tools.quantities import Points, Quantity, Ratio, VolatilityIndex
from tools.results import Result

FuturePrice = Annotated[
    float, Quantity("Price of a VIX future", "points", at_least=0.01, below=1000)
]


@dataclass(frozen=True, kw_only=True)
class FuturesCurve(Result):
    """The first months of the VIX futures, their slope and their distance from spot VIX."""

    shape: Literal["contango", "backwardation", "mixed", "flat"]
    slope: Ratio
    slope_points: Points
    basis: Points | None = None


@checked()
def vix_futures_curve(
    front_future: FuturePrice,
    second_future: FuturePrice,
    third_future: FuturePrice | None = None,
    vix: VolatilityIndex | None = None,
) -> FuturesCurve:
    """Give the shape of the VIX futures curve from its first months.

    Contango: each later month is dearer. Backwardation: each later month is cheaper.

    Args:
        front_future: Price of the first month [points].
        second_future: Price of the second month [points].
        third_future: Price of the third month [points].
        vix: Spot VIX [points].

    Returns:
        shape; slope = second / front - 1 [decimal] and slope_points = second - front [points];
        basis = front - vix [points], where VIX is given.

    Raises:
        ToolInputError: A price is out of its bounds.

    Source: Cboe, VIX futures: contango where later months are above nearer ones. Settlements of
    2020-03-16: first month above the second, the curve of a crash.

    >>> vix_futures_curve(16, 17.6).shape, round(vix_futures_curve(16, 17.6).slope, 4)
    ('contango', 0.1)
    """
    months = [m for m in (front_future, second_future, third_future) if m is not None]
    steps = [later - nearer for nearer, later in pairwise(months)]
    return FuturesCurve(
        shape=_shape(steps),
        slope=second_future / front_future - 1,
        slope_points=second_future - front_future,
        basis=None if vix is None else front_future - vix,
        assumptions={"slope": "the second month over the first, not annualized"},
    )


def _shape(steps: list[float]) -> Literal["contango", "backwardation", "mixed", "flat"]:
    if all(step > 0 for step in steps):
        return "contango"
    if all(step < 0 for step in steps):
        return "backwardation"
    return "flat" if all(step == 0 for step in steps) else "mixed"
