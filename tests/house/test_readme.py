"""What the README says is true: its examples run, its settings and versions are the program's."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import assistant
from assistant.api import create_app
from assistant.settings import Settings

REPOSITORY = Path(__file__).resolve().parents[2]
README = (REPOSITORY / "README.md").read_text("utf-8")


def fenced(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def shell_commands() -> list[str]:
    lines = "\n".join(fenced("sh")).replace("\\\n", " ").splitlines()
    return [line.partition(" #")[0].strip() for line in lines if line.strip()]


def run(command: list[str], settings: Settings, cwd: Path) -> str:
    environment = {"ASKCONDOR_DATA_DIR": str(settings.data_dir), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_two_commands_stand_at_the_top() -> None:
    assert shell_commands()[:2] == ["make serve", "make test"]
    targets = set(re.findall(r"^([a-z]+):", (REPOSITORY / "Makefile").read_text("utf-8"), re.M))
    assert {"serve", "test"} <= targets


def test_ci_runs_the_readmes_test_command() -> None:
    assert "make test" in (REPOSITORY / ".ci" / "run").read_text("utf-8").splitlines()


def test_the_python_examples_run(own_settings: Settings, tmp_path: Path) -> None:
    (example,) = fenced("python")
    assert "Traceback" not in run([sys.executable, "-c", example], own_settings, REPOSITORY)
    assert len([line for line in example.splitlines() if line.strip()]) <= 14


ASKCONDOR = [
    command
    for command in shell_commands()
    if command.startswith("askcondor") and "MODEL" not in command
]


@pytest.mark.parametrize("command", ASKCONDOR)
def test_the_commands_run(own_settings: Settings, tmp_path: Path, command: str) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "note.md").write_text("# A note\n\nThe desk meets on Mondays.\n", "utf-8")
    words = [str(Path(sys.executable).with_name("askcondor")), *shlex.split(command)[1:]]
    assert run(words, own_settings, tmp_path).strip()


CURL = [command for command in shell_commands() if command.startswith("curl")]


@pytest.mark.parametrize("command", CURL)
def test_the_requests_are_answered(own_settings: Settings, command: str) -> None:
    words = shlex.split(command)
    address = next(word for word in words if word.startswith("http://127.0.0.1:8000/"))
    headers = dict(
        words[place + 1].split(": ", 1) for place, word in enumerate(words) if word == "-H"
    )
    body = words[words.index("-d") + 1]
    with TestClient(create_app(own_settings)) as client:
        path = address.removeprefix("http://127.0.0.1:8000")
        response = client.post(path, content=body, headers=headers)
    assert response.status_code == 200


def test_every_setting_is_described() -> None:
    rows = dict(re.findall(r"^\| `ASKCONDOR_([A-Z_]+)` \| [^|]* \| (.*?) \|$", README, re.M))
    described = {name.upper(): field.description for name, field in Settings.model_fields.items()}
    assert rows == described


def test_files_that_the_readme_names_are_there() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (REPOSITORY / target).is_file(), target


def test_one_version_everywhere() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    changelog = (REPOSITORY / "CHANGELOG.md").read_text("utf-8")
    latest = re.search(r"^## (\d+\.\d+\.\d+)", changelog, re.M)
    assert latest is not None
    assert project["version"] == assistant.__version__ == latest.group(1)
