"""Replay: an answer computed again from what it stored, and what differs by now.

What the passages said when the answer was written is stored with it, so the built-in model gives
the same text to the byte even where the library has changed since; the change is named. Another
model's words cannot be computed again: there the calculations are, and the check of every number.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.answers.record import Answer, Calculation


class NoSuchAnswerError(LookupError):
    """No answer of this id is stored."""

    def __init__(self, answer_id: str) -> None:
        """Name the id."""
        self.answer_id = answer_id
        super().__init__(f"There is no answer '{answer_id}'.")


class Difference(BaseModel):
    """One thing that is not as it was."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["text", "number", "calculation", "passage", "version", "context", "grounding"]
    where: str
    was: str
    now: str


class Replayed(BaseModel):
    """An answer computed again."""

    model_config = ConfigDict(frozen=True)

    id: str
    model: str
    same_text: bool = Field(description="Whether the text came out the same, to the byte.")
    text: str = Field(description="The text as it came out; another model's is the stored one.")
    recomputed: bool = Field(
        description="Whether the text itself was computed again, which only the built-in model can."
    )
    differences: list[Difference]


def compare_calculations(before: list[Calculation], now: list[Calculation]) -> Iterator[Difference]:
    """Each number and word of the results that is not as it was."""
    for was, is_now in zip(before, now, strict=False):
        where = f"calculation {was.n}"
        if (was.tool, was.inputs) != (is_now.tool, is_now.inputs):
            yield Difference(
                kind="calculation",
                where=where,
                was=f"{was.tool} {was.inputs}",
                now=f"{is_now.tool} {is_now.inputs}",
            )
            continue
        yield from _values(was.result, is_now.result, f"{where}: result")
    for missing in before[len(now) :]:
        yield Difference(
            kind="calculation", where=f"calculation {missing.n}", was=missing.tool, now="not made"
        )
    for added in now[len(before) :]:
        yield Difference(
            kind="calculation", where=f"calculation {added.n}", was="not made", now=added.tool
        )


def compare_texts(answer: Answer, text: str) -> Iterator[Difference]:
    """The lines of a text that are not as they were."""
    if answer.text == text:
        return
    was, now = answer.text.split("\n"), text.split("\n")
    for n in range(max(len(was), len(now))):
        before = was[n] if n < len(was) else ""
        after = now[n] if n < len(now) else ""
        if before != after:
            yield Difference(kind="text", where=f"line {n + 1}", was=before, now=after)


def _values(was: Any, now: Any, where: str) -> Iterator[Difference]:
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        for key in dict.fromkeys((*was, *now)):
            yield from _values(was.get(key), now.get(key), f"{where}.{key}")
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for n, (one, other) in enumerate(zip(was, now, strict=True)):
            yield from _values(one, other, f"{where}[{n}]")
    elif isinstance(was, int | float) and isinstance(now, int | float):
        # The last bits are the processor's; a text never shows them.
        if not math.isclose(was, now, rel_tol=1e-9, abs_tol=1e-12):
            yield Difference(kind="number", where=where, was=repr(was), now=repr(now))
    elif was != now:
        yield Difference(kind="calculation", where=where, was=str(was), now=str(now))
