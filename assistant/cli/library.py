"""`askcondor search`, `index` and `check-article`: what the answers are looked up in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.shared import AsJson, opened_assistant, print_json, progress_bar, reported


def search(
    words: Annotated[str, typer.Argument(help="What to look for, in quotes.")],
    count: Annotated[int, typer.Option("-k", min=1, max=50, help="How many passages.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Find passages in the library: askcondor search "credit to width"."""
    with opened_assistant() as assistant:
        hits = assistant.search(words, count)
    if as_json:
        print_json(
            [
                {
                    "score": hit.score,
                    "id": hit.passage.document,
                    "title": hit.passage.title,
                    "section": hit.passage.section,
                    "text": hit.passage.text,
                    "url": hit.passage.url,
                }
                for hit in hits
            ]
        )
        return
    for hit in hits:
        place = f" - {hit.passage.section}" if hit.passage.section else ""
        typer.secho(f"{hit.score:.3f}  {hit.passage.title}{place}", bold=True)
        typer.echo(f"       {' '.join(hit.passage.text.split())[:300]}\n")


def index(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Files or folders to add: .md, .txt, .html, .pdf. None: just bring it up."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Build the index, and add your own documents: askcondor index notes/."""
    from assistant.knowledge.build import add_files

    with opened_assistant() as assistant:
        library = assistant.index.library
        if not paths:
            summary = {"passages": len(library.passage_ids()), "skipped": []}
            if as_json:
                print_json(summary)
            else:
                typer.echo(f"The index holds {summary['passages']} passages.")
            return
        with progress_bar() as progress:
            indexed = add_files(assistant.index, paths, progress)
    changes = indexed.changes
    if as_json:
        print_json({**vars(changes), "skipped": list(indexed.skipped)})
    else:
        typer.echo(
            f"{changes.added} added, {changes.changed} changed, {changes.unchanged} unchanged; "
            f"the index holds {changes.passages} passages."
        )
    for problem in indexed.skipped:
        typer.secho(f"Skipped: {problem}", fg="yellow", err=True)
    if indexed.skipped and not (changes.added or changes.changed or changes.unchanged):
        raise typer.Exit(1)


def check_article(
    path: Annotated[Path, typer.Argument(help="The article's file, in corpus/articles/.")],
) -> None:
    """Check an article while it is written: askcondor check-article corpus/articles/x.md."""
    from assistant.knowledge.check import check_article as problems_of

    with reported():
        problems = problems_of(path, path.resolve().parent.parent)
    for problem in problems:
        typer.echo(problem)
    if problems:
        raise typer.Exit(1)
    typer.echo(f"{path.name} has no problems.")
