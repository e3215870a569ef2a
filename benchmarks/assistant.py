"""A new process to the full answer, warm turns, and the server's memory; beside the usual stack.

    make bench            or:  python -m benchmarks.assistant --peer PYTHON [--runs 5]

Prints the table of docs/benchmarks.md. Both sides run in turn, in the same run, on the same corpus;
each figure is the median of its runs. Warm turns ask several hundred different questions, each
once, so that nothing remembered of a question helps. Nothing here is a test: a slow machine fails
nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from assistant import Assistant
from assistant.settings import Settings
from benchmarks.questions import varied_questions

QUESTIONS = (
    "How does the always-on nature of AMM smart contracts relate to running 24/7 VIX hedges or "
    "SPX iron condors?",
    "Price a 30-day SPX iron condor: spot 5800, puts 5450/5500, calls 6050/6100, IV 16 %, "
    "rate 4.5 %, dividend yield 1.3 %",
    "VIX is 22 and VIX3M is 20.5. Is this a regime to sell condors in?",
    "How do I tell a real gold bar from a fake?",
)
PEER = Path(__file__).with_name("usual_stack.py")


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", help="python of the environment of benchmarks/requirements.txt")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "ours"
        settings = Settings(data_dir=data)
        with Assistant(settings, report=print) as assistant:
            passages = [
                passage.text
                for passage in assistant.index.library.passages(
                    assistant.index.library.passage_ids()
                ).values()
            ]
            turns, long = asyncio.run(warm_turns(assistant))
        environment = os.environ | {"ASKCONDOR_DATA_DIR": str(data), "HF_HUB_OFFLINE": "1"}
        peer_folder = str(Path(scratch) / "peer")
        if options.peer:
            listed = Path(scratch) / "passages.json"
            listed.write_text(json.dumps(passages), "utf-8")
            run([options.peer, str(PEER), "build", peer_folder, str(listed)], environment)
        ours: list[float] = []
        theirs: list[dict[str, float]] = []
        for turn in range(options.runs):
            question = QUESTIONS[turn % 3]
            begun = time.perf_counter()
            run([sys.executable, "-m", "assistant.cli", "ask", question], environment)
            ours.append(time.perf_counter() - begun)
            if options.peer:
                done = run([options.peer, str(PEER), "ask", peer_folder, question], environment)
                theirs.append(json.loads(done.splitlines()[-1]))
        memory = server_memory(environment)
    print(f"\n{time.strftime('%Y-%m-%d')}, {machine()}, {len(passages)} passages\n")
    print("| figure | AskCondor | LangChain + Chroma + sentence-transformers |")
    print("| --- | --- | --- |")
    row("new process to the full answer [s]", statistics.median(ours), theirs, "first_s")
    turns.sort()
    row(
        f"warm turn, median of {len(turns)} questions [ms]",
        statistics.median(turns),
        theirs,
        "warm_ms",
    )
    row("warm turn, 99th percentile [ms]", turns[int(len(turns) * 0.99)], [], "")
    row("turn 200 of a conversation against turn 1", long, [], "")
    row("memory of the server, or of the peer's process [MB]", memory, theirs, "peak_mb")


async def warm_turns(assistant: Assistant) -> tuple[list[float], float]:
    """Milliseconds of each of many turns, and how much longer the 200th of a conversation takes."""
    first, *rest = varied_questions()
    warming, asked, again = rest[:60], rest[60:], rest[60:140]
    for question in warming:
        await assistant.aask(question)
    turns = [await timed(assistant, question) for question in asked]
    talk = (await assistant.aask(first)).conversation_id
    for number in range(198):
        await assistant.aask(rest[number % len(rest)], talk)
    alone, late = [], []
    for question in again:
        alone.append(await timed(assistant, question))
        late.append(await timed(assistant, question, talk))
    # Whichever comes second finds the question's vector remembered; so they take turns.
    for question in again:
        late.append(await timed(assistant, question, talk))
        alone.append(await timed(assistant, question))
    return turns, statistics.median(late) / statistics.median(alone)


async def timed(assistant: Assistant, question: str, conversation: str | None = None) -> float:
    """The milliseconds of one turn."""
    begun = time.perf_counter()
    await assistant.aask(question, conversation)
    return (time.perf_counter() - begun) * 1000


def server_memory(environment: dict[str, str]) -> float:
    """Resident memory of the server after forty answers, in MB."""
    port = 8397
    command = [sys.executable, "-m", "assistant.cli", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(f"http://127.0.0.1:{port}/readyz")
            for turn in range(40):
                body = json.dumps({"message": QUESTIONS[turn % 4]}).encode()
                request = urllib.request.Request(
                    f"http://127.0.0.1:{port}/api/chat",
                    body,
                    {"content-type": "application/json"},
                )
                urllib.request.urlopen(request).read()
            status = Path(f"/proc/{server.pid}/status").read_text()
        finally:
            server.terminate()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def wait_for(url: str) -> None:
    """Wait until the server answers, a minute at most."""
    for _ in range(240):
        try:
            urllib.request.urlopen(url).read()
            return
        except OSError:
            time.sleep(0.25)
    raise TimeoutError(url)


def run(command: list[str], environment: dict[str, str]) -> str:
    """The output of a command, which has to succeed."""
    return subprocess.run(
        command, env=environment, check=True, capture_output=True, text=True
    ).stdout


def row(name: str, ours: float, theirs: list[dict[str, float]], key: str) -> None:
    """Print one row; the peer's column stays empty where it was not run."""
    other = f"{statistics.median(each[key] for each in theirs):.2f}" if theirs else ""
    print(f"| {name} | {ours:.2f} | {other} |")


def machine() -> str:
    """The machine in a few words."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
