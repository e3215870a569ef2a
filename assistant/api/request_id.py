"""An id for every request: in the response's `x-request-id`, in each problem, in the log.

A caller's own `X-Request-ID` is kept where it is a plain word, so that one id runs through its logs
and ours.
"""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = b"x-request-id"

_PLAIN = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_current: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    """The id of the request that is being answered; empty outside of one."""
    return _current.get()


class IdentifyRequest:
    """Gives the request its id and writes it into the response's headers."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on under its id."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        presented = next((value for name, value in scope["headers"] if name == HEADER), b"")
        chosen = presented if _PLAIN.fullmatch(presented) else secrets.token_hex(8).encode()
        # Never reset: what handles an unexpected error runs after this and still needs it. A
        # request has a context of its own.
        _current.set(chosen.decode())

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (HEADER, chosen)]
            await send(message)

        await self.app(scope, receive, named)
