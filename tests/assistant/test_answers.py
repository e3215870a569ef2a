"""The four questions of the product's promise, and what every answer has to hold."""

from __future__ import annotations

import asyncio
import re

import pytest

from assistant.answers.record import Answer
from assistant.assistant import Assistant, QuestionError
from assistant.events import Delta, Event, Finished, Started, Step
from assistant.grounding import check
from assistant.knowledge.documents import article_text, term_text

TITLE_QUESTION = (
    "How does the always-on nature of AMM smart contracts relate to running 24/7 VIX hedges or "
    "SPX iron condors?"
)
CONDOR = (
    "Price a 30-day SPX iron condor: spot 5800, puts 5450/5500, calls 6050/6100, IV 16 %, "
    "rate 4.5 %, dividend yield 1.3 %"
)
REGIME = "VIX is 22 and VIX3M is 20.5. Is this a regime to sell condors in?"
GOLD = "How do I tell a real gold bar from a fake?"


def source_text(assistant: Assistant, source: str) -> str:
    kind, _, slug = source.partition(":")
    if kind == "glossary":
        return term_text(assistant.corpus.terms[slug])
    if kind == "article":
        return article_text(assistant.corpus.articles[slug])
    document = assistant.index.library.document(source)
    assert document is not None
    return document.text


def assert_checks_out(assistant: Assistant, answer: Answer) -> None:
    """What holds of every answer, whatever was asked."""
    assert answer.grounding.unsupported == []
    assert answer.disclaimer
    assert answer.question in answer.apa
    marks = [int(mark) for mark in re.findall(r"\[(\d+)\]", answer.text)]
    assert sorted(set(marks)) == [citation.n for citation in answer.citations]
    for citation in answer.citations:
        text = source_text(assistant, citation.id)
        assert text[citation.start : citation.end] == citation.quote
        assert citation.quote


def test_the_title_question_is_explained_from_the_corpus(assistant: Assistant) -> None:
    answer = assistant.ask(TITLE_QUESTION)
    assert_checks_out(assistant, answer)
    assert not answer.abstained
    assert answer.citations[0].id == "article:always-on-amm-contracts-and-vix-hedges"
    assert {"Automated market maker", "VIX"} <= {entry.term for entry in answer.glossary}
    assert answer.keep_reading
    for paragraph in answer.text.split("\n\n"):
        assert re.search(r"\[\d+\]$", paragraph), paragraph


def test_a_condor_is_priced_checked_and_explained(assistant: Assistant) -> None:
    answer = assistant.ask(CONDOR)
    assert_checks_out(assistant, answer)
    for figure in (
        "13.13 points",
        "5486.87",
        "6063.13",
        "$3,686.80",
        "71.8 %",
        "26.3 %",
        "15-25 %",
    ):
        assert figure in answer.text
    assert [calculation.tool for calculation in answer.calculations] == [
        "price_condor",
        "check_credit",
    ]
    priced = answer.calculations[0]
    assert priced.inputs["iv"] == 0.16
    assert priced.result["credit"] == pytest.approx(13.13, abs=0.005)
    assert priced.chart is not None
    assert priced.chart["data"]
    assert "article:credit-to-width-target" in {citation.id for citation in answer.citations}


def test_a_regime_is_checked_signal_by_signal(assistant: Assistant) -> None:
    answer = assistant.ask(REGIME)
    assert_checks_out(assistant, answer)
    (checked,) = answer.calculations
    assert checked.tool == "check_regime"
    assert checked.inputs == {"vix": 22.0, "vix3m": 20.5}
    ratio = next(s for s in checked.result["signals"] if s["value"] == pytest.approx(22 / 20.5))
    assert ratio["title"] in answer.text
    assert ratio["threshold"] in answer.text
    assert checked.result["wings"] in answer.text
    for layer in checked.result["hedge_layers"]:
        assert layer["title"] in answer.text
    assert "Not read, because no data was given" in answer.text


def test_a_question_outside_the_field_is_declined(assistant: Assistant) -> None:
    answer = assistant.ask(GOLD)
    assert_checks_out(assistant, answer)
    assert answer.abstained
    assert not answer.citations
    assert not answer.calculations
    assert answer.suggestions
    assert all(suggestion in answer.text for suggestion in answer.suggestions)


@pytest.mark.parametrize(
    "question",
    [
        "What's the weather in Chicago tomorrow?",
        "Write me a Python script that sorts a list",
        "Who won the world cup in 2018?",
        "How do I bake sourdough bread?",
    ],
)
def test_other_fields_are_declined_too(assistant: Assistant, question: str) -> None:
    assert assistant.ask(question).abstained


@pytest.mark.parametrize(
    "question",
    [
        "what is an iron condor",
        "what's the difference between SPX and SPXW settlement?",
        "Explain contango like I'm new to VIX futures",
        "can my short call be assigned early on SPX?",
        "what does ALVH stand for and how do the layers work",
        "how far can the index move, and is the expected move a limit",
        "is a 90% win rate on 1DTE condors realistic?",
    ],
)
def test_questions_of_the_field_are_answered_with_citations(
    assistant: Assistant, question: str
) -> None:
    answer = assistant.ask(question)
    assert_checks_out(assistant, answer)
    assert not answer.abstained
    assert answer.citations


@pytest.mark.parametrize(
    ("question", "source"),
    [
        ("what is an iron condor", "glossary:iron-condor"),
        ("What's a bull put spread?", "glossary:bull-put-spread"),
        ("explain vega", "glossary:vega"),
    ],
)
def test_a_definition_is_of_the_term_that_was_named(
    assistant: Assistant, question: str, source: str
) -> None:
    answer = assistant.ask(question)
    assert answer.citations[0].id == source
    assert answer.text.startswith("**")


def test_a_request_for_a_quote_says_how_old_the_market_source_is(assistant: Assistant) -> None:
    answer = assistant.ask("What's SPX trading at right now?")
    assert_checks_out(assistant, answer)
    (snapshot,) = answer.calculations
    assert f"{snapshot.result['spot']:.2f}" in answer.text
    assert "stale" in answer.text


def test_a_request_for_advice_gets_none(assistant: Assistant) -> None:
    answer = assistant.ask("Should I sell a condor today?")
    assert "no advice is given here" in answer.text
    assert "stale" in answer.text  # the VIX is the sample's


@pytest.mark.parametrize(
    ("question", "tool", "inputs"),
    [
        ("$1.15 on a 10-wide, is that enough?", "check_credit", {"credit": 1.15, "width": 10.0}),
        (
            "Where do I break even with short strikes 5500 and 6050 and a credit of 13.13?",
            "break_even",
            {"put_short": 5500.0, "call_short": 6050.0, "credit": 13.13},
        ),
        (
            "Expected move for SPX at 6,000 over 7 days with IV 14%?",
            "expected_move",
            {"spot": 6000.0, "iv": 0.14, "days": 7.0},
        ),
        (
            "chance that SPX at 5800 touches 5500 in 30 days at 16% vol",
            "probability_of_touch",
            {"spot": 5800.0, "barrier": 5500.0, "days": 30.0, "iv": 0.16},
        ),
    ],
)
def test_other_tools_answer_in_passing(
    assistant: Assistant, question: str, tool: str, inputs: dict[str, float]
) -> None:
    answer = assistant.ask(question)
    assert_checks_out(assistant, answer)
    assert answer.calculations[0].tool == tool
    assert answer.calculations[0].inputs == inputs


def test_what_is_missing_is_asked_for_with_an_example_that_works(assistant: Assistant) -> None:
    answer = assistant.ask("Price an iron condor 5450/5500/6050/6100 in 30 days")
    assert_checks_out(assistant, answer)
    assert "the index level (spot)" in answer.text
    assert "the implied volatility (IV)" in answer.text
    assert assistant.ask(answer.suggestions[0]).calculations


def test_an_impossible_value_is_refused_by_name(assistant: Assistant) -> None:
    answer = assistant.ask(CONDOR.replace("IV 16 %", "IV -16 %"))
    assert_checks_out(assistant, answer)
    assert "iv is -0.16" in answer.text
    (refused,) = answer.calculations
    assert refused.result == {"error": answer.text.partition("- ")[2]}


def test_a_follow_up_changes_one_input_of_the_last_calculation(assistant: Assistant) -> None:
    first = assistant.ask(CONDOR)
    second = assistant.ask("what about 25 wide?", first.conversation_id)
    assert_checks_out(assistant, second)
    inputs = second.calculations[0].inputs
    assert (inputs["put_long"], inputs["call_long"]) == (5475.0, 6075.0)
    assert inputs["iv"] == 0.16
    assert second.text.startswith("As before, but with width 25:")
    third = assistant.ask("and at 30 vol?", first.conversation_id)
    assert third.text.startswith("As before, but with implied volatility 30 %:")
    assert third.calculations[0].inputs["iv"] == 0.3
    assert third.calculations[0].inputs["put_long"] == 5475.0


def test_a_follow_up_in_words_keeps_the_subject(assistant: Assistant) -> None:
    first = assistant.ask("What is contango?")
    second = assistant.ask("and why does it matter for hedges?", first.conversation_id)
    assert not second.abstained
    assert second.citations
    assert assistant.ask("and who won the world cup?", first.conversation_id).abstained


def test_the_stream_starts_steps_speaks_and_ends(assistant: Assistant) -> None:
    async def collect() -> list[Event]:
        return [event async for event in assistant.astream(CONDOR)]

    events = asyncio.run(collect())
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Finished)
    answer = events[-1].answer
    assert "".join(event.text for event in events if isinstance(event, Delta)) == answer.text
    steps = [(event.tool, event.status) for event in events if isinstance(event, Step)]
    assert ("price_condor", "started") in steps
    assert steps.index(("price_condor", "started")) < steps.index(("price_condor", "finished"))
    assert assistant.answers.answer(events[0].id) == answer


@pytest.mark.parametrize("question", ["", "   \n", "x" * 1001, "\ud800 broken"])
def test_what_is_no_question_is_refused_and_not_stored(assistant: Assistant, question: str) -> None:
    before = len(assistant.answers.conversations(1000))
    with pytest.raises(QuestionError, match="message"):
        assistant.ask(question)
    assert len(assistant.answers.conversations(1000)) == before


def test_a_thousand_characters_are_still_a_question(assistant: Assistant) -> None:
    assert assistant.ask(("what is an iron condor? " * 42)[:1000]).text


def test_the_check_can_fail(assistant: Assistant) -> None:
    from assistant.evidence import Evidence

    answer = assistant.ask(CONDOR)
    evidence = Evidence(CONDOR, calculations=list(answer.calculations))
    changed = answer.text.replace("13.13 points", "13.23 points")
    assert check(changed, evidence, answer.citations).unsupported == ["13.23"]
