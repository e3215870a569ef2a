"""The strikes that a condor may be built from, off a model or off a chain of quotes.

Candidates are out of the money, sorted by strike, with what the choice of a condor needs of each:
delta, mid price, and the volatility that goes with it.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from tools.errors import ToolDataError, ToolInputError
from tools.pricing import implied_volatility
from tools.pricing.black import ARRAY, value
from tools.pricing.chunks import run
from tools.quantities import DAYS_PER_YEAR, FloatArray

if TYPE_CHECKING:
    import pandas as pd

_DEVIATIONS: Final = 6.0  # on each side of the index: beyond, an option is worth nothing
_MOST_STRIKES: Final = 200_000
_LEAST_VOLATILITY: Final = 0.01


class Market(NamedTuple):
    """What all strikes of one expiration share."""

    spot: float
    days: float
    rate: float
    dividend_yield: float


@dataclass(frozen=True)
class Candidates:
    """The options of one side, by rising strike; bid and ask are NaN off a model."""

    sign: float
    strike: FloatArray
    iv: FloatArray
    price: FloatArray
    delta: FloatArray
    bid: FloatArray
    ask: FloatArray

    def wings(self, width: float) -> tuple[FloatArray, FloatArray]:
        """For each candidate as a short, the row of the long nearest to `width` further out.

        The second array is the distance to it; a row of -1 stands where there is none.
        """
        wanted = self.strike + self.sign * width
        right = np.clip(np.searchsorted(self.strike, wanted), 0, len(self.strike) - 1)
        left = np.clip(right - 1, 0, None)
        nearer_left = abs(self.strike[left] - wanted) <= abs(self.strike[right] - wanted)
        row = np.where(nearer_left, left, right)
        distance = self.sign * (self.strike[row] - self.strike)
        return np.where(distance > 0, row, -1), distance


def from_model(
    market: Market, iv: float, skew: float, step: float, wing_width: float
) -> tuple[Candidates, Candidates]:
    """Puts and calls at multiples of `step`, valued at iv + skew x ln(strike / spot)."""
    reach = math.exp(_DEVIATIONS * iv * math.sqrt(market.days / DAYS_PER_YEAR))
    low = max(market.spot / reach - wing_width, step)
    high = market.spot * reach + wing_width
    if (high - low) / step > _MOST_STRIKES:
        raise ToolInputError.of(
            "strike_step",
            step,
            f"at least {(high - low) / _MOST_STRIKES:.2g} points",
            "Finer steps leave too many strikes to look through.",
        )
    strikes = step * np.arange(math.ceil(low / step), math.floor(high / step) + 1)
    volatility = iv + skew * np.log(strikes / market.spot)
    usable = volatility >= _LEAST_VOLATILITY
    strikes, volatility = strikes[usable], volatility[usable]
    nothing = np.full(strikes.shape, np.nan)
    sides = []
    for sign in (-1.0, 1.0):
        out = sign * (strikes - market.spot) > 0
        sides.append(
            _valued(sign, market, strikes[out], volatility[out], None, nothing[out], nothing[out])
        )
    return sides[0], sides[1]


def from_chain(quotes: pd.DataFrame, market: Market) -> tuple[Candidates, Candidates]:
    """Puts and calls with a bid and an ask, at the volatility of their mid price."""
    sides = []
    for sign, kind in ((-1.0, "put"), (1.0, "call")):
        forward = market.spot * math.exp(
            (market.rate - market.dividend_yield) * market.days / DAYS_PER_YEAR
        )
        rows = quotes[(quotes["kind"] == kind) & (sign * (quotes["strike"] - forward) > 0)]
        rows = rows.drop_duplicates("strike").sort_values("strike")
        strike, bid, ask = (rows[name].to_numpy(dtype=float) for name in ("strike", "bid", "ask"))
        if not len(strike):
            raise ToolDataError(f"The chain has no {kind} out of the money with a bid and an ask.")
        mid = 0.5 * (bid + ask)
        iv = np.asarray(
            implied_volatility(
                kind, mid, market.spot, strike, market.days, market.rate, market.dividend_yield
            )
        )
        good = np.isfinite(iv)
        sides.append(_valued(sign, market, strike[good], iv[good], mid[good], bid[good], ask[good]))
    return sides[0], sides[1]


def market_of_chain(
    quotes: pd.DataFrame, spot: float, days: float, rate: float, dividend_yield: float
) -> Market:
    """The market with the yield that put-call parity implies, unless one is given.

    The forward is strike + exp(r T) (call - put) at the strike where the two mid prices are
    closest: Cboe, VIX Mathematics Methodology, step 2.
    """
    if dividend_yield:
        return Market(spot, days, rate, dividend_yield)
    mid = (quotes["bid"] + quotes["ask"]) / 2
    table = quotes.assign(mid=mid).pivot_table(index="strike", columns="kind", values="mid")
    pairs = table.dropna() if {"call", "put"} <= set(table.columns) else table.iloc[:0]
    if pairs.empty:
        raise ToolDataError(
            "The chain has no strike with both a live call and a live put, so parity gives no "
            "forward; give a dividend_yield."
        )
    difference = (pairs["call"] - pairs["put"]).to_numpy()
    nearest = int(np.argmin(abs(difference)))
    years = days / DAYS_PER_YEAR
    forward = float(pairs.index[nearest]) + math.exp(rate * years) * float(difference[nearest])
    if not forward > 0:
        raise ToolDataError("Put-call parity gives no forward above zero: the quotes do not fit.")
    return Market(spot, days, rate, rate - math.log(forward / spot) / years)


def one_expiration(
    chain: pd.DataFrame, expiration: dt.date, root: str | None
) -> tuple[pd.DataFrame, str, str]:
    """The quotes of one expiration and root, with the root and its settlement ('AM' or 'PM')."""
    rows = chain[chain["expiration"] == expiration]
    if rows.empty:
        known = sorted({day for day in chain["expiration"] if isinstance(day, dt.date)})
        nearest = sorted(known, key=lambda day: abs((day - expiration).days))[:5]
        raise ToolInputError.of(
            "expiration",
            expiration.isoformat(),
            f"an expiration of the chain, such as {', '.join(map(str, sorted(nearest)))}",
        )
    if "root" not in rows.columns:
        return rows, "", "PM"
    roots = sorted(set(rows["root"]))
    if root is None:
        # The weekly root settles to the close, so its condor lives as long as the day: the default.
        root = roots[-1]
    if root not in roots:
        raise ToolInputError.of("root", root, f"one of {', '.join(roots)} on {expiration}")
    rows = rows[rows["root"] == root]
    settlement = str(rows["settlement"].iloc[0]) if "settlement" in rows.columns else ""
    return rows, root, settlement or "PM"


def _valued(
    sign: float,
    market: Market,
    strike: FloatArray,
    iv: FloatArray,
    price: FloatArray | None,
    bid: FloatArray,
    ask: FloatArray,
) -> Candidates:
    if not len(strike):
        raise ToolDataError(f"There is no {'call' if sign > 0 else 'put'} to choose from.")
    inputs: list[Any] = [sign, market.spot, strike, market.days, iv, *market[2:]]
    model, delta = run(partial(value, ARRAY), inputs, 2)
    return Candidates(
        sign=sign,
        strike=strike,
        iv=iv,
        price=model if price is None else price,
        delta=abs(delta),
        bid=bid,
        ask=ask,
    )
