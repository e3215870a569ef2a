"""The Model Context Protocol, through the SDK's own client, over HTTP and over stdin and stdout."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import httpx
import jsonschema
import pytest
from mcp import Client, MCPError, StdioServerParameters

from assistant.settings import Settings
from tools.catalog import CATALOG, find_tool

Talk = Callable[[Client], Awaitable[None]]


def over_stdio(settings: Settings) -> StdioServerParameters:
    return StdioServerParameters(
        command=sys.executable,
        args=["-m", "assistant.cli", "mcp"],
        env={**os.environ, "ASKCONDOR_DATA_DIR": str(settings.data_dir), "HF_HUB_OFFLINE": "1"},
    )


def talk(target: Any, conversation: Talk, mode: str = "auto") -> None:
    async def run() -> None:
        async with Client(target, mode=mode) as client:
            await conversation(client)

    anyio.run(run)


@pytest.fixture(params=["http", "http, before 2026", "stdio", "stdio, before 2026"])
def converse(
    request: pytest.FixtureRequest, server: str, built_settings: Settings
) -> Callable[[Talk], None]:
    """Talks to a server over one transport, in one of the protocol's two eras."""
    way = str(request.param)
    target = f"{server}/mcp" if way.startswith("http") else over_stdio(built_settings)
    mode = "legacy" if "before" in way else "auto"
    return lambda conversation: talk(target, conversation, mode)


def test_everything_is_offered_and_every_example_works(converse: Callable[[Talk], None]) -> None:
    async def conversation(client: Client) -> None:
        offered = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert list(offered) == [*(tool.name for tool in CATALOG), "search_library", "ask"]
        for tool in CATALOG:
            described = offered[tool.name]
            assert described.description
            assert described.title == tool.title
            assert described.input_schema == tool.input_schema
            assert described.output_schema is not None
            assert described.annotations is not None
            assert described.annotations.read_only_hint
            # The client holds each result against the schema that it was told.
            done = await client.call_tool(tool.name, tool.example)
            expected = tool.call_json(tool.example)
            wrapped = expected if isinstance(expected, dict) else {"result": expected}
            assert not done.is_error
            assert done.structured_content == json.loads(json.dumps(wrapped))
            assert json.loads(done.content[0].text) == done.structured_content  # type: ignore[union-attr]

    converse(conversation)


def test_an_error_says_what_to_correct(converse: Callable[[Talk], None]) -> None:
    async def conversation(client: Client) -> None:
        for name, arguments, told in (
            ("check_credit", {"credit": -2, "width": 10}, "credit is -2"),
            ("check_credit", {"credit": 2, "wdth": 10}, "Did you mean width"),
            ("check_credit", {}, "cannot do without it"),
            ("search_library", {"query": ""}, "query is ''; it has to be 1 to 1000 characters"),
            ("search_library", {"query": "x", "limit": 999}, "limit is 999"),
            ("ask", {"question": "x" * 1001}, "question"),
            ("ask", {"question": "what is theta", "conversation_id": "a b"}, "conversation_id"),
        ):
            done = await client.call_tool(name, arguments)
            assert done.is_error
            assert told in done.content[0].text  # type: ignore[union-attr]
        with pytest.raises(MCPError, match="Did you mean price_condor"):
            await client.call_tool("price_condors", {})

    converse(conversation)


def test_the_library_can_be_searched_asked_and_read(converse: Callable[[Talk], None]) -> None:
    async def conversation(client: Client) -> None:
        found = (
            await client.call_tool("search_library", {"query": "contango", "limit": 3})
        ).structured_content
        assert len(found["passages"]) == 3
        assert "contango" in found["passages"][0]["text"].lower()
        asked = await client.call_tool("ask", {"question": "VIX 22, VIX3M 20.5. Sell condors?"})
        answer = asked.structured_content
        assert answer["calculations"][0]["tool"] == "check_regime"
        assert "Education, not advice" in asked.content[0].text  # type: ignore[union-attr]

        resources = []
        cursor = None
        while True:
            page = await client.list_resources(cursor=cursor)
            resources += page.resources
            cursor = page.next_cursor
            if cursor is None:
                break
        addresses = [str(resource.uri) for resource in resources]
        assert len(set(addresses)) == len(addresses) > 100
        read = await client.read_resource("askcondor://articles/credit-to-width-target")
        assert "15" in read.contents[0].text  # type: ignore[union-attr]
        assert read.contents[0].mime_type == "text/markdown"
        term = await client.read_resource("askcondor://glossary/theta")
        assert term.contents[0].text.startswith("# Theta")  # type: ignore[union-attr]
        for wrong in ("askcondor://articles/nothing", "file:///etc/passwd", "askcondor://x"):
            with pytest.raises(MCPError, match="no resource"):
                await client.read_resource(wrong)
        with pytest.raises(MCPError, match="cursor"):
            await client.list_resources(cursor="99999999")
        templates = (await client.list_resource_templates()).resource_templates
        assert {template.name for template in templates} == {"article", "term"}

    converse(conversation)


def test_prompts_are_filled_in_and_name_what_is_missing(converse: Callable[[Talk], None]) -> None:
    async def conversation(client: Client) -> None:
        prompts = {prompt.name: prompt for prompt in (await client.list_prompts()).prompts}
        assert list(prompts) == ["review_condor", "read_regime", "explain_topic"]
        filled = await client.get_prompt("read_regime", {"vix": "22", "vix3m": "20.5"})
        text = filled.messages[0].content.text  # type: ignore[union-attr]
        assert "VIX 22" in text
        assert "check_regime" in text
        with pytest.raises(MCPError, match="missing: vix"):
            await client.get_prompt("read_regime", {})
        with pytest.raises(MCPError, match="review_condor"):
            await client.get_prompt("nothing", {})

    converse(conversation)


def test_what_is_told_of_a_tool_is_a_valid_schema(server: str) -> None:
    async def conversation(client: Client) -> None:
        for tool in (await client.list_tools()).tools:
            jsonschema.Draft202012Validator.check_schema(tool.input_schema)
            assert tool.output_schema is not None
            jsonschema.Draft202012Validator.check_schema(tool.output_schema)

    talk(f"{server}/mcp", conversation)


LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
ACCEPT = {"accept": "application/json, text/event-stream"}


def test_a_page_of_another_origin_may_not_call(server: str) -> None:
    def status(**headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.post(f"{server}/mcp", json=LIST, headers=ACCEPT | named).status_code

    assert status() == 200
    assert status(origin=server) == 200
    assert status(origin="https://example.org") == 403
    assert status(origin="null") == 403
    assert status(origin=server, sec_fetch_site="cross-site") == 403
    assert status(host="rebound.example.org", origin="http://rebound.example.org") == 403
    problem = httpx.post(f"{server}/mcp", json=LIST, headers={"origin": "https://example.org"})
    assert problem.json()["code"] == "forbidden"


def test_a_request_needs_no_session(server: str) -> None:
    called = {"name": "check_credit", "arguments": find_tool("check_credit").example}
    body = {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": called}
    done = httpx.post(f"{server}/mcp", json=body, headers=ACCEPT)
    assert done.headers["content-type"].startswith("application/json")
    assert "mcp-session-id" not in done.headers
    assert done.json()["result"]["structuredContent"]["verdict"] == "in range"
