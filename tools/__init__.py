"""Options arithmetic for people who trade SPX iron condors and hedge them with VIX.

Pure calculation: data come in as arguments, results are frozen objects with units in
`tools.quantities` and their assumptions beside them. A name is imported when it is first asked for,
so that `import tools` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tools.catalog import CATALOG, find_tool
    from tools.condor import price_condor
    from tools.condor_rules import break_even, check_credit
    from tools.errors import ToolDataError, ToolError, ToolInputError
    from tools.pricing import implied_volatility, price_option
    from tools.probability import expected_move, probability_of_touch

# One line for each public name: where it lives. Keep it sorted, and add the import above.
_MODULES = {
    "CATALOG": "tools.catalog",
    "ToolDataError": "tools.errors",
    "ToolError": "tools.errors",
    "ToolInputError": "tools.errors",
    "break_even": "tools.condor_rules",
    "check_credit": "tools.condor_rules",
    "expected_move": "tools.probability",
    "find_tool": "tools.catalog",
    "implied_volatility": "tools.pricing",
    "price_condor": "tools.condor",
    "price_option": "tools.pricing",
    "probability_of_touch": "tools.probability",
}

__all__ = [
    "CATALOG",
    "ToolDataError",
    "ToolError",
    "ToolInputError",
    "break_even",
    "check_credit",
    "expected_move",
    "find_tool",
    "implied_volatility",
    "price_condor",
    "price_option",
    "probability_of_touch",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'tools' has no attribute {name!r}")
    value = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
