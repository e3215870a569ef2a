"""Regime rules over a whole history: the days on which no condor is opened."""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.backtest.history import CleanHistory
from tools.errors import ToolInputError
from tools.regime_rules import load_rules


def stands_aside(history: CleanHistory, regime: Any) -> Any:
    """Days on which a rule of `check_regime` says 'stand aside', from that day's closes alone.

    The most defensive rule wins there, so only rules with such a band can close the gate; those
    that are shipped look at levels and ratios of volatility indices.
    """
    book, _ = load_rules(None if isinstance(regime, str) else regime)
    aside = np.zeros(len(history.day), dtype=bool)
    for rule in book.rule:
        if all(band.wings != "stand aside" for band in rule.band):
            continue
        if rule.measure not in ("level", "ratio"):
            raise ToolInputError.of(
                "regime", rule.name, "rules that stand aside by a level or a ratio of indices"
            )
        columns = [history.optional(name) for name in rule.of]
        known = [column for column in columns if column is not None]
        if len(known) < len(columns):
            continue
        value = known[0] if rule.measure == "level" else known[0] / known[1]
        starts = [band.at_least for band in rule.band if band.at_least is not None]
        band = np.searchsorted(np.asarray(starts, dtype=float), value, side="right")
        says = np.array([one.wings == "stand aside" for one in rule.band])
        aside |= says[band] & ~np.isnan(value)
    return aside
