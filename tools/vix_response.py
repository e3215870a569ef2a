"""How the VIX and its futures answer a fall of the index: two stated assumptions, as formulas.

Both were fitted by this project to public daily data, and both vary widely from fall to fall; the
callers show them and let them be set. Neither is a forecast.
"""

from __future__ import annotations

from typing import Final

POINTS_PER_PERCENT: Final = 1.35
"""Rise of the VIX, in points, for each 1 % fall of the S&P 500 in a day.

The median of the 104 days from 1990 to June 2024 on which the index fell by more than 3 %. The
middle four fifths of them lay between 0.7 and 2.4.
"""

HALF_RESPONSE_DAYS: Final = 30.0
"""A future with this many days left moves half as far as the VIX."""

RESPONSE_POWER: Final = 0.75
"""How fast the response falls off with the days left.

With 30 days and this power the formula gives 0.64, 0.43, 0.33, 0.28, 0.24, 0.22, 0.20 for the seven
months; the measured slopes, on the 498 days from 2007 to June 2024 on which the VIX rose by at
least 1.5 points, are 0.64, 0.44, 0.33, 0.27, 0.23, 0.20, 0.19.
"""

LOWEST_VIX: Final = 5.0
"""The VIX has never closed below 9; an assumed move does not take it lower than this."""


def vix_after_shock(
    vix: float, spx_shock: float, points_per_percent: float = POINTS_PER_PERCENT
) -> float:
    """The VIX after a shock to the index [points].

    >>> vix_after_shock(20, -0.05)
    26.75
    """
    return max(vix - 100.0 * spx_shock * points_per_percent, LOWEST_VIX)


def future_response(days: float) -> float:
    """The part of the VIX's move that a future with `days` left makes [decimal].

    >>> future_response(30)
    0.5
    """
    return float(1.0 / (1.0 + (days / HALF_RESPONSE_DAYS) ** RESPONSE_POWER))
