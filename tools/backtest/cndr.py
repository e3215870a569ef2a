"""The study of CNDR, Cboe's index of SPX iron condors: does the engine give what is published?

The rule is public (Cboe, "S&P 500 Iron Condor Index"): each third Friday it sells the 20-delta put
and call and buys the 5-delta ones, held to expiration, and keeps the money in Treasury bills, said
to cover ten times the largest loss. Only volatility and bad months are published as text.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from tools.backtest.metrics import monthly_returns
from tools.backtest.result import Backtest
from tools.backtest.rules import CondorEntry

RULE: Final = CondorEntry(
    every="third friday", days=30, short_delta=0.20, long_delta=0.05, strike_step=5.0
)
COLLATERAL: Final = 10.0
"""Times the largest loss that is held in bills."""

LAST_DAY: Final = "2023-12-31"

NOTES: Final = (
    "the index settles to the special opening of the third Friday and trades after it; here both "
    "happen at that Friday's close, so the two hold different nights and different closes",
    "the volatility of far puts decides how many points the longs cost and so how many condors the "
    "collateral carries; fitted to SKEW it is uncertain, most of all before 1996",
    "strikes of 5 points are taken as listed throughout; at an index of 350 that is coarse, and "
    "in truth fewer were listed",
    "the index sells at quotes; here no costs are taken",
    "collateral is counted on the wider side's loss; how Cboe counts it is not published",
    "the published figures begin in June 1986 and so hold October 1987, which no VIX of this "
    "history reaches",
)


def compare(run: Backtest, spx: pd.Series[Any], start_usd: float) -> pd.DataFrame:
    """Published figures beside those of the run, each with its months."""
    months = monthly_returns(run.equity, start_usd, True)
    index = spx.reindex(run.equity.index).resample("ME").last().pct_change()
    early = months[: pd.Timestamp("2015-12-31")]
    wild = index.abs() > 0.10
    moved = months[wild.reindex(months.index, fill_value=False)]
    thirty = months.iloc[-360:]
    return pd.DataFrame(
        [
            _line("standard deviation, monthly returns, a year", "7.23 % (1986-06 to 2015-12)",
                  f"{_deviation(early):.2%}", early, "Black and Szado, 2016"),
            *(
                _line("the same", "-", f"{_deviation(part):.2%}", part, "-")
                for part in _parts(months)
            ),
            _line("months below -6 % in thirty years", "10",
                  str(int((thirty < -0.06).sum())), thirty, "Cboe Options Hub, 2016"),
            _line("largest move in months when the S&P 500 moved more than 10 %",
                  "below 10 % in all 8",
                  f"{float(moved.abs().max()):.1%}" if len(moved) else "no such month", moved,
                  "Cboe Options Hub, 2016"),
        ]
    )  # fmt: skip


def _parts(months: pd.Series[Any]) -> list[pd.Series[Any]]:
    """The decades, as far as they reach two years, and the whole."""
    decades = [months[months.index.year // 10 == one] for one in range(199, 204)]
    return [*(part for part in decades if len(part) >= 24), months]


def _deviation(months: pd.Series[Any]) -> float:
    return float(months.std(ddof=1) * np.sqrt(12.0)) if len(months) > 1 else float("nan")


def _line(
    figure: str, published: str, here: str, months: pd.Series[Any], source: str
) -> dict[str, Any]:
    span = f"{months.index[0]:%Y-%m} to {months.index[-1]:%Y-%m}" if len(months) else "-"
    return {
        "figure": figure, "published": published, "published_by": source, "here": here,
        "n_months": len(months), "months": span,
    }  # fmt: skip
