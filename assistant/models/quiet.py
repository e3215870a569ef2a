"""What a model and tools of our own skip while nobody watches a run.

LangChain wraps each call of a model and of a tool in callbacks, for tracing. Preparing them takes
longer than our own work does. So where no callback listens ours are called straight, and where one
listens LangChain's own way is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.config import ensure_config
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import PrivateAttr


def is_watched(config: RunnableConfig | None) -> bool:
    """Whether a callback listens to a run with this configuration."""
    callbacks: Any = (config or {}).get("callbacks")
    return bool(getattr(callbacks, "handlers", callbacks))


class QuietChatModel(BaseChatModel):
    """A chat model that computes its reply here: bound to its tools once, called straight."""

    tool_names: tuple[str, ...] = ()
    _bound: dict[tuple[str, ...], Any] = PrivateAttr(default_factory=dict)

    def bind_tools(
        self, tools: Sequence[dict[str, Any] | type | Any | BaseTool], **_: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """A copy of the model that may call these tools; the agent asks for it at every step."""
        names = tuple(_name(tool) for tool in tools)
        if names not in self._bound:
            self._bound[names] = self.model_copy(update={"tool_names": names})
        bound: Runnable[LanguageModelInput, AIMessage] = self._bound[names]
        return bound

    async def ainvoke(
        self,
        input: LanguageModelInput,
        config: RunnableConfig | None = None,
        *,
        stop: list[str] | None = None,
        **more: Any,
    ) -> AIMessage:
        """The reply to some messages."""
        if not isinstance(input, list) or is_watched(ensure_config(config)):
            return await super().ainvoke(input, config, stop=stop, **more)
        result = await self._agenerate(input, stop, **more)
        message = result.generations[0].message
        if not isinstance(message, AIMessage):
            raise TypeError(f"a chat model replies with an AIMessage, not {type(message).__name__}")
        return message


def _name(tool: dict[str, Any] | type | Any | BaseTool) -> str:
    if isinstance(tool, BaseTool):
        return tool.name
    return str(convert_to_openai_tool(tool)["function"]["name"])
