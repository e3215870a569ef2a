"""`askcondor serve`: the web chat and the API."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.shared import reported

if TYPE_CHECKING:
    from assistant.settings import Settings


def serve(
    host: Annotated[str | None, typer.Option(help="Address to bind to.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to bind to.")] = None,
) -> None:
    """Serve the web chat and the API; the index is built first where it is missing."""
    import uvicorn

    from assistant.settings import Settings

    with reported():
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
