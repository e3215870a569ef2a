"""Answers on their way out: a reader who closes the connection ends the work for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from typing import Any

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from assistant.answers.record import Answer
from assistant.events import Event, Finished


class EventStream(StreamingResponse):
    """A stream whose source is closed with it, so that nobody works for a reader who has gone."""

    body_iterator: AsyncGenerator[bytes, None]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream, and stop at once where the reader closes the connection."""
        # Under a later version of ASGI, Starlette would only notice at the next thing it sends.
        listening = dict(scope) | {"asgi": scope.get("asgi", {}) | {"spec_version": "2.3"}}
        try:
            await super().__call__(listening, receive, send)
        finally:
            await self.body_iterator.aclose()


async def last_of(events: AsyncGenerator[Event, None]) -> Answer:
    """The answer that a stream of events ends with."""
    async with aclosing(events):
        async for event in events:
            if isinstance(event, Finished):
                return event.answer
    raise RuntimeError("the stream of events ended without an answer")


async def unless_gone(request: Request, work: Coroutine[Any, Any, Answer]) -> Answer | Response:
    """The answer that the work brings; a caller who closes the connection cancels it."""
    working = asyncio.create_task(work)
    gone = asyncio.create_task(_closed(request))
    try:
        await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        return Response(status_code=499)  # nobody reads it; the code is the one that logs know
    finally:
        for task in (working, gone):
            task.cancel()
        await asyncio.gather(working, gone, return_exceptions=True)


async def _closed(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
