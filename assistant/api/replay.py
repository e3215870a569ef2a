"""Replay over HTTP: a stored answer computed again, and what differs."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException

from assistant.answers.replay import NoSuchAnswerError, Replayed

router = APIRouter(prefix="/api", tags=["chat"])


@router.post("/answers/{answer_id}/replay", response_model=Replayed)
async def replay(request: Request, answer_id: str) -> Replayed:
    """Compute an answer again and say what differs: text, numbers, passages, versions."""
    try:
        replayed: Replayed = await request.app.state.assistant.areplay(answer_id)
    except NoSuchAnswerError as error:
        raise HTTPException(404, str(error)) from error
    return replayed
