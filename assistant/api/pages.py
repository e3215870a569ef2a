"""The HTML pages: chat, articles, glossary and stored answers.

Every page works as plain HTML and a form; `web/static/js` improves it. A page loads nothing from
another host and runs no inline script or style. What the pages know of the assistant is its corpus,
its stored answers and `aask`.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from assistant.api.templates import MESSAGE_LIMIT, page, sentence
from assistant.assistant import QuestionError
from assistant.models import ModelError
from assistant.resources import resource_folder

if TYPE_CHECKING:
    from assistant import Assistant

router = APIRouter(include_in_schema=False)

_FORM_LIMIT_BYTES = 64 * 1024  # a thousand characters, percent-encoded, many times over

STARTERS = (
    ("Price", "Price a 30-day SPX iron condor: spot 5800, puts 5450/5500, calls 6050/6100, "
              "IV 16 %, rate 4.5 %, dividend yield 1.3 %"),
    ("Regime", "VIX is 22 and VIX3M is 20.5. Is this a regime to sell condors in?"),
    ("Method", "What is the Adaptive Layered VIX Hedge?"),
    ("Rule", "Why should the credit be 15-25 % of the spread width?"),
    ("Range", "What is the expected move of SPX at 5800 with IV 16 % over 30 days?"),
    ("Idea", "How does the always-on nature of AMM smart contracts relate to running 24/7 VIX "
             "hedges or SPX iron condors?"),
)  # fmt: skip


@router.get("/")
async def chat_page() -> HTMLResponse:
    """The chat."""
    return page("chat.html", starters=STARTERS)


@router.post("/ask")
async def ask(request: Request) -> Response:
    """Answer a form; the browser is sent on to the answer's own page."""
    if request.headers.get("sec-fetch-site") == "cross-site":
        return page("error.html", 403, title="This question came from another site",
                     detail="Ask it here instead.")  # fmt: skip
    fields = await _form(request)
    message = fields.get("message", "").replace("\r\n", "\n").strip()
    problem = _problem_with(message)
    if problem:
        return page("chat.html", 422, starters=STARTERS, message=message, problem=problem)
    try:
        answer = await _assistant(request).aask(message, fields.get("conversation_id") or None)
    except (QuestionError, ModelError) as error:
        return page("chat.html", 422, starters=STARTERS, message=message, problem=str(error))
    return RedirectResponse(f"/answers/{answer.id}", 303)


@router.get("/answers/{answer_id}")
def answer_page(request: Request, answer_id: str) -> HTMLResponse:
    """A stored answer, read-only."""
    answer = _assistant(request).answers.answer(answer_id)
    if answer is None:
        return not_found_page("There is no such answer", "It may have been deleted.")
    return page("answer.html", answer=answer.model_dump(mode="json"))


@router.get("/articles")
async def articles_page(request: Request) -> HTMLResponse:
    """All articles by category."""
    corpus = _assistant(request).corpus
    ordered = sorted(corpus.articles.values(), key=lambda item: item.title)
    shelves = [
        (name, meaning, [article for article in ordered if article.category == name])
        for name, meaning in corpus.vocabulary.categories.items()
    ]
    shelves = [shelf for shelf in shelves if shelf[2]]
    return page("articles.html", shelves=shelves, count=len(ordered))


@router.get("/articles/{slug}")
async def article_page(request: Request, slug: str) -> HTMLResponse:
    """One article."""
    corpus = _assistant(request).corpus
    article = corpus.articles.get(slug)
    if article is None:
        return not_found_page("There is no such article", "It may have been renamed.")
    return page(
        "article.html",
        article=article,
        terms=[corpus.terms[term] for term in article.terms if term in corpus.terms],
        apa=f"AskCondor methodology library. ({article.updated.year}). {sentence(article.title)} "
        f"AskCondor. {str(request.base_url).rstrip('/')}{article.url}",
        related=[corpus.articles[item] for item in article.related if item in corpus.articles],
    )


@router.get("/glossary")
async def glossary_page(request: Request, q: str = "") -> HTMLResponse:
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
    return page("glossary.html", letters=letters, q=q.strip(), found=len(found), count=len(terms))


@router.get("/glossary/{slug}")
async def term_page(request: Request, slug: str) -> HTMLResponse:
    """One term of the glossary."""
    corpus = _assistant(request).corpus
    term = corpus.terms.get(slug)
    if term is None:
        return not_found_page("There is no such term", "The glossary lists every term we define.")
    using = [article for article in corpus.articles.values() if slug in article.terms]
    return page("term.html", term=term, using=using)


@router.get("/documents/{slug}")
def document_page(request: Request, slug: str) -> HTMLResponse:
    """A document that the reader added to the library."""
    document = _assistant(request).index.library.document(f"document:{slug}")
    if document is None:
        return not_found_page("There is no such document", "It may have left the library.")
    return page("document.html", document=document)


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


def _assistant(request: Request) -> Assistant:
    assistant: Assistant = request.app.state.assistant
    return assistant


async def _form(request: Request) -> Mapping[str, str]:
    """The first value of each field of a urlencoded form; a body over the limit is cut off."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _FORM_LIMIT_BYTES:
            break
    fields = parse_qs(body[:_FORM_LIMIT_BYTES].decode("utf-8", "replace"))
    return {name: values[0] for name, values in fields.items()}


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


def _letter(term: str) -> str:
    return term[0].upper() if term[0].isalpha() else "0-9"
