"""The market judged by a plan, at one moment: pure, so that any decision can be computed again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assistant.watch.plan import LevelRule, WatchPlan
from assistant.watch.positions import Position
from tools import (
    ToolDataError,
    ToolInputError,
    check_credit,
    check_regime,
    economic_events,
    select_condor,
    settlement,
)
from tools.market.sessions import NEW_YORK
from tools.results import plain_json
from tools.trading_days import previous_trading_day

if TYPE_CHECKING:
    import pandas as pd

    from tools.market import MarketHistory, Snapshot
    from tools.regime import Regime

EVENT_DAYS = 35
"""How far ahead the regime's rules look for events."""

BREADTH = ("advancers", "decliners")
QUOTE = ("expiration", "root", "settlement", "strike", "kind", "bid", "ask")

HISTORY_DAYS = 260
"""Closes that the regime's rules are given: a year of trading."""


@dataclass(frozen=True)
class Reading:
    """One thing that can change: its value now, and why in words.

    `tell_first` says whether the value is worth a message when nothing was known before.
    """

    key: str
    kind: str
    title: str
    value: str
    why: str
    tell_first: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Evaluation:
    """What holds at one moment, and all that it was judged by; both in plain JSON types."""

    readings: tuple[Reading, ...]
    result: Mapping[str, Any]
    inputs: Mapping[str, Any]


def evaluate(
    plan: WatchPlan,
    positions: Sequence[Position],
    snapshot: Snapshot,
    history: MarketHistory | None,
    moment: dt.datetime,
    next_session: dt.date,
    chain: pd.DataFrame | None = None,
    rules: Mapping[str, Any] | None = None,
) -> Evaluation:
    """Judge a snapshot by a plan.

    Args:
        plan: What the user asked for.
        positions: The open condors.
        snapshot: The market.
        history: Daily closes, of which those up to the snapshot's day are used.
        moment: The time that it is.
        next_session: The next trading day after the snapshot's.
        chain: Option quotes of the snapshot's day, where the source has them.
        rules: What the plan's file of rules holds; None for the shipped ones.

    Raises:
        ToolDataError: The snapshot has no VIX.
        ToolInputError: The rules, or a number, cannot be used.
    """
    day = snapshot.day
    closes = _closes(history, day)
    late = [name for name, one in closes.items() if not _reaches(one, day)]
    current = {name: one for name, one in closes.items() if name not in late}
    offered = None if chain is None else _offered(chain, day, plan.entry.days)
    events = economic_events(day, day + dt.timedelta(days=EVENT_DAYS))
    if snapshot.vix is None:
        raise ToolDataError(f"{snapshot.source} gives no VIX, so there is no regime to read.")
    given: dict[str, Any] = {**snapshot.volatility_indices(), **current}
    regime = check_regime(**given, as_of=day, events=list(events), rules=rules)
    condor = _condor(plan, snapshot, regime, offered)
    readings = [
        _regime_reading(regime),
        *_credit_readings(plan, condor),
        *(_level_reading(level, snapshot) for level in plan.levels),
        *(
            Reading(
                key=f"event:{event.name}:{event.date}", kind="event.tomorrow", title=event.name,
                value="next session", tell_first=True,
                why=f"{event.name} on {event.date}, before or in the next session. {event.source}.",
                data={"name": event.name, "date": event.date.isoformat(), "status": event.status},
            )
            for event in events
            if event.name in plan.events and day < event.date <= next_session
        ),
    ]  # fmt: skip
    watched = []
    for position in positions:
        described, own = _position(position, plan, snapshot)
        watched.append(described)
        readings += own
    stale = snapshot.staleness(moment)
    return Evaluation(
        readings=tuple(readings),
        result={
            "label": snapshot.label,
            "as_of": snapshot.as_of.isoformat(),
            "source": snapshot.source,
            "stale": stale,
            "notes": [*snapshot.notes, *(_left_out(name) for name in late)],
            "market": {"spot": snapshot.spot, **snapshot.volatility_indices()},
            "regime": regime.to_dict(),
            "condor": condor,
            "positions": watched,
            "events": [
                {"name": event.name, "date": event.date.isoformat(), "source": event.source}
                for event in events
            ],
            "events_unknown": [gap.name for gap in events.gaps],
        },
        inputs={
            "moment": moment.isoformat(),
            "snapshot": snapshot.to_dict(),
            "closes": _listed(closes),
            "history": None if history is None else history.label,
            "plan": plan.model_dump(mode="json"),
            "positions": [position.model_dump(mode="json") for position in positions],
            "rules": rules,
            "next_session": next_session.isoformat(),
            "chain": None if offered is None else {
                "spot": offered.attrs["spot"], "time": offered.attrs["time"].isoformat(),
                "source": offered.attrs["source"], "dropped": offered.attrs["dropped"],
                "quotes": plain_json(offered),
            },
        },
    )  # fmt: skip


def _closes(history: MarketHistory | None, day: dt.date) -> dict[str, Any]:
    """The closes up to `day`, named as `check_regime` takes them."""
    if history is None:
        return {}
    frame = history.frame.loc[: day.isoformat()].iloc[-HISTORY_DAYS:]
    given: dict[str, Any] = {}
    for name, argument in (("vix", "vix_history"), ("spx", "spx_history")):
        if name in frame and frame[name].notna().any():
            given[argument] = frame[name].dropna()
    if set(BREADTH) <= set(frame.columns) and frame[[*BREADTH]].notna().all(axis=1).any():
        given["breadth_history"] = frame[[*BREADTH]].dropna()
    return given


def _reaches(closes: Any, day: dt.date) -> bool:
    """Whether a series goes up to the snapshot: one that ended earlier describes another day."""
    return bool(closes.index[-1].date() >= previous_trading_day(day))


def _left_out(name: str) -> str:
    return f"The {name.replace('_', ' ')} ends too early, so the rules that read it have no data."


def _offered(chain: pd.DataFrame, day: dt.date, days: int) -> pd.DataFrame | None:
    """The quotes of the expiration to come that is nearest to so many days."""
    known = sorted({one for one in chain["expiration"] if isinstance(one, dt.date) and one > day})
    if not known:
        return None
    nearest = min(known, key=lambda one: (abs((one - day).days - days), one))
    return chain.loc[chain["expiration"] == nearest, [*QUOTE]].reset_index(drop=True)


def _listed(closes: Mapping[str, Any]) -> dict[str, Any]:
    listed: dict[str, Any] = {}
    for name, values in closes.items():
        table = values.to_frame() if values.ndim == 1 else values
        listed[name] = {
            "dates": [f"{day:%Y-%m-%d}" for day in table.index],
            **{str(column): table[column].tolist() for column in table.columns},
        }
    return listed


def _regime_reading(regime: Regime) -> Reading:
    return Reading(
        key="regime",
        kind="regime.changed",
        title="Regime",
        value=f"{regime.label}, {regime.wings}",
        why=" ".join(regime.reasons),
        data={"label": regime.label, "wings": regime.wings},
    )


def _condor(
    plan: WatchPlan,
    snapshot: Snapshot,
    regime: Regime,
    quotes: pd.DataFrame | None,
) -> dict[str, Any]:
    """The condor that the rules would pick, or the reason that they pick none."""
    rule = plan.entry
    if regime.wings == "stand aside":
        return {"picked": None, "why_none": "The regime says to stand aside: no new condor."}
    delta = {"widen": rule.wider_delta, "tighten": rule.nearer_delta}.get(
        regime.wings, rule.short_delta
    )
    given: dict[str, Any] = {
        "short_delta": delta, "wing_width": rule.wing_width, "rate": snapshot.rate or 0.0,
    }  # fmt: skip
    try:
        if quotes is not None:
            given["expiration"] = quotes["expiration"].iloc[0]
            selection = select_condor(chain=quotes, **given)
            basis = f"quotes of {quotes.attrs['source']}, {snapshot.time_label}, at mid prices"
        else:
            assert snapshot.vix is not None
            given |= {
                "spot": snapshot.spot, "iv": snapshot.vix / 100, "days": rule.days,
                "dividend_yield": snapshot.dividend_yield or 0.0, "strike_step": rule.strike_step,
                "skew": rule.skew,
            }  # fmt: skip
            selection = select_condor(**given)
            basis = (
                f"a model price with the VIX of {snapshot.vix:g} % as the volatility of every "
                f"strike (skew {rule.skew:g}), {snapshot.time_label}; no quote stands behind it"
            )
            if snapshot.rate is None:
                basis += "; the source has no interest rate, so 0 is used"
        width = max(float(selection.put_width), float(selection.call_width))
        if not 0 < float(selection.credit) < width:
            raise ToolDataError("the quotes leave no credit between 0 and the wing")
        checked: dict[str, Any] = {
            "credit": float(selection.credit), "width": width, **plan.credit.model_dump(),
        }  # fmt: skip
        verdict = check_credit(**checked)
    except (ToolDataError, ToolInputError) as error:
        return {"picked": None, "why_none": f"No condor can be built: {error}"}
    return {
        "inputs": plain_json(given),
        "picked": selection.to_dict(),
        "basis": basis,
        "wings": regime.wings,
        "short_delta": delta,
        "credit_inputs": checked,
        "credit_check": verdict.to_dict(),
    }


def _credit_readings(plan: WatchPlan, condor: Mapping[str, Any]) -> list[Reading]:
    picked = condor["picked"]
    if picked is None:
        value, why, data = "none", str(condor["why_none"]), {}
    else:
        check = condor["credit_check"]
        value = str(check["verdict"])
        why = (
            f"The condor {picked['put_long']:g}/{picked['put_short']:g} - "
            f"{picked['call_short']:g}/{picked['call_long']:g} pays {picked['credit']:.2f} points, "
            f"{check['ratio']:.1%} of its wing; the rule wants {plan.credit.low:.0%} to "
            f"{plan.credit.high:.0%}. This is {condor['basis']}."
        )
        data = {
            name: picked[name]
            for name in ("put_long", "put_short", "call_short", "call_long", "credit")
        } | {"ratio": check["ratio"]}
    return [
        Reading("credit", "credit.changed", "Credit of the condor that the rules pick", value, why,
                tell_first=value == "in range", data=data)
    ]  # fmt: skip


def _level_reading(rule: LevelRule, snapshot: Snapshot) -> Reading:
    values = {"spot": snapshot.spot, **snapshot.volatility_indices()}
    names = rule.of.split("/")
    missing = [name for name in names if name not in values]
    limit, side = (rule.above, "above") if rule.above is not None else (rule.below, "below")
    if missing:
        value, why = "unknown", f"The source has no {' and no '.join(missing)}."
    else:
        number = values[names[0]] / (values[names[1]] if len(names) == 2 else 1.0)
        assert limit is not None
        met = number > limit if side == "above" else number < limit
        value = "met" if met else "not met"
        why = f"{rule.of} is {number:.4g}; the level is {side} {limit:g}."
    return Reading(f"level:{rule.name}", "level.crossed", rule.name, value, why,
                   tell_first=value == "met", data={"of": rule.of})  # fmt: skip


def _position(
    position: Position, plan: WatchPlan, snapshot: Snapshot
) -> tuple[dict[str, Any], list[Reading]]:
    lower, upper = position.break_evens()
    days_left = (position.expiration - snapshot.day).days
    settles = settlement(position.expiration, position.root).settles_at
    over = settles.replace(tzinfo=NEW_YORK) <= snapshot.as_of
    spot = snapshot.spot
    touched = "below" if spot <= lower else "above" if spot >= upper else "inside"
    name = f"Position {position.id}"
    described = {
        **position.model_dump(mode="json"),
        "lower_break_even": lower, "upper_break_even": upper, "days_left": days_left,
        "room_down": spot - lower, "room_up": upper - spot, "break_even": touched,
        "roll": "expired" if over else "due" if days_left <= plan.roll_days else "not due",
    }  # fmt: skip
    data = {"id": position.id, "lower": lower, "upper": upper, "spot": spot}
    if over:
        return described, [
            Reading(f"position:{position.id}:roll", "position.expired", name, "expired",
                    f"It settled on {position.expiration}; take it out of the file.", data=data)
        ]  # fmt: skip
    where = {"below": "at or below its lower break-even", "above": "at or above its upper "
             "break-even", "inside": "between its break-evens"}[touched]  # fmt: skip
    return described, [
        Reading(
            f"position:{position.id}:break_even", "position.break_even", name, where,
            f"The index is at {spot:.2f}; the break-evens are {lower:.2f} and {upper:.2f}.",
            tell_first=touched != "inside", data=data,
        ),
        Reading(
            f"position:{position.id}:roll", "position.roll", f"{name}, roll", described["roll"],
            f"{days_left} days are left to {position.expiration}; the rule rolls at "
            f"{plan.roll_days} or fewer.",
            tell_first=described["roll"] == "due", data={**data, "days_left": days_left},
        ),
    ]  # fmt: skip
