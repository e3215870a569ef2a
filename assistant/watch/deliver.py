"""Telling of changes: the console, and webhooks; the feed is the store's own list of changes.

What waits is sent oldest first. A webhook is announced under the change's id, which makes
announcing it again harmless, and marked afterwards. A line on the console is written while its mark
is not yet final: a process that dies in that instant writes it again next time, rather than never.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TextIO

from assistant.watch.plan import CONSOLE, WEBHOOK
from assistant.watch.store import WatchStore

if TYPE_CHECKING:
    from assistant.webhooks import Webhooks


def deliver(
    store: WatchStore,
    plan: str,
    now: Callable[[], dt.datetime],
    console: TextIO,
    webhooks: Webhooks | None,
) -> list[str]:
    """Send what waits, and say what went wrong with which address."""
    for number, change in store.waiting(CONSOLE, plan):
        line = f"{change.moment:%Y-%m-%d %H:%M} UTC  {change.kind}  {change.text}\n"
        store.delivered(number, CONSOLE, now(), partial(_write, console, line))
    if webhooks is None:
        return []
    from assistant.webhooks import Announcement

    for number, change in store.waiting(WEBHOOK, plan):
        webhooks.announce(Announcement(change.id, change.kind, change.moment, change.to_dict()))
        store.delivered(number, WEBHOOK, now())
    return [
        f"Webhook {attempt.id} to {attempt.url}: {attempt.outcome}, {attempt.detail}"
        for attempt in webhooks.deliver()
        if attempt.outcome != "delivered"
    ]


def _write(console: TextIO, line: str) -> None:
    console.write(line)
    console.flush()
