"""Forms that a page posts: their fields, and where they came from."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs

from fastapi import Request

_LIMIT_BYTES = 64 * 1024  # a thousand characters, percent-encoded, many times over


async def read_form(request: Request) -> Mapping[str, str]:
    """The first value of each field of a urlencoded form; a body over the limit is cut off."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LIMIT_BYTES:
            break
    fields = parse_qs(body[:_LIMIT_BYTES].decode("utf-8", "replace"))
    return {name: values[0] for name, values in fields.items()}


def is_from_elsewhere(request: Request) -> bool:
    """Whether another site's page sent it: such a form asks in its reader's name, unseen."""
    return request.headers.get("sec-fetch-site") == "cross-site"
