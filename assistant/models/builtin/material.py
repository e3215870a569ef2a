"""What the composing works from, and what it hands back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Passage:
    """A passage as the search tool reports it."""

    n: int
    id: str
    document: str
    kind: str
    title: str
    section: str
    text: str
    dense: float


@dataclass
class Material:
    """What the tools brought back for one question.

    `explaining` is the article behind a calculation, `leads` the corrections and disagreements that
    the question runs into, `beside` the part of it that asks for words, `market` the snapshot that
    filled in what it leaves out, `said` the answer before. `inside`, `foreign` and `nearest` are
    of the question by itself: whether the library is about it, whether it is plainly of another
    field, and how near the best passage is.
    """

    question: str
    today: dt.date | None = None
    calculations: list[Mapping[str, Any]] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    explaining: list[Passage] = field(default_factory=list)
    leads: list[Mapping[str, Any]] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)
    inside: bool = True
    foreign: bool = False
    searched: bool = False
    nearest: float = 0.0
    errors: list[str] = field(default_factory=list)
    changed: Mapping[str, Any] = field(default_factory=dict)
    market: Mapping[str, Any] | None = None
    beside: str = ""
    leaning: bool = False
    said: str = ""
    why: bool = False


@dataclass(frozen=True)
class Composed:
    """The text, whether it declines to answer, and questions to ask instead or next."""

    text: str
    abstained: bool = False
    suggestions: tuple[str, ...] = ()
