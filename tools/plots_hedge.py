"""Pictures of a hedge and of a roll, in Plotly, imported only when one is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tools.plots_regime import COLOURS, finish

if TYPE_CHECKING:
    from tools.hedges import HedgePlan
    from tools.rolls import RollPlan


def hedge_figure(plan: HedgePlan) -> Any:
    """What the condors lose and each layer gains under the shock, and what is left."""
    import plotly.graph_objects as go

    names = ["condors", *(layer.layer for layer in plan.layers), "together"]
    money = [-plan.condor_loss_usd, *(layer.payoff_usd for layer in plan.layers), plan.net_usd]
    figure = go.Figure(
        go.Waterfall(
            x=names,
            y=money,
            measure=["relative"] * (len(names) - 1) + ["total"],
            text=[f"{amount:,.0f}" for amount in money],
            textposition="outside",
            increasing_marker_color=COLOURS["tighten"],
            decreasing_marker_color=COLOURS["stand aside"],
            totals_marker_color=COLOURS["hold"],
            cliponaxis=False,
        )
    )
    figure.update_yaxes(title="US dollars under the shock")
    finish(
        figure,
        f"SPX {plan.spx_shock:+.1%}, VIX {plan.vix_before:g} to {plan.vix_after:.4g}: "
        f"{plan.coverage:.0%} of the loss covered",
    )
    return figure


def roll_figure(plan: RollPlan) -> Any:
    """Expected value, best and worst outcome, before the roll and after."""
    import plotly.graph_objects as go

    names = ["maximum loss", "expected value", "maximum profit"]
    before = [-plan.max_loss_before_usd, plan.expected_value_before_usd, plan.max_profit_before_usd]
    after = [-plan.max_loss_after_usd, plan.expected_value_after_usd, plan.max_profit_after_usd]
    figure = go.Figure(
        [
            go.Bar(
                name=name,
                x=names,
                y=money,
                text=[f"{name}: {amount:,.0f}" for amount in money],
                marker_color=colour,
            )
            for name, money, colour in (
                ("hold", before, COLOURS["no opinion"]),
                ("roll", after, COLOURS["hold"]),
            )
        ]
    )
    figure.update_yaxes(title="US dollars, with the credit received so far")
    finish(
        figure,
        f"{'Roll' if plan.accept else 'Do not roll'}: return on margin {plan.irr:.1%}, cost of "
        f"capital {plan.wacc:.1%}",
    )
    return figure
