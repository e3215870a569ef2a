"""The VIX calls of a backtest, valued by Black-76 off the VIX future of the same expiration."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import pandas as pd

from tools.backtest.history import FUTURES, CleanHistory
from tools.backtest.rules import TradingCosts, VixCallHedge
from tools.calendar import FIRST_VIX_EXPIRATION, vix_expirations
from tools.pricing import price_option
from tools.quantities import MULTIPLIER, FloatArray
from tools.vix_response import future_response

LONG_RUN_DAYS: Final = 252
"""Days of history before the assumed future leans on their median; until then it is the VIX."""

FIRST_FUTURE: Final = np.datetime64("2004-03-26")
EXITS: Final = ("settlement", "take profit", "days left", "open at the end")

_STRIKE_STEP: Final = 0.5
_LEAST_PRICE: Final = 0.05  # the tick of VIX options for most of their history
_VVIX_DAYS: Final = 30.0


@dataclass(frozen=True)
class Calls:
    """One purchase of one layer: its rows, daily change of one contract [US dollars], terms."""

    layer: int
    entry: int
    last: int
    change: FloatArray
    expiration: dt.date
    strike: float
    future: float
    future_given: bool
    iv: float
    price: float
    exit_price: float
    cost_usd: float
    exit: int


def buy_calls(
    history: CleanHistory, layers: tuple[VixCallHedge, ...], costs: TradingCosts
) -> list[Calls]:
    """Each layer buys whenever it holds none; order and terms rest on each day's closes alone."""
    if not layers:
        return []
    days = [moment.date() for moment in history.dates]
    end = days[-1] + dt.timedelta(days=max(layer.days for layer in layers) + 70)
    if end < FIRST_VIX_EXPIRATION:
        return []
    listed = np.array(
        vix_expirations(max(days[0], dt.date(1990, 1, 1)), end), dtype="datetime64[D]"
    )
    market = _VixMarket(history, listed)
    return [
        one
        for number, layer in enumerate(layers)
        for one in _layer(history, market, number, layer, costs)
    ]


class _VixMarket:
    """Futures and volatility of VIX options, day by day."""

    def __init__(self, history: CleanHistory, listed: Any) -> None:
        self.history, self.listed = history, listed
        self.vix = history.columns["vix"]
        self.centre = pd.Series(self.vix).expanding(LONG_RUN_DAYS).median().to_numpy()
        self.vvix = history.optional("vvix")

    def futures(self, expiration: Any, rows: Any, left: FloatArray) -> tuple[FloatArray, Any]:
        """The given future of that expiration; where none is given, one drawn to the median VIX.

        future = median so far + (VIX - median) x response(days), the response of `vix_response`.
        On the day of settlement it is the VIX itself. Also: on which rows it was given.
        """
        vix, centre = self.vix[rows], self.centre[rows]
        middle = np.where(np.isnan(centre), vix, centre)
        response = np.array([future_response(max(days, 0.0)) for days in left])
        future = middle + (vix - middle) * response
        place = np.searchsorted(self.listed, expiration) - np.searchsorted(
            self.listed, self.history.day[rows], side="right"
        )
        known = np.zeros(len(rows), dtype=bool)
        for number, name in enumerate(FUTURES):
            column = self.history.optional(name)
            if column is not None:
                given = (place == number) & (left > 0) & ~np.isnan(column[rows])
                future = np.where(given, column[rows], future)
                known |= given
        return np.asarray(future), known

    def volatility(self, layer: VixCallHedge, rows: Any, left: FloatArray) -> FloatArray:
        """Volatility of calls with so many days left: the VVIX, less for longer ones."""
        level = np.full(len(rows), layer.iv)
        if self.vvix is not None:
            given = self.vvix[rows]
            level = np.where(np.isnan(given), layer.iv, given / 100.0)
        return np.asarray(level * np.interp(left, *_term_shares()))

    def may_buy(self, layer: VixCallHedge) -> Any:
        """Days on which the layer's range of VIX / VIX3M allows a purchase."""
        if layer.ratio_from is None and layer.ratio_below is None:
            return np.ones(len(self.vix), dtype=bool)
        later = self.history.optional("vix3m")
        ratio = np.full(len(self.vix), np.nan) if later is None else self.vix / later
        low = -np.inf if layer.ratio_from is None else layer.ratio_from
        high = np.inf if layer.ratio_below is None else layer.ratio_below
        return (ratio >= low) & (ratio < high)


def _layer(
    history: CleanHistory, market: _VixMarket, number: int, layer: VixCallHedge, costs: TradingCosts
) -> list[Calls]:
    bought: list[Calls] = []
    allowed = market.may_buy(layer)
    row = int(np.searchsorted(history.day, FIRST_FUTURE))
    size = len(history.day)
    least = max(7, (layer.days_left or 0) + 1)
    while row < size - 1:
        if not allowed[row]:
            row += 1
            continue
        away = (market.listed - history.day[row]).astype(int)
        usable = np.flatnonzero(away >= least)
        if not len(usable):
            break
        expiration = market.listed[usable[np.argmin(abs(away[usable] - layer.days))]]
        last = min(int(np.searchsorted(history.day, expiration)), size - 1)
        one = _bought(history, market, number, layer, costs, np.arange(row, last + 1), expiration)
        bought.append(one)
        row = one.last
    return bought


def _bought(
    history: CleanHistory,
    market: _VixMarket,
    number: int,
    layer: VixCallHedge,
    costs: TradingCosts,
    rows: Any,
    expiration: Any,
) -> Calls:
    left = (expiration - history.day[rows]).astype(float)
    future, given = market.futures(expiration, rows, left)
    iv = market.volatility(layer, rows, left)
    strike = _strike(layer, float(future[0]), float(left[0]), float(iv[0]))
    price = np.maximum(future - strike, 0.0)
    alive = left > 0
    price[alive] = price_option(
        "call", future[alive], strike, left[alive], iv[alive], model="black76"
    ).price
    # Nobody sells a call below the tick, whatever the model says.
    paid = max(float(price[0]), _LEAST_PRICE)
    stop, reason = _exit(layer, price, left, paid)
    cost = costs.commission_usd + costs.vix_slippage * MULTIPLIER
    worth = price[: stop + 1]
    change = MULTIPLIER * np.diff(worth, prepend=paid)
    change[0] -= cost
    if reason in (1, 2):
        # Selling costs as much as buying, and never brings less than nothing.
        at_exit = min(cost, MULTIPLIER * float(worth[-1]))
        change[-1] -= at_exit
        cost += at_exit
    return Calls(
        number, int(rows[0]), int(rows[stop]), change, expiration.astype(object), strike,
        float(future[0]), bool(given[0]), float(iv[0]), paid, float(worth[-1]), cost, reason,
    )  # fmt: skip


def _strike(layer: VixCallHedge, future: float, left: float, iv: float) -> float:
    strike = future + layer.strike_above
    if layer.delta is not None:
        grid = np.arange(math.ceil(future) / 2, 4 * future, _STRIKE_STEP)
        deltas = price_option("call", future, grid, left, iv, model="black76").delta
        strike = float(grid[int(np.argmin(abs(np.asarray(deltas) - layer.delta)))])
    return float(round(strike / _STRIKE_STEP) * _STRIKE_STEP)


def _exit(layer: VixCallHedge, price: FloatArray, left: FloatArray, paid: float) -> tuple[int, int]:
    """At which step the calls go, and why; the first close that meets a rule."""
    final = len(price) - 1
    found = (final, 0 if left[-1] <= 0 else 3)
    after = np.arange(len(price)) > 0
    for reason, met in (
        (1, layer.take_profit is not None and (price >= (layer.take_profit or 0) * paid)),
        (2, layer.days_left is not None and (left <= (layer.days_left or 0))),
    ):
        steps = np.flatnonzero(after & (left > 0) & met)
        if len(steps) and steps[0] < found[0]:
            found = (int(steps[0]), reason)
    return found


@lru_cache(maxsize=1)
def _term_shares() -> tuple[FloatArray, FloatArray]:
    """Volatility of VIX options by days left, over that of 30 days.

    A future moves by `future_response` of the VIX's move, less the farther it is, so the volatility
    of an option on it is the root of the mean square of that response over its life.
    """
    days = np.arange(1.0, 401.0)
    response = np.array([future_response(day - 0.5) for day in days])
    mean_square = np.cumsum(response**2) / days
    share = np.sqrt(mean_square / mean_square[int(_VVIX_DAYS) - 1])
    return days, np.asarray(share)
