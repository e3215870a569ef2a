"""'Ask with these numbers': each card's question, filled in, asks for the same calculation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from assistant.api.wording import format_value, words
from assistant.models.builtin.reading import Question
from assistant.models.builtin.wishes import wishes_of
from tools.catalog import CATALOG
from tools.examples import EXAMPLES

_ASKED = {name: spec["ask"] for name, spec in words()["tools"].items() if "ask" in spec}
_MORE: list[tuple[str, Mapping[str, Any]]] = [
    ("break_even", {"put_long": 5450, "call_long": 6100}),
    ("break_even", {"put_long": 5450, "call_long": 6100, "contracts": 3, "settlement": 5480}),
    ("check_credit", {"win_rate": 0.82}),
    ("credit_range", {"low": 0.2, "high": 0.3}),
    ("vix_futures_curve", {"third_future": 18.2}),
    ("select_condor", {"short_delta": None, "expected_move_multiple": 1.2}),
    ("select_condor", {"short_delta": None, "target_credit": 4.5}),
    ("term_structure", {"vix9d": None, "vix6m": 21.4}),
    ("size_position", {"max_profit_usd": 1313, "win_rate": 0.8}),
    ("price_condor", {"credit": 12.4}),
]


def question_of(tool: str, inputs: Mapping[str, Any]) -> str:
    """The card's question; the twin of `#question` in static/js/alive.js."""
    given = {name: value for name, value in inputs.items() if value is not None}

    def fill(text: str) -> str:
        def shown(match: re.Match[str]) -> str:
            name = match[1]
            unit = words()["fields"].get(name, ["", ""])[1]
            return format_value(given.get(name), unit, exact=True).text.replace(",", "")

        return re.sub(r"\{(\w+)\}", shown, text)

    def part(match: re.Match[str]) -> str:
        return match[1] if match[2] in given else ""

    return fill(re.sub(r"\[([^\]]*?\{(\w+)\}[^\]]*)\]", part, _ASKED[tool]))


@pytest.mark.parametrize(
    ("tool", "inputs"),
    [(tool, EXAMPLES[tool]) for tool in sorted(_ASKED)]
    + [(tool, {**EXAMPLES[tool], **more}) for tool, more in _MORE],
)
def test_the_question_of_a_card_asks_for_its_calculation(
    tool: str, inputs: Mapping[str, Any]
) -> None:
    question = Question(question_of(tool, inputs))
    wishes = wishes_of(question, [entry.name for entry in CATALOG])
    calls = [call for wish in wishes for call in wish.calls() if call.tool == tool]
    assert calls, question.said
    expected = {name: value for name, value in inputs.items() if value is not None}
    assert dict(calls[0].arguments) == pytest.approx(expected), question.said
