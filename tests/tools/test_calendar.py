"""Dates: published expirations, the exchange calendar, real futures, known and unknown events."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from typing import Any

import pandas as pd
import pytest

from tests.tools.shared import market_csv, vectors
from tools.calendar import economic_events, settlement, vix_expirations
from tools.errors import ToolInputError
from tools.trading_days import holidays, is_trading_day


def month(year: int, number: int) -> list[dt.date]:
    first = dt.date(year, number, 1)
    return vix_expirations(first, (pd.Timestamp(first) + pd.offsets.MonthEnd(0)).date())


@pytest.mark.parametrize("vector", vectors("calendar_regime.json", "vix_monthly_expiry"))
def test_published_expirations(vector: Any) -> None:
    asked, expected = vector["inputs"], vector["expected"]
    assert [d.isoformat() for d in month(asked["year"], asked["month"])] == [expected["date"]]


@pytest.mark.parametrize(
    "vector", vectors("calendar_regime.json", "vix_monthly_expiry", status="DISAGREE")
)
def test_a_published_error_is_not_repeated(vector: Any) -> None:
    # The exchange's page pairs 2016-01-21 with 2016-02-20, which is a Saturday.
    asked = vector["inputs"]
    found = [d.isoformat() for d in month(asked["year"], asked["month"])]
    assert found != [vector["expected"]["date"]]
    assert found == vector["verification"]["values"]


def test_january_2016_expired_on_the_wednesday() -> None:
    assert month(2016, 1) == [dt.date(2016, 1, 20)]


def test_the_count_of_trading_days_of_real_futures_agrees() -> None:
    # The column counts trading days to the last one, the day before expiration. It is itself off in
    # August 2018 and July 2022, and does not know Juneteenth of 2024: 98 % of its days can agree.
    table = market_csv("vix_futures_m1_m7_daily.csv")["2005":]
    dates = vix_expirations(dt.date(2005, 1, 1), dt.date(2024, 12, 31))
    sessions = [d for d in pd.date_range("2005", "2024-12-31") if is_trading_day(d.date())]
    agree = 0
    for day, counted in table.days_to_expiration.items():
        end = pd.Timestamp(dates[bisect_right(dates, day.date())])
        agree += bisect_right(sessions, end) - bisect_right(sessions, day) - 1 == counted
    assert agree / len(table) > 0.98


def test_every_day_since_1990_agrees_with_the_exchange_calendar() -> None:
    calendars = pytest.importorskip("exchange_calendars")
    exchange = calendars.get_calendar("XNYS", start="1990-01-02", end="2026-12-31")
    days = pd.date_range("1990-01-02", "2026-12-31")
    ours = {day for day in days if is_trading_day(day.date())}
    assert ours ^ set(exchange.sessions) == set()


def test_the_index_really_traded_on_those_days() -> None:
    spx = market_csv("spx_daily.csv.gz")["1990":]
    days = pd.date_range(spx.index[0], spx.index[-1])
    assert {d for d in days if is_trading_day(d.date())} == set(spx.index)


def test_weeklies_add_the_other_wednesdays_and_keep_the_holidays() -> None:
    june = vix_expirations(dt.date(2024, 6, 1), dt.date(2024, 6, 30), weekly=True)
    # On 19 June the exchange is closed; 26 July, 30 days after 26 June, is open.
    assert [d.day for d in june] == [5, 12, 18, 26]
    assert vix_expirations(dt.date(2014, 6, 1), dt.date(2014, 6, 30), weekly=True) == month(2014, 6)


def test_nothing_expired_before_the_first_future() -> None:
    assert vix_expirations(dt.date(1995, 1, 1), dt.date(2004, 5, 18)) == []
    assert vix_expirations(dt.date(1995, 1, 1), dt.date(2004, 5, 19)) == [dt.date(2004, 5, 19)]


def test_twelve_monthly_expirations_in_every_year() -> None:
    for year in range(2005, 2040):
        dates = vix_expirations(dt.date(year, 1, 1), dt.date(year, 12, 31))
        assert [d.month for d in dates] == list(range(1, 13))
        assert all(is_trading_day(d) for d in dates)


def test_any_split_of_a_range_finds_the_same_dates() -> None:
    start, end = dt.date(2019, 1, 1), dt.date(2019, 12, 31)
    whole = vix_expirations(start, end, weekly=True)
    for step in range(0, 360, 7):
        cut = start + dt.timedelta(days=step)
        parts = vix_expirations(start, cut, True) + vix_expirations(
            cut + dt.timedelta(days=1), end, True
        )
        assert parts == whole


def test_am_and_pm_on_the_same_friday() -> None:
    am, pm = settlement(dt.date(2024, 6, 21), "SPX"), settlement(dt.date(2024, 6, 21), "SPXW")
    assert (am.style, am.settles_at, am.last_trading_day) == (
        "AM",
        dt.datetime(2024, 6, 21, 9, 30),
        dt.date(2024, 6, 20),
    )
    assert (pm.style, pm.settles_at.hour, pm.last_trading_day) == ("PM", 16, dt.date(2024, 6, 21))
    assert "SET" in am.settles_to


def test_a_third_friday_that_is_a_holiday_moves_spx_to_thursday() -> None:
    # Good Friday 2019 was the third Friday of April.
    assert settlement(dt.date(2019, 4, 18), "SPX").last_trading_day == dt.date(2019, 4, 17)


def test_a_vix_option_stops_trading_the_day_before() -> None:
    assert settlement(dt.date(2024, 6, 18), "VIX").last_trading_day == dt.date(2024, 6, 17)


@pytest.mark.parametrize(
    ("day", "root", "says"),
    [
        ("2024-06-22", "SPXW", "exchange is closed"),
        ("2024-06-19", "VIX", "exchange is closed"),
        ("2024-06-14", "SPX", "2024-06-21"),
        ("2024-06-20", "VIX", "vix_expirations"),
        ("2024-06-21", "RUT", "'SPX'"),
        ("not a day", "SPX", "valid date"),
        ("1985-06-21", "SPX", "1990"),
    ],
)
def test_a_date_that_is_no_expiration_is_refused(day: Any, root: Any, says: Any) -> None:
    with pytest.raises(ToolInputError, match=says):
        settlement(day, root)


def test_known_rate_decisions_restate_the_public_list_but_for_its_errors() -> None:
    ours = {e.date for e in economic_events(dt.date(2000, 1, 1), dt.date(2024, 12, 31))
            if e.name == "FOMC"}  # fmt: skip
    theirs = {day.date() for day in market_csv("fomc_decision_dates.csv").index}
    assert {day for day in theirs if day.year < 2025} == ours


def test_the_schedule_of_2026_is_the_one_the_board_announced() -> None:
    # 28 and 29 April 2026; a list in circulation has 6 May.
    events = economic_events(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    decisions = [e for e in events if e.name == "FOMC"]
    assert [e.date.month for e in decisions] == [1, 3, 4, 6, 7, 9, 10, 12]
    assert dt.date(2026, 4, 29) in {e.date for e in decisions}
    assert {e.status for e in decisions} == {"scheduled"}
    assert all(e.date.weekday() == 2 for e in decisions)


def test_no_cpi_for_october_2025_was_published() -> None:
    found = [e.date for e in economic_events(dt.date(2025, 10, 1), dt.date(2025, 12, 31))
             if e.name == "CPI"]  # fmt: skip
    assert found == [dt.date(2025, 10, 24), dt.date(2025, 12, 18)]


def test_what_is_not_known_is_a_gap_and_never_a_guess() -> None:
    events = economic_events(dt.date(2015, 1, 1), dt.date(2015, 12, 31))
    assert {e.name for e in events} == {"FOMC"}
    assert {(g.name, g.start, g.end) for g in events.gaps} == {
        (name, dt.date(2015, 1, 1), dt.date(2015, 12, 31)) for name in ("CPI", "PPI")
    }
    beyond = economic_events(dt.date(2026, 12, 1), dt.date(2028, 6, 30))
    assert ("FOMC", dt.date(2028, 1, 1)) in {(g.name, g.start) for g in beyond.gaps}


def test_every_event_has_a_source_a_standing_and_a_working_day() -> None:
    events = economic_events(dt.date(2000, 1, 1), dt.date(2027, 12, 31))
    assert len(events) > 280
    for event in events:
        assert event.source
        assert event.status in ("past", "scheduled")
        # The emergency decision of 15 March 2020 was taken on a Sunday.
        assert event.date.weekday() < 5 or event.date == dt.date(2020, 3, 15)
    assert list(events) == sorted(events, key=lambda e: (e.date, e.name))
    assert events[0].date == dt.date(2000, 2, 2)
    assert len({(e.name, e.date) for e in events}) == len(events)


@pytest.mark.parametrize("tool", [economic_events, vix_expirations])
@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        ("2024-02-30", "2024-03-01", "start"),
        ("2024-03-02", "2024-03-01", "end"),
        ("1970-01-01", "2024-03-01", "start"),
        ("2024-03-01", "2999-01-01", "end"),
        (None, "2024-03-01", "start"),
        (float("nan"), "2024-03-01", "start"),
    ],
)
def test_bad_dates_name_their_field(tool: Any, start: Any, end: Any, field: Any) -> None:
    with pytest.raises(ToolInputError) as caught:
        tool(start, end)
    assert caught.value.field == field


def test_holidays_made_up_and_not() -> None:
    assert dt.date(2021, 12, 31) not in holidays(2021)  # New Year's Day 2022 fell on a Saturday
    assert dt.date(2021, 7, 5) in holidays(2021)
    assert dt.date(2021, 6, 18) not in holidays(2021)
    assert dt.date(2022, 6, 20) in holidays(2022)
