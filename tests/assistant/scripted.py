"""A chat model that says what its script says, streaming word by word as a provider does."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field


class StreamingModel(BaseChatModel):
    """Each call takes the next message of the script, or asks `obey` for one."""

    script: list[AIMessage] = Field(default_factory=list)
    obey: Callable[[list[BaseMessage]], AIMessage] | None = None
    seen: list[list[BaseMessage]] = Field(default_factory=list)
    pause: float = 0.0
    cancelled: list[str] = Field(default_factory=list)
    spoken: list[str] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "streaming-script"

    def bind_tools(self, tools: Sequence[Any], **_: Any) -> StreamingModel:  # type: ignore[override]
        return self

    def _next(self, messages: list[BaseMessage]) -> AIMessage:
        self.seen.append(list(messages))
        if self.obey is not None:
            return self.obey(messages)
        if not self.script:
            raise ConnectionError("the provider does not answer")
        return self.script.pop(0)

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self._next(messages))])

    def _stream(
        self, messages: list[BaseMessage], *_: Any, **__: Any
    ) -> Iterator[ChatGenerationChunk]:
        yield from self._chunks(self._next(messages))

    async def _astream(
        self, messages: list[BaseMessage], *_: Any, **__: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        try:
            for chunk in self._chunks(self._next(messages)):
                await asyncio.sleep(self.pause)
                self.spoken.append(str(chunk.message.text))
                yield chunk
        except (asyncio.CancelledError, GeneratorExit):
            self.cancelled.append("".join(self.spoken))
            raise

    @staticmethod
    def _chunks(message: AIMessage) -> Iterator[ChatGenerationChunk]:
        for word in re.findall(r"\S+\s*|\s+", str(message.text)):
            yield ChatGenerationChunk(message=AIMessageChunk(content=word))
        if message.tool_calls:
            calls = [
                {"name": call["name"], "args": _json(call["args"]), "id": call["id"], "index": n}
                for n, call in enumerate(message.tool_calls)
            ]
            yield ChatGenerationChunk(message=AIMessageChunk(content="", tool_call_chunks=calls))


def _json(value: Any) -> str:
    import json

    return json.dumps(value)


def call(name: str, **arguments: Any) -> AIMessage:
    """A message that calls one tool."""
    return AIMessage("", tool_calls=[{"name": name, "args": arguments, "id": f"call-{name}"}])
