"""`askcondor tool`: the catalog's tools, one at a time."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from assistant.cli.shared import BAD_INPUT, AsJson, fail, print_json, reported

ANY_FLAGS = {"allow_extra_args": True, "ignore_unknown_options": True}


def tool(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The tool's name; 'list' shows them all.")],
    as_json: AsJson = False,
) -> None:
    """Call a tool: askcondor tool check_credit --credit 2.4 --width 10."""
    from tools.catalog import CATALOG, find_tool

    with reported():
        if name == "list":
            for each in CATALOG:
                typer.echo(f"{each.name:28} {each.description}")
            return
        result = find_tool(name).call_json(_arguments(context.args))
    if as_json or not isinstance(result, dict):
        print_json(result)
        return
    for key, value in result.items():
        shown = value if isinstance(value, str | int | float) else json.dumps(value)
        typer.echo(f"{key:24} {shown}")


def _arguments(words: list[str]) -> dict[str, Any]:
    """`--field value` pairs; a value is JSON where it reads as JSON, else a word."""
    arguments: dict[str, Any] = {}
    rest = list(words)
    while rest:
        flag = rest.pop(0)
        if not flag.startswith("--") or len(flag) == 2:
            fail(f"'{flag}' is not a --field of the tool.", BAD_INPUT)
        name, joined, value = flag[2:].partition("=")
        if not joined:
            if not rest:
                fail(f"--{name} has no value.", BAD_INPUT)
            value = rest.pop(0)
        try:
            arguments[name.replace("-", "_")] = json.loads(value)
        except json.JSONDecodeError:
            arguments[name.replace("-", "_")] = value
    return arguments
