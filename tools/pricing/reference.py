"""vollib's answer for one option: the reference that `price_option` is held to, and an audit.

vollib (the successor of py_vollib) stands on Jaeckel's own code. One option takes it some twenty
microseconds and a million take seventeen seconds, so it is the yardstick here and not the engine.
This is the only module that imports it.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from tools.pricing.option import OptionValue
from tools.quantities import DAYS_PER_YEAR

_ASSUMPTIONS: Final = {
    "model": "vollib",
    "day count": "calendar days / 365",
    "theta": "a calendar day",
    "vega and rho": "a percentage point",
}


def vollib_value(
    kind: Literal["call", "put"],
    spot: float,
    strike: float,
    days: float,
    iv: float,
    rate: float = 0.0,
    dividend_yield: float = 0.0,
    model: Literal["bsm", "black76"] = "bsm",
) -> OptionValue:
    """Value one option with vollib; arguments, units and fields are those of `price_option`.

    >>> round(vollib_value("call", 100, 90, 182.5, 0.2, rate=0.01).price, 6)
    12.111581
    """
    price, greeks = _functions(model)
    arguments = [kind[0], spot, strike, days / DAYS_PER_YEAR, rate, iv]
    if model == "bsm":
        arguments.append(dividend_yield)
    return OptionValue(
        price=float(price(*arguments)),
        delta=float(greeks.delta(*arguments)),
        gamma=float(greeks.gamma(*arguments)),
        theta=float(greeks.theta(*arguments)),
        vega=float(greeks.vega(*arguments)),
        rho=float(greeks.rho(*arguments)),
        probability_in_the_money=float("nan"),
        assumptions=_ASSUMPTIONS,
    )


def vollib_implied_volatility(
    kind: Literal["call", "put"],
    price: float,
    spot: float,
    strike: float,
    days: float,
    rate: float = 0.0,
    dividend_yield: float = 0.0,
) -> float:
    """The volatility that vollib finds; arguments and units are those of `implied_volatility`."""
    from vollib.black_scholes_merton.implied_volatility import implied_volatility

    years = days / DAYS_PER_YEAR
    return float(implied_volatility(price, spot, strike, years, rate, dividend_yield, kind[0]))


def _functions(model: str) -> tuple[Any, Any]:
    if model == "bsm":
        from vollib.black_scholes_merton import black_scholes_merton
        from vollib.black_scholes_merton.greeks import analytical

        return black_scholes_merton, analytical
    from vollib.black import black
    from vollib.black.greeks import analytical

    return black, analytical
