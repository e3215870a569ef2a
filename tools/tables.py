"""A table that a tool hands back: a `pandas.DataFrame` with a picture and its assumptions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd


class ResultTable(pd.DataFrame):
    """A DataFrame in every respect; rows and columns taken from it keep picture and assumptions."""

    _metadata = ["_draw", "assumptions"]  # noqa: RUF012  (pandas reads this name from the class)

    @classmethod
    def of(
        cls, data: Any, draw: Callable[[pd.DataFrame], Any], assumptions: Mapping[str, str]
    ) -> ResultTable:
        """Wrap the data; `draw` turns the table into a figure."""
        table = cls(data)
        object.__setattr__(table, "_draw", draw)
        object.__setattr__(table, "assumptions", dict(assumptions))
        return table

    @property
    def _constructor(self) -> type[ResultTable]:
        return ResultTable

    def figure(self) -> Any:
        """Draw the table, as a Plotly figure."""
        draw: Callable[[pd.DataFrame], Any] = object.__getattribute__(self, "_draw")
        return draw(self)
