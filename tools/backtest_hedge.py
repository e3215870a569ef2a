"""The VIX calls of a backtest, valued by Black-76 off the VIX future of the same expiration."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from tools.backtest_history import FUTURES, CleanHistory
from tools.backtest_rules import TradingCosts, VixCallHedge
from tools.calendar import FIRST_VIX_EXPIRATION, vix_expirations
from tools.pricing import price_option
from tools.quantities import MULTIPLIER, FloatArray
from tools.vix_response import future_response

LONG_RUN_DAYS: Final = 252
"""Days of history before the assumed future leans on their median; until then it is the VIX."""

_STRIKE_STEP: Final = 0.5
_LEAST_PRICE: Final = 0.05  # the tick of VIX options for most of their history


@dataclass(frozen=True)
class Calls:
    """One purchase: its rows, profit of one contract along them [US dollars], and terms."""

    entry: int
    last: int
    profit: FloatArray
    expiration: dt.date
    strike: float
    future: float
    iv: float
    price: float
    cost_usd: float
    settled: bool


def buy_calls(history: CleanHistory, hedge: VixCallHedge, costs: TradingCosts) -> list[Calls]:
    """Buy whenever none is held; the order and the terms rest on each day's closes alone."""
    days = [moment.date() for moment in history.dates]
    end = days[-1] + dt.timedelta(days=hedge.days + 70)
    if end < FIRST_VIX_EXPIRATION:
        return []
    listed = np.array(
        vix_expirations(max(days[0], dt.date(1990, 1, 1)), end), dtype="datetime64[D]"
    )
    vix = history.columns["vix"]
    centre = pd.Series(vix).expanding(LONG_RUN_DAYS).median().to_numpy()
    vvix = history.optional("vvix")
    volatility = np.full(len(vix), hedge.iv)
    if vvix is not None:
        volatility = np.where(np.isnan(vvix), hedge.iv, vvix / 100.0)
    bought: list[Calls] = []
    row = int(np.searchsorted(history.day, np.datetime64("2004-03-26")))
    while row < len(days) - 1:
        away = (listed - history.day[row]).astype(int)
        usable = np.flatnonzero(away >= 7)
        if not len(usable):
            break
        expiration = listed[usable[np.argmin(abs(away[usable] - hedge.days))]]
        last = min(int(np.searchsorted(history.day, expiration)), len(days) - 1)
        rows = np.arange(row, last + 1)
        left = (expiration - history.day[rows]).astype(float)
        future = _future(history, listed, expiration, rows, left, vix, centre)
        bought.append(_bought(hedge, costs, rows, left, future, volatility[rows],
                              expiration.astype(object)))  # fmt: skip
        row = last
    return bought


def _bought(
    hedge: VixCallHedge,
    costs: TradingCosts,
    rows: Any,
    left: FloatArray,
    future: FloatArray,
    iv: FloatArray,
    expiration: dt.date,
) -> Calls:
    strike = future[0] + hedge.strike_above
    if hedge.delta is not None:
        grid = np.arange(math.ceil(future[0]) / 2, 4 * future[0], _STRIKE_STEP)
        deltas = price_option("call", future[0], grid, left[0], iv[0], model="black76").delta
        strike = float(grid[int(np.argmin(abs(np.asarray(deltas) - hedge.delta)))])
    strike = float(round(strike / _STRIKE_STEP) * _STRIKE_STEP)
    price = np.maximum(future - strike, 0.0)
    alive = left > 0
    price[alive] = price_option(
        "call", future[alive], strike, left[alive], iv[alive], model="black76"
    ).price
    settled = bool(left[-1] <= 0)
    # Nobody sells a call below the tick, whatever the model says.
    paid = max(float(price[0]), _LEAST_PRICE)
    cost = costs.commission_usd + costs.vix_slippage * MULTIPLIER
    profit = MULTIPLIER * (price - paid) - cost
    return Calls(int(rows[0]), int(rows[-1]), profit, expiration, strike, float(future[0]),
                 float(iv[0]), paid, cost, settled)  # fmt: skip


def _future(
    history: CleanHistory,
    listed: Any,
    expiration: Any,
    rows: Any,
    left: FloatArray,
    vix: FloatArray,
    centre: FloatArray,
) -> FloatArray:
    """The given future of that expiration; where none is given, one drawn to the median VIX.

    future = median so far + (VIX - median) x response(days), the response of `vix_response`. On
    the day of settlement it is the VIX itself.
    """
    middle = np.where(np.isnan(centre[rows]), vix[rows], centre[rows])
    response = np.array([future_response(max(days, 0.0)) for days in left])
    future = middle + (vix[rows] - middle) * response
    place = np.searchsorted(listed, expiration) - np.searchsorted(
        listed, history.day[rows], side="right"
    )
    for number, name in enumerate(FUTURES):
        column = history.optional(name)
        if column is not None:
            given = (place == number) & (left > 0) & ~np.isnan(column[rows])
            future = np.where(given, column[rows], future)
    return np.asarray(future)
