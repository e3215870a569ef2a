"""What follows from what was said: long strikes from widths, points from dollars, days from dates.

Each function completes the values of the tools beside it in the table at the end.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Any

from assistant.models.builtin.cash import net_credit, pool, sold_for
from assistant.models.builtin.found import FOUND
from assistant.models.builtin.levels import day_counts, payoff_levels, set_days
from assistant.models.builtin.moves import shocks
from assistant.models.builtin.numerals import Numeral, shifted
from assistant.models.builtin.reading import Question
from assistant.models.builtin.rolls import two_condors
from assistant.models.builtin.rules import BY_TOOL, STRIKES, Rule
from assistant.models.builtin.terms import arguments, is_complete, widest, with_wings

MOSTLY_VOLATILITY = (
    "expected_move", "price_option", "probability_of_touch", "select_condor", "price_condor",
    "stress_condor", "condor_payoff",
)  # fmt: skip


def complete(rule: Rule, question: Question, values: dict[str, Any]) -> None:
    """What follows from what was said, as far as it concerns the rule's tool."""
    for tools, complete in _COMPLETIONS:
        if rule.tool in tools:
            complete(rule, question, values)
    if "days" in rule.needs and "days" not in values:
        _days_between(question, values)
    if "days" in rule.needs and "days" not in values and rule.tool in MOSTLY_VOLATILITY:
        period = _PERIOD.search(question.text)
        if period:
            values["days"] = _PERIODS[period.group(1).lower()]


_PERIOD = re.compile(
    r"\b(?:over|for|in|within|during|by)\s+(?:the\s+)?(?:next|coming|following|end\s+of\s+(?:the|this|next))\s+(week|month)\b",
    re.IGNORECASE,
)
_PERIODS = {"week": 7.0, "month": 30.0}


def _net_of_rolls(rule: Rule, question: Question, values: dict[str, Any]) -> None:
    left = re.search(r"(\d+(?:\.\d+)?) left\b", question.text)
    if left:
        values["credit"] = float(left.group(1))
        return
    net = net_credit(question)
    if net is not None:
        values["credit"] = net


def _in_points(rule: Rule, question: Question, values: dict[str, Any]) -> None:
    if "credit" in values:
        _points_of(question, values)
    in_dollars = [n.value for n in question.numerals if n.unit == "$"]
    if values.get("fees") in in_dollars:
        contracts = float(values.get("contracts", 1) or 1)
        values["fees"] = round(values["fees"] / 100 / contracts, 10)


def _width(rule: Rule, question: Question, values: dict[str, Any]) -> None:
    width = widest(values)
    if width is not None:
        values.setdefault("width", width)


_SIDE_WIDTH = re.compile(
    r"\b(put|call)s?(?:\s+(?:side|spread|wing|is|are))*\s+(\d+)\s*(?:points?\s+)?wide\b|\b(\d+)[\s-](?:points?[\s-])?wide\s+(put|call)",
    re.IGNORECASE,
)


def _own_widths(question: Question, values: dict[str, Any]) -> None:
    """The long strike of a side whose width is said: 'puts 100 wide, calls 50 wide'."""
    for match in _SIDE_WIDTH.finditer(question.text):
        side = (match.group(1) or match.group(4)).lower()
        width = float(match.group(2) or match.group(3))
        short = values.get(f"{side}_short")
        if short:
            values.setdefault(f"{side}_long", short - width if side == "put" else short + width)
            values.pop("width", None)


def _spot_vix(rule: Rule, question: Question, values: dict[str, Any]) -> None:
    """Beside VIX futures 'spot' is the VIX."""
    spot = re.search(
        r"\b(?:spot|cash)\s+(?:is\s+|at\s+)?(\d{1,2}(?:\.\d+)?)\b", question.text, re.I
    )
    if spot:
        values.setdefault("vix", float(spot.group(1)))


def _settlements(rule: Rule, question: Question, values: dict[str, Any]) -> None:
    """The first of several levels at which a profit at expiration is asked for."""
    if "settlement" not in values and question.says(AT_EXPIRATION):
        levels = payoff_levels(question)[1]
        if levels:
            values["settlement"] = levels[0]


AT_EXPIRATION = (
    r"\b(?:at|on|by) (?:expir\w+|expiry day|settlement)\b|\b(?:settl|expir)\w+ (?:at|on|around)\b"
)
"""A profit at the end, which needs no model."""


def _wings(rule: Rule, question: Question, values: dict[str, Any]) -> None:
    _own_widths(question, values)
    with_wings(values)
    if not {"put_long", "call_long"} <= values.keys():
        values.pop("put_long", None)
        values.pop("call_long", None)


def _four_legs(rule: Rule, question: Question, values: dict[str, Any]) -> None:
    _own_widths(question, values)
    with_wings(values)
    if {"put_iv", "call_iv"} <= values.keys() or "leg_ivs" in values:
        values["iv"] = None
    _only_dollars(question, values)
    if "credit" not in values and {"put_short", "put_long"} <= values.keys():
        told = sold_for(question, abs(values["put_short"] - values["put_long"]))
        if told is not None:
            values["credit"] = told


def _from_vix(rule: Rule, question: Question, values: dict[str, Any]) -> None:
    if "iv" not in values and "vix" in values and values.get("model") != "black76":
        values["iv"] = shifted(values["vix"], -2)


def _off_the_future(rule: Rule, question: Question, values: dict[str, Any]) -> None:
    if values.get("model") == "black76" and "future" in values:
        values["spot"] = values["future"]


def _price_in_points(rule: Rule, question: Question, values: dict[str, Any]) -> None:
    """What one contract costs in dollars, in points: $3,150 a contract is 31.50."""
    price = values.get("price")
    dollars = any(n.unit == "$" and n.value == price for n in question.numerals)
    if price and dollars and price >= 100 and question.says(r"\bcontracts?\b|\beach\b|\bper lot\b"):
        values["price"] = price / 100


def _flows(rule: Rule, question: Question, values: dict[str, Any]) -> None:
    told = FOUND["cashflows"](question) or ()
    listed = values.get("cashflows", ())
    if listed and min(listed) >= 0 and len(told) > len(listed):
        values["cashflows"] = told  # a list with signs of its own is complete
    if "cashflows" in values:
        _outlay_first(question, values)


def _part_beside(rule: Rule, question: Question, values: dict[str, Any]) -> None:
    """The part of the account that stands right behind it: '250k at 2 %'."""
    for account, part in itertools.pairwise(question.numerals):
        beside = _BESIDE_ACCOUNT.fullmatch(question.text[account.end : part.start])
        if beside and part.is_percent and account.value == values.get("account_usd"):
            values.setdefault("risk_fraction", part.fraction())


_BESIDE_ACCOUNT = re.compile(r"\s*(?:account|acct|portfolio)?\s*(?:at|@|,|and|with|/)?\s*", re.I)


def _pool(rule: Rule, question: Question, values: dict[str, Any]) -> None:
    values |= pool(question)


def _levels(rule: Rule, question: Question, values: dict[str, Any]) -> None:
    """The levels at which a payoff is asked for: '... at 6050 and at 6250'."""
    set_days(question, values, "days_left")
    if len(day_counts(question)) < 2 and "days" in values:
        values.pop("days_left", None)
    if "days" not in values and "days_left" in values:
        values["days"] = values.pop("days_left")  # the only days that are told are the condor's
    spot, levels = payoff_levels(question)
    listed = [v for v in values.pop("prices", []) if v >= _LEAST_LEVEL]
    if spot is not None:
        values["spot"] = spot
    elif values.get("spot") in levels and len(levels) > 1:
        values.pop("spot")
    known = {values.get(name) for name in (*STRIKES, "spot")}
    told = list(dict.fromkeys([*levels, *(v for v in listed if v not in known)]))
    if told:
        values["prices"] = told


_LEAST_LEVEL = 20.0


def _shocks(rule: Rule, question: Question, values: dict[str, Any]) -> None:
    values |= shocks(question)
    if "days_forward" in values:
        set_days(question, values, "days_forward")


def _roll(rule: Rule, question: Question, values: dict[str, Any]) -> None:
    rule = BY_TOOL["price_condor"]
    for name, condor in two_condors(question).items():
        if is_complete(rule, condor):
            values[name] = arguments(rule, condor)


def _target(rule: Rule, question: Question, values: dict[str, Any]) -> None:
    """A credit asked for is a target, where nothing else says how to choose the strikes."""
    credit = values.pop("credit", None)
    basis = ("short_delta", "expected_move_multiple", "target_credit")
    if credit is not None and not any(name in values for name in basis):
        values["target_credit"] = credit


def _points_of(question: Question, values: dict[str, Any]) -> None:
    """A credit in dollars of the whole position, in points: $615 on one lot is 6.15."""
    credit, width = values["credit"], values.get("width")
    legs = dict(question.strikes.legs.items())
    if width is None and {"put_long", "put_short"} <= legs.keys():
        width = abs(legs["put_short"] - legs["put_long"])
    dollars = any(_in_dollars(question, n) and n.value == credit for n in question.numerals)
    if dollars and credit >= 100 and (width is None or credit > width):
        lots = 1.0 if question.says(_EACH) else float(values.get("contracts", 1) or 1)
        values["credit"] = credit / 100 / lots


_EACH = r"\beach\b|\bper (?:contract|condor|lot|spread|ic|position|one)\b|\bapiece\b|\ba (?:contract|condor|pop|piece)\b"


def _in_dollars(question: Question, n: Numeral) -> bool:
    said = re.match(r"\s*(?:us\s+)?(?:dollars|bucks|usd)\b", question.text[n.end :], re.IGNORECASE)
    return n.unit == "$" or said is not None


def _only_dollars(question: Question, values: dict[str, Any]) -> None:
    """The one amount in dollars beside a condor's strikes is what it was sold for."""
    if "credit" in values or "put_short" not in values:
        return
    dollars = [n for n in question.unread(values) if n.unit == "$"]
    if len(dollars) == 1 and dollars[0].value < 100:
        values["credit"] = dollars[0].value


def _days_between(question: Question, values: dict[str, Any]) -> None:
    """The days to an expiration that is given as a date."""
    days = [span for span in question.days if span.first == span.last]
    if len(days) == 2 and days[1].first > days[0].first:
        values["days"] = float((days[1].first - days[0].first).days)
    elif len(days) == 1 and question.today and days[0].first > question.today:
        values["days"] = float((days[0].first - question.today).days)


def _strike(rule: Rule, question: Question, values: dict[str, Any]) -> None:
    """The strike of an option: the one named, or the index itself where it is at the money."""
    legs = question.strikes.legs
    name = "barrier" if rule.tool == "probability_of_touch" else "strike"
    if name == "barrier" and len(legs) == 4:
        values.pop(name, None)  # of four strikes the words say which
        for side in ("put", "call"):
            if question.says(
                rf"\b{side}s?\b(?:\s+\w+){{0,3}}?\s+{_TOUCHED}|{_TOUCHED}\W+(?:\w+\s+){{0,3}}{side}s?\b"
            ):
                values[name] = legs[f"{side}_short"]
                break
    if name not in values:
        if question.strikes.single is not None:
            values[name] = question.strikes.single
        elif len(legs) == 1:
            values[name] = next(iter(legs.values()))
        elif plural := re.search(r"\bthe\s+(\d+(?:\.\d+)?)s\b", question.text):
            values[name] = float(plural.group(1))
        elif (
            name == "strike"
            and "spot" in values
            and question.says(r"\batm\b|\bat[- ]the[- ]money\b")
        ):
            values[name] = values["spot"]


_TOUCHED = r"(?:touch\w*|test\w*|hit|reach\w*|tagg?\w*|breach\w*)"


def _outlay_first(question: Question, values: dict[str, Any]) -> None:
    """'Invest 1000, get 400, 500': what is paid first is negative, though nobody writes the sign."""
    flows = values["cashflows"]
    paid = r"\binvest|\bpay|\bpaid\b|\bput in\b|\bcosts?\b|\boutlay\b|\bspen[dt]|\bupfront\b|\bbuy"
    if min(flows) >= 0 and question.says(paid):
        values["cashflows"] = [-flows[0], *flows[1:]]


_CONDORS = ("price_condor", "stress_condor", "condor_payoff")
_OPTIONS = ("price_option", "probability_of_touch", "implied_volatility")
_COMPLETIONS: tuple[
    tuple[tuple[str, ...], Callable[[Rule, Question, dict[str, Any]], None]], ...
] = (
    (("break_even", "check_credit"), _net_of_rolls),
    (("break_even", "check_credit", "plan_roll", "select_condor", *_CONDORS), _in_points),
    (("break_even",), _wings),
    (("break_even",), _settlements),
    (("vix_futures_curve",), _spot_vix),
    (("check_credit", "credit_range"), _width),
    (_CONDORS, _four_legs),
    (("npv", "irr", "irr_roots", "mirr"), _flows),
    (("select_condor",), _target),
    (MOSTLY_VOLATILITY, _from_vix),
    (_OPTIONS, _off_the_future),
    (_OPTIONS, _strike),
    (("implied_volatility",), _price_in_points),
    (("stress_condor",), _shocks),
    (("condor_payoff",), _levels),
    (("size_position",), _part_beside),
    (("amm_swap",), _pool),
    (("plan_roll",), _roll),
)
"""What completes a tool's values, in the order in which one builds on another."""
