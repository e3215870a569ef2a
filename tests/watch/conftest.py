"""A clock that the test sets, and a watch over the sample market with a database of its own."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.watch.plan import WatchPlan
from assistant.watch.run import Watch
from assistant.watch.store import WatchStore
from tools.market import Market, open_market
from tools.market.sessions import NEW_YORK


class Clock:
    """The time that it is, in New York; the test sets it."""

    def __init__(self, text: str) -> None:
        self.set(text)

    def set(self, text: str) -> None:
        self.now = dt.datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock("2018-02-02 16:30")


@pytest.fixture
def console() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'watch.db'}"


StartWatch = Callable[..., Watch]


@pytest.fixture
def start(clock: Clock, console: io.StringIO, database: str) -> Iterator[StartWatch]:
    """Start a watch as a new process would: with a store of its own on the same database."""
    stores = []

    def started(plan: dict[str, Any] | None = None, market: Market | None = None) -> Watch:
        store = WatchStore(database)
        stores.append(store)
        return Watch(
            WatchPlan.model_validate(plan or {}), market or open_market("sample", clock=clock),
            store, console=console, now=clock,
        )  # fmt: skip

    yield started
    for store in stores:
        store.close()
