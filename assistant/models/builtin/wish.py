"""A calculation that a question asks for, as far as it is stated, and the calls it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.models.builtin.rules import Rule
from assistant.models.builtin.terms import arguments, what_lacks


@dataclass(frozen=True)
class Call:
    """A tool to call, with its arguments."""

    tool: str
    arguments: Mapping[str, Any]


@dataclass
class Wish:
    """A calculation that the question asks for, as far as it is stated."""

    rule: Rule
    values: dict[str, Any]
    changed: dict[str, Any] = field(default_factory=dict)
    variants: list[dict[str, Any]] = field(default_factory=list)
    current: bool = False
    """Whether the question names the market's value itself: 'take the current vol'."""
    unsure: frozenset[str] = frozenset()
    """What it lacks though a number of the question could be it: to be asked, not to be guessed."""

    @property
    def lacks(self) -> tuple[str, ...]:
        """What its tool cannot do without."""
        return what_lacks(self.rule, self.values)

    def calls(self) -> list[Call]:
        """The call of its tool, and those of its variants."""
        calls: list[Call] = []
        for variant in ({}, *self.variants):
            call = Call(self.rule.tool, arguments(self.rule, {**self.values, **variant}))
            if call not in calls:
                calls.append(call)
        return calls


def has_basis(wish: Wish) -> bool:
    """Whether it is said by what strikes are to be chosen; other tools need no basis."""
    basis = {"short_delta", "expected_move_multiple", "target_credit", "width", "usual"}
    return wish.rule.tool != "select_condor" or bool(wish.values.keys() & basis)


def told(wish: Wish) -> int:
    """How many of the question's numbers a wish explains."""
    return sum(isinstance(value, int | float | list) for value in wish.values.values())
