"""Telling of changes: the console, and webhooks; the feed is the store's own list of changes.

What waits is sent oldest first and marked afterwards. A webhook is announced under the change's id,
which makes announcing it again harmless. A line on the console is marked right after it is written;
only a process that dies in between would write it twice, never not at all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
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
        moment = change.moment.strftime("%Y-%m-%d %H:%M")
        console.write(f"{moment} UTC  {change.kind}  {change.text}\n")
        console.flush()
        store.delivered(number, CONSOLE, now())
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
