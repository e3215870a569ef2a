"""Indicators against published series and slow twins, and divergences drawn on purpose."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.shared import SHARED, market_csv, vectors
from tools.errors import ToolDataError, ToolInputError
from tools.indicators import (
    advance_decline_line,
    divergence,
    exponential_average,
    macd,
    macd_divergence,
    rsi,
    term_structure,
    wilder_average,
)

closes = st.lists(st.floats(min_value=0.01, max_value=1e6), min_size=1, max_size=120)


def closes_of(vector: Any) -> Any:
    inputs = vector["inputs"]
    if "close" in inputs:
        return inputs["close"]
    table = json.loads((SHARED / "vectors" / inputs["close_ref"]).read_text(encoding="utf-8"))
    return table["close"] if isinstance(table, dict) else table


@pytest.mark.parametrize("vector", vectors("rsi_macd.json", "rsi"))
def test_published_rsi(vector: Any) -> None:
    found = rsi(closes_of(vector), vector["inputs"]["period"])
    (name, expected), period = next(iter(vector["expected"].items())), vector["inputs"]["period"]
    if not isinstance(expected, list):
        at = vector["inputs"]["index"]
        value = found.iloc[-1 if at == "last" else at]
        assert value == pytest.approx(expected, abs=vector["tolerance"])
    elif name == "rsi":
        ours = [None if np.isnan(x) else x for x in found]
        assert ours[:period] == [None] * period == expected[:period]
        assert ours[period:] == pytest.approx(expected[period:], abs=vector["tolerance"])
    else:
        assert found[14:].tolist() == pytest.approx(expected, abs=vector["tolerance"])


@pytest.mark.parametrize(
    "vector", [v for v in vectors("rsi_macd.json", "macd") if "classic" not in (v.id or "")]
)
def test_published_macd(vector: Any) -> None:
    inputs = vector["inputs"]
    row = macd(closes_of(vector), inputs["fast"], inputs["slow"], inputs["signal"]).iloc[
        inputs["index"]
    ]
    expected = vector["expected"]
    assert row.tolist() == pytest.approx(
        [expected["macd"], expected["signal"], expected["hist"]], abs=vector["tolerance"]
    )


@pytest.mark.parametrize(
    "vector", [v for v in vectors("rsi_macd.json", "macd") if "classic" in (v.id or "")]
)
def test_another_convention_differs_at_first(vector: Any) -> None:
    # Achelis seeds with the first price; the stated convention here is the mean of the first n.
    inputs, expected = vector["inputs"], vector["expected"]["macd"]
    ours = macd(inputs["close"], inputs["fast"], inputs["slow"])["macd"].dropna()
    assert len(ours) == len(expected)
    assert abs(ours.iloc[0] - expected[0]) > vector["tolerance"]


@pytest.mark.parametrize("vector", vectors("rsi_macd.json", "wilder_smoothing"))
def test_published_wilder_smoothing(vector: Any) -> None:
    found = wilder_average(np.array(vector["inputs"]["x"]), vector["inputs"]["period"])
    assert found[4:].tolist() == pytest.approx(
        vector["expected"]["from_index_4"], abs=vector["tolerance"]
    )


def slow_average(values: Any, period: Any, weight: Any) -> Any:
    """The recursion of the definition, value by value."""
    out = [float("nan")] * (period - 1) + [sum(values[:period]) / period]
    for value in values[period:]:
        out.append(out[-1] + weight * (value - out[-1]))
    return out[: len(values)]


@given(values=closes, period=st.integers(1, 30))
def test_averages_equal_their_slow_twin(values: Any, period: Any) -> None:
    array = np.array(values)
    if len(values) < period:
        assert np.isnan(wilder_average(array, period)).all()
        return
    for average, weight in ((wilder_average, 1 / period), (exponential_average, 2 / (period + 1))):
        np.testing.assert_allclose(
            average(array, period),
            slow_average(values, period, weight),
            rtol=1e-10,
            atol=1e-14 * max(values),
        )


@given(values=closes, period=st.integers(1, 30))
def test_rsi_stays_between_0_and_100_and_warms_up(values: Any, period: Any) -> None:
    found = rsi(values, period)
    assert len(found) == len(values)
    assert found[:period].isna().all()
    known = found[period:]
    assert known.between(0, 100).all()


@given(values=st.lists(st.floats(1, 1e3), min_size=20, max_size=60), scale=st.floats(0.01, 100))
def test_rsi_does_not_change_with_the_unit(values: Any, scale: Any) -> None:
    np.testing.assert_allclose(
        rsi([scale * x for x in values], 5), rsi(values, 5), rtol=1e-6, atol=1e-6
    )


def test_rsi_of_a_rise_a_fall_and_a_standstill() -> None:
    assert rsi(list(range(1, 30))).iloc[-1] == 100
    assert rsi(list(range(30, 1, -1))).iloc[-1] == 0
    assert rsi([5.0] * 30).iloc[-1] == 50


def test_macd_warms_up_where_it_says() -> None:
    table = macd(list(range(1, 60)))
    assert table["macd"].first_valid_index() == 25
    assert table["signal"].first_valid_index() == 33
    assert macd([1.0, 2.0]).isna().all().all()


def test_the_index_is_kept() -> None:
    spx = market_csv("spx_daily.csv.gz")["close"]["2024":]
    assert rsi(spx).index.equals(spx.index)
    assert macd(spx).index.equals(spx.index)


def test_breadth_adds_up() -> None:
    table = market_csv("advance_decline_daily.csv")
    line = advance_decline_line(table.nyse_advancers, table.nyse_decliners)
    net = table.nyse_advancers.sum() - table.nyse_decliners.sum()
    assert line.iloc[-1] == net


def two_peaks(second_high: Any) -> Any:
    """A rise to a peak, a fall, and a slower rise to a second peak."""
    first = np.linspace(100, 130, 40)
    dip = np.linspace(130, 118, 10)[1:]
    second = np.linspace(118, second_high, 30)[1:]
    after = np.linspace(second_high, second_high - 4, 8)[1:]
    return np.concatenate([first, dip, second, after]).tolist()


def test_a_higher_high_on_less_momentum_is_bearish() -> None:
    prices = two_peaks(132)
    found = macd_divergence(prices)
    assert found.kind == "bearish"
    assert (found.first, found.second, found.bars_since) == (39, 77, 7)
    assert found.first_price < found.second_price
    assert found.first_indicator > found.second_indicator


def test_a_lower_high_is_no_divergence() -> None:
    assert macd_divergence(two_peaks(128)).kind == "none"


def test_upside_down_it_is_bullish() -> None:
    assert macd_divergence([260 - price for price in two_peaks(132)]).kind == "bullish"


def test_a_divergence_is_known_only_after_its_pivot_is() -> None:
    prices = two_peaks(132)
    kinds = [macd_divergence(prices[:length]).kind for length in range(60, len(prices) + 1)]
    assert kinds.index("bearish") + 60 == 77 + 1 + 5


def test_an_old_divergence_no_longer_counts() -> None:
    prices = two_peaks(132) + [127.9] * 40
    assert macd_divergence(prices).kind == "none"


def test_breadth_that_falls_behind_is_bearish() -> None:
    prices = pd.Series(two_peaks(132))
    breadth = pd.Series([*np.linspace(0, 900, 40), *np.linspace(900, 500, 45)])
    assert divergence(prices, breadth, "A/D Line", 5, 60, 20).kind == "bearish"


def test_too_short_a_history_says_what_is_needed() -> None:
    with pytest.raises(ToolDataError, match="17 are needed"):
        macd_divergence(list(range(1, 40)))


@pytest.mark.parametrize(
    ("levels", "shape"),
    [
        ({"vix": 15, "vix9d": 13, "vix3m": 17, "vix6m": 19}, "contango"),
        ({"vix": 82.69, "vix3m": 72}, "backwardation"),
        ({"vix": 20, "vix9d": 22, "vix3m": 21}, "mixed"),
        ({"vix": 20, "vix3m": 20}, "flat"),
    ],
)
def test_shapes_of_the_term_structure(levels: Any, shape: Any) -> None:
    found = term_structure(**levels)
    assert found.shape == shape
    assert len(found.ratios) == len(levels) - 1
    assert len(found.figure().data[0].x) == len(levels)


@pytest.mark.parametrize(
    ("tool", "arguments", "field"),
    [
        (rsi, ([],), "closes"),
        (rsi, ([1, 0],), "closes[1]"),
        (rsi, ([1, float("nan")],), "closes[1]"),
        (rsi, ("12",), "closes"),
        (rsi, ([1, 2], 0), "period"),
        (rsi, ([1, 2], 1.5), "period"),
        (rsi, ([[1, 2], [3, 4]],), "closes"),
        (macd, ([1, 2], 26, 12), "fast"),
        (macd, ([1, 2], 12, 26, 0), "signal"),
        (macd, ([1, -2],), "closes[1]"),
        (macd_divergence, ([1, 2], 0), "pivot_bars"),
        (macd_divergence, ([1, 2], 5, -1), "lookback"),
        (macd_divergence, ([1, 2], 5, 60, float("inf")), "recent"),
        (advance_decline_line, ([1, 2], [1]), "decliners"),
        (advance_decline_line, ([1, -2], [1, 1]), "advancers"),
        (advance_decline_line, ([1, 2], [1, float("nan")]), "decliners[1]"),
        (term_structure, (20,), "vix3m"),
        (term_structure, (0, 1), "vix"),
        (term_structure, (20, None, -1), "vix3m"),
    ],
)
def test_bad_input_names_its_field(tool: Any, arguments: Any, field: Any) -> None:
    with pytest.raises(ToolInputError) as caught:
        tool(*arguments)
    assert caught.value.field == field
