"""Quantities that a whole phrase tells: 'x40', 'goes out at 7022', '171 of 190 won', 'MACD 4/8/3'.

Each function takes a question and gives one input of a tool, or None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from assistant.models.builtin.numerals import numerals_in, shifted
from assistant.models.builtin.reading import Question

_N = r"(\d{1,5})"
_NUMBER = r"\$?(\d[\d,]*(?:\.\d+)?)"
_CONTRACTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_N}\s+of\s+(?:them|these|those|it|such)\b(?!\s+(?:won|lost|win|lose|were|was|are))",
        r"(?<![\d.])\bx\s?(\d{1,3})\b(?![.,]?\d)",
        rf"(?<![\d./]){_N}\s?(?:x|×)\s*(?=\$?\d{{3}})",
        rf"(?<![\d./%$-]){_N}\s+(?:iron\s+)?(?:condors|ics|spreads|lots|contracts|cars)\b",
        rf"(?<![\d./%$]){_N}\s+(?=\d{{3,5}}/\d{{3,5}}/\d{{3,5}}/\d{{3,5}})",
        rf"\b{_N}[-\s]lot\b",
    )
)


def contracts(question: Question) -> float | None:
    """How many condors are meant: '8 x 6600/...', 'three of them', '20 contracts'."""
    for pattern in _CONTRACTS:
        match = pattern.search(question.text)
        if match:
            return float(match.group(1))
    return None


_SETTLES = re.compile(
    r"\b(?:(?:goes|went|going)\s+out(?:\s+(?:at|around|near|on))?|(?:closing|final|settlement|soq)\s+(?:print|value|level|price|settlement)"
    r"(?:\s+(?:is|was|of|at|being|comes?\s+in\s+at))*|(?:finish|settl|expir|clos|end|land)(?:es|s|e|ed|ing)?(?:\s+(?:up|right|exactly|on|\w+day))*(?:\s+at|\s+on|\s+around|\s+near)?"
    rf"|settlement(?:\s+(?:is|was|at|of|around))*)[\s:,=]*{_NUMBER}(?!\s*(?:%|days?|points?|/))",
    re.IGNORECASE,
)  # fmt: skip
_PRINTS = re.compile(
    rf"\b(?:prints?|at|is|was)\s+{_NUMBER}\s+(?:at|on|for|by)\s+(?:the\s+)?(?:final\s+)?(?:settlement|expir\w+|the\s+close|close)\b",
    re.IGNORECASE,
)


def settlement(question: Question) -> float | None:
    """Where the index stands when the options expire: 'goes out at 7022', 'closing print 6382'."""
    for pattern in (_PRINTS, _SETTLES):
        for match in pattern.finditer(question.text):
            level = float(match.group(1).replace(",", ""))
            places = {n.end for n in question.numerals if n not in question.strikes.taken}
            if level >= 100 and match.end(1) in places:
                return level
    return None


_RIGHT = re.compile(
    rf"\b(?:(?:am|['’]m|are|being|be)\s+right|win|wins|won|winning|profitable|hit\s+rate|success\w*|batting)\b[^\d.?!;%]{{0,25}}{_NUMBER}\s?(?:%|percent)"
    rf"|{_NUMBER}\s?(?:%|percent)\s+(?:of\s+(?:the|my|them|all)\s+(?:time|trades|trade|condors|ics)\b|winners?|wins?\b|win|success|hit)",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\b(\d+)\s+(?:times\s+|wins\s+|winners\s+|winning\s+)?(?:out\s+)?of\s+(?:every\s+|the\s+|my\s+)?(\d+)\b",
    re.I,
)


def win_rate(question: Question) -> float | None:
    """'9 of 10 win', '171 winners of 190 trades', 'I'm right 81 % of the time'."""
    won = question.says(r"\bwin\w*|\bwon\b|\bprofitable\b|\bgreen\b")
    counted = _COUNTED.search(question.text)
    if counted and won:
        part, among = (float(group) for group in counted.groups())
        return part / among if 0 < part <= among else None
    told = _TIMES_IN_A_HUNDRED.search(question.text) or _RIGHT.search(question.text)
    if told is None:
        return None
    rate = next(group for group in told.groups() if group)
    return shifted(float(rate.replace(",", "")), -2)


_TIMES_IN_A_HUNDRED = re.compile(
    r"\b(\d{1,3})\s+(?:times\s+)?(?:in|out\s+of|of)\s+(?:a\s+|every\s+)?(?:100|hundred)\b", re.I
)
_PARTS = ((r"half", 0.5), (r"a\s+third", 1 / 3), (r"a\s+quarter", 0.25), (r"(?:all|the\s+whole|full)", 1.0))  # fmt: skip
_COVERED = re.compile(
    rf"\b(?:cover(?:s|ing|age)?|offset(?:s|ting)?|hedge[sd]?|protect\w*|make\s+it|target)\b[^\d.;?!]{{0,30}}{_NUMBER}\s?(?:%|percent)"
    rf"|{_NUMBER}\s?(?:%|percent)(?:,[^,]{{1,6}},)?\s+(?:of\s+(?:it|that|this|the\s+loss|my\s+loss|the\s+damage)|cover\w*)\b",
    re.IGNORECASE,
)


def coverage(question: Question) -> float | None:
    """Which part of a loss a hedge is to cover: 'offset 75 percent', 'half of that loss'."""
    told = _COVERED.search(question.text)
    if told:
        return shifted(float((told.group(1) or told.group(2)).replace(",", "")), -2)
    for words, part in _PARTS:
        if question.says(
            rf"\bcover\w*\s+(?:only\s+|just\s+)?{words}\b|\b{words}\s+(?:of\s+)?(?:an?|it|that|the|my|this|cover\w*|hedged)\b(?!\s+(?:year|month))"
        ):
            return part
    return None


def points_per_percent(question: Question) -> float | None:
    """How the VIX answers a fall: '1.8 points for every percent down'."""
    match = re.search(
        rf"{_NUMBER}\s*(?:vix\s+|vol\s+)?(?:points?|pts?)\s+(?:for\s+)?(?:each|every|per|a|an)\s+(?:1\s*)?(?:percent|%)",
        question.text,
        re.IGNORECASE,
    )
    return float(match.group(1)) if match else None


_AHEAD = re.compile(
    r"\b(?:(?:in|after|within|over)\s+(?:only\s+|just\s+|about\s+)?(?:the\s+)?(?:next\s+|coming\s+|following\s+)?"
    r"(\d+\s+(?:trading\s+|calendar\s+)?(?:days?|weeks?)|week|fortnight)\b(?!\s+(?:left|to|until|till|condor|exp))"
    r"|(\d+\s+(?:days?|weeks?))\s+(?:from\s+(?:now|today)|later|ahead|forward|pass|go\s+by|hence)\b|(\d+)\s+days?\s+in\b|(next\s+week))",
    re.IGNORECASE,
)


def days_forward(question: Question) -> float | None:
    """When a move comes: 'within the coming week', 'five days from now'."""
    match = _AHEAD.search(question.text)
    if match is None:
        return None
    said = next(group for group in match.groups() if group).lower()
    count = numerals_in(said)
    unit = 7 if "week" in said else 14 if "fort" in said else 1
    return (count[0].value if count else 1.0) * unit


_LIMITS = re.compile(
    r"(\d+(?:\.\d+)?)\s*(?:%|percent)?\s*(?:to|-|and|or)\s*(\d+(?:\.\d+)?)\s*(?:%|percent)(?!\s*(?:delta|vol|iv))",
    re.IGNORECASE,
)
_LEAST = re.compile(
    r"\b(?:min(?:imum)?|at\s+least|floor)\b[^\d.;]{0,15}(\d+(?:\.\d+)?)\s*(?:%|percent)", re.I
)
_MOST = re.compile(
    r"\b(?:max(?:imum)?|at\s+most|cap)\b[^\d.;]{0,15}(\d+(?:\.\d+)?)\s*(?:%|percent)", re.I
)


def limits(question: Question) -> tuple[float | None, float | None]:
    """The reader's own limits of credit against width: '20 to 30 % of width', 'minimum 18 %'."""
    match = _LIMITS.search(question.text)
    if match:
        least, most = (shifted(float(group), -2) for group in match.groups())
        if least < most:
            return least, most
    ends = (_LEAST.search(question.text), _MOST.search(question.text))
    low, high = (shifted(float(end.group(1)), -2) if end else None for end in ends)
    return low, high


_MACD = (
    re.compile(r"\bmacd\W*(?:\(|of|with|settings?|:)?\W*(\d{1,2})\s*[,/-]\s*(\d{1,2})\s*[,/-]\s*(?:signal\s*)?(\d{1,2})\b(?!\s*[,/]\s*\d{3})", re.I),
    re.compile(r"\b(?:settings?|parameters?|spans?|lengths?)\W{1,3}(\d{1,2})\s*[,/-]\s*(\d{1,2})\s*[,/-]\s*(?:signal\s*)?(\d{1,2})\b", re.I),
)  # fmt: skip


def macd_settings(question: Question) -> dict[str, float]:
    """The three spans of a MACD in one word: 'macd 4/8/3'."""
    for pattern in _MACD:
        match = pattern.search(question.text)
        if match:
            return dict(zip(("fast", "slow", "signal"), map(float, match.groups()), strict=True))
    return {}


def pivot_bars(question: Question) -> float | None:
    """'Pivots of 1 bar', 'one bar each side'."""
    match = re.search(
        r"\bpivots?\b[^\d.;]{0,15}(\d)\s*bars?|\b(\d)\s*bars?\s+(?:on\s+)?(?:each|either|both)\s+sides?|\b(1|one)\s+bars?\s+each",
        question.text,
        re.IGNORECASE,
    )
    if match is None:
        return None
    said = next(group for group in match.groups() if group)
    return 1.0 if said == "one" else float(said)


def skew(question: Question) -> float | None:
    """The slope of a skew: 'skewed surface (slope -0.6)'."""
    match = re.search(r"\bskew\w*\b[^\d.;?!]{0,25}?([-−]?\d*\.\d+)", question.text, re.IGNORECASE)
    return float(match.group(1).replace("−", "-")) if match else None


PHRASES: Mapping[str, Callable[[Question], Any]] = {
    "contracts": contracts,
    "settlement": settlement,
    "win_rate": win_rate,
    "target_coverage": coverage,
    "days_forward": days_forward,
    "vix_points_per_percent": points_per_percent,
    "low": lambda question: limits(question)[0],
    "high": lambda question: limits(question)[1],
    "fast": lambda question: macd_settings(question).get("fast"),
    "slow": lambda question: macd_settings(question).get("slow"),
    "signal": lambda question: macd_settings(question).get("signal"),
    "pivot_bars": pivot_bars,
    "skew": skew,
}
"""The functions by the input that each of them gives."""
