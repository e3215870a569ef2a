"""`askcondor promote`: a stored answer becomes a page, and the start of an article."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.shared import BAD_INPUT, AsJson, fail, opened_assistant


def promote(
    answer_id: Annotated[str, typer.Argument(help="The id at the end of the answer's address.")],
    slug: Annotated[
        str | None, typer.Option(help="Name of the page; default: the question's words.")
    ] = None,
    drafts: Annotated[
        Path, typer.Option(help="Folder for the draft of an article on the question.")
    ] = Path("drafts"),
    edit: Annotated[
        bool, typer.Option("--edit", help="Open the draft in the program for Markdown.")
    ] = False,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Take the page away again; the draft stays.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Give a stored answer a page at /ask/..., and open a draft article for the corpus."""
    from assistant.answers.promote import draft_article

    with opened_assistant() as assistant:
        answer = assistant.answers.answer(answer_id)
        if answer is None:
            fail(f"There is no answer '{answer_id}'; its id stands at the end of its address.")
        try:
            page = assistant.answers.featured.promote(answer, slug)
        except ValueError as error:
            fail(str(error), BAD_INPUT)
        if withdraw:
            assistant.answers.featured.withdraw(page.slug)
            typer.echo(json.dumps({"withdrawn": page.url}) if as_json else f"{page.url} is gone.")
            return
        path = drafts / f"{page.slug}.md"
        is_new = not path.exists()
        if is_new:
            drafts.mkdir(parents=True, exist_ok=True)
            text = draft_article(answer, page.slug, assistant.corpus, dt.date.today())
            path.write_text(text, encoding="utf-8")
    if as_json:
        typer.echo(json.dumps({"url": page.url, "draft": str(path), "new_draft": is_new}, indent=2))
    else:
        typer.echo(f"The page is {page.url}")
        typer.echo(f"The draft is {path}" + ("" if is_new else ", which was there and is kept"))
        typer.echo(f"Next: askcondor check-article {path}")
    if edit:
        typer.launch(str(path))
