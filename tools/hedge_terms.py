"""What one layer of the hedge is made of, and what one contract of it is worth before and after.

A VIX option is valued by Black-76 off the VIX future of the same expiration, never off spot VIX.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import Literal

from tools.errors import ToolInputError
from tools.pricing import implied_volatility, price_option
from tools.quantities import MULTIPLIER, Quantity
from tools.vix_response import future_response

Instrument = Literal["VIX call", "VIX future", "volatility fund", "SPX iron condor"]
INSTRUMENTS: tuple[Instrument, ...] = (
    "VIX call",
    "VIX future",
    "volatility fund",
    "SPX iron condor",
)

VIX_FUTURE_MULTIPLIER = 1000
"""US dollars a point of one VX future; the mini future VXM has 100."""

FUND_TENOR_DAYS = 30
"""A fund on the first two VIX futures holds a constant maturity of about a month."""


@dataclass(frozen=True)
class HedgeTerms:
    """What one layer is made of; which fields it needs depends on the instrument.

    VIX call: future, strike, days, and iv or price. VIX future: future, days.
    Volatility fund: price, future (the first one), leverage. SPX iron condor: loss_usd, credit_usd.
    """

    layer: str
    instrument: Instrument
    future: float | None = None
    strike: float | None = None
    days: float | None = None
    iv: float | None = None
    price: float | None = None
    leverage: float = 1.0
    loss_usd: float | None = None
    credit_usd: float | None = None
    share: float | None = None
    contracts: int | None = None
    multiplier: float | None = None
    expiration: dt.date | None = None
    future_expiration: dt.date | None = None
    response: float | None = None


@dataclass(frozen=True)
class LayerValue:
    """One contract of a layer, now and under the shock."""

    price: float | None
    price_after: float | None
    future_after: float | None
    cost_usd: float
    payoff_usd: float
    note: str


def value_layer(
    place: str, terms: HedgeTerms, vix_change: float, iv_change: float, forward: float, rate: float
) -> LayerValue:
    """One contract of the layer, with the VIX moved by `vix_change` points `forward` days ahead.

    `place` names the layer in errors.
    """
    _check_terms(place, terms)
    if terms.instrument == "SPX iron condor":
        loss, credit = _number(place, terms, "loss_usd"), _number(place, terms, "credit_usd")
        return LayerValue(
            None, None, None, -credit, -loss, "short volatility: it pays for the others"
        )
    tenor = FUND_TENOR_DAYS if terms.instrument == "volatility fund" else terms.days
    if tenor is None:
        raise ToolInputError.of(f"{place}.days", None, _BOUNDS["days"].allowed)
    share = future_response(tenor) if terms.response is None else terms.response
    future = _future(place, terms)
    # A futures price stays above zero, whatever the assumed response.
    future_after = max(future + share * vix_change, 0.01)
    if terms.instrument == "VIX future":
        multiplier = VIX_FUTURE_MULTIPLIER if terms.multiplier is None else terms.multiplier
        gain = (future_after - future) * multiplier
        return LayerValue(future, future_after, future_after, 0.0, gain, "no premium, only margin")
    if terms.instrument == "volatility fund":
        price = _number(place, terms, "price")
        price_after = price * max(1.0 + terms.leverage * (future_after / future - 1.0), 0.0)
        note = "shares; the whole price is paid, and most of it comes back"
        return LayerValue(price, price_after, future_after, price, price_after - price, note)
    return _option(place, terms, future, future_after, iv_change, forward, rate)


def _option(
    place: str,
    terms: HedgeTerms,
    future: float,
    future_after: float,
    iv_change: float,
    forward: float,
    rate: float,
) -> LayerValue:
    strike, days = _number(place, terms, "strike"), _number(place, terms, "days")
    price, iv = terms.price, terms.iv
    if iv is None:
        if price is None:
            raise ToolInputError.of(
                f"{place}.iv", None, "given, or price given", "One gives the other."
            )
        iv = float(implied_volatility("call", price, future, strike, days, rate, model="black76"))
    if price is None:
        price = float(price_option("call", future, strike, days, iv, rate, model="black76").price)
    shocked_iv = iv + iv_change
    if shocked_iv <= 0:
        raise ToolInputError.of(
            "iv_change", iv_change, f"above {-iv:g}, so that the volatility stays above 0"
        )
    left = days - forward
    if left > 0:
        later = price_option("call", future_after, strike, left, shocked_iv, rate, model="black76")
        price_after = float(later.price)
    elif left == 0:
        price_after = max(future_after - strike, 0.0)
    else:
        raise ToolInputError.of(
            "days_forward", forward, f"at most {days:g}, when the option of {place} expires"
        )
    multiplier = MULTIPLIER if terms.multiplier is None else terms.multiplier
    note = f"{iv:.0%} volatility off the future at {future:g}"
    return LayerValue(
        price,
        price_after,
        future_after,
        price * multiplier,
        (price_after - price) * multiplier,
        note,
    )


_BOUNDS = {
    "future": Quantity("VIX future", "points", above=0, below=1000),
    "strike": Quantity("Strike", "points", above=0, below=10_000),
    "days": Quantity("Days to expiration", "days", above=0, at_most=3650),
    "iv": Quantity("Volatility", "decimal", above=0, at_most=50, hint="0.9 is 90 %."),
    "price": Quantity("Price", "points", above=0),
    "leverage": Quantity("Leverage of the fund", "ratio", above=0, at_most=5),
    "loss_usd": Quantity("Loss under the shock", "US dollars", at_least=0),
    "credit_usd": Quantity("Credit received", "US dollars", at_least=0),
    "share": Quantity("Share of the loss", "decimal", above=0, at_most=1),
    "contracts": Quantity("Contracts", "contracts", at_least=0, at_most=1e9, whole=True),
    "multiplier": Quantity("Dollars a point", "US dollars", above=0),
    "response": Quantity("Part of the VIX's move", "decimal", at_least=0, at_most=2),
}


def _check_terms(place: str, terms: HedgeTerms) -> None:
    if terms.instrument not in INSTRUMENTS:
        raise ToolInputError.of(
            f"{place}.instrument", terms.instrument, f"one of {', '.join(INSTRUMENTS)}"
        )
    for field in fields(terms):
        value = getattr(terms, field.name)
        if field.name in _BOUNDS and value is not None:
            _BOUNDS[field.name].check(f"{place}.{field.name}", value)
    ends = (terms.expiration, terms.future_expiration)
    if None not in ends and ends[0] != ends[1]:
        raise ToolInputError.of(
            f"{place}.future_expiration",
            str(ends[1]),
            f"that of the option, {ends[0]}",
            "A VIX option settles to the VIX of its own expiration, so only the future of that "
            "expiration prices it.",
        )


def _number(place: str, terms: HedgeTerms, field: str) -> float:
    value = getattr(terms, field)
    if value is None:
        raise ToolInputError.of(
            f"{place}.{field}", None, _BOUNDS[field].allowed, f"A {terms.instrument} needs it."
        )
    return float(value)


def _future(place: str, terms: HedgeTerms) -> float:
    if terms.future is None:
        raise ToolInputError.of(
            f"{place}.future",
            None,
            _BOUNDS["future"].allowed,
            "Hand over the VIX future of the same expiration. Spot VIX does not do: it cannot be "
            "held to that day, and the market prices options off the future.",
        )
    return float(terms.future)
