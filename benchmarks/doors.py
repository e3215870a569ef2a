"""What a door costs: a tool over HTTP beside a bare echo, and protocols beside what they carry.

    python -m benchmarks.doors [--rounds 2000]

Prints the table of docs/benchmarks.md. The sides of a comparison take turns, request by request, in
the same run, over one kept connection each; each figure is a median. Nothing here is a test.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.assistant import machine, wait_for
from tools.catalog import find_tool

PORT, ECHO_PORT = 8398, 8399
TOOLS = ("check_credit", "price_option", "price_condor")
QUESTION = "VIX is 22 and VIX3M is 20.5. Is this a regime to sell condors in?"
VERSION = "2026-07-28"
JSON = {"content-type": "application/json"}
MCP = JSON | {
    "accept": "application/json, text/event-stream",
    "mcp-protocol-version": VERSION,
    "mcp-method": "tools/call",
}
META = {
    "io.modelcontextprotocol/protocolVersion": VERSION,
    "io.modelcontextprotocol/clientInfo": {"name": "benchmark", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2000)
    rounds = parser.parse_args().rounds
    with ExitStack() as stack:
        scratch = stack.enter_context(tempfile.TemporaryDirectory())
        environment = os.environ | {"ASKCONDOR_DATA_DIR": scratch, "HF_HUB_OFFLINE": "1"}
        subprocess.run(
            [sys.executable, "-m", "assistant.cli", "index"], env=environment, check=True
        )
        ours = [sys.executable, "-m", "assistant.cli", "serve", "--port", str(PORT)]
        echo = [sys.executable, "-m", "uvicorn", "benchmarks.echo:app", "--port", str(ECHO_PORT)]
        for command in (ours, [*echo, "--log-level", "warning"]):
            server = stack.enter_context(
                subprocess.Popen(command, env=environment, cwd=Path(__file__).parents[1])
            )
            stack.callback(server.terminate)
        wait_for(f"http://127.0.0.1:{PORT}/readyz")
        wait_for(f"http://127.0.0.1:{ECHO_PORT}/openapi.json")
        here = http.client.HTTPConnection("127.0.0.1", PORT)
        there = http.client.HTTPConnection("127.0.0.1", ECHO_PORT)
        print(f"\n{time.strftime('%Y-%m-%d')}, {machine()}, load {os.getloadavg()[0]:.1f}\n")
        print("| figure | AskCondor | beside it | |")
        print("| --- | --- | --- | --- |")
        for name in TOOLS:
            body = json.dumps(find_tool(name).example).encode()
            ratio(name, post(here, f"/api/tools/{name}", body), post(there, "/echo", body), rounds)
        for name in TOOLS:
            added(
                f"MCP: {name} over /mcp, beside the tool over HTTP",
                post(here, "/mcp", mcp_call(name), MCP | {"mcp-name": name}),
                post(here, f"/api/tools/{name}", json.dumps(find_tool(name).example).encode()),
                rounds,
            )
        asked = {"model": "askcondor", "messages": [{"role": "user", "content": QUESTION}]}
        added(
            "OpenAI: /v1/chat/completions, beside /api/chat",
            post(here, "/v1/chat/completions", json.dumps(asked).encode()),
            post(here, "/api/chat", json.dumps({"message": QUESTION}).encode()),
            max(rounds // 10, 20),
        )


def mcp_call(name: str) -> bytes:
    """A call of the tool's example, as JSON-RPC."""
    params: dict[str, Any] = {"name": name, "arguments": find_tool(name).example, "_meta": META}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    return json.dumps(call).encode()


def post(
    connection: http.client.HTTPConnection,
    path: str,
    body: bytes,
    headers: dict[str, str] | None = None,
) -> Callable[[], None]:
    """A request that has to succeed, over a connection that is kept."""

    def send() -> None:
        connection.request("POST", path, body, headers or JSON)
        response = connection.getresponse()
        told = response.read()
        if response.status != 200 or b'"isError":true' in told:
            raise RuntimeError(f"{path} answered {response.status}: {told[:300]!r}")

    return send


def taking_turns(
    one: Callable[[], None], other: Callable[[], None], rounds: int
) -> tuple[float, float]:
    """The medians of both, in milliseconds."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds + rounds // 10):
        for place, send in enumerate((one, other)):
            begun = time.perf_counter()
            send()
            if turn >= rounds // 10:
                times[place].append((time.perf_counter() - begun) * 1000)
    return statistics.median(times[0]), statistics.median(times[1])


def ratio(name: str, call: Callable[[], None], echo: Callable[[], None], rounds: int) -> None:
    """Print a tool beside the echo of the same body."""
    ours, bare = taking_turns(call, echo, rounds)
    print(f"| {name} over HTTP, beside a bare echo of the same body [ms] ", end="")
    print(f"| {ours:.2f} | {bare:.2f} | {ours / bare:.2f} times |")


def added(
    name: str, protocol: Callable[[], None], carried: Callable[[], None], rounds: int
) -> None:
    """Print a protocol beside what it carries."""
    ours, bare = taking_turns(protocol, carried, rounds)
    print(f"| {name} [ms] | {ours:.2f} | {bare:.2f} | {ours - bare:+.2f} ms |")


if __name__ == "__main__":
    main()
