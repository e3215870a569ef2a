"""Numbers without words: read where one way is left, asked for where two are, told if unused."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.answers.record import Calculation
from assistant.assistant import Assistant
from assistant.evidence import NOT_USED, Evidence
from assistant.grounding import check
from assistant.models.builtin.cash import net_credit
from assistant.models.builtin.reading import Question
from assistant.models.builtin.rules import BY_TOOL
from assistant.models.builtin.stated import stated


@pytest.mark.parametrize(
    ("tool", "text", "expected"),
    [
        ("expected_move", "expected move: 6480 14% 7d", {"spot": 6480, "iv": 0.14, "days": 7}),
        ("expected_move", "expected move 14 vol, 7d, 6480", {"spot": 6480, "iv": 0.14}),
        (
            "select_condor",
            "pick strikes 0.9 expected moves out, 50 points protection, forty days, 6100, 16",
            {"spot": 6100, "iv": 0.16, "width": 50, "days": 40},
        ),
        ("price_option", "worth of a 5900 put at 6100, vol 18, 20 days", {"spot": 6100}),
    ],
)
def test_a_number_that_can_be_one_thing_is_that(
    tool: str, text: str, expected: dict[str, Any]
) -> None:
    values = stated(BY_TOOL[tool], Question(text)).values
    assert {name: values.get(name) for name in expected} == pytest.approx(expected)


def test_two_ways_to_read_a_number_are_not_guessed() -> None:
    """14 and 20 can both be the volatility or the days."""
    reading = stated(BY_TOOL["expected_move"], Question("expected move 6480, 14, 20"))
    assert reading.values["spot"] == 6480
    assert not {"iv", "days"} & reading.values.keys()
    assert reading.unsure == {"iv", "days"}


def test_what_a_number_may_say_is_asked_and_not_taken_from_the_market(
    assistant: Assistant,
) -> None:
    answer = assistant.ask("Expected move of SPX at 6480 please: 14, 20")
    assert not answer.calculations
    assert "the implied volatility (IV)" in answer.text


def test_a_number_that_entered_nothing_is_told(assistant: Assistant) -> None:
    answer = assistant.ask(
        "Sold 5450/5500/6050/6100 for 12.40 with spx at 5790. Break-evens and worst case?"
    )
    assert answer.text.endswith(f"{NOT_USED} 5790.")
    assert answer.grounding.withheld == []
    whole = assistant.ask("Break-evens and worst case of 5450/5500/6050/6100 sold for 12.40?")
    assert NOT_USED not in whole.text


def test_the_list_of_unused_numbers_holds_only_the_question_s() -> None:
    asked = Evidence("Is 2.40 on a 10-wide fine with spx at 5790?")
    asked.calculations.append(
        Calculation(n=1, tool="check_credit", inputs={"credit": 2.4, "width": 10}, result={})
    )
    assert not check(f"{NOT_USED} 5790.", asked, []).unsupported
    assert check(f"{NOT_USED} 5791.", asked, []).unsupported == ["5791"]
    assert check(f"{NOT_USED} 5790 %.", asked, []).unsupported


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("sold for 8.20, bought back at 14.10, took 11.75", 5.85),
        ("bought it back for 18.50, new one pays 21.60, originally sold for 13.10", 16.2),
        ("closed for 6.75, opened at 10.30, paid 0.40 commissions; new one brought 12.15", 15.3),
        ("sold at 9.60, rolled for a debit of 2.15", 7.45),
        ("collected 3.10 and another 2.80 in total", 5.9),
        ("collected 3.10 on a 20-wide", None),
    ],
)
def test_what_is_left_of_a_credit(text: str, left: float | None) -> None:
    assert net_credit(Question(text)) == left


def test_a_number_of_condors_is_the_number_of_contracts(assistant: Assistant) -> None:
    """One loses the width of 40 less 6.20; three lose three times that."""
    answer = assistant.ask("Short 6300/6900, 40 wide, for 6.20: worst case if I did three of them?")
    assert "$10,140.00" in answer.text


def test_advice_is_declined_where_a_trade_is_asked_about(assistant: Assistant) -> None:
    assert "no advice" in assistant.ask("should I buy shares of a chip maker?").text
    egg = assistant.ask("how long should I boil an egg")
    assert egg.abstained
    assert "no advice" not in egg.text
