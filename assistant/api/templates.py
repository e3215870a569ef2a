"""Templates to HTML responses: the environment, its filters, and the headers every page carries.

Autoescape is on for every template, and a name that a template does not get is an error.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.api.markdown import passage_url, render_markdown
from assistant.api.metadata import plain_text
from assistant.api.wording import card, words
from assistant.resources import resource_folder

if TYPE_CHECKING:
    from assistant.knowledge.records import Source

MESSAGE_LIMIT = 1000
"""Characters in a question."""

# Nothing from another host, nothing inline. Plotly keeps to it because `charts.css` stands in the
# page under the id that Plotly would otherwise write its own style element under.
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def page(template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """The template as a response with the security headers."""
    html = _environment().get_template(template).render(**context)
    return HTMLResponse(html, status, headers=SECURITY_HEADERS)


def address_of(request: Request) -> str:
    """Where this server is for its reader, without a slash at the end."""
    return str(request.base_url).rstrip("/")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(resource_folder("web") / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        markdown=render_markdown,
        day=_day,
        reference=_reference,
        text_apart=text_apart,
        passage_url=passage_url,
        plain_text=plain_text,
        excerpt=_excerpt,
    )
    environment.globals.update(
        card=card, words=words, message_limit=MESSAGE_LIMIT, grounding_words=grounding_words
    )
    return environment


def grounding_words(answer: Mapping[str, Any]) -> str:
    """One line on where an answer's numbers come from, or nothing where it has none."""
    numbers = (answer.get("grounding") or {}).get("numbers") or []
    kinds = Counter(str(number["source"]).split(" ")[0] for number in numbers)
    names = {"calculation": "computed", "citation": "quoted", "question": "yours"}
    parts = [f"{kinds[kind]} {name}" for kind, name in names.items() if kinds[kind]]
    noun = "number" if len(numbers) == 1 else "numbers"
    return f"{len(numbers)} {noun} checked: {', '.join(parts)}" if numbers else ""


def text_apart(answer: Mapping[str, Any]) -> str:
    """An answer's text without the list of questions that stand below it as buttons."""
    offered = set(answer.get("suggestions") or ())
    lines = str(answer["text"]).split("\n")
    marks = ' \t-*"“”'
    return "\n".join(line for line in lines if not offered or line.strip(marks) not in offered)


def _excerpt(text: str, length: int) -> str:
    """The beginning of a text, cut after a whole word, without the mark that stood there."""
    if len(text) <= length:
        return text
    return text[:length].rpartition(" ")[0].rstrip(" .,;:!?") + "…"


def _day(moment: dt.date | str) -> str:
    date = dt.datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return f"{date.day} {date:%B %Y}"


def _reference(source: Source) -> str:
    year = "n.d." if source.year is None else str(source.year)
    parts = [source.author or "AskCondor", f"({year})", source.title, source.where or ""]
    return " ".join(sentence(part) for part in parts if part)


def sentence(text: str) -> str:
    """The text with a capital at its start and a mark at its end."""
    return text[0].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")
