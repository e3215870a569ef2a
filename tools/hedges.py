"""The layered VIX hedge: what each layer costs, and what it gains when the condor loses.

The response of the VIX, and of its futures, to the fall of the index is an assumption that is
stated, has a default with its origin, and can be set; `tools.vix_response` has the two formulas.
What a single contract is worth is `tools.hedge_terms`'s business.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

from pydantic import WithJsonSchema

from tools.charts import Chart, Pictured
from tools.checking import checked
from tools.errors import ToolInputError
from tools.hedge_terms import HedgeTerms, Instrument, LayerValue, value_layer
from tools.quantities import Quantity, VolatilityIndex
from tools.ratios import YearRate
from tools.regime import Regime
from tools.results import Result
from tools.vix_response import POINTS_PER_PERCENT, vix_after_shock

ROUNDING = 1e-9
"""A number of contracts this near above a whole one counts as it."""

CondorLoss = Annotated[
    float, Quantity("What the condors lose under the shock", "US dollars", above=0)
]
Shock = Annotated[
    float,
    Quantity(
        "Fall of the index",
        "decimal",
        above=-1,
        below=0,
        hint="It is a negative decimal: -0.05 is a fall of 5 %. VIX hedges do not pay in a rise.",
    ),
]
Coverage = Annotated[
    float, Quantity("Part of the loss to be covered", "decimal", above=0, at_most=5)
]
PointsPerPercent = Annotated[
    float, Quantity("Rise of the VIX for each 1 % fall of the index", "points", at_least=0)
]
VolatilityChange = Annotated[
    float,
    Quantity("Change of the implied volatility of VIX options", "decimal", above=-5, below=10),
]
DaysForward = Annotated[float, Quantity("Days until the shock", "days", at_least=0, at_most=3650)]
ActiveLayers: TypeAlias = Annotated[
    Regime | Mapping[str, Any] | Sequence[str],
    WithJsonSchema(
        {
            "description": "The result of check_regime, or the names of the active layers",
            "anyOf": [
                {"type": "array", "items": {"type": "string"}},
                {"type": "object", "required": ["hedge_layers"]},
            ],
        }
    ),
]


@dataclass(frozen=True)
class SizedLayer:
    """One layer as sized: prices for one contract in points, money for all of them."""

    layer: str
    instrument: Instrument
    active: bool
    contracts: int
    price: float | None
    price_after: float | None
    future_after: float | None
    cost_usd: float
    payoff_usd: float
    reason: str

    def __str__(self) -> str:
        if not self.active:
            return f"{self.layer}: not active; {self.reason}"
        return (
            f"{self.layer}: {self.contracts} x {self.instrument}, cost {self.cost_usd:,.2f}, "
            f"gains {self.payoff_usd:,.2f} US dollars; {self.reason}"
        )


@dataclass(frozen=True, kw_only=True, repr=False)
class HedgePlan(Pictured, Result):
    """The layers, their cost, and what they gain under the shock beside what the condors lose."""

    layers: tuple[SizedLayer, ...]
    total_cost_usd: float
    total_payoff_usd: float
    coverage: float
    condor_loss_usd: float
    net_usd: float
    spx_shock: float
    vix_before: float
    vix_after: float

    def chart(self) -> Chart:
        """Each layer's gain beside the condors' loss, as plain Plotly JSON."""
        from tools.plots_hedge import hedge_chart

        return hedge_chart(self)


@checked()
def size_hedge(
    condor_loss_usd: CondorLoss,
    spx_shock: Shock,
    vix: VolatilityIndex,
    layers: Sequence[HedgeTerms],
    regime: ActiveLayers | None = None,
    target_coverage: Coverage = 1.0,
    vix_points_per_percent: PointsPerPercent = POINTS_PER_PERCENT,
    iv_change: VolatilityChange = 0.0,
    days_forward: DaysForward = 0.0,
    rate: YearRate = 0.0,
) -> HedgePlan:
    """Size the layered VIX hedge against a condor's loss, and show what it pays under the shock.

    Layers that the regime leaves inactive get no contracts. Layers with fixed `contracts` come
    first; what they leave of the target is split by `share` (equal parts where none is given), and
    each is rounded up to whole contracts.

    Args:
        condor_loss_usd: what the condors lose under the shock [US dollars]; see `stress_condor`.
        spx_shock: the fall of the index, below zero [decimal].
        vix: the VIX now [points].
        layers: terms of each layer, first layer first; see `HedgeTerms`.
        regime: the result of `check_regime`, or the names of the active layers; without it all
            layers are active.
        target_coverage: part of the loss that the gains are to cover [decimal].
        vix_points_per_percent: rise of the VIX for each 1 % fall of the index [points].
        iv_change: change of the implied volatility of VIX options in the shock [decimal].
        days_forward: days from now to the shock [days].
        rate: interest rate a year [decimal].

    Returns:
        `HedgePlan`: layers (instrument, active, contracts, cost_usd, payoff_usd), total_cost_usd,
        coverage. `cost_usd` is the cash paid today, negative where cash is received; margin is not
        counted. `payoff_usd` is the gain under the shock, after that cost.

    Raises:
        ToolInputError: a term is missing or out of its bounds, an option has no future of its own
            expiration, or a layer is not one of the regime's ladder.

    Source: Black, Journal of Financial Economics 3 (1976), p. 167, equation 16; Cboe, "Relationship
    of the SPX and VIX": the VIX future of the same expiration is the underlying. In its example
    the VIX is at 25, the August future at 21.50, and the August 20 call at 3.00 is fairly priced.

    >>> call = HedgeTerms("short_vix_calls", "VIX call", 21.50, strike=20, days=30, price=3.00)
    >>> plan = size_hedge(10_000, spx_shock=-0.05, vix=25, layers=[call])
    >>> plan.layers[0].contracts, round(plan.layers[0].cost_usd), round(plan.coverage, 2)
    (40, 12000, 1.02)
    """
    if not layers:
        raise ToolInputError.of("layers", [], "at least one layer")
    active = _active(regime, layers)
    after = vix_after_shock(vix, spx_shock, vix_points_per_percent)
    valued = [
        value_layer(f"layers[{at}]", terms, after - vix, iv_change, days_forward, rate)
        for at, terms in enumerate(layers)
    ]
    sized = _sized(layers, valued, active, target_coverage * condor_loss_usd)
    cost = sum(layer.cost_usd for layer in sized)
    payoff = sum(layer.payoff_usd for layer in sized)
    return HedgePlan(
        layers=tuple(sized),
        total_cost_usd=cost,
        total_payoff_usd=payoff,
        coverage=payoff / condor_loss_usd,
        condor_loss_usd=condor_loss_usd,
        net_usd=payoff - condor_loss_usd,
        spx_shock=spx_shock,
        vix_before=vix,
        vix_after=after,
        assumptions={
            "VIX response": f"+{vix_points_per_percent:g} points for each 1 % fall; the default, "
            f"{POINTS_PER_PERCENT:g}, is the median of days with falls over 3 %, 1990-2024, and "
            "such days ranged from 0.7 to 2.4",
            "future response": "of the VIX's move, 1 / (1 + (days / 30) ^ 0.75), or as given",
            "options": "Black-76 off the VIX future of the same expiration; "
            f"their volatility changes by {iv_change:g}",
            "horizon": f"{days_forward:g} days forward; margin and fees are not counted",
            "regime": "as given" if regime is not None else "not given: every layer is active",
            "rounding": "up to whole contracts",
        },
    )


def _sized(
    layers: Sequence[HedgeTerms], valued: list[LayerValue], active: list[str | None], target: float
) -> list[SizedLayer]:
    on = [at for at in range(len(layers)) if active[at] is None]
    fixed = {at: layers[at].contracts for at in on if layers[at].contracts is not None}
    for at in on:
        # A condor is sold to finance the hedge, not sized by what it protects: one, unless said.
        if layers[at].instrument == "SPX iron condor":
            fixed.setdefault(at, 1)
    free = [at for at in on if at not in fixed]
    rest = target - sum((count or 0) * valued[at].payoff_usd for at, count in fixed.items())
    shares = _shares(layers, free)
    counts = {at: int(count or 0) for at, count in fixed.items()}
    for at in free:
        gain, wanted = valued[at].payoff_usd, shares[at] * max(rest, 0.0)
        counts[at] = math.ceil(wanted / gain - ROUNDING) if gain > 0 else 0
    return [
        _layer(layers[at], valued[at], counts.get(at, 0), active[at]) for at in range(len(layers))
    ]


def _layer(terms: HedgeTerms, one: LayerValue, count: int, inactive: str | None) -> SizedLayer:
    reason = inactive or one.note
    if inactive is None and count == 0 and one.payoff_usd <= 0:
        reason = "it gains nothing under this shock, so no contracts; " + one.note
    return SizedLayer(
        layer=terms.layer,
        instrument=terms.instrument,
        active=inactive is None,
        contracts=count,
        price=one.price,
        price_after=one.price_after,
        future_after=one.future_after,
        cost_usd=count * one.cost_usd,
        payoff_usd=count * one.payoff_usd,
        reason=reason,
    )


def _shares(layers: Sequence[HedgeTerms], free: list[int]) -> dict[int, float]:
    given = {at: share for at in free if (share := layers[at].share) is not None}
    total = sum(given.values())
    if total > 1.0 + ROUNDING:
        raise ToolInputError.of("layers", total, "shares of active layers that sum to at most 1")
    unnamed = [at for at in free if at not in given]
    return {**given, **{at: (1.0 - total) / len(unnamed) for at in unnamed}}


def _active(regime: ActiveLayers | None, layers: Sequence[HedgeTerms]) -> list[str | None]:
    """For each layer None when it is on, else why it is off."""
    if regime is None:
        return [None] * len(layers)
    if isinstance(regime, Regime):
        ladder = {
            layer.name: None if layer.active else layer.reason for layer in regime.hedge_layers
        }
    elif isinstance(regime, Mapping):
        rows = regime.get("hedge_layers")
        if not isinstance(rows, list | tuple) or not all(
            isinstance(row, Mapping) and {"name", "active"} <= set(row) for row in rows
        ):
            raise ToolInputError.of(
                "regime", regime, "the result of check_regime, or a list of names"
            )
        ladder = {
            str(row["name"]): None if row["active"] else str(row.get("reason", "not active"))
            for row in rows
        }
    else:
        return [
            None if terms.layer in regime else "not among the active layers that were named"
            for terms in layers
        ]
    for at, terms in enumerate(layers):
        if terms.layer not in ladder:
            raise ToolInputError.of(
                f"layers[{at}].layer", terms.layer, f"one of {', '.join(ladder)}",
                "Layers take their names from the regime's ladder.",
            )  # fmt: skip
    return [ladder[terms.layer] for terms in layers]
