"""Random calls of the tools: most of them sound, some of them wrong in the ways that people are."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from tools.catalog import CATALOG, Tool

# How far a number may wander from the example's: strikes keep their order, the rest moves freely.
_CLOSE = 0.003
_FREE = 0.25
_TIGHT_FIELDS = frozenset(
    {"spot", "put_long", "put_short", "call_short", "call_long", "strike", "barrier", "closes"}
)
_WHOLE_FIELDS = frozenset({"period", "fast", "slow", "signal", "pivot_bars", "contracts"})
_FIXED_FIELDS = frozenset({"weights", "start", "end", "expiration", "dates"})
# What may come beside the example's fields, where the tool takes it.
_EXTRAS: Mapping[str, tuple[Any, ...]] = {
    "rate": (0.0, 0.01, 0.0525),
    "dividend_yield": (0.0, 0.0137),
    "contracts": (1, 3, 25),
    "fees": (0, 0.05, 0.13),
    "margin_rule": ("wider side", "both sides"),
    "credit": (5.05, 9.9, 13.13),
    "short_delta": (0.08, 0.16, 0.25),
    "strike_step": (5, 10),
    "skew": (0.0, -0.3),
    "model": ("bsm",),
    "vix9d": (19.5, 24.25),
    "vix6m": (21.3,),
    "vvix": (88.8, 121.0),
    "win_rate": (0.61,),
    "root": ("SPX", "SPXW"),
    "weekly": (True, False),
    "days_left": (0, 5, 12.5),
    "days_forward": (0, 3),
    "target_coverage": (0.5, 1.0),
    "high": (0.25, 0.3),
    "tax_rate": (0.0, 0.21),
}
WRONG: tuple[Any, ...] = (
    None, True, "x", "", -1, -1e9, 0, 1e300, float("nan"), float("inf"), [], [1, "a"], {}, {"a": 1},
    "2024-13-45", [[1, 2], [3]], "\N{GREEK SMALL LETTER SIGMA}",
)  # fmt: skip


def sound_call(chance: random.Random) -> tuple[Tool, dict[str, Any]]:
    """A tool and arguments near to its example, with some of its optional fields."""
    tool = chance.choice(CATALOG)
    arguments = {name: _moved(name, value, chance) for name, value in tool.example.items()}
    for name in tool.input_schema["properties"]:
        if name in _EXTRAS and name not in arguments and chance.random() < 0.3:
            arguments[name] = chance.choice(_EXTRAS[name])
    return tool, arguments


def wrong_call(chance: random.Random) -> tuple[Tool, dict[str, Any]]:
    """A call with one or two things wrong with it: a value, a name, or something left out."""
    tool, arguments = sound_call(chance)
    for _ in range(chance.choice((1, 1, 2))):
        name = chance.choice(list(tool.input_schema["properties"]))
        way = chance.random()
        if way < 0.65:
            arguments[name] = chance.choice(WRONG)
        elif way < 0.85:
            arguments.pop(chance.choice(list(arguments)), None) if arguments else None
        else:
            arguments[f"{name}{chance.choice('sx_')}"] = 1
    return tool, arguments


def _moved(name: str, value: Any, chance: random.Random) -> Any:
    if name in _FIXED_FIELDS or isinstance(value, str | bool):
        return value
    if isinstance(value, list):
        return [_moved(name, item, chance) for item in value]
    if isinstance(value, dict):
        return {key: _moved(key, item, chance) for key, item in value.items()}
    if name in _WHOLE_FIELDS:
        return max(2, value + chance.randint(-1, 2))
    reach = _CLOSE if name in _TIGHT_FIELDS else _FREE
    moved = value * (1 + chance.uniform(-reach, reach))
    # At every precision that people write, and at all that a float has.
    places = chance.choice((2, 4, 6, None))
    return moved if places is None else round(moved, places)
