"""What a question states for one tool: the read quantities, completed by what follows from them.

`stated` gives the values by the names of the rules' table, `arguments` turns them into the tool's
own arguments: a condor within a condor's stress, wing widths by their name, whole contracts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from assistant.models.builtin.cues import BY_NAME
from assistant.models.builtin.numerals import Numeral, shifted
from assistant.models.builtin.reading import Question, Reading
from assistant.models.builtin.rules import BY_TOOL, STRIKES, Rule

CONDOR = (*STRIKES, "spot", "days", "iv", "rate", "dividend_yield", "credit", "contracts", "put_iv", "call_iv", "fees")  # fmt: skip
"""The arguments of `price_condor`, which other tools take as one condor."""

_NESTED = ("stress_condor", "condor_payoff")
_DOWN = r"\b(?:drops?|dropping|falls?|falling|down|tanks?|declines?|lower|loses?|crash(?:es)?|plunges?|sells?[- ]off|minus|dip|fall|drop|decline|correction|selloff|sell-off|gap(?:s|ped)? down)\b"
_UP = r"\b(?:rall(?:y|ies)|ris(?:es?|ing)|up|higher|gains?|jumps?|climbs?|melts?[- ]up|gap(?:s|ped)? up|plus)\b"
_VOL_MOVE = re.compile(
    r"\b(?:vol(?:atility)?s?|iv|implied\w*)\b[^.?!\d]{0,40}?(?P<by>\bby\b|\bup\b|\bris\w+|\bjump\w*|\bspik\w*|\bgain\w*|\bdown\b|\bfall\w*|\bdrop\w*|\+)\s*(?:by\s+|to\s+)?(?P<n>\d+(?:\.\d+)?)\s*(?P<unit>vol\w*|points?|pts?|%|percent\w*)?",
    re.IGNORECASE,
)
_RATIO_WORDS = (
    (r"\bdoubl", 2.0), (r"\btripl", 3.0), (r"\bquadrupl", 4.0), (r"\bhalv|\bcut in half\b|\bby half\b|\bin half\b", 0.5),
)  # fmt: skip


def stated(rule: Rule, question: Question) -> Reading:
    """The quantities of a rule that a question states."""
    names = {part for need in (*rule.needs, *rule.uses) for part in need.split("|")}
    reading = question.read(_wanted(rule, names))
    values = dict(reading.values)
    for name, find in _FOUND.items():
        if name in names and name not in values and (value := find(question)) is not None:
            values[name] = value
    _complete(rule, question, values)
    last_one(rule, question, values)
    return Reading({k: v for k, v in values.items() if k in names or k in _EXTRA}, reading.others)


_EXTRA = ("spot_shocks", "vol_shocks", "prices", "kind", "width", "new_condor", "open_condor")


def _wanted(rule: Rule, names: set[str]) -> set[str]:
    wanted = set(names)
    if {"put_short", "call_short"} <= names:
        wanted.add("width")
    if rule.tool == "check_credit":
        wanted |= set(STRIKES)
    if rule.tool == "size_hedge":
        wanted |= {"strike", "days", "iv"}
    return wanted


def _complete(rule: Rule, question: Question, values: dict[str, Any]) -> None:
    """What follows from what was said: long strikes from the width, the width from the strikes."""
    if rule.tool == "check_credit" and "width" not in values:
        sides = (("put_long", "put_short"), ("call_short", "call_long"))
        widths = [abs(values[a] - values[b]) for a, b in sides if a in values and b in values]
        if widths:
            values["width"] = max(widths)
    if "put_long" in rule.needs:
        with_wings(values)
        if "iv" not in values and {"put_iv", "call_iv"} <= values.keys():
            values["iv"] = None
    if "days" in rule.needs and "days" not in values and question.today and question.days:
        left = (question.days[0].first - question.today).days
        if left > 0 and question.days[0].first == question.days[0].last:
            values["days"] = float(left)
    if "cashflows" in values:
        _outlay_first(question, values)
    if rule.tool == "stress_condor":
        values |= _shocks(question)
    if rule.tool == "condor_payoff":
        prices = _prices(question, values)
        if prices:
            values["prices"] = prices
    if rule.tool == "plan_roll":
        values |= _two_condors(question)
    if rule.tool == "size_hedge" and "layers" not in values:
        layer = _layer(question, values)
        if layer:
            values["layers"] = [layer]
    if rule.tool == "size_position":
        _part_in_money(question, values)


def _outlay_first(question: Question, values: dict[str, Any]) -> None:
    """'Invest 1000, get 400, 500': what is paid first is negative, though nobody writes the sign."""
    flows = values["cashflows"]
    paid = r"\binvest|\bpay|\bpaid\b|\bput in\b|\bcosts?\b|\boutlay\b|\bspend|\bupfront\b|\bbuy"
    if min(flows) >= 0 and question.says(paid):
        values["cashflows"] = [-flows[0], *flows[1:]]


def with_wings(values: dict[str, Any]) -> None:
    """The long strikes of a condor from its short ones and the width, where they are not given."""
    width = values.get("width")
    if width and "put_short" in values and "call_short" in values:
        values.setdefault("put_long", values["put_short"] - width)
        values.setdefault("call_long", values["call_short"] + width)


_CORE = frozenset(
    "spot vix vix9d vix3m vix6m vvix iv days short_delta width contracts account_usd".split()
)


def last_one(rule: Rule, question: Question, values: dict[str, Any]) -> None:
    """The only number left is the only input that is missing, where it can be one."""
    missing = [need for need in rule.needs if not any(p in values for p in need.split("|"))]
    cue = BY_NAME.get(missing[0].split("|")[0]) if len(missing) == 1 else None
    if cue is None or cue.kind == "series" or not question.says(rule.wants):
        return
    elsewhere = question.read(_CORE - {cue.name}).values
    left = [n for n in question.unread({**values, **elsewhere}) if not _is_ordinal(question, n)]
    if len(left) == 1 and _fits(cue.kind, left[0]):
        values[cue.name] = question.convert(cue.name, left[0])


def _is_ordinal(question: Question, numeral: Numeral) -> bool:
    """Whether a number counts things of no interest here: '2 questions', '3 friends of mine'."""
    return re.match(r"\s+(?:questions?|things|ideas|friends|times|years|reasons)\b", question.text[numeral.end :]) is not None  # fmt: skip


_LEAST = {"level": 100.0, "points": 0.0, "money": 0.0, "ratio": 0.0, "number": 0.0}


def _fits(kind: str, numeral: Numeral) -> bool:
    if kind in ("rate", "part", "volatility"):
        return numeral.unit in ("%", "bp") or (kind == "volatility" and numeral.unit == "")
    return kind in _LEAST and numeral.unit in ("", "$") and numeral.value >= _LEAST[kind]


def arguments(rule: Rule, values: Mapping[str, Any]) -> dict[str, Any]:
    """The tool's arguments from the values of its rule."""
    given = {k: _whole(k, v) for k, v in values.items() if v is not None}
    if rule.tool in _NESTED:
        condor = {k: given[k] for k in CONDOR if k in given}
        outside = ("spot_shocks", "vol_shocks", "days_forward", "prices", "days_left")
        return {"condor": condor} | {k: given[k] for k in outside if k in given}
    if rule.tool == "plan_roll":
        names = ("open_condor", "new_condor", "wacc", "close_cost", "days_between", "margin_usd")
        return {k: given[k] for k in names if k in given}
    if rule.tool == "xirr":
        dated = given["dated"]
        return {"cashflows": [amount for _, amount in dated], "dates": [day for day, _ in dated]}
    named = {"width": "wing_width"} if rule.tool == "select_condor" else {}
    allowed = {part for need in (*rule.needs, *rule.uses) for part in need.split("|")}
    return {named.get(k, k): v for k, v in given.items() if k in allowed}


def values_of(tool: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """A call's arguments back as the values of its rule."""
    if tool in _NESTED:
        rest = {k: v for k, v in inputs.items() if k != "condor"}
        return dict(inputs.get("condor", {})) | rest
    if tool == "select_condor":
        return {("width" if k == "wing_width" else k): v for k, v in inputs.items()}
    return dict(inputs)


def is_complete(rule: Rule, values: Mapping[str, Any]) -> bool:
    """Whether every need of a rule is there."""
    return not what_lacks(rule, values)


def what_lacks(rule: Rule, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The needs of a rule that are not there, by their first name."""
    if rule.tool == "plan_roll":
        condors = [name for name in ("open_condor", "new_condor") if name not in values]
        return (*condors, *(["wacc"] if "wacc" not in values else []))
    return tuple(
        need.split("|")[0]
        for need in rule.needs
        if not any(part in values for part in need.split("|"))
    )


def _whole(name: str, value: Any) -> Any:
    counted = name in ("contracts", "period")
    return int(value) if counted and float(value).is_integer() else value


def _kind(question: Question) -> str | None:
    if question.strikes.kind:
        return question.strikes.kind
    said = {word[0].lower() for word in re.findall(r"\b(?:put|call)s?\b", question.text, re.I)}
    return {"p": "put", "c": "call"}[said.pop()] if len(said) == 1 else None


def _model(question: Question) -> str | None:
    future = r"\bblack[-\s]?76\b|\b(?:off|on) (?:the|a) (?:vix )?future|\bvix (?:call|put|option)"
    return "black76" if question.says(future) else None


def _ratio(question: Question) -> float | None:
    for words, ratio in _RATIO_WORDS:
        if question.says(words):
            return ratio
    moves = re.search(r"\bfrom\s+\$?([\d,.]*\d)k?\s+to\s+\$?([\d,.]*\d)k?", question.text, re.I)
    if moves:
        before, after = (float(group.replace(",", "")) for group in moves.groups())
        return after / before if before else None
    shocks = _signed_percents(question)
    return round(1 + shocks[0], 12) if len(shocks) == 1 else None


def _signed_percents(question: Question) -> list[float]:
    """Moves in percent with the sign of their words: 'drops 3 or 5 %' is -0.03, -0.05."""
    text, found = question.text, []
    listed = r"(?:\s*(?:,|and|or|/|to)\s*)+"
    percents = [
        n
        for i, n in enumerate(question.numerals)
        if n.is_percent
        or (
            i + 1 < len(question.numerals)
            and question.numerals[i + 1].is_percent
            and re.fullmatch(listed, text[n.end : question.numerals[i + 1].start])
        )
    ]
    sign = 0
    for n in percents:
        before = text[max(0, n.start - 45) : n.start]
        after = text[n.end : n.end + 20]
        words = [(m.start(), -1) for m in re.finditer(_DOWN, before, re.I)]
        words += [(m.start(), 1) for m in re.finditer(_UP, before, re.I)]
        follows = re.match(rf"\s*(?:{_DOWN}|(?P<up>{_UP}))", after, re.I)
        if n.value < 0:
            sign = -1
        elif words:
            sign = max(words)[1]
        elif follows:
            sign = 1 if follows["up"] else -1
        if sign:
            found.append(sign * shifted(abs(n.value), -2))
    return found


def _shocks(question: Question) -> dict[str, Any]:
    shocks: dict[str, Any] = {}
    moves = _VOL_MOVE.search(question.text)
    if moves:
        size = shifted(float(moves["n"]), -2)
        shocks["vol_shocks"] = [-size if re.match(r"down|fall|drop", moves["by"], re.I) else size]
    inside = moves.span("n") if moves else (-1, -1)
    spot = [
        value
        for value, n in zip(_signed_percents(question), _percent_numerals(question), strict=False)
        if not inside[0] <= n.start < inside[1]
    ]
    if spot:
        shocks["spot_shocks"] = spot
    return shocks


def _percent_numerals(question: Question) -> list[Numeral]:
    return [n for n in question.numerals if n.is_percent]


def _shock(question: Question) -> float | None:
    falls = [value for value in _signed_percents(question) if value < 0]
    return falls[0] if falls else None


def _prices(question: Question, values: Mapping[str, Any]) -> list[float]:
    """The index levels at which a payoff is asked for."""
    used = {values.get(name) for name in ("spot", *STRIKES)}
    cue = r"\b(?:at|settles?|closes?|expires?|finish\w*|ends?|if|around|near|and|or)\b[^\d.]{0,25}$"
    return [
        n.value
        for n in question.numerals
        if n.unit == ""
        and n.value not in used
        and n.value >= 100
        and n not in question.strikes.taken
        and re.search(cue, question.text[: n.start], re.I)
    ]


def _two_condors(question: Question) -> dict[str, Any]:
    """The open condor and the new one: what stands before and after 'into' or 'to'."""
    parts = re.split(
        r"\b(?:into|to the new|for the new|->|out to|and open|new one:?)\b|→", question.text, maxsplit=1
    )
    if len(parts) != 2:
        return {}
    rule = BY_TOOL["price_condor"]
    halves = [dict(stated(rule, Question(part, question.today)).values) for part in parts]
    for name in ("spot", "iv", "put_iv", "call_iv", "rate", "dividend_yield", "contracts"):
        if name in halves[0]:
            halves[1].setdefault(name, halves[0][name])
        elif name in halves[1]:
            halves[0].setdefault(name, halves[1][name])
    names = ("open_condor", "new_condor")
    return {
        name: arguments(rule, half)
        for name, half in zip(names, halves, strict=True)
        if is_complete(rule, half)
    }


def _layer(question: Question, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """One layer of VIX calls, where its terms are stated."""
    if not question.says(r"\bvix\b.{0,40}\bcalls?\b|\bcalls?\b.{0,30}\bvix\b"):
        return None
    future = re.search(r"\bfutures?\b[^\d.]{0,20}(\d+(?:\.\d+)?)", question.text, re.I)
    if not future or not {"strike", "days"} <= values.keys() or "iv" not in values:
        return None
    terms = {name: values[name] for name in ("strike", "days", "iv")}
    return {"layer": "VIX calls", "instrument": "VIX call", "future": float(future.group(1))} | terms


def _dated(question: Question) -> list[tuple[str, float]] | None:
    """Amounts with their dates, each with the date nearest to it."""
    amounts = [n for n in question.numerals if n.unit in ("", "$")]
    if len(question.days) < 2 or len(amounts) != len(question.days):
        return None
    pairs = zip(question.days, amounts, strict=True)
    return [(span.first.isoformat(), _paid(question, n)) for span, n in pairs]


def _paid(question: Question, numeral: Numeral) -> float:
    before = question.text[max(0, numeral.start - 30) : numeral.start]
    paid = re.search(r"\b(?:paid|pay|put in|invest\w*|spent|cost|outlay|out)\b[^\d]*$", before, re.I)
    return -abs(numeral.value) if paid else numeral.value


def _first_day(question: Question) -> str | None:
    return question.days[0].first.isoformat() if question.days else None


def _last_day(question: Question) -> str | None:
    return question.days[-1].last.isoformat() if question.days else None


def _root(question: Question) -> str | None:
    if question.says(r"\bspxw\b|\bweekl(?:y|ies)\b"):
        return "SPXW"
    if question.says(r"\bvix\b"):
        return "VX" if question.says(r"\bfutures?\b") else "VIX"
    if question.says(r"\bspx\b") and question.says(r"\bmonthl|\bam[- ]settled\b|\bstandard\b|\bthird friday\b"):
        return "SPX"
    return None


def _weekly(question: Question) -> bool | None:
    return True if question.says(r"\bweekl") else None


def _part_in_money(question: Question, values: dict[str, Any]) -> None:
    """A risk in dollars as a part of the account: 'risking $2,000 of 100k'."""
    match = re.search(r"\brisk(?:ing)?\s+(?:at most\s+|up to\s+|only\s+)?\$([\d,]+)(k?)", question.text, re.I)
    if match and "account_usd" in values and "risk_fraction" not in values:
        money = float(match.group(1).replace(",", "")) * (1000 if match.group(2) else 1)
        values["risk_fraction"] = money / values["account_usd"]


_FOUND: Mapping[str, Any] = {
    "kind": _kind,
    "model": _model,
    "price_ratio": _ratio,
    "spx_shock": _shock,
    "dated": _dated,
    "start": _first_day,
    "end": _last_day,
    "expiration": _first_day,
    "root": _root,
    "weekly": _weekly,
}
