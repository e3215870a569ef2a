"""The names that an article's declared calls may use, beside the public tools.

They are the market and the positions that most articles take as their example: SPX at 5800, 30
days, 16 % volatility, a rate of 4.5 % and a dividend yield of 1.3 %.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

SPOT = 5800.0
MARKET = {"days": 30.0, "iv": 0.16, "rate": 0.045, "dividend_yield": 0.013}
MONTH = "5450/5500/6050/6100"
DAY = {"strikes": "5700/5725/5875/5900", "days": 1.0}
SKEWED = {"iv": None, "leg_ivs": (0.212, 0.204, 0.134, 0.130)}
FALL = {"spot": 5626.0, "iv": 0.20}


def condor(strikes: str = MONTH, **changes: Any) -> Any:
    """The condor that most articles use, or a variation of it."""
    from tools import price_condor

    legs = map(float, strikes.split("/"))
    names = ("put_long", "put_short", "call_short", "call_long")
    given = {"spot": SPOT, **MARKET, **dict(zip(names, legs, strict=True)), **changes}
    return price_condor(**{name: value for name, value in given.items() if value is not None})


def option(kind: str, strike: float, **changes: Any) -> Any:
    """An SPX option in the same market."""
    from tools import price_option

    return price_option(kind, strike=strike, **{"spot": SPOT, **MARKET, **changes})


def vix_call(future: float, iv: float, strike: float = 25.0, days: float = 30.0) -> Any:
    """A VIX call, off the future of its own expiration."""
    from tools import price_option

    return price_option(
        "call", spot=future, strike=strike, days=days, iv=iv, rate=0.045, model="black76"
    )


def touch(barrier: float, **changes: Any) -> float:
    """Probability of touch in the same market."""
    from tools import probability_of_touch

    return float(probability_of_touch(spot=SPOT, barrier=barrier, **{**MARKET, **changes}))


@cache
def strike_of_delta(kind: str, delta: float) -> float:
    """The strike, on whole points, whose option has the delta."""
    strikes = [float(strike) for strike in range(5400, 6300)]
    return min(strikes, key=lambda strike: abs(option(kind, strike).delta - delta))


def wilson(wins: int, trades: int) -> tuple[float, float]:
    """The 95 % interval of Wilson (1927) for a rate."""
    z, rate = 1.96, wins / trades
    middle = rate + z * z / (2 * trades)
    half = z * math.sqrt(rate * (1 - rate) / trades + z * z / (4 * trades * trades))
    low, high = ((middle + side * half) / (1 + z * z / trades) for side in (-1, 1))
    return low, high


def names() -> dict[str, Any]:
    """Everything that a declared call may use."""
    import datetime as dt
    import statistics

    import tools

    return {
        **{name: getattr(tools, name) for name in tools.__all__},
        **{"math": math, "statistics": statistics, "dt": dt, "sqrt": math.sqrt, "exp": math.exp},
        **{"SPOT": SPOT, "MARKET": MARKET, "DAY": DAY, "SKEWED": SKEWED, "FALL": FALL},
        **{"condor": condor, "option": option, "vix_call": vix_call, "touch": touch},
        **{"strike_of_delta": strike_of_delta, "wilson": wilson},
    }


INPUTS = (5800.0, 30.0, 0.16, 0.045, 0.013, 5450.0, 5500.0, 6050.0, 6100.0, 100.0)
"""The numbers of the standard market and condor, which an article may name without declaring."""
