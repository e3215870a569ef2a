"""One turn of the agent: from the messages to a text in which every number is traced."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from assistant.agent.loop import suggestions_of
from assistant.answers.record import Citation, Earlier, Grounding
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


def history(answers: Sequence[Earlier]) -> list[BaseMessage]:
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


async def run(
    agent: Any, earlier: Sequence[Earlier], outcome: Outcome
) -> AsyncGenerator[Step, None]:
    """Run the agent's loop on the question; yields its steps and fills `outcome`."""
    called: dict[str, dict[str, Any]] = {}
    updates = agent.astream(
        {"messages": messages(earlier, outcome.evidence)},
        context=outcome.evidence,
        stream_mode="updates",
    )
    # Whoever leaves early ends the work.
    async with aclosing(updates):
        async for update in updates:
            for step in _heard(update, called, outcome):
                yield step


def messages(earlier: Sequence[Earlier], evidence: Evidence) -> list[BaseMessage]:
    """What a model is given: the conversation and the question, with the day it was asked."""
    noted = {NOTES: {"today": evidence.asked_on.isoformat()}}
    return [*history(earlier), HumanMessage(evidence.question, additional_kwargs=noted)]


def _heard(
    update: dict[str, Any], called: dict[str, dict[str, Any]], outcome: Outcome
) -> Iterator[Step]:
    for message in messages_of(update):
        if isinstance(message, ToolMessage):
            call = called.get(message.tool_call_id, {})
            keep_found(message, call, outcome.evidence)
            failed = message.status == "error" or message.artifact is None
            yield step_of(call, "failed" if failed else "finished")
        elif isinstance(message, AIMessage) and message.tool_calls:
            for tool_call in message.tool_calls:
                called[str(tool_call["id"])] = dict(tool_call)
                yield step_of(called[str(tool_call["id"])], "started")
        elif isinstance(message, AIMessage):
            hear(message, outcome)


def hear(message: AIMessage, outcome: Outcome) -> None:
    """Take the model's text, and what it noted beside."""
    outcome.text = str(message.text)
    outcome.suggestions = suggestions_of(message)
    outcome.abstained = bool(message.additional_kwargs.get(NOTES, {}).get("abstained"))


def keep_found(message: ToolMessage, call: Mapping[str, Any], evidence: Evidence) -> None:
    """Keep what a search brought back, for a replay; its passages' texts are kept once."""
    if call.get("name") not in (SEARCH, READ):
        return
    try:
        content = json.loads(str(message.text))
    except json.JSONDecodeError:
        return
    passages = [{"n": p["n"], "dense": p["dense"]} for p in content.get("passages", ())]
    evidence.found.append(
        {
            "tool": call["name"],
            "inputs": dict(call["args"]),
            "content": {**content, "passages": passages} if "passages" in content else content,
        }
    )


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


def messages_of(update: dict[str, Any]) -> list[BaseMessage]:
    """The messages that a step of the loop added."""
    return [
        message
        for node in update.values()
        if isinstance(node, dict)
        for message in node.get("messages", ())
        if isinstance(message, BaseMessage)
    ]


def step_of(call: dict[str, Any], status: Any) -> Step:
    """The event of a tool that began or ended."""
    name = str(call.get("name", ""))
    return Step(name, status, _TITLES.get(name, name), call.get("args", {}))
