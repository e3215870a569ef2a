"""Pictures of the regime and of the term structure, in Plotly.

Plotly is imported by the functions, so that `import tools` stays quick. Each figure carries words
beside its colours and reads in a notebook, in a page and as a static picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tools.indicators import TermStructure
    from tools.regime import Regime

COLOURS = {
    "no opinion": "#9aa5b1",
    "tighten": "#2f855a",
    "hold": "#3c6e9f",
    "widen": "#c77d0a",
    "stand aside": "#b83232",
}
"""One colour for each opinion on the wings, told apart in grey print by the words beside it."""

_ORDER = list(COLOURS)


def regime_figure(regime: Regime) -> Any:
    """Each signal as a bar as long as its rule is defensive, with its value and threshold."""
    import plotly.graph_objects as go

    signals = regime.signals[::-1]
    figure = go.Figure(
        go.Bar(
            x=[_ORDER.index(signal.wings) + 0.15 for signal in signals],
            y=[signal.title for signal in signals],
            orientation="h",
            marker_color=[COLOURS[signal.wings] for signal in signals],
            text=[f"{s.value:.4g} ({s.threshold}): {s.reading}" for s in signals],
            textposition="auto",
            hovertext=[f"{s.meaning}<br>{s.source}" for s in signals],
            hoverinfo="text",
        )
    )
    figure.update_xaxes(
        tickvals=[place + 0.15 for place in range(len(_ORDER))],
        ticktext=_ORDER,
        range=[0, len(_ORDER)],
        title="what the rule says about the wings",
    )
    figure.update_yaxes(automargin=True)
    finish(figure, f"{regime.label}: {regime.wings}", height=160 + 42 * max(len(signals), 3))
    return figure


def term_structure_figure(structure: TermStructure) -> Any:
    """The volatility indices over the days that they look ahead."""
    import plotly.graph_objects as go

    figure = go.Figure(
        go.Scatter(
            x=[structure.tenors_days[name] for name in structure.levels],
            y=list(structure.levels.values()),
            mode="lines+markers+text",
            text=[f"{name.upper()} {level:g}" for name, level in structure.levels.items()],
            textposition="top right",
            line_color=COLOURS["hold"],
        )
    )
    figure.update_xaxes(title="days ahead", rangemode="tozero")
    figure.update_yaxes(title="index points")
    finish(figure, f"Volatility term structure: {structure.shape}")
    return figure


def finish(figure: Any, title: str, height: int = 420) -> None:
    """Give a figure its title and the plain look that all of them share."""
    figure.update_layout(
        title=title,
        template="plotly_white",
        height=height,
        showlegend=False,
        margin={"l": 60, "r": 30, "t": 60, "b": 60},
    )
