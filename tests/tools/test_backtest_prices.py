"""Prices of a backtest against what is quoted, published, or computed by somebody else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import simpson

from tests.tools.shared import SHARED
from tests.tools.test_backtest import _real
from tools.backtest import CondorEntry, SmileModel, TradingCosts, backtest_condor
from tools.backtest.history import clean_history
from tools.backtest.prices import Expiry, Market, choose_strikes
from tools.chains import read_chain
from tools.pricing import implied_volatility
from tools.pricing.reference import vollib_value

CHAINS = {
    "2022-06-10": "cboe_spx_2022-06-11.csv.gz",
    "2023-09-14": "cboe_spx_quotedata_2023-09-14_as_downloaded.csv.gz",
}
CNDR_STRIKES = CondorEntry(every="third friday", days=30, short_delta=0.20, long_delta=0.05)


def chain_of(day: str) -> pd.DataFrame:
    path = SHARED / "data" / "options" / CHAINS[day]
    if not path.exists():
        pytest.skip(f"no {path.name} beside the tree")
    return read_chain(path, time=f"{day} 16:15")


@pytest.mark.parametrize("day", ["1995-03-01", "2008-10-10", "2017-11-03", "2022-06-10"])
def test_options_of_the_fitted_smile_have_the_vix_and_the_skew_of_their_day(day: str) -> None:
    """Both indices recomputed by the published sums, out of prices by vollib."""
    real = _real()
    clean = clean_history(real, None, None)
    row = int(np.searchsorted(clean.day, np.datetime64(day)))
    market = Market(clean, SmileModel(clock="calendar"))
    expiry = Expiry(market, np.array([row]), np.array([30.0]))
    forward, years = float(expiry.forward[0]), 30 / 365
    moneyness = np.linspace(-10, 6, 1201) * float(expiry.deviation[0])
    strikes = forward * np.exp(moneyness)
    volatility = expiry.terms(strikes)[1] / np.sqrt(years)
    quotes = np.array([
        vollib_value("put" if strike < forward else "call", forward, strike, 30, iv,
                     model="black76").price
        for strike, iv in zip(strikes, volatility, strict=True)
    ])  # fmt: skip
    first = -simpson(quotes / strikes**2, x=strikes)
    second = 2 * simpson((1 - moneyness) * quotes / strikes**2, x=strikes)
    third = 3 * simpson((2 * moneyness - moneyness**2) * quotes / strikes**2, x=strikes)
    vix = 100 * np.sqrt(-2 * first / years)
    spread = (second - first**2) ** 1.5
    skew = 100 - 10 * (third - 3 * first * second + 2 * first**3) / spread
    assert vix == pytest.approx(real.loc[day, "vix"], rel=0.005)
    assert skew == pytest.approx(real.loc[day, "skew"], abs=0.5)


@pytest.mark.parametrize(("day", "expiration"), [
    ("2022-06-10", dt.date(2022, 7, 11)), ("2023-09-14", dt.date(2023, 10, 13)),
])  # fmt: skip
def test_a_condor_of_the_model_is_near_the_one_of_the_chain(day: str, expiration: dt.date) -> None:
    """The 20- and 5-delta condor of a month: its credit within 10 % of the quotes' mid.

    The curvature of the smile was chosen near these two chains; slope and level were not.
    """
    chain = chain_of(day)
    real = _real()
    clean = clean_history(real, None, None)
    row = np.array([int(np.searchsorted(clean.day, np.datetime64(day)))])
    left = float((np.datetime64(expiration) - clean.day[row[0]]).astype(int))
    expiry = Expiry(Market(clean, SmileModel()), row, np.array([left]),
                    np.array([np.datetime64(expiration)]))  # fmt: skip
    strikes = choose_strikes(expiry, CNDR_STRIKES)[:, 0]
    puts, calls = expiry.sides(strikes[:, None])
    quotes = chain[(chain.expiration == expiration) & (chain.bid > 0)]
    if "settlement" in quotes and (quotes.settlement == "PM").any():
        quotes = quotes[quotes.settlement == "PM"]

    def quoted(kind: str, strike: float) -> float:
        side = quotes[quotes.kind == kind].sort_values("strike")
        return float(np.interp(strike, side.strike, (side.bid + side.ask) / 2))

    put_long, put_short, call_short, call_long = strikes
    credit = quoted("put", put_short) - quoted("put", put_long)
    credit += quoted("call", call_short) - quoted("call", call_long)
    assert float(puts[0] + calls[0]) == pytest.approx(credit, rel=0.10)
    # The control: without a smile the same four strikes are mispriced by far more.
    flat = Expiry(Market(clean, SmileModel(slope=0.0, curvature=0.0)), row, np.array([left]))
    puts, calls = flat.sides(strikes[:, None])
    assert abs(float(puts[0] + calls[0]) / credit - 1) > 0.10


def test_the_market_before_a_day_is_blind_to_the_days_after_it() -> None:
    real = _real().loc["2007":"2012"].copy()
    altered = real.copy()
    after = altered.index > "2009-12-31"
    shuffled = np.random.default_rng(4).permutation(int(after.sum()))
    altered.loc[after] = altered.loc[after].to_numpy()[shuffled]
    one, two = (Market(clean_history(table, None, None), SmileModel()) for table in (real, altered))
    before = int((~after).sum())
    assert np.array_equal(one.curve[:before], two.curve[:before])
    assert np.array_equal(one.slope[:before], two.slope[:before])
    assert not np.array_equal(one.slope, two.slope)


def test_variance_passes_on_exchange_days_only() -> None:
    """16 % a year over a weekend: one exchange day of 252, against three days of 365."""
    days = pd.bdate_range("2023-01-03", "2023-06-30")
    clean = clean_history(pd.DataFrame({"spx": 4000.0, "vix": 16.0}, index=days), None, None)
    friday = int(np.searchsorted(clean.day, np.datetime64("2023-02-24")))
    monday = np.array([np.datetime64("2023-02-27")])
    row, left = np.array([friday]), np.array([3.0])
    smile = {"slope": 0.0, "curvature": 0.0, "vix_to_atm": 1.0}
    trading = Expiry(Market(clean, SmileModel(**smile)), row, left, monday)
    calendar = Expiry(Market(clean, SmileModel(**smile, clock="calendar")), row, left, monday)
    assert trading.deviation[0] == pytest.approx(0.16 / np.sqrt(252))
    assert calendar.deviation[0] == pytest.approx(0.16 * np.sqrt(3 / 365))
    # A year holds as much variance by either clock; a holiday is no exchange day.
    assert clean.trading_days(friday, np.array([np.datetime64("2023-04-10")]))[0] == 30


# Chains


def quoted_day() -> tuple[pd.DataFrame, pd.DataFrame]:
    real = _real().loc["2023-08-01":"2023-11-30"]
    return real, chain_of("2023-09-14")


def test_an_entry_on_a_day_with_a_chain_is_at_its_quotes() -> None:
    real, chain = quoted_day()
    costs = TradingCosts(2.0, 0.10)
    test = backtest_condor(real, CondorEntry(days=30, every="day"), costs=costs,
                           chains={"2023-09-14": chain})  # fmt: skip
    trade = test.trades[test.trades.entry_date == "2023-09-14"].iloc[0]
    assert trade.prices == "quotes"
    rows = chain[(chain.expiration == trade.expiration.date())]
    rows = rows[rows.settlement == "PM"] if (rows.settlement == "PM").any() else rows
    legs = [("put", "put_long", -1), ("put", "put_short", 1), ("call", "call_short", 1),
            ("call", "call_long", -1)]  # fmt: skip
    quotes = [
        (sign, rows[(rows.kind == kind) & (rows.strike == trade[name])].iloc[0])
        for kind, name, sign in legs
    ]
    credit = sum(sign * (quote.bid + quote.ask) / 2 for sign, quote in quotes)
    natural = sum(quote.bid if sign > 0 else -quote.ask for sign, quote in quotes)
    assert trade.credit == pytest.approx(credit)
    assert trade.costs_usd == pytest.approx(100 * (credit - natural) + 4 * 2.0)
    assert {"quotes", "model"} == set(test.trades.prices)
    assert any("opened at quotes" in said for said in test.warnings)


def test_a_chain_of_another_day_or_kind_is_refused() -> None:
    real, chain = quoted_day()
    for chains, said in (
        ({"2023-09-16": chain}, "a day that the history has"),
        ({"2023-10-27": chain}, "another day's chain"),
        ({"2023-09-14": chain.drop(columns="bid")}, "column bid"),
        ({"soon": chain}, "a day such as"),
        ({"2023-09-14": 3}, "read_chain"),
        ({}, "mapping"),
    ):
        given: Any = chains
        with pytest.raises(Exception, match=said):
            backtest_condor(real, chains=given)


def quoted_volatilities(
    day: str, expiration: dt.date, deviations: list[float]
) -> tuple[list[float], list[float]]:
    """Volatilities of the chain's mids and of the model at the same strikes, over the chain's own
    volatility at the money; the first of each is the one at the money.
    """
    chain = chain_of(day)
    rows = chain[(chain.expiration == expiration) & (chain.bid > 0)]
    if (rows.settlement == "PM").any():
        rows = rows[rows.settlement == "PM"]
    mids = {
        kind: side.set_index("strike").eval("(bid + ask) / 2")
        for kind, side in rows.groupby("kind")
    }
    real = _real()
    clean = clean_history(real, None, None)
    row = np.array([int(np.searchsorted(clean.day, np.datetime64(day)))])
    days = float((np.datetime64(expiration) - clean.day[row[0]]).astype(int))
    rate = float(real.loc[day, "rate"])
    close = mids["call"].index.intersection(mids["put"].index)
    close = close[abs(close / real.loc[day, "spx"] - 1) < 0.02]
    grown = np.exp(rate * days / 365)
    forward = float(np.median(close + (mids["call"][close] - mids["put"][close]) * grown))

    def implied(deviation: float, atm: float) -> tuple[float, float]:
        wanted = forward * np.exp(deviation * atm * np.sqrt(days / 365))
        side = mids["put" if deviation < 0 else "call"]
        strike = float(side.index[np.argmin(abs(side.index - wanted))])
        kind = "put" if deviation < 0 else "call"
        return strike, float(implied_volatility(kind, float(side[strike]), forward, strike, days,
                                                rate, model="black76"))  # fmt: skip

    atm = implied(0.0, 0.2)[1]
    quoted = [implied(one, atm) for one in [0.0, *deviations]]
    expiry = Expiry(Market(clean, SmileModel()), row, np.array([days]),
                    np.array([np.datetime64(expiration)]))  # fmt: skip
    # At the same distance from each one's forward, which rates and dividends move apart.
    model = [
        float(expiry.terms(expiry.forward * strike / forward)[1][0] / np.sqrt(days / 365))
        for strike, _ in quoted
    ]
    return [iv / atm for _, iv in quoted], [iv / atm for iv in model]


TWO_DEVIATIONS = [-2.0, -1.75, -1.5, -1.25, -1.0, -0.75, -0.5, 0.5, 0.75, 1.0, 1.25, 1.5]


@pytest.mark.parametrize(("day", "expiration"), [
    ("2022-06-10", dt.date(2022, 7, 11)), ("2022-06-10", dt.date(2022, 7, 22)),
    ("2023-09-14", dt.date(2023, 10, 13)), ("2023-09-14", dt.date(2023, 10, 27)),
])  # fmt: skip
def test_the_error_of_the_smile_is_what_its_record_says(day: str, expiration: dt.date) -> None:
    quoted, model = quoted_volatilities(day, expiration, TWO_DEVIATIONS)
    error = np.sqrt(np.mean((np.array(model) - quoted)[1:] ** 2))
    assert 0.035 < error < 0.055


def test_short_tenors_are_too_dear_by_what_the_study_says() -> None:
    for expiration, excess in ((dt.date(2023, 9, 15), 0.19), (dt.date(2023, 9, 21), 0.12)):
        quoted, model = quoted_volatilities("2023-09-14", expiration, [])
        assert model[0] / quoted[0] - 1 == pytest.approx(excess, abs=0.015)
