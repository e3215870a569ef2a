"""What `/openapi.json` says beyond what FastAPI reads off the routes: tools, problems, examples.

The document is made when it is first asked for: describing every tool takes a moment that a server
need not spend at its start.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from assistant.api.openapi_examples import (
    OPENAI_ERROR,
    PARAMETERS,
    PROBLEM,
    REQUESTS,
    RESPONSES,
)
from assistant.api.problems import CODES, MEDIA_TYPE, FieldError, Problem
from tools.catalog import CATALOG, Tool

_REF = "#/components/schemas/{model}"
_JSON = "application/json"
_OPENAI_ERRORS: dict[str, Any] = {
    "description": "The request cannot be served as it is; `error` says why.",
    "content": {
        _JSON: {
            "schema": {
                "type": "object",
                "required": ["error"],
                "properties": {
                    "error": {
                        "type": "object",
                        "required": ["message", "type", "param", "code"],
                        "properties": {
                            "message": {"type": "string"},
                            "type": {"type": "string"},
                            "param": {"type": ["string", "null"]},
                            "code": {"type": "string"},
                        },
                    }
                },
            },
            "example": OPENAI_ERROR,
        }
    },
}


def describe(app: FastAPI) -> None:
    """Let the application answer `/openapi.json` with the whole description."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _description(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _description(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    schemas: dict[str, Any] = document.setdefault("components", {}).setdefault("schemas", {})
    for model in (Problem, FieldError):
        schema = model.model_json_schema(ref_template=_REF)
        schema.pop("$defs", None)
        schemas[model.__name__] = schema
    schemas["Problem"]["properties"]["code"]["enum"] = sorted(CODES)
    tools = {tool.name: tool for tool in CATALOG}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            name = path.rpartition("/")[2]
            if path.startswith("/api/tools/") and name in tools:
                _describe_tool(operation, tools[name], schemas)
            if path.startswith("/v1/"):
                operation["responses"]["4XX"] = _OPENAI_ERRORS
            _add_examples(method, path, operation)
    return document


def _describe_tool(operation: dict[str, Any], tool: Tool, schemas: dict[str, Any]) -> None:
    title = _title(tool)
    takes = tool.input_schema
    if tool.arrays:
        takes = {**takes, "properties": {k: _or_list(v) for k, v in takes["properties"].items()}}
    schemas[f"{title}Arguments"] = _hoisted(takes, schemas, title, "Arguments")
    schemas[f"{title}Result"] = _hoisted(tool.output_schema, schemas, title, "Result")
    operation["requestBody"] = {
        "required": True,
        "content": {
            _JSON: {
                "schema": {"$ref": f"#/components/schemas/{title}Arguments"},
                "example": tool.example,
            }
        },
    }
    operation["responses"]["200"] = {
        "description": "The tool's result.",
        "content": {
            _JSON: {
                "schema": {"$ref": f"#/components/schemas/{title}Result"},
                "example": tool.call_json(tool.example),
            }
        },
    }


def _title(tool: Tool) -> str:
    return "".join(word.capitalize() for word in tool.name.split("_"))


_ARGUMENTS = {tool.name: f"{_title(tool)}Arguments" for tool in CATALOG}


def _or_list(schema: dict[str, Any]) -> dict[str, Any]:
    """A quantity that may also be a list of that quantity, all lists of one length."""
    described: dict[str, Any] = {
        key: schema[key] for key in ("title", "default", "description") if key in schema
    }
    itself = {key: value for key, value in schema.items() if key not in described}
    kinds: list[dict[str, Any]] = schema.get("anyOf", [itself])
    lists = [
        {"type": "array", "items": kind, "minItems": 1}
        for kind in kinds
        if "x-unit" in kind or kind.get("enum") == ["call", "put"]
    ]
    return {**described, "anyOf": [*kinds, *lists]} if lists else schema


def _hoisted(
    schema: dict[str, Any], schemas: dict[str, Any], prefix: str, name: str
) -> dict[str, Any]:
    """The schema with its own definitions moved among the document's components.

    Each is titled as its component is named: a generated client calls its classes so.
    """
    for inner, definition in schema.get("$defs", {}).items():
        titled = _referring(definition, prefix) | {"title": f"{prefix}{inner}"}
        schemas[f"{prefix}{inner}"] = titled
    rest = {key: value for key, value in schema.items() if key not in ("$defs", "title")}
    return {"title": f"{prefix}{name}", **_referring(rest, prefix)}


def _referring(node: Any, prefix: str) -> Any:
    if isinstance(node, list):
        return [_referring(item, prefix) for item in node]
    if not isinstance(node, dict):
        return node
    if "properties" in node and str(node.get("title")) in _ARGUMENTS:
        # One tool takes the arguments of another: a condor, as price_condor has it.
        return {"$ref": _REF.format(model=_ARGUMENTS[str(node["title"])])}
    changed = {key: _referring(value, prefix) for key, value in node.items()}
    if isinstance(changed.get("$ref"), str):
        changed["$ref"] = changed["$ref"].replace("#/$defs/", f"#/components/schemas/{prefix}")
    return changed


def _add_examples(method: str, path: str, operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        for (beginning, name), example in PARAMETERS.items():
            if name == parameter["name"] and (beginning == "*" or path.startswith(beginning)):
                parameter["example"] = example
    asked = operation.get("requestBody", {}).get("content", {}).get(_JSON)
    if asked is not None and (method, path) in REQUESTS:
        asked["example"] = REQUESTS[method, path]
    answered = operation["responses"].get("200", {}).get("content", {}).get(_JSON)
    if answered is not None and (method, path) in RESPONSES:
        answered["example"] = RESPONSES[method, path]
    refused = operation["responses"].get("4XX", {}).get("content", {}).get(MEDIA_TYPE)
    if refused is not None:
        refused["example"] = PROBLEM
