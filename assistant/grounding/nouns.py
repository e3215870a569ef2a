"""What people call the fields of inputs and results: one table of nouns, and how fields are named.

A field such as `put_side.max_loss_usd` has a concept (max_loss), qualifiers (put) and a dimension
(US dollars). A text names concepts by the phrases of `PHRASES`, and by the field's own words.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

QUALIFIERS = {
    "put": "put", "call": "call", "short": "short", "long": "long", "sold": "short",
    "bought": "long", "lower": "lower", "upper": "upper", "low": "lower", "high": "upper",
    "downside": "lower", "upside": "upper", "bottom": "lower", "top": "upper", "from": "lower",
    "before": "before", "after": "after", "then": "after", "old": "before", "new": "after", "now": "after",
    "first": "first", "second": "second", "domestic": "domestic", "foreign": "foreign",
    "within": "allowed", "limit": "allowed", "allowed": "allowed", "may": "allowed",
    "one": "each", "each": "each", "single": "each", "together": "total", "altogether": "total",
}  # fmt: skip
OPPOSITES = {
    "put": "call", "call": "put", "short": "long", "long": "short", "lower": "upper",
    "upper": "lower", "before": "after", "after": "before", "first": "second", "second": "first",
    "domestic": "foreign", "foreign": "domestic", "each": "total", "total": "each",
}  # fmt: skip

# A concept, and what people call it; a phrase may stand for several concepts.
_TABLE = """
credit: credit | premium | bring | brings in | collect | collected | collecting | receive | received | take in | taking in | took in | bring in | paid for | income
credit_to_width: credit | of width | of wing | credit to width | ratio | of the width | share of the width | premium | credit/width | credit over width
target_credit: target | range | band | credit target
max_loss: maximum loss | max loss | lose | losing | lost | loss | risk | at risk | worst case | at stake | worst | downside | most you can lose | maximum risk | max risk
max_profit: maximum profit | max profit | maximum gain | max gain | best case | most it can make | gain | keep | profit
break_even: break even | breakeven | breaking even | break even point | even
break_even_win_rate: break even win rate | win rate | winner | break even rate | win | required win rate
probability_of_profit: probability of profit | chance of profit | pop | odds of profit | profitable | probability | chance | odds | likely | ends in profit | probability of a profit | chance of a profit
probability_of_profit_flat: probability of profit | probability | chance
probability_of_touch: probability of touch | touch | touched | touching | probability | chance | odds | reach | reached | reaching | trade at | trading at | likely | hit
probability_in_the_money: in the money | itm | probability in the money | probability | chance | odds | finish beyond | end beyond | likely | breached | breach
expected_value: expected value | expectancy | ev | on average | average
expected_move: expected move | expected range | move | range | standard deviation | one sigma | one standard deviation | sigma
margin: margin | buying power | capital | collateral | held
buying_power: buying power | capital
return_on_margin: return on margin | return on capital | return
width: width | wide | wing | spread width | point wide | spread
strike: strike | short put | long put | short call | long call | put strike | call strike | put at | call at | put spread | call spread | condor | sell | buy | short strike | long strike | put | call
days: day | dte | expiration | expiry | maturity | days to expiration | days left | tenor | time
days_left: day | days left | dte
iv: implied volatility | volatility | vol | iv | sigma | implied vol
skew: skew
rate: rate | interest | interest rate | risk free rate | discount rate
dividend_yield: dividend yield | dividend | yield
contracts: contract | lot | condor | spread | position | call | put | option | future | unit
fees: fee | commission | cost
spot: spot | spx | index | underlying | level | price | s&p | market | forward | future
delta: delta
short_delta: delta | short delta | target delta
gamma: gamma
theta: theta | time decay | decay | a day | per day
vega: vega
rho: rho
price: price | worth | cost | value | premium | trade at | mid | quote | fair value
barrier: barrier | touch | touched | touching | level | reach | reached | hit | strike
verdict: verdict
account: account | of account | of the account | of your account | portfolio | capital
risk: risk | lose | lost | together | at stake | loss
risk_fraction: risk | fraction | of account | of the account | of your account | of capital | at risk
risk_fraction_used: risk | fraction | of account | of the account | of your account | of capital | at risk
kelly_fraction: kelly | kelly fraction
total_cost: cost | total cost | hedge cost | outlay | premium | together
cost: cost | outlay | premium | pay | price
payoff: payoff | pay | pays off | gain | pays | earn
total_payoff: payoff | total payoff | pay | gain | pays | earn | together
coverage: coverage | cover | covered | covering | offset | share of the loss
net: net | together | left
condor_loss: loss | condor loss | condor | lose
spx_shock: shock | fall | drop | decline | move | spx | index | rise
spot_shock: shock | fall | drop | decline | move | spx | index | rise | spot | down | up
level: index | spx | spot | level | price | expiration | settle | close | underlying
vol_shock: shock | volatility | vol | iv | implied volatility
vix: vix | vix level | volatility index
price_after: price | worth
future_after: future
close_cost: close | closing cost | buy back | buying back | cost to close | cost | closing
net_credit: net credit | credit | net | roll credit | roll | debit
total_credit: total credit | credit | total | in total
irr: irr | internal rate of return | rate of return | return | yield | mirr | xirr
finance_rate: financed | finance | financing | borrow
reinvest_rate: reinvested | reinvest
expected_irr: expected irr | expected return | irr | internal rate of return
slope: slope | contango | backwardation | above | below | dearer | cheaper | month
basis: basis | above | below | spot
front_future: first month | front month | front | future | first future
second_future: second month | second | future
third_future: third month | third | future
wacc: wacc | weighted average cost of capital | cost of capital | hurdle
financing_cost: financing cost | financing | cost of capital | carry | cost
cash_flow: cash flow | flow
cashflows: cash flow | flow | outlay | invest | investment | pay
usd: cash flow | flow | dollar
day: day
amount_in: swap | put in | pay | in | sell | swapped | selling | amount in | input | trade
amount_out: receive | get | out | buy | amount out | output | yield | give | return
price_impact: price impact | slippage | impact
fee: fee
fee_paid: fee | fee paid
spot_price: spot price | price | pool price | before the trade
execution_price: execution price | price | average price | paid
new_spot_price: new price | after the trade | spot price | price | new spot price
reserve: reserve | pool | hold | holding
impermanent_loss: impermanent loss | il | loss | lose | behind | falls behind
price_ratio: ratio | price ratio | price | double | factor | time
npv: npv | net present value | present value | worth
threshold: threshold | limit | line | trigger | at least | below | above
ratio: ratio | credit
profit: profit | loss | lose | gain | make | result | pnl | p&l
evidence_days: such day | day
evidence_followed: followed
vix_points_per_percent: point per percent | vix point
iv_change: volatility | vol | iv
target_coverage: coverage | target coverage
equity: equity
debt: debt
cost_of_equity: cost of equity | equity
cost_of_debt: cost of debt | debt
tax: tax | tax rate
quick_ratio: quick ratio | acid test | ratio | liquidity
price_to_cash_flow: price to cash flow | p/cf | pcf | multiple | ratio | time
interest_rate_differential: differential | interest rate differential | carry | rate differential
implied_volatility: implied volatility | volatility | vol | iv
"""


class FieldName(NamedTuple):
    """What the name of a field tells."""

    concept: str
    qualifiers: frozenset[str]
    dimension: str


# Names whose words do not tell what they are.
_CONCEPTS = {
    "low_credit": "target_credit", "high_credit": "target_credit", "low": "target_credit",
    "high": "target_credit", "target": "target_credit", "credit_range": "target_credit",
    "wing_width": "width", "model_credit": "credit", "put_long": "strike", "put_short": "strike",
    "call_short": "strike", "call_long": "strike", "account_usd": "account", "leg_ivs": "iv",
    "max_profit_before_usd": "max_profit", "max_profit_after_usd": "max_profit",
    "vix_before": "vix", "vix_after": "vix", "tax_rate": "tax", "target_credit": "credit",
    "reserve_in": "reserve", "reserve_out": "reserve", "days_between": "days", "days_forward": "days", "tenors_days": "days", "win_rate":
    "break_even_win_rate", "strikes": "strike", "loss": "profit",
    "mirr": "irr", "xirr": "irr", "irr_roots": "irr",
}  # fmt: skip
# What a tool that hands back a bare number, or a field of few words, is about.
_OF_TOOL = {
    ("break_even", "lower"): "break_even", ("break_even", "upper"): "break_even",
    ("expected_move", "lower"): "expected_move", ("expected_move", "upper"): "expected_move",
    ("vix_futures_curve", "slope_points"): "slope",
    ("condor_payoff", "price"): "level", ("expected_move", "points"): "expected_move", ("check_credit", "ratio"): "credit_to_width",
}  # fmt: skip

# One contract may lose this, all of them together that.
_ALSO_QUALIFIED = {
    ("size_position", "max_loss_usd"): frozenset({"each"}),
    ("size_position", "risk_fraction"): frozenset({"allowed"}),
    ("size_position", "risk_usd"): frozenset({"total"}),
    ("size_position", "risk_fraction_used"): frozenset({"total"}),
}

_POINTS = frozenset(
    "credit max_loss level width strike spot break_even price fees expected_move barrier net_credit "
    "total_credit close_cost expected_value target_credit price_after strike_step max_profit "
    "profit slope basis".split()
)
_SHARES = re.compile(
    r"(?:^|_)(?:probability|iv|ivs|rate|yield|fraction|return|irr|wacc|coverage|shock|shocks|impact"
    r"|skew|volatility|risk_fraction|tax|mirr|xirr|differential|drawdown|cost_of_\w+)(?:_|$)"
    r"|credit_to_width|impermanent_loss|^fee$|^slope$|evidence_followed|price_impact"
)
_AMOUNTS = re.compile(
    r"^(?:npv|equity|debt|cash|marketable_securities|receivables|current_liabilities|cashflows"
    r"|amount_\w+|reserve\w*|operating_cash_flow|cost|usd|spot_price|execution_price|fee_paid)$"
)
_GREEKS = {"gamma", "theta", "vega", "rho"}


@cache
def field_name(tool: str, key: str) -> FieldName:
    """The concept, the qualifiers and the dimension of a field of a tool's inputs or result."""
    plain = key.removesuffix("_usd")
    words = [word for word in plain.split("_") if word]
    qualifiers = frozenset(QUALIFIERS[word] for word in words if word in QUALIFIERS)
    qualifiers |= _ALSO_QUALIFIED.get((tool, key), frozenset())
    bare = "_".join(word for word in words if word not in QUALIFIERS)
    concept = _OF_TOOL.get((tool, key)) or _CONCEPTS.get(key) or _CONCEPTS.get(bare) or bare
    if key in ("in", "out"):
        concept = key
    if "/" in key:
        concept = "ratio"
    return FieldName(concept or plain, qualifiers, _dimension(tool, key, concept))


def _dimension(tool: str, key: str, concept: str) -> str:
    if key.endswith("_usd") or key == "usd":
        return "usd"
    if re.search(r"(?:^|_)days?(?:_|$)", key):
        return "days"
    if key == "contracts":
        return "count"
    if concept in ("delta", "short_delta"):
        return "delta"
    if concept in _GREEKS:
        return "greek"
    if concept == "vol_shock" or key == "iv_change":
        return "volatility points"
    if key in ("low", "high") and tool not in ("check_credit", "credit_range"):
        return "any"
    if _SHARES.search(key) or concept in ("credit_to_width",) or key in ("low", "high", "target"):
        return "share"
    if re.fullmatch(r"v?vix\w*", key) or key in ("vix_before", "vix_after"):
        return "points"
    if _AMOUNTS.search(key) or tool in ("amm_swap", "npv", "price_to_cash_flow"):
        return "money"
    return "points" if concept in _POINTS else "any"


ALLOWED = {
    "points": {"", "points"}, "usd": {"usd"}, "share": {"share", ""}, "days": {"days", ""},
    "count": {"count", ""}, "delta": {"delta", ""}, "greek": {"", "points"},
    "money": {""}, "any": {"", "points", "days", "count", "times", "share"},
    "volatility points": {"share", "points", ""},
}  # fmt: skip
"""The dimensions in which a text may show a field of each dimension."""


def word_form(word: str) -> str:
    """A word as the table holds it: small letters, no plural."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    if word.endswith(("sses", "ches", "shes", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us")):
        return word[:-1]
    return word


@cache
def phrases() -> dict[tuple[str, ...], frozenset[str]]:
    """Each phrase, in the form of `word_form`, with the concepts that it may stand for."""
    table: dict[tuple[str, ...], set[str]] = {}
    for line in _TABLE.strip().splitlines():
        concept, _, spellings = line.partition(": ")
        for spelling in spellings.split(" | "):
            words = tuple(word_form(word) for word in re.split(r"[ /-]", spelling.strip()))
            table.setdefault(words, set()).add(concept)
    return {words: frozenset(concepts) for words, concepts in table.items()}


MOST_WORDS = 7
"""No phrase of the table is longer."""
