"""Pictures of condors in Plotly: payoff, stress.

Plotly is imported by the functions, so that `import tools` stays quick. What a colour means is said
in words beside it, and every figure reads in a notebook, in a page and as a static picture.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tools.condor import CondorQuote

GAIN = "#2f855a"
LOSS = "#b83232"
TODAY = "#3c6e9f"
QUIET = "#6b7785"


def condor_figure(condor: CondorQuote) -> Any:
    """Profit at expiration and now, with strikes, break-evens and the expected move."""
    from tools.condor_scenarios import condor_payoff

    if hasattr(condor.delta, "shape") or hasattr(condor.max_loss_usd, "shape"):
        from tools.errors import ToolInputError

        raise ToolInputError.of(
            "condor", "an array of condors", "one condor", "A picture shows one at a time."
        )
    return payoff_figure(condor, condor_payoff(condor), "at expiration")


def payoff_figure(condor: CondorQuote, payoff: Any, when: str) -> Any:
    """The payoff table as a line, over the profit now."""
    import numpy as np
    import plotly.graph_objects as go

    from tools.condor_scenarios import profit_usd

    levels = payoff["price"].to_numpy()
    order = np.argsort(levels)
    levels, profit = levels[order], payoff["profit_usd"].to_numpy()[order]
    now = profit_usd(condor, levels, np.zeros(1), condor.days).reshape(-1)
    figure = go.Figure()
    for part, colour, name in (
        (np.maximum(profit, 0.0), GAIN, "profit"),
        (np.minimum(profit, 0.0), LOSS, "loss"),
    ):
        figure.add_scatter(
            x=levels, y=part, fill="tozeroy", mode="none", fillcolor=_faint(colour), name=name,
            hoverinfo="skip", showlegend=False,
        )  # fmt: skip
    figure.add_scatter(
        x=levels, y=profit, mode="lines", line={"color": "#1a202c", "width": 2.5}, name=when,
        hovertemplate="index %{x:,.0f}<br>$%{y:,.0f}",
    )  # fmt: skip
    figure.add_scatter(
        x=levels, y=now, mode="lines", line={"color": TODAY, "width": 2, "dash": "dash"},
        name=f"now, {condor.days:g} days left", hovertemplate="index %{x:,.0f}<br>$%{y:,.0f}",
    )  # fmt: skip
    figure.add_hline(y=0, line={"color": QUIET, "width": 1})
    _mark_levels(figure, condor)
    figure.update_layout(
        title={
            "text": (
                f"Iron condor {condor.put_long:g}/{condor.put_short:g} - "
                f"{condor.call_short:g}/{condor.call_long:g}: profit {when}"
                f"<br><sup>credit {condor.credit:.2f} points, maximum loss "
                f"${condor.max_loss_usd:,.0f}, probability of profit "
                f"{condor.probability_of_profit:.1%} (risk-neutral)</sup>"
            )
        },
        xaxis_title="Index [points]",
        yaxis_title="Profit [US dollars]",
        **_layout(),
    )
    figure.update_xaxes(tickformat=",.0f")
    figure.update_yaxes(tickformat="$,.0f")
    return figure


def stress_figure(table: Any) -> Any:
    """The stress table as a heat map with the dollars written in."""
    import plotly.graph_objects as go

    profit = table.to_numpy(dtype=float)
    largest = float(abs(profit).max()) or 1.0
    figure = go.Figure(
        go.Heatmap(
            z=profit,
            x=[f"{shock:+.1%}" for shock in table.columns],
            y=[f"{shock:+.1%}" for shock in table.index],
            text=[[_dollars(value) for value in row] for row in profit],
            texttemplate="%{text}",
            colorscale=[[0.0, LOSS], [0.5, "#f7f7f4"], [1.0, GAIN]],
            zmin=-largest,
            zmax=largest,
            colorbar={"title": "US dollars", "tickformat": "$,.0f"},
            hovertemplate="index %{y}, volatility %{x}<br>%{text}<extra></extra>",
        )
    )
    when = getattr(table, "assumptions", {}).get("when", "now")
    figure.update_layout(
        title={"text": f"Profit of the condor under shocks, {when}"},
        xaxis_title="Change of volatility [points of volatility]",
        yaxis_title="Change of the index",
        **_layout(),
    )
    figure.update_xaxes(type="category")
    figure.update_yaxes(type="category")
    return figure


def _mark_levels(figure: Any, condor: CondorQuote) -> None:
    from tools.probability import expected_move

    move = expected_move(condor.spot, condor.legs[1].iv, condor.days)
    figure.add_vrect(
        x0=move.lower, x1=move.upper, fillcolor=TODAY, opacity=0.07, line_width=0, layer="below",
        annotation_text="expected move (one standard deviation)",
        annotation_position="bottom left",
        annotation_font={"size": 11, "color": QUIET},
    )  # fmt: skip
    for level, name in (
        (condor.lower_break_even, "break-even"),
        (condor.upper_break_even, "break-even"),
        (condor.spot, "index"),
    ):
        if math.isfinite(level):
            figure.add_vline(
                x=level, line={"color": QUIET, "width": 1, "dash": "dot"},
                annotation_text=f"{name}<br>{level:,.2f}", annotation_font={"size": 11},
            )  # fmt: skip


def _layout() -> dict[str, Any]:
    return {
        "template": "plotly_white",
        "font": {"family": "system-ui, sans-serif", "size": 13},
        "legend": {"orientation": "h", "y": -0.2},
        "margin": {"t": 90, "r": 20, "b": 60, "l": 80},
        "hovermode": "x unified",
    }


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.18)"


def _dollars(value: float) -> str:
    return f"{'-' if value < 0 else ''}${abs(value):,.0f}"
