"""What a question leads to: the sentence that corrects its premise, or that names both sides.

Readers arrive with mistakes and with published contradictions, each in their own words. A lead
holds such wordings as examples, and the sentences of an article that answer them. The examples are
found by, and never shown; the quote stands word for word in its article, where it can be cited.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field

from assistant.knowledge.corpus import Article, Corpus, CorpusError
from assistant.knowledge.documents import Passage, article_document
from assistant.knowledge.records import SLUG, Record, validate
from assistant.knowledge.rules import resolve

FILE = "leads.yaml"

LeadKind = Literal["premise", "contested"]


class Lead(Record):
    """One premise to correct or one contested topic, with how readers arrive with it."""

    id: str = Field(pattern=SLUG)
    kind: LeadKind
    article: str = Field(pattern=SLUG)
    quote: str = Field(min_length=20)
    examples: tuple[str, ...] = Field(min_length=5)


def read_leads(folder: Path, corpus: Corpus) -> list[Lead]:
    """The leads of `folder`, none where the file is not there; `CorpusError` on any problem."""
    path = folder / FILE
    if not path.is_file():
        return []
    problems: list[str] = []
    entries = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    leads: list[Lead] = []
    if not isinstance(entries, list):
        problems.append(f"{FILE}: must be a list of leads; see README.md")
        entries = []
    for number, entry in enumerate(entries, start=1):
        label = entry.get("id") if isinstance(entry, dict) else None
        name = f"{FILE}, {label or f'entry {number}'}"
        if isinstance(entry, dict) and isinstance(entry.get("quote"), str):
            entry = entry | {"quote": resolve(entry["quote"], name, corpus.rules, problems)}  # noqa: PLW2901
        lead = validate(Lead, name, entry, problems)
        if lead is not None:
            leads.append(lead.model_copy(update={"quote": flat(lead.quote)}))
    problems += _repeated(leads)
    for lead in leads:
        problems += quote_problems(lead, corpus.articles)
    if problems:
        raise CorpusError(sorted(problems))
    return leads


def quote_problems(lead: Lead, articles: Mapping[str, Article]) -> Iterator[str]:
    """What is wrong with the place of a lead's quote."""
    name = f"{FILE}, {lead.id}"
    article = articles.get(lead.article)
    if article is None:
        yield f"{name}: unknown article '{lead.article}'; use the slug of an article"
    elif passage_of(lead, article) is None:
        yield (
            f"{name}: the quote does not stand in one section of articles/{lead.article}.md; "
            f"copy it from there word for word: {lead.quote[:60]!r}"
        )


def passage_of(lead: Lead, article: Article) -> int | None:
    """The position among the article's passages of the one that holds the quote."""
    document = article_document(article)
    for position, passage in enumerate(document.passages()):
        if lead.quote in flat(_text(document.text, passage)):
            return position
    return None


def _text(text: str, passage: Passage) -> str:
    return text[passage.start : passage.end]


def flat(text: str) -> str:
    """The text on one line: where a line of an article breaks means nothing."""
    return " ".join(text.split())


def _repeated(leads: list[Lead]) -> Iterator[str]:
    owners: dict[str, str] = {}
    ids: set[str] = set()
    for lead in leads:
        if lead.id in ids:
            yield f"{FILE}, {lead.id}: the id is taken; choose another"
        ids.add(lead.id)
        for example in lead.examples:
            owner = owners.setdefault(flat(example).casefold(), lead.id)
            if owner != lead.id:
                yield f"{FILE}, {lead.id}: {example!r} is an example of '{owner}' already"
