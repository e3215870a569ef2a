"""The report of an evaluation: each measure beside what has to be reached, each miss in full."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel

from assistant.assistant import Assistant
from assistant.evaluation.altered import CAUGHT, REFUSED, measure_altered
from assistant.evaluation.answering import GATES, grade
from assistant.evaluation.cases import Case
from assistant.evaluation.finding import (
    FIRST_THREE,
    MEAN_RECIPROCAL_RANK,
    NDCG_AT_10,
    grade_public_set,
    grade_questions,
    read_public_set,
    read_questions,
)
from assistant.knowledge.index import Progress, open_index


class Measure(BaseModel):
    """One figure, and the least that it has to be."""

    name: str
    n: int
    value: float
    least: float

    @property
    def reached(self) -> bool:
        """Whether the figure is high enough."""
        return self.value >= self.least


class Report(BaseModel):
    """Every measure and every miss."""

    measures: list[Measure]
    notes: list[str]
    misses: list[str]

    @property
    def reached(self) -> bool:
        """Whether every figure is high enough."""
        return all(measure.reached for measure in self.measures)

    def beside(self, other: Report) -> Report:
        """Both reports as one."""
        return Report(
            measures=[*self.measures, *other.measures],
            notes=[*self.notes, *other.notes],
            misses=[*self.misses, *other.misses],
        )

    def table(self) -> str:
        """The report as text."""
        lines = [
            f"{'ok  ' if each.reached else 'LOW '} {each.name}: {each.value:.4f} "
            f"(at least {each.least:.2f}, n = {each.n})"
            for each in self.measures
        ]
        return "\n".join([*lines, *self.notes, *(f"miss: {miss}" for miss in self.misses)])


def evaluate_answers(
    assistant: Assistant, cases: Sequence[Case], progress: Progress = lambda *_: None
) -> Report:
    """Ask every question of the cases, and grade the answers."""
    graded = grade(assistant, cases, progress)
    measures = [
        Measure(name=name, n=graded.n[name], value=graded.right[name] / graded.n[name], least=least)
        for name, least in GATES.items()
        if graded.n[name]
    ]
    return Report(measures=measures, notes=[], misses=graded.failures)


def evaluate_grounding(assistant: Assistant, n: int) -> Report:
    """Alter a numeral in `n` answers, and count those that the check catches."""
    altered = measure_altered(assistant, n)
    measures = [
        Measure(
            name="altered numbers caught",
            n=altered.altered,
            value=altered.caught_share,
            least=CAUGHT,
        ),
        Measure(
            name="unchanged answers passed",
            n=altered.answers,
            value=1 - altered.refused_share,
            least=1 - REFUSED,
        ),
    ]
    misses = [
        f"{failure.kind}: {failure.was} became {failure.became or 'refused'} in: {failure.text}"
        for failure in (*altered.missed, *altered.refusals)
    ]
    return Report(measures=measures, notes=[], misses=misses)


def evaluate_finding(
    assistant: Assistant,
    questions: Path,
    public: Path | None,
    progress: Progress = lambda *_: None,
) -> Report:
    """Grade our questions, and a public set where one is given."""
    graded = grade_questions(assistant.index, assistant.terms, read_questions(questions))
    n = graded.questions
    measures = [
        Measure(
            name="right source in the first three",
            n=n,
            value=graded.first_three,
            least=FIRST_THREE,
        ),
        Measure(
            name="mean reciprocal rank",
            n=n,
            value=graded.mean_reciprocal_rank,
            least=MEAN_RECIPROCAL_RANK,
        ),
    ]
    notes = []
    if public is None:
        notes.append("No public retrieval set was given, so none was graded.")
    else:
        settings = assistant.settings
        # An index of its own beside ours; kept, so that the next run only grades.
        folder = settings.data_dir / "evaluation"
        folder.mkdir(parents=True, exist_ok=True)
        apart = settings.model_copy(update={"data_dir": folder})
        index = open_index(apart)
        try:
            scores = grade_public_set(index, read_public_set(public), progress)
        finally:
            index.close()
        measures.append(
            Measure(
                name="public set, nDCG@10, cross-validated",
                n=int(scores["queries"]),
                value=scores["ndcg_at_10"],
                least=NDCG_AT_10,
            )
        )
        notes.append(
            f"On the public set the passage's vector alone gives "
            f"{scores['ndcg_at_10_vectors_alone']:.4f}, its words alone "
            f"{scores['ndcg_at_10_words_alone']:.4f}."
        )
    misses = [
        f"{miss.question!r}: right {', '.join(miss.right)}; found {', '.join(miss.found)}"
        for miss in graded.misses
    ]
    return Report(measures=measures, notes=notes, misses=misses)
