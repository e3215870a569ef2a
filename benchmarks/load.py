"""Answers a second through the real server: two workers, sixteen callers, questions that differ.

    python -m benchmarks.load                    --workers 2 --callers 16 --seconds 20

The callers keep their connections open and ask the questions of the evaluation in a shuffled order,
over and over; there are more of them than a worker's embedder remembers, and no cache of answers
exists. What is kept between questions: the vectors of a worker's last 256 questions, the scores of
2,048 words, and SQLite's pages. Server and callers share the machine, so the figure is what is
left after the callers' own work. Nothing here is a test.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from assistant.settings import Settings
from benchmarks.assistant import machine, wait_for
from benchmarks.questions import varied_questions

HOST = "127.0.0.1"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--callers", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--port", type=int, default=8398)
    parser.add_argument("--data", type=Path, help="a data folder to use, with its index")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        data = options.data or Path(scratch)
        environment = os.environ | {
            "ASKCONDOR_DATA_DIR": str(data),
            "ASKCONDOR_DATABASE_URL": f"sqlite:///{scratch}/answers.db",
            "ASKCONDOR_WORKERS": str(options.workers),
            "HF_HUB_OFFLINE": "1",
        }
        command = [sys.executable, "-m", "assistant.cli", "serve", "--port", str(options.port)]
        with subprocess.Popen(command, env=environment) as server:
            try:
                wait_for(f"http://{HOST}:{options.port}/readyz")
                asyncio.run(measure(options, server.pid))
            finally:
                server.terminate()


async def measure(options: argparse.Namespace, server: int) -> None:
    """A while to warm up, then the measurement."""
    questions = varied_questions()
    load = Load(options.port, itertools.cycle(questions))
    await load.run(options.callers, min(5.0, options.seconds))
    load.times.clear()
    begun, used = time.perf_counter(), cpu_seconds(server)
    await load.run(options.callers, options.seconds)
    passed, used = time.perf_counter() - begun, cpu_seconds(server) - used
    times = sorted(load.times)
    print(f"\n{time.strftime('%Y-%m-%d')}, {machine()}, load {os.getloadavg()[0]:.1f}")
    print(f"{len(questions)} different questions, {options.workers} workers, ", end="")
    print(f"{options.callers} callers, {passed:.0f} s, {Settings().model}")
    print(f"answers a second {len(times) / passed:.0f}, errors {load.errors}, ", end="")
    print(f"the server's processor time an answer {used / len(times) * 1000:.1f} ms")
    print(
        f"median {statistics.median(times) * 1000:.0f} ms, "
        f"p99 {times[int(len(times) * 0.99)] * 1000:.0f} ms, longest {times[-1] * 1000:.0f} ms"
    )


def cpu_seconds(parent: int) -> float:
    """The processor time that a process and its children have used."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        if parent in (int(fields[1]), int(path.parent.name)):
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


class Load:
    """Callers that ask one question after the other, each on a connection of its own."""

    def __init__(self, port: int, questions: Iterator[str]) -> None:
        """Ask these questions at this port."""
        self.times: list[float] = []
        self.errors = 0
        self._port = port
        self._questions = questions

    async def run(self, callers: int, seconds: float) -> None:
        """Keep so many callers asking for so long."""
        until = time.perf_counter() + seconds
        await asyncio.gather(*(self._ask_until(until) for _ in range(callers)))

    async def _ask_until(self, until: float) -> None:
        reader, writer = await asyncio.open_connection(HOST, self._port)
        try:
            while time.perf_counter() < until:
                question = next(self._questions)
                begun = time.perf_counter()
                status, body = await _post(reader, writer, {"message": question})
                self.times.append(time.perf_counter() - begun)
                if status != 200 or b'"text":"' not in body:
                    self.errors += 1
        finally:
            writer.close()


async def _post(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, message: dict[str, str]
) -> tuple[int, bytes]:
    """One request as bytes: an HTTP library would take a good part of a core for its callers."""
    body = json.dumps(message).encode()
    writer.write(
        b"POST /api/chat HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        + f"content-length: {len(body)}\r\n\r\n".encode()
        + body
    )
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    length = next(int(line[15:]) for line in lines if line.startswith("content-length:"))
    return int(lines[0].split()[1]), await reader.readexactly(length)


if __name__ == "__main__":
    main()
