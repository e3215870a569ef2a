"""Webhooks: signed as their readers verify them, tried again, and delivered once."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from assistant.webhooks import RETRY_AFTER_S, Announcement, WebhookError, Webhooks

SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDzdB0c2VjcmV0"


class Receiver:
    """A server on loopback that answers as it is told and keeps what it got."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.got: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.got.append((dict(self.headers.items()), body))
                status, headers = receiver.answers.pop(0) if receiver.answers else (204, {})
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Clock:
    def __init__(self) -> None:
        self.moment = dt.datetime.now(dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.moment

    def passes(self, seconds: float) -> None:
        self.moment += dt.timedelta(seconds=seconds)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    yield server
    server.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'hooks.db'}"


@pytest.fixture
def webhooks(database: str, receiver: Receiver, clock: Clock) -> Iterator[Webhooks]:
    opened = Webhooks(database, [receiver.url], SECRET, now=clock)
    yield opened
    opened.close()


def event(name: str = "regime-2026-01-05") -> Announcement:
    return Announcement(
        name, "regime.changed", dt.datetime(2026, 1, 5, 21, tzinfo=dt.UTC), {"label": "stressed"}
    )


def test_a_receiver_can_verify_what_it_gets(webhooks: Webhooks, receiver: Receiver) -> None:
    webhooks.announce(event())
    assert [attempt.outcome for attempt in webhooks.deliver()] == ["delivered"]
    headers, body = receiver.got[0]
    assert Webhook(SECRET).verify(body, headers) == {
        "type": "regime.changed",
        "timestamp": "2026-01-05T21:00:00+00:00",
        "data": {"label": "stressed"},
    }
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body.replace(b"stressed", b"calm"), headers)


def test_an_event_is_delivered_once_however_often_it_is_announced(
    webhooks: Webhooks, database: str, receiver: Receiver, clock: Clock
) -> None:
    assert webhooks.announce(event())
    assert not webhooks.announce(event())
    webhooks.deliver()
    webhooks.deliver()
    again = Webhooks(database, [receiver.url], SECRET, now=clock)  # the program restarts
    assert not again.announce(event())
    assert again.deliver() == []
    again.close()
    assert len(receiver.got) == 1


def test_what_was_announced_before_a_crash_is_delivered_after_it(
    webhooks: Webhooks, database: str, receiver: Receiver, clock: Clock
) -> None:
    webhooks.announce(event())
    webhooks.close()
    again = Webhooks(database, [receiver.url], SECRET, now=clock)
    assert len(again.deliver()) == 1
    again.close()


def test_of_many_processes_that_deliver_one_sends(
    database: str, receiver: Receiver, clock: Clock
) -> None:
    senders = [Webhooks(database, [receiver.url], SECRET, now=clock) for _ in range(4)]
    for number in range(10):
        senders[0].announce(event(f"event-{number}"))
    with ThreadPoolExecutor(4) as pool:
        attempts = [
            attempt for found in pool.map(lambda s: s.deliver(), senders) for attempt in found
        ]
    for sender in senders:
        sender.close()
    assert sorted(headers["webhook-id"] for headers, _ in receiver.got) == sorted(
        f"event-{number}" for number in range(10)
    )
    assert len(attempts) == 10


def test_a_failing_receiver_is_tried_again_later_and_then_given_up(
    webhooks: Webhooks, receiver: Receiver, clock: Clock
) -> None:
    receiver.answers = [(500, {})] * 20
    webhooks.announce(event())
    outcomes = [webhooks.deliver()[0].outcome]
    for wait in RETRY_AFTER_S:
        assert webhooks.deliver() == []
        clock.passes(wait + 1)
        outcomes.append(webhooks.deliver()[0].outcome)
    assert outcomes == ["failed"] * len(RETRY_AFTER_S) + ["given up"]
    clock.passes(1e6)
    assert webhooks.deliver() == []
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1


def test_a_receiver_that_asks_to_wait_is_waited_for(
    webhooks: Webhooks, receiver: Receiver, clock: Clock
) -> None:
    receiver.answers = [(429, {"retry-after": "300"})]
    webhooks.announce(event())
    webhooks.deliver()
    clock.passes(200)
    assert webhooks.deliver() == []
    clock.passes(200)
    assert webhooks.deliver()[0].outcome == "delivered"


@pytest.mark.parametrize("status", [301, 400, 401, 404, 410])
def test_a_refusal_is_not_repeated(webhooks: Webhooks, receiver: Receiver, status: int) -> None:
    receiver.answers = [(status, {"location": receiver.url})]
    webhooks.announce(event())
    (attempt,) = webhooks.deliver()
    assert (attempt.outcome, attempt.detail) == ("given up", f"HTTP {status}")
    assert len(receiver.got) == 1


def test_an_unreachable_receiver_delays_only_itself(
    database: str, receiver: Receiver, clock: Clock
) -> None:
    both = Webhooks(database, ["http://127.0.0.1:9/nobody", receiver.url], SECRET, now=clock)
    both.announce(event())
    outcomes = {attempt.url: attempt.outcome for attempt in both.deliver()}
    both.close()
    assert outcomes == {"http://127.0.0.1:9/nobody": "failed", receiver.url: "delivered"}


@pytest.mark.parametrize("secret", ["", "whsec_", "short", "whsec_c2hvcnQ="])
def test_a_weak_secret_is_refused_and_one_is_offered(database: str, secret: str) -> None:
    with pytest.raises(WebhookError, match="token_bytes"):
        Webhooks(database, ["http://127.0.0.1:9/"], secret)


@pytest.mark.parametrize("url", ["ftp://example.org/x", "example.org", "http://", ""])
def test_an_address_that_is_none_is_refused(database: str, url: str) -> None:
    with pytest.raises(WebhookError, match="webhook address"):
        Webhooks(database, [url], SECRET)
