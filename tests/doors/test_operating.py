"""What whoever runs the server relies on: ids, codes, metrics, feeds, and who is kept out."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from starlette.testclient import TestClient

from assistant.api import create_app
from assistant.api.problems import CODES
from assistant.settings import Settings

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def counted(server: str) -> dict[tuple[str, ...], float]:
    text = httpx.get(f"{server}/metrics").text
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_every_answer_has_an_id_and_an_error_repeats_it(server: str) -> None:
    good, bad = httpx.get(f"{server}/healthz"), httpx.get(f"{server}/api/articles/nothing")
    assert re.fullmatch(r"[0-9a-f]{16}", good.headers["x-request-id"])
    assert bad.json()["request_id"] == bad.headers["x-request-id"] != good.headers["x-request-id"]
    own = httpx.get(f"{server}/api/nothing", headers={"x-request-id": "desk-7.a_B"})
    assert own.json()["request_id"] == own.headers["x-request-id"] == "desk-7.a_B"
    for odd in ("a b", "x" * 65, "<script>", ""):
        told = httpx.get(f"{server}/healthz", headers={"x-request-id": odd})
        assert re.fullmatch(r"[0-9a-f]{16}", told.headers["x-request-id"])


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "code"),
    [
        ("GET", "/api/nothing", {}, 404, "not-found"),
        ("PUT", "/api/chat", {}, 405, "method-not-allowed"),
        ("GET", "/api/tools/check_credit", {}, 405, "method-not-allowed"),
        ("POST", "/api/tools/check_credits", {"json": {}}, 404, "not-found"),
        ("POST", "/api/tools/check_credit", {"json": {}}, 422, "invalid-input"),
        ("POST", "/api/tools/irr", {"json": {"cashflows": [1, 2]}}, 422, None),
        ("POST", "/api/tools/check_credit", {"content": "{"}, 400, "malformed-body"),
        ("POST", "/api/tools/check_credit", {"content": "[" * 100_000}, 400, "malformed-body"),
        ("POST", "/api/tools/check_credit", {"content": b"\xff"}, 400, "malformed-body"),
        ("POST", "/api/tools/check_credit", {"content": '{"\\ud800": 1}'}, 422, "invalid-input"),
        (
            "POST",
            "/api/tools/check_credit",
            {"content": "a=1", "headers": {"content-type": "text/plain"}},
            415,
            "unsupported-media-type",
        ),
        ("POST", "/api/chat", {"json": {"message": ""}}, 422, "invalid-input"),
        ("POST", "/api/chat", {"json": {"message": "hi", "model": "a:b"}}, 422, "unknown-model"),
        ("POST", "/api/chat", {"content": b"x" * 8_100_000}, 413, "body-too-large"),
    ],
)
def test_an_error_has_a_stable_code(
    server: str, method: str, path: str, options: dict[str, object], status: int, code: str | None
) -> None:
    told = httpx.request(method, f"{server}{path}", **options)  # type: ignore[arg-type]
    assert told.status_code == status
    assert told.headers["content-type"] == "application/problem+json"
    problem = told.json()
    assert problem["status"] == status
    assert problem["code"] in CODES
    assert problem["type"] == f"urn:askcondor:problem:{problem['code']}"
    assert code is None or problem["code"] == code


def test_an_unexpected_error_tells_its_id_and_nothing_else(built_settings: Settings) -> None:
    app = create_app(built_settings)

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("a secret of ours")

    with TestClient(app, raise_server_exceptions=False) as client:
        told = client.get("/broken", headers={"x-request-id": "find-me"})
    assert told.status_code == 500
    assert told.json()["code"] == "internal-error"
    assert told.json()["request_id"] == told.headers["x-request-id"] == "find-me"
    assert "secret" not in told.text


def test_metrics_count_requests_by_route_and_tools_by_outcome(server: str) -> None:
    before = counted(server)
    for width in (10, 10, -10):
        body = {"credit": 2.4, "width": width}
        httpx.post(f"{server}/api/tools/check_credit", json=body)
    httpx.get(f"{server}/api/articles/no-such-one")
    httpx.get(f"{server}/api/articles/no-such-two")
    after = counted(server)

    def rose(*key: str) -> float:
        return after.get(key, 0) - before.get(key, 0)

    assert rose("askcondor_tool_calls_total", "result", "check_credit") == 2
    assert rose("askcondor_tool_calls_total", "refused", "check_credit") == 1
    route = "/api/tools/check_credit"
    assert rose("askcondor_requests_total", "POST", route, "200") == 2
    assert rose("askcondor_requests_total", "POST", route, "422") == 1
    assert rose("askcondor_requests_total", "GET", "/api/articles/{slug}", "404") == 2
    assert rose("askcondor_request_seconds_count", route) == 3
    assert not [key for key in after if "no-such-one" in str(key)]
    assert after["askcondor_requests_in_progress",] == 1  # the one that asks


def test_new_answers_are_a_feed(server: str) -> None:
    question = "What is vega & why <so>?"
    answer = httpx.post(f"{server}/api/chat", json={"message": question}).json()
    told = httpx.get(f"{server}/api/feed", params={"limit": 3}).json()
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    assert len(told["items"]) <= 3
    newest = told["items"][0]
    assert newest["title"] == question
    assert newest["url"] == f"{server}/answers/{answer['id']}"
    assert httpx.get(newest["url"]).status_code == 200
    atom = httpx.get(f"{server}/api/feed", headers={"accept": "application/atom+xml"})
    assert atom.headers["content-type"].startswith("application/atom+xml")
    entry = ET.fromstring(atom.text).find("a:entry", ATOM)
    assert entry is not None
    assert entry.findtext("a:title", namespaces=ATOM) == question
    assert entry.findtext("a:content", namespaces=ATOM) == answer["text"]


def test_a_page_of_another_origin_may_read_no_answer_and_ask_nothing(server: str) -> None:
    ask = {"json": {"message": "what is theta"}}

    def status(**headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.post(f"{server}/api/chat", headers=named, **ask).status_code  # type: ignore[arg-type]

    assert status() == 200
    assert status(origin=server) == 200
    assert status(origin="https://example.org") == 403
    assert status(sec_fetch_site="cross-site") == 403
    assert status(sec_fetch_site="same-origin", origin="null") == 200
    assert httpx.get(f"{server}/", headers={"origin": "https://example.org"}).status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:80", 200), ("127.0.0.1", 200), ("[::1]:8000", 200), ("askcondor", 200),
        ("desk.localhost", 200), ("example.org", 403), ("10.0.0.7", 403),
        ("127.0.0.1.evil.org", 403),
    ],
)  # fmt: skip
def test_a_server_without_keys_answers_under_local_names(
    built_settings: Settings, host: str, status: int
) -> None:
    with TestClient(create_app(built_settings)) as client:
        assert client.get("/api/tools", headers={"host": host}).status_code == status
    named = built_settings.model_copy(update={"allowed_hosts": ("example.org", "10.0.0.7")})
    with TestClient(create_app(named)) as client:
        allowed = {"example.org", "10.0.0.7"}
        expected = 200 if host in allowed else status
        assert client.get("/api/tools", headers={"host": host}).status_code == expected


def test_a_server_with_keys_answers_under_any_name(built_settings: Settings) -> None:
    keyed = built_settings.model_copy(update={"api_keys": (SecretStr("k"),), "host": "0.0.0.0"})
    with TestClient(create_app(keyed)) as client:
        headers = {"host": "ask.example.org", "authorization": "Bearer k"}
        assert client.get("/api/tools", headers=headers).status_code == 200
