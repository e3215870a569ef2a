"""The questions that measure finding: labelled with sources that exist, spread, as users write."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.knowledge.corpus import Corpus, load_corpus

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = ROOT / "evaluation" / "questions"
SHARED = ROOT.parent / "shared"

needs_sample = pytest.mark.skipif(
    not (SHARED / "questions" / "sample.jsonl").is_file(),
    reason="the sample questions are not here",
)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus(ROOT / "corpus")


def read(name: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = yaml.safe_load((QUESTIONS / name).read_text(encoding="utf-8"))[
        "questions"
    ]
    return entries


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def likeness(one: str, other: str) -> float:
    first, second = set(words(one)), set(words(other))
    return len(first & second) / len(first | second)


def test_there_are_enough_questions_of_both_kinds() -> None:
    entries = read("library.yaml")
    assert sum(bool(entry["sources"]) for entry in entries) >= 220
    assert sum(not entry["sources"] for entry in entries) >= 30
    assert len({entry["question"].casefold() for entry in entries}) == len(entries)


def test_every_source_exists_and_every_article_is_asked_about(corpus: Corpus) -> None:
    asked: Counter[str] = Counter()
    for entry in read("library.yaml"):
        assert set(entry) == {"question", "sources"}
        assert len(entry["sources"]) <= 3
        asked.update(entry["sources"])
    known = {*corpus.articles, *(f"glossary:{slug}" for slug in corpus.terms)}
    assert set(asked) - known == set()
    assert set(corpus.articles) - set(asked) == set()
    assert max(asked[slug] for slug in corpus.articles) <= 12


def test_questions_are_not_in_the_words_of_the_articles(corpus: Corpus) -> None:
    titles = [article.title for article in corpus.articles.values()]
    for entry in read("library.yaml"):
        assert max(likeness(entry["question"], title) for title in titles) < 0.6, entry["question"]


def test_questions_do_not_follow_one_pattern() -> None:
    entries = [entry for entry in read("library.yaml") if entry["sources"]]
    openings = Counter(" ".join(words(entry["question"])[:2]) for entry in entries)
    assert openings.most_common(1)[0][1] <= len(entries) * 0.05
    lengths = [len(words(entry["question"])) for entry in entries]
    assert min(lengths) <= 6
    assert max(lengths) >= 20


@needs_sample
def test_no_question_is_one_of_the_sample() -> None:
    lines = (SHARED / "questions" / "sample.jsonl").read_text(encoding="utf-8").splitlines()
    sample = [json.loads(line)["question"] for line in lines]
    for entry in read("library.yaml"):
        assert max(likeness(entry["question"], one) for one in sample) < 0.6, entry["question"]


@needs_sample
def test_every_sample_question_is_in_or_out_of_scope(corpus: Corpus) -> None:
    lines = (SHARED / "questions" / "sample.jsonl").read_text(encoding="utf-8").splitlines()
    entries = read("sample_scope.yaml")
    assert [entry["number"] for entry in entries] == list(range(1, len(lines) + 1))
    for entry in entries:
        assert (entry["article"] in corpus.articles) is entry["in_scope"]
        assert entry["in_scope"] or entry["article"] is None
    assert sum(not entry["in_scope"] for entry in entries) <= 6
