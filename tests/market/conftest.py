"""A server on loopback that replays documents of public market services, with their faults."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import pytest


@dataclass
class Reply:
    """One answer; `cut` sends that many bytes fewer than promised, `pause_s` waits before it."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0
    pause_s: float = 0.0


class Replay:
    """What the server answers, by path; a list is played in order, its last entry for ever."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.replies: dict[str, list[Reply]] = {}
        self.asked: list[str] = []

    def answers(self, path: str, *replies: Reply | dict[str, Any] | str) -> None:
        self.replies[path] = [as_reply(reply) for reply in replies]


def as_reply(value: Reply | dict[str, Any] | str) -> Reply:
    if isinstance(value, Reply):
        return value
    return Reply((value if isinstance(value, str) else json.dumps(value)).encode())


@pytest.fixture
def replay() -> Iterator[Replay]:
    def handler() -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                path = unquote(self.path.partition("?")[0])
                served.asked.append(path)
                waiting = served.replies.get(path, [Reply(b"none", 404)])
                reply = waiting.pop(0) if len(waiting) > 1 else waiting[0]
                time.sleep(reply.pause_s)
                self.send_response_only(reply.status)  # without a Date of its own
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body[: len(reply.body) - reply.cut])
                if reply.cut:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    server = ThreadingHTTPServer(("127.0.0.1", 0), handler())
    server.daemon_threads = True
    served = Replay(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield served
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def waits() -> list[float]:
    """The waits that a source was asked for, in seconds; nothing sleeps."""
    return []


Sleep = Callable[[float], None]
