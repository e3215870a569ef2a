"""Composing: results and passages to the text of an answer.

The direct answer comes first, then the calculation's meaning, the reason with its citations, and
the caveat. Every sentence is either a template over a result or stands word for word in a passage.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.evidence import sentences, stems
from assistant.knowledge.documents import SHORT_ANSWER
from assistant.models.builtin.plan import Missing
from assistant.models.builtin.rules import BY_TOOL
from assistant.models.builtin.wording import (
    as_before,
    describe,
    missing_signals,
    what_is_needed,
)
from assistant.models.builtin.wording.format import short_percent

NEAR = 0.45
"""A passage this near to a question (cosine, mixed over its readings) explains it."""

LEAST_NEAR = 0.30
"""Below this no passage answers, whatever else the question is near to."""

TERM_MARGIN = 0.03
"""How much nearer to another field a question may be that names a term of the glossary."""

_FENCE = re.compile(r"^(```|~~~).*?^\1[ \t]*$\n?", re.MULTILINE | re.DOTALL)
_LISTED = re.compile(r"\s*(?:[-*+|>]|\d+[.)])\s?")
_MOST_SENTENCES = 4
_MOST_PARAGRAPHS = 4
_LONG = 14

VERY_NEAR = 0.7
"""From here on a glossary entry is about the question even if its name is not said."""

SOMEWHAT_NEAR = 0.25
"""Below this a title is not even worth offering."""

NO_ADVICE = (
    "Whether to trade is your own decision, and no advice is given here; what the rules and the "
    "arithmetic say is this."
)

NO_QUOTES = (
    "There is no market data here, so today's level or price cannot be given. State the value in "
    "the question, and the tools compute with it."
)

_LIVE = re.compile(
    r"\bwhat(?:['’]?s| is| are| was)\b.{0,40}\b(?:spx|vix\w*|vvix|s&p(?: 500)?|index|spy)\b.{0,30}"
    r"\b(?:trading|(?:right )?now|today|currently|price|quote|(?:close|level) (?:today|now))\b",
    re.IGNORECASE,
)

_PERSONAL = re.compile(
    r"\b(?:should|shall) (?:i|we)\b.*\b(?:sell|buy|trade|open|close|enter|exit|roll|hedge|put on)\b"
    r"|\brecommend\b",
    re.IGNORECASE,
)

_DEFINITION = re.compile(
    r"\W*(?:what(?:['’]s| is| are| does)|define|explain|meaning of|definition of)\b"
    r"(?:\W+[\w/-]+){1,6}\W*$",
    re.IGNORECASE,
)

EXAMPLES = (
    "Price a 30-day SPX iron condor: spot 5800, puts 5450/5500, calls 6050/6100, IV 16 %",
    "VIX is 22 and VIX3M is 20.5. Is this a regime to sell condors in?",
    "What credit should an iron condor collect for its width?",
    "How do the layers of the ALVH hedge work?",
)
"""Questions that the library and the tools answer; shown where a question cannot be."""


@dataclass(frozen=True)
class Passage:
    """A passage as the search tool reports it."""

    n: int
    id: str
    document: str
    kind: str
    title: str
    section: str
    text: str
    dense: float


@dataclass
class Material:
    """What the tools brought back for one question."""

    question: str
    calculations: list[Mapping[str, Any]] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)
    elsewhere: float = -1.0
    errors: list[str] = field(default_factory=list)
    changed: Mapping[str, Any] = field(default_factory=dict)
    explaining: list[Passage] = field(default_factory=list)
    premises: list[Mapping[str, Any]] = field(default_factory=list)
    market: Mapping[str, Any] | None = None
    beside: str = ""
    why: bool = False


@dataclass(frozen=True)
class Composed:
    """The text, whether it declines to answer, and questions to ask instead or next."""

    text: str
    abstained: bool = False
    suggestions: tuple[str, ...] = ()


def compose(material: Material, missing: Missing | None = None) -> Composed:
    """The text of the answer, from what the tools brought back."""
    if material.calculations:
        return Composed(_with_calculations(material))
    if material.errors:
        return Composed(_refused(material.errors))
    if material.why and material.explaining:
        return Composed(_because(material))
    if missing is not None:
        return _asking(missing, personal=bool(_PERSONAL.search(material.question)))
    if _LIVE.search(material.question):
        return Composed(NO_QUOTES, True, (EXAMPLES[1],))
    if not in_scope(material):
        return _declined(material)
    return Composed(_explained(material))


def in_scope(material: Material) -> bool:
    """Whether the question is nearer to the library than to the examples of other fields."""
    best = max((passage.dense for passage in material.passages), default=0.0)
    margin = TERM_MARGIN if material.terms else 0.0
    return best >= LEAST_NEAR and best >= material.elsewhere - margin


def _with_calculations(material: Material) -> str:
    paragraphs: list[str] = []
    caveats: list[str] = []
    tools = [str(calculation["tool"]) for calculation in material.calculations]
    if _PERSONAL.search(material.question):
        paragraphs.append(NO_ADVICE)
    if material.changed:
        paragraphs.append(as_before(material.changed))
    for calculation in material.calculations:
        tool, result = str(calculation["tool"]), calculation["result"]
        paragraphs += describe(tool, calculation["inputs"], result)
        caveats += _caveats(tool, result, checked="check_credit" in tools)
    if material.market:
        paragraphs.append(_market(material.market, material.calculations))
    reason = _reason(material)
    if reason:
        paragraphs.append(reason)
    if material.beside and material.passages and in_scope(material):
        paragraphs.append(_explained(material))
    paragraphs += [f"The tool refused part of the question: {error}" for error in material.errors]
    paragraphs += [caveat for caveat in dict.fromkeys(caveats) if caveat]
    return "\n\n".join(paragraphs)


def _caveats(tool: str, result: Any, *, checked: bool) -> list[str]:
    if tool == "check_regime":
        return [missing_signals(result)]
    if tool in ("price_condor", "select_condor"):
        # The credit check says the same of the credit, with its numbers.
        said = "The credit is " if checked else "\0"
        warnings = [str(w) for w in result.get("warnings") or () if not str(w).startswith(said)]
        return [
            *warnings,
            "These are model values: the probability is risk-neutral, what the volatility put in "
            "implies and no forecast, and a fill will differ by the bid-ask spread and fees.",
        ]
    return []


def _reason(material: Material) -> str:
    """The article that explains the first result, in its own first sentences."""
    for passage in material.explaining:
        return _quoted(passage, 3, material.question)
    return ""


def _because(material: Material) -> str:
    """The article behind the last calculation: its short answer, and what is near to the question."""
    lead = material.explaining[0]
    paragraphs = [_quoted(lead, _MOST_SENTENCES + 2, material.question)]
    paragraphs += [
        _quoted(passage, _MOST_SENTENCES, material.question)
        for passage in material.passages
        if passage.document == lead.document and passage.id != lead.id
    ][:2]
    return "\n\n".join(paragraphs)


def _market(market: Mapping[str, Any], calculations: Sequence[Mapping[str, Any]]) -> str:
    """Which inputs came from the open market source, of what time, and how old they are."""
    used = {
        name
        for item in calculations
        for name, value in _flat(item["inputs"])
        if name in ("spot", "iv", "vix") and market.get(name) == value
    }
    parts = [f"What the question leaves out is taken from the open market source: {market['label']}."]
    if "iv" in used:
        parts.append(
            f"The VIX stands in for the implied volatility, {short_percent(market['iv'])}."
        )
    if market.get("stale"):
        parts.append(f"**{market['stale']}** State today's values for today's numbers.")
    return " ".join(parts)


def _flat(inputs: Mapping[str, Any]) -> list[tuple[str, Any]]:
    inner = inputs.get("condor")
    return [*inputs.items(), *(inner.items() if isinstance(inner, Mapping) else ())]


def _explained(material: Material) -> str:
    """The nearest source's own answer first, then what else the library says to the question."""
    ranked = _in_order(material)
    lead = ranked[0]
    floor = max(LEAST_NEAR, lead.dense * 0.75)
    chosen = [lead]
    if lead.kind == "article":
        chosen += [p for p in ranked[1:] if p.document == lead.document and p.dense >= floor][:2]
    for passage in ranked:
        if len(chosen) == _MOST_PARAGRAPHS or passage.dense < floor:
            break
        if passage.kind == "article" and passage.document not in {p.document for p in chosen}:
            chosen.append(_opening(passage, ranked))
    lengths = [_MOST_SENTENCES + 2, *[_MOST_SENTENCES] * _MOST_PARAGRAPHS]
    return "\n\n".join(
        quoted
        for passage, most in zip(chosen, lengths, strict=False)
        if (quoted := _quoted(passage, most, material.question))
    )


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
    ] or passages
    if _DEFINITION.match(material.question) and material.terms:
        for passage in ranked:
            if passage.document == f"glossary:{material.terms[0]}":
                return [passage, *(item for item in ranked if item is not passage)]
    lead = _opening(ranked[0], ranked)
    return [lead, *(item for item in ranked if item is not lead)]


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


def _quoted(passage: Passage, most: int, question: str) -> str:
    """The first sentences of a passage, word for word, with its citation.

    Of a passage much longer than ours are, the sentences nearest to the question.
    """
    blocks = re.split(r"\n{2,}", _prose(passage.text))
    flowing = [block for block in blocks if not _LISTED.match(block)] or blocks
    every = [sentence for block in flowing for sentence in sentences(block)]
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


def _asking(missing: Missing, *, personal: bool) -> Composed:
    wanted = "\n".join(f"- {what_is_needed(name)}" for name in missing.needed)
    example = BY_TOOL[missing.tool].example or EXAMPLES[0]
    opening = f"{NO_ADVICE} " if personal else ""
    return Composed(
        f"{opening}That can be calculated; what is still needed:\n\n{wanted}\n\n"
        f"A question that works: *{example}*",
        suggestions=(example,),
    )


def _refused(errors: Sequence[str]) -> str:
    listed = "\n".join(f"- {error}" for error in errors)
    return f"That cannot be calculated as stated:\n\n{listed}"


def _declined(material: Material) -> Composed:
    near = list(
        dict.fromkeys(
            passage.title
            for passage in material.passages
            if passage.kind == "article" and passage.dense >= SOMEWHAT_NEAR
        )
    )[:3]
    suggestions = tuple(near) if near else EXAMPLES
    opening = (
        "The library and the tools do not cover this question, so there is no answer here rather "
        "than a guess. They cover SPX iron condors, hedging them with VIX, and the arithmetic of "
        "both."
    )
    invitation = "The nearest it does answer:" if near else "Questions that can be answered here:"
    listed = "\n".join(f"- *{suggestion}*" for suggestion in suggestions)
    return Composed(f"{opening}\n\n{invitation}\n\n{listed}", True, suggestions)
