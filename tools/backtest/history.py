"""The history of a backtest, cleaned: what is used, and what was dropped and why.

Nothing here looks ahead: a value that is missing on a day is carried from an earlier day, never
from a later one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd

from tools.errors import ToolDataError, ToolInputError
from tools.quantities import FloatArray
from tools.trading_days import FIRST_YEAR, holidays

FUTURES: Final = tuple(f"vx{number}" for number in range(1, 8))
_INDEX = (0.0, 300.0, "index points above 0 and at most 300, such as 16.5")
_RATE = (-0.5, 1.0, "a decimal, such as 0.045")
BOUNDS: Final[dict[str, tuple[float, float, str]]] = {
    "spx": (0.0, 1e9, "index points above 0"),
    "vix": _INDEX, "iv": (0.0, 8.0, "a decimal above 0 and at most 8, such as 0.16"),
    "vix9d": _INDEX, "vix3m": _INDEX, "vix6m": _INDEX, "vvix": _INDEX,
    "skew": (50.0, 300.0, "the SKEW index, in points such as 121.6"),
    "rate": _RATE, "dividend_yield": _RATE, **dict.fromkeys(FUTURES, _INDEX),
}  # fmt: skip
_LEAST_INDEX: Final = 150.0  # the S&P 500 has closed above 290 on every day since 1990
_LARGEST_STEP: Final = 3.0  # a close three times the one before is a slip of the decimal point
_LEAST_PRESENT: Final = 0.8  # of the exchange days between first and last: else it is not daily


@dataclass(frozen=True)
class CleanHistory:
    """Arrays of one length, a row a day; `quoted` is False where volatility was carried over."""

    dates: pd.DatetimeIndex
    day: Any
    quoted: Any
    columns: dict[str, FloatArray]
    is_vix: bool
    closed: Any
    dropped: pd.DataFrame

    @property
    def spx(self) -> FloatArray:
        """Closes of the index [points]."""
        return self.columns["spx"]

    @property
    def volatility(self) -> FloatArray:
        """The given volatility: the VIX as a decimal, or `iv`."""
        return self.columns["vix"] / 100.0 if self.is_vix else self.columns["iv"]

    @cached_property
    def _passed(self) -> Any:
        """For each calendar day from the first: exchange days up to and with it."""
        first, last = self.day[0], self.day[-1] + 400
        days = np.arange(first, last + 1)
        return np.cumsum(np.is_busday(days, holidays=self.closed))

    def trading_days(self, row: Any, expiration: Any) -> FloatArray:
        """Exchange days after the close of a row, up to and with the day of expiration."""
        ends = np.minimum((expiration - self.day[0]).astype(int), len(self._passed) - 1)
        begins = (self.day[row] - self.day[0]).astype(int)
        return np.asarray(self._passed[ends] - self._passed[begins], dtype=float)

    def optional(self, name: str) -> FloatArray | None:
        """A column that need not be there; NaN before its first value."""
        return self.columns.get(name)


def clean_history(history: object, start: object, end: object) -> CleanHistory:
    """Check and clean the table; faults that would change a result silently are errors."""
    if not isinstance(history, pd.DataFrame) or history.empty:
        raise ToolInputError.of("history", type(history).__name__, "a DataFrame with rows")
    if not isinstance(history.index, pd.DatetimeIndex) or history.index.tz is not None:
        raise ToolInputError.of(
            "history.index", str(history.index.dtype), "a DatetimeIndex of days without time zone",
            "Read the file with index_col=0, parse_dates=True.",
        )  # fmt: skip
    if not history.columns.is_unique:
        raise ToolInputError.of("history.columns", list(history.columns), "named once each")
    notes: list[tuple[str, str, str]] = []
    table = _columns(history, notes)
    table = _rows(table, notes)
    table = _between(table, start, end)
    return _finished(table, notes)


def _columns(history: pd.DataFrame, notes: list[tuple[str, str, str]]) -> pd.DataFrame:
    known = ", ".join(BOUNDS)
    if "spx" not in history:
        raise ToolInputError.of("history.spx", list(history.columns), "a column of daily closes")
    if "vix" not in history and "iv" not in history:
        raise ToolInputError.of(
            "history.vix", list(history.columns), "a column of closes (or `iv`, a decimal)"
        )
    if "vix" in history and "iv" in history:
        raise ToolInputError.of("history.iv", "iv and vix", "left out beside vix")
    for name in history.columns:
        if name not in BOUNDS:
            notes.append(("", f"column {name}", f"not one of {known}"))
    table = history[[name for name in BOUNDS if name in history]]
    for name in table.columns:
        column = table[name]
        if column.dtype.kind not in "iuf":
            raise ToolInputError.of(f"history.{name}", str(column.dtype), "a column of numbers")
        numbers = column.to_numpy(dtype=float)
        low, high, allowed = BOUNDS[name]
        above = numbers >= low if name in ("rate", "dividend_yield") else numbers > low
        bad = ~np.isnan(numbers) & ~(above & (numbers <= high))
        if bad.any():
            row = int(np.argmax(bad))
            raise ToolInputError.of(
                f"history.{name}", float(numbers[row]), f"{allowed} on {table.index[row]:%Y-%m-%d}"
            )
    if "vix" in table and float(table["vix"].max()) < 3.0:
        raise ToolInputError.of(
            "history.vix", float(table["vix"].max()), "in points; decimals go into a column `iv`"
        )
    if "vix" in table and float(table["spx"].max()) < _LEAST_INDEX:
        raise ToolInputError.of(
            "history.spx", float(table["spx"].max()),
            f"at least {_LEAST_INDEX:g} on some day since there is a VIX",
            "These look like closes of a volatility index: are the columns swapped?",
        )  # fmt: skip
    return table.astype(float)


def _rows(table: pd.DataFrame, notes: list[tuple[str, str, str]]) -> pd.DataFrame:
    def drop(rows: Any, what: str, why: str) -> None:
        for day in table.index[rows]:
            notes.append((_iso(day), what, why))

    unreadable = np.asarray(table.index.isna())
    drop(unreadable, "row", "no date")
    table = table[~unreadable]
    table.index = pd.DatetimeIndex(table.index).normalize()
    if not table.index.is_monotonic_increasing:
        notes.append(("", "order", "rows were not by rising date; they were sorted"))
        table = table.sort_index(kind="stable")
    again = table.index.duplicated(keep="first")
    if again.any():
        first = table[~again].loc[table.index[again]]
        same = (first.to_numpy() == table[again].to_numpy()) | (
            first.isna().to_numpy() & table[again].isna().to_numpy()
        )
        if not same.all():
            row, column = (int(place[0]) for place in np.nonzero(~same))
            name, day = table.columns[column], table.index[again][row]
            raise ToolDataError(
                f"history.{name} has two different values on {day:%Y-%m-%d}: keep the right one."
            )
        drop(again, "row", "the same row stands there twice")
        table = table[~again]
    no_close = table["spx"].isna().to_numpy()
    drop(no_close, "row", "no close of spx that day")
    table = table[~no_close]
    days = pd.DatetimeIndex(table.index)
    steps = np.abs(np.diff(np.log(table["spx"].to_numpy(dtype=float))))
    if len(steps) and steps.max() > np.log(_LARGEST_STEP):
        row = int(np.argmax(steps)) + 1
        raise ToolDataError(
            f"history.spx goes from {table['spx'].iloc[row - 1]:g} to {table['spx'].iloc[row]:g} "
            f"on {days[row]:%Y-%m-%d}: no index moves so far in a day. Correct that close."
        )
    closed = np.isin(days.to_numpy().astype("datetime64[D]"), _closures(days)) | np.asarray(
        days.day_of_week >= 5
    )
    drop(closed, "row", "the exchange was closed that day")
    return table[~closed]


def _between(table: pd.DataFrame, start: object, end: object) -> pd.DataFrame:
    low, high = (_moment(name, value) for name, value in (("start", start), ("end", end)))
    if low is not None and high is not None and low >= high:
        raise ToolInputError.of("start", str(start), f"before end, {end}")
    # Values before `start` are left out: a run does not depend on what it was not asked about.
    return table.loc[low:high]


def _finished(table: pd.DataFrame, notes: list[tuple[str, str, str]]) -> CleanHistory:
    name = "vix" if "vix" in table else "iv"
    leading = table[name].isna().cummin().to_numpy() if len(table) else np.zeros(0, dtype=bool)
    early = table.index[leading]
    if len(early):
        # One line: thirty years without a VIX are one fact, not eight thousand.
        notes.append((_iso(early[0]), "rows", f"no {name} yet: {len(early)} days up to "
                      f"{_iso(early[-1])} are not used"))  # fmt: skip
    table = table[~leading]
    if len(table) < 2:
        raise ToolDataError(
            f"history has {len(table)} usable days of spx and {name}; at least 2 are needed."
        )
    first, last = table.index[0], table.index[-1]
    closures = _closures(pd.DatetimeIndex([first, last + pd.Timedelta(days=400)]))
    expected = np.arange(first.to_numpy().astype("datetime64[D]"),
                         last.to_numpy().astype("datetime64[D]") + 1)  # fmt: skip
    expected = expected[np.is_busday(expected, holidays=closures)]
    absent = np.setdiff1d(expected, table.index.to_numpy().astype("datetime64[D]"))
    if len(absent) > (1 - _LEAST_PRESENT) * len(expected):
        raise ToolDataError(
            f"history has {len(table)} of the {len(expected)} exchange days from {first:%Y-%m-%d} "
            f"to {last:%Y-%m-%d}: a backtest needs daily closes."
        )
    notes += [(str(day), "day", "missing from the history, though the exchange was open")
              for day in absent]  # fmt: skip
    quoted = table[name].notna().to_numpy()
    notes += [(_iso(day), name, "missing: carried over from the day before, and no entry that day")
              for day in table.index[~quoted]]  # fmt: skip
    table = table.ffill()
    dropped = pd.DataFrame(notes, columns=["date", "what", "why"])
    return CleanHistory(
        dates=pd.DatetimeIndex(table.index),
        day=table.index.to_numpy().astype("datetime64[D]"),
        quoted=quoted,
        columns={column: table[column].to_numpy(dtype=float) for column in table.columns},
        is_vix=name == "vix",
        closed=closures,
        dropped=dropped,
    )


def _closures(index: pd.DatetimeIndex) -> Any:
    """Holidays of the exchange over the years of the index; before 1990 none is known."""
    if not len(index):
        return np.array([], dtype="datetime64[D]")
    years = range(max(int(index.year.min()), FIRST_YEAR), int(index.year.max()) + 1)
    days = [day for year in years for day in holidays(year)]
    return np.array(sorted(days), dtype="datetime64[D]")


def _moment(field: str, value: object) -> pd.Timestamp | None:
    if value is None:
        return None
    try:
        moment = pd.Timestamp(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        moment = pd.NaT  # type: ignore[assignment]
    if isinstance(value, bool | int | float) or pd.isna(moment) or moment.tzinfo is not None:
        raise ToolInputError.of(field, value, "a date such as 2008-09-15")
    return moment.normalize()


def _iso(day: Any) -> str:
    return "" if pd.isna(day) else f"{day:%Y-%m-%d}"
