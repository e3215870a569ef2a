"""What a question changes in an earlier calculation: 'and at 30 vol?', 'with 14 left?', 'the 22'.

The earlier calculation is the frame. What words name is read as in any question; a number that no
word names is the input that it can stand for, the likeliest first; what a change makes void falls.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Mapping
from typing import Any

from assistant.models.builtin.cash import paid_since
from assistant.models.builtin.cues import BY_NAME
from assistant.models.builtin.found import kind_of, nothing_of
from assistant.models.builtin.levels import payoff_levels
from assistant.models.builtin.moves import shocks
from assistant.models.builtin.numerals import Numeral, numerals_in, shifted
from assistant.models.builtin.reading import Question
from assistant.models.builtin.results import Done
from assistant.models.builtin.rules import BY_TOOL, STRIKES, Rule
from assistant.models.builtin.stated import stated
from assistant.models.builtin.terms import values_of, with_wings
from assistant.models.builtin.wish import Wish

_BASES = ("short_delta", "expected_move_multiple", "target_credit")
_YEAR = re.compile(r"\b20\d\d\b")


def changed(question: Question, last: Done, known: Mapping[str, Any]) -> Wish | None:
    """The calculation anew, with what this question changes in it; None where that is nothing."""
    rule = BY_TOOL[last.tool]
    before = values_of(last.tool, last.inputs)
    day = before.get("start") or before.get("expiration")
    if isinstance(day, str) and not _YEAR.search(question.said):
        # A month without its year is one of the year that was spoken of.
        question = Question(question.said, dt.date(int(day[:4]), 1, 1))
    changes = _named(question, rule, before)
    for change in _CHANGES.get(rule.tool, ()):
        changes = change(question, before, changes, known)
    changes |= _unnamed(question, before, changes)
    for name in ("fee", "tax_rate", "credit"):
        if name in (*rule.needs, *rule.uses) and nothing_of(question, name):
            changes[name] = 0.0
    if not changes:
        return None
    return _anew(question, rule, before, changes)


def _anew(
    question: Question, rule: Rule, before: Mapping[str, Any], changes: dict[str, Any]
) -> Wish:
    values = {**before, **_without_stale(rule.tool, before, changes)}
    values = {k: v for k, v in values.items() if v is not None or k == "iv"}
    if "width" in changes and "put_short" in before and rule.tool != "select_condor":
        values.pop("put_long", None)
        values.pop("call_long", None)
        values["width"] = changes["width"]
        with_wings(values)
    values |= changes
    if {"put_iv", "call_iv"} <= values.keys() and "iv" not in changes:
        values["iv"] = None  # each side has its own
    wish = Wish(rule, values, changes, variants=_once_more(question, changes))
    if rule.tool == "price_option" and len(question.strikes.legs) >= 2:
        _legs(question, wish)
    return wish


def _named(question: Question, rule: Rule, before: Mapping[str, Any]) -> dict[str, Any]:
    """The changes that words name, as far as they can be meant of this calculation."""
    read = stated(rule, question).values
    changes = {k: v for k, v in read.items() if before.get(k) != v and v is not None}
    if rule.tool != "stress_condor":
        changes |= _by_an_amount(question, before)
    if "kind" not in before:
        changes.pop("kind", None)
    paid = paid_since(question)
    if "credit" in before and "credit" not in changes and paid is not None:
        changes["credit"] = round(before["credit"] - paid, 10)
    return {k: v for k, v in changes.items() if _is_likely(k, before.get(k), v)}


_LIKELY: Mapping[str, float] = {
    "level": 1.8, "index": 5.0, "volatility": 12.0, "delta": 20.0, "points": 60.0, "money": 1000.0,
}  # fmt: skip
"""By how much a quantity of a kind changes at most from one question to the next."""


def _is_likely(name: str, old: Any, new: Any) -> bool:
    cue = BY_NAME.get(name)
    most = _LIKELY.get(cue.kind) if cue else None
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in (old, new))
    if most is None or not numbers or not old or not new:
        return True
    return bool(1 / most <= abs(new / old) <= most)


def _payoff(
    question: Question, before: Mapping[str, Any], changes: dict[str, Any], known: Mapping[str, Any]
) -> dict[str, Any]:
    """Of a payoff the levels and the days left are asked for anew, not the condor that was sold."""
    left = _told_left(question)
    if left is not None and "days" in before:
        changes = {k: v for k, v in changes.items() if k not in ("days", "credit")}
        changes["days_left"] = left
    spot, levels = payoff_levels(question)
    if not _OF_SPOT.search(question.text):
        levels = [*([spot] if spot else []), *levels]
        changes.pop("spot", None)
    if levels:
        changes["prices"] = levels
    return changes


_LEFT = re.compile(
    r"\b(\d{1,3})\s+(?:(?:days?|dte)\s+)?(?:are\s+)?(?:still\s+)?(?:left|to\s+go|to\s+run|remain\w*)\b|^\W*(?:and\s+)?(?:with\s+|at\s+)(\d{1,3})\s*(?:days|dte)\b",
    re.IGNORECASE,
)


def _told_left(question: Question) -> float | None:
    left = _LEFT.search(question.text)
    return float(left.group(1) or left.group(2)) if left else None


_OF_SPOT = re.compile(r"\b(?:spot|index|spx|s&p|underlying|sold|opened|was)\b", re.IGNORECASE)


def _days_left(
    question: Question, before: Mapping[str, Any], changes: dict[str, Any], known: Mapping[str, Any]
) -> dict[str, Any]:
    """'With 14 left' names days, not a credit."""
    left = _told_left(question)
    if left is None or "days" not in before:
        return changes
    rest = {k: v for k, v in changes.items() if k != "credit"}
    return {**rest, "days": left}


def _stress(
    question: Question, before: Mapping[str, Any], changes: dict[str, Any], known: Mapping[str, Any]
) -> dict[str, Any]:
    """Of a stress with a move and a signed number behind it, the number is the volatility's."""
    signed = [
        n
        for n in question.numerals
        if n.unit == "" and (n.value < 0 or question.text[n.start] == "+")
    ]
    if "spot_shocks" in changes and "vol_shocks" not in changes and len(signed) == 1:
        changes["vol_shocks"] = [shifted(signed[0].value, -2)]
    return changes


def _futures(
    question: Question, before: Mapping[str, Any], changes: dict[str, Any], known: Mapping[str, Any]
) -> dict[str, Any]:
    """One more price of a curve is the next month's."""
    new = [n for n in question.unread(changes) if n.unit == "" and 4 <= n.value <= 150]
    if len(new) == 1 and not changes and "third_future" not in before:
        changes["third_future"] = new[0].value
    return changes


def _option(
    question: Question, before: Mapping[str, Any], changes: dict[str, Any], known: Mapping[str, Any]
) -> dict[str, Any]:
    """The future that a VIX option is priced off, which is no strike."""
    future = question.read({"future"}).values.get("future")
    if before.get("model") != "black76" or future is None:
        return changes
    rest = {k: v for k, v in changes.items() if v != future}
    return {**rest, "spot": future}


def _touch(
    question: Question, before: Mapping[str, Any], changes: dict[str, Any], known: Mapping[str, Any]
) -> dict[str, Any]:
    """A strike that is meant by its name: 'the short put?'."""
    if "barrier" not in changes and not question.numerals:
        for words, name in ((r"\bputs?\b", "put_short"), (r"\bcalls?\b", "call_short")):
            if question.says(words) and known.get(name) not in (None, before.get("barrier")):
                changes["barrier"] = known[name]
    return changes


def _hedge(
    question: Question, before: Mapping[str, Any], changes: dict[str, Any], known: Mapping[str, Any]
) -> dict[str, Any]:
    """The layers of a hedge with the terms that a question changes: 'try the 30 strike'."""
    layers = before.get("layers") or []
    read = question.read({"strike", "days", "iv", "future", "price"}).values
    if question.strikes.single is not None:
        read = {**read, "strike": question.strikes.single}
    ahead = changes.get("days_forward")
    read = {k: v for k, v in read.items() if not (k == "days" and v == ahead)}
    if len(layers) == 1 and "layers" not in changes:
        terms = {**layers[0], **{k: v for k, v in read.items() if k in layers[0]}}
        if terms != layers[0]:
            changes["layers"] = [terms]
    return changes


def _credit(
    question: Question, before: Mapping[str, Any], changes: dict[str, Any], known: Mapping[str, Any]
) -> dict[str, Any]:
    """'And for 40 points?': a credit as wide as its wings is their width."""
    credit = changes.get("credit")
    if credit is not None and "width" not in changes and credit >= before["width"]:
        rest = {k: v for k, v in changes.items() if k != "credit"}
        return {**rest, "width": credit}
    return changes


def _of_a_roll(
    question: Question, before: Mapping[str, Any], changes: dict[str, Any], known: Mapping[str, Any]
) -> dict[str, Any]:
    """Terms of one of a roll's two condors: the new one's, unless the old one is spoken of."""
    name = "open_condor" if question.says(r"\b(?:old|open|original|current)\b") else "new_condor"
    terms = question.read({"credit", "days", "iv"}).values
    told = {k: v for k, v in terms.items() if v != changes.get("close_cost")}
    rest = {k: v for k, v in changes.items() if k not in ("credit", "days", "iv")}
    if told and isinstance(before.get(name), Mapping):
        rest[name] = {**before[name], **told}
    return rest


def _at_settlement(
    question: Question, before: Mapping[str, Any], changes: dict[str, Any], known: Mapping[str, Any]
) -> dict[str, Any]:
    """'Loss at 6,180?': the level that is asked for after the break-evens."""
    levels = [n.value for n in question.unread(changes) if n.unit == "" and n.value >= 1000]
    if "settlement" not in changes and len(levels) == 1 and question.says(_MADE):
        changes["settlement"] = levels[0]
    return changes


_MADE = r"\b(?:loss|lose|profit|make|gain|p\s?(?:&|/)\s?l|pnl|result|at|if)\b"

_CHANGES = {
    "check_credit": (_credit,),
    "break_even": (_at_settlement,),
    "plan_roll": (_of_a_roll,),
    "condor_payoff": (_payoff,),
    "stress_condor": (_stress,),
    "price_condor": (_days_left,),
    "select_condor": (_days_left,),
    "expected_move": (_days_left,),
    "probability_of_touch": (_days_left, _touch),
    "price_option": (_days_left, _option),
    "implied_volatility": (_days_left, _option),
    "vix_futures_curve": (_futures,),
    "size_hedge": (_hedge,),
}
"""What a question changes in its own way, by the tool of the calculation."""


def _legs(question: Question, wish: Wish) -> None:
    legs = question.strikes.legs
    kind = kind_of(question)
    order = sorted(legs, key=lambda name: name.endswith("long"))
    options = [{"kind": kind or name.partition("_")[0], "strike": legs[name]} for name in order]
    wish.values |= options[0]
    wish.variants = options[1:]
    wish.changed = dict(options[0])


def _without_stale(
    tool: str, before: Mapping[str, Any], changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Inputs that a change makes void, as None: another delta, another volatility, old quotes."""
    void: dict[str, Any] = {}
    if changes.keys() & set(_BASES):
        void |= dict.fromkeys(_BASES)
    if "iv" in changes:
        void |= dict.fromkeys(("put_iv", "call_iv", "leg_ivs"))
    if {"put_iv", "call_iv"} <= changes.keys() or "leg_ivs" in changes:
        void["iv"] = None
    if tool == "price_condor" and changes.keys() & set(STRIKES) and "credit" not in changes:
        void["credit"] = None  # a market's credit belongs to the condor it was quoted for
    return {k: v for k, v in void.items() if k in before}


_PREFERRED = (
    "target_credit",
    "settlement", "barrier", "strike", "days", "amount_in", "amount_out", "risk_fraction", "rate",
    "win_rate", "width", "credit", "account_usd", "price", "prices", "price_ratio", "contracts",
    "iv", "vix", "spot",
)  # fmt: skip
_NOT_AT = ("days", "contracts", "width")
"""What 'at 20' does not name."""


def _unnamed(
    question: Question, before: Mapping[str, Any], changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Numbers without a word ('6600?', 'at 5 %') as the inputs that they can be."""
    old_values = {v: k for k, v in before.items() if isinstance(v, int | float)}
    left = question.unread(changes)
    if "barrier" in before:
        left += [n for n in question.strikes.taken if n.value not in changes.values()]
    new = [n for n in left if n.value not in old_values]
    replaced = [n for n in left if n.value in old_values]
    if len(new) == 1 and len(replaced) == 1 and not changes:
        name = old_values[replaced[0].value]
        return {name: question.convert(name, new[0]) if name in BY_NAME else new[0].value}
    found: dict[str, Any] = {}
    if len(new) == 2 and _LIST.fullmatch(question.text[new[0].end : new[1].start]):
        new = new[:1]  # the other one is the same input again
    for n in new if len(new) <= _MOST_UNNAMED else ():
        found |= _can_be(question, n, before, changes.keys() | found.keys())
    return found


def _once_more(question: Question, changes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The other number of a pair: '5400 / 5200 too' is the same calculation twice."""
    for first, second in itertools.pairwise(question.numerals):
        joined = _LIST.fullmatch(question.text[first.end : second.start])
        names = [k for k, v in changes.items() if v == first.value and k in _PREFERRED]
        if second.value in changes.values():
            continue  # it has a name of its own: 'VIX and VIX3M at 19 and 20'
        if joined and len(names) == 1 and 0.5 < second.value / first.value < 2:
            return [{names[0]: second.value}]
    return []


_MOST_UNNAMED = 2
_POINTS = re.compile(r"\s*(?:points?|pts?)\b", re.IGNORECASE)
_LIST = re.compile(r"\s*(?:/|,|and|or|&)\s*\$?", re.IGNORECASE)


def _can_be(
    question: Question, n: Numeral, before: Mapping[str, Any], closed: set[str]
) -> dict[str, Any]:
    at = re.search(r"\bat\s+\$?$", question.text[: n.start], re.IGNORECASE)
    for name in _PREFERRED:
        old, cue = before.get(name), BY_NAME[name]
        if name in closed or (at and name in _NOT_AT):
            continue
        if name in ("days", "contracts") and not float(n.value).is_integer():
            continue
        if isinstance(old, list) and name == "prices":
            return {"prices": [n.value]}
        if not isinstance(old, int | float) or isinstance(old, bool) or not old:
            continue
        if question.is_anothers(cue, n) or (
            cue.kind != "points" and _POINTS.match(question.text, n.end)
        ):
            continue
        if cue.kind in ("rate", "part", "volatility"):
            value = question.convert(name, n)
        elif n.unit in ("%", "bp"):
            continue
        else:
            value = n.value
        if name == "width" and value <= before.get("credit", 0.0):
            continue  # a wing that is worth its credit is not meant
        if 0.2 <= abs(value / old) <= 5 or (cue.kind == "money" and abs(value / old) <= 100):
            return {name: value}
    return {}


def _by_an_amount(question: Question, before: Mapping[str, Any]) -> dict[str, Any]:
    """Changes by an amount: 'vol 4 points higher', 'a week less', 'double the size'."""
    changes: dict[str, Any] = {}
    moves = shocks(question).get("vol_shocks", [])
    if moves and isinstance(before.get("iv"), int | float):
        changes["iv"] = round(before["iv"] + moves[0], 10)
    if question.says(r"\bdoubl\w+ (?:the |my )?(?:size|contracts|position)"):
        changes["contracts"] = 2 * float(before.get("contracts", 1))
    wider = re.search(r"\b(\d+)\s*(?:points?|pts?)?\s*(wider|narrower)\b", question.text, re.I)
    if wider and "width" in before:
        step = numerals_in(wider.group(1))[0].value
        changes["width"] = before["width"] + (step if wider.group(2).lower() == "wider" else -step)
    later = _LATER.search(question.text)
    if later and isinstance(before.get("days"), int | float):
        step = float(later.group(1)) * (7 if later.group(2).lower().startswith("w") else 1)
        fewer = later.group(3).lower() in ("less", "fewer", "later", "shorter")
        days = before["days"] + (-step if fewer else step)
        if days > 0:
            changes["days"] = days
    times = re.search(
        r"\b(?:times|x)\s+(\d{1,3})\b|\b(\d{1,3})\s*(?:times|x)\W*$", question.text, re.I
    )
    if times and len(question.numerals) == 1 and "put_short" in before:
        changes["contracts"] = float(times.group(1) or times.group(2))
    if question.says(r"\bdouble the (?:time|days)\b|\btwice (?:as long|the (?:time|days))\b"):
        changes |= {"days": 2 * before["days"]} if before.get("days") else {}
    percent = re.search(r"\bvol(?:atility)?\s+(?:doubles|twice)\b", question.text, re.I)
    if percent and isinstance(before.get("iv"), int | float):
        changes["iv"] = shifted(before["iv"] * 2, 0)
    return changes


_LATER = re.compile(
    r"\b(\d{1,3})\s+(days?|weeks?)\s+(less|fewer|later|shorter|more|longer|earlier)\b(?!\s+than)",
    re.IGNORECASE,
)
