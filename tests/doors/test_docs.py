"""What the documentation shows is true: every snippet runs, every link leads somewhere."""

from __future__ import annotations

import doctest
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters

from assistant.settings import Settings
from tests.conftest import REPOSITORY

DOCS = REPOSITORY / "docs"
PAGES = sorted([DOCS / "tutorial.md", *DOCS.glob("how-to/*.md"), *DOCS.glob("explanation/*.md")])
EVERYTHING = sorted([*DOCS.rglob("*.md"), REPOSITORY / "examples" / "README.md"])
USUAL = "http://127.0.0.1:8000"
LANGUAGES = {"sh", "python", "pycon", "json", "toml", "text"}

named = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))


def blocks(page: Path, language: str) -> list[str]:
    text = page.read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def environment(settings: Settings) -> dict[str, str]:
    commands = Path(sys.executable).parent
    return {
        "PATH": f"{commands}:{os.environ['PATH']}",
        "PYTHONPATH": str(REPOSITORY),
        "HF_HUB_OFFLINE": "1",
        "ASKCONDOR_DATA_DIR": str(settings.data_dir),
    }


@named
def test_python_runs(page: Path, own_settings: Settings, server: str) -> None:
    for block in blocks(page, "python"):
        done = subprocess.run(
            [sys.executable, "-W", "error::DeprecationWarning", "-c", block.replace(USUAL, server)],
            env=environment(own_settings),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stderr}"


@named
def test_shell_commands_run(page: Path, own_settings: Settings, server: str) -> None:
    for block in blocks(page, "sh"):
        for line in block.replace("\\\n", " ").splitlines():
            if not line.strip():
                continue
            done = subprocess.run(
                ["bash", "-c", f"set -eo pipefail; {line.replace(USUAL, server)}"],
                env=environment(own_settings),
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{line}\n{done.stderr}"
            assert done.stdout, line
            assert '"code":' not in done.stdout, line  # curl calls a problem a success


@named
def test_sessions_show_what_they_would_show(
    page: Path, own_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASKCONDOR_DATA_DIR", str(own_settings.data_dir))
    session = "\n".join(blocks(page, "pycon"))
    parsed = doctest.DocTestParser().get_doctest(session, {}, page.name, str(page), 0)
    told: list[str] = []
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
    doctest.DocTestRunner(optionflags=flags).run(parsed, out=told.append)
    assert told == []


@named
def test_every_block_is_of_a_kind_that_is_tested(page: Path) -> None:
    kinds = re.findall(r"^```(\S*)\n(?:.*?)^```", page.read_text("utf-8"), re.M | re.S)
    assert set(kinds) <= LANGUAGES


def configured(page: Path) -> list[dict[str, Any]]:
    return [json.loads(block)["mcpServers"]["askcondor"] for block in blocks(page, "json")]


def test_the_configurations_of_desktop_clients_work(own_settings: Settings, server: str) -> None:
    over_stdio, over_http = configured(DOCS / "how-to" / "mcp.md")
    commands = Path(sys.executable).parent
    process = StdioServerParameters(
        command=str(commands / over_stdio["command"]),
        args=over_stdio["args"],
        env=environment(own_settings),
    )

    async def talk(target: Any) -> int:
        async with Client(target) as client:
            return len((await client.list_tools()).tools)

    assert anyio.run(talk, process) == anyio.run(talk, over_http["url"].replace(USUAL, server))


@pytest.mark.parametrize("page", EVERYTHING, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8")):
        if not target.startswith(("http://", "https://", "mailto:", "/")):
            assert (page.parent / target).exists(), target


def test_every_page_can_be_reached_from_the_first() -> None:
    listed = (DOCS / "README.md").read_text("utf-8")
    for page in DOCS.rglob("*.md"):
        if page.name != "README.md":
            assert f"({page.relative_to(DOCS)})" in listed


def test_the_reference_is_current(own_settings: Settings) -> None:
    done = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"],
        env=environment(own_settings),
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
