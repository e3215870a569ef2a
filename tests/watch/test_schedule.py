"""Times of sessions: holidays, half days, and clocks that change."""

from __future__ import annotations

import datetime as dt

import pytest

from assistant.watch.plan import checked_time
from assistant.watch.schedule import Sessions, has_closed, next_session, session_of
from tools.market.sessions import NEW_YORK


def new_york(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


def moments(times: list[str], after: str, until: str) -> list[str]:
    found = Sessions([checked_time(time) for time in times]).between(
        new_york(after), new_york(until)
    )
    return [f"{moment.astimezone(NEW_YORK):%m-%d %H:%M}" for moment in found]


@pytest.mark.parametrize(
    ("times", "after", "until", "expected"),
    [
        pytest.param(["open + 15", "close + 20 minutes"], "2024-06-17 00:00", "2024-06-21 00:00",
                     ["06-17 09:45", "06-17 16:20", "06-18 09:45", "06-18 16:20",
                      "06-20 09:45", "06-20 16:20"], id="Juneteenth is left out"),
        pytest.param(["close + 20"], "2024-11-27 00:00", "2024-12-01 00:00",
                     ["11-27 16:20", "11-29 13:20"], id="the day after Thanksgiving closes at one"),
        pytest.param(["12:00", "15:45", "18:00"], "2024-11-29 00:00", "2024-11-30 00:00",
                     ["11-29 12:00", "11-29 18:00"], id="a half day has no 15:45"),
        pytest.param(["close-15m"], "2024-03-08 16:00", "2024-03-12 00:00", ["03-11 15:45"],
                     id="clocks forward"),
        pytest.param(["open"], "2024-11-01 10:00", "2024-11-05 00:00", ["11-04 09:30"],
                     id="clocks back"),
        pytest.param(["12:00"], "2025-01-08 13:00", "2025-01-10 13:00", ["01-10 12:00"],
                     id="a day of mourning"),
    ],
)  # fmt: skip
def test_moments_of_sessions(times: list[str], after: str, until: str, expected: list[str]) -> None:
    assert moments(times, after, until) == expected


def test_the_same_clock_is_another_utc_hour_after_the_change() -> None:
    sessions = Sessions([checked_time("12:00")])
    found = sessions.between(new_york("2024-03-08 00:00"), new_york("2024-03-11 23:00"))
    assert [moment.astimezone(dt.UTC).hour for moment in found] == [17, 16]


def test_the_end_is_included_and_the_beginning_is_not() -> None:
    assert moments(["12:00"], "2024-06-17 12:00", "2024-06-18 12:00") == ["06-18 12:00"]


def test_what_is_next_and_what_was_last() -> None:
    sessions = Sessions([checked_time("close + 20")])
    friday_evening = new_york("2024-06-21 18:00")
    assert sessions.next_after(friday_evening) == new_york("2024-06-24 16:20")
    assert sessions.latest(friday_evening) == new_york("2024-06-21 16:20")
    assert next_session(dt.date(2024, 6, 18)) == dt.date(2024, 6, 20)
    assert session_of(new_york("2024-06-22 12:00")) == dt.date(2024, 6, 21)
    assert session_of(new_york("2024-06-24 09:00")) == dt.date(2024, 6, 21)
    assert has_closed(new_york("2024-11-29 13:00"))
    assert not has_closed(new_york("2024-11-27 13:00"))
