"""Grounding: every number of a text is traced to a calculation, a quote or the question.

A number is traced when its value, at the precision shown, with its sign and its unit (percent or
not, dollars or not), stands in one of the three. What cannot be traced is reported; the agent does
not let it out. Grounding reads finished text and knows nothing of who wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True)
class _Number:
    text: str
    value: float
    decimals: int
    percent: bool
    dollars: bool

    @property
    def plain(self) -> float:
        return self.value / 100 if self.percent else self.value

    @property
    def tolerance(self) -> float:
        """Half a unit of the last place shown, with room for binary fractions."""
        half = 0.5 * 10.0**-self.decimals
        return half * (1 + 1e-9) + abs(self.value) * 1e-12


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
        found.append(
            _Number(
                text=match.group().strip(),
                value=-float(digits) if negative else float(digits),
                decimals=len(digits.partition(".")[2]),
                percent=unit in ("%", "percent") or bool(shared and not unit),
                dollars=bool(match["dollar"]) or "dollar" in unit or unit == "usd",
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
            found.append(_Number(key, float(leaf), _EXACT, False, key.endswith("_usd")))
    return found


def _among(number: _Number, candidates: list[_Number]) -> bool:
    return any(
        number.dollars == candidate.dollars and _same(number, candidate) for candidate in candidates
    )


def _same(number: _Number, candidate: _Number) -> bool:
    """Equal, or equal once the candidate is rounded to the places that the text shows."""
    scale = 100 if number.percent else 1
    difference = abs(candidate.plain * scale - number.value)
    shown = candidate.decimals + (0 if candidate.percent else 2) * (scale == 100)
    if candidate.decimals == _EXACT or shown > number.decimals:
        return difference <= number.tolerance
    return difference <= abs(number.value) * 1e-12


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
