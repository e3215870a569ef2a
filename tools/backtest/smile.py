"""The smile of a day, from that day's VIX and SKEW alone.

Both indices are sums over a strip of quoted options, so a smile has one VIX and one SKEW that
belong to it. Read backwards: the VIX of a day gives the level of the model's volatility and its
SKEW the slope. Nothing of a later day enters.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import numpy as np
from scipy.special import ndtr

from tools.quantities import FloatArray

LOWEST_Z, HIGHEST_Z = -10.0, 2.5
"""Deviations from the forward beyond which volatility stays as it is."""

LEAST_SHARE: Final = 0.3
"""No strike has less than this part of the volatility at the money."""

STEEPEST, FLATTEST = -0.30, 0.05
"""Fitted slopes are kept within these; a SKEW beyond about 160 asks for more than the first."""

_SLOPES: Final = np.round(np.arange(-0.60, 0.6001, 0.02), 2)
_DEVIATIONS: Final = np.array([0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.2])
_STEP: Final = 0.02


def shape(z: Any, slope: Any, curvature: float) -> FloatArray:
    """Volatility of a strike as a part of the one at the money; z in deviations to expiration."""
    kept = np.clip(z, LOWEST_Z, HIGHEST_Z)
    return np.asarray(np.maximum(1.0 + kept * (slope + curvature * kept), LEAST_SHARE))


def slope_over_days(slope: Any, days: Any) -> Any:
    """The slope at another tenor than 30 days: steeper with the fourth root of time."""
    return slope * (np.asarray(days) / 30.0) ** 0.25


def fitted_slope(skew: FloatArray, deviation: FloatArray, curvature: float) -> FloatArray:
    """The slope at 30 days whose strip of options has that SKEW; NaN where SKEW is.

    `deviation` is the VIX as a decimal times the root of its term.
    """
    skews, _ = _strips(curvature)
    within = (_SLOPES >= STEEPEST) & (_SLOPES <= FLATTEST)
    slopes = _SLOPES[within][::-1]
    # Rising in the steepness; past its peak a steeper slope lowers SKEW again, and is not meant.
    levels = np.maximum.accumulate(skews[:, within][:, ::-1], axis=1)
    each = np.stack([np.interp(skew, level, slopes) for level in levels])
    return _between(each, deviation)


def index_to_atm(slope: FloatArray, deviation: FloatArray, curvature: float) -> FloatArray:
    """A volatility index over the volatility at the money, for options of that slope."""
    _, ratios = _strips(curvature)
    return _between(np.stack([np.interp(slope, _SLOPES, ratio) for ratio in ratios]), deviation)


def _between(each: FloatArray, deviation: FloatArray) -> FloatArray:
    """Straight in the logarithm of the deviation, between rows of `each`."""
    known = np.log(_DEVIATIONS)
    place = np.interp(np.log(np.maximum(deviation, 1e-6)), known, np.arange(len(known)))
    low = np.minimum(place.astype(int), len(known) - 2)
    part = place - low
    columns = np.arange(each.shape[1])
    return np.asarray(each[low, columns] * (1 - part) + each[low + 1, columns] * part)


@lru_cache(maxsize=64)
def _strips(curvature: float) -> tuple[FloatArray, FloatArray]:
    """SKEW, and the index over the volatility at the money, by deviation (rows) and slope.

    Cboe, "VIX Index Mathematics Methodology" and "SKEW Index": sums over options out of the money,
    here over a dense strip as wide as the smile reaches, without interest.
    """
    z = np.arange(LOWEST_Z, 6.0 + _STEP / 2, _STEP)
    skews = np.empty((len(_DEVIATIONS), len(_SLOPES)))
    ratios = np.empty_like(skews)
    for row, index_deviation in enumerate(_DEVIATIONS):
        at = np.full(len(_SLOPES), index_deviation)
        for _ in range(4):  # the row is of the index's deviation; the money's is a little less
            moments = _moments(z, _SLOPES, curvature, at)
            ratio = moments[0] / at
            at = index_deviation / ratio
        skews[row], ratios[row] = moments[1], ratio
    return skews, ratios


def _moments(
    z: FloatArray, slope: FloatArray, curvature: float, deviation: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """The deviation that the strip's variance gives, and its SKEW; an element a slope."""
    at = deviation[:, None]
    moneyness = z * at
    strike = np.exp(moneyness)
    spread = at * shape(z, slope[:, None], curvature)
    d1 = 0.5 * spread - moneyness / spread
    puts = strike * ndtr(spread - d1) - ndtr(-d1)
    calls = ndtr(d1) - strike * ndtr(d1 - spread)
    weight = np.maximum(np.where(z < 0, puts, calls), 0.0) / strike * at * _STEP
    first = -weight.sum(axis=1)
    second = 2.0 * ((1.0 - moneyness) * weight).sum(axis=1)
    third = 3.0 * ((2.0 * moneyness - moneyness**2) * weight).sum(axis=1)
    spread_of_return = second - first**2
    skewness = (third - 3.0 * first * second + 2.0 * first**3) / spread_of_return**1.5
    return np.sqrt(-2.0 * first), 100.0 - 10.0 * skewness
