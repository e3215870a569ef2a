"""`askcondor watch` on the command line: what it prints, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import app

runner = CliRunner()


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ASKCONDOR_DATA_DIR", str(tmp_path / "data"))
    path = tmp_path / "plan.yaml"
    path.write_text("market: sample\n", "utf-8")
    return path


def test_a_plan_is_checked_without_acting(plan: Path) -> None:
    done = runner.invoke(app, ["watch", str(plan), "--check"])
    assert done.exit_code == 0
    assert "Plan 'default': 0 positions, 0 levels; next at 2" in done.output


def test_old_data_fail_and_say_so_on_every_run(plan: Path) -> None:
    for _ in range(2):
        done = runner.invoke(app, ["watch", str(plan), "--once"])
        assert done.exit_code == 1
        assert "close of 2018-12-31" in done.output
    assert "source.failing" not in done.output  # told of at the first run


def test_practice_on_old_data_as_json(plan: Path) -> None:
    plan.write_text(
        "market: sample\nallow_stale: true\nlevels: [{name: High, of: vix, above: 20}]\n", "utf-8"
    )
    done = runner.invoke(app, ["watch", str(plan), "--once", "--json"])
    assert done.exit_code == 0
    (level,) = [one for one in json.loads(done.stdout) if one["kind"] == "level.crossed"]
    assert level["value"] == "met"
    assert "These data are stale" in level["text"]
    assert json.loads(runner.invoke(app, ["watch", str(plan), "--once", "--json"]).stdout) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("at: ['later']\n", "'later' is no time"),
        ("positions: none.yaml\n", "cannot be read"),
        ("rules: none.toml\n", "none.toml"),
        ("market: bloomberg\n", "one of sample, csv, cboe, yahoo"),
        ("market: 'csv:nowhere'\n", "a folder of CSV files"),
        ("send: [webhook]\n", "WEBHOOK_URLS names no address"),
    ],
)
def test_a_plan_that_cannot_be_used_is_bad_usage(plan: Path, text: str, message: str) -> None:
    plan.write_text(text, "utf-8")
    done = runner.invoke(app, ["watch", str(plan), "--once"])
    assert done.exit_code == 2
    assert message in done.output


def test_a_webhook_without_a_secret_is_bad_usage(
    plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASKCONDOR_WEBHOOK_URLS", "http://127.0.0.1:9/hook")
    plan.write_text("send: [webhook]\n", "utf-8")
    done = runner.invoke(app, ["watch", str(plan), "--once"])
    assert done.exit_code == 2
    assert "webhook secret has to be base64" in done.output
