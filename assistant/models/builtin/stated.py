"""What a question states for one tool: the read quantities, completed by what follows from them."""

from __future__ import annotations

from assistant.models.builtin.completions import MOSTLY_VOLATILITY, complete
from assistant.models.builtin.found import FOUND, nothing_of
from assistant.models.builtin.reading import Question, Reading
from assistant.models.builtin.rules import STRIKES, Rule
from assistant.models.builtin.shapes import by_shape
from assistant.models.builtin.terms import OUTSIDE

_BESIDE = (*OUTSIDE, "kind", "width", "new_condor", "open_condor", "credit")


def stated(rule: Rule, question: Question) -> Reading:
    """The quantities of a rule that a question states."""
    names = {part for need in (*rule.needs, *rule.uses) for part in need.split("|")}
    reading = question.read(_wanted(rule, names))
    values = dict(reading.values)
    for name, find in FOUND.items():
        if name in names and name not in values and (value := find(question)) is not None:
            values[name] = value
    for name in names & _COUNTABLE:
        if nothing_of(question, name):
            values[name] = 0.0
    complete(rule, question, values)
    unsure = by_shape(rule, question, values, reading.others)
    kept = {k: v for k, v in values.items() if k in names or k in _BESIDE}
    read = reading.values
    others = {k: v for k, v in reading.others.items() if kept.get(k) == read.get(k)}
    return Reading(kept, others, unsure)


_COUNTABLE = frozenset(("cash", "marketable_securities", "receivables", "fee", "debt"))


def _wanted(rule: Rule, names: set[str]) -> set[str]:
    wanted = set(names)
    if {"put_short", "call_short"} <= names:
        wanted.add("width")
    if rule.tool in ("check_credit", "credit_range"):
        wanted |= {*STRIKES, "credit"}
    if rule.tool == "select_condor":
        wanted.add("credit")
    if rule.tool in MOSTLY_VOLATILITY:
        wanted.add("vix")
    if rule.tool == "size_hedge":
        wanted |= {"strike", "days", "iv", "future"}
    if rule.tool in ("price_option", "implied_volatility"):
        wanted.add("future")
    if rule.tool == "plan_roll":
        wanted.add("credit")
    if rule.tool == "condor_payoff":
        wanted.add("prices")
    return wanted
