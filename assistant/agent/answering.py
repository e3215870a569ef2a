"""From a question to a checked text, whichever model speaks: steps, pieces of text, the whole.

The text of the whole is exactly what the pieces say. The built-in model's text is checked when it
is complete; a language model's while it is written, and the built-in model takes over where it
does not stand.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from assistant.agent.language import GOES_ON, TOOK_OVER, Attempt, Limits, speak
from assistant.agent.speech import Speech
from assistant.agent.turn import Outcome, checked, messages, run
from assistant.answers.record import Citation, Grounding
from assistant.events import Delta, Step
from assistant.evidence import Evidence
from assistant.grounding.leaks import Leaks
from assistant.models import BUILTIN
from assistant.models.prompts import CONTINUE, REPAIR, SYSTEM
from assistant.settings import Settings

_PIECE = re.compile(r".+?(?:[.!?:]\s+|\n+|\Z)", re.DOTALL)


@dataclass(frozen=True)
class Turned:
    """What a turn has come to."""

    evidence: Evidence
    text: str
    model: str
    citations: list[Citation]
    grounding: Grounding
    suggestions: Sequence[str] = ()
    abstained: bool = False


Agents = Callable[[str], Any]
"""The agent of a model's name."""


async def answer_turn(
    agents: Agents,
    name: str,
    evidence: Evidence,
    settings: Settings,
    report: Callable[[str], None] = lambda _: None,
) -> AsyncGenerator[Step | Delta | Turned, None]:
    """Answer the question of `evidence`; the last event is the whole."""
    events = (
        _by_builtin(agents(BUILTIN), evidence)
        if name == BUILTIN
        else _by_language_model(agents, name, evidence, settings, report)
    )
    async with aclosing(events):
        async for event in events:
            yield event


async def _by_builtin(
    agent: Any, evidence: Evidence
) -> AsyncGenerator[Step | Delta | Turned, None]:
    outcome = Outcome(evidence)
    async with aclosing(run(agent, evidence.earlier, outcome)) as steps:
        async for step in steps:
            yield step
    shown = checked(outcome)
    for piece in _PIECE.findall(shown.text):
        yield Delta(piece)
    yield Turned(
        evidence,
        shown.text,
        BUILTIN,
        shown.citations,
        shown.grounding,
        outcome.suggestions,
        outcome.abstained or shown.withheld,
    )


async def _by_language_model(
    agents: Agents,
    name: str,
    evidence: Evidence,
    settings: Settings,
    report: Callable[[str], None],
) -> AsyncGenerator[Step | Delta | Turned, None]:
    limits = Limits(settings.model_seconds, settings.model_tokens, settings.model_steps)
    speech = Speech(evidence, _leaks(settings))
    attempt = Attempt(messages(evidence.earlier, evidence), limits)
    problem = ""
    try:
        async with aclosing(speak(agents(name), attempt, speech)) as events:
            async for event in events:
                yield Delta(event) if isinstance(event, str) else event
    except Exception as error:
        # A provider may fail in any way it likes; the built-in model has no such excuse.
        problem = f"failed ({type(error).__name__}: {error})"
    if speech.stopped:
        problem = problem or f"wrote what does not stand ({', '.join(speech.failed)})"
    elif not speech.shown:
        problem = problem or "wrote nothing"
    if not problem:
        yield _turned(speech, name)
        return
    report(f"The model '{name}' {problem}; the built-in model answers.")
    if not speech.shown:
        # Nothing of what the model gathered is in use.
        withheld = [*speech.withheld, *speech.failed]
        evidence = Evidence(evidence.question, earlier=evidence.earlier, asked_on=evidence.asked_on)
        speech = Speech(evidence, speech.leaks, withheld=withheld)
    outcome = Outcome(evidence)
    async with aclosing(run(agents(BUILTIN), evidence.earlier, outcome)) as steps:
        async for step in steps:
            yield step
    evidence.keep_told_refusals(outcome.text)
    text = f"{GOES_ON}\n\n{outcome.text}" if speech.shown else f"{outcome.text}\n\n{TOOK_OVER}"
    for piece in _PIECE.findall(speech.add(text, outcome.suggestions)):
        yield Delta(piece)
    yield _turned(speech, f"{BUILTIN} (after {name})", outcome)


def _turned(speech: Speech, model: str, outcome: Outcome | None = None) -> Turned:
    speech.evidence.keep_told_refusals(speech.shown)
    text, citations, grounding = speech.finished()
    return Turned(
        speech.evidence,
        text,
        model,
        citations,
        grounding,
        outcome.suggestions if outcome else (),
        outcome.abstained if outcome else False,
    )


def _leaks(settings: Settings) -> Leaks:
    secrets = [
        str(settings.data_dir),
        settings.resolved_database_url,
        settings.chroma_url,
        *(str(folder) for folder in settings.corpus_dirs),
        *(key.get_secret_value() for key in settings.api_keys),
    ]
    return Leaks((SYSTEM, REPAIR, CONTINUE), secrets)
