"""Questions that lean on what came before: 'what about 50 wide?', 'hedge that', 'why?'.

Such a question changes an input of an earlier calculation, asks another tool about the same trade,
or gives what the last answer asked for. One that states all it needs does not lean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assistant.models.builtin.changes import changed
from assistant.models.builtin.cues import BY_NAME
from assistant.models.builtin.reading import Question
from assistant.models.builtin.results import Done, provided
from assistant.models.builtin.rules import BY_TOOL, MARKET, STRIKES
from assistant.models.builtin.shapes import by_shape
from assistant.models.builtin.stated import stated
from assistant.models.builtin.terms import is_complete, values_of, widest, with_wings
from assistant.models.builtin.wish import Wish, has_basis, told
from assistant.models.builtin.wishes import partial_wishes, wishes_of

_FOLLOWS = re.compile(
    r"^\W*(?:and|what about|how about|what if|what happens|what would|now|then|same|with|at|make it|but|instead|"
    r"try|or|ok(?:ay)?|oh|so|cool|great|thanks|nice|hm+|also|plus|go|switch|change|use|bump|drop|raise|widen|"
    r"narrow|tighten|keep|move|put|take|double|redo|rerun|again|assume|suppose|let'?s|if|is that|is it|does that|for|on|in|"
    r"would that|back to|sorry|actually|wait|stress|hedge|size|price|which|where)\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:that|this|it|its|it's|they|them|those|these|same|instead|again|the (?:condor|trade|position|"
    r"one|other|credit|second|first|calls?|puts?|roll|loan|short (?:put|call))|m(?:y|ine) (?:short|long|credit|wings?|puts?|calls?|condor|position|width)|mine|each|for comparison)\b"
    r"|^\W*(?:why|how so|how come|meaning|what(?:'s| is) the)\b",
    re.IGNORECASE,
)
_WHY = re.compile(
    r"^\W*(?:and\s+|but\s+|ok\s+|so\s+|explain\s+|tell\s+me\s+)*(?:why|how come|how so|what makes|reason)\b",
    re.IGNORECASE,
)
_NEW_TOPIC = re.compile(
    r"\b(?:totally|completely|entirely|something|on a) (?:different|else)|\bdifferent (?:topic|question|subject|thing|matter)"
    r"|\bunrelated\b|\b(?:new|another|separate) (?:topic|question)\b|\bforget (?:that|it|the)\b|\bchang(?:e|ing) (?:of )?(?:topic|subject)",
    re.IGNORECASE,
)
_MAY_LEAN = 22
_ALWAYS_LEANS = 5
_LONGEST_WHY = 12
_RATES = ("rate", "dividend_yield", "put_iv", "call_iv")
_SAME_CONDOR = ("stress_condor", "condor_payoff", "price_condor")


def leans(text: str) -> bool:
    """Whether a question leans on what came before it: short, and opening or pointing back."""
    words = len(text.split())
    if words > _MAY_LEAN or _NEW_TOPIC.search(text):
        return False
    return words <= _ALWAYS_LEANS or bool(_FOLLOWS.search(text) or _POINTS_BACK.search(text))


def asks_why(text: str) -> bool:
    """Whether a short question asks for the reason of what was just answered."""
    short = len(text.split()) <= _LONGEST_WHY and not re.search(r"\d", text)
    return short and bool(_WHY.search(text))


def wishes_in_conversation(
    question: Question,
    before: str,
    earlier: Sequence[Sequence[Done]],
    tools: Sequence[str],
) -> list[Wish]:
    """The calculations of a question within its conversation; `before` is the question before."""
    own = wishes_of(question, tools)
    whole = any(not wish.lacks and question.says(wish.rule.wants) for wish in own)
    if not before or _NEW_TOPIC.search(question.said):
        return own
    if not leans(question.said) and (whole or not _may_change(question)):
        return own
    answers = [[item for item in answer if item.tool != MARKET] for answer in earlier]
    if not answers or not answers[-1]:
        completed = _completing(question, before, tools)
        if completed:
            return completed
    done = [item for answer in answers for item in answer if item.tool in BY_TOOL]
    if not done or asks_why(question.said):
        return own
    if whole:
        return [_merged(wish, answers) for wish in own]
    leaning = list(_about_the_trade(question, done, answers, tools))
    return leaning or own


def _may_change(question: Question) -> bool:
    """Whether a question that opens like none is short and brings numbers: 'keep the 50 but ...'."""
    return bool(question.numerals) and len(question.said.split()) <= _MAY_LEAN


def _merged(wish: Wish, answers: Sequence[Sequence[Done]]) -> Wish:
    """A whole calculation of the last answer's kind keeps what the question does not change."""
    last = (
        next((item for item in answers[-1] if item.tool == wish.rule.tool), None)
        if answers
        else None
    )
    if last is None:
        return wish
    before = values_of(last.tool, last.inputs)
    if before.keys() <= wish.values.keys():
        return wish
    changed = {k: v for k, v in wish.values.items() if before.get(k) != v}
    return Wish(wish.rule, {**before, **wish.values}, changed, wish.variants)


def _completing(question: Question, before: str, tools: Sequence[str]) -> list[Wish]:
    """What the last answer asked for, given now: both questions read as one."""
    asked = wishes_of(Question(before, question.today), tools)
    if not any(wish.lacks for wish in asked) and not (question.numerals or question.days):
        return []
    together = wishes_of(Question(f"{before}; {question.said}", question.today), tools)
    known = {wish.rule.tool: len(wish.lacks) for wish in asked}
    completed = [w for w in together if len(w.lacks) < known.get(w.rule.tool, 99)]
    return completed or list(_the_one(question, asked))


def _the_one(question: Question, asked: Sequence[Wish]) -> Iterator[Wish]:
    """One number given for the one thing that was asked for."""
    for wish in asked:
        if len(wish.lacks) == len(question.numerals) == 1 and wish.lacks[0] in BY_NAME:
            name = wish.lacks[0]
            wish.values[name] = question.convert(name, question.numerals[0])
            yield wish


def _about_the_trade(
    question: Question,
    done: Sequence[Done],
    answers: Sequence[Sequence[Done]],
    tools: Sequence[str],
) -> Iterator[Wish]:
    last = _meant(question, done, answers)
    known = _known(done)
    again = changed(question, last, known)
    partial = partial_wishes(question, tools)
    if last.tool == "check_regime" and not question.numerals and question.says(_OF_THE_REGIME):
        yield Wish(BY_TOOL[last.tool], values_of(last.tool, last.inputs))
        return
    if last.tool == "credit_range" and (offered := _offered(question, last)):
        yield offered
        return
    for wish in sorted(partial, key=lambda w: (-told(w), w.rule.tool == "price_condor")):
        if wish.rule.tool == last.tool or not has_basis(wish):
            continue
        short = len(question.said.split()) <= _ALWAYS_LEANS
        if not told(wish) and not short and not _POINTS_BACK.search(question.said):
            continue
        if wish.rule.tool == "price_condor" and _asks_less(question, tools):
            continue
        changes = told_by(again) if again else 0
        if told(wish) < changes and wish.rule.tool != "size_hedge":
            continue
        filled = _filled(wish, question, known, values_of(last.tool, last.inputs))
        if is_complete(wish.rule, filled):
            yield Wish(wish.rule, filled, _numbers(wish.values))
            return
        if wish.rule.tool == "size_hedge" and not (again and again.changed):
            yield Wish(wish.rule, filled)
            return
    if again:
        yield again


def _filled(
    wish: Wish, question: Question, known: Mapping[str, Any], before: Mapping[str, Any]
) -> dict[str, Any]:
    """What a calculation lacks, from those made in this conversation."""
    filled = dict(wish.values)
    _barrier(question, filled, known, wish)
    kept: Sequence[str] = (*_RATES, "model")
    if wish.rule.tool in ("check_regime", "term_structure"):
        kept = wish.rule.uses
    elif wish.rule.tool == "break_even":
        kept = (*STRIKES, "contracts")
    elif wish.rule.tool in _SAME_CONDOR:
        kept = (*_RATES, "contracts", *(n for n in ("credit",) if n in before))
    for name in (*wish.lacks, *(n for n in wish.rule.uses if n in kept)):
        if name in known:
            filled.setdefault(name, known[name])
    if wish.rule.tool in _WITH_WINGS and "width" in known and "put_short" in wish.values:
        filled.setdefault("width", known["width"])
        with_wings(filled)
    by_shape(wish.rule, question, filled)
    return filled


def _offered(question: Question, last: Done) -> Wish | None:
    """A credit told after the credits that a width should bring: whether it is one of them."""
    rule = BY_TOOL["check_credit"]
    values = {**values_of(last.tool, last.inputs), **stated(rule, question).values}
    numbers = [n.value for n in question.unread(values) if n.unit in ("", "$")]
    if "credit" not in values and len(numbers) == 1 and 0 < numbers[0] % 1 < numbers[0] < 100:
        values["credit"] = numbers[0]
    return Wish(rule, values) if "credit" in values else None


_OF_THE_REGIME = r"\bhedg\w+\b.{0,15}\b(?:on|off|active|needed)\b|\bwhich (?:layers?|hedges?)\b|\bwings?\b|\b(?:layers?|hedges?) (?:on|active)\b"
"""What a regime says already: whether hedges are on, and how wide the wings are."""

_WITH_WINGS = ("break_even", *_SAME_CONDOR)
_OF_A_MODEL = re.compile(
    r"\b(?:price|worth|value|quote|fair|premium|prob\w*|pop|odds|greeks?|theta|vega|delta|margin|return|mark|theo)\b",
    re.I,
)


def _asks_less(question: Question, tools: Sequence[str]) -> bool:
    """Whether break-evens are asked for and nothing that needs a model of prices."""
    wanted = "break_even" in tools and question.says(BY_TOOL["break_even"].wants)
    return wanted and not question.says(_OF_A_MODEL)


def told_by(wish: Wish) -> int:
    """How many of the question's numbers a changed calculation explains."""
    return sum(isinstance(value, int | float | list) for value in wish.changed.values())


def _numbers(values: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in values.items() if isinstance(v, int | float) and k != "kind"}


def _barrier(
    question: Question, values: dict[str, Any], known: Mapping[str, Any], wish: Wish
) -> None:
    """The strike that a question on a touch means by its name."""
    if wish.rule.tool != "probability_of_touch" or "barrier" in values:
        return
    for words, name in ((r"\bput\b", "put_short"), (r"\bcall\b", "call_short")):
        if question.says(words) and name in known:
            values["barrier"] = known[name]
            return
    if "strike" in known:
        values["barrier"] = known["strike"]


def _meant(question: Question, done: Sequence[Done], answers: Sequence[Sequence[Done]]) -> Done:
    """The calculation that is meant: the last answer's first, or the first of all if so said."""
    if question.says(
        r"\b(?:back to the|the very) (?:first|original)|\bthe original\b|\bfirst one\b"
    ):
        return done[0]
    for answer in reversed(answers):
        for item in answer:
            if item.tool in BY_TOOL:
                return item
    return done[-1]


def _known(done: Sequence[Done]) -> dict[str, Any]:
    """The quantities of the conversation; of several values the latest."""
    known: dict[str, Any] = {}
    for item in done:
        known |= values_of(item.tool, item.inputs) | provided(item)
        width = widest(known)
        if width is not None:
            known["width"] = width
    return known
