"""The layered VIX hedge for what a condor would lose in a fall of the index.

python examples/size_a_hedge.py
"""

from tools import HedgeTerms, check_regime, price_condor, size_hedge, stress_condor

condor = price_condor(
    spot=5800, put_long=5450, put_short=5500, call_short=6050, call_long=6100,
    days=30, iv=0.16, rate=0.045, dividend_yield=0.013, contracts=10,
)  # fmt: skip
stressed = stress_condor(condor, spot_shocks=[-0.06], vol_shocks=[0.10])
loss_usd = -float(stressed.iloc[0].iloc[-1])
print(f"a fall of 6 % with volatility up 10 points costs {loss_usd:,.0f} US dollars")

layers = [
    HedgeTerms("short_vix_calls", "VIX call", future=18.0, strike=22, days=30, iv=0.95),
    HedgeTerms("long_vix_calls", "VIX call", future=19.5, strike=25, days=90, iv=0.75),
    HedgeTerms("vix_futures", "VIX future", future=19.0, days=60),
]
# In this regime the rules leave some layers out; those get no contracts.
regime = check_regime(vix=17, vix3m=19.5)
plan = size_hedge(loss_usd, spx_shock=-0.06, vix=17, layers=layers, regime=regime)
for layer in plan.layers:
    print(f"{layer.layer}: {layer.contracts} contracts, {layer.cost_usd:,.0f} US dollars")
print(f"covers {plan.coverage:.0%} for {plan.total_cost_usd:,.0f} US dollars")
