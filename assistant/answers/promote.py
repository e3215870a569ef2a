"""From a good answer to an article: a draft for the corpus, with what is already known filled in.

The draft is a start, not an article: its sentences are the answer's, and `askcondor check-article`
says what they still need. It keeps every source, tool and term that the answer rests on.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

import yaml

from assistant.answers.record import Answer, Calculation
from assistant.knowledge.corpus import Article, Corpus

MOST_TAGS = 5
MOST_RELATED = 5
MOST_VALUES = 3
"""How many results of a calculation its worked example shows."""

_MARKS = re.compile(r"\s*\[\d{1,3}\]")
_LIST_ITEM = re.compile(r"^(?:[-*]|\d+\.)\s")


def draft_article(answer: Answer, slug: str, corpus: Corpus, today: dt.date) -> str:
    """The text of a draft article: front matter, then one section for each part of the answer."""
    cited = _cited(answer, corpus)
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", _MARKS.sub("", answer.text))]
    paragraphs = [part for part in paragraphs if part and not _LIST_ITEM.match(part)]
    opening, *rest = paragraphs or [answer.question]
    front = {
        "title": " ".join(answer.question.split()),
        "slug": slug,
        "category": cited[0].category if cited else next(iter(corpus.vocabulary.categories)),
        "tags": _few((tag for article in cited for tag in article.tags), MOST_TAGS),
        "short_answer": opening,
        "terms": [entry.url.rpartition("/")[2] for entry in answer.glossary],
        "tools": _few((item.tool for item in answer.calculations), len(answer.calculations)),
        "sources": _sources(cited),
        "related": _few(
            [article.slug for article in cited]
            + [link.url.rpartition("/")[2] for link in answer.keep_reading],
            MOST_RELATED,
        ),
        "updated": today,
    }
    head = yaml.safe_dump(front, sort_keys=False, allow_unicode=True, width=96)
    sections = [f"## Part {number}: name it\n{part}" for number, part in enumerate(rest, start=1)]
    sections += [_example(item) for item in answer.calculations if _is_plain(item)]
    return f"---\n{head}---\n" + "\n\n".join(sections or [f"## Name it\n{opening}"]) + "\n"


def _cited(answer: Answer, corpus: Corpus) -> list[Article]:
    slugs = [item.id.partition(":")[2] for item in answer.citations if item.kind == "article"]
    return [corpus.articles[slug] for slug in dict.fromkeys(slugs) if slug in corpus.articles]


def _few(items: Iterable[str], most: int) -> list[str]:
    return list(dict.fromkeys(items))[:most]


def _sources(cited: list[Article]) -> list[dict[str, Any]]:
    sources = [source.model_dump(exclude_none=True) for item in cited for source in item.sources]
    return list({str(source): source for source in sources}.values())


def _is_plain(item: Calculation) -> bool:
    """Whether the call can be written in one line, and its result has single values to show."""
    simple = all(isinstance(value, int | float | str) for value in item.inputs.values())
    return simple and isinstance(item.result, dict) and bool(_values(item.result))


def _values(result: dict[str, Any]) -> list[tuple[str, Any]]:
    plain = [(name, value) for name, value in result.items() if isinstance(value, float | str)]
    return plain[:MOST_VALUES]


def _example(item: Calculation) -> str:
    arguments = ", ".join(f"{name}={_number(value)}" for name, value in item.inputs.items())
    lines = [f">>> found = {item.tool}({arguments})"]
    for name, value in _values(item.result):
        if isinstance(value, str):
            lines += [f">>> found.{name}", repr(value)]
        else:
            lines += [f">>> round(found.{name}, 2)", repr(round(value, 2))]
    block = "\n".join(["```pycon", *lines, "```"])
    return f"## An example: name it\nSay in a sentence what the example shows.\n\n{block}"


def _number(value: Any) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else repr(value)
