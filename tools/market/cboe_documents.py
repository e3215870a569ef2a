"""Cboe's documents of delayed quotes: the fields that are used, each checked.

A quote document holds one index level, a chain document the level and every option. Their form is
not promised, so a field that is missing or of another kind is an error that names it.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any, Final

import pandas as pd

from tools.market.errors import MarketError
from tools.market.sessions import NEW_YORK

_OPTION: Final = r"^(?P<root>[A-Z]+)(?P<day>\d{6})(?P<side>[CP])(?P<thousandths>\d{8})$"


def field(document: dict[str, Any], *path: str) -> Any:
    """The value at the end of a path of names."""
    value: Any = document
    for name in path:
        if not isinstance(value, dict) or name not in value:
            raise MarketError(f"Cboe's document has changed: it lacks '{'.'.join(path)}'.")
        value = value[name]
    return value


def level(document: dict[str, Any], symbol: str) -> tuple[float, dt.datetime]:
    """The level of an index [points] and when it was calculated, which is New York's clock."""
    price = field(document, "data", "current_price")
    if isinstance(price, bool) or not isinstance(price, int | float) or not math.isfinite(price):
        raise MarketError(f"Cboe gives {symbol} as {price!r}, which is no level.")
    if price <= 0:
        raise MarketError(f"Cboe gives {symbol} as {price}, which is no level.")
    text = field(document, "data", "last_trade_time")
    try:
        when = dt.datetime.fromisoformat(str(text))
    except ValueError:
        raise MarketError(f"Cboe gives the time of {symbol} as {text!r}.") from None
    return float(price), when if when.tzinfo else when.replace(tzinfo=NEW_YORK)


def quotes(rows: list[Any]) -> pd.DataFrame:
    """The options of a chain document as the rows that `tidy_chain` takes."""
    table = pd.DataFrame([row for row in rows if isinstance(row, dict)])
    missing = [name for name in ("option", "bid", "ask") if name not in table]
    if missing:
        raise MarketError(f"Cboe's quotes have changed: they lack {', '.join(missing)}.")
    parts = table["option"].astype(str).str.extract(_OPTION)
    return table.assign(
        expiration=pd.to_datetime(parts["day"], format="%y%m%d").dt.strftime("%Y-%m-%d"),
        root=parts["root"].fillna(""),
        kind=parts["side"].map({"C": "call", "P": "put"}).fillna(""),
        strike=pd.to_numeric(parts["thousandths"]) / 1000,
        symbol=table["option"].astype(str),
    ).rename(columns={"last_trade_price": "last"})
