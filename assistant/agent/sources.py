"""Two tools of the assistant's own beside the search: an article by its name, and the market."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from langchain_core.tools import BaseTool, ToolException

from assistant.agent.gathering import Calculated, Found
from assistant.agent.toolbox import evidenced
from assistant.models.builtin.rules import MARKET, READ
from tools.catalog import Tool
from tools.errors import ToolError

_ARTICLE = {
    "type": "object",
    "title": READ,
    "properties": {
        "article": {"type": "string", "description": "The slug of the article", "minLength": 1}
    },
    "required": ["article"],
}
_NOTHING = {"type": "object", "title": MARKET, "properties": {}}


def read_tool(open_article: Callable[[str], Found]) -> BaseTool:
    """The article of the corpus with this name, opened at its short answer."""

    def run(article: str) -> Found:
        return open_article(article)

    return evidenced(
        READ, "Open an article of the library by its slug, at its short answer.", _ARTICLE, run
    )


def market_tool(market_snapshot: Callable[[], dict[str, Any]]) -> BaseTool:
    """The open market source: levels, their time and their origin."""
    tool = Tool(market_snapshot, "Reading the market source")

    def run() -> Calculated:
        try:
            return Calculated(tool, {}, market_snapshot())
        except ToolError as error:
            raise ToolException(str(error)) from error

    return evidenced(
        MARKET,
        "Read the open market source: S&P 500, VIX indices, their time and origin. Use it only for "
        "what the question does not state, and say so.",
        _NOTHING,
        run,
    )
