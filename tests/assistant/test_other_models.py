"""Any LangChain model takes the built-in model's place, under the same check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import Field

from assistant import models
from assistant.assistant import Assistant
from assistant.models import ModelError, get_model
from assistant.settings import Settings


class ScriptedModel(BaseChatModel):
    """Says what its script says, one message a call; records what it was given."""

    script: list[AIMessage]
    seen: list[list[BaseMessage]] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **_: Any) -> ScriptedModel:  # type: ignore[override]
        return self

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        self.seen.append(list(messages))
        if not self.script:
            raise ConnectionError("the provider does not answer")
        return ChatResult(generations=[ChatGeneration(message=self.script.pop(0))])


def calls(name: str, **arguments: Any) -> AIMessage:
    return AIMessage("", tool_calls=[{"name": name, "args": arguments, "id": f"call-{name}"}])


@pytest.fixture
def scripted(
    built_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Assistant, ScriptedModel]]:
    model = ScriptedModel(script=[], seen=[])
    original = get_model
    monkeypatch.setattr(
        models, "get_model", lambda name: model if name == "test:model" else original(name)
    )
    with Assistant(built_settings.model_copy(update={"model": "test:model"})) as assistant:
        yield assistant, model


CREDIT = calls("check_credit", credit=2.0, width=10)


def test_a_grounded_text_is_the_answer(scripted: tuple[Assistant, ScriptedModel]) -> None:
    assistant, model = scripted
    model.script += [CREDIT, AIMessage("The credit is 20.0 % of the width.")]
    answer = assistant.ask("is 2.00 on a 10-wide enough?")
    assert answer.text == "The credit is 20.0 % of the width."
    assert answer.model == "test:model"
    assert answer.calculations[0].tool == "check_credit"


def test_an_invented_number_goes_back_once_for_repair(
    scripted: tuple[Assistant, ScriptedModel],
) -> None:
    assistant, model = scripted
    model.script += [
        CREDIT,
        AIMessage("It is 20 % of the width and wins 93 % of the time."),
        AIMessage("It is 20 % of the width."),
    ]
    answer = assistant.ask("is 2.00 on a 10-wide enough?")
    assert answer.text == "It is 20 % of the width."
    assert "93 %" in str(model.seen[-1][-1].content)


def test_a_model_that_keeps_inventing_is_replaced(
    scripted: tuple[Assistant, ScriptedModel],
) -> None:
    assistant, model = scripted
    model.script += [CREDIT, AIMessage("It wins 93 %."), AIMessage("It wins 94 %.")]
    answer = assistant.ask("is 2.00 on a 10-wide enough?")
    assert "93" not in answer.text
    assert "94" not in answer.text
    assert "20.0 %" in answer.text
    assert answer.model == "builtin (after test:model)"
    assert answer.grounding.unsupported == []


def test_a_model_that_rests_on_nothing_is_replaced(
    scripted: tuple[Assistant, ScriptedModel],
) -> None:
    assistant, model = scripted
    model.script += [AIMessage("An iron condor is a luxury aircraft.")]
    answer = assistant.ask("what is an iron condor?")
    assert "aircraft" not in answer.text
    assert answer.citations


def test_a_failing_provider_is_replaced(scripted: tuple[Assistant, ScriptedModel]) -> None:
    assistant, _ = scripted
    answer = assistant.ask("what is an iron condor?")
    assert answer.model == "builtin (after test:model)"
    assert answer.citations


def test_a_model_in_circles_is_replaced(scripted: tuple[Assistant, ScriptedModel]) -> None:
    assistant, model = scripted
    model.script += [calls("check_credit", credit=2.0, width=10 + n) for n in range(60)]
    answer = assistant.ask("is 2.00 on a 10-wide enough?")
    assert answer.model == "builtin (after test:model)"
    assert "20.0 %" in answer.text


def test_a_wrong_argument_comes_back_to_the_model_by_name(
    scripted: tuple[Assistant, ScriptedModel],
) -> None:
    assistant, model = scripted
    model.script += [
        calls("check_credit", credit=-2.0, width=10),
        CREDIT,
        AIMessage("The credit is 20 % of the width."),
    ]
    answer = assistant.ask("is 2.00 on a 10-wide enough?")
    assert "credit is -2.0" in str(model.seen[1][-1].content)
    assert answer.text == "The credit is 20 % of the width."
    assert len(answer.calculations) == 1


def test_citations_of_passages_that_were_never_found_are_taken_out(
    scripted: tuple[Assistant, ScriptedModel],
) -> None:
    assistant, model = scripted
    model.script += [
        calls("search_library", query="iron condor"),
        AIMessage("A condor has four legs of one expiration [1][77]."),
    ]
    answer = assistant.ask("what is an iron condor?")
    assert answer.text == "A condor has four legs of one expiration [1]."
    assert [citation.n for citation in answer.citations] == [1]


@pytest.mark.parametrize("name", ["gpt", "", "nobody:nothing"])
def test_a_model_that_is_not_there_is_named(name: str) -> None:
    with pytest.raises(ModelError, match=repr(name)):
        get_model(name)
