"""The result of a backtest: tables and figures put together, with what they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from tools.backtest.account import Account
from tools.backtest.hedge import EXITS, Calls
from tools.backtest.history import CleanHistory
from tools.backtest.metrics import (
    account_figures,
    by_year,
    exposure_figures,
    spikes,
    trade_figures,
)
from tools.backtest.quotes import Quotes
from tools.backtest.rules import (
    CondorEntry,
    CondorExit,
    CondorRoll,
    SmileModel,
    TradingCosts,
    VixCallHedge,
)
from tools.backtest.trades import EXPIRED, REASONS, STILL_OPEN, Trades
from tools.charts import Chart, Pictured
from tools.quantities import MULTIPLIER, DataFrame, FloatArray, Series
from tools.results import Result

FEW_TRADES: Final = 100
"""With fewer the result says so."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Backtest(Pictured, Result):
    """Trades, equity marked to model each day, and what they amount to; money in US dollars."""

    trades: DataFrame
    hedges: DataFrame
    equity: Series
    metrics: Mapping[str, Any]
    spikes: DataFrame
    by_year: DataFrame
    skipped: DataFrame
    dropped: DataFrame
    warnings: tuple[str, ...]

    def chart(self) -> Chart:
        """Equity and drawdown, as plain Plotly JSON."""
        from tools.plots_backtest import backtest_chart

        return backtest_chart(self)

    def markdown(self, title: str = "Backtest", whole: bool = True) -> str:
        """The report as Markdown; without `whole` without its trades and assumptions."""
        from tools.backtest.report import backtest_markdown

        return backtest_markdown(self, title, whole)

    def html(self, title: str = "Backtest") -> str:
        """The report as one page of HTML that needs no network, with the picture."""
        from tools.backtest.report import backtest_html

        return backtest_html(self, title)

    def to_dict(self) -> dict[str, Any]:
        """The result in plain JSON types, the equity with its days."""
        plain = super().to_dict()
        plain["equity"] = {
            f"{day:%Y-%m-%d}": value
            for day, value in zip(self.equity.index, plain["equity"], strict=True)
        }
        return plain


@dataclass(frozen=True)
class Setup:
    """What was asked for, as the report states it."""

    entry: CondorEntry
    exit: CondorExit
    roll: CondorRoll | None
    costs: TradingCosts
    smile: SmileModel
    layers: tuple[VixCallHedge, ...]
    regime: Any
    risk_fraction: float | None
    interest: bool
    margin_rule: str
    quotes: Quotes | None
    fitted: float


def report(
    clean: CleanHistory,
    setup: Setup,
    trades: Trades,
    count: FloatArray,
    calls: list[Calls],
    account: Account,
    growth: FloatArray,
    skipped: list[tuple[int, str]],
    start_usd: float,
) -> Backtest:
    """Put the result together: tables with dates, figures, spikes and warnings."""
    compounded = setup.risk_fraction is not None
    equity = pd.Series(start_usd + np.cumsum(account.daily), index=clean.dates, name="equity_usd")
    table = _table(clean, trades, count, setup.margin_rule)
    hedges = _hedges(clean, setup.layers, calls, account.hedge_contracts)
    figures = {
        **trade_figures(table),
        **account_figures(equity, start_usd, compounded, growth),
    }
    held = _open(trades, table["max_loss_usd"], len(equity))
    margin = _open(trades, table["margin_usd"], len(equity))
    profit = float(account.condors.sum() + account.hedges.sum())
    figures |= exposure_figures(held, margin, profit / figures["years"])
    figures |= {
        "profit_usd": profit,
        "condor_profit_usd": float(account.condors.sum()),
        "hedge_profit_usd": float(account.hedges.sum()),
        "interest_usd": float(account.interest.sum()),
        "n_hedges": int((account.hedge_contracts > 0).sum()),
    }
    figures["costs_usd"] += float(hedges["costs_usd"].sum())
    return Backtest(
        trades=table,
        hedges=hedges,
        equity=equity,
        metrics=figures,
        spikes=spikes(equity, account.hedges, clean.spx, clean.volatility),
        by_year=by_year(equity, start_usd, compounded, table),
        skipped=pd.DataFrame(
            [(clean.dates[row], why) for row, why in sorted(skipped)], columns=["date", "why"]
        ),
        dropped=clean.dropped,
        warnings=_warnings(clean, setup, trades, figures, equity, start_usd),
        assumptions=assumptions(clean, setup),
    )


def _open(trades: Trades, amount: Any, size: int) -> FloatArray:
    """What is open at each close, after that close's exits and entries."""
    held = np.zeros(size + 1)
    np.add.at(held, trades.entry, amount.to_numpy(dtype=float))
    np.add.at(held, trades.last, -amount.to_numpy(dtype=float))
    return np.asarray(np.maximum(np.round(np.cumsum(held[:-1]), 6), 0.0))


def _table(clean: CleanHistory, trades: Trades, count: FloatArray, margin_rule: str) -> DataFrame:
    end = trades.start + trades.length - 1
    put_long, put_short, call_short, call_long = trades.strikes
    entry, last = trades.entry, trades.last
    both = trades.put_width + trades.call_width
    margin = trades.width if margin_rule == "wider side" else both
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
            "margin_usd": count * MULTIPLIER * margin,
            "costs_usd": count * trades.costs,
            "spot_at_entry": clean.spx[entry], "spot_at_exit": clean.spx[last],
            "iv": trades.iv,
            "days": trades.days,
            "days_held": (clean.day[last] - clean.day[entry]).astype(int),
            "campaign": trades.campaign, "roll": trades.roll,
            "prices": np.where(trades.quoted, "quotes", "model"),
        }
    )  # fmt: skip


def _hedges(
    clean: CleanHistory,
    layers: tuple[VixCallHedge, ...],
    calls: list[Calls],
    bought: FloatArray,
) -> DataFrame:
    rows = [
        {
            "layer": layers[one.layer].name,
            "entry_date": clean.dates[one.entry],
            "expiration": pd.Timestamp(one.expiration),
            "strike": one.strike,
            "future": one.future,
            "future_source": "given" if one.future_given else "assumed",
            "iv": one.iv,
            "price": one.price,
            "contracts": number,
            "exit_date": clean.dates[one.last],
            "exit_reason": EXITS[one.exit],
            "exit_price": one.exit_price,
            "profit_usd": number * float(one.change.sum()),
            "costs_usd": number * one.cost_usd,
        }
        for one, number in zip(calls, bought, strict=True)
    ]
    columns = ["layer", "entry_date", "expiration", "strike", "future", "future_source", "iv",
               "price", "contracts", "exit_date", "exit_reason", "exit_price", "profit_usd",
               "costs_usd"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _warnings(
    clean: CleanHistory,
    setup: Setup,
    trades: Trades,
    figures: Mapping[str, Any],
    equity: Series,
    start_usd: float,
) -> tuple[str, ...]:
    found = ["prices are a model's, not quotes: expectancy follows from the assumed smile as much "
             "as from the rule"]  # fmt: skip
    if setup.quotes is not None:
        quoted = int(trades.quoted.sum())
        found = [f"{quoted} of {len(trades.entry)} condors were opened at quotes, the others at a "
                 "model's prices"]  # fmt: skip
    if len(trades.entry) < FEW_TRADES:
        found.append(f"only {len(trades.entry)} trades: the intervals say how little that shows")
    overlap = int(figures["bootstrap_block"])
    if overlap > 1:
        found.append(f"about {overlap} trades are open at once, so n counts them more than once")
    late = int(((trades.reason == EXPIRED) & (clean.day[trades.last] != trades.expiration)).sum())
    if late:
        found.append(f"{late} trades expired on a day that the history lacks; next close taken")
    still = int((trades.reason == STILL_OPEN).sum())
    if still:
        found.append(f"{still} trades are still open at the end, marked to model")
    if figures["largest_open_loss_usd"] > start_usd and (equity <= 0).any():
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


def assumptions(clean: CleanHistory, setup: Setup) -> dict[str, str]:
    """What the numbers rest on, item by item."""
    entry, smile, costs = setup.entry, setup.smile, setup.costs
    tenors = [name for name in ("vix9d", "vix3m", "vix6m") if name in clean.columns]
    curve = "flat"
    if tenors:
        curve = (
            f"straight in total variance over vix, {', '.join(tenors)}, flat beyond the longest, "
            "straight over the logarithm of days below the shortest"
        )
    if smile.short_end != 1.0:
        curve += f", times {smile.short_end:g} at nine days and fewer, rising to 1 at thirty"
    if not clean.is_vix:
        level = "the column iv"
    elif smile.vix_to_atm is not None:
        level = f"each index / {smile.vix_to_atm:g}"
    else:
        level = "each volatility index over what options of the day's smile make of it"
    said = {
        "period": f"{clean.dates[0]:%Y-%m-%d} to {clean.dates[-1]:%Y-%m-%d}, "
        f"{len(clean.dates)} closes",
        "volatility": f"at the money {level}, of the same day; over days {curve}",
        "smile": _smile_said(setup),
        "known that day": "skew, level and term structure are fitted to closes of the same day "
        "only; VIX before 2003 and SKEW before 2011 were published later, for the past",
        "look-ahead": "a decision and a mark use closes up to that day; the calendar of the "
        "exchange is taken as known ahead",
        "clock": "variance passes on exchange days only, 252 a year"
        if smile.clock == "trading"
        else "variance passes on calendar days",
        "prices": "Black-Scholes-Merton, calendar days / 365; entries and exits at the close, "
        "so that a stop may be overshot",
        "settlement": "to the close of the day of expiration (PM); SPX options of the third "
        "Friday settle to the opening instead",
        "costs": f"{costs.commission_usd:g} US dollars and {costs.slippage:g} points"
        + (f" + {costs.slippage_of_index:g} of the index" if costs.slippage_of_index else "")
        + " a leg at entry and at an exit before expiration; expiring costs nothing",
        "rates": "the columns rate and dividend_yield, 0 where there is none; "
        + ("cash earns the rate of the day before" if setup.interest else "cash earns nothing"),
        "returns": "of the account of the day before, gains put back in"
        if setup.risk_fraction is not None
        else "of the account at the start, gains not put back in",
        "ratios": "sharpe and sortino of daily returns above "
        + ("the rate" if setup.interest else "zero")
        + ", times root 252",
        "margin": f"{setup.margin_rule}, its whole width",
        "break-even win rate": "1 - credit / width, the mean of the trades",
        "intervals": "95 %, circular block bootstrap, 2,000 resamples, fixed seed; returns by "
        "blocks of three months, trades by blocks as long as they overlap",
        "strikes": f"every multiple of {entry.strike_step:g} points is listed"
        + ("" if entry.every == "third friday" else ", and every exchange day is an expiration"),
    }
    if setup.roll is not None:
        said["roll"] = (
            f"at the close that meets '{setup.roll.when}', into {setup.roll.days} days by the "
            f"entry's rule for strikes, same contracts, at most {setup.roll.most} times"
        )
    if setup.layers:
        said["hedge"] = (
            "Black-76 off the given future of the same expiration, or off one drawn from the VIX "
            "to its median so far; volatility is the VVIX of the day, or the layer's iv, less for "
            "longer calls, the same for all strikes, so that far calls, whose market volatility is "
            "higher, come out too cheap; settled to the VIX close; none before 2004, when VIX "
            "futures began"
        )
    if setup.regime is not None:
        said["regime"] = "no entry where a rule on that day's closes stands aside; wings stay"
    if setup.quotes is not None:
        said["quotes"] = (
            f"on {setup.quotes.days} days chains stand in for the model: mid prices, costs of half "
            "the spread of each leg"
        )
    return said


def _smile_said(setup: Setup) -> str:
    smile = setup.smile
    form = (
        f"iv = atm (1 + s z + {smile.curvature:g} z^2), z in deviations, s = slope x "
        "(days / 30)^(1/4)"
    )
    if smile.slope is not None:
        return f"{form}; slope {smile.slope:g}, held fixed over the whole history by hand"
    return (
        f"{form}; slope fitted to the SKEW index of the same day on {setup.fitted:.0%} of the days,"
        f" {smile.usual_slope:g} on the others; the curvature and that number are assumptions held "
        "fixed, set near two chains of 2022 and 2023, so not known in earlier years"
    )
