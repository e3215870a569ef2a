"""What can go wrong between us and a market source."""

from __future__ import annotations

from tools.errors import ToolDataError

__all__ = ["MarketError"]


class MarketError(ToolDataError):
    """A source cannot give what was asked: it is down, empty, changed, or holds something else.

    The message names the source and the reason in a trader's words. Nothing is guessed in its
    place; another source answers only where the caller named one as `fallback`.
    """
