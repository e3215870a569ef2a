"""Cash that is told rather than listed: flows, credits net of rolls, swaps, rates beside amounts."""

from __future__ import annotations

import re

from assistant.models.builtin.numerals import Numeral, shifted
from assistant.models.builtin.reading import Question

_PAID = re.compile(
    r"\b(?:pa(?:y|ys|id|ying)|put(?:s|ting)? (?:in|up)|fund(?:s|ed|ing)?|deposit\w*|contribut\w*|invest\w*|spen[dt]\w*|costs?|outlay|buy(?:ing)?|"
    r"lay out|laid out)\b[^\d.;]*$",
    re.IGNORECASE,
)


def cash_flows(question: Question) -> list[float] | None:
    """Cash flows that are told rather than listed: 'pay 5,000 now and get 1,500 a year for 4 years'."""
    text = question.text
    flows: list[float] = []
    skipped: set[int] = set()
    for i, n in enumerate(question.numerals):
        behind = text[n.end :]
        if i in skipped or n.unit in ("%", "bp"):
            continue
        if re.match(r"\s*-?(?:years?|months?|periods?|quarters?|days?)\b", behind, re.I):
            continue
        if re.search(
            r"\b(?:at|rate|discount\w*|year|period|month|hurdle|r)\s*(?:of|is|=|at)?\s*$",
            text[: n.start],
            re.I,
        ):
            continue
        again = re.match(
            r"[^\d.;]{0,25}\b(?:a|per|each|every)\s+(?:year|month|quarter|period)\b[^\d.;]{0,20}\bfor\s+(?:the\s+next\s+)?(\d+)\s+(?:years?|months?|quarters?|periods?)"
            r"|[^\d.;]{0,25}\bfor\s+(?:each\s+of\s+)?(?:the\s+next\s+)?(\d+)\s+(?:years?|months?|quarters?|periods?)"
            r"|[^\d.;]{0,30}\b(?:each|every one) of the next\s+(\d+)\s+(?:years?|months?|quarters?|periods?)",
            behind,
            re.I,
        )
        value = -abs(n.value) if _PAID.search(text[max(0, n.start - 25) : n.start]) else n.value
        flows += [value] * (int(next(g for g in again.groups() if g)) if again else 1)
        if again:
            skipped.add(i + 1)
    return flows if len(flows) >= 2 else None


_RECEIVED = re.compile(
    r"\b(?:sold|sell|took|take[ns]?|collect\w*|got|receiv\w*|credit|brought)\b[^\d.;]{0,40}?\$?(\d+(?:\.\d+)?)(?!\d|\s?(?:%|put|call|/|delta|days?|dte|lots?|contracts?|wide))",
    re.IGNORECASE,
)


_GIVEN = re.compile(
    r"\b(?:bought\b[^\d.;]{0,20}\bback|buy\w*\b[^\d.;]{0,20}\bback|paid|pay|cost(?:s|ing)?(?: me)?|debit|gave up|less)\b"
    r"[^\d.;]{0,25}?\$?(\d+(?:\.\d+)?)(?!\d|\s?(?:%|put|call|/|delta|days?|dte))",
    re.IGNORECASE,
)


_FEES = re.compile(
    r"\$?(\d+(?:\.\d+)?)\s+(?:points?\s+)?(?:went\s+|goes\s+)?(?:in|for|of|on|to)\s+(?:the\s+)?(?:fees|commissions?)",
    re.IGNORECASE,
)


def net_credit(question: Question) -> float | None:
    """What is left of a credit after rolls: 'sold for 8.20, bought back at 14.10, took 11.75'."""
    strikes = {n.value for n in question.strikes.taken}
    taken = [float(m.group(1)) for m in _RECEIVED.finditer(question.text)]
    given = [float(m.group(1)) for m in _GIVEN.finditer(question.text)]
    given += [float(m.group(1)) for m in _FEES.finditer(question.text)]
    amounts = [v for v in taken if v not in strikes], [v for v in given if v not in strikes]
    several = len(amounts[0]) > 1 and question.says(
        r"\bboth\b|\btotal\b|\baltogether\b|\banother\b|\bsum\b|\btogether\b"
    )
    if not amounts[0] or not (amounts[1] or several) or max((*amounts[0], *amounts[1])) > 500:
        return None
    return round(sum(amounts[0]) - sum(amounts[1]), 10)


def paid_since(question: Question) -> float | None:
    """What a change of the position has cost: 'that cost me 2.10'."""
    given = [float(m.group(1)) for m in _GIVEN.finditer(question.text)]
    return given[0] if len(given) == 1 and given[0] < 500 else None


def signed(question: Question, n: Numeral) -> float:
    """An amount with the sign of its words: what is paid is negative."""
    before = question.text[max(0, n.start - 30) : n.start]
    return -abs(n.value) if _PAID.search(before) else n.value


def pool(question: Question) -> dict[str, float]:
    """A swap told by the names of its tokens: '25k USDC into a pool of 900 ETH / 2.7mm USDC'."""
    named: list[tuple[str, Numeral]] = []
    for n in question.numerals:
        behind = re.match(r"\s?([A-Za-z]{2,6})\b", question.text[n.end :])
        if behind and n.unit in ("", "$") and behind.group(1).lower() not in _NO_TOKENS:
            named.append((behind.group(1).lower(), n))
    swapped = [
        (token, n)
        for token, n in named
        if re.search(
            r"\b(?:swap\w*|sell\w*|trad\w+|put(?:ting)?|send\w*|exchang\w+|spend\w*)\s+(?:in\s+)?\$?$",
            question.text[: n.start],
            re.I,
        )
    ]
    if len(named) != 3 or len(swapped) != 1:
        return {}
    token, amount = swapped[0]
    reserves = {name: n.value for name, n in named if n is not amount}
    if len(reserves) != 2 or token not in reserves:
        return {}
    other = next(value for name, value in reserves.items() if name != token)
    return {"amount_in": amount.value, "reserve_in": reserves[token], "reserve_out": other}


_NO_TOKENS = frozenset(
    "in out of for and to the at on with is bps bp pool units tokens fee".split()
)


def rate_beside(question: Question, money: str) -> float | None:
    """The rate that follows an amount: 'equity 800k at 13 %'."""
    match = re.search(
        rf"\b{money}\b[^.;%]{{0,25}}?\d\w*\s+(?:at|@|costing|costs)\s+(\d+(?:\.\d+)?)\s*%?",
        question.text,
        re.I,
    )
    return shifted(float(match.group(1)), -2) if match else None
