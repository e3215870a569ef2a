"""Grading whole answers: the calculations, the sources, what is said, and what is declined.

Each answer is held against what its case expects. A failure says what was expected and what came,
in full, so that the report can be read without running anything again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.answers.record import Answer, Calculation
from assistant.assistant import Assistant
from assistant.evaluation.cases import Case, Expectation
from assistant.evidence import Evidence
from assistant.grounding import check
from assistant.knowledge.index import Progress
from assistant.models.builtin.rules import MARKET
from assistant.models.builtin.wording import what_is_needed
from tools.catalog import find_tool
from tools.checking import parameters

GATES = {
    "tool and every argument right": 0.96,
    "right source cited": 0.97,
    "out of scope declined": 0.99,
    "in scope answered": 0.97,
    "follow-ups right": 0.95,
    "says what it has to, and not what it must not": 0.95,
    "no unsupported number": 1.0,
    "nothing withheld of its own text": 0.995,
}
"""What each measure has to reach."""

_FOLLOWS_BY_ITSELF = "check_credit"
"""The credit of a condor just priced is checked against its target without being asked for."""


@dataclass
class Graded:
    """How many of each measure were right, and every failure in full."""

    right: dict[str, int] = field(default_factory=lambda: dict.fromkeys(GATES, 0))
    n: dict[str, int] = field(default_factory=lambda: dict.fromkeys(GATES, 0))
    failures: list[str] = field(default_factory=list)

    def count(self, measure: str, right: bool) -> None:
        """Add one to a measure."""
        self.n[measure] += 1
        self.right[measure] += right


def grade(
    assistant: Assistant,
    cases: Sequence[Case],
    progress: Progress = lambda *_: None,
    recheck: Callable[[], object] = lambda: None,
) -> Graded:
    """Ask every question of every case, a conversation's in order, and grade the answers.

    The numbers of each answer are checked once more at the end, after `recheck` was called.
    """
    graded = Graded()
    answers: list[Answer] = []
    for done, case in enumerate(cases, start=1):
        conversation: str | None = None
        for place, turn in enumerate(case.asked):
            answer = assistant.ask(turn.question, conversation)
            conversation = answer.conversation_id
            answers.append(answer)
            _grade_turn(graded, case, place, turn.expect, answer)
        progress("Asking", done, len(cases))
    recheck()
    for answer in answers:
        evidence = Evidence(answer.question, calculations=list(answer.calculations))
        found = check(answer.text, evidence, answer.citations, answer.suggestions).unsupported
        graded.count("no unsupported number", not found)
        if found:
            graded.failures.append(f"unsupported {found} in: {answer.text}")
    return graded


def _grade_turn(
    graded: Graded, case: Case, place: int, expect: Expectation, answer: Answer
) -> None:
    wrong: dict[str, list[str]] = {}
    calculation = list(_calculations(expect, answer))
    if expect.tools is not None or expect.no_tools or expect.asks_for:
        wrong["tool and every argument right"] = calculation + list(_asking(expect, answer))
    if expect.sources:
        cited = [citation.id for citation in answer.citations]
        right = set(cited) & set(expect.sources)
        wrong["right source cited"] = (
            [] if right else [f"cites {cited or 'nothing'}, expected one of {list(expect.sources)}"]
        )
    if expect.abstains:
        declined = answer.abstained
        wrong["out of scope declined"] = [] if declined else ["answered, expected to be declined"]
    elif case.kind not in ("out_of_scope", "hostile"):
        wrong["in scope answered"] = ["declined"] if answer.abstained else []
    if expect.says or expect.never:
        wrong["says what it has to, and not what it must not"] = list(_said(expect, answer))
    wrong["nothing withheld of its own text"] = [
        f"withheld: {number}" for number in answer.grounding.withheld
    ]
    for measure, problems in wrong.items():
        graded.count(measure, not problems)
    problems = [problem for found in wrong.values() for problem in found]
    if place > 0:
        graded.count("follow-ups right", not problems)
    if problems:
        graded.failures.append(_failure(case, place, answer, problems))


def _failure(case: Case, place: int, answer: Answer, problems: Sequence[str]) -> str:
    name = f"{case.id}, turn {place + 1}" if case.turns else case.id
    told = "\n".join(f"    - {problem}" for problem in problems)
    return f"{name}: {answer.question}\n{told}\n    answer: {answer.text}"


def _calculations(expect: Expectation, answer: Answer) -> Iterator[str]:
    made = [item for item in answer.calculations if item.tool != MARKET]
    wanted = [(name, arguments) for call in expect.tools or () for name, arguments in call.items()]
    left = list(made)
    for name, arguments in wanted:
        match = next(
            (
                item
                for item in left
                if item.tool == name and not _differences(item, arguments, expect.market)
            ),
            None,
        )
        if match:
            left.remove(match)
            continue
        near = [item for item in left if item.tool == name]
        if near:
            left.remove(near[0])
            yield f"{name}: {'; '.join(_differences(near[0], arguments, expect.market))}"
        else:
            yield f"{name} was not called with {arguments}; called: {[_told(i) for i in made]}"
    if expect.tools is None and not expect.no_tools:
        return
    for item in left:
        if item.tool != _FOLLOWS_BY_ITSELF or expect.no_tools:
            yield f"{item.tool} was called unasked with {item.inputs}"


def _differences(
    made: Calculation, expected: Mapping[str, Any], market: Sequence[str]
) -> list[str]:
    function = find_tool(made.tool).function
    defaults = {name: default for name, (_, default) in parameters(function).items()}
    found = [
        f"{name} is {made.inputs.get(name, 'not given')}, expected {value}"
        for name, value in expected.items()
        if not _equal(made.inputs.get(name, defaults.get(name)), value, market)
    ]
    found += [
        f"{name} is {value}, expected not to be given"
        for name, value in made.inputs.items()
        if name not in expected
        and name not in market
        and not _equal(value, defaults.get(name), market)
    ]
    return found


def _equal(made: Any, expected: Any, market: Sequence[str] = ()) -> bool:
    if isinstance(expected, Mapping) and isinstance(made, Mapping):
        names = (expected.keys() | made.keys()) - set(market)
        return all(_equal(made.get(name), expected.get(name)) for name in names)
    if isinstance(expected, list | tuple) and isinstance(made, list | tuple):
        return len(expected) == len(made) and all(map(_equal, made, expected))
    if isinstance(expected, bool) or not isinstance(expected, int | float):
        return str(made) == str(expected)
    if not isinstance(made, int | float):
        return False
    return bool(abs(made - expected) <= 1e-9 * max(1.0, abs(expected)))


def _asking(expect: Expectation, answer: Answer) -> Iterator[str]:
    for name in expect.asks_for:
        if what_is_needed(name) not in answer.text:
            yield f"does not ask for {name}"


def _said(expect: Expectation, answer: Answer) -> Iterator[str]:
    for pattern in expect.says:
        if not re.search(pattern, answer.text, re.IGNORECASE):
            yield f"does not say {pattern!r}"
    for pattern in expect.never:
        found = re.search(pattern, answer.text, re.IGNORECASE)
        if found:
            yield f"says {found.group()!r}, which {pattern!r} forbids"


def _told(item: Calculation) -> str:
    return f"{item.tool}({item.inputs})"
