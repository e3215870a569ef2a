"""The application: what is opened at its start, and which routes it has."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any, Literal

from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from assistant import __version__
from assistant.api import (
    chat,
    examples,
    feed,
    finding,
    history,
    knowledge,
    library,
    openai,
    pages,
    replay,
    signals,
    syndication,
    tools,
)
from assistant.api.guard import MAX_BODY_BYTES, CheckOrigin, LimitBody, RequireKey
from assistant.api.metrics import CountRequests, Metrics
from assistant.api.metrics import router as metrics_router
from assistant.api.openapi import describe
from assistant.api.problems import PROBLEMS, add_handlers
from assistant.api.request_id import IdentifyRequest
from assistant.assistant import Assistant
from assistant.mcp.transports import http_transport
from assistant.resources import resource_folder
from assistant.settings import Settings
from assistant.watch.today import Signals

DESCRIPTION = (
    "Answers about SPX iron condors and VIX hedging in which every number is computed, quoted or "
    "the caller's own. Educational; no order is placed."
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application for these settings (default: the environment's)."""
    chosen = settings or Settings()
    chosen.refuse_open_door()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with Assistant(chosen) as assistant, closing(Signals(chosen)) as app.state.signals:
            app.state.assistant = assistant.open()
            app.state.mcp = http_transport(assistant, MAX_BODY_BYTES)
            async with app.state.mcp.run():
                yield

    metrics = Metrics()
    app = FastAPI(
        title="AskCondor",
        version=__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        responses=PROBLEMS,
        # What a generated client calls its functions.
        generate_unique_id_function=lambda route: route.name.removeprefix("_"),
    )
    app.state.metrics = metrics
    add_handlers(app)
    app.include_router(chat.router)
    app.include_router(replay.router)
    app.include_router(tools.router)
    app.include_router(knowledge.router)
    app.include_router(openai.router)
    app.include_router(feed.router)
    app.router.routes.append(Route("/mcp", _Mcp()))
    app.include_router(examples.router)
    app.include_router(signals.router)
    for group in (pages, library, history, finding, syndication):
        app.include_router(group.router)
    app.mount("/static", _Files(directory=resource_folder("web") / "static"), name="static")
    app.include_router(metrics_router)
    app.add_api_route("/healthz", _alive, tags=["health"], summary="Whether the process lives")
    app.add_api_route(
        "/readyz",
        _ready,
        tags=["health"],
        summary="Whether it can answer",
        responses={503: {"model": Readiness, "description": "A part of it is not ready."}},
    )
    app.add_middleware(LimitBody)
    if chosen.api_keys:
        app.add_middleware(RequireKey, keys=[key.get_secret_value() for key in chosen.api_keys])
    guarded = bool(chosen.api_keys)
    app.add_middleware(CheckOrigin, names=None if guarded else chosen.allowed_hosts)
    # The last one added is the first that a request meets.
    app.add_middleware(CountRequests, metrics=metrics)
    app.add_middleware(IdentifyRequest)
    describe(app)
    return app


class _Mcp:
    """The Model Context Protocol, carried by whatever transport is open."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope["app"].state.mcp.asgi_app(scope, receive, send)


class _Files(StaticFiles):
    """Static files that a browser asks about each time: modules of one version belong together."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers.setdefault("cache-control", "no-cache")
        return response


class Liveness(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Whether questions can be answered, and which part is missing where not."""

    status: Literal["ready", "not ready"]
    parts: dict[str, bool]


def _alive() -> Liveness:
    return Liveness()


def _ready(request: Request, response: Response) -> Readiness:
    assistant: Assistant = request.app.state.assistant
    parts = {
        "index": bool(assistant.index.library.passage_ids()),
        "database": assistant.answers.is_ready(),
    }
    ready = all(parts.values())
    response.status_code = 200 if ready else 503
    return Readiness(status="ready" if ready else "not ready", parts=parts)
