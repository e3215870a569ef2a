"""`backtest_condor`: a rule for SPX iron condors over a history of closes, day by day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from tools.backtest_hedge import Calls, buy_calls
from tools.backtest_history import CleanHistory, clean_history
from tools.backtest_prices import Market
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
    REASONS,
    Trades,
    entry_rows,
    follow,
    open_trades,
    stands_aside,
    within_limit,
)
from tools.charts import Chart, Pictured
from tools.errors import ToolInputError
from tools.notebook import NotebookResult
from tools.quantities import MULTIPLIER, DataFrame, FloatArray, Quantity, Series

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

FEW_TRADES: Final = 100
_CONTRACTS = Quantity("Contracts of each condor", "contracts", at_least=1, at_most=1e9, whole=True)
_ACCOUNT = Quantity("Account at the start", "US dollars", above=0, at_most=1e15)
_FRACTION = Quantity("Part of the account", "decimal", above=0, at_most=1, hint="0.02 is 2 %.")


@dataclass(frozen=True, kw_only=True, repr=False)
class Backtest(Pictured, NotebookResult):
    """Trades, equity marked to model each day, and what they amount to; money in US dollars."""

    trades: DataFrame
    hedges: DataFrame
    equity: Series
    metrics: Mapping[str, Any]
    spikes: DataFrame
    skipped: DataFrame
    dropped: DataFrame
    warnings: tuple[str, ...]

    def chart(self) -> Chart:
        """Equity and drawdown, as plain Plotly JSON."""
        from tools.plots_backtest import backtest_chart

        return backtest_chart(self)

    def to_dict(self) -> dict[str, Any]:
        """The result in plain JSON types, the equity with its days."""
        plain = super().to_dict()
        plain["equity"] = {
            f"{day:%Y-%m-%d}": value
            for day, value in zip(self.equity.index, plain["equity"], strict=True)
        }
        return plain


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
    return _result(
        clean, trades, count, calls, hedge_count, daily, skipped, account,
        compounded=risk_fraction is not None,
        assumptions=_assumptions(clean, opening, paying, shape, protection, regime, risk_fraction),
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


def _result(
    clean: CleanHistory,
    trades: Trades,
    count: FloatArray,
    calls: list[Calls],
    bought: FloatArray,
    daily: FloatArray,
    skipped: list[tuple[int, str]],
    account: float,
    *,
    compounded: bool,
    assumptions: dict[str, str],
) -> Backtest:
    import pandas as pd

    from tools.backtest_report import metrics, spikes

    equity = pd.Series(account + np.cumsum(daily), index=clean.dates, name="equity_usd")
    table = _table(clean, trades, count)
    hedges = pd.DataFrame(
        [
            {
                "entry_date": clean.dates[one.entry],
                "expiration": pd.Timestamp(one.expiration),
                "strike": one.strike,
                "future": one.future,
                "iv": one.iv,
                "price": one.price,
                "contracts": number,
                "exit_reason": REASONS[0] if one.settled else REASONS[4],
                "profit_usd": number * one.profit[-1],
                "costs_usd": number * one.cost_usd,
            }
            for one, number in zip(calls, bought, strict=True)
        ],
        columns=["entry_date", "expiration", "strike", "future", "iv", "price", "contracts",
                 "exit_reason", "profit_usd", "costs_usd"],
    )  # fmt: skip
    held = np.zeros(len(daily) + 1)
    np.add.at(held, trades.entry, table["max_loss_usd"].to_numpy(dtype=float))
    np.add.at(held, trades.last, -table["max_loss_usd"].to_numpy(dtype=float))
    held = np.maximum(np.round(np.cumsum(held[:-1]), 6), 0.0)
    figures = metrics(table, equity, account, compounded, held)
    figures["hedge_profit_usd"] = float(hedges["profit_usd"].sum())
    figures["n_hedges"] = int((bought > 0).sum())
    figures["costs_usd"] += float(hedges["costs_usd"].sum())
    left_out = pd.DataFrame(
        [(clean.dates[row], why) for row, why in sorted(skipped)], columns=["date", "why"]
    )
    return Backtest(
        trades=table,
        hedges=hedges,
        equity=equity,
        metrics=figures,
        spikes=spikes(equity, clean.spx, clean.volatility),
        skipped=left_out,
        dropped=clean.dropped,
        warnings=_warnings(clean, trades, figures, equity, account),
        assumptions=assumptions,
    )


def _table(clean: CleanHistory, trades: Trades, count: FloatArray) -> DataFrame:
    import pandas as pd

    end = trades.start + trades.length - 1
    put_long, put_short, call_short, call_long = trades.strikes
    entry, last = trades.entry, trades.last
    return pd.DataFrame(
        {
            "entry_date": clean.dates[entry],
            "expiration": trades.expiration.astype("datetime64[ns]"),
            "put_long": put_long, "put_short": put_short,
            "call_short": call_short, "call_long": call_long,
            "contracts": count,
            "credit": trades.credit,
            "exit_date": clean.dates[last],
            "exit_reason": np.array(REASONS, dtype=object)[trades.reason.astype(int)],
            "profit_usd": count * trades.profit[end],
            "put_profit_usd": count * trades.put_profit,
            "call_profit_usd": count * trades.call_profit,
            "max_loss_usd": count * (MULTIPLIER * (trades.width - trades.credit) + trades.costs),
            "costs_usd": count * trades.costs,
            "spot_at_entry": clean.spx[entry], "spot_at_exit": clean.spx[last],
            "iv": trades.iv,
            "days": trades.days,
            "days_held": (clean.day[last] - clean.day[entry]).astype(int),
        }
    )  # fmt: skip


def _warnings(
    clean: CleanHistory, trades: Trades, figures: Mapping[str, Any], equity: Series, account: float
) -> tuple[str, ...]:
    found = ["prices are a model's, not quotes: expectancy follows from the assumed smile as much "
             "as from the rule"]  # fmt: skip
    if len(trades.entry) < FEW_TRADES:
        found.append(f"only {len(trades.entry)} trades: the intervals say how little that shows")
    overlap = int(figures["bootstrap_block"])
    if overlap > 1:
        found.append(f"about {overlap} trades are open at once, so n counts them more than once")
    late = int(((trades.reason == 0) & (clean.day[trades.last] != trades.expiration)).sum())
    if late:
        found.append(f"{late} trades expired on a day that the history lacks; next close taken")
    still = int((trades.reason == 4).sum())
    if still:
        found.append(f"{still} trades are still open at the end, marked to model")
    if figures["largest_open_loss_usd"] > account and (equity <= 0).any():
        found.append("the account was lost: with these contracts a broker would have closed it")
    elif figures["largest_open_loss_usd"] > float(equity.min()):
        found.append(
            f"up to {figures['largest_open_loss_usd']:,.0f} US dollars could be lost at once, more "
            "than the account held at its lowest"
        )
    if len(clean.dropped):
        found.append(f"{len(clean.dropped)} rows or values of the history were not used as given; "
                     "see dropped")  # fmt: skip
    return tuple(found)


def _assumptions(
    clean: CleanHistory,
    entry: CondorEntry,
    costs: TradingCosts,
    smile: SmileModel,
    hedge: VixCallHedge | None,
    regime: Any,
    fraction: float | None,
) -> dict[str, str]:
    ratio = f"VIX / {smile.vix_to_atm:g}" if clean.is_vix else "the column iv"
    tenors = [name for name in ("vix9d", "vix3m", "vix6m") if name in clean.columns]
    curve = f"straight in total variance over vix, {', '.join(tenors)}" if tenors else "flat"
    said = {
        "volatility": f"at the money {ratio} of the same day; over days {curve}",
        "smile": f"iv = atm (1 + s z + {smile.curvature:g} z^2), s = {smile.slope:g} x "
        "(days / 30)^(1/4), z in deviations; constants fixed for the whole history, set by hand "
        "near two chains of 2022 and 2023, so not known in earlier years; change them by smile=",
        "look-ahead": "a decision and a mark use closes up to that day; the calendar of the "
        "exchange is taken as known ahead",
        "prices": "Black-Scholes-Merton, calendar days / 365; entries and exits at the close",
        "settlement": "to the close of the day of expiration (PM); SPX options of the third "
        "Friday settle to the opening instead",
        "costs": f"{costs.commission_usd:g} US dollars and {costs.slippage:g} points a leg at "
        "entry and at an exit before expiration; expiring costs nothing",
        "rates": "the columns rate and dividend_yield, 0 where there is none; idle cash earns "
        "nothing",
        "returns": "of the account of the day before, gains put back in" if fraction is not None
        else "of the account at the start, gains not put back in",
        "ratios": "sharpe and sortino of daily returns above zero, times root 252",
        "break-even win rate": "1 - credit / width, the mean of the trades",
        "intervals": "95 %, circular block bootstrap, 2,000 resamples, fixed seed",
        "strikes": f"every multiple of {entry.strike_step:g} points is listed, and every "
        "exchange day is an expiration" if entry.every != "third friday"
        else f"every multiple of {entry.strike_step:g} points is listed",
    }  # fmt: skip
    if hedge is not None:
        said["hedge"] = (
            "Black-76 off the given future of the same expiration, or off one drawn from the VIX "
            "to its median so far; volatility is the VVIX of the day or "
            f"{hedge.iv:g}, the same for all strikes and days, so that far calls, whose market "
            "volatility is higher, come out too cheap; settled to the VIX close; none "
            "before VIX futures began in 2004"
        )
    if regime is not None:
        said["regime"] = "no entry where a rule on that day's closes stands aside; wings stay"
    return said
