"""Options arithmetic for people who trade SPX iron condors and hedge them with VIX.

Pure calculation: data come in as arguments, results are frozen objects with units in
`tools.quantities` and their assumptions beside them. A name is imported when it is first asked for,
so that `import tools` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tools.amm import amm_swap, impermanent_loss
    from tools.backtest import backtest_condor
    from tools.backtest.rules import (
        CondorEntry,
        CondorExit,
        CondorRoll,
        SmileModel,
        TradingCosts,
        VixCallHedge,
    )
    from tools.calendar import economic_events, settlement, vix_expirations
    from tools.catalog import CATALOG, find_tool
    from tools.chains import read_chain
    from tools.condor import price_condor
    from tools.condor_rules import break_even, check_credit, credit_range
    from tools.condor_scenarios import condor_payoff, stress_condor
    from tools.condor_select import select_condor
    from tools.errors import ToolDataError, ToolError, ToolInputError
    from tools.hedge_terms import HedgeTerms
    from tools.hedges import size_hedge
    from tools.indicators import advance_decline_line, macd, macd_divergence, rsi, term_structure
    from tools.pricing import implied_volatility, price_option
    from tools.probability import expected_move, probability_of_touch
    from tools.rate_roots import MultipleRootsWarning
    from tools.ratios import (
        interest_rate_differential,
        irr,
        irr_roots,
        mirr,
        npv,
        price_to_cash_flow,
        quick_ratio,
        real_effective_exchange_rate,
        wacc,
        xirr,
    )
    from tools.regime import check_regime
    from tools.rolls import plan_roll
    from tools.sizing import size_position
    from tools.vix_futures import vix_futures_curve

# One line for each public name: where it lives. Keep it sorted, and add the import above.
_MODULES = {
    "CATALOG": "tools.catalog",
    "CondorEntry": "tools.backtest.rules",
    "CondorExit": "tools.backtest.rules",
    "CondorRoll": "tools.backtest.rules",
    "HedgeTerms": "tools.hedge_terms",
    "MultipleRootsWarning": "tools.rate_roots",
    "SmileModel": "tools.backtest.rules",
    "ToolDataError": "tools.errors",
    "ToolError": "tools.errors",
    "ToolInputError": "tools.errors",
    "TradingCosts": "tools.backtest.rules",
    "VixCallHedge": "tools.backtest.rules",
    "advance_decline_line": "tools.indicators",
    "amm_swap": "tools.amm",
    "backtest_condor": "tools.backtest",
    "break_even": "tools.condor_rules",
    "check_credit": "tools.condor_rules",
    "check_regime": "tools.regime",
    "condor_payoff": "tools.condor_scenarios",
    "credit_range": "tools.condor_rules",
    "economic_events": "tools.calendar",
    "expected_move": "tools.probability",
    "find_tool": "tools.catalog",
    "impermanent_loss": "tools.amm",
    "implied_volatility": "tools.pricing",
    "interest_rate_differential": "tools.ratios",
    "irr": "tools.ratios",
    "irr_roots": "tools.ratios",
    "macd": "tools.indicators",
    "macd_divergence": "tools.indicators",
    "mirr": "tools.ratios",
    "npv": "tools.ratios",
    "plan_roll": "tools.rolls",
    "price_condor": "tools.condor",
    "price_option": "tools.pricing",
    "price_to_cash_flow": "tools.ratios",
    "probability_of_touch": "tools.probability",
    "quick_ratio": "tools.ratios",
    "read_chain": "tools.chains",
    "real_effective_exchange_rate": "tools.ratios",
    "rsi": "tools.indicators",
    "select_condor": "tools.condor_select",
    "settlement": "tools.calendar",
    "size_hedge": "tools.hedges",
    "size_position": "tools.sizing",
    "stress_condor": "tools.condor_scenarios",
    "term_structure": "tools.indicators",
    "vix_expirations": "tools.calendar",
    "vix_futures_curve": "tools.vix_futures",
    "wacc": "tools.ratios",
    "xirr": "tools.ratios",
}

__all__ = [
    "CATALOG",
    "CondorEntry",
    "CondorExit",
    "CondorRoll",
    "HedgeTerms",
    "MultipleRootsWarning",
    "SmileModel",
    "ToolDataError",
    "ToolError",
    "ToolInputError",
    "TradingCosts",
    "VixCallHedge",
    "advance_decline_line",
    "amm_swap",
    "backtest_condor",
    "break_even",
    "check_credit",
    "check_regime",
    "condor_payoff",
    "credit_range",
    "economic_events",
    "expected_move",
    "find_tool",
    "impermanent_loss",
    "implied_volatility",
    "interest_rate_differential",
    "irr",
    "irr_roots",
    "macd",
    "macd_divergence",
    "mirr",
    "npv",
    "plan_roll",
    "price_condor",
    "price_option",
    "price_to_cash_flow",
    "probability_of_touch",
    "quick_ratio",
    "read_chain",
    "real_effective_exchange_rate",
    "rsi",
    "select_condor",
    "settlement",
    "size_hedge",
    "size_position",
    "stress_condor",
    "term_structure",
    "vix_expirations",
    "vix_futures_curve",
    "wacc",
    "xirr",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'tools' has no attribute {name!r}")
    value = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
