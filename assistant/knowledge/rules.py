"""The register of rules: every threshold of the methodology once, with its source.

An article writes `{{rule:credit-to-width.low}}` where the number is to stand, and the loader puts
the number there with its unit ('15 %'); `{{rule:credit-to-width.low|bare}}` leaves the unit out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import Field

from assistant.knowledge.records import SLUG, Record, Source, named_source, validate

PLACEHOLDER = re.compile(r"\{\{rule:([a-z0-9-]+)\.([a-z0-9_]+)(\|bare)?\}\}")
_IN_STATEMENT = re.compile(r"\{([a-z0-9_]+)(\|bare)?\}")

SHOWN_UNITS = {"percent": "%", "days": "days", "points": "points", "US dollars": "US dollars"}
"""Units that are written behind the number; any other unit is understood from the sentence."""


class Parameter(Record):
    """One number of a rule; a percentage is kept as a decimal and shown with its sign."""

    value: float | int | str
    unit: str = Field(min_length=1)
    meaning: str = Field(min_length=1)
    equals: str | None = Field(default=None, exclude=True)
    """The tool's own value as an expression, which a test compares with `value`."""

    def shown(self, *, bare: bool = False) -> str:
        """The number as a sentence shows it."""
        if isinstance(self.value, str):
            return self.value
        number = 100 * self.value if self.unit == "percent" else self.value
        unit = "" if bare else SHOWN_UNITS.get(self.unit, "")
        return f"{round(number, 9):,.10g}" + (f" {unit}" if unit else "")


class Rule(Record):
    """One rule: a sentence, its parameters, where they come from, and the tool that computes it."""

    id: str = Field(pattern=SLUG)
    statement: str = Field(min_length=1)
    parameters: dict[str, Parameter] = Field(min_length=1)
    source: Source
    tool: str | None
    effect: str = Field(min_length=1)
    about: tuple[str, ...] = Field(default=(), exclude=True)
    """Phrases that mark a sentence as one about this rule."""


def read_rules(entries: object, sources: Mapping[str, Any], problems: list[str]) -> dict[str, Rule]:
    """The rules by id, their statements with the numbers in place."""
    if not isinstance(entries, list):
        problems.append("rules.yaml: 'rules' must be a list of rules; see README.md")
        return {}
    rules: dict[str, Rule] = {}
    for number, entry in enumerate(entries, start=1):
        label = entry.get("id") if isinstance(entry, dict) else None
        name = f"rules.yaml, {label or f'entry {number}'}"
        if isinstance(entry, dict):
            entry = entry | {"source": named_source(entry.get("source"), sources)}  # noqa: PLW2901
        rule = validate(Rule, name, entry, problems)
        if rule is None:
            continue
        if rule.id in rules:
            problems.append(f"{name}: the id is taken; choose another")
        unknown = {m[1] for m in _IN_STATEMENT.finditer(rule.statement)} - set(rule.parameters)
        for parameter in sorted(unknown):
            problems.append(f"{name}: the statement names no parameter of the rule: {parameter}")
        if not unknown:
            rules[rule.id] = rule.model_copy(update={"statement": _filled(rule)})
    return rules


def _filled(rule: Rule) -> str:
    return _IN_STATEMENT.sub(
        lambda match: rule.parameters[match[1]].shown(bare=bool(match[2])), rule.statement
    )


def resolve(text: str, name: str, rules: Mapping[str, Rule], problems: list[str]) -> str:
    """The text with the rules' numbers in place of their placeholders."""

    def number(match: re.Match[str]) -> str:
        rule = rules.get(match[1])
        if rule is None or match[2] not in rule.parameters:
            problems.append(f"{name}: {match[0]} is not in rules.yaml; correct it or add it there")
            return match[0]
        return rule.parameters[match[2]].shown(bare=bool(match[3]))

    return PLACEHOLDER.sub(number, text) if "{{rule:" in text else text


def rules_in(text: str) -> set[str]:
    """The ids of the rules whose placeholders stand in the text."""
    return {match[1] for match in PLACEHOLDER.finditer(text)}
