"""A second source for when the first fails: only where the caller asked for it, and always said."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from tools.market.errors import MarketError
from tools.market.history import MarketHistory
from tools.market.snapshot import Snapshot
from tools.market.source import Market

if TYPE_CHECKING:
    import pandas as pd

Answer = TypeVar("Answer")


class FallbackMarket(Market):
    """Asks the first source, and the second where the first fails; its answer says so."""

    def __init__(self, first: Market, second: Market) -> None:
        """Take both, opened."""
        super().__init__()
        self.name = first.name
        self.has_past = first.has_past
        self._first, self._second = first, second

    def snapshot(self, as_of: dt.date | dt.datetime | str | None = None) -> Snapshot:
        """The first source's snapshot, or the second's with the reason among its notes."""
        made, reason = self._asked(lambda market: market.snapshot(as_of))
        return made if reason is None else dataclasses.replace(made, notes=(reason, *made.notes))

    def history(
        self, start: dt.date | str | None = None, end: dt.date | str | None = None
    ) -> MarketHistory:
        """The first source's history, or the second's with the reason among its notes."""
        made, reason = self._asked(lambda market: market.history(start, end))
        return made if reason is None else dataclasses.replace(made, notes=(reason, *made.notes))

    def chain(self) -> pd.DataFrame:
        """The first source's quotes, or the second's; `attrs['notes']` then has the reason."""
        made, reason = self._asked(lambda market: market.chain())
        if reason is not None:
            made.attrs["notes"] = (reason,)
        return made

    def close(self) -> None:
        """Close both."""
        self._first.close()
        self._second.close()

    def _asked(self, question: Callable[[Market], Answer]) -> tuple[Answer, str | None]:
        try:
            return question(self._first), None
        except MarketError as error:
            first = error
        try:
            answer = question(self._second)
        except MarketError as error:
            raise MarketError(f"{first} The fallback fails too: {error}") from error
        return (
            answer,
            f"'{self._first.name}' failed, so this is from '{self._second.name}': {first}",
        )
