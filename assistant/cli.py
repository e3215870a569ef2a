"""The command line: the same answers, searches and tools as every other door.

Exit status 0 is good, 1 failed, 2 bad usage or input. Everything heavy is imported by the command
that needs it, so that `askcondor --help` is instant.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from assistant.answers.record import Answer
    from assistant.assistant import Assistant
    from assistant.settings import Settings

app = typer.Typer(
    name="askcondor",
    help="Answers about SPX iron condors and VIX hedging that check themselves.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)

BAD_INPUT = 2

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def main() -> None:
    """Run the command line."""
    app()


@app.command()
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
    with _assistant() as assistant:
        answer = assistant.ask(question, conversation, model)
    if as_json:
        typer.echo(answer.model_dump_json(indent=2))
    else:
        _print_answer(answer)


@app.command()
def search(
    words: Annotated[str, typer.Argument(help="What to look for, in quotes.")],
    count: Annotated[int, typer.Option("-k", min=1, max=50, help="How many passages.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Find passages in the library: askcondor search "credit to width"."""
    with _assistant() as assistant:
        hits = assistant.search(words, count)
    if as_json:
        _print_json(
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


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def tool(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The tool's name; 'list' shows them all.")],
    as_json: AsJson = False,
) -> None:
    """Call a tool: askcondor tool check_credit --credit 2.4 --width 10."""
    from tools.catalog import CATALOG, find_tool

    with _reported():
        if name == "list":
            for each in CATALOG:
                typer.echo(f"{each.name:28} {each.description}")
            return
        result = find_tool(name).call_json(_arguments(context.args))
    if as_json or not isinstance(result, dict):
        _print_json(result)
        return
    for key, value in result.items():
        shown = value if isinstance(value, str | int | float) else json.dumps(value)
        typer.echo(f"{key:24} {shown}")


@app.command()
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

    with _assistant() as assistant:
        library = assistant.index.library
        if not paths:
            summary = {"passages": len(library.passage_ids()), "skipped": []}
            if as_json:
                _print_json(summary)
            else:
                typer.echo(f"The index holds {summary['passages']} passages.")
            return
        with _progress() as progress:
            indexed = add_files(assistant.index, paths, progress)
    changes = indexed.changes
    if as_json:
        _print_json({**vars(changes), "skipped": list(indexed.skipped)})
    else:
        typer.echo(
            f"{changes.added} added, {changes.changed} changed, {changes.unchanged} unchanged; "
            f"the index holds {changes.passages} passages."
        )
    for problem in indexed.skipped:
        typer.secho(f"Skipped: {problem}", fg="yellow", err=True)
    if indexed.skipped and not (changes.added or changes.changed or changes.unchanged):
        raise typer.Exit(1)


@app.command()
def check_article(
    path: Annotated[Path, typer.Argument(help="The article's file, in corpus/articles/.")],
) -> None:
    """Check an article while it is written: askcondor check-article corpus/articles/x.md."""
    from assistant.knowledge.check import check_article as problems_of

    with _reported():
        problems = problems_of(path, path.resolve().parent.parent)
    for problem in problems:
        typer.echo(problem)
    if problems:
        raise typer.Exit(1)
    typer.echo(f"{path.name} has no problems.")


@app.command("eval")
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
        _fail(f"There are no questions at {questions}.", BAD_INPUT)
    if public is not None and not (public / "qrels.tsv").is_file():
        _fail(f"There is no retrieval set at {public}.", BAD_INPUT)
    with _assistant() as assistant, _progress() as progress:
        report = evaluate_finding(assistant, questions, public, progress)
    typer.echo(report.model_dump_json(indent=2) if as_json else report.table())
    if not report.reached:
        raise typer.Exit(1)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to bind to.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to bind to.")] = None,
) -> None:
    """Serve the web chat and the API; the index is built first where it is missing."""
    import uvicorn

    from assistant.settings import Settings

    with _reported():
        chosen: dict[str, Any] = {"host": host, "port": port}
        settings = Settings(**{name: value for name, value in chosen.items() if value is not None})
        settings.refuse_open_door()
        _prepare(settings)
        typer.echo(f"AskCondor is at http://{settings.host}:{settings.port}", err=True)
        if settings.workers > 1:
            uvicorn.run(
                "assistant.api:create_app",
                factory=True,
                host=settings.host,
                port=settings.port,
                workers=settings.workers,
                log_level="warning",
            )
            return
        from assistant.api import create_app

        uvicorn.run(
            create_app(settings), host=settings.host, port=settings.port, log_level="warning"
        )


def _prepare(settings: Settings) -> None:
    """Bring the index up in a process of its own: what the export needs, a server does not keep."""
    import subprocess

    from assistant.knowledge.build import is_current
    from assistant.knowledge.corpus import load_corpus
    from assistant.resources import resource_folder

    if not is_current(settings, load_corpus(resource_folder("corpus"))):
        done = subprocess.run([sys.executable, "-m", "assistant.cli", "index"], check=False)
        if done.returncode:
            raise typer.Exit(done.returncode)


@contextmanager
def _assistant() -> Iterator[Assistant]:
    from assistant.assistant import Assistant

    with _reported(), _progress() as progress:
        report = lambda text: typer.secho(text, err=True)  # noqa: E731
        with Assistant(progress=progress, report=report) as assistant:
            yield assistant


@contextmanager
def _reported() -> Iterator[None]:
    """Turn the program's own errors into a message and an exit status."""
    from pydantic import ValidationError

    try:
        yield
    except ValidationError as error:
        named = "; ".join(
            f"{'.'.join(map(str, item['loc'])).upper()}: {item['msg']}" for item in error.errors()
        )
        _fail(f"The settings cannot be used. {named}", BAD_INPUT)
    except Exception as error:
        if type(error).__name__ in _BAD_INPUT_ERRORS:
            _fail(str(error), BAD_INPUT)
        if type(error).__name__ in _FAILURES:
            _fail(str(error), 1)
        raise


# By name, because importing them all would cost every command the start-up of the heaviest.
_BAD_INPUT_ERRORS = {"QuestionError", "ToolInputError", "SettingsError", "ModelError"}
_FAILURES = {"ToolDataError", "CorpusError", "EmbeddingError"}


def _fail(message: str, status: int) -> None:
    typer.secho(message, fg="red", err=True)
    raise typer.Exit(status)


@contextmanager
def _progress() -> Iterator[Any]:
    """A progress bar on the error stream, drawn only once there is progress to show."""
    state: dict[str, Any] = {}

    def show(label: str, done: int, total: int) -> None:
        if "bar" not in state:
            from rich.console import Console
            from rich.progress import Progress

            state["bar"] = Progress(console=Console(stderr=True))
            state["bar"].start()
            state["task"] = state["bar"].add_task(label, total=total)
        state["bar"].update(state["task"], description=label, completed=done, total=total)
        if done >= total:
            state.pop("bar").stop()

    try:
        yield show
    finally:
        if "bar" in state:
            state["bar"].stop()


def _arguments(words: list[str]) -> dict[str, Any]:
    """`--field value` pairs; a value is JSON where it reads as JSON, else a word."""
    arguments: dict[str, Any] = {}
    rest = list(words)
    while rest:
        flag = rest.pop(0)
        if not flag.startswith("--") or len(flag) == 2:
            _fail(f"'{flag}' is not a --field of the tool.", BAD_INPUT)
        name, joined, value = flag[2:].partition("=")
        if not joined:
            if not rest:
                _fail(f"--{name} has no value.", BAD_INPUT)
            value = rest.pop(0)
        try:
            arguments[name.replace("-", "_")] = json.loads(value)
        except json.JSONDecodeError:
            arguments[name.replace("-", "_")] = value
    return arguments


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


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


if __name__ == "__main__":
    main()
