"""The HTTP description is the truth: generated requests get documented answers, and never a 5xx.

`ASKCONDOR_SCHEMA_CASES=20000 pytest tests/doors/test_schema.py` tries more, and others each time.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from assistant.api.problems import CODES

# Read before a fixture clears the environment.
CASES = int(os.environ.get("ASKCONDOR_SCHEMA_CASES", "2000"))
USUAL = "ASKCONDOR_SCHEMA_CASES" not in os.environ
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def description(server: str) -> dict[str, Any]:
    told: dict[str, Any] = httpx.get(f"{server}/openapi.json").json()
    return told


@pytest.fixture(scope="module")
def operations(server: str) -> list[Any]:
    schema = schemathesis.openapi.from_url(f"{server}/openapi.json")
    return [found.ok() for found in schema.get_all_operations()]


def test_generated_requests_get_documented_answers(operations: list[Any]) -> None:
    each = -(-CASES // (2 * len(operations)))  # half of them valid, half not, rounded up
    tried = 0
    statuses: dict[int, int] = {}
    with requests.Session() as session:
        for operation in operations:
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

                @settings(
                    max_examples=each,
                    deadline=None,
                    database=None,
                    derandomize=USUAL,
                    phases=[Phase.generate],
                    suppress_health_check=list(HealthCheck),
                )
                @given(case=operation.as_strategy(generation_mode=mode))
                def try_it(case: Any) -> None:
                    nonlocal tried
                    response = case.call(session=session, timeout=30)
                    case.validate_response(response, checks=CHECKS)
                    tried += 1
                    statuses[response.status_code] = statuses.get(response.status_code, 0) + 1

                # Where any text is a valid name and nothing else goes in, nothing can be wrong.
                with contextlib.suppress(Unsatisfiable):
                    if mode is GenerationMode.POSITIVE or _can_be_wrong(operation):
                        try_it()
    print(f"{tried} cases over {len(operations)} operations: {dict(sorted(statuses.items()))}")  # noqa: T201
    assert tried >= CASES * 0.8  # what has no input cannot be sent a wrong one
    assert statuses[200] > tried / 20
    assert statuses[422] > tried / 20


def _can_be_wrong(operation: Any) -> bool:
    parameters = operation.definition.raw.get("parameters", [])
    return bool(operation.definition.raw.get("requestBody") or parameters)


def walked(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from walked(value)
    elif isinstance(node, list):
        for item in node:
            yield from walked(item)


def test_every_operation_has_examples_that_keep_its_schema(description: dict[str, Any]) -> None:
    store = {"components": description["components"]}
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            if "/examples/" in path:
                continue
            named = f"{method} {path}"
            assert operation["summary"], named
            for parameter in operation.get("parameters", ()):
                assert "example" in parameter, f"{named}: {parameter['name']}"
            contents = [operation.get("requestBody", {}).get("content", {})]
            contents += [each.get("content", {}) for each in operation["responses"].values()]
            shown = [c for content in contents for c in content.values() if "example" in c]
            if "requestBody" in operation or "200" in operation["responses"]:
                assert shown, named
            for content in shown:
                schema = {**content.get("schema", {}), **store}
                jsonschema.validate(content["example"], schema)


def test_every_problem_code_is_documented(description: dict[str, Any]) -> None:
    told = description["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
    assert told == sorted(CODES)


def test_the_examples_of_tools_are_what_the_tools_give(
    server: str, description: dict[str, Any]
) -> None:
    for path, methods in description["paths"].items():
        if path.startswith("/api/tools/"):
            operation = methods["post"]
            asked = operation["requestBody"]["content"]["application/json"]["example"]
            told = operation["responses"]["200"]["content"]["application/json"]["example"]
            assert httpx.post(f"{server}{path}", json=asked).json() == told


def test_references_resolve(description: dict[str, Any]) -> None:
    for node in walked(description):
        if isinstance(node.get("$ref"), str):
            place: Any = description
            for part in node["$ref"].removeprefix("#/").split("/"):
                place = place[part]
