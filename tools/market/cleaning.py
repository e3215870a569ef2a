"""From a column of a file to daily closes: what is dropped is listed, what is wrong is refused.

A row that is no data (a holiday, a placeholder, the same row twice) is dropped and reported. A
table that would make another result without a word (two values for one day, a column of something
else, monthly rows) is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from tools.market.errors import MarketError
from tools.trading_days import FIRST_YEAR, holidays

INDEX_BOUNDS: Final = (0.0, 300.0)
BOUNDS: Final[Mapping[str, tuple[float, float]]] = {
    "spx": (0.0, 1e6),
    **dict.fromkeys(("vix", "vix9d", "vix3m", "vix6m", "vvix", "skew"), INDEX_BOUNDS),
    **{f"vx{number}": INDEX_BOUNDS for number in range(1, 8)},
    "rate": (-0.5, 1.0),
    "dividend_yield": (-0.5, 1.0),
    "advancers": (-1.0, 1e5),
    "decliners": (-1.0, 1e5),
}
"""The columns of a history and the open lower and closed upper bound of what they may hold."""

DROPPED_COLUMNS: Final = ("date", "what", "why")

_DATE_FORMATS: Final = ("%Y-%m-%d", "%m/%d/%Y", "%d/%m/%Y", "%Y%m%d")

_MOST_UNUSABLE: Final = 0.05  # of the rows on trading days: more, and it is another column
_LEAST_PRESENT: Final = 0.8  # of the trading days from first to last: less, and it is not daily
_FEWEST: Final = 20  # trading days to judge that by
_LEAST_DECIMAL: Final = 3.0  # the VIX has never closed below 9: smaller maxima are decimals


@dataclass
class Report:
    """What was dropped and why, a line each, as it is found."""

    lines: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, date: str, what: str, why: str) -> None:
        """One line."""
        self.lines.append((date, what, why))

    def table(self) -> pd.DataFrame:
        """The lines as a table: date (empty where it is not about one day), what, why."""
        return pd.DataFrame(self.lines, columns=list(DROPPED_COLUMNS), dtype=object)


def daily_column(
    dates: pd.Series[Any] | pd.Index[Any],
    values: pd.Series[Any],
    name: str,
    origin: str,
    report: Report,
    *,
    scale: float = 1.0,
    trades: bool = True,
) -> pd.Series[Any]:
    """Clean one column into a Series of daily values in the order of their dates.

    Args:
        dates: The date of each row, as text or as dates.
        values: The column, of text or numbers.
        name: Which quantity it holds, a key of `BOUNDS`.
        origin: The file or address, for reports.
        report: Where what was dropped is added.
        scale: What the values are multiplied with, such as 0.01 for per cent.
        trades: Whether it is quoted on trading days only; interest rates are not.

    Raises:
        MarketError: The column holds something else, or two values for one day.
    """
    what = f"{name} of {origin}"
    moments = _moments(dates)
    raw = pd.Series(np.asarray(values))
    numbers = pd.to_numeric(raw, errors="coerce").to_numpy(dtype=float) * scale
    empty = raw.isna().to_numpy() | (raw.astype(str).str.strip() == "").to_numpy()
    column = pd.Series(numbers, index=moments.normalize(), name=name)
    texts = raw.astype(str).to_numpy()

    dated = ~np.asarray(moments.isna())
    unread = pd.Series(dates).astype(str).to_numpy()[~dated]
    if len(unread) > max(1, _MOST_UNUSABLE * len(dated)) or not dated.any():
        raise MarketError(
            f"{origin}: no date can be read from {len(unread)} of {len(dated)} rows, such as "
            f"{unread[0]!r}. Write dates as 2018-12-31 or 12/31/2018."
            if len(unread)
            else f"{origin} has no rows."
        )
    for text in unread:
        report.add("", what, f"no date can be read from {text!r}")
    column, texts, empty = column[dated], texts[dated], empty[dated]

    if trades:
        shut = closed_days(pd.DatetimeIndex(column.index))
        for day in column.index[shut & ~empty]:
            report.add(_iso(day), what, "the exchange was closed that day")
        column, texts, empty = column[~shut], texts[~shut], empty[~shut]

    column, texts = column[~empty], texts[~empty]  # no value was given: nothing is dropped
    if column.empty:
        raise MarketError(f"{origin} holds no value of {name}.")
    low, high = BOUNDS[name]
    usable = np.isfinite(column.to_numpy()) & (column.to_numpy() > low)
    usable &= column.to_numpy() <= high
    _refuse_wrong_column(column, usable, texts, what, low, high)
    for day, text in zip(column.index[~usable], texts[~usable], strict=True):
        report.add(_iso(day), what, f"{text!r} is not above {low:g} and at most {high:g}")
    column = column[usable]
    if high == INDEX_BOUNDS[1] and column.max() < _LEAST_DECIMAL:
        raise MarketError(
            f"{what}: the largest value is {column.max():g}; give points, such as 16.5, not "
            "decimals."
        )
    return _in_order(column, what, report)


def missing_days(days: pd.DatetimeIndex, what: str, report: Report) -> None:
    """Report the trading days between the first and the last, from 1990 on, that have no row.

    Raises:
        MarketError: So many are missing that these are no daily data.
    """
    known = days[days.year >= FIRST_YEAR]  # which days were holidays before is not known here
    if not len(known):
        return
    first, last = (day.to_numpy().astype("datetime64[D]") for day in (known[0], known[-1]))
    expected = np.arange(first, last + 1)
    expected = expected[np.is_busday(expected, holidays=_closures(days))]
    absent = np.setdiff1d(expected, days.to_numpy().astype("datetime64[D]"))
    if len(expected) >= _FEWEST and len(absent) > (1 - _LEAST_PRESENT) * len(expected):
        raise MarketError(
            f"{what} has {len(known)} of the {len(expected)} trading days from {first} to {last}: "
            "daily closes are needed."
        )
    for day in absent:
        report.add(str(day), what, "missing, though the exchange was open")


def closed_days(days: pd.DatetimeIndex) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which days the exchange was closed on; before 1990 only weekends are known."""
    closed = np.isin(days.to_numpy().astype("datetime64[D]"), _closures(days))
    return np.asarray(closed | (days.day_of_week >= 5))


def _moments(dates: pd.Series[Any] | pd.Index[Any]) -> pd.DatetimeIndex:
    """The dates in the one format that reads most of them: a column has one way of writing."""
    column = pd.Series(dates)
    if not pd.api.types.is_datetime64_any_dtype(column.dtype):
        # Of a time with or without a zone only its own date counts: 2018-12-31T16:00:00-05:00.
        texts = (
            column.astype(str)
            .str.strip()
            .str.replace(r"^(\d{4}-\d\d-\d\d)[T ].*", r"\1", regex=True)
        )
        read = [pd.to_datetime(texts, format=way, errors="coerce") for way in _DATE_FORMATS]
        column = max(read, key=lambda moments: int(moments.notna().sum()))
    index = pd.DatetimeIndex(column)
    return index if index.tz is None else index.tz_localize(None)


def _refuse_wrong_column(
    column: pd.Series[Any], usable: Any, texts: Any, what: str, low: float, high: float
) -> None:
    bad = int((~usable).sum())
    if bad > max(1, _MOST_UNUSABLE * len(usable)):
        place = int(np.argmax(~usable))
        raise MarketError(
            f"{what}: {bad} of {len(usable)} values are not above {low:g} and at most {high:g}, "
            f"such as {texts[place]!r} on {_iso(column.index[place])}. Is it the right column?"
        )


def _in_order(column: pd.Series[Any], what: str, report: Report) -> pd.Series[Any]:
    if not column.index.is_monotonic_increasing:
        order = "newest first" if column.index.is_monotonic_decreasing else "not in order"
        report.add("", what, f"the rows were {order}; they were sorted by date, none was dropped")
        column = column.sort_index(kind="stable")
    again = column.index.duplicated(keep="first")
    if again.any():
        kept = column[~again].loc[column.index[again]].to_numpy()
        differ = kept != column[again].to_numpy()
        if differ.any():
            day = _iso(column.index[again][int(np.argmax(differ))])
            raise MarketError(f"{what} has two different values on {day}: keep the right one.")
        for day in column.index[again]:
            report.add(_iso(day), what, "the same row stands there twice")
        column = column[~again]
    return column


def _closures(days: pd.DatetimeIndex) -> Any:
    if not len(days):
        return np.array([], dtype="datetime64[D]")
    years = range(max(int(days.year.min()), FIRST_YEAR), int(days.year.max()) + 1)
    return np.array(sorted(day for year in years for day in holidays(year)), "datetime64[D]")


def _iso(day: Any) -> str:
    return f"{day:%Y-%m-%d}"
