"""Quoted chains in place of model prices, on the days and expirations that have them.

On a day with a chain an entry takes the listed expiration nearest to the rule's and its strikes
from the quotes, and any condor whose four strikes are quoted is marked at their mid prices. A trade
at a quote pays the bids and asks, not an assumed slippage.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tools.backtest.history import CleanHistory
from tools.backtest.prices import bounded
from tools.backtest.rules import CondorEntry
from tools.condor_select import select_condor
from tools.errors import ToolDataError, ToolError, ToolInputError
from tools.quantities import FloatArray

_NEEDED = ("expiration", "strike", "kind", "bid", "ask")
_SPOT_TOLERANCE = 0.02
_LEGS = (("put", -1.0), ("put", 1.0), ("call", 1.0), ("call", -1.0))  # from low to high; short is 1


@dataclass(frozen=True)
class QuotedCondors:
    """Condors at quotes; where `found` is False the strikes are the rule's and prices are zero."""

    strikes: FloatArray
    found: Any
    puts: FloatArray
    calls: FloatArray
    half_spreads: FloatArray


class Quotes:
    """The chains of some days."""

    def __init__(self, chains: object, history: CleanHistory) -> None:
        """Check the chains against the history; a day that the history lacks is an error."""
        if not isinstance(chains, Mapping) or not chains:
            raise ToolInputError.of(
                "chains", type(chains).__name__, "a mapping from a day to its chain of read_chain"
            )
        self._tables: dict[Any, dict[Any, pd.DataFrame]] = {}
        self._prices: dict[Any, dict[Any, dict[tuple[str, float], tuple[float, float]]]] = {}
        for given, chain in chains.items():
            day = _day(given)
            row = int(np.searchsorted(history.day, day))
            if row >= len(history.day) or history.day[row] != day:
                raise ToolInputError.of("chains", str(given), "a day that the history has")
            self._tables[day] = _tables(given, chain, float(history.spx[row]))
            self._prices[day] = {
                expiration: _prices(table) for expiration, table in self._tables[day].items()
            }

    @property
    def days(self) -> int:
        """On how many days quotes stand in for the model."""
        return len(self._tables)

    def expirations(self, history: CleanHistory, rows: Any, wanted: Any) -> Any:
        """The listed expirations nearest to those wanted, on days with a chain."""
        chosen = wanted.copy()
        for place, row in enumerate(rows):
            table = self._tables.get(history.day[row])
            listed = [one for one in table or () if one > history.day[row]]
            if listed:
                chosen[place] = min(listed, key=lambda one: abs(one - wanted[place]))
        return chosen

    def condors(
        self, history: CleanHistory, rows: Any, expiration: Any, strikes: FloatArray,
        entry: CondorEntry,
    ) -> QuotedCondors:  # fmt: skip
        """The condors of the rule at the quotes of their day."""
        size = len(rows)
        chosen = QuotedCondors(strikes.copy(), np.zeros(size, dtype=bool), np.zeros(size),
                               np.zeros(size), np.zeros(size))  # fmt: skip
        for place, row in enumerate(rows):
            table = self._tables.get(history.day[row], {}).get(expiration[place])
            if table is None:
                continue
            four = _by_rule(table, strikes[:, place], entry, history, int(row))
            worth = self._worth(history.day[row], expiration[place], four)
            if worth is None:
                continue
            chosen.strikes[:, place], chosen.found[place] = four, True
            chosen.puts[place], chosen.calls[place], chosen.half_spreads[place] = worth
        return chosen

    def mark(
        self, history: CleanHistory, row: Any, expiration: Any, strikes: Any, over: Any,
        puts: FloatArray, calls: FloatArray, slippage: FloatArray,
    ) -> None:  # fmt: skip
        """Put quoted mids and half spreads in place of the model's, where all four are quoted."""
        for day in self._tables:
            for at in np.flatnonzero((history.day[row] == day) & ~over):
                worth = self._worth(day, expiration[at], strikes[:, at])
                if worth is not None:
                    puts[at], calls[at], slippage[at] = worth

    def _worth(self, day: Any, expiration: Any, strikes: Any) -> tuple[float, float, float] | None:
        """Both sides at mid and the sum of the half spreads [points]; None unless all is quoted."""
        prices = self._prices[day].get(expiration, {})
        quoted = [prices.get((kind, float(strike))) for (kind, _), strike in
                  zip(_LEGS, strikes, strict=True)]  # fmt: skip
        if any(quote is None for quote in quoted):
            return None
        mids = [sign * (quote[0] + quote[1]) / 2 for (_, sign), quote in
                zip(_LEGS, quoted, strict=True) if quote]  # fmt: skip
        half = sum((quote[1] - quote[0]) / 2 for quote in quoted if quote)
        low, high = float(strikes[1] - strikes[0]), float(strikes[3] - strikes[2])
        puts, calls = bounded(mids[0] + mids[1], mids[2] + mids[3], low, high)
        return float(puts), float(calls), half


def _by_rule(
    table: pd.DataFrame, model: FloatArray, entry: CondorEntry, history: CleanHistory, row: int
) -> FloatArray:
    """Strikes by the rule from the quotes; with long_delta the model's, moved to listed ones."""
    if entry.long_delta is None:
        rule: dict[str, Any] = {"short_delta": entry.short_delta}
        if entry.expected_move_multiple is not None:
            rule = {"expected_move_multiple": entry.expected_move_multiple}
        elif entry.target_credit is not None:
            rule = {"target_credit": entry.target_credit}
        elif entry.credit_to_width is not None:
            wing = _wing(entry, float(history.spx[row]))
            rule = {"target_credit": entry.credit_to_width * wing}
        try:
            condor = select_condor(
                spot=float(history.spx[row]), chain=table, expiration=table["expiration"].iloc[0],
                wing_width=_wing(entry, float(history.spx[row])), **rule,
            )  # fmt: skip
        except ToolError:
            return model
        return np.array(
            [condor.put_long, condor.put_short, condor.call_short, condor.call_long], dtype=float
        )
    chosen = model.copy()
    for at, (kind, _) in enumerate(_LEGS):
        listed = table.loc[table["kind"] == kind, "strike"].to_numpy(dtype=float)
        if len(listed) and np.isfinite(model[at]):
            chosen[at] = listed[np.argmin(np.abs(listed - model[at]))]
    return chosen


def _wing(entry: CondorEntry, spot: float) -> float:
    if entry.wing_fraction is None:
        return entry.wing_width
    return max(round(entry.wing_fraction * spot / entry.strike_step), 1) * entry.strike_step


def _tables(given: object, chain: object, close: float) -> dict[Any, pd.DataFrame]:
    if not isinstance(chain, pd.DataFrame):
        raise ToolInputError.of(f"chains[{given}]", type(chain).__name__, "a chain of read_chain")
    lacking = [name for name in _NEEDED if name not in chain]
    if lacking:
        raise ToolInputError.of(
            f"chains[{given}]", list(chain.columns), f"with a column {lacking[0]}"
        )
    spot = chain.attrs.get("spot")
    if spot is not None and abs(spot / close - 1.0) > _SPOT_TOLERANCE:
        raise ToolDataError(
            f"The chain of {given} was taken with the index at {spot:g}, but the history closes at "
            f"{close:g} that day: it is another day's chain."
        )
    live = chain[(chain["ask"] > 0) & (chain["bid"] <= chain["ask"])]
    tables: dict[Any, pd.DataFrame] = {}
    for expiration, rows in live.groupby("expiration"):
        table = rows
        if "settlement" in rows and (rows["settlement"] == "PM").any():
            table = rows[rows["settlement"] == "PM"]  # this backtest settles to the close
        table = table.copy()
        table.attrs = dict(chain.attrs)
        tables[_day(expiration)] = table
    return tables


def _prices(table: pd.DataFrame) -> dict[tuple[str, float], tuple[float, float]]:
    rows = table[["kind", "strike", "bid", "ask"]].itertuples(index=False)
    return {(str(kind), float(strike)): (float(bid), float(ask)) for kind, strike, bid, ask in rows}


def _day(value: object) -> Any:
    try:
        if isinstance(value, str | dt.date | np.datetime64):
            return pd.Timestamp(value).to_datetime64().astype("datetime64[D]")
    except (ValueError, TypeError):
        pass
    raise ToolInputError.of("chains", value, "a day such as 2023-09-14")
