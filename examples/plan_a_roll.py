"""Whether a tested condor is worth rolling: the cash, the break-evens, and two tests of it.

python examples/plan_a_roll.py
"""

from tools import plan_roll

market = {"spot": 5520, "iv": 0.19, "rate": 0.045, "dividend_yield": 0.013}
open_condor = {
    "put_long": 5450, "put_short": 5500, "call_short": 6050, "call_long": 6100,
    "days": 9, "credit": 13.0, **market,
}  # fmt: skip
new_condor = {
    "put_long": 5250, "put_short": 5300, "call_short": 5850, "call_long": 5900,
    "days": 37, "credit": 16.0, **market,
}  # fmt: skip

plan = plan_roll(open_condor, new_condor, wacc=0.07, close_cost=21.0)
print(f"net credit {plan.net_credit:+.2f} points, {plan.net_credit_usd:+,.0f} US dollars")
print(f"lower break-even {plan.lower_break_even_before:,.1f} -> {plan.lower_break_even_after:,.1f}")
print(f"rate of return {plan.irr:.1%} against a cost of capital of {plan.wacc:.1%}")
print("accept" if plan.accept else "decline", *plan.reasons, *plan.warnings, sep="\n- ")
