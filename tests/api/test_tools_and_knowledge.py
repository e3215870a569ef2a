"""Tools and library over HTTP give what Python gives."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

import tools

CONDOR = {
    "spot": 5800, "put_long": 5450, "put_short": 5500, "call_short": 6050, "call_long": 6100,
    "days": 30, "iv": 0.16, "rate": 0.045, "dividend_yield": 0.013,
}  # fmt: skip
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("price_condor", CONDOR),
    ("break_even", {"put_short": 5500, "call_short": 6050, "credit": 13.13}),
    ("check_credit", {"credit": 13.13, "width": 50}),
    ("check_regime", {"vix": 22, "vix3m": 20.5}),
    ("expected_move", {"spot": 5800, "iv": 0.16, "days": 30}),
]


@pytest.mark.parametrize(("name", "arguments"), CALLS)
def test_a_tool_gives_over_http_what_it_gives_in_python(
    client: TestClient, name: str, arguments: dict[str, Any]
) -> None:
    response = client.post(f"/api/tools/{name}", json=arguments)
    assert response.status_code == 200
    assert response.json() == json.loads(json.dumps(getattr(tools, name)(**arguments).to_dict()))


def test_a_tools_picture_is_added_on_request(client: TestClient) -> None:
    result = client.post("/api/tools/price_condor?chart=true", json=CONDOR).json()
    assert result["chart"]["data"]
    assert "chart" not in client.post("/api/tools/price_condor", json=CONDOR).json()


def test_every_tool_is_listed_with_its_schemas(client: TestClient) -> None:
    listed = {tool["name"]: tool for tool in client.get("/api/tools").json()}
    assert {name for name, _ in CALLS} <= listed.keys()
    schema = listed["price_condor"]["input_schema"]
    assert schema["properties"]["spot"]["type"] == "number"
    assert schema["properties"]["spot"]["x-unit"] == "points"
    assert "spot" in schema["required"]
    assert "credit" in listed["price_condor"]["output_schema"]["properties"]


BAD_CALLS = [
    (CONDOR | {"put_short": 5400}, "put_short"),
    (CONDOR | {"iv": -0.16}, "iv"),
    (CONDOR | {"spot": "NaN"}, "spot"),
    (CONDOR | {"spot": None}, "spot"),
    (CONDOR | {"days": True}, "days"),
    (CONDOR | {"spott": 1}, "spott"),
    ({}, "spot"),
]


@pytest.mark.parametrize(("arguments", "field"), BAD_CALLS)
def test_a_bad_argument_is_a_problem_that_names_it(
    client: TestClient, arguments: dict[str, Any], field: str
) -> None:
    response = client.post("/api/tools/price_condor", json=arguments)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    named = " ".join(error["field"] for error in response.json()["errors"])
    assert field in named


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_what_is_no_number_is_a_problem(client: TestClient, number: str) -> None:
    body = json.dumps(CONDOR).replace("0.16", number)
    response = client.post(
        "/api/tools/price_condor", content=body, headers={"content-type": "application/json"}
    )
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "iv"


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"5", b"null", b"{"])
def test_arguments_that_are_no_object_are_a_problem(client: TestClient, body: bytes) -> None:
    response = client.post(
        "/api/tools/price_condor", content=body, headers={"content-type": "application/json"}
    )
    assert response.status_code in (400, 422)
    assert response.headers["content-type"] == "application/problem+json"


def test_search_ranks_passages(client: TestClient) -> None:
    found = client.get("/api/search", params={"q": "contango and backwardation", "k": 4}).json()
    assert len(found) == 4
    assert [hit["score"] for hit in found] == sorted((hit["score"] for hit in found), reverse=True)
    assert {"score", "id", "title", "section", "text"} <= found[0].keys()
    assert "contango" in found[0]["text"].lower()


@pytest.mark.parametrize("query", ["", "x" * 1001])
def test_a_search_for_nothing_is_a_problem(client: TestClient, query: str) -> None:
    assert client.get("/api/search", params={"q": query}).status_code == 422


@pytest.mark.parametrize(
    "query", ['"', "NEAR(", "a AND", "*", "credit:width", "';--", "\0", "日本"]
)
def test_a_search_is_words_and_never_syntax(client: TestClient, query: str) -> None:
    assert client.get("/api/search", params={"q": query}).status_code == 200


def test_articles_and_terms_are_listed_and_read(client: TestClient) -> None:
    articles = client.get("/api/articles").json()
    terms = client.get("/api/glossary").json()
    assert len(articles) >= 12
    assert len(terms) >= 60
    article = client.get(f"/api/articles/{articles[0]['slug']}").json()
    assert article["short_answer"].strip()[:40] in article["text"]
    term = client.get(f"/api/glossary/{terms[0]['slug']}").json()
    assert term["definition"] in term["text"]


def test_two_rates_of_return_are_no_fault(client: TestClient) -> None:
    response = client.post("/api/tools/irr", json={"cashflows": [-2.1e6, 3.4e9, -1.3e7]})
    assert response.status_code == 200
