"""Pictures of condors: payoff and stress, as plain Plotly JSON.

What a colour means is said in words beside it, and every chart reads in a notebook, in a page and
as a static picture.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tools.charts import (
    GAIN,
    INK,
    LOSS,
    QUIET,
    TODAY,
    Chart,
    axis,
    chart_of,
    draw,
    faint,
    vertical_line,
)

if TYPE_CHECKING:
    from tools.condor import CondorQuote


def condor_chart(condor: CondorQuote) -> Chart:
    """Profit at expiration and now, with strikes, break-evens and the expected move."""
    import numpy as np

    from tools.condor_scenarios import payoff_levels, profit_usd

    if hasattr(condor.delta, "shape") or hasattr(condor.max_loss_usd, "shape"):
        from tools.errors import ToolInputError

        raise ToolInputError.of(
            "condor", "an array of condors", "one condor", "A picture shows one at a time."
        )
    levels = payoff_levels(condor)
    profit = profit_usd(condor, levels, np.zeros(1), 0.0).reshape(-1)
    return payoff_chart(condor, levels, profit, "at expiration")


def payoff_chart(condor: CondorQuote, levels: Any, profit: Any, when: str) -> Chart:
    """The profit [US dollars] over the levels [points] as a line, beside the profit now."""
    import numpy as np

    from tools.condor_scenarios import profit_usd

    order = np.argsort(levels)
    levels, profit = levels[order], profit[order]
    now = profit_usd(condor, levels, np.zeros(1), condor.days).reshape(-1)
    x = levels.tolist()
    hover = "index %{x:,.0f}<br>$%{y:,.0f}"
    areas = [
        {
            "type": "scatter", "x": x, "y": part.tolist(), "fill": "tozeroy", "mode": "none",
            "fillcolor": faint(colour), "name": name, "hoverinfo": "skip", "showlegend": False,
        }
        for part, colour, name in (
            (np.maximum(profit, 0.0), GAIN, "profit"),
            (np.minimum(profit, 0.0), LOSS, "loss"),
        )
    ]  # fmt: skip
    lines = [
        {
            "type": "scatter", "x": x, "y": money.tolist(), "mode": "lines", "line": line,
            "name": name, "hovertemplate": hover,
        }
        for money, line, name in (
            (profit, {"color": INK, "width": 2.5}, when),
            (now, {"color": TODAY, "width": 2, "dash": "dash"}, f"now, {condor.days:g} days left"),
        )
    ]  # fmt: skip
    shapes, annotations = _levels(condor)
    return chart_of(
        areas + lines,
        f"Iron condor {condor.put_long:g}/{condor.put_short:g} - "
        f"{condor.call_short:g}/{condor.call_long:g}: profit {when}"
        f"<br><sup>credit {condor.credit:.2f} points, maximum loss "
        f"${condor.max_loss_usd:,.0f}, probability of profit "
        f"{condor.probability_of_profit:.1%} (risk-neutral)</sup>",
        xaxis=axis("Index [points]", tickformat=",.0f"),
        yaxis=axis("Profit [US dollars]", tickformat="$,.0f"),
        shapes=shapes,
        annotations=annotations,
        legend={"orientation": "h", "y": -0.2},
        hovermode="x unified",
    )


def stress_chart(table: Any) -> Chart:
    """The stress table as a heat map with the dollars written in."""
    profit = table.to_numpy(dtype=float)
    largest = float(abs(profit).max()) or 1.0
    when = getattr(table, "assumptions", {}).get("when", "now")
    heat = {
        "type": "heatmap",
        "z": profit.tolist(),
        "x": [f"{shock:+.1%}" for shock in table.columns],
        "y": [f"{shock:+.1%}" for shock in table.index],
        "text": [[_dollars(value) for value in row] for row in profit],
        "texttemplate": "%{text}",
        "colorscale": [[0.0, LOSS], [0.5, "#f7f7f4"], [1.0, GAIN]],
        "zmin": -largest,
        "zmax": largest,
        "colorbar": {"title": {"text": "US dollars"}, "tickformat": "$,.0f"},
        "hovertemplate": "index %{y}, volatility %{x}<br>%{text}<extra></extra>",
    }
    return chart_of(
        [heat],
        f"Profit of the condor under shocks, {when}",
        xaxis=axis("Change of volatility [points of volatility]", type="category"),
        yaxis=axis("Change of the index", type="category"),
    )


def draw_payoff(condor: CondorQuote, payoff: Any, when: str) -> Any:
    """The payoff table as a Plotly figure."""
    levels, profit = payoff["price"].to_numpy(), payoff["profit_usd"].to_numpy()
    return draw(payoff_chart(condor, levels, profit, when))


def draw_stress(table: Any) -> Any:
    """The stress table as a Plotly figure."""
    return draw(stress_chart(table))


def _levels(condor: CondorQuote) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Break-evens, the index and the expected move, as lines and an area with their words."""
    from tools.probability import expected_move

    move = expected_move(condor.spot, condor.legs[1].iv, condor.days)
    shapes: list[dict[str, Any]] = [
        {
            "type": "line", "x0": 0, "x1": 1, "y0": 0, "y1": 0, "xref": "x domain", "yref": "y",
            "line": {"color": QUIET, "width": 1},
        },
        {
            "type": "rect", "x0": move.lower, "x1": move.upper, "y0": 0, "y1": 1, "xref": "x",
            "yref": "y domain", "fillcolor": TODAY, "opacity": 0.07, "line": {"width": 0},
            "layer": "below",
        },
    ]  # fmt: skip
    annotations: list[dict[str, Any]] = [
        {
            "x": move.lower, "y": 0, "xref": "x", "yref": "y domain", "showarrow": False,
            "text": "expected move (one standard deviation)", "xanchor": "left",
            "yanchor": "bottom", "font": {"size": 11, "color": QUIET},
        }
    ]  # fmt: skip
    for level, name in (
        (condor.lower_break_even, "break-even"),
        (condor.upper_break_even, "break-even"),
        (condor.spot, "index"),
    ):
        if math.isfinite(level):
            line, words = vertical_line(float(level), f"{name}<br>{_level(float(level))}")
            shapes.append(line)
            annotations.append(words)
    return shapes, annotations


def _level(value: float) -> str:
    return f"{value:.0f}" if value.is_integer() else f"{value:.2f}"


def _dollars(value: float) -> str:
    return f"{'-' if value < 0 else ''}${abs(value):,.0f}"
