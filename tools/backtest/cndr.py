"""The study of CNDR, Cboe's index of SPX iron condors: does the engine give what is published?

The rule is public (Cboe, "S&P 500 Iron Condor Index"): each third Friday it sells the 20-delta put
and call and buys the 5-delta ones, held to expiration, and keeps the money in Treasury bills, said
to cover ten times the largest loss. Only volatility and bad months are published as text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from tools.backtest.metrics import monthly_returns
from tools.backtest.result import Backtest
from tools.backtest.rules import CondorEntry

RULE: Final = CondorEntry(
    every="third friday", days=30, short_delta=0.20, long_delta=0.05, strike_step=5.0
)
COLLATERAL: Final = (10.0, 12.0)
"""Times the largest loss, after the credit, that is held in bills."""

LAST_DAY: Final = "2023-12-31"

NOTES: Final = (
    "more volatility than published, in every decade: ten losses after the credit are less "
    "collateral than ten whole wings, which would be about twelve such losses, and Cboe's way of "
    "counting them is not published",
    "the index settles to the special opening of the third Friday and trades after it; here both "
    "happen at that Friday's close, so the two hold different nights and settle apart",
    "the volatility of far puts decides how many points the longs cost and so how many condors the "
    "collateral carries; fitted to SKEW it is uncertain, most of all before 1996",
    "strikes of 5 points are taken as listed throughout; at an index of 350 that is coarse, and "
    "in truth fewer were listed",
    "the index sells at quotes; here no costs are taken",
    "the published figures begin in June 1986 and so hold October 1987, which no VIX of this "
    "history reaches",
)


def compare(runs: Sequence[Backtest], spx: pd.Series[Any], start_usd: float) -> pd.DataFrame:
    """Published figures beside those of the runs, each with its months."""
    each = [monthly_returns(run.equity, start_usd, True) for run in runs]
    months = each[0]
    index = spx.reindex(runs[0].equity.index).resample("ME").last().pct_change()
    wild = (index.abs() > 0.10).reindex(months.index, fill_value=False)
    early = months.index <= pd.Timestamp("2015-12-31")
    late = np.arange(len(months)) >= len(months) - 360
    year = pd.DatetimeIndex(months.index).year
    deviation = "standard deviation of monthly returns, a year"
    rows = [
        (deviation, "7.23 % (1986-06 to 2015-12)", "Black and Szado, 2016", early, _deviation),
        *((deviation, "-", "-", year // 10 == decade, _deviation) for decade in range(199, 204)),
        (deviation, "-", "-", np.ones(len(months), dtype=bool), _deviation),
        ("months below -6 % in thirty years", "10", "Cboe Options Hub, 2016", late, _bad_months),
        ("largest move in months when the S&P 500 moved more than 10 %", "below 10 % in all 8",
         "Cboe Options Hub, 2016", wild.to_numpy(), _largest),
    ]  # fmt: skip
    return pd.DataFrame(
        [
            _line(figure, published, by, [one[inside] for one in each], told)
            for figure, published, by, inside, told in rows
            if inside.any()
        ]
    )


def _deviation(months: pd.Series[Any]) -> str:
    return f"{months.std(ddof=1) * np.sqrt(12.0):.2%}" if len(months) > 1 else "-"


def _bad_months(months: pd.Series[Any]) -> str:
    return str(int((months < -0.06).sum()))


def _largest(months: pd.Series[Any]) -> str:
    return f"{months.abs().max():.1%}"


def _line(
    figure: str,
    published: str,
    by: str,
    each: Sequence[pd.Series[Any]],
    told: Callable[[pd.Series[Any]], str],
) -> dict[str, Any]:
    months = each[0]
    return {
        "figure": figure,
        "published": published,
        "published_by": by,
        "ten_losses": told(each[0]),
        "twelve_losses": told(each[1]),
        "n_months": len(months),
        "months": f"{months.index[0]:%Y-%m} to {months.index[-1]:%Y-%m}",
    }
