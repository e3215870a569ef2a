"""Reading the numbers of a question: a table of small patterns, one quantity each.

`read` turns a trader's wording ("puts 5450/5500", "16-delta", "$1.15 on a 10-wide", "1DTE") into
named quantities in the tools' units. It decides nothing: which tool is wanted, and whether the
values make sense, is for the plan and for the tool.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

_N = r"(?<![A-Za-z\d.])(?:[-−]?\$?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\$?\.\d+)"
_UNIT = r"\s?(?:%|percent\b|per cent\b|bps?\b|basis points\b|k\b|m\b|million\b|thousand\b)?"
_IS = (
    r"\s*(?:is|are|was|at|of|to|=|:|near|around|about|~|≈|trading|sits?|level|now|currently|,|\s"
    r"|goes|rises|jumps|spikes|climbs|falls|drops|closed|closes)*"
)

_MULTIPLIERS = {
    unit: Decimal(factor)
    for factor, units in {
        "0.01": ("%", "percent", "per cent"),
        "0.0001": ("bp", "bps", "basis points"),
        "1000": ("k", "thousand"),
        "1000000": ("m", "million"),
    }.items()
    for unit in units
}

Value = float | str


@dataclass(frozen=True)
class Reading:
    """The quantities that a question states, by the tools' names for them."""

    text: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        """Whether the question states this quantity."""
        return name in self.values

    def says(self, pattern: str) -> bool:
        """Whether the question holds these words, whatever the case."""
        return re.search(pattern, self.text, re.IGNORECASE) is not None


@dataclass(frozen=True)
class _Pattern:
    names: tuple[str, ...]
    expression: re.Pattern[str]
    convert: Callable[[str], float]
    ascending: bool = False


def _plain(text: str) -> float:
    """A number with its dollar sign, separators and multiplier: '$25k' is 25000."""
    words = text.strip().lower().replace("−", "-").replace("$", "").replace(",", "")
    match = re.match(r"(-?(?:\d+(?:\.\d+)?|\.\d+))\s*(.*)", words)
    if match is None:
        raise ValueError(f"not a number: {text!r}")
    # Decimal, so that 1.3 % is 0.013 and not 0.013000000000000001.
    return float(Decimal(match.group(1)) * _MULTIPLIERS.get(match.group(2), Decimal(1)))


def _volatility(text: str) -> float:
    """Traders say 16 and mean 16 %; nobody means 1,600 %."""
    value = _plain(text)
    return _hundredth(value) if "%" not in text and abs(value) >= 2 else value


def _rate(text: str) -> float:
    """A rate of 4.5 is 4.5 %."""
    value = _plain(text)
    bare = "%" not in text and "p" not in text.lower()
    return _hundredth(value) if bare and abs(value) >= 0.3 else value


def _delta(text: str) -> float:
    """A 16 delta is a delta of 0.16."""
    value = _plain(text)
    return _hundredth(value) if abs(value) >= 1 else value


def _hundredth(value: float) -> float:
    return float(Decimal(str(value)) / 100)


def _weeks(text: str) -> float:
    return _plain(text) * 7


def _make(
    names: str,
    expression: str,
    convert: Callable[[str], float] = _plain,
    *,
    ascending: bool = False,
) -> _Pattern:
    filled = expression.replace("{N}", f"({_N})").replace("{U}", f"((?:{_N}){_UNIT})")
    return _Pattern(
        tuple(names.split()),
        re.compile(filled.replace("{IS}", _IS), re.IGNORECASE),
        convert,
        ascending,
    )


_PAIR = r"{N}\s?(?:/|-|–|and|,)\s?{N}"
_NOT_MORE = r"(?![\d.,]*\d|\s?(?:%|/))"

# Read from the top; a number that one pattern has taken is not there for the next. So the exact
# come before the loose, and a pair of strikes before a single number.
_PATTERNS = (
    _make(
        "put_long put_short call_short call_long",
        r"{N}\s?/\s?{N}\s?/\s?{N}\s?/\s?{N}",
        ascending=True,
    ),
    _make(
        "put_long put_short",
        rf"\bputs?(?:\s+(?:spread|side|wing|strikes?|legs?))*{{IS}}{_PAIR}",
        ascending=True,
    ),
    _make(
        "call_short call_long",
        rf"\bcalls?(?:\s+(?:spread|side|wing|strikes?|legs?))*{{IS}}{_PAIR}",
        ascending=True,
    ),
    _make("put_long put_short", rf"{_PAIR}\s*(?:short\s+)?(?:bull\s+)?puts?\b", ascending=True),
    _make("call_short call_long", rf"{_PAIR}\s*(?:short\s+)?(?:bear\s+)?calls?\b", ascending=True),
    _make(
        "put_short call_short",
        rf"\b(?:short\s+strikes?|shorts|short\s+options?){{IS}}{_PAIR}",
        ascending=True,
    ),
    _make(
        "put_short call_short",
        r"\b(?:short|sell|sold|selling)\s+(?:the\s+|a\s+)?{N}\s+put\s+(?:and|/|,|\+)\s*(?:the\s+|a\s+)?"
        r"{N}\s+call\b",
    ),
    _make("put_short", r"\b(?:short|sell|sold|selling)\s+(?:the\s+|a\s+)?put(?:\s+strike)?{IS}{N}"),
    _make("call_short", r"\b(?:short|sell|sold|selling)\s+(?:the\s+|a\s+)?call(?:\s+strike)?{IS}{N}"),
    _make("put_long", r"\b(?:long|buy|bought|buying)\s+(?:the\s+|a\s+)?put(?:\s+strike)?{IS}{N}"),
    _make("call_long", r"\b(?:long|buy|bought|buying)\s+(?:the\s+|a\s+)?call(?:\s+strike)?{IS}{N}"),
    _make("put_short", r"\b(?:short|sell|sold|selling)\s+(?:the\s+|a\s+)?{N}\s+put\b"),
    _make("call_short", r"\b(?:short|sell|sold|selling)\s+(?:the\s+|a\s+)?{N}\s+call\b"),
    _make("put_long", r"\b(?:long|buy|bought|buying)\s+(?:the\s+|a\s+)?{N}\s+put\b"),
    _make("call_long", r"\b(?:long|buy|bought|buying)\s+(?:the\s+|a\s+)?{N}\s+call\b"),
    _make("credit width", r"{N}\s+(?:credit\s+)?(?:on|for|in)\s+(?:a\s+|an\s+)?{N}(?:[- ]?(?:points?|pts?))?[- ]wide"),
    _make("vix9d", r"\bvix\s?9d{IS}{N}"),
    _make("vix3m", r"\b(?:vix\s?3m|vxv){IS}{N}"),
    _make("vix6m", r"\bvix\s?6m{IS}{N}"),
    _make("vvix", r"\bvvix{IS}{N}"),
    _make("vix", r"\bvix(?!\s?\d[dm]\b){IS}~?{N}" + _NOT_MORE),
    _make("dividend_yield", r"\bdividend(?:\s+yield)?s?{IS}{U}", _rate),
    _make("dividend_yield", r"{U}\s+dividend(?:\s+yield)?", _rate),
    _make(
        "rate",
        r"\b(?:interest\s+rate|risk[- ]free(?:\s+rate)?|rates?|yield){IS}{U}",
        _rate,
    ),
    _make("rate", r"{U}\s+(?:interest\s+)?rates?\b", _rate),
    _make("put_iv", r"\bput\s+(?:iv|implied\s+vol(?:atility)?|vol(?:atility)?){IS}{U}", _volatility),
    _make("call_iv", r"\bcall\s+(?:iv|implied\s+vol(?:atility)?|vol(?:atility)?){IS}{U}", _volatility),
    _make("iv", r"\b(?:iv|implied\s+vol(?:atility)?|vol(?:atility)?|sigma){IS}{U}", _volatility),
    _make("iv", r"{U}\s+(?:iv|implied\s+vol(?:atility)?|vols?\b|volatility)", _volatility),
    _make("short_delta", r"{N}(?:[- ]|\s)?(?:deltas?\b|Δ)", _delta),
    _make("short_delta", r"\bdeltas?{IS}{N}", _delta),
    _make("days", r"{N}[- ]?(?:calendar\s+)?(?:days?\b|dte\b|d\b)"),
    _make("days", r"\b(?:dte|days\s+to\s+expir\w+){IS}{N}"),
    _make("days", r"{N}[- ]?weeks?\b", _weeks),
    _make("width", r"{N}[- ]?(?:points?|pts?)?[- ]?(?:wide\b|wings?\b|width\b)"),
    _make("width", r"\b(?:width|wings?|wide){IS}\$?{N}"),
    _make("credit", r"\b(?:credit|premium)(?:\s+(?:received|collected))?{IS}(?:a\s+)?{N}"),
    _make("credit", r"{N}\s*(?:points?\s+|pts?\s+)?(?:of\s+)?(?:net\s+)?(?:credit|premium)\b"),
    _make("credit", r"\b(?:collect|collected|collecting|took\s+in|receive|received){IS}{N}"),
    _make("credit", r"\b(?:filled|fill|got\s+filled)(?:\s+price)?(?:\s+for)?{IS}{N}"),
    _make("account_usd", r"\b(?:account|portfolio|capital|bankroll){IS}(?:worth\s+)?{U}"),
    _make("account_usd", r"{U}\s+(?:dollar\s+)?(?:account|portfolio)\b"),
    _make("max_loss_usd", r"\bmax(?:imum)?\s+loss{IS}{U}"),
    _make("risk_fraction", r"\brisk(?:ing)?(?:\s+(?:of|at\s+most|only|up\s+to))?\s+{U}"),
    _make("barrier", r"\b(?:touch(?:es|ing)?|reach(?:es|ing)?|hit(?:s|ting)?|barrier){IS}(?:the\s+)?{N}"),
    _make("contracts", r"{N}\s+(?:contracts?|lots?|condors)\b"),
    _make("spot", r"\b(?:spot|underlying)(?:\s+(?:price|level))?{IS}{N}"),
    _make("spot", r"\b(?:spxw?|s&p(?:\s?500)?|index)(?:\s+(?:index|price|level))?{IS}(\$?\d{1,3}(?:,\d{3})+(?:\.\d+)?|\$?\d{4,5}(?:\.\d+)?)" + _NOT_MORE),
    _make("strike", r"\bstrike{IS}{N}"),
    _make("strike", r"{N}(?:[- ]strike)?\s+(?:call|put)\b"),
    _make("price_ratio", r"\b(?:price\s+ratio|ratio|factor){IS}{N}"),
    _make("price_ratio", r"{N}\s?x\b"),
)  # fmt: skip

_RATIO_WORDS = {
    r"\bdoubles?\b|\bdoubled\b|\bdoubling\b": 2.0,
    r"\btriples?\b|\btripled\b": 3.0,
    r"\bquadruples?\b|\bquadrupled\b": 4.0,
    r"\bhalves\b|\bhalved\b|\bfalls? by half\b": 0.5,
}


def read(text: str) -> Reading:
    """The quantities that a question states."""
    remaining = text
    values: dict[str, Value] = {}
    for pattern in _PATTERNS:
        if any(name in values for name in pattern.names):
            continue
        match = pattern.expression.search(remaining)
        if match is None:
            continue
        numbers = [pattern.convert(group) for group in match.groups()]
        if pattern.ascending:
            numbers.sort()
        values.update(zip(pattern.names, numbers, strict=True))
        remaining = _blank(remaining, match)
    for words, ratio in _RATIO_WORDS.items():
        if "price_ratio" not in values and re.search(words, text, re.IGNORECASE):
            values["price_ratio"] = ratio
    for kind in ("call", "put"):
        if re.search(rf"\b{kind}s?\b", text, re.IGNORECASE) and "kind" not in values:
            values["kind"] = kind
    return Reading(text, dict(_completed(values)))


def _completed(values: dict[str, Value]) -> Iterator[tuple[str, Value]]:
    """What follows from what was said: the width from the strikes of a side."""
    yield from values.items()
    if "width" not in values:
        widths = [
            abs(float(values[high]) - float(values[low]))
            for low, high in (("put_long", "put_short"), ("call_short", "call_long"))
            if low in values and high in values
        ]
        if widths:
            yield "width", max(widths)


def _blank(text: str, match: re.Match[str]) -> str:
    """The text without the numbers just read, their words left for the other patterns."""
    for group in range(len(match.groups()), 0, -1):
        start, end = match.span(group)
        text = text[:start] + "·" * (end - start) + text[end:]
    return text
