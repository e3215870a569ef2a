"""How the protocol is carried: streamable HTTP without sessions, and standard input and output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

from assistant.mcp.server import build_server

if TYPE_CHECKING:
    from assistant.assistant import Assistant


def http_transport(assistant: Assistant, max_body_bytes: int) -> StreamableHTTPSessionManager:
    """The transport of one running application: enter its `run()`, hand requests to `asgi_app`.

    Every request stands alone and is answered in one piece. Who may ask, and from which page, is
    the application's to check before.
    """
    return StreamableHTTPSessionManager(
        app=build_server(assistant),
        json_response=True,
        stateless=True,
        max_request_body_size=max_body_bytes,
    )


def serve_stdio(assistant: Assistant) -> None:
    """Serve one client over standard input and output until it closes them."""
    server = build_server(assistant)

    async def run() -> None:
        async with stdio_server() as (incoming, outgoing):
            options: Any = server.create_initialization_options()
            await server.run(incoming, outgoing, options)

    anyio.run(run)
