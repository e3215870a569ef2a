"""Quantities that no single word names: kinds, moves in percent, cash flows, pools, dates.

Each function here takes a question and gives one input of a tool, or None. `FOUND` says which.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from assistant.models.builtin.cash import cash_flows, rate_beside, signed
from assistant.models.builtin.moves import price_ratios, signed_percents
from assistant.models.builtin.numerals import shifted
from assistant.models.builtin.reading import Question


def kind_of(question: Question) -> str | None:
    """Call or put, where the question names only one of them."""
    if question.strikes.kind:
        return question.strikes.kind
    said = {word[0].lower() for word in re.findall(r"\b(?:put|call)s?\b", question.text, re.I)}
    return {"p": "put", "c": "call"}[said.pop()] if len(said) == 1 else None


def model_of(question: Question) -> str | None:
    """Black-76 for options on VIX futures."""
    future = (
        r"\bblack[-\s]?76\b|\b(?:off|on|against) (?:the|a) (?:vix )?future|\bfutures? on (?:the )?vix\b"
        r"|\bvix\s+(?:\d+(?:\.\d+)?[\s-]*(?:strike\s+)?)?(?:call|put|option)|\bvix\b.*\bfuture"
    )
    return "black76" if question.says(future) else None


def margin_rule(question: Question) -> str | None:
    """Which wings the broker holds margin for."""
    both = r"\bmargin\w*\b.{0,30}\bboth (?:sides|wings)\b|\bboth (?:sides|wings)\b.{0,40}\bmargin"
    return "both sides" if question.says(both) else None


def _price_ratio(question: Question) -> float | None:
    ratios = price_ratios(question)
    return ratios[0] if ratios else None


def _other_ratio(question: Question) -> float | None:
    ratios = price_ratios(question)
    two_coins = question.says(r"\bother\b|\bsecond\b|\bwhile\b|\bboth\b")
    return ratios[1] if len(ratios) == 2 and two_coins else None


def _shock(question: Question) -> float | None:
    falls = [move for _, move in signed_percents(question) if move < 0]
    return falls[0] if falls else None


def two_parts(question: Question) -> tuple[str, str] | None:
    """A roll's two halves: what is said of the open condor, and of the new one."""
    group = r"\$?\d[\d,.]*\s?[/-]\s?\d[\d,.]*\s?[/-]\s?\d[\d,.]*\s?[/-]\s?\d[\d,.]*"
    condors = list(re.finditer(group, question.text))
    if len(condors) < 2:
        return None
    start, end = condors[0].end(), condors[1].start()
    between = question.text[start:end]
    for words in (
        r"\binto\b|\bnew\b|\breplac\w+|→|->",
        r"[.;]\s|\)\s*(?:and|,)|\band pay\b",
        r"\band\b|\bto\b|\bfor\b|,",
    ):
        breaks = list(re.finditer(words, between, re.I))
        if breaks:
            cut = start + breaks[0 if words.startswith(r"\binto") else -1].start()
            return question.text[:cut], question.text[cut:]
    return question.text[: condors[1].start()], question.text[condors[1].start() :]


def _dated(question: Question) -> list[tuple[str, float]] | None:
    """Amounts with their dates, each with the date nearest to it."""
    amounts = [n for n in question.numerals if n.unit in ("", "$")]
    if len(question.days) < 2 or len(amounts) != len(question.days):
        return None
    return [
        (span.first.isoformat(), signed(question, n))
        for span, n in zip(question.days, amounts, strict=True)
    ]


def _first_day(question: Question) -> str | None:
    return question.days[0].first.isoformat() if question.days else None


def _last_day(question: Question) -> str | None:
    return question.days[-1].last.isoformat() if question.days else None


def _expiration(question: Question) -> str | None:
    """The day that something expires: the one beside that word, else the first."""
    for span in question.days:
        if re.search(r"\bexpir\w*\W+(?:on\W+|in\W+|of\W+)?$", question.text[: span.start], re.I):
            return span.first.isoformat()
    return _first_day(question)


def roots(question: Question) -> list[str]:
    """The option roots that are named."""
    found: list[str] = []
    if question.says(r"\bvix\b|\bvx\b"):
        found.append("VX" if question.says(r"\bfutures?\b|\bvx\b") else "VIX")
    if question.says(r"\bspx\b"):
        found.append("SPX")
    if question.says(r"\bspxw\b|\bweekl(?:y|ies)\b|\bpm[- ]settled\b"):
        if "SPX" in found and not question.says(r"\bspx\b.*\b(?:and|vs|or)\b|\bboth\b"):
            found.remove("SPX")
        found.append("SPXW")
    return found


def _root(question: Question) -> str | None:
    found = roots(question)
    return found[0] if found else None


def _weekly(question: Question) -> bool | None:
    return True if question.says(r"\bweekl") else None


def _coverage(question: Question) -> float | None:
    return (
        0.5
        if question.says(r"\bhalf (?:of )?(?:an?|it|that|the|my|this)\b|\bhalf (?:covered|hedged)")
        else None
    )


_MONTHLY = re.compile(
    r"\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?(?:['’]s)?\s+(?:vix\s+|vx\s+)?(?:futures?\s+)?"
    r"(?:(?:contract|is|at|trad(?:es|ing)|=|:)\s*)*(\d{1,2}(?:\.\d+)?)(?![\d%])",
    re.IGNORECASE,
)


def _month(place: int) -> Callable[[Question], float | None]:
    """The price of the first, second or third VIX future named by its month."""

    def find(question: Question) -> float | None:
        if not question.says(r"\bfutures?\b|\bvx\b"):
            return None
        prices = [float(match.group(1)) for match in _MONTHLY.finditer(question.text)]
        return prices[place] if 2 <= len(prices) > place else None

    return find


def _win_rate(question: Question) -> float | None:
    """'9 of 10 win', 'winning eighteen out of twenty'."""
    counted = re.search(
        r"\b(\d+)\s+(?:times\s+)?(?:out\s+)?of\s+(?:every\s+)?(\d+)\b", question.text
    )
    if counted is None or not question.says(r"\bwin\w*|\bwon\b|\bprofitable\b|\bgreen\b"):
        return None
    won, among = (float(group) for group in counted.groups())
    return won / among if 0 < won <= among else None


def _contracts(question: Question) -> float | None:
    """'If I did three of them'."""
    counted = re.search(
        r"\b(?:did|do|doing|sold|sell|have|hold|run|opened?|traded?|put on)\s+(\d+)\s+of\s+(?:them|these|those)\b",
        question.text,
        re.IGNORECASE,
    )
    return float(counted.group(1)) if counted else None


def _equity_rate(question: Question) -> float | None:
    return rate_beside(question, "equity")


def _debt_rate(question: Question) -> float | None:
    return rate_beside(question, r"(?:debt|loans?|borrowed)")


def _credit_range(question: Question) -> tuple[float, float] | None:
    match = re.search(
        r"\b(?:range|target|band|rule|between|want|should be|pays?|collect|take)\b[^\d.?]{0,25}(\d+(?:\.\d+)?)\s*(?:%|percent)?\s*(?:to|-|and)\s*(\d+(?:\.\d+)?)\s*(?:%|percent)",
        question.text,
        re.I,
    )
    if not match:
        return None
    return shifted(float(match.group(1)), -2), shifted(float(match.group(2)), -2)


def _low(question: Question) -> float | None:
    bounds = _credit_range(question)
    return bounds[0] if bounds else None


def _high(question: Question) -> float | None:
    bounds = _credit_range(question)
    return bounds[1] if bounds else None


def nothing_of(question: Question, name: str) -> bool:
    """Whether the question says that there is none of it: 'no receivables', 'without a fee'."""
    words = name.replace("_", r"[\s_]").removesuffix("s")
    return question.says(rf"\b(?:no|zero|without(?: a| any)?)\s+(?:\w+\s+)?{words}s?\b")


def layer(question: Question) -> dict[str, Any] | None:
    """One layer of VIX calls or futures, where its terms are stated."""
    level = question.read({"future"}).values.get("future")
    if level is None or level > 150 or not question.says(r"\bvix\b"):
        return None
    days = question.read({"days"}).values.get("days")
    if question.says(r"\bcalls?\b"):
        strike = question.strikes.single or next(iter(question.strikes.legs.values()), None)
        strike = strike or question.read({"strike"}).values.get("strike")
        terms = question.read({"iv", "price"}).values
        if strike is None or days is None or not terms:
            return None
        value = {"iv": terms["iv"]} if "iv" in terms else {"price": terms["price"]}
        return {
            "layer": "short_vix_calls",
            "instrument": "VIX call",
            "future": level,
            "strike": strike,
            "days": days,
        } | value
    if question.says(r"\bvix futures?\b|\bfutures?\b") and days is not None:
        return {"layer": "vix_futures", "instrument": "VIX future", "future": level, "days": days}
    return None


def _layers(question: Question) -> list[dict[str, Any]] | None:
    found = layer(question)
    return [found] if found else None


FOUND: Mapping[str, Callable[[Question], Any]] = {
    "kind": kind_of,
    "model": model_of,
    "margin_rule": margin_rule,
    "price_ratio": _price_ratio,
    "other_price_ratio": _other_ratio,
    "spx_shock": _shock,
    "dated": _dated,
    "start": _first_day,
    "end": _last_day,
    "expiration": _expiration,
    "root": _root,
    "weekly": _weekly,
    "win_rate": _win_rate,
    "contracts": _contracts,
    "front_future": _month(0),
    "second_future": _month(1),
    "third_future": _month(2),
    "low": _low,
    "high": _high,
    "layers": _layers,
    "target_coverage": _coverage,
    "cashflows": cash_flows,
    "cost_of_equity": _equity_rate,
    "cost_of_debt": _debt_rate,
}
