"""Question sets for whole answers: what is asked, and what a right answer does.

A set is a YAML list that anyone can extend; `evaluation/questions/answers_*.yaml` are ours. The
fields are described in `evaluation/README.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from tools.catalog import CATALOG

Kind = Literal[
    "calculation",
    "concept",
    "regime",
    "contested",
    "premise",
    "out_of_scope",
    "hostile",
    "follow_up",
]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Expectation(_Strict):
    """What a right answer does; what is left out is not graded."""

    tools: tuple[dict[str, dict[str, Any]], ...] | None = None
    sources: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    asks_for: tuple[str, ...] = ()
    market: tuple[str, ...] = ()
    abstains: bool | None = None
    no_tools: bool = False

    @model_validator(mode="after")
    def _known_tools(self) -> Expectation:
        known = {tool.name: set(tool.input_schema["properties"]) for tool in CATALOG}
        for call in self.tools or ():
            for name, arguments in call.items():
                if name not in known:
                    raise ValueError(f"there is no tool '{name}'")
                unknown = set(arguments) - known[name]
                if unknown:
                    raise ValueError(f"{name} has no argument {', '.join(sorted(unknown))}")
        return self


class Turn(_Strict):
    """One question and what its answer has to do."""

    question: str = Field(min_length=1, max_length=1000)
    expect: Expectation


class Case(_Strict):
    """A question, or a conversation of several."""

    id: str
    kind: Kind
    question: str | None = None
    expect: Expectation | None = None
    turns: tuple[Turn, ...] = ()

    @model_validator(mode="after")
    def _either(self) -> Case:
        if bool(self.turns) == bool(self.question):
            raise ValueError(f"{self.id}: give a question or turns, one of the two")
        if self.question and self.expect is None:
            raise ValueError(f"{self.id}: say what is expected")
        return self

    @property
    def asked(self) -> tuple[Turn, ...]:
        """The questions in order, one where it is no conversation."""
        if self.question is not None and self.expect is not None:
            return (Turn(question=self.question, expect=self.expect),)
        return self.turns


def read_cases(paths: Sequence[Path]) -> list[Case]:
    """The cases of several files; every id only once."""
    cases = [
        Case.model_validate(entry)
        for path in paths
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")) or ()
    ]
    ids = [case.id for case in cases]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise ValueError(f"ids that are there twice: {', '.join(twice)}")
    return cases
