"""The values of a rule as a tool's own arguments, and back: a condor within its stress test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.models.builtin.rules import STRIKES, Rule

CONDOR = (
    *STRIKES, "spot", "days", "iv", "rate", "dividend_yield", "credit", "contracts", "put_iv",
    "call_iv", "leg_ivs", "fees", "margin_rule",
)  # fmt: skip
"""The arguments of `price_condor`, which other tools take as one condor."""

_NESTED = ("stress_condor", "condor_payoff")
OUTSIDE = ("spot_shocks", "vol_shocks", "days_forward", "prices", "days_left")


def widest(values: Mapping[str, Any]) -> float | None:
    """The width of the wider side, where the strikes of a side are there."""
    sides = (("put_long", "put_short"), ("call_short", "call_long"))
    widths = [abs(values[a] - values[b]) for a, b in sides if values.get(a) and values.get(b)]
    return max(widths, default=None)


def with_wings(values: dict[str, Any]) -> None:
    """The long strikes of a condor from its short ones and the width, where they are not given."""
    width = values.get("width")
    if width and "put_short" in values and "call_short" in values:
        values.setdefault("put_long", values["put_short"] - width)
        values.setdefault("call_long", values["call_short"] + width)


def arguments(rule: Rule, values: Mapping[str, Any]) -> dict[str, Any]:
    """The tool's arguments from the values of its rule."""
    given = {k: _whole(k, v) for k, v in values.items() if v is not None}
    if rule.tool in _NESTED:
        condor = {k: given[k] for k in CONDOR if k in given}
        return {"condor": condor} | {k: given[k] for k in OUTSIDE if k in given}
    if rule.tool == "plan_roll":
        names = ("open_condor", "new_condor", "wacc", "close_cost", "days_between", "margin_usd")
        return {k: given[k] for k in names if k in given}
    if rule.tool == "xirr":
        dated = given["dated"]
        return {"cashflows": [amount for _, amount in dated], "dates": [day for day, _ in dated]}
    named = {"width": "wing_width"} if rule.tool == "select_condor" else {}
    allowed = {part for need in (*rule.needs, *rule.uses) for part in need.split("|")}
    return {named.get(k, k): v for k, v in given.items() if k in allowed}


def values_of(tool: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """A call's arguments back as the values of its rule."""
    if tool in _NESTED:
        rest = {k: v for k, v in inputs.items() if k != "condor"}
        return dict(inputs.get("condor", {})) | rest
    if tool == "select_condor":
        return {("width" if k == "wing_width" else k): v for k, v in inputs.items()}
    return dict(inputs)


def is_complete(rule: Rule, values: Mapping[str, Any]) -> bool:
    """Whether every need of a rule is there."""
    return not what_lacks(rule, values)


def what_lacks(rule: Rule, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The needs of a rule that are not there, by their first name."""
    if rule.tool == "plan_roll":
        needed = ("open_condor", "new_condor", "wacc")
        return tuple(name for name in needed if name not in values)
    return tuple(
        need.split("|")[0]
        for need in rule.needs
        if not any(part in values for part in need.split("|"))
    )


def _whole(name: str, value: Any) -> Any:
    counted = name in ("contracts", "period", "fast", "slow", "signal")
    return int(value) if counted and float(value).is_integer() else value
