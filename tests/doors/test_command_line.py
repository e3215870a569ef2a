"""The command line: an example in every help, typed flags, tables for people, JSON for programs."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

from assistant.cli import app
from assistant.cli.tool import example_of
from tools.catalog import CATALOG, Tool

COMMANDS = sorted(get_command(app).commands)  # type: ignore[attr-defined]


def run(*words: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, list(words), input=stdin)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_shows_an_example(command: str) -> None:
    done = run(command, "--help")
    assert done.exit_code == 0
    assert f"askcondor {command}" in " ".join(done.stdout.split())


@pytest.mark.parametrize("tool", CATALOG, ids=lambda tool: tool.name)
def test_every_tool_has_flags_and_its_example_works_as_typed(tool: Tool) -> None:
    told = run("tool", tool.name, "--help")
    assert told.exit_code == 0
    assert "Example: askcondor tool" in told.stdout
    words = shlex.split(example_of(tool))[1:]
    for_people, for_programs = run(*words), run(*words, "--json")
    assert for_people.exit_code == 0
    assert for_people.stdout.strip()
    assert max(map(len, for_people.stdout.splitlines())) <= 100
    assert json.loads(for_programs.stdout) == json.loads(json.dumps(tool.call_json(tool.example)))
    assert for_programs.stderr == ""


def test_fields_may_be_written_as_flags_or_as_in_python() -> None:
    one = run("tool", "break_even", "--put-short", "5500", "--call-short", "6050", "--credit", "9")
    other = run("tool", "break-even", "--put_short", "5500", "--call_short=6050", "--credit", "9")
    assert one.exit_code == other.exit_code == 0
    assert one.stdout == other.stdout


def test_lists_come_as_json_with_commas_or_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "flows.json").write_text("[-100, 39, 59, 55, 20]")
    expected = "0.28"
    for given in ("[-100, 39, 59, 55, 20]", "-100,39,59,55,20", f"@{tmp_path / 'flows.json'}"):
        done = run("tool", "irr", f"--cashflows={given}")
        assert done.exit_code == 0
        assert done.stdout.startswith(expected)
    assert run("tool", "irr", f"--cashflows=@{tmp_path / 'none.json'}").exit_code == 2


def test_all_arguments_come_at_once_from_a_file_or_stdin(tmp_path: Path) -> None:
    whole = '{"credit": 2.4, "width": 10}'
    (tmp_path / "call.json").write_text(whole)
    for given, stdin in ((whole, None), (f"@{tmp_path / 'call.json'}", None), ("-", whole)):
        done = run("tool", "check_credit", "--arguments", given, "--json", stdin=stdin)
        assert json.loads(done.stdout)["verdict"] == "in range"
    changed = run("tool", "check_credit", "--arguments", whole, "--width", "50", "--json")
    assert json.loads(changed.stdout)["verdict"] == "thin"
    for wrong in ("{", "[1]", "@nowhere.json"):
        assert run("tool", "check_credit", "--arguments", wrong).exit_code == 2


@pytest.mark.parametrize(
    ("words", "status", "named"),
    [
        (["tool", "check_credit", "--credit", "abc"], 2, "--credit"),
        (["tool", "check_credit", "--credit", "2", "--wdth", "10"], 2, "wdth"),
        (["tool", "price_option", "--kind", "putt"], 2, "kind"),
        (["tool", "nothing"], 2, "nothing"),
        (["tool", "irr", "--cashflows", "[-1, 1e400]"], 2, "cashflows"),
        (["serve", "--port", "-1"], 2, "port"),
    ],
)
def test_exit_statuses_mean_something(words: list[str], status: int, named: str) -> None:
    done = run(*words)
    assert done.exit_code == status
    assert named in done.output


def test_tools_are_listed_with_their_schemas() -> None:
    listed = json.loads(run("tool", "list", "--json").stdout)
    assert [tool["name"] for tool in listed] == [tool.name for tool in CATALOG]
    assert listed[0]["input_schema"]["required"]
    assert all(tool.name in run("tool", "list").stdout for tool in CATALOG)
    assert all(tool.name in run("tool", "--help").stdout for tool in CATALOG)


def test_the_shell_completes_commands_tools_and_flags() -> None:
    def completed(words: str) -> str:
        environment = {
            "_ASKCONDOR_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(words.count(" ")),
            "PATH": "/usr/bin:/bin",
        }
        command = [str(Path(sys.executable).parent / "askcondor")]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False
        ).stdout

    assert "search" in completed("askcondor se").split()
    assert "price_condor" in completed("askcondor tool price_").split()
    assert "--put-short" in completed("askcondor tool price_condor --put").split()


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys\n"
        "sys.argv = ['askcondor', '--help']\n"
        "from assistant.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'pandas', 'pydantic', 'langchain_core', 'fastapi', 'sqlalchemy'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == "[]"
