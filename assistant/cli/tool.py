"""`askcondor tool`: one command for each tool of the catalog, its flags drawn from its schema.

The catalog is imported when one of its commands is asked for, not for the help of the others.
"""

from __future__ import annotations

import inspect
import json
import re
import shlex
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.markup import escape
from typer.core import TyperGroup
from typer.main import get_command

from assistant.cli.shared import BAD_INPUT, AsJson, fail, print_json, reported

if TYPE_CHECKING:
    from tools.catalog import Tool

LIST = "list"

_WHOLE = re.compile(r"[+-]?\d{1,300}")

Arguments = Annotated[
    str | None,
    typer.Option(help="All arguments as one JSON object, '@file.json', or '-' for stdin."),
]


class ToolCommands(TyperGroup):
    """The catalog as commands, each made when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of the tools, in the catalog's order."""
        from tools.catalog import CATALOG

        return [*(tool.name for tool in CATALOG), LIST]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of one tool; an unknown name ends with the nearest."""
        if cmd_name == LIST:
            return _as_command(list_tools, LIST, None)
        from tools.catalog import find_tool

        with reported():
            tool = find_tool(cmd_name.replace("-", "_"))
        return _as_command(_function(tool), tool.name, escape(f"Example: {example_of(tool)}"))


app = typer.Typer(
    cls=ToolCommands,
    help="Call a tool: askcondor tool check_credit --credit 2.4 --width 10.",
    no_args_is_help=True,
)


@app.callback()
def tools() -> None:
    """Call a tool: askcondor tool check_credit --credit 2.4 --width 10."""


def list_tools(as_json: AsJson = False) -> None:
    """List every tool with what it does, or with its schemas: askcondor tool list --json."""
    from tools.catalog import CATALOG

    if as_json:
        print_json(
            [
                {
                    "name": tool.name,
                    "description": tool.description,
                    "input_schema": tool.input_schema,
                    "output_schema": tool.output_schema,
                    "example": tool.example,
                }
                for tool in CATALOG
            ]
        )
        return
    for tool in CATALOG:
        typer.echo(f"{tool.name:28} {tool.description}")


def example_of(tool: Tool) -> str:
    """The tool's example as a line to type."""
    words = ["askcondor", "tool", tool.name]
    for field, value in tool.example.items():
        words.append(f"--{field.replace('_', '-')}")
        words.append(value if isinstance(value, str) else json.dumps(value))
    return shlex.join(words)


def _as_command(function: Callable[..., None], name: str, epilog: str | None) -> Any:
    single = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
    # A field is written as in Python or as flags usually are: --put_long, --put-long.
    normal = {"token_normalize_func": lambda token: token.replace("_", "-")}
    single.command(name, epilog=epilog, context_settings=normal)(function)
    command = get_command(single)
    command.name = name
    return command


def _function(tool: Tool) -> Callable[..., None]:
    """A function whose parameters are the tool's fields, for Typer to read."""
    schema = tool.input_schema
    required = set(schema.get("required", ()))
    parameters = [
        _parameter(field, described, field in required)
        for field, described in schema["properties"].items()
    ]
    parameters.append(_keyword("arguments_json", Arguments, None, "--arguments"))
    parameters.append(_keyword("as_json", AsJson, False))

    def call(**given: Any) -> None:
        as_json = given.pop("as_json")
        text = given.pop("arguments_json")
        flags = {name: value for name, value in given.items() if value is not None}
        with reported():
            result = tool.call_json({**_object(text), **flags})
        if as_json:
            print_json(result)
        else:
            from assistant.cli.tables import show_result

            show_result(tool, result)

    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {each.name: each.annotation for each in parameters}
    call.__doc__ = tool.description
    return call


def _parameter(field: str, schema: Mapping[str, Any], required: bool) -> inspect.Parameter:
    kinds = [kind for kind in schema.get("anyOf", [schema]) if kind.get("type") != "null"]
    # A field of one kind gets a typed flag; what may be several, and every list, comes as JSON.
    kind: Mapping[str, Any] = kinds[0] if len(kinds) == 1 else {}
    said = kind.get("description") or schema.get("description") or ""
    shown = schema.get("default")
    notes = ["required"] if required else [] if shown is None else [f"default {shown}"]
    told = " ".join([said, *(f"({note})" for note in notes)]).strip()
    settings: dict[str, Any] = {"help": escape(told)}
    annotation: Any
    if "enum" in kind:
        annotation = Literal[tuple(kind["enum"])]
    elif kind.get("type") == "boolean":
        annotation = bool
    elif kind.get("type") in ("number", "integer"):
        annotation = float
        settings |= {"parser": _number, "metavar": f"<{kind['type']}>"}
    elif kind.get("type") == "string":
        annotation = str
    else:
        annotation = Any
        settings |= {"parser": _structured, "metavar": "<json>"}
    return _keyword(field, Annotated[annotation | None, typer.Option(**settings)], None)


def _keyword(name: str, annotation: Any, default: Any, *flags: str) -> inspect.Parameter:
    if flags:
        kind, option = annotation.__origin__, annotation.__metadata__[0]
        annotation = Annotated[kind, typer.Option(*flags, help=option.help)]
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
    )


def _number(text: Any) -> Any:
    """A number as JSON has it: 10 stays a whole number, so that every door sees the same."""
    try:
        return int(text) if isinstance(text, str) and _WHOLE.fullmatch(text) else float(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a number.") from None


def _structured(text: Any) -> Any:
    """A value that is no single number or word: JSON, numbers with commas between, or '@file'."""
    if not isinstance(text, str):
        return text
    if text.startswith("@"):
        text = _file(text[1:])
    try:
        return json.loads(text)
    except ValueError:
        parts = [part for part in text.replace("\n", ",").split(",") if part.strip()]
        try:
            return [float(part) for part in parts] if len(parts) > 1 else text
        except ValueError:
            return text


def _object(text: str | None) -> dict[str, Any]:
    if text is None:
        return {}
    if text == "-":
        text = sys.stdin.read()
    elif text.startswith("@"):
        text = _file(text[1:])
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        fail(f"--arguments is not JSON: {error}", BAD_INPUT)
    if not isinstance(value, dict):
        fail("--arguments has to be a JSON object of the arguments by name.", BAD_INPUT)
    return value


def _file(path: str) -> str:
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{path} cannot be read: {error}", BAD_INPUT)
