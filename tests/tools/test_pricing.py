"""Option prices, greeks and implied volatility: against 50 digits, vollib, Hull and themselves."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools import exact
from tests.tools.shared import vectors
from tools import ToolInputError, implied_volatility, price_option
from tools.pricing import chunks, compiled
from tools.pricing.reference import vollib_implied_volatility, vollib_value

GRID = [
    (kind, 5800.0, strike, days, iv, rate, carry)
    for kind, strike, days, iv, (rate, carry) in itertools.product(
        ("call", "put"),
        (1000.0, 4000.0, 5300.0, 5700.0, 5799.0, 5800.0, 5801.0, 5900.0, 6300.0, 8000.0, 20000.0),
        (0.04, 1.0, 2.0, 7.0, 30.0, 365.0, 1825.0),
        (0.01, 0.05, 0.16, 0.6, 2.0),
        ((0.0, 0.0), (0.045, 0.013), (-0.005, 0.03)),
    )
]
GREEKS = ("price", "delta", "gamma", "theta", "vega", "rho")


@pytest.fixture(scope="module")
def exact_prices() -> list[Any]:
    return [exact.price(*option) for option in GRID]


def columns(options: list[tuple[Any, ...]]) -> list[Any]:
    kinds, *numbers = zip(*options, strict=True)
    return [np.array(kinds), *(np.array(column) for column in numbers)]


def priced(way: str, options: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch) -> Any:
    """The fields of `price_option`, one option at a time, or as arrays in one of two ways."""
    if way == "one by one":
        results = [price_option(*option) for option in options]
        return {name: np.array([getattr(one, name) for one in results]) for name in GREEKS}
    choose(way, monkeypatch)
    result = price_option(*columns(options))
    return {name: getattr(result, name) for name in GREEKS}


def choose(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if way == "compiled":
        if not compiled.available():
            pytest.skip("Numba is not installed")
        compiled.warm_up()
    monkeypatch.setattr(chunks, "LONG", 1 if way == "compiled" else 10**12)


WAYS = pytest.mark.parametrize("way", ["one by one", "numpy", "compiled"])


# Exactness


@WAYS
def test_prices_have_eleven_digits_down_to_1e_12(
    way: str, exact_prices: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    prices = priced(way, GRID, monkeypatch)["price"]
    checked = 0
    for option, ours, true in zip(GRID, prices, exact_prices, strict=True):
        if true >= 1e-12:
            assert abs(ours / true - 1) < 1e-11, option
            checked += 1
        else:
            assert 0 <= ours < 1.1e-12, option
    assert checked > 1500


@WAYS
def test_implied_volatility_has_ten_digits_or_is_refused(
    way: str, exact_prices: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    options = [
        (kind, float(true), spot, strike, days, rate, carry)
        for (kind, spot, strike, days, _, rate, carry), true in zip(GRID, exact_prices, strict=True)
        if true >= 1e-12
    ]
    if way == "one by one":
        found = np.array([one_implied_volatility(*option) for option in options])
    else:
        choose(way, monkeypatch)
        found = implied_volatility(*columns(options))
    for option, volatility in zip(options, found, strict=True):
        kind, price, spot, strike, days, rate, carry = option
        years = days / 365
        out = spot * math.exp((rate - carry) * years) <= strike
        if math.isnan(volatility):
            # Only in the money, or at the upper bound, can rounding take the time value away.
            assert out != (kind == "call") or price > 0.2 * spot, option
        else:
            assert exact.implied_volatility_error(volatility, *option) < 1e-10, option
    assert np.isfinite(found).mean() > 0.65


def one_implied_volatility(*option: Any) -> float:
    try:
        return implied_volatility(*option)
    except ToolInputError:
        return math.nan


def test_an_implied_volatility_out_of_the_money_is_never_refused() -> None:
    for strike, days, iv in itertools.product((3000, 5000, 5799, 5800), (1, 30, 365), (0.1, 0.5)):
        price = price_option("put", 5800, strike, days, iv).price
        if price > 1e-200:
            found = implied_volatility("put", price, 5800, strike, days)
            assert found == pytest.approx(iv, rel=1e-10)


@WAYS
def test_prices_and_greeks_agree_with_vollib(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    options = [option for option in GRID[::7] if option[3] >= 1]
    ours = priced(way, options, monkeypatch)
    for place, option in enumerate(options):
        theirs = vollib_value(*option)
        if theirs.price < 0.01:
            continue
        for name in GREEKS:
            mine, reference = ours[name][place], getattr(theirs, name)
            # Theta is a sum of terms of both signs; its digits are those of the largest of them.
            scale = abs(reference)
            if name == "theta":
                scale = max(scale, abs(ours["vega"][place]) * 100 * option[4] / (2 * option[3]))
                scale = max(scale, 6000 * 0.045 / 365)
            if name == "price" and theirs.price > 100:
                scale = max(scale, 5800.0)  # discounted intrinsic value: a difference in vollib
            assert abs(mine - reference) <= 1e-12 * scale + 1e-300 or reference < 1e-30, (
                name,
                option,
                mine,
                reference,
            )


def test_implied_volatility_agrees_with_vollib() -> None:
    for strike, days, iv in itertools.product((5300, 5800, 6300), (7, 30, 365), (0.1, 0.3)):
        kind = "put" if strike < 5800 else "call"
        price = price_option(kind, 5800, strike, days, iv, 0.045, 0.013).price
        if price >= 0.01:
            ours = implied_volatility(kind, price, 5800, strike, days, 0.045, 0.013)
            theirs = vollib_implied_volatility(kind, price, 5800, strike, days, 0.045, 0.013)
            assert ours == pytest.approx(theirs, rel=1e-12)


def test_units_of_the_greeks_are_those_of_vollib() -> None:
    ours, theirs = (
        price_option("call", 49, 50, 140, 0.2, 0.05),
        vollib_value("call", 49, 50, 140, 0.2, 0.05),
    )
    for name in GREEKS:
        assert getattr(ours, name) == pytest.approx(getattr(theirs, name), rel=1e-12), name


# Published numbers


def arguments(inputs: dict[str, Any]) -> dict[str, Any]:
    future = "F" in inputs
    return {
        "spot": inputs["F"] if future else inputs["S"],
        "strike": inputs["K"],
        "days": inputs["T"] * 365,
        "iv": inputs["sigma"],
        "rate": inputs["r"],
        "dividend_yield": inputs.get("q", 0),
        "model": "black76" if future else "bsm",
    }


@pytest.mark.parametrize(
    "vector",
    vectors("black76_hull.json", "black76_price", "black76_greek", "bsm_greek", "bsm_price"),
)
def test_published_options(vector: Any) -> None:
    option = price_option(vector["inputs"]["type"], **arguments(vector["inputs"]))
    fields = {
        "theta_per_day_365": option.theta,
        "theta_per_year": option.theta * 365,
        "vega_per_1pct": option.vega,
        "rho_per_1pct": option.rho,
        "price": option.price,
        "delta": option.delta,
        "gamma": option.gamma,
    }
    for name, expected in vector["expected"].items():
        assert fields[name] == pytest.approx(expected, abs=vector["tolerance"]), name


@pytest.mark.parametrize("vector", vectors("vollib_bs_table.json", "bs_full"))
def test_the_table_of_vollibs_own_tests(vector: Any) -> None:
    call = price_option("call", **arguments(vector["inputs"]))
    put = price_option("put", **arguments(vector["inputs"]))
    fields = {
        "call": call.price,
        "put": put.price,
        "call_delta": call.delta,
        "put_delta": put.delta,
        "call_gamma": call.gamma,
        "call_theta_year": call.theta * 365,
        "put_theta_year": put.theta * 365,
        "call_vega": call.vega * 100,
        "call_rho": call.rho * 100,
        "put_rho": put.rho * 100,
    }
    for name, expected in vector["expected"].items():
        assert fields[name] == pytest.approx(expected, rel=1e-5, abs=1e-5), name


@pytest.mark.parametrize("vector", vectors("strike_from_delta.json", "strike_from_delta"))
def test_the_delta_at_published_strikes(vector: Any) -> None:
    inputs = vector["inputs"]
    option = price_option(
        inputs["type"],
        inputs["S"],
        vector["expected"]["strike"],
        365,
        inputs["std_dev"],
        -math.log(inputs["df_r"]),
        -math.log(inputs["df_q"]),
    )
    delta = option.delta / (inputs["df_q"] if inputs["delta_type"] == "fwd" else 1)
    assert delta == pytest.approx(vector["expected"]["delta_at_strike"], abs=1e-3)


# Properties

levels = st.floats(min_value=500, max_value=9000)
ratios = st.floats(min_value=0.6, max_value=1.6)
terms = st.floats(min_value=0.5, max_value=1500)
vols = st.floats(min_value=0.03, max_value=1.5)
rates = st.floats(min_value=-0.02, max_value=0.12)


@given(levels, ratios, terms, vols, rates, rates)
def test_put_call_parity(
    s: float, ratio: float, days: float, iv: float, r: float, q: float
) -> None:
    call = price_option("call", s, s * ratio, days, iv, r, q)
    put = price_option("put", s, s * ratio, days, iv, r, q)
    asset, cash = s * math.exp(-q * days / 365), s * ratio * math.exp(-r * days / 365)
    assert call.price - put.price == pytest.approx(asset - cash, abs=1e-11 * s)
    assert call.delta - put.delta == pytest.approx(math.exp(-q * days / 365), rel=1e-12)
    assert (call.gamma, call.vega) == (put.gamma, put.vega)
    assert call.probability_in_the_money + put.probability_in_the_money == pytest.approx(1)


@given(levels, ratios, terms, vols, rates, rates)
def test_a_price_keeps_its_bounds_and_its_volatility(
    s: float, ratio: float, days: float, iv: float, r: float, q: float
) -> None:
    option = price_option("call", s, s * ratio, days, iv, r, q)
    asset, cash = s * math.exp(-q * days / 365), s * ratio * math.exp(-r * days / 365)
    assert max(asset - cash, 0) * (1 - 1e-13) <= option.price <= asset * (1 + 1e-13)
    time_value = option.price - max(asset - cash, 0)
    if time_value > 1e-3 * s:
        found = implied_volatility("call", option.price, s, s * ratio, days, r, q)
        assert found == pytest.approx(iv, rel=1e-9)


@given(levels, ratios, terms, vols, rates, st.floats(min_value=1e-3, max_value=1e3))
def test_price_scales_with_the_index(
    s: float, ratio: float, days: float, iv: float, r: float, scale: float
) -> None:
    small = price_option("put", s, s * ratio, days, iv, r)
    large = price_option("put", s * scale, s * ratio * scale, days, iv, r)
    assert large.price == pytest.approx(small.price * scale, rel=1e-9, abs=1e-200)
    assert large.delta == pytest.approx(small.delta, rel=1e-9, abs=1e-200)


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(["call", "put"]),
    st.floats(min_value=0.85, max_value=1.15),
    st.floats(min_value=5, max_value=400),
    st.floats(min_value=0.1, max_value=0.8),
    rates,
    rates,
    st.sampled_from(["bsm", "black76"]),
)
def test_greeks_are_the_slopes_of_the_price(
    kind: str, ratio: float, days: float, iv: float, r: float, q: float, model: str
) -> None:
    if model == "black76":
        q = 0.0
    at = {"spot": 1000.0, "days": days, "iv": iv, "rate": r}

    def price(**change: float) -> float:
        moved = {**at, **change}
        return price_option(kind, strike=1000 * ratio, dividend_yield=q, model=model, **moved).price

    def slope(name: str, step: float) -> float:
        return (price(**{name: at[name] + step}) - price(**{name: at[name] - step})) / (2 * step)

    option = price_option(kind, strike=1000 * ratio, dividend_yield=q, model=model, **at)
    assert option.delta == pytest.approx(slope("spot", 1e-2), abs=1e-6)
    assert option.theta == pytest.approx(-slope("days", 1e-3), rel=1e-4, abs=1e-6)
    assert option.vega == pytest.approx(slope("iv", 1e-5) / 100, rel=1e-5, abs=1e-7)
    assert option.rho == pytest.approx(slope("rate", 1e-6) / 100, rel=1e-4, abs=1e-5)
    curvature = (price(spot=1001.0) - 2 * price() + price(spot=999.0)) / 1.0
    assert option.gamma == pytest.approx(curvature, rel=1e-2, abs=1e-7)


@given(st.floats(min_value=0, max_value=1e6))
def test_the_scaled_error_function_twice_over(x: float) -> None:
    from scipy.special import erfcx as reference

    from tools.pricing.normal import erfcx, erfcx_array

    assert erfcx(x) == pytest.approx(reference(x), rel=1e-15)
    assert erfcx_array(np.array([x]))[0] == erfcx(x)


# Shapes


def test_scalars_give_floats_and_arrays_give_arrays_of_their_shape() -> None:
    assert type(price_option("call", 100, 100, 30, 0.2).price) is float
    assert type(implied_volatility("call", 3.0, 100, 100, 30)) is float
    strikes = np.array([[90, 100, 110], [95, 105, 115]])
    table = price_option("call", 100, strikes, 30, 0.2)
    assert table.price.shape == table.vega.shape == (2, 3)
    for place, strike in np.ndenumerate(strikes):
        one = price_option("call", 100, int(strike), 30, 0.2)
        for name in GREEKS:
            assert getattr(table, name)[place] == pytest.approx(getattr(one, name), rel=1e-12)


def test_series_lists_and_arrays_of_kinds() -> None:
    kinds = ["put", "call", "call"]
    expected = [price_option(kind, 100, 105, 30, 0.2).price for kind in kinds]
    for given_kinds in (kinds, np.array(kinds), pd.Series(kinds), np.array(kinds, dtype=object)):
        prices = price_option(given_kinds, 100, 105, 30, 0.2).price
        assert isinstance(prices, np.ndarray)
        assert prices == pytest.approx(expected)
    frame = pd.DataFrame({"strike": [95.0, 105.0, 110.0], "kind": kinds})
    series = price_option(frame["kind"], 100, frame["strike"], 30, 0.2).price
    assert series[1] == pytest.approx(expected[1])
    assert implied_volatility(frame["kind"], series, 100, frame["strike"], 30) == pytest.approx(0.2)


def test_prices_outside_the_bounds_are_nan_in_an_array() -> None:
    found = implied_volatility("call", np.array([0.0, 3.0, 100.0, 200.0]), 100, 100, 30)
    assert np.isnan(found).tolist() == [True, False, True, True]


@pytest.mark.parametrize("way", ["numpy", "compiled"])
def test_long_arrays_with_scalars_and_read_only_views(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(way, monkeypatch)
    monkeypatch.setattr(chunks, "CHUNK", 700)
    strikes = np.broadcast_to(np.linspace(80, 120, 41), (50, 41))
    prices = price_option("put", 100, strikes, 30, 0.2, 0.05).price
    assert prices.shape == (50, 41)
    assert prices[17, 5] == pytest.approx(price_option("put", 100, 85, 30, 0.2, 0.05).price)
    back = implied_volatility("put", prices, 100, strikes, 30, 0.05)
    assert np.nanmax(np.abs(back - 0.2)) < 1e-9


# Bad input

GOOD = {
    "kind": "call",
    "spot": 5800.0,
    "strike": 5900.0,
    "days": 30.0,
    "iv": 0.16,
    "rate": 0.045,
    "dividend_yield": 0.013,
}
NOT_NUMBERS = (None, "5800", True, math.nan, math.inf, -math.inf, [], {}, object(), 10**400)


@pytest.mark.parametrize("field", [name for name in GOOD if name != "kind"])
@pytest.mark.parametrize("value", NOT_NUMBERS, ids=repr)
def test_what_is_not_a_number_is_refused_by_name(field: str, value: Any) -> None:
    with pytest.raises(ToolInputError) as caught:
        price_option(**{**GOOD, field: value})
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("spot", 0), ("spot", -1), ("strike", 0), ("strike", -5), ("days", 0), ("days", -3),
        ("iv", 0), ("iv", -0.2), ("iv", 16), ("rate", 4.5), ("dividend_yield", 1.3),
        ("kind", "straddle"), ("kind", "Call"), ("kind", 1), ("kind", None), ("model", "heston"),
        ("kind", ["call", "cell"]), ("kind", []), ("kind", np.array([1, 2])),
        ("strike", [5900, math.nan]), ("strike", ["a"]), ("strike", [[1, 2], [3]]),
        ("days", [30, 0]), ("iv", np.array([True])), ("strike", np.array([])),
    ],
)  # fmt: skip
def test_bad_values_are_refused_with_a_remedy(field: str, value: Any) -> None:
    with pytest.raises(ToolInputError) as caught:
        price_option(**{**GOOD, field: value})
    assert caught.value.field.startswith(field)
    assert "has to be" in str(caught.value)


def test_all_wrong_fields_are_reported_together() -> None:
    with pytest.raises(ToolInputError) as caught:
        price_option("call", -1, math.nan, 0, -0.2)
    assert [one.field for one in caught.value.problems] == ["spot", "strike", "days", "iv"]


def test_the_place_of_a_bad_element_is_named() -> None:
    with pytest.raises(ToolInputError, match=r"strike\[1, 0\] is -5"):
        price_option("call", 100, [[90, 100], [-5, 110]], 30, 0.2)


def test_mismatched_shapes_are_refused() -> None:
    with pytest.raises(ToolInputError, match="of the shape of spot"):
        price_option("call", np.ones(3), np.ones(4), 30, 0.2)
    with pytest.raises(ToolInputError, match="of the shape of kind"):
        implied_volatility(["call", "put"], np.ones(3), 100, 100, 30)


def test_a_price_below_discounted_intrinsic_value_is_explained() -> None:
    with pytest.raises(ToolInputError) as caught:
        implied_volatility("call", 299.9, 5800, 5500, 30, 0.045, 0.013)
    message = str(caught.value)
    assert caught.value.field == "price"
    for number in ("299.9", "5793.8060", "5479.6951", "314.1109", "300.0000"):
        assert number in message
    assert "discounted intrinsic value" in message


@pytest.mark.parametrize(
    ("kind", "price", "said"),
    [
        ("call", 5800, "at any volatility"),
        ("put", 5500, "at any volatility"),
        ("put", 0, "worth more than nothing"),
        ("put", 1e-320, "next to nothing"),
        ("put", -1, "at least 0"),
        ("call", 5800 - 1e-9, "do not fix the volatility"),
    ],
)
def test_other_prices_without_a_volatility(kind: str, price: float, said: str) -> None:
    with pytest.raises(ToolInputError, match=said):
        implied_volatility(kind, price, 5800, 5500, 30)


def test_deep_in_the_money_the_digits_are_used_up_and_that_is_said() -> None:
    with pytest.raises(ToolInputError, match="put at the same strike"):
        implied_volatility("call", 2000 + 1e-9, 5800, 3800, 30)
    assert math.isnan(implied_volatility("call", np.array([2000 + 1e-9]), 5800, 3800, 30)[0])


def test_a_future_has_no_dividend_yield() -> None:
    with pytest.raises(ToolInputError, match="already holds the dividends"):
        price_option("call", 20, 20, 30, 0.8, 0.05, 0.01, model="black76")
    option = price_option("call", 20, 22, 30, 0.8, 0.05, model="black76")
    assert implied_volatility(
        "call", option.price, 20, 22, 30, 0.05, model="black76"
    ) == pytest.approx(0.8, rel=1e-12)


# The compiler in the background


def test_without_numba_arrays_are_priced_by_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "available", lambda: False)
    monkeypatch.setattr(compiled, "_LOOPS", {})
    monkeypatch.setattr(chunks, "LONG", 1)
    assert price_option("call", np.full(3, 100.0), 100, 30, 0.2).price.shape == (3,)
    assert compiled.loop("price_option") is None


def test_a_compiler_that_fails_leaves_numpy_in_place(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from tools.pricing import loops

    def fail(name: str, stamp: int) -> None:
        raise RuntimeError("no compiler here")

    monkeypatch.setattr(loops, "build", fail)
    monkeypatch.setattr(compiled, "_LOOPS", {"price_option": None})
    compiled._build("price_option")
    assert "NumPy takes its place" in caplog.text
    assert compiled.loop("price_option") is None


def test_the_result_shows_itself() -> None:
    option = price_option("call", 100, 100, 30, 0.2)
    assert "price=2.287" in repr(option)
    assert "<table>" in option._repr_html_()
    assert option.to_dict()["assumptions"]["day count"] == "calendar days / 365"
    with pytest.raises(AttributeError):
        option.price = 1.0  # type: ignore[misc]
