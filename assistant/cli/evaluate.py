"""`askcondor eval`: how well finding works, measured."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.shared import BAD_INPUT, AsJson, fail, opened_assistant, progress_bar


def evaluate(
    questions: Annotated[
        Path, typer.Option(help="The questions, in YAML as evaluation/questions/library.yaml.")
    ] = Path("evaluation/questions/library.yaml"),
    public: Annotated[
        Path | None, typer.Option(help="A public retrieval set in BEIR's layout, graded beside.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure finding: askcondor eval --public ../shared/data/retrieval."""
    from assistant.evaluation.report import evaluate_finding

    if not questions.is_file():
        fail(f"There are no questions at {questions}.", BAD_INPUT)
    if public is not None and not (public / "qrels.tsv").is_file():
        fail(f"There is no retrieval set at {public}.", BAD_INPUT)
    with opened_assistant() as assistant, progress_bar() as progress:
        report = evaluate_finding(assistant, questions, public, progress)
    typer.echo(report.model_dump_json(indent=2) if as_json else report.table())
    if not report.reached:
        raise typer.Exit(1)
