"""The pages of the library: articles, the glossary, readers' documents, featured questions."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from assistant.api.highlight import read_span
from assistant.api.metadata import answer_record, article_record, glossary_record, term_record
from assistant.api.pages import not_found_page
from assistant.api.templates import address_of, page, sentence

if TYPE_CHECKING:
    from assistant import Assistant

router = APIRouter(include_in_schema=False)

Span = tuple[int, int]


@router.get("/articles")
def articles_page(request: Request, tag: str = "") -> HTMLResponse:
    """All articles by category; `tag` keeps those that carry it."""
    corpus = _assistant(request).corpus
    ordered = sorted(corpus.articles.values(), key=lambda item: item.title)
    chosen = [article for article in ordered if not tag or tag in article.tags]
    shelves = [
        (name, meaning, [article for article in chosen if article.category == name])
        for name, meaning in corpus.vocabulary.categories.items()
    ]
    return page(
        "articles.html",
        shelves=[shelf for shelf in shelves if shelf[2]],
        count=len(chosen),
        tag=tag,
        meaning=corpus.vocabulary.tags.get(tag, ""),
        featured=[] if tag else _assistant(request).answers.featured.all(),
        canonical=f"{address_of(request)}/articles",
    )


@router.get("/articles/{slug}")
def article_page(request: Request, slug: str, quote: str = "") -> HTMLResponse:
    """One article; `quote` marks a passage of it by its offsets in the article's text."""
    assistant, corpus = _assistant(request), _assistant(request).corpus
    article = corpus.articles.get(slug)
    if article is None:
        return not_found_page("There is no such article", "It may have been renamed.")
    short_answer = article.short_answer.strip()
    in_short, in_body = _split(read_span(quote), len(short_answer), len("\n\n"))
    address = address_of(request)
    return page(
        "article.html",
        article=article,
        short_answer=short_answer,
        in_short=in_short,
        body=article.body.strip(),
        in_body=in_body,
        terms=[corpus.terms[term] for term in article.terms if term in corpus.terms],
        claims=[corpus.claims[claim] for claim in article.claims],
        apa=f"AskCondor methodology library. ({article.updated.year}). {sentence(article.title)} "
        f"AskCondor. {address}{article.url}",
        related=[corpus.articles[item] for item in article.related if item in corpus.articles],
        views=_views(request, article.url),
        featured=[
            item
            for item in assistant.answers.featured.all()
            if any(cited.id == f"article:{slug}" for cited in item.answer.citations)
        ],
        canonical=address + article.url,
        record=article_record(article, address),
    )


@router.get("/glossary")
def glossary_page(request: Request, q: str = "") -> HTMLResponse:
    """The glossary, from A to Z; `q` keeps the entries that contain it."""
    terms = sorted(_assistant(request).corpus.terms.values(), key=lambda item: item.term.casefold())
    wanted = q.strip().casefold()
    found = [
        term
        for term in terms
        if wanted in " ".join((term.term, *term.synonyms, term.definition)).casefold()
    ]
    letters = [
        (name, list(items)) for name, items in groupby(found, lambda item: _letter(item.term))
    ]
    address = address_of(request)
    return page("glossary.html", letters=letters, q=q.strip(), found=len(found), count=len(terms),
                canonical=f"{address}/glossary",
                record=glossary_record(terms, address))  # fmt: skip


@router.get("/glossary/{slug}")
def term_page(request: Request, slug: str, quote: str = "") -> HTMLResponse:
    """One term of the glossary; `quote` marks a passage of its definition and note."""
    corpus = _assistant(request).corpus
    term = corpus.terms.get(slug)
    if term is None:
        return not_found_page("There is no such term", "The glossary lists every term we define.")
    in_definition, in_note = _split(read_span(quote), len(term.definition.strip()), len("\n\n"))
    address = address_of(request)
    return page(
        "term.html",
        term=term,
        in_definition=in_definition,
        in_note=in_note,
        claims=[corpus.claims[claim] for claim in term.claims],
        using=[article for article in corpus.articles.values() if slug in article.terms],
        views=_views(request, term.url),
        canonical=address + term.url,
        record=term_record(term, address),
    )


@router.get("/documents/{slug}")
def document_page(request: Request, slug: str, quote: str = "") -> HTMLResponse:
    """A document that the reader added to the library."""
    document = _assistant(request).index.library.document(f"document:{slug}")
    if document is None:
        return not_found_page("There is no such document", "It may have left the library.")
    return page("document.html", document=document, span=read_span(quote))


@router.get("/ask/{slug}")
def featured_page(request: Request, slug: str) -> HTMLResponse:
    """A question that a curator gave a page, with the answer it had then."""
    found = _assistant(request).answers.featured.find(slug)
    if found is None:
        return not_found_page("There is no such question", "Its page may have been withdrawn.")
    url = address_of(request) + found.url
    return page(
        "featured.html",
        answer=found.answer.model_dump(mode="json"),
        promoted=found.promoted_at,
        views=_views(request, found.url),
        canonical=url,
        record=answer_record(found.answer, url),
    )


def _split(span: Span | None, first: int, between: int) -> tuple[Span | None, Span | None]:
    """A span over two texts that stand `between` characters apart, as a span of each."""
    if span is None:
        return None, None
    start, end = span
    second = first + between
    in_first = (start, min(end, first)) if start < first else None
    in_second = (max(start - second, 0), end - second) if end > second else None
    return in_first, in_second


def _views(request: Request, path: str) -> int:
    """Count this opening, unless the browser only fetches ahead; how many there are."""
    views = _assistant(request).answers.views
    return views.count(path) if "sec-purpose" in request.headers else views.add(path)


def _letter(term: str) -> str:
    return term[0].upper() if term[0].isalpha() else "0-9"


def _assistant(request: Request) -> Assistant:
    assistant: Assistant = request.app.state.assistant
    return assistant
