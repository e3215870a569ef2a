"""A turn of a language model: its words go out as they are checked, and it may fail in any way.

What it writes is heard by a `Speech`. What cannot be shown goes back once; if that does not stand
either, or the provider fails, or a limit is reached, the built-in model goes on and says so. What
was shown by then stays.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    HumanMessage,
    ToolMessage,
)

from assistant.agent.arguments import refusal
from assistant.agent.speech import Speech
from assistant.agent.turn import keep_found, messages_of, step_of
from assistant.events import Step
from assistant.models.prompts import CONTINUE, REPAIR

TOOK_OVER = (
    "*The language model gave no answer that checks out, so the built-in model wrote this one.*"
)
GOES_ON = "*What the language model wrote further does not check out; the built-in model goes on.*"

_LETTERS_A_TOKEN = 4
"""About so many letters are a token, where a provider does not count them."""


@dataclass(frozen=True)
class Limits:
    """How long a language model may take, how much it may write, how often it may be asked."""

    seconds: float = 90.0
    tokens: int = 4000
    steps: int = 12


class OverLimitError(Exception):
    """A limit was reached; the message says which."""


@dataclass
class Attempt:
    """The messages of a turn so far, and what is left of its limits."""

    messages: list[BaseMessage]
    limits: Limits
    started: float = field(default_factory=monotonic)
    tokens: float = 0.0
    steps: int = 0


async def speak(agent: Any, attempt: Attempt, speech: Speech) -> AsyncGenerator[Step | str, None]:
    """Let the model work and speak, and once repair; yields steps and what can be shown.

    Raises `OverLimitError`, or whatever the provider raises.
    """
    async with aclosing(_once(agent, attempt, speech)) as events:
        async for event in events:
            yield event
    if not speech.stopped and speech.shown:
        return
    problems = speech.failed or ["there is no text yet"]
    attempt.messages.append(HumanMessage(_repair(problems, speech)))
    speech.go_on()
    async with aclosing(_once(agent, attempt, speech)) as events:
        async for event in events:
            yield event


def _repair(problems: Sequence[str], speech: Speech) -> str:
    repair = REPAIR.format(numbers=", ".join(problems))
    return f"{repair}{CONTINUE.format(shown=speech.shown)}" if speech.shown else repair


async def _once(agent: Any, attempt: Attempt, speech: Speech) -> AsyncGenerator[Step | str, None]:
    listener = _Listener(attempt, speech)
    stream = agent.astream(
        {"messages": list(attempt.messages)},
        context=speech.evidence,
        stream_mode=["updates", "messages"],
    )
    async with aclosing(_within(stream, attempt)) as events:
        async for mode, content in events:
            heard = listener.token(content[0]) if mode == "messages" else listener.update(content)
            for event in heard:
                yield event
            if speech.stopped:
                break
    if speech.stopped and listener.words and not isinstance(attempt.messages[-1], AIMessage):
        attempt.messages.append(AIMessage(listener.words))


class _Listener:
    """Turns what the loop reports into steps and text, and keeps the messages."""

    def __init__(self, attempt: Attempt, speech: Speech) -> None:
        self.attempt, self.speech = attempt, speech
        self.words = ""
        self._called: dict[str, dict[str, Any]] = {}
        self._heard: set[str] = set()

    def token(self, token: BaseMessage) -> Iterator[str]:
        """A piece of the model's message, while it writes."""
        if not isinstance(token, AIMessageChunk):
            return
        self._heard.add(str(token.id))
        _count(self.attempt, token)
        self.words += str(token.text)
        if shown := self.speech.hear(str(token.text)):
            yield shown

    def update(self, update: dict[str, Any]) -> Iterator[Step | str]:
        """Whole messages: what a tool answered, what the model has written."""
        for message in messages_of(update):
            self.attempt.messages.append(message)
            if isinstance(message, ToolMessage):
                yield from self._answered(message)
            elif isinstance(message, AIMessage):
                yield from self._written(message)

    def _answered(self, message: ToolMessage) -> Iterator[Step]:
        call = self._called.pop(str(message.tool_call_id), None)
        if call is not None:
            keep_found(message, call, self.speech.evidence)
            yield step_of(call, "failed" if message.status == "error" else "finished")

    def _written(self, message: AIMessage) -> Iterator[Step | str]:
        attempt, speech = self.attempt, self.speech
        attempt.steps += 1
        if attempt.steps > attempt.limits.steps:
            raise OverLimitError(f"more than {attempt.limits.steps} steps")
        if str(message.id) not in self._heard:  # a provider that does not stream
            _count(attempt, message)
            self.words = str(message.text)
            if shown := speech.hear(self.words):
                yield shown
        for call in message.tool_calls:
            # A call that will not be made is no step.
            if not refusal(call["name"], call["args"], speech.evidence):
                self._called[str(call["id"])] = dict(call)
                yield step_of(self._called[str(call["id"])], "started")
        if message.tool_calls:
            # Words on the way to a tool are no answer.
            self.words = ""
            speech.forget()
        elif shown := speech.end():
            yield shown


def _count(attempt: Attempt, message: AIMessage | AIMessageChunk) -> None:
    usage = message.usage_metadata
    written = len(str(message.text)) + len(str(message.tool_calls or ""))
    attempt.tokens += usage["output_tokens"] if usage else written / _LETTERS_A_TOKEN
    if attempt.tokens > attempt.limits.tokens:
        raise OverLimitError(f"more than {attempt.limits.tokens} tokens")


async def _within(stream: AsyncIterator[Any], attempt: Attempt) -> AsyncGenerator[Any, None]:
    """The events of a stream until the time is up; leaving closes the stream."""
    try:
        while True:
            left = attempt.started + attempt.limits.seconds - monotonic()
            if left <= 0:
                raise OverLimitError(f"more than {attempt.limits.seconds:g} seconds")
            try:
                event = await asyncio.wait_for(anext(stream), left)
            except StopAsyncIteration:
                return
            except TimeoutError:
                raise OverLimitError(f"more than {attempt.limits.seconds:g} seconds") from None
            yield event
    finally:
        close = getattr(stream, "aclose", None)
        if close is not None:
            await close()
