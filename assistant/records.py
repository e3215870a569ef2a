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
    dense: float = Field(description="Cosine similarity of the passage to the query.")
    lexical: float = Field(description="How well its words match the query's.")
    id: str = Field(description="Id of the source that it was cut from.")
    passage: str = Field(description="Id of the passage itself.")
    kind: str = Field(description="'article' or 'glossary'.")
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
            dense=hit.dense,
            lexical=hit.lexical,
            id=passage.document,
            passage=passage.id,
            kind=passage.kind,
            title=passage.title,
            section=passage.section,
            text=passage.text,
            start=passage.start,
            end=passage.end,
            url=passage.url,
        )

    def hit(self) -> Hit:
        """What the search found, as it was; where a reader keeps a document is not told."""
        from assistant.knowledge.library import StoredPassage
        from assistant.knowledge.search import Hit

        passage = StoredPassage(
            id=self.passage,
            document=self.id,
            kind=self.kind,  # type: ignore[arg-type]  # checked where it was stored
            title=self.title,
            section=self.section,
            url=self.url,
            origin="corpus" if not self.id.startswith("document:") else "",
            start=self.start,
            end=self.end,
            text=self.text,
        )
        return Hit(passage, self.score, self.dense, self.lexical)
