"""The catalog of tools over HTTP: each one described, and called with a JSON object."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from assistant.agent.loop import chart_of
from tools.catalog import CATALOG, Tool, find_tool
from tools.errors import ToolInputError
from tools.results import as_json

router = APIRouter(prefix="/api/tools", tags=["tools"])


class ToolDescription(BaseModel):
    """A tool, and the JSON Schema of what goes in and comes out."""

    name: str
    title: str
    description: str
    input_schema: dict[str, Any]
    output_schema: dict[str, Any]


@router.get("")
def list_tools() -> list[ToolDescription]:
    """Every tool."""
    return [
        ToolDescription(
            name=tool.name,
            title=tool.title,
            description=tool.description,
            input_schema=tool.input_schema,
            output_schema=tool.output_schema,
        )
        for tool in CATALOG
    ]


@router.post("/{name}")
def call_tool(
    name: str,
    arguments: Annotated[dict[str, Any], Body(description="The tool's arguments by name.")],
    chart: Annotated[bool, Query(description="Add the result's picture as Plotly JSON.")] = False,
) -> Any:
    """Call a tool and return its result."""
    tool = _tool(name)
    result = tool.call(arguments)
    plain = as_json(result)
    if chart and isinstance(plain, dict):
        plain["chart"] = chart_of(result)
    return plain


def _tool(name: str) -> Tool:
    try:
        return find_tool(name)
    except ToolInputError as error:
        raise HTTPException(404, f"There is no such tool. {error}") from None
