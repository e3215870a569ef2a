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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    ToolMessage,
)
from langchain_core.outputs import ChatGeneration, ChatResult

from assistant.models.builtin.compose import NOT_COVERED, asks_for_quote, compose
from assistant.models.builtin.leaning import asks_why, leans, wishes_in_conversation
from assistant.models.builtin.material import Composed, Material, Passage
from assistant.models.builtin.plan import Plan
from assistant.models.builtin.reading import question_of
from assistant.models.builtin.results import Done
from assistant.models.builtin.rules import BY_TOOL, MARKET, READ, SEARCH
from assistant.models.builtin.talk import small_talk
from assistant.models.builtin.wish import Call, Wish
from assistant.models.builtin.words import without_quoted
from assistant.models.quiet import QuietChatModel

NOTES = "askcondor"
"""The key in a message's `additional_kwargs` under which our own remarks travel."""


class BuiltinChatModel(QuietChatModel):
    """Reads the question, calls tools, and composes the answer from what they return."""

    @property
    def _llm_type(self) -> str:
        return "askcondor-builtin"

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


class _Turn:
    """One question with what its tools have returned so far, read off the messages."""

    def __init__(self, messages: Sequence[BaseMessage], tools: Sequence[str]) -> None:
        last = max(
            position
            for position, message in enumerate(messages)
            if isinstance(message, HumanMessage)
        )
        self.tools = tools
        self.question = question_of(str(messages[last].text), _today(messages[last]))
        self.words = without_quoted(self.question.said).strip() or self.question.said
        self.earlier = [list(answer) for answer in _earlier(messages[:last])]
        asked = [str(m.text) for m in messages[:last] if isinstance(m, HumanMessage)]
        self.before = asked[-1] if asked else ""
        told = [str(m.text) for m in messages[:last] if isinstance(m, AIMessage)]
        self.said = told[-1] if told else ""
        covered = [q for q, said in zip(asked, told, strict=False) if NOT_COVERED not in said]
        self.topic = _without_numbers(covered[-1] if covered else self.before)
        results = [m for m in messages[last + 1 :] if isinstance(m, ToolMessage)]
        self.contents = [_content(message) for message in results]
        self.done = [
            Done(str(item["tool"]), item["inputs"], item["result"])
            for item in self.contents
            if "result" in item
        ]
        wishes = self._wishes()
        self.plan = Plan(wishes, tools)
        self.talk = None if wishes else small_talk(self.words)

    def _wishes(self) -> list[Wish]:
        """The calculations that are asked for, worked out at the first step for all of them."""
        told = [[(item.tool, item.inputs) for item in answer] for answer in self.earlier]
        key = repr((self.before, told, self.tools))
        known, wishes = self.question.planned
        if known != key:
            wishes = wishes_in_conversation(self.question, self.before, self.earlier, self.tools)
            self.question.planned = (key, wishes)
        return [replace(wish, values=dict(wish.values)) for wish in wishes]

    def next_calls(self) -> list[Call]:
        """The calculations that can be made now; at first also what is to be looked up."""
        if self.talk:
            return []
        refused = any("error" in item for item in self.contents)
        calls = [] if refused else self.plan.next_calls(self.done)
        if self.contents:
            return calls
        if not self.plan.wishes and MARKET in self.tools and asks_for_quote(self.words):
            return [Call(MARKET, {})]
        return [*calls, *(call for call in self._readings() if call.tool in self.tools)]

    def _readings(self) -> list[Call]:
        """The article behind a calculation, and what the question asks beside it."""
        wished = next((w.rule.explains for w in self.plan.wishes if w.rule.explains), "")
        if wished:
            beside = self._beside() or (self.words if assumes(self.words) else "")
            looked_up = [Call(SEARCH, {"query": beside})] if beside else []
            return [Call(READ, {"article": wished}), *looked_up]
        if not (self.before and leans(self.words)):
            return [Call(SEARCH, {"query": self.words})]
        last = next((i.tool for i in (self.earlier[-1:] or [[]])[0] if i.tool in BY_TOOL), "")
        behind = [Call(READ, {"article": BY_TOOL[last].explains})] if last else []
        # By itself, to see whether it is of this field; and with what it leans on.
        together = f"{self.words} ({self.topic})"
        queries = (together,) if len(self.words.split()) <= _TOO_SHORT else (self.words, together)
        return [*behind, *(Call(SEARCH, {"query": query}) for query in queries)]

    def _beside(self) -> str:
        """What the question asks beside its calculations."""
        return what_is_asked_beside(self.words, [wish.rule.wants for wish in self.plan.wishes])

    def compose(self) -> Composed:
        """The text from what was brought back."""
        if self.talk:
            return self.talk
        material = Material(self.question.said, self.question.today, beside=self._beside())
        for content in self.contents:
            _gather(material, content)
        material.calculations.sort(key=lambda item: int(item["n"]))
        material.changed = self.plan.changed
        material.leaning = bool(self.before) and leans(self.words)
        material.said = self.said if material.leaning else ""
        material.why = asks_why(self.words) and bool(material.explaining)
        return compose(material, None if material.errors else self.plan.missing())


_TOO_SHORT = 4
"""So few words say nothing by themselves."""


def _gather(material: Material, content: Mapping[str, Any]) -> None:
    if content.get("opened"):
        material.explaining += [Passage(**passage) for passage in content["passages"]]
    elif "passages" in content:
        known = {passage.id for passage in material.passages}
        found = [Passage(**passage) for passage in content["passages"]]
        material.passages += [passage for passage in found if passage.id not in known]
        material.terms += [term for term in content["terms"] if term not in material.terms]
        material.leads += content.get("leads", [])
        if not material.searched:
            material.searched = True
            material.inside = bool(content.get("inside", True))
            material.foreign = bool(content.get("foreign"))
            material.nearest = max((passage.dense for passage in found), default=0.0)
    elif content.get("tool") == MARKET and "result" in content:
        material.market = content["result"]
    elif "result" in content:
        material.calculations.append(content)
    elif "error" in content:
        material.errors.append(str(content["error"]))


_ASSUMES = re.compile(
    r"\b(?:because|since|so|which means|meaning|guarantee\w*|always|never|can'?t|cannot|must|"
    r"obviously|everyone knows|free|safe|right\?|correct\?|supposed to|told me|they say|i heard|"
    r"i read)\b|,\s*right\b",
    re.IGNORECASE,
)


def assumes(text: str) -> bool:
    """Whether a question builds on a statement, which may be wrong."""
    return len(text.split()) >= 12 and _ASSUMES.search(text) is not None


def _without_numbers(text: str) -> str:
    """The words of a question; its strikes and levels say nothing of what it is about."""
    return re.sub(r"\S*\d\S*\s*", "", text)


_PARTS = re.compile(
    r"(?<=[?.!])\s+|\s*[,;]?\s+(?:and|also|plus)\s+(?=(?:why|how|what|explain|does|is|when|can|should)\b)"
)
_TOLD = re.compile(
    r"\W*(?:and |but |also |so )?(?:why|how|what|when|explain|does|do|is|are|can)\b", re.IGNORECASE
)
_WHY_OR_HOW = re.compile(r"\W*(?:and |but |also |so )?(?:why|how|explain)\b", re.IGNORECASE)
_COMPUTED = re.compile(
    r"\W*(?:and |also )?(?:how (?:much|many|far|wide|likely)|what(?:'s| is| are| would)? "
    r"(?:the|my|i|it|that|its)\b|is (?:it|that|this)\b)",
    re.IGNORECASE,
)


def what_is_asked_beside(text: str, wants: Sequence[str] = ()) -> str:
    """The part of a question that asks for words and states no number, if it has such a part.

    `wants` are the words that ask for its calculations: a part that holds them is answered by them.
    """
    parts = _PARTS.split(text)
    if len(parts) < 2:
        return ""
    return " ".join(
        part
        for part in parts
        if len(part.split()) >= 4
        and not re.search(r"\d", part)
        and _TOLD.match(part)
        and not _COMPUTED.match(part)
        and (_WHY_OR_HOW.match(part) or not any(re.search(w, part, re.I) for w in wants))
    )


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
