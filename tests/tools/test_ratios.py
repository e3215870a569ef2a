"""Rates of return against published values and peers, all roots, and the ratios' own arithmetic."""

from __future__ import annotations

import datetime as dt
import math
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.tools.shared import vectors
from tools.errors import ToolDataError, ToolInputError
from tools.rate_roots import MultipleRootsWarning
from tools.ratios import (
    interest_rate_differential,
    irr,
    irr_roots,
    mirr,
    npv,
    price_to_cash_flow,
    quick_ratio,
    real_effective_exchange_rate,
    wacc,
    xirr,
)

several_roots_are_fine = pytest.mark.filterwarnings("ignore::tools.rate_roots.MultipleRootsWarning")
amounts = st.floats(min_value=-1e4, max_value=1e4).filter(lambda x: abs(x) > 1e-2)


def present_value(rate: Any, flows: Any, years: Any) -> Any:
    """The sum of the definition, term by term."""
    return math.fsum(flow / (1 + rate) ** year for flow, year in zip(flows, years, strict=True))


@several_roots_are_fine
@pytest.mark.parametrize("vector", vectors("irr_xirr.json", "irr"))
def test_published_irr(vector: Any) -> None:
    flows, expected = vector["inputs"]["cashflows"], vector["expected"]["irr"]
    if expected is None:
        with pytest.raises(ToolInputError, match="no rate of return"):
            irr(flows)
        return
    assert irr(flows) == pytest.approx(expected, abs=vector["tolerance"])
    for root in vector["verification"].get("all_real_roots", []):
        assert min(abs(root - ours) for ours in irr_roots(flows)) < 1e-5


@several_roots_are_fine
@pytest.mark.parametrize("vector", vectors("irr_xirr.json", "xirr"))
def test_published_xirr(vector: Any) -> None:
    found = xirr(vector["inputs"]["flows"])
    assert found == pytest.approx(vector["expected"]["xirr"], abs=vector["tolerance"])


@several_roots_are_fine
@pytest.mark.parametrize("vector", vectors("irr_xirr.json", "xirr", status="unverified"))
def test_where_a_peer_finds_no_rate_we_find_a_true_one_or_say_so(vector: Any) -> None:
    flows = vector["inputs"]["flows"]
    try:
        rate = xirr(flows)
    except ToolDataError:
        return
    days = [dt.date.fromisoformat(day) for day, _ in flows]
    years = [(day - min(days)).days / 365 for day in days]
    scale = sum(abs(x) / (1 + rate) ** y for (_, x), y in zip(flows, years, strict=True))
    assert abs(present_value(rate, [x for _, x in flows], years)) < 1e-9 * scale


@pytest.mark.parametrize("vector", vectors("irr_xirr.json", "npv"))
def test_published_npv(vector: Any) -> None:
    assert npv(**vector["inputs"]) == pytest.approx(vector["expected"]["npv"], abs=0.01)


@pytest.mark.parametrize("vector", vectors("irr_xirr.json", "mirr"))
def test_published_mirr(vector: Any) -> None:
    assert mirr(**vector["inputs"]) == pytest.approx(vector["expected"]["mirr"], abs=1e-6)


def test_several_rates_are_all_named_and_one_returned() -> None:
    flows = [-5, 10.5, 1, -8, 1]
    with pytest.warns(MultipleRootsWarning, match="3 rates") as caught:
        assert irr(flows) == pytest.approx(0.0886, abs=1e-4)
    assert caught[0].filename == __file__
    assert irr_roots(flows) == pytest.approx([-0.8702, 0.0886, 0.7096], abs=1e-4)


def test_a_single_rate_does_not_warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert irr([-100, 110]) == pytest.approx(0.10, rel=1e-12)


def test_both_signs_and_still_no_rate() -> None:
    with pytest.raises(ToolDataError, match="No rate of return"):
        irr([1, -1, 1])


def test_a_double_root_is_found() -> None:
    # (x - 1/1.1)^2 times 121: the value touches zero at 10 % without crossing it.
    assert irr([100, -220, 121]) == pytest.approx(0.10, abs=1e-6)


@given(rate=st.floats(-0.9, 5), flows=st.lists(amounts, min_size=1, max_size=30))
def test_a_rate_that_was_built_in_is_found(rate: Any, flows: Any) -> None:
    opening = -present_value(rate, flows, range(1, len(flows) + 1))
    assume(abs(opening) > 1e-6 and math.isfinite(opening))
    whole = [opening, *flows]
    assume(min(whole) < 0 < max(whole))
    roots = irr_roots(whole)
    scale = sum(abs(x) / (1 + rate) ** n for n, x in enumerate(whole))
    near = min(roots, key=lambda root: abs(root - rate))
    # Where the value is nearly flat around its root, only the value itself can be judged.
    assert abs(near - rate) < 1e-6 or abs(npv(near, whole)) < 1e-9 * scale


@given(flows=st.lists(amounts, min_size=2, max_size=12))
def test_roots_are_zeros_and_no_more_than_the_changes_of_sign(flows: Any) -> None:
    signs = np.sign(flows)
    changes = int((signs[:-1] != signs[1:]).sum())
    assume(changes > 0)
    try:
        roots = irr_roots(flows)
    except ToolDataError:
        assert changes % 2 == 0, "with an odd number of changes there is always a rate"
        return
    assert len(roots) <= changes
    for root in roots:
        scale = sum(abs(x) * (1 + root) ** -float(n) for n, x in enumerate(flows))
        assert abs(present_value(root, flows, range(len(flows)))) < 1e-8 * scale


def test_peers_agree_where_there_is_one_rate() -> None:
    peer = pytest.importorskip("pyxirr")
    random = np.random.default_rng(3)
    for _ in range(50):
        flows = [-1000.0, *random.uniform(0, 400, 8)]
        assert irr(flows) == pytest.approx(peer.irr(flows), abs=1e-9)


def test_dates_come_beside_in_pairs_or_as_a_mapping() -> None:
    flows, days = [-100.0, 60.0, 60.0], ["2024-01-01", "2024-07-01", "2025-01-01"]
    expected = xirr(flows, days)
    assert xirr(list(zip(days, flows, strict=True))) == expected
    assert xirr(dict(zip(days, flows, strict=True))) == expected
    assert xirr(np.array(flows), pd.to_datetime(days)) == expected
    assert xirr(flows[::-1], days[::-1]) == pytest.approx(expected, rel=1e-12)


def test_the_tax_factor_stands_once() -> None:
    once = wacc(equity=600, debt=400, cost_of_equity=0.10, cost_of_debt=0.05, tax_rate=0.21)
    assert once == pytest.approx(0.6 * 0.10 + 0.4 * 0.05 * 0.79, rel=1e-15)
    # A published worksheet applies the factor twice.
    assert once != pytest.approx(0.6 * 0.10 + 0.4 * 0.05 * 0.79 * 0.79)


@given(
    equity=st.floats(0, 1e9),
    debt=st.floats(1, 1e9),
    cost=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_the_cost_of_capital_lies_between_its_parts(equity: Any, debt: Any, cost: Any) -> None:
    assert min(cost) - 1e-12 <= wacc(equity, debt, *cost) <= max(cost) + 1e-12


def test_a_currency_at_base_everywhere_is_100() -> None:
    assert real_effective_exchange_rate([100, 100], 100, [100, 100], [0.5, 0.5]) == pytest.approx(
        100, rel=1e-14
    )
    # Prices at home up by a tenth with unchanged rates: a tenth dearer in goods.
    assert real_effective_exchange_rate([100], 110, [100], [1.0]) == pytest.approx(110, rel=1e-14)


def test_company_ratios() -> None:
    assert price_to_cash_flow(50, 5) == 10
    assert quick_ratio(20, 10, 30, 40) == 1.5
    assert interest_rate_differential(0.0525, 0.001) == pytest.approx(0.0515)


NAN = float("nan")


@pytest.mark.parametrize(
    ("tool", "arguments", "field"),
    [
        (npv, (-1.0, [1, 2]), "rate"),
        (npv, (NAN, [1, 2]), "rate"),
        (npv, (0.1, []), "cashflows"),
        (npv, (0.1, [1, NAN]), "cashflows[1]"),
        (npv, (0.1, "12"), "cashflows"),
        (irr, ([1, 2],), "cashflows"),
        (irr, ([-1],), "cashflows"),
        (irr, ([],), "cashflows"),
        (irr, ([-1, math.inf],), "cashflows[1]"),
        (irr_roots, ([0, 0],), "cashflows"),
        (mirr, ([1, 1], 0.1, 0.1), "cashflows"),
        (mirr, ([-1, 1], -2, 0.1), "finance_rate"),
        (mirr, ([-1, 1], 0.1, NAN), "reinvest_rate"),
        (xirr, ([-1, 2],), "dates"),
        (xirr, ([-1, 2], ["2024-01-01"]), "dates"),
        (xirr, ([-1, 2], ["2024-01-01", "tomorrow"]), "dates[1]"),
        (xirr, ([-1, NAN], ["2024-01-01", "2024-01-02"]), "cashflows[1]"),
        (xirr, ([], []), "cashflows"),
        (xirr, (5,), "cashflows"),
        (xirr, ([["2024-01-01", 1], ["2024-02-01", 1]],), "cashflows"),
        (wacc, (-1, 1, 0.1, 0.1), "equity"),
        (wacc, (0, 0, 0.1, 0.1), "equity"),
        (wacc, (1, -1, 0.1, 0.1), "debt"),
        (wacc, (1, 1, NAN, 0.1), "cost_of_equity"),
        (wacc, (1, 1, 0.1, 50), "cost_of_debt"),
        (wacc, (1, 1, 0.1, 0.1, 1.2), "tax_rate"),
        (price_to_cash_flow, (0, 1), "price"),
        (price_to_cash_flow, (1, 0), "operating_cash_flow"),
        (price_to_cash_flow, (1, -3), "operating_cash_flow"),
        (price_to_cash_flow, (1, 1, 0), "shares"),
        (quick_ratio, (-1, 0, 0, 1), "cash"),
        (quick_ratio, (1, -1, 0, 1), "marketable_securities"),
        (quick_ratio, (1, 0, -1, 1), "receivables"),
        (quick_ratio, (1, 0, 0, 0), "current_liabilities"),
        (real_effective_exchange_rate, ([100], 100, [100], [0.9]), "weights"),
        (real_effective_exchange_rate, ([100, 90], 100, [100], [1.0]), "weights"),
        (real_effective_exchange_rate, ([0], 100, [100], [1.0]), "exchange_rates[0]"),
        (real_effective_exchange_rate, ([100], 0, [100], [1.0]), "price_level"),
        (real_effective_exchange_rate, ([100], 100, [-1], [1.0]), "foreign_price_levels[0]"),
        (interest_rate_differential, (5.25, NAN), "foreign_rate"),
        (interest_rate_differential, ("5 %", 0.01), "domestic_rate"),
    ],
)
def test_bad_input_names_its_field(tool: Any, arguments: Any, field: Any) -> None:
    with pytest.raises(ToolInputError) as caught:
        tool(*arguments)
    assert caught.value.field == field


def test_all_flows_on_one_day() -> None:
    with pytest.raises(ToolDataError, match="one day"):
        xirr([-1, 2], ["2024-01-01", "2024-01-01"])
