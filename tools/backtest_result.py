"""The result of a backtest: tables and figures put together, with what they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from tools.backtest_hedge import Calls
from tools.backtest_history import CleanHistory
from tools.backtest_report import metrics, spikes
from tools.backtest_rules import CondorEntry, SmileModel, TradingCosts, VixCallHedge
from tools.backtest_trades import REASONS, Trades
from tools.charts import Chart, Pictured
from tools.notebook import NotebookResult
from tools.quantities import MULTIPLIER, DataFrame, FloatArray, Series

FEW_TRADES: Final = 100
"""With fewer the result says so."""


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


def report(
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
    """Put the result together: tables with dates, metrics, spikes and warnings."""
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


def assumptions(
    clean: CleanHistory,
    entry: CondorEntry,
    costs: TradingCosts,
    smile: SmileModel,
    hedge: VixCallHedge | None,
    regime: Any,
    fraction: float | None,
) -> dict[str, str]:
    """What the numbers rest on, item by item."""
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
        "prices": "Black-Scholes-Merton, calendar days / 365; entries and exits at the close, "
        "so that a stop may be overshot",
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
