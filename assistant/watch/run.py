"""`Watch`: what is due is decided, what changed is told; it survives being killed at any point."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TextIO

from assistant.watch.deliver import deliver
from assistant.watch.evaluate import Evaluation, Reading, evaluate
from assistant.watch.plan import PlanError, WatchPlan, read_rules
from assistant.watch.positions import Position, read_positions
from assistant.watch.schedule import Sessions, has_closed, next_session, session_of
from assistant.watch.store import Change, WatchStore
from tools import ToolDataError, ToolError
from tools.market import MarketError

if TYPE_CHECKING:
    import pandas as pd

    from assistant.webhooks import Webhooks
    from tools.market import Market, MarketHistory, Snapshot

CATCH_UP = 60
"""Missed times that are looked at after a pause; older ones are not."""

RETRY = dt.timedelta(minutes=5)
"""How long a source that failed is left alone."""


class Watch:
    """Decides at each time of a plan, once, and tells of what changed, once. Places no orders."""

    def __init__(
        self,
        plan: WatchPlan,
        market: Market,
        store: WatchStore,
        *,
        webhooks: Webhooks | None = None,
        console: TextIO | None = None,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        """Take what it works with; the caller opened it and closes it."""
        self.plan = plan
        self._market = market
        self.store = store
        self._webhooks = webhooks
        self._console = console or sys.stdout
        self._now = now
        self._sessions = Sessions(plan.at)
        self._retry_at: dt.datetime | None = None
        self.failing: str | None = None
        """Why the latest time could not be decided, where it could not."""

    def tick(self) -> list[Change]:
        """Decide all that is due, send all that waits, and return what changed."""
        changes: list[Change] = []
        try:
            if self._retry_at is None or self._now() >= self._retry_at:
                self._retry_at = self.failing = None
                due = self.due()
                for place, moment in enumerate(due):
                    changes += self._decide(moment, is_latest=place == len(due) - 1)
                    if self._has_failed():
                        break  # what is due stays due
        finally:
            for problem in self.deliver():
                self._console.write(problem + "\n")
        return changes

    def due(self) -> list[dt.datetime]:
        """The times up to now that nothing was decided for; at the very first, only the latest."""
        now = self._now()
        last = self.store.last_moment(self.plan.name)
        if last is None:
            latest = self._sessions.latest(now)
            return [] if latest is None else [latest]
        return self._sessions.between(last, now)[-CATCH_UP:]

    def next_time(self) -> dt.datetime | None:
        """The next time of the plan."""
        return self._sessions.next_after(self._now())

    def deliver(self) -> list[str]:
        """Send what waits, and return what went wrong."""
        return deliver(self.store, self.plan.name, self._now, self._console, self._webhooks)

    def _decide(self, moment: dt.datetime, *, is_latest: bool) -> list[Change]:
        plan, sinks = self.plan, self.plan.send
        try:
            snapshot = self._snapshot(moment, is_latest)
            evaluation = self._evaluation(snapshot, moment)
        except (ToolError, PlanError) as error:
            if isinstance(error, ToolError) and not is_latest and self._answers():
                self.store.miss(plan.name, moment, self._now(), str(error))
                return []
            # A line that is down has to lose nothing: the time stays due and is tried again. The
            # latest does so until the next one takes its place.
            self._retry_at, self.failing = self._now() + RETRY, str(error)
            failing = Reading("source", "source.failing", "The market source", "failing",
                              str(error), tell_first=True)  # fmt: skip
            return self.store.note(plan.name, moment, failing, sinks)
        working = Reading("source", "source.working", "The market source", "working",
                          "Decisions are made again.")  # fmt: skip
        stale = evaluation.result["stale"]
        label = evaluation.result["label"] + (f". {stale.rstrip('.')}" if stale else "")
        told = Evaluation((*evaluation.readings, working), evaluation.result, evaluation.inputs)
        return self.store.decide(plan.name, moment, self._now(), told, label, sinks)

    def _has_failed(self) -> bool:
        return self.failing is not None

    def _answers(self) -> bool:
        """Whether the source works at all, so that it is the one time that it has no data for."""
        try:
            self._market.snapshot()
        except MarketError:
            return False
        return True

    def _snapshot(self, moment: dt.datetime, is_latest: bool) -> Snapshot:
        """The market at that time; the present, for the latest time, where a source has no past."""
        if not self._market.has_past and not is_latest:
            raise MarketError(f"The source '{self._market.name}' has no past to look at.")
        snapshot = self._market.snapshot(moment if self._market.has_past else None)
        if self.plan.allow_stale:
            return snapshot
        day = session_of(moment)
        if has_closed(moment) and (snapshot.day < day or not snapshot.is_close):
            raise MarketError(
                f"The close of {day} is not there yet; the newest data are {snapshot.label}. "
                "No decision is made on old data unless the plan says allow_stale."
            )
        stale = snapshot.staleness(moment)
        if stale is not None:
            raise MarketError(f"{stale} No decision is made unless the plan says allow_stale.")
        return snapshot

    def _evaluation(self, snapshot: Snapshot, moment: dt.datetime) -> Evaluation:
        positions = read_positions(self.plan.positions)
        return evaluate_market(self.plan, positions, self._market, snapshot, moment)


def evaluate_market(
    plan: WatchPlan,
    positions: Sequence[Position],
    market: Market,
    snapshot: Snapshot,
    moment: dt.datetime,
) -> Evaluation:
    """Judge a snapshot with the history and the quotes that its source has beside it."""
    history: MarketHistory | None = None
    chain: pd.DataFrame | None = None
    try:
        history = market.history(snapshot.day - dt.timedelta(days=400), snapshot.day)
    except MarketError:
        history = None  # the rules that need it are then listed as missing
    try:
        quotes = market.chain()
        taken = quotes.attrs.get("time")
        if taken is not None and abs(taken - snapshot.as_of) < dt.timedelta(hours=1):
            chain = quotes  # quotes of another moment would price another market
    except ToolDataError:
        chain = None
    return evaluate(
        plan, positions, snapshot, history, moment, next_session(snapshot.day), chain,
        read_rules(plan.rules),
    )  # fmt: skip
