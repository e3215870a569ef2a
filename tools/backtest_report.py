"""What a backtest says about itself: metrics with their n, intervals, and the spikes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from tools.quantities import FloatArray

TRADING_DAYS: Final = 252
RESAMPLES: Final = 2000
SEED: Final = 20_240_630

SPIKES: Final = (
    ("2008-10", "2008-10-01", "2008-10-31"), ("2010-05", "2010-05-01", "2010-05-31"),
    ("2011-08", "2011-08-01", "2011-08-31"), ("2015-08", "2015-08-01", "2015-08-31"),
    ("2018-02", "2018-02-01", "2018-02-28"), ("2018-12", "2018-12-01", "2018-12-31"),
    ("2020-03", "2020-03-01", "2020-03-31"), ("2022", "2022-01-01", "2022-12-31"),
    ("2024-08", "2024-08-01", "2024-08-31"),
)  # fmt: skip
"""Calendar months, and one year, chosen before any result."""


def metrics(
    trades: pd.DataFrame, equity: pd.Series[Any], base: float, compounded: bool, held: FloatArray
) -> dict[str, Any]:
    """All figures of the report; `held` is the largest loss that was open on each day."""
    change = np.diff(equity.to_numpy())
    # With a fixed number of contracts money is not put back in, so returns are of the first amount.
    before = equity.to_numpy()[:-1] if compounded else np.full(len(change), base)
    with np.errstate(divide="ignore", invalid="ignore"):
        returns = np.where(before > 0, change / before, np.nan)
    returns = returns[np.isfinite(returns)]
    days = pd.DatetimeIndex(equity.index)
    years = max((days[-1] - days[0]).days, 1) / 365.25
    total = float(equity.iloc[-1] / base)
    annual = (total - 1.0) / years
    if compounded:
        annual = float(max(total, 0.0) ** (1.0 / years) - 1.0)
    spread = float(returns.std(ddof=1)) if len(returns) > 1 else float("nan")
    below = float(np.sqrt(np.mean(np.minimum(returns, 0.0) ** 2))) if len(returns) else float("nan")
    average = float(returns.mean()) if len(returns) else float("nan")
    root = float(np.sqrt(TRADING_DAYS))
    monthly = equity.resample("ME").last() if len(equity) else equity
    month_before = np.r_[base, monthly.to_numpy()[:-1]]
    month_base = month_before if compounded else np.full(len(monthly), base)
    month_returns = pd.Series(np.diff(np.r_[base, monthly.to_numpy()]) / month_base, monthly.index)
    worst = int(np.argmin(change)) if len(change) else 0
    return {
        "n": len(trades),
        "n_days": len(equity),
        "n_months": len(monthly),
        "years": years,
        "annual_return": annual,
        "volatility": spread * root,
        "monthly_volatility": float(month_returns.std(ddof=1) * np.sqrt(12.0)),
        "sharpe": _ratio(average * root, spread),
        "sortino": _ratio(average * root, below),
        "max_drawdown": _drawdown(equity),
        "worst_day": {
            "date": days[worst + 1].date() if len(change) else None,
            "profit_usd": float(change[worst]) if len(change) else 0.0,
            "return": float(returns.min()) if len(returns) else float("nan"),
        },
        "worst_month": {
            "month": f"{month_returns.idxmin():%Y-%m}",
            "return": float(month_returns.min()),
            "below_6_percent": int((month_returns < -0.06).sum()),
        },
        "exposure": float(np.mean(held > 0)),
        "largest_open_loss_usd": float(held.max()),
        **_of_trades(trades),
    }


def spikes(equity: pd.Series[Any], spx: FloatArray, volatility: FloatArray) -> pd.DataFrame:
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
            }
        )
    columns = ["spike", "first_day", "last_day", "n_days", "spx_change", "spx_lowest",
               "highest_iv", "profit_usd", "lowest_profit_usd", "worst_day_usd"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def interval(values: FloatArray, block: int) -> tuple[float, float]:
    """The 95 % interval of a mean by a circular block bootstrap with a fixed seed.

    Politis and Romano, "A circular block-resampling procedure for stationary data" (1992). Blocks
    as long as trades overlap keep neighbours together; single draws would make the interval of
    overlapping trades too narrow.
    """
    size = len(values)
    if size < 2:
        return float("nan"), float("nan")
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


def _of_trades(trades: pd.DataFrame) -> dict[str, Any]:
    count = len(trades)
    if not count:
        nothing = float("nan")
        return dict.fromkeys(
            ("win_rate", "break_even_win_rate", "expectancy_usd", "put_side_expectancy_usd",
             "call_side_expectancy_usd", "average_win_usd", "average_loss_usd"), nothing,
        ) | {
            "costs_usd": 0.0, "expectancy_interval_usd": (nothing, nothing),
            "win_rate_interval": (nothing, nothing), "bootstrap_block": 0,
        }  # fmt: skip
    profit = trades["profit_usd"].to_numpy(dtype=float)
    won = profit > 0
    # How many trades are under way when one is opened: neighbours that share their days.
    ends = np.sort(trades["exit_date"].to_numpy())
    starts = trades["entry_date"].to_numpy()
    under_way = np.arange(1, count + 1) - np.searchsorted(ends, starts, side="right")
    block = max(1, round(float(np.mean(np.maximum(under_way, 1)))))
    width = np.maximum(trades["put_short"] - trades["put_long"],
                       trades["call_long"] - trades["call_short"])  # fmt: skip
    return {
        "win_rate": float(won.mean()),
        "win_rate_interval": interval(won.astype(float), block),
        "break_even_win_rate": float(np.mean(1.0 - trades["credit"] / width)),
        "expectancy_usd": float(profit.mean()),
        "expectancy_interval_usd": interval(profit, block),
        "put_side_expectancy_usd": float(trades["put_profit_usd"].mean()),
        "call_side_expectancy_usd": float(trades["call_profit_usd"].mean()),
        "average_win_usd": float(profit[won].mean()) if won.any() else float("nan"),
        "average_loss_usd": float(profit[~won].mean()) if not won.all() else float("nan"),
        "costs_usd": float(trades["costs_usd"].sum()),
        "bootstrap_block": block,
    }


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


def _ratio(gain: float, risk: float) -> float:
    return gain / risk if risk > 0 else float("nan")
