"""The catalog of tools over HTTP: each one described, and called with a JSON object.

A tool's call goes from bytes to bytes here: the tool checks its own arguments, so nothing else
needs to look at them in between.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from assistant.api.metrics import Metrics
from assistant.api.problems import AsciiJSONResponse, FieldError, problem
from tools.catalog import CATALOG, Tool, find_tool
from tools.charts import Pictured
from tools.errors import ToolInputError
from tools.rate_roots import MultipleRootsWarning
from tools.results import as_json

router = APIRouter(prefix="/api/tools", tags=["tools"])

LARGE_BODY_BYTES = 100_000
"""A call with more than this is worth a thread; the hop takes longer than most calls."""

Chart = Annotated[bool, Query(description="Add the result's picture as Plotly JSON.")]


class ToolDescription(BaseModel):
    """A tool, the JSON Schema of what goes in and comes out, and a call of it that works."""

    name: str
    title: str
    description: str
    input_schema: dict[str, Any]
    output_schema: dict[str, Any]
    example: dict[str, Any]


@router.get("", operation_id="list_tools")
def list_tools() -> list[ToolDescription]:
    """Every tool."""
    return [
        ToolDescription(
            name=tool.name,
            title=tool.title,
            description=tool.description,
            input_schema=tool.input_schema,
            output_schema=tool.output_schema,
            example=tool.example,
        )
        for tool in CATALOG
    ]


def _endpoint(tool: Tool) -> Callable[..., Awaitable[Response]]:
    async def call_tool(request: Request, chart: Chart = False) -> Response:
        body = await request.body()
        refusal = _wrong_media_type(request)
        if refusal is not None:
            return refusal
        try:
            arguments = json.loads(body)
        except (ValueError, RecursionError) as error:
            detail = [FieldError(field="body", detail=str(error))]
            return problem(400, "malformed-body", "The body is not JSON.", detail)
        if not isinstance(arguments, dict):
            detail = [FieldError(field="body", detail="a JSON object of the arguments by name")]
            return problem(422, "invalid-input", "The body has to be a JSON object.", detail)
        metrics: Metrics = request.app.state.metrics
        with metrics.tool_call(tool.name):
            if len(body) > LARGE_BODY_BYTES:
                result = await run_in_threadpool(_result, tool, arguments, chart)
            else:
                result = _result(tool, arguments, chart)
        return AsciiJSONResponse(result)

    return call_tool


def _result(tool: Tool, arguments: Mapping[str, Any], chart: bool) -> Any:
    with warnings.catch_warnings():
        # A caller over HTTP sees no warnings of Python's; `irr_roots` has all rates of return.
        warnings.simplefilter("ignore", MultipleRootsWarning)
        result = tool.call(arguments)
    plain = as_json(result)
    if chart and isinstance(plain, dict):
        plain["chart"] = result.chart() if isinstance(result, Pictured) else None
    return plain


def _wrong_media_type(request: Request) -> Response | None:
    given = request.headers.get("content-type", "application/json").partition(";")[0].strip()
    if given == "application/json" or given.endswith("+json"):
        return None
    return problem(415, "unsupported-media-type", f"The body is {given}, not application/json.")


for _tool in CATALOG:
    router.add_api_route(
        f"/{_tool.name}",
        _endpoint(_tool),
        methods=["POST"],
        operation_id=_tool.name,
        summary=_tool.title,
        description=_tool.description,
        response_class=AsciiJSONResponse,
    )


@router.post("/{name}", include_in_schema=False)
async def no_such_tool(name: str) -> None:
    """Name the nearest tool where there is none of that name."""
    try:
        find_tool(name)
    except ToolInputError as error:
        raise HTTPException(404, f"There is no such tool. {error}") from None
