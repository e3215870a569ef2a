"""The numbers of a question, in the wordings that traders use."""

from __future__ import annotations

import pytest

from assistant.models.builtin.cues import BY_NAME
from assistant.models.builtin.reading import Question

NAMES = (
    "spot put_long put_short call_short call_long days iv rate dividend_yield credit width "
    "contracts short_delta vix vix9d vix3m vix6m vvix account_usd max_loss_usd risk_fraction"
).split()

CONDOR = {"put_long": 5450, "put_short": 5500, "call_short": 6050, "call_long": 6100}

WORDINGS = [
    (
        "spot 5800, puts 5450/5500, calls 6050/6100, IV 16 %, rate 4.5 %, dividend yield 1.3 %",
        CONDOR | {"spot": 5800, "iv": 0.16, "rate": 0.045, "dividend_yield": 0.013},
    ),
    (
        "5450/5500/6050/6100 with SPX at 5,800, 45 DTE, 18 vol",
        CONDOR | {"spot": 5800, "days": 45, "iv": 0.18},
    ),
    ("sell the 5500/5450 put spread", {"put_long": 5450, "put_short": 5500}),
    ("16 delta, 25 wide, 45 DTE", {"short_delta": 0.16, "width": 25, "days": 45}),
    ("0.16 delta shorts and 50-point wings", {"short_delta": 0.16, "width": 50}),
    ("$1.15 on a 10-wide", {"credit": 1.15, "width": 10}),
    ("a 1DTE condor", {"days": 1}),
    ("two ideas, 6 weeks out", {"days": 42}),
    ("VIX 22, VIX3M 20.5", {"vix": 22, "vix3m": 20.5}),
    ("VIX9D is 25.1; VIX is at 22.4 and VVIX near 110", {"vix9d": 25.1, "vix": 22.4, "vvix": 110}),
    ("short the 5500 put and the 6050 call", {"put_short": 5500, "call_short": 6050}),
    (
        "a $100k account risking 2% with max loss $3,686.80",
        {"account_usd": 100_000, "risk_fraction": 0.02, "max_loss_usd": 3686.80},
    ),
    ("VIX goes to 35 and VIX3M climbs to 29", {"vix": 35, "vix3m": 29}),
    ("I got filled at 11.20", {"credit": 11.2}),
    ("IV of -16%", {"iv": -0.16}),
    ("implied volatility 0.19", {"iv": 0.19}),
    ("rate 450 bps", {"rate": 0.045}),
]


@pytest.mark.parametrize(("text", "expected"), WORDINGS)
def test_reads_the_quantities_of_a_wording(text: str, expected: dict[str, float]) -> None:
    values = Question(text).read(NAMES).values
    assert {name: values.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    "text",
    [
        "How do I tell a real gold bar from a fake?",
        "running 24/7 VIX hedges or SPX iron condors",
        "EDR >0.94% or something else",
        "what happened in 2018?",
    ],
)
def test_reads_no_quantity_where_none_is_named(text: str) -> None:
    assert Question(text).read(NAMES).values == {}


def test_does_not_take_the_name_of_an_index_for_a_number() -> None:
    question = Question("VIX9D and VIX3M compared with the S&P 500")
    assert question.read(BY_NAME).values == {}
