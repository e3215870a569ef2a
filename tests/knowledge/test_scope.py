"""The field of the library: what is inside, what is outside, and what a reader's documents add."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.assistant import Assistant
from assistant.knowledge.scope import LEAST, Scope, nearness, share_known, vocabulary


def test_nearness_is_the_mean_of_the_two_nearest() -> None:
    examples = np.array([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]], dtype=np.float32)
    vector = np.array([1.0, 0.0], dtype=np.float32)
    assert nearness(examples, vector) == pytest.approx((1.0 + 0.6) / 2)
    assert nearness(examples[:1], vector) == pytest.approx(1.0)
    assert nearness(examples[:0], vector) == -1.0


def test_known_words_are_those_that_several_texts_share() -> None:
    known = vocabulary(["Condors lose money", "a condor's loss", "money talks"])
    assert known == ["condor", "money"]
    assert share_known("does the condor earn money", set(known)) == pytest.approx(2 / 3)
    assert share_known("how is it?", set(known)) == 0.0


def test_evidence_adds_up_to_one_score() -> None:
    scope = Scope(ours=0.5, elsewhere=0.4, known=1.0, named=True, best=0.9)
    # 0.5 - 0.4 + 0.3 for words, 0.1 for a term and 0.3 * (0.6 - 0.4) for the passage.
    assert scope.score == pytest.approx(0.56)
    assert scope.inside
    assert not Scope(ours=0.3, elsewhere=0.5, known=0.5, named=False, best=0.3).inside


def test_a_readers_own_document_is_inside() -> None:
    outside = Scope(ours=0.1, elsewhere=0.4, known=0.2, named=False, best=0.5)
    assert outside.score < LEAST
    assert not outside.inside
    assert Scope(**(vars(outside) | {"own": 0.5})).inside
    assert not Scope(**(vars(outside) | {"own": 0.39})).inside


@pytest.mark.parametrize(
    ("question", "inside"),
    [
        ("How wide should the wings of my condor be?", True),
        ("which strikes do I sell when VIX is at 20", True),
        ("How wide is the wingspan of the bird?", False),
        ("my flight was canceled, how do I get my money back", False),
        ("is it a good time to take out a home loan", False),
    ],
)
def test_words_that_collide_are_told_apart(
    assistant: Assistant, question: str, inside: bool
) -> None:
    scope = assistant._find(question).scope
    assert scope is not None
    assert scope.inside is inside
