"""An assistant that is somewhere else: the same questions and answers, asked of a server.

`HttpAssistant(url)` has the interface of `Assistant`. What the server refuses raises what the
assistant itself would raise, with the same words; anything else that goes wrong is an `HttpError`.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Self

import httpx

from assistant.answers.record import Answer
from assistant.errors import HttpError, ModelError, QuestionError
from assistant.events import Delta, Event, Finished, Started, Step
from assistant.records import PassageRecord
from tools.errors import FieldProblem, ToolDataError, ToolInputError

if TYPE_CHECKING:
    from assistant.knowledge.search import Hit

TIMEOUT_S = 120.0
"""A language model behind the server may take its time over an answer."""

_STREAM = {"accept": "text/event-stream"}


class HttpAssistant:
    """Asks a server; close it, or use it in a `with` or `async with` block."""

    def __init__(self, url: str, key: str | None = None, *, timeout_s: float = TIMEOUT_S) -> None:
        """Name the server: 'http://127.0.0.1:8000', and a key where it wants one."""
        settings: dict[str, Any] = {
            "base_url": url,
            "timeout": timeout_s,
            "headers": {} if key is None else {"authorization": f"Bearer {key}"},
        }
        self._url = url
        self._settings = settings
        self._client = httpx.Client(**settings)
        # Belongs to one event loop, so it lives as long as an `async with` block, or one call.
        self._async_client: httpx.AsyncClient | None = None

    def __repr__(self) -> str:
        return f"HttpAssistant({self._url!r})"

    def open(self) -> Self:
        """Make sure that the server is there and ready to answer."""
        with self._told():
            response = self._client.get("/readyz")
        if response.status_code != 200:
            _raise(response, tool=False)
        return self

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    async def aclose(self) -> None:
        """Let go of the connections, from asynchronous code."""
        self._client.close()
        if self._async_client is not None:
            await self._async_client.aclose()
            self._async_client = None

    def __enter__(self) -> Self:
        """Use it in a block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it at the block's end."""
        self.close()

    async def __aenter__(self) -> Self:
        """Use it in an asynchronous block, whose calls share connections."""
        self._async_client = httpx.AsyncClient(**self._settings)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it at the block's end."""
        await self.aclose()

    def ask(
        self, question: str, conversation_id: str | None = None, model: str | None = None
    ) -> Answer:
        """Answer a question; raises `QuestionError` where it cannot be taken."""
        body = _question(question, conversation_id, model)
        with self._told():
            response = self._client.post("/api/chat", **body)
        return Answer.model_validate(_checked(response))

    async def aask(
        self, question: str, conversation_id: str | None = None, model: str | None = None
    ) -> Answer:
        """Answer a question, from asynchronous code."""
        body = _question(question, conversation_id, model)
        with self._told():
            async with self._asynchronous() as client:
                response = await client.post("/api/chat", **body)
        return Answer.model_validate(_checked(response))

    def stream(
        self, question: str, conversation_id: str | None = None, model: str | None = None
    ) -> Iterator[Event]:
        """Answer a question as events, one at a time; leaving the loop early ends the work."""
        body = _question(question, conversation_id, model, _STREAM)
        with self._told(), self._client.stream("POST", "/api/chat", **body) as response:
            if response.status_code != 200:
                response.read()
                _raise(response, tool=False)
            frames = _Frames()
            for part in response.iter_bytes():
                yield from frames.events(part)

    async def astream(
        self, question: str, conversation_id: str | None = None, model: str | None = None
    ) -> AsyncIterator[Event]:
        """Answer a question as events, from asynchronous code."""
        body = _question(question, conversation_id, model, _STREAM)
        with self._told():
            async with (
                self._asynchronous() as client,
                client.stream("POST", "/api/chat", **body) as response,
            ):
                if response.status_code != 200:
                    await response.aread()
                    _raise(response, tool=False)
                frames = _Frames()
                async for part in response.aiter_bytes():
                    for event in frames.events(part):
                        yield event

    def search(self, query: str, limit: int = 5) -> list[Hit]:
        """The passages of the server's library that answer a query best."""
        with self._told():
            response = self._client.get("/api/search", params={"q": query, "k": limit})
        return [PassageRecord.model_validate(found).hit() for found in _checked(response)]

    def call_tool(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """What a tool of the catalog gives, in plain JSON types; raises `ToolInputError`."""
        with self._told():
            body = json.dumps(dict(arguments)).encode()  # NaN goes out as such, to be refused there
            headers = {"content-type": "application/json"}
            response = self._client.post(f"/api/tools/{name}", content=body, headers=headers)
        return _checked(response, tool=True)

    @asynccontextmanager
    async def _asynchronous(self) -> AsyncIterator[httpx.AsyncClient]:
        if self._async_client is not None:
            yield self._async_client
            return
        async with httpx.AsyncClient(**self._settings) as client:
            yield client

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except httpx.HTTPError as error:
            raise HttpError(
                f"The server at {self._url} cannot be asked ({type(error).__name__}: {error}). "
                "Is it running? askcondor serve starts one."
            ) from error


class _ToldProblem(FieldProblem):
    """A field's problem in the server's own words."""

    def __str__(self) -> str:
        return self.allowed


class _Frames:
    """Puts the bytes of a stream together to events; a frame ends with an empty line."""

    def __init__(self) -> None:
        self._rest = b""

    def events(self, part: bytes) -> Iterator[Event]:
        *whole, self._rest = (self._rest + part).split(b"\n\n")
        for frame in whole:
            fields = dict(line.split(b": ", 1) for line in frame.split(b"\n") if b": " in line)
            yield _event(fields[b"event"].decode(), json.loads(fields[b"data"]))


def _event(name: str, data: dict[str, Any]) -> Event:
    if name == "start":
        return Started(data["id"], data["conversation_id"])
    if name == "step":
        return Step(data["tool"], data["status"], data["label"], data["inputs"])
    if name == "delta":
        return Delta(data["text"])
    if name == "answer":
        return Finished(Answer.model_validate(data))
    raise HttpError(data["detail"], data["status"], data.get("code"), data.get("request_id"))


def _question(
    question: str,
    conversation_id: str | None,
    model: str | None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    given = {"message": question, "conversation_id": conversation_id, "model": model}
    said = {name: value for name, value in given.items() if value is not None or name == "message"}
    return {
        # As ASCII, so that any text can be sent, and be refused in the server's words.
        "content": json.dumps(said).encode(),
        "headers": {"content-type": "application/json", **(headers or {})},
    }


def _checked(response: httpx.Response, *, tool: bool = False) -> Any:
    if response.status_code != 200:
        _raise(response, tool=tool)
    return response.json()


def _raise(response: httpx.Response, *, tool: bool) -> NoReturn:
    try:
        problem = response.json()
        detail, code, errors = problem["detail"], problem["code"], problem["errors"]
    except (ValueError, KeyError, TypeError):
        text = f"The server answered {response.status_code}: {response.text[:200]}"
        raise HttpError(text, response.status_code) from None
    if tool and code in {"invalid-input", "not-found"}:
        named = errors or [{"field": "name", "detail": detail}]
        raise ToolInputError([_ToldProblem(e["field"], None, e["detail"]) for e in named])
    if tool and code == "insufficient-data":
        raise ToolDataError(detail)
    if code == "unknown-model":
        raise ModelError(detail)
    if code == "invalid-input" and errors:
        refused = QuestionError(errors[0]["field"], None, "")
        refused.args = (detail,)
        raise refused
    raise HttpError(detail, response.status_code, code, problem.get("request_id"))
