"""A real Chromium against the real app, and a watch over what every page does besides."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from assistant.api import create_app
from assistant.settings import Settings

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}

# Chromium's own services stay silent, so that every request in a test is a page's.
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def live_server(built_settings: Settings) -> Iterator[str]:
    """The address of the app, served from a thread of this process."""
    config = uvicorn.Config(create_app(built_settings), host="127.0.0.1", port=0, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started:
        assert thread.is_alive(), "the server stopped while starting"
        assert time.monotonic() < deadline, "the server did not start within a minute"
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=20)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser of the machine; without one the tests fail, as nothing else proves the page.

    It ends with this folder: while it runs, so does an event loop, and other tests start their own.
    """
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.fail("Chromium is missing; install it with: apt-get install chromium", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Watch:
    """What a page did that nobody asked for; `expected` holds parts of messages that are meant."""

    address: str
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Watch every page of the context."""
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(f"uncaught: {error.error}"))
        context.on("request", lambda request: self.requests.append(request.url))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def check(self) -> None:
        """Fail on a console error, a refusal by the security policy or a request elsewhere."""
        unexpected = [
            text for text in self.complaints if not any(part in text for part in self.expected)
        ]
        assert unexpected == []
        own = (f"{self.address}/", "data:")
        assert [url for url in self.requests if not url.startswith(own)] == []


@pytest.fixture
def watch(live_server: str) -> Watch:
    """The watch of this test."""
    return Watch(live_server)


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, live_server: str, watch: Watch) -> Iterator[OpenPage]:
    """Opens a path in a new context, with the context's options as keywords."""
    contexts: list[BrowserContext] = []

    def opened(path: str = "/", **options: object) -> Page:
        context = chromium.new_context(
            base_url=live_server, **{"viewport": DESK, "reduced_motion": "reduce", **options}
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        watch.over(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    watch.check()
