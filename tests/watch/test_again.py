"""Decisions computed again from what was stored, off a model and off real quotes."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import create_engine, text

from assistant.watch.again import compute_again, verify
from assistant.watch.plan import WatchPlan
from assistant.watch.run import evaluate_market
from assistant.watch.store import WatchStore
from tests.conftest import SHARED
from tests.watch.conftest import Clock, StartWatch
from tools import read_chain
from tools.market import Market, MarketHistory, Snapshot, open_market

QUOTES = SHARED / "data" / "options" / "cboe_spx_quotedata_2023-09-14_as_downloaded.csv.gz"


def test_every_decision_gives_the_same_again(
    start: StartWatch, clock: Clock, database: str, tmp_path: Path
) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('extends = "default"\n', "utf-8")
    watch = start({"rules": rules, "entry": {"skew": -0.5}})
    for day in ("02", "05", "06", "07"):
        clock.set(f"2018-02-{day} 16:30")
        watch.tick()
    with closing(WatchStore(database)) as store:
        assert verify(store, "default") == {"same": 4, "different": []}
        # A control: one digit of one input changed, and the difference is found.
        engine = create_engine(database)
        with engine.begin() as connection:
            moment, inputs = connection.execute(
                text("SELECT moment, inputs FROM watch_decisions ORDER BY moment LIMIT 1")
            ).one()
            changed = json.loads(inputs)
            changed["snapshot"]["vix"] += 0.01
            connection.execute(
                text("UPDATE watch_decisions SET inputs = :inputs WHERE moment = :moment"),
                {"inputs": json.dumps(changed), "moment": moment},
            )
        engine.dispose()
        found = verify(store, "default")
        assert (found["same"], len(found["different"])) == (3, 1)


class Desk(Market):
    """Closes of the shared files, and the quotes of a real download of 2023-09-14."""

    name = "desk"

    def __init__(self) -> None:
        super().__init__()
        self._closes = open_market("csv", folder=SHARED / "data" / "market")

    def snapshot(self, as_of: Any = None) -> Snapshot:
        return self._closes.snapshot(as_of)

    def history(self, start: Any = None, end: Any = None) -> MarketHistory:
        return self._closes.history(start, end)

    def chain(self) -> pd.DataFrame:
        return read_chain(QUOTES)


@pytest.fixture
def desk() -> Desk:
    if not QUOTES.exists():
        pytest.skip("no shared data beside the tree")
    return Desk()


def test_a_condor_off_real_quotes_and_the_same_again(desk: Desk) -> None:
    snapshot = desk.snapshot("2023-09-14")
    moment = dt.datetime(2023, 9, 14, 20, 40, tzinfo=dt.UTC)
    found = evaluate_market(WatchPlan(), (), desk, snapshot, moment)
    condor = found.result["condor"]
    assert condor["basis"] == f"quotes of {QUOTES.name}, close of 2023-09-14, at mid prices"
    picked = condor["picked"]
    # 45 days end on October 29; of two expirations as near, the earlier. Its credit is the quotes'.
    assert condor["inputs"]["expiration"] == "2023-10-27"
    chain = read_chain(QUOTES)
    listed = chain[
        (chain["expiration"] == dt.date(2023, 10, 27)) & (chain["root"] == picked["root"])
    ].set_index(["kind", "strike"])
    mid = (listed["bid"] + listed["ask"]) / 2
    credit = (
        mid["put", picked["put_short"]] - mid["put", picked["put_long"]]
        + mid["call", picked["call_short"]] - mid["call", picked["call_long"]]
    )  # fmt: skip
    assert picked["credit"] == pytest.approx(credit, abs=1e-9)
    stored = json.loads(json.dumps(found.inputs))
    again = compute_again(stored)
    assert again.result == json.loads(json.dumps(found.result))
    assert again.readings == found.readings


def test_quotes_of_another_day_are_not_used(desk: Desk) -> None:
    snapshot = desk.snapshot("2023-09-15")
    moment = dt.datetime(2023, 9, 15, 20, 40, tzinfo=dt.UTC)
    found = evaluate_market(WatchPlan(), (), desk, snapshot, moment)
    assert "no quote stands behind it" in found.result["condor"]["basis"]
    assert found.inputs["chain"] is None


def test_a_history_that_ends_early_has_no_say() -> None:
    market = open_market("sample")
    snapshot = market.snapshot("2018-02-05")

    class Late(Desk):
        def __init__(self) -> None:
            Market.__init__(self)

        def history(self, start: Any = None, end: Any = None) -> MarketHistory:
            return market.history("2017-06-01", "2018-01-25")

        def chain(self) -> pd.DataFrame:
            return market.chain()

    moment = dt.datetime(2018, 2, 5, 21, 40, tzinfo=dt.UTC)
    found = evaluate_market(WatchPlan(), (), Late(), snapshot, moment)
    assert "The vix history ends too early" in " ".join(found.result["notes"])
    assert "vix_rsi" in found.result["regime"]["missing"]
    again = compute_again(json.loads(json.dumps(found.inputs)))
    assert again.result == json.loads(json.dumps(found.result))
