"""How a result shows itself: short text in a terminal, a table in a notebook.

Both are drawn from the fields of the record, so a new field shows without further work. What a
number means is said by the record's own documentation, not here.
"""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Mapping
from typing import Any

from tools.results import Result


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class NotebookResult(Result):
    """A result with a readable repr and a notebook table; parts become a table inside it."""

    def __init_subclass__(cls) -> None:
        """Keep this repr in subclasses, where `Result` would give each its own."""
        super().__init_subclass__()
        setattr(cls, "__repr__", NotebookResult.__repr__)  # noqa: B010  (as in `Result`)

    def __repr__(self) -> str:
        """One line for each field that holds something."""
        lines = [f"{type(self).__name__}("]
        for name, value in _shown_fields(self):
            if isinstance(value, tuple) and value:
                lines.append(f"  {name}:")
                lines += [f"    {_text(item)}" for item in value]
            else:
                lines.append(f"  {name}: {_text(value)}")
        return "\n".join([*lines, ")"])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th style='text-align:left;vertical-align:top'>{html.escape(name)}</th>"
            f"<td style='text-align:left'>{_html(value)}</td></tr>"
            for name, value in _shown_fields(self)
        )
        return f"<table><caption>{type(self).__name__}</caption><tbody>{rows}</tbody></table>"


def _shown_fields(record: Any) -> list[tuple[str, Any]]:
    pairs = ((field.name, getattr(record, field.name)) for field in dataclasses.fields(record))
    # Fields that hold nothing are left out, and the assumptions stand last.
    shown = [(name, value) for name, value in pairs if value is not None and not _empty(value)]
    return sorted(shown, key=lambda pair: pair[0] == "assumptions")


def _empty(value: object) -> bool:
    return isinstance(value, tuple | list | dict | str) and not value


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if dataclasses.is_dataclass(value) and type(value).__str__ is object.__str__:
        return ", ".join(f"{name} {_text(item)}" for name, item in _shown_fields(value))
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_text(item)}" for name, item in value.items())
    if isinstance(value, tuple | list):
        return ", ".join(_text(item) for item in value)
    return str(value)


def _html(value: Any) -> str:
    if isinstance(value, tuple) and value and all(map(dataclasses.is_dataclass, value)):
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
    return "-" if value is None or _empty(value) else _text(value)


def _cell(text: str) -> str:
    return f"<td style='text-align:left'>{html.escape(text)}</td>"
