"""What prose tells: layers of a hedge, two condors of a roll, levels and days of a payoff, phrases."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.models.builtin import phrases
from assistant.models.builtin.changes import changed
from assistant.models.builtin.layers import layers_of
from assistant.models.builtin.levels import day_counts, payoff_levels
from assistant.models.builtin.numerals import spelled_out
from assistant.models.builtin.reading import Question
from assistant.models.builtin.results import Done
from assistant.models.builtin.rolls import two_condors

TWO_LAYERS = [(45, 21, 17.5, 0.96), (100, 24, 19.25, 0.8)]


@pytest.mark.parametrize(
    "text",
    [
        "VIX calls: 45d K21 F17.5 v96, 100d K24 F19.25 v80",
        "hedge with VIX calls at 45/100 days, strikes 21/24, futures 17.5/19.25, vols 96/80",
        "two VIX layers: 45-day 21 calls on a 17.5 future at 96 vol, 100-day 24 calls on 19.25 at 80",
        "hedge: first VIX layer 45 days, strike 21, future 17.5, vol 96%; second 100 days, strike 24, future 19.25, vol 80%",
        "VIX layers: strike 21 on the 17.5 future with 45 days at 96 vol, then strike 24 on 19.25 with 100 days at 80 vol",
    ],
)  # fmt: skip
def test_layers_are_the_same_in_whatever_order_they_are_told(text: str) -> None:
    told = [(t["days"], t["strike"], t["future"], t["iv"]) for t in layers_of(Question(text))]
    assert told == TWO_LAYERS


def test_a_split_gives_three_layers_their_shares_and_lists_of_strikes_are_none() -> None:
    text = "4/4/2 VIX calls at 30/110/220 days; strikes 19/21/23; futures 16/18/19; vols 100/82/70"
    assert [layer["share"] for layer in layers_of(Question(text))] == [0.4, 0.4, 0.2]
    assert layers_of(Question("hedge with one 60-day VIX call struck at 25")) == []
    assert layers_of(Question("a condor 5450/5500/6050/6100 with 30 days and 45 days")) == []


@pytest.mark.parametrize(
    ("text", "days", "credits", "vols"),
    [
        ("roll 6100/6150/6700/6750 (5 dte, got 8 for it, 2.1 left) into 6000/6050/6650/6700, 35 dte, 12.5; spx 6400, iv 20", (5, 35), (8, 12.5), (0.2, 0.2)),
        ("Open: 6100/6150/6700/6750 sold for 9.00, 9 days left, vol 22, costs 21.00 to buy back. New: 6000/6050/6650/6700, 40 days, vol 20, credit 14.50. spx 6400", (9, 40), (9, 14.5), (0.22, 0.2)),
    ],
)  # fmt: skip
def test_a_rolls_two_condors_have_their_own_terms(
    text: str, days: tuple[float, ...], credits: tuple[float, ...], vols: tuple[float, ...]
) -> None:
    condors = two_condors(Question(text))
    told = [condors[name] for name in ("open_condor", "new_condor")]
    assert tuple(c["days"] for c in told) == days
    assert tuple(c["credit"] for c in told) == credits
    assert tuple(c["iv"] for c in told) == vols
    assert [c["put_long"] for c in told] == [6100, 6000]


@pytest.mark.parametrize(
    ("text", "spot", "prices"),
    [
        ("P/L at 6550, 6750 and 6950: started at 6790", 6790, [6550, 6750, 6950]),
        ("if spx is at 6640 halfway, am I under water? it was 6778 then", 6778, [6640]),
        ("where am I at 6450 and 6850? (Sold at 6792.)", 6792, [6450, 6850]),
    ],
)
def test_levels_that_are_asked_for_are_not_the_level_of_the_sale(
    text: str, spot: float, prices: list[float]
) -> None:
    assert payoff_levels(Question(text)) == (spot, prices)


def test_days_are_counted_and_percents_are_no_days() -> None:
    assert day_counts(Question("with 15 days left, 42 dte at entry, vol 14 %")) == [15, 42]
    assert day_counts(Question("two weeks left of 5 weeks")) == [14, 35]


@pytest.mark.parametrize(
    ("find", "text", "expected"),
    [
        (phrases.contracts, "8 x 6600/6625/7100/7125", 8),
        (phrases.contracts, "cr 4.3 on 6500/6525/7000/7025 x40", 40),
        (phrases.contracts, "and I had three of them", 3),
        (phrases.contracts, "is a 3 to 1 payoff of 5500 good", None),
        (phrases.settlement, "it goes out at 7,022 on friday", 7022),
        (phrases.settlement, "SPX prints 6431 at settlement", 6431),
        (phrases.settlement, "expires in 30 days", None),
        (phrases.win_rate, "171 winners of 190 trades", 0.9),
        (phrases.win_rate, "I'm right 81 % of the time", 0.81),
        (phrases.win_rate, "Right, vol is 14 % now", None),
        (phrases.coverage, "offset 75 percent of it", 0.75),
        (phrases.coverage, "only cover half", 0.5),
        (phrases.points_per_percent, "1.8 points for every percent down", 1.8),
        (phrases.days_forward, "within the coming week", 7),
        (phrases.days_forward, "five days from now", 5),
        (phrases.skew, "skewed surface (slope -0.6)", -0.6),
        (phrases.pivot_bars, "one bar each side", 1),
    ],
)
def test_a_phrase_tells_one_quantity(find: Any, text: str, expected: float | None) -> None:
    found = find(Question(spelled_out(text)))
    assert found == (expected if expected is None else pytest.approx(expected))


def test_limits_of_ones_own() -> None:
    assert phrases.limits(Question("20 to 30 % of the width")) == (0.2, 0.3)
    assert phrases.limits(Question("minimum of 18% and maximum of 30%")) == (0.18, 0.3)
    assert phrases.limits(Question("a fifth to a quarter")) == (0.2, 0.25)
    assert phrases.macd_settings(Question("macd 4/8/3 of these closes")) == {
        "fast": 4, "slow": 8, "signal": 3,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("twenty-two days", "22 days"),
        ("thirteen point two percent", "13.2 percent"),
        ("one dollar fifteen", "$1.15"),
        ("6.410 and 6.890", "6410 and 6890"),
        ("MACD (3, 6, signal 3) on", "MACD (3, 6, signal 3) on"),
        ("SPX is six-eight-forty, i.e. 6840", "SPX is 6840"),
    ],
)
def test_spoken_numbers(text: str, digits: str) -> None:
    assert spelled_out(text) == digits


def test_a_number_with_a_name_of_its_own_is_no_second_value() -> None:
    before = Done("check_regime", {"vix": 17.0, "vix3m": 18.5}, {})
    wish = changed(Question("VIX and VIX3M at 19 and 20"), before, {})
    assert wish is not None
    assert [dict(call.arguments) for call in wish.calls()] == [{"vix": 19.0, "vix3m": 20.0}]
