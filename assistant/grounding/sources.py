"""Where numbers may come from: the leaves of calculations, and texts (quotes, strings, question).

A leaf knows its path, its concept and its qualifiers; a text knows its numerals and, with each
numeral masked, its words, so that a sentence with a changed numeral is still recognised.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from assistant.answers.record import Calculation
from assistant.grounding.nouns import QUALIFIERS, field_name, word_form
from assistant.grounding.numerals import Numeral, numbers_in

_LABELS = ("title", "name", "layer", "instrument", "side", "kind", "label")
_SHORT = 40
"""A string this short in a result is a value ('at least 1'); a longer one is a sentence."""
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d))?")
_MARKUP = re.compile(r"[*_`\"“”>]+|^\s*[-+]\s", re.MULTILINE)
MASK = "\x00"


@dataclass(frozen=True)
class Leaf:
    """A number of a calculation."""

    source: str
    path: str
    value: float
    concept: str
    qualifiers: frozenset[str]
    dimension: str
    scope: str = ""
    """The path of the listed record that it belongs to."""
    shown: Numeral | None = None
    """The numeral of a short string, where the leaf is one."""
    at: tuple[tuple[str, float], ...] = ()
    """In a table, what its row and column stand for: the index down 5 %, volatility unchanged."""

    @property
    def quantity(self) -> tuple[Any, ...]:
        """An input that the result repeats is the same quantity."""
        return (self.concept, self.qualifiers, self.value, self.dimension)


@dataclass
class Text:
    """A text that numbers may be taken from, with where it starts in its source."""

    source: str
    text: str
    offset: int = 0
    paths: list[tuple[int, str]] = field(default_factory=list)
    """For the strings of a calculation: where each begins, and its path."""

    @cached_property
    def numerals(self) -> list[Numeral]:
        """The numerals of the text."""
        return numbers_in(self.text)

    @cached_property
    def masked(self) -> tuple[str, list[int]]:
        """The words of the text with every numeral masked, and the place of each mask."""
        return _masked(self.text)

    def path_at(self, position: int) -> str:
        """The path of the string that a position lies in."""
        if not self.paths:
            return ""
        return self.paths[bisect_right(self.paths, (position, "\uffff")) - 1][1]


@lru_cache(maxsize=1024)
def _masked(text: str) -> tuple[str, list[int]]:
    masked = mask(text, numbers_in(text))
    return masked, [match.start() for match in re.finditer(MASK, masked)]


def mask(text: str, numerals: list[Numeral]) -> str:
    """Small letters, single spaces, no markup; each numeral with its unit is one mask."""
    parts, end = [], 0
    for numeral in numerals:
        parts += [text[end : numeral.start], MASK]
        end = numeral.end
    parts.append(text[end:])
    bare = re.sub(r"\[\d{1,3}\]", "", _MARKUP.sub("", "".join(parts)))
    return " ".join(bare.lower().split())


@dataclass
class Calculated:
    """A calculation as a source: its leaves, its records by name, its strings."""

    calculation: Calculation

    @cached_property
    def source(self) -> str:
        """Its name in the record."""
        return f"calculation {self.calculation.n}"

    @cached_property
    def leaves(self) -> list[Leaf]:
        """Every number, with what it is about."""
        return [leaf for leaf, _ in self._walked if isinstance(leaf, Leaf)]

    @cached_property
    def scopes(self) -> dict[tuple[str, ...], set[str]]:
        """The names of listed records, as words, and the paths of the records."""
        names: dict[tuple[str, ...], set[str]] = {}
        for item, scope in self._walked:
            if isinstance(item, str):
                words = tuple(word_form(word) for word in re.findall(r"[A-Za-z][\w&']*", item))
                if words:
                    names.setdefault(words, set()).add(scope)
        return names

    @cached_property
    def text(self) -> Text:
        """Its longer strings as one text."""
        parts: list[str] = []
        paths: list[tuple[int, str]] = []
        start = 0
        for path, string in _strings(self._whole, ""):
            paths.append((start, path))
            parts.append(string)
            start += len(string) + 2
        return Text(self.source, ".\n".join(parts), 0, paths)

    @cached_property
    def moments(self) -> dict[str, str]:
        """The dates and times of day that it names, each with the path where it stands first."""
        found: dict[str, str] = {}
        for path, string in _strings(self._whole, ""):
            for match in _MOMENT.finditer(string):
                for part in match.groups():
                    if part:
                        found.setdefault(part, path)
        return found

    @property
    def _whole(self) -> dict[str, Any]:
        return {"inputs": self.calculation.inputs, "result": self.calculation.result}

    @cached_property
    def _walked(self) -> list[tuple[Leaf | str, str]]:
        return list(self._walk(self._whole, "", "", frozenset(), ""))

    def _walk(
        self, value: Any, path: str, key: str, qualifiers: frozenset[str], scope: str
    ) -> Iterator[tuple[Leaf | str, str]]:
        tool = self.calculation.tool
        if isinstance(value, Mapping):
            for name in _LABELS:
                label = value.get(name)
                if isinstance(label, str):
                    if label.lower() in QUALIFIERS:
                        qualifiers |= {QUALIFIERS[label.lower()]}
                    elif scope and path == scope:
                        yield label.replace("_", " "), scope
            if key in ("put_side", "call_side", "natural", "open_condor", "new_condor"):
                qualifiers |= {QUALIFIERS.get(key.partition("_")[0], key)}
            if tool in _TABLES and scope and path == scope:
                yield from self._row(value, path)
                return
            for name, item in value.items():
                yield from self._walk(
                    item, f"{path}.{name}" if path else name, str(name), qualifiers, scope
                )
        elif isinstance(value, list):
            for n, item in enumerate(value):
                inner = f"{path}[{n}]"
                yield from self._walk(
                    item, inner, key, qualifiers, inner if isinstance(item, Mapping) else scope
                )
        elif isinstance(value, str):
            if len(value) <= _SHORT and any(c.isdigit() for c in value):
                named = field_name(tool, key)
                for numeral in numbers_in(value):
                    yield Leaf(
                        self.source, path, numeral.value, named.concept,
                        named.qualifiers | qualifiers, numeral.dimension, scope, numeral,
                    ), scope  # fmt: skip
            elif key == "target":
                for numeral in numbers_in(value):
                    yield Leaf(
                        self.source, path, numeral.value, "target_credit", qualifiers,
                        numeral.dimension, scope, numeral,
                    ), scope  # fmt: skip
        elif isinstance(value, int | float) and not isinstance(value, bool):
            # A bare number is named by its tool.
            named = field_name(tool, tool if key in ("result", "") else key)
            yield Leaf(
                self.source, path, float(value), named.concept, named.qualifiers | qualifiers,
                named.dimension, scope,
            ), scope  # fmt: skip

    def _row(self, row: Mapping[str, Any], path: str) -> Iterator[tuple[Leaf, str]]:
        """The row of a table: where it is, and a profit for each of its columns."""
        where, column = _TABLES[self.calculation.tool]
        nothing: frozenset[str] = frozenset()
        for name, value in row.items():
            if not isinstance(value, int | float):
                continue
            here = field_name(self.calculation.tool, name)
            if here.concept == where:
                place = f"{path}.{name}"
                yield Leaf(
                    self.source, place, float(value), where, nothing, here.dimension, path
                ), path  # fmt: skip
                continue
            at = [(where, float(row[key])) for key in (where, "price") if key in row]
            if column:
                shock = float(name)
                at.append((column, shock))
                yield Leaf(
                    self.source, f"{path}.{name}", shock, column, nothing, "volatility points", path
                ), path  # fmt: skip
            yield Leaf(
                self.source, f"{path}.{name}", float(value), "profit", nothing, "usd", path, None,
                tuple(at),
            ), path  # fmt: skip


_TABLES = {"stress_condor": ("spot_shock", "vol_shock"), "condor_payoff": ("level", "")}
"""The tools that hand back a table of profits: what its rows and its columns stand for."""


def _strings(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _strings(item, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from _strings(item, f"{path}[{n}]")
    elif isinstance(value, str):
        yield path, value
