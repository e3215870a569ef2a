"""What a calculation that was made gives to the next one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.models.builtin.rules import STRIKES
from assistant.models.builtin.terms import CONDOR


@dataclass(frozen=True)
class Done:
    """A calculation that was made, in this turn or in an earlier answer."""

    tool: str
    inputs: Mapping[str, Any]
    result: Any


def provided(item: Done) -> dict[str, Any]:
    """What a result gives to other calculations, by the names of the rules' table."""
    if item.tool == "implied_volatility":
        return {"iv": value_of(item.result)}
    if item.tool == "stress_condor":
        return _worst(item.result)
    result = item.result
    if item.tool not in ("price_condor", "select_condor") or not isinstance(result, Mapping):
        return {}
    contracts = float(item.inputs.get("contracts", 1) or 1)
    given = {k: v for k, v in item.inputs.items() if k in CONDOR and k != "credit"}
    given |= {k: result[k] for k in (*STRIKES, "credit") if k in result}
    if "put_width" in result:
        given["width"] = max(result["put_width"], result["call_width"])
    if "max_loss_usd" in result:
        given["max_loss_usd"] = result["max_loss_usd"] / contracts
    return given


def from_market(item: Done) -> dict[str, Any]:
    """What a market snapshot gives: levels, and the VIX as the volatility of the index."""
    result = item.result if isinstance(item.result, Mapping) else {}
    names = ("spot", "vix", "vix9d", "vix3m", "vix6m", "vvix", "iv")
    return {name: result[name] for name in names if result.get(name) is not None}


def value_of(result: Any) -> Any:
    """The number of a result that is only a number."""
    return result["value"] if isinstance(result, Mapping) and "value" in result else result


def _worst(result: Any) -> dict[str, Any]:
    """The largest loss of a stress, and the fall of the index that brings it."""
    losses = [
        (float(profit), float(row["spot_shock"]))
        for row in result or ()
        if isinstance(row, Mapping)
        for name, profit in row.items()
        if name != "spot_shock" and float(row["spot_shock"]) < 0
    ]
    if not losses or min(losses)[0] >= 0:
        return {}
    profit, shock = min(losses)
    return {"condor_loss_usd": -profit, "spx_shock": shock}
