"""An answer again: the built-in model over what was found then, or the check of another's text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import ToolMessage

from assistant.agent.gathering import Calculated, gather, refuse
from assistant.agent.loop import MOST_STEPS
from assistant.agent.turn import Checked, Outcome, checked, hear, messages
from assistant.answers.record import Answer, Basis, Calculation, Earlier
from assistant.evidence import Evidence
from assistant.grounding import check
from assistant.knowledge.library import StoredPassage
from assistant.models.builtin.chat_model import BuiltinChatModel
from assistant.models.builtin.rules import MARKET, READ, SEARCH
from tools.catalog import find_tool
from tools.errors import ToolError
from tools.results import as_json


async def compose_again(
    answer: Answer, basis: Basis, earlier: Sequence[Earlier], tools: Sequence[Any]
) -> tuple[Checked, Evidence]:
    """The built-in model's text again: calculations made anew, passages as they were found."""
    evidence = _evidence(answer, basis, earlier)
    outcome = Outcome(evidence)
    model = BuiltinChatModel().bind_tools(tools)
    spoken = messages(earlier, evidence)
    for _ in range(MOST_STEPS):
        reply = await model.ainvoke(spoken)
        spoken.append(reply)
        if not reply.tool_calls:
            hear(reply, outcome)
            break
        for call in reply.tool_calls:
            content = _again(call["name"], call["args"], answer, basis, evidence)
            spoken.append(ToolMessage(json.dumps(content), tool_call_id=call["id"]))
    return checked(outcome), evidence


def check_again(answer: Answer, basis: Basis | None) -> tuple[list[Calculation], list[str]]:
    """The calculations of any answer made again, and what of its text does not stand on them."""
    again = [_recalculated(item) for item in answer.calculations]
    evidence = Evidence(answer.question, calculations=list(again))
    if basis is not None:
        evidence.passages += [StoredPassage(**passage) for passage in basis.passages]
    cited = [evidence.whole(citation) for citation in answer.citations]
    grounding = check(answer.text, evidence, cited, answer.suggestions)
    return again, grounding.unsupported


def _evidence(answer: Answer, basis: Basis, earlier: Sequence[Earlier]) -> Evidence:
    evidence = Evidence(answer.question, earlier=earlier, asked_on=basis.asked_on)
    evidence.passages += [StoredPassage(**passage) for passage in basis.passages]
    return evidence


def _again(
    name: str, inputs: Mapping[str, Any], answer: Answer, basis: Basis, evidence: Evidence
) -> dict[str, Any]:
    """What a call brings: a search what it found then, a market what it said then."""
    if name in (SEARCH, READ):
        for found in basis.found:
            if found["tool"] == name and found["inputs"] == dict(inputs):
                return _with_texts(found["content"], evidence)
        return {"tool": name, "error": "This was not looked for when the answer was written."}
    if name == MARKET:
        for item in answer.calculations:
            if item.tool == MARKET:
                kept = evidence.add_calculation(item.tool, item.inputs, item.result)
                return kept.model_dump(include={"n", "tool", "inputs", "result"})
        return {"tool": name, "error": "The market source was not open."}
    try:
        tool = find_tool(name)
        return gather(evidence, Calculated(tool, inputs, tool.call(inputs)))
    except ToolError as error:
        return refuse(evidence, name, inputs, str(error))


def _with_texts(content: Mapping[str, Any], evidence: Evidence) -> dict[str, Any]:
    """A search's result with the texts that are stored once, by their numbers."""
    return {
        **content,
        "passages": [
            {**_described(evidence.passages[passage["n"] - 1]), **passage}
            for passage in content.get("passages", ())
        ],
    }


def _described(passage: StoredPassage) -> dict[str, Any]:
    names = ("id", "document", "kind", "title", "section", "text")
    return {name: getattr(passage, name) for name in names}


def _recalculated(item: Calculation) -> Calculation:
    if item.tool == MARKET:
        return item
    try:
        result = as_json(find_tool(item.tool).call(item.inputs))
    except ToolError as error:
        result = {"error": str(error)}
    return item.model_copy(update={"result": result, "chart": None})
