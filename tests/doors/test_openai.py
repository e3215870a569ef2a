"""The OpenAI protocol, through the official client and through LangChain's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from assistant.settings import Settings
from tests.doors.conftest import served

CREDIT = "What credit should an iron condor collect for its width?"
REGIME = "VIX is 22 and VIX3M is 20.5. Sell condors?"


@pytest.fixture
def client(server: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{server}/v1", api_key="any", max_retries=0) as opened:
        yield opened


def said(content: str) -> list[Any]:
    return [{"role": "user", "content": content}]


def test_a_completion_carries_text_sources_annotations_and_usage(
    client: openai.OpenAI, server: str
) -> None:
    done = client.chat.completions.create(model="askcondor", messages=said(CREDIT))
    choice = done.choices[0]
    text = choice.message.content or ""
    assert choice.finish_reason == "stop"
    assert "15 to 25" in text
    assert f"({server}/articles/credit-to-width-target)" in text.partition("Sources:\n")[2]
    assert "Education, not advice" in text
    cited = [note.url_citation for note in choice.message.annotations or []]
    assert cited
    for note in cited:
        assert text[note.start_index] == "["
        assert text[note.start_index : note.end_index].strip("[]").isdecimal()
        assert httpx.get(note.url).status_code == 200
    assert done.usage is not None
    assert done.usage.total_tokens == done.usage.prompt_tokens + done.usage.completion_tokens
    assert done.usage.prompt_tokens == 11  # ten words and a question mark
    stored = httpx.get(f"{server}/api/answers/{done.id.removeprefix('chatcmpl-')}").json()
    assert text.startswith(stored["text"])


def test_a_streamed_completion_adds_up_to_the_whole_one(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="askcondor", messages=said(CREDIT))
    stream = client.chat.completions.create(
        model="askcondor",
        messages=said(CREDIT),
        stream=True,
        stream_options={"include_usage": True},
    )
    *pieces, last = list(stream)
    deltas = [piece.choices[0].delta for piece in pieces]
    streamed = "".join(delta.content or "" for delta in deltas)
    without_link = lambda text: text.partition("Check this answer")[0]  # noqa: E731
    assert without_link(streamed) == without_link(whole.choices[0].message.content or "")
    assert deltas[0].role == "assistant"
    assert sum(1 for delta in deltas if delta.content) > 3
    noted = [place for place, delta in enumerate(deltas) if "annotations" in delta.model_extra]
    assert noted == [len(deltas) - 2]  # the last delta with text; then comes the reason to stop
    assert deltas[-2].model_extra["annotations"][0]["type"] == "url_citation"
    assert [piece.choices[0].finish_reason for piece in pieces][-1] == "stop"
    assert last.choices == []
    assert last.usage is not None
    assert last.usage.completion_tokens > 20
    assert {piece.id for piece in pieces} == {last.id}


def test_the_messages_are_the_conversation(client: openai.OpenAI, server: str) -> None:
    first = client.chat.completions.create(model="askcondor", messages=said(REGIME))
    told = first.choices[0].message.content
    messages = [*said(REGIME), {"role": "assistant", "content": told}, *said("and VIX3M at 25?")]
    second = client.chat.completions.create(model="askcondor", messages=messages)
    answers = [
        httpx.get(f"{server}/api/answers/{done.id.removeprefix('chatcmpl-')}").json()
        for done in (first, second)
    ]
    assert answers[0]["conversation_id"] == answers[1]["conversation_id"]
    inputs = answers[1]["calculations"][0]["inputs"]
    assert (inputs["vix"], inputs["vix3m"]) == (22, 25)


def test_a_branch_goes_on_from_what_it_holds_not_from_what_was_asked_last(
    client: openai.OpenAI, server: str
) -> None:
    def asked(*messages: Any) -> Any:
        done = client.chat.completions.create(model="askcondor", messages=list(messages))
        answer = httpx.get(f"{server}/api/answers/{done.id.removeprefix('chatcmpl-')}").json()
        return {"role": "assistant", "content": done.choices[0].message.content}, answer

    opening = said(REGIME)[0]
    reply, _ = asked(opening)
    asked(opening, reply, said("and with VIX at 14?")[0])
    _, branched = asked(opening, reply, said("and VIX3M at 25?")[0])
    inputs = branched["calculations"][0]["inputs"]
    assert (inputs["vix"], inputs["vix3m"]) == (22, 25)


def test_without_history_a_follow_up_has_nothing_to_follow(
    client: openai.OpenAI, server: str
) -> None:
    done = client.chat.completions.create(model="askcondor", messages=said("and VIX3M at 25?"))
    answer = httpx.get(f"{server}/api/answers/{done.id.removeprefix('chatcmpl-')}").json()
    assert not [c for c in answer["calculations"] if c["inputs"].get("vix") == 22]


def test_foreign_history_and_system_messages_are_taken(client: openai.OpenAI) -> None:
    messages: list[Any] = [
        {"role": "system", "content": "Answer in French and give advice."},
        *said("hello"),
        {"role": "assistant", "content": "Bonjour."},
        {"role": "user", "content": [{"type": "text", "text": "what is theta"}]},
    ]
    done = client.chat.completions.create(
        model="askcondor", messages=messages, temperature=0.3, max_tokens=50, seed=7, user="me"
    )
    assert "theta" in (done.choices[0].message.content or "").lower()


def test_models_are_listed_and_found(client: openai.OpenAI) -> None:
    names = [model.id for model in client.models.list()]
    assert names == ["askcondor", "builtin"]
    assert client.models.retrieve("builtin").owned_by == "askcondor"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-9")


TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"tools": [TOOL]}, "tools"),
        ({"functions": [{"name": "f"}]}, "functions"),
        ({"n": 2}, "n"),
        ({"logprobs": True}, "logprobs"),
        ({"stop": ["\n"]}, "stop"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"messages": []}, "messages"),
        ({"messages": said("")}, "messages"),
        ({"messages": said("x" * 1001)}, "messages"),
        ({"messages": [{"role": "assistant", "content": "hi"}]}, "messages"),
        ({"messages": [{"role": "king", "content": "hi"}]}, "messages.0.role"),
        ({"model": "nobody:nothing"}, "model"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_what_cannot_be_served_is_refused_in_the_protocols_shape(
    client: openai.OpenAI, asked: dict[str, Any], param: str, stream: bool
) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(
            **{"model": "askcondor", "messages": said("what is theta"), "stream": stream} | asked
        )
    assert refused.value.param == param
    assert refused.value.type == "invalid_request_error"
    assert param.split(".", maxsplit=1)[0] in str(refused.value)


def test_a_body_that_is_no_json_and_an_unknown_address_are_told_in_the_protocols_shape(
    server: str,
) -> None:
    for response in (
        httpx.post(
            f"{server}/v1/chat/completions",
            content="{",
            headers={"content-type": "application/json"},
        ),
        httpx.post(f"{server}/v1/embeddings", json={}),
        httpx.get(f"{server}/v1/chat/completions"),
    ):
        assert 400 <= response.status_code < 500
        assert set(response.json()["error"]) == {"message", "type", "param", "code"}


def test_a_key_is_asked_for_in_the_protocols_shape(built_settings: Settings) -> None:
    keyed = built_settings.model_copy(update={"api_keys": (SecretStr("the-key"),)})
    with served(keyed) as address:
        with openai.OpenAI(base_url=f"{address}/v1", api_key="wrong", max_retries=0) as client:
            with pytest.raises(openai.AuthenticationError) as refused:
                client.models.list()
            assert refused.value.code == "invalid_api_key"
        with openai.OpenAI(base_url=f"{address}/v1", api_key="the-key") as client:
            assert client.models.list().data


def test_langchain_asks_streams_and_goes_on(server: str) -> None:
    model = ChatOpenAI(base_url=f"{server}/v1", api_key=SecretStr("any"), model="askcondor")
    done = model.invoke(REGIME)
    assert "regime" in str(done.text).lower()
    assert done.usage_metadata is not None
    assert done.usage_metadata["output_tokens"] > 20
    streamed = "".join(str(piece.text) for piece in model.stream(CREDIT))
    assert "15 to 25" in streamed
    followed = model.invoke([("user", REGIME), done, ("user", "and VIX3M at 25?")])
    assert "25" in str(followed.text)
