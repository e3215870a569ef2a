"""`askcondor watch`: the rules on a schedule, each change told once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from assistant.cli.shared import AsJson, fail, print_json, reported

if TYPE_CHECKING:
    from assistant.settings import Settings
    from assistant.watch.plan import WatchPlan
    from assistant.watch.run import Watch


def watch(
    plan: Annotated[
        Path | None, typer.Argument(help="A YAML file; docs/watch.md says what it may hold.")
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="Decide what is due, tell of it, and end: for cron.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Read the plan, say when it acts next, and end.")
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Compute stored decisions again from their inputs.")
    ] = False,
    market: Annotated[
        str | None, typer.Option(help="Market source; default: the plan's, or the setting MARKET.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Watch regime, positions and levels; place no orders: askcondor watch plan.yaml."""
    from assistant.settings import Settings
    from assistant.watch.plan import read_plan, read_rules
    from assistant.watch.positions import read_positions
    from tools.regime_rules import load_rules

    with reported():
        settings = Settings()
        read = read_plan(plan)
        if market is not None:
            read = read.model_copy(update={"market": market})
        positions = read_positions(read.positions)
        load_rules(read_rules(read.rules))
        with opened_watch(read, settings, sys.stderr if as_json else sys.stdout) as opened:
            if check:
                next_time = opened.next_time()
                typer.echo(
                    f"Plan '{read.name}': {len(positions)} positions, {len(read.levels)} levels; "
                    + (f"next at {next_time:%Y-%m-%d %H:%M} UTC." if next_time else "never.")
                )
                return
            if verify:
                _verify(opened, as_json)
                return
            if once:
                _once(opened, as_json)
                return
            from assistant.watch.service import run_for_ever

            typer.echo("Watching; no order is ever placed. Ctrl-C ends it.", err=True)
            run_for_ever(opened)


def _once(opened: Watch, as_json: bool) -> None:
    changes = opened.tick()
    if as_json:
        print_json([change.to_dict() for change in changes])
    if opened.failing:
        fail(opened.failing)


def _verify(opened: Watch, as_json: bool) -> None:
    from assistant.watch.again import verify

    found = verify(opened.store, opened.plan.name)
    if as_json:
        print_json(found)
    else:
        typer.echo(f"{found['same']} decisions computed again give the same result.")
    if found["different"]:
        fail("Another result now: " + ", ".join(found["different"]))


@contextmanager
def opened_watch(plan: WatchPlan, settings: Settings, console: TextIO) -> Iterator[Watch]:
    """A watch with its source, its store and its webhooks, closed afterwards."""
    from contextlib import ExitStack, closing

    from assistant.watch.plan import PlanError
    from assistant.watch.run import Watch
    from assistant.watch.store import WatchStore
    from assistant.webhooks import Webhooks
    from tools.market import open_market

    settings.data_dir.mkdir(parents=True, exist_ok=True)
    url = settings.resolved_database_url
    with ExitStack() as stack:
        source = open_market(plan.market or settings.market, fallback=plan.fallback)
        stack.enter_context(source)
        store = stack.enter_context(closing(WatchStore(url)))
        webhooks = None
        if "webhook" in plan.send:
            if not settings.webhook_urls:
                raise PlanError(
                    "send has 'webhook', and the setting WEBHOOK_URLS names no address."
                )
            webhooks = Webhooks(
                url, settings.webhook_urls, settings.webhook_secret.get_secret_value()
            )
            stack.enter_context(closing(webhooks))
        yield Watch(plan, source, store, webhooks=webhooks, console=console)
