"""`open_market`: a source by its name, ours and yours through the same door."""

from __future__ import annotations

import inspect
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Final

from tools.errors import ToolInputError
from tools.market.errors import MarketError
from tools.market.fallback import FallbackMarket
from tools.market.source import Market

GROUP: Final = "askcondor.markets"
"""The entry point group in which a package names its own sources."""

_BUILT_IN: Final = {
    "sample": "tools.market.sample:SampleMarket",
    "csv": "tools.market.folder:FolderMarket",
    "cboe": "tools.market.cboe:CboeMarket",
    "yahoo": "tools.market.yahoo:YahooMarket",
}


def market_names() -> tuple[str, ...]:
    """The names that `open_market` knows: ours first, then those of installed packages."""
    others = sorted({entry.name for entry in entry_points(group=GROUP)} - set(_BUILT_IN))
    return (*_BUILT_IN, *others)


def open_market(
    name: str = "sample", *, fallback: str | Market | None = None, **options: Any
) -> Market:
    """Open a source of market data.

    Args:
        name: 'sample', 'csv', 'cboe', 'yahoo', or one that an installed package registers in the
            entry point group `askcondor.markets`. What follows a colon is the source's file or
            folder: 'csv:downloads' is `open_market("csv", folder="downloads")`.
        fallback: Another source, or its name, to ask where this one fails. Without it a failure is
            an error; with it the answer says which source gave it, and why.
        options: What the source takes, such as `folder` for 'csv'. Every source of ours takes
            `clock`, a function without arguments that gives the time of fetching.

    Raises:
        ToolInputError: There is no source of that name, or it has no such option.
        MarketError: The source cannot be opened, and there is no fallback.

    >>> market = open_market("sample")
    >>> market.snapshot().label
    'S&P 500 2506.85 and VIX 25.42, close of 2018-12-31, from the sample of the package arch'
    """
    second = open_market(fallback) if isinstance(fallback, str) else fallback
    try:
        first = _opened(name, options)
    except MarketError:
        if second is None:
            raise
        return second
    return first if second is None else FallbackMarket(first, second)


def _opened(name: str, options: dict[str, Any]) -> Market:
    known_as, _, place = str(name).partition(":")
    source = _source(known_as)
    if place:
        positional = getattr(source, "positional", None)
        if positional is None or positional in options:
            raise ToolInputError.of("market", name, f"'{known_as}', with nothing after a colon")
        options = {positional: place, **options}
    known = inspect.signature(source).parameters
    for option, value in options.items():
        if option not in known:
            raise ToolInputError.of(
                f"market.{option}", value, f"one of the options of '{known_as}': {', '.join(known)}"
            )
    for option, parameter in known.items():
        required = parameter.default is parameter.empty and parameter.kind not in (
            parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD,
        )  # fmt: skip
        if required and option not in options:
            raise ToolInputError.of(
                f"market.{option}", None, f"given: open_market({known_as!r}, {option}=...)"
            )
    opened = source(**options)
    if not isinstance(opened, Market):
        raise ToolInputError.of("market", name, "a source that derives from tools.market.Market")
    return opened


def _source(name: str) -> Any:
    if name in _BUILT_IN:
        module, _, attribute = _BUILT_IN[name].partition(":")
        return getattr(import_module(module), attribute)
    for entry in entry_points(group=GROUP, name=name):
        return entry.load()
    raise ToolInputError.of("market", name, f"one of {', '.join(market_names())}")
