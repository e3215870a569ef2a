"""What a tool brings back: kept as numbered evidence, and told to the model with its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.evidence import Evidence
from assistant.knowledge.lead_finder import FoundLead
from assistant.knowledge.scope import Scope
from assistant.knowledge.search import Hit
from tools.catalog import Tool
from tools.charts import Pictured
from tools.results import as_json, plain_json


@dataclass(frozen=True)
class Calculated:
    """A call of a tool and its real result."""

    tool: Tool
    inputs: Mapping[str, Any]
    result: Any


@dataclass(frozen=True)
class Found:
    """Passages of the library, and what was noticed about the query that found them."""

    hits: Sequence[Hit]
    terms: Sequence[str]
    opened: bool = False
    """Whether an article was opened by its name, rather than found."""
    leads: Sequence[FoundLead] = ()
    """Premises to correct and contested topics that the query was taken to."""
    scope: Scope | None = None
    """What speaks for and against the query being of the library's field."""


def gather(evidence: Evidence, brought: Calculated | Found) -> dict[str, Any]:
    """Keep what a tool brought back, and describe it with its numbers in plain JSON types."""
    if isinstance(brought, Found):
        numbers = evidence.add_passages(hit.passage for hit in brought.hits)
        numbered = {hit.passage.id: n for hit, n in zip(brought.hits, numbers, strict=True)}
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
                for n, hit in zip(numbers, brought.hits, strict=True)
            ],
            "terms": list(brought.terms),
            "opened": brought.opened,
            "leads": [
                {
                    "id": lead.id,
                    "kind": lead.kind,
                    "n": numbered[lead.passage],
                    "quote": lead.quote,
                    "near": round(lead.near, 4),
                }
                for lead in brought.leads
            ],
            "inside": brought.scope is None or brought.scope.inside,
            "foreign": brought.scope is not None and brought.scope.foreign,
        }
    calculation = evidence.add_calculation(
        brought.tool.name,
        plain_json(brought.inputs),
        as_json(brought.result),
        chart_of(brought.result),
    )
    return calculation.model_dump(include={"n", "tool", "inputs", "result"})


def refuse(evidence: Evidence, tool: str, inputs: Mapping[str, Any], error: str) -> dict[str, Any]:
    """Keep a call that a tool refused, and describe it with what the tool said."""
    evidence.add_refusal(tool, plain_json(inputs), error)
    return {"tool": tool, "error": error}


def chart_of(result: Any) -> dict[str, Any] | None:
    """The picture of a result as plain Plotly JSON, where it has one."""
    return result.chart() if isinstance(result, Pictured) else None
