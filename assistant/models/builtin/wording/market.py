"""Regime, term structure, dates and indicators in words."""

from __future__ import annotations

from assistant.models.builtin.wording.format import (
    Fields,
    day,
    listed,
    percent,
    plain,
    points,
    sentence,
    spoken,
)

_WINGS = {
    "widen": "Condors are still sold, with wider wings.",
    "hold": "Condors are sold with the wings as they are.",
    "tighten": "Condors may be sold with tighter wings.",
    "stand aside": "No new condor is opened.",
}
_MOST_EVENTS = 12


def check_regime(_: Fields, result: Fields) -> list[str]:
    """Yes or no by the rules, each signal, and what it means for the layers."""
    wings = result["wings"]
    lines = [
        f"{'No' if wings == 'stand aside' else 'Yes'}, by this project's rules: the regime is "
        f"**{result['label']}**, and for the wings that means **{wings}**. {_WINGS.get(wings, '')}"
    ]
    signals = "\n".join(
        f"- **{signal['title']}** is {_signal_value(signal)}; the threshold is "
        f"{signal['threshold']}. {sentence(signal['reading'])}"
        for signal in result["signals"]
    )
    if signals:
        lines.append(f"What each signal says:\n\n{signals}")
    active = [layer for layer in result["hedge_layers"] if layer["active"]]
    idle = [layer for layer in result["hedge_layers"] if not layer["active"]]
    if active or idle:
        layers = "\n".join(
            f"- **{layer['title']}**: {'active' if layer['active'] else 'not active'}. "
            f"{sentence(layer['reason'].partition('. ')[0])}"
            for layer in (*active, *idle)
        )
        lines.append(f"What that means for the hedge layers:\n\n{layers}")
    return lines


def _signal_value(signal: Fields) -> str:
    value = signal["value"]
    if isinstance(value, str):
        return value
    return f"{value:.3f}" if "ratio" in str(signal["unit"]) else f"{value:.2f}"


def missing_signals(result: Fields) -> str:
    """Which signals could not be read for want of data, in one sentence."""
    names = sorted(spoken(str(name)) for name in result.get("missing") or ())
    return f"Not read, because no data was given: {', '.join(names)}." if names else ""


def term_structure(_: Fields, result: Fields) -> list[str]:
    """The shape, and each index over the next longer one."""
    ratios = listed(
        [
            f"{_over(name)} stands at a ratio of {value:.3f}"
            for name, value in result["ratios"].items()
        ]
    )
    meaning = {
        "contango": "longer volatility costs more than shorter, the usual state",
        "backwardation": "shorter volatility costs more than longer, which is stress",
    }.get(result["shape"], "the curve is neither in contango nor in backwardation throughout")
    shape = str(result["shape"])
    state = f"in **{shape}**" if shape in ("contango", "backwardation") else f"**{shape}**"
    return [f"The term structure is {state}: {meaning}. {ratios}."]


def vix_futures_curve(inputs: Fields, result: Fields) -> list[str]:
    """The shape first, then the slope and how far the first month stands from spot."""
    shape = str(result["shape"])
    meaning = {
        "contango": "later months are dearer than nearer ones, the usual state; a long position "
        "loses the slope as time passes",
        "backwardation": "nearer months are dearer than later ones, which is stress",
    }.get(shape, "the months neither rise nor fall throughout")
    state = f"in **{shape}**" if shape in ("contango", "backwardation") else f"**{shape}**"
    lines = [
        f"The VIX futures are {state}: {meaning}. From the first to the second month the slope is "
        f"{percent(result['slope'])}, or {points(result['slope_points'])} points."
    ]
    if result.get("basis") is not None:
        lines[0] += (
            f" Over spot VIX the first month has a basis of {points(result['basis'])} points."
        )
    return lines


def _over(name: str) -> str:
    return " to ".join(spoken(part) for part in name.split("/"))


def economic_events(inputs: Fields, result: Fields) -> list[str]:
    """The dates in order, and where nothing is known."""
    events = result["events"]
    when = f"from {day(str(inputs['start']))} to {day(str(inputs['end']))}"
    told = "\n".join(
        f"- **{day(event['date'])}**: {event['name']} ({event['status']})"
        for event in events[:_MOST_EVENTS]
    )
    lines = [
        f"The FOMC, CPI and PPI dates {when}:\n\n{told}"
        if events
        else f"No FOMC, CPI or PPI date is known {when}."
    ]
    if len(events) > _MOST_EVENTS:
        lines.append("More dates follow in the table of the calculation.")
    if result.get("gaps"):
        lines.append("For part of that time nothing is known here; see the table.")
    return lines


def vix_expirations(inputs: Fields, result: object) -> list[str]:
    """The dates in a list."""
    days = _days(result)
    when = f"from {day(str(inputs['start']))} to {day(str(inputs['end']))}"
    if not days:
        return [f"No VIX option expires {when}."]
    if len(days) == 1:
        return [f"VIX options and futures expire on **{day(days[0])}**, the only date {when}."]
    told = "\n".join(f"- {day(each)}" for each in days[:_MOST_EVENTS])
    return [f"VIX options and futures expire {when} on:\n\n{told}"]


def _days(result: object) -> list[str]:
    if isinstance(result, dict):
        found = next((v for k, v in result.items() if isinstance(v, list) and k != "notes"), [])
        return _days(found)
    if isinstance(result, list):
        return [
            str(item if isinstance(item, str) else next(iter(item.values()))) for item in result
        ]
    return []


def settlement(_: Fields, result: Fields) -> list[str]:
    """AM or PM, when trading ends, and to what it settles."""
    clock = str(result["settles_at"])[11:16]
    return [
        f"The {result['root']} expiration of {day(result['expiration'])} is "
        f"**{result['style']}-settled**: "
        f"it trades until {day(result['last_trading_day'])} and settles at {clock} New York "
        "time to "
        f"{result['settles_to']}. Settlement is in cash."
    ]


def rsi(inputs: Fields, result: list[float | None]) -> list[str]:
    """The last value of the index."""
    known = [value for value in result if value is not None]
    period = inputs.get("period", 14)
    if not known:
        return [f"The RSI needs more than {plain(period)} closes; with these it has no value yet."]
    return [
        f"The {plain(period)}-period RSI stands at **{points(known[-1])}** after the last close."
    ]


def macd(_: Fields, result: list[Fields]) -> list[str]:
    """The last values of line, signal and histogram."""
    last = {
        name: value for name, value in (result[-1] if result else {}).items() if value is not None
    }
    known = {name: value for name, value in last.items() if isinstance(value, float)}
    if not known:
        return ["The MACD needs more closes than these; it has no value yet."]
    told = listed([f"{spoken(name)} {value:.4f}" for name, value in known.items()])
    return [f"After the last close: {told}."]


def advance_decline_line(_: Fields, result: list[float]) -> list[str]:
    """Where the line stands."""
    change = (
        "rose" if result[-1] > result[0] else "fell" if result[-1] < result[0] else "ended level"
    )
    return [
        f"The Advance-Decline Line stands at **{plain(result[-1])}** after the last day; from "
        f"{plain(result[0])} on the first day it {change}."
    ]
