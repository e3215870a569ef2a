"""Break-evens, maximum loss and credit rules without a model, and the curve of the VIX futures."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools import (
    ToolInputError,
    break_even,
    check_credit,
    condor_payoff,
    credit_range,
    price_condor,
    vix_futures_curve,
)

FUTURES = Path(__file__).parents[3] / "shared/data/market/vix_futures_m1_m7_daily.csv"
WINGS: dict[str, Any] = {
    "put_long": 5450, "put_short": 5500, "call_short": 6050, "call_long": 6100,
}  # fmt: skip


def test_the_wings_give_the_maximum_loss_of_every_contract() -> None:
    condor = break_even(**WINGS, credit=12.4, contracts=3)
    assert (condor.lower, condor.upper) == (5487.6, 6062.4)
    assert condor.max_loss == pytest.approx(37.6)
    assert condor.max_loss_usd == pytest.approx(11280)
    assert condor.max_profit_usd == pytest.approx(3720)


def test_without_wings_nothing_is_said_of_a_maximum_loss() -> None:
    condor = break_even(5500, 6050, 12.4)
    assert condor.max_loss is condor.max_loss_usd is condor.width is None
    assert condor.max_profit_usd == pytest.approx(1240)


@settings(deadline=None)  # the first payoff imports pandas
@given(
    narrow=st.integers(5, 60),
    wide=st.integers(5, 60),
    part=st.floats(0.05, 0.95),
    settlement=st.floats(5000, 6500),
)
def test_no_model_is_needed_at_expiration(
    narrow: int, wide: int, part: float, settlement: float
) -> None:
    """The same numbers as the priced condor's, whatever its volatility."""
    legs = {
        "put_long": 5500 - narrow, "put_short": 5500, "call_short": 6050, "call_long": 6050 + wide,
    }  # fmt: skip
    credit = part * min(narrow, wide)
    plain = break_even(**legs, credit=credit, settlement=settlement)
    priced: dict[str, Any] = {**legs, "spot": 5800, "days": 30, "iv": 0.16, "credit": credit}
    condor = price_condor(**priced)
    assert plain.max_loss_usd == pytest.approx(condor.max_loss_usd)
    assert plain.lower == pytest.approx(condor.lower_break_even)
    assert plain.upper == pytest.approx(condor.upper_break_even)
    paid = condor_payoff(condor, [settlement]).profit_usd.iloc[0]
    assert plain.profit_usd == pytest.approx(paid, abs=1e-6)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"call_long": None}, "needs both long strikes"),
        ({"put_long": None}, "needs both long strikes"),
        ({"put_long": 5510}, "put_short"),
        ({"credit": 50}, "below the width of the wider wing"),
        ({"put_long": None, "call_long": None, "credit": 5500}, "below the short put's strike"),
        ({"put_long": None, "call_long": None, "settlement": 5600}, "needs the wings"),
        ({"settlement": float("nan")}, "settlement"),
        ({"contracts": 1.5}, "whole number"),
    ],
)
def test_what_cannot_be_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ToolInputError, match=message):
        break_even(**{**WINGS, "credit": 12.4, **changed})


@pytest.mark.parametrize(
    ("credit", "width", "needed"),
    [
        (0.70, 5, 0.860), (0.70, 10, 0.930), (0.70, 20, 0.965), (0.70, 25, 0.972),
        (1.15, 5, 0.770), (1.15, 10, 0.885), (1.60, 5, 0.680), (1.60, 25, 0.936),
    ],
)  # fmt: skip
def test_the_win_rate_that_a_credit_needs(credit: float, width: float, needed: float) -> None:
    assert round(check_credit(credit, width).break_even_win_rate, 3) == needed


def test_a_stated_win_rate_has_an_expected_value() -> None:
    """Nine of ten on 0.70 come out even at 7 points of width and lose 1.80 a trade at 25."""
    assert check_credit(0.70, 7, win_rate=0.9).expected_value == pytest.approx(0, abs=1e-12)
    at_25 = check_credit(0.70, 25, win_rate=0.9)
    assert at_25.expected_value == pytest.approx(-1.80)
    assert at_25.expected_value_usd == pytest.approx(-180)
    assert check_credit(0.70, 25).expected_value is None
    with pytest.raises(ToolInputError, match=r"0\.9 is 90 %"):
        check_credit(0.70, 25, win_rate=90)


@given(width=st.floats(1, 500))
def test_the_range_of_a_width_is_where_the_verdict_changes(width: float) -> None:
    target = credit_range(width)
    assert check_credit(target.low_credit * 0.999, width).verdict == "thin"
    assert check_credit(target.low_credit * 1.001, width).verdict == "in range"
    assert check_credit(target.high_credit * 1.001, width).verdict == "rich"
    assert (target.low_win_rate, target.high_win_rate) == (0.85, 0.75)
    with pytest.raises(ToolInputError, match="above low"):
        credit_range(width, low=0.3, high=0.2)


@pytest.mark.parametrize(
    ("months", "shape"),
    [((16, 17), "contango"), ((19, 18), "backwardation"), ((16, 17, 18), "contango"),
     ((16, 17, 16.5), "mixed"), ((16, 16), "flat"), ((16, 16, 17), "mixed")],
)  # fmt: skip
def test_the_shape_of_the_futures(months: tuple[float, ...], shape: str) -> None:
    assert vix_futures_curve(*months).shape == shape


def test_slope_and_basis() -> None:
    curve = vix_futures_curve(20, 21, vix=22.5)
    assert curve.slope == pytest.approx(0.05)
    assert (curve.slope_points, curve.basis) == (1, -2.5)
    with pytest.raises(ToolInputError, match="second_future"):
        vix_futures_curve(20, 0)


@pytest.mark.skipif(not FUTURES.exists(), reason="the shared market data are not here")
def test_real_settlements_have_the_shape_that_is_told_of_them() -> None:
    """Contango on 84 % of days, and backwardation on 2020-03-16."""
    with FUTURES.open(newline="") as file:
        rows = list(csv.DictReader(file))
    day, first, second = list(rows[0])[:3]
    curves = {
        row[day][:10]: vix_futures_curve(float(row[first]), float(row[second])).shape
        for row in rows
        if row[first] and row[second]
    }
    assert curves["2020-03-16"] == "backwardation"
    share = sum(shape == "contango" for shape in curves.values()) / len(curves)
    assert round(share, 2) == 0.84
