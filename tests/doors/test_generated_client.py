"""A client generated from `/openapi.json` by a tool of somebody else's works."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

SCRIPT = """
import sys
from generated import Client
from generated.api.chat import chat
from generated.api.tools import check_credit, price_condor
from generated.models import ChatRequest, CheckCreditArguments, PriceCondorArguments

client = Client(base_url=sys.argv[1])
credit = check_credit.sync(client=client, body=CheckCreditArguments(credit=2.4, width=10))
assert credit.verdict == "in range"
condor = price_condor.sync(
    client=client,
    body=PriceCondorArguments(
        spot=5800, put_long=5450, put_short=5500, call_short=6050, call_long=6100, days=30, iv=0.16
    ),
)
assert round(condor.credit, 2) == 13.01
refused = check_credit.sync_detailed(client=client, body=CheckCreditArguments(credit=-1, width=10))
assert refused.status_code == 422
answer = chat.sync(client=client, body=ChatRequest(message="what is theta"))
assert answer.citations[0].id == "glossary:theta"
"""


@pytest.mark.package
def test_a_generated_client_calls_tools_and_asks(server: str, tmp_path: Path) -> None:
    environment = dict(os.environ)
    if "PIP_FIND_LINKS" in environment:
        environment["UV_FIND_LINKS"] = environment["PIP_FIND_LINKS"]
    uv, home = str(Path(sys.executable).with_name("uv")), tmp_path / "env"

    def run(*command: str) -> str:
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    run(uv, "venv", "--python", sys.executable, str(home))
    python = str(home / "bin" / "python")
    run(uv, "pip", "install", "--python", python, "openapi-python-client")
    (tmp_path / "openapi.json").write_text(httpx.get(f"{server}/openapi.json").text)
    told = run(
        str(home / "bin" / "openapi-python-client"), "generate", "--path", "openapi.json",
        "--meta", "none", "--output-path", "generated",
    )  # fmt: skip
    assert "WARNING parsing" not in told
    run(python, "-c", SCRIPT, server)
