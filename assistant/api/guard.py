"""What every request passes first: a limit on its size, and a key where keys are set."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.api.problems import problem

MAX_BODY_BYTES = 8_000_000
"""Thirty years of several daily histories fit; a body beyond it is no question and no tool call."""

_OPEN = ("/healthz", "/readyz", "/static/")


class LimitBody:
    """Refuses bodies over `MAX_BODY_BYTES`, declared or streamed."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on while its body stays within the limit."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        refusal = problem(
            413, "body-too-large", f"The body is larger than {MAX_BODY_BYTES // 1_000_000} MB."
        )
        if declared.isdigit() and int(declared) > MAX_BODY_BYTES:
            await refusal(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY_BYTES:
                raise _TooLargeError
            return message

        try:
            await self.app(scope, counted, send)
        except _TooLargeError:
            await refusal(scope, receive, send)


class RequireKey:
    """Lets a request in that carries one of the keys: as a bearer token, or as a password.

    The password is what a browser asks its user for; any user name will do.
    """

    def __init__(self, app: ASGIApp, keys: Sequence[str]) -> None:
        """Wrap an application."""
        self.app = app
        self._keys = [key.encode() for key in keys]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 401."""
        if scope["type"] != "http" or scope["path"].startswith(_OPEN):
            await self.app(scope, receive, send)
            return
        presented = _presented(Headers(scope=scope).get("authorization", ""))
        if presented and any(hmac.compare_digest(presented, key) for key in self._keys):
            await self.app(scope, receive, send)
            return
        refusal = problem(
            401, "key-required", "Send one of the server's keys as 'Authorization: Bearer KEY'."
        )
        refusal.headers["www-authenticate"] = 'Basic realm="AskCondor"'
        await refusal(scope, receive, send)


class _TooLargeError(Exception):
    pass


def _presented(header: str) -> bytes:
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip().encode()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).partition(b":")[2]
        except binascii.Error:
            return b""
    return b""
