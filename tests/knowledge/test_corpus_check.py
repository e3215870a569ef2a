"""A writer is told what is wrong with one article, and nothing about the others."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

import pytest

from assistant.knowledge.check import article_problems, check_article
from assistant.knowledge.corpus import load_corpus

CORPUS = Path(__file__).resolve().parents[2] / "corpus"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(CORPUS, tmp_path / "corpus")


def changed(folder: Path, old: str, new: str) -> Path:
    """The article on VVIX with one change that must find what it replaces."""
    path = folder / "articles" / "vvix.md"
    text = path.read_text(encoding="utf-8")
    assert re.search(old, text, re.MULTILINE), old
    path.write_text(re.sub(old, lambda _: new, text, count=1, flags=re.MULTILINE), encoding="utf-8")
    return path


def test_every_article_of_the_corpus_passes() -> None:
    corpus = load_corpus(CORPUS)
    problems = [
        problem
        for slug, article in corpus.articles.items()
        for problem in article_problems(
            article, (CORPUS / "articles" / f"{slug}.md").read_text(encoding="utf-8"), corpus
        )
    ]
    assert problems == []
    assert check_article(CORPUS / "articles" / "vvix.md", CORPUS) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (r"^category: .*", "category: Gossip", "unknown category 'Gossip'"),
        (r"^terms: .*", "terms: [made-up]", "unknown term 'made-up'"),
        (r"^rules: .*\n", "", "uses rule 'vvix-level'"),
        (r"^tags: .*", "tags: [vix]", "tags has 1 entries"),
        (r"^## Definition\n", "## Definition\nIt is quoted. ", "a paragraph begins with 'It'"),
        (r"^## Definition\n", "## Definition\nVVIX exists. This is so. ", "begins with 'This is'"),
        (r"^## Definition\n", "## Definition\nAs we saw, VVIX exists. ", "points outside"),
        (r"^## Definition\n", "## Definition\nVVIX was 93.4 once. ", "93.4 has no call, rule or"),
        (r"^## Definition\n", "## Definition\nA VVIX of 105 is dear. ", "105 restates rule"),
        (r"^## Definition\n", "Lead.\n\n## Definition\n", "before the first heading"),
        (r"^## Definition\n[\s\S]*?^## Levels", "## Definition\nShort.\n\n## Levels",
         "section 'Definition' has 1 words"),
        (r"^figures:\n", "figures:\n  - {text: \"5 of 6\", call: \"5\"}\n", "declares '5 of 6'"),
        (r"source: counts", "source: hearsay", "unknown source 'hearsay'"),
        (r"^figures:\n", "figures: one: two\n", "not valid YAML"),
    ],
)  # fmt: skip
def test_a_problem_is_named(folder: Path, old: str, new: str, message: str) -> None:
    problems = check_article(changed(folder, old, new), folder)
    assert any(message in problem for problem in problems), problems
    assert all(problem.startswith("articles/vvix.md") for problem in problems)


def test_a_changed_sentence_that_a_lead_quotes_is_told(folder: Path) -> None:
    path = folder / "articles" / "exits-and-stops.md"
    text = path.read_text(encoding="utf-8")
    old = "A stop is an instruction to trade and not a guaranteed price."
    assert old in text
    path.write_text(text.replace(old, "A stop is an order and guarantees no price."), "utf-8")
    [problem] = check_article(path, folder)
    assert "leads.yaml, stop-as-guarantee: the quote does not stand in one section" in problem


def test_a_draft_outside_the_folder_is_checked_as_part_of_it(folder: Path, tmp_path: Path) -> None:
    path = folder / "articles" / "vvix.md"
    draft = tmp_path / "vvix.md"
    shutil.move(path, draft)
    assert check_article(draft, folder) == []


def test_a_fault_elsewhere_is_told_apart(folder: Path) -> None:
    path = changed(folder, r"^category: .*", "category: Gossip")
    problems = check_article(folder / "articles" / "what-is-the-vix.md", folder)
    assert problems[0].startswith(f"articles/{path.name}")
    assert "not checked further" in problems[-1]


def test_a_file_that_cannot_be_read_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    assert "cannot be read" in check_article(tmp_path / "none.md", CORPUS)[0]
    (tmp_path / "empty.md").write_text("", encoding="utf-8")
    assert "no front matter" in check_article(tmp_path / "empty.md", CORPUS)[0]


def test_the_check_is_quick_enough_to_run_while_writing() -> None:
    start = time.perf_counter()
    check_article(CORPUS / "articles" / "vvix.md", CORPUS)
    assert time.perf_counter() - start < 1.0
