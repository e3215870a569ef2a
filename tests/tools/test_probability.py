"""Touch and expected move: against Haug, 50 digits and what a probability has to obey."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools import exact
from tools import ToolInputError, expected_move, price_option, probability_of_touch


def test_the_touch_of_the_peer_that_returns_a_value() -> None:
    """optionlab 1.9.1 gives 0.540374 here, the discounted value of a dollar at the touch."""
    chance = probability_of_touch(100, 105, 60, 0.20, rate=0.01)
    assert chance == pytest.approx(0.540703, abs=5e-7)
    assert abs(chance - 0.540374) > 3e-4


def test_the_touch_in_haugs_table_is_a_probability() -> None:
    """Haug, p. 95: index 105, barrier 100, half a year, 10 %: 9.7264 / 15 is a value at the hit."""
    chance = probability_of_touch(105, 100, 182.5, 0.20, rate=0.10)
    assert chance == pytest.approx(0.6560, abs=5e-5)
    assert abs(chance - 9.7264 / 15) > 7e-3


@pytest.mark.parametrize("array", [False, True])
def test_touch_has_eleven_digits(array: bool) -> None:
    grid = [
        (100.0, barrier, days, iv, rate, carry)
        for barrier, days, iv, (rate, carry) in itertools.product(
            (20.0, 70.0, 95.0, 99.99, 100.01, 104.0, 150.0, 400.0),
            (1.0, 30.0, 365.0, 3650.0),
            (0.05, 0.2, 0.9),
            ((0.0, 0.0), (0.05, 0.01), (-0.01, 0.06), (0.4, -0.2)),
        )
    ]
    if array:
        ours = probability_of_touch(*(np.array(column) for column in zip(*grid, strict=True)))
    else:
        ours = [probability_of_touch(*one) for one in grid]
    for one, chance in zip(grid, ours, strict=True):
        true = exact.touch(*one)
        if true > 1e-12:
            assert abs(chance / true - 1) < 1e-11, one
        assert 0 <= chance <= 1


@given(
    st.floats(min_value=0.5, max_value=2),
    st.floats(min_value=1, max_value=1000),
    st.floats(min_value=0.05, max_value=1),
    st.floats(min_value=-0.05, max_value=0.1),
    st.floats(min_value=-0.05, max_value=0.1),
)
def test_a_touch_is_at_least_as_likely_as_the_end_beyond(
    ratio: float, days: float, iv: float, rate: float, carry: float
) -> None:
    kind = "call" if ratio >= 1 else "put"
    beyond = price_option(kind, 100, 100 * ratio, days, iv, rate, carry).probability_in_the_money
    touched = probability_of_touch(100, 100 * ratio, days, iv, rate, carry)
    assert touched >= beyond - 1e-15
    later = probability_of_touch(100, 100 * ratio, days * 1.5, iv, rate, carry)
    assert later >= touched - 1e-12


def test_the_barrier_at_the_index_is_touched() -> None:
    assert probability_of_touch(5800, 5800, 30, 0.16) == 1.0


def test_a_monte_carlo_of_closes_touches_a_little_less_often() -> None:
    random = np.random.default_rng(7)
    steps, paths = 400, 20_000
    s = 0.2 * math.sqrt(0.25 / steps)
    log = np.cumsum(random.normal(-s * s / 2, s, (paths, steps)), axis=1)
    simulated = (log.max(axis=1) >= math.log(1.1)).mean()
    chance = probability_of_touch(100, 110, 365 / 4, 0.2)
    assert chance - 0.03 < simulated < chance + 0.005


def test_expected_move() -> None:
    move = expected_move(5800, 0.16, 30)
    assert move.points == pytest.approx(5800 * 0.16 * math.sqrt(30 / 365))
    assert (move.lower, move.upper) == (5800 - move.points, 5800 + move.points)
    assert expected_move(100, 3, 365).lower == 0
    table = expected_move(np.array([100.0, 200.0]), 0.2, 365)
    assert table.upper.tolist() == pytest.approx([120, 240])


@pytest.mark.parametrize("field", ["spot", "barrier", "days", "iv", "rate", "dividend_yield"])
@pytest.mark.parametrize("value", [None, "1", math.nan, math.inf, [], -1])
def test_bad_input_of_a_touch_is_named(field: str, value: Any) -> None:
    good = {"spot": 100, "barrier": 105, "days": 30, "iv": 0.2, "rate": 0, "dividend_yield": 0}
    with pytest.raises(ToolInputError) as caught:
        probability_of_touch(**{**good, field: value})
    assert caught.value.field == field


@pytest.mark.parametrize("field", ["spot", "days", "iv"])
@pytest.mark.parametrize("value", [None, "1", math.nan, math.inf, [], -1, 0])
def test_bad_input_of_an_expected_move_is_named(field: str, value: Any) -> None:
    with pytest.raises(ToolInputError) as caught:
        expected_move(**{"spot": 100, "days": 30, "iv": 0.2, field: value})
    assert caught.value.field == field


def test_mismatched_shapes() -> None:
    with pytest.raises(ToolInputError):
        probability_of_touch(np.ones(2), np.ones(3), 30, 0.2)
