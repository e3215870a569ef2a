"""How a result shows itself: lines of text in a console, a table in a notebook.

Both are drawn from the fields of the record, so a new field shows without further work. Fields that
hold nothing are left out, parts of a result stand below their name, and what the numbers rest on
comes last. What a number means is said by the record's own documentation, not here.
"""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Mapping
from typing import Any

import numpy as np

_LEFT = "text-align:left;vertical-align:top"


def as_text(record: Any) -> str:
    """The record with a line for each field; each of its parts has a line below the field's."""
    lines = []
    for name, value in _shown_fields(record):
        if _is_parts(value):
            lines += [f"  {name}=", *(f"    {_text(item)}" for item in value)]
        else:
            lines.append(f"  {name}={_text(value)},")
    return "\n".join([f"{type(record).__name__}(", *lines, ")"])


def as_html(record: Any) -> str:
    """The record as a table; its parts are a table inside it."""
    rows = "".join(
        f"<tr><th style='{_LEFT}'>{html.escape(name)}</th>"
        f"<td style='{_LEFT}'>{_html(value)}</td></tr>"
        for name, value in _shown_fields(record)
    )
    return f"<table><caption>{type(record).__name__}</caption><tbody>{rows}</tbody></table>"


def _shown_fields(record: Any) -> list[tuple[str, Any]]:
    names = [f.name for f in dataclasses.fields(record) if not f.name.startswith("_")]
    pairs = [(name, getattr(record, name)) for name in names]
    shown = [(name, value) for name, value in pairs if not _is_nothing(value)]
    return sorted(shown, key=lambda pair: pair[0] == "assumptions")


def _is_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, tuple | list | dict | str) and not value)


def _is_parts(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and not isinstance(value[0], float | int)


def _is_record(value: Any) -> bool:
    return dataclasses.is_dataclass(value) and not isinstance(value, type)


def _text(value: Any) -> str:
    """One value in one line: numbers to six figures, arrays and tables by their size."""
    if isinstance(value, float):
        return f"{value:,.6g}" if abs(value) < 1000 else f"{value:,.2f}"
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_text(item)}" for name, item in value.items())
    if isinstance(value, tuple | list):
        return ", ".join(_text(item) for item in value)
    if _is_record(value):
        # A part that says itself in a sentence of its own does so.
        own = "__str__" in vars(type(value))
        fields = _shown_fields(value)
        return str(value) if own else ", ".join(f"{name} {_text(item)}" for name, item in fields)
    return _text_of_array(value) if isinstance(value, np.ndarray) else _text_of_table(value)


def _text_of_table(value: Any) -> str:
    shape = getattr(value, "shape", None)  # a table or a series
    return str(value) if shape is None else f"{type(value).__name__} of shape {shape}"


def _text_of_array(array: np.ndarray[Any, Any]) -> str:
    text = f"array of shape {array.shape}"
    if array.dtype.kind not in "iuf" or np.isnan(array).all():
        return text
    return f"{text}, {np.nanmin(array):.6g} to {np.nanmax(array):.6g}"


def _html(value: Any) -> str:
    if isinstance(value, tuple) and value and all(map(_is_record, value)):
        names = [field.name for field in dataclasses.fields(value[0])]
        head = "".join(f"<th>{html.escape(name)}</th>" for name in names)
        cells = ([_text_or_dash(getattr(row, name)) for name in names] for row in value)
        body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in cells)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    if isinstance(value, tuple | list):
        return "<br>".join(html.escape(_text(item)) for item in value)
    if isinstance(value, Mapping):
        return "<br>".join(html.escape(f"{key}: {_text(item)}") for key, item in value.items())
    return html.escape(_text(value))


def _text_or_dash(value: Any) -> str:
    return "-" if _is_nothing(value) else _text(value)


def _cell(text: str) -> str:
    return f"<td style='text-align:left'>{html.escape(text)}</td>"
