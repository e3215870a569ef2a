"""Choosing strikes: by delta, by expected move, by credit; off a model and off real quotes."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.shared import SHARED
from tools import (
    ToolDataError,
    ToolInputError,
    expected_move,
    find_tool,
    price_condor,
    price_option,
    read_chain,
    select_condor,
)

MODEL: dict[str, Any] = {
    "spot": 5800, "iv": 0.16, "days": 30, "rate": 0.045, "dividend_yield": 0.013,
}  # fmt: skip


@pytest.fixture(scope="module")
def chain() -> pd.DataFrame:
    path = SHARED / "data/options/cboe_spx_quotedata_2023-09-14_as_downloaded.csv.gz"
    if not path.exists():
        pytest.skip(f"no {path.name} beside the tree")
    return read_chain(path)


@pytest.mark.parametrize("delta", [0.05, 0.10, 0.16, 0.30])
@pytest.mark.parametrize("skew", [0.0, -0.6])
def test_no_listed_strike_is_nearer_to_the_delta(delta: float, skew: float) -> None:
    condor = select_condor(**MODEL, short_delta=delta, skew=skew)
    for kind, strike in (("put", condor.put_short), ("call", condor.call_short)):
        misses = [
            abs(abs(price_option(
                kind, 5800, k, 30, 0.16 + skew * math.log(k / 5800), 0.045, 0.013
            ).delta) - delta)
            for k in (strike - 5, strike, strike + 5)
        ]  # fmt: skip
        assert misses[1] == min(misses)
    assert condor.put_short - condor.put_long == condor.call_long - condor.call_short == 25


def test_everything_price_condor_gives() -> None:
    condor = select_condor(**MODEL, contracts=3, fees=0.2, margin_rule="both sides")
    same = price_condor(
        5800, condor.put_long, condor.put_short, condor.call_short, condor.call_long, 30, 0.16,
        0.045, 0.013, contracts=3, fees=0.2, margin_rule="both sides",
    )  # fmt: skip
    for name in ("credit", "max_loss_usd", "margin_usd", "probability_of_profit", "legs"):
        assert getattr(condor, name) == getattr(same, name)
    assert (condor.rule, condor.natural) == ("short_delta", None)
    assert "short_delta 0.16" in condor.assumptions["rule"]
    assert condor.figure().data


def test_by_expected_move() -> None:
    condor = select_condor(**MODEL, expected_move_multiple=1.5, strike_step=1)
    move = expected_move(5800, 0.16, 30).points
    assert abs(condor.put_short - (5800 - 1.5 * move)) <= 0.5
    assert abs(condor.call_short - (5800 + 1.5 * move)) <= 0.5


@pytest.mark.parametrize("target", [2.0, 4.0, 8.0])
def test_by_credit(target: float) -> None:
    condor = select_condor(**MODEL, target_credit=target)
    assert condor.credit == pytest.approx(target, abs=0.35)
    assert abs(condor.legs[1].delta) == pytest.approx(condor.legs[2].delta, abs=0.01)


def test_a_credit_that_no_condor_pays() -> None:
    with pytest.raises(ToolInputError, match="take wider wings or more days") as caught:
        select_condor(**MODEL, target_credit=24.9)
    assert caught.value.field == "target_credit"


@settings(deadline=None, max_examples=40)
@given(
    st.floats(min_value=500, max_value=8000),
    st.floats(min_value=0.08, max_value=0.6),
    st.floats(min_value=2, max_value=120),
    st.floats(min_value=0.05, max_value=0.4),
)
def test_a_chosen_condor_is_one(spot: float, iv: float, days: float, delta: float) -> None:
    condor = select_condor(spot, iv, days, delta)
    assert condor.put_long < condor.put_short < spot < condor.call_short < condor.call_long
    assert condor.put_short % 5 == pytest.approx(0, abs=1e-9)


# Off real quotes


def quote(chain: pd.DataFrame, root: str, kind: str, strike: float) -> Any:
    day = dt.date(2023, 10, 20)
    rows = chain[(chain.expiration == day) & (chain.root == root) & (chain.kind == kind)]
    return rows[rows.strike == strike].iloc[0]


def test_a_chain_gives_mid_and_natural_credits(chain: pd.DataFrame) -> None:
    condor = select_condor(chain=chain, expiration="2023-10-20", rate=0.053)
    legs = [quote(chain, "SPXW", leg.kind, leg.strike) for leg in condor.legs]
    mids = [(leg.bid + leg.ask) / 2 for leg in legs]
    assert condor.credit == pytest.approx(mids[1] + mids[2] - mids[0] - mids[3])
    natural = legs[1].bid + legs[2].bid - legs[0].ask - legs[3].ask
    assert condor.natural is not None
    assert condor.natural.credit == pytest.approx(natural)
    assert condor.natural.credit < condor.credit
    assert condor.model_credit == pytest.approx(condor.credit, rel=1e-9)
    assert (condor.expiration, condor.root, condor.settlement) == ("2023-10-20", "SPXW", "PM")
    # From Thursday 16:31 to the close of Friday five weeks later.
    assert condor.days == pytest.approx(36 - 31 / 1440)


def test_our_deltas_are_near_those_of_the_exchange(chain: pd.DataFrame) -> None:
    condor = select_condor(chain=chain, expiration=dt.date(2023, 10, 20), rate=0.053)
    for leg in condor.legs:
        theirs = quote(chain, "SPXW", leg.kind, leg.strike)
        assert leg.delta == pytest.approx(theirs.delta, abs=0.02)
        assert leg.iv == pytest.approx(theirs.iv, abs=0.01)


def test_settlement_to_the_opening_is_nearer(chain: pd.DataFrame) -> None:
    morning = select_condor(chain=chain, expiration="2023-10-20", root="SPX")
    assert (morning.root, morning.settlement) == ("SPX", "AM")
    assert morning.days == pytest.approx(36 - 31 / 1440 - 6.5 / 24)


def test_other_rules_off_a_chain(chain: pd.DataFrame) -> None:
    by_credit = select_condor(chain=chain, expiration="2023-10-20", target_credit=4)
    assert by_credit.credit == pytest.approx(4, abs=0.3)
    by_move = select_condor(chain=chain, expiration="2023-10-20", expected_move_multiple=1)
    assert by_move.put_short < 4505 < by_move.call_short
    wide = select_condor(chain=chain, expiration="2023-10-20", wing_width=52)
    assert any("lists no wing of 52" in warning for warning in wide.warnings)


def test_rows_of_quotes_in_json() -> None:
    rows = [
        {"expiration": "2024-06-21", "strike": strike, "kind": kind, "bid": price - 0.1,
         "ask": price + 0.1}
        for strike in range(5300, 6305, 5)
        for kind in ("put", "call")
        if (price := price_option(kind, 5800, strike, 30, 0.16).price) > 0.15
    ]  # fmt: skip
    arguments = {"chain": rows, "expiration": "2024-06-21", "spot": 5800, "days": 30}
    condor = find_tool("select_condor").call_json(json.loads(json.dumps(arguments)))
    model = select_condor(5800, 0.16, 30)
    assert condor["put_short"] == model.put_short
    assert condor["credit"] == pytest.approx(model.credit, abs=1e-6)
    assert condor["dividend_yield"] == pytest.approx(0, abs=1e-9)


def test_a_chain_without_a_wing_or_a_side() -> None:
    rows = {"expiration": dt.date(2024, 6, 21), "bid": 1.0, "ask": 1.1}
    chain = pd.DataFrame(
        [{**rows, "strike": 5800.0, "kind": kind} for kind in ("put", "call")]
        + [{**rows, "strike": 5700.0, "kind": "put"}]
    )
    with pytest.raises(ToolDataError, match="no call out of the money"):
        select_condor(5800, days=30, chain=chain, expiration="2024-06-21")
    with pytest.raises(ToolDataError, match="parity gives no forward"):
        select_condor(5800, days=30, chain=chain.iloc[2:], expiration="2024-06-21")


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"spot": None}, "spot"), ({"iv": None}, "iv"), ({"days": None}, "days"),
        ({"spot": -1}, "spot"), ({"iv": math.nan}, "iv"), ({"days": 0}, "days"),
        ({"spot": np.array([1.0, 2.0])}, "spot"), ({"short_delta": 0}, "short_delta"),
        ({"short_delta": 0.6}, "short_delta"), ({"short_delta": -0.16}, "short_delta"),
        ({"expected_move_multiple": 0}, "expected_move_multiple"),
        ({"target_credit": -1}, "target_credit"), ({"target_credit": "5"}, "target_credit"),
        ({"wing_width": 0}, "wing_width"), ({"wing_width": 12}, "wing_width"),
        ({"strike_step": 0}, "strike_step"), ({"strike_step": 1e-7}, "strike_step"),
        ({"skew": 9}, "skew"), ({"skew": math.inf}, "skew"), ({"rate": 5}, "rate"),
        ({"expected_move_multiple": 1, "target_credit": 5}, "target_credit"),
        ({"expected_move_multiple": 1, "short_delta": 0.1}, "short_delta"),
        ({"expiration": "2024-06-21"}, "expiration"), ({"root": "SPX"}, "root"),
        ({"contracts": 0}, "contracts"), ({"fees": -1}, "fees"),
        ({"margin_rule": "x"}, "margin_rule"),
    ],
)  # fmt: skip
def test_bad_input_is_named(arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(ToolInputError) as caught:
        select_condor(**{**MODEL, **arguments})
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"chain": 3}, "chain"), ({"chain": []}, "chain"), ({"chain": pd.DataFrame()}, "chain"),
        ({"chain": [{"strike": 1}]}, "chain"), ({"expiration": None}, "expiration"),
        ({"expiration": "2030-01-01"}, "expiration"), ({"expiration": "soon"}, "expiration"),
        ({"expiration": 5}, "expiration"), ({"root": "NDX"}, "root"), ({"iv": 0.2}, "iv"),
        ({"skew": -0.5}, "skew"),
    ],
)  # fmt: skip
def test_bad_input_with_a_chain_is_named(
    chain: pd.DataFrame, arguments: dict[str, Any], field: str
) -> None:
    with pytest.raises(ToolInputError) as caught:
        select_condor(**{"chain": chain, "expiration": "2023-10-20", **arguments})
    assert caught.value.field == field


def test_a_chain_that_does_not_say_where_or_when(chain: pd.DataFrame) -> None:
    bare = chain.copy()
    bare.attrs = {}
    with pytest.raises(ToolInputError, match="does not say it"):
        select_condor(chain=bare, expiration="2023-10-20")
    with pytest.raises(ToolInputError, match="when it is of"):
        select_condor(4505.1, chain=bare, expiration="2023-10-20")
    assert select_condor(4505.1, days=36, chain=bare, expiration="2023-10-20").days == 36
