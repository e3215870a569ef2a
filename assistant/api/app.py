"""The application: what is opened at its start, and which routes it has."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles

from assistant import __version__
from assistant.api import chat, knowledge, pages, tools
from assistant.api.guard import LimitBody, RequireKey
from assistant.api.problems import PROBLEMS, add_handlers
from assistant.assistant import Assistant
from assistant.resources import resource_folder
from assistant.settings import Settings

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
        with Assistant(chosen) as assistant:
            app.state.assistant = assistant.open()
            yield

    app = FastAPI(
        title="AskCondor",
        version=__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        responses=PROBLEMS,
    )
    add_handlers(app)
    app.include_router(chat.router)
    app.include_router(tools.router)
    app.include_router(knowledge.router)
    app.include_router(pages.router)
    app.mount("/static", _Files(directory=resource_folder("web") / "static"), name="static")
    app.add_api_route("/healthz", _alive, tags=["health"], summary="Whether the process lives")
    app.add_api_route("/readyz", _ready, tags=["health"], summary="Whether it can answer")
    app.add_middleware(LimitBody)
    if chosen.api_keys:
        app.add_middleware(RequireKey, keys=[key.get_secret_value() for key in chosen.api_keys])
    return app


class _Files(StaticFiles):
    """Static files that a browser asks about each time: modules of one version belong together."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers.setdefault("cache-control", "no-cache")
        return response


def _alive() -> dict[str, str]:
    return {"status": "ok"}


def _ready(request: Request) -> JSONResponse:
    assistant: Assistant = request.app.state.assistant
    parts = {
        "index": bool(assistant.index.library.passage_ids()),
        "database": assistant.answers.is_ready(),
    }
    ready = all(parts.values())
    return JSONResponse(
        {"status": "ready" if ready else "not ready", "parts": parts}, 200 if ready else 503
    )
