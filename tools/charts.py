"""A chart is plain Plotly JSON: a dict of `data` and `layout`, made without importing Plotly.

So a server can send a chart in a fraction of a millisecond, and `draw` turns the same dict into a
Plotly figure where somebody wants to look at it or to save it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, TypeAlias

Chart: TypeAlias = dict[str, Any]
"""Plotly JSON: {"data": [trace, ...], "layout": {...}}."""

GAIN = "#2f855a"
LOSS = "#b83232"
TODAY = "#3c6e9f"
WARNING = "#c77d0a"
QUIET = "#6b7785"
INK = "#1a202c"


class Pictured(ABC):
    """What a result with a picture has: `chart`, plain Plotly JSON, and `figure`, drawn of it."""

    @abstractmethod
    def chart(self) -> Chart:
        """The picture as plain Plotly JSON."""

    def figure(self) -> Any:
        """The picture as a `plotly.graph_objects.Figure`."""
        return draw(self.chart())


def draw(chart: Chart) -> Any:
    """The chart as a `plotly.graph_objects.Figure`, checked by Plotly."""
    import plotly.graph_objects as go

    return go.Figure(chart).update_layout(template="plotly_white")


def chart_of(data: Sequence[dict[str, Any]], title: str, **layout: Any) -> Chart:
    """Put traces, a title and a layout together, in the plain look that all charts share."""
    shared: dict[str, Any] = {
        "title": {"text": title},
        "font": {"family": "system-ui, sans-serif", "size": 13},
        "margin": {"t": 90, "r": 20, "b": 60, "l": 80},
    }
    return {"data": list(data), "layout": shared | layout}


def axis(title: str, **more: Any) -> dict[str, Any]:
    """An axis with its title, which names the unit."""
    return {"title": {"text": title}, **more}


def vertical_line(level: float, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A dotted line over the whole height at a level, and the words above it."""
    line = {
        "type": "line", "x0": level, "x1": level, "y0": 0, "y1": 1, "xref": "x", "yref": "y domain",
        "line": {"color": QUIET, "width": 1, "dash": "dot"},
    }  # fmt: skip
    words = {
        "x": level, "y": 1, "xref": "x", "yref": "y domain", "text": name, "showarrow": False,
        "xanchor": "left", "yanchor": "top", "font": {"size": 11},
    }  # fmt: skip
    return line, words


def faint(colour: str, strength: float = 0.18) -> str:
    """The colour, thinned for areas."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{strength})"
