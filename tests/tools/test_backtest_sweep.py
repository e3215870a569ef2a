"""Sweeps: the same figures wherever they run, kept set by set, resumed after a kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tools.backtest import backtest_condor
from tools.backtest.sweep import BATCH, grid, history_mark, sweep_condor
from tools.errors import ToolDataError, ToolInputError

REPOSITORY = Path(__file__).resolve().parents[2]
SETS = grid(**{"entry.days": [7, 14, 30], "exit.profit_target": [None, 0.5], "contracts": [1, 3]})


def walk(years: int = 3) -> pd.DataFrame:
    days = pd.bdate_range("2015-01-02", periods=252 * years)
    moves = np.random.default_rng(11).normal(0.0003, 0.01, len(days))
    return pd.DataFrame({"spx": 2000 * np.exp(np.cumsum(moves)), "vix": 16.0}, index=days)


def test_a_grid_holds_every_combination_once() -> None:
    assert len(SETS) == 12
    assert {"entry": {"days": 7}, "exit": {"profit_target": 0.5}, "contracts": 3} in SETS
    assert len({json.dumps(one, sort_keys=True) for one in SETS}) == 12


def test_a_row_is_the_metrics_of_its_set() -> None:
    table = sweep_condor(walk(), SETS, cluster="none")
    assert table["entry.days"].tolist() == [one["entry"]["days"] for one in SETS]
    for place in (0, 7):
        figures = backtest_condor(walk(), **SETS[place]).metrics
        assert table.loc[place, "sharpe"] == figures["sharpe"]
        assert table.loc[place, "max_drawdown"] == figures["max_drawdown"]["depth"]
        assert table.loc[place, "n"] == figures["n"]


def test_a_cluster_gives_the_same_to_the_bit_and_is_left_running() -> None:
    from distributed import Client, LocalCluster

    here = sweep_condor(walk(), SETS, cluster="none")
    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None,
        host="127.0.0.1", protocol="tcp://",
    ) as cluster:  # fmt: skip
        told: list[tuple[int, int]] = []
        there = sweep_condor(
            walk(), SETS, cluster=cluster.scheduler_address,
            progress=lambda _, done, total: told.append((done, total)),
        )  # fmt: skip
        pd.testing.assert_frame_equal(here, there, check_exact=True)
        assert told[0] == (0, 12)
        assert told[-1] == (12, 12)
        with Client(cluster.scheduler_address, set_as_default=False, timeout=10) as client:
            assert client.submit(sum, [1, 2]).result(timeout=10) == 3


def test_a_local_cluster_is_started_and_ended() -> None:
    before = children()
    there = sweep_condor(walk(), SETS, workers=1)
    pd.testing.assert_frame_equal(there, sweep_condor(walk(), SETS, cluster="none"),
                                  check_exact=True)  # fmt: skip
    deadline = time.monotonic() + 20
    while children() - before and time.monotonic() < deadline:
        time.sleep(0.1)
    # Python's own process that watches for leaked resources stays until the end.
    assert not [one for one in children() - before if "resource_tracker" not in command(one)]


def children() -> set[int]:
    mine = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    return {int(one) for one in mine.read_text().split()} if mine.exists() else set()


def command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return "resource_tracker"


def test_no_cluster_there_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.backtest.sweep.CONNECT_SECONDS", 0.5)
    with pytest.raises(ToolDataError, match=r"no Dask scheduler at tcp://127\.0\.0\.1:1"):
        sweep_condor(walk(), SETS, cluster="tcp://127.0.0.1:1")


def test_a_killed_sweep_goes_on_where_it_stopped(tmp_path: Path) -> None:
    store = tmp_path / "sweep.jsonl"
    script = (
        "import sys\n"
        "from tests.tools.test_backtest_sweep import SETS, walk\n"
        "from tools.backtest import sweep\n"
        "sweep.BATCH = 1\n"
        "sweep.sweep_condor(walk(), SETS, sys.argv[1], cluster='none')\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(store)], cwd=REPOSITORY)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and (
        not store.exists() or store.read_bytes().count(b"\n") < 2
    ):
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=10)
    lines = store.read_text().split("\n")[:-1]
    assert len(lines) >= 2
    store.write_text("\n".join(lines[:3]) + "\n" + lines[0][: len(lines[0]) // 2])  # torn
    kept = min(3, len(lines))
    told: list[int] = []
    table = sweep_condor(walk(), SETS, store, cluster="none",
                         progress=lambda _, done, total: told.append(done))  # fmt: skip
    assert told[0] == kept
    assert told[1] == min(kept + BATCH, 12)
    pd.testing.assert_frame_equal(table, sweep_condor(walk(), SETS, cluster="none"),
                                  check_exact=True)  # fmt: skip
    assert len(store.read_text().split("\n")) == 13
    # A third time there is nothing left to do.
    told.clear()
    sweep_condor(walk(), SETS, store, progress=lambda _, done, total: told.append(done))
    assert told == [12]


def test_a_store_of_something_else_is_refused(tmp_path: Path) -> None:
    store = tmp_path / "sweep.jsonl"
    sweep_condor(walk(), SETS[:2], store, cluster="none")
    other = walk()
    other.iloc[5, 0] += 0.01
    with pytest.raises(ToolDataError, match="another history"):
        sweep_condor(other, SETS[:2], store, cluster="none")
    store.write_text("not a sweep\n")
    with pytest.raises(ToolDataError, match=r"Line 1 of sweep\.jsonl"):
        sweep_condor(walk(), SETS[:2], store, cluster="none")
    assert history_mark(walk()) == history_mark(walk()) != history_mark(other)


def test_a_set_that_cannot_run_says_so_in_its_row() -> None:
    table = sweep_condor(walk(), [{"entry": {"days": 0}}, {"entry": {"days": 30}}], cluster="none")
    assert "entry.days is 0" in table.loc[0, "error"]
    assert np.isnan(table.loc[0, "n"])
    assert table.loc[1, "n"] > 100


@pytest.mark.parametrize(
    ("sets", "said"),
    [
        ([], "at least one"),
        ([{"entry": {"days": 30}}] * 2, "differ"),
        ([{"entry": {"days": {1, 2}}}], "plain JSON"),
        ([{"history": 1}], "left out"),
        (["fast"], "mapping"),
    ],
)
def test_sets_that_cannot_be_used(sets: Any, said: str) -> None:
    with pytest.raises(ToolInputError, match=said):
        sweep_condor(walk(), sets, cluster="none")
