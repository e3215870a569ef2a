"""The numerals of a text: value, unit, the last place shown, and where each stands.

Citation marks, list marks, link targets and names such as 'S&P 500' or 'VIX3M' are no quantities.
A date and a time of day are one numeral each. Numbers in words count where a unit follows them
('twenty points'). What a numeral is about is not known here.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

Dimension = Literal[
    "", "points", "usd", "share", "days", "count", "delta", "times", "date", "time", "other"
]
"""What a unit measures; '' where none is shown."""


@dataclass(frozen=True)
class Numeral:
    """A number as it is shown: '15-25 %' holds two, both in percent.

    `value` is in the plain unit of its dimension (15 % is 0.15, 2 weeks are 14 days), `step` the
    size of one in the last place shown, 0 for a value of full precision.
    """

    text: str
    start: int
    end: int
    value: float
    step: float
    dimension: Dimension
    scale: float = 1.0
    name: str = ""
    """A date in ISO form, a time of day, or a unit that is not known."""
    otherwise: Numeral | None = None
    """Its second reading: '15' in '15 and 25 %' may be a share or a plain number."""


# The unit's spelling, what it measures, and how much of the plain unit it is.
_UNITS: tuple[tuple[str, Dimension, float], ...] = (
    (r"%(?:-?\s?points?)?|per\s?cent\b|percent\b|percentage[ -]points?\b", "share", 0.01),
    (r"bps?\b|basis[ -]points?\b", "share", 0.0001),
    (r"vols?(?:[ -]points?)?\b|volatility[ -]points?\b", "share", 0.01),
    (r"(?:index |spx |vix )?points?\b|pts?\b|handles?\b", "points", 1.0),
    (r"(?:us )?dollars?\b|usd\b|bucks?\b", "usd", 1.0),
    (r"cents?\b", "usd", 0.01),
    (r"(?:calendar |trading )?days?\b|dtes?\b|d\b", "days", 1.0),
    (r"weeks?\b|wks?\b", "days", 7.0),
    (r"contracts?\b|lots?\b", "count", 1.0),
    (r"deltas?\b|δ", "delta", 0.01),
    (r"times\b|x\b|-?fold\b", "times", 1.0),
    (r"months?\b|years?\b|hours?\b|minutes?\b|seconds?\b|ms\b", "other", 1.0),
    (r"standard deviations?\b|sds?\b|sigmas?\b|σ", "other", 1.0),
)  # fmt: skip
_MAGNITUDES = {
    "k": 1e3, "thousand": 1e3, "m": 1e6, "mm": 1e6, "million": 1e6, "bn": 1e9, "b": 1e9,
    "billion": 1e9,
}  # fmt: skip

_UNIT = "|".join(f"(?:{unit})" for unit, _, _ in _UNITS)
_UNIT = _UNIT.replace(" ", "[ ]").replace("[[ ]-]", "[ -]")  # spaces mean nothing in the pattern
_SAID_UNIT = "|".join(
    f"(?:{unit})" for unit, kind, _ in _UNITS if kind not in ("times", "other", "delta")
)
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_NUMERAL = re.compile(
    rf"""
    (?<![\w.,$])(?P<sign>[-−+]?)(?P<dollar>(?:us)?\$\s?)?(?P<inner>[-−]?)
    (?P<digits>{_DIGITS})
    (?P<magnitude>\s?(?:thousand|million|billion)\b|[kmb](?:n|m)?\b)?
    (?:(?P<gap>[ -]?|\u00a0)(?P<unit>{_UNIT}))?
    (?P<glued>(?<=\d)[^\W\d_][\w]*)?
    (?![.,]?\d)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_UNIT_OF = tuple((re.compile(unit, re.IGNORECASE), kind, scale) for unit, kind, scale in _UNITS)

_MONTHS = (
    "january february march april may june july august september october november december".split()
)
_MONTH = rf"(?P<month>{'|'.join(f'{m[:3]}(?:{m[3:]})?' for m in _MONTHS)})\.?"
_NO_UNIT = r"(?!\s?%)"
_DATES = (
    re.compile(r"(?<![\w-])(?P<year>\d{4})-(?P<number>\d\d)-(?P<day>\d\d)(?![\w-]|\s?%)"),
    re.compile(
        rf"(?<![\w$.,-])(?P<day>\d\d?) {_MONTH},? (?P<year>\d{{4}})\b{_NO_UNIT}", re.IGNORECASE
    ),
    re.compile(rf"(?<!\w){_MONTH} (?P<day>\d\d?),? (?P<year>\d{{4}})\b{_NO_UNIT}", re.IGNORECASE),
)
_TIME = re.compile(r"(?<![\w:.])\d{1,2}:\d\d(?: ?[ap]\.?m\.?)?(?![\w:])", re.IGNORECASE)

_BLANKED = (
    re.compile(r"\[\d{1,3}\]"),  # a citation
    re.compile(r"\]\([^)\s]*\)"),  # a link's target
    # A list's mark; a sentence whose last number begins a line is none.
    re.compile(r"(?:\A|(?<=[\n.:;!?)\]*]\n)) *\d{1,2}[.)](?=\s)"),
    # Names that contain a numeral and state no quantity.
    re.compile(
        r"\b(?:S&P\s?500|Black-76|Section 1256|Form 6781|Russell 2000|24/7|x\*y=k"
        r"|EIP-\d+|ERC-\d+|Web3|P/E|RSI\(\d+\))",
        re.IGNORECASE,
    ),
)
# 15-25 and 24/7 are two numerals each; the hyphen is no minus sign.
_JOINED = re.compile(r"(?<=\d)[-–](?=\$?\d)|(?<=[\d%])/(?=\$?\d)")
_SHARING = re.compile(r"\s?(?P<sure>-|–|to|or)\s?|\s(?:and|/)\s|\s", re.IGNORECASE)
"""What stands between two numerals where the second's unit goes for both; after 'and' it may."""

_ONES = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_COUNTED = rf"(?:{'|'.join((*_ONES, *_TENS))}|one|hundred|thousand|million)"
_WORDS = re.compile(
    rf"\b(?P<words>(?:a (?=hundred|thousand|million))?{_COUNTED}"
    rf"(?:(?:[ -]|\sand\s){_COUNTED})*)[ -](?P<unit>{_SAID_UNIT})",
    re.IGNORECASE,
)  # fmt: skip


def numbers_in(text: str) -> list[Numeral]:
    """The numerals of a text in order of appearance."""
    return list(_read(text))


@lru_cache(maxsize=4096)
def _read(text: str) -> tuple[Numeral, ...]:
    """The numerals of a text; passages and the sentences over them come again and again."""
    for pattern in _BLANKED:
        text = pattern.sub(lambda match: " " * len(match.group()), text)
    # A unit may stand on the next line.
    text = text.replace("\n", " ")
    found, text = _dates_and_times(text)
    text = _JOINED.sub(lambda match: " " if match.group() == "/" else "–", text)
    spoken = list(_spoken(text)) if re.search(_COUNTED, text, re.IGNORECASE) else []
    shown = [_shown(match, text) for match in _NUMERAL.finditer(text)]
    found += _with_shared_units(shown, text)
    found += spoken
    return tuple(sorted(found, key=lambda numeral: numeral.start))


def _shown(match: re.Match[str], text: str) -> Numeral:
    digits = match["digits"].replace(",", "")
    scale = _MAGNITUDES.get((match["magnitude"] or "").strip().lower(), 1.0)
    signs = match["sign"] + (match["inner"] or "")
    negative = "-" in signs or "−" in signs
    dimension: Dimension = ""
    name, unit_scale = "", 1.0
    if match["dollar"]:
        dimension = "usd"
    if match["glued"]:
        dimension, name = "other", match["glued"].lower()
    elif match["unit"]:
        dimension, name, unit_scale = _unit(match["unit"])
        # '16-delta' is 0.16; a delta written as a decimal is one already.
        if dimension == "delta" and "." in digits and float(digits) < 1:
            unit_scale = 1.0
        if match["dollar"]:  # '$25 points' is no sum of money
            proper = match["unit"].lower() in ("usd", "us dollars", "us dollar")
            dimension, name = ("usd", "") if proper else ("other", f"$ {match['unit'].lower()}")
        scale *= unit_scale
    value = float(digits) * scale
    step = 10.0 ** -len(digits.partition(".")[2]) * scale
    shown = match.group()
    if match["unit"] and not match["glued"] and dimension not in ("share", "usd"):
        shown = shown[: match.start("gap") - match.start()]
    return Numeral(
        shown.strip(), match.start(), match.end(), -value if negative else value, step,
        dimension, unit_scale, name,
    )  # fmt: skip


def _unit(spelling: str) -> tuple[Dimension, str, float]:
    for pattern, dimension, scale in _UNIT_OF:
        if pattern.fullmatch(spelling):
            return dimension, "" if dimension != "other" else spelling.lower().rstrip("s"), scale
    return "other", spelling.lower(), 1.0


def _with_shared_units(found: list[Numeral], text: str) -> list[Numeral]:
    """Give '15' in '15 to 25 %' the unit that it shares."""
    shared: list[Numeral] = []
    after: Numeral | None = None
    for each in reversed(found):
        numeral = each
        between = (
            _SHARING.fullmatch(text[numeral.end : after.start])
            if after is not None
            and not numeral.dimension
            and after.dimension in ("share", "points", "days", "count", "delta", "other")
            else None
        )
        if between and after is not None:
            plain = after.dimension == "delta" and abs(numeral.value) < 1
            scale = 1.0 if plain else after.scale
            reading = replace(
                numeral,
                value=numeral.value * scale,
                step=numeral.step * scale,
                dimension=after.dimension,
                name=after.name,
                scale=scale,
            )
            numeral = reading if between["sure"] else replace(numeral, otherwise=reading)
        shared.append(numeral)
        after = numeral
    return shared[::-1]


def _dates_and_times(text: str) -> tuple[list[Numeral], str]:
    found: list[Numeral] = []

    def take(match: re.Match[str], dimension: Dimension, name: str) -> str:
        span = (match.start(), match.end())
        found.append(Numeral(match.group(), *span, 0.0, 0.0, dimension, name=name))
        return " " * len(match.group())

    def date(match: re.Match[str]) -> str:
        parts = match.groupdict()
        number = parts.get("number")
        month = int(number) if number else _month(parts["month"])
        try:
            day = dt.date(int(parts["year"]), month, int(parts["day"]))
        except ValueError:
            return match.group()
        return take(match, "date", day.isoformat())

    for pattern in _DATES:
        text = pattern.sub(date, text)
    text = _TIME.sub(
        lambda match: take(match, "time", re.sub(r"[ .]", "", match.group().lower())), text
    )
    return found, text


def _month(name: str) -> int:
    return next(n for n, month in enumerate(_MONTHS, 1) if month.startswith(name.lower()[:3]))


def _spoken(text: str) -> list[Numeral]:
    """Numbers in words that a unit follows; 'one' alone is an article more often than a count."""
    from text_to_num import text2num

    found = []
    for match in _WORDS.finditer(text):
        words = match["words"].lower()
        if words in ("one", "hundred", "thousand", "million"):
            continue
        try:
            value = float(text2num(re.sub(r"^a ", "one ", words).replace("-", " "), "en"))
        except ValueError:
            continue
        dimension, name, scale = _unit(match["unit"])
        found.append(
            Numeral(
                match.group(),
                match.start(),
                match.end(),
                value * scale,
                scale,
                dimension,
                scale,
                name,
            )
        )
    return found
