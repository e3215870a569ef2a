"""Composing: results and passages to the text of an answer.

The direct answer comes first, then what it rests on, the reason with its citation, and the caveat.
Every sentence is either a template over a result or stands word for word in a passage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assistant.evidence import NOT_USED
from assistant.models.builtin.explain import because, defines, explained, in_scope, led, quoted
from assistant.models.builtin.material import Composed, Material
from assistant.models.builtin.plan import Missing
from assistant.models.builtin.reading import question_of
from assistant.models.builtin.rules import BY_TOOL
from assistant.models.builtin.talk import EXAMPLES, NO_ADVICE, is_on_trading, is_personal
from assistant.models.builtin.wording import as_before, describe, missing_signals, what_is_needed
from assistant.models.builtin.wording.format import short_percent
from tools.catalog import find_tool

SOMEWHAT_NEAR = 0.25
"""Below this a title is not even worth offering."""

NOT_COVERED = "The library and the tools do not cover this question"
"""What a declined question is told."""

_LIVE = re.compile(
    r"\bwhat(?:['’]?s| is| are| was)\b.{0,40}\b(?:spx|vix\w*|vvix|s&p(?: 500)?|index|spy)\b.{0,30}"
    r"\b(?:trading|(?:right )?now|today|currently|price|quote|(?:close|level) (?:today|now))\b",
    re.IGNORECASE,
)


def asks_for_quote(text: str) -> bool:
    """Whether a question asks for a level of today's market."""
    return _LIVE.search(text) is not None


def compose(material: Material, missing: Missing | None = None) -> Composed:
    """The text of the answer, from what the tools brought back."""
    if material.calculations or material.errors:
        refused = not material.calculations
        return Composed(_refused(material) if refused else _with_calculations(material, missing))
    if missing is not None and not _contested(material):
        return _asking(material, missing)
    if material.market:
        return Composed(_market(material.market, ()))
    if not in_scope(material) and not material.leads:
        return _declined(material)
    return Composed(_told(material))


def _contested(material: Material) -> bool:
    """Whether sources contradict each other on what is asked; then nobody waits for a number."""
    return any(lead["kind"] == "contested" for lead in material.leads[:1])


def _told(material: Material) -> str:
    """What the library says to a question that asks for no calculation."""
    if material.leaning and material.explaining and not material.leads:
        return because(material)
    advice = [NO_ADVICE] if is_personal(material.question) else []
    leads = [led(lead) for lead in material.leads[:1]]
    rest = _rest(material)
    # Who asks what a word means is told that first.
    told = [rest, *leads] if defines(material) and _contested(material) else [*leads, rest]
    return "\n\n".join([*advice, *told]).strip()


def _rest(material: Material) -> str:
    """The explanation, without what a lead has quoted already."""
    said = {lead["n"] for lead in material.leads[:1]}
    material.passages = [p for p in material.passages if p.n not in said] or material.passages
    return explained(material)


def _with_calculations(material: Material, missing: Missing | None) -> str:
    paragraphs: list[str] = []
    caveats: list[str] = []
    tools = [str(calculation["tool"]) for calculation in material.calculations]
    if is_personal(material.question):
        paragraphs.append(NO_ADVICE)
    paragraphs += [led(lead) for lead in material.leads if lead["kind"] == "premise"][:1]
    if material.changed:
        paragraphs.append(as_before(material.changed))
    for calculation in material.calculations:
        tool, result = str(calculation["tool"]), calculation["result"]
        paragraphs += describe(tool, calculation["inputs"], result, material.question)
        caveats += _caveats(tool, result, checked="check_credit" in tools)
    if material.market:
        paragraphs.append(_market(material.market, material.calculations))
    if material.explaining:
        paragraphs.append(quoted(material.explaining[0], 3, material.question))
    if material.beside and material.passages and in_scope(material):
        paragraphs.append(explained(material))
    paragraphs += [f"The tool refused part of the question: {error}" for error in material.errors]
    if missing is not None:
        wanted = ", ".join(what_is_needed(name) for name in missing.needed)
        paragraphs.append(f"For the other part of the question this is still needed: {wanted}.")
    paragraphs += [caveat for caveat in dict.fromkeys(caveats) if caveat]
    paragraphs += _not_used(material, "\n\n".join(paragraphs))
    return "\n\n".join(paragraphs)


def _not_used(material: Material, told: str) -> list[str]:
    """Which numbers of the question entered no calculation, so that a misreading is seen.

    Nothing is said where an input was worked out from several numbers, as a net credit is.
    """
    question = question_of(material.question, material.today)
    said = {n: question.text[n.start : n.end].strip() for n in question.numerals}
    stated = {_plain(v) for n in said for v in (n.value, n.fraction(), n.value / 100)}
    own = [item for item in material.calculations if item["tool"] != "check_credit"]
    inputs = {_plain(v) for item in own or material.calculations for v in _numbers(item["inputs"])}
    if not inputs <= stated | {_plain(v) for v in _numbers(dict(material.market or {}))}:
        return []
    used = inputs | {_plain(v) for item in own for v in _numbers(item["result"])}
    used |= {_plain(v) for item in own for v in _defaults(str(item["tool"]))}
    left = [
        words
        for n, words in said.items()
        if not used & {_plain(v) for v in (n.value, n.fraction(), n.value / 100)}
        and re.search(rf"(?<![\d.,]){re.escape(words)}", material.question)
        and words not in told
    ]
    return [f"{NOT_USED} {', '.join(left)}."] if left else []


def _defaults(tool: str) -> list[float]:
    """What a tool assumes of itself; a question that repeats it has been heard."""
    fields = find_tool(tool).input_schema["properties"].values()
    return [v for each in fields for v in _numbers(each.get("default"))]


def _plain(value: float) -> float:
    return round(abs(value), 9)


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _numbers(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _numbers(each)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield float(value)


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


def _market(market: Mapping[str, Any], calculations: Sequence[Mapping[str, Any]]) -> str:
    """Which inputs came from the open market source, of what time, and how old they are."""
    used = {
        name
        for item in calculations
        for name, value in _flat(item["inputs"])
        if name in ("spot", "iv", "vix") and market.get(name) == value
    }
    opening = (
        "What the question leaves out is taken from the open market source"
        if used
        else "The open market source has"
    )
    parts = [f"{opening}: {market['label']}."]
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


def _asking(material: Material, missing: Missing) -> Composed:
    """Exactly what is needed, with an example that works, and what is said to the matter."""
    wanted = "\n".join(f"- {what_is_needed(name)}" for name in missing.needed)
    example = BY_TOOL[missing.tool].example or EXAMPLES[0]
    paragraphs = [NO_ADVICE] if is_personal(material.question) else []
    paragraphs += [led(lead) for lead in material.leads if lead["kind"] == "premise"][:1]
    paragraphs.append(f"That can be calculated; what is still needed:\n\n{wanted}")
    if material.market:
        paragraphs.append(f"{_market(material.market, ())} That does not fit what is asked.")
    if material.explaining:
        paragraphs.append(quoted(material.explaining[0], 3, material.question))
    paragraphs.append(f"A question that works: *{example}*")
    return Composed("\n\n".join(paragraphs), suggestions=(example,))


def _refused(material: Material) -> str:
    listed = "\n".join(f"- {error}" for error in material.errors)
    paragraphs = [led(lead) for lead in material.leads if lead["kind"] == "premise"][:1]
    paragraphs.append(f"That cannot be calculated as stated:\n\n{listed}")
    if material.explaining and material.beside:
        paragraphs.append(quoted(material.explaining[0], 3, material.question))
    return "\n\n".join(paragraphs)


def _declined(material: Material) -> Composed:
    near = list(
        dict.fromkeys(
            passage.title
            for passage in material.passages
            if passage.kind == "article" and passage.dense >= SOMEWHAT_NEAR
        )
    )[:3]
    suggestions = tuple(near) if near else EXAMPLES
    advice = f"{NO_ADVICE.partition(';')[0]}. " if is_on_trading(material.question) else ""
    opening = (
        f"{advice}{NOT_COVERED}, so there is no answer "
        "here rather than a guess. They cover SPX iron condors, hedging them with VIX, and the "
        "arithmetic of both."
    )
    invitation = "The nearest it does answer:" if near else "Questions that can be answered here:"
    listed = "\n".join(f"- *{suggestion}*" for suggestion in suggestions)
    return Composed(f"{opening}\n\n{invitation}\n\n{listed}", True, suggestions)
