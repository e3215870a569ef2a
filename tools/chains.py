"""`read_chain`: a file of option quotes as one table, whichever of the usual shapes it has.

Read are Cboe's quote-data download as it comes (three lines of heading, calls and puts side by
side), a tidy CSV with calls and puts side by side, and a tidy CSV with a row a quote; plain or
gzipped. The roots stay apart: SPX settles to the opening of its expiration day, SPXW to the close.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import re
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from tools.chain_checks import refuse_impossible, repeated
from tools.errors import ToolDataError, ToolInputError
from tools.quantities import Table

NEW_YORK: Final = ZoneInfo("America/New_York")
AM_ROOTS: Final = ("SPX", "VIX", "VIXW", "RUT", "NDX", "DJX")
"""Roots that settle to the opening of their expiration day; SPXW and the rest to its close."""

OPENING: Final = dt.time(9, 30)
CLOSE: Final = dt.time(16, 0)

_LARGEST_FILE = 256 * 1024 * 1024  # a whole SPX chain is 1.5 MB
_SIDES: Final = ("bid", "ask", "iv", "delta", "gamma", "volume", "open_interest", "last", "symbol")
_COLUMNS: Final = (
    "expiration",
    "root",
    "settlement",
    "strike",
    "kind",
    "bid",
    "ask",
    "iv",
    "delta",
    "gamma",
    "volume",
    "open_interest",
    "last",
    "symbol",
)
_NAMES: Final = {
    "expirationdate": "expiration",
    "expiry": "expiration",
    "right": "kind",
    "type": "kind",
    "optiontype": "kind",
    "callput": "kind",
    "impliedvolatility": "iv",
    "oi": "open_interest",
    "openinterest": "open_interest",
    "lastsale": "last",
    "close": "last",
    "underlyinglast": "spot",
    "underlyingprice": "spot",
    "underlying": "spot",
    "snapshottime": "time",
    "quotedate": "time",
    "date": "time",
    "calls": "c_symbol",
    "puts": "p_symbol",
}
_OCC_SYMBOL: Final = re.compile(r"^([A-Z]+)\d{6}[CP]\d{8}$")

Chain = Annotated[
    pd.DataFrame,
    Table(
        "Quotes of one snapshot",
        {
            "expiration": "Date",
            "root": "SPX or SPXW",
            "settlement": "AM or PM",
            "strike": "Strike [points]",
            "kind": "call or put",
            "bid": "Bid [points]",
            "ask": "Ask [points]",
            "iv": "Volatility that the source gives [decimal]",
            "delta": "Delta that the source gives",
            "open_interest": "Open contracts",
        },
    ),
]


def read_chain(
    path: str | PathLike[str],
    *,
    spot: float | None = None,
    time: dt.datetime | str | None = None,
) -> Chain:
    """Read a file of option quotes: Cboe's quote-data download as it comes, or a tidy CSV.

    Args:
        path: The file, .csv or .csv.gz.
        spot: Index level [points], where the file does not say it.
        time: When the quotes were taken, New York time, where the file does not say it.

    Returns:
        A DataFrame with a row a quote: expiration (date), root, settlement ('AM', 'PM', or ''
        where the file has no root), strike [points], kind ('call' or 'put'), bid and ask [points],
        iv [decimal] and delta as the source has them (NaN for none), gamma, volume, open_interest,
        last, symbol. Its `attrs` hold spot [points, or None], time (with its zone, or None),
        source, and dropped: how many quotes were left out and why: 'no bid', 'no ask', 'crossed',
        'expired', 'repeated' (the same row again), 'unreadable' (a cell that is no number or date,
        or a line with more cells than there are columns).

    Raises:
        ToolInputError: There is no such file, or spot or time cannot be used.
        ToolDataError: The file is not a chain of quotes, or cannot be one as it is: two quotes for
            one option, bid and ask the other way round, volatility in per cent, an index level
            far from the strikes. The message says what.

    Source: Cboe, "Quote Table Download" (delayed quotes, CSV); settlement after Cboe's SPX and SPXW
    contract specifications.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = pathlib.Path(folder.name, "chain.csv")
    >>> _ = file.write_text('''expiration,root,strike,kind,bid,ask,iv,delta,open_interest
    ... 2024-06-21,SPXW,5300,put,31.2,31.8,0.121,-0.30,812
    ... 2024-06-21,SPXW,2000,put,0,0.05,0.9,-0.0001,12
    ... ''')
    >>> chain = read_chain(file, spot=5400, time="2024-05-22 16:15")
    >>> chain[["strike", "kind", "bid", "ask"]].values.tolist(), chain.attrs["dropped"]
    ([[5300.0, 'put', 31.2, 31.8]], {'no bid': 1})
    >>> folder.cleanup()
    """
    file = _existing(path)
    rows = _rows(file)
    heading, table = _table(rows, file)
    table.columns = pd.Index(_names([str(name) for name in table.columns]))
    quotes = _tidy(table, file.name)
    taken = _time(time) if time is not None else _time_of(heading, table)
    level = _spot(spot) if spot is not None else _spot_of(heading, table)
    return _checked(quotes, file.name, level, taken)


def tidy_chain(quotes: pd.DataFrame, source: str, spot: float, time: dt.datetime) -> Chain:
    """The same table as `read_chain` gives, from rows that a source has fetched.

    Args:
        quotes: A row a quote: expiration, root, strike, kind, bid, ask, and what else is known.
        source: Where it comes from, for messages and `attrs`.
        spot: Index level [points].
        time: When the quotes were taken, with its zone.

    Raises:
        ToolDataError: As for `read_chain`.
    """
    return _checked(_tidy(quotes, source), source, spot, time)


def _checked(
    quotes: pd.DataFrame, name: str, spot: float | None, taken: dt.datetime | None
) -> pd.DataFrame:
    refuse_impossible(quotes, spot, name)
    quotes, dropped = _alive(quotes, taken, name)
    if quotes.empty:
        raise ToolDataError(f"{name} holds no live quote; left out: {_counts(dropped)}.")
    quotes.attrs = {"spot": spot, "time": taken, "source": name, "dropped": dropped}
    return quotes


def settlement_time(expiration: dt.date, settlement: str) -> dt.datetime:
    """The moment at which an option of that expiration and settlement ('AM' or 'PM') is settled."""
    return dt.datetime.combine(expiration, OPENING if settlement == "AM" else CLOSE, NEW_YORK)


def _existing(path: str | PathLike[str]) -> Path:
    try:
        file = Path(path)
    except TypeError:
        raise ToolInputError.of("path", path, "the path of a file") from None
    if "\0" in str(file) or not file.is_file():
        raise ToolInputError.of("path", str(file), "the path of a file that exists")
    if file.stat().st_size > _LARGEST_FILE:
        raise ToolInputError.of("path", str(file), "a file of at most 256 MB")
    return file


def _rows(file: Path) -> list[list[str]]:
    raw = file.read_bytes()
    try:
        if raw[:2] == b"\x1f\x8b":
            with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
                raw = packed.read(_LARGEST_FILE)
        text = raw.decode("utf-8-sig")
        return [row for row in csv.reader(io.StringIO(text, newline="")) if any(row)]
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise ToolDataError(f"{file.name} cannot be read as a CSV file: {error}.") from error


def _table(rows: list[list[str]], file: Path) -> tuple[list[list[str]], pd.DataFrame]:
    """The lines above the column names, and the table below them."""
    for place, row in enumerate(rows[:20]):
        names = [_plain(cell) for cell in row]
        if "strike" in names and any(name.startswith("expir") for name in names):
            width = len(row)
            body = [_fitted(line, width) for line in rows[place + 1 :]]
            return rows[:place], pd.DataFrame(body, columns=row)
    raise ToolDataError(
        f"{file.name} is no chain of quotes: no line names the columns 'expiration' and 'strike'."
    )


def _fitted(line: list[str], width: int) -> list[str]:
    """The line at the table's width; one with a cell too many is shifted, so none of it is used."""
    if any(cell.strip() for cell in line[width:]):
        return ["?"] * width
    return (line + [""] * width)[:width]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _names(columns: list[str]) -> list[str]:
    """One name for each column; calls carry c_ and puts p_ where they stand side by side."""
    sided = "Calls" in columns and "Puts" in columns  # Cboe's download names both sides alike
    names, side = [], ""
    for column in columns:
        plain = _plain(column)
        if sided and column in ("Calls", "Puts"):
            side = "c_" if column == "Calls" else "p_"
        match = re.match(r"^(c|p|call|put)[ _](.+)$", column.strip().lower())
        if match:
            plain, prefix = _plain(match[2]), match[1][0] + "_"
        else:
            prefix = side
        name = _NAMES.get(plain, plain)
        names.append(prefix + name if name in _SIDES else name)
    return names


def _tidy(table: pd.DataFrame, name_of_source: str) -> pd.DataFrame:
    sided = {"c_bid", "c_ask", "p_bid", "p_ask"} <= set(table.columns)
    if sided:
        parts = [_side(table, "c_", "call"), _side(table, "p_", "put")]
        quotes = pd.concat(parts, ignore_index=True)
    else:
        missing = [name for name in ("kind", "bid", "ask") if name not in table.columns]
        if missing:
            raise ToolDataError(f"{name_of_source} lacks the columns {', '.join(missing)}.")
        quotes = table.loc[:, ~table.columns.duplicated()].copy()
        first = quotes["kind"].astype(str).str.strip().str.lower().str[:1]
        quotes["kind"] = first.map({"c": "call", "p": "put"})
    for name in ("strike", "bid", "ask", "iv", "delta", "gamma", "volume", "open_interest", "last"):
        column = quotes.get(name)
        numbers = np.nan if column is None else pd.to_numeric(column, errors="coerce")
        quotes[name] = numbers
        quotes[name] = quotes[name].astype(float)
    quotes["expiration"] = _dates(quotes["expiration"])
    symbol = quotes["symbol"] if "symbol" in quotes else pd.Series("", index=quotes.index)
    quotes["symbol"] = symbol.astype(str)
    if "root" not in quotes:
        quotes["root"] = quotes["symbol"].str.extract(_OCC_SYMBOL, expand=False).fillna("")
    settlement = np.where(quotes["root"].isin(AM_ROOTS), "AM", "PM")
    quotes["settlement"] = np.where(quotes["root"] == "", "", settlement)
    # Sources write 0 for "no volatility".
    nothing = ~(quotes["iv"] > 0)
    quotes.loc[nothing, ["iv", "delta", "gamma"]] = np.nan
    return quotes[list(_COLUMNS)]


def _side(table: pd.DataFrame, prefix: str, kind: str) -> pd.DataFrame:
    shared = [name for name in ("expiration", "strike", "root") if name in table.columns]
    own = {prefix + name: name for name in _SIDES if prefix + name in table.columns}
    return table[[*shared, *own]].rename(columns=own).assign(kind=kind)


def _dates(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Dates, each distinct text read once: a chain repeats few expirations ten thousand times."""
    known = {text: _date(text) for text in texts.unique()}
    return texts.map(known)


def _date(text: str) -> dt.date | None:
    for pattern in ("%Y-%m-%d", "%a %b %d %Y", "%Y%m%d", "%m/%d/%Y"):
        try:
            return dt.datetime.strptime(str(text).strip(), pattern).date()
        except ValueError:
            continue
    return None


def _alive(
    quotes: pd.DataFrame, taken: dt.datetime | None, name: str
) -> tuple[pd.DataFrame, dict[str, int]]:
    """The quotes that somebody stands behind, and how many were left out for which reason."""
    numbers = quotes[["strike", "bid", "ask"]].to_numpy()
    unreadable = (
        quotes[["expiration", "kind"]].isna().any(axis=1)
        | ~(quotes["strike"] > 0)
        | pd.Series(~np.isfinite(numbers).all(axis=1), index=quotes.index)
    )
    reasons = [("unreadable", unreadable)]
    if taken is not None:
        ends = {
            pair: settlement_time(*pair) <= taken
            for pair in set(zip(quotes["expiration"], quotes["settlement"], strict=True))
            if isinstance(pair[0], dt.date)
        }
        pairs = zip(quotes["expiration"], quotes["settlement"], strict=True)
        over = pd.Series([ends.get(pair, False) for pair in pairs], index=quotes.index)
        reasons.append(("expired", over))
    reasons += [
        ("no ask", ~(quotes["ask"] > 0)),
        ("no bid", ~(quotes["bid"] > 0)),
        ("crossed", quotes["bid"] > quotes["ask"]),
    ]
    sound = quotes[~np.logical_or.reduce([where.to_numpy() for _, where in reasons])]
    reasons.append(("repeated", repeated(sound, name).reindex(quotes.index, fill_value=False)))
    alive = pd.Series(True, index=quotes.index)
    dropped = {}
    for reason, where in reasons:
        count = int((where & alive).sum())
        if count:
            dropped[reason] = count
        alive &= ~where
    return quotes[alive].reset_index(drop=True), dropped


def _counts(dropped: dict[str, int]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in dropped.items()) or "none"


def _cells(heading: list[list[str]]) -> Iterator[str]:
    return (cell for row in heading for cell in row)


def _spot_of(heading: list[list[str]], table: pd.DataFrame) -> float | None:
    for cell in _cells(heading):
        match = re.match(r"^\s*Last:\s*([\d.,]+)\s*$", cell)
        if match:
            printed = match[1].replace(",", "")  # 4,505.10 as much as 4505.1001
            return float(printed) if re.fullmatch(r"\d+(\.\d+)?", printed) else None
    if "spot" in table.columns and len(table):
        level = pd.to_numeric(table["spot"], errors="coerce").dropna()
        return float(level.iloc[0]) if len(level) and level.iloc[0] > 0 else None
    return None


def _time_of(heading: list[list[str]], table: pd.DataFrame) -> dt.datetime | None:
    cells = [cell.strip()[5:] for cell in _cells(heading) if cell.strip().startswith("Date:")]
    if "time" in table.columns and len(table):
        column = list(table.columns).index("time")  # the first, where two columns tell the time
        texts = table.iloc[:, column].unique()
        days = {moment.date() for moment in map(_parsed, map(str, texts)) if moment is not None}
        if len(days) > 1:
            raise ToolDataError(
                f"The file holds quotes of {len(days)} days, {min(days)} to {max(days)}; a chain "
                "is one snapshot: keep one day."
            )
        cells.append(str(texts[0]))
    return _parsed(cells[0]) if cells else None


def _parsed(text: str) -> dt.datetime | None:
    """A time of New York; a date alone is its close."""
    text = re.sub(r"\s+(E[SD]?T)$", "", text.strip()).replace(" at ", " ")
    for pattern in ("%B %d, %Y %I:%M %p", "%b %d, %Y %I:%M %p"):
        try:
            return dt.datetime.strptime(text, pattern).replace(tzinfo=NEW_YORK)
        except ValueError:
            continue
    day = _date(text)
    if day is not None:
        return dt.datetime.combine(day, CLOSE, NEW_YORK)
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(NEW_YORK) if moment.tzinfo else moment.replace(tzinfo=NEW_YORK)


def _time(value: object) -> dt.datetime:
    moment = _parsed(value.isoformat() if isinstance(value, dt.date) else str(value))
    if moment is None:
        raise ToolInputError.of(
            "time", value, "a date and time", "Write it as 2024-05-22 16:15, New York time."
        )
    return moment


def _spot(value: object) -> float:
    from tools.quantities import Quantity

    quantity = Quantity("Index level", "points", above=0, at_most=1e9)
    return float(quantity.check("spot", value))
