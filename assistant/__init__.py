"""AskCondor: answers about SPX iron condors and VIX hedging that check themselves.

`Assistant` is the way in from Python; it is imported when first asked for, because its parts are
heavy and many commands do without them.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.assistant import Assistant

__all__ = ["Assistant", "__version__"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name == "Assistant":
        from assistant.assistant import Assistant

        return Assistant
    raise AttributeError(f"module 'assistant' has no attribute {name!r}")
