"""Every number is traced, and what is not traced is found."""

from __future__ import annotations

import pytest

from assistant.answers.record import Citation
from assistant.evidence import Evidence
from assistant.grounding import check, numbers_in

QUESTION = "VIX is 22 and the credit is $1.15 on a 10-wide"


def _evidence() -> Evidence:
    evidence = Evidence(QUESTION)
    evidence.add_calculation(
        "price_condor",
        {"spot": 5800, "iv": 0.16},
        {
            "credit": 13.13196,
            "max_loss_usd": 3686.804,
            "probability_of_profit": 0.71824,
            "theta": -0.412,
            "warnings": ["The credit is 26.3 % of the width."],
        },
    )
    return evidence


def _citation() -> Citation:
    quote = "The target is a credit of 15 to 25 % of the width; 15 % needs 85 winners in 100."
    return Citation(
        n=1, kind="article", id="article:a", title="A", section="", quote=quote, start=0, end=80,
        url="/articles/a",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("The credit is 13.13 points.", "calculation 1"),
        ("The credit is 13.1 points.", "calculation 1"),
        ("At most $3,686.80 is lost.", "calculation 1"),
        ("At most 3,687 dollars is lost.", "calculation 1"),
        ("The probability is 71.8 %.", "calculation 1"),
        ("The probability is 72%.", "calculation 1"),
        ("Theta is -0.41 a day.", "calculation 1"),
        ("With spot at 5,800.", "calculation 1"),
        ("It is 26.3 % of the width.", "calculation 1"),
        ("The target is 15-25 %.", "citation 1"),
        ("You need 85 winners.", "citation 1"),
        ("With the VIX at 22.", "question"),
        ("A credit of $1.15.", "question"),
    ],
)
def test_a_supported_number_is_traced(text: str, source: str) -> None:
    grounding = check(text, _evidence(), [_citation()])
    assert not grounding.unsupported
    assert {number.source for number in grounding.numbers} == {source}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("The credit is 13.14 points.", "13.14"),  # a digit
        ("The credit is -13.13 points.", "-13.13"),  # a sign
        ("Theta is 0.41 a day.", "0.41"),  # a sign
        ("The probability is 71.8 points.", "71.8"),  # the unit
        ("The probability is 0.718 %.", "0.718 %"),  # percent for fraction
        ("The credit is $13.13.", "$13.13"),  # dollars for points
        ("At most 3,686.80 points is lost.", "3,686.80"),  # points for dollars
        ("The credit is 131.3 points.", "131.3"),  # the decimal point
        ("The target is 15-28 %.", "28 %"),
        ("VIX is 23.", "23"),
        ("It wins 86 % of the time.", "86 %"),
    ],
)
def test_a_changed_number_is_caught(text: str, number: str) -> None:
    assert check(text, _evidence(), [_citation()]).unsupported == [number]


def test_names_marks_and_links_are_not_numbers() -> None:
    text = "1. S&P 500 options [1] and VIX3M, VIX9D by Black-76 ([more](/articles/a-30-day))"
    assert numbers_in(text) == []


def test_a_suggested_question_states_nothing() -> None:
    suggestion = "Price a condor: spot 6100"
    text = f"A question that works: *{suggestion}*"
    assert check(text, _evidence(), [], [suggestion]).unsupported == []
    assert check(text, _evidence(), []).unsupported == ["6100"]
