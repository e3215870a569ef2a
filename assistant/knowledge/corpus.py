"""The corpus in memory: articles, terms, rules and claims, read from a folder and checked whole.

`load_corpus` reads `vocabulary.yaml`, `glossary.yaml`, `rules.yaml`, `claims.yaml` and
`articles/*.md`, and either returns a `Corpus` in which every link resolves or raises one
`CorpusError` that lists every problem. Texts in it are resolved: the numbers of rules stand in
place of their placeholders, and offsets into a body refer to that text.
It knows nothing of passages, embeddings or search, and it imports nothing heavy: it stands on the
start-up path of every command.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field

from assistant.knowledge.claims import Claim, read_claims
from assistant.knowledge.records import SLUG, Record, Source, named_source, validate
from assistant.knowledge.rules import Rule, read_rules, resolve, rules_in

try:
    from yaml import CSafeLoader as _Loader  # ten times the speed of the pure Python loader
except ImportError:  # pragma: no cover - PyYAML built without libyaml
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

_REGISTERS = ("vocabulary.yaml", "glossary.yaml", "rules.yaml", "claims.yaml")
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


class Section(Record):
    """One `##` section of an article; `start` and `end` delimit `text` in the article's body."""

    title: str
    text: str
    start: int
    end: int


class Article(Record):
    """One article: front matter, and the Markdown below it as `body`."""

    title: str = Field(min_length=1)
    slug: str = Field(pattern=SLUG, max_length=120)
    category: str = Field(min_length=1)
    tags: tuple[str, ...] = Field(min_length=1)
    short_answer: str = Field(min_length=1)
    terms: tuple[str, ...]
    tools: tuple[str, ...]
    sources: tuple[Source, ...] = Field(min_length=1)
    related: tuple[str, ...] = Field(min_length=1)
    updated: dt.date
    body: str = Field(min_length=1)
    rules: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    evidence: str = Field(default="", exclude=True, repr=False)
    """The declarations on its numbers, unread; see `assistant.knowledge.figures`."""

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


class Term(Record):
    """One entry of the glossary; `methodology` marks the seed article's own vocabulary."""

    term: str = Field(min_length=1)
    slug: str = Field(pattern=SLUG, max_length=120)
    synonyms: tuple[str, ...]
    unit: str | None
    definition: str = Field(min_length=1, max_length=220, pattern=r"^[^\n]*$")
    note: str | None
    source: Source
    methodology: bool
    rules: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Address of the term's page."""
        return f"/glossary/{self.slug}"

    @property
    def names(self) -> tuple[str, ...]:
        """Every string that users type for the term, the term itself first."""
        return (self.term, *self.synonyms)


class Vocabulary(Record):
    """The fixed lists that articles choose from, each name with one line on its meaning."""

    categories: dict[str, str]
    tags: dict[str, str]


class Corpus(Record):
    """Articles and terms by slug, rules and claims by id; `version` is a hash of their content."""

    articles: dict[str, Article]
    terms: dict[str, Term]
    rules: dict[str, Rule]
    claims: dict[str, Claim]
    sources: dict[str, Source]
    vocabulary: Vocabulary
    version: str


def load_corpus(folder: Path) -> Corpus:
    """Read and check the corpus in `folder`; raise `CorpusError` with every problem found."""
    problems: list[str] = []
    texts = dict(read_texts(folder, problems))
    return build_corpus(texts, problems)


def build_corpus(texts: dict[str, str], problems: list[str]) -> Corpus:
    """The corpus of these texts by name; raise `CorpusError` with every problem, old and new."""
    texts = dict(texts)
    version = _version(texts)
    vocabulary = _vocabulary(texts.pop("vocabulary.yaml", ""), problems)
    glossary = _register("glossary.yaml", texts, problems)
    sources: dict[str, Any] = glossary.get("sources") or {}
    rules = read_rules(_register("rules.yaml", texts, problems).get("rules"), sources, problems)
    claims = read_claims(_register("claims.yaml", texts, problems).get("claims"), problems)
    terms = _terms(glossary.get("terms"), rules, problems)
    read = (_article(name, text, sources, rules, problems) for name, text in texts.items())
    articles = {article.slug: article for article in read if article is not None}
    if vocabulary is not None:
        problems += _article_problems(articles, terms, vocabulary)
    problems += _register_problems(articles, terms, rules, claims)
    problems += _duplicates(articles, terms)
    if problems or vocabulary is None:
        raise CorpusError(sorted(problems))
    return Corpus(
        articles=dict(sorted(articles.items())),
        terms=dict(sorted(terms.items())),
        rules=dict(sorted(rules.items())),
        claims=dict(sorted(claims.items())),
        sources={key: Source.model_validate(source) for key, source in sources.items()},
        vocabulary=vocabulary,
        version=version,
    )


def read_texts(folder: Path, problems: list[str]) -> Iterator[tuple[str, str]]:
    """Name and text of every file of the corpus."""
    paths = sorted((folder / "articles").glob("*.md"))
    if not paths:
        problems.append("articles/: no article found; write one as articles/{slug}.md")
    for path in (*(folder / name for name in _REGISTERS), *paths):
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


def _vocabulary(text: str, problems: list[str]) -> Vocabulary | None:
    data = _yaml("vocabulary.yaml", text, problems) if text else None
    return None if data is None else validate(Vocabulary, "vocabulary.yaml", data, problems)


def _register(name: str, texts: dict[str, str], problems: list[str]) -> dict[str, Any]:
    text = texts.pop(name, "")
    return (_yaml(name, text, problems) if text else None) or {}


def _terms(entries: object, rules: Mapping[str, Rule], problems: list[str]) -> dict[str, Term]:
    if not isinstance(entries, list):
        problems.append("glossary.yaml: 'terms' must be a list of terms; see README.md")
        return {}
    terms: dict[str, Term] = {}
    for number, entry in enumerate(entries, start=1):
        label = entry.get("term") if isinstance(entry, dict) else None
        name = f"glossary.yaml, {label or f'entry {number}'}"
        if isinstance(entry, dict):
            texts = {
                field: resolve(entry[field], name, rules, problems)
                for field in ("definition", "note")
                if isinstance(entry.get(field), str)
            }
            entry = entry | texts  # noqa: PLW2901
        term = validate(Term, name, entry, problems)
        if term is not None and term.slug in terms:
            problems.append(f"{name}: slug '{term.slug}' is taken; choose another")
        elif term is not None:
            terms[term.slug] = term
    return terms


def _article(
    name: str,
    text: str,
    sources: Mapping[str, Any],
    rules: Mapping[str, Rule],
    problems: list[str],
) -> Article | None:
    parts = _FRONT_MATTER.match(text)
    if parts is None:
        problems.append(f"{name}: no front matter; start with '---', the fields, and '---' again")
        return None
    # The declarations on numbers close the front matter and are many: they are kept unread.
    fields, mark, rest = parts[1].partition("\nfigures:")
    if not mark:
        fields, mark, rest = parts[1].partition("\nstated:")
    data = _yaml(name, fields, problems)
    if data is None:
        return None
    used = rules_in(parts[2]) | rules_in(str(data.get("short_answer")))
    for rule in sorted(used - set(data.get("rules") or ())):
        problems.append(f"{name}: uses rule '{rule}'; list it in 'rules'")
    if isinstance(data.get("sources"), list):
        data["sources"] = [named_source(item, sources) for item in data["sources"]]
    if isinstance(data.get("short_answer"), str):
        data["short_answer"] = resolve(data["short_answer"], name, rules, problems)
    body = resolve(parts[2], name, rules, problems)
    article = validate(
        Article, name, data | {"body": body, "evidence": (mark + rest).strip()}, problems
    )
    if article is not None and name != f"articles/{article.slug}.md":
        problems.append(f"{name}: slug is '{article.slug}'; name the file {article.slug}.md")
    if article is not None and not article.sections:
        problems.append(f"{name}: the body has no section; give each part a '## ' heading")
    return article


def _register_problems(
    articles: Mapping[str, Article],
    terms: Mapping[str, Term],
    rules: Mapping[str, Rule],
    claims: Mapping[str, Claim],
) -> Iterator[str]:
    named: list[tuple[str, Article | Term]] = [
        *((f"articles/{slug}.md", article) for slug, article in articles.items()),
        *((f"glossary.yaml, {term.term}", term) for term in terms.values()),
    ]
    for name, record in named:
        for field, chosen, known in (
            ("rule", record.rules, rules.keys()),
            ("claim", record.claims, claims.keys()),
        ):
            for item in chosen:
                if item not in known:
                    yield f"{name}: unknown {field} '{item}'; use an id of {field}s.yaml"


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
