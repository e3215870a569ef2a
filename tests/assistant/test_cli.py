"""The command line: the same answers, JSON where asked, and exit statuses that mean something."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assistant.cli import app
from assistant.settings import Settings


@pytest.fixture
def run(own_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Runner:
    monkeypatch.setenv("ASKCONDOR_DATA_DIR", str(own_settings.data_dir))
    return Runner()


class Runner:
    """Runs a command in this process."""

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments))


def test_ask_prints_the_answer_with_its_sources(run: Runner) -> None:
    done = run("ask", "What credit should an iron condor collect for its width?")
    assert done.exit_code == 0
    assert "15 to 25 %" in " ".join(done.stdout.split())
    assert "/articles/credit-to-width-target" in done.stdout
    assert "Education, not advice" in done.stdout


def test_ask_prints_the_answer_as_json(run: Runner) -> None:
    done = run("ask", "VIX is 22 and VIX3M is 20.5. Sell condors?", "--json")
    answer = json.loads(done.stdout)
    assert answer["calculations"][0]["tool"] == "check_regime"
    again = run("ask", "and VIX3M at 25?", "--conversation", answer["conversation_id"], "--json")
    assert json.loads(again.stdout)["calculations"][0]["inputs"] == {"vix": 22.0, "vix3m": 25.0}


def test_tool_gives_what_python_gives(run: Runner) -> None:
    done = run("tool", "check_credit", "--credit", "13.13", "--width=50", "--json")
    assert json.loads(done.stdout)["verdict"] == "rich"
    assert "check_credit" in run("tool", "list").stdout


def test_search_ranks_passages(run: Runner) -> None:
    found = json.loads(run("search", "contango", "-k", "3", "--json").stdout)
    assert len(found) == 3
    assert {"score", "id", "title", "section", "text", "url"} <= found[0].keys()


def test_index_adds_a_document(run: Runner, tmp_path: Path) -> None:
    (tmp_path / "note.md").write_text("# Desk rules\n\nThe umbrella is never sold.\n", "utf-8")
    (tmp_path / "bad.txt").write_bytes(b"\xff\x00")
    done = run("index", str(tmp_path / "note.md"), str(tmp_path / "bad.txt"), "--json")
    assert done.exit_code == 0
    summary = json.loads(done.stdout)
    assert summary["added"] == 1
    assert "bad.txt" in summary["skipped"][0]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["ask", ""], "message"),
        (["ask", "x" * 1001], "message"),
        (["ask", "hi", "--model", "nobody:nothing"], "nobody:nothing"),
        (["ask", "hi", "--conversation", "a b"], "conversation_id"),
        (["tool", "check_credit", "--credit", "-2", "--width", "10"], "credit"),
        (["tool", "check_credit", "--credit", "NaN", "--width", "10"], "credit"),
        (["tool", "check_credit", "--credit", "2"], "width"),
        (["tool", "check_credit", "--credit"], "--credit"),
        (["tool", "check_credit", "2"], "2"),
        (["tool", "price_condors"], "price_condor"),
        (["serve", "--host", "0.0.0.0"], "API_KEYS"),
        (["serve", "--port", "99999"], "port"),
        (["nonsense"], "nonsense"),
    ],
)
def test_bad_usage_ends_with_status_2_and_names_the_field(
    run: Runner, arguments: list[str], named: str
) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert named in done.output


def test_a_setting_that_cannot_be_used_is_named(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASKCONDOR_PORT", "eighty")
    done = run("ask", "what is theta")
    assert done.exit_code == 2
    assert "PORT" in done.output


def test_an_index_of_nothing_readable_fails(run: Runner, tmp_path: Path) -> None:
    assert run("index", str(tmp_path / "nowhere")).exit_code == 1


def test_the_command_starts_as_a_process(own_settings: Settings) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli", "ask", "what is theta", "--json"],
        capture_output=True,
        text=True,
        check=True,
        env={"ASKCONDOR_DATA_DIR": str(own_settings.data_dir), "PATH": "/usr/bin:/bin"},
    )
    assert json.loads(done.stdout)["citations"][0]["id"] == "glossary:theta"
    assert done.stderr == ""
