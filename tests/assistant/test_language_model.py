"""A language model's text goes out as it checks out; whatever it does, there is an answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest
from langchain_core.messages import AIMessage

from assistant import models
from assistant.assistant import Assistant
from assistant.events import Delta, Event, Finished, Step
from assistant.models import get_model
from assistant.settings import Settings
from tests.assistant.scripted import StreamingModel, call

QUESTION = "is 2.00 on a 10-wide enough?"
CREDIT = call("check_credit", credit=2.0, width=10)
NAME = "test:streaming"


@pytest.fixture
def spoken(
    built_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Assistant, StreamingModel]]:
    model = StreamingModel()
    monkeypatch.setattr(
        models, "get_model", lambda name: model if name == NAME else get_model(name)
    )
    limits = {"model": NAME, "model_seconds": 20.0, "model_tokens": 400, "model_steps": 6}
    with Assistant(built_settings.model_copy(update=limits)) as assistant:
        yield assistant, model


def events_of(assistant: Assistant, question: str = QUESTION) -> list[Event]:
    return list(assistant.stream(question))


def told(events: list[Event]) -> tuple[list[str], str, str]:
    last = events[-1]
    assert isinstance(last, Finished)
    deltas = [event.text for event in events if isinstance(event, Delta)]
    assert "".join(deltas) == last.answer.text
    assert last.answer.grounding.unsupported == []
    return deltas, last.answer.text, last.answer.model


def test_sentences_go_out_one_by_one(spoken: tuple[Assistant, StreamingModel]) -> None:
    assistant, model = spoken
    text = (
        "The credit is 20.0 % of the width. That is inside the target of 15-25 %.\n\n"
        "The target runs from 1.50 to 2.50 points."
    )
    model.script += [CREDIT, AIMessage(text)]
    deltas, whole, name = told(events_of(assistant))
    assert whole == text
    assert name == NAME
    assert len(deltas) == 3


def test_the_first_sentence_does_not_wait_for_the_last(
    spoken: tuple[Assistant, StreamingModel],
) -> None:
    assistant, model = spoken
    model.pause = 0.02
    model.script += [CREDIT, AIMessage("The credit is 20.0 % of the width. " + "So it is. " * 40)]
    stream = assistant.stream(QUESTION)
    first = next(event for event in stream if isinstance(event, Delta))
    assert first.text == "The credit is 20.0 % of the width."
    assert len("".join(model.spoken)) < 200
    stream.close()


def test_what_was_shown_stays_and_the_rest_is_repaired(
    spoken: tuple[Assistant, StreamingModel],
) -> None:
    assistant, model = spoken
    model.script += [
        CREDIT,
        AIMessage("The credit is 20.0 % of the width. It wins 93 % of the time."),
        AIMessage("The credit is 20.0 % of the width. The target ends at 2.50 points."),
    ]
    _, whole, name = told(events_of(assistant))
    assert whole.split() == (
        "The credit is 20.0 % of the width. The target ends at 2.50 points.".split()
    )
    assert name == NAME
    assert "93 %" in str(model.seen[-1][-1].content)


def test_what_cannot_be_repaired_is_taken_over_and_said(
    spoken: tuple[Assistant, StreamingModel],
) -> None:
    assistant, model = spoken
    model.script += [
        CREDIT,
        AIMessage("The credit is 20.0 % of the width. It wins 93 % of the time."),
        AIMessage("It wins 94 % of the time."),
    ]
    events = events_of(assistant)
    _, whole, name = told(events)
    assert whole.startswith("The credit is 20.0 % of the width.")
    assert "the built-in model goes on" in whole
    assert "93" not in whole
    assert "94" not in whole
    assert name == f"builtin (after {NAME})"
    answer = events[-1].answer  # type: ignore[union-attr]
    assert {"93 %", "94 %"} <= set(answer.grounding.withheld)


@pytest.mark.parametrize(
    "script",
    [
        [],
        [AIMessage("")],
        [AIMessage(""), AIMessage("")],
        [call("check_credit", credit=2.0, width=10) for _ in range(40)],
        [CREDIT, AIMessage("word " * 3000)],
    ],
    ids=["fails", "says nothing", "says nothing twice", "goes in circles", "does not stop"],
)
def test_whatever_fails_there_is_an_answer(
    spoken: tuple[Assistant, StreamingModel], script: list[AIMessage]
) -> None:
    assistant, model = spoken
    model.script += [message.model_copy() for message in script]
    _, whole, name = told(events_of(assistant))
    assert "20.0 %" in whole
    assert "built-in model" in whole
    assert name == f"builtin (after {NAME})"


def test_a_model_that_takes_too_long_is_stopped(
    built_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = StreamingModel(script=[CREDIT, AIMessage("so " * 400)], pause=60.0)
    monkeypatch.setattr(
        models, "get_model", lambda name: model if name == NAME else get_model(name)
    )
    settings = built_settings.model_copy(update={"model": NAME, "model_seconds": 0.5})
    with Assistant(settings) as assistant:
        _, _, name = told(events_of(assistant))
    assert name == f"builtin (after {NAME})"
    assert len(model.spoken) < 400


def test_numbers_of_passages_are_no_arguments(spoken: tuple[Assistant, StreamingModel]) -> None:
    assistant, model = spoken
    model.script += [
        call("search_library", query="credit target"),
        call("check_credit", credit=7.77, width=33),
        AIMessage("The library describes a target for the credit. [1]"),
    ]
    events = events_of(assistant, "what credit should a condor collect?")
    assert [event.tool for event in events if isinstance(event, Step)] == ["search_library"] * 2
    refused = str(model.seen[-1][-1].content)
    assert "credit is 7.77" in refused
    assert "neither in the question" in refused


def test_whoever_goes_away_ends_the_work(spoken: tuple[Assistant, StreamingModel]) -> None:
    assistant, model = spoken
    model.pause = 0.02
    model.script += [CREDIT, AIMessage("The credit is 20.0 % of the width. " + "So it is. " * 400)]

    async def leave() -> None:
        stream = assistant.astream(QUESTION)
        async for event in stream:
            if isinstance(event, Delta):
                break
        await stream.aclose()  # type: ignore[attr-defined]

    before = len(assistant.answers.conversations(1000))
    asyncio.run(leave())
    said = len(model.spoken)
    time.sleep(0.2)
    assert model.cancelled
    assert len(model.spoken) == said
    assert len(assistant.answers.conversations(1000)) == before
