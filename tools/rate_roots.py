"""All rates at which dated cash flows balance, and which one of several to return.

In u = log(1 + rate) the present value is a sum of exponentials. Its roots are bracketed on a grid
that reaches as far as any root can lie, then refined.
"""

from __future__ import annotations

import math
import warnings

import numpy as np
from numpy.typing import NDArray

from tools.errors import ToolDataError, ToolInputError

GRID_POINTS = 4_001
"""Points at which the present value is looked at for changes of sign, per direction."""

LOWEST_ORDINARY_RATE, HIGHEST_ORDINARY_RATE = -0.85, 6.0
"""Rates beyond are returned only where there are no others."""

LARGEST_GROWTH = 700.0
"""Logarithm of the largest 1 + rate that a float holds."""


class MultipleRootsWarning(UserWarning):
    """The cash flows have several rates of return, and one of them was chosen."""


def chosen_rate(rates: list[float], total: float) -> float:
    """One of the rates by the rule of `tools.irr`, with a warning where there were several."""
    chosen = _choose(rates, total)
    if len(rates) > 1:
        found = ", ".join(f"{rate:.6g}" for rate in rates)
        warnings.warn(
            f"{len(rates)} rates of return balance these cash flows: {found}; {chosen:.6g} is "
            "returned. Compare by npv or mirr instead.",
            MultipleRootsWarning,
            stacklevel=4,
        )
    return chosen


def rates_of_return(flows: NDArray[np.float64], years: NDArray[np.float64]) -> list[float]:
    """All rates at which flows at those times balance, by sign changes over a bounded range."""
    from scipy.optimize import brentq, minimize_scalar

    check_signs(flows)
    # What is 1e-200 of the largest amount moves no rate, and its reciprocal overflows.
    flows = np.where(np.abs(flows) < 1e-200 * np.abs(flows).max(), 0.0, flows)
    amounts, times = _merged(flows, years)
    if len(amounts) < 2:
        raise ToolDataError("All cash flows fall on one day, so no rate of return exists.")

    def value(growth: float) -> float:
        # In u = log(1 + rate) the value is a sum of exponentials; dividing by the greatest
        # exponent keeps it finite and leaves its sign.
        exponents = -times * growth
        return float(amounts @ np.exp(exponents - exponents.max()))

    grid = _grid(amounts, times)
    exponents = -np.outer(grid, times)
    values = np.exp(exponents - exponents.max(axis=1, keepdims=True)) @ amounts
    roots = [float(u) for u in grid[values == 0.0]]
    for at in np.flatnonzero(values[:-1] * values[1:] < 0):
        low, high = float(grid[at]), float(grid[at + 1])
        if value(low) * value(high) < 0:
            roots.append(float(brentq(value, low, high, xtol=1e-15, rtol=1e-14)))
        else:
            # So near to the root that the order of summation decides the sign.
            roots.append(min(low, high, key=lambda u: abs(value(u))))
    # A double root touches zero without crossing: look where the size has a local minimum.
    sizes = np.abs(values)
    dips = (sizes[1:-1] < sizes[:-2]) & (sizes[1:-1] < sizes[2:]) & (values[:-2] * values[2:] > 0)
    for at in np.flatnonzero(dips) + 1:
        dip = minimize_scalar(
            lambda u: abs(value(u)), bounds=(grid[at - 1], grid[at + 1]), method="bounded",
            options={"xatol": 1e-12},
        )  # fmt: skip
        if dip.fun <= 1e-13 * np.abs(amounts).max():
            roots.append(float(dip.x))
    roots = [root for root in roots if root < LARGEST_GROWTH]
    if not roots:
        raise ToolDataError(
            "No rate of return balances these cash flows, although both signs occur; compare by "
            "npv at a stated rate, or by mirr."
        )
    return [math.expm1(root) for root in sorted(roots)]


def _choose(rates: list[float], total: float) -> float:
    """The rate to return of several: see `irr`."""
    ordinary = [rate for rate in rates if LOWEST_ORDINARY_RATE <= rate <= HIGHEST_ORDINARY_RATE]
    candidates = ordinary or rates
    same_sign = [rate for rate in candidates if (rate >= 0) == (total >= 0)]
    return min(same_sign or candidates, key=abs)


def _merged(
    flows: NDArray[np.float64], years: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    times, where = np.unique(years, return_inverse=True)
    amounts = np.zeros(len(times))
    np.add.at(amounts, where, flows)
    kept = amounts != 0.0
    return amounts[kept], times[kept] - (times[kept][0] if kept.any() else 0.0)


def _grid(amounts: NDArray[np.float64], times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where roots can lie: beyond the ends the first or the last flow outweighs all the others."""
    sizes = np.abs(amounts)
    high = math.log1p((sizes.sum() - sizes[0]) / sizes[0]) / (times[1] - times[0])
    low = math.log1p((sizes.sum() - sizes[-1]) / sizes[-1]) / (times[-1] - times[-2])
    # Dense near zero, where rates of return live, and reaching to both ends.
    spread = np.sinh(np.linspace(0.0, 12.0, GRID_POINTS)) / math.sinh(12.0)
    return np.concatenate([-low * 1.01 * spread[:0:-1], high * 1.01 * spread])


def check_signs(flows: NDArray[np.float64]) -> None:
    """Refuse cash flows that no rate can balance."""
    if len(flows) < 2 or not ((flows > 0).any() and (flows < 0).any()):
        raise ToolInputError.of(
            "cashflows",
            flows.tolist(),
            "at least one amount paid (negative) and one received (positive)",
            "Otherwise no rate of return balances them.",
        )
