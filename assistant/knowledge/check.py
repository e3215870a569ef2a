"""What is wrong with one article, told while it is being written.

`check_article` reports what would keep the corpus from loading and what the house rules of
corpus/README.md ask for. It evaluates nothing: whether a declared figure is right is the tests'
business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from assistant.knowledge.corpus import (
    Article,
    Corpus,
    CorpusError,
    build_corpus,
    read_texts,
)
from assistant.knowledge.figures import (
    coverage,
    names_with_digits,
    number,
    numerals,
    prose,
    read_evidence,
)
from assistant.knowledge.leads import read_leads
from assistant.knowledge.rules import Rule

SHORT_ANSWER_WORDS = range(40, 91)
BODY_WORDS = range(350, 801)
SECTION_WORDS = range(60, 161)
FEW = range(2, 6)
"""How many tags and related articles an article has."""

_OPENING = re.compile(r"(This(?! project\b)|That|These|Those|It|They|However|Thus)\b")
_NO_SUBJECT = re.compile(
    r"(?:^|[.:?!] )((?:This|That) (?:is|was|means|makes|has|can|will|shows)\b)"
)
_OUTWARD = re.compile(
    r"\bas (we saw|noted|shown|mentioned|described|explained)\b"
    r"|\b(see|mentioned|shown) (above|below)\b"
    r"|\bthe (previous|next|last|following) section\b"
    r"|\b(the|the SPX) worked\b|\b(worked|standard) example\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z{\"])")


def check_article(path: Path, corpus_folder: Path) -> list[str]:
    """Problems of the article in `path`, as part of the corpus in `corpus_folder`; [] if none."""
    name = f"articles/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return [f"{name}: cannot be read ({error})"]
    problems: list[str] = []
    texts = dict(read_texts(corpus_folder, problems)) | {name: text}
    try:
        corpus = build_corpus(texts, problems)
    except CorpusError as error:
        own = [problem for problem in error.problems if name in problem]
        return own or [*error.problems, f"{name}: not checked further; mend the corpus first"]
    own = list(article_problems(corpus.articles[path.stem], text, corpus))
    try:
        read_leads(corpus_folder, corpus)
    except CorpusError as error:
        own += [f"{name}: {each}" for each in error.problems if f"articles/{path.name}" in each]
    return own


def article_problems(article: Article, text: str, corpus: Corpus) -> Iterator[str]:
    """What the house rules find in an article that loads; `text` is its file."""
    name = f"articles/{article.slug}.md"
    for problem in (
        *_length_problems(article),
        *_sentence_problems(article),
        *_number_problems(article, text, corpus),
    ):
        yield f"{name}: {problem}"


def _length_problems(article: Article) -> Iterator[str]:
    counts = [
        ("short_answer", len(article.short_answer.split()), SHORT_ANSWER_WORDS, "words"),
        ("the body", len(prose(article.body).split()), BODY_WORDS, "words"),
        *(
            (f"section '{part.title}'", len(prose(part.text).split()), SECTION_WORDS, "words")
            for part in article.sections
        ),
        ("tags", len(article.tags), FEW, "entries"),
        ("related", len(article.related), FEW, "entries"),
    ]
    for what, count, allowed, unit in counts:
        if count not in allowed:
            yield f"{what} has {count} {unit}; between {allowed[0]} and {allowed[-1]} are right"
    if not article.terms:
        yield "terms is empty; name the glossary's terms that the article explains"
    if not article.body.lstrip().startswith("## "):
        yield "text before the first heading belongs to no section; begin with '## '"


def _sentence_problems(article: Article) -> Iterator[str]:
    body = re.sub(r"^```.*?^```", "", article.body, flags=re.MULTILINE | re.DOTALL)
    for paragraph in re.split(r"\n\s*\n", re.sub(r"^#.*$", "", body, flags=re.MULTILINE)):
        flat = " ".join(paragraph.split())
        if match := _OPENING.match(flat):
            yield f"a paragraph begins with '{match[0]}'; name its subject: {flat[:60]!r}"
        for match in _NO_SUBJECT.finditer(flat):
            if match.start():
                yield f"a sentence begins with '{match[1]}'; name its subject"
    if match := _OUTWARD.search(f"{prose(article.body)} {article.short_answer}"):
        yield f"{match[0]!r} points outside the paragraph; name what is meant"


def _number_problems(article: Article, text: str, corpus: Corpus) -> Iterator[str]:
    problems: list[str] = []
    raw = unresolved(text)
    evidence = read_evidence("figures", article.evidence, corpus.sources, problems)
    yield from problems
    flat = prose(raw)
    for part in (*(one.text for one in evidence.figures), *(one.text for one in evidence.stated)):
        if " ".join(part.split()) not in flat:
            yield f"declares {part!r}, which does not stand in its text"
    names = names_with_digits(name for term in corpus.terms.values() for name in term.names)
    for one, how in coverage(raw, evidence, names, STANDARD):
        if how is None:
            near = flat[max(0, one.start - 30) : one.end + 20]
            yield f"{one.text} has no call, rule or source; declare it: ...{near}..."
    for rule, literal, sentence in restated(raw, corpus.rules, names):
        yield f"{literal} restates rule '{rule}'; write its placeholder: {sentence[:80]!r}"


STANDARD = (
    5800.0, 30.0, 0.16, 0.045, 0.013, 5450.0, 5500.0, 6050.0, 6100.0, 16.0, 4.5, 1.3, 100.0,
)  # fmt: skip
"""The market and the condor that most articles use; any article may name them."""


def unresolved(text: str) -> str:
    """Short answer and body of an article's file, with the placeholders still in it."""
    _, front, body = text.split("---\n", 2)
    match = re.search(r"^short_answer:[^\n]*\n((?:[ \t]+[^\n]*\n)*)", front, re.MULTILINE)
    inline = re.search(r"^short_answer: *([^>|\n][^\n]*)$", front, re.MULTILINE)
    answer = (match[1] if match else "") or (inline[1] if inline else "")
    return f"{' '.join(answer.split())}\n\n{body}"


def restated(
    raw: str, rules: Mapping[str, Rule], names: re.Pattern[str]
) -> Iterator[tuple[str, str, str]]:
    """Rule, literal and sentence wherever a sentence about a rule writes its number itself."""
    for sentence in _SENTENCE_END.split(prose(raw)):
        about = [
            rule
            for rule in rules.values()
            if any(phrase.casefold() in sentence.casefold() for phrase in rule.about)
        ]
        if not about:
            continue
        for one in numerals(sentence, names):
            for rule in about:
                for parameter in rule.parameters.values():
                    if isinstance(parameter.value, str):
                        continue
                    value = abs(float(parameter.value))
                    percent = parameter.unit == "percent" and one.percent
                    if number(one.text) in (value, round(100 * value, 9) if percent else value):
                        yield rule.id, one.text, sentence
