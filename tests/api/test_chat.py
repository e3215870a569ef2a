"""Chat over HTTP: the Answer as JSON and as events; bad input named, nothing stored."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

QUESTION = "What credit should an iron condor collect for its width?"
EVENTS = {"accept": "text/event-stream"}


def events_of(body: str) -> list[tuple[str, dict[str, Any]]]:
    frames = [frame for frame in body.split("\n\n") if frame]
    return [
        (lines[0].removeprefix("event: "), json.loads(lines[1].removeprefix("data: ")))
        for lines in (frame.split("\n") for frame in frames)
    ]


def test_an_answer_has_the_shape_of_the_contract(client: TestClient) -> None:
    response = client.post("/api/chat", json={"message": QUESTION})
    assert response.status_code == 200
    answer = response.json()
    assert {
        "id", "conversation_id", "question", "text", "model", "corpus_version", "created_at",
        "citations", "calculations", "glossary", "keep_reading", "disagreements", "abstained",
        "grounding", "apa", "disclaimer",
    } <= answer.keys()  # fmt: skip
    assert set(answer["citations"][0]) == {
        "n", "kind", "id", "title", "section", "quote", "start", "end", "url",
    }  # fmt: skip
    assert {"numbers", "unsupported"} <= set(answer["grounding"])
    assert client.get(f"/api/answers/{answer['id']}").json() == answer


def test_a_quote_can_be_checked_against_its_source(client: TestClient) -> None:
    answer = client.post("/api/chat", json={"message": QUESTION}).json()
    for citation in answer["citations"]:
        source = client.get(f"/api{citation['url']}").json()["text"]
        assert source[citation["start"] : citation["end"]] == citation["quote"]
        assert client.get(citation["url"]).status_code == 200


def test_the_same_answer_comes_as_events(client: TestClient) -> None:
    response = client.post("/api/chat", json={"message": QUESTION}, headers=EVENTS)
    assert response.headers["content-type"].startswith("text/event-stream")
    events = events_of(response.text)
    names = [name for name, _ in events]
    assert names[0] == "start"
    assert names[-1] == "answer"
    assert "step" in names
    answer = events[-1][1]
    assert "".join(data["text"] for name, data in events if name == "delta") == answer["text"]
    assert events[0][1] == {"id": answer["id"], "conversation_id": answer["conversation_id"]}
    assert client.get(f"/api/answers/{answer['id']}").json() == answer


def test_a_conversation_can_be_listed_read_and_deleted(client: TestClient) -> None:
    first = client.post("/api/chat", json={"message": QUESTION}).json()
    conversation = first["conversation_id"]
    second = client.post(
        "/api/chat", json={"message": "What is theta?", "conversation_id": conversation}
    ).json()
    assert conversation in [item["id"] for item in client.get("/api/conversations").json()]
    whole = client.get(f"/api/conversations/{conversation}").json()
    assert [answer["id"] for answer in whole["answers"]] == [first["id"], second["id"]]
    assert client.delete(f"/api/conversations/{conversation}").status_code == 204
    for path in (f"/api/conversations/{conversation}", f"/api/answers/{first['id']}"):
        assert client.get(path).status_code == 404
    assert client.delete(f"/api/conversations/{conversation}").status_code == 404


def test_an_opinion_is_recorded(client: TestClient) -> None:
    answer = client.post("/api/chat", json={"message": QUESTION}).json()
    path = f"/api/answers/{answer['id']}/feedback"
    assert client.post(path, json={"rating": "up", "comment": "clear"}).status_code == 204
    assert client.post(path, json={"rating": "sideways"}).status_code == 422
    assert client.post("/api/answers/none/feedback", json={"rating": "up"}).status_code == 404


BAD_BODIES = [
    ({"message": ""}, "message"),
    ({"message": "  \n "}, "message"),
    ({"message": "x" * 1001}, "message"),
    ({"message": None}, "message"),
    ({"message": 5}, "message"),
    ({}, "message"),
    ([], "body"),
    ("text", "body"),
    ({"message": "hi", "conversation_id": "a b"}, "conversation_id"),
    ({"message": "hi", "conversation_id": "x" * 41}, "conversation_id"),
    ({"message": "hi", "model": "nobody:nothing"}, "model"),
    ({"message": "hi", "mesage": "typo"}, "mesage"),
]


@pytest.mark.parametrize("headers", [{}, EVENTS], ids=["json", "events"])
@pytest.mark.parametrize(("body", "field"), BAD_BODIES)
def test_bad_input_is_a_problem_that_names_the_field(
    client: TestClient, body: Any, field: str, headers: dict[str, str]
) -> None:
    before = len(client.get("/api/conversations").json())
    response = client.post("/api/chat", json=body, headers=headers)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == 422
    assert field in [error["field"] for error in problem["errors"]]
    assert {"type", "title", "detail"} <= problem.keys()
    assert len(client.get("/api/conversations").json()) == before


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe", b'{"message": "a', b"null"])
def test_a_malformed_body_is_a_problem(client: TestClient, body: bytes) -> None:
    response = client.post("/api/chat", content=body, headers={"content-type": "application/json"})
    assert response.status_code in (400, 422)
    assert response.headers["content-type"] == "application/problem+json"


def test_a_lone_surrogate_is_refused(client: TestClient) -> None:
    response = client.post(
        "/api/chat",
        content=b'{"message": "\\ud800"}',
        headers={"content-type": "application/json"},
    )
    assert response.status_code == 422


def test_a_body_without_end_is_refused(client: TestClient) -> None:
    response = client.post(
        "/api/chat",
        content=b" " * 9_000_000,
        headers={"content-type": "application/json"},
    )
    assert response.status_code == 413


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/answers/none"),
        ("GET", "/api/conversations/none"),
        ("GET", "/api/articles/none"),
        ("GET", "/api/glossary/none"),
        ("GET", "/api/documents/none"),
        ("GET", "/api/nowhere"),
        ("POST", "/api/tools/none"),
    ],
)
def test_what_is_not_there_is_a_problem(client: TestClient, method: str, path: str) -> None:
    response = client.request(method, path, json={} if method == "POST" else None)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


def test_a_wrong_method_is_a_problem(client: TestClient) -> None:
    response = client.get("/api/chat")
    assert response.status_code == 405
    assert response.headers["content-type"] == "application/problem+json"


def test_health(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json()["status"] == "ready"
