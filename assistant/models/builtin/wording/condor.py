"""Condors, single options and what is worked out from them, in words."""

from __future__ import annotations

from assistant.models.builtin.wording.format import (
    Fields,
    counted,
    level,
    percent,
    points,
    short_percent,
    usd,
)

_STRIKES = ("put_long", "put_short", "call_short", "call_long")


def strikes(fields: Fields) -> str:
    """The four strikes as traders write them: 5450/5500/6050/6100."""
    return "/".join(level(fields[name]) for name in _STRIKES)


def price_condor(inputs: Fields, result: Fields) -> list[str]:
    """Credit first, then where it breaks even, what it can lose and how likely it gains."""
    contracts = float(inputs.get("contracts", 1) or 1)
    lot = "One contract" if contracts == 1 else counted(contracts, "contract")
    verb = "collects" if contracts == 1 else "collect"
    credit = result["credit"]
    if credit <= 0:
        return [
            f"The {strikes(result)} condor collects nothing: at these inputs it costs "
            f"{points(-credit)} points, so it can only lose."
        ]
    return [
        f"{lot} of the {strikes(result)} condor {verb} a credit of **{points(credit)} points** "
        f"({usd(result['credit_usd'])}). At expiration it breaks even at "
        f"**{points(result['lower_break_even'])}** and **{points(result['upper_break_even'])}**; "
        f"the maximum loss is **{usd(result['max_loss_usd'])}**, and the probability of profit is "
        f"**{percent(result['probability_of_profit'])}**.",
        _detail(result),
    ]


def _detail(result: Fields) -> str:
    """The two sides, the greeks and the margin."""
    put, call = result["put_side"], result["call_side"]
    return (
        "The put side "
        f"brings {points(put['credit'])} points and ends in the money with a probability of "
        f"{percent(put['probability_in_the_money'])}; the call side brings "
        f"{points(call['credit'])} points and does so with "
        f"{percent(call['probability_in_the_money'])}. "
        f"A day is worth {points(result['theta'])} points of theta, a percentage point of "
        f"volatility {points(result['vega'])} points of vega, and the delta is "
        f"{result['delta']:.4f}. The margin is {usd(result['margin_usd'])}, the return on it "
        f"{percent(result['return_on_margin'])} if all expires worthless."
    )


def select_condor(inputs: Fields, result: Fields) -> list[str]:
    """The strikes chosen, then the condor that they make."""
    chosen = f"The strikes that fit are **{strikes(result)}**."
    first, *rest = price_condor({**inputs, **{name: result[name] for name in _STRIKES}}, result)
    return [f"{chosen} {first}", *rest]


def check_credit(inputs: Fields, result: Fields) -> list[str]:
    """The credit as a part of the width, beside the target range."""
    low = inputs.get("low", 0.15)
    high = inputs.get("high", 0.25)
    meaning = {
        "thin": "below the target: too thin for the tail and the costs",
        "in range": "inside the target",
        "rich": "above the target, rich: more is paid because a loss is more likely",
    }[result["verdict"]]
    width = level(inputs["width"])
    needed = result["break_even_win_rate"]
    lines = [
        f"The credit is **{percent(result['ratio'])} of the {width}-point width**, {meaning}. "
        f"The target of {round(low * 100, 4):g}-{short_percent(high)} is "
        f"{points(result['low_credit'])} to {points(result['high_credit'])} points on this width."
    ]
    stated = inputs.get("win_rate")
    if stated is None:
        lines[0] += f" If every loss is full, it breaks even at {percent(needed)} winners."
    else:
        lines.insert(0, _expectancy(float(stated), needed, result))
    return lines


def _expectancy(stated: float, needed: float, result: Fields) -> str:
    """What a stated win rate comes to, beside the one that the credit needs."""
    value = result["expected_value"]
    amount = f"{points(value)} points ({usd(result['expected_value_usd'])} a contract)"
    enough = "enough" if stated > needed else "just enough" if stated == needed else "not enough"
    return (
        f"A win rate of {short_percent(stated)} is **{enough}**: at this credit and width it takes "
        f"**{percent(needed)}** winners to break even if every loss is full. At the stated win "
        f"rate the expected value of a trade is {amount}. No win rate is proved by being stated; "
        "losses that are cut earlier change the sum."
    )


def credit_range(inputs: Fields, result: Fields) -> list[str]:
    """The credits that the target calls for, and the winners that they need."""
    low, high = inputs.get("low", 0.15), inputs.get("high", 0.25)
    return [
        f"On a {level(inputs['width'])}-point width the target of {round(low * 100, 4):g}-"
        f"{short_percent(high)} is a credit of **{points(result['low_credit'])} to "
        f"{points(result['high_credit'])} points**. If every loss is full, the low credit needs "
        f"{percent(result['low_win_rate'])} winners to break even and the high credit "
        f"{percent(result['high_win_rate'])} winners."
    ]


def break_even(inputs: Fields, result: Fields) -> list[str]:
    """Both break-evens with their sums, and what can be lost where the wings are known."""
    lines = [
        f"The condor breaks even at **{points(result['lower'])}** and "
        f"**{points(result['upper'])}** at expiration: the short put at "
        f"{level(inputs['put_short'])} less the credit of {points(inputs['credit'])} points, and "
        f"the short call at {level(inputs['call_short'])} plus the same credit. The credit has to "
        "be net of every roll and fee."
    ]
    if result.get("max_loss") is not None:
        contracts = float(inputs.get("contracts", 1) or 1)
        lot = "one contract" if contracts == 1 else counted(contracts, "contract")
        lines.append(
            f"The maximum loss is **{usd(result['max_loss_usd'])}** for {lot}: the width of "
            f"{level(result['width'])} points less the credit, a loss of "
            f"{points(result['max_loss'])} points. The maximum profit is "
            f"{usd(result['max_profit_usd'])}, the whole credit."
        )
    if result.get("profit") is not None:
        made = "a loss" if result["profit"] < 0 else "a profit"
        amount = points(abs(result["profit"]))
        lines.insert(
            0,
            f"With a settlement at {level(inputs['settlement'])} the condor makes {made} of "
            f"**{usd(abs(result['profit_usd']))}**, {made} of {amount} points: "
            "the credit less what the side that is in the money settles for. No model is needed "
            "for that.",
        )
    return lines


def expected_move(inputs: Fields, result: Fields) -> list[str]:
    """The move, its bounds, and what it is not."""
    return [
        f"The expected move is **{points(result['points'])} points** either way, from "
        f"**{points(result['lower'])}** to **{points(result['upper'])}**. It is one standard "
        f"deviation over {level(inputs['days'])} days at a volatility of "
        f"{short_percent(inputs['iv'])}; it is a measure of spread, not a limit."
    ]


def probability_of_touch(inputs: Fields, result: float) -> list[str]:
    """How likely the index gets there on the way."""
    return [
        f"The probability that the index touches {level(inputs['barrier'])} at any time in "
        f"{level(inputs['days'])} days is **{percent(result)}**. A touch on the way is more likely "
        "than an end beyond the level, and no loss by itself."
    ]


def price_option(inputs: Fields, result: Fields) -> list[str]:
    """The price and the greeks, each with its unit."""
    return [
        f"The {level(inputs['strike'])} {inputs['kind']} is worth "
        f"**{points(result['price'])} points**. Its delta is "
        f"{result['delta']:.4f}, gamma {result['gamma']:.6f} a point, theta "
        f"{result['theta']:.4f} points a day, vega {result['vega']:.4f} points for one percentage "
        f"point of volatility, and rho {result['rho']:.4f} points for one percentage point of rate."
    ]


def implied_volatility(inputs: Fields, result: float) -> list[str]:
    """The volatility that a price implies."""
    return [
        f"A price of {points(inputs['price'])} points for the {level(inputs['strike'])} "
        f"{inputs['kind']} implies a volatility of **{percent(result, 2)}**. It is what the price "
        "says under the model, and no forecast of direction or size."
    ]


def condor_payoff(inputs: Fields, result: list[Fields]) -> list[str]:
    """The profit at the levels asked for, or the ends and the middle of the range."""
    when = (
        f"with {level(inputs['days_left'])} days left"
        if inputs.get("days_left")
        else "at expiration"
    )
    name = strikes(inputs["condor"])
    rows = result if len(result) <= 6 else [result[0], result[len(result) // 2], result[-1]]
    told = "\n".join(
        f"- with the index at {level(row['price'])} the profit is **{usd(row['profit_usd'])}**"
        for row in rows
    )
    return [f"What the {name} condor makes {when}:\n\n{told}"]


def stress_condor(inputs: Fields, result: list[Fields]) -> list[str]:
    """Profit and loss for each move of index and volatility."""
    rows = []
    for row in result:
        move = row["spot_shock"]
        for column, profit in row.items():
            if column == "spot_shock":
                continue
            change = float(column)
            size = level(round(abs(change) * 100, 6))
            vol = f"volatility {'up' if change > 0 else 'down'} {size} points"
            if change == 0:
                vol = "volatility unchanged"
            index = (
                "index unchanged"
                if move == 0
                else f"index {'up' if move > 0 else 'down'} {short_percent(abs(move))}"
            )
            rows.append((move, change, f"- {index}, {vol}: **{usd(profit)}**"))
    if len(rows) > 10:
        rows = [row for row in rows if row[1] in (0.0, 0.1)]
    ahead = inputs.get("days_forward")
    when = f"{level(ahead)} days from now" if ahead else "at once"
    lines = "\n".join(line for _, _, line in rows)
    return [f"What the {strikes(inputs['condor'])} condor gains or loses {when}:\n\n{lines}"]


def plan_roll(inputs: Fields, result: Fields) -> list[str]:
    """The verdict with its reasons, then the money and the break-evens before and after."""
    verdict = "passes" if result["accept"] else "does not pass"
    reasons = " ".join(str(reason) for reason in result["reasons"])
    return [
        f"By this project's test the roll **{verdict}**. {reasons}",
        f"Closing costs {points(result['close_cost'])} points, and the roll as a whole brings a "
        "net "
        f"credit of **{points(result['net_credit'])} points** "
        f"({usd(result['net_credit_usd'])}). The "
        f"break-evens move from {_pair(result, 'before')} to {_pair(result, 'after')}, the maximum "
        f"loss from {usd(result['max_loss_before_usd'])} to {usd(result['max_loss_after_usd'])}.",
        *[str(warning) for warning in result["warnings"]],
    ]


def _pair(result: Fields, when: str) -> str:
    low, high = result[f"lower_break_even_{when}"], result[f"upper_break_even_{when}"]
    if low is None or high is None:
        return "none"
    return f"{points(low)} and {points(high)}"


def size_position(inputs: Fields, result: Fields) -> list[str]:
    """How many contracts, and what they can lose together."""
    count = int(result["contracts"])
    part = short_percent(inputs["risk_fraction"])
    if count == 0:
        return [
            f"**No contract fits**: one can lose {usd(inputs['max_loss_usd'])}, which is more than "
            f"{part} of the account of {usd(inputs['account_usd'])}."
        ]
    return [
        f"The account carries **{counted(count, 'contract')}**: together they can lose "
        f"{usd(result['risk_usd'])}, which is {percent(result['risk_fraction_used'], 2)} of the "
        f"account and within the {part} that may be lost."
    ]


def _layer_name(name: str) -> str:
    """A layer's name in words: 'short_vix_calls' are short-dated VIX calls."""
    words = name.replace("_", " ").replace("vix", "VIX")
    return words[:1].upper() + words[1:]


def size_hedge(inputs: Fields, result: Fields) -> list[str]:
    """Contracts and cost of each layer, and how much of the loss they cover."""
    layers = "\n".join(
        f"- **{_layer_name(layer['layer'])}** ({layer['instrument']}): "
        + (
            f"{counted(layer['contracts'], 'contract')}, cost {usd(layer['cost_usd'])}, gain "
            f"{usd(layer['payoff_usd'])}"
            if layer["active"]
            else f"not active; {layer['reason']}"
        )
        for layer in result["layers"]
    )
    return [
        f"The hedge costs **{usd(result['total_cost_usd'])}** and gains "
        f"**{usd(result['total_payoff_usd'])}** if the index falls "
        f"{short_percent(-result['spx_shock'])} "
        f"and the VIX goes from {points(result['vix_before'])} to {points(result['vix_after'])}: "
        f"a coverage of {percent(result['coverage'])} of the loss of "
        f"{usd(result['condor_loss_usd'])}.",
        f"By layer:\n\n{layers}",
        "How far the VIX and its futures rise with a fall of the index is an assumption; it is "
        "written beside the result, and a smaller rise covers less.",
    ]
