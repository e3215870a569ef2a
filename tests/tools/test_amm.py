"""The constant-product pool against the contracts' own test cases, and its properties."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.shared import vectors
from tools.amm import amm_swap, impermanent_loss
from tools.errors import ToolInputError

sizes = st.floats(min_value=1e-6, max_value=1e12)
fees = st.floats(min_value=0, max_value=0.99)
ratios = st.floats(min_value=1e-12, max_value=1e12)


def swap(vector: Any) -> Any:
    inputs = {key: float(value) for key, value in vector["inputs"].items()}
    return amm_swap(**inputs)


@pytest.mark.parametrize("vector", vectors("amm.json", "amm_amount_out", "amm_amount_in"))
def test_published_swaps(vector: Any) -> None:
    expected = vector["expected"]
    if expected.get("error"):
        with pytest.raises(ToolInputError):
            swap(vector)
    elif "amount_out" in expected:
        assert swap(vector).amount_out == pytest.approx(float(expected["amount_out"]), rel=1e-12)
    else:
        # The contract rounds the amount out down, and the amount in up.
        result = swap(vector)
        whole = (
            math.floor(result.amount_out)
            if vector["function"] == "amm_amount_out"
            else math.floor(result.amount_in) + 1
        )
        assert whole == expected["integer_result"]


@pytest.mark.parametrize("vector", vectors("amm.json", "impermanent_loss"))
def test_published_losses(vector: Any) -> None:
    loss = impermanent_loss(**vector["inputs"])
    assert loss == pytest.approx(vector["expected"]["il"], abs=vector["tolerance"])
    assert loss == pytest.approx(vector["verification"]["values"][0], abs=1e-14)


def test_a_published_error_is_not_repeated() -> None:
    # bit1024.com gives -51 % for tokens at 1.2 and 0.8 of their prices.
    assert impermanent_loss(1.2, 0.8) == pytest.approx(2 * math.sqrt(0.96) / 2 - 1, rel=1e-12)
    assert impermanent_loss(1.2, 0.8) == pytest.approx(-0.0202, abs=1e-4)


def test_a_loss_of_one_half_takes_a_move_of_nearly_fourteen_times() -> None:
    assert impermanent_loss(13.93) == pytest.approx(-0.5, abs=1e-3)


@given(ratio=ratios)
def test_the_loss_is_the_same_for_a_ratio_and_its_inverse(ratio: Any) -> None:
    loss = impermanent_loss(ratio)
    assert -1 <= loss <= 0
    assert impermanent_loss(1, ratio) == loss
    assert impermanent_loss(1 / ratio) == pytest.approx(loss, rel=1e-9, abs=1e-18)
    assert loss == pytest.approx(2 * math.sqrt(ratio) / (1 + ratio) - 1, abs=1e-12)


def test_equal_moves_lose_nothing() -> None:
    assert impermanent_loss(3.7, 3.7) == 0


@given(x=sizes, y=sizes, amount=sizes, fee=fees)
def test_the_product_never_falls_and_grows_with_a_fee(
    x: Any, y: Any, amount: Any, fee: Any
) -> None:
    result = amm_swap(x, y, amount, fee)
    before, after = x * y, result.new_reserve_in * result.new_reserve_out
    assert after >= before * (1 - 1e-9)
    assert 0 < result.amount_out <= y
    assert 0 <= result.price_impact <= 1
    assert result.cost >= result.price_impact - 1e-9
    if amount / x > 1e-3 and fee > 1e-3 and amount / x < 1e3:
        assert after > before


@given(x=sizes, y=sizes, part=st.floats(1e-6, 0.99), fee=fees)
def test_the_amount_in_for_a_wanted_amount_out_gives_it_back(
    x: Any, y: Any, part: Any, fee: Any
) -> None:
    asked = amm_swap(x, y, fee=fee, amount_out=part * y)
    assert amm_swap(x, y, asked.amount_in, fee).amount_out == pytest.approx(part * y, rel=1e-9)


@given(x=sizes, y=sizes, amount=sizes)
def test_without_a_fee_one_swap_in_two_parts_gives_the_same(x: Any, y: Any, amount: Any) -> None:
    whole = amm_swap(x, y, amount, 0.0)
    first = amm_swap(x, y, amount / 2, 0.0)
    second = amm_swap(first.new_reserve_in, first.new_reserve_out, amount / 2, 0.0)
    assert first.amount_out + second.amount_out == pytest.approx(whole.amount_out, rel=1e-6)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"reserve_in": 0}, "reserve_in"),
        ({"reserve_out": -1}, "reserve_out"),
        ({"amount_in": 0}, "amount_in"),
        ({"amount_in": float("nan")}, "amount_in"),
        ({"amount_in": None}, "amount_in"),
        ({"amount_out": 1}, "amount_in"),
        ({"amount_in": None, "amount_out": 100}, "amount_out"),
        ({"fee": 1}, "fee"),
        ({"fee": -0.1}, "fee"),
        ({"fee": "0.3 %"}, "fee"),
        ({"reserve_in": [100]}, "reserve_in"),
    ],
)
def test_bad_input_names_its_field(arguments: Any, field: Any) -> None:
    with pytest.raises(ToolInputError) as caught:
        amm_swap(**{"reserve_in": 100, "reserve_out": 100, "amount_in": 1, **arguments})
    assert caught.value.field == field


@pytest.mark.parametrize("ratio", [0, -1, float("nan"), float("inf"), "2", None])
def test_a_ratio_that_is_none_is_refused(ratio: Any) -> None:
    with pytest.raises(ToolInputError, match="price_ratio"):
        impermanent_loss(ratio)
