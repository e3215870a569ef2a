"""The wheel, installed in a new environment outside the checkout, answers a question."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out)],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
    )
    return next(out.glob("askcondor-*.whl"))


def test_the_wheel_holds_both_packages_and_their_files(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for path in (
        "assistant/__init__.py",
        "assistant/py.typed",
        "assistant/_resources/corpus/glossary.yaml",
        "assistant/_resources/web/templates/chat.html",
        "tools/__init__.py",
        "tools/py.typed",
        "tools/regime.toml",
    ):
        assert path in names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/"))]


@pytest.mark.package
def test_the_installed_wheel_answers_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "env"
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ASKCONDOR_", "PYTHON", "VIRTUAL_ENV"))
    } | {"HF_HUB_OFFLINE": "1", "ASKCONDOR_DATA_DIR": str(tmp_path / "data")}
    if "PIP_FIND_LINKS" in environment:
        environment["UV_FIND_LINKS"] = environment["PIP_FIND_LINKS"]
    uv = str(Path(sys.executable).with_name("uv"))

    def run(*command: str | Path) -> str:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=tmp_path,
            check=True,
            env=environment,
            capture_output=True,
            text=True,
        )
        return done.stdout

    python = home / "bin" / "python"
    run(uv, "venv", "--quiet", "--python", sys.executable, home)
    lock = REPOSITORY / "requirements.lock"
    run(uv, "pip", "install", "--quiet", "--python", python, "--requirement", lock, wheel)
    question = "What is the expected move for spot 5800, IV 16 %, 30 days?"
    answer = json.loads(run(home / "bin" / "askcondor", "ask", question, "--json"))
    assert answer["calculations"][0]["tool"] == "expected_move"
    assert answer["citations"]
    assert str(home) in run(python, "-c", "import assistant; print(assistant.__file__)")
