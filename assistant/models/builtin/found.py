"""Quantities that no single word names: kinds, moves in percent, cash flows, pools, dates.

Each function here takes a question and gives one input of a tool, or None. `FOUND` says which.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from assistant.models.builtin.cash import cash_flows, rate_beside, signed
from assistant.models.builtin.layers import layers_of
from assistant.models.builtin.moves import price_ratios, signed_percents
from assistant.models.builtin.numerals import shifted
from assistant.models.builtin.phrases import PHRASES
from assistant.models.builtin.reading import Question


def kind_of(question: Question) -> str | None:
    """Call or put, where the question names only one of them."""
    if question.strikes.kind:
        return question.strikes.kind
    said = {word[0].lower() for word in re.findall(r"\b(?:put|call)s?\b", question.text, re.I)}
    said |= {letter.lower() for letter in re.findall(r"\b([CP])\s?\(", question.text)}
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
    two_coins = question.says(r"\bother\b|\bsecond\b|\bwhile\b|\bboth\b|\btoken b\b|\beach\b")
    return ratios[1] if len(ratios) == 2 and two_coins else None


def _shock(question: Question) -> float | None:
    falls = [move for _, move in signed_percents(question) if move < 0]
    return falls[0] if falls else None


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


def _as_of(question: Question) -> str | None:
    return _first_day(question) if question.says(r"\bas of\b") else None


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


_MONTHLY = re.compile(
    r"\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?(?:['’]s)?\s+(?:vix\s+|vx\s+)?(?:futures?\s+)?"
    r"(?:(?:contract|is|at|trad(?:es|ing)|=|:)\s*)*(\d{1,2}(?:\.\d+)?)(?![\d%])",
    re.IGNORECASE,
)


_LISTED = re.compile(
    r"\b(?:vix\s+|vx\s+)?futures?\b[^\d.;?!]{0,30}(\d\d?(?:\.\d+)?(?:\s*(?:,|/|and|then|,\s*and|\s)\s*\d\d?(?:\.\d+)?){1,2})(?![\d%])",
    re.IGNORECASE,
)


def _month(place: int) -> Callable[[Question], float | None]:
    """The price of the first, second or third VIX future named by its month."""

    def find(question: Question) -> float | None:
        if not question.says(r"\bfutures?\b|\bvx\b"):
            return None
        prices = [float(match.group(1)) for match in _MONTHLY.finditer(question.text)]
        if not prices and (listed := _LISTED.search(question.text)):
            prices = [float(price) for price in re.findall(r"\d+(?:\.\d+)?", listed.group(1))]
        return prices[place] if 2 <= len(prices) > place else None

    return find


def _equity_rate(question: Question) -> float | None:
    return rate_beside(question, "equity")


def _debt_rate(question: Question) -> float | None:
    return rate_beside(question, r"(?:debt|loans?|borrowed)")


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
    several = layers_of(question)
    if several:
        return several
    found = layer(question)
    return [found] if found else None


_RATE_OF = re.compile(
    r"\b(?:(?P<us>us|u\.s\.|usa|america\w*|dollar|usd|fed)|(?P<euro>euro\w*|ecb|eur|german\w*|bund)|(?P<japan>japan\w*|yen|jpy|boj)"
    r"|(?P<uk>uk|brit\w*|gbp|sterling|boe|england)|(?P<swiss>swiss|switzerland|snb|chf|franc)|(?P<australia>austral\w*|aussie|aud|rba)"
    r"|(?P<canada>canad\w*|cad|boc)|(?P<zealand>new\s+zealand\w*|kiwi|nzd)|(?P<sweden>swed\w*|sek|riksbank)|(?P<norway>norw\w*|nok)"
    r"|(?P<china>chin\w*|cny|yuan)|(?P<india>india\w*|inr|rupee)|(?P<mexico>mexic\w*|mxn|peso)|(?P<brazil>brazil\w*|brl|real(?=s|\s+at))"
    r"|(?P<korea>korea\w*|krw|won(?=\s+at))|(?P<abroad>foreign|abroad|overseas|there)|(?P<home>domestic|home|own))\b",
    re.IGNORECASE,
)
_SEEN_FROM = re.compile(
    r"\b(?:seen\s+from|from|for|viewpoint\s+of|perspective\s+of|as)\s+(?:the\s+|an?\s+)?$", re.I
)


def _two_rates(question: Question) -> dict[str, float]:
    """The rates of two countries: at home where the question looks from, else in the US, else first."""
    text = question.text
    rates = [n for n in question.numerals if n.is_percent or (n.unit == "" and n.value < 30)]
    if len(rates) != 2:
        return {}
    named: dict[str, float] = {}
    end = 0
    for n in rates:
        words = (
            list(_RATE_OF.finditer(text, end, n.start))
            or list(_RATE_OF.finditer(text, n.end, n.end + 25))[:1]
        )
        if words:
            named[str(words[-1].lastgroup)] = n.fraction() if n.is_percent else shifted(n.value, -2)
        end = n.end
    if len(named) != 2:
        return {}
    seen = [
        str(m.lastgroup) for m in _RATE_OF.finditer(text) if _SEEN_FROM.search(text[: m.start()])
    ]
    at_home = [
        *(name for name in seen if name in named),
        "home",
        "us",
        *(n for n in named if n != "abroad"),
    ]
    home = next(name for name in at_home if name in named)
    return {("domestic_rate" if k == home else "foreign_rate"): v for k, v in named.items()}


_SESSIONS = re.compile(
    r"(\d[\d,]*)\s+(?:issues?\s+|stocks?\s+)?(?:up|advanc\w*|gain\w*|ris\w*)\b[^\d]{0,14}(\d[\d,]*)\s+(?:issues?\s+|stocks?\s+)?(?:down|declin\w*|los\w*|fall\w*)",
    re.IGNORECASE,
)


def _sessions(side: int) -> Callable[[Question], list[float] | None]:
    """Advancing or declining issues told session by session: '1,700 up 1,100 down'."""

    def find(question: Question) -> list[float] | None:
        told = _SESSIONS.findall(question.text)
        return [float(pair[side].replace(",", "")) for pair in told] or None

    return find


FOUND: Mapping[str, Callable[[Question], Any]] = {
    **PHRASES,
    "kind": kind_of,
    "model": model_of,
    "margin_rule": margin_rule,
    "price_ratio": _price_ratio,
    "other_price_ratio": _other_ratio,
    "spx_shock": _shock,
    "dated": _dated,
    "start": _first_day,
    "as_of": _as_of,
    "end": _last_day,
    "expiration": _expiration,
    "root": _root,
    "weekly": _weekly,
    "front_future": _month(0),
    "second_future": _month(1),
    "third_future": _month(2),
    "layers": _layers,
    "domestic_rate": lambda question: _two_rates(question).get("domestic_rate"),
    "foreign_rate": lambda question: _two_rates(question).get("foreign_rate"),
    "advancers": _sessions(0),
    "decliners": _sessions(1),
    "cashflows": cash_flows,
    "cost_of_equity": _equity_rate,
    "cost_of_debt": _debt_rate,
}
