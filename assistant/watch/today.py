"""What the signals are now: the watch's latest decision, or a look at the open source."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from assistant.settings import Settings
from assistant.watch.store import DECIDED, Change, WatchStore
from tools.errors import ToolError

if TYPE_CHECKING:
    from tools.market import Market

LOOK_EVERY = dt.timedelta(minutes=1)
"""A source that is open to every visitor is not asked more often."""


class Signals:
    """The watch's decisions and changes for readers; it writes none and asks the source rarely."""

    def __init__(
        self,
        settings: Settings,
        market: Market | None = None,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        """Nothing is opened before it is needed; a market that is handed over stays its owner's."""
        self._settings = settings
        self._given = market
        self._now = now
        self._lock = threading.Lock()
        self._looked: tuple[dt.datetime, dict[str, Any]] | None = None

    @cached_property
    def store(self) -> WatchStore:
        """The watch's tables."""
        self._settings.data_dir.mkdir(parents=True, exist_ok=True)
        return WatchStore(self._settings.resolved_database_url)

    @cached_property
    def _market(self) -> Market:
        from tools.market import open_market

        return self._given or open_market(self._settings.market)

    def close(self) -> None:
        """Let go of the database and of the source, where they were opened."""
        if "store" in self.__dict__:
            self.store.close()
        if self._given is None and "_market" in self.__dict__:
            self._market.close()

    def today(self, plan: str = "default") -> dict[str, Any]:
        """What holds now.

        Returns:
            `origin` ('watch' or 'source'), `moment`, `result` as in a decision (None where there is
            none) and `problem` (None, or why there is no result). The watch's latest decision
            counts while its data are the newest that can exist; else the open source is looked at.
        """
        now = self._now()
        decided = next(
            (one for one in self.store.decisions(plan, 10) if one["status"] == DECIDED), None
        )
        if decided is not None:
            decided["result"]["stale"] = staleness(decided["result"], now)
            if decided["result"]["stale"] is None:
                return _held("watch", decided["moment"], decided["result"])
        looked = self._look(now)
        if decided is None or (looked["result"] and _newer(looked["result"], decided["result"])):
            return looked
        return _held("watch", decided["moment"], decided["result"]) | {"problem": looked["problem"]}

    def changes(self, plan: str = "default", limit: int = 50) -> list[Change]:
        """What changed, newest first."""
        return self.store.changes(plan, limit)

    def decisions(self, plan: str = "default", limit: int = 30) -> list[dict[str, Any]]:
        """The decisions, newest first: when, on which data, which regime."""
        rows = []
        for one in self.store.decisions(plan, limit):
            regime = one["result"].get("regime") or {}
            rows.append(
                {
                    "moment": one["moment"], "status": one["status"], "reason": one["reason"],
                    "label": one["result"].get("label"), "regime": regime.get("label"),
                    "wings": regime.get("wings"),
                }
            )  # fmt: skip
        return rows

    def _look(self, now: dt.datetime) -> dict[str, Any]:
        with self._lock:
            if self._looked is not None and now - self._looked[0] < LOOK_EVERY:
                return self._looked[1]
            # Late, because a server that is asked for other pages should not wait for these.
            from assistant.watch.plan import WatchPlan
            from assistant.watch.run import evaluate_market

            try:
                snapshot = self._market.snapshot()
                evaluation = evaluate_market(WatchPlan(), (), self._market, snapshot, now)
                looked = _held("source", now.isoformat(), dict(evaluation.result))
            except ToolError as error:
                looked = _held("source", now.isoformat(), None) | {"problem": str(error)}
            self._looked = (now, looked)
            return looked


def staleness(result: dict[str, Any], now: dt.datetime) -> str | None:
    """A sentence on how old a stored result's data are now, or None where none newer can exist."""
    from tools.market import Snapshot

    as_of = dt.datetime.fromisoformat(result["as_of"])
    return Snapshot(
        source=result["source"], as_of=as_of, fetched_at=as_of, spot=result["market"]["spot"]
    ).staleness(now)


def _held(origin: str, moment: str, result: dict[str, Any] | None) -> dict[str, Any]:
    return {"origin": origin, "moment": moment, "result": result, "problem": None}


def _newer(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return dt.datetime.fromisoformat(one["as_of"]) > dt.datetime.fromisoformat(other["as_of"])
