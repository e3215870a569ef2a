"""Whole answers, graded on the question sets; and that every gate closes on a planted fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from assistant.agent import turn
from assistant.assistant import Assistant
from assistant.evaluation.answering import GATES, Graded, grade
from assistant.evaluation.cases import Case, read_cases
from assistant.models.builtin import chat_model, compose, wish
from assistant.models.builtin.rules import SEARCH
from assistant.models.builtin.wish import Call
from assistant.models.builtin.wording import condor
from tests.conftest import REPOSITORY

SETS = sorted((REPOSITORY / "evaluation" / "questions").glob("answers_*.yaml"))


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return read_cases(SETS)


def test_the_sets_are_as_broad_as_they_have_to_be(cases: list[Case]) -> None:
    kinds = [case.kind for case in cases]
    assert len(cases) >= 300
    assert sum(bool(case.turns) for case in cases) >= 40
    for kind in ("calculation", "concept", "regime", "contested", "premise", "out_of_scope"):
        assert kinds.count(kind) >= 20, kind
    assert kinds.count("hostile") >= 20


@pytest.fixture(scope="module")
def graded(assistant: Assistant, cases: list[Case]) -> Graded:
    return grade(assistant, cases)


@pytest.mark.parametrize("gate", GATES)
def test_the_answers_reach_every_gate(graded: Graded, gate: str) -> None:
    share = graded.right[gate] / graded.n[gate]
    told = "\n".join(graded.failures)
    assert share >= GATES[gate], f"{gate}: {graded.right[gate]} of {graded.n[gate]}\n{told}"


# Faults planted one by one: each has to close the gate that stands against it.


def forgets_an_argument(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = wish.arguments

    def short(rule: Any, values: Any) -> dict[str, Any]:
        return {k: v for k, v in arguments(rule, values).items() if k != "days"} | {"days": 31}

    monkeypatch.setattr(wish, "arguments", short)


def looks_up_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    other = [Call(SEARCH, {"query": "How are options on the VIX taxed in the United States?"})]
    monkeypatch.setattr(chat_model._Turn, "_readings", lambda _: other)


def answers_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose, "in_scope", lambda _: True)
    monkeypatch.setattr(chat_model, "small_talk", lambda _: None)


def refuses_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose, "in_scope", lambda material: material.nearest > 0.6)


def forgets_the_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_model, "_earlier", lambda _: iter(()))


def drops_the_corrections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose, "led", lambda _: "You should sell it; it is guaranteed.")
    monkeypatch.setattr(compose, "explained", lambda _: "You should sell it [1].")


def lets_wrong_numbers_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(condor, "points", lambda value: f"{value + 1.11:.2f}")


FAULTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "tool and every argument right": forgets_an_argument,
    "right source cited": looks_up_something_else,
    "out of scope declined": answers_everything,
    "in scope answered": refuses_much,
    "follow-ups right": forgets_the_conversation,
    "says what it has to, and not what it must not": drops_the_corrections,
    "nothing withheld of its own text": lets_wrong_numbers_out,
}


@pytest.mark.parametrize("gate", FAULTS)
def test_a_planted_fault_closes_its_gate(
    assistant: Assistant, cases: list[Case], monkeypatch: pytest.MonkeyPatch, gate: str
) -> None:
    concerned = [case for case in cases if _concerns(case, gate)][:25]
    FAULTS[gate](monkeypatch)
    graded = grade(assistant, concerned)
    assert graded.n[gate]
    assert graded.right[gate] / graded.n[gate] < GATES[gate]
    assert graded.failures


def test_a_number_that_nothing_supports_closes_its_gate(
    assistant: Assistant, cases: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check itself made blind: what it lets out, the grader's own look has to find."""
    condors = [case for case in cases if case.kind == "calculation"][:10]
    lets_wrong_numbers_out(monkeypatch)
    seeing = turn.check
    monkeypatch.setattr(turn, "check", _sees_nothing(seeing))
    graded = grade(assistant, condors, recheck=monkeypatch.undo)
    gate = "no unsupported number"
    assert graded.right[gate] / graded.n[gate] < GATES[gate]


def _sees_nothing(check: Callable[..., Any]) -> Callable[..., Any]:
    def blind(*arguments: Any, **named: Any) -> Any:
        return check(*arguments, **named).model_copy(update={"unsupported": []})

    return blind


def _concerns(case: Case, gate: str) -> bool:
    expects = [turn.expect for turn in case.asked]
    return {
        "tool and every argument right": any(e.tools for e in expects),
        "right source cited": any(e.sources for e in expects),
        "out of scope declined": any(e.abstains for e in expects),
        "in scope answered": case.kind == "concept",
        "follow-ups right": bool(case.turns),
        "says what it has to, and not what it must not": any(e.says for e in expects),
        "nothing withheld of its own text": any(e.tools for e in expects),
    }[gate]


def test_a_set_with_an_unknown_tool_or_a_double_id_is_refused(tmp_path: Any) -> None:
    path = tmp_path / "set.yaml"
    path.write_text(
        "- {id: a, kind: concept, question: x, expect: {tools: [{no_such_tool: {}}]}}\n"
    )
    with pytest.raises(ValueError, match="no_such_tool"):
        read_cases([path])
    path.write_text("- {id: a, kind: concept, question: x, expect: {}}\n" * 2)
    with pytest.raises(ValueError, match="twice: a"):
        read_cases([path])
