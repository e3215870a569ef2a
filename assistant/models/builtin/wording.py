"""Results in words: one function a tool, each giving paragraphs of Markdown.

Only numbers of the inputs and the result are written, at the precision that `assistant.grounding`
can trace. A tool without a function of its own is described field by field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Fields = Mapping[str, Any]

_SHARES = ("probability", "ratio", "fraction", "win_rate", "return_on", "irr", "wacc", "yield")


def describe(tool: str, inputs: Fields, result: Any) -> list[str]:
    """The result of a tool in paragraphs, the direct answer first."""
    if not isinstance(result, Mapping):
        return [f"{_named(tool)}: **{_value(tool, result)}**."]
    return (
        _WORDS.get(tool, _by_field)(inputs, result)
        if tool in _WORDS
        else _by_field({"tool": tool}, result)
    )


def what_is_needed(name: str) -> str:
    """A quantity in a trader's words, for asking after it."""
    return _NEEDED.get(name, name.replace("_", " "))


def as_before(changed: Fields) -> str:
    """What a follow-up changed, before the calculation that it changed."""
    parts = [f"{_named(name).lower()} {_input(name, value)}" for name, value in changed.items()]
    return f"As before, but with {', '.join(parts)}:"


def _input(name: str, value: Any) -> str:
    if name.endswith("iv") or name in ("rate", "dividend_yield", "risk_fraction"):
        return short_percent(value)
    if name.endswith("_usd"):
        return usd(value)
    return level(value) if isinstance(value, int | float) else str(value)


def points(value: float) -> str:
    """Index points, to the cent of a point: 13.13."""
    return f"{value:.2f}"


def level(value: float) -> str:
    """A strike or an index level as people write it: 5500, 5486.87."""
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.2f}"


def usd(value: float) -> str:
    """US dollars: $3,686.80; a loss keeps its sign in front."""
    return f"-${-value:,.2f}" if value < 0 else f"${value:,.2f}"


def percent(value: float, places: int = 1) -> str:
    """A decimal as percent: 71.8 %."""
    return f"{value * 100:.{places}f} %"


def short_percent(value: float) -> str:
    """A percent without idle zeros: 15 %, 16.5 %."""
    return f"{round(value * 100, 4):g} %"


def _strikes(fields: Fields) -> str:
    names = ("put_long", "put_short", "call_short", "call_long")
    return "/".join(level(fields[name]) for name in names)


def _condor(inputs: Fields, result: Fields) -> list[str]:
    contracts = int(inputs.get("contracts", 1))
    lot = "One contract" if contracts == 1 else f"{contracts} contracts"
    verb = "collects" if contracts == 1 else "collect"
    strikes = _strikes(inputs if "put_long" in inputs else result)
    direct = (
        f"{lot} of the {strikes} condor {verb} a credit of **{points(result['credit'])} points** "
        f"({usd(result['credit_usd'])}). At expiration it breaks even at "
        f"**{points(result['lower_break_even'])}** and **{points(result['upper_break_even'])}**; "
        f"the maximum loss is **{usd(result['max_loss_usd'])}**, and the probability of profit "
        f"is **{percent(result['probability_of_profit'])}**."
    )
    return [direct]


def _selected(inputs: Fields, result: Fields) -> list[str]:
    chosen = f"The strikes that fit are **{_strikes(result)}**."
    return [f"{chosen} {_condor({**inputs, **_strike_fields(result)}, result)[0]}"]


def _strike_fields(result: Fields) -> Fields:
    names = ("put_long", "put_short", "call_short", "call_long")
    return {name: result[name] for name in names}


def _credit(inputs: Fields, result: Fields) -> list[str]:
    low, high = (
        inputs.get("low", result.get("low", 0.15)),
        inputs.get("high", result.get("high", 0.25)),
    )
    meaning = {
        "thin": "below the target, too thin",
        "in range": "inside the target",
        "rich": "above the target, rich: more is paid because a loss is more likely",
    }[result["verdict"]]
    width = level(inputs["width"])
    return [
        f"The credit is **{percent(result['ratio'])} of the {width}-point width**, {meaning}. "
        f"The target of {round(low * 100, 4):g}-{short_percent(high)} is "
        f"{points(result['low_credit'])} to {points(result['high_credit'])} points on this width."
    ]


def _break_even(inputs: Fields, result: Fields) -> list[str]:
    return [
        f"The condor breaks even at **{points(result['lower'])}** and "
        f"**{points(result['upper'])}** at expiration: the short put at "
        f"{level(inputs['put_short'])} less the credit of {points(inputs['credit'])} points, and "
        f"the short call at {level(inputs['call_short'])} plus the same credit. The credit has to "
        "be net of every roll and fee."
    ]


def _expected_move(inputs: Fields, result: Fields) -> list[str]:
    return [
        f"The expected move is **{points(result['points'])} points** either way, from "
        f"**{points(result['lower'])}** to **{points(result['upper'])}**. It is one standard "
        f"deviation over {level(inputs['days'])} days at a volatility of "
        f"{short_percent(inputs['iv'])}; it is a measure of spread, not a limit."
    ]


_WINGS = {
    "widen": "Condors are still sold, with wider wings.",
    "hold": "Condors are sold with the wings as they are.",
    "tighten": "Condors may be sold with tighter wings.",
    "stand aside": "No new condor is opened.",
}


def _regime(_: Fields, result: Fields) -> list[str]:
    wings = result["wings"]
    lines = [
        f"{'No' if wings == 'stand aside' else 'Yes'}, by this project's rules: the regime is "
        f"**{result['label']}**, and for the wings that means **{wings}**. {_WINGS.get(wings, '')}"
    ]
    signals = "\n".join(
        f"- **{signal['title']}** is {_signal_value(signal)}; the threshold is "
        f"{signal['threshold']}. {_sentence(signal['reading'])}"
        for signal in result["signals"]
    )
    if signals:
        lines.append(f"What each signal says:\n\n{signals}")
    active = [layer for layer in result["hedge_layers"] if layer["active"]]
    idle = [layer for layer in result["hedge_layers"] if not layer["active"]]
    if active or idle:
        layers = "\n".join(
            f"- **{layer['title']}**: {'active' if layer['active'] else 'not active'}. "
            f"{_sentence(layer['reason'].partition('. ')[0])}"
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
    names = sorted(_spoken(str(name)) for name in result.get("missing") or ())
    return f"Not read, because no data was given: {', '.join(names)}." if names else ""


def _spoken(name: str) -> str:
    """A signal's name in words, its abbreviations in capitals: 'RSI of', 'VIX3M to VIX6M'."""
    return " ".join(
        word.upper() if re.fullmatch(r"v?vix\w*|rsi|macd|cpi|ppi|fomc", word) else word
        for word in name.split("_")
    )


def _touch(inputs: Fields, result: Fields) -> list[str]:
    return [f"The probability is **{percent(float(result['value']))}**."]


def _size(inputs: Fields, result: Fields) -> list[str]:
    count = int(result["contracts"])
    if count == 0:
        return [
            f"**No contract fits**: one can lose {usd(inputs['max_loss_usd'])}, which is more than "
            f"{short_percent(inputs['risk_fraction'])} of the account."
        ]
    return [
        f"The account carries **{count} contract{'' if count == 1 else 's'}**: together they can "
        f"lose {usd(result['risk_usd'])}, which is "
        f"{percent(result['risk_fraction_used'], 2)} of the account."
    ]


def _option(inputs: Fields, result: Fields) -> list[str]:
    return [
        f"The {inputs['kind']} is worth **{points(result['price'])} points**. Its delta is "
        f"{result['delta']:.4f}, gamma {result['gamma']:.6f} a point, theta "
        f"{result['theta']:.4f} points a day, vega {result['vega']:.4f} points for one percentage "
        f"point of volatility, and rho {result['rho']:.4f} points for one percentage point of rate."
    ]


def _by_field(inputs: Fields, result: Fields) -> list[str]:
    shown = [
        f"- {_named(name)}: {_value(name, value)}"
        for name, value in result.items()
        if name != "assumptions" and isinstance(value, int | float | str)
    ]
    return [f"{_named(str(inputs.get('tool', 'Result')))}:\n\n" + "\n".join(shown)]


def _value(name: str, value: Any) -> str:
    if isinstance(value, str | bool) or value is None:
        return str(value)
    if name.endswith("_usd"):
        return usd(float(value))
    if isinstance(value, int):
        return str(value)
    if any(share in name for share in _SHARES) or name == "impermanent_loss":
        return percent(float(value), 2)
    return f"{float(value):.4f}"


def _named(name: str) -> str:
    words = _NAMES.get(name, name.replace("_usd", " in dollars").replace("_", " "))
    return words[:1].upper() + words[1:]


def _sentence(text: str) -> str:
    text = text.strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


_WORDS: dict[str, Callable[[Fields, Fields], list[str]]] = {
    "price_condor": _condor,
    "select_condor": _selected,
    "check_credit": _credit,
    "break_even": _break_even,
    "expected_move": _expected_move,
    "check_regime": _regime,
    "size_position": _size,
    "price_option": _option,
}

_NAMES = {
    "iv": "implied volatility",
    "put_iv": "put implied volatility",
    "call_iv": "call implied volatility",
    "days": "days to expiration",
    "put_long": "long put",
    "put_short": "short put",
    "call_short": "short call",
    "call_long": "long call",
}

_NEEDED = {
    "spot": "the index level (spot)",
    "put_long": "the long put's strike",
    "put_short": "the short put's strike",
    "call_short": "the short call's strike",
    "call_long": "the long call's strike",
    "days": "the days to expiration",
    "iv": "the implied volatility (IV)",
    "credit": "the net credit in points",
    "width": "the width of the wings in points",
    "vix": "the level of the VIX",
    "barrier": "the level that may be touched",
    "kind": "call or put",
    "strike": "the strike",
    "account_usd": "the size of the account in dollars",
    "max_loss_usd": "the maximum loss of one contract in dollars",
    "risk_fraction": "the share of the account at risk",
    "price_ratio": "the price ratio",
}
