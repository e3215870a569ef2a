"""Changed answers are caught, unchanged ones are not refused; and the measure itself can fail."""

from __future__ import annotations

import pytest

from assistant.assistant import Assistant
from assistant.evaluation.altered import CAUGHT, REFUSED, measure_altered


def test_changed_answers_are_caught(assistant: Assistant) -> None:
    altered = measure_altered(assistant, 200, seed=1)
    assert altered.altered == 200
    assert altered.caught_share >= CAUGHT, altered.missed
    assert altered.refused_share <= REFUSED, altered.refusals


@pytest.mark.altered
@pytest.mark.parametrize("seed", [21, 22, 23])
def test_two_thousand_changed_answers_are_caught(assistant: Assistant, seed: int) -> None:
    altered = measure_altered(assistant, 2000, seed=seed)
    assert altered.altered == 2000
    assert altered.caught_share >= CAUGHT, altered.missed
    assert altered.refused_share <= REFUSED, altered.refusals


def test_a_check_that_lets_all_pass_is_seen(assistant: Assistant) -> None:
    altered = measure_altered(assistant, 20, seed=2, refuse=lambda text, answer: [])
    assert altered.caught == 0
    assert not altered.reached


def test_a_check_that_refuses_all_is_seen(assistant: Assistant) -> None:
    altered = measure_altered(assistant, 20, seed=2, refuse=lambda text, answer: ["all"])
    assert altered.refused == altered.answers
    assert not altered.reached
