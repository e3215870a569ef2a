"""One turn of the agent: from the messages to a text in which every number is traced."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from assistant.agent.loop import suggestions_of
from assistant.answers.record import Answer, Citation, Grounding
from assistant.events import Step
from assistant.evidence import Evidence
from assistant.grounding import check
from assistant.models.builtin.chat_model import NOTES
from assistant.models.builtin.rules import MARKET, READ, SEARCH
from tools.catalog import CATALOG

_NOTHING_STANDS = (
    "An answer was written, but its numbers could not be traced to a calculation, a source or the "
    "question, so it is not shown. Ask again with the values stated, or more narrowly."
)
_TITLES = {tool.name: tool.title for tool in CATALOG} | {
    SEARCH: "Searching the library",
    READ: "Opening the article",
    MARKET: "Reading the market source",
}


@dataclass
class Outcome:
    """What a turn has brought so far."""

    evidence: Evidence
    text: str = ""
    suggestions: Sequence[str] = ()
    abstained: bool = False


@dataclass(frozen=True)
class Checked:
    """A text that may be shown, with its citations and the source of each number."""

    text: str
    citations: list[Citation]
    grounding: Grounding
    withheld: bool = False


def history(answers: Sequence[Answer]) -> list[BaseMessage]:
    """Earlier answers as messages, each with a note of what it calculated."""
    messages: list[BaseMessage] = []
    for answer in answers:
        calculations = [
            {"tool": c.tool, "inputs": c.inputs, "result": c.result} for c in answer.calculations
        ]
        notes = {NOTES: {"calculations": calculations}}
        messages.append(HumanMessage(answer.question))
        messages.append(AIMessage(answer.text, additional_kwargs=notes))
    return messages


async def run(agent: Any, earlier: Sequence[Answer], outcome: Outcome) -> AsyncIterator[Step]:
    """Run the agent's loop on the question; yields its steps and fills `outcome`."""
    today = {NOTES: {"today": dt.datetime.now(dt.UTC).date().isoformat()}}
    question = HumanMessage(outcome.evidence.question, additional_kwargs=today)
    messages = [*history(earlier), question]
    called: dict[str, dict[str, Any]] = {}
    async for update in agent.astream(
        {"messages": messages}, context=outcome.evidence, stream_mode="updates"
    ):
        for message in _messages(update):
            if isinstance(message, ToolMessage):
                call = called.get(message.tool_call_id, {})
                failed = message.status == "error" or message.artifact is None
                yield _step(call, "failed" if failed else "finished")
            elif isinstance(message, AIMessage) and message.tool_calls:
                for tool_call in message.tool_calls:
                    called[str(tool_call["id"])] = dict(tool_call)
                    yield _step(called[str(tool_call["id"])], "started")
            elif isinstance(message, AIMessage):
                outcome.text = str(message.text)
                outcome.suggestions = suggestions_of(message)
                outcome.abstained = bool(message.additional_kwargs.get(NOTES, {}).get("abstained"))


def stands(outcome: Outcome) -> bool:
    """Whether a text is there, rests on a calculation or a citation, and has no untraced number."""
    text, citations = outcome.evidence.cite(outcome.text)
    if not text.strip() or not (citations or outcome.evidence.calculations):
        return False
    return not check(text, outcome.evidence, citations, outcome.suggestions).unsupported


def checked(outcome: Outcome) -> Checked:
    """The text as it may be shown: lines with an untraced number are left out."""
    evidence, suggestions = outcome.evidence, outcome.suggestions
    evidence.keep_told_refusals(outcome.text)
    text, citations = evidence.cite(outcome.text)
    grounding = check(text, evidence, citations, suggestions)
    if not grounding.unsupported:
        return Checked(text, citations, grounding)
    lines = [
        line
        for line in outcome.text.split("\n")
        if not check(line, evidence, evidence.cite(line)[1], suggestions).unsupported
    ]
    withheld = {"withheld": grounding.unsupported}
    text, citations = evidence.cite(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip())
    grounding = check(text, evidence, citations, suggestions)
    if text.strip() and not grounding.unsupported:
        return Checked(text, citations, grounding.model_copy(update=withheld))
    return Checked(_NOTHING_STANDS, [], Grounding(**withheld), withheld=True)


def _messages(update: dict[str, Any]) -> list[BaseMessage]:
    return [
        message
        for node in update.values()
        if isinstance(node, dict)
        for message in node.get("messages", ())
        if isinstance(message, BaseMessage)
    ]


def _step(call: dict[str, Any], status: Any) -> Step:
    name = str(call.get("name", ""))
    return Step(name, status, _TITLES.get(name, name), call.get("args", {}))
