"""Quantities that no single word names: kinds, moves in percent, cash flows, pools, dates.

Each function here takes a question and gives one input of a tool, or None. `FOUND` says which.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from assistant.models.builtin.numerals import Numeral, numerals_in, shifted
from assistant.models.builtin.reading import Question

_DOWN = (
    r"\b(?:drops?|dropping|falls?|falling|fell|down|tanks?|declines?|lower|loses?|crash(?:es)?|plunges?"
    r"|sells?[- ]off|minus|dips?|correction|selloff|gap(?:s|ped)? down|slides?|sinks?)\b"
)
_UP = (
    r"\b(?:rall(?:y|ies)|ris(?:es?|ing)|rose|up|higher|gains?|jumps?|climbs?|melts?[- ]up|melt-?up"
    r"|gap(?:s|ped)? up|plus|more)\b|\+\s?$"
)
_RATIO_WORDS = (
    (r"\bdoubl|\bdouble\b", 2.0),
    (r"\btripl", 3.0),
    (r"\bquadrupl", 4.0),
    (r"\bhalv(?:es|ed|ing)\b|\bcut in half\b|\bby half\b|\bin half\b|\bto (?:a )?half\b", 0.5),
    (r"\bto (?:a|one) (?:third|3rd)\b", 1 / 3),
    (r"\bto (?:a|one) quarter\b", 0.25),
)
_PAID = re.compile(
    r"\b(?:pa(?:y|ys|id|ying)|put(?:s|ting)? (?:in|up)|invest\w*|spen[dt]\w*|costs?|outlay|buy(?:ing)?|"
    r"lay out|laid out)\b[^\d.;]*$",
    re.IGNORECASE,
)


def kind_of(question: Question) -> str | None:
    """Call or put, where the question names only one of them."""
    if question.strikes.kind:
        return question.strikes.kind
    said = {word[0].lower() for word in re.findall(r"\b(?:put|call)s?\b", question.text, re.I)}
    return {"p": "put", "c": "call"}[said.pop()] if len(said) == 1 else None


def model_of(question: Question) -> str | None:
    """Black-76 for options on VIX futures."""
    future = (
        r"\bblack[-\s]?76\b|\b(?:off|on|against) (?:the|a) (?:vix )?future"
        r"|\bvix\s+(?:\d+(?:\.\d+)?[\s-]*(?:strike\s+)?)?(?:call|put|option)|\bvix\b.*\bfuture"
    )
    return "black76" if question.says(future) else None


def margin_rule(question: Question) -> str | None:
    """Which wings the broker holds margin for."""
    both = r"\bmargin\w*\b.{0,30}\bboth (?:sides|wings)\b|\bboth (?:sides|wings)\b.{0,40}\bmargin"
    return "both sides" if question.says(both) else None


def price_ratios(question: Question) -> list[float]:
    """By what a price changes, in order: doubled is 2, down 20 % is 0.8, from 2 to 3 is 1.5."""
    found: list[tuple[int, float]] = []
    for words, ratio in _RATIO_WORDS:
        found += [(m.start(), ratio) for m in re.finditer(words, question.text, re.I)]
    for move in re.finditer(r"\bfrom\s+\$?([\d,.]*\d)(k?)\s+to\s+\$?([\d,.]*\d)(k?)", question.text, re.I):
        before, _, after, _ = move.groups()
        low, high = (float(group.replace(",", "")) for group in (before, after))
        if low:
            found.append((move.start(), high / low))
    since = re.search(
        r"\bat\b[^\d.;]{0,15}\$?([\d,.]*\d)\b.{0,30}?(?:\bnow\b[^\d.;]{0,12}\$?([\d,.]*\d)|\$?([\d,.]*\d)\s+now\b)",
        question.text,
        re.IGNORECASE,
    )
    if since:
        then, now = (float(g.replace(",", "")) for g in since.groups() if g)
        if then:
            found.append((since.start(), now / then))
    found += [(n.start, round(1 + move, 12)) for n, move in signed_percents(question)]
    return [ratio for _, ratio in sorted(found)]


def _price_ratio(question: Question) -> float | None:
    ratios = price_ratios(question)
    return ratios[0] if ratios else None


def _other_ratio(question: Question) -> float | None:
    ratios = price_ratios(question)
    two_coins = question.says(r"\bother\b|\bsecond\b|\bwhile\b|\bboth\b")
    return ratios[1] if len(ratios) == 2 and two_coins else None


def signed_percents(question: Question) -> list[tuple[Numeral, float]]:
    """Moves in percent with the sign of their words: 'drops 3 or 5 %' is -0.03, -0.05."""
    text, found, sign = question.text, [], 0
    numerals = question.numerals
    for i, n in enumerate(numerals):
        if not (n.is_percent or _shares_percent(text, numerals, i)):
            continue
        before = text[max(0, n.start - 45) : n.start]
        cut = max(before.rfind(mark) for mark in (";", ". ", "?"))
        before = before[cut + 1 :]
        words = [(m.start(), -1) for m in re.finditer(_DOWN, before, re.I)]
        words += [(m.start(), 1) for m in re.finditer(_UP, before, re.I)]
        follows = re.match(rf"\s*(?:gap\s+|move\s+)?(?:(?P<down>{_DOWN})|(?P<up>{_UP}))", text[n.end : n.end + 20], re.I)
        if n.value < 0:
            sign = -1
        elif re.search(r"\+\s?$", text[max(0, n.start - 2) : n.start + 1]) or text[n.start] == "+":
            sign = 1
        elif follows:
            sign = 1 if follows["up"] else -1
        elif words:
            sign = max(words)[1]
        elif not re.fullmatch(r"\s*(?:,|and|or|/|to|\s)*\s*", before):
            sign = 0
        if sign:
            found.append((n, sign * shifted(abs(n.value), -2)))
    return found


def _shares_percent(text: str, numerals: list[Numeral], i: int) -> bool:
    """Whether a bare number shares the percent sign of the next: '3 and 7 percent'."""
    if i + 1 >= len(numerals) or numerals[i].unit or not numerals[i + 1].is_percent:
        return False
    gap = text[numerals[i].end : numerals[i + 1].start]
    return re.fullmatch(r"\s*(?:,|and|or|/|to)+\s*", gap) is not None


def shocks(question: Question) -> dict[str, list[float]]:
    """Moves of index and volatility: 'down 5 % with vol up 10 points'."""
    found: dict[str, list[float]] = {}
    moves: list[float] = []
    for said in question.vol_moves:
        down = re.search(r"\b(?:down|minus|drop|fall|los|lower|less)|(?<!\d)-\s?\d", said, re.I)
        moves += [(-1 if down else 1) * shifted(abs(n.value), -2) for n in numerals_in(said)]
    if not moves and question.says(r"\b(?:vol(?:atility)?|iv)\b.{0,20}\b(?:unchanged|flat|the same|constant)\b|\bunchanged (?:vol|iv)|\bsame (?:vol|iv)"):
        moves = [0.0]
    if moves:
        found["vol_shocks"] = moves
    spot = [move for _, move in signed_percents(question)]
    if not spot and moves and question.says(r"\b(?:spx|spot|index|market)\b.{0,15}\b(?:flat|unchanged|the same|still)\b|\bunchanged (?:spot|index)"):
        spot = [0.0]
    if spot:
        found["spot_shocks"] = spot
    return found


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
    for words in (r"\binto\b|\bnew\b|\breplac\w+|→|->", r"[.;]\s|\)\s*(?:and|,)|\band pay\b", r"\band\b|\bto\b|\bfor\b|,"):
        breaks = list(re.finditer(words, between, re.I))
        if breaks:
            cut = start + breaks[0 if words.startswith(r"\binto") else -1].start()
            return question.text[:cut], question.text[cut:]
    return question.text[: condors[1].start()], question.text[condors[1].start() :]


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
        if re.search(r"\b(?:at|rate|discount\w*|year|period|month|hurdle|r)\s*(?:of|is|=|at)?\s*$", text[: n.start], re.I):
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


def _dated(question: Question) -> list[tuple[str, float]] | None:
    """Amounts with their dates, each with the date nearest to it."""
    amounts = [n for n in question.numerals if n.unit in ("", "$")]
    if len(question.days) < 2 or len(amounts) != len(question.days):
        return None
    return [
        (span.first.isoformat(), _signed(question, n))
        for span, n in zip(question.days, amounts, strict=True)
    ]


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
    if not all(amounts) or max(map(max, amounts)) > 500:
        return None
    return round(sum(amounts[0]) - sum(amounts[1]), 10)


def paid_since(question: Question) -> float | None:
    """What a change of the position has cost: 'that cost me 2.10'."""
    given = [float(m.group(1)) for m in _GIVEN.finditer(question.text)]
    return given[0] if len(given) == 1 and given[0] < 500 else None


def _signed(question: Question, n: Numeral) -> float:
    before = question.text[max(0, n.start - 30) : n.start]
    return -abs(n.value) if _PAID.search(before) else n.value


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
    return 0.5 if question.says(r"\bhalf (?:of )?(?:it|that|the loss|this)\b|\bhalf (?:covered|hedged)") else None


def pool(question: Question) -> dict[str, float]:
    """A swap told by the names of its tokens: '25k USDC into a pool of 900 ETH / 2.7mm USDC'."""
    named: list[tuple[str, Numeral]] = []
    for n in question.numerals:
        token = re.match(r"\s?([A-Za-z]{2,6})\b", question.text[n.end :])
        if token and n.unit in ("", "$") and token.group(1).lower() not in _NO_TOKENS:
            named.append((token.group(1).lower(), n))
    swapped = [
        (token, n)
        for token, n in named
        if re.search(r"\b(?:swap\w*|sell\w*|trad\w+|put(?:ting)?|send\w*|exchang\w+|spend\w*)\s+(?:in\s+)?\$?$", question.text[: n.start], re.I)
    ]
    if len(named) != 3 or len(swapped) != 1:
        return {}
    token, amount = swapped[0]
    reserves = {name: n.value for name, n in named if n is not amount}
    if len(reserves) != 2 or token not in reserves:
        return {}
    other = next(value for name, value in reserves.items() if name != token)
    return {"amount_in": amount.value, "reserve_in": reserves[token], "reserve_out": other}


_NO_TOKENS = frozenset("in out of for and to the at on with is bps bp pool units tokens fee".split())


def rate_beside(question: Question, money: str) -> float | None:
    """The rate that follows an amount: 'equity 800k at 13 %'."""
    match = re.search(rf"\b{money}\b[^.;%]{{0,25}}?\d\w*\s+(?:at|@|costing|costs)\s+(\d+(?:\.\d+)?)\s*%?", question.text, re.I)
    return shifted(float(match.group(1)), -2) if match else None


def _equity_rate(question: Question) -> float | None:
    return rate_beside(question, "equity")


def _debt_rate(question: Question) -> float | None:
    return rate_beside(question, r"(?:debt|loans?|borrowed)")


def _credit_range(question: Question) -> tuple[float, float] | None:
    match = re.search(
        r"\b(?:range|target|band|rule|between|want|should be)\b[^\d.?]{0,25}(\d+(?:\.\d+)?)\s*(?:%|percent)?\s*(?:to|-|and)\s*(\d+(?:\.\d+)?)\s*(?:%|percent)",
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
    "low": _low,
    "high": _high,
    "layers": _layers,
    "target_coverage": _coverage,
    "cashflows": cash_flows,
    "cost_of_equity": _equity_rate,
    "cost_of_debt": _debt_rate,
}
