"""The built-in chat model, a LangChain chat model like any other.

Given messages and tools it answers with tool calls until it has what it needs, then with text. It
is deterministic, needs no key and no network, and keeps nothing between calls: all that it knows
of a turn stands in the messages.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    ToolMessage,
)
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool

from assistant.models.builtin.compose import Composed, Material, Passage, compose
from assistant.models.builtin.plan import (
    RULES,
    SEARCH,
    Call,
    arguments,
    choose_rules,
    continued,
    follow_on,
    is_follow_up,
    what_is_missing,
)
from assistant.models.builtin.reading import Reading, read

NOTES = "askcondor"
"""The key in a message's `additional_kwargs` under which our own remarks travel."""


class BuiltinChatModel(BaseChatModel):
    """Reads the question, calls tools, and composes the answer from what they return."""

    tool_names: tuple[str, ...] = ()

    @property
    def _llm_type(self) -> str:
        return "askcondor-builtin"

    def bind_tools(
        self, tools: Sequence[dict[str, Any] | type | Any | BaseTool], **_: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """A copy of the model that may call these tools."""
        return BuiltinChatModel(tool_names=tuple(_name(tool) for tool in tools))

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **_: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=reply(messages, self.tool_names))])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **_: Any,
    ) -> ChatResult:
        # The work is a few milliseconds of reading; a thread would cost more than it frees.
        return self._generate(messages)


def reply(messages: Sequence[BaseMessage], tools: Sequence[str]) -> AIMessage:
    """The next message: tool calls while something is still to be found out, else the text."""
    turn = _Turn(messages, tools)
    calls = turn.next_calls()
    if calls:
        return AIMessage(
            content="",
            tool_calls=[
                {"name": call.tool, "args": dict(call.arguments), "id": f"call_{uuid.uuid4().hex}"}
                for call in calls
            ],
        )
    composed = turn.compose()
    notes = {"abstained": composed.abstained, "suggestions": list(composed.suggestions)}
    return AIMessage(content=composed.text, additional_kwargs={NOTES: notes})


def _name(tool: dict[str, Any] | type | Any | BaseTool) -> str:
    if isinstance(tool, BaseTool):
        return tool.name
    return str(convert_to_openai_tool(tool)["function"]["name"])


class _Turn:
    """One question with what its tools have returned so far, read off the messages."""

    def __init__(self, messages: Sequence[BaseMessage], tools: Sequence[str]) -> None:
        last = max(
            position
            for position, message in enumerate(messages)
            if isinstance(message, HumanMessage)
        )
        self.tools = tools
        self.question = str(messages[last].text)
        self.reading: Reading = read(self.question)
        self.earlier = list(_earlier_calls(messages[:last]))
        asked = [str(m.text) for m in messages[:last] if isinstance(m, HumanMessage)]
        self.before = asked[-1] if asked else ""
        self.results = [m for m in messages[last + 1 :] if isinstance(m, ToolMessage)]

    def next_calls(self) -> list[Call]:
        if not self.results:
            return self._first_calls()
        done = {
            str(content["tool"]): content["result"]
            for content in map(_content, self.results)
            if "result" in content and isinstance(content["result"], Mapping)
        }
        call = follow_on(done, self.tools)
        return [call] if call else []

    def _first_calls(self) -> list[Call]:
        rules = choose_rules(self.reading, self.tools)
        calls = [Call(rule.tool, arguments(rule, self.reading)) for rule in rules]
        if not calls and (again := continued(self.reading, self.earlier)):
            calls = [again]
        if SEARCH not in self.tools:
            return calls
        by_tool = {rule.tool: rule for rule in RULES}
        look_up = next(
            (by_tool[call.tool].look_up for call in calls if by_tool[call.tool].look_up), ""
        )
        return [*calls, Call(SEARCH, {"query": look_up or self._query()})]

    def _query(self) -> str:
        """What to search for: the question, with the one before it where it points back."""
        if self.before and is_follow_up(self.question):
            return f"{self.before} {self.question}"
        return self.question

    def compose(self) -> Composed:
        material = Material(self.question)
        for content in map(_content, self.results):
            if "passages" in content:
                material.passages += [Passage(**passage) for passage in content["passages"]]
                material.terms += content["terms"]
                material.elsewhere = max(material.elsewhere, content["elsewhere"])
            elif "result" in content:
                material.calculations.append(content)
            elif "error" in content:
                material.errors.append(str(content["error"]))
        material.calculations.sort(key=lambda item: int(item["n"]))
        material.changed = self._changed(material.calculations)
        return compose(material, what_is_missing(self.reading))

    def _changed(self, calculations: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """The inputs that this question changed in the last calculation of the conversation."""
        if not calculations or not self.earlier or choose_rules(self.reading, self.tools):
            return {}
        before, now = self.earlier[0].arguments, calculations[0]["inputs"]
        return {name: value for name, value in now.items() if before.get(name) != value}


def _earlier_calls(messages: Sequence[BaseMessage]) -> list[Call]:
    """The calculations of the last answer in the conversation, as it noted them."""
    for message in reversed(messages):
        if isinstance(message, AIMessage):
            calculations = message.additional_kwargs.get(NOTES, {}).get("calculations", ())
            if calculations:
                return [Call(item["tool"], item["inputs"]) for item in calculations]
    return []


def _content(message: ToolMessage) -> dict[str, Any]:
    try:
        content = json.loads(str(message.text))
    except json.JSONDecodeError:
        return {"error": str(message.text)}
    return content if isinstance(content, dict) else {"error": str(message.text)}
