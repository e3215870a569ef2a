"""What can go wrong in a calculation, as one small tree.

    ToolError
      ToolInputError (also a ValueError)   an argument is not one the tool can use; correct it
      ToolDataError                        the data handed over cannot answer the question

A `ToolInputError` names every field that is wrong, the value it had, what is allowed, and what to
do about it. It knows nothing of HTTP, of agents or of the command line; each of those turns it into
its own words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["FieldProblem", "ToolDataError", "ToolError", "ToolInputError"]


@dataclass(frozen=True)
class FieldProblem:
    """One argument that cannot be used: its name, its value, what is allowed, and why."""

    field: str
    value: object
    allowed: str
    reason: str | None = None

    def __str__(self) -> str:
        """Say it in one sentence that a trader can act on."""
        sentence = f"{self.field} is {_shown(self.value)}; it has to be {self.allowed}."
        return f"{sentence} {self.reason}" if self.reason else sentence


class ToolError(Exception):
    """The base of every error that a tool raises on purpose."""


class ToolInputError(ToolError, ValueError):
    """One or more arguments are not usable; `problems` has one entry a field.

    >>> raise ToolInputError.of("iv", -0.2, "above 0", "Volatility is a decimal: 0.16 is 16 %.")
    Traceback (most recent call last):
    tools.errors.ToolInputError: iv is -0.2; it has to be above 0. Volatility is a decimal: 0.16 is 16 %.
    """  # noqa: E501  (the doctest shows the message whole)

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        """Collect the problems; the message is their sentences."""
        self.problems = tuple(problems)
        super().__init__(" ".join(str(problem) for problem in self.problems))

    @classmethod
    def of(
        cls, field: str, value: object, allowed: str, reason: str | None = None
    ) -> ToolInputError:
        """Build the error for a single field."""
        return cls([FieldProblem(field, value, allowed, reason)])

    @property
    def field(self) -> str:
        """The name of the first field that is wrong."""
        return self.problems[0].field

    @property
    def value(self) -> object:
        """The value of the first field that is wrong."""
        return self.problems[0].value

    @property
    def allowed(self) -> str:
        """What is allowed in the first field that is wrong."""
        return self.problems[0].allowed


class ToolDataError(ToolError):
    """The data are well formed, yet cannot answer: no quotes, too short a history, no such day."""


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
