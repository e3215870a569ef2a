"""Grounding: every number of a text is traced to a calculation, a quote or the question.

A number is traced when its value, at the precision shown, with its sign and its unit (percent or
not, dollars or not), stands in one of the three. What cannot be traced is reported; the agent does
not let it out. Grounding reads finished text and knows nothing of who wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from assistant.answers.record import Citation, Grounding, TracedNumber
from assistant.evidence import MARKER, Evidence

_NUMERAL = re.compile(
    r"""
    (?<![\w.,/$])                       # not inside a word, an identifier or another numeral
    (?P<sign>[-−+]?)(?P<dollar>\$?)(?P<inner>[-−]?)
    (?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)
    (?P<unit>\s?%|\s?percent\b(?!age)|\s?(?:US\s)?dollars?\b|\s?USD\b)?
    (?=(?P<range>\s?(?:-|–|to|and)\s?\$?[\d.,]+\s?(?:%|percent\b(?!age)))?)
    (?![\w%]|[.,]\d)
    """,
    re.VERBOSE,
)
_HYPHENATED = re.compile(r"(?<=\d)[-–/](?=\$?\d)")
_LIST_MARK = re.compile(r"^(\s*)\d{1,2}[.)](?=\s)", re.MULTILINE)
_LINK_TARGET = re.compile(r"\]\([^)\s]*\)")
# Names that contain a numeral and state no quantity.
_NAMES = re.compile(r"\b(?:S&P 500|Black-76|Section 1256|Form 6781|Russell 2000|x\*y=k)", re.I)

_EXACT = 99
"""More decimal places than any text shows: the number is not itself rounded."""


class _Number(NamedTuple):
    """A number as it is shown: `plain` is its value with a percent sign taken for a hundredth."""

    text: str
    value: float
    decimals: int
    percent: bool
    dollars: bool
    plain: float


def check(
    text: str,
    evidence: Evidence,
    citations: Iterable[Citation],
    suggestions: Iterable[str] = (),
) -> Grounding:
    """Trace every number of `text`; `unsupported` lists those that stand nowhere.

    A suggested question, where the text repeats it, states nothing and is passed over.
    """
    for suggestion in suggestions:
        text = text.replace(suggestion, "")
    sources = [
        ("question", numbers_in(evidence.question)),
        *(
            (f"calculation {item.n}", _stated({"inputs": item.inputs, "result": item.result}))
            for item in evidence.calculations
        ),
        *((f"citation {item.n}", numbers_in(item.quote)) for item in citations),
    ]
    numbers: list[TracedNumber] = []
    unsupported: list[str] = []
    for number in numbers_in(text):
        source = next((name for name, stated in sources if _among(number, stated)), None)
        if source is None:
            unsupported.append(number.text)
        else:
            numbers.append(TracedNumber(text=number.text, source=source))
    return Grounding(numbers=numbers, unsupported=unsupported)


def numbers_in(text: str) -> list[_Number]:
    """The numbers that a text states; citation marks, list marks and names are not numbers."""
    for pattern in (MARKER, _LINK_TARGET, _NAMES):
        text = pattern.sub(lambda match: " " * len(match.group()), text)
    text = _LIST_MARK.sub(lambda match: " " * len(match.group()), text)
    # 15-25 and 24/7 are two numbers each; the hyphen is no minus sign.
    text = _HYPHENATED.sub(" – ", text)
    found = []
    for match in _NUMERAL.finditer(text):
        unit = (match["unit"] or "").strip().lower()
        shared = match["range"] or ""
        negative = "-" in match["sign"] + match["inner"] or "−" in match["sign"] + match["inner"]
        digits = match["digits"].replace(",", "")
        value = -float(digits) if negative else float(digits)
        percent = unit in ("%", "percent") or bool(shared and not unit)
        found.append(
            _Number(
                text=match.group().strip(),
                value=value,
                decimals=len(digits.partition(".")[2]),
                percent=percent,
                dollars=bool(match["dollar"]) or "dollar" in unit or unit == "usd",
                plain=value / 100 if percent else value,
            )
        )
    return found


def _stated(value: Any) -> list[_Number]:
    """The numbers of a calculation: its leaves in full precision, and those in its sentences."""
    found: list[_Number] = []
    for key, leaf in _leaves(value):
        if isinstance(leaf, str):
            found += numbers_in(leaf)
        else:
            number = float(leaf)
            found.append(_Number(key, number, _EXACT, False, key.endswith("_usd"), number))
    return found


def _among(number: _Number, candidates: list[_Number]) -> bool:
    """Whether a candidate equals the number, or does so once rounded to the places it shows."""
    scale = 100.0 if number.percent else 1.0
    # Half a unit of the last place shown, with room for binary fractions.
    rounding = 0.5 * 10.0**-number.decimals * (1 + 1e-9) + abs(number.value) * 1e-12
    exact = abs(number.value) * 1e-12
    for candidate in candidates:
        if candidate.dollars != number.dollars:
            continue
        difference = abs(candidate.plain * scale - number.value)
        if difference <= exact:
            return True
        if difference <= rounding and _places(candidate, number) > number.decimals:
            return True
    return False


def _places(candidate: _Number, number: _Number) -> int:
    """The decimal places that a candidate has in the unit of the number."""
    return candidate.decimals - 2 * (number.percent - candidate.percent)


def _leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every number and sentence in plain JSON, with the name it stands under."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, key)
    elif isinstance(value, str) or (isinstance(value, int | float) and not isinstance(value, bool)):
        yield key, value
