"""The Python doors: an assistant here, one on a server, and what other makers' agents take."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from langchain.agents import create_agent
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, ToolMessage
from pydantic import SecretStr

from assistant import Assistant, HttpAssistant, langchain_retriever, langchain_tools
from assistant.errors import HttpError, ModelError, QuestionError
from assistant.events import Delta, Finished, Started, Step
from assistant.settings import Settings
from tests.doors.conftest import served
from tools.catalog import CATALOG
from tools.condor_rules import CreditCheck
from tools.errors import ToolDataError, ToolInputError

REGIME = "VIX is 22 and VIX3M is 20.5. Sell condors?"
Either = Assistant | HttpAssistant


@pytest.fixture(params=["here", "on a server"])
def asked(request: pytest.FixtureRequest, assistant: Assistant, server: str) -> Iterator[Either]:
    if request.param == "here":
        yield assistant
        return
    with HttpAssistant(server) as remote:
        yield remote.open()


def test_ask_answers_and_goes_on(asked: Either) -> None:
    answer = asked.ask(REGIME)
    assert answer.calculations[0].tool == "check_regime"
    again = asked.ask("and VIX3M at 25?", answer.conversation_id)
    assert again.conversation_id == answer.conversation_id
    assert again.calculations[0].inputs["vix3m"] == 25


def test_stream_gives_typed_events_in_order(asked: Either) -> None:
    first, *middle, last = asked.stream(REGIME)
    assert isinstance(first, Started)
    assert isinstance(last, Finished)
    steps = [event for event in middle if isinstance(event, Step)]
    deltas = [event for event in middle if isinstance(event, Delta)]
    assert len(steps) + len(deltas) == len(middle)
    assert {step.tool for step in steps} >= {"check_regime"}
    assert "".join(delta.text for delta in deltas) == last.answer.text
    assert last.answer.id == first.id


def test_asynchronous_code_asks_and_streams(asked: Either) -> None:
    async def conversation() -> tuple[str, str]:
        answer = await asked.aask("what is theta")
        events = [event async for event in asked.astream("what is theta")]
        assert isinstance(events[-1], Finished)
        return answer.text, events[-1].answer.text

    whole, streamed = asyncio.run(conversation())
    assert whole == streamed


def test_a_stream_may_be_left_early(asked: Either) -> None:
    for event in asked.stream(REGIME):
        assert isinstance(event, Started)
        break
    assert asked.ask("what is theta").text


def test_search_finds_the_same(assistant: Assistant, asked: Either) -> None:
    assert asked.search("contango", 3) == assistant.search("contango", 3)


@pytest.mark.parametrize(
    ("question", "conversation", "model"),
    [
        ("", None, None),
        ("   ", None, None),
        ("x" * 1001, None, None),
        ("\ud800", None, None),
        ("hi", "a b", None),
        ("hi", "c" * 41, None),
        ("hi", None, "nobody:nothing"),
        ("hi", None, "nobody"),
    ],
)
def test_what_cannot_be_asked_raises_the_same(
    assistant: Assistant, server: str, question: str, conversation: str | None, model: str | None
) -> None:
    with HttpAssistant(server) as remote:
        doors: list[Callable[[], object]] = [
            lambda: assistant.ask(question, conversation, model),
            lambda: remote.ask(question, conversation, model),
            lambda: list(remote.stream(question, conversation, model)),
            lambda: list(assistant.stream(question, conversation, model)),
        ]
        raised = []
        for door in doors:
            with pytest.raises((QuestionError, ModelError)) as error:
                door()
            raised.append(error.value)
    assert len({type(error) for error in raised}) == 1
    fields = {getattr(error, "field", "model") for error in raised}
    assert len(fields) == 1
    assert fields <= {"message", "conversation_id", "model"}


def test_a_tool_gives_and_refuses_the_same(asked: Either) -> None:
    assert asked.call_tool("check_credit", {"credit": 2.4, "width": 10})["verdict"] == "in range"
    for name, arguments in (
        ("check_credit", {"credit": float("nan"), "width": 10}),
        ("check_credit", {"credit": 2.4, "with": 10}),
        ("check_credits", {}),
    ):
        with pytest.raises(ToolInputError):
            asked.call_tool(name, arguments)
    with pytest.raises(ToolInputError) as refused:
        asked.call_tool("check_credit", {"credit": -1, "width": -2})
    assert [problem.field for problem in refused.value.problems] == ["credit", "width"]
    assert str(refused.value).startswith("credit is -1; it has to be")
    with pytest.raises((ToolInputError, ToolDataError)):
        asked.call_tool("irr", {"cashflows": [1, 2, 3]})


def test_a_server_that_is_not_there_is_said_to_be() -> None:
    with HttpAssistant("http://127.0.0.1:9") as nobody, pytest.raises(HttpError, match="running"):
        nobody.ask("what is theta")


def test_a_key_opens_a_server(built_settings: Settings) -> None:
    keyed = built_settings.model_copy(update={"api_keys": (SecretStr("the-key"),)})
    with served(keyed) as address:
        with HttpAssistant(address) as stranger, pytest.raises(HttpError) as refused:
            stranger.ask("what is theta")
        assert (refused.value.status, refused.value.code) == (401, "key-required")
        assert refused.value.request_id
        with HttpAssistant(address, key="the-key") as known:
            assert known.ask("what is theta").text


def test_langchain_tools_serve_an_agent_of_another_maker() -> None:
    class Scripted(GenericFakeChatModel):
        def bind_tools(self, tools: object, **_: object) -> Scripted:  # type: ignore[override]
            return self

    call = {"name": "check_credit", "args": {"credit": 2.4, "width": 10}, "id": "1"}
    wrong = {"name": "check_credit", "args": {"credit": -2.4, "width": 10}, "id": "2"}
    script = [AIMessage("", tool_calls=[call, wrong]), AIMessage("In range.")]
    agent = create_agent(Scripted(messages=iter(script)), langchain_tools())
    done = agent.invoke({"messages": [("user", "Is 2.40 on a 10-wide in range?")]})
    results = [message for message in done["messages"] if isinstance(message, ToolMessage)]
    assert json.loads(str(results[0].content))["verdict"] == "in range"
    assert isinstance(results[0].artifact, CreditCheck)
    assert "credit is -2.4" in str(results[1].content)


def test_every_tool_is_offered_to_langchain_with_its_schema() -> None:
    offered = {tool.name: tool for tool in langchain_tools()}
    assert list(offered) == [tool.name for tool in CATALOG]
    for tool in CATALOG:
        assert offered[tool.name].args_schema == tool.input_schema
        content = offered[tool.name].invoke(tool.example)
        assert json.loads(content) == json.loads(json.dumps(tool.call_json(tool.example)))


def test_the_retriever_brings_documents_with_their_source(assistant: Assistant) -> None:
    retriever = langchain_retriever(assistant, k=3)
    documents = retriever.invoke("credit to width")
    assert len(documents) == 3
    assert documents[0].metadata["id"].startswith(("article:", "glossary:"))
    hits = assistant.search("credit to width", 3)
    assert [document.page_content for document in documents] == [hit.passage.text for hit in hits]
    with pytest.raises(ValueError, match="k is 0"):
        langchain_retriever(assistant, k=0)


def test_a_client_of_a_server_loads_nothing_heavy() -> None:
    script = (
        "import sys, assistant; assistant.HttpAssistant('http://127.0.0.1:9')\n"
        "heavy = {'chromadb', 'langchain_core', 'torch', 'onnxruntime', 'sqlalchemy', 'pandas'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
