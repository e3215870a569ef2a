"""The agent: one LangChain agent, whichever model speaks.

The loop is LangChain's. The tools number what they bring back and keep it as evidence; a middleware
checks the finished text against that evidence and asks once for a repair.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware, AgentState
from langchain.agents.middleware.types import hook_config
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.tools import BaseTool
from langgraph.runtime import Runtime

from assistant.evidence import Evidence
from assistant.grounding import check
from assistant.models.prompts import REPAIR, SYSTEM

MOST_STEPS = 24
"""A turn that takes more steps of the loop than this (model, tools, check) goes in circles."""

MOST_REPAIRS = 1


def build_agent(model: BaseChatModel, tools: Sequence[BaseTool], *, repair: bool) -> Any:
    """The agent of one model; its runtime context is the turn's `Evidence`.

    With `repair`, a text that fails the check goes back to the model; a deterministic model would
    only write it again.
    """
    middleware: list[AgentMiddleware[Any, Any]] = [CheckGrounding()] if repair else []
    agent = create_agent(
        model,
        tools=list(tools),
        system_prompt=SYSTEM,
        middleware=middleware,
        context_schema=Evidence,
    )
    return agent.with_config(recursion_limit=MOST_STEPS)


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


def suggestions_of(message: AIMessage) -> list[str]:
    """The questions that a message offers to ask, as it noted them."""
    from assistant.models.builtin.chat_model import NOTES

    return list(message.additional_kwargs.get(NOTES, {}).get("suggestions", ()))
