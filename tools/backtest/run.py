"""`backtest_condor`: a rule for SPX iron condors over a history of closes, day by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tools.backtest.account import run_account
from tools.backtest.gate import stands_aside
from tools.backtest.hedge import buy_calls
from tools.backtest.history import CleanHistory, clean_history
from tools.backtest.prices import Market
from tools.backtest.quotes import Quotes
from tools.backtest.result import Backtest, Setup, report
from tools.backtest.rules import (
    CondorEntry,
    CondorExit,
    CondorRoll,
    SmileModel,
    TradingCosts,
    VixCallHedge,
    made,
)
from tools.backtest.trades import (
    Trades,
    entry_rows,
    expirations,
    follow,
    open_trades,
    roll_on,
    within_limit,
)
from tools.errors import ToolInputError
from tools.quantities import DAYS_PER_YEAR, DataFrame, FloatArray, Quantity

MARGIN_RULES = ("wider side", "both sides")

_CONTRACTS = Quantity("Contracts of each condor", "contracts", at_least=1, at_most=1e9, whole=True)
_ACCOUNT = Quantity("Account at the start", "US dollars", above=0, at_most=1e15)
_FRACTION = Quantity("Part of the account", "decimal", above=0, at_most=1, hint="0.02 is 2 %.")


def backtest_condor(
    history: DataFrame,
    entry: CondorEntry | Mapping[str, Any] | None = None,
    exit: CondorExit | Mapping[str, Any] | None = None,
    hedge: VixCallHedge | Mapping[str, Any] | Sequence[VixCallHedge] | None = None,
    regime: str | Path | Mapping[str, Any] | None = None,
    costs: TradingCosts | Mapping[str, Any] | None = None,
    start: Any = None,
    end: Any = None,
    contracts: float = 1,
    risk_fraction: float | None = None,
    account_usd: float = 100_000.0,
    smile: SmileModel | Mapping[str, Any] | None = None,
    roll: CondorRoll | Mapping[str, Any] | None = None,
    chains: Mapping[Any, DataFrame] | None = None,
    interest: bool = False,
    margin_rule: str = "wider side",
) -> Backtest:
    """Trade a rule for iron condors over a history of daily closes, at model prices.

    Every decision of a day rests on closes up to that day; entries and exits are made at them.
    Options are valued by Black-Scholes-Merton with a smile and a term structure fitted to that
    day's volatility indices, and are settled to the close of the day of expiration. Model prices
    are not quotes: they say how a rule behaves, and little about what it would have earned.

    Args:
        history: daily closes by date: `spx` and `vix` [points], or `iv` [decimal, at the money].
            Also read where given: vix9d, vix3m, vix6m, vvix, skew [points], rate, dividend_yield
            [decimal a year, continuous], and vx1 to vx7, the monthly VIX futures by order [points].
        entry: when and with which strikes; see `CondorEntry`.
        exit: when to close before expiration; see `CondorExit`. By default never.
        hedge: VIX calls, by Black-76 off the VIX future; see `VixCallHedge`. Several layers are a
            list of them. It needs `vix`.
        regime: 'default' opens nothing on days on which the rules of `check_regime` stand aside;
            or a mapping of rules, or a `pathlib.Path`.
        costs: commissions [US dollars] and slippage [points] a leg; see `TradingCosts`.
        start: first day that is used; earlier rows have no influence.
        end: last day that is used.
        contracts: condors of each entry, at a fixed number.
        risk_fraction: instead: as many whole condors as keep each one's largest loss within this
            part of the account as it stands that day; gains are put back in.
        account_usd: account at the start [US dollars].
        smile: volatility over strikes; see `SmileModel`. `FLAT_SMILE` has none.
        roll: when to close a condor and open a later one (Time-Shifting); see `CondorRoll`.
        chains: quoted chains of single days (day to `read_chain`), used there instead of the model.
        interest: whether the account earns the column `rate`; Sharpe and Sortino are then of the
            return above it.
        margin_rule: 'wider side', or 'both sides' where the broker holds each wing.

    Returns:
        `Backtest`: trades (credit in points at mid; profit_usd after costs), hedges, equity,
        metrics, spikes, by_year, skipped (days of the rule without a trade, and why), dropped (rows
        and values of the history that were not used, and why), warnings, assumptions; `markdown()`
        and `html()` write the report.

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
    rolling = None if roll is None else made(CondorRoll, "roll", roll)
    paying = made(TradingCosts, "costs", TradingCosts() if costs is None else costs)
    shape = made(SmileModel, "smile", SmileModel() if smile is None else smile)
    layers = _layers(hedge)
    number = float(_CONTRACTS.check("contracts", contracts))
    account = float(_ACCOUNT.check("account_usd", account_usd))
    if risk_fraction is not None:
        risk_fraction = float(_FRACTION.check("risk_fraction", risk_fraction))
        if number != 1:
            raise ToolInputError.of("contracts", contracts, "left out beside risk_fraction")
    _check_choices(regime, interest, margin_rule)
    clean = clean_history(history, start, end)
    if not clean.is_vix and (layers or regime is not None):
        field, value = ("hedge", hedge) if layers else ("regime", regime)
        raise ToolInputError.of(field, value, "left out where the history has no vix")
    if interest and clean.optional("rate") is None:
        raise ToolInputError.of("interest", interest, "False where the history has no column rate")

    market = Market(clean, shape)
    quotes = None if chains is None else Quotes(chains, clean)
    trades, skipped = _trade(clean, market, opening, leaving, rolling, paying, regime, quotes)
    calls = buy_calls(clean, layers, paying)
    growth = _growth(clean) if interest else np.zeros(len(clean.day))
    money = run_account(trades, calls, layers, number, risk_fraction, account, growth)
    small = money.contracts < 1
    skipped += [(int(row), "the account is too small for one condor")
                for row in trades.entry[small & (trades.roll == 0)]]  # fmt: skip
    setup = Setup(opening, leaving, rolling, paying, shape, layers, regime, risk_fraction,
                  interest, margin_rule, quotes, market.fitted)  # fmt: skip
    return report(clean, setup, trades.taken(~small), money.contracts[~small], calls, money,
                  growth, skipped, account)  # fmt: skip


def _trade(
    clean: CleanHistory,
    market: Market,
    entry: CondorEntry,
    leave: CondorExit,
    roll: CondorRoll | None,
    costs: TradingCosts,
    regime: Any,
    quotes: Quotes | None,
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
    expiration = expirations(clean, rows, entry, entry.days)
    if quotes is not None:
        expiration = quotes.expirations(clean, rows, expiration)
    opened, unbuilt = open_trades(clean, market, entry, costs, rows, expiration, quotes)
    trades = follow(clean, market, opened, leave, costs, roll, quotes)
    if roll is not None:
        trades, failed = roll_on(clean, market, trades, entry, leave, costs, roll, quotes)
        unbuilt += failed
    if entry.max_open is not None:
        chosen = within_limit(trades, entry.max_open)
        left_out = trades.entry[~chosen & (trades.roll == 0)]
        skipped += [(int(row), "as many condors open as allowed") for row in left_out]
        trades = trades.taken(chosen)
    return trades, skipped + unbuilt


def _growth(clean: CleanHistory) -> FloatArray:
    """What one dollar earns up to each day at the rate of the day before."""
    rate = np.nan_to_num(clean.columns["rate"], nan=0.0)
    days = np.diff(clean.day).astype(float)
    return np.concatenate([[0.0], np.expm1(rate[:-1] * days / DAYS_PER_YEAR)])


def _layers(hedge: Any) -> tuple[VixCallHedge, ...]:
    if hedge is None:
        return ()
    if isinstance(hedge, VixCallHedge | Mapping):
        return (made(VixCallHedge, "hedge", hedge),)
    if not isinstance(hedge, list | tuple) or not hedge:
        raise ToolInputError.of("hedge", hedge, "a VixCallHedge, or a list of them")
    return tuple(made(VixCallHedge, f"hedge[{at}]", one) for at, one in enumerate(hedge))


def _check_choices(regime: Any, interest: Any, margin_rule: Any) -> None:
    named = isinstance(regime, str) and regime != "default"
    if named or (regime is not None and not isinstance(regime, str | Mapping | Path)):
        raise ToolInputError.of("regime", regime, "'default', a mapping of rules, or a Path")
    if not isinstance(interest, bool):
        raise ToolInputError.of("interest", interest, "True or False")
    if margin_rule not in MARGIN_RULES:
        raise ToolInputError.of("margin_rule", margin_rule, " or ".join(map(repr, MARGIN_RULES)))
