"""One call of each tool of the catalog that works as it stands: what help and documents show.

The market is the one that the articles take as their example: SPX at 5800, 30 days, 16 %
volatility, a rate of 4.5 % and a dividend yield of 1.3 %.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MARKET = {"days": 30, "iv": 0.16, "rate": 0.045, "dividend_yield": 0.013}
_CONDOR = {
    "spot": 5800, "put_long": 5450, "put_short": 5500, "call_short": 6050, "call_long": 6100,
    **_MARKET,
}  # fmt: skip
_OPEN = {**_CONDOR, "spot": 5520, "days": 9, "iv": 0.19, "credit": 13}
_NEW = {
    **_OPEN, "put_long": 5250, "put_short": 5300, "call_short": 5850, "call_long": 5900,
    "days": 37, "credit": 16,
}  # fmt: skip
_CALLS = {
    "layer": "short_vix_calls", "instrument": "VIX call", "future": 18, "strike": 22, "days": 30,
    "iv": 0.95,
}  # fmt: skip
_FUTURES = {"layer": "vix_futures", "instrument": "VIX future", "future": 19, "days": 60}
# Forty days that fall, recover and fall further on less momentum.
_CLOSES = [
    5800, 5790, 5775, 5782, 5760, 5741, 5750, 5722, 5698, 5705, 5681, 5660, 5672, 5690, 5711,
    5703, 5725, 5748, 5739, 5756, 5770, 5762, 5781, 5795, 5786, 5801, 5792, 5777, 5783, 5765,
    5749, 5757, 5738, 5721, 5730, 5712, 5696, 5704, 5690, 5684,
]  # fmt: skip
_CASHFLOWS = [-15000, 1500, 2500, 3500, 4500, 6000]

EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "price_condor": _CONDOR,
    "select_condor": {"spot": 5800, **_MARKET, "short_delta": 0.16, "wing_width": 25},
    "condor_payoff": {"condor": _CONDOR, "prices": [5400, 5500, 5800, 6050, 6150]},
    "stress_condor": {"condor": _CONDOR, "spot_shocks": [-0.05, 0, 0.05], "vol_shocks": [0, 0.1]},
    "break_even": {"put_short": 5500, "call_short": 6050, "credit": 13.13},
    "check_credit": {"credit": 2.4, "width": 10},
    "credit_range": {"width": 50},
    "expected_move": {"spot": 5800, "iv": 0.16, "days": 30},
    "probability_of_touch": {"spot": 5800, "barrier": 6050, **_MARKET},
    "price_option": {"kind": "put", "spot": 5800, "strike": 5500, **_MARKET},
    "implied_volatility": {
        "kind": "put", "price": 15.2, "spot": 5800, "strike": 5500, "days": 30, "rate": 0.045,
    },
    "check_regime": {"vix": 22, "vix3m": 20.5},
    "term_structure": {"vix": 22, "vix9d": 24.1, "vix3m": 20.5},
    "vix_futures_curve": {"front_future": 16.4, "second_future": 17.5, "vix": 15.1},
    "size_hedge": {
        "condor_loss_usd": 20000, "spx_shock": -0.06, "vix": 17, "layers": [_CALLS, _FUTURES],
    },
    "plan_roll": {"open_condor": _OPEN, "new_condor": _NEW, "wacc": 0.07, "close_cost": 21},
    "size_position": {"account_usd": 100000, "max_loss_usd": 3687, "risk_fraction": 0.05},
    "economic_events": {"start": "2025-09-01", "end": "2025-09-30"},
    "vix_expirations": {"start": "2024-06-01", "end": "2024-08-31"},
    "settlement": {"expiration": "2024-06-21", "root": "SPX"},
    "rsi": {"closes": _CLOSES, "period": 14},
    "macd": {"closes": _CLOSES},
    "macd_divergence": {"closes": _CLOSES, "pivot_bars": 3},
    "advance_decline_line": {"advancers": [310, 205, 270], "decliners": [180, 290, 228]},
    "npv": {"rate": 0.05, "cashflows": _CASHFLOWS},
    "irr": {"cashflows": [-100, 39, 59, 55, 20]},
    "irr_roots": {"cashflows": [-5, 10.5, 1, -8, 1]},
    "xirr": {
        "cashflows": [-10000, 2750, 4250, 3250, 2750],
        "dates": ["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"],
    },
    "mirr": {
        "cashflows": [-120000, 39000, 30000, 21000, 37000, 46000],
        "finance_rate": 0.1, "reinvest_rate": 0.12,
    },
    "wacc": {
        "equity": 750, "debt": 500, "cost_of_equity": 0.124, "cost_of_debt": 0.06,
        "tax_rate": 0.35,
    },
    "price_to_cash_flow": {"price": 50, "operating_cash_flow": 200000000, "shares": 40000000},
    "quick_ratio": {
        "cash": 20, "marketable_securities": 10, "receivables": 30, "current_liabilities": 40,
    },
    "real_effective_exchange_rate": {
        "exchange_rates": [110, 95], "price_level": 104, "foreign_price_levels": [102, 108],
        "weights": [0.6, 0.4],
    },
    "interest_rate_differential": {"domestic_rate": 0.05, "foreign_rate": 0.07},
    "amm_swap": {"reserve_in": 1000, "reserve_out": 2000000, "amount_in": 10},
    "impermanent_loss": {"price_ratio": 2},
}  # fmt: skip
"""A tool's name, and arguments that it takes."""
