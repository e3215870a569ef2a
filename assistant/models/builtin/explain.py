"""Passages to paragraphs: what the library says to a question, in its own sentences.

Every sentence stands word for word in a passage, and every paragraph ends with its citation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.evidence import sentences, stems
from assistant.knowledge.documents import SHORT_ANSWER
from assistant.models.builtin.material import Material, Passage

LEAST_NEAR = 0.30
"""Below this no passage answers, whatever else the question is near to."""

_ANSWERS = 0.42
"""A passage this near to a short question answers it better than what was calculated before."""

_REPEATED = 0.15
"""How much nearer a passage has to be that the answer before has quoted."""

VERY_NEAR = 0.7
"""From here on a glossary entry is about the question even if its name is not said."""

_FENCE = re.compile(r"^(```|~~~).*?^\1[ \t]*$\n?", re.MULTILINE | re.DOTALL)
_LISTED = re.compile(r"\s*(?:[-*+|>]|\d+[.)])\s?")
_MOST_SENTENCES = 4
_MOST_PARAGRAPHS = 3
_SHARE_OF_LEAD = 0.8
_SHARE_OF_LATER = 0.85
_LONG = 14

_VERDICT = re.compile(r"(?:yes|no|neither|both|it depends)\W*", re.IGNORECASE)

_DEFINITION = re.compile(
    r"\W*(?:(?:explain|tell me|eli5|like i['’]?m five|in plain words|please|ok|so|hey|hi)\W+)*"
    r"(?:what(?:['’]?s| is| are| does)|define|explain|meaning of|definition of|tell me about)\b"
    r"(?:\W+[\w/&-]+){1,6}\W*$",
    re.IGNORECASE,
)


def in_scope(material: Material) -> bool:
    """Whether the library is about the question, or the conversation it goes on with."""
    if defines(material) or material.why:
        return True
    if material.leaning:
        return not material.foreign  # it says little, and on what was just spoken of
    return material.inside and material.nearest >= LEAST_NEAR


_COMPARES = re.compile(
    r"\bdifferences?\b|\bdiffers?\b|\bversus\b|\bvs\b|\bcompared?\b|\bbetween\b"
    r"|\byour (?:view|take|opinion|thoughts?)\b",
    re.IGNORECASE,
)


def defines(material: Material) -> bool:
    """Whether the question asks for nothing but the meaning of a term of the glossary."""
    if not (material.terms and _DEFINITION.match(material.question)):
        return False
    if _COMPARES.search(material.question):
        return False  # what sets two terms apart, or what is thought of one, is more than a meaning
    return any(p.document == f"glossary:{material.terms[0]}" for p in material.passages)


def explained(material: Material) -> str:
    """The nearest source's own answer first, then what else the library says to the question."""
    ranked = _in_order(material)
    if not ranked:
        return ""
    lead = ranked[0]
    floor = max(LEAST_NEAR, lead.dense * _SHARE_OF_LEAD)
    chosen = [lead]
    if lead.kind == "article":
        chosen += [p for p in ranked[1:] if p.document == lead.document and p.dense >= floor][:1]
    other = ranked[1] if len(ranked) > 1 and _both_defined(material, ranked) else None
    for passage in ranked:
        if passage is other:
            chosen.append(passage)
            continue
        # A third source has to be nearly as near as the first.
        nearly = floor if len(chosen) < 2 else max(floor, lead.dense * _SHARE_OF_LATER)
        if len(chosen) >= _MOST_PARAGRAPHS or passage.dense < nearly:
            break
        if passage.kind == "article" and passage.document not in {p.document for p in chosen}:
            chosen.append(_opening(passage, ranked))
    lengths = [_MOST_SENTENCES + 2, *[_MOST_SENTENCES] * _MOST_PARAGRAPHS]
    return "\n\n".join(
        text
        for passage, most in zip(chosen, lengths, strict=False)
        if (text := quoted(passage, most, material.question))
    )


def _both_defined(material: Material, ranked: Sequence[Passage]) -> bool:
    """Whether two terms are held against each other, and the definitions of both come first."""
    compared = _COMPARES.search(material.question) is not None
    return compared and all(passage.kind == "glossary" for passage in ranked[:2])


def led(lead: Mapping[str, Any]) -> str:
    """A correction, or a disagreement with both its sides, before anything else is said."""
    opening = {
        "premise": "One thing first:",
        "contested": "Published sources disagree here, and none is proved:",
    }[str(lead["kind"])]
    return f"{opening} {lead['quote']} [{lead['n']}]"


def because(material: Material) -> str:
    """The article behind the last calculation, and what in it is near to the question."""
    lead = material.explaining[0]
    near = [p for p in _in_order(material) if p.id != lead.id and p.kind == "article"]
    same = [p for p in near if p.document == lead.document]
    chosen = [lead, *(same or near)[:1]]
    if near and near[0].dense >= _ANSWERS and near[0].document != lead.document:
        chosen = [near[0], lead]
    if _was_said(lead, material.said) and not material.why:
        chosen = [*near[:2], lead][:2]
    return "\n\n".join(quoted(p, _MOST_SENTENCES, material.question) for p in chosen)


def _in_order(material: Material) -> list[Passage]:
    """Best first; the short answer of the best article leads, wherever it ranked itself.

    A glossary entry speaks only where the question names its term, or is very near to it: an entry
    on a neighbouring term would define the wrong thing.
    """
    named = {f"glossary:{slug}" for slug in material.terms}
    passages = material.passages
    ranked = [
        passage
        for passage in passages
        if passage.kind == "article" or passage.document in named or passage.dense >= VERY_NEAR
    ] or list(passages)
    if material.leaning:
        # What was spoken of before is known by now: articles answer, and the nearest first.
        articles = [passage for passage in ranked if passage.kind == "article"]
        ranked = sorted(
            articles or ranked, key=lambda p: _REPEATED * _was_said(p, material.said) - p.dense
        )
        return ranked
    if not ranked:
        return []
    if defines(material):
        for passage in ranked:
            if passage.document == f"glossary:{material.terms[0]}":
                return [passage, *(item for item in ranked if item is not passage)]
    both = [f"glossary:{slug}" for slug in material.terms[:2]]
    if _COMPARES.search(material.question) and len(both) == 2:
        # Two terms that are held against each other are defined first, in the question's order.
        defined = [p for name in both for p in ranked if p.document == name]
        if len(defined) == 2:
            return [*defined, *(item for item in ranked if item not in defined)]
    lead = _opening(ranked[0], ranked)
    return [lead, *(item for item in ranked if item is not lead)]


def _was_said(passage: Passage, said: str) -> bool:
    """Whether the answer before has quoted this passage already."""
    first = next(iter(sentences(_prose(passage.text))), "")
    return bool(first) and " ".join(first.split()) in " ".join(said.split())


def _opening(passage: Passage, among: Sequence[Passage]) -> Passage:
    """The short answer of the passage's article, where it was found too."""
    return next(
        (
            item
            for item in among
            if item.document == passage.document and item.section == SHORT_ANSWER
        ),
        passage,
    )


def quoted(passage: Passage, most: int, question: str) -> str:
    """The first sentences of a passage, word for word, with its citation.

    Of a passage much longer than ours are, the sentences nearest to the question.
    """
    blocks = re.split(r"\n{2,}", _prose(passage.text))
    flowing = [block for block in blocks if not _LISTED.match(block)] or blocks
    every = [sentence for block in flowing for sentence in sentences(block)]
    if len(every) > 1 and _VERDICT.fullmatch(every[0].strip()):
        every = every[1:]  # it answers the article's own question, and this may be another one
    chosen = _nearest_run(every, most, question) if len(every) > _LONG else every[:most]
    if not chosen:
        return ""
    # A definition is often no sentence; the term stands before it, as in a dictionary.
    opening = f"**{passage.title}**: " if passage.kind == "glossary" else ""
    return f"{opening}{' '.join(' '.join(chosen).split())} [{passage.n}]"


def _nearest_run(every: Sequence[str], most: int, question: str) -> Sequence[str]:
    """The run of sentences that shares most with the question; a long page answers somewhere."""
    asked = stems(question)
    starts = range(max(len(every) - most, 0) + 1)
    best = max(starts, key=lambda n: (len(asked & stems(" ".join(every[n : n + most]))), -n))
    return every[best : best + most]


def _prose(text: str) -> str:
    """The text without worked code, which belongs to the article's page."""
    return re.sub(r"\n{3,}", "\n\n", _FENCE.sub("", text)).strip()
