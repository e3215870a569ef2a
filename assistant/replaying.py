"""Replaying a stored answer with the assistant's library, store and tools."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from assistant.answers.record import Answer, Earlier
from assistant.answers.replay import (
    Difference,
    NoSuchAnswerError,
    Replayed,
    compare_calculations,
    compare_texts,
)
from assistant.models import BUILTIN

if TYPE_CHECKING:
    from assistant.assistant import Assistant

_LONGEST = 400
"""Of a changed passage as much as this is shown."""


async def replay(assistant: Assistant, answer_id: str) -> Replayed:
    """Compute a stored answer again and say what differs; raises `NoSuchAnswerError`."""
    from assistant.agent.replaying import check_again, compose_again

    answer = assistant.answers.answer(answer_id)
    if answer is None:
        raise NoSuchAnswerError(answer_id)
    differences = [*_versions(assistant, answer), *_passages(assistant, answer)]
    earlier, missing = _earlier(assistant, answer)
    differences += missing
    text = answer.text
    recomputed = answer.model == BUILTIN and answer.basis is not None
    if recomputed and answer.basis is not None:
        shown, evidence = await compose_again(
            answer, answer.basis, earlier, assistant.tools_of_agent()
        )
        text = shown.text
        differences += compare_texts(answer, text)
        differences += compare_calculations(answer.calculations, evidence.calculations)
        now = shown.grounding.unsupported
    else:
        again, now = check_again(answer, answer.basis)
        differences += compare_calculations(answer.calculations, again)
    differences += [
        Difference(kind="grounding", where="text", was="traced", now=f"{number} stands nowhere")
        for number in now
    ]
    return Replayed(
        id=answer.id,
        model=answer.model,
        same_text=text == answer.text,
        text=text,
        recomputed=recomputed,
        differences=differences,
    )


def _versions(assistant: Assistant, answer: Answer) -> Iterator[Difference]:
    from assistant import __version__

    pairs = [("corpus", answer.corpus_version, assistant.corpus.version)]
    if answer.basis is not None:
        pairs.append(("code", answer.basis.code_version, __version__))
    else:
        yield Difference(
            kind="version", where="record", was="without what a replay needs", now="needed"
        )
    for where, was, now in pairs:
        if was != now:
            yield Difference(kind="version", where=where, was=was, now=now)


def _passages(assistant: Assistant, answer: Answer) -> Iterator[Difference]:
    """The passages in use that read otherwise by now, and quotes that no longer stand there."""
    for citation in answer.citations:
        document = assistant.index.library.document(citation.id)
        now = document.text[citation.start : citation.end] if document else "no longer there"
        if now != citation.quote:
            yield Difference(
                kind="passage",
                where=f"citation {citation.n}: {citation.id}",
                was=citation.quote[:_LONGEST],
                now=now[:_LONGEST],
            )


def _earlier(assistant: Assistant, answer: Answer) -> tuple[list[Earlier], list[Difference]]:
    """The turns before it: as they are stored, or as they were handed over."""
    turns: list[Earlier] = []
    missing = []
    for turn in answer.basis.earlier if answer.basis else []:
        if not isinstance(turn, str):
            turns.append(turn)
        elif (stored := assistant.answers.answer(turn)) is not None:
            turns.append(stored)
        else:
            missing.append(
                Difference(kind="context", where=f"answer {turn}", was="there", now="deleted")
            )
    return turns, missing
