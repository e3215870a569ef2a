"""Real processes that are killed, on SQLite and PostgreSQL: no message is lost, none repeated."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from assistant.watch.store import WatchStore
from tests.watch.one_run import SECRET, tick_once

REPOSITORY = Path(__file__).resolve().parents[2]


class Receiver:
    """A webhook's other end: checks the signature, counts what it took; it may hold a request."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.ids: Counter[str] = Counter()
        self.hold = threading.Event()
        self.holding = threading.Event()
        self.hold.set()
        self.url = ""

    def take(self, headers: dict[str, str], body: bytes) -> None:
        event = Webhook(SECRET).verify(body, headers)
        self.ids[headers["webhook-id"]] += 1
        self.taken.append(event)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    received = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            received.holding.set()
            if not received.hold.wait(30):
                return
            try:
                received.take({k.lower(): v for k, v in self.headers.items()}, body)
                self.send_response(200)
                self.end_headers()
            except BrokenPipeError:
                pass  # the sender is gone

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    received.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield received
    received.hold.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as the tests."""
    pytest.importorskip("psycopg")
    places = [*Path("/usr/lib/postgresql").glob("*/bin"), Path("/usr/local/bin"), Path("/usr/bin")]
    bins = [place for place in places if (place / "initdb").exists()]
    if not bins:
        pytest.skip("no PostgreSQL is installed")
    # It refuses to run as root; its own user then does it.
    root = os.geteuid() == 0
    if root and shutil.which("runuser") is None:
        pytest.skip("PostgreSQL does not run as root, and there is no runuser")
    prefix = ["runuser", "-u", "postgres", "--"] if root else []
    folder = Path(subprocess.run(
        [*prefix, "mktemp", "-d"], capture_output=True, text=True, check=True
    ).stdout.strip())  # fmt: skip
    try:
        subprocess.run(
            [*prefix, bins[0] / "initdb", "-D", folder / "data", "-A", "trust", "-U", "watch"],
            check=True, capture_output=True, cwd="/",
        )  # fmt: skip
        control = [*prefix, bins[0] / "pg_ctl", "-D", folder / "data", "-w"]
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        subprocess.run([*control, "-o", options, "-l", folder / "log", "start"], check=True,
                       stdout=subprocess.DEVNULL, cwd="/")  # fmt: skip
        try:
            subprocess.run(["chmod", "755", folder], check=True)
            yield f"postgresql+psycopg://watch@/postgres?host={folder}"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True,
                           stdout=subprocess.DEVNULL, cwd="/")  # fmt: skip
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'watch.db'}"
        return
    from sqlalchemy import create_engine, text

    url: str = request.getfixturevalue("postgres")
    yield url
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(database: str, receiver: Receiver) -> Start:
    def started(moment: str, point: str = "", later_s: float = 0) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.watch.one_run", database, moment,
             receiver.url, point, str(later_s)],
            cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    return started


def ended(process: subprocess.Popen[str], status: int) -> str:
    out, problems = process.communicate(timeout=60)
    assert process.returncode == status, problems
    return out


def here(database: str, receiver: Receiver, moment: str, later_s: float = 0.0) -> str:
    """A run in this process, before or after the one that matters; what it wrote."""
    console = io.StringIO()
    tick_once(database, moment, receiver.url, later_s, console)
    return console.getvalue()


CHANGED = "extreme volatility, stand aside"


def told(receiver: Receiver, lines: str) -> tuple[int, int]:
    """How often the change of regime went to the webhook and to the console."""
    events = [event for event in receiver.taken if event["data"].get("value") == CHANGED]
    return len(events), lines.count("Regime: " + CHANGED)


@pytest.mark.parametrize(
    "point",
    [
        "changes written, not committed",
        "decided, nothing sent",
        "webhook announced, not sent",
    ],
)
def test_a_process_killed_anywhere_tells_once(
    start: Start, receiver: Receiver, database: str, point: str
) -> None:
    lines = here(database, receiver, "2018-02-02 16:30")
    lines += ended(start("2018-02-05 16:30", point), -signal.SIGKILL)
    assert not [event for event in receiver.taken if event["data"].get("value") == CHANGED]
    lines += ended(start("2018-02-05 16:31"), 0)
    lines += here(database, receiver, "2018-02-05 16:32")
    assert told(receiver, lines) == (1, 1)
    assert set(receiver.ids.values()) == {1}
    store = WatchStore(database)
    assert len(store.decisions("default")) == 2
    store.close()


def test_a_process_killed_while_the_receiver_is_slow_sends_the_same_id_again(
    start: Start, receiver: Receiver, database: str
) -> None:
    here(database, receiver, "2018-02-02 16:30")
    before = set(receiver.ids)
    receiver.hold.clear()
    receiver.holding.clear()
    process = start("2018-02-05 16:30")
    assert receiver.holding.wait(60)
    process.kill()
    lines = ended(process, -signal.SIGKILL)
    receiver.hold.set()
    deadline = time.monotonic() + 30
    while not set(receiver.ids) - before and time.monotonic() < deadline:
        time.sleep(0.02)
    # The receiver took it, and its answer reached nobody: it comes again under the same id, by
    # which a receiver knows it. Two minutes later the claim of the dead process is over.
    lines += here(database, receiver, "2018-02-05 16:33", later_s=120)
    regime = [event["data"]["id"] for event in receiver.taken if event["data"]["value"] == CHANGED]
    assert len(set(regime)) == 1
    assert lines.count("Regime: " + CHANGED) == 1
    after = dict(receiver.ids)
    here(database, receiver, "2018-02-05 16:35", later_s=240)
    assert dict(receiver.ids) == after


def test_a_missed_day_and_a_receiver_that_was_away(
    start: Start, receiver: Receiver, database: str
) -> None:
    lines = here(database, receiver, "2018-02-02 16:30")
    # Nothing ran on the 5th; the process of the 7th decides three days, in order.
    lines += ended(start("2018-02-07 16:30"), 0)
    lines += here(database, receiver, "2018-02-07 16:40")
    assert told(receiver, lines)[0] == told(receiver, lines)[1] >= 1
    moments = [event["data"]["moment"] for event in receiver.taken]
    assert moments == sorted(moments)
    assert set(receiver.ids.values()) == {1}
    store = WatchStore(database)
    kept = [change.id for change in store.changes("default")]
    store.close()
    assert sorted(kept) == sorted(receiver.ids)


def test_the_service_ticks_at_once_and_ends_when_it_is_told_to(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        "market: sample\nallow_stale: true\nlevels: [{name: High, of: vix, above: 20}]\n", "utf-8"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant.cli", "watch", str(plan)], cwd=tmp_path,
        env={**os.environ, "ASKCONDOR_DATA_DIR": str(tmp_path), "PYTHONPATH": str(REPOSITORY),
             "PYTHONWARNINGS": "ignore"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    seen = ""
    while "High: met" not in seen:
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        seen += line
    assert "These data are stale: close of 2018-12-31" in seen
    process.send_signal(signal.SIGTERM)
    _, problems = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "no order is ever placed" in problems
    # Run again for cron: nothing is due, nothing is said.
    again = subprocess.run(
        [sys.executable, "-m", "assistant.cli", "watch", str(plan), "--once", "--json"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
        env={**os.environ, "ASKCONDOR_DATA_DIR": str(tmp_path), "PYTHONPATH": str(REPOSITORY),
             "PYTHONWARNINGS": "ignore"},
    )  # fmt: skip
    assert json.loads(again.stdout) == []
