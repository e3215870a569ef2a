"""What stands behind the numbers of an article: calls that compute them, sources that state them.

The declarations stand at the end of an article's front matter. They are evidence for tests and for
writers, so they are read on demand and never on the start-up path; nothing is evaluated here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

import yaml
from pydantic import Field

from assistant.knowledge.records import Record, Source, named_source, validate
from assistant.knowledge.rules import PLACEHOLDER

How = Literal["computed", "input", "rule", "stated"]


class Figure(Record):
    """A figure as it stands in the text, and the call that computes it.

    The numerals of `text` are the values of `call` in their order: written by `format` where it is
    given, else rounded to the places that the text shows.
    """

    text: str = Field(min_length=1)
    call: str = Field(min_length=1)
    format: str | None = None


class Stated(Record):
    """Figures that no tool computes, and the source that states them."""

    text: str = Field(min_length=1)
    source: Source


class Evidence(Record):
    """What an article declares about its numbers."""

    figures: tuple[Figure, ...] = ()
    stated: tuple[Stated, ...] = ()


def read_evidence(
    name: str, text: str, sources: Mapping[str, Any], problems: list[str]
) -> Evidence:
    """The declarations in the YAML that closes an article's front matter."""
    try:
        data = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        problems.append(f"{name}: figures are not valid YAML ({' '.join(str(error).split())})")
        return Evidence()
    entries = data.get("stated") or ()
    for entry in entries:
        key = entry.get("source") if isinstance(entry, dict) else None
        if isinstance(key, str) and key not in sources:
            problems.append(f"{name}: unknown source '{key}'; name one of glossary.yaml's list")
            return Evidence()
    data["stated"] = [
        entry | {"source": named_source(entry.get("source"), sources)}
        if isinstance(entry, dict)
        else entry
        for entry in entries
    ]
    return validate(Evidence, name, data, problems) or Evidence()


class Numeral(NamedTuple):
    """A number written in digits; `percent` where its sentence counts in hundredths."""

    text: str
    start: int
    end: int
    percent: bool


_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE = re.compile(
    rf"\b\d{{1,2}}(?: to \d{{1,2}})? (?:{_MONTH})\b(?:,? \d{{4}})?"
    rf"|\b(?:{_MONTH}) \d{{4}}\b|(?<![\d,./-])(?:19[5-9]\d|20[0-3]\d)s?(?![\d/]|[.,]\d| points?\b)"
)
_CODE = re.compile(r"`[^`]*`|\bN\(d\d\)|\bx ?\* ?y ?= ?k\b|\b24/7\b")
_NUMERAL = re.compile(
    r"(?<![\w.,])(?:(?<![^\s(\[])[-+])?"
    r"(?:\d{1,2}:\d{2}|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![\w]|\.\d)"
)
_HUNDREDTHS = re.compile(r"%|percent|volatility points?\b|\bdeltas?\b")
_IN_CODE = re.compile(r"(?<![\w.])\d[\d_]*(?:\.\d+)?(?:[eE]-?\d+)?(?![\w])")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def names_with_digits(names: Iterable[str]) -> re.Pattern[str]:
    """A pattern for the names of the glossary that contain digits, the longest first."""
    found = sorted({name for name in names if re.search(r"\d", name)}, key=len, reverse=True)
    return re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in found) or r"(?!)")


def prose(text: str) -> str:
    """Markdown on one line, without headings and fenced code."""
    return " ".join(re.sub(r"^#.*$", "", _FENCE.sub("", text), flags=re.MULTILINE).split())


def numerals(text: str, names: re.Pattern[str]) -> list[Numeral]:
    """The numbers of a text on one line; names, code, dates and placeholders are none."""
    masked = text
    for pattern in (PLACEHOLDER, _CODE, names, _DATE):
        masked = pattern.sub(lambda match: "_" * len(match[0]), masked)
    return [
        Numeral(
            match[0],
            match.start(),
            match.end(),
            bool(_HUNDREDTHS.search(masked[match.end() : match.end() + 40])),
        )
        for match in _NUMERAL.finditer(masked)
    ]


def number(text: str) -> float:
    """The value of a numeral without its sign; minutes past midnight for a time of day."""
    if ":" in text:
        hours, minutes = text.split(":")
        return 60.0 * int(hours) + int(minutes)
    return float(text.lstrip("+-").replace(",", "").replace("_", ""))


def coverage(
    raw: str, evidence: Evidence, names: re.Pattern[str], inputs: Iterable[float] = ()
) -> list[tuple[Numeral, How | None]]:
    """Each number of an unresolved text with what stands behind it.

    `inputs` are numbers of named standard inputs that the calls use.
    """
    text = prose(raw)
    spans: list[tuple[int, int, How]] = [
        *((*span, "computed") for entry in evidence.figures for span in _places(entry.text, text)),
        *((*span, "stated") for entry in evidence.stated for span in _places(entry.text, text)),
    ]
    code = "\n".join([*_FENCE.findall(raw), *(entry.call for entry in evidence.figures)])
    values = {*inputs, *(number(match[0]) for match in _IN_CODE.finditer(code))}
    found: list[tuple[Numeral, How | None]] = [
        (Numeral(match[0], match.start(), match.end(), False), "rule")
        for match in PLACEHOLDER.finditer(text)
    ]
    for one in numerals(text, names):
        how: How | None = next(
            (how for start, end, how in spans if start <= one.start and one.end <= end), None
        )
        if how is None and _among(number(one.text), values, percent=one.percent):
            how = "input"
        found.append((one, how))
    return found


def _places(part: str, text: str) -> Iterator[tuple[int, int]]:
    flat = " ".join(part.split())
    return (match.span() for match in re.finditer(re.escape(flat), text))


def _among(value: float, values: set[float], *, percent: bool) -> bool:
    return value in values or (percent and round(value / 100, 9) in values)
