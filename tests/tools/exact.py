"""The slow, obvious twins: the formulas as textbooks print them, with 50 digits."""

from __future__ import annotations

from typing import Any

import mpmath

mpmath.mp.dps = 50

Number = Any


def price(
    kind: str,
    spot: float,
    strike: float,
    days: float,
    iv: Number,
    rate: float = 0.0,
    dividend_yield: float = 0.0,
) -> Number:
    """Hull, equations 17.4 and 17.5; every double is taken as the number it is."""
    s, k, r, q = (mpmath.mpf(x) for x in (spot, strike, rate, dividend_yield))
    years = mpmath.mpf(days) / 365
    deviation = mpmath.mpf(iv) * mpmath.sqrt(years)
    d1 = (mpmath.log(s / k) + (r - q) * years) / deviation + deviation / 2
    d2 = d1 - deviation
    sign = 1 if kind == "call" else -1
    asset = s * mpmath.exp(-q * years) * mpmath.ncdf(sign * d1)
    return sign * (asset - k * mpmath.exp(-r * years) * mpmath.ncdf(sign * d2))


def vega(
    spot: float, strike: float, days: float, iv: Number, rate: float, dividend_yield: float
) -> Number:
    """Per unit of volatility."""
    s, k, r, q = (mpmath.mpf(x) for x in (spot, strike, rate, dividend_yield))
    years = mpmath.mpf(days) / 365
    deviation = mpmath.mpf(iv) * mpmath.sqrt(years)
    d1 = (mpmath.log(s / k) + (r - q) * years) / deviation + deviation / 2
    return s * mpmath.exp(-q * years) * mpmath.npdf(d1) * mpmath.sqrt(years)


def implied_volatility_error(
    found: float,
    kind: str,
    market: float,
    spot: float,
    strike: float,
    days: float,
    rate: float,
    dividend_yield: float,
) -> float:
    """How far a volatility is from the root, relatively: Newton's next step."""
    terms = (spot, strike, days, found, rate, dividend_yield)
    step = (price(kind, *terms) - mpmath.mpf(market)) / vega(*terms)
    return float(abs(step / found))


def touch(spot: float, barrier: float, days: float, iv: float, rate: float, carry: float) -> Number:
    """The first-passage probability of a Brownian motion with drift, reflection written out."""
    years, sigma = mpmath.mpf(days) / 365, mpmath.mpf(iv)
    b = mpmath.log(mpmath.mpf(barrier) / mpmath.mpf(spot))
    mu = mpmath.mpf(rate) - mpmath.mpf(carry) - sigma**2 / 2
    s = sigma * mpmath.sqrt(years)
    sign = 1 if b >= 0 else -1
    straight = mpmath.ncdf(sign * (mu * years - b) / s)
    return straight + mpmath.exp(2 * mu * b / sigma**2) * mpmath.ncdf(sign * (-b - mu * years) / s)
