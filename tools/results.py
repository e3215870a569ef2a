"""What every tool hands back: a frozen record with its assumptions, and its plain JSON form."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd


@dataclasses.dataclass(frozen=True, kw_only=True)
class Result:
    """The base of all results; `assumptions` says what the numbers rest on, item by item."""

    assumptions: Mapping[str, str]

    def to_dict(self) -> dict[str, Any]:
        """The result in plain JSON types; what is not a number (NaN, infinity) becomes None."""
        plain: dict[str, Any] = plain_json(self)
        return plain


def plain_json(value: Any) -> Any:
    """Turn a result, an array, a table, a date or a container of them into plain JSON types."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, np.generic):
        return plain_json(value.item())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: plain_json(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if not field.name.startswith("_")
        }
    if isinstance(value, Mapping):
        return {str(key): plain_json(item) for key, item in value.items()}
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, pd.DataFrame):
        return [plain_json(row) for row in value.to_dict(orient="records")]
    if isinstance(value, pd.Series | np.ndarray):
        return [plain_json(item) for item in value.tolist()]
    if isinstance(value, list | tuple | set | frozenset):
        return [plain_json(item) for item in value]
    return str(value)
