"""The layered hedge: terms, prices off the right future, sizes, and what the regime turns off."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.shared import market_csv
from tools.errors import ToolInputError
from tools.hedge_terms import HedgeTerms
from tools.hedges import size_hedge
from tools.pricing import price_option
from tools.regime import check_regime
from tools.vix_response import POINTS_PER_PERCENT, future_response, vix_after_shock

SHORT = HedgeTerms("short_vix_calls", "VIX call", future=18.0, strike=22, days=30, iv=0.95)
LONG = HedgeTerms("long_vix_calls", "VIX call", future=19.5, strike=25, days=90, iv=0.75)
FUTURE = HedgeTerms("vix_futures", "VIX future", future=19.0, days=60)
FUND = HedgeTerms("volatility_fund", "volatility fund", future=18.2, price=45.0)
CONDOR = HedgeTerms("long_condors", "SPX iron condor", loss_usd=1500, credit_usd=900)
LADDER = [SHORT, LONG, FUTURE, FUND, CONDOR]
SHOCK = {"condor_loss_usd": 20_000, "spx_shock": -0.06, "vix": 17.0}


def row(plan: Any, name: Any) -> Any:
    return next(layer for layer in plan.layers if layer.layer == name)


def test_one_call_is_black_76_off_its_future() -> None:
    plan = size_hedge(**SHOCK, layers=[replace(SHORT, contracts=3)])
    after = 18.0 + future_response(30) * 100 * 0.06 * POINTS_PER_PERCENT
    before = price_option("call", 18.0, 22, 30, 0.95, model="black76").price
    later = price_option("call", after, 22, 30, 0.95, model="black76").price
    layer = plan.layers[0]
    assert layer.future_after == pytest.approx(after, rel=1e-12)
    assert (layer.price, layer.price_after) == pytest.approx((before, later), rel=1e-12)
    assert layer.cost_usd == pytest.approx(300 * before, rel=1e-12)
    assert layer.payoff_usd == pytest.approx(300 * (later - before), rel=1e-12)


def test_the_vix_and_each_future_move_as_assumed() -> None:
    plan = size_hedge(**SHOCK, layers=[FUTURE, LONG])
    assert plan.vix_after == pytest.approx(17 + 6 * 1.35)
    moves = [layer.future_after for layer in plan.layers]
    assert moves[0] - 19.0 == pytest.approx(future_response(60) * 8.1)
    assert moves[1] - 19.5 == pytest.approx(future_response(90) * 8.1)
    assert "1.35" in plan.assumptions["VIX response"]


def test_the_assumed_response_can_be_set() -> None:
    calm = size_hedge(**SHOCK, layers=[SHORT], vix_points_per_percent=0.5)
    wild = size_hedge(**SHOCK, layers=[SHORT], vix_points_per_percent=2.5)
    assert calm.vix_after < wild.vix_after
    assert calm.layers[0].contracts > wild.layers[0].contracts
    own = size_hedge(**SHOCK, layers=[replace(FUTURE, response=1.0)])
    assert own.layers[0].future_after - 19.0 == pytest.approx(8.1)


def test_the_response_has_the_origin_that_it_claims() -> None:
    spx = market_csv("spx_daily.csv.gz")["close"]["1990":]
    vix = market_csv("vix_daily.csv")["close"].reindex(spx.index)
    falls, rises = -100 * spx.pct_change(), vix.diff()
    big = falls > 3
    each = (rises[big] / falls[big]).quantile([0.1, 0.5, 0.9])
    assert int(big.sum()) == 104
    assert each.round(2).tolist() == pytest.approx([0.7, POINTS_PER_PERCENT, 2.4], abs=0.05)


def test_the_futures_curve_fits_what_was_measured() -> None:
    futures = market_csv("vix_futures_m1_m7_daily.csv")["2007":]
    vix = market_csv("vix_daily.csv")["close"].reindex(futures.index)
    rise = vix.diff()
    jump = (futures.days_to_expiration.diff() < 0) & (rise >= 1.5)
    assert int(jump.sum()) == 498
    front = futures.days_to_expiration[jump].mean() * 7 / 5
    for month in range(1, 8):
        move = futures[f"m{month}"].diff()[jump]
        slope = (move * rise[jump]).sum() / (rise[jump] ** 2).sum()
        assert future_response(front + 30.4 * (month - 1)) == pytest.approx(slope, abs=0.02)


def test_the_market_price_is_what_is_paid() -> None:
    paid = size_hedge(**SHOCK, layers=[replace(SHORT, iv=None, price=1.4, contracts=1)])
    assert paid.total_cost_usd == pytest.approx(140)
    assert "volatility" in paid.layers[0].reason


def test_the_ladder_covers_the_target_and_rounds_up() -> None:
    plan = size_hedge(**SHOCK, layers=[SHORT, LONG, FUTURE], target_coverage=0.8)
    assert 0.8 <= plan.coverage < 1.1
    assert all(layer.contracts >= 1 for layer in plan.layers)
    assert plan.net_usd == pytest.approx(plan.total_payoff_usd - 20_000)


def test_shares_split_the_target() -> None:
    plan = size_hedge(**SHOCK, layers=[replace(SHORT, share=0.75), LONG])
    short, long = plan.layers
    assert short.payoff_usd >= 0.75 * 20_000
    assert long.payoff_usd >= 0.25 * 20_000
    assert long.payoff_usd < 0.30 * 20_000


def test_the_condor_layer_finances_and_loses_in_the_same_shock() -> None:
    plan = size_hedge(**SHOCK, layers=[SHORT, CONDOR])
    condor = row(plan, "long_condors")
    assert (condor.contracts, condor.cost_usd, condor.payoff_usd) == (1, -900, -1500)
    # The calls have to cover what the financing layer loses, too.
    assert row(plan, "short_vix_calls").payoff_usd >= 21_500
    assert plan.coverage >= 1.0


def test_the_regime_turns_layers_on_and_off() -> None:
    calm = size_hedge(**SHOCK, layers=LADDER, regime=check_regime(vix=13, vix3m=16))
    assert [layer.active for layer in calm.layers] == [True, False, False, False, True]
    stressed = size_hedge(**SHOCK, layers=LADDER, regime=check_regime(vix=22, vix3m=20.5))
    assert [layer.active for layer in stressed.layers] == [True, True, True, True, False]
    off = row(stressed, "long_condors")
    assert (off.contracts, off.cost_usd, off.payoff_usd) == (0, 0, 0)
    assert "withdrawn" in off.reason


def test_a_regime_as_json_or_as_names_says_the_same() -> None:
    regime = check_regime(vix=13, vix3m=16)
    names = [layer.name for layer in regime.hedge_layers if layer.active]
    plans = [
        size_hedge(**SHOCK, layers=LADDER, regime=r) for r in (regime, regime.to_dict(), names)
    ]
    assert len({tuple(layer.contracts for layer in plan.layers) for plan in plans}) == 1


def test_terms_as_plain_mappings() -> None:
    terms = {"layer": "short_vix_calls", "instrument": "VIX call", "future": 18.0, "strike": 22,
             "days": 30, "iv": 0.95}  # fmt: skip
    assert size_hedge(**SHOCK, layers=[terms]) == size_hedge(**SHOCK, layers=[SHORT])


def test_spot_vix_is_refused_as_the_underlying() -> None:
    with pytest.raises(ToolInputError, match="Spot VIX does not do") as caught:
        size_hedge(**SHOCK, layers=[replace(SHORT, future=None)])
    assert caught.value.field == "layers[0].future"


def test_a_future_of_another_expiration_is_refused() -> None:
    other = replace(SHORT, expiration=dt.date(2026, 1, 21), future_expiration=dt.date(2026, 2, 18))
    with pytest.raises(ToolInputError, match="only the future of that"):
        size_hedge(**SHOCK, layers=[other])
    same = replace(SHORT, expiration=dt.date(2026, 1, 21), future_expiration=dt.date(2026, 1, 21))
    assert size_hedge(**SHOCK, layers=[same]).coverage > 1


def test_a_call_that_gains_nothing_is_not_bought() -> None:
    plan = size_hedge(**SHOCK, layers=[SHORT], vix_points_per_percent=0)
    assert plan.layers[0].contracts == 0
    assert "gains nothing" in plan.layers[0].reason


def test_time_costs_a_call_value() -> None:
    now = size_hedge(**SHOCK, layers=[replace(SHORT, contracts=1)])
    later = size_hedge(**SHOCK, layers=[replace(SHORT, contracts=1)], days_forward=20)
    at_end = size_hedge(**SHOCK, layers=[replace(SHORT, contracts=1)], days_forward=30)
    assert now.total_payoff_usd > later.total_payoff_usd > at_end.total_payoff_usd
    assert at_end.layers[0].price_after == pytest.approx(max(at_end.layers[0].future_after - 22, 0))


@given(loss=st.floats(1e3, 1e6), shock=st.floats(-0.3, -0.01), vix=st.floats(9, 60))
def test_a_larger_fall_never_pays_less(loss: Any, shock: Any, vix: Any) -> None:
    one = [replace(terms, contracts=1) for terms in (SHORT, LONG, FUTURE, FUND)]
    small = size_hedge(loss, shock / 2, vix, one)
    large = size_hedge(loss, shock, vix, one)
    for less, more in zip(small.layers, large.layers, strict=True):
        assert more.payoff_usd >= less.payoff_usd - 1e-9


@given(target=st.floats(0.1, 2), loss=st.floats(1e3, 1e6))
def test_sized_layers_always_reach_the_target(target: Any, loss: Any) -> None:
    plan = size_hedge(loss, -0.05, 16, [SHORT, LONG, FUTURE, FUND], target_coverage=target)
    assert plan.coverage >= target * (1 - 1e-6)


def test_the_figure_adds_up() -> None:
    plan = size_hedge(**SHOCK, layers=LADDER, regime=check_regime(vix=22, vix3m=20.5))
    bars = plan.figure().data[0].y
    assert np.sum(bars[:-1]) == pytest.approx(bars[-1])
    assert "gains" in repr(plan)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"condor_loss_usd": 0}, "condor_loss_usd"),
        ({"condor_loss_usd": -5}, "condor_loss_usd"),
        ({"spx_shock": 0.05}, "spx_shock"),
        ({"spx_shock": -5}, "spx_shock"),
        ({"vix": 0}, "vix"),
        ({"layers": []}, "layers"),
        ({"layers": 5}, "layers"),
        ({"layers": [{"layer": "x"}]}, "layers.0.instrument"),
        ({"layers": [{"layer": "x", "instrument": "VIX put"}]}, "layers.0.instrument"),
        ({"layers": [replace(SHORT, instrument="VIX put")]}, "layers[0].instrument"),
        ({"layers": [replace(SHORT, strike=None)]}, "layers[0].strike"),
        ({"layers": [replace(SHORT, strike=-1)]}, "layers[0].strike"),
        ({"layers": [replace(SHORT, days=None)]}, "layers[0].days"),
        ({"layers": [replace(SHORT, days=0)]}, "layers[0].days"),
        ({"layers": [replace(SHORT, iv=None)]}, "layers[0].iv"),
        ({"layers": [replace(SHORT, iv=-0.9)]}, "layers[0].iv"),
        ({"layers": [SHORT, replace(SHORT, iv=float("nan"))]}, "layers[1].iv"),
        ({"layers": [replace(SHORT, share=1.5)]}, "layers[0].share"),
        ({"layers": [replace(SHORT, share=0.7), replace(LONG, share=0.7)]}, "layers"),
        ({"layers": [replace(SHORT, contracts=1.5)]}, "layers[0].contracts"),
        ({"layers": [replace(SHORT, multiplier=0)]}, "layers[0].multiplier"),
        ({"layers": [replace(FUTURE, days=None)]}, "layers[0].days"),
        ({"layers": [replace(FUND, price=None)]}, "layers[0].price"),
        ({"layers": [replace(FUND, leverage=0)]}, "layers[0].leverage"),
        ({"layers": [replace(FUND, future=None)]}, "layers[0].future"),
        ({"layers": [replace(CONDOR, loss_usd=None)]}, "layers[0].loss_usd"),
        ({"layers": [replace(CONDOR, credit_usd=-1)]}, "layers[0].credit_usd"),
        ({"regime": {"label": "calm"}}, "regime"),
        ({"regime": check_regime(vix=20), "layers": [replace(SHORT, layer="gold")]},
         "layers[0].layer"),
        ({"target_coverage": 0}, "target_coverage"),
        ({"vix_points_per_percent": -1}, "vix_points_per_percent"),
        ({"iv_change": float("nan")}, "iv_change"),
        ({"iv_change": -2.0}, "iv_change"),
        ({"days_forward": 31}, "days_forward"),
        ({"rate": "4 %"}, "rate"),
    ],
)  # fmt: skip
def test_bad_input_names_its_field(arguments: Any, field: Any) -> None:
    with pytest.raises(ToolInputError) as caught:
        size_hedge(**{**SHOCK, "layers": [SHORT], **arguments})
    assert caught.value.field == field


def test_a_price_below_intrinsic_is_explained() -> None:
    with pytest.raises(ToolInputError, match="intrinsic"):
        size_hedge(**SHOCK, layers=[replace(SHORT, strike=10, iv=None, price=2.0)])


def test_the_vix_does_not_fall_through_the_floor() -> None:
    assert vix_after_shock(10, 0.5) == 5
