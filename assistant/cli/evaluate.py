"""`askcondor eval`: how well questions are answered and sources found, measured."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.shared import BAD_INPUT, AsJson, fail, opened_assistant, progress_bar

_OURS = Path("evaluation/questions")


class Part(StrEnum):
    """What can be measured by itself."""

    ANSWERS = "answers"
    FINDING = "finding"
    GROUNDING = "grounding"


def evaluate(
    part: Annotated[
        list[Part] | None, typer.Option(help="What to measure; may be given twice. None: all.")
    ] = None,
    answers: Annotated[
        list[Path] | None,
        typer.Option(help="Question sets for whole answers, as evaluation/README.md has them."),
    ] = None,
    questions: Annotated[
        Path, typer.Option(help="The questions for finding, as evaluation/questions/library.yaml.")
    ] = _OURS / "library.yaml",
    public: Annotated[
        Path | None, typer.Option(help="A public retrieval set in BEIR's layout, graded beside.")
    ] = None,
    altered: Annotated[
        int, typer.Option(min=10, help="How many altered answers grounding has to catch.")
    ] = 2000,
    as_json: AsJson = False,
) -> None:
    """Measure answers, finding and grounding: askcondor eval --part answers."""
    from assistant.evaluation.cases import read_cases
    from assistant.evaluation.report import (
        Report,
        evaluate_answers,
        evaluate_finding,
        evaluate_grounding,
    )

    sets = answers or sorted(_OURS.glob("answers_*.yaml"))
    missing = [path for path in (*sets, questions) if not path.is_file()]
    if missing or not sets:
        fail(f"There are no questions at {missing[0] if missing else _OURS}.", BAD_INPUT)
    if public is not None and not (public / "qrels.tsv").is_file():
        fail(f"There is no retrieval set at {public}.", BAD_INPUT)
    parts = part or list(Part)
    report = Report(measures=[], notes=[], misses=[])
    with opened_assistant() as assistant, progress_bar() as progress:
        if Part.ANSWERS in parts:
            report = report.beside(evaluate_answers(assistant, read_cases(sets), progress))
        if Part.FINDING in parts:
            report = report.beside(evaluate_finding(assistant, questions, public, progress))
        if Part.GROUNDING in parts:
            report = report.beside(evaluate_grounding(assistant, altered))
    typer.echo(report.model_dump_json(indent=2) if as_json else report.table())
    if not report.reached:
        raise typer.Exit(1)
