"""Rolling: cash is conserved, break-evens follow the credit carried, the verdict has two legs."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.condor import price_condor
from tools.errors import ToolInputError
from tools.ratios import xirr
from tools.rolls import plan_roll

OPEN = {
    "spot": 5520.0, "put_long": 5450.0, "put_short": 5500.0, "call_short": 6050.0,
    "call_long": 6100.0, "days": 9.0, "iv": 0.19, "rate": 0.045, "dividend_yield": 0.013,
    "credit": 13.0,
}  # fmt: skip
NEW = {
    **OPEN, "put_long": 5250.0, "put_short": 5300.0, "call_short": 5850.0, "call_long": 5900.0,
    "days": 37.0, "credit": 16.0,
}  # fmt: skip


def test_the_arithmetic_of_one_roll() -> None:
    plan = plan_roll(OPEN, NEW, wacc=0.07, close_cost=21.0)
    assert plan.net_credit == pytest.approx(16 - 21)
    assert plan.total_credit == pytest.approx(13 + 16 - 21)
    assert plan.lower_break_even_before == pytest.approx(5500 - 13)
    assert plan.lower_break_even_after == pytest.approx(5300 - 8)
    assert plan.upper_break_even_after == pytest.approx(5850 + 8)
    assert plan.max_profit_after_usd == pytest.approx(800)
    assert plan.max_loss_after_usd == pytest.approx((50 - 8) * 100)
    assert not plan.accept
    assert any("costs money" in warning for warning in plan.warnings)
    assert any("800.00 US dollars final" in warning for warning in plan.warnings)


def test_the_rate_is_that_of_its_own_cash_flows() -> None:
    plan = plan_roll(OPEN, {**NEW, "credit": 24.0}, wacc=0.07, close_cost=15.0)
    start = dt.date(2025, 1, 1)
    flows = [(start + dt.timedelta(days=int(flow.day)), flow.usd) for flow in plan.cash_flows]
    assert plan.irr == pytest.approx(xirr(flows), rel=1e-9)
    assert plan.cash_flows[0].usd == pytest.approx(900 - 5000)


def test_a_high_rate_that_hides_a_worse_expectation_is_refused_and_said() -> None:
    close = float(price_condor(**OPEN).model_credit)
    fair = float(price_condor(**{**NEW, "credit": None}).model_credit)
    plan = plan_roll(OPEN, {**NEW, "credit": fair - 1}, wacc=-0.5, close_cost=close)
    assert plan.irr > plan.wacc
    assert plan.expected_value_after_usd < plan.expected_value_before_usd
    assert not plan.accept
    assert any("hides an expected value" in warning for warning in plan.warnings)


def test_a_roll_with_an_edge_and_a_return_is_accepted() -> None:
    view = {**NEW, "iv": 0.12}
    fair = float(price_condor(**{**view, "credit": None}).model_credit)
    close = float(price_condor(**OPEN).model_credit)
    plan = plan_roll(OPEN, {**view, "credit": close + fair + 8}, wacc=0.05, close_cost=close)
    assert plan.accept
    assert plan.expected_value_after_usd - plan.expected_value_before_usd == pytest.approx(
        100 * (close + 8), rel=1e-9
    )
    assert "above the cost of capital" in plan.reasons[0]


def test_at_fair_prices_a_roll_changes_the_expectation_by_its_fees() -> None:
    fair = float(price_condor(**{**NEW, "credit": None}).model_credit)
    plan = plan_roll(OPEN, {**NEW, "credit": fair, "fees": 0.3}, wacc=0.05)
    assert plan.expected_value_after_usd - plan.expected_value_before_usd == pytest.approx(-30)
    assert not plan.accept


def test_the_hurdle_alone_can_refuse() -> None:
    view = {**NEW, "iv": 0.12}
    plan = plan_roll(OPEN, {**view, "credit": 16.0}, wacc=9.0, close_cost=10.0)
    assert plan.expected_value_after_usd > plan.expected_value_before_usd
    assert not plan.accept
    assert "not above the cost of capital" in plan.reasons[0]


def test_no_credit_left_means_no_break_even() -> None:
    plan = plan_roll(OPEN, {**NEW, "credit": 5.0}, wacc=0.05, close_cost=30.0)
    assert math.isnan(plan.lower_break_even_after)
    assert plan.to_dict()["lower_break_even_after"] is None
    assert any("even the best outcome is a loss" in warning for warning in plan.warnings)


def test_more_contracts_are_warned_about() -> None:
    plan = plan_roll(OPEN, {**NEW, "contracts": 3}, wacc=0.05, close_cost=20.0)
    assert any("risk of ruin" in warning for warning in plan.warnings)
    assert plan.total_credit == pytest.approx((13 - 20 + 3 * 16) / 3)


def test_quotes_and_mappings_say_the_same() -> None:
    quotes = plan_roll(price_condor(**OPEN), price_condor(**NEW), 0.05, close_cost=20.0)
    assert quotes == plan_roll(OPEN, NEW, 0.05, close_cost=20.0)


@given(
    first=st.floats(0.5, 49), new=st.floats(0.5, 49), close=st.floats(0, 49),
    fees=st.floats(0, 2), contracts=st.integers(1, 50), days=st.floats(1, 400),
)  # fmt: skip
def test_cash_is_conserved(
    first: Any, new: Any, close: Any, fees: Any, contracts: Any, days: Any
) -> None:
    old = {**OPEN, "credit": first, "contracts": contracts}
    later = {**NEW, "credit": new, "fees": fees, "contracts": contracts, "days": days}
    plan = plan_roll(old, later, wacc=0.05, close_cost=close)
    paid_in = sum(flow.usd for flow in plan.cash_flows)
    assert paid_in == pytest.approx(plan.net_credit_usd, abs=1e-6)
    assert plan.net_credit_usd == pytest.approx(100 * contracts * (new - fees - close), abs=1e-6)
    assert plan.total_credit == pytest.approx(first + plan.net_credit, abs=1e-9)
    assert plan.max_profit_after_usd + plan.max_loss_after_usd == pytest.approx(
        50 * 100 * contracts, rel=1e-9
    )


@given(credit=st.floats(1, 49))
def test_a_larger_credit_never_lowers_the_rate(credit: Any) -> None:
    less = plan_roll(OPEN, {**NEW, "credit": credit * 0.9}, 0.05, close_cost=5.0)
    more = plan_roll(OPEN, {**NEW, "credit": credit}, 0.05, close_cost=5.0)
    assert more.irr >= less.irr
    assert more.expected_value_after_usd >= less.expected_value_after_usd


def test_the_figure_says_hold_and_roll() -> None:
    plan = plan_roll(OPEN, NEW, wacc=0.07, close_cost=21.0)
    figure = plan.figure()
    assert [bar.name for bar in figure.data] == ["hold", "roll"]
    assert "Do not roll" in figure.layout.title.text
    assert "expected value" in repr(plan).lower()


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"open_condor": 5}, "open_condor"),
        ({"open_condor": {**OPEN, "put_long": 6000}}, "open_condor.put_short"),
        ({"open_condor": {**OPEN, "days": 0}}, "open_condor.days"),
        ({"new_condor": {**NEW, "iv": -0.2}}, "new_condor.iv"),
        ({"new_condor": {**NEW, "credit": 60}}, "new_condor.credit"),
        ({"wacc": float("nan")}, "wacc"),
        ({"wacc": "7 %"}, "wacc"),
        ({"close_cost": -1}, "close_cost"),
        ({"days_between": 0}, "days_between"),
        ({"margin_usd": 0}, "margin_usd"),
        ({"margin_usd": 100, "close_cost": 0}, "margin_usd"),
    ],
)
def test_bad_input_names_its_field(arguments: Any, field: Any) -> None:
    with pytest.raises(ToolInputError) as caught:
        plan_roll(**{"open_condor": OPEN, "new_condor": NEW, "wacc": 0.05, **arguments})
    assert caught.value.field == field
