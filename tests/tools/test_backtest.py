"""The backtest: worked by hand, without a look ahead, on real closes, and on dirty ones."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tools
from tests.tools.shared import market_csv
from tools.backtest import (
    FLAT_SMILE,
    CondorEntry,
    CondorExit,
    CondorRoll,
    SmileModel,
    TradingCosts,
    VixCallHedge,
    backtest_condor,
)
from tools.backtest.gate import stands_aside
from tools.backtest.history import clean_history
from tools.backtest.metrics import interval
from tools.backtest.prices import Expiry, Market
from tools.condor import price_condor
from tools.condor_select import select_condor
from tools.errors import ToolDataError, ToolError, ToolInputError
from tools.pricing import price_option
from tools.regime import check_regime
from tools.vix_response import future_response

FREE = TradingCosts(0.0, 0.0, 0.0)
CNDR = CondorEntry(every="third friday", days=30, short_delta=0.2, long_delta=0.05)


def still(level: float = 4000.0, **columns: Any) -> pd.DataFrame:
    """Half a year without a move."""
    days = pd.bdate_range("2023-01-03", "2023-06-30")
    return pd.DataFrame({"spx": level, **({"vix": 16.0} | columns)}, index=days)


@cache
def _real() -> pd.DataFrame:
    spx = market_csv("spx_daily.csv.gz")["close"].rename("spx").loc["1990":]
    indices = market_csv("vol_indices_daily.csv")[
        ["vix", "vix9d", "vix3m", "vix6m", "vvix", "skew"]
    ]
    months = [f"m{number}" for number in range(1, 8)]
    futures = market_csv("vix_futures_m1_m7_daily.csv")[months]
    futures.columns = pd.Index([f"vx{number}" for number in range(1, 8)])
    rate = market_csv("fed_funds_dff_daily.csv")["dff"].rename("rate") / 100
    return spx.to_frame().join(indices).join(futures).join(rate)


@pytest.fixture
def real() -> pd.DataFrame:
    return _real().copy()


def fair(vol_premium: float = 1.0, years: int = 30) -> pd.DataFrame:
    """A lognormal index without drift at 16 %, priced at 16 % times the premium."""
    days = pd.bdate_range("1991-01-02", f"{1990 + years}-12-31")
    gaps = np.diff(days.to_numpy()).astype("timedelta64[D]").astype(float) / 365
    moves = np.random.default_rng(7).standard_normal(len(gaps))
    steps = -0.5 * 0.16**2 * gaps + 0.16 * np.sqrt(gaps) * moves
    spx = 2000 * np.exp(np.r_[0.0, np.cumsum(steps)])
    return pd.DataFrame({"spx": spx, "iv": 0.16 * vol_premium}, index=days)


# Worked by hand


def test_a_still_market_pays_the_credit_less_the_costs_of_the_entry() -> None:
    costs = TradingCosts(commission_usd=2.0, slippage=0.05)
    test = backtest_condor(still(), CondorEntry(days=30, every="month", max_open=1), costs=costs)
    done = test.trades[test.trades.exit_reason == "expiration"]
    assert len(done) == 4  # the one of January is still open on February 1
    assert done.costs_usd.tolist() == [4 * (2 + 5)] * 4
    assert done.profit_usd.to_numpy() == pytest.approx(100 * done.credit.to_numpy() - 28, abs=1e-9)
    assert test.metrics["win_rate"] == 1.0


@pytest.mark.parametrize("sign", [-1, 1])
def test_a_crash_through_a_wing_costs_the_width_less_the_credit(sign: int) -> None:
    history = still()
    history.loc["2023-02-01":, "spx"] *= 1 + 0.3 * sign
    entry = CondorEntry(days=30, every="month", wing_width=50, max_open=1)
    trade = backtest_condor(history, entry, costs=FREE, end="2023-02-28").trades.iloc[0]
    assert trade.profit_usd == pytest.approx(100 * (trade.credit - 50), abs=1e-9)
    assert trade.profit_usd == pytest.approx(-trade.max_loss_usd, abs=1e-9)
    lost, kept = ("put", "call") if sign < 0 else ("call", "put")
    assert trade[f"{lost}_profit_usd"] < 0 < trade[f"{kept}_profit_usd"]
    assert trade.put_profit_usd + trade.call_profit_usd == pytest.approx(trade.profit_usd)


def test_a_close_between_the_strikes_pays_intrinsic_value() -> None:
    history = still()
    entry = CondorEntry(days=30, every="month", wing_width=50, max_open=1)
    first = backtest_condor(history, entry, costs=FREE).trades.iloc[0]
    history.loc[first.expiration, "spx"] = first.put_short - 20
    trade = backtest_condor(history, entry, costs=FREE).trades.iloc[0]
    assert trade.profit_usd == pytest.approx(100 * (first.credit - 20), abs=1e-9)


def test_strikes_and_credit_are_those_of_select_condor() -> None:
    history = still(rate=0.045, dividend_yield=0.015)
    test = backtest_condor(history, CondorEntry(days=30, every="month"), smile=FLAT_SMILE)
    trade = test.trades.iloc[0]
    chosen = select_condor(4000, 0.16, int(trade.days), rate=0.045, dividend_yield=0.015)
    strikes = ["put_long", "put_short", "call_short", "call_long"]
    assert trade[strikes].tolist() == [getattr(chosen, name) for name in strikes]
    assert trade.credit == pytest.approx(chosen.credit, rel=1e-9)


def test_an_early_exit_is_at_the_model_of_that_day() -> None:
    leave = CondorExit(days_left=10)
    test = backtest_condor(
        still(), CondorEntry(days=30, every="month"), leave, costs=FREE, smile=FLAT_SMILE
    )
    trade = test.trades.iloc[0]
    left = (trade.expiration - trade.exit_date).days
    assert (trade.exit_reason, left <= 10) == ("days left", True)
    worth = price_condor(4000, trade.put_long, trade.put_short, trade.call_short, trade.call_long,
                         left, 0.16).credit  # fmt: skip
    assert trade.profit_usd == pytest.approx(100 * (trade.credit - worth), abs=1e-6)
    paid = backtest_condor(still(), CondorEntry(days=30, every="month"), leave, smile=FLAT_SMILE)
    # Two times four legs, each 1.50 US dollars and a tenth of a point.
    assert trade.profit_usd - paid.trades.profit_usd.iloc[0] == pytest.approx(2 * 4 * 11.5)


def test_target_and_stop_close_on_the_first_day_that_meets_them() -> None:
    entry = CondorEntry(days=30, every="month", max_open=1)
    target = backtest_condor(still(), entry, CondorExit(profit_target=0.5), costs=FREE).trades
    first = target.iloc[0]
    assert first.exit_reason == "profit target"
    assert first.profit_usd >= 50 * first.credit
    history = still()
    history.loc["2023-01-20":, "spx"] *= 0.93
    stopped = backtest_condor(history, entry, CondorExit(0.9, 2.0), costs=FREE).trades.iloc[0]
    assert (stopped.exit_reason, str(stopped.exit_date.date())) == ("stop", "2023-01-20")
    assert stopped.profit_usd <= -100 * stopped.credit


def test_target_credit_and_expected_moves_choose_as_they_say() -> None:
    credit = backtest_condor(still(), CondorEntry(days=30, target_credit=6.0)).trades.credit
    assert credit.between(5, 7).all()
    trade = backtest_condor(still(), CondorEntry(days=30, expected_move_multiple=1.0)).trades.iloc[
        0
    ]
    move = 4000 * trade.iv * np.sqrt(trade.days / 365)
    assert abs(trade.call_short - 4000 - move) <= 2.5
    assert abs(4000 - trade.put_short - move) <= 2.5
    none = backtest_condor(still(), CondorEntry(days=30, target_credit=500.0))
    assert (len(none.trades), set(none.skipped.why)) == (
        0, {"the rule finds no four strikes in order"},
    )  # fmt: skip
    assert none.metrics["n"] == 0
    assert (none.equity == 100_000).all()


@pytest.mark.parametrize(
    ("every", "count"), [("day", 121), ("week", 26), ("month", 6), ("friday", 23),
                         ("third friday", 6)],
)  # fmt: skip
def test_entries_by_the_calendar(every: str, count: int) -> None:
    test = backtest_condor(still(), CondorEntry(days=30, every=every))
    # Good Friday is no trading day, and the last day opens nothing.
    assert len(test.trades) + len(test.skipped) == pytest.approx(count, abs=2)
    if every == "third friday":
        assert test.trades.expiration.dt.strftime("%Y-%m-%d").tolist()[:3] == [
            "2023-02-17", "2023-03-17", "2023-04-21",
        ]  # fmt: skip


def test_no_more_are_open_than_allowed() -> None:
    trades = backtest_condor(still(), CondorEntry(every="day", max_open=2)).trades
    for day in still().index:
        assert ((trades.entry_date <= day) & (trades.exit_date > day)).sum() <= 2
    assert len(trades) > 4


def test_wings_and_credits_as_shares() -> None:
    history = still()
    wings = backtest_condor(history, CondorEntry(days=30, wing_fraction=0.0125)).trades
    assert (wings.put_short - wings.put_long == 50).all()
    assert (wings.call_long - wings.call_short == 50).all()
    rich = CondorEntry(days=30, credit_to_width=0.20, strike_step=1.0)
    trades = backtest_condor(history, rich).trades
    assert (trades.credit / 25).between(0.19, 0.21).all()
    target = replace(rich, credit_to_width=None, target_credit=5.0)
    pd.testing.assert_frame_equal(trades, backtest_condor(history, target).trades)


def test_a_breached_condor_is_closed_or_rolled_at_the_same_close() -> None:
    """The index falls to just below the short put on one day and stays there."""
    entry = CondorEntry(days=45, every="month", max_open=1)
    history = still()
    first = backtest_condor(history, entry, costs=FREE).trades.iloc[0]
    history.loc["2023-01-23":, "spx"] = first.put_short - 1
    closed = backtest_condor(history, entry, CondorExit(breach="short strike"), costs=FREE)
    trade = closed.trades.iloc[0]
    assert (trade.exit_reason, str(trade.exit_date.date())) == ("breach", "2023-01-23")
    # The break-even lies a credit farther away and is not reached.
    held = backtest_condor(history, entry, CondorExit(breach="break-even"), costs=FREE)
    assert held.trades.iloc[0].exit_reason == "expiration"

    costs = TradingCosts(2.0, 0.05)
    rolled = backtest_condor(history, entry, costs=costs, roll=CondorRoll(days=60))
    old, new = rolled.trades[rolled.trades.campaign == 0].iloc
    assert (old.exit_reason, old.exit_date, old.roll) == ("rolled", trade.exit_date, 0)
    assert (new.entry_date, new.roll, new.contracts) == (old.exit_date, 1, old.contracts)
    assert 57 <= (new.expiration - new.entry_date).days <= 60
    assert abs((new.put_short + new.call_short) / 2 / (first.put_short - 1) - 1) < 0.02
    # Closing and opening both cost four legs; the new one keeps its credit, nothing moves again.
    assert old.profit_usd == pytest.approx(trade.profit_usd - 2 * 4 * 7)
    assert new.profit_usd == pytest.approx(100 * new.credit - 4 * 7)
    assert rolled.metrics["n_campaigns"] == rolled.metrics["n"] - 1
    # A campaign takes one place: nothing else is opened until the second condor has gone.
    inside = rolled.trades[rolled.trades.campaign != 0].entry_date
    assert (inside >= new.exit_date).all()


def test_a_roll_by_days_goes_on_as_often_as_it_may() -> None:
    entry = CondorEntry(days=30, every="month", max_open=1)
    roll = CondorRoll(when="days left", days=30, days_left=7, most=3)
    trades = backtest_condor(still(), entry, roll=roll, costs=FREE).trades
    chain = trades[trades.campaign == 0]
    assert chain.roll.tolist() == [0, 1, 2, 3]
    assert chain.exit_reason.tolist() == ["rolled"] * 3 + ["expiration"]
    assert chain.entry_date.tolist()[1:] == chain.exit_date.tolist()[:-1]
    # In a market that stands still each takes a part of its credit, and the last one all of it.
    assert (chain.profit_usd > 0).all()
    assert chain.profit_usd.iloc[-1] == pytest.approx(100 * chain.credit.iloc[-1])


# No look ahead, and money is conserved

AFTER_ENTRY = (
    "exit", "profit", "put_profit", "call_profit", "spot_at_exit", "costs", "max_loss", "days_held",
)  # fmt: skip
EVERYTHING: dict[str, Any] = {
    "entry": CondorEntry(days=45, every="week", max_open=4),
    "exit": CondorExit(0.6, 3.0, 7),
    "roll": CondorRoll(days=60, most=2),
    "hedge": [
        VixCallHedge(budget_share=0.004),
        VixCallHedge(days=110, delta=0.3, budget_share=0.002, days_left=45, take_profit=4.0),
        VixCallHedge(days=60, budget_share=0.002, ratio_from=1.0, name="in backwardation"),
    ],
    "interest": True,
    "regime": "default",
    "risk_fraction": 0.03,
    "start": "2004-01-01",
    "end": "2012-12-31",
}


@pytest.mark.parametrize("day", ["2006-06-15", "2008-10-10", "2010-05-20"])
def test_nothing_before_a_day_depends_on_what_follows(real: pd.DataFrame, day: str) -> None:
    known = backtest_condor(real, **EVERYTHING)
    altered = real.copy()
    after = altered.index > day
    rng = np.random.default_rng(3)
    altered.loc[after, :] *= rng.uniform(0.7, 1.3, (int(after.sum()), altered.shape[1]))
    other = backtest_condor(altered, **EVERYTHING)
    pd.testing.assert_series_equal(known.equity[:day], other.equity[:day], check_exact=True)
    for name in ("trades", "hedges"):
        one, two = (
            table[table.entry_date <= day] for table in (getattr(known, name), getattr(other, name))
        )
        at_entry = [column for column in one.columns if not column.startswith(AFTER_ENTRY)]
        one, two = (table[at_entry].reset_index(drop=True) for table in (one, two))
        pd.testing.assert_frame_equal(one, two, check_exact=True)
    done = known.trades[known.trades.exit_date <= day]
    pd.testing.assert_frame_equal(done, other.trades.loc[done.index], check_exact=True)
    # The control: the future was altered indeed, and it shows.
    assert known.equity.iloc[-1] != other.equity.iloc[-1]
    short = backtest_condor(real, **EVERYTHING | {"end": day})
    # Nothing is opened or rolled at the last close, so there, and only there, costs may differ.
    pd.testing.assert_series_equal(
        known.equity[:day].iloc[:-1], short.equity.iloc[:-1], check_exact=True
    )


@pytest.mark.parametrize("fixed", [True, False])
def test_the_account_changes_by_the_sum_of_the_trades(real: pd.DataFrame, fixed: bool) -> None:
    changes: dict[str, Any] = {}
    if fixed:
        changes = {"risk_fraction": None, "hedge": VixCallHedge(contracts=3)}
    test = backtest_condor(real, **EVERYTHING | changes)
    made = test.trades.profit_usd.sum() + test.hedges.profit_usd.sum()
    made += test.metrics["interest_usd"]
    assert test.metrics["interest_usd"] > 0
    assert set(test.trades.roll) == {0, 1, 2}
    assert test.equity.iloc[-1] - 100_000 == pytest.approx(made, abs=1e-6)
    assert test.metrics["n_hedges"] > 20
    # A trade that is over has lost no more than it could, and cannot win more than its credit.
    assert (test.trades.profit_usd >= -test.trades.max_loss_usd - 1e-6).all()
    most = 100 * test.trades.contracts * test.trades.credit
    assert (test.trades.profit_usd <= most).all()


def test_runs_are_the_same_to_the_bit(real: pd.DataFrame) -> None:
    one, two = (backtest_condor(real, **EVERYTHING) for _ in range(2))
    assert json.dumps(one.to_dict()) == json.dumps(two.to_dict())


# Against what is known


def test_at_fair_volatility_and_no_costs_nothing_is_earned() -> None:
    entry = CondorEntry(every="week", days=30)
    test = backtest_condor(fair(), entry, costs=FREE, smile=FLAT_SMILE)
    low, high = test.metrics["expectancy_interval_usd"]
    assert low < 0 < high
    assert abs(test.metrics["expectancy_usd"]) < 60
    # The controls: options a fifth too dear pay, and costs alone lose.
    dear = backtest_condor(fair(1.2), entry, costs=FREE, smile=FLAT_SMILE)
    assert dear.metrics["expectancy_interval_usd"][0] > 0
    heavy = backtest_condor(fair(), entry, costs=TradingCosts(20, 0.5), smile=FLAT_SMILE)
    assert heavy.metrics["expectancy_interval_usd"][1] < 0


def test_the_gate_is_check_regime_day_by_day(real: pd.DataFrame) -> None:
    clean = clean_history(real, None, None)
    aside = stands_aside(clean, "default")
    names = ["vix", "vix9d", "vix3m", "vix6m", "vvix"]
    for row in range(0, len(clean.day), 61):
        given: dict[str, Any] = {
            name: float(clean.columns[name][row])
            for name in names
            if np.isfinite(clean.columns[name][row])
        }
        assert aside[row] == (check_regime(**given).wings == "stand aside"), clean.dates[row]
    assert 0.05 < aside.mean() < 0.2
    gated = backtest_condor(real, regime="default")
    free = backtest_condor(real)
    assert gated.metrics["n"] < free.metrics["n"]
    gone = set(free.trades.entry_date) - set(gated.trades.entry_date)
    assert gone == set(gated.skipped[gated.skipped.why.str.contains("stand aside")].date)


def test_prices_are_those_of_price_option(real: pd.DataFrame) -> None:
    market = Market(clean_history(real.assign(rate=0.03, dividend_yield=0.02), None, None),
                    SmileModel())  # fmt: skip
    rng = np.random.default_rng(5)
    row = rng.integers(0, len(market.spot), 500)
    days = rng.integers(1, 200, 500).astype(float)
    expiry = Expiry(market, row, days)
    strike = expiry.spot * rng.uniform(0.7, 1.3, 500)
    iv = expiry.terms(strike)[1] / np.sqrt(days / 365)
    for kind, sign in (("call", 1.0), ("put", -1.0)):
        exact = price_option(kind, expiry.spot, strike, days, iv, 0.03, 0.02)
        assert expiry.price(sign, strike) == pytest.approx(exact.price, abs=1e-9)
        assert expiry.delta(sign, strike) == pytest.approx(np.abs(exact.delta), abs=1e-12)


def test_the_smile_lifts_puts_and_the_curve_goes_through_its_indices(real: pd.DataFrame) -> None:
    market = Market(clean_history(real, "2015-01-01", None), SmileModel(vix_to_atm=1.1))
    row = np.array([100, 100, 100])
    given = real.loc[real.index >= "2015-01-01"].iloc[100]
    at = market.at_the_money(row, np.array([9.0, 30.0, 93.0]))
    assert at == pytest.approx(given[["vix9d", "vix", "vix3m"]].to_numpy(dtype=float) / 110)
    put, money, call = (
        Expiry(market, row[:1], np.array([30.0])).terms(given.spx * part)[1][0]
        for part in (0.93, 1.0, 1.03)
    )
    assert put > money > call


def test_the_spikes_and_their_days(real: pd.DataFrame) -> None:
    test = backtest_condor(real)
    assert test.spikes.spike.tolist() == [
        "2008-10", "2010-05", "2011-08", "2015-08", "2018-02", "2018-12", "2020-03", "2022",
    ]  # fmt: skip
    february = test.spikes.set_index("spike").loc["2018-02"]
    assert february.highest_iv == pytest.approx(0.3732)
    level = test.equity
    assert february.profit_usd == pytest.approx(level["2018-02-28"] - level["2018-01-31"])
    worst = test.metrics["worst_day"]
    assert worst["profit_usd"] == pytest.approx(level.diff().min())
    fall = test.metrics["max_drawdown"]
    assert fall["start"] < fall["trough"]
    lost = 1 - level[str(fall["trough"])] / level[str(fall["start"])]
    assert (
        fall["depth"] == pytest.approx(lost) == pytest.approx(-(level / level.cummax() - 1).min())
    )
    assert backtest_condor(still()).spikes.empty


def test_the_hedge_pays_in_a_crash_and_costs_in_a_calm() -> None:
    history = still()
    history.loc["2023-03-01":, "vix"] = 60.0
    hedge = VixCallHedge(contracts=10)
    crash, calm = (backtest_condor(table, hedge=hedge) for table in (history, still()))
    assert crash.hedges.profit_usd.max() > 10_000
    assert (calm.hedges.profit_usd < 0).all()
    # Without given futures and with less than a year of closes the future is the VIX.
    first = calm.hedges.iloc[0]
    days = (first.expiration - first.entry_date).days
    # Longer calls have less volatility than the 30 days that the VVIX is about.
    squares = [future_response(day + 0.5) ** 2 for day in range(days)]
    iv = 0.9 * np.sqrt(np.mean(squares) / np.mean(squares[:30]))
    exact = price_option("call", 16.0, first.strike, days, iv, model="black76").price
    assert (first.strike, first.price) == (21.0, pytest.approx(max(exact, 0.05)))
    given = backtest_condor(still(vx1=18.0, vx2=20.0), hedge=hedge).hedges.iloc[0]
    assert given.future in (18.0, 20.0)


def test_layers_are_sold_by_their_own_rules_and_bought_in_their_own_regime() -> None:
    history = still(vix3m=18.0)
    history.loc["2023-03-01":"2023-03-31", ["vix", "vix3m"]] = [40.0, 32.0]
    layers = [
        VixCallHedge(contracts=2, take_profit=3.0, name="near"),
        VixCallHedge(days=110, contracts=1, days_left=60, name="far"),
        VixCallHedge(contracts=1, ratio_from=1.0, name="stress"),
        VixCallHedge(contracts=1, ratio_below=1.0, name="calm"),
    ]
    test = backtest_condor(history, hedge=layers, costs=TradingCosts(1.0, 0.0, 0.02))
    each = dict(list(test.hedges.groupby("layer")))
    assert set(each) == {"near", "far", "stress", "calm"}
    sold = each["near"][each["near"].exit_reason == "take profit"]
    assert (sold.exit_price >= 3 * sold.price).all()
    assert str(sold.exit_date.iloc[0].date()) == "2023-03-01"
    # Two calls, bought and sold: a commission and two hundredths of a point each way.
    one = sold.iloc[0]
    assert one.profit_usd == pytest.approx(200 * (one.exit_price - one.price) - 2 * 2 * 3.0)
    left = (each["far"].expiration - each["far"].exit_date).dt.days
    assert (left[each["far"].exit_reason == "days left"] <= 60).all()
    assert each["stress"].entry_date.between("2023-03-01", "2023-03-31").all()
    assert not each["calm"].entry_date.between("2023-03-01", "2023-03-31").any()
    # Each layer alone brings what it brings among the others.
    alone = [backtest_condor(history, hedge=one, costs=TradingCosts(1.0, 0.0, 0.02))
             for one in layers]  # fmt: skip
    assert sum(run.metrics["hedge_profit_usd"] for run in alone) == pytest.approx(
        test.metrics["hedge_profit_usd"]
    )


def test_returns_and_ratios_are_those_of_pandas(real: pd.DataFrame) -> None:
    test = backtest_condor(real, risk_fraction=0.05, start="2005-01-03", interest=True)
    figures, level = test.metrics, test.equity
    daily = level.pct_change().dropna()
    rate = real["rate"].loc["2005-01-03":].reindex(level.index).ffill()
    gaps = level.index.to_series().diff().dt.days
    bills = np.expm1(rate.shift() * gaps / 365).dropna()
    excess = daily - bills
    assert figures["sharpe"] == pytest.approx(excess.mean() / excess.std() * np.sqrt(252))
    downside = np.sqrt((excess.clip(upper=0) ** 2).mean())
    assert figures["sortino"] == pytest.approx(excess.mean() / downside * np.sqrt(252))
    assert figures["volatility"] == pytest.approx(daily.std() * np.sqrt(252))
    falls = level / level.cummax() - 1
    assert figures["max_drawdown"]["depth"] == pytest.approx(-falls.min())
    assert figures["max_drawdown"]["trough"] == falls.idxmin().date()
    years = (level.index[-1] - level.index[0]).days / 365.25
    assert figures["annual_return"] == pytest.approx(
        (level.iloc[-1] / level.iloc[0]) ** (1 / years) - 1, rel=1e-3
    )
    yearly = test.by_year.set_index("year")["return"]
    ends = level.resample("YE").last()
    assert yearly.iloc[1:].to_numpy() == pytest.approx(ends.pct_change().dropna().to_numpy())
    assert test.by_year.n.sum() == len(test.trades)
    assert test.by_year.profit_usd.sum() == pytest.approx(level.iloc[-1] - 100_000)


def test_bills_alone_compound_at_their_rate() -> None:
    """Nothing can be opened, so the account is that of the bills: 5 % over half a year."""
    history = still(rate=0.05)
    test = backtest_condor(history, CondorEntry(days=30, target_credit=500.0), risk_fraction=0.1,
                           interest=True)  # fmt: skip
    days = (history.index[-1] - history.index[0]).days
    assert len(test.trades) == 0
    assert test.equity.iloc[-1] == pytest.approx(100_000 * np.exp(0.05 * days / 365))
    assert np.isnan(test.metrics["sharpe"])  # above the bills there is neither gain nor risk


def test_margin_is_the_width_that_a_broker_holds() -> None:
    entry = CondorEntry(days=30, every="month", max_open=1)
    one = backtest_condor(still(), entry, contracts=3)
    both = backtest_condor(still(), entry, contracts=3, margin_rule="both sides")
    assert (one.trades.margin_usd == 3 * 25 * 100).all()
    assert (both.trades.margin_usd == 2 * 3 * 25 * 100).all()
    assert one.metrics["largest_margin_usd"] == 7500
    assert one.metrics["return_on_margin"] == pytest.approx(2 * both.metrics["return_on_margin"])


moves = st.lists(st.floats(-0.06, 0.06), min_size=45, max_size=60)


@settings(max_examples=25, deadline=None)
@given(moves, st.sampled_from(["hold", "target", "stop", "roll"]), st.floats(10, 60))
def test_no_path_loses_more_than_the_width_or_creates_money(
    steps: list[float], rule: str, vix: float
) -> None:
    days = pd.bdate_range("2022-01-03", periods=len(steps))
    spx = 4000 * np.exp(np.cumsum(steps))
    history = pd.DataFrame({"spx": spx, "vix": vix}, index=days)
    test = backtest_condor(
        history, CondorEntry(days=21, every="day"),
        CondorExit(profit_target=0.5) if rule == "target" else CondorExit(
            stop_multiple=2.0 if rule == "stop" else None),
        roll=CondorRoll(days=21) if rule == "roll" else None,
    )  # fmt: skip
    trades = test.trades
    assert (trades.profit_usd >= -trades.max_loss_usd - 1e-6).all()
    assert (trades.profit_usd <= 100 * trades.credit).all()
    assert test.equity.iloc[-1] - 100_000 == pytest.approx(trades.profit_usd.sum(), abs=1e-6)
    sides = trades.put_profit_usd + trades.call_profit_usd - trades.costs_usd
    assert sides.to_numpy() == pytest.approx(trades.profit_usd.to_numpy(), abs=1e-6)


# Dirty data


def test_dirt_is_reported_and_changes_nothing(real: pd.DataFrame) -> None:
    clean = real.loc["2015":"2017", ["spx", "vix"]].dropna()
    dirty = pd.concat([clean, clean.iloc[[5, 80]]])
    dirty.loc[pd.Timestamp("2016-07-04")] = [np.nan, 15.0]
    dirty.loc[pd.Timestamp("2016-12-25")] = [2260.0, 12.0]
    dirty = dirty.sort_index(ascending=False)
    dirty["close"] = 1.0
    one, two = backtest_condor(clean), backtest_condor(dirty)
    pd.testing.assert_frame_equal(one.trades, two.trades)
    twice = {f"{clean.index[row]:%Y-%m-%d}" for row in (5, 80)}
    said = set(zip(two.dropped.date, two.dropped.why.str[:22], strict=True))
    assert said == {
        ("", "not one of spx, vix, i"), ("", "rows were not by risin"),
        ("2016-07-04", "no close of spx that d"), ("2016-12-25", "the exchange was close"),
    } | {(day, "the same row stands th") for day in twice}  # fmt: skip
    assert len(one.dropped) == 0
    assert any("see dropped" in said for said in two.warnings)


def test_holes_are_reported() -> None:
    history = still()
    history.loc["2023-03-06", "vix"] = np.nan
    history = history.drop(pd.Timestamp("2023-03-08"))
    test = backtest_condor(history)
    said = dict(zip(test.dropped.date, test.dropped.why.str[:12], strict=True))
    assert (said["2023-03-08"], said["2023-03-06"]) == ("missing from", "missing: car")
    # The other rows are the holidays of the made-up calendar.
    closed = "the exchange"
    assert {day: why for day, why in said.items() if why == closed} == dict.fromkeys(
        ["2023-01-16", "2023-02-20", "2023-04-07", "2023-05-29", "2023-06-19"], closed
    )
    assert "no volatility that day" in set(test.skipped.why)
    assert pd.Timestamp("2023-03-06") not in set(test.trades.entry_date)


def test_a_missing_day_of_expiration_settles_at_the_next_close() -> None:
    history = still()
    entry = CondorEntry(days=30, every="month", max_open=1)
    day = backtest_condor(history, entry).trades.expiration.iloc[0]
    test = backtest_condor(history.drop(day), entry)
    trade = test.trades.iloc[0]
    assert (trade.exit_reason, trade.exit_date > day) == ("expiration", True)
    assert any("next close" in said for said in test.warnings)


def spoiled(name: str, value: float) -> pd.DataFrame:
    history = still()
    history.loc[history.index[20], name] = value
    return history


TWICE = pd.concat([still(), still(4100.0).iloc[[3]]])


@pytest.mark.parametrize(
    ("history", "kind", "said"),
    [
        (still().drop(columns="spx"), ToolInputError, "history.spx"),
        (still().drop(columns="vix"), ToolInputError, "history.vix"),
        (still(iv=0.16), ToolInputError, "history.iv"),
        (still(vix=0.16), ToolInputError, "history.vix is 0.16"),
        (still(vix="16"), ToolInputError, "history.vix"),
        (still().drop(columns="vix").assign(iv=16.0), ToolInputError, "history.iv"),
        (still(vix=4000.0), ToolInputError, "history.vix"),
        (spoiled("spx", -1.0), ToolInputError, "history.spx is -1.0.*2023-01-31"),
        (spoiled("spx", 0.0), ToolInputError, "history.spx"),
        (spoiled("vix", np.inf), ToolInputError, "history.vix is inf"),
        (still(rate=4.5), ToolInputError, "history.rate"),
        (still(16.0, vix=16.0), ToolInputError, "columns swapped"),
        (spoiled("spx", 400.0), ToolDataError, "from 4000 to 400 on 2023-01-31"),
        (TWICE, ToolDataError, "history.spx has two different values on 2023-01-06"),
        (still().iloc[:1], ToolDataError, "1 usable days"),
        (still().iloc[::5], ToolDataError, "needs daily closes"),
        (still(vix=np.nan), ToolDataError, "0 usable days"),
        (still().reset_index(drop=True), ToolInputError, "history.index"),
        (still().tz_localize("UTC"), ToolInputError, "history.index"),
        (still().iloc[:0], ToolInputError, "history"),
        ([1, 2], ToolInputError, "history"),
    ],
)
def test_histories_that_cannot_be_used(history: Any, kind: type[ToolError], said: str) -> None:
    with pytest.raises(kind, match=said):
        backtest_condor(history)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"entry": {"days": 0}}, "entry.days is 0"),
        ({"entry": {"days": 1.5}}, "entry.days"),
        ({"entry": {"short_delta": 0.5}}, "entry.short_delta"),
        ({"entry": {"short_delta": None}}, "entry.short_delta"),
        ({"entry": {"short_delta": 0.2, "target_credit": 5.0}}, "entry.target_credit"),
        ({"entry": {"expected_move_multiple": -1}}, "entry.expected_move_multiple"),
        ({"entry": {"wing_width": 12}}, "multiple of strike_step"),
        ({"entry": {"wing_width": float("nan")}}, "entry.wing_width"),
        ({"entry": {"long_delta": 0.2}}, "below short_delta"),
        ({"entry": {"strike_step": 0}}, "entry.strike_step"),
        ({"entry": {"every": "sunday"}}, "entry.every"),
        ({"entry": {"every": ["day"]}}, "entry.every"),
        ({"entry": {"max_open": 0}}, "entry.max_open"),
        ({"entry": {"delta": 0.2}}, "entry.delta"),
        ({"entry": "weekly"}, "entry is 'weekly'"),
        ({"exit": {"profit_target": 50}}, "exit.profit_target"),
        ({"exit": {"stop_multiple": 1.0}}, "exit.stop_multiple"),
        ({"exit": {"days_left": 0}}, "exit.days_left"),
        ({"costs": {"slippage": -0.1}}, "costs.slippage"),
        ({"costs": {"commission_usd": None}}, "costs.commission_usd"),
        ({"hedge": {}}, "hedge.contracts"),
        ({"hedge": {"contracts": 1, "delta": 2}}, "hedge.delta"),
        ({"smile": {"slope": -2}}, "smile.slope"),
        ({"smile": {"vix_to_atm": True}}, "smile.vix_to_atm"),
        ({"smile": {"clock": "lunar"}}, "smile.clock"),
        ({"smile": {"short_end": 0}}, "smile.short_end"),
        ({"entry": {"wing_fraction": 0.01, "long_delta": 0.05}}, "entry.wing_fraction"),
        ({"entry": {"credit_to_width": 20}}, "entry.credit_to_width"),
        ({"exit": {"breach": "anything"}}, "exit.breach"),
        ({"roll": {"when": "often"}}, "roll.when"),
        ({"roll": {"when": "days left"}}, "roll.days_left"),
        ({"roll": {"days_left": 5}}, "roll.days_left"),
        ({"roll": {"most": 0}}, "roll.most"),
        ({"hedge": {"contracts": 1, "days_left": 60}}, "hedge.days_left"),
        ({"hedge": []}, "hedge is"),
        ({"hedge": [{"contracts": 1, "take_profit": 1}]}, "hedge.take_profit"),
        ({"interest": True}, "interest is True"),
        ({"interest": "yes"}, "interest is 'yes'"),
        ({"margin_rule": "none"}, "margin_rule is 'none'"),
        ({"chains": {}}, "chains is"),
        ({"regime": "strict"}, "regime is 'strict'"),
        ({"regime": 1}, "regime is 1"),
        ({"contracts": 0}, "contracts is 0"),
        ({"contracts": 2, "risk_fraction": 0.1}, "contracts is 2"),
        ({"risk_fraction": 2}, "risk_fraction is 2"),
        ({"account_usd": 0}, "account_usd is 0"),
        ({"start": "yesterday-ish"}, "start"),
        ({"end": 2023}, "end is 2023"),
        ({"start": "2023-05-01", "end": "2023-04-01"}, "start"),
    ],
)
def test_rules_that_cannot_be_used(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ToolInputError, match=said):
        backtest_condor(still(), **given)


def test_times_of_day_and_nullable_columns_are_read() -> None:
    plain = backtest_condor(still())
    late = still()
    late.index = late.index + pd.Timedelta(hours=16)
    late["vix"] = late["vix"].astype("Float64")
    late.iloc[0, 1] = pd.NA
    other = backtest_condor(late)
    assert other.equity.index[0] == plain.equity.index[1]
    assert other.dropped.why.tolist()[-1] == "no vix yet: 1 days up to 2023-01-03 are not used"
    nowhere = pd.concat([still(), pd.DataFrame({"spx": 1.0}, index=pd.DatetimeIndex([pd.NaT]))])
    assert "no date" in set(backtest_condor(nowhere).dropped.why)


def test_hedge_and_regime_need_the_vix() -> None:
    history = still().drop(columns="vix").assign(iv=0.16)
    needs: list[dict[str, Any]] = [{"regime": "default"}, {"hedge": VixCallHedge(contracts=1)}]
    for need in needs:
        with pytest.raises(ToolInputError, match="no vix"):
            backtest_condor(history, **need)


# The result


def test_the_result_shows_itself(real: pd.DataFrame) -> None:
    test = backtest_condor(real, start="2017-06-01", end="2018-06-29")
    assert json.loads(json.dumps(test.to_dict()))["metrics"]["n"] == len(test.trades)
    chart = test.chart()
    assert json.loads(json.dumps(chart)) == chart
    assert [trace["name"] for trace in chart["data"]] == ["equity", "drawdown"]
    assert len(test.figure().data) == 2
    assert "win_rate" in repr(test)
    assert "<table" in test._repr_html_()
    text = test.markdown("Two years")
    assert text.startswith("# Two years")
    for said in ("Sharpe ratio", "n = ", "2018-02", "smile:"):
        assert said in text
    assert f"{len(test.trades)} in " in text
    page = test.html("<b>")
    assert "<h1>&lt;b&gt;</h1>" in page
    assert page.count("<h2>") == text.count("\n## ")
    assert "plotly" in page.lower()
    assert 'src="http' not in page
    assert any("only" in said for said in test.warnings)
    assert any("not quotes" in said for said in test.warnings)
    assert {"volatility", "smile", "look-ahead", "settlement", "costs"} <= set(test.assumptions)
    assert tools.backtest_condor is backtest_condor


def test_an_account_that_is_too_small_opens_nothing() -> None:
    test = backtest_condor(still(), risk_fraction=0.01, account_usd=1000)
    assert len(test.trades) == 0
    assert set(test.skipped.why) == {"the account is too small for one condor"}


def test_a_wing_wider_than_the_index_is_high_opens_nothing() -> None:
    test = backtest_condor(still(400.0), CondorEntry(wing_width=500, target_credit=1.0))
    assert test.metrics["n"] == 0
    assert set(test.skipped.why) == {"the rule finds no four strikes in order"}


def test_overlap_widens_the_interval() -> None:
    noise = np.random.default_rng(1).standard_normal(600)
    same = np.repeat(noise[:60], 10)
    single, blocks = interval(same, 1), interval(same, 10)
    assert blocks[1] - blocks[0] > 2 * (single[1] - single[0])
    assert np.isnan(interval(noise[:1], 1)).all()


def test_records_can_be_changed_by_replace() -> None:
    assert replace(CNDR, days=60).days == 60
    with pytest.raises(ToolInputError, match=r"entry\.days"):
        replace(CNDR, days=-1)
