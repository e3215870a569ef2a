"""A stored decision computed again from the inputs that it was stored with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from assistant.watch.evaluate import BREADTH, Evaluation, evaluate
from assistant.watch.plan import WatchPlan
from assistant.watch.positions import Position
from assistant.watch.store import DECIDED, WatchStore
from tools.market import MarketHistory, Snapshot

MOST_DECISIONS = 1000


def verify(store: WatchStore, plan: str) -> dict[str, Any]:
    """Compute the latest decisions again.

    Returns:
        `same`, how many give the result that was stored; `different`, the times of those that do
        not, which a newer version with other rules may well cause.
    """
    same, different = 0, []
    for decision in store.decisions(plan, MOST_DECISIONS):
        if decision["status"] != DECIDED:
            continue
        inputs = store.inputs(plan, dt.datetime.fromisoformat(decision["moment"]))
        assert inputs is not None
        if compute_again(inputs).result == decision["result"]:
            same += 1
        else:
            different.append(decision["moment"])
    return {"same": same, "different": different}


def compute_again(inputs: Mapping[str, Any]) -> Evaluation:
    """What the inputs of a decision give now."""
    return evaluate(
        WatchPlan.model_validate(inputs["plan"]),
        [Position.model_validate(position) for position in inputs["positions"]],
        _snapshot(inputs["snapshot"]),
        _history(inputs),
        dt.datetime.fromisoformat(inputs["moment"]),
        dt.date.fromisoformat(inputs["next_session"]),
        _chain(inputs["chain"]),
        inputs["rules"],
    )


def _snapshot(stored: Mapping[str, Any]) -> Snapshot:
    values = {name: stored[name] for name in Snapshot.__dataclass_fields__}
    moments = {name: dt.datetime.fromisoformat(values[name]) for name in ("as_of", "fetched_at")}
    return Snapshot(**{**values, **moments, "notes": tuple(values["notes"])})


def _history(inputs: Mapping[str, Any]) -> MarketHistory | None:
    if inputs["history"] is None:
        return None
    names = {"vix_history": ["vix"], "spx_history": ["spx"], "breadth_history": [*BREADTH]}
    columns = [
        pd.Series(stored[name], index=pd.to_datetime(stored["dates"]), name=name, dtype=float)
        for argument, stored in inputs["closes"].items()
        for name in names[argument]
    ]
    frame = pd.concat(columns, axis=1, sort=True) if columns else pd.DataFrame()
    frame.index = pd.DatetimeIndex(frame.index)
    return MarketHistory(frame, "the decision's inputs", pd.DataFrame())


def _chain(stored: Mapping[str, Any] | None) -> pd.DataFrame | None:
    if stored is None:
        return None
    quotes = pd.DataFrame(stored["quotes"])
    quotes["expiration"] = [dt.date.fromisoformat(day) for day in quotes["expiration"]]
    quotes.attrs = {
        "spot": stored["spot"], "time": dt.datetime.fromisoformat(stored["time"]),
        "source": stored["source"], "dropped": stored["dropped"],
    }  # fmt: skip
    return quotes
