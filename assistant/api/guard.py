"""What every request passes first: its size, the page that sends it, a key where keys are set."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Container, Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.api.problems import refusal

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
        if declared.isdecimal() and int(declared) > MAX_BODY_BYTES:
            await _too_large(scope)(scope, receive, send)
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
            await _too_large(scope)(scope, receive, send)


class CheckOrigin:
    """Refuses what a web page of another origin sends, so that no page can use its reader's server.

    A browser names the page's origin in every such request; a program names none. A server without
    keys on loopback also refuses a request that came to it under a public name, because a page can
    give its own name the address 127.0.0.1.
    """

    def __init__(self, app: ASGIApp, names: Sequence[str] | None) -> None:
        """Wrap an application; `names` are the public names of a server without keys."""
        self.app = app
        self._names = None if names is None else {name.lower() for name in names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 403."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self._names is not None and not _is_local(host, self._names):
            told = (
                f"This server is not known as {host!r}. Use its address, set API_KEYS, or name it "
                "in ASKCONDOR_ALLOWED_HOSTS."
            )
            refused = refusal(scope["path"], 403, "forbidden", told)
        elif _asks(scope) and not _same_origin(headers, host):
            told = f"A page of {headers.get('origin')!r} may not use this server from a browser."
            refused = refusal(scope["path"], 403, "forbidden", told)
        else:
            await self.app(scope, receive, send)
            return
        await refused(scope, receive, send)


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
        told = "Send one of the server's keys as 'Authorization: Bearer KEY'."
        refused = refusal(scope["path"], 401, "key-required", told)
        refused.headers["www-authenticate"] = 'Basic realm="AskCondor"'
        await refused(scope, receive, send)


class _TooLargeError(Exception):
    pass


def _too_large(scope: Scope) -> ASGIApp:
    told = f"The body is larger than {MAX_BODY_BYTES // 1_000_000} MB."
    return refusal(scope["path"], 413, "body-too-large", told)


def _asks(scope: Scope) -> bool:
    """Whether the request may do more than read; MCP answers reads and writes at one address."""
    return scope["method"] not in {"GET", "HEAD"} or scope["path"] == "/mcp"


def _same_origin(headers: Headers, host: str) -> bool:
    site = headers.get("sec-fetch-site")  # the browser's own word, where it is new enough for one
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == host


def _is_local(host: str, names: Container[str]) -> bool:
    """Whether a name is one that no public name server can hand out, or one of `names`."""
    name = urlsplit(f"//{host}").hostname or ""
    if name in names or ("." not in name.rstrip(".") and ":" not in name):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name.endswith(".localhost")


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
