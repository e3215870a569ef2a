"""The tools and the library for agents that others build with LangChain."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import BaseTool, ToolException

from assistant.agent.toolbox import structured
from assistant.records import PassageRecord
from tools.catalog import CATALOG, Tool
from tools.errors import ToolError
from tools.results import as_json

if TYPE_CHECKING:
    from assistant.assistant import Assistant


def langchain_tools() -> list[BaseTool]:
    """Every tool of the catalog as a LangChain tool, for any agent.

    A tool takes the arguments of its JSON Schema. Its content is the result as JSON, its artifact
    the result itself; an argument that cannot be used comes back as text that says what to correct.

    >>> from assistant import langchain_tools
    >>> tools = {tool.name: tool for tool in langchain_tools()}
    >>> json.loads(tools["check_credit"].invoke({"credit": 2.4, "width": 10}))["verdict"]
    'in range'
    """
    return [_tool(tool) for tool in CATALOG]


def langchain_retriever(assistant: Assistant, k: int = 5) -> BaseRetriever:
    """The library's search as a LangChain retriever of `k` documents.

    A document's `page_content` is the passage, its `metadata` the source that it was cut from, with
    the place of the passage in it and the score.
    """
    if isinstance(k, bool) or not isinstance(k, int) or not 1 <= k <= 50:
        raise ValueError(f"k is {k!r}; it has to be a whole number from 1 to 50.")
    return LibraryRetriever(assistant=assistant, k=k)


class LibraryRetriever(BaseRetriever):
    """Finds passages of the articles, the glossary and the reader's own documents."""

    assistant: Any
    k: int = 5

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        found = [PassageRecord.of(hit) for hit in self.assistant.search(query, self.k)]
        return [
            Document(
                id=record.passage,
                page_content=record.text,
                metadata=record.model_dump(mode="json", exclude={"text"}),
            )
            for record in found
        ]


def _tool(tool: Tool) -> BaseTool:
    def run(**arguments: Any) -> tuple[str, Any]:
        try:
            result = tool.call(arguments)
        except ToolError as error:
            raise ToolException(str(error)) from error
        return json.dumps(as_json(result)), result

    return structured(tool.name, tool.description, tool.input_schema, run)
