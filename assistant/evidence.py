"""What one answer may rest on: the question, the calculations made, the passages found.

The tools fill it while the agent works; grounding and the answer's record read it afterwards.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.answers.record import Calculation, Citation, Earlier
from assistant.knowledge.library import StoredPassage

MARKER = re.compile(r"\[(\d{1,3})\]")
"""A citation in a text: [3]."""

NOT_USED = "Not used here, of the numbers in the question:"
"""What opens the list of the question's numbers that entered no calculation."""

_SENTENCE_END = re.compile(r"(?<=[.!?])(?:\*\*|[\"”’)])*\s+(?=[\"“(*]*[A-Z0-9])|\n{2,}")
_NOT_AN_END = re.compile(r"(?:\b(?:e\.g|i\.e|vs|cf|approx|no|p|pp|Dr|St|U\.S)\.)$", re.IGNORECASE)

_COMMON = set(
    "the and for with you how what when does are that this from your vix spx iron condor".split()
)


@dataclass
class Evidence:
    """The numbered calculations and passages of one turn, and how often a text was sent back."""

    question: str
    repairs: int = 0
    calculations: list[Calculation] = field(default_factory=list)
    passages: list[StoredPassage] = field(default_factory=list)
    refused: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)
    earlier: Sequence[Earlier] = ()
    """The answers of the conversation before this one."""
    found: list[dict[str, Any]] = field(default_factory=list)
    """The searches, as an answer stores them."""
    asked_on: dt.date = field(default_factory=lambda: dt.datetime.now(dt.UTC).date())

    def add_refusal(self, tool: str, inputs: Mapping[str, Any], error: str) -> None:
        """Keep a call that a tool refused, with what it said."""
        self.refused.append((tool, dict(inputs), error))

    def keep_told_refusals(self, text: str) -> None:
        """Number the refused calls of which the text tells; a corrected one is forgotten."""
        for tool, inputs, error in self.refused:
            if error in text:
                self.add_calculation(tool, inputs, {"error": error})
        self.refused.clear()

    def add_calculation(
        self,
        tool: str,
        inputs: Mapping[str, Any],
        result: Any,
        chart: dict[str, Any] | None = None,
    ) -> Calculation:
        """Number a calculation and keep it."""
        calculation = Calculation(
            n=len(self.calculations) + 1, tool=tool, inputs=dict(inputs), result=result, chart=chart
        )
        self.calculations.append(calculation)
        return calculation

    def add_passages(self, passages: Iterable[StoredPassage]) -> list[int]:
        """Number passages and keep them; one already known keeps its number."""
        known = {passage.id: n for n, passage in enumerate(self.passages, start=1)}
        numbers = []
        for passage in passages:
            if passage.id not in known:
                self.passages.append(passage)
                known[passage.id] = len(self.passages)
            numbers.append(known[passage.id])
        return numbers

    def cite(self, text: str) -> tuple[str, list[Citation]]:
        """The text with its citations numbered in order of appearance, and their quotes.

        A quote is what the paragraphs repeat of the passage word for word, else the passage
        whole. A marker that points to no passage is taken out of the text.
        """
        order: dict[int, int] = {}
        spans: dict[int, list[tuple[int, int]]] = {}
        for paragraph in re.split(r"\n{2,}", text):
            for marker in MARKER.finditer(paragraph):
                n = int(marker.group(1))
                if not 1 <= n <= len(self.passages):
                    continue
                order.setdefault(n, len(order) + 1)
                spans.setdefault(n, []).extend(_repeated(self.passages[n - 1].text, paragraph))

        def renumber(marker: re.Match[str]) -> str:
            n = int(marker.group(1))
            return f"[{order[n]}]" if n in order else ""

        citations = [
            _citation(order[n], self.passages[n - 1], spans[n])
            for n in sorted(order, key=order.get)  # type: ignore[arg-type]
        ]
        return MARKER.sub(renumber, text), citations

    def whole(self, citation: Citation) -> Citation:
        """The same citation with its passage whole."""
        for passage in self.passages:
            inside = passage.start <= citation.start and citation.end <= passage.end
            if passage.document == citation.id and inside:
                return citation.model_copy(
                    update={"quote": passage.text, "start": passage.start, "end": passage.end}
                )
        return citation


def sentences(text: str) -> list[str]:
    """The sentences of a prose text, each exactly as it stands there."""
    found: list[str] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if _NOT_AN_END.search(text[start : match.start()]):
            continue
        found.append(text[start : match.start()].strip())
        start = match.end()
    found.append(text[start:].strip())
    return [sentence for sentence in found if sentence]


def stems(text: str) -> set[str]:
    """The longer words of a text, cut to their beginnings, to see what two texts share."""
    return {word[:6] for word in re.findall(r"[a-z0-9]{3,}", text.lower())} - _COMMON


def _repeated(passage: str, paragraph: str) -> list[tuple[int, int]]:
    """Where the passage holds the sentences that a paragraph repeats, line breaks aside."""
    spoken = " ".join(paragraph.split())
    return [
        (start, start + len(sentence))
        for sentence in sentences(passage)
        if " ".join(sentence.split()) in spoken and (start := passage.find(sentence)) >= 0
    ]


def _citation(n: int, passage: StoredPassage, spans: list[tuple[int, int]]) -> Citation:
    start = min((low for low, _ in spans), default=0)
    end = max((high for _, high in spans), default=len(passage.text))
    return Citation(
        n=n,
        kind=passage.kind,
        id=passage.document,
        title=passage.title,
        section=passage.section,
        quote=passage.text[start:end],
        start=passage.start + start,
        end=passage.start + end,
        url=passage.url,
    )
