"""The OpenAI protocol: chat completions, streamed or not, for any client that speaks it.

A client of this protocol keeps the conversation itself and sends all of it each time. The last
message is the question. Each earlier message of ours ends in the link of its stored answer, so what
was calculated before is found again exactly, and a client may branch, edit and repeat as it likes.
A message that was not ours counts by its text alone. System messages are not obeyed: the manner in
which answers are checked is not a client's to change.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
import re
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Literal, cast

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from assistant.answers.record import Answer
from assistant.api.openai_shapes import (
    chunk,
    completion,
    error_body,
    model_card,
    usage,
    usage_chunk,
    written,
)
from assistant.api.problems import AsciiJSONResponse
from assistant.api.streams import EventStream, last_of, unless_gone
from assistant.assistant import MAX_QUESTION, QuestionError
from assistant.events import Delta, Event, Finished, Started

if TYPE_CHECKING:
    from assistant.assistant import Assistant

logger = logging.getLogger("askcondor")

router = APIRouter(prefix="/v1", tags=["openai"])

OWN_NAME = "askcondor"
"""The model that is whatever the server's setting MODEL says."""

_LINK = re.compile(r"/answers/([A-Za-z0-9_-]{1,40})\b")
_MOST_MESSAGES = 2000


class Part(BaseModel):
    """A part of a message; only text is understood."""

    type: str
    text: str | None = None


class Message(BaseModel):
    """One message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    @property
    def text(self) -> str:
        """The message's text."""
        if isinstance(self.content, list):
            return "\n".join(part.text or "" for part in self.content)
        return self.content or ""


class StreamOptions(BaseModel):
    """What a stream carries beside the text."""

    include_usage: bool | None = None


class CompletionRequest(BaseModel):
    """A conversation to answer the last message of. How to sample is accepted and not used."""

    model_config = ConfigDict(extra="ignore")

    model: str = Field(OWN_NAME, max_length=200, description="See `GET /v1/models`.")
    messages: list[Message] = Field(min_length=1, max_length=_MOST_MESSAGES)
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: int | None = None
    stop: str | list[str] | None = None
    logprobs: bool | None = None
    tools: list[Any] | None = None
    functions: list[Any] | None = None
    response_format: dict[str, Any] | None = None
    modalities: list[str] | None = None

    @property
    def prompt(self) -> str:
        """All that was sent, as one text."""
        return "\n".join(message.text for message in self.messages)


@router.get("/models", operation_id="list_models")
async def list_models(request: Request) -> dict[str, Any]:
    """The models that a request may name."""
    return {"object": "list", "data": [model_card(name) for name in _models(request)]}


@router.get("/models/{model}", operation_id="get_model")
async def get_model(request: Request, model: str) -> dict[str, Any]:
    """One model."""
    if model not in _models(request):
        raise HTTPException(404, f"There is no model '{model}'; GET /v1/models lists them.")
    return model_card(model)


@router.post("/chat/completions", operation_id="create_chat_completion", response_model=None)
async def create(request: Request, body: CompletionRequest) -> Response:
    """Answer the last message of a conversation."""
    assistant: Assistant = request.app.state.assistant
    _refuse_what_is_not_offered(body)
    question = _question(body.messages)
    earlier = await asyncio.to_thread(_earlier, assistant, body.messages[:-1])
    stored = next((answer for answer in reversed(earlier) if answer.conversation_id), None)
    events = cast(
        AsyncGenerator[Event, None],
        assistant.astream(
            question,
            stored.conversation_id if stored else None,
            None if body.model == OWN_NAME else body.model,
            earlier=earlier,
        ),
    )
    first = await anext(events)
    base_url = str(request.base_url).rstrip("/")
    if body.stream:
        return EventStream(
            _stream(cast(Started, first), events, body, base_url),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
    answer = await unless_gone(request, last_of(events))
    if isinstance(answer, Response):
        return answer
    return AsciiJSONResponse(completion(answer, body.model, base_url, body.prompt))


async def _stream(
    started: Started, events: AsyncGenerator[Event, None], body: CompletionRequest, base_url: str
) -> AsyncGenerator[bytes, None]:
    created = int(time.time())

    def piece(delta: dict[str, Any], finish: str | None = None) -> bytes:
        return _frame(chunk(started.id, body.model, created, delta, finish))

    async with aclosing(events):
        try:
            yield piece({"role": "assistant", "content": ""})
            async for event in events:
                if isinstance(event, Delta):
                    yield piece({"content": event.text})
                elif isinstance(event, Finished):
                    said = written(event.answer, base_url)
                    yield piece({"content": said.tail, "annotations": said.annotations})
                    yield piece({}, "stop")
                    if body.stream_options and body.stream_options.include_usage:
                        counted = usage(body.prompt, said.text)
                        yield _frame(usage_chunk(started.id, body.model, created, counted))
        except Exception as error:
            logger.exception("unexpected error while answering", exc_info=error)
            yield _frame(error_body(500, "internal-error", "The answer failed here."))
        yield b"data: [DONE]\n\n"


def _refuse_what_is_not_offered(body: CompletionRequest) -> None:
    """Refuse what would change the answer if it were obeyed, rather than pass over it."""
    refused = {
        "tools": (body.tools, "AskCondor calls its own tools; leave `tools` out"),
        "functions": (body.functions, "AskCondor calls its own tools; leave `functions` out"),
        "n": (body.n not in (None, 1), "one completion is written for a request; leave `n` out"),
        "logprobs": (body.logprobs, "there are no token probabilities; leave `logprobs` out"),
        "stop": (body.stop, "a checked answer is not cut short; leave `stop` out"),
        "response_format": (
            (body.response_format or {}).get("type", "text") != "text",
            "answers are text; POST /api/chat gives them as JSON with every part",
        ),
        "modalities": (set(body.modalities or ()) - {"text"}, "answers are text"),
    }
    for field, (asked_for, why) in refused.items():
        if asked_for:
            raise QuestionError(field, asked_for, f"left out: {why}")


def _question(messages: Sequence[Message]) -> str:
    last = messages[-1]
    if last.role != "user":
        raise QuestionError("messages", last.role, "closed by a message of the role 'user'")
    if isinstance(last.content, list) and any(part.type != "text" for part in last.content):
        raise QuestionError("messages", last.content, "text; pictures and sound are not understood")
    if not last.text.strip() or len(last.text) > MAX_QUESTION:
        allowed = f"closed by a message of 1 to {MAX_QUESTION} characters"
        raise QuestionError("messages", last.text, allowed)
    return last.text


def _earlier(assistant: Assistant, messages: Sequence[Message]) -> list[Answer]:
    """The answers that the conversation holds so far: the stored ones, or their text alone."""
    found: list[Answer] = []
    question = ""
    for message in messages:
        if message.role == "user":
            question = message.text
        elif message.role == "assistant" and message.text:
            links = _LINK.findall(message.text)
            stored = assistant.answers.answer(links[-1]) if links else None
            found.append(stored or _foreign(question, message.text))
    return found


def _foreign(question: str, text: str) -> Answer:
    return Answer(
        id="",
        conversation_id="",
        question=question,
        text=text,
        model="",
        corpus_version="",
        created_at=dt.datetime.now(dt.UTC),
        apa="",
    )


def _models(request: Request) -> list[str]:
    assistant: Assistant = request.app.state.assistant
    return list(dict.fromkeys([OWN_NAME, assistant.settings.model, "builtin"]))


def _frame(data: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(data, separators=(',', ':'))}\n\n".encode()
