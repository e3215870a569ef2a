"""The command line: the same answers, searches and tools as every other door.

Exit status 0 is good, 1 failed, 2 bad usage or input. Everything heavy is imported by the command
that needs it, so that `askcondor --help` is instant. A group of commands is a module here; what
they share is in `assistant.cli.shared`.
"""

from __future__ import annotations

import typer

from assistant.cli import ask, backtest, evaluate, library, mcp, promote, replay, serve, tool, watch

app = typer.Typer(
    name="askcondor",
    help="Answers about SPX iron condors and VIX hedging that check themselves.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)

# One line for each command, in the order in which the help lists them.
app.command("ask")(ask.ask)
app.command("replay")(replay.replay)
app.command("search")(library.search)
app.add_typer(tool.app, name="tool")
app.command("index")(library.index)
app.command("check-article")(library.check_article)
app.command("promote")(promote.promote)
app.command("eval")(evaluate.evaluate)
app.command("backtest")(backtest.backtest)
app.command("watch")(watch.watch)
app.command("serve")(serve.serve)
app.command("mcp")(mcp.mcp)


def main() -> None:
    """Run the command line."""
    app()
