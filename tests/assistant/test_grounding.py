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


def _priced() -> Evidence:
    """A real calculation, with what a writer may say of it in words of his own."""
    from tools.catalog import find_tool

    inputs = {
        "spot": 5800, "put_long": 5450, "put_short": 5500, "call_short": 6050, "call_long": 6100,
        "days": 30, "iv": 0.16, "rate": 0.045, "dividend_yield": 0.013,
    }  # fmt: skip
    evidence = Evidence("price my condor")
    evidence.add_calculation("price_condor", inputs, find_tool("price_condor").call_json(inputs))
    return evidence


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("You would take in $1,313.20 up front.", "result.credit_usd"),
        ("The most you can lose is $3,686.80.", "result.max_loss_usd"),
        ("There is a 71.8 % chance of profit.", "result.probability_of_profit"),
        ("Implied vol is taken as 16%.", "inputs.iv"),
        ("With 30 days left the index stands at 5,800.", "inputs.days"),
        ("The put side's credit is 4.91 points.", "result.put_side.credit"),
        ("The short call is at 6050.", "inputs.call_short"),
        ("Its lower break-even lies at 5486.87.", "result.lower_break_even"),
        ("A touch of the short put has a probability of 23.7 %.", "result.put_side.probability"),
        ("Each wing is fifty points wide.", "result.put_width"),
    ],
)
def test_a_number_is_traced_to_its_field(text: str, path: str) -> None:
    grounding = check(text, _priced(), [])
    assert grounding.unsupported == []
    assert grounding.numbers[0].path.startswith(path)


@pytest.mark.parametrize(
    "text",
    [
        "The maximum loss is $1,313.20.",  # the credit in dollars
        "You would take in $3,686.80 up front.",  # the maximum loss
        "There is a 26.3 % chance of profit.",  # the credit to the width
        "The credit is 36.87 points.",  # the maximum loss
        "Its lower break-even lies at 6063.13.",  # the upper one
        "The put side's credit is 8.22 points.",  # the call side's
        "The short call is at 6100.",  # the long one
        "Implied vol is taken as 30 %.",  # the days
        "It breaks even at 5486.87 and 5486.87.",  # one of them twice
        "The condor is 5450/6050/6050/6100.",
        "The probability of profit is -71.8 %.",
        "It runs for 30 weeks.",
        "The margin is 5,000 points.",
        "Each wing is sixty points wide.",
        "It has been called \u201cthe safest trade that there is today\u201d.",
    ],
)
def test_a_number_of_another_field_is_caught(text: str) -> None:
    assert check(text, _priced(), []).unsupported


def test_an_altered_quote_is_caught_and_the_place_of_a_true_one_is_told() -> None:
    true = "15 % needs 85 winners in 100. [1]"
    (first, *_) = check(true, _evidence(), [_citation()]).numbers
    assert first.source == "citation 1"
    assert first.offset == _citation().quote.index("15 % needs")
    for false in ("15 % needs 100 winners in 100. [1]", "25 % needs 85 winners in 100. [1]"):
        assert check(false, _evidence(), [_citation()]).unsupported
