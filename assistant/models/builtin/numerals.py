"""The numerals of a question: digits, number words, percent signs, dollars, k and M.

`spelled_out` brings number words and a few spoken forms to digits; `numerals_in` finds each numeral
with its unit and its place. Nothing here knows what a number means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from text_to_num import alpha2digit

_DIGITS = re.compile(
    r"""
    (?<![A-Za-z_\d.])(?<!\d,)            # not inside a word or another numeral
    (?P<sign>(?:(?<![\d\w/)])|(?<=to\s))[-−+])?
    (?P<dollar>[$€£]\s?)?
    (?P<inner>[-−])?
    (?P<digits>\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?(?:e[-+]?\d+)?|\.\d+)
    (?:\s?(?P<unit>%|percent\b|per\s?cent\b|pct\b|bps?\b|basis\s+points?\b)
      |(?P<scale>(?:k|mm?|bn)\b|\s(?:thousand|grand|million|mil|billion)\b))?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SCALES = {"k": 3, "thousand": 3, "grand": 3, "m": 6, "mm": 6, "mil": 6, "million": 6}
_BILLION = 9

_SMALL = r"zero|one|two|three|four|five|six|seven|eight|nine"
_WORDS = rf"{_SMALL}|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand"
_BEFORE_WORDS = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"(\([^()]*\))|(?:(?<=^)|(?<=\s))[1-9]\)\s", r"\1"),  # list marks
        (r"(?<![\d.,])(\d{1,2}),(\d{1,2})(?![\d,])", r"\1.\2"),  # a decimal comma
        (r"\b\d+(?:\.\d+)?\s?(?:-|to)\s?\d+(?:\.\d+)?,?\s+say\s+(?=\d)", ""),  # of a range
        (r"-fold\b", " fold"),
        (r"(?<!and )\bthree[-\s]quarters\b(?!\s+of\s+(?:a|the)\s+year)", "75 percent"),
        (r"\btwo[-\s]thirds\b", "66.6666666667 percent"),
        (
            rf"\b({_WORDS})-(?=(?:delta|point|day|dollar|wide|week|month|lot|strike|vol|percent|year)s?\b)",
            r"\1 ",
        ),
        (r"\bone\s+and\s+a\s+half\b|\ba\s+(?:\w+\s+)?and\s+a\s+half\b", "1.5"),
        (r"\btwo\s+and\s+a\s+half\b", "2.5"),
        (
            r"\b(?:a\s+single|one)\s+(?:trading\s+)?day\b|\btomorrow(?:'s)?(?=\s+(?:move|range|session))|\bovernight(?=\s+(?:move|range))",
            "1 day",
        ),
        (r"\bhalf\s+a\s+million\b", "500k"),
        (r"\b(?:a\s+)?quarter(?:\s+of\s+a)?\s+million\b", "250k"),
        (r"\ba\s+million\b", "1000k"),
        (r"\b(?:a|one)\s+(?:full\s+|whole\s+|single\s+)?(?=(?:week|month)s?\b)", "1 "),
        (r"(?<!ty-)(?<!ty )\bone\s+(?=(?:dollars?|bucks?)\b)", "1 "),
        (r"\bone\s+and\s+a\s+quarter\b", "1.25"),
        (r"\bone\s+and\s+three\s+quarters\b", "1.75"),
        (r"\ba\s+fifth\b", "20 percent"),
        (r"\ba\s+tenth\b(?!\s+of\s+a\b)", "10 percent"),
        (
            r"(?<=percent to )a\s+quarter\b|(?<=tax )a\s+quarter\b|(?<=at )a\s+quarter\b(?!\s+(?:past|to))",
            "25 percent",
        ),
        # A letter of the formulas right before its number: 'K23 F20 v95'.
        (r"\b(K|F|S|IV|vol|v)(?=\d{2,}(?:\.\d+)?(?![A-Za-z\d]))", r"\1 "),
        # A number in words that digits say again: 'six-eight-forty, i.e. 6840'.
        (rf"\b(?:(?:{_WORDS})[-\s]?)+,?\s+i\.?\s?e\.?,?\s+(?=\$?\d)", ""),
        (r"\b(?:a|one)\s+(?=day\s+(?:out|away|left|to|from|till|until)\b)", "1 "),
        (
            r"\ba\s+couple\s+of\b|(?<!ty-)(?<!ty )\btwo\s+(?=\$?\d{3}|of\s+(?:the|those|these|them)\b|(?:percent|per\s?cent|weeks?|months?|days?|contracts?|lots?|points?|condors?|sds?|sigmas?|standard|years?|vol)\b)",
            "2 ",
        ),
        (
            r"(?<!ty-)(?<!ty )\bone\s+(?=(?:percent|contract|lot|point|delta|sd|sigma|standard|expected)\b)",
            "1 ",
        ),
        (
            r"(?<!and )(?<!and a )\bhalf\s+(?:a\s+|of\s+(?:a\s+|one\s+)?)?(?:percent|per\s?cent|%)",
            "0.5 percent",
        ),
        (rf"(?<![A-Za-z] )\bpoint\s+(?=(?:{_SMALL})\b)", "zero point "),
        # '15d condor' beside days is a delta.
        (
            r"\b(\d{1,2})d(?=\s+(?:iron\s+)?(?:condor|ic|shorts?|strangle)\b)(?=.*\d\s*(?:days|dte)\b)",
            r"\1 delta",
        ),
        (r"\b(?:a\s+)?fortnight\b", "14 days"),
        (r"\b(?:a\s+)?half[-\s](?:a[-\s])?year\b", "182 days"),
        (r"\bhalf\s+(?:a|the)\s+month\b", "15 days"),
        # A scale is kept from becoming a number of its own: 1.2 billion is 1.2bn.
        (r"(?<=\d)\s?(?:billion|bn)\b", "bn"),
        (r"(?<=\d)\s?(?:million|mil|mm)\b", "mm"),
        (r"(?<=\d)\s?(?:thousand|grand)\b", "k"),
    )
)
_AFTER_WORDS = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"\b(\d+)\s+point\s+(\d+)\b", r"\1.\2"),
        (r"\b(\d+)\s+and\s+(?:a|one)\s+half\b", r"\1.5"),
        (r"\b(\d+)\s+and\s+(?:a|one)\s+quarter\b", r"\1.25"),
        (r"\b(\d+)\s+and\s+(?:three|3)\s+quarters\b", r"\1.75"),
        (r"\b(\d+)\s+(?:dollars?|bucks?)\s+(?:and\s+)?(\d\d)(?:\s+cents?)?\b", r"$\1.\2"),
        (r"\ba\s+(?:buck|dollar)\s+(?:and\s+)?(\d\d)\b", r"$1.\1"),
        (r"\b(\d\d?)\s?(?:cents?\b|¢)", r"$0.\1"),
        # 'eleven twenty (11.20)': the digits in parentheses say it again.
        (r"\b\d+(?:\s\d+)*\s*\((?=\$?\d[\d,]*(?:\.\d+)?\))", "("),
    )
)
_DOTTED = re.compile(r"(?<![\d.,$])(\d{1,2})\.(\d{3})(?![\d.,%])")
"""Thousands with a dot, as 6.410: prices have two decimals, and one such number may be a rate."""


@dataclass(frozen=True)
class Numeral:
    """One number as written: its value with k and M taken in, its unit, and where it stands."""

    value: float
    unit: str
    start: int
    end: int

    @property
    def is_percent(self) -> bool:
        """Whether a percent sign or word belongs to it."""
        return self.unit == "%"

    def fraction(self) -> float:
        """The value as a decimal, where the unit is percent or basis points."""
        shift = {"%": 2, "bp": 4}.get(self.unit, 0)
        return shifted(self.value, -shift)


def spelled_out(text: str) -> str:
    """The text with number words as digits: 'sixteen delta' is '16 delta'."""
    text = text.replace("\u00a0", " ").replace("−", "-").replace("–", "-").replace("—", " - ")
    for pattern, replacement in _BEFORE_WORDS:
        text = pattern.sub(replacement, text)
    if len(_DOTTED.findall(text)) > 1:
        text = _DOTTED.sub(r"\1\2", text)
    text = alpha2digit(text, "en")
    for pattern, replacement in _AFTER_WORDS:
        text = pattern.sub(replacement, text)
    return text


def numerals_in(text: str) -> list[Numeral]:
    """The numerals of a text in order."""
    found = []
    for match in _DIGITS.finditer(text):
        if re.match(r"[A-Za-z_]", text[match.end() : match.end() + 1]) and not _is_unit(
            text[match.end() :]
        ):
            continue  # the digits begin a name: 1inch
        if match["digits"] in "369" and match["scale"] and _NAMES_VIX.search(text):
            continue  # the 3M of VIX and 3M
        if match["scale"] and _TENOR.match(text, match.start("digits")):
            continue  # 'the dollar 3m at 4.33 %' names a tenor
        value = Decimal(match["digits"].replace(",", ""))
        scale = (match["scale"] or "").strip().lower()
        if scale:
            value = value.scaleb(_SCALES.get(scale, _BILLION))
        if (match["sign"] or match["inner"] or "") in ("-", "−"):
            value = -value
        found.append(Numeral(float(value), _unit(match), match.start(), match.end()))
    return found


def shifted(value: float, places: int) -> float:
    """The value times a power of ten, without binary dust: 1.3 over 100 is 0.013."""
    return float(Decimal(str(value)).scaleb(places))


def _unit(match: re.Match[str]) -> str:
    unit = (match["unit"] or "").lower()
    if unit.startswith("b"):
        return "bp"
    if unit:
        return "%"
    return "$" if match["dollar"] else ""


_TENOR = re.compile(r"(?:1|2|3|6|9|12)\s?m(?=\s+(?:at|is|rate|bill|yield|libor|=))", re.IGNORECASE)
_NAMES_VIX = re.compile(r"\bvix", re.IGNORECASE)
_UNIT_WORD = re.compile(
    r"(?:ish|s|d|v|dte|da?ys?|vola|fold|delta|wide|pts?|p|c|put|call|x|sd|vol|iv|lot|points?|wk|weeks?|mo|months?|pt)"
    r"(?:s)?(?![A-Za-z])",
    re.IGNORECASE,
)


def _is_unit(rest: str) -> bool:
    return _UNIT_WORD.match(rest) is not None
