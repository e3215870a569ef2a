"""Iron condors: published arithmetic, probabilities, margin, warnings, bad input."""

import pytest

from tools import ToolInputError, break_even, check_credit, price_condor

PUBLISHED = {
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


def test_the_published_condor():
    condor = price_condor(**PUBLISHED)
    assert round(condor.credit, 2) == 13.13
    assert round(condor.lower_break_even, 2) == 5486.87
    assert round(condor.upper_break_even, 2) == 6063.13
    assert round(condor.max_loss_usd, 2) == 3686.80
    assert round(condor.probability_of_profit, 3) == 0.718
    assert round(condor.credit_to_width, 3) == 0.263


def test_a_credit_as_wide_as_the_wing_is_refused_in_a_traders_words():
    with pytest.raises(ToolInputError, match="profit without risk"):
        price_condor(**PUBLISHED, credit=50)


def test_break_even_and_check_credit():
    levels = break_even(5500, 6050, 13.13)
    assert (levels.lower, levels.upper) == (5486.87, 6063.13)
    assert check_credit(13.13, 50).verdict == "rich"
    assert check_credit(10, 50).verdict == "in range"
    assert check_credit(5, 50).verdict == "thin"
