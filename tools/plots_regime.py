"""Pictures of the regime and of the term structure, as plain Plotly JSON.

Each chart carries words beside its colours and reads in a notebook, in a page and as a static
picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.charts import GAIN, LOSS, TODAY, WARNING, Chart, axis, chart_of

if TYPE_CHECKING:
    from tools.indicators import TermStructure
    from tools.regime import Regime

COLOURS = {
    "no opinion": "#9aa5b1",
    "tighten": GAIN,
    "hold": TODAY,
    "widen": WARNING,
    "stand aside": LOSS,
}
"""One colour for each opinion on the wings, told apart in grey print by the words beside it."""

_ORDER = list(COLOURS)


def regime_chart(regime: Regime) -> Chart:
    """Each signal as a bar as long as its rule is defensive, with its value and threshold."""
    signals = regime.signals[::-1]
    bars = {
        "type": "bar",
        "x": [_ORDER.index(signal.wings) + 0.15 for signal in signals],
        "y": [signal.title for signal in signals],
        "orientation": "h",
        "marker": {"color": [COLOURS[signal.wings] for signal in signals]},
        "text": [f"{s.value:.4g} ({s.threshold}): {s.reading}" for s in signals],
        "textposition": "auto",
        "hovertext": [f"{s.meaning}<br>{s.source}" for s in signals],
        "hoverinfo": "text",
    }
    return chart_of(
        [bars],
        f"{regime.label}: {regime.wings}",
        xaxis=axis(
            "what the rule says about the wings",
            tickvals=[place + 0.15 for place in range(len(_ORDER))],
            ticktext=_ORDER,
            range=[0, len(_ORDER)],
        ),
        yaxis={"automargin": True},
        height=160 + 42 * max(len(signals), 3),
        showlegend=False,
    )


def term_structure_chart(structure: TermStructure) -> Chart:
    """The volatility indices over the days that they look ahead."""
    line = {
        "type": "scatter",
        "x": [structure.tenors_days[name] for name in structure.levels],
        "y": list(structure.levels.values()),
        "mode": "lines+markers+text",
        "text": [f"{name.upper()} {level:g}" for name, level in structure.levels.items()],
        "textposition": "top right",
        "line": {"color": COLOURS["hold"]},
    }
    return chart_of(
        [line],
        f"Volatility term structure: {structure.shape}",
        xaxis=axis("days ahead", rangemode="tozero"),
        yaxis=axis("index points"),
        showlegend=False,
    )
