"""Whole contracts within a stated risk."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.errors import ToolInputError
from tools.sizing import size_position


def test_rounding_is_down_to_whole_contracts() -> None:
    # A public worksheet sizes 1,500 of allowed risk over 3,200 as half a contract.
    size = size_position(account_usd=100_000, max_loss_usd=3_200, risk_fraction=0.015)
    assert (size.contracts, size.risk_usd) == (0, 0)
    assert "narrower wings, or no trade" in size.reason


@pytest.mark.parametrize(("fraction", "contracts"), [(0.06, 3), (0.0599999, 2), (1.0, 50)])
def test_a_whole_quotient_is_not_lost_to_rounding(fraction: Any, contracts: Any) -> None:
    assert size_position(100_000, 2_000, fraction).contracts == contracts


def test_kelly_of_an_even_bet() -> None:
    # Kelly 1956: even money at 60 % is 20 % of the account.
    size = size_position(10_000, 100, 0.05, max_profit_usd=100, win_rate=0.6)
    assert size.kelly_fraction == pytest.approx(0.2)
    assert size.expected_value_usd == pytest.approx(5 * 20)


def test_a_win_rate_below_break_even_is_said() -> None:
    size = size_position(100_000, 400, 0.02, max_profit_usd=100, win_rate=0.79)
    assert "not positive at any size" in size.reason


@given(
    account=st.floats(1, 1e9), loss=st.floats(0.01, 1e7), fraction=st.floats(1e-6, 1),
)  # fmt: skip
def test_the_risk_stays_within_and_one_more_would_not(
    account: Any, loss: Any, fraction: Any
) -> None:
    size = size_position(account, loss, fraction)
    allowed = account * fraction
    assert size.risk_usd <= allowed * (1 + 1e-8)
    assert (size.contracts + 1) * loss > allowed * (1 - 1e-8)
    assert size.risk_fraction_used == pytest.approx(size.risk_usd / account)


@pytest.mark.parametrize("field", ["account_usd", "max_loss_usd", "risk_fraction"])
@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), "1", None, [1]])
def test_bad_input_names_its_field(field: Any, value: Any) -> None:
    arguments = {"account_usd": 1e5, "max_loss_usd": 400, "risk_fraction": 0.02, field: value}
    with pytest.raises(ToolInputError) as caught:
        size_position(**arguments)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("arguments", "field"),
    [({"risk_fraction": 1.5}, "risk_fraction"), ({"win_rate": 1}, "win_rate"),
     ({"max_profit_usd": -3}, "max_profit_usd")],
)  # fmt: skip
def test_what_is_out_of_bounds_is_named(arguments: Any, field: Any) -> None:
    with pytest.raises(ToolInputError) as caught:
        size_position(
            **{"account_usd": 1e5, "max_loss_usd": 400, "risk_fraction": 0.02, **arguments}
        )
    assert caught.value.field == field
