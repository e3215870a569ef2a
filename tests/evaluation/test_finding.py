"""Finding is measured, the measures are right, and a planted regression fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.evaluation import finding
from assistant.evaluation.finding import (
    FIRST_THREE,
    MEAN_RECIPROCAL_RANK,
    grade_questions,
    ndcg,
    read_questions,
)
from assistant.evaluation.report import Measure, Report, evaluate_finding
from tests.conftest import REPOSITORY

QUESTIONS = REPOSITORY / "evaluation" / "questions" / "library.yaml"


def test_ndcg_is_the_textbooks() -> None:
    # Manning, Raghavan and Schütze define it with gains 2^grade - 1 and discounts log2(1 + rank);
    # with grades 3, 2, 3, 0, 1, 2 in this order the value is 0.948810748 (worked by hand).
    grades = {"a": 3, "b": 2, "c": 3, "e": 1, "f": 2}
    assert ndcg(["a", "b", "c", "d", "e", "f"], grades) == pytest.approx(0.948810748, abs=1e-9)
    assert ndcg(["a", "c", "b", "f", "e"], grades) == 1.0
    assert ndcg(["d"], grades) == 0.0


def test_there_are_enough_questions_and_their_sources_exist(assistant: Assistant) -> None:
    questions = read_questions(QUESTIONS)
    assert len([each for each in questions if each.sources]) >= 200
    assert len({each.question for each in questions}) == len(questions)
    known = {f"article:{slug}" for slug in assistant.corpus.articles}
    known |= {f"glossary:{slug}" for slug in assistant.corpus.terms}
    for question in questions:
        assert question.right <= known, question


def test_a_right_source_comes_first(assistant: Assistant) -> None:
    graded = grade_questions(assistant.index, assistant.terms, read_questions(QUESTIONS))
    missed = "\n".join(f"{m.question!r}: {m.right}, found {m.found}" for m in graded.misses)
    assert graded.first_three >= FIRST_THREE, missed
    assert graded.mean_reciprocal_rank >= MEAN_RECIPROCAL_RANK, missed


def test_a_search_that_ranks_backwards_fails_the_gate(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = finding.search

    def backwards(*arguments: object, **more: object) -> object:
        return good(*arguments, **more)[::-1]  # type: ignore[arg-type]

    monkeypatch.setattr(finding, "search", backwards)
    graded = grade_questions(assistant.index, assistant.terms, read_questions(QUESTIONS)[:40])
    assert graded.first_three < FIRST_THREE
    assert graded.misses


def test_the_report_says_what_is_too_low(assistant: Assistant, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(
        'questions:\n- {question: "what is contango", sources: ["glossary:theta"]}\n', "utf-8"
    )
    report = evaluate_finding(assistant, wrong, None)
    assert not report.reached
    assert "LOW  right source in the first three: 0.0000" in report.table()
    assert "what is contango" in report.table()
    passed = Report(measures=[Measure(name="x", n=1, value=1, least=0.9)], notes=[], misses=[])
    assert passed.reached


def test_the_field_is_answered_and_other_fields_are_declined(assistant: Assistant) -> None:
    questions = read_questions(QUESTIONS)
    inside = [each.question for each in questions if each.sources]
    outside = [each.question for each in questions if not each.sources]
    refused = [question for question in inside if assistant.ask(question).abstained]
    answered = [question for question in outside if not assistant.ask(question).abstained]
    assert len(refused) / len(inside) <= 0.03, refused
    assert len(answered) / len(outside) <= 0.03, answered
