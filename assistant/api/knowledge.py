"""The library over HTTP: search, articles, glossary terms, and documents that were added."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.exceptions import HTTPException

from assistant.assistant import Assistant
from assistant.knowledge.corpus import Article, Term
from assistant.knowledge.documents import article_text, term_text

router = APIRouter(prefix="/api", tags=["knowledge"])


@router.get("/search")
def search(
    request: Request,
    q: Annotated[str, Query(min_length=1, max_length=1000, description="What to look for.")],
    k: Annotated[int, Query(ge=1, le=50, description="How many passages.")] = 5,
) -> list[dict[str, Any]]:
    """The passages that answer a query best, best first."""
    return [
        {
            "score": hit.score,
            "id": hit.passage.document,
            "kind": hit.passage.kind,
            "title": hit.passage.title,
            "section": hit.passage.section,
            "text": hit.passage.text,
            "start": hit.passage.start,
            "end": hit.passage.end,
            "url": hit.passage.url,
        }
        for hit in _assistant(request).search(q, k)
    ]


@router.get("/articles")
def articles(request: Request) -> list[dict[str, Any]]:
    """Every article, without its body."""
    return [
        article.model_dump(mode="json", exclude={"body"}) | {"url": article.url}
        for article in _assistant(request).corpus.articles.values()
    ]


@router.get("/articles/{slug}")
def article(request: Request, slug: str) -> dict[str, Any]:
    """An article; `text` is what quotes are cut from."""
    found: Article | None = _assistant(request).corpus.articles.get(slug)
    if found is None:
        raise HTTPException(404, f"There is no article '{slug}'.")
    return found.model_dump(mode="json") | {"url": found.url, "text": article_text(found)}


@router.get("/glossary")
def glossary(request: Request) -> list[dict[str, Any]]:
    """Every term."""
    return [
        term.model_dump(mode="json") | {"url": term.url}
        for term in _assistant(request).corpus.terms.values()
    ]


@router.get("/glossary/{slug}")
def term(request: Request, slug: str) -> dict[str, Any]:
    """A term; `text` is what quotes are cut from."""
    found: Term | None = _assistant(request).corpus.terms.get(slug)
    if found is None:
        raise HTTPException(404, f"There is no term '{slug}'.")
    return found.model_dump(mode="json") | {"url": found.url, "text": term_text(found)}


@router.get("/documents/{slug}")
def document(request: Request, slug: str) -> dict[str, Any]:
    """A document that was added by `askcondor index`; `text` is what quotes are cut from."""
    found = _assistant(request).index.library.document(f"document:{slug}")
    if found is None:
        raise HTTPException(404, f"There is no document '{slug}'.")
    return {"id": found.id, "title": found.title, "url": found.url, "text": found.text}


def _assistant(request: Request) -> Assistant:
    assistant: Assistant = request.app.state.assistant
    return assistant
