"""`backtest_condor`: a rule for SPX iron condors over a history of closes, day by day."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tools.backtest_hedge import Calls, buy_calls
from tools.backtest_history import CleanHistory, clean_history
from tools.backtest_prices import Market
from tools.backtest_result import Backtest, assumptions, report
from tools.backtest_rules import (
    FLAT_SMILE,
    CondorEntry,
    CondorExit,
    SmileModel,
    TradingCosts,
    VixCallHedge,
    made,
)
from tools.backtest_trades import (
    Trades,
    entry_rows,
    follow,
    open_trades,
    stands_aside,
    within_limit,
)
from tools.errors import ToolInputError
from tools.quantities import MULTIPLIER, DataFrame, FloatArray, Quantity

__all__ = [
    "FLAT_SMILE",
    "Backtest",
    "CondorEntry",
    "CondorExit",
    "SmileModel",
    "TradingCosts",
    "VixCallHedge",
    "backtest_condor",
]  # fmt: skip

_CONTRACTS = Quantity("Contracts of each condor", "contracts", at_least=1, at_most=1e9, whole=True)
_ACCOUNT = Quantity("Account at the start", "US dollars", above=0, at_most=1e15)
_FRACTION = Quantity("Part of the account", "decimal", above=0, at_most=1, hint="0.02 is 2 %.")


def backtest_condor(
    history: DataFrame,
    entry: CondorEntry | Mapping[str, Any] | None = None,
    exit: CondorExit | Mapping[str, Any] | None = None,
    hedge: VixCallHedge | Mapping[str, Any] | None = None,
    regime: str | Path | Mapping[str, Any] | None = None,
    costs: TradingCosts | Mapping[str, Any] | None = None,
    start: Any = None,
    end: Any = None,
    contracts: float = 1,
    risk_fraction: float | None = None,
    account_usd: float = 100_000.0,
    smile: SmileModel | Mapping[str, Any] | None = None,
) -> Backtest:
    """Trade a rule for iron condors over a history of daily closes, at model prices.

    Every decision of a day rests on closes up to that day; entries and exits are made at them.
    Options are valued by Black-Scholes-Merton with the day's volatility, an assumed smile and the
    day's term structure, and are settled to the close of the day of expiration. Model prices are
    not quotes: they say how a rule behaves, and little about what it would have earned.

    Args:
        history: daily closes by date: `spx` and `vix` [points], or `iv` [decimal, at the money].
            Also read where given: vix9d, vix3m, vix6m, vvix [points], rate, dividend_yield
            [decimal a year, continuous], and vx1 to vx7, the monthly VIX futures by order [points].
        entry: when and with which strikes; see `CondorEntry`.
        exit: when to close before expiration; see `CondorExit`. By default never.
        hedge: VIX calls, by Black-76 off the VIX future; see `VixCallHedge`. It needs `vix`.
        regime: 'default' opens nothing on days on which the rules of `check_regime` stand aside;
            or a mapping of rules, or a `pathlib.Path`.
        costs: commissions [US dollars] and slippage [points] a leg; see `TradingCosts`.
        start: first day that is used; earlier rows have no influence.
        end: last day that is used.
        contracts: condors of each entry, at a fixed number.
        risk_fraction: instead: as many whole condors as keep each one's largest loss within this
            part of the account as it stands that day; gains are put back in.
        account_usd: account at the start [US dollars]; cash on it earns nothing here.
        smile: volatility over strikes; see `SmileModel`. `FLAT_SMILE` has none.

    Returns:
        `Backtest`: trades (credit in points at mid; profit_usd after costs), hedges, equity,
        metrics, spikes, skipped (days of the rule without a trade, and why), dropped (rows and
        values of the history that were not used, and why), warnings, assumptions.

    Raises:
        ToolInputError: a field or a column cannot be used; it is named.
        ToolDataError: the history is not daily, too short, or contradicts itself.

    Source: the CNDR index of Cboe sells 20-delta and buys 5-delta options each third Friday
    (`CondorEntry(every="third friday", days=30, short_delta=0.2, long_delta=0.05)`); annual
    volatility 7.23 % from 1986 to 2015 (Black and Szado, 2016).

    A still market pays the whole credit:

    >>> import pandas as pd
    >>> days = pd.bdate_range("2023-01-02", "2023-06-30")
    >>> still = pd.DataFrame({"spx": 4000.0, "vix": 16.0}, index=days)
    >>> test = backtest_condor(still, CondorEntry(days=30, every="month", max_open=1))
    >>> test.metrics["n"], test.metrics["win_rate"], set(test.trades["exit_reason"])
    (4, 1.0, {'expiration'})
    >>> trade = test.trades.iloc[0]
    >>> bool(abs(100 * trade.credit - trade.costs_usd - trade.profit_usd) < 1e-9)
    True
    """
    opening = made(CondorEntry, "entry", CondorEntry() if entry is None else entry)
    leaving = made(CondorExit, "exit", CondorExit() if exit is None else exit)
    paying = made(TradingCosts, "costs", TradingCosts() if costs is None else costs)
    shape = made(SmileModel, "smile", SmileModel() if smile is None else smile)
    protection = None if hedge is None else made(VixCallHedge, "hedge", hedge)
    number = float(_CONTRACTS.check("contracts", contracts))
    account = float(_ACCOUNT.check("account_usd", account_usd))
    if risk_fraction is not None:
        risk_fraction = float(_FRACTION.check("risk_fraction", risk_fraction))
        if number != 1:
            raise ToolInputError.of("contracts", contracts, "left out beside risk_fraction")
    if isinstance(regime, str) and regime != "default":
        raise ToolInputError.of("regime", regime, "'default', a mapping of rules, or a Path")
    if regime is not None and not isinstance(regime, str | Mapping | Path):
        raise ToolInputError.of("regime", regime, "'default', a mapping of rules, or a Path")
    clean = clean_history(history, start, end)
    if not clean.is_vix and (protection is not None or regime is not None):
        field, value = ("hedge", hedge) if protection is not None else ("regime", regime)
        raise ToolInputError.of(field, value, "left out where the history has no vix")

    trades, skipped = _trade(clean, opening, leaving, paying, regime, Market(clean, shape))
    calls = [] if protection is None else buy_calls(clean, protection, paying)
    count, hedge_count, daily = _sized(
        trades, calls, protection, number, risk_fraction, account, len(clean.day)
    )
    small = count < 1
    skipped += [(int(row), "the account is too small for one condor")
                for row in trades.entry[small]]  # fmt: skip
    trades, count = trades.kept(~small), count[~small]
    return report(
        clean, trades, count, calls, hedge_count, daily, skipped, account,
        compounded=risk_fraction is not None,
        assumptions=assumptions(clean, opening, paying, shape, protection, regime, risk_fraction),
    )  # fmt: skip


def _trade(
    clean: CleanHistory,
    entry: CondorEntry,
    leave: CondorExit,
    costs: TradingCosts,
    regime: Any,
    market: Market,
) -> tuple[Trades, list[tuple[int, str]]]:
    rows = entry_rows(clean, entry)
    rows = rows[rows < len(clean.day) - 1]  # the last close opens nothing: no day follows
    skipped: list[tuple[int, str]] = []
    blocked = ~clean.quoted[rows]
    skipped += [(int(row), "no volatility that day") for row in rows[blocked]]
    rows = rows[~blocked]
    if regime is not None:
        aside = stands_aside(clean, regime)[rows]
        skipped += [(int(row), "the regime says stand aside") for row in rows[aside]]
        rows = rows[~aside]
    opened, unbuilt = open_trades(clean, market, entry, rows)
    trades = follow(clean, market, opened, leave, costs)
    if entry.max_open is not None:
        chosen = within_limit(trades, entry.max_open)
        skipped += [(int(row), "as many condors open as allowed") for row in trades.entry[~chosen]]
        trades = trades.kept(chosen)
    return trades, skipped + unbuilt


def _sized(
    trades: Trades,
    calls: list[Calls],
    hedge: VixCallHedge | None,
    contracts: float,
    fraction: float | None,
    account: float,
    size: int,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Contracts of each condor and each hedge, and the change of the account on each day.

    Only sizes that depend on the account need one trade after another; a trade changes no day
    before its entry, so the account of a day is final when its trades are sized.
    """
    step = np.diff(trades.profit, prepend=0.0)
    step[trades.start] = trades.profit[trades.start]
    daily: FloatArray
    count: FloatArray = np.full(len(trades.entry), contracts)
    bought: FloatArray = np.full(len(calls), 0.0 if hedge is None else float(hedge.contracts or 0))
    budget = None if hedge is None else hedge.budget_share
    if fraction is None and budget is None:
        daily = np.bincount(trades.row, step * contracts, minlength=size).astype(float)
        for amount, one in zip(bought, calls, strict=True):
            daily[one.entry : one.last + 1] += amount * np.diff(one.profit, prepend=0.0)
        return count, bought, daily
    risk = np.maximum(MULTIPLIER * (trades.width - trades.credit), 1e-9) + trades.costs
    daily = np.zeros(size)
    money, seen = account, 0
    orders = [(int(row), 0, place) for place, row in enumerate(trades.entry)]
    orders += [(one.entry, 1, place) for place, one in enumerate(calls)]
    for row, kind, place in sorted(orders):
        money += float(daily[seen : row + 1].sum())
        seen = row + 1
        if kind == 0:
            if fraction is not None:
                count[place] = max(np.floor(fraction * money / risk[place]), 0.0)
            first, number = trades.start[place], count[place]
            change = number * step[first : first + trades.length[place]]
        else:
            one = calls[place]
            if budget is not None:
                each = MULTIPLIER * one.price + one.cost_usd
                bought[place] = max(np.floor(budget * money / each), 0.0)
            change = bought[place] * np.diff(one.profit, prepend=0.0)
        daily[row : row + len(change)] += change
        money += float(change[0])
    return count, bought, daily
