"""What a backtest says about itself: figures with their n, intervals, years and spikes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from tools.quantities import FloatArray

TRADING_DAYS: Final = 252
MONTHS: Final = 12
RESAMPLES: Final = 2000
SEED: Final = 20_240_630
MONTH_BLOCK: Final = 3
"""Months in a block of the bootstrap of returns: spikes last one to three."""

SPIKES: Final = (
    ("2008-10", "2008-10-01", "2008-10-31"), ("2010-05", "2010-05-01", "2010-05-31"),
    ("2011-08", "2011-08-01", "2011-08-31"), ("2015-08", "2015-08-01", "2015-08-31"),
    ("2018-02", "2018-02-01", "2018-02-28"), ("2018-12", "2018-12-01", "2018-12-31"),
    ("2020-03", "2020-03-01", "2020-03-31"), ("2022", "2022-01-01", "2022-12-31"),
    ("2024-08", "2024-08-01", "2024-08-31"), ("2025-04", "2025-04-01", "2025-04-30"),
)  # fmt: skip
"""Calendar months, and one year, chosen before any result."""

_NAN: Final = float("nan")
_NO_SPREAD: Final = 1e-12  # daily returns that differ by less differ by rounding only


def account_figures(
    equity: pd.Series[Any], start_usd: float, compounded: bool, growth: FloatArray
) -> dict[str, Any]:
    """Returns, risk and drawdown of the account; `growth` is what idle cash earned each day."""
    change = np.diff(equity.to_numpy())
    # With a fixed number of contracts money is not put back in, so returns are of the first amount.
    before = equity.to_numpy()[:-1] if compounded else np.full(len(change), start_usd)
    with np.errstate(divide="ignore", invalid="ignore"):
        returns = np.where(before > 0, change / before, np.nan)
    known = np.isfinite(returns)
    excess = (returns - growth[1:])[known]
    returns = returns[known]
    days = pd.DatetimeIndex(equity.index)
    years = max((days[-1] - days[0]).days, 1) / 365.25
    total = float(equity.iloc[-1] / start_usd)
    annual = (total - 1.0) / years
    if compounded:
        annual = float(max(total, 0.0) ** (1.0 / years) - 1.0)
    spread = _spread(returns)
    over = _spread(excess)
    below = float(np.sqrt(np.mean(np.minimum(excess, 0.0) ** 2))) if len(excess) else _NAN
    average = float(excess.mean()) if len(excess) else _NAN
    root = float(np.sqrt(TRADING_DAYS))
    months = monthly_returns(equity, start_usd, compounded)
    low, high = interval(months.to_numpy(), MONTH_BLOCK)
    worst = int(np.argmin(change)) if len(change) else 0
    return {
        "n_days": len(equity),
        "n_months": len(months),
        "years": years,
        "annual_return": annual,
        "annual_return_interval": (MONTHS * low, MONTHS * high),
        "volatility": spread * root,
        "monthly_volatility": float(months.std(ddof=1) * np.sqrt(MONTHS)),
        "sharpe": _ratio(average * root, over),
        "sortino": _ratio(average * root, below),
        "max_drawdown": _drawdown(equity),
        "worst_day": {
            "date": days[worst + 1].date() if len(change) else None,
            "profit_usd": float(change[worst]) if len(change) else 0.0,
            "return": float(returns.min()) if len(returns) else _NAN,
        },
        "worst_month": {
            "month": f"{months.idxmin():%Y-%m}",
            "return": float(months.min()),
            "below_6_percent": int((months < -0.06).sum()),
        },
    }


def monthly_returns(equity: pd.Series[Any], start_usd: float, compounded: bool) -> pd.Series[Any]:
    """Return of each calendar month, of its start or of the first amount [decimal]."""
    monthly = equity.resample("ME").last()
    before = np.r_[start_usd, monthly.to_numpy()[:-1]]
    base = before if compounded else np.full(len(monthly), start_usd)
    with np.errstate(divide="ignore", invalid="ignore"):
        returns = np.where(base > 0, (monthly.to_numpy() - before) / base, 0.0)
    return pd.Series(returns, index=monthly.index)


def trade_figures(trades: pd.DataFrame) -> dict[str, Any]:
    """Win rates, expectancies and costs; trades that a roll continues count one by one."""
    count = len(trades)
    if not count:
        named = ("win_rate", "break_even_win_rate", "expectancy_usd", "put_side_expectancy_usd",
                 "call_side_expectancy_usd", "average_win_usd", "average_loss_usd",
                 "campaign_win_rate", "campaign_expectancy_usd", "credit_to_width")  # fmt: skip
        pairs = (
            "win_rate_interval", "expectancy_interval_usd",
            "put_side_expectancy_interval_usd", "call_side_expectancy_interval_usd",
        )  # fmt: skip
        return {
            "n": 0, **dict.fromkeys(named, _NAN), **dict.fromkeys(pairs, (_NAN, _NAN)),
            "costs_usd": 0.0, "bootstrap_block": 0, "n_campaigns": 0, "exits": {},
        }  # fmt: skip
    profit = trades["profit_usd"].to_numpy(dtype=float)
    won = profit > 0
    block = _overlap(trades)
    width = np.maximum(trades["put_short"] - trades["put_long"],
                       trades["call_long"] - trades["call_short"])  # fmt: skip
    ratio: pd.Series[Any] = trades["credit"] / width
    sides = {
        f"{side}_side": trades[f"{side}_profit_usd"].to_numpy(dtype=float)
        for side in ("put", "call")
    }
    campaigns = trades.groupby("campaign", sort=False)["profit_usd"].sum()
    return {
        "n": count,
        "n_campaigns": len(campaigns),
        "win_rate": float(won.mean()),
        "win_rate_interval": interval(won.astype(float), block),
        "break_even_win_rate": float(np.mean(1.0 - ratio)),
        "credit_to_width": float(np.mean(ratio)),
        "expectancy_usd": float(profit.mean()),
        "expectancy_interval_usd": interval(profit, block),
        **{f"{name}_expectancy_usd": float(made.mean()) for name, made in sides.items()},
        **{f"{name}_expectancy_interval_usd": interval(made, block)
           for name, made in sides.items()},
        "campaign_win_rate": float((campaigns > 0).mean()),
        "campaign_expectancy_usd": float(campaigns.mean()),
        "average_win_usd": float(profit[won].mean()) if won.any() else _NAN,
        "average_loss_usd": float(profit[~won].mean()) if not won.all() else _NAN,
        "costs_usd": float(trades["costs_usd"].sum()),
        "bootstrap_block": block,
        "exits": {str(why): int(n) for why, n in trades["exit_reason"].value_counts().items()},
    }  # fmt: skip


def exposure_figures(held: FloatArray, margin: FloatArray, profit_a_year: float) -> dict[str, Any]:
    """What was at risk and in margin at each close [US dollars]."""
    used = margin[margin > 0]
    mean = float(used.mean()) if len(used) else _NAN
    return {
        "exposure": float(np.mean(held > 0)),
        "largest_open_loss_usd": float(held.max()),
        "average_margin_usd": mean,
        "largest_margin_usd": float(margin.max()),
        "return_on_margin": _ratio(profit_a_year, mean),
    }


def by_year(
    equity: pd.Series[Any], start_usd: float, compounded: bool, trades: pd.DataFrame
) -> pd.DataFrame:
    """Each calendar year: trades opened, profit, return, worst day."""
    year = pd.DatetimeIndex(equity.index).year
    change = np.diff(equity.to_numpy(), prepend=start_usd)
    opened = pd.DatetimeIndex(trades["entry_date"]).year
    rows = []
    for one in sorted(set(year)):
        inside = np.flatnonzero(year == one)
        first = equity.to_numpy()[inside[0] - 1] if inside[0] else start_usd
        base = first if compounded else start_usd
        profit = float(change[inside].sum())
        rows.append(
            {
                "year": int(one),
                "n": int((opened == one).sum()),
                "n_days": len(inside),
                "profit_usd": profit,
                "return": _ratio(profit, base),
                "worst_day_usd": float(change[inside].min()),
            }
        )
    return pd.DataFrame(rows)


def spikes(
    equity: pd.Series[Any], hedges: FloatArray, spx: FloatArray, volatility: FloatArray
) -> pd.DataFrame:
    """Profit through the months of the known spikes, for those that the history reaches."""
    days = pd.DatetimeIndex(equity.index)
    rows = []
    for name, start, end in SPIKES:
        inside = np.flatnonzero((days >= pd.Timestamp(start)) & (days <= pd.Timestamp(end)))
        if len(inside) < 2:
            continue
        since = max(int(inside[0]) - 1, 0)
        part = slice(since, int(inside[-1]) + 1)
        money, level = equity.to_numpy()[part], spx[part]
        change = np.diff(money)
        rows.append(
            {
                "spike": name,
                "first_day": days[inside[0]],
                "last_day": days[inside[-1]],
                "n_days": len(inside),
                "spx_change": float(level[-1] / level[0] - 1.0),
                "spx_lowest": float(level.min() / level[0] - 1.0),
                "highest_iv": float(volatility[part].max()),
                "profit_usd": float(money[-1] - money[0]),
                "lowest_profit_usd": float(money.min() - money[0]),
                "worst_day_usd": float(change.min()),
                "hedge_profit_usd": float(hedges[part][1:].sum()),
            }
        )
    columns = ["spike", "first_day", "last_day", "n_days", "spx_change", "spx_lowest",
               "highest_iv", "profit_usd", "lowest_profit_usd", "worst_day_usd",
               "hedge_profit_usd"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def interval(values: FloatArray, block: int) -> tuple[float, float]:
    """The 95 % interval of a mean by a circular block bootstrap with a fixed seed.

    Politis and Romano, "A circular block-resampling procedure for stationary data" (1992). Blocks
    as long as trades overlap keep neighbours together; single draws would make the interval of
    overlapping trades too narrow.
    """
    size = len(values)
    if size < 2:
        return _NAN, _NAN
    block = max(1, min(block, size // 2))
    around = np.r_[values, values[: block - 1]]
    sums = np.cumsum(np.r_[0.0, around])
    sums = sums[block:] - sums[:-block]
    count = -(-size // block)
    random = np.random.default_rng(SEED)
    means = np.empty(RESAMPLES)
    step = max(1, 1_000_000 // count)  # a few megabytes at a time
    for first in range(0, RESAMPLES, step):
        drawn = random.integers(0, size, (min(step, RESAMPLES - first), count))
        means[first : first + step] = sums[drawn].sum(axis=1) / (count * block)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


def _overlap(trades: pd.DataFrame) -> int:
    """How many trades are under way when one is opened: neighbours that share their days."""
    ends = np.sort(trades["exit_date"].to_numpy())
    starts = trades["entry_date"].to_numpy()
    under_way = np.arange(1, len(trades) + 1) - np.searchsorted(ends, starts, side="right")
    return max(1, round(float(np.mean(np.maximum(under_way, 1)))))


def _drawdown(equity: pd.Series[Any]) -> Mapping[str, Any]:
    level = equity.to_numpy()
    days = pd.DatetimeIndex(equity.index)
    peak = np.maximum.accumulate(level)
    fall = level / peak - 1.0
    trough = int(np.argmin(fall))
    start = int(np.flatnonzero(level[: trough + 1] == peak[trough])[-1])
    again = np.flatnonzero(level[trough:] >= peak[trough])
    some = fall[trough] < 0
    return {
        "depth": float(-fall[trough]),
        "usd": float(peak[trough] - level[trough]),
        "start": days[start].date() if some else None,
        "trough": days[trough].date() if some else None,
        "recovery": days[trough + int(again[0])].date() if some and len(again) else None,
    }


def _spread(values: FloatArray) -> float:
    if len(values) < 2:
        return _NAN
    spread = float(values.std(ddof=1))
    return spread if spread > _NO_SPREAD else 0.0


def _ratio(gain: float, risk: float) -> float:
    return gain / risk if risk > 0 else _NAN
