"""The agent: one LangChain agent, whichever model speaks.

The loop is LangChain's. Two middlewares are ours: one numbers what the tools bring back and keeps
it as evidence, the other checks the finished text against that evidence and asks once for a repair.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware, AgentState
from langchain.agents.middleware.types import hook_config
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import BaseTool
from langgraph.prebuilt.tool_node import ToolCallRequest
from langgraph.runtime import Runtime
from langgraph.types import Command

from assistant.agent.toolbox import Calculated, Found
from assistant.evidence import Evidence
from assistant.grounding import check
from assistant.models.prompts import REPAIR, SYSTEM
from tools.charts import Pictured
from tools.results import as_json, plain_json

MOST_STEPS = 24
"""A turn that takes more steps of the loop than this (model, tools, check) goes in circles."""

MOST_REPAIRS = 1


def build_agent(model: BaseChatModel, tools: Sequence[BaseTool], *, repair: bool) -> Any:
    """The agent of one model; its runtime context is the turn's `Evidence`.

    With `repair`, a text that fails the check goes back to the model; a deterministic model would
    only write it again.
    """
    middleware: list[AgentMiddleware[Any, Any]] = [GatherEvidence()]
    if repair:
        middleware.append(CheckGrounding())
    agent = create_agent(
        model,
        tools=list(tools),
        system_prompt=SYSTEM,
        middleware=middleware,
        context_schema=Evidence,
    )
    return agent.with_config(recursion_limit=MOST_STEPS)


class GatherEvidence(AgentMiddleware[Any, Evidence]):
    """Numbers each result and each passage, and tells the model the numbers."""

    async def awrap_tool_call(
        self,
        request: ToolCallRequest,
        handler: Callable[[ToolCallRequest], Awaitable[ToolMessage | Command[Any]]],
    ) -> ToolMessage | Command[Any]:
        """Run the tool, keep what it found, and hand the model the numbered JSON."""
        message = await handler(request)
        if not isinstance(message, ToolMessage):
            return message
        evidence = _evidence(request)
        if message.artifact is None:
            call = request.tool_call
            evidence.add_refusal(call["name"], plain_json(call["args"]), str(message.text))
            content: dict[str, Any] = {"tool": call["name"], "error": str(message.text)}
        else:
            content = gather(evidence, message.artifact)
        return message.model_copy(update={"content": json.dumps(content)})


class CheckGrounding(AgentMiddleware[Any, Evidence]):
    """Sends a text with an untraced number back to the model, once."""

    @hook_config(can_jump_to=["model"])
    async def aafter_model(
        self, state: AgentState[Any], runtime: Runtime[Evidence]
    ) -> dict[str, Any] | None:
        """Ask for a repair where a number of the finished text stands nowhere."""
        last = state["messages"][-1]
        if not isinstance(last, AIMessage) or last.tool_calls or not last.text:
            return None
        evidence = runtime.context
        if evidence.repairs >= MOST_REPAIRS:
            return None
        text, citations = evidence.cite(last.text)
        unsupported = check(text, evidence, citations, suggestions_of(last)).unsupported
        if not unsupported:
            return None
        evidence.repairs += 1
        repair = REPAIR.format(numbers=", ".join(unsupported))
        return {"messages": [HumanMessage(repair)], "jump_to": "model"}


def _evidence(request: ToolCallRequest) -> Evidence:
    context: Any = request.runtime.context
    if not isinstance(context, Evidence):
        raise TypeError(f"the agent's context has to be Evidence, not {type(context).__name__}")
    return context


def gather(evidence: Evidence, artifact: Calculated | Found) -> dict[str, Any]:
    """Keep what a tool brought back, and describe it to the model with its numbers."""
    if isinstance(artifact, Found):
        numbers = evidence.add_passages(hit.passage for hit in artifact.hits)
        return {
            "passages": [
                {
                    "n": n,
                    "id": hit.passage.id,
                    "document": hit.passage.document,
                    "kind": hit.passage.kind,
                    "title": hit.passage.title,
                    "section": hit.passage.section,
                    "text": hit.passage.text,
                    "dense": round(hit.dense, 4),
                }
                for n, hit in zip(numbers, artifact.hits, strict=True)
            ],
            "terms": list(artifact.terms),
            "elsewhere": round(artifact.elsewhere, 4),
            "opened": artifact.opened,
        }
    calculation = evidence.add_calculation(
        artifact.tool.name,
        plain_json(artifact.inputs),
        as_json(artifact.result),
        chart_of(artifact.result),
    )
    return calculation.model_dump(include={"n", "tool", "inputs", "result"})


def chart_of(result: Any) -> dict[str, Any] | None:
    """The picture of a result as plain Plotly JSON, where it has one."""
    return result.chart() if isinstance(result, Pictured) else None


def suggestions_of(message: AIMessage) -> list[str]:
    """The questions that a message offers to ask, as it noted them."""
    from assistant.models.builtin.chat_model import NOTES

    return list(message.additional_kwargs.get(NOTES, {}).get("suggestions", ()))
