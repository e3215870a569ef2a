"""The library over HTTP: search, articles, glossary terms, and documents that were added."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, computed_field
from starlette.exceptions import HTTPException

from assistant.assistant import Assistant
from assistant.knowledge.corpus import Article, Term
from assistant.knowledge.documents import article_text, term_text
from assistant.records import PassageRecord

router = APIRouter(prefix="/api", tags=["knowledge"])


class ArticleSummary(Article):
    """An article without its body."""

    body: str = Field(default="", exclude=True, repr=False)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def url(self) -> str:
        """Address of the article's page."""
        return super().url


class ArticleText(Article):
    """An article; `text` is what quotes are cut from."""

    # Offsets of quotes count every character of it.
    model_config = ConfigDict(str_strip_whitespace=False)

    text: str

    @computed_field  # type: ignore[prop-decorator]
    @property
    def url(self) -> str:
        """Address of the article's page."""
        return super().url


class TermSummary(Term):
    """A glossary term."""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def url(self) -> str:
        """Address of the term's page."""
        return super().url


class TermText(TermSummary):
    """A term; `text` is what quotes are cut from."""

    model_config = ConfigDict(str_strip_whitespace=False)

    text: str


class DocumentText(BaseModel):
    """A reader's own document; `text` is what quotes are cut from."""

    id: str
    title: str
    url: str
    text: str


@router.get("/search")
def search(
    request: Request,
    q: Annotated[str, Query(min_length=1, max_length=1000, description="What to look for.")],
    k: Annotated[int, Query(ge=1, le=50, description="How many passages.")] = 5,
) -> list[PassageRecord]:
    """The passages that answer a query best, best first."""
    return [PassageRecord.of(hit) for hit in _assistant(request).search(q, k)]


@router.get("/articles")
def articles(request: Request) -> list[ArticleSummary]:
    """Every article, without its body."""
    return [
        ArticleSummary.model_validate(vars(article) | {"body": ""})
        for article in _assistant(request).corpus.articles.values()
    ]


@router.get("/articles/{slug}")
def article(request: Request, slug: str) -> ArticleText:
    """An article; `text` is what quotes are cut from."""
    found = _assistant(request).corpus.articles.get(slug)
    if found is None:
        raise HTTPException(404, f"There is no article '{slug}'.")
    return ArticleText.model_validate(vars(found) | {"text": article_text(found)})


@router.get("/glossary")
def glossary(request: Request) -> list[TermSummary]:
    """Every term."""
    terms = _assistant(request).corpus.terms.values()
    return [TermSummary.model_validate(vars(term)) for term in terms]


@router.get("/glossary/{slug}")
def term(request: Request, slug: str) -> TermText:
    """A term; `text` is what quotes are cut from."""
    found = _assistant(request).corpus.terms.get(slug)
    if found is None:
        raise HTTPException(404, f"There is no term '{slug}'.")
    return TermText.model_validate(vars(found) | {"text": term_text(found)})


@router.get("/documents/{slug}")
def document(request: Request, slug: str) -> DocumentText:
    """A document that was added by `askcondor index`; `text` is what quotes are cut from."""
    found = _assistant(request).index.library.document(f"document:{slug}")
    if found is None:
        raise HTTPException(404, f"There is no document '{slug}'.")
    return DocumentText(id=found.id, title=found.title, url=found.url, text=found.text)


def _assistant(request: Request) -> Assistant:
    assistant: Assistant = request.app.state.assistant
    return assistant
