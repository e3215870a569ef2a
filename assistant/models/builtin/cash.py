"""Cash that is told rather than listed: flows, credits net of rolls, swaps, rates beside amounts."""

from __future__ import annotations

import re

from assistant.models.builtin.numerals import Numeral, shifted
from assistant.models.builtin.reading import Question

_PAID = re.compile(
    r"\b(?:pa(?:y|ys|id|ying)|put(?:s|ting)? (?:in|up)|fund(?:s|ed|ing)?|deposit\w*|contribut\w*|invest\w*|spen[dt]\w*|costs?|outlay|(?<!took )(?<!take )(?<!pulled )(?<!pull )(?<!pay )out|buy(?:ing)?|"
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
            r"|[^\d.;]{0,30}\b(?:each|every one) of the (?:next|following|coming)\s+(\d+)\s+(?:years?|months?|quarters?|periods?)",
            behind,
            re.I,
        )
        value = -abs(n.value) if _PAID.search(text[max(0, n.start - 25) : n.start]) else n.value
        flows += [value] * (int(next(g for g in again.groups() if g)) if again else 1)
        if again:
            skipped.add(i + 1)
    return flows if len(flows) >= 2 else None


_FLOWS = (
    (1, r"s(?:old|ell(?:ing)?)|t(?:ook|ak(?:e[ns]?|ing))(?:\s+in)?|collect\w*|got|receiv\w*|credit|br(?:ought|ings?)|opened|"
        r"original(?:ly)?|initial(?:ly)?|filled|pa(?:id|ys)\s+(?:me|us)|gets?\s+me|"
        r"(?:new|next|second|replacement)\s+(?:one|condor|ic|position|trade)\s+(?:pays|paid|gives?|gave|for|at|is|was)"),
    (-1, r"b(?:ought|uy(?:ing)?)|pa(?:id|y(?:ing)?)|cost(?:s|ing)?|debit|clos(?:ed|ing|e)|gave\s+up|less|spent|minus|fees?|commissions?"),
)  # fmt: skip
"""What brings money and what costs it, by the nearest such word before an amount."""

_VERBS = tuple((sign, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for sign, words in _FLOWS)
_COUNTED = re.compile(
    r"\s?-?(?:%|percent|puts?\b|calls?\b|/|delta|da?ys?\b|dte|weeks?|months?|lots?|contracts?|condors?|"
    r"ics\b|times\b|(?:points?\s+)?wide|vol\b)",
    re.IGNORECASE,
)
_ALSO = re.compile(r"\s*(?:points?\s*)?(?:and|plus|\+|,)\s*(?:another\s+)?\$?", re.IGNORECASE)
_OF_FEES = re.compile(
    r"\s+(?:points?\s+)?(?:went\s+|goes\s+)?(?:in\s+|for\s+|of\s+|on\s+|to\s+)?(?:the\s+)?(?:fees|commissions?)",
    re.IGNORECASE,
)
_MOST_POINTS = 500


def signed_amounts(question: Question) -> list[float]:
    """The amounts in points that were taken in, positive, or paid, negative; others are left out."""
    text = question.text
    found: list[float] = []
    end, sign = 0, 0
    for n in question.numerals:
        start, behind = end, text[n.end :]
        end = n.end
        if n in question.strikes.taken or n.unit not in ("", "$") or _COUNTED.match(behind):
            continue
        if not 0 < n.value < _MOST_POINTS:
            continue
        again = sign if found and _ALSO.fullmatch(text[start : n.start]) else 0
        sign = -1 if _OF_FEES.match(behind) else _sign(text[start : n.start]) or again
        if sign:
            found.append(sign * n.value)
    return found


def _sign(before: str) -> int:
    """The sign of the last word on money before an amount; a longer one holds a shorter one."""
    clause = re.split(r"[;?!]|\.\s", before)[-1]
    words = [(m.end(), m.end() - m.start(), sign) for sign, w in _VERBS for m in w.finditer(clause)]
    return max(words)[2] if words else 0


_OF_A_SIDE = re.compile(
    r"(\d+(?:\.\d+)?)\s+(?:points?\s+)?(?:for|on|from)\s+(?:the\s+)?(put|call)s?(?:\s+(?:spread|side|vertical))?\b",
    re.I,
)


def net_credit(question: Question) -> float | None:
    """What is left of a credit after rolls: 'sold for 8.20, bought back at 14.10, took 11.75'."""
    sides = {m.group(2).lower(): float(m.group(1)) for m in _OF_A_SIDE.finditer(question.text)}
    if len(sides) == 2:
        return round(sum(sides.values()), 10)
    amounts = signed_amounts(question)
    taken = [amount for amount in amounts if amount > 0]
    several = len(taken) > 1 and question.says(
        r"\bboth\b|\btotal\b|\baltogether\b|\banother\b|\bsum\b|\btogether\b"
    )
    if not taken or not (len(taken) < len(amounts) or several):
        return None
    return round(sum(amounts), 10)


_SOLD = (
    re.compile(
        r"\b(?:sold|opened|done|filled|entered|bought\s+in|taken\s+in|pocket(?:ed)?|received|recieved|got|was\s+paid|price[d]?|fill(?:\s+(?:was|is|of))?|proceeds)"
        r"\s*(?:it|them|that|me|us)?\s*(?:at|@|for|of|a\s+credit\s+of|:|=)?\s*\$?$",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?<=\d)\)?\s*(?:iron\s+)?(?:condors?|ics?)?\s*,?\s*(?:at|@|for)(?:\s+a)?\s*\$?$",
        re.IGNORECASE,
    ),
)


def sold_for(question: Question, width: float) -> float | None:
    """What four strikes were sold for, said beside them: '6650/6700/7100/7150 at 9.9'."""
    text, end = question.text, 0
    for n in question.numerals:
        before, end = text[end : n.start], n.end
        small = n.unit in ("", "$") and 0 < n.value < width and n not in question.strikes.taken
        if (
            not small
            or _COUNTED.match(text[n.end :])
            or re.match(r"\s*-?\d*\s*(?:points?|pts?)\s+(?:wide|wings?|up|down)", text[n.end :])
        ):
            continue
        if _SOLD[0].search(before) or (
            _SOLD[1].search(text[: n.start])
            and any(n.start - 40 < taken.end <= n.start for taken in question.strikes.taken)
        ):
            return n.value
    return None


def paid_since(question: Question) -> float | None:
    """What a change of the position has cost: 'that cost me 2.10'."""
    paid = [-amount for amount in signed_amounts(question) if amount < 0]
    return paid[0] if len(paid) == 1 else None


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
