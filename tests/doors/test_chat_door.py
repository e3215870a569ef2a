"""A chat question that states a tool's inputs gives what the tool gives, to the last digit."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from assistant.assistant import MAX_QUESTION, Assistant
from tests.doors.calls import sound_call
from tests.doors.test_one_truth import SEED, in_python
from tools.catalog import Tool

# What the built-in model has no words for in a question; another door takes it.
UNSPOKEN = frozenset({"high", "pivot_bars"})


def phrased(tool: Tool, arguments: dict[str, Any]) -> str | None:
    """The call in words: 'check_credit with credit 2.4; width 10'; None where it has none."""
    parts = []
    for name, value in arguments.items():
        items = value if isinstance(value, list) else [value]
        if name in UNSPOKEN or any(isinstance(item, dict | bool) for item in items):
            return None
        said = [item if isinstance(item, str) else json.dumps(item) for item in items]
        parts.append(f"{name.replace('_', ' ')} {', '.join(said)}")
    question = f"{tool.name} with {'; '.join(parts)}"
    return question if len(question) <= MAX_QUESTION else None


def asked(count: int) -> list[tuple[str, str, Any]]:
    chance = random.Random(SEED)
    questions: list[tuple[str, str, Any]] = []
    while len(questions) < count:
        tool, arguments = sound_call(chance)
        question = phrased(tool, arguments)
        kind, expected = in_python((tool, arguments))
        if question is not None and kind == "result":
            questions.append((tool.name, question, expected))
    return questions


@pytest.mark.parametrize(
    "count", [60, pytest.param(500, marks=pytest.mark.proof)], ids=["some", "many"]
)
def test_a_question_that_states_the_inputs_gives_what_the_tool_gives(
    assistant: Assistant, count: int
) -> None:
    wrong = []
    for tool, question, expected in asked(count):
        answer = assistant.ask(question)
        given = [call.result for call in answer.calculations if call.tool == tool]
        if expected not in given:
            wrong.append(question)
    assert wrong == []
