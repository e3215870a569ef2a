"""The Answer, as every door hands it out: text, and all that the text rests on."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

DISCLAIMER = (
    "Education, not advice. Options can lose more than expected and are not suitable for everyone; "
    "past results do not predict future ones. Nothing here recommends a trade to any person, and "
    "no order is placed. Speak to a qualified professional before trading."
)


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class Citation(_Record):
    """A quote from a source, to the character: `quote` is the source's text[start:end]."""

    n: int
    kind: Literal["article", "glossary"]
    id: str
    title: str
    section: str
    quote: str
    start: int
    end: int
    url: str


class Computed(_Record):
    """One call of a tool: what went in and what came out."""

    n: int
    tool: str
    inputs: dict[str, Any]
    result: Any


class Calculation(Computed):
    """One call of a tool with its picture as Plotly JSON."""

    chart: dict[str, Any] | None = None


class GlossaryEntry(_Record):
    """A glossary term that the text uses."""

    term: str
    definition: str
    url: str


class Link(_Record):
    """Something to read next."""

    title: str
    url: str


class Position(_Record):
    """One side of a disagreement, with the source that holds it."""

    text: str
    source: str


class Disagreement(_Record):
    """A topic on which sources contradict each other."""

    topic: str
    positions: list[Position]


class TracedNumber(_Record):
    """A number of the text and where it comes from: a field's path, or an offset in a source."""

    text: str
    source: str
    path: str = ""
    offset: int | None = None


class Grounding(_Record):
    """Every number of the text with its source; `unsupported` is empty in what readers see.

    `withheld` are the numbers that the composed text held and no source supports; what stated
    them was left out.
    """

    numbers: list[TracedNumber] = Field(default_factory=list)
    unsupported: list[str] = Field(default_factory=list)
    withheld: list[str] = Field(default_factory=list)


class Turn(_Record):
    """What later turns of a conversation need of an answer: what was asked, said and computed."""

    id: str = ""
    question: str
    text: str
    calculations: list[Computed]


class Basis(_Record):
    """What an answer was made from, beside its question and calculations: enough to make it again.

    `passages` are what was found, as it stood then; `found` are the searches, their passages by
    number; `earlier` are the ids of the turns before it, or those turns themselves where the caller
    handed them over.
    """

    code_version: str
    asked_on: dt.date
    passages: list[dict[str, Any]] = Field(default_factory=list)
    found: list[dict[str, Any]] = Field(default_factory=list)
    earlier: list[str | Turn] = Field(default_factory=list)


class Answer(_Record):
    """An answer with everything needed to check it."""

    id: str
    conversation_id: str
    question: str
    text: str
    model: str
    corpus_version: str
    created_at: dt.datetime
    citations: list[Citation] = Field(default_factory=list)
    calculations: list[Calculation] = Field(default_factory=list)
    glossary: list[GlossaryEntry] = Field(default_factory=list)
    keep_reading: list[Link] = Field(default_factory=list)
    disagreements: list[Disagreement] = Field(default_factory=list)
    suggestions: list[str] = Field(default_factory=list)
    abstained: bool = False
    grounding: Grounding = Field(default_factory=Grounding)
    apa: str
    disclaimer: str = DISCLAIMER
    basis: Basis | None = None


Earlier: TypeAlias = Answer | Turn
"""An answer that came before in the conversation, whole or as far as the next turn needs it."""
