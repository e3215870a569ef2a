"""The source `csv`: a folder of daily files as they are downloaded.

A file is recognised by its columns and, where it has only a close, by its name: spx_daily.csv,
^GSPC.csv, VIX_History.csv of Cboe, VIXCLS.csv of FRED, a table of several indices. What is not
recognised is listed in `dropped`, never guessed.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from tools.errors import ToolInputError
from tools.market.cleaning import BOUNDS, Report, daily_column, missing_days
from tools.market.errors import MarketError
from tools.market.history import MarketHistory
from tools.market.snapshot import Snapshot
from tools.market.source import Clock, Market, closing_snapshot, utc_now

_LARGEST_FILE: Final = 64 * 1024 * 1024
_DATES: Final = ("date", "observation_date", "day", "timestamp")
_CLOSES: Final = ("close", "last", "closing")
_EMPTY: Final = ["", ".", "-", "nan", "NaN", "NA", "N/A", "null", "None"]
_SYNONYMS: Final = {
    "spx": "spx", "gspc": "spx", "sp500": "spx", "spx500": "spx", "inx": "spx",
    "vix": "vix", "vixcls": "vix", "vix9d": "vix9d", "vix3m": "vix3m", "vxv": "vix3m",
    "vxvcls": "vix3m", "vix6m": "vix6m", "vxmt": "vix6m", "vvix": "vvix",
    "skew": "skew",
    **{f"{root}{number}": f"vx{number}" for root in ("m", "vx") for number in range(1, 8)},
    "rate": "rate", "dtb3": "rate", "dff": "rate", "dividend_yield": "dividend_yield",
    "advancers": "advancers", "nyse_advancers": "advancers",
    "decliners": "decliners", "nyse_decliners": "decliners",
}  # fmt: skip
_RATE_CARRIED_DAYS: Final = 5  # trading days: a bond holiday, not a series that has ended


class FolderMarket(Market):
    """Daily closes out of a folder of CSV files, plain or gzipped."""

    name = "csv"
    positional = "folder"

    def __init__(self, folder: str | Path, clock: Clock = utc_now) -> None:
        """Take the folder; its files are read when data are first asked for."""
        super().__init__(clock)
        self._folder = Path(folder).expanduser()
        if not self._folder.is_dir():
            raise ToolInputError.of("market.folder", str(folder), "a folder of CSV files")
        self._read: tuple[object, MarketHistory] | None = None

    def history(
        self, start: dt.date | str | None = None, end: dt.date | str | None = None
    ) -> MarketHistory:
        """All that the folder's files hold, joined by day."""
        return self._whole().between(start, end)

    def snapshot(self, as_of: dt.date | dt.datetime | str | None = None) -> Snapshot:
        """The last day on which the folder has both the S&P 500 and the VIX."""
        return closing_snapshot(self._whole(), self._clock(), as_of)

    def _whole(self) -> MarketHistory:
        # A watch runs for weeks: what was read holds until a file is added or changed.
        files = [(path.name, path.stat()) for path in sorted(self._folder.iterdir())]
        state = [(name, found.st_mtime_ns, found.st_size) for name, found in files]
        if self._read is None or self._read[0] != state:
            self._read = (state, read_folder(self._folder))
        return self._read[1]


def read_folder(folder: Path) -> MarketHistory:
    """Read every file of a folder into one history.

    Raises:
        MarketError: There is no S&P 500 among them, or a file holds something impossible.
    """
    report = Report()
    found: dict[str, list[_Column]] = {}
    files = sorted(path for path in folder.iterdir() if path.name.endswith((".csv", ".csv.gz")))
    for path in files:
        for column in _columns(path, report):
            found.setdefault(column.name, []).append(column)
    if "spx" not in found:
        raise MarketError(
            f"The folder '{folder.name}' has no S&P 500: a file such as spx_daily.csv with the "
            f"columns date and close, or a column spx. It has {len(files)} CSV files."
        )
    series = {name: _one(columns, report) for name, columns in found.items()}
    traded = {name: values for name, values in series.items() if name != "rate"}
    frame = pd.concat(traded, axis=1, sort=True)
    for day in frame.index[frame["spx"].isna()]:
        report.add(f"{day:%Y-%m-%d}", "row", "no close of the S&P 500 that day")
    frame = frame[frame["spx"].notna()]
    if "rate" in series:
        days = series["rate"].index.union(frame.index)
        carried = series["rate"].reindex(days).ffill(limit=_RATE_CARRIED_DAYS)
        frame = frame.assign(rate=carried.reindex(frame.index))
    order = [name for name in BOUNDS if name in frame]
    frame = frame[order]
    frame.index = pd.DatetimeIndex(frame.index.to_numpy(), name="date")
    return MarketHistory(frame, f"the CSV files of the folder '{folder.name}'", report.table())


@dataclass(frozen=True)
class _Column:
    name: str
    file: str
    heading: str
    rank: int  # the lower one is preferred where two files hold the same
    values: pd.Series[Any]


def _columns(path: Path, report: Report) -> Iterator[_Column]:
    if path.stat().st_size > _LARGEST_FILE:
        report.add("", path.name, "larger than 64 MB: not read")
        return
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, skipinitialspace=True)
    except (ValueError, OSError, EOFError) as error:
        raise MarketError(f"{path.name} cannot be read as a CSV file: {error}") from error
    headings = {str(name).strip().lower(): name for name in table.columns}
    dates = next((headings[name] for name in _DATES if name in headings), None)
    wanted = [] if dates is None else list(_wanted(path, headings))
    if dates is None or not wanted or table.empty:
        why = "no rows" if table.empty else "no column that this source knows"
        report.add("", path.name, "no column of dates" if dates is None else why)
        return
    for name, heading, rank in wanted:
        column = table[headings[heading]].str.strip()
        values = daily_column(
            table[dates], column.where(~column.isin(_EMPTY), ""), name, path.name, report,
            scale=0.01 if heading in ("dtb3", "dff") else 1.0, trades=name != "rate",
        )  # fmt: skip
        if name != "rate":
            missing_days(pd.DatetimeIndex(values.index), f"{name} of {path.name}", report)
        yield _Column(name, path.name, heading, rank, _converted(values, heading))


def _wanted(path: Path, headings: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    """Which quantity stands under which heading: the file of its own name before a joint table."""
    stem = re.split(r"[._\-\s]", path.name.lower().lstrip("^"))[0]
    close = next((name for name in _CLOSES if name in headings), None)
    if close is not None and stem in _SYNONYMS:
        yield _SYNONYMS[stem], close, 0
        return
    for heading in headings:
        if heading in _SYNONYMS:
            yield _SYNONYMS[heading], heading, 2 if heading == "dff" else 1


def _converted(values: pd.Series[Any], heading: str) -> pd.Series[Any]:
    """A rate as its series quotes it, turned into a continuously compounded one."""
    if heading == "dtb3":  # a discount on a bill of 91 days, year of 360 days
        return values.map(lambda discount: -math.log(1 - discount * 91 / 360) * 365 / 91)
    if heading == "dff":  # an overnight rate, year of 360 days
        return values.map(lambda overnight: 365 * math.log1p(overnight / 360))
    return values


def _one(columns: list[_Column], report: Report) -> pd.Series[Any]:
    """The preferred of several files; where another differs, or goes on alone, is reported."""
    first, *others = sorted(columns, key=lambda column: (column.rank, column.file))
    values = first.values
    for other in others:
        if first.name == "rate":
            early = other.values[other.values.index < values.index[0]]
            if len(early):
                report.add(
                    "", f"rate of {other.file}",
                    f"used before {values.index[0]:%Y-%m-%d}, where {first.file} begins",
                )  # fmt: skip
                values = pd.concat([early, values])
            continue
        both = values.index.intersection(other.values.index)
        unlike = both[(values[both] - other.values[both]).abs().to_numpy() > 0.005]
        for day in unlike:
            report.add(
                f"{day:%Y-%m-%d}", f"{other.name} of {other.file}",
                f"{other.values[day]:g}, but {values[day]:g} in {first.file}, which is used",
            )  # fmt: skip
        alone = other.values.index.difference(values.index)
        if len(alone):
            report.add(
                "", f"{other.name} of {other.file}",
                f"{len(alone)} days that {first.file} does not have are not used",
            )  # fmt: skip
    return values
