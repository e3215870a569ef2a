"""What the server counts and times, in the text format that Prometheus reads.

Each application has its own registry. With several workers each counts in a folder that they share
(`PROMETHEUS_MULTIPROC_DIR`, which `askcondor serve` sets), and whichever worker is asked answers
for all.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import APIRouter, Request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tools.errors import ToolError

router = APIRouter(tags=["health"])

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_METHODS = frozenset({"GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH"})


class Metrics:
    """The counters of one application."""

    def __init__(self) -> None:
        """Make the counters, all at zero."""
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "askcondor_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "askcondor_request_seconds",
            "Seconds from a request to the end of its response.",
            ["route"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.in_progress = Gauge(
            "askcondor_requests_in_progress",
            "Requests that are being answered.",
            registry=self.registry,
            multiprocess_mode="livesum",
        )
        self.tool_calls = Counter(
            "askcondor_tool_calls",
            "Calls of tools over HTTP and MCP, by what came of them.",
            ["tool", "outcome"],
            registry=self.registry,
        )

    @contextmanager
    def tool_call(self, tool: str) -> Iterator[None]:
        """Count a call of a tool by whether it gave a result."""
        try:
            yield
        except ToolError:
            self.tool_calls.labels(tool, "refused").inc()
            raise
        self.tool_calls.labels(tool, "result").inc()

    def text(self) -> bytes:
        """Everything counted, in the exposition format; of all workers where there are several."""
        if SHARED_FOLDER not in os.environ:
            return generate_latest(self.registry)
        everyone = CollectorRegistry()
        MultiProcessCollector(everyone)  # type: ignore[no-untyped-call]
        return generate_latest(everyone)


class CountRequests:
    """Counts and times every request under the route that it matched."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        """Wrap an application."""
        self.app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and count what came of it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 500
        began = time.perf_counter()

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self._metrics.in_progress.inc()
        try:
            await self.app(scope, receive, watched)
        finally:
            self._metrics.in_progress.dec()
            route = _route(scope)
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.requests.labels(method, route, str(status)).inc()
            self._metrics.seconds.labels(route).observe(time.perf_counter() - began)


@router.get(
    "/metrics",
    operation_id="metrics",
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/plain": {"example": "askcondor_requests_total 12.0"}}}},
)
def metrics(request: Request) -> Response:
    """Counters and timings for Prometheus."""
    counted: Metrics = request.app.state.metrics
    return Response(counted.text(), media_type=CONTENT_TYPE_LATEST)


def _route(scope: Scope) -> str:
    """The pattern of the matched route: an id in an address must not become a label."""
    route = scope.get("route")
    if route is None or isinstance(route, Mount):
        return getattr(route, "path", "") or "unmatched"
    return str(getattr(route, "path", "unmatched"))
