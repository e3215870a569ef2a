"""What happens between a question and its answer, as typed events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from assistant.answers.record import Answer


@dataclass(frozen=True)
class Started:
    """The question was taken."""

    id: str
    conversation_id: str


@dataclass(frozen=True)
class Step:
    """A tool began or ended."""

    tool: str
    status: Literal["started", "finished", "failed"]
    label: str
    inputs: Mapping[str, Any]


@dataclass(frozen=True)
class Delta:
    """A piece of the answer's text, already checked."""

    text: str


@dataclass(frozen=True)
class Finished:
    """The whole answer."""

    answer: Answer


Event = Started | Step | Delta | Finished
