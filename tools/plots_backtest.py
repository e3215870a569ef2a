"""The pictures of a backtest and of a study, as plain Plotly JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tools.charts import LOSS, QUIET, TODAY, Chart, axis, chart_of, faint

if TYPE_CHECKING:
    from tools.backtest.result import Backtest
    from tools.backtest.study_result import StudyResult

MOST_POINTS = 2000
"""More points than a screen has pixels only make the page heavy."""


def backtest_chart(backtest: Backtest) -> Chart:
    """Equity in US dollars and the fall from its highest level so far."""
    equity = backtest.equity.to_numpy(dtype=float)
    fall = 100.0 * (equity / np.maximum.accumulate(equity) - 1.0)
    step = max(1, -(-len(equity) // MOST_POINTS))
    # Of each stretch the lowest day is drawn, so that thinning cannot hide a fall.
    starts = np.arange(0, len(equity), step)
    rows = [int(at + np.argmin(equity[at : at + step])) for at in starts]
    rows = sorted({0, *rows, len(equity) - 1})
    days = [f"{backtest.equity.index[row]:%Y-%m-%d}" for row in rows]
    figures = backtest.metrics
    line = {
        "type": "scatter", "mode": "lines", "name": "equity", "x": days,
        "y": [float(equity[row]) for row in rows], "line": {"color": TODAY, "width": 1.5},
    }  # fmt: skip
    area = {
        "type": "scatter", "mode": "lines", "name": "drawdown", "x": days, "yaxis": "y2",
        "y": [float(fall[row]) for row in rows], "fill": "tozeroy", "fillcolor": faint(LOSS),
        "line": {"color": LOSS, "width": 1},
    }  # fmt: skip
    return chart_of(
        [line, area],
        f"{figures['n']} condors in {figures['years']:.1f} years, model prices: "
        f"{figures['annual_return']:.1%} a year, largest drawdown "
        f"{figures['max_drawdown']['depth']:.1%}",
        xaxis=axis("day", anchor="y2"),
        yaxis=axis("equity, US dollars", domain=[0.36, 1.0]),
        yaxis2=axis("drawdown, %", domain=[0.0, 0.28]),
        showlegend=False,
    )


def study_chart(study: StudyResult) -> Chart:
    """Annual return of each variant with its interval, and under other assumed prices."""
    table = study.table
    names = [str(name) for name in table["variant"]]
    made = [100.0 * float(value) for value in table["annual_return"]]
    bars = {
        "type": "bar", "name": "fitted to SKEW", "x": names, "y": made,
        "marker": {"color": TODAY},
        "error_y": {
            "type": "data", "symmetric": False,
            "array": [100.0 * float(high) - one for high, one in zip(
                table["return_high"], made, strict=True)],
            "arrayminus": [one - 100.0 * float(low) for low, one in zip(
                table["return_low"], made, strict=True)],
        },
    }  # fmt: skip
    symbols = ("diamond", "triangle-up", "triangle-down", "square", "star", "x")
    others = [
        {
            "type": "scatter", "mode": "markers", "name": one.prices, "x": names,
            "y": [100.0 * value for value in one.annual_return],
            "marker": {"symbol": symbol, "size": 9, "color": QUIET},
        }
        for symbol, one in zip(symbols, study.sensitivity[1:], strict=False)
    ]  # fmt: skip
    return chart_of(
        [bars, *others],
        f"Model prices, {study.start} to {study.end}, n = {study.n:,} trades",
        xaxis=axis(""),
        yaxis=axis("return, % a year"),
        legend={"orientation": "h", "y": -0.2},
    )
