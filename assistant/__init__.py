"""AskCondor: answers about SPX iron condors and VIX hedging that check themselves.

`Assistant` is the way in from Python, `HttpAssistant` the same for a server somewhere else,
`langchain_tools` and `langchain_retriever` what agents of other makers take. Each is imported when
it is first asked for, because its parts are heavy and many programs do without them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.agent.offered import langchain_retriever, langchain_tools
    from assistant.assistant import Assistant
    from assistant.http import HttpAssistant

__all__ = ["Assistant", "HttpAssistant", "__version__", "langchain_retriever", "langchain_tools"]

__version__ = "0.1.0"


_MODULES = {
    "Assistant": "assistant.assistant",
    "HttpAssistant": "assistant.http",
    "langchain_retriever": "assistant.agent.offered",
    "langchain_tools": "assistant.agent.offered",
}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(_MODULES[name]), name)
    raise AttributeError(f"module 'assistant' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
