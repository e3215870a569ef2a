"""Whatever is put into a field, a tool answers or raises its own error, and shows what it made."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tools
from tools.catalog import find_tool
from tools.errors import ToolDataError, ToolError, ToolInputError

CONDOR = {
    "spot": 100, "put_long": 80, "put_short": 90, "call_short": 110, "call_long": 120, "days": 30,
    "iv": 0.2, "credit": 1.0,
}  # fmt: skip
CALL = {
    "layer": "short_vix_calls", "instrument": "VIX call", "future": 18.0, "strike": 22, "days": 30,
    "iv": 0.9,
}  # fmt: skip
WAVE = (np.linspace(10, 20, 80) + np.sin(np.arange(80))).tolist()

GOOD: dict[str, dict[str, Any]] = {
    "check_regime": {
        "vix": 20, "vix9d": 19, "vix3m": 21, "vix6m": 22, "vvix": 90, "vix_history": WAVE,
        "spx_history": WAVE, "breadth_history": WAVE, "as_of": "2026-01-01",
        "events": [{"name": "FOMC", "date": "2026-01-28"}],
        "macro": {"interest_rate_differential": [0.01, 0.02]}, "rules": {"extends": "default"},
    },
    "term_structure": {"vix": 20, "vix9d": 19, "vix3m": 21, "vix6m": 22},
    "rsi": {"closes": WAVE, "period": 14},
    "macd": {"closes": WAVE, "fast": 12, "slow": 26, "signal": 9},
    "macd_divergence": {"closes": WAVE, "pivot_bars": 5, "lookback": 60, "recent": 20},
    "advance_decline_line": {"advancers": [1, 2], "decliners": [1, 2]},
    "economic_events": {"start": "2026-01-01", "end": "2026-02-01"},
    "vix_expirations": {"start": "2026-01-01", "end": "2026-02-01", "weekly": True},
    "settlement": {"expiration": "2026-01-16", "root": "SPX"},
    "npv": {"rate": 0.1, "cashflows": [-1, 2]},
    "irr": {"cashflows": [-1, 2]},
    "irr_roots": {"cashflows": [-1, 2]},
    "mirr": {"cashflows": [-1, 2], "finance_rate": 0.1, "reinvest_rate": 0.1},
    "xirr": {"cashflows": [-1, 2], "dates": ["2024-01-01", "2025-01-01"]},
    "wacc": {"equity": 1, "debt": 1, "cost_of_equity": 0.1, "cost_of_debt": 0.1, "tax_rate": 0.2},
    "price_to_cash_flow": {"price": 1, "operating_cash_flow": 1, "shares": 1},
    "quick_ratio": {
        "cash": 1, "marketable_securities": 1, "receivables": 1, "current_liabilities": 1,
    },
    "real_effective_exchange_rate": {
        "exchange_rates": [100, 90], "price_level": 100, "foreign_price_levels": [100, 100],
        "weights": [0.5, 0.5],
    },
    "interest_rate_differential": {"domestic_rate": 0.1, "foreign_rate": 0.1},
    "amm_swap": {"reserve_in": 1, "reserve_out": 1, "amount_in": 1, "fee": 0.003},
    "impermanent_loss": {"price_ratio": 1, "other_price_ratio": 2},
    "size_position": {
        "account_usd": 1e5, "max_loss_usd": 500, "risk_fraction": 0.02, "max_profit_usd": 100,
        "win_rate": 0.8,
    },
    "size_hedge": {
        "condor_loss_usd": 1e4, "spx_shock": -0.05, "vix": 17, "layers": [CALL],
        "regime": ["short_vix_calls"], "target_coverage": 1.0, "vix_points_per_percent": 1.0,
        "iv_change": 0.0, "days_forward": 0.0, "rate": 0.04,
    },
    "plan_roll": {
        "open_condor": CONDOR, "new_condor": {**CONDOR, "days": 60, "credit": 2.0}, "wacc": 0.05,
        "close_cost": 1.0, "days_between": 60, "margin_usd": 1000,
    },
}  # fmt: skip

JUNK: list[Any] = [
    None, math.nan, math.inf, -math.inf, 0, -1, 1e308, -1e308, 1e-300, "", "x", "NaN", True, [],
    [math.nan], [None], ["a"], [[1, 2], [3]], {}, {"a": 1}, object(), b"x", 1j, np.array([]),
    np.array([1.0, np.nan]), np.array([[1.0, 2.0]]), pd.Series([1.0, 2.0]),
    pd.Series([], dtype=float), pd.NaT, dt.date(2026, 1, 1), dt.datetime(2026, 1, 1, 5), set(),
    np.float64(2.0), np.int64(3), [-1, 2, "3"], [1] * 5, 10**400, "2026-01-01", [0, 0, 0],
    [1e308, -1e308], [1e-300, -1e-300], [1e-300, -1e300],
]  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_the_good_arguments_are_good(name: str) -> None:
    assert getattr(tools, name)(**GOOD[name]) is not None


@pytest.mark.parametrize(("name", "field"), [(n, field) for n in GOOD for field in GOOD[n]])
def test_junk_in_one_field(name: str, field: str) -> None:
    for junk in JUNK:
        try:
            result = getattr(tools, name)(**{**GOOD[name], field: junk})
        except ToolError:
            continue
        repr(result)
        if hasattr(result, "_repr_html_"):
            result._repr_html_()
        if isinstance(result, tools.results.Result):
            result.to_dict()


@pytest.mark.parametrize(
    ("name", "field", "words"),
    [
        ("price_option", "model", ["bsm", "bsm"]),
        ("implied_volatility", "model", ["bsm", "black76"]),
        ("price_condor", "margin_rule", ["wider side", "both sides"]),
    ],
)
def test_a_word_for_the_whole_call_is_one_word(name: str, field: str, words: list[str]) -> None:
    tool = find_tool(name)
    with pytest.raises(ToolInputError, match=field):
        tool.call({**tool.example, field: words})


def test_a_quotient_out_of_range_says_so() -> None:
    tool = find_tool("price_to_cash_flow")
    with pytest.raises(ToolDataError, match="too large to be a number"):
        tool.call({"price": 1e308, "operating_cash_flow": 1e-200, "shares": 1e308})
