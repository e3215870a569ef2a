"""What every tool hands back: a frozen record with its assumptions, and its plain JSON form.

A result shows itself: `repr` in a console, a small table in a notebook. One that has a picture
offers it as `.figure()`; nothing is drawn, and nothing for drawing is imported, before that call.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class Result:
    """The base of all results; `assumptions` says what the numbers rest on, item by item."""

    assumptions: Mapping[str, str]

    def __init_subclass__(cls) -> None:
        """Give each result the readable repr before `dataclass` would write its own."""
        super().__init_subclass__()
        if "__repr__" not in cls.__dict__:
            setattr(cls, "__repr__", Result.__repr__)  # noqa: B010  (a plain assignment is untyped)

    def to_dict(self) -> dict[str, Any]:
        """The result in plain JSON types; what is not a number (NaN, infinity) becomes None."""
        plain: dict[str, Any] = plain_json(self)
        return plain

    def __repr__(self) -> str:
        from tools.notebook import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from tools.notebook import as_html

        return as_html(self)


def as_json(returned: Any) -> Any:
    """What a tool returned, in plain JSON types: a result in its own way, else as it is."""
    return returned.to_dict() if isinstance(returned, Result) else plain_json(returned)


def plain_json(value: Any) -> Any:
    """Turn a result, an array, a table, a date or a container of them into plain JSON types."""
    if value is None or isinstance(value, str | bool | int):
        return value
    for kind, convert in _CONVERSIONS:
        if isinstance(value, kind):
            return convert(value)
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(value, pandas.DataFrame):
        table = value if value.index.name is None else value.reset_index()
        return [plain_json(row) for row in table.to_dict(orient="records")]
    if pandas is not None and isinstance(value, pandas.Series):
        return plain_json(value.to_numpy())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain_json(_fields(value))
    return str(value)


def _each(values: Any) -> list[Any]:
    return [plain_json(value) for value in values]


_CONVERSIONS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (float | np.floating, lambda number: float(number) if math.isfinite(number) else None),
    (np.ndarray, lambda array: plain_json(array.tolist())),
    (np.generic, lambda scalar: plain_json(scalar.item())),
    (Mapping, lambda items: {str(key): plain_json(item) for key, item in items.items()}),
    (dt.date, lambda day: day.isoformat()),
    (list | tuple | set | frozenset, _each),
)


def _fields(record: Any) -> dict[str, Any]:
    return {
        field.name: getattr(record, field.name)
        for field in dataclasses.fields(record)
        if not field.name.startswith("_")
    }
