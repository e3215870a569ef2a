"""The MCP server of one assistant: its tools, its library and its prompts under one name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mcp.server import CacheHint, Server, ServerRequestContext
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    CompleteRequestParams,
    CompleteResult,
    Completion,
    GetPromptRequestParams,
    GetPromptResult,
    ListPromptsResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    ResourceTemplateReference,
)

from assistant import __version__
from assistant.mcp import library, prompts, tools

if TYPE_CHECKING:
    from assistant.assistant import Assistant

INSTRUCTIONS = (
    "Calculators and a cited library for SPX iron condors and VIX hedging. Volatilities, rates and "
    "probabilities are decimals (0.16 is 16 %), strikes and credits index points, days calendar "
    "days. An error names the field to correct. Everything is educational; no order is placed."
)

_HOUR_MS = 3_600_000
_MOST_COMPLETIONS = 100
# What is listed changes only with a new version of the program or of the corpus.
_CACHE: dict[Any, CacheHint] = {
    method: CacheHint(ttl_ms=_HOUR_MS, scope="public")
    for method in ("tools/list", "resources/list", "resources/templates/list", "prompts/list")
}

Context = ServerRequestContext[Any]


def build_server(assistant: Assistant) -> Server[Any]:
    """The server; it keeps nothing between requests, so any transport may carry it."""
    known = tools.doors(assistant)

    async def list_tools(_: Context, __: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=[door.offered for door in known.values()])

    async def call_tool(_: Context, params: CallToolRequestParams) -> CallToolResult:
        result: CallToolResult = await tools.call(known, params.name, params.arguments or {})
        return result

    async def list_resources(
        _: Context, params: PaginatedRequestParams | None
    ) -> ListResourcesResult:
        return library.listed(assistant.corpus, params.cursor if params else None)

    async def list_templates(
        _: Context, __: PaginatedRequestParams | None
    ) -> ListResourceTemplatesResult:
        return ListResourceTemplatesResult(resource_templates=list(library.TEMPLATES))

    async def read_resource(_: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        return library.read(assistant.corpus, params.uri)

    async def list_prompts(_: Context, __: PaginatedRequestParams | None) -> ListPromptsResult:
        return ListPromptsResult(prompts=prompts.offered())

    async def get_prompt(_: Context, params: GetPromptRequestParams) -> GetPromptResult:
        return prompts.written(params.name, params.arguments or {})

    async def complete(_: Context, params: CompleteRequestParams) -> CompleteResult:
        values: list[str] = []
        if isinstance(params.ref, ResourceTemplateReference):
            values = list(
                library.completed(assistant.corpus, params.ref.uri, params.argument.value)
            )
        shown = values[:_MOST_COMPLETIONS]
        return CompleteResult(
            completion=Completion(
                values=shown, total=len(values), has_more=len(values) > len(shown)
            )
        )

    return Server(
        "askcondor",
        version=__version__,
        title="AskCondor",
        instructions=INSTRUCTIONS,
        cache_hints=_CACHE,
        # Known without a listing, so that a call is not charged for one.
        get_tool_input_schema=lambda name: (
            known[name].offered.input_schema if name in known else None
        ),
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
        on_list_prompts=list_prompts,
        on_get_prompt=get_prompt,
        on_completion=complete,
    )
