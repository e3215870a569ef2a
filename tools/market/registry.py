"""`open_market`: a source by its name, ours and yours through the same door."""

from __future__ import annotations

import inspect
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Final

from tools.errors import ToolInputError
from tools.market.source import Market

GROUP: Final = "askcondor.markets"
"""The entry point group in which a package names its own sources."""

_BUILT_IN: Final = {
    "sample": "tools.market.sample:SampleMarket",
}


def market_names() -> tuple[str, ...]:
    """The names that `open_market` knows: ours first, then those of installed packages."""
    others = sorted({entry.name for entry in entry_points(group=GROUP)} - set(_BUILT_IN))
    return (*_BUILT_IN, *others)


def open_market(name: str = "sample", **options: Any) -> Market:
    """Open a source of market data.

    Args:
        name: 'sample', 'csv', 'cboe', 'yahoo', or one that an installed package registers in the
            entry point group `askcondor.markets`.
        options: What the source takes, such as `folder` for 'csv'. Every source takes `clock`, a
            function without arguments that gives the time of fetching.

    Raises:
        ToolInputError: There is no source of that name, or it has no such option.
        MarketError: The source cannot be opened.

    >>> market = open_market("sample")
    >>> market.snapshot().label
    'S&P 500 2506.85 and VIX 25.42, close of 2018-12-31, from the sample of the package arch'
    """
    source = _source(name)
    known = list(inspect.signature(source).parameters)
    for option, value in options.items():
        if option not in known:
            raise ToolInputError.of(
                f"market.{option}", value, f"one of the options of '{name}': "
                f"{', '.join(known)}"
            )  # fmt: skip
    opened = source(**options)
    if not isinstance(opened, Market):
        raise ToolInputError.of("market", name, "a source that derives from tools.market.Market")
    return opened


def _source(name: str) -> Any:
    if name in _BUILT_IN:
        module, _, attribute = _BUILT_IN[name].partition(":")
        return getattr(import_module(module), attribute)
    for entry in entry_points(group=GROUP, name=str(name)):
        return entry.load()
    raise ToolInputError.of("market", name, f"one of {', '.join(market_names())}")
