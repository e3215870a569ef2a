"""Market data from somewhere, behind one protocol: `open_market(name)`.

A source hands a `Snapshot` or a `MarketHistory` to its caller, each with its time and its origin.
Calculations take such data as arguments and never open a source. Names are imported when they are
first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tools.market.errors import MarketError
    from tools.market.history import MarketHistory
    from tools.market.registry import market_names, open_market
    from tools.market.snapshot import Snapshot
    from tools.market.source import Market

_MODULES = {
    "Market": "tools.market.source",
    "MarketError": "tools.market.errors",
    "MarketHistory": "tools.market.history",
    "Snapshot": "tools.market.snapshot",
    "market_names": "tools.market.registry",
    "open_market": "tools.market.registry",
}

__all__ = ["Market", "MarketError", "MarketHistory", "Snapshot", "market_names", "open_market"]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'tools.market' has no attribute {name!r}")
    value = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
