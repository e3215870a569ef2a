"""Leads: whole and checked, found by other words than their examples, and rarely where none is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from assistant.assistant import Assistant
from assistant.knowledge.corpus import CorpusError, load_corpus
from assistant.knowledge.lead_finder import MOST
from assistant.knowledge.leads import FILE, Lead, read_leads
from assistant.resources import resource_folder

FOLDER = resource_folder("corpus")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(FOLDER, tmp_path / "corpus")


def write(folder: Path, *changes: dict[str, object]) -> None:
    """A leads file with one sound lead a change, each with its change applied."""
    sound = {
        "id": "sound",
        "kind": "premise",
        "article": "vvix",
        "quote": "VVIX and VIX mostly rise together, and the exceptions are informative.",
        "examples": ["a one", "b two", "c three", "d four", "e five"],
    }
    entries = [sound | change for change in changes]
    (folder / FILE).write_text(yaml.safe_dump(entries), encoding="utf-8")


def problems_of(folder: Path) -> str:
    with pytest.raises(CorpusError) as error:
        read_leads(folder, load_corpus(folder))
    return "\n".join(error.value.problems)


def test_the_leads_of_the_corpus_are_whole() -> None:
    leads = read_leads(FOLDER, load_corpus(FOLDER))
    assert len({lead.id for lead in leads}) == len(leads)
    kinds = [lead.kind for lead in leads]
    assert kinds.count("premise") >= 45
    assert kinds.count("contested") >= 40


def test_a_folder_without_leads_has_none(folder: Path) -> None:
    (folder / FILE).unlink()
    assert read_leads(folder, load_corpus(folder)) == []


def test_a_sound_lead_is_read_with_the_numbers_of_its_rules_in_place(folder: Path) -> None:
    quote = "readings from {{rule:vvix-level.dear}}, about the 80th percentile of closes"
    write(folder, {"quote": quote})
    [lead] = read_leads(folder, load_corpus(folder))
    assert isinstance(lead, Lead)
    assert lead.quote.startswith("readings from 1")
    assert "{{" not in lead.quote


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"quote": "VVIX is a fine thing that nobody wrote."}, "does not stand in one section of"),
        ({"quote": "{{rule:made-up.low}} is low, and nobody knows."}, "is not in rules.yaml"),
        ({"article": "made-up"}, "unknown article 'made-up'; use the slug"),
        ({"kind": "rumor"}, "field 'kind': Input should be 'premise' or 'contested'"),
        ({"examples": ["only one"]}, "field 'examples'"),
        ({"id": "Not A Slug"}, "field 'id'"),
        ({"wrong": 1}, "field 'wrong': is not known; remove it"),
    ],
)
def test_a_faulty_lead_is_named(folder: Path, change: dict[str, object], message: str) -> None:
    write(folder, change)
    assert message in problems_of(folder)


def test_ids_and_examples_belong_to_one_lead(folder: Path) -> None:
    write(folder, {}, {})
    assert "the id is taken" in problems_of(folder)
    write(folder, {}, {"id": "other"})
    assert "'a one' is an example of 'sound' already" in problems_of(folder)


def test_a_file_that_is_no_list_is_refused(folder: Path) -> None:
    (folder / FILE).write_text("leads: 5\n", encoding="utf-8")
    assert "must be a list of leads" in problems_of(folder)


@pytest.mark.parametrize(
    ("question", "lead"),
    [
        ("if SPX ends under my short strike do they hand me stock", "shares-delivered"),
        ("so the expected move is the furthest SPX can go by friday?", "expected-move-as-limit"),
        ("friend says vix at 20 means a 20% move in the next month", "vix-percent-a-day"),
    ],
)
def test_other_words_lead_to_the_quote_and_its_passage(
    assistant: Assistant, question: str, lead: str
) -> None:
    found = assistant._find(question)
    assert found.leads[0].id == lead
    assert len(found.leads) <= MOST
    passages = {hit.passage.id: hit.passage.text for hit in found.hits}
    assert found.leads[0].quote in " ".join(passages[found.leads[0].passage].split())


@pytest.mark.parametrize(
    "question",
    ["What is theta?", "How is VIX computed?", "Price a 30-day condor at 16 delta", "hello"],
)
def test_plain_questions_lead_nowhere(assistant: Assistant, question: str) -> None:
    assert list(assistant._find(question).leads) == []
