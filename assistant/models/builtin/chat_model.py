"""The built-in chat model, a LangChain chat model like any other.

Given messages and tools it answers with tool calls until it has what it needs, then with text. It
is deterministic, needs no key and no network, and keeps nothing between calls: all that it knows
of a turn stands in the messages.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from collections.abc import Iterator, Sequence
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
from assistant.models.builtin.leaning import asks_why, leans, wishes_in_conversation
from assistant.models.builtin.plan import Call, Missing, Plan
from assistant.models.builtin.reading import Question, without_quoted
from assistant.models.builtin.results import Done
from assistant.models.builtin.rules import BY_TOOL, MARKET, READ, SEARCH

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
        self.question = Question(str(messages[last].text), _today(messages[last]))
        self.earlier = [list(answer) for answer in _earlier(messages[:last])]
        asked = [str(m.text) for m in messages[:last] if isinstance(m, HumanMessage)]
        self.before = asked[-1] if asked else ""
        results = [m for m in messages[last + 1 :] if isinstance(m, ToolMessage)]
        self.contents = [_content(message) for message in results]
        self.done = [
            Done(str(item["tool"]), item["inputs"], item["result"])
            for item in self.contents
            if "result" in item
        ]
        wishes = wishes_in_conversation(self.question, self.before, self.earlier, tools)
        self.plan = Plan(wishes, tools)

    def next_calls(self) -> list[Call]:
        refused = [item for item in self.contents if "error" in item]
        calls = [] if refused else self.plan.next_calls(self.done)
        return calls if self.contents else [*calls, *self._readings(calls)]

    def _readings(self, calls: Sequence[Call]) -> list[Call]:
        """What to look up: the article of a calculation, and what the question asks beside it."""
        planned = [wish.rule for wish in self.plan.wishes]
        if not planned and self._asks_why():
            planned = [BY_TOOL[self.earlier[-1][0].tool]]
        article = next((rule.explains for rule in planned if rule.explains), "")
        if not article or READ not in self.tools:
            return [Call(SEARCH, {"query": self._query()})] if SEARCH in self.tools else []
        readings = [Call(READ, {"article": article})]
        beside = what_is_asked_beside(self.question.said)
        if SEARCH in self.tools and (beside or not calls):
            readings.append(Call(SEARCH, {"query": beside or self.question.said}))
        return readings

    def _asks_why(self) -> bool:
        return (
            asks_why(self.question.said)
            and bool(self.earlier)
            and bool(self.earlier[-1])
            and self.earlier[-1][0].tool in BY_TOOL
        )

    def _query(self) -> str:
        """What to search for: the question, with the one before it where it points back."""
        if self.before and leans(self.question.said):
            return f"{self.before} {without_quoted(self.question.said)}"
        return without_quoted(self.question.said)

    def compose(self) -> Composed:
        material = Material(self.question.said, beside=what_is_asked_beside(self.question.said))
        for content in self.contents:
            if "passages" in content:
                passages = [Passage(**passage) for passage in content["passages"]]
                if content.get("opened"):
                    material.explaining += passages
                else:
                    material.passages += passages
                    material.terms += content["terms"]
                    material.premises += content.get("premises", [])
                    material.elsewhere = max(material.elsewhere, content["elsewhere"])
            elif content.get("tool") == MARKET and "result" in content:
                material.market = content["result"]
            elif "result" in content:
                material.calculations.append(content)
            elif "error" in content:
                material.errors.append(str(content["error"]))
        material.calculations.sort(key=lambda item: int(item["n"]))
        material.changed = self.plan.changed
        material.why = self._asks_why()
        return compose(material, self._missing(material))

    def _missing(self, material: Material) -> Missing | None:
        return None if material.errors else self.plan.missing()


def what_is_asked_beside(text: str) -> str:
    """The part of a question that asks for words and states no number, if it has such a part."""
    parts = re.split(r"(?<=[?.!])\s+|\s*[,;]?\s+(?:and|also|plus)\s+(?=(?:why|how|what|explain|does|is|when|can|should)\b)", text)  # fmt: skip
    if len(parts) < 2:
        return ""
    told = [
        part
        for part in parts
        if len(part.split()) >= 4
        and not re.search(r"\d", part)
        and re.match(r"\W*(?:and |but |also |so )?(?:why|how|what|when|explain|does|do|is|are|can)\b", part, re.I)
        and not re.match(r"\W*(?:and |also )?(?:how (?:much|many|far|wide|likely)|what(?:'s| is| are| would)? (?:the|my|i|it|that|its)\b|is (?:it|that|this)\b)", part, re.I)
    ]
    return " ".join(told)


def _today(message: BaseMessage) -> dt.date | None:
    day = message.additional_kwargs.get(NOTES, {}).get("today")
    return dt.date.fromisoformat(day) if day else None


def _earlier(messages: Sequence[BaseMessage]) -> Iterator[Iterator[Done]]:
    """The calculations of each answer in the conversation, as it noted them, oldest first."""
    for message in messages:
        if isinstance(message, AIMessage):
            calculations = message.additional_kwargs.get(NOTES, {}).get("calculations", ())
            yield (Done(c["tool"], c["inputs"], c.get("result")) for c in calculations)


def _content(message: ToolMessage) -> dict[str, Any]:
    try:
        content = json.loads(str(message.text))
    except json.JSONDecodeError:
        return {"error": str(message.text)}
    return content if isinstance(content, dict) else {"error": str(message.text)}
