"""Indicators on daily closes: RSI, MACD, divergences, the Advance-Decline Line, the term structure.

Series go in oldest first and come back on the same index, NaN while an average is still warming up.
The seeding of every average is Wilder's and Appel's textbook one and is stated in each docstring:
packages differ in the first hundred values, and agree to 1e-5 after that. Nothing here knows what a
reading means for a trade; `tools.regime` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from tools.charts import Chart, Pictured
from tools.checking import checked
from tools.errors import ToolDataError, ToolInputError
from tools.quantities import (
    DataFrame,
    History,
    IndexHistory,
    Quantity,
    Series,
    Table,
    VolatilityIndex,
    Warming,
)
from tools.results import Result

Period = Annotated[
    int, Quantity("Length of an average", "values", at_least=1, at_most=10_000, whole=True)
]
Counts = Annotated[Series, History("Number of issues each day", "issues")]
RsiValues = Annotated[Series, Warming("Relative Strength Index, null while warming up", "index")]
MacdTable = Annotated[
    DataFrame,
    Table(
        "One row a close; null while warming up [points]",
        {
            "macd": "fast less slow exponential average",
            "signal": "exponential average of the MACD",
            "histogram": "MACD less signal",
        },
    ),
]
AdvanceDeclineLine = Annotated[Series, Warming("Advance-Decline Line", "issues")]
DivergenceKind = Literal["bearish", "bullish", "none"]


@checked()
def rsi(closes: IndexHistory, period: Period = 14) -> RsiValues:
    """Wilder's Relative Strength Index of a series of closes, between 0 and 100.

    The first average gain and loss are plain means of the first `period` changes; each later one is
    (previous x (period - 1) + change) / period. A stretch without any loss gives 100, and a
    stretch without any change 50: TA-Lib gives 0 there.

    Args:
        closes: closing levels, oldest first [points].
        period: length of the averages [values].

    Returns:
        Series on the index of `closes`; NaN in the first `period` places [0 to 100].

    Raises:
        ToolInputError: a field is out of its bounds.

    Source: Wilder, New Concepts in Technical Trading Systems (1978), section VI; the example is
    StockCharts' worksheet, published as 70.53, 66.32, 66.55, 69.41.

    >>> closes = [44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433,
    ...           46.0826, 45.8931, 46.0328, 45.6140, 46.2820, 46.2820, 46.0028, 46.0328, 46.4116]
    >>> rsi(closes).round(2).tolist()[14:]
    [70.53, 66.32, 66.55, 69.41]
    """
    import pandas as pd

    changes = np.diff(closes.to_numpy())
    gain = wilder_average(np.maximum(changes, 0.0), int(period))
    loss = wilder_average(np.maximum(-changes, 0.0), int(period))
    total = gain + loss
    with np.errstate(invalid="ignore"):
        values = np.where(total == 0.0, 50.0, 100.0 * gain / np.where(total == 0.0, 1.0, total))
    # Rounding in the recursion may leave the ratio a few units of the last place outside.
    padded = np.concatenate([np.full(min(1, len(closes)), np.nan), np.clip(values, 0.0, 100.0)])
    return pd.Series(padded, index=closes.index, name="rsi")


@checked()
def macd(
    closes: IndexHistory, fast: Period = 12, slow: Period = 26, signal: Period = 9
) -> MacdTable:
    """MACD of a series of closes: the difference of two exponential averages, and its own average.

    Each average has the weight 2 / (n + 1) and starts from the mean of its own first n values. So
    the MACD begins at place `slow` - 1 and the signal `signal` - 1 places later.

    Args:
        closes: closing levels, oldest first [points].
        fast: length of the fast average, below `slow` [values].
        slow: length of the slow average [values].
        signal: length of the average of the MACD [values].

    Returns:
        DataFrame (macd, signal, histogram) on the index of `closes`; NaN while warming up [points].

    Raises:
        ToolInputError: `fast` is not below `slow`, or a field is out of its bounds.

    Source: Appel, Technical Analysis: Power Tools (2005), chapter 8; seeded as in
    Stock.Indicators.

    >>> macd([1, 2, 4, 8, 16, 32], fast=2, slow=3, signal=2).round(4).iloc[-1].tolist()
    [4.3071, 3.4774, 0.8297]
    """
    import pandas as pd

    if fast >= slow:
        raise ToolInputError.of(
            "fast", fast, f"below slow, {slow:g}", "MACD is the fast less the slow average."
        )
    values = closes.to_numpy()
    line = exponential_average(values, int(fast)) - exponential_average(values, int(slow))
    start = min(int(slow) - 1, len(values))
    average = np.full(len(values), np.nan)
    average[start:] = exponential_average(line[start:], int(signal))
    return pd.DataFrame(
        {"macd": line, "signal": average, "histogram": line - average}, index=closes.index
    )


@checked()
def advance_decline_line(advancers: Counts, decliners: Counts) -> AdvanceDeclineLine:
    """The Advance-Decline Line: the running sum of advancing less declining issues.

    Its level means nothing (it depends on the first day); its direction against the index does.

    Args:
        advancers: issues that rose, each day, oldest first [issues].
        decliners: issues that fell, of the same length [issues].

    Returns:
        Series on the index of `advancers` [issues].

    Raises:
        ToolInputError: the lengths or dates differ, or a count is negative.

    Source: StockCharts ChartSchool, "Advance-Decline Line": previous value + net advances.

    >>> advance_decline_line([300, 200, 260], [200, 290, 240]).tolist()
    [100.0, 10.0, 30.0]
    """
    for field, counts in (("advancers", advancers), ("decliners", decliners)):
        if (counts < 0).any():
            raise ToolInputError.of(field, float(counts.min()), "counts of at least 0 [issues]")
    if not advancers.index.equals(decliners.index):
        raise ToolInputError.of(
            "decliners",
            f"{len(decliners)} values",
            f"on the same days as advancers, {len(advancers)} values",
            "Each day needs both counts.",
        )
    return (advancers - decliners).cumsum().rename("advance_decline_line")


@dataclass(frozen=True, kw_only=True, repr=False)
class Divergence(Result):
    """Two pivots of the price and of an indicator that point different ways, or none."""

    kind: DivergenceKind
    first: Any
    second: Any
    first_price: float | None
    second_price: float | None
    first_indicator: float | None
    second_indicator: float | None
    bars_since: int | None


@checked()
def macd_divergence(
    closes: IndexHistory,
    pivot_bars: Period = 5,
    lookback: Period = 60,
    recent: Period = 20,
    fast: Period = 12,
    slow: Period = 26,
    signal: Period = 9,
) -> Divergence:
    """The latest divergence between a price and its MACD line, by pivots that are stated.

    A pivot high is a close above the `pivot_bars` closes on each side (the first of equals), so
    it is known `pivot_bars` later. Bearish: of the last two pivot highs, the later has the higher
    close and the lower MACD. Bullish: of the last two pivot lows, the later has the lower close
    and the higher MACD. There is no standard definition; this is this project's own.

    Args:
        closes: closing levels, oldest first [points].
        pivot_bars: closes on each side that a pivot has to beat [values].
        lookback: the greatest distance between the two pivots [values].
        recent: how long ago the later pivot may lie, counted from the last close [values].
        fast: length of the fast average of the MACD [values].
        slow: length of the slow average of the MACD [values].
        signal: length of its signal, which this function does not read [values].

    Returns:
        `Divergence`: kind, the index labels, closes and MACD values of both pivots, bars since.

    Raises:
        ToolInputError: a field is out of its bounds.
        ToolDataError: the history is too short to warm up the MACD and hold two pivots.

    Source: this project's definition, after Murphy, Technical Analysis of the Financial Markets
    (1999), chapter 10, which defines divergence without fixing the pivots.

    >>> rising = [100 + day for day in range(60)]
    >>> macd_divergence(rising).kind
    'none'
    """
    line = macd(closes, fast=fast, slow=slow, signal=signal)["macd"]
    return divergence(closes, line, "MACD", int(pivot_bars), int(lookback), int(recent))


@dataclass(frozen=True, kw_only=True, repr=False)
class TermStructure(Pictured, Result):
    """The volatility indices by tenor, their ratios, and the shape that they make."""

    shape: Literal["contango", "backwardation", "mixed", "flat"]
    tenors_days: dict[str, int]
    levels: dict[str, float]
    ratios: dict[str, float]

    def chart(self) -> Chart:
        """The curve over its tenors, as plain Plotly JSON."""
        from tools.plots_regime import term_structure_chart

        return term_structure_chart(self)


TENORS_DAYS = {"vix9d": 9, "vix": 30, "vix3m": 93, "vix6m": 184}
"""Calendar days that each index looks ahead; VIX6M's six months are taken as 184."""


@checked()
def term_structure(
    vix: VolatilityIndex,
    vix9d: VolatilityIndex | None = None,
    vix3m: VolatilityIndex | None = None,
    vix6m: VolatilityIndex | None = None,
) -> TermStructure:
    """The shape of the volatility term structure and each index over the next longer one.

    Contango: every longer tenor is higher. Backwardation: every longer tenor is lower.

    Args:
        vix: the 30-day index [points].
        vix9d: the 9-day index [points].
        vix3m: the 93-day index [points].
        vix6m: the six-month index [points].

    Returns:
        `TermStructure`: shape, tenors in days, levels in points, ratios as decimals.

    Raises:
        ToolInputError: a field is out of its bounds, or `vix` stands alone.

    Source: Cboe's index pages for the tenors. Closes of 2018-02-05: VIX 37.32 against VIX3M 30.18.

    >>> term_structure(vix=22, vix3m=20.5).shape, term_structure(vix=22, vix3m=20.5).ratios
    ('backwardation', {'vix/vix3m': 1.073...})
    """
    given = {"vix9d": vix9d, "vix": vix, "vix3m": vix3m, "vix6m": vix6m}
    levels = {name: float(level) for name, level in given.items() if level is not None}
    if len(levels) < 2:
        raise ToolInputError.of(
            "vix3m", None, "given, or vix9d, or vix6m", "A structure needs a second tenor."
        )
    names = list(levels)
    ratios = {f"{near}/{far}": levels[near] / levels[far] for near, far in pairwise(names)}
    return TermStructure(
        shape=_shape(list(ratios.values())),
        tenors_days={name: TENORS_DAYS[name] for name in names},
        levels=levels,
        ratios=ratios,
        assumptions={"what": "spot volatility indices, which cannot be traded; futures may differ"},
    )


def divergence(
    prices: Series,
    indicator: Series,
    name: str,
    pivot_bars: int,
    lookback: int,
    recent: int,
) -> Divergence:
    """Compare the last two pivot highs, and lows, of a price with an indicator on the same days."""
    # Two pivots lie at least pivot_bars + 1 apart, with pivot_bars closes before and after them.
    needed = 3 * pivot_bars + 2
    known = int(indicator.notna().sum())
    if known < needed:
        raise ToolDataError(
            f"{known} values of the {name} are known, and {needed} are needed for two pivots: hand "
            f"over a longer history ({len(prices)} closes were given)."
        )
    close, value = prices.to_numpy(), indicator.to_numpy()
    found: list[tuple[int, int, DivergenceKind]] = []
    signs: tuple[tuple[float, DivergenceKind], ...] = ((1.0, "bearish"), (-1.0, "bullish"))
    for sign, kind in signs:
        pivots = [at for at in _pivot_highs(sign * close, pivot_bars) if np.isfinite(value[at])]
        if len(pivots) < 2:
            continue
        first, second = pivots[-2:]
        near = second - first <= lookback and len(close) - 1 - second <= recent
        parts = sign * close[second] > sign * close[first]
        if near and parts and sign * value[second] < sign * value[first]:
            found.append((second, first, kind))
    assumptions = {
        "pivot": f"a close beyond the {pivot_bars} closes on each side, known {pivot_bars} later",
        "pair": f"the last two pivots, at most {lookback} apart, the later at most {recent} ago",
        "definition": "this project's; divergence has no standard one",
    }
    if not found:
        return Divergence(
            kind="none", first=None, second=None, first_price=None, second_price=None,
            first_indicator=None, second_indicator=None, bars_since=None, assumptions=assumptions,
        )  # fmt: skip
    second, first, kind = max(found)
    return Divergence(
        kind=kind,
        first=prices.index[first],
        second=prices.index[second],
        first_price=float(close[first]),
        second_price=float(close[second]),
        first_indicator=float(value[first]),
        second_indicator=float(value[second]),
        bars_since=len(close) - 1 - second,
        assumptions=assumptions,
    )


def wilder_average(values: NDArray[np.float64], period: int) -> NDArray[np.float64]:
    """Wilder's smoothing: the mean of the first `period` values, then a weight of 1 / period."""
    return _smooth(values, period, 1.0 / period)


def exponential_average(values: NDArray[np.float64], period: int) -> NDArray[np.float64]:
    """Average of weight 2 / (period + 1), seeded with the mean of the first `period` values."""
    return _smooth(values, period, 2.0 / (period + 1.0))


def _smooth(values: NDArray[np.float64], period: int, weight: float) -> NDArray[np.float64]:
    import pandas as pd

    smoothed = np.full(len(values), np.nan)
    if len(values) >= period:
        seeded = np.concatenate(([values[:period].mean()], values[period:]))
        smoothed[period - 1 :] = pd.Series(seeded).ewm(alpha=weight, adjust=False).mean()
    return smoothed


def _pivot_highs(values: NDArray[np.float64], bars: int) -> list[int]:
    if len(values) < 2 * bars + 1:
        return []
    windows = np.lib.stride_tricks.sliding_window_view(values, 2 * bars + 1)
    centre = windows[:, bars]
    # The first of equal closes is the pivot: strictly above what precedes, at least what follows.
    before, after = windows[:, :bars].max(axis=1), windows[:, bars + 1 :].max(axis=1)
    return [int(at) + bars for at in np.flatnonzero((centre > before) & (centre >= after))]


def _shape(ratios: list[float]) -> Literal["contango", "backwardation", "mixed", "flat"]:
    if all(ratio == 1 for ratio in ratios):
        return "flat"
    if all(ratio <= 1 for ratio in ratios):
        return "contango"
    return "backwardation" if all(ratio >= 1 for ratio in ratios) else "mixed"
