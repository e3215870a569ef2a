"""Chat over HTTP: an Answer as JSON, or what happens on the way to it as Server-Sent Events."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from assistant.answers.record import Answer
from assistant.answers.store import LONGEST_TITLE
from assistant.api.problems import problem_body
from assistant.api.streams import EventStream, last_of, unless_gone
from assistant.assistant import MAX_QUESTION, Assistant
from assistant.events import Delta, Event, Finished, Started

logger = logging.getLogger("askcondor")

router = APIRouter(prefix="/api", tags=["chat"])

EVENT_STREAM = "text/event-stream"


class ChatRequest(BaseModel):
    """A question, in a conversation or opening one."""

    model_config = ConfigDict(extra="forbid")

    message: str = Field(min_length=1, max_length=MAX_QUESTION, description="The question.")
    conversation_id: str | None = Field(
        None, pattern=r"^[A-Za-z0-9_-]{1,40}$", description="The conversation to go on with."
    )
    model: str | None = Field(
        None, max_length=200, description="'builtin' or 'provider:name'; default: the server's."
    )


class RenameRequest(BaseModel):
    """Another name for a conversation."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=LONGEST_TITLE, pattern=r"\S")


class FeedbackRequest(BaseModel):
    """An opinion on an answer."""

    model_config = ConfigDict(extra="forbid")

    rating: Literal["up", "down"]
    comment: str | None = Field(None, max_length=2000)


@router.post(
    "/chat",
    response_model=Answer,
    responses={200: {"content": {EVENT_STREAM: {"schema": {"type": "string"}}}}},
)
async def chat(
    request: Request, body: ChatRequest, accept: Annotated[str, Header()] = ""
) -> Answer | Response:
    """Answer a question; with `Accept: text/event-stream`, as a stream of events."""
    assistant: Assistant = request.app.state.assistant
    events = cast(
        AsyncGenerator[Event, None],
        assistant.astream(body.message, body.conversation_id, body.model),
    )
    # The first event comes before any work; a question that cannot be taken is an error response.
    first = await anext(events)
    if EVENT_STREAM in accept:
        return EventStream(
            _stream(first, events),
            media_type=EVENT_STREAM,
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
    return await unless_gone(request, last_of(events))


@router.get("/answers/{answer_id}", response_model=Answer)
def answer(request: Request, answer_id: str) -> Answer:
    """A stored answer."""
    found: Answer | None = request.app.state.assistant.answers.answer(answer_id)
    if found is None:
        raise HTTPException(404, f"There is no answer '{answer_id}'.")
    return found


@router.post("/answers/{answer_id}/feedback", status_code=204)
def feedback(request: Request, answer_id: str, body: FeedbackRequest) -> None:
    """Record an opinion on an answer."""
    assistant: Assistant = request.app.state.assistant
    if not assistant.answers.add_feedback(answer_id, body.rating, body.comment):
        raise HTTPException(404, f"There is no answer '{answer_id}'.")


@router.get("/conversations")
def conversations(
    request: Request,
    q: Annotated[str, Query(max_length=200, description="Words that all stand in it.")] = "",
) -> list[dict[str, Any]]:
    """The conversations, latest first."""
    found: list[dict[str, Any]] = request.app.state.assistant.answers.conversations(q=q)
    return found


@router.get("/conversations/{conversation_id}")
def conversation(request: Request, conversation_id: str) -> dict[str, Any]:
    """A conversation with its answers, oldest first."""
    found: dict[str, Any] | None = request.app.state.assistant.answers.conversation(conversation_id)
    if found is None:
        raise HTTPException(404, f"There is no conversation '{conversation_id}'.")
    return found


@router.patch("/conversations/{conversation_id}", status_code=204)
def rename(request: Request, conversation_id: str, body: RenameRequest) -> None:
    """Give a conversation another name."""
    if not request.app.state.assistant.answers.rename_conversation(conversation_id, body.title):
        raise HTTPException(404, f"There is no conversation '{conversation_id}'.")


@router.delete("/conversations/{conversation_id}", status_code=204)
def forget(request: Request, conversation_id: str) -> None:
    """Delete a conversation and its answers."""
    if not request.app.state.assistant.answers.delete_conversation(conversation_id):
        raise HTTPException(404, f"There is no conversation '{conversation_id}'.")


async def _stream(first: Event, events: AsyncGenerator[Event, None]) -> AsyncGenerator[bytes, None]:
    async with aclosing(events):
        yield _encoded(first)
        try:
            async for event in events:
                yield _encoded(event)
        except Exception as error:
            # The status line has gone out; the failure can only be told inside the stream.
            logger.exception("unexpected error while answering", exc_info=error)
            yield _frame("error", problem_body(500, "internal-error", "The answer failed here."))


def _encoded(event: Event) -> bytes:
    if isinstance(event, Started):
        return _frame("start", {"id": event.id, "conversation_id": event.conversation_id})
    if isinstance(event, Delta):
        return _frame("delta", {"text": event.text})
    if isinstance(event, Finished):
        return _frame("answer", event.answer.model_dump(mode="json"))
    return _frame(
        "step",
        {
            "tool": event.tool,
            "status": event.status,
            "label": event.label,
            "inputs": dict(event.inputs),
        },
    )


def _frame(name: str, data: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
