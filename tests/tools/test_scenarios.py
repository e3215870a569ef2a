"""Payoff and stress: against the arithmetic at expiration and vollib before it."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tools import ToolInputError, condor_payoff, find_tool, price_condor, stress_condor
from tools.pricing.reference import vollib_value

TERMS: dict[str, Any] = {
    "spot": 5800,
    "put_long": 5450,
    "put_short": 5500,
    "call_short": 6050,
    "call_long": 6100,
    "days": 30,
    "iv": 0.16,
    "rate": 0.045,
    "dividend_yield": 0.013,
    "fees": 0.1,
    "contracts": 2,
}
CONDOR = price_condor(**TERMS)


def by_hand(level: float, days: float, iv: float) -> float:
    """The profit in dollars with vollib, or with the intrinsic values at expiration."""
    worth = 0.0
    for leg in CONDOR.legs:
        if days:
            price = vollib_value(leg.kind, level, leg.strike, days, iv, 0.045, 0.013).price
        else:
            price = max((level - leg.strike) * (1 if leg.kind == "call" else -1), 0)
        worth += price if leg.side == "long" else -price
    return (CONDOR.credit - 0.1 + worth) * 200


@pytest.mark.parametrize("days_left", [0, 1, 12.5, 30])
def test_profit_over_the_index(days_left: float) -> None:
    levels = [5000, 5450, 5487, 5800, 6060, 6200]
    payoff = condor_payoff(CONDOR, levels, days_left)
    assert list(payoff.columns) == ["price", "profit_usd"]
    expected = [by_hand(level, days_left, 0.16) for level in levels]
    assert payoff.profit_usd.tolist() == pytest.approx(expected, abs=1e-7)


def test_the_default_levels_hold_strikes_and_break_evens() -> None:
    payoff = condor_payoff(CONDOR)
    assert isinstance(payoff, pd.DataFrame)
    assert set(payoff.price) >= {5450, 5500, 6050, 6100, CONDOR.lower_break_even}
    assert payoff.price.is_monotonic_increasing
    assert payoff.profit_usd.max() == pytest.approx(CONDOR.max_profit_usd)
    assert payoff.profit_usd.min() == pytest.approx(-CONDOR.max_loss_usd)


def test_prices_as_a_list_a_range_an_array_or_two_ends() -> None:
    assert len(condor_payoff(CONDOR, (5000, 6500))) == 201
    assert condor_payoff(CONDOR, [5000, 6500]).price.tolist() == [5000, 6500]
    assert condor_payoff(CONDOR, range(5000, 5003)).price.tolist() == [5000, 5001, 5002]
    assert len(condor_payoff(CONDOR, np.linspace(5000, 6000, 7))) == 7
    assert condor_payoff(CONDOR, pd.Series([0.0])).profit_usd[0] == pytest.approx(
        -CONDOR.max_loss_usd
    )


def test_a_condor_may_be_a_quote_its_json_or_its_terms() -> None:
    tables = [
        condor_payoff(one, [5400, 5800])
        for one in (CONDOR, CONDOR.to_dict(), json.loads(json.dumps(CONDOR.to_dict())), TERMS)
    ]
    for table in tables[1:]:
        assert table.profit_usd.tolist() == pytest.approx(tables[0].profit_usd.tolist())


def test_stress_reprices_every_leg() -> None:
    table = stress_condor(CONDOR, [-0.1, 0, 0.04], [-0.05, 0, 0.2], days_forward=5)
    assert table.index.tolist() == [-0.1, 0, 0.04]
    assert table.columns.tolist() == [-0.05, 0, 0.2]
    for spot in table.index:
        for shock in table.columns:
            expected = by_hand(5800 * (1 + spot), 25, 0.16 + shock)
            assert table.loc[spot, shock] == pytest.approx(expected, abs=1e-7)


def test_stress_of_nothing_costs_the_fees_and_at_expiration_volatility_is_idle() -> None:
    assert stress_condor(CONDOR, [0], [0]).iloc[0, 0] == pytest.approx(-0.1 * 200)
    table = stress_condor(CONDOR, [-0.1, 0], [0, 0.3], days_forward=30)
    assert table[0.0].tolist() == pytest.approx(table[0.3].tolist())
    assert table.iloc[0, 0] == pytest.approx(-CONDOR.max_loss_usd)


def test_the_stress_of_a_loss_is_never_more_than_the_maximum() -> None:
    table = stress_condor(CONDOR, np.linspace(-0.5, 0.5, 21), [0.0, 0.5], days_forward=29.9)
    assert table.to_numpy().min() >= -CONDOR.max_loss_usd - 20


def test_tables_keep_picture_and_assumptions() -> None:
    table = stress_condor(CONDOR)
    assert table.assumptions["when"] == "now"
    part = table.iloc[:3]
    assert part.assumptions == table.assumptions
    assert len(part.figure().data[0].y) == 3
    assert condor_payoff(CONDOR).assumptions["when"] == "at expiration"


def test_figures_say_what_they_show() -> None:
    figure = CONDOR.figure()
    text = figure.to_json()
    for said in ("at expiration", "break-even", "5486.97", "expected move", "US dollars"):
        assert said in text
    heat = json.loads(stress_condor(CONDOR).figure().to_json())
    assert heat["data"][0]["type"] == "heatmap"
    assert heat["data"][0]["x"][0] == "-5.0%"
    later = condor_payoff(CONDOR, days_left=10).figure().to_json()
    assert "with 10 days left" in later


def test_a_figure_of_a_condor_without_break_evens() -> None:
    assert price_condor(**{**TERMS, "credit": 0.05}).figure().data


def test_json_of_the_tables_through_the_catalog() -> None:
    rows = find_tool("condor_payoff").call_json({"condor": TERMS, "prices": [5800]})
    assert rows == [{"price": 5800.0, "profit_usd": pytest.approx(CONDOR.max_profit_usd)}]
    rows = find_tool("stress_condor").call_json(
        {"condor": TERMS, "spot_shocks": [-0.1], "vol_shocks": [0.1]}
    )
    assert rows[0]["spot_shock"] == -0.1
    assert "0.1" in rows[0]


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"condor": None}, "condor"),
        ({"condor": 3}, "condor"),
        ({"condor": {}}, "condor.spot"),
        ({"condor": {**TERMS, "iv": -1}}, "condor.iv"),
        ({"condor": {**TERMS, "days": math.nan}}, "condor.days"),
        ({"condor": {**TERMS, "spto": 1}}, "condor.spto"),
        ({"condor": {**TERMS, "spot": [1.0, 2.0]}}, "condor"),
        ({"prices": []}, "prices"),
        ({"prices": 5800}, "prices"),
        ({"prices": "5800"}, "prices"),
        ({"prices": [-1]}, "prices[0]"),
        ({"prices": [1, math.nan]}, "prices[1]"),
        ({"prices": [[1, 2]]}, "prices"),
        ({"prices": [[1, 2], [3]]}, "prices"),
        ({"prices": (6000, 5000)}, "prices"),
        ({"days_left": -1}, "days_left"),
        ({"days_left": 31}, "days_left"),
        ({"days_left": math.inf}, "days_left"),
        ({"days_left": "1"}, "days_left"),
    ],
)
def test_bad_input_of_a_payoff_is_named(arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(ToolInputError) as caught:
        condor_payoff(**{"condor": CONDOR, **arguments})
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"condor": "CONDOR"}, "condor"),
        ({"spot_shocks": [-1]}, "spot_shocks[0]"),
        ({"spot_shocks": []}, "spot_shocks"),
        ({"spot_shocks": 0.1}, "spot_shocks"),
        ({"spot_shocks": [math.nan]}, "spot_shocks[0]"),
        ({"vol_shocks": [0.1, -0.16]}, "vol_shocks"),
        ({"vol_shocks": [math.inf]}, "vol_shocks[0]"),
        ({"vol_shocks": {}}, "vol_shocks"),
        ({"days_forward": -1}, "days_forward"),
        ({"days_forward": 30.5}, "days_forward"),
        ({"days_forward": math.nan}, "days_forward"),
    ],
)
def test_bad_input_of_a_stress_is_named(arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(ToolInputError) as caught:
        stress_condor(**{"condor": CONDOR, **arguments})
    assert caught.value.field == field
