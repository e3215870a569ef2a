"""Fetching from a public server that owes us nothing: time limits, polite retries, reasons."""

from __future__ import annotations

import datetime as dt
import email.utils
import time
from collections.abc import Callable
from typing import Final

import httpx

from tools.market.errors import MarketError

LARGEST_ANSWER: Final = 64 * 1024 * 1024
"""Bytes; a whole SPX chain is about 10 MB."""

LONGEST_WAIT: Final = 30.0
"""Seconds; a server that asks for more is told of as down."""

_TRY_AGAIN: Final = frozenset({408, 429, 500, 502, 503, 504})


class Fetcher:
    """GET with retries: connection trouble, cut answers, 429 and 5xx are tried again."""

    def __init__(
        self,
        source: str,
        base_url: str,
        *,
        timeout_s: float = 10.0,
        tries: int = 3,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Take the server's address; `source` names it in messages."""
        self._source = source
        self._tries = max(1, int(tries))
        self._sleep = sleep
        self._client = httpx.Client(
            base_url=base_url,
            timeout=timeout_s,
            follow_redirects=True,
            headers={"user-agent": "Mozilla/5.0 (compatible; askcondor)", "accept": "*/*"},
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def get(self, path: str) -> bytes:
        """The body of a 200 answer.

        Raises:
            MarketError: No usable answer came; it says what came instead.
        """
        reason = "no answer"
        for attempt in range(1, self._tries + 1):
            wait = 0.5 * 2 ** (attempt - 1)
            try:
                with self._client.stream("GET", path) as response:
                    if response.status_code == 200:
                        return self._body(response, path)
                    reason = f"HTTP {response.status_code}"
                    if response.status_code not in _TRY_AGAIN:
                        break
                    wait = max(wait, retry_after(response.headers.get("retry-after"), response))
            except httpx.TimeoutException:
                reason = "no answer in time"
            except httpx.RemoteProtocolError as error:
                reason = f"the answer was cut off ({error})"
            except httpx.HTTPError as error:
                reason = f"{type(error).__name__}: {error}"
            if wait > LONGEST_WAIT:
                raise MarketError(
                    f"{self._source} asks to wait {wait:.0f} seconds ({reason} for {path})."
                )
            if attempt < self._tries:
                self._sleep(wait)
        raise MarketError(f"{self._source} gives no data: {reason} for {path}.")

    def _body(self, response: httpx.Response, path: str) -> bytes:
        parts, size = [], 0
        for part in response.iter_bytes():
            size += len(part)
            if size > LARGEST_ANSWER:
                raise MarketError(f"{self._source} sent more than 64 MB for {path}.")
            parts.append(part)
        return b"".join(parts)


def retry_after(value: str | None, response: httpx.Response) -> float:
    """Seconds that a Retry-After header asks for: a number, or a date against the server's own."""
    if not value:
        return 0.0
    if value.strip().isdigit():
        return float(value)
    try:
        until = email.utils.parsedate_to_datetime(value)
        now = email.utils.parsedate_to_datetime(response.headers.get("date", ""))
    except (TypeError, ValueError):
        return 0.0
    return max(0.0, (until - now) / dt.timedelta(seconds=1))
