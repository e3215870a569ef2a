"""The catalog and the library's search as LangChain tools: the one adapter between the two.

Each tool hands the agent JSON as its content and the real result as its artifact. An argument that
cannot be used comes back as an error message that names it, for the model to correct.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.tools import BaseTool, StructuredTool, ToolException

from assistant.knowledge.search import Hit
from assistant.models.builtin.rules import SEARCH
from tools.catalog import CATALOG, Tool
from tools.errors import ToolError

_SEARCH_SCHEMA = {
    "type": "object",
    "title": SEARCH,
    "properties": {
        "query": {
            "type": "string",
            "description": "What to look for, in a user's words",
            "minLength": 1,
        }
    },
    "required": ["query"],
}


@dataclass(frozen=True)
class Calculated:
    """What a tool of the catalog hands to the agent beside its JSON."""

    tool: Tool
    inputs: Mapping[str, Any]
    result: Any


@dataclass(frozen=True)
class Found:
    """What a search hands to the agent beside its JSON."""

    hits: Sequence[Hit]
    terms: Sequence[str]
    elsewhere: float
    """How near the query is to the nearest question of another field."""
    opened: bool = False
    """Whether an article was opened by its name, rather than found."""


def catalog_tools() -> list[BaseTool]:
    """Every tool of the catalog as a LangChain tool."""
    return [_catalog_tool(tool) for tool in CATALOG]


def search_tool(find: Callable[[str], Found]) -> BaseTool:
    """The library's search as a LangChain tool."""

    def run(query: str) -> tuple[str, Found]:
        return "", find(query)

    return structured(
        SEARCH,
        "Search the library of articles, glossary terms and the reader's own documents. Returns "
        "numbered passages to cite.",
        _SEARCH_SCHEMA,
        run,
    )


def _catalog_tool(tool: Tool) -> BaseTool:
    def run(**arguments: Any) -> tuple[str, Calculated]:
        try:
            result = tool.call(arguments)
        except ToolError as error:
            raise ToolException(str(error)) from error
        return "", Calculated(tool, arguments, result)

    return structured(tool.name, tool.description, tool.input_schema, run)


def structured(
    name: str, description: str, schema: dict[str, Any], run: Callable[..., tuple[str, Any]]
) -> BaseTool:
    """A function as a LangChain tool that hands its result on as an artifact."""

    async def arun(**arguments: Any) -> tuple[str, Any]:
        # The work is short; a hop to a thread would take longer than the work.
        return run(**arguments)

    return StructuredTool(
        name=name,
        description=description,
        args_schema=schema,
        func=run,
        coroutine=arun,
        response_format="content_and_artifact",
        handle_tool_error=True,
    )
