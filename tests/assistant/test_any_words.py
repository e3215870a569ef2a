"""Whatever words and numbers a question mixes, alone or in a conversation, reading raises nothing.

The mixtures are made of real questions: halves of two, shuffled words, digits and signs thrown in.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from assistant.models.builtin.leaning import wishes_in_conversation
from assistant.models.builtin.reading import Question
from assistant.models.builtin.results import Done
from assistant.models.builtin.rules import BY_TOOL, MARKET
from assistant.models.builtin.wish import Wish
from assistant.models.builtin.wishes import wishes_of
from tests.conftest import REPOSITORY
from tools.catalog import CATALOG
from tools.examples import EXAMPLES

TODAY = dt.date(2026, 3, 2)
TOOLS = [*(tool.name for tool in CATALOG), MARKET]


def asked() -> Iterator[str]:
    for path in sorted((REPOSITORY / "evaluation" / "questions").glob("answers_*.yaml")):
        for case in yaml.safe_load(path.read_text("utf-8")):
            for turn in case.get("turns", [case]):
                yield turn["question"]


def mixed(chance: random.Random, questions: list[str]) -> str:
    first, second = (chance.choice(questions).split() for _ in range(2))
    words = chance.choice(
        (
            first[: chance.randint(0, len(first))] + second[chance.randint(0, len(second) - 1) :],
            chance.sample(first, len(first)),
            second[:8],
            [
                chance.choice("0123456789+-/%$.,x") * chance.randint(1, 3)
                if chance.random() < 0.3
                else word
                for word in first
            ],
        )
    )
    return " ".join(words)


@pytest.fixture(scope="module")
def made() -> list[Done]:
    """A calculation of every tool that the reader knows."""
    catalog = {tool.name: tool for tool in CATALOG}
    return [
        Done(name, inputs, catalog[name].call_json(dict(inputs)))
        for name, inputs in EXAMPLES.items()
        if name in BY_TOOL
    ]


@pytest.mark.parametrize("seed", range(4))
def test_no_mixture_of_words_raises(seed: int, made: list[Done]) -> None:
    chance = random.Random(seed)
    questions = list(asked())
    planned = 0
    for _ in range(200):
        text = mixed(chance, questions)
        question = Question(text, TODAY)
        before = chance.choice(made)
        wishes: list[Wish] = wishes_of(question, TOOLS)
        wishes += wishes_in_conversation(question, "price it", [[before]], TOOLS)
        for wish in wishes:
            calls: list[Any] = [] if wish.lacks else wish.calls()
            planned += len(calls)
    assert planned > 50, "the mixtures have to hold calculations"
