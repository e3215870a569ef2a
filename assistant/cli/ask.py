"""`askcondor ask`: a question and its answer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.shared import AsJson, opened_assistant, uncollected

if TYPE_CHECKING:
    from assistant.answers.record import Answer


def ask(
    question: Annotated[str, typer.Argument(help="The question, in quotes.")],
    conversation: Annotated[
        str | None, typer.Option(help="The id of a conversation to go on with.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="'builtin' or 'provider:name'; default: the setting MODEL.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question: askcondor ask "VIX is 22 and VIX3M is 20.5. A regime to sell in?"."""
    with uncollected():
        with opened_assistant() as assistant:
            answer = assistant.ask(question, conversation, model)
        if as_json:
            typer.echo(answer.model_dump_json(indent=2))
        else:
            _print_answer(answer)


def _print_answer(answer: Answer) -> None:
    from rich.console import Console
    from rich.markdown import Markdown
    from rich.text import Text

    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 100)
    console.print(Markdown(answer.text.replace("[", "\\[")))
    if answer.citations:
        console.print()
    for citation in answer.citations:
        section = f", {citation.section}" if citation.section else ""
        console.print(Text(f"[{citation.n}] {citation.title}{section} ({citation.url})"))
    for heading, items in (
        ("Terms", [entry.term for entry in answer.glossary]),
        ("Keep reading", [link.title for link in answer.keep_reading]),
    ):
        if items:
            console.print(Text(f"\n{heading}: {'; '.join(items)}"))
    console.print(Text(f"\n{answer.apa}\n\n{answer.disclaimer}", style="dim"))
