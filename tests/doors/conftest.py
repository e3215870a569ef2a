"""A real server on loopback, over the index that is built once."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn

from assistant.api import create_app
from assistant.settings import Settings


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """The application on a free port for as long as the block lasts; gives its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    app = create_app(settings)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the server ended before it started")
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        listening.close()


@pytest.fixture(scope="session")
def server(built_settings: Settings) -> Iterator[str]:
    """The address of a server without keys."""
    with served(built_settings) as address:
        yield address
