"""`Market`: what every source offers, whoever wrote it."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tools.errors import ToolInputError
from tools.market.errors import MarketError
from tools.market.sessions import NEW_YORK, session_close
from tools.market.snapshot import INDICES, Snapshot

if TYPE_CHECKING:
    import pandas as pd

    from tools.market.history import MarketHistory

Clock = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    """The wall clock; a test or a replay hands over another."""
    return dt.datetime.now(dt.UTC)


class Market(ABC):
    """A source of market data. It hands data to the caller; no calculation asks it for any.

    A source of your own derives from this class, takes its options as keyword arguments of
    `__init__`, and is named in the entry point group `askcondor.markets`.
    """

    name: str
    """The name that `open_market` knows it by."""

    has_past: bool = True
    """Whether `snapshot` can look at an earlier moment."""

    def __init__(self, clock: Clock = utc_now) -> None:
        """Take the clock that `fetched_at` is read from."""
        self._clock = clock

    @abstractmethod
    def snapshot(self, as_of: dt.date | dt.datetime | str | None = None) -> Snapshot:
        """The latest data at or before `as_of`, or the latest of all.

        Raises:
            MarketError: The source has none, or fails.
            ToolInputError: `as_of` cannot be read.
        """

    @abstractmethod
    def history(
        self, start: dt.date | str | None = None, end: dt.date | str | None = None
    ) -> MarketHistory:
        """Daily closes from `start` to `end`, and what was dropped.

        Raises:
            MarketError: The source has none in that time, or fails.
            ToolInputError: A date cannot be read, or `end` lies before `start`.
        """

    def chain(self) -> pd.DataFrame:
        """The latest option quotes, as `read_chain` gives them.

        Raises:
            MarketError: The source has no quotes, or fails.
        """
        raise MarketError(f"The source '{self.name}' has no option quotes.")

    def close(self) -> None:  # noqa: B027  (most sources hold nothing open)
        """Let go of connections; a source without any has nothing to do."""

    def __enter__(self) -> Market:
        """Open already."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()


def closing_snapshot(
    history: MarketHistory,
    fetched_at: dt.datetime,
    as_of: dt.date | dt.datetime | str | None = None,
    notes: tuple[str, ...] = (),
) -> Snapshot:
    """The last day of a history, at or before `as_of`, that has both the index and the VIX.

    Indices and rates that are quoted on another day than that one stay unknown: a snapshot never
    mixes days.

    Raises:
        MarketError: There is no such day.
    """
    from pandas import isna

    limit = moment("as_of", as_of)
    needed = [name for name in ("spx", "vix") if name in history.frame]
    if needed != ["spx", "vix"]:
        raise MarketError(f"{history.source} lacks the S&P 500 or the VIX: no snapshot of it.")
    frame = history.frame.dropna(subset=needed)
    if limit is not None:
        frame = frame.loc[: limit.astimezone(NEW_YORK).date().isoformat()]
        if len(frame) and session_close(frame.index[-1].date()) > limit:
            frame = frame.iloc[:-1]  # that day had not closed yet
    if frame.empty:
        first = history.frame.index[0]
        raise MarketError(
            f"{history.source} has no close of the S&P 500 and the VIX"
            + (f" at or before {as_of}; it begins on {first:%Y-%m-%d}." if as_of else ".")
        )
    row = frame.iloc[-1]

    def known(name: str) -> float | None:
        return None if name not in row or isna(row[name]) else float(row[name])

    values: dict[str, Any] = {name: known(name) for name in (*INDICES, "rate", "dividend_yield")}
    return Snapshot(
        source=history.source,
        as_of=session_close(frame.index[-1].date()),
        fetched_at=fetched_at,
        spot=float(row["spx"]),
        notes=notes,
        **values,
    )


def moment(field: str, value: dt.date | dt.datetime | str | None) -> dt.datetime | None:
    """A moment: a day alone is its end in New York, and a time without a zone is New York's."""
    if value is None:
        return None
    try:
        read = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise ToolInputError.of(field, value, "a date or a time such as 2018-12-31") from None
    if not isinstance(read, dt.date):
        raise ToolInputError.of(field, value, "a date or a time such as 2018-12-31")
    only_day = not isinstance(read, dt.datetime) or (isinstance(value, str) and len(value) <= 10)
    if only_day:
        day = read.date() if isinstance(read, dt.datetime) else read
        return dt.datetime.combine(day, dt.time.max, NEW_YORK)
    assert isinstance(read, dt.datetime)
    return read if read.tzinfo else read.replace(tzinfo=NEW_YORK)
