"""Numbers and names as people write them, at a precision that grounding can trace."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

Fields = Mapping[str, Any]


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


def plain(value: float) -> str:
    """An amount of no unit: 1,000 or 0.4936."""
    if float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:,.2f}" if abs(value) >= 100 else f"{value:.4f}"


def day(iso: str) -> str:
    """A date as written out: 18 March 2026."""
    date = dt.date.fromisoformat(iso[:10])
    return f"{date.day} {date:%B %Y}"


def listed(parts: Sequence[str]) -> str:
    """Parts in a sentence: 'a, b and c'."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def sentence(text: str) -> str:
    """A remark as a sentence: a capital in front, a full stop behind."""
    text = text.strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def counted(number: float, noun: str) -> str:
    """A number of things: '1 contract', '3 contracts'."""
    return f"{level(number)} {noun}{'' if number == 1 else 's'}"


def spoken(name: str) -> str:
    """A field's name in words, its abbreviations in capitals: 'RSI of', 'VIX3M to VIX6M'."""
    return " ".join(
        word.upper() if re.fullmatch(r"v?vix\w*|rsi|macd|cpi|ppi|fomc", word) else word
        for word in name.split("_")
    )


NAMES = {
    "iv": "implied volatility",
    "put_iv": "put implied volatility",
    "call_iv": "call implied volatility",
    "days": "days to expiration",
    "put_long": "long put",
    "put_short": "short put",
    "call_short": "short call",
    "call_long": "long call",
    "short_delta": "short delta",
    "risk_fraction": "part of the account at risk",
    "account_usd": "account",
    "max_loss_usd": "maximum loss",
    "days_forward": "days ahead",
    "days_left": "days left",
    "vix": "VIX",
    "vix9d": "VIX9D",
    "vix3m": "VIX3M",
    "vix6m": "VIX6M",
    "vvix": "VVIX",
    "wing_width": "width",
    "target_credit": "credit",
    "front_future": "first future",
    "second_future": "second future",
    "third_future": "third future",
    "spot_shocks": "move of the index",
    "vol_shocks": "change of volatility",
}


def named(name: str) -> str:
    """A field's name in words: 'implied volatility'."""
    return NAMES.get(name, name.replace("_usd", "").replace("_", " "))


_SHARES = (
    "probability", "ratio", "fraction", "win_rate", "return_on", "irr", "wacc", "yield", "rate",
    "coverage", "shocks", "impact", "loss_fraction",
)  # fmt: skip


def given(name: str, value: Any) -> str:
    """An input as it was given, without idle zeros: 3.5, and not 3.5000."""
    number = isinstance(value, float) and not float(value).is_integer()
    text = shown(name, value)
    return text.rstrip("0") if number and re.fullmatch(r"-?[\d,]+\.\d+", text) else text


def shown(name: str, value: Any) -> str:
    """The value of a field in the unit that its name says."""
    if isinstance(value, str | bool) or value is None:
        return str(value)
    if isinstance(value, Sequence):
        return ", ".join(shown(name, item) for item in value)
    if isinstance(value, Mapping):
        return ", ".join(
            f"{spoken(str(key))} {shown(str(key), item)}" for key, item in value.items()
        )
    if name.endswith("_usd"):
        return usd(float(value))
    if name.endswith("iv") or (any(share in name for share in _SHARES) and name != "price_ratio"):
        return short_percent(value) if round(value, 6) == value else percent(value, 2)
    return level(value) if float(value).is_integer() else plain(value)
