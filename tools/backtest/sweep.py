"""Many backtests over one history, on Dask: a grid of rules, kept as it goes, resumable.

A set of rules is a plain dictionary, so that it can be written down and recognised again. Every
finished set is appended to the store at once; a run that was killed goes on where it stopped. The
figures do not depend on the cluster: each set is one call of `backtest_condor` in one process.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pandas as pd

from tools.backtest.run import backtest_condor
from tools.errors import ToolDataError, ToolError, ToolInputError
from tools.quantities import DataFrame
from tools.results import plain_json

FORMAT: Final = 1
"""Counts up when a figure is computed in another way, so that old stores are not taken as new."""

BATCH: Final = 8
"""Sets that a worker takes at a time: enough to make messages rare, few enough to lose little."""

CONNECT_SECONDS: Final = 10
"""How long a cluster of the caller's may take to answer."""

FIGURES: Final = (
    "n", "years", "annual_return", "volatility", "monthly_volatility", "sharpe", "sortino",
    "win_rate", "break_even_win_rate", "credit_to_width", "expectancy_usd", "profit_usd",
    "hedge_profit_usd", "costs_usd", "exposure", "average_margin_usd", "return_on_margin",
)  # fmt: skip
_NESTED: Final = {
    "max_drawdown": ("max_drawdown", "depth"),
    "worst_day": ("worst_day", "return"),
    "worst_month": ("worst_month", "return"),
}


def grid(**choices: Sequence[Any]) -> list[dict[str, Any]]:
    """Every combination of the choices, as rules for `sweep_condor`; dots name fields of a record.

    >>> grid(**{"entry.days": [30, 45], "exit.profit_target": [None, 0.5]})[1]
    {'entry': {'days': 30}, 'exit': {'profit_target': 0.5}}
    """
    sets = []
    for combination in itertools.product(*choices.values()):
        rules: dict[str, Any] = {}
        for name, value in zip(choices, combination, strict=True):
            record, _, field = name.partition(".")
            if field:
                rules.setdefault(record, {})[field] = value
            else:
                rules[record] = value
        sets.append(rules)
    return sets


def sweep_condor(
    history: DataFrame,
    sets: Sequence[Mapping[str, Any]],
    store: str | Path | None = None,
    cluster: str | None = None,
    workers: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> DataFrame:
    """Run `backtest_condor` for every set of rules, and give a row of figures for each.

    Args:
        history: As `backtest_condor` takes it.
        sets: Arguments of `backtest_condor` beside the history, in plain JSON types; see `grid`.
        store: A file that each finished set is appended to, one JSON line each. Sets that it holds
            for the same history are not run again.
        cluster: Address of a Dask scheduler, such as 'tcp://10.0.0.5:8786', whose workers have this
            package; without it a cluster of processes on this machine, ended afterwards. 'none'
            runs in this process.
        workers: Processes of a local cluster; without it one for each core.
        progress: Called with a label, the sets done, and all sets.

    Returns:
        A DataFrame, a row a set in their order: the rules as columns, the figures, and `error`
        where a set cannot be run.

    Raises:
        ToolInputError: The sets are not usable, or two of them are the same.
        ToolDataError: The store was written over another history or by another version of the
            figures, or the cluster cannot be reached.
    """
    keys = [_key(place, rules) for place, rules in enumerate(sets)]
    if not sets:
        raise ToolInputError.of("sets", [], "at least one set of rules")
    if len(set(keys)) < len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ToolInputError.of("sets", twice, "sets that differ")
    mark = history_mark(history)
    done = {} if store is None else _stored(Path(store), mark)
    left = [place for place, key in enumerate(keys) if key not in done]
    told = len(sets) - len(left)
    if progress is not None:
        progress("sweep", told, len(sets))
    if left:
        with _appending(store, mark) as keep:
            for places, rows in _run(history, sets, left, cluster, workers):
                for place, row in zip(places, rows, strict=True):
                    done[keys[place]] = row
                    keep(keys[place], row)
                told += len(places)
                if progress is not None:
                    progress("sweep", told, len(sets))
    rows = [{**_flat(rules), **done[key]} for rules, key in zip(sets, keys, strict=True)]
    return pd.DataFrame(rows)


def history_mark(history: DataFrame) -> str:
    """What a history is recognised by: its days, columns and values."""
    if not isinstance(history, pd.DataFrame) or history.empty:
        raise ToolInputError.of("history", type(history).__name__, "a DataFrame with rows")
    hashed = hashlib.sha256()
    hashed.update(json.dumps([FORMAT, *map(str, history.columns)]).encode())
    hashed.update(pd.util.hash_pandas_object(history, index=True).to_numpy().tobytes())
    return hashed.hexdigest()[:16]


def run_sets(history: DataFrame, sets: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The figures of some sets, one after another; what a worker does."""
    rows = []
    for rules in sets:
        try:
            figures = backtest_condor(history, **rules).metrics
        except ToolError as error:
            rows.append({"error": str(error)})
            continue
        row = {name: figures[name] for name in FIGURES}
        row |= {name: figures[outer][inner] for name, (outer, inner) in _NESTED.items()}
        rows.append(plain_json(row))
    return rows


def _run(
    history: DataFrame,
    sets: Sequence[Mapping[str, Any]],
    left: list[int],
    cluster: str | None,
    workers: int | None,
) -> Iterator[tuple[list[int], list[dict[str, Any]]]]:
    batches = [left[start : start + BATCH] for start in range(0, len(left), BATCH)]
    if cluster == "none":
        for places in batches:
            yield places, run_sets(history, [sets[place] for place in places])
        return
    import distributed  # half a second that a single backtest need not pay

    with _client(cluster, workers, len(batches)) as client:
        shared = client.scatter(history, broadcast=True)
        futures = {
            client.submit(run_sets, shared, [sets[place] for place in places], pure=False): places
            for places in batches
        }
        try:
            for future in distributed.as_completed(futures, loop=client.loop):
                yield futures[future], future.result()
        finally:
            client.cancel([future for future in futures if not future.done()], force=True)


@contextmanager
def _client(cluster: str | None, workers: int | None, batches: int) -> Iterator[Any]:
    """A client of the cluster; one of our own is ended with it, one of the caller's is left."""
    import distributed
    from dask.system import CPU_COUNT

    if cluster is not None:
        try:
            client = distributed.Client(cluster, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ToolDataError(
                f"There is no Dask scheduler at {cluster}: {error}. Start one, or leave the "
                "address out for a cluster on this machine."
            ) from error
        with client:
            yield client
        return
    count = workers or CPU_COUNT
    with (
        distributed.LocalCluster(
            n_workers=min(count, batches), threads_per_worker=1, processes=True,
            dashboard_address=None, host="127.0.0.1",
        ) as own,
        distributed.Client(own, set_as_default=False) as client,
    ):  # fmt: skip
        yield client


def _key(place: int, rules: object) -> str:
    if not isinstance(rules, Mapping):
        raise ToolInputError.of(f"sets[{place}]", rules, "a mapping of arguments")
    if "history" in rules:
        raise ToolInputError.of(f"sets[{place}].history", "...", "left out: one history for all")
    try:
        return json.dumps(rules, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ToolInputError.of(
            f"sets[{place}]", rules, "in plain JSON types, such as {'entry': {'days': 30}}"
        ) from error


def _flat(rules: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in rules.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}.{field}": one for field, one in value.items()}
        else:
            flat[name] = value
    return flat


def _stored(store: Path, mark: str) -> dict[str, dict[str, Any]]:
    """The sets that a store holds; a last line that was cut off by a kill is no set."""
    if not store.exists():
        return {}
    done: dict[str, dict[str, Any]] = {}
    lines = store.read_text(encoding="utf-8").split("\n")
    whole, torn = lines[:-1], lines[-1]
    for number, line in enumerate(whole, start=1):
        try:
            entry = json.loads(line)
            key, row, of = entry["key"], entry["figures"], entry["history"]
        except (ValueError, KeyError, TypeError):
            raise ToolDataError(
                f"Line {number} of {store.name} is not one of a sweep's; name another store."
            ) from None
        if of != mark:
            raise ToolDataError(
                f"{store.name} holds a sweep over another history, or of another version of the "
                "figures; name another store."
            )
        done[key] = row
    if torn:
        with store.open("r+b") as file:
            file.truncate(len("\n".join(whole).encode("utf-8")) + bool(whole))
    return done


@contextmanager
def _appending(
    store: str | Path | None, mark: str
) -> Iterator[Callable[[str, dict[str, Any]], None]]:
    if store is None:
        yield lambda key, row: None
        return
    with Path(store).open("a", encoding="utf-8") as file:

        def keep(key: str, row: dict[str, Any]) -> None:
            file.write(json.dumps({"key": key, "history": mark, "figures": row}) + "\n")
            file.flush()

        yield keep
