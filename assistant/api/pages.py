"""The page that asks, and what other pages share: the form, the way out for a lost reader.

Every page works as plain HTML and a form; `web/static/js` improves it. A page loads nothing from
another host and runs no inline script or style. What the pages know of the assistant is its corpus,
its search, its stored answers and `aask`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from assistant.api.forms import is_from_elsewhere, read_form
from assistant.api.starters import BY_WINGS, LOOK_BACK_ANSWERS, NEWCOMER, regime_now
from assistant.api.templates import MESSAGE_LIMIT, address_of, page
from assistant.assistant import QuestionError
from assistant.models import ModelError
from assistant.resources import resource_folder

if TYPE_CHECKING:
    from assistant import Assistant

router = APIRouter(include_in_schema=False)


@router.get("/")
def chat_page(request: Request) -> HTMLResponse:
    """The chat; `?conversation=ID` goes on with one, which the page's script fetches."""
    return _chat(request)


@router.post("/ask")
async def ask(request: Request) -> Response:
    """Answer a form; the browser is sent on to the conversation, at the new answer."""
    if is_from_elsewhere(request):
        return page("error.html", 403, title="This question came from another site",
                    detail="Ask it here instead.")  # fmt: skip
    fields = await read_form(request)
    message = fields.get("message", "").replace("\r\n", "\n").strip()
    problem = _problem_with(message)
    if problem:
        return _chat(request, 422, message=message, problem=problem)
    try:
        answer = await _assistant(request).aask(message, fields.get("conversation_id") or None)
    except (QuestionError, ModelError) as error:
        return _chat(request, 422, message=message, problem=str(error))
    return RedirectResponse(f"/conversations/{answer.conversation_id}#{answer.id}", 303)


@router.get("/static/vendor/{name}")
def vendored_file(name: str) -> Response:
    """A library's file: its name carries its version, so a browser may keep it for good."""
    folder = resource_folder("web") / "static" / "vendor"
    path = (folder / name).resolve()
    if path.parent != folder.resolve() or not path.is_file():
        return not_found_page("There is no such file", "It may have been replaced by a newer one.")
    return FileResponse(path, headers={"Cache-Control": "public, max-age=31536000, immutable"})


def not_found_page(title: str, detail: str) -> HTMLResponse:
    """A page for an address that leads nowhere, with ways on."""
    return page("error.html", 404, title=title, detail=detail)


def _chat(
    request: Request, status: int = 200, message: str = "", problem: str = ""
) -> HTMLResponse:
    decisions = request.app.state.signals.decisions("default", 1)
    regime = regime_now(decisions, _assistant(request).answers.latest(LOOK_BACK_ANSWERS))
    return page(
        "chat.html",
        status,
        canonical=f"{address_of(request)}/",
        newcomer=NEWCOMER,
        regime=regime,
        regime_starters=BY_WINGS[regime.wings] if regime else (),
        featured=_assistant(request).answers.featured.all()[:3],
        message=message,
        problem=problem,
    )


def _assistant(request: Request) -> Assistant:
    assistant: Assistant = request.app.state.assistant
    return assistant


def _problem_with(message: str) -> str | None:
    if not message:
        return "Your question is empty. Write 1 to 1,000 characters."
    if len(message) > MESSAGE_LIMIT:
        over = len(message) - MESSAGE_LIMIT
        return (
            f"Your question has {len(message):,} characters, {over:,} too many. "
            f"The limit is {MESSAGE_LIMIT:,}."
        )
    return None
