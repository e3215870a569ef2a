"""`askcondor mcp`: the Model Context Protocol over standard input and output."""

from __future__ import annotations

from assistant.cli.shared import opened_assistant


def mcp() -> None:
    """Serve tools and library to an MCP client over stdin and stdout: askcondor mcp."""
    from assistant.mcp.transports import serve_stdio

    with opened_assistant() as assistant:
        serve_stdio(assistant.open())
