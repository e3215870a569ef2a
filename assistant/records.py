"""A found passage as every door hands it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from assistant.knowledge.search import Hit


class PassageRecord(BaseModel):
    """A passage of the library that a search found, and where it stands."""

    model_config = ConfigDict(frozen=True)

    score: float = Field(description="How well it answers the query; only the order has a meaning.")
    id: str = Field(description="Id of the source that it was cut from.")
    kind: str = Field(description="'article', 'glossary' or 'document'.")
    title: str
    section: str
    text: str
    start: int = Field(description="First character of the passage in the source's text.")
    end: int = Field(description="One past its last character.")
    url: str

    @classmethod
    def of(cls, hit: Hit) -> PassageRecord:
        """The record of what a search of the index found."""
        passage = hit.passage
        return cls(
            score=hit.score,
            id=passage.document,
            kind=passage.kind,
            title=passage.title,
            section=passage.section,
            text=passage.text,
            start=passage.start,
            end=passage.end,
            url=passage.url,
        )
