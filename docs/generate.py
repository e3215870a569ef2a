"""The reference pages, written from docstrings, schemas, flags and settings.

    python docs/generate.py            writes docs/reference/
    python docs/generate.py --check    says which page is out of date, and fails

A test runs the check, so that a change of the program cannot leave its reference behind.
"""

# ruff: noqa: E501  (a line of Markdown is a paragraph or a row)

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.api import create_app
from assistant.api.problems import CODES
from assistant.cli import app as command_line
from assistant.cli.tool import example_of
from assistant.settings import Settings
from tools.catalog import CATALOG, Tool

FOLDER = Path(__file__).parent / "reference"
NOTE = "<!-- Written by docs/generate.py; change the program, not this page. -->\n\n"


def pages() -> dict[str, str]:
    """Every page by its file's name."""
    return {
        "tools.md": tools_page(),
        "http.md": http_page(),
        "command-line.md": command_line_page(),
        "settings.md": settings_page(),
    }


def tools_page() -> str:
    """One section a tool: what it does, takes and gives, and a call of it."""
    index = "\n".join(f"- [`{tool.name}`](#{tool.name}): {tool.description}" for tool in CATALOG)
    sections = "\n\n".join(map(tool_section, CATALOG))
    return f"""{NOTE}# Tools

{len(CATALOG)} functions, the same through every door: `tools.NAME(...)` in Python, `askcondor tool NAME`, `POST /api/tools/NAME`, MCP, LangChain. Strikes and prices are index points, money is US dollars, volatilities, rates and probabilities are decimals. What cannot be used raises `ToolInputError`, data that cannot answer `ToolDataError`.

{index}

{sections}
"""


def tool_section(tool: Tool) -> str:
    """The section of one tool."""
    schema = tool.input_schema
    required = set(schema.get("required", ()))
    rows = "\n".join(
        f"| `{name}` | {kind(field)} | {default(name, field, required)} | {said(field)} |"
        for name, field in schema["properties"].items()
    )
    source = (inspect.getdoc(tool.function) or "").partition("Source:")[2].partition("\n\n")[0]
    origin = f"\n\nSource: {' '.join(source.split())}" if source else ""
    arrays = (
        "\n\nIn Python and over HTTP its numbers may be arrays of one shape." if tool.arrays else ""
    )
    return f"""## {tool.name}

{tool.description}{arrays}

| field | takes | default | |
| --- | --- | --- | --- |
{rows}

{gives(tool.output_schema)}

```sh
{example_of(tool)}
```{origin}"""


def gives(schema: Mapping[str, Any]) -> str:
    """What a tool gives, by the fields of its result."""
    if schema.get("type") != "object":
        return f"Gives {kind(schema)}. {schema.get('description', '')}".strip()
    fields = [
        f"`{name}`{unit(field)}"
        for name, field in schema["properties"].items()
        if name != "assumptions"
    ]
    return f"Gives {', '.join(fields)}, and the `assumptions`."


def kind(schema: Mapping[str, Any]) -> str:
    """The type of a field in words."""
    options = [option for option in schema.get("anyOf", [schema]) if option.get("type") != "null"]
    return " or ".join(dict.fromkeys(map(one_kind, options)))


def one_kind(schema: Mapping[str, Any]) -> str:
    """The type of one option."""
    if "enum" in schema:
        return ", ".join(f"`{word}`" for word in schema["enum"])
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    named = schema.get("type", "JSON")
    named = (
        next(iter(word for word in named if word != "null")) if isinstance(named, list) else named
    )
    if named == "array" and isinstance(schema.get("items"), Mapping):
        return f"list of {kind(schema['items'])}"
    return f"{named}{bounds(schema)}"


def bounds(schema: Mapping[str, Any]) -> str:
    """The limits of a number in words."""
    words = (
        ("exclusiveMinimum", "above"),
        ("minimum", "at least"),
        ("exclusiveMaximum", "below"),
        ("maximum", "at most"),
    )
    told = [f"{word} {schema[key]:g}" for key, word in words if key in schema]
    return f" {', '.join(told)}" if told else ""


def default(name: str, schema: Mapping[str, Any], required: set[str]) -> str:
    """The default of a field; nothing where it has to be given."""
    if name in required:
        return "required"
    value = schema.get("default")
    return "" if value is None else f"`{json.dumps(value)}`"


def said(schema: Mapping[str, Any]) -> str:
    """The description of a field, wherever its schema keeps it."""
    options = schema.get("anyOf", ())
    told = [schema.get("description"), *(option.get("description") for option in options)]
    return next((text for text in told if text), "").replace("\n", " ").replace("|", "\\|")


def unit(schema: Mapping[str, Any]) -> str:
    """The unit of a result's field in brackets."""
    return f" [{schema['x-unit']}]" if "x-unit" in schema else ""


def http_page() -> str:
    """Every operation of the OpenAPI document, and every code of an error."""
    document = create_app(Settings()).openapi()
    rows = [
        f"| `{method.upper()} {path}` | {operation.get('summary', '')} | "
        f"{(operation.get('description') or '').splitlines()[0] if operation.get('description') else ''} |"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if not path.startswith("/api/tools/")
    ]
    codes = "\n".join(f"| `{code}` | {meaning} |" for code, meaning in CODES.items())
    return f"""{NOTE}# HTTP

The whole description, with schemas and an example for every operation, is at `/openapi.json`. Beside the operations below there is one for each [tool](tools.md), `POST /api/tools/NAME`, and the Model Context Protocol at `/mcp`.

| operation | | |
| --- | --- | --- |
{chr(10).join(rows)}

## Errors

`application/problem+json`, with `type`, `code`, `title`, `status`, `detail`, `errors` and `request_id`; under `/v1` in OpenAI's shape.

| code | means |
| --- | --- |
{codes}
"""


def command_line_page() -> str:
    """Every command with its flags."""
    from typer.main import get_command

    group: Any = get_command(command_line)
    sections = []
    for name, command in group.commands.items():
        flags = [
            f"| `{' '.join(parameter.opts)}` | {(getattr(parameter, 'help', None) or '')} |"
            for parameter in command.params
            if "--help" not in parameter.opts
        ]
        table = "\n".join(["| | |", "| --- | --- |", *flags]) if flags else ""
        told = inspect.cleandoc(command.help or "")
        sections.append(f"## askcondor {name}\n\n{told}\n\n{table}".strip())
    return f"""{NOTE}# Command line

Exit status 0 is good, 1 failed, 2 bad usage. `--json` prints plain JSON wherever there is output. The commands under `askcondor tool` are those of the [tools](tools.md).

{chr(10).join(section + chr(10) for section in sections)}"""


def settings_page() -> str:
    """Every setting with its default."""
    rows = []
    for name, field in Settings.model_fields.items():
        shown = field.get_default()
        told = "" if shown in (None, "", ()) or "Secret" in type(shown).__name__ else f"`{shown}`"
        if name == "data_dir":
            told = "the user's data folder"
        rows.append(f"| `ASKCONDOR_{name.upper()}` | {told} | {field.description} |")
    return f"""{NOTE}# Settings

Read from the environment, over a `.env` file in the working directory, over the default.

| variable | default | |
| --- | --- | --- |
{chr(10).join(rows)}

Bound to an address other than loopback without `ASKCONDOR_API_KEYS`, the server refuses to start and says why.
"""


def main() -> int:
    """Write the pages, or say which are out of date."""
    FOLDER.mkdir(exist_ok=True)
    stale = [
        name
        for name, text in pages().items()
        if not (FOLDER / name).exists() or (FOLDER / name).read_text("utf-8") != text
    ]
    if "--check" in sys.argv:
        for name in stale:
            print(f"docs/reference/{name} is out of date: python docs/generate.py")
        return 1 if stale else 0
    for name in stale:
        (FOLDER / name).write_text(pages()[name], "utf-8")
        print(f"wrote docs/reference/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
