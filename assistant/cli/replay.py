"""`askcondor replay`: a stored answer computed again."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.cli.shared import AsJson, fail, opened_assistant


def replay(
    answer_id: Annotated[str, typer.Argument(help="The id of a stored answer.")],
    as_json: AsJson = False,
) -> None:
    """Compute a stored answer again and say what differs; status 1 where its text does."""
    from assistant.answers.replay import NoSuchAnswerError

    with opened_assistant() as assistant:
        try:
            replayed = assistant.replay(answer_id)
        except NoSuchAnswerError as error:
            fail(str(error))
    if as_json:
        typer.echo(replayed.model_dump_json(indent=2))
    else:
        how = "The text" if replayed.recomputed else "The stored text, its numbers made again,"
        typer.echo(f"{how} is {'the same' if replayed.same_text else 'another'}.")
        for each in replayed.differences:
            typer.echo(f"{each.kind}, {each.where}:\n  was: {each.was}\n  now: {each.now}")
    if not replayed.same_text or any(
        each.kind in ("number", "grounding") for each in replayed.differences
    ):
        raise typer.Exit(1)
