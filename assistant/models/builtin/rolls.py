"""The two condors of a roll: each has its own days and credit, the market belongs to both.

What is said between the first four strikes and the words that bring in the new condor is the open
one's, what follows is the new one's. What both share, or what closing costs, is read from the whole
question and is neither's credit.
"""

from __future__ import annotations

import re
from typing import Any

from assistant.models.builtin.cues import BY_NAME
from assistant.models.builtin.numerals import Numeral
from assistant.models.builtin.pairing import converted
from assistant.models.builtin.reading import Question
from assistant.models.builtin.rules import STRIKES

_GROUP = re.compile(
    r"\$?\d[\d,]*(?:\.\d+)?(?:\s?[/-]\s?\d[\d,]*(?:\.\d+)?){3}(?![/\d])", re.IGNORECASE
)
_NEW = (
    re.compile(r"\binto\b|\bnew\b|\breplac\w+|\bre-?open\w*|→|->", re.IGNORECASE),
    re.compile(r"[.;]\s|\)\s*(?:and|,|up|out|down)|\band\s+pay\b", re.IGNORECASE),
    re.compile(r"\band\b|\bto\b|\bfor\b|,", re.IGNORECASE),
)
_DAYS = re.compile(
    r"[\s-]?(?:more\s+|calendar\s+)?(dte|da?ys?|d|weeks?|wks?|months?)(?![A-Za-z])", re.I
)
_NO_CREDIT = re.compile(
    r"\s?-?(?:%|percent|bps?\b|vols?\b|v\b|iv\b|lots?\b|contracts?\b|condors?\b|x\b|delta|k\b)",
    re.I,
)
_TAKEN_IN = re.compile(
    r"\b(?:got|received?|credit|cr|sold|opened|took(?:\s+in)?|collect\w*|filled|pa(?:id|ys)(?:\s+me)?)\s*(?:at|for|of|is|was|:|=)*\s*\$?$",
    re.IGNORECASE,
)
_CREDIT_BEHIND = re.compile(
    r"\s*(?:points?\s+)?(?:cr\b|credit|received|collected|for\s+it\b|taken)", re.I
)
_OWN = ("iv", "put_iv", "call_iv")
_SHARED = (*_OWN, "spot", "dividend_yield", "contracts")


def groups_of(question: Question) -> list[re.Match[str]]:
    """The places where four strikes stand together."""
    return list(_GROUP.finditer(question.text))


def two_condors(question: Question) -> dict[str, dict[str, Any]]:
    """The open condor and the new one, as far as the question states both; else nothing."""
    groups = groups_of(question)
    if len(groups) < 2:
        return {}
    cut = _cut(question.text, groups[0].end(), groups[1].start())
    shared = dict(question.read(set(_SHARED)).values)
    aside = question.read({"wacc", "close_cost", "margin_usd"}).values
    taken = {round(abs(v), 9) for v in (*shared.values(), *aside.values())}
    ends = ((groups[0], 0, cut), (groups[1], cut, len(question.text)))
    condors = []
    for group, start, end in ends:
        own = [n for n in question.numerals if start <= n.start < end and not _in(group, n)]
        volatility = Question(question.text[start:end]).read(set(_OWN)).values
        taken_here = taken | {round(v, 9) for v in volatility.values()}
        terms = _terms(question.text, own, taken_here)
        condors.append({**_strikes(question, group), **volatility, **terms})
    if not all(condor.keys() & set(_OWN) for condor in condors):
        condors = [{**{k: shared[k] for k in _OWN if k in shared}, **c} for c in condors]
    beside = {k: v for k, v in shared.items() if k not in _OWN}
    condors = [{**beside, **condor} for condor in condors]
    return dict(zip(("open_condor", "new_condor"), condors, strict=True))


def _cut(text: str, start: int, end: int) -> int:
    """Where the words on the new condor begin."""
    for place, words in enumerate(_NEW):
        breaks = list(words.finditer(text, start, end))
        if breaks:
            return breaks[0 if place == 0 else -1].start()
    return end


def _in(group: re.Match[str], n: Numeral) -> bool:
    return group.start() <= n.start < group.end()


def _strikes(question: Question, group: re.Match[str]) -> dict[str, float]:
    values = sorted(n.value for n in question.numerals if _in(group, n))
    return dict(zip(STRIKES, values, strict=False)) if len(values) == 4 else {}


def _terms(text: str, own: list[Numeral], taken: set[float]) -> dict[str, float]:
    """The days and the credit among the numbers that are one condor's own."""
    found: dict[str, float] = {}
    sure = False
    for n in own:
        days = _DAYS.match(text, n.end)
        if days:
            found.setdefault("days", converted(BY_NAME["days"], n, days.group(1)))
            continue
        free = not taken & {round(n.value, 9), round(n.value / 100, 9)}
        better = "credit" not in found or (not sure and _is_credit(text, n))
        if free and better and _may_be_credit(text, n):
            found["credit"], sure = n.value, _is_credit(text, n)
    return found


def _is_credit(text: str, n: Numeral) -> bool:
    """Whether words beside a number say that it was taken in."""
    return bool(_TAKEN_IN.search(text[: n.start]) or _CREDIT_BEHIND.match(text, n.end))


def _may_be_credit(text: str, n: Numeral) -> bool:
    small = n.unit in ("", "$") and 0 < n.value < 100
    return small and not _NO_CREDIT.match(text, n.end)
