"""A reader who goes away ends the work: over a real server, with a slow model and a slow tool."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
import uvicorn
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable

from assistant import models
from assistant.api import create_app
from assistant.assistant import Assistant
from assistant.settings import Settings

LONG_SECONDS = 30
SOON_SECONDS = 10
QUESTION = "What is an SPX iron condor?"


class LongModel(BaseChatModel):
    """Thinks for half a minute, and notes whether it was let to."""

    began: Any = None
    cancelled: Any = None

    @property
    def _llm_type(self) -> str:
        return "long"

    def bind_tools(self, *_: Any, **__: Any) -> Runnable[Any, AIMessage]:
        return self  # type: ignore[return-value]

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        raise NotImplementedError

    async def _think(self) -> None:
        self.began.set()
        try:
            await asyncio.sleep(LONG_SECONDS)
        except asyncio.CancelledError:
            self.cancelled.set()
            raise

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        await self._think()
        return ChatResult(generations=[ChatGeneration(message=AIMessage("late"))])

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        await self._think()
        yield ChatGenerationChunk(message=AIMessageChunk(content="late"))


@pytest.fixture
def serve(built_settings: Settings) -> Iterator[Callable[[], str]]:
    """Starts the application on a port of its own and gives its address."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start() -> str:
        config = uvicorn.Config(create_app(built_settings), host="127.0.0.1", port=0,
                                log_level="error")  # fmt: skip
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        running.append((server, thread))
        wait_until(lambda: server.started, 60)
        return f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"

    yield start
    for server, thread in running:
        server.should_exit = True
        thread.join(timeout=20)


def wait_until(true: Callable[[], bool], seconds: float = SOON_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def streamed(address: str, body: dict[str, Any]) -> AbstractContextManager[httpx.Response]:
    """The chat as a stream of events; the connection closes with the block."""
    headers = {"accept": "text/event-stream"}
    url = f"{address}/api/chat"
    return httpx.stream("POST", url, json=body, headers=headers, timeout=SOON_SECONDS)


def stored(address: str) -> set[str]:
    """The latest conversations; the list is no longer than a hundred."""
    return {item["id"] for item in httpx.get(f"{address}/api/conversations").json()}


def test_a_closed_stream_cancels_the_model(
    serve: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = LongModel(began=threading.Event(), cancelled=threading.Event())
    known = models.get_model
    monkeypatch.setattr(models, "get_model",
                        lambda name: model if name == "long" else known(name))  # fmt: skip
    address = serve()
    before = stored(address)
    body = {"message": QUESTION, "model": "long"}
    with streamed(address, body) as response:
        lines = response.iter_lines()  # kept, since the connection closes with it
        assert next(lines) == "event: start"
        assert model.began.wait(SOON_SECONDS)
        time.sleep(0.3)
        assert not model.cancelled.is_set()  # as long as somebody listens, it goes on
    assert model.cancelled.wait(SOON_SECONDS)
    assert stored(address) == before


def test_a_caller_who_hangs_up_cancels_the_model(
    serve: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = LongModel(began=threading.Event(), cancelled=threading.Event())
    known = models.get_model
    monkeypatch.setattr(models, "get_model",
                        lambda name: model if name == "long" else known(name))  # fmt: skip
    address = serve()
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{address}/api/chat", json={"message": QUESTION, "model": "long"}, timeout=1.5)
    assert model.began.is_set()
    assert model.cancelled.wait(SOON_SECONDS)


def test_nothing_follows_a_tool_that_was_stopped(
    serve: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    began, release, ended = threading.Event(), threading.Event(), threading.Event()
    find = Assistant._find

    def slow(self: Assistant, query: str) -> Any:
        began.set()
        release.wait(LONG_SECONDS)
        found = find(self, query)
        ended.set()
        return found

    monkeypatch.setattr(Assistant, "_find", slow)
    address = serve()
    before = stored(address)
    with streamed(address, {"message": QUESTION}) as response:
        lines = response.iter_lines()  # kept, since the connection closes with it
        assert next(lines) == "event: start"
        assert began.wait(SOON_SECONDS)
    release.set()
    assert ended.wait(SOON_SECONDS)
    time.sleep(0.5)  # what would follow takes some milliseconds
    assert stored(address) == before
    # The control: with a listener, the same question is answered and kept.
    with streamed(address, {"message": QUESTION}) as response:
        events = response.read().decode()
    assert json.loads(events.rsplit("data: ", 1)[1])["question"] == QUESTION
    assert len(stored(address) - before) == 1
