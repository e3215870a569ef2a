"""The library for programs that visit: a sitemap, a feed of new articles, and rules for robots."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from assistant.api.metadata import PUBLISHER, plain_text
from assistant.api.templates import address_of

if TYPE_CHECKING:
    from assistant import Assistant

router = APIRouter(include_in_schema=False)

FEED_ENTRIES = 50


@router.get("/sitemap.xml")
def sitemap(request: Request) -> Response:
    """Every page of the library; conversations and their answers are nobody else's business."""
    assistant = _assistant(request)
    pages: list[tuple[str, dt.date | None]] = [("/", None), ("/articles", None)]
    pages += [(item.url, item.updated) for item in assistant.corpus.articles.values()]
    pages += [("/glossary", None)]
    pages += [(term.url, None) for term in assistant.corpus.terms.values()]
    pages += [(item.url, item.promoted_at.date()) for item in assistant.answers.featured.all()]
    address = address_of(request)
    lines = [
        f"<url><loc>{escape(address + path)}</loc>"
        + (f"<lastmod>{changed.isoformat()}</lastmod>" if changed else "")
        + "</url>"
        for path, changed in pages
    ]
    return _xml(
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        + "\n".join(lines)
        + "\n</urlset>",
        "application/xml",
    )


@router.get("/articles.atom")
def feed(request: Request) -> Response:
    """New articles and featured questions, the latest first, as an Atom feed (RFC 4287)."""
    assistant = _assistant(request)
    entries = [
        (item.title, item.url, _start_of(item.updated), item.short_answer, item.category)
        for item in assistant.corpus.articles.values()
    ]
    entries += [
        (item.answer.question, item.url, item.promoted_at, item.answer.text, "Featured question")
        for item in assistant.answers.featured.all()
    ]
    entries.sort(key=lambda entry: (entry[2], entry[1]), reverse=True)
    address = address_of(request)
    changed = entries[0][2] if entries else dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    parts = [
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        "<title>AskCondor: new articles</title>",
        f"<id>{escape(address)}/articles.atom</id>",
        f'<link rel="self" href="{escape(address)}/articles.atom"/>',
        f'<link rel="alternate" href="{escape(address)}/articles"/>',
        f"<updated>{changed.isoformat()}</updated>",
        f"<author><name>{escape(PUBLISHER)}</name></author>",
    ]
    for title, path, moment, text, category in entries[:FEED_ENTRIES]:
        url = escape(address + path)
        parts += [
            f"<entry><title>{escape(title)}</title><id>{url}</id>",
            f'<link rel="alternate" href="{url}"/><updated>{moment.isoformat()}</updated>',
            f'<category term="{escape(category, {chr(34): "&quot;"})}"/>',
            f"<summary>{escape(plain_text(text))}</summary></entry>",
        ]
    return _xml("\n".join([*parts, "</feed>"]), "application/atom+xml")


@router.get("/robots.txt")
def robots(request: Request) -> Response:
    """The library may be visited; people's conversations may not."""
    lines = ["User-agent: *", "Disallow: /api/", "Disallow: /answers/", "Disallow: /conversations/",
             "Disallow: /history", "Disallow: /search",
             f"Sitemap: {address_of(request)}/sitemap.xml"]  # fmt: skip
    return PlainTextResponse("\n".join(lines) + "\n")


def _start_of(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)


def _xml(body: str, media_type: str) -> Response:
    # Characters that XML 1.0 has no place for would make the whole document unreadable.
    legal = "".join(char for char in body if char >= " " or char in "\t\n")
    return Response(f'<?xml version="1.0" encoding="utf-8"?>\n{legal}\n', media_type=media_type)


def _assistant(request: Request) -> Assistant:
    assistant: Assistant = request.app.state.assistant
    return assistant
