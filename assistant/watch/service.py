"""The watch as a service: APScheduler wakes it at each time of its plan, and now and then between.

The wakes between are for webhooks that have to be tried again and for a machine that slept through
a time of the plan: whatever woke it, the watch itself finds out what is due.
"""

from __future__ import annotations

import datetime as dt
import signal
from types import FrameType
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.interval import IntervalTrigger

from assistant.watch.run import Watch

BETWEEN_S = 30


class SessionTrigger(BaseTrigger):  # type: ignore[misc]
    """Fires at the next time of a watch's plan."""

    def __init__(self, watch: Watch) -> None:
        """Take the watch whose plan says when."""
        self._watch = watch

    def get_next_fire_time(
        self, previous_fire_time: dt.datetime | None, now: dt.datetime
    ) -> dt.datetime | None:
        """The next time; what lies in the past is found by the watch itself."""
        return self._watch.next_time()


def run_for_ever(watch: Watch, between_s: float = BETWEEN_S) -> None:
    """Tick now, at each time of the plan and every `between_s` seconds, until told to stop."""
    import threading

    stopped = threading.Event()
    scheduler = BackgroundScheduler(executors={"default": ThreadPoolExecutor(1)}, timezone=dt.UTC)
    scheduler.add_job(
        watch.tick,
        OrTrigger([SessionTrigger(watch), IntervalTrigger(seconds=between_s, timezone=dt.UTC)]),
        id="tick",
        next_run_time=dt.datetime.now(dt.UTC),
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,  # late is better than never: the watch decides what is due
    )

    def stop(_: int, __: FrameType | None) -> Any:
        stopped.set()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, stop)
    scheduler.start()
    stopped.wait()
    scheduler.shutdown(wait=True)
