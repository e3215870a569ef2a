"""The catalog and the library's search as LangChain tools: the one adapter between the two.

A tool keeps its real result as numbered evidence of the turn and hands the agent the same in JSON.
An argument that cannot be used comes back as an error message that names it, for the model to
correct.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from typing import Any, Literal

from langchain_core.messages import ToolMessage
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, StructuredTool, ToolException
from langgraph.runtime import get_runtime

from assistant.agent.gathering import Calculated, Found, gather, refuse
from assistant.evidence import Evidence
from assistant.models.builtin.rules import SEARCH
from assistant.models.quiet import is_watched
from tools.catalog import CATALOG, Tool
from tools.errors import ToolError
from tools.rate_roots import MultipleRootsWarning

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


def catalog_tools() -> list[BaseTool]:
    """Every tool of the catalog as a LangChain tool."""
    return [_catalog_tool(tool) for tool in CATALOG]


def search_tool(find: Callable[[str], Found]) -> BaseTool:
    """The library's search as a LangChain tool."""

    def run(query: str) -> Found:
        return find(query)

    return evidenced(
        SEARCH,
        "Search the library of articles, glossary terms and the reader's own documents. Returns "
        "numbered passages to cite.",
        _SEARCH_SCHEMA,
        run,
    )


def _catalog_tool(tool: Tool) -> BaseTool:
    def run(**arguments: Any) -> Calculated:
        try:
            with warnings.catch_warnings():
                # Said in the answer's words, where the reader can see it.
                warnings.simplefilter("ignore", MultipleRootsWarning)
                return Calculated(tool, arguments, tool.call(arguments))
        except ToolError as error:
            raise ToolException(str(error)) from error

    return evidenced(tool.name, tool.description, tool.input_schema, run)


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


def evidenced(
    name: str,
    description: str,
    schema: dict[str, Any],
    run: Callable[..., Calculated | Found],
) -> BaseTool:
    """A function as a tool of our own agent: what it brings back is kept as evidence.

    It raises `ToolException` where its arguments cannot be used.
    """
    return _EvidencedTool(name=name, description=description, args_schema=schema, work=run)


class _EvidencedTool(BaseTool):
    """A function of ours as a tool: run where it is called, its result kept as evidence.

    The work is short, so nothing hops to a thread, and where no callback listens none is prepared:
    those two cost more than the work. A traced run takes LangChain's own way.
    """

    work: Callable[..., Calculated | Found]
    response_format: Literal["content", "content_and_artifact"] = "content_and_artifact"
    handle_tool_error: bool = True

    def _run(self, **arguments: Any) -> tuple[str, Calculated | Found]:
        evidence = _evidence()
        try:
            brought = self.work(**arguments)
        except ToolException as error:
            refused = refuse(evidence, self.name, arguments, str(error))
            raise ToolException(json.dumps(refused)) from error
        return json.dumps(gather(evidence, brought)), brought

    async def _arun(self, **arguments: Any) -> tuple[str, Calculated | Found]:
        return self._run(**arguments)

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **more: Any) -> Any:
        """Answer a tool call with a message."""
        if is_watched(config) or not isinstance(input, dict) or input.get("type") != "tool_call":
            return await super().ainvoke(input, config, **more)
        known = {"name": self.name, "tool_call_id": input["id"]}
        try:
            content, brought = self._run(**input["args"])
        except ToolException as error:
            return ToolMessage(str(error), status="error", **known)
        return ToolMessage(content, artifact=brought, **known)


def _evidence() -> Evidence:
    context: Any = get_runtime(Evidence).context
    if not isinstance(context, Evidence):
        raise TypeError(f"the agent's context has to be Evidence, not {type(context).__name__}")
    return context
