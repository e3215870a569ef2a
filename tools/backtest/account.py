"""The account: how many contracts of each trade and hedge, interest, and money day by day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.backtest.hedge import Calls
from tools.backtest.rules import VixCallHedge
from tools.backtest.trades import Trades
from tools.quantities import MULTIPLIER, FloatArray


@dataclass(frozen=True)
class Account:
    """Contracts of each trade and of each purchase of calls; money of each day [US dollars].

    `condors` and `hedges` are the daily changes that each brought, `interest` that of idle cash.
    """

    contracts: FloatArray
    hedge_contracts: FloatArray
    condors: FloatArray
    hedges: FloatArray
    interest: FloatArray

    @property
    def daily(self) -> FloatArray:
        """The change of the account on each day."""
        return self.condors + self.hedges + self.interest


def run_account(
    trades: Trades,
    calls: list[Calls],
    layers: tuple[VixCallHedge, ...],
    contracts: float,
    fraction: float | None,
    start_usd: float,
    growth: FloatArray,
) -> Account:
    """Size every trade by the account of its own day, and add up the days.

    With `fraction` the whole account takes part; without it every return is of the amount at the
    start, and so is the interest.
    """
    size = len(growth)
    count = np.full(len(trades.entry), contracts)
    bought = np.array([float(layers[one.layer].contracts or 0) for one in calls])
    change, start = _changes(trades), trades.start
    condors, hedges, interest = np.zeros(size), np.zeros(size), np.zeros(size)
    budgets = [layer.budget_share for layer in layers]
    if fraction is None and not any(budgets):
        np.add.at(condors, trades.row, contracts * change)
        for number, one in zip(bought, calls, strict=True):
            hedges[one.entry : one.last + 1] += number * one.change
        return Account(count, bought, condors, hedges, start_usd * growth)
    # A roll keeps the number of contracts of the condor that it continues.
    held: dict[int, float] = {}
    risk = np.maximum(MULTIPLIER * (trades.width - trades.credit), 1e-9) + trades.costs
    orders: list[list[tuple[int, int]]] = [[] for _ in range(size)]
    for place, row in enumerate(trades.entry.tolist()):
        orders[row].append((0, place))
    for place, one in enumerate(calls):
        orders[one.entry].append((1, place))
    money = start_usd
    for row in range(size):
        base = start_usd if fraction is None else max(money, 0.0)
        interest[row] = base * growth[row]
        money += interest[row] + condors[row] + hedges[row]
        for kind, place in orders[row]:
            if kind == 0:
                if fraction is not None:
                    campaign = int(trades.campaign[place])
                    count[place] = held.setdefault(
                        campaign, max(np.floor(fraction * money / risk[place]), 0.0)
                    )
                path = slice(start[place], start[place] + trades.length[place])
                made, book = count[place] * change[path], condors
            else:
                one = calls[place]
                budget = budgets[one.layer]
                if budget is not None:
                    each = MULTIPLIER * one.price + one.cost_usd
                    bought[place] = max(np.floor(budget * money / each), 0.0)
                made, book = bought[place] * one.change, hedges
            book[row : row + len(made)] += made
            money += float(made[0])
    return Account(count, bought, condors, hedges, interest)


def _changes(trades: Trades) -> FloatArray:
    """What each trade makes from close to close, for one contract [US dollars]."""
    change = np.diff(trades.profit, prepend=0.0)
    change[trades.start] = trades.profit[trades.start]
    return np.asarray(change)
