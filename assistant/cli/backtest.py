"""`askcondor backtest`: one run, a named study, or a sweep over a market's history.

The arithmetic is in `tools.backtest`; this module opens the market, reads the rules, and writes the
report where it is asked for.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.cli.shared import BAD_INPUT, AsJson, fail, print_json, progress_bar, reported

BEGIN = "  # Measured by this project: written by `askcondor backtest --study all --register FILE`."
END = "  # End of what is measured."

# Columns that a market may bring and a backtest has no use for.
_NOT_FOR_A_BACKTEST = ("advancers", "decliners")


def backtest(
    study: Annotated[
        str | None, typer.Option(help="A named study, 'all', or 'list' for what there is.")
    ] = None,
    market: Annotated[
        str, typer.Option(help="Where the history is from: sample, csv:FOLDER, yahoo, ...")
    ] = "sample",
    start: Annotated[str | None, typer.Option(help="First day, such as 2014-01-02.")] = None,
    end: Annotated[str | None, typer.Option(help="Last day.")] = None,
    rule: Annotated[
        list[str] | None,
        typer.Option("--set", help="A field of the rule: entry.days=30, exit.profit_target=0.5."),
    ] = None,
    chain: Annotated[
        list[str] | None,
        typer.Option(help="Quotes of one day: 2023-09-14=FILE, read as read_chain does."),
    ] = None,
    sweep: Annotated[
        Path | None, typer.Option(help="A JSON file of lists: every combination is run.")
    ] = None,
    store: Annotated[
        Path | None, typer.Option(help="Keeps a sweep set by set; the same file goes on with it.")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler; default: this machine.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes on this machine.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write the report there, as a page.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the report there.")] = None,
    source: Annotated[
        str | None, typer.Option(help="What the report calls the source of the history.")
    ] = None,
    register: Annotated[
        Path | None, typer.Option(help="Put the findings of --study into this claims.yaml.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run a rule, a named study or a sweep: askcondor backtest --study hedge."""
    with reported():
        if study == "list":
            _list(as_json)
            return
        if study is not None and (rule or sweep or chain):
            fail("A study has its own rules: leave --set, --sweep and --chain out.", BAD_INPUT)
        if register is not None and study is None:
            fail("--register writes what --study finds: name a study, or 'all'.", BAD_INPUT)
        history, said = _history(market, start, end)
        said = source or said
        typer.secho(f"History: {said}", err=True)
        if study is not None:
            results = _studies(study, history, said, start, end)
            if register is not None:
                write_claims(register, [result.claim for result in results])
            _report(results, html, markdown, as_json)
        elif sweep is not None:
            _sweep(history, _grid(sweep, rule), store, cluster, workers, start, end, as_json)
        else:
            _one(history, said, rule, chain, start, end, html, markdown, as_json)


def write_claims(path: Path, claims: list[dict[str, Any]]) -> None:
    """Put measured claims into the register, in place of those of the same id."""
    from assistant.knowledge.claims import read_claims

    problems: list[str] = []
    read_claims(claims, problems)
    if problems:
        fail("; ".join(problems))
    text = path.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    old, _, after = rest.partition(END)
    ids = {claim["id"] for claim in claims}
    kept = [entry for entry in _entries(old) if json.loads(_field(entry, "id")) not in ids]
    new = [
        "\n".join(
            f"  {'- ' if number == 0 else '  '}{name}: {json.dumps(value, ensure_ascii=False)}"
            for number, (name, value) in enumerate(claim.items())
        )
        for claim in claims
    ]
    entries = sorted([*kept, *new], key=lambda entry: _field(entry, "id"))
    body = "\n".join([BEGIN, *entries, END])
    path.write_text(f"{before.rstrip()}\n{body}\n{after.lstrip()}", encoding="utf-8")


def _entries(block: str) -> list[str]:
    lines = block.strip("\n")
    return [f"  - {part.rstrip()}" for part in f"\n{lines}".split("\n  - ")[1:]]


def _field(entry: str, name: str) -> str:
    return next(
        line.split(": ", 1)[1] for line in entry.splitlines() if line[4:].startswith(f"{name}: ")
    )


def _list(as_json: bool) -> None:
    from tools.backtest.studies import STUDIES

    if as_json:
        print_json([{"name": study.name, "question": study.question} for study in STUDIES])
        return
    for study in STUDIES:
        typer.echo(f"{study.name:10} {study.question}")


def _history(market: str, start: str | None, end: str | None) -> tuple[Any, str]:
    from tools.market import open_market

    found = open_market(market).history(start, end)
    frame = found.frame.drop(columns=[*_NOT_FOR_A_BACKTEST], errors="ignore")
    for note in found.notes:
        typer.secho(note, fg="yellow", err=True)
    if len(found.dropped):
        typer.secho(f"Not used of the source: {len(found.dropped)} rows or files.", err=True)
        for row in found.dropped.head(5).to_dict(orient="records"):
            typer.secho(f"  {row['date']} {row['what']}: {row['why']}", err=True)
    return frame, found.source


def _studies(name: str, history: Any, source: str, start: Any, end: Any) -> list[Any]:
    from tools.backtest.studies import STUDIES, run_study

    names = [study.name for study in STUDIES] if name == "all" else [name]
    with progress_bar() as progress:
        return [run_study(one, history, source, start, end, progress) for one in names]


def _report(results: list[Any], html: Path | None, markdown: Path | None, as_json: bool) -> None:
    for result in results:
        for path, write in ((html, "html"), (markdown, "markdown")):
            if path is not None:
                place = path if len(results) == 1 else path.with_stem(f"{path.stem}-{result.name}")
                place.write_text(getattr(result, write)(), encoding="utf-8")
                typer.secho(f"Written: {place}", err=True)
    if as_json:
        plain = [{**result.to_dict(), "claim": result.claim} for result in results]
        print_json(plain[0] if len(plain) == 1 else plain)
        return
    for result in results:
        typer.echo(result.markdown())


def _one(
    history: Any,
    source: str,
    rule: list[str] | None,
    chain: list[str] | None,
    start: Any,
    end: Any,
    html: Path | None,
    markdown: Path | None,
    as_json: bool,
) -> None:
    from tools import backtest_condor

    if "rate" in history and not any(word.startswith("interest=") for word in rule or ()):
        rule = [*(rule or ()), "interest=true"]
    result = backtest_condor(history, start=start, end=end, chains=_chains(chain), **_rules(rule))
    title = f"Backtest over {source}"
    for path, text in ((html, result.html), (markdown, result.markdown)):
        if path is not None:
            path.write_text(text(title), encoding="utf-8")
            typer.secho(f"Written: {path}", err=True)
    if as_json:
        print_json(result.to_dict())
    else:
        typer.echo(result.markdown(title, whole=False))


def _sweep(
    history: Any,
    sets: list[dict[str, Any]],
    store: Path | None,
    cluster: str | None,
    workers: int | None,
    start: Any,
    end: Any,
    as_json: bool,
) -> None:
    from tools.backtest.sweep import sweep_condor
    from tools.results import plain_json

    span = {name: day for name, day in (("start", start), ("end", end)) if day is not None}
    with progress_bar() as progress:
        table = sweep_condor(
            history, [{**one, **span} for one in sets], store, cluster, workers, progress
        )
    if as_json:
        print_json(plain_json(table))
        return
    order = table.sort_values("sharpe", ascending=False) if "sharpe" in table else table
    typer.echo(order.head(20).to_string(index=False))
    typer.secho(
        f"{len(table)} sets, the best by Sharpe first. The best of many looks better than it is.",
        err=True,
    )


def _rules(words: list[str] | None) -> dict[str, Any]:
    """`entry.days=30` and its kind, as arguments; a value is JSON where it reads as JSON."""
    rules: dict[str, Any] = {}
    for word in words or ():
        name, joined, value = word.partition("=")
        if not joined:
            fail(f"--set {word}: write FIELD=VALUE, such as entry.days=30.", BAD_INPUT)
        record, dot, field = name.partition(".")
        if dot:
            rules.setdefault(record, {})[field] = _value(value)
        else:
            rules[record] = _value(value)
    known = {
        "entry", "exit", "hedge", "regime", "costs", "contracts", "risk_fraction", "account_usd",
        "smile", "roll", "interest", "margin_rule",
    }  # fmt: skip
    for record in rules:
        if record not in known:
            fail(f"--set {record}: it has to be one of {', '.join(sorted(known))}.", BAD_INPUT)
    return rules


def _chains(words: list[str] | None) -> dict[str, Any] | None:
    from tools.chains import read_chain

    if not words:
        return None
    chains = {}
    for word in words:
        day, joined, path = word.partition("=")
        if not joined:
            fail(f"--chain {word}: write DAY=FILE, such as 2023-09-14=chain.csv.", BAD_INPUT)
        chains[day] = read_chain(path, time=f"{day} 16:15")
    return chains


def _grid(path: Path, words: list[str] | None) -> list[dict[str, Any]]:
    from tools.backtest.sweep import grid

    try:
        choices = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        fail(f"--sweep {path.name} cannot be read as JSON: {error}", BAD_INPUT)
    if not isinstance(choices, dict) or not all(
        isinstance(values, list) and values for values in choices.values()
    ):
        fail('--sweep: a JSON object of lists, such as {"entry.days": [30, 45]}.', BAD_INPUT)
    fixed = {word.partition("=")[0]: [_value(word.partition("=")[2])] for word in words or ()}
    return grid(**{**fixed, **choices})


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
