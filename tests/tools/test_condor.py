"""Iron condors: published arithmetic, probabilities, margin, warnings, bad input."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.tools.shared import vectors
from tools import (
    ToolInputError,
    break_even,
    check_credit,
    condor_payoff,
    price_condor,
    price_option,
    probability_of_touch,
)
from tools.pricing import chunks, compiled
from tools.pricing.reference import vollib_value

PUBLISHED: dict[str, Any] = {
    "spot": 5800,
    "put_long": 5450,
    "put_short": 5500,
    "call_short": 6050,
    "call_long": 6100,
    "days": 30,
    "iv": 0.16,
    "rate": 0.045,
    "dividend_yield": 0.013,
}
STRIKES = ("put_long", "put_short", "call_short", "call_long")


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in PUBLISHED.items() if name not in names}


# Published numbers


def test_the_published_condor() -> None:
    condor = price_condor(**PUBLISHED)
    assert round(condor.credit, 2) == 13.13
    assert round(condor.credit_usd, 1) == 1313.2
    assert round(condor.lower_break_even, 2) == 5486.87
    assert round(condor.upper_break_even, 2) == 6063.13
    assert round(condor.max_loss_usd, 2) == 3686.80
    assert round(condor.probability_of_profit, 3) == 0.718
    assert round(condor.credit_to_width, 3) == 0.263
    assert condor.break_even_win_rate == pytest.approx(1 - condor.credit / 50)
    assert (condor.put_width, condor.call_width) == (50, 50)


def test_the_legs_are_vollibs() -> None:
    condor = price_condor(**PUBLISHED)
    total = 0.0
    for leg in condor.legs:
        theirs = vollib_value(leg.kind, 5800, leg.strike, 30, 0.16, 0.045, 0.013)
        assert leg.price == pytest.approx(theirs.price, rel=1e-12)
        assert leg.delta == pytest.approx(theirs.delta, rel=1e-12)
        total += theirs.price if leg.side == "short" else -theirs.price
    assert condor.credit == pytest.approx(total, rel=1e-12)
    signs = (1, -1, -1, 1)
    for name in ("delta", "gamma", "theta", "vega"):
        sums = sum(s * getattr(leg, name) for s, leg in zip(signs, condor.legs, strict=True))
        assert getattr(condor, name) == pytest.approx(sums, rel=1e-12)


@pytest.mark.parametrize("vector", vectors("iron_condor.json", "iron_condor_expiry"))
def test_published_arithmetic(vector: Any) -> None:
    inputs, expected = vector["inputs"], vector["expected"]
    arguments = {
        "spot": (inputs["short_put"] + inputs["short_call"]) / 2,
        "put_long": inputs["long_put"],
        "put_short": inputs["short_put"],
        "call_short": inputs["short_call"],
        "call_long": inputs["long_call"],
        "days": 30,
        "iv": 0.3,
        "credit": inputs["net_credit"],
        "fees": inputs["fees_per_share"],
        "contracts": inputs["contracts"],
    }
    width = max(
        inputs["short_put"] - inputs["long_put"], inputs["long_call"] - inputs["short_call"]
    )
    if not 0 <= inputs["net_credit"] < width:
        # Its source calls the premiums unphysical: a debit, or a credit wider than the wings.
        with pytest.raises(ToolInputError, match="credit"):
            price_condor(**arguments)
        return
    condor = price_condor(**arguments)
    found = {
        "breakeven_low": condor.lower_break_even,
        "breakeven_high": condor.upper_break_even,
        "max_profit": condor.max_profit_usd,
        "max_loss": condor.max_loss_usd,
        "net_credit": condor.credit,
        "reg_t_requirement": condor.margin_usd,
        "max_profit_per_share": condor.credit - condor.fees,
        "max_loss_per_share": condor.max_loss,
    }
    for name, number in expected.items():
        assert found[name] == pytest.approx(number, abs=vector["tolerance"]), name


def test_margin_rules_differ_where_wings_differ() -> None:
    terms = {**PUBLISHED, "call_long": 6150, "credit": 14, "contracts": 3}
    wider = price_condor(**terms)
    both = price_condor(**terms, margin_rule="both sides")
    assert wider.margin_usd == 100 * 100 * 3
    assert both.margin_usd == 150 * 100 * 3
    assert wider.buying_power_usd == pytest.approx(86 * 100 * 3)
    assert wider.return_on_margin == pytest.approx(14 / 100)
    assert wider.put_side.max_loss == 36
    assert wider.call_side.max_loss == wider.max_loss == 86
    assert any("wings differ" in warning for warning in wider.warnings)
    assert "both sides" in both.assumptions["margin rule"]


# Volatility by leg


def test_volatility_by_side_and_by_leg() -> None:
    sides = price_condor(**without("iv"), put_iv=0.2, call_iv=0.12)
    legs = price_condor(**without("iv"), leg_ivs=(0.2, 0.2, 0.12, 0.12))
    assert sides.credit == legs.credit
    assert sides.probability_of_profit == legs.probability_of_profit
    assert [leg.iv for leg in legs.legs] == [0.2, 0.2, 0.12, 0.12]
    put = price_option("put", 5800, 5500, 30, 0.2, 0.045, 0.013)
    assert sides.put_side.probability_in_the_money == put.probability_in_the_money
    assert sides.put_side.probability_in_the_money != pytest.approx(-put.delta, abs=1e-3)
    assert sides.put_side.probability_of_touch == probability_of_touch(
        5800, 5500, 30, 0.2, 0.045, 0.013
    )


def test_probability_of_profit_takes_the_volatility_at_each_break_even() -> None:
    condor = price_condor(**without("iv"), put_iv=0.2, call_iv=0.12)
    below = price_option("put", 5800, condor.lower_break_even, 30, 0.2, 0.045, 0.013)
    above = price_option("call", 5800, condor.upper_break_even, 30, 0.12, 0.045, 0.013)
    expected = 1 - below.probability_in_the_money - above.probability_in_the_money
    assert condor.probability_of_profit == pytest.approx(expected, rel=1e-12)
    assert condor.probability_of_profit_flat == condor.probability_of_profit


def test_probability_of_profit_counts_the_slope_of_the_smile() -> None:
    """A digital option is the limit of a narrow spread, whose price knows the slope."""
    ivs = (0.185, 0.175, 0.135, 0.131)
    condor = price_condor(**without("iv"), leg_ivs=ivs)

    def chance(kind: str, level: float, slope: float, iv: float) -> float:
        step = 0.01
        prices = [
            price_option(kind, 5800, level + h, 30, iv + slope * h, 0.045, 0.013).price
            for h in (-step, step)
        ]
        return abs(prices[1] - prices[0]) / (2 * step) * math.exp(0.045 * 30 / 365)

    put_slope, call_slope = (0.175 - 0.185) / 50, (0.131 - 0.135) / 50
    share = condor.credit / 50
    below = chance("put", condor.lower_break_even, put_slope, 0.175 + share * 0.010)
    above = chance("call", condor.upper_break_even, call_slope, 0.135 - share * 0.004)
    assert condor.probability_of_profit == pytest.approx(1 - below - above, abs=1e-6)
    assert condor.probability_of_profit - condor.probability_of_profit_flat > 0.03


def test_a_smile_that_allows_arbitrage_is_said_and_held_to_a_probability() -> None:
    condor = price_condor(**without("iv"), leg_ivs=(0.9, 0.16, 0.16, 0.16))
    assert 0 <= condor.probability_of_profit <= 1
    assert any("arbitrage" in warning for warning in condor.warnings)
    assert any("costs more than it brings" in warning for warning in condor.warnings)


@pytest.mark.parametrize(
    "volatility",
    [
        {},
        {"iv": 0.2, "put_iv": 0.2, "call_iv": 0.2},
        {"iv": 0.2, "leg_ivs": [0.2] * 4},
        {"put_iv": 0.2},
        {"call_iv": 0.2},
        {"leg_ivs": [0.2] * 3},
        {"leg_ivs": 0.2},
        {"leg_ivs": [0.2, 0.2, 0.2, -0.2]},
        {"leg_ivs": [0.2, 0.2, math.nan, 0.2]},
        {"leg_ivs": "0.2"},
    ],
)
def test_volatility_is_given_in_exactly_one_way(volatility: dict[str, Any]) -> None:
    with pytest.raises(ToolInputError) as caught:
        price_condor(**without("iv"), **volatility)
    assert "iv" in caught.value.field


# Credits


def test_a_market_credit_replaces_the_models_and_both_are_shown() -> None:
    model = price_condor(**PUBLISHED)
    market = price_condor(**PUBLISHED, credit=11.0)
    assert (market.credit, market.model_credit) == (11.0, model.credit)
    assert market.put_side.credit + market.call_side.credit == pytest.approx(11.0)
    assert market.lower_break_even == 5489
    assert any("market's credit" in warning for warning in market.warnings)
    assert not any("market's credit" in warning for warning in model.warnings)


def test_expected_value_is_risk_neutral_and_near_nothing_at_the_models_credit() -> None:
    condor = price_condor(**PUBLISHED)
    growth = math.exp(0.045 * 30 / 365)
    assert condor.expected_value_usd == pytest.approx(100 * condor.credit * (1 - growth))
    rich = price_condor(**PUBLISHED, credit=condor.credit + 1, fees=0.1, contracts=2)
    assert rich.expected_value_usd == pytest.approx(200 * (condor.credit * (1 - growth) + 1 - 0.1))
    both = rich.put_side.expected_value + rich.call_side.expected_value
    assert both == pytest.approx(rich.expected_value_usd / 200 + 0.1)
    assert "no forecast" in condor.assumptions["expected value"]
    assert condor.assumptions["measure"] == "risk-neutral"


def test_fees_move_the_break_evens_and_the_maxima() -> None:
    condor = price_condor(**PUBLISHED, credit=10, fees=0.5, contracts=4)
    assert (condor.lower_break_even, condor.upper_break_even) == (5490.5, 6059.5)
    assert (condor.max_profit_usd, condor.max_loss_usd) == (3800, 16200)
    assert condor.credit_to_width == 0.2


@pytest.mark.parametrize(("credit", "fees"), [(0.0, 0.0), (0.4, 0.5)])
def test_a_condor_that_fees_eat_cannot_win(credit: float, fees: float) -> None:
    condor = price_condor(**PUBLISHED, credit=credit, fees=fees)
    assert condor.probability_of_profit == 0
    assert math.isnan(condor.lower_break_even)
    assert math.isnan(condor.upper_break_even)
    assert condor.to_dict()["lower_break_even"] is None
    assert any("cannot make money" in warning for warning in condor.warnings)


def test_a_credit_wider_than_the_narrow_wing_leaves_one_break_even() -> None:
    condor = price_condor(**{**PUBLISHED, "put_long": 5490}, credit=12)
    assert math.isnan(condor.lower_break_even)
    assert condor.upper_break_even == 6062
    assert condor.put_side.max_loss == -2
    assert any("put side cannot lose" in warning for warning in condor.warnings)
    above = price_option("call", 5800, 6062, 30, 0.16, 0.045, 0.013)
    assert condor.probability_of_profit == pytest.approx(1 - above.probability_in_the_money)
    profit = condor_payoff(condor, [1000.0, 5495.0]).profit_usd
    assert (profit > 0).all()


@pytest.mark.parametrize("credit", [50, 50.0001, 1313])
def test_a_credit_as_wide_as_the_wing_is_refused_in_a_traders_words(credit: float) -> None:
    with pytest.raises(ToolInputError, match="profit without risk") as caught:
        price_condor(**PUBLISHED, credit=credit)
    assert caught.value.field == "credit"


def test_the_target_range_in_the_warnings() -> None:
    assert any("thin" in warning for warning in price_condor(**PUBLISHED, credit=5).warnings)
    assert any("rich" in warning for warning in price_condor(**PUBLISHED).warnings)
    fair = price_condor(**{**PUBLISHED, "iv": 0.135})
    assert fair.warnings == ()


def test_an_index_beyond_a_short_strike_is_said() -> None:
    condor = price_condor(**{**PUBLISHED, "spot": 5400})
    assert any("below the short put" in warning for warning in condor.warnings)
    assert condor.put_side.probability_of_touch == 1
    condor = price_condor(**{**PUBLISHED, "spot": 6080})
    assert any("above the short call" in warning for warning in condor.warnings)
    assert condor.call_side.probability_of_touch == 1


# Properties


@st.composite
def condors(draw: Any) -> dict[str, Any]:
    spot = draw(st.floats(min_value=1000, max_value=8000))
    below, above = (draw(st.floats(min_value=0.01, max_value=0.15)) for _ in range(2))
    put_wing, call_wing = (draw(st.floats(min_value=0.002, max_value=0.05)) for _ in range(2))
    return {
        "spot": spot,
        "put_long": spot * (1 - below - put_wing),
        "put_short": spot * (1 - below),
        "call_short": spot * (1 + above),
        "call_long": spot * (1 + above + call_wing),
        "days": draw(st.floats(min_value=1, max_value=120)),
        "iv": draw(st.floats(min_value=0.08, max_value=0.6)),
        "rate": draw(st.floats(min_value=0, max_value=0.08)),
        "dividend_yield": draw(st.floats(min_value=0, max_value=0.03)),
    }


@given(condors())
def test_what_every_condor_obeys(terms: dict[str, Any]) -> None:
    condor = price_condor(**terms)
    assert 0 <= condor.credit < max(condor.put_width, condor.call_width)
    assert 0 <= condor.probability_of_profit <= 1
    for side in (condor.put_side, condor.call_side):
        assert 1 >= side.probability_of_touch >= side.probability_in_the_money >= 0
        assert side.credit >= -1e-12
    assert condor.max_profit_usd + condor.max_loss_usd == pytest.approx(
        100 * max(condor.put_width, condor.call_width)
    )


@given(condors())
def test_the_payoff_keeps_its_bounds_and_is_nothing_at_the_break_evens(
    terms: dict[str, Any],
) -> None:
    condor = price_condor(**terms)
    payoff = condor_payoff(condor)
    assert payoff.profit_usd.max() <= condor.max_profit_usd + 1e-7
    assert payoff.profit_usd.min() >= -condor.max_loss_usd - 1e-7
    for level in (condor.lower_break_even, condor.upper_break_even):
        if math.isfinite(level):
            assert condor_payoff(condor, [level]).profit_usd[0] == pytest.approx(0, abs=1e-6)


@given(condors(), st.floats(min_value=1.01, max_value=3))
def test_wider_wings_never_reduce_the_maximum_loss(terms: dict[str, Any], more: float) -> None:
    narrow = price_condor(**terms)
    wing = terms["put_short"] - terms["put_long"]
    wide = price_condor(**{**terms, "put_long": terms["put_short"] - wing * more})
    assert wide.put_side.max_loss >= narrow.put_side.max_loss - 1e-9
    assert wide.max_loss_usd >= narrow.put_side.max_loss_usd - 1e-7
    assert wide.put_side.credit >= narrow.put_side.credit - 1e-9


@given(condors(), st.floats(min_value=0.01, max_value=100))
def test_a_condor_scales_with_the_index(terms: dict[str, Any], scale: float) -> None:
    small = price_condor(**terms)
    assume(small.credit > 1e-6)
    large = price_condor(
        **{name: value * scale if name in ("spot", *STRIKES) else value
           for name, value in terms.items()}
    )  # fmt: skip
    assert large.credit == pytest.approx(small.credit * scale, rel=1e-6)
    assert large.probability_of_profit == pytest.approx(small.probability_of_profit, abs=1e-6)
    assert large.delta == pytest.approx(small.delta, abs=1e-8)


@given(condors())
def test_probability_of_profit_is_what_a_simulation_of_the_end_says(terms: dict[str, Any]) -> None:
    condor = price_condor(**terms)
    assume(math.isfinite(condor.lower_break_even) and math.isfinite(condor.upper_break_even))
    # Quantiles of the end in place of random draws: the same shares, no noise.
    z = np.sqrt(2) * _inverse_erf(np.linspace(-1, 1, 40_001)[1:-1])
    years = terms["days"] / 365
    drift = (terms["rate"] - terms["dividend_yield"] - terms["iv"] ** 2 / 2) * years
    ends = terms["spot"] * np.exp(drift + terms["iv"] * math.sqrt(years) * z)
    inside = (ends > condor.lower_break_even) & (ends < condor.upper_break_even)
    assert condor.probability_of_profit == pytest.approx(inside.mean(), abs=1e-3)


def _inverse_erf(values: Any) -> Any:
    from scipy.special import erfinv

    return erfinv(values)


# Arrays


@pytest.mark.parametrize("way", ["numpy", "compiled"])
def test_arrays_of_condors_are_the_condors_one_by_one(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "compiled":
        if not compiled.available():
            pytest.skip("Numba is not installed")
        compiled.warm_up()
    monkeypatch.setattr(chunks, "LONG", 1 if way == "compiled" else 10**12)
    spots = np.linspace(5400, 6200, 41)
    credit = np.linspace(5, 49, 41)
    table = price_condor(**{**PUBLISHED, "spot": spots, "credit": credit}, fees=0.1)
    for place, (spot, paid) in enumerate(zip(spots, credit, strict=True)):
        one = price_condor(**{**PUBLISHED, "spot": spot, "credit": paid}, fees=0.1)
        for field in dataclasses.fields(one):
            alone, among = getattr(one, field.name), getattr(table, field.name)
            if isinstance(alone, float):
                among = among if np.isscalar(among) else among[place]
                assert among == pytest.approx(alone, rel=1e-11, abs=1e-11, nan_ok=True), field.name
        for side in ("put_side", "call_side"):
            for field in dataclasses.fields(one.put_side):
                among = getattr(getattr(table, side), field.name)
                among = among if np.isscalar(among) else among[place]
                alone = getattr(getattr(one, side), field.name)
                assert among == pytest.approx(alone, rel=1e-11, abs=1e-11), field.name
    assert any("of 41 condors" in warning for warning in table.warnings)


def test_arrays_may_be_leg_volatilities_or_contracts_alone() -> None:
    ivs = [np.array([0.2, 0.3]), 0.2, 0.15, 0.15]
    table = price_condor(**without("iv"), leg_ivs=ivs)
    assert table.credit.shape == (2,)
    table = price_condor(**PUBLISHED, contracts=np.array([1, 2, 3]))
    assert table.max_loss_usd == pytest.approx(3686.795 * np.array([1, 2, 3]), rel=1e-5)


def test_an_array_names_the_condor_that_cannot_be() -> None:
    with pytest.raises(ToolInputError, match=r"credit is 51\.0"):
        price_condor(**PUBLISHED, credit=np.array([10.0, 51.0]))
    with pytest.raises(ToolInputError, match=r"put_short is 5400\.0"):
        price_condor(**{**PUBLISHED, "put_short": np.array([5500.0, 5400.0])})
    with pytest.raises(ToolInputError, match="of the shape of"):
        price_condor(**{**PUBLISHED, "iv": np.ones(3)}, credit=np.ones(2))
    with pytest.raises(ToolInputError, match="one at a time"):
        price_condor(**{**PUBLISHED, "iv": np.array([0.1, 0.2])}).figure()


# Bad input

FIELDS = [*PUBLISHED, "credit", "contracts", "fees", "put_iv", "call_iv"]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", ["1", True, math.nan, math.inf, -math.inf, [], {}, -1], ids=repr)
def test_bad_values_are_refused_by_name(field: str, value: Any) -> None:
    with pytest.raises(ToolInputError) as caught:
        price_condor(**{**PUBLISHED, field: value})
    assert field in [problem.field for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("field", "value"),
    [("contracts", 0), ("contracts", 1.5), ("margin_rule", "none"), ("margin_rule", 1),
     ("days", 0), ("iv", 0), ("iv", 16), ("spot", 0), ("rate", 4.5)],
)  # fmt: skip
def test_values_out_of_bounds(field: str, value: Any) -> None:
    with pytest.raises(ToolInputError) as caught:
        price_condor(**{**PUBLISHED, field: value})
    assert caught.value.field == field


@pytest.mark.parametrize(
    "strikes",
    [
        (5500, 5450, 6050, 6100),
        (5450, 5500, 6100, 6050),
        (6050, 6100, 5450, 5500),
        (5450, 5450, 6050, 6100),
        (5450, 5800, 5800, 6100),
    ],
)
def test_strikes_have_to_rise(strikes: tuple[int, ...]) -> None:
    with pytest.raises(ToolInputError, match="Strikes rise"):
        price_condor(**{**PUBLISHED, **dict(zip(STRIKES, strikes, strict=True))})


# The rules by themselves


def test_break_even() -> None:
    levels = break_even(5500, 6050, 13.13)
    assert (levels.lower, levels.upper) == (5486.87, 6063.13)
    assert levels.to_dict()["lower"] == 5486.87


@pytest.mark.parametrize(
    ("ratio", "verdict"),
    [(0.149999, "thin"), (0.15, "in range"), (0.25, "in range"), (0.250001, "rich")],
)
def test_check_credit(ratio: float, verdict: str) -> None:
    check = check_credit(ratio * 40, 40)
    assert check.verdict == verdict
    assert (check.low_credit, check.high_credit) == (6, 10)
    assert check_credit(4, 40, low=0.05, high=0.12).verdict == "in range"


@pytest.mark.parametrize("field", ["put_short", "call_short", "credit"])
@pytest.mark.parametrize("value", [None, "1", math.nan, math.inf, 0, -1, [1]])
def test_bad_input_of_break_even(field: str, value: Any) -> None:
    with pytest.raises(ToolInputError) as caught:
        break_even(**{"put_short": 5500, "call_short": 6050, "credit": 13, field: value})
    assert caught.value.field == field


@pytest.mark.parametrize("field", ["credit", "width", "low", "high"])
@pytest.mark.parametrize("value", [None, "1", math.nan, math.inf, 0, -1, [1]])
def test_bad_input_of_check_credit(field: str, value: Any) -> None:
    with pytest.raises(ToolInputError) as caught:
        check_credit(**{"credit": 10, "width": 50, field: value})
    assert caught.value.field == field


def test_rules_that_contradict_themselves() -> None:
    with pytest.raises(ToolInputError, match="above put_short"):
        break_even(6050, 5500, 13)
    with pytest.raises(ToolInputError, match="above low"):
        check_credit(10, 50, low=0.3, high=0.2)
    with pytest.raises(ToolInputError, match="profit without risk"):
        check_credit(50, 50)


# How it shows itself


def test_a_quote_shows_itself_and_turns_into_json() -> None:
    condor = price_condor(**PUBLISHED)
    assert "credit=13.132" in repr(condor)
    assert repr(condor).rstrip(")\n").splitlines()[-1].lstrip().startswith("assumptions=")
    assert "<table>" in condor._repr_html_()
    plain = condor.to_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["legs"][0]["side"] == "long"
    with pytest.raises(dataclasses.FrozenInstanceError):
        condor.credit = 1.0  # type: ignore[misc]
