"""The corpus in memory: articles and glossary terms, read from a folder and checked whole.

`load_corpus` reads `vocabulary.yaml`, `glossary.yaml` and `articles/*.md`, and either returns a
`Corpus` in which every link resolves or raises one `CorpusError` that lists every problem.
It knows nothing of passages, embeddings or search, and it imports nothing heavy: it stands on the
start-up path of every command.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

try:
    from yaml import CSafeLoader as _Loader  # ten times the speed of the pure Python loader
except ImportError:  # pragma: no cover - PyYAML built without libyaml
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

_SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_TOOL = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"
_FRONT_MATTER = re.compile(r"\A---\n(.*?\n)---\n(.*)\Z", re.DOTALL)
# Fenced code is matched first, so that a heading inside it is passed over.
_HEADING = re.compile(r"^(?:```|~~~).*?^(?:```|~~~)|^## +([^\n]+)", re.MULTILINE | re.DOTALL)


class CorpusError(Exception):
    """The corpus cannot be used; `problems` has one line for each thing to put right."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        count = f"{len(self.problems)} problem{'' if len(self.problems) == 1 else 's'}"
        super().__init__("\n- ".join([f"The corpus has {count}:", *self.problems]))


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


R = TypeVar("R", bound=_Record)


class Source(_Record):
    """Where a statement comes from: the seed article, a publication, or this project itself."""

    kind: Literal["seed", "published", "project"]
    title: str = Field(min_length=1)
    author: str | None = None
    year: int | None = Field(default=None, ge=1600, le=2100)
    where: str | None = None


class Section(_Record):
    """One `##` section of an article; `start` and `end` delimit `text` in the article's body."""

    title: str
    text: str
    start: int
    end: int


class Article(_Record):
    """One article: front matter, and the Markdown below it as `body`."""

    title: str = Field(min_length=1)
    slug: str = Field(pattern=_SLUG, max_length=120)
    category: str = Field(min_length=1)
    tags: tuple[str, ...] = Field(min_length=1)
    short_answer: str = Field(min_length=1)
    terms: tuple[str, ...]
    tools: tuple[str, ...]
    sources: tuple[Source, ...] = Field(min_length=1)
    related: tuple[str, ...] = Field(min_length=1)
    updated: dt.date
    body: str = Field(min_length=1)

    @property
    def url(self) -> str:
        """Address of the article's page."""
        return f"/articles/{self.slug}"

    @property
    def sections(self) -> tuple[Section, ...]:
        """The `##` sections in order; headings inside fenced code are not headings."""
        marks = [match for match in _HEADING.finditer(self.body) if match[1]]
        ends = [match.start() for match in marks[1:]] + [len(self.body)]
        sections = []
        for match, end in zip(marks, ends, strict=False):
            raw = self.body[match.end() : end]
            text = raw.strip()
            start = match.end() + len(raw) - len(raw.lstrip())
            sections.append(
                Section(title=match[1].strip(" #"), text=text, start=start, end=start + len(text))
            )
        return tuple(sections)


class Term(_Record):
    """One entry of the glossary; `methodology` marks the seed article's own vocabulary."""

    term: str = Field(min_length=1)
    slug: str = Field(pattern=_SLUG, max_length=120)
    synonyms: tuple[str, ...]
    unit: str | None
    definition: str = Field(min_length=1, max_length=220, pattern=r"^[^\n]*$")
    note: str | None
    source: Source
    methodology: bool

    @property
    def url(self) -> str:
        """Address of the term's page."""
        return f"/glossary/{self.slug}"

    @property
    def names(self) -> tuple[str, ...]:
        """Every string that users type for the term, the term itself first."""
        return (self.term, *self.synonyms)


class Vocabulary(_Record):
    """The fixed lists that articles choose from, each name with one line on its meaning."""

    categories: dict[str, str]
    tags: dict[str, str]


class Corpus(_Record):
    """Articles and terms by slug, in alphabetical order; `version` is a hash of their content."""

    articles: dict[str, Article]
    terms: dict[str, Term]
    vocabulary: Vocabulary
    version: str


def load_corpus(folder: Path) -> Corpus:
    """Read and check the corpus in `folder`; raise `CorpusError` with every problem found."""
    problems: list[str] = []
    texts = dict(_read(folder, problems))
    version = _version(texts)
    vocabulary = _vocabulary(texts.pop("vocabulary.yaml", ""), problems)
    terms = _terms(texts.pop("glossary.yaml", ""), problems)
    read = (_article(name, text, problems) for name, text in texts.items())
    articles = {article.slug: article for article in read if article is not None}
    if vocabulary is not None:
        problems += _article_problems(articles, terms, vocabulary)
    problems += _duplicates(articles, terms)
    if problems or vocabulary is None:
        raise CorpusError(sorted(problems))
    return Corpus(
        articles=dict(sorted(articles.items())),
        terms=dict(sorted(terms.items())),
        vocabulary=vocabulary,
        version=version,
    )


def _read(folder: Path, problems: list[str]) -> Iterator[tuple[str, str]]:
    paths = sorted((folder / "articles").glob("*.md"))
    if not paths:
        problems.append("articles/: no article found; write one as articles/{slug}.md")
    for path in (folder / "vocabulary.yaml", folder / "glossary.yaml", *paths):
        name = path.relative_to(folder).as_posix()
        try:
            yield name, path.read_text(encoding="utf-8")
        except FileNotFoundError:
            problems.append(f"{name}: file not found; create it in {folder}")
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{name}: cannot be read ({error}); save it as UTF-8 text")


def _version(texts: Mapping[str, str]) -> str:
    """A short hash of names and texts; reading as text has made all line ends alike."""
    content = "\0".join(f"{name}\0{text}" for name, text in texts.items())
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def _yaml(name: str, text: str, problems: list[str]) -> dict[str, Any] | None:
    try:
        data = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        problems.append(f"{name}: not valid YAML ({reason}); quote a text that contains ': '")
        return None
    if not isinstance(data, dict):
        problems.append(f"{name}: must be a mapping of field: value, and is {type(data).__name__}")
        return None
    return data


def _validate(model: type[R], name: str, data: object, problems: list[str]) -> R | None:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            field = ".".join(str(part) for part in item["loc"])
            if item["type"] == "missing":
                problem = "is missing; add it"
            elif item["type"] == "extra_forbidden":
                problem = "is not known; remove it or correct its spelling"
            else:
                problem = f"{item['msg']}, and is {str(item['input'])[:60]!r}"
            problems.append(f"{name}: field '{field}': {problem}")
        return None


def _vocabulary(text: str, problems: list[str]) -> Vocabulary | None:
    data = _yaml("vocabulary.yaml", text, problems) if text else None
    return None if data is None else _validate(Vocabulary, "vocabulary.yaml", data, problems)


def _terms(text: str, problems: list[str]) -> dict[str, Term]:
    data = _yaml("glossary.yaml", text, problems) if text else None
    entries = (data or {}).get("terms")
    if not isinstance(entries, list):
        problems.append("glossary.yaml: 'terms' must be a list of terms; see README.md")
        return {}
    terms: dict[str, Term] = {}
    for number, entry in enumerate(entries, start=1):
        label = entry.get("term") if isinstance(entry, dict) else None
        name = f"glossary.yaml, {label or f'entry {number}'}"
        term = _validate(Term, name, entry, problems)
        if term is not None and term.slug in terms:
            problems.append(f"{name}: slug '{term.slug}' is taken; choose another")
        elif term is not None:
            terms[term.slug] = term
    return terms


def _article(name: str, text: str, problems: list[str]) -> Article | None:
    parts = _FRONT_MATTER.match(text)
    if parts is None:
        problems.append(f"{name}: no front matter; start with '---', the fields, and '---' again")
        return None
    data = _yaml(name, parts[1], problems)
    if data is None:
        return None
    article = _validate(Article, name, data | {"body": parts[2]}, problems)
    if article is not None and name != f"articles/{article.slug}.md":
        problems.append(f"{name}: slug is '{article.slug}'; name the file {article.slug}.md")
    if article is not None and not article.sections:
        problems.append(f"{name}: the body has no section; give each part a '## ' heading")
    return article


def _article_problems(
    articles: Mapping[str, Article], terms: Mapping[str, Term], vocabulary: Vocabulary
) -> Iterator[str]:
    for slug, article in articles.items():
        name = f"articles/{slug}.md"
        if article.category not in vocabulary.categories:
            yield f"{name}: unknown category '{article.category}'; choose one of vocabulary.yaml"
        for field, chosen, known, remedy in (
            ("tag", article.tags, vocabulary.tags, "choose one of vocabulary.yaml or add it there"),
            ("term", article.terms, terms, "use a slug of glossary.yaml or define it there"),
            ("related article", article.related, articles, "use the slug of another article"),
        ):
            for item in chosen:
                if item not in known:
                    yield f"{name}: unknown {field} '{item}'; {remedy}"
            for item in sorted({item for item in chosen if chosen.count(item) > 1}):
                yield f"{name}: {field} '{item}' is listed twice; list it once"
        for tool in article.tools:
            if not re.match(_TOOL, tool):
                yield f"{name}: '{tool}' is not a tool's name; write it as in price_condor"
        if slug in article.related:
            yield f"{name}: is related to itself; remove it from 'related'"


def _duplicates(articles: Mapping[str, Article], terms: Mapping[str, Term]) -> Iterator[str]:
    titles: dict[str, str] = {}
    for slug, article in articles.items():
        first = titles.setdefault(article.title.casefold(), slug)
        if first != slug:
            yield f"articles/{slug}.md: has the title of articles/{first}.md; choose another"
    owners: dict[str, str] = {}
    for term in terms.values():
        for text in term.names:
            key = text.casefold()
            if key in owners:
                yield (
                    f"glossary.yaml, {term.term}: '{text}' already names '{owners[key]}'; "
                    "keep it in one of the two"
                )
            owners.setdefault(key, term.term)
