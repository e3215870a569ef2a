"""What every command uses: the assistant, errors as exit statuses, progress, JSON."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from assistant.assistant import Assistant

BAD_INPUT = 2
FAILED = 1

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@contextmanager
def opened_assistant() -> Iterator[Assistant]:
    """The assistant of the environment's settings, its errors and progress told on stderr."""
    from assistant.assistant import Assistant

    with reported(), progress_bar() as progress:
        report = lambda text: typer.secho(text, err=True)  # noqa: E731
        with Assistant(progress=progress, report=report) as assistant:
            yield assistant


@contextmanager
def uncollected() -> Iterator[None]:
    """For a process that is over before its garbage is worth collecting.

    Importing makes so many objects that the collector takes a sixth of a command's start.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def reported() -> Iterator[None]:
    """Turn the program's own errors into a message and an exit status."""
    from pydantic import ValidationError

    try:
        yield
    except ValidationError as error:
        named = "; ".join(
            f"{'.'.join(map(str, item['loc'])).upper()}: {item['msg']}" for item in error.errors()
        )
        fail(f"The settings cannot be used. {named}", BAD_INPUT)
    except Exception as error:
        if type(error).__name__ in _BAD_INPUT_ERRORS:
            fail(str(error), BAD_INPUT)
        if type(error).__name__ in _FAILURES:
            fail(str(error), FAILED)
        raise


# By name, because importing them all would cost every command the start-up of the heaviest.
_BAD_INPUT_ERRORS = {
    "QuestionError",
    "ToolInputError",
    "SettingsError",
    "ModelError",
    "PlanError",
    "WebhookError",
}
_FAILURES = {"ToolDataError", "MarketError", "CorpusError", "EmbeddingError"}


def fail(message: str, status: int = FAILED) -> NoReturn:
    """Say what went wrong on stderr, and end with this exit status."""
    typer.secho(message, fg="red", err=True)
    raise typer.Exit(status)


@contextmanager
def progress_bar() -> Iterator[Any]:
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


def print_json(value: Any) -> None:
    """Print a value in plain JSON types for a program to read."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))
