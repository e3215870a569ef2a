"""Pictures of a hedge and of a roll, as plain Plotly JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.charts import Chart, axis, chart_of
from tools.plots_regime import COLOURS

if TYPE_CHECKING:
    from tools.hedges import HedgePlan
    from tools.rolls import RollPlan


def hedge_chart(plan: HedgePlan) -> Chart:
    """What the condors lose and each layer gains under the shock, and what is left."""
    names = ["condors", *(layer.layer for layer in plan.layers), "together"]
    money = [-plan.condor_loss_usd, *(layer.payoff_usd for layer in plan.layers), plan.net_usd]
    bars = {
        "type": "waterfall",
        "x": names,
        "y": money,
        "measure": ["relative"] * (len(names) - 1) + ["total"],
        "text": [f"{amount:,.0f}" for amount in money],
        "textposition": "outside",
        "increasing": {"marker": {"color": COLOURS["tighten"]}},
        "decreasing": {"marker": {"color": COLOURS["stand aside"]}},
        "totals": {"marker": {"color": COLOURS["hold"]}},
        "cliponaxis": False,
    }
    return chart_of(
        [bars],
        f"SPX {plan.spx_shock:+.1%}, VIX {plan.vix_before:g} to {plan.vix_after:.4g}: "
        f"{plan.coverage:.0%} of the loss covered",
        yaxis=axis("US dollars under the shock"),
        showlegend=False,
    )


def roll_chart(plan: RollPlan) -> Chart:
    """Expected value, best and worst outcome, before the roll and after."""
    names = ["maximum loss", "expected value", "maximum profit"]
    before = [-plan.max_loss_before_usd, plan.expected_value_before_usd, plan.max_profit_before_usd]
    after = [-plan.max_loss_after_usd, plan.expected_value_after_usd, plan.max_profit_after_usd]
    bars = [
        {
            "type": "bar",
            "name": name,
            "x": names,
            "y": money,
            "text": [f"{name}: {amount:,.0f}" for amount in money],
            "marker": {"color": colour},
        }
        for name, money, colour in (
            ("hold", before, COLOURS["no opinion"]),
            ("roll", after, COLOURS["hold"]),
        )
    ]
    return chart_of(
        bars,
        f"{'Roll' if plan.accept else 'Do not roll'}: return on margin {plan.irr:.1%}, cost of "
        f"capital {plan.wacc:.1%}",
        yaxis=axis("US dollars, with the credit received so far"),
        showlegend=False,
    )
