"""The walls of the house: who may import whom."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

# A library, and the only places that may import it.
ROOMS = {
    "langchain": ["assistant/models", "assistant/agent/"],
    "langchain_core": ["assistant/models", "assistant/agent/"],
    "langgraph": ["assistant/agent/"],
    "chromadb": ["assistant/knowledge"],
    "sentence_transformers": ["assistant/knowledge/embedding.py"],
    "torch": ["assistant/knowledge/embedding.py"],
    "onnxruntime": ["assistant/knowledge/embedding.py"],
    "fastapi": ["assistant/api"],
    "starlette": ["assistant/api"],
    "uvicorn": ["assistant/cli/serve.py"],
    "mcp": ["assistant/mcp/"],
    "mcp_types": ["assistant/mcp/"],
    "prometheus_client": ["assistant/api/metrics.py"],
    "sqlalchemy": ["assistant/answers", "assistant/webhooks.py", "assistant/watch/store.py"],
    "apscheduler": ["assistant/watch/service.py"],
    "exchange_calendars": ["assistant/watch/schedule.py"],
    "yfinance": ["tools/market/yahoo.py"],
    "vollib": ["tools/pricing"],
    "plotly": ["tools/charts.py"],
    "dask": ["tools/backtest/sweep.py"],
    "distributed": ["tools/backtest/sweep.py"],
    "assistant": ["assistant"],
}


def sources() -> list[Path]:
    return sorted(
        path for folder in ("tools", "assistant") for path in (REPOSITORY / folder).rglob("*.py")
    )


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def trespasses(path: Path, inside: str) -> list[str]:
    return [
        module
        for module in imports(path)
        for library, rooms in ROOMS.items()
        if module.split(".")[0] == library and not any(inside.startswith(room) for room in rooms)
    ]


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_a_module_imports_only_what_its_room_may(path: Path) -> None:
    assert trespasses(path, path.relative_to(REPOSITORY).as_posix()) == []


def test_the_walls_can_be_seen(tmp_path: Path) -> None:
    guilty = tmp_path / "guilty.py"
    guilty.write_text("def f():\n    import chromadb.config\n    from assistant import cli\n")
    assert trespasses(guilty, "tools/guilty.py") == ["chromadb.config", "assistant"]


def test_calculations_do_not_import_market_sources() -> None:
    for path in (REPOSITORY / "tools").rglob("*.py"):
        if "market" in path.relative_to(REPOSITORY).parts:
            continue
        assert not [module for module in imports(path) if module.startswith("tools.market")]


def test_importing_the_tools_loads_nothing_heavy() -> None:
    script = (
        "import sys, tools\n"
        "heavy = {'langchain', 'langchain_core', 'torch', 'chromadb', 'plotly', 'fastapi'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    assert done.stdout.strip() == "[]"


def test_answering_does_not_import_torch(built_settings: object) -> None:
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from assistant import Assistant\n"
        "from assistant.settings import Settings\n"
        f"with Assistant(Settings(data_dir=Path({str(built_settings.data_dir)!r}))) as assistant:\n"  # type: ignore[attr-defined]
        "    assert assistant.ask('what is an iron condor').citations\n"
        "print(sorted({'torch', 'sentence_transformers', 'plotly'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    assert done.stdout.strip() == "[]"
