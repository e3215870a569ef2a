"""The pages of what was asked: the history, a conversation, one answer to share.

Each of them works without a script: search, rename, delete, an opinion and the export are links
and forms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from assistant.api.export import conversation_markdown
from assistant.api.forms import is_from_elsewhere, read_form
from assistant.api.metadata import answer_record
from assistant.api.pages import not_found_page
from assistant.api.templates import address_of, page

if TYPE_CHECKING:
    from assistant import Assistant

router = APIRouter(include_in_schema=False)

MOST_CONVERSATIONS = 200
LONGEST_REASON = 2000


@router.get("/history")
def history_page(request: Request, q: str = "") -> HTMLResponse:
    """The conversations, latest first; `q` keeps those in which all its words stand."""
    words = q.strip()[:200]
    found = _assistant(request).answers.conversations(MOST_CONVERSATIONS, words)
    return page("history.html", conversations=found, q=words)


@router.get("/conversations/{conversation_id}")
def conversation_page(request: Request, conversation_id: str) -> HTMLResponse:
    """A whole conversation, with a box to go on with it."""
    answers = _assistant(request).answers
    found = answers.conversation(conversation_id)
    if found is None:
        return _no_conversation()
    opinions = {answer["id"]: answers.feedback(answer["id"]) for answer in found["answers"]}
    return page("conversation.html", conversation=found, opinions=opinions)


@router.get("/conversations/{conversation_id}/export.md")
def export(request: Request, conversation_id: str) -> Response:
    """A conversation as a Markdown file."""
    found = _assistant(request).answers.conversation(conversation_id)
    if found is None:
        return _no_conversation()
    return PlainTextResponse(
        conversation_markdown(found, address_of(request)),
        media_type="text/markdown",
        headers={
            "Content-Disposition": f'attachment; filename="askcondor-{conversation_id}.md"',
            "X-Content-Type-Options": "nosniff",
        },
    )


@router.post("/conversations/{conversation_id}/name")
async def rename(request: Request, conversation_id: str) -> Response:
    """Give a conversation another name."""
    if is_from_elsewhere(request):
        return _elsewhere()
    title = (await read_form(request)).get("title", "").strip()
    found = not title or _assistant(request).answers.rename_conversation(conversation_id, title)
    return RedirectResponse("/history", 303) if found else _no_conversation()


@router.post("/conversations/{conversation_id}/delete")
async def delete(request: Request, conversation_id: str) -> Response:
    """Delete a conversation and its answers."""
    if is_from_elsewhere(request):
        return _elsewhere()
    found = _assistant(request).answers.delete_conversation(conversation_id)
    return RedirectResponse("/history", 303) if found else _no_conversation()


@router.get("/answers/{answer_id}")
def answer_page(request: Request, answer_id: str) -> HTMLResponse:
    """A stored answer to share, read-only, with what a preview of it needs."""
    answer = _assistant(request).answers.answer(answer_id)
    if answer is None:
        return not_found_page("There is no such answer", "It may have been deleted.")
    url = f"{address_of(request)}/answers/{answer_id}"
    return page(
        "answer.html",
        answer=answer.model_dump(mode="json"),
        canonical=url,
        record=answer_record(answer, url),
    )


@router.post("/answers/{answer_id}/feedback")
async def feedback(request: Request, answer_id: str) -> Response:
    """Record an opinion from a form."""
    if is_from_elsewhere(request):
        return _elsewhere()
    answers = _assistant(request).answers
    fields = await read_form(request)
    rating, answer = fields.get("rating"), answers.answer(answer_id)
    if answer is None or rating not in ("up", "down"):
        return not_found_page("There is no such answer", "It may have been deleted.")
    comment = fields.get("comment", "").strip()[:LONGEST_REASON] or None
    answers.add_feedback(answer_id, cast(Literal["up", "down"], rating), comment)
    return RedirectResponse(f"/conversations/{answer.conversation_id}#{answer_id}", 303)


def _no_conversation() -> HTMLResponse:
    return not_found_page("There is no such conversation", "It may have been deleted.")


def _elsewhere() -> HTMLResponse:
    return page("error.html", 403, title="This form came from another site",
                detail="Nothing was changed.")  # fmt: skip


def _assistant(request: Request) -> Assistant:
    assistant: Assistant = request.app.state.assistant
    return assistant
