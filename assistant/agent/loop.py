"""The agent: one LangChain agent, whichever model speaks.

The loop is LangChain's. The tools number what they bring back and keep it as evidence; where a
language model speaks, a middleware runs only the calls that the reader's words and numbers ask for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.tools import BaseTool

from assistant.agent.arguments import GroundArguments
from assistant.evidence import Evidence
from assistant.models.prompts import SYSTEM

MOST_STEPS = 24
"""A turn that takes more steps of the loop than this (model, tools) goes in circles."""


def build_agent(model: BaseChatModel, tools: Sequence[BaseTool], *, guarded: bool) -> Any:
    """The agent of one model; its runtime context is the turn's `Evidence`.

    A language model is `guarded`: it may be talked into a call by what it reads. The built-in model
    reads no instructions.
    """
    middleware: list[AgentMiddleware[Any, Any]] = [GroundArguments()] if guarded else []
    agent = create_agent(
        model,
        tools=list(tools),
        system_prompt=SYSTEM,
        middleware=middleware,
        context_schema=Evidence,
    )
    return agent.with_config(recursion_limit=MOST_STEPS)


def suggestions_of(message: AIMessage) -> list[str]:
    """The questions that a message offers to ask, as it noted them."""
    from assistant.models.builtin.chat_model import NOTES

    return list(message.additional_kwargs.get(NOTES, {}).get("suggestions", ()))
