"""A process that runs the watch once, and may kill itself at a chosen point.

Run as `python -m tests.watch.one_run DATABASE TIME URL POINT LATER_S`; not a test itself.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
from contextlib import closing
from typing import Any, TextIO

from assistant.watch import run
from assistant.watch.plan import WatchPlan
from assistant.watch.store import WatchStore
from assistant.webhooks import Webhooks
from tests.watch.conftest import Clock
from tools.market import open_market

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def die(*_: Any, **__: Any) -> None:
    """What a power cut does: no handler runs, nothing is flushed."""
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    database, moment, url, point, later_s = sys.argv[1:]
    if point == "decided, nothing sent":
        run.deliver = die
    elif point == "changes written, not committed":
        real = WatchStore._note

        def note(*arguments: Any) -> Any:
            changes = real(*arguments)
            if changes:
                die()
            return changes

        WatchStore._note = note  # type: ignore[method-assign]
    elif point == "webhook announced, not sent":
        Webhooks.deliver = die  # type: ignore[method-assign, assignment]
    tick_once(database, moment, url, float(later_s), sys.stdout)


def tick_once(
    database: str, moment: str, url: str, later_s: float = 0.0, console: TextIO | None = None
) -> None:
    """One run of the watch at that time; the webhooks' clock may be ahead."""
    clock, later = Clock(moment), dt.timedelta(seconds=later_s)
    webhooks = Webhooks(database, [url], SECRET, now=lambda: dt.datetime.now(dt.UTC) + later)
    plan = WatchPlan.model_validate({"send": ["console", "webhook"]})
    with closing(webhooks), closing(WatchStore(database)) as store:
        watch = run.Watch(
            plan, open_market("sample"), store, webhooks=webhooks, console=console, now=clock
        )
        watch.tick()


if __name__ == "__main__":
    main()
