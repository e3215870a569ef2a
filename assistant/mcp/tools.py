"""What an MCP client can call: the catalog, the library's search, and a question.

A result is JSON in `structuredContent`, the same as through every other door, and as text beside
it. The protocol wants an object there, so a result that is a number or a list stands under
`result`. A call that cannot be made comes back as an error that says what to correct.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio.to_thread
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, CallToolResult, TextContent, ToolAnnotations
from mcp_types import Tool as OfferedTool

from assistant.answers.record import Answer
from assistant.records import PassageRecord
from tools.catalog import CATALOG, Tool, find_tool
from tools.errors import ToolError, ToolInputError

if TYPE_CHECKING:
    from assistant.assistant import Assistant

SEARCH = "search_library"
ASK = "ask"
MOST_PASSAGES = 20

_LONG_INPUT = 20_000
_PURE = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
_STORES = ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False
)
_QUESTION: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 1000}


@dataclass(frozen=True)
class Door:
    """One thing to call: how it is offered, and what runs it."""

    offered: OfferedTool
    run: Callable[[Mapping[str, Any]], Awaitable[CallToolResult]]


def doors(assistant: Assistant) -> dict[str, Door]:
    """Everything that a client can call, by name, in the catalog's order."""
    offered = [_catalog_door(tool) for tool in CATALOG]
    offered += [_search_door(assistant), _ask_door(assistant)]
    return {door.offered.name: door for door in offered}


async def call(known: Mapping[str, Door], name: str, arguments: Mapping[str, Any]) -> Any:
    """Call one by name; an unknown name is a protocol error that offers the nearest."""
    if name not in known:
        try:
            find_tool(name)
        except ToolInputError as error:
            raise MCPError(INVALID_PARAMS, f"There is no such tool. {error}") from None
    try:
        return await known[name].run(arguments)
    except (ToolError, ValueError) as error:
        # A ToolInputError or a QuestionError: its message is the caller's to act on.
        return CallToolResult(content=[TextContent(type="text", text=str(error))], is_error=True)


def _catalog_door(tool: Tool) -> Door:
    schema = tool.output_schema
    wrapped = schema.get("type") != "object"

    async def run(arguments: Mapping[str, Any]) -> CallToolResult:
        if _size(arguments) > _LONG_INPUT:
            result = await anyio.to_thread.run_sync(tool.call_json, arguments)
        else:
            result = tool.call_json(arguments)
        return _structured({"result": result} if wrapped else result)

    return Door(
        OfferedTool(
            name=tool.name,
            title=tool.title,
            description=f"{tool.description} Example: {json.dumps(tool.example)}",
            input_schema=tool.input_schema,
            output_schema=_under_result(schema) if wrapped else schema,
            annotations=_PURE,
        ),
        run,
    )


def _search_door(assistant: Assistant) -> Door:
    async def run(arguments: Mapping[str, Any]) -> CallToolResult:
        query, limit = _checked(arguments, {"query"}, {"limit"})
        count = 5 if limit is None else limit
        if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MOST_PASSAGES:
            raise ToolInputError.of("limit", count, f"a whole number from 1 to {MOST_PASSAGES}")
        hits = await anyio.to_thread.run_sync(assistant.search, query, count)
        found = [PassageRecord.of(hit).model_dump(mode="json") for hit in hits]
        return _structured({"passages": found})

    schema = PassageRecord.model_json_schema(mode="serialization")
    return Door(
        OfferedTool(
            name=SEARCH,
            title="Search the library",
            description="Search the articles, the glossary and the operator's own documents on "
            "SPX iron condors and VIX hedging. Gives passages with the id of their source; cite "
            'them. Example: {"query": "credit to width"}',
            input_schema={
                "type": "object",
                "properties": {
                    "query": {**_QUESTION, "description": "What to look for, in a user's words"},
                    "limit": {
                        "type": "integer",
                        "minimum": 1,
                        "maximum": MOST_PASSAGES,
                        "default": 5,
                    },
                },
                "required": ["query"],
                "additionalProperties": False,
            },
            output_schema={
                "type": "object",
                "properties": {"passages": {"type": "array", "items": schema}},
                "required": ["passages"],
            },
            annotations=_PURE,
        ),
        run,
    )


def _ask_door(assistant: Assistant) -> Door:
    async def run(arguments: Mapping[str, Any]) -> CallToolResult:
        question, conversation = _checked(arguments, {"question"}, {"conversation_id"})
        answer = await assistant.aask(question, conversation)
        text = f"{answer.text}\n\n{answer.disclaimer}"
        return _structured(answer.model_dump(mode="json"), text)

    return Door(
        OfferedTool(
            name=ASK,
            title="Ask AskCondor",
            description="Ask a question about SPX iron condors or VIX hedging and get an answer "
            "whose every number is computed, quoted or the caller's own, with its citations and "
            'calculations. Example: {"question": "VIX is 22 and VIX3M is 20.5. Sell condors?"}',
            input_schema={
                "type": "object",
                "properties": {
                    "question": {**_QUESTION, "description": "The question"},
                    "conversation_id": {
                        "type": "string",
                        "description": "The conversation to go on with, from an earlier answer",
                    },
                },
                "required": ["question"],
                "additionalProperties": False,
            },
            output_schema=Answer.model_json_schema(mode="serialization"),
            annotations=_STORES,
        ),
        run,
    )


def _checked(arguments: Mapping[str, Any], needed: set[str], optional: set[str]) -> tuple[Any, Any]:
    """The needed and the optional argument, once the names and the needed text are right."""
    (first,), (second,) = needed, optional
    for name in arguments:
        if name not in needed | optional:
            raise ToolInputError.of(name, arguments[name], f"one of {first}, {second}")
    text = arguments.get(first)
    if not isinstance(text, str) or not 1 <= len(text.strip()) <= len(text) <= 1000:
        raise ToolInputError.of(first, text, "1 to 1000 characters of text")
    return text, arguments.get(second)


def _structured(result: dict[str, Any], text: str | None = None) -> CallToolResult:
    shown = json.dumps(result) if text is None else text
    return CallToolResult(content=[TextContent(type="text", text=shown)], structured_content=result)


def _under_result(schema: dict[str, Any]) -> dict[str, Any]:
    inner = {key: value for key, value in schema.items() if key != "$defs"}
    wrapped: dict[str, Any] = {
        "type": "object",
        "properties": {"result": inner},
        "required": ["result"],
    }
    if "$defs" in schema:
        wrapped["$defs"] = schema["$defs"]
    return wrapped


def _size(arguments: Mapping[str, Any]) -> int:
    return sum(len(value) for value in arguments.values() if isinstance(value, list | dict))
