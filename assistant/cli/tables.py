"""A tool's result as tables for people: each number with its unit, the assumptions last."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from tools.catalog import Tool

MOST_ROWS = 40
"""A longer list is cut in the middle; `--json` has all of it."""

_WIDTH = 100
_LONG_CELL = 22


def console() -> Console:
    """The console of the output stream, of a fixed width where it is no terminal."""
    return Console(file=sys.stdout, width=None if sys.stdout.isatty() else _WIDTH)


def show_result(tool: Tool, result: Any) -> None:
    """Print a result of the tool."""
    schema = tool.output_schema
    if isinstance(result, Mapping):
        _show_fields(tool.title, result, schema.get("properties", {}))
    elif isinstance(result, list):
        console().print(_listed(result, tool.title))
    else:
        console().print(escape(_text(result) + _unit(schema)))


def _show_fields(title: str, fields: Mapping[str, Any], schemas: Mapping[str, Any]) -> None:
    table = _pairs(title)
    later: list[Table] = []
    for name, value in sorted(fields.items(), key=lambda item: item[0] == "assumptions"):
        if _is_records(value):
            later += _records(value, name)
        elif value is not None and value != []:
            table.add_row(name, escape(_text(value) + _unit(schemas.get(name, {}))))
    console().print(table, *later, sep="\n")


def _records(rows: Sequence[Mapping[str, Any]], title: str) -> list[Table]:
    """One table where its cells are short, else each record by itself."""
    cells = [_text(value) for row in rows for value in row.values()]
    width = sum(max(len(name), 8) + 3 for name in rows[0])
    if width <= _WIDTH and max(map(len, cells), default=0) <= _LONG_CELL:
        return [_listed(rows, title)]
    shown = []
    for number, row in enumerate(rows, 1):
        table = _pairs(f"{title} {number}")
        for name, value in row.items():
            if value is not None:
                table.add_row(name, escape(_text(value)))
        shown.append(table)
    return shown


def _listed(rows: Sequence[Any], title: str) -> Table:
    table = Table(title=title, title_justify="left")
    named = _is_records(rows)
    names = list(rows[0]) if named else ["value"]
    for name in names:
        table.add_column(name)
    half = MOST_ROWS // 2
    cut = len(rows) > MOST_ROWS
    for place, row in enumerate([*rows[:half], *rows[-half:]] if cut else rows):
        if cut and place == half:
            table.add_row(f"... {len(rows) - 2 * half} more")
        values = [row.get(name) for name in names] if named else [row]
        table.add_row(*(escape(_text(value)) for value in values))
    return table


def _pairs(title: str) -> Table:
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column(style="bold")
    table.add_column()
    return table


def _is_records(value: Any) -> bool:
    rows = isinstance(value, list) and bool(value)
    return rows and all(isinstance(row, Mapping) for row in value)


def _text(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {True: "yes", False: "no", None: "-"}[value]
    if isinstance(value, float):
        return f"{value:,.6g}" if abs(value) < 1000 else f"{value:,.2f}"
    if isinstance(value, Mapping):
        return "\n".join(f"{name}: {_text(item)}" for name, item in value.items())
    if isinstance(value, list):
        return "\n".join(_text(item) for item in value)
    return str(value)


def _unit(schema: Mapping[str, Any]) -> str:
    unit = schema.get("x-unit")
    return f" [{unit}]" if unit and unit != "decimal" else ""
