"""The page in a real browser: paint, shift, script, a card's recomputing, a chat of 300 questions.

    python -m benchmarks.page [--runs 5] [--turns 300]

Prints the table of docs/benchmarks.md. Server and Chromium run on this machine, over loopback, the
browser's cache empty for each load. Nothing here is a test: a slow machine fails nothing.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Response, sync_playwright

from assistant import Assistant
from assistant.settings import Settings

PRICE = (
    "Price a 30-day SPX iron condor: spot 5800, puts 5450/5500, calls 6050/6100, IV 16 %, "
    "rate 4.5 %, dividend yield 1.3 %"
)
QUESTIONS = (PRICE, "VIX is 22 and VIX3M is 20.5. Is this a regime to sell condors in?",
             "What is an SPX iron condor?")  # fmt: skip
PAGES = ("/", "/articles/credit-to-width-target", "/glossary", "/search?q=credit+to+width")
FRAMES = "frames over 50 ms by the page's work, by any cause, the longest,"
SIZES = {"phone": (390, 844), "desk": (1280, 900)}
CHROMIUM = ("--no-sandbox", "--disable-gpu", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--no-first-run")  # fmt: skip

WATCH = """() => {
  window.seen = { paint: 0, shift: 0, long: [] };
  const watch = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take))
    .observe({ type, buffered: true });
  watch("largest-contentful-paint", (entry) => { window.seen.paint = entry.startTime; });
  watch("layout-shift", (entry) => {
    if (!entry.hadRecentInput) window.seen.shift += entry.value;
  });
  watch("long-animation-frame", ({ duration, blockingDuration }) =>
    window.seen.long.push([duration, blockingDuration]));
}"""


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--turns", type=int, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch)
        long_chat = prepare(data, options.turns)
        address, server = serve(data)
        try:
            with sync_playwright() as playwright:
                program = shutil.which("chromium") or shutil.which("chromium-browser")
                browser = playwright.chromium.launch(executable_path=program, args=[*CHROMIUM])
                for name, figure in measure(browser, address, long_chat, options.runs).items():
                    print(f"| {name} | {figure} |")
                versions = f"Python {platform.python_version()}, Chromium {browser.version}"
                print(f"{versions}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
                browser.close()
        finally:
            server.terminate()
            server.wait()


def prepare(data: Path, turns: int) -> str:
    """Build the index, and keep a conversation of so many answers; its id."""
    with Assistant(Settings(data_dir=data), report=print) as assistant:
        answers = [assistant.ask(question) for question in QUESTIONS]
        started = dt.datetime.now(dt.UTC)
        for at in range(turns):
            made = {"id": f"long-{at}", "conversation_id": "long",
                    "created_at": started + dt.timedelta(seconds=at)}  # fmt: skip
            assistant.answers.save(answers[at % len(answers)].model_copy(update=made))
    return "long"


def serve(data: Path) -> tuple[str, subprocess.Popen[bytes]]:
    """A server in a process of its own, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"ASKCONDOR_DATA_DIR": str(data), "ASKCONDOR_PORT": str(port),
                                "HF_HUB_OFFLINE": "1"}  # fmt: skip
    command = [str(Path(sys.executable).with_name("askcondor")), "serve"]
    server = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{address}/readyz").close()
            return address, server
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start within a minute")


def measure(browser: Browser, address: str, long_chat: str, runs: int) -> dict[str, str]:
    """Every figure, by its name."""
    figures: dict[str, str] = {}
    for size in SIZES:
        for path in PAGES:
            seen = [loaded(browser, address + path, size) for _ in range(runs)]
            paint = statistics.median(item["paint"] for item in seen)
            shift = max(item["shift"] for item in seen)
            figures[f"{path}, {size}: largest contentful paint [ms], layout shift"] = (
                f"{paint:.0f}, {shift:.4f}"
            )
    figures |= chat(browser, address, runs)
    figures["price_condor with its chart over HTTP, median and 95th of 200 [ms]"] = calls(address)
    for size in SIZES:
        figures |= many_turns(browser, f"{address}/?conversation={long_chat}", size)
    return figures


def opened(browser: Browser, size: str) -> Page:
    width, height = SIZES[size]
    page = browser.new_context(viewport={"width": width, "height": height}).new_page()
    page.add_init_script(f"({WATCH})()")
    return page


def loaded(browser: Browser, url: str, size: str) -> dict[str, Any]:
    page = opened(browser, size)
    page.goto(url, wait_until="networkidle")
    page.wait_for_timeout(300)
    seen: dict[str, Any] = page.evaluate("window.seen")
    page.context.close()
    return seen


def chat(browser: Browser, address: str, runs: int) -> dict[str, str]:
    """From Enter to the whole answer, from a typed digit to the new figure, and what was loaded."""
    answered, figured, shifts, before, after = [], [], [], 0, 0
    for _ in range(runs):
        page = opened(browser, "desk")
        scripts: dict[str, int] = {}
        page.on("response", lambda response, sizes=scripts: note(response, sizes))
        page.goto(address)
        page.get_by_label("Your question").fill(PRICE)
        start = time.perf_counter()
        page.keyboard.press("Enter")
        page.wait_for_selector(".turn[data-state=answered]")
        answered.append(1000 * (time.perf_counter() - start))
        page.wait_for_selector(".chart--drawn")
        after = sum(scripts.values())
        before = sum(size for url, size in scripts.items()
                     if "plotly" not in url and "charts" not in url)  # fmt: skip
        figured.append(page.evaluate(RECOMPUTE))
        page.wait_for_timeout(600)
        shifts.append(page.evaluate("window.seen.shift"))
        page.context.close()
    return {
        "from Enter to the whole answer [ms]": f"{statistics.median(answered):.0f}",
        "from a typed digit to the new figure, a wait of 60 ms included [ms]":
            f"{statistics.median(figured):.0f}",
        "layout shift of a priced condor, chart drawn": f"{max(shifts):.4f}",
        "script before a chart, with the first chart [kB]":
            f"{before / 1000:.1f}, {after / 1000:.0f}",
    }  # fmt: skip


def note(response: Response, sizes: dict[str, int]) -> None:
    if response.url.endswith(".js"):
        sizes[response.url] = len(response.body())


RECOMPUTE = """() => new Promise((resolve) => {
  const card = document.querySelector(".card");
  const input = card.querySelectorAll(".inputs input")[4];
  const start = performance.now();
  new MutationObserver(() => resolve(performance.now() - start))
    .observe(card.querySelector('[data-part="headline"]'), { childList: true });
  input.value = "5850";
  input.dispatchEvent(new Event("input", { bubbles: true }));
})"""


def calls(address: str) -> str:
    """The tool behind a card, called over and over: what a changed digit costs the server."""
    times = []
    for at in range(200):
        inputs = {"spot": 5800 + at, "put_long": 5450, "put_short": 5500, "call_short": 6050,
                  "call_long": 6100, "days": 30, "iv": 0.16}  # fmt: skip
        request = urllib.request.Request(
            f"{address}/api/tools/price_condor?chart=true",
            json.dumps(inputs).encode(), {"content-type": "application/json"},
        )  # fmt: skip
        start = time.perf_counter()
        urllib.request.urlopen(request).read()
        times.append(1000 * (time.perf_counter() - start))
    times.sort()
    return f"{statistics.median(times):.1f}, {times[int(0.95 * len(times))]:.1f}"


def many_turns(browser: Browser, url: str, size: str) -> dict[str, str]:
    """A long chat: until it is there, then its frames while scrolling and while typing.

    A frame is late by the page's own work where the browser counts blocking time in it; the others
    waited for a processor.
    """
    page = opened(browser, size)
    start = time.perf_counter()
    page.goto(url)
    page.wait_for_selector(".turn[data-state=answered]")
    first = 1000 * (time.perf_counter() - start)
    turns = "document.querySelectorAll('.turn').length"
    last = -1
    while (count := page.evaluate(turns)) != last:
        last = count
        page.wait_for_timeout(1000)
    page.wait_for_timeout(1500)
    longest = {}
    page.mouse.move(300, 400)
    for name, act in (("scrolling", scroll), ("typing", write)):
        page.evaluate("window.seen.long = []")
        act(page)
        long: list[list[float]] = page.evaluate("window.seen.long")
        own = [duration for duration, blocking in long if blocking > 0]
        longest[name] = f"{len(own)}, {len(long)}, {max((d for d, _ in long), default=0):.0f} ms"
        page.wait_for_timeout(1500)
    page.context.close()
    label = f"{count} questions and answers, {size}"
    return {
        f"{label}: until the last ones are there [ms]": f"{first:.0f}",
        f"{label}: {FRAMES} while scrolling 60 screens up": longest["scrolling"],
        f"{label}: {FRAMES} while typing 200 characters": longest["typing"],
    }


def scroll(page: Page) -> None:
    for _ in range(60):
        page.mouse.wheel(0, -900)
        page.wait_for_timeout(60)


def write(page: Page) -> None:
    page.get_by_label("Your question").focus()
    page.keyboard.type("Would a wider wing have helped? " * 6 + "And why?", delay=20)


if __name__ == "__main__":
    main()
