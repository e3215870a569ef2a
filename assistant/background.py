"""An event loop in a thread of its own, so that plain code can call asynchronous code.

Plain code may itself run inside a loop (a notebook does), and a provider's client stays bound to
the loop it was first used in; one loop for the life of an assistant serves both.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


class Background:
    """Runs coroutines in its thread and waits for their results."""

    def __init__(self) -> None:
        """Start the thread; it ends with the process at the latest."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="askcondor", daemon=True
        )
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end; an interrupt cancels it."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except KeyboardInterrupt:
            future.cancel()
            raise

    def iterate(self, source: AsyncIterator[T]) -> Iterator[T]:
        """Hand on what an asynchronous iterator brings; leaving early cancels it."""
        arrived: SimpleQueue[tuple[T] | BaseException | None] = SimpleQueue()

        async def pump() -> None:
            try:
                async for item in source:
                    arrived.put((item,))
            except BaseException as error:
                arrived.put(error)
                raise
            arrived.put(None)

        pumping = asyncio.run_coroutine_threadsafe(pump(), self._loop)
        try:
            while (got := arrived.get()) is not None:
                if isinstance(got, BaseException):
                    raise got
                yield got[0]
        finally:
            pumping.cancel()

    def close(self) -> None:
        """Stop the loop and its thread."""
        asyncio.run_coroutine_threadsafe(
            self._loop.shutdown_default_executor(), self._loop
        ).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
