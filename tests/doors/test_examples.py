"""Every example runs as its first lines say, and says what it is there to say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from assistant.settings import Settings
from tests.conftest import REPOSITORY, SHARED

EXAMPLES = REPOSITORY / "examples"
DOWNLOAD = SHARED / "data/options/cboe_spx_quotedata_2023-09-14_as_downloaded.csv.gz"


def run(name: str, settings: Settings, *arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / name), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=REPOSITORY,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(REPOSITORY),
            "HF_HUB_OFFLINE": "1",
            "ASKCONDOR_DATA_DIR": str(settings.data_dir),
            **environment,
        },
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ask.py", "stands in "),
        ("stream.py", "sources, answer"),
        ("thousand_condors.py", "1000 condors"),
        ("plan_a_roll.py", "net credit -5.00 points, -500 US dollars"),
        ("size_a_hedge.py", "covers 10"),
        ("run_a_backtest.py", "2014-01-02 to 2018-12-31"),
        ("plug_in_a_market.py", "from the desk's own book"),
    ],
)
def test_an_example_runs(own_settings: Settings, name: str, said: str) -> None:
    assert said in run(name, own_settings)


def test_a_condor_is_picked_from_a_download(own_settings: Settings) -> None:
    if not DOWNLOAD.exists():
        pytest.skip("the Cboe download of ../shared is not here")
    told = run("pick_from_chain.py", own_settings, str(DOWNLOAD))
    assert "SPX at 4505.1" in told
    assert "at the natural price" in told


def test_own_articles_are_indexed_and_found(own_settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "rules.md").write_text(
        "# Desk rules\n\nThe rules of our desk: umbrellas stay open.\n"
    )
    told = run("index_your_articles.py", own_settings, str(tmp_path))
    assert "1 passages added" in told
    assert "Desk rules" in told


def test_a_server_is_asked(own_settings: Settings, server: str) -> None:
    assert "in range" in run("ask_a_server.py", own_settings, server)


class Provider(BaseHTTPRequestHandler):
    """Speaks as much of OpenAI's protocol as a model of two turns: a tool call, then a text."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        called = any(message["role"] == "tool" for message in asked["messages"])
        arguments = json.dumps({"credit": 2.4, "width": 10})
        function = {"name": "check_credit", "arguments": arguments}
        message: dict[str, Any] = (
            {"role": "assistant", "content": "The credit is 24.0 % of the width."}
            if called
            else {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "c1", "type": "function", "function": function}],
            }
        )
        reason = "stop" if called else "tool_calls"
        told: dict[str, Any] = {
            "id": "x", "object": "chat.completion", "created": 1, "model": asked["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": reason}],
        }  # fmt: skip
        body, kind = json.dumps(told).encode(), "application/json"
        if asked.get("stream"):
            for place, call in enumerate(message.get("tool_calls", ())):
                call["index"] = place
            delta = {"index": 0, "delta": message, "finish_reason": reason}
            told |= {"object": "chat.completion.chunk", "choices": [delta]}
            body = f"data: {json.dumps(told)}\n\ndata: [DONE]\n\n".encode()
            kind = "text/event-stream"
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def provider() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def test_another_model_is_plugged_in(own_settings: Settings, provider: str) -> None:
    told = run("plug_in_a_model.py", own_settings, OPENAI_BASE_URL=provider, OPENAI_API_KEY="none")
    assert "written by openai:any-model; untraced numbers: []" in told
    assert "24.0 %" in told


def test_every_example_is_listed_and_run() -> None:
    files = {path.name for path in EXAMPLES.glob("*.py")}
    listed = (EXAMPLES / "README.md").read_text("utf-8")
    tested = Path(__file__).read_text("utf-8")
    for name in files:
        assert f"`{name}" in listed
        assert f'"{name}"' in tested
