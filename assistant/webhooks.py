"""Webhooks: tell other programs that something happened, once, in a signed request.

An event is announced under an id of its caller's choosing; announcing the same id again changes
nothing, so a program that restarts may repeat itself safely. Announced events wait in the database
until `deliver` has sent them and the receiver has answered 2xx. A receiver that fails is tried
again later, at growing intervals, and given up after the last of them.

Requests follow the Standard Webhooks convention: `webhook-id`, `webhook-timestamp` and
`webhook-signature` headers, verified by the libraries of that name in many languages. A receiver
that answered but whose answer was lost gets the event again under the same `webhook-id`, which is
how it recognises it.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import httpx
from sqlalchemy import DateTime, Integer, String, Text, create_engine, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from standardwebhooks import Webhook

RETRY_AFTER_S = (5, 30, 120, 600, 3600, 21600, 86400)
"""Seconds to wait after the first failure, the second, and so on; then the event is given up."""

TIMEOUT_S = 10.0

_CLAIM_S = 60
_TRY_AGAIN = frozenset({408, 409, 425, 429})


class WebhookError(ValueError):
    """A webhook's address or secret cannot be used; the message says what to set."""


@dataclass(frozen=True)
class Announcement:
    """Something that happened: `id` is unique to it, `type` is dotted ('regime.changed')."""

    id: str
    type: str
    created_at: dt.datetime
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Attempt:
    """What came of sending one announcement to one address."""

    id: str
    url: str
    outcome: Literal["delivered", "failed", "given up"]
    detail: str


class _Base(DeclarativeBase):
    pass


class _Delivery(_Base):
    __tablename__ = "webhook_deliveries"
    id: Mapped[str] = mapped_column(String(200), primary_key=True)
    url: Mapped[str] = mapped_column(String(500), primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="waiting", index=True)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))


class Webhooks:
    """Announces events to addresses and delivers what waits; close it after use.

    `secret` is base64 of at least 16 bytes, with or without the prefix 'whsec_'.
    """

    def __init__(
        self,
        database_url: str,
        urls: Sequence[str],
        secret: str,
        *,
        client: httpx.Client | None = None,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        """Open the database, and create the table where it is missing."""
        self._urls = tuple(dict.fromkeys(map(_checked_url, urls)))
        self._signer = _signer(secret)
        self._client = client or httpx.Client(timeout=TIMEOUT_S)
        self._now = now
        self._engine = create_engine(database_url)
        _Base.metadata.create_all(self._engine)

    def close(self) -> None:
        """Let go of the database and of the connections."""
        self._engine.dispose()
        self._client.close()

    def announce(self, event: Announcement) -> bool:
        """Queue an event for every address; False where its id was announced before."""
        body = json.dumps(
            {
                "type": event.type,
                "timestamp": event.created_at.isoformat(),
                "data": dict(event.data),
            },
            ensure_ascii=False,
            allow_nan=False,
        )
        now = self._now()
        try:
            with Session(self._engine) as session, session.begin():
                session.add_all(
                    _Delivery(id=event.id, url=url, body=body, due_at=now) for url in self._urls
                )
        except IntegrityError:
            return False
        return bool(self._urls)

    def deliver(self) -> list[Attempt]:
        """Send every event that is due, oldest first, and say what came of each."""
        now = self._now()
        with Session(self._engine) as session:
            due = session.execute(
                select(_Delivery.id, _Delivery.url)
                .where(_Delivery.state == "waiting", _Delivery.due_at <= now)
                .order_by(_Delivery.due_at, _Delivery.id)
            ).all()
        attempts = (self._attempt(event_id, url, now) for event_id, url in due)
        return [attempt for attempt in attempts if attempt is not None]

    def _attempt(self, event_id: str, url: str, now: dt.datetime) -> Attempt | None:
        delivery = self._claim(event_id, url, now)
        if delivery is None:
            return None
        body, tries = delivery
        outcome, detail, wait_s = self._sent(event_id, url, body)
        if outcome == "failed" and tries > len(RETRY_AFTER_S):
            outcome = "given up"
        values: dict[str, Any] = {"state": {"failed": "waiting"}.get(outcome, outcome)}
        if outcome == "failed":
            pause = max(wait_s, RETRY_AFTER_S[tries - 1])
            values["due_at"] = self._now() + dt.timedelta(seconds=pause)
        with Session(self._engine) as session, session.begin():
            session.execute(update(_Delivery).where(*_is(event_id, url)).values(values))
        return Attempt(event_id, url, outcome, detail)

    def _claim(self, event_id: str, url: str, now: dt.datetime) -> tuple[str, int] | None:
        """Take a delivery for this process: of several that try, one succeeds."""
        until = now + dt.timedelta(seconds=_CLAIM_S)
        with Session(self._engine) as session, session.begin():
            taken = session.execute(
                update(_Delivery)
                .where(*_is(event_id, url), _Delivery.state == "waiting", _Delivery.due_at <= now)
                .values(due_at=until, attempts=_Delivery.attempts + 1)
                .returning(_Delivery.body, _Delivery.attempts)
            ).one_or_none()
        return None if taken is None else (taken.body, taken.attempts)

    def _sent(
        self, event_id: str, url: str, body: str
    ) -> tuple[Literal["delivered", "failed", "given up"], str, float]:
        moment = self._now().astimezone(dt.UTC)
        headers = {
            "content-type": "application/json",
            "webhook-id": event_id,
            "webhook-timestamp": str(math.floor(moment.timestamp())),
            "webhook-signature": self._signer.sign(event_id, moment, body),
        }
        try:
            response = self._client.post(url, content=body.encode(), headers=headers)
        except httpx.HTTPError as error:
            return "failed", f"{type(error).__name__}: {error}", 0.0
        detail = f"HTTP {response.status_code}"
        if response.is_success:
            return "delivered", detail, 0.0
        if response.status_code in _TRY_AGAIN or response.status_code >= 500:
            wait = response.headers.get("retry-after", "")
            return "failed", detail, float(wait) if wait.isdigit() else 0.0
        # Any other answer, a redirect included, will be the same tomorrow.
        return "given up", detail, 0.0


def _is(event_id: str, url: str) -> tuple[Any, Any]:
    return _Delivery.id == event_id, _Delivery.url == url


def _checked_url(url: str) -> str:
    parsed = httpx.URL(url)
    if parsed.scheme not in {"http", "https"} or not parsed.host or len(url) > 500:
        raise WebhookError(
            f"The webhook address {url!r} has to be http:// or https:// with a host, of at most "
            "500 characters."
        )
    return url


def _signer(secret: str) -> Webhook:
    try:
        signer = Webhook(secret)
    except Exception as error:
        raise WebhookError(_SECRET) from error
    if len(signer._whsecret) < 16:
        raise WebhookError(_SECRET)
    return signer


_SECRET = (
    "The webhook secret has to be base64 of at least 16 random bytes, with or without the prefix "
    "'whsec_'; make one with: python -c \"import secrets, base64; "
    "print('whsec_' + base64.b64encode(secrets.token_bytes(24)).decode())\""
)
