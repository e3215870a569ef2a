"""A document as the index sees it: text, headings, and passages with their place in the text.

An article, a glossary term and a reader's own file all become a `Document`. Its `text` is what
quotes are cut from: `text[start:end]` of a citation is the quote, to the character.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from assistant.knowledge.corpus import Article, Term

Kind = Literal["article", "glossary"]

PASSAGE_WORDS = 170
"""A passage holds about this many words: what the embedder reads whole, a reader at a glance."""

LONGEST_PARAGRAPH_WORDS = 2000
"""A paragraph is its writer's unit and stays whole up to here; its windows find what it holds.

Cutting the long answers of the public retrieval set cost 0.005 to 0.017 of nDCG@10.
"""

WINDOW_WORDS = 80
"""A passage is also read through windows of this size, so that one remark in it is found."""

SHORT_ANSWER = "Short answer"

CORPUS = "corpus"
"""The origin of what comes with the program; a reader's own document has its path."""

_HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
_FENCE = re.compile(r"^(```|~~~).*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)
_SENTENCE = re.compile(r"\S(?:[^.!?\n]|[.!?](?!\s))*(?:[.!?]+|(?=\n)|\Z)|\S")
_WORD = re.compile(r"\S+")
_BLOCK = re.compile(r"\S(?:.|\n(?!\s*\n))*")


@dataclass(frozen=True)
class Passage:
    """A stretch of a document under one heading: `document.text[start:end]`."""

    section: str
    start: int
    end: int


@dataclass(frozen=True)
class Document:
    """Something that can be cited."""

    id: str
    kind: Kind
    title: str
    url: str
    text: str
    origin: str = CORPUS
    asked: tuple[str, ...] = ()
    """How readers ask for it; found by, and never shown or quoted."""

    @property
    def hash(self) -> str:
        """Changes when anything that the index stores of the document changes."""
        fields = (self.id, self.kind, self.title, self.url, self.origin, self.text, *self.asked)
        whole = "\0".join(fields)
        return hashlib.sha256(whole.encode()).hexdigest()[:16]

    def passages(self) -> list[Passage]:
        """The document in passages: by heading first, then by paragraph, never across a heading."""
        return [
            passage
            for section, start, end in _sections(self.text, self._opening)
            for passage in _pack(self.text, section, start, end)
        ]

    @property
    def _opening(self) -> str:
        """What the text before the first heading is: an article of ours opens with its answer."""
        return SHORT_ANSWER if self.kind == "article" and self.origin == CORPUS else ""


def article_document(article: Article, asked: tuple[str, ...] = ()) -> Document:
    """An article of the corpus: its short answer, then its body."""
    return Document(
        id=f"article:{article.slug}",
        kind="article",
        title=article.title,
        url=article.url,
        text=article_text(article),
        asked=asked,
    )


def article_text(article: Article) -> str:
    """The text that quotes of an article are cut from."""
    return f"{article.short_answer.strip()}\n\n{article.body.strip()}\n"


def read_asked(folder: Path) -> dict[str, tuple[str, ...]]:
    """How readers ask for each article, by its slug; empty where the file is not there."""
    path = folder / "asked.yaml"
    if not path.is_file():
        return {}
    entries = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return {str(slug): tuple(str(line) for line in lines) for slug, lines in entries.items()}


def read_elsewhere(folder: Path) -> list[str]:
    """Questions of other fields, to tell them from ours; empty where the file is not there."""
    path = folder / "elsewhere.yaml"
    if not path.is_file():
        return []
    return [str(line) for line in yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)]


def term_document(term: Term) -> Document:
    """A glossary term: its definition, then its note."""
    return Document(
        id=f"glossary:{term.slug}",
        kind="glossary",
        title=term.term,
        url=term.url,
        text=term_text(term),
    )


def term_text(term: Term) -> str:
    """The text that quotes of a term are cut from."""
    parts = [term.definition.strip(), (term.note or "").strip()]
    return "\n\n".join(part for part in parts if part) + "\n"


def windows(text: str) -> list[str]:
    """A passage in windows of `WINDOW_WORDS` words; a short rest joins the window before it."""
    words = text.split()
    cuts = list(range(0, max(len(words) - WINDOW_WORDS // 4, 1), WINDOW_WORDS))
    return [
        " ".join(words[start:stop])
        for start, stop in zip(cuts, [*cuts[1:], len(words)], strict=True)
    ]


def heading_anchor(heading: str) -> str:
    """The id that a heading has in the page: lower case, words joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")


def _sections(text: str, opening: str) -> Iterator[tuple[str, int, int]]:
    section = opening
    start = 0
    fences = [match.span() for match in _FENCE.finditer(text)]
    for match in _HEADING.finditer(text):
        if any(low <= match.start() < high for low, high in fences):
            continue
        yield section, start, match.start()
        section, start = match.group(2), match.end()
    yield section, start, len(text)


def _pack(text: str, section: str, start: int, end: int) -> Iterator[Passage]:
    """Paragraphs of one section, put together up to the size of a passage."""
    opened: int | None = None
    closed = start
    words = 0
    for block in _blocks(text, start, end):
        size = len(text[block[0] : block[1]].split())
        if opened is not None and words + size > PASSAGE_WORDS:
            yield Passage(section, opened, closed)
            opened, words = None, 0
        opened = block[0] if opened is None else opened
        closed, words = block[1], words + size
    if opened is not None:
        yield Passage(section, opened, closed)


def _blocks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Paragraphs; one too long for a passage comes sentence by sentence."""
    position = start
    while match := _BLOCK.search(text, position, end):
        fence = _FENCE.match(text, match.start(), end)
        stop = fence.end() if fence else match.start() + len(match.group().rstrip())
        long = len(text[match.start() : stop].split()) > LONGEST_PARAGRAPH_WORDS
        if long and not fence:
            yield from _pieces(text, match.start(), stop)
        else:
            yield match.start(), stop
        position = max(stop, match.start() + 1)


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Sentences, or lines, or where there are neither as many words as a passage holds."""
    for sentence in _SENTENCE.finditer(text, start, end):
        words = [match.span() for match in _WORD.finditer(text, *sentence.span())]
        for first in range(0, len(words), PASSAGE_WORDS):
            last = words[min(first + PASSAGE_WORDS, len(words)) - 1]
            yield words[first][0], last[1]
