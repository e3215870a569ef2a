"""Search over everything: passages, terms, featured questions, one's own conversations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from assistant.api.templates import MESSAGE_LIMIT, page

if TYPE_CHECKING:
    from assistant import Assistant
    from assistant.knowledge.library import StoredPassage

router = APIRouter(include_in_schema=False)

MOST_PASSAGES = 16
MOST_OF_ONE = 3
MOST_TERMS = 6
MOST_CONVERSATIONS = 5


@router.get("/search")
def search_page(request: Request, q: str = "") -> HTMLResponse:
    """What the library, the featured questions and the history hold on the words of `q`."""
    assistant = _assistant(request)
    words = q.replace("\0", " ").strip()[:MESSAGE_LIMIT]
    if not words:
        return page("search.html", q="", found=[], terms=[], featured=[], conversations=[])
    hits = assistant.search(words, MOST_PASSAGES)
    wanted = words.casefold()
    named = [
        term
        for term in assistant.corpus.terms.values()
        if any(wanted in name.casefold() for name in term.names)
    ]
    terms = list(dict.fromkeys([term.slug for term in [*assistant.terms.find(words), *named]]))
    return page(
        "search.html",
        q=words,
        found=_by_document(hit.passage for hit in hits if hit.passage.kind != "glossary"),
        terms=[assistant.corpus.terms[slug] for slug in terms[:MOST_TERMS]],
        featured=[
            item
            for item in assistant.answers.featured.all()
            if all(
                word in f"{item.answer.question} {item.answer.text}".casefold()
                for word in wanted.split()
            )
        ],
        conversations=assistant.answers.conversations(MOST_CONVERSATIONS, words),
    )


def _by_document(passages: Iterable[StoredPassage]) -> list[list[StoredPassage]]:
    """The passages of each document together, in the order in which the documents were found."""
    found: dict[str, list[StoredPassage]] = {}
    for passage in passages:
        found.setdefault(passage.document, []).append(passage)
    return [group[:MOST_OF_ONE] for group in found.values()]


def _assistant(request: Request) -> Assistant:
    assistant: Assistant = request.app.state.assistant
    return assistant
