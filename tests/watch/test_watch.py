"""The watch over February 2018, when VIX went from 17 to 37 in a day: once, and never twice."""

from __future__ import annotations

import io
import itertools
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from assistant.watch.store import WatchStore
from tests.watch.conftest import Clock, StartWatch
from tools.market import Market, MarketError, MarketHistory, Snapshot, open_market


def kinds(changes: list[Any]) -> list[str]:
    return [change.kind for change in changes]


def test_a_change_of_regime_is_told_once_with_data_and_reasons(
    start: StartWatch, clock: Clock, console: io.StringIO
) -> None:
    watch = start()
    first = watch.tick()
    assert "regime.changed" not in kinds(first)  # nothing was known before
    clock.set("2018-02-05 16:19")
    assert watch.tick() == []  # nothing is due yet
    clock.set("2018-02-05 16:20")
    (change,) = [one for one in watch.tick() if one.kind == "regime.changed"]
    assert change.before == "VIX surging, widen"  # the RSI of 2018-02-02, at a VIX of 17.31
    assert change.value == "extreme volatility, stand aside"
    assert "VIX level is 37.32 (at least 33): extreme volatility" in change.text
    assert change.text.endswith(
        "Data: S&P 500 2648.94 and VIX 37.32, close of 2018-02-05, from the sample of the package "
        "arch."
    )
    assert watch.tick() == []
    assert console.getvalue().count("extreme volatility, stand aside") == 1
    assert start().tick() == []  # a new process on the same database


def test_a_restart_goes_on_where_the_last_one_ended(
    start: StartWatch, clock: Clock, console: io.StringIO
) -> None:
    start().tick()
    clock.set("2018-02-05 17:00")
    told = start().tick()
    clock.set("2018-02-06 09:00")
    assert start().tick() == []
    written = console.getvalue()
    assert all(written.count(change.text) == 1 for change in told)


def test_missed_times_are_looked_at_in_order_and_none_is_lost(
    start: StartWatch, clock: Clock, database: str
) -> None:
    one_by_one, all_at_once = start({"name": "awake"}), start({"name": "asleep"})
    one_by_one.tick()
    all_at_once.tick()
    seen = []
    for day in ("05", "06", "07", "08", "09", "12", "13"):
        clock.set(f"2018-02-{day} 16:30")
        seen += one_by_one.tick()
    slept = all_at_once.tick()
    assert [(c.kind, c.key, c.before, c.value, c.moment) for c in slept] == [
        (c.kind, c.key, c.before, c.value, c.moment) for c in seen
    ]
    assert len(seen) >= 3
    store = WatchStore(database)
    decisions = store.decisions("asleep")
    assert [decision["status"] for decision in decisions] == ["decided"] * 8
    store.close()


def test_a_decision_is_kept_with_all_that_it_was_judged_by(
    start: StartWatch, clock: Clock, database: str
) -> None:
    clock.set("2018-02-05 16:30")
    watch = start()
    watch.tick()
    store = WatchStore(database)
    (decision,) = store.decisions("default")
    assert decision["moment"] == "2018-02-05T21:20:00+00:00"
    assert decision["result"]["regime"]["wings"] == "stand aside"
    moment = store.last_moment("default")
    assert moment is not None
    inputs = store.inputs("default", moment)
    store.close()
    assert inputs is not None
    assert inputs["snapshot"]["vix"] == 37.32
    closes = inputs["closes"]["spx_history"]
    assert closes["dates"][-1] == "2018-02-05"  # and nothing of later days
    assert len(closes["dates"]) == 260
    assert inputs["plan"]["roll_days"] == 21


POSITION = {
    "id": "feb", "put_long": 2650, "put_short": 2700, "call_short": 2850, "call_long": 2900,
    "credit": 10, "expiration": "2018-02-23",
}  # fmt: skip


@pytest.fixture
def positions(tmp_path: Path) -> Path:
    import yaml

    path = tmp_path / "open.yaml"
    path.write_text(yaml.safe_dump([POSITION]), "utf-8")
    return path


def test_break_even_roll_and_expiration_of_a_position(
    start: StartWatch, clock: Clock, positions: Path
) -> None:
    plan = {"positions": positions, "roll_days": 16}
    watch = start(plan)
    # 21 days are left on the 2nd, the index is at 2762.13 and the lower break-even at 2690.
    assert not [c for c in watch.tick() if c.key.startswith("position:")]
    clock.set("2018-02-05 16:30")
    (touched,) = [c for c in watch.tick() if c.key.startswith("position:")]
    assert touched.kind == "position.break_even"
    assert "2648.94; the break-evens are 2690.00 and 2860.00" in touched.text
    clock.set("2018-02-06 16:30")  # 2695.14: inside again
    (back,) = [c for c in watch.tick() if c.kind == "position.break_even"]
    assert (back.before, back.value) == (
        "at or below its lower break-even", "between its break-evens",
    )  # fmt: skip
    clock.set("2018-02-07 16:30")
    (due,) = [c for c in watch.tick() if c.kind == "position.roll"]
    assert due.data["days_left"] == 16
    clock.set("2018-02-23 16:30")
    later = watch.tick()
    assert [c.kind for c in later if c.key == "position:feb:roll"] == ["position.expired"]
    clock.set("2018-02-26 16:30")
    assert not [c for c in watch.tick() if c.key.startswith("position:")]


def test_a_level_and_an_event_are_told_once(start: StartWatch, clock: Clock) -> None:
    plan = {
        "levels": [
            {"name": "VIX above 25", "of": "vix", "above": 25},
            {"name": "Curve inverted", "of": "vix/vix3m", "above": 1},
        ],
        "events": ["FOMC"],
    }
    watch = start(plan)
    clock.set("2018-03-16 16:30")
    watch.tick()
    told = []
    for day in ("19", "20", "21", "22", "23", "26"):
        clock.set(f"2018-03-{day} 16:30")
        told += watch.tick()
    # The FOMC decided on 2018-03-21.
    events = [change for change in told if change.kind == "event.tomorrow"]
    assert [change.moment.day for change in events] == [20]
    assert "FOMC on 2018-03-21" in events[0].text
    # VIX closed at 23.34 on the 22nd, 24.87 on the 23rd and 21.03 on the 26th: never above 25.
    assert not [change for change in told if change.key == "level:VIX above 25"]
    clock.set("2018-12-20 16:30")
    late = start({**plan, "name": "december"})
    assert [c.value for c in late.tick() if c.key == "level:VIX above 25"] == ["met"]
    assert not [c for c in late.tick() if c.key == "level:Curve inverted"]


def test_a_credit_that_comes_into_range_is_told(start: StartWatch, clock: Clock) -> None:
    plan = {"entry": {"days": 30, "wing_width": 50}, "credit": {"low": 0.15, "high": 0.25}}
    watch = start(plan)
    told = []
    for day in ("02", "05", "06", "07", "08", "09", "12", "13", "14", "15", "16"):
        clock.set(f"2018-02-{day} 16:30")
        told += [change for change in watch.tick() if change.kind == "credit.changed"]
    values = [change.value for change in told]
    assert "none" in values  # the regime stood aside
    assert all(one != other for one, other in itertools.pairwise(values))
    priced = [change for change in told if change.value != "none"]
    assert all("no quote stands behind it" in change.text for change in priced)


class Failing(Market):
    """The sample, which fails when it is told to."""

    name = "failing"

    def __init__(self, clock: Clock, *, has_past: bool = True) -> None:
        super().__init__(clock)
        self._real = open_market("sample", clock=clock)
        self.down = False
        self.has_past = has_past

    def snapshot(self, as_of: Any = None) -> Snapshot:
        if self.down:
            raise MarketError("The line is down.")
        return self._real.snapshot(as_of or self._clock())

    def history(self, start: Any = None, end: Any = None) -> MarketHistory:
        return self._real.history(start, end)


def test_a_source_that_fails_is_told_of_once_and_asked_again(
    start: StartWatch, clock: Clock, console: io.StringIO
) -> None:
    market = Failing(clock)
    watch = start(market=market)
    watch.tick()
    market.down = True
    clock.set("2018-02-05 16:20")
    assert kinds(watch.tick()) == ["source.failing"]
    assert watch.failing == "The line is down."
    clock.set("2018-02-05 16:22")
    assert watch.tick() == []  # left alone for five minutes
    clock.set("2018-02-05 16:30")
    assert watch.tick() == []  # told of already
    market.down = False
    clock.set("2018-02-05 16:36")
    assert {"regime.changed", "source.working"} <= set(kinds(watch.tick()))
    assert watch.failing is None
    assert console.getvalue().count("The line is down.") == 1


def test_a_line_that_is_down_after_a_pause_loses_no_time(
    start: StartWatch, clock: Clock, database: str
) -> None:
    market = Failing(clock)
    watch = start(market=market)
    watch.tick()
    market.down = True
    clock.set("2018-02-07 17:00")  # three times are due, and the network is not up yet
    assert kinds(watch.tick()) == ["source.failing"]
    market.down = False
    clock.set("2018-02-07 17:06")
    told = [change.moment.day for change in watch.tick() if change.kind == "regime.changed"]
    assert told[:2] == [5, 6]
    with closing(WatchStore(database)) as store:
        assert [one["status"] for one in store.decisions("default")] == ["decided"] * 4


def test_a_source_without_a_past_leaves_missed_times_missed(
    start: StartWatch, clock: Clock, database: str
) -> None:
    market = Failing(clock, has_past=False)
    watch = start(market=market)
    watch.tick()
    clock.set("2018-02-07 16:21")
    assert "regime.changed" in kinds(watch.tick())
    store = WatchStore(database)
    assert [decision["status"] for decision in store.decisions("default")] == [
        "decided", "missed", "missed", "decided",
    ]  # fmt: skip
    assert "has no past" in store.decisions("default")[1]["reason"]
    store.close()


def test_no_decision_is_made_on_old_data(start: StartWatch, clock: Clock, database: str) -> None:
    clock.set("2019-01-04 16:30")
    watch = start()
    (change,) = watch.tick()
    assert change.kind == "source.failing"
    assert "The close of 2019-01-04 is not there yet" in change.text
    store = WatchStore(database)
    assert store.decisions("default") == []
    practice = start({"name": "practice", "allow_stale": True})
    practice.tick()
    (decision,) = store.decisions("practice")
    assert "4 days before 2019-01-04" in decision["result"]["stale"]
    store.close()


def test_many_watches_on_one_database_decide_once(
    start: StartWatch, clock: Clock, database: str, console: io.StringIO
) -> None:
    start().tick()
    clock.set("2018-02-05 16:30")
    watches = [start() for _ in range(6)]
    told: list[Any] = []
    together = threading.Barrier(len(watches))

    def tick(watch: Any) -> None:
        together.wait()
        told.extend(watch.tick())

    threads = [threading.Thread(target=tick, args=(watch,)) for watch in watches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kinds(told).count("regime.changed") == 1
    store = WatchStore(database)
    assert len([c for c in store.changes("default") if c.kind == "regime.changed"]) == 1
    assert len(store.decisions("default")) == 2
    assert console.getvalue().count("extreme volatility, stand aside") == 1
    store.close()


def test_a_broken_file_of_positions_is_told_and_repaired(
    start: StartWatch, clock: Clock, positions: Path
) -> None:
    good = positions.read_text("utf-8")
    watch = start({"positions": positions})
    watch.tick()
    positions.write_text("- {id: feb}\n", "utf-8")
    clock.set("2018-02-05 16:20")
    (change,) = watch.tick()
    assert "open.yaml, position 1: put_long: Field required" in change.text
    positions.write_text(good, "utf-8")
    clock.set("2018-02-05 16:30")
    assert "position.break_even" in kinds(watch.tick())
