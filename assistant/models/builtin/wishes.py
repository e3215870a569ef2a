"""From a question to the calculations that it asks for by itself, what it leaves out still open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from assistant.models.builtin.needless import (
    ASKING,
    asks_by_itself,
    gives,
    is_passed_over,
    needed,
)
from assistant.models.builtin.reading import Question
from assistant.models.builtin.rules import BY_TOOL, RULES, STRIKES
from assistant.models.builtin.stated import stated
from assistant.models.builtin.terms import is_complete
from assistant.models.builtin.variants import option_legs, variants
from assistant.models.builtin.wish import Wish, has_basis, told

_CONCEPTUAL = re.compile(
    r"^\W*(?:why|how come|how (?:do|does|did|should|is|are|can)\b(?! (?:many|much|far))|is it (?:better|true|ok|safe)"
    r"|are (?:there|you|people)|does|do (?:you|people|traders|we)|can (?:you|someone|anyone) explain"
    r"|explain|has anyone|anyone|when|what(?:'s| is) the (?:difference|point|idea|logic|reason|rationale|best way))\b",
    re.IGNORECASE,
)
_STATES = re.compile(
    r"\bmeans?\b|[\s,](?:right|correct|true|no)\?\s*$|\bwhich (?:one|of the two)\b", re.IGNORECASE
)
_TERSE = 12
_ASKS_VALUE = re.compile(
    r"\bhow (?:much|many|far|wide|likely|big|large|close)\b|\bpls\b|\bplease\b|\bby your (?:test|rules?)\b"
    r"|\bwhat(?:['’]?s| is| are| was| would| will| do| does| can| could| should|)?\b.{0,90}\b(?:credit|premium|"
    r"price|worth|break|loss|prob\w*|odds|chance|move|range|strikes?|contracts?|deltas?|greeks|theta|vega|npv|"
    r"irr|wacc|impermanent|cost|collect|implied|vol|condor|pay|bring|make|get\b)"
    r"|\b(?:price|compute|calculate|calc|find|pick|choose|build|give me|show me|size|stress|quote|run|check|"
    r"work out|figure out|tell me|select|need|want|looking for|construct|set up)\b"
    r"|\bwhere (?:are|is|would|do)\b|\bis (?:an?|the|that|it|this|my|\S*\d\S*)\b.{0,40}\b(?:thin|rich|range|decent|normal|fine|"
    r"enough|fair|good|ok(?:ay)?|worth)\b|\bexpected (?:move|range)\b|^\W*(?:odds|chance|break-?evens?|credit|price|probability|stress)\b",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"\b(?:right now|now|today'?s?|tonight|current(?:ly)?|this (?:morning|afternoon|week)|at the moment|"
    r"as of today|latest|these days|market closes?)\b",
    re.IGNORECASE,
)
_STATE_OF_MARKET = re.compile(
    r"\bregime\b|\b(?:should|can|may|could) (?:i|we)\b|\b(?:good|right|bad) time\b|\bsafe\b|\bok(?:ay)? to\b"
    r"|\brules say\b|\blayers?\b|\btighten|\bwiden|\bsignals?\b|\bterm structure\b|\bcontango\b"
    r"|\bstand(?:ing)? aside\b|\bgreen light\b|\bgo/?no",
    re.IGNORECASE,
)
_WANTS_CONDOR = re.compile(
    r"^\W*(?:please |can you |could you |just |ok(?:ay)?,? )*(?:pick|choose|select|find|build|construct|set up|"
    r"suggest|show|give)\b(?: me| us)?(?: an?| the| some)?(?: (?!how\b|example|why\b)\w+){0,3}? (?:condors?|ics?|strikes)\b"
    r"(?=\W*$|\W*(?:for|with|on|at|in|expiring|please|now|today)\b)",
    re.IGNORECASE,
)
"""A condor is asked for, though nothing is said of how to choose it: the usual one is meant."""
_CURRENT = r"\b(?:current|today['’]?s?|market['’]?s?|latest|live|prevailing)\s+(?:implied\s+)?(?:vol\w*|iv|vix|levels?|market|data)\b"

_USUAL = r"\b(?:standard|usual|typical|normal|default|ordinary)\s+(?:iron\s+)?(?:condor|ic)\b"


def wishes_of(question: Question, tools: Sequence[str]) -> list[Wish]:
    """The calculations that a question asks for by itself, what it leaves out still open."""
    named = [
        Wish(BY_TOOL[tool], dict(stated(BY_TOOL[tool], question).values))
        for tool in tools
        if "_" in tool and tool in BY_TOOL and re.search(rf"\b{tool}\b", question.said)
    ]
    if named:
        return named
    full, partial = _asked(question, tools)
    if full and not (partial and _only_by_numbers(full, question)):
        return [*full, *_dependent(partial, full, question)]
    asked = list(_unfinished(question, [w for w in partial if w.rule.tool in _OUTRANK]))
    if full:
        return asked or [*full, *_dependent(partial, full, question)]
    if not partial and len(question.strikes.legs) == 4 and "price_condor" in tools:
        wish = Wish(BY_TOOL["price_condor"], dict(stated(BY_TOOL["price_condor"], question).values))
        if told(wish) > len(STRIKES) and not question.says(_CONCEPTUAL):
            return [wish]  # four strikes and a term of theirs: what is such a condor worth
    fitting = _fitting(question, tools)
    if fitting and all(told(wish) < told(fitting) for wish in partial):
        return [fitting]
    return list(_unfinished(question, partial))


_OUTRANK = ("probability_of_touch", "stress_condor", "condor_payoff")
"""What is asked for by words goes before what only the numbers ask for, though it lacks something."""


def _only_by_numbers(full: Sequence[Wish], question: Question) -> bool:
    """Whether no words ask for what could be calculated."""
    return not any(
        question.says(w.rule.wants) or asks_by_itself(w.rule.tool, w.values)
        for w in full
        if w.rule.tool != "check_credit"
    )


_LEAST_FITTING = 3


def _fitting(question: Question, tools: Sequence[str]) -> Wish | None:
    """The one calculation that takes all numbers of a question, whatever words ask for it."""
    if len(question.numerals) < 2 or question.says(_CONCEPTUAL):
        return None
    found: list[tuple[int, Wish]] = []
    for rule in RULES:
        if rule.tool not in tools or rule.tool in _NOT_BY_NUMBERS:
            continue
        wish = Wish(rule, dict(stated(rule, question).values))
        option_legs(wish, question)
        read = told(wish)
        least = 2 if rule.tool in _BY_THEIR_NAMES else _LEAST_FITTING
        if is_complete(rule, wish.values) and has_basis(wish) and read >= least:
            found.append((read - len(question.unread(wish.values)), wish))
    best = max(found, key=lambda item: item[0], default=None)
    if best is None or question.unread(best[1].values):
        return None
    return None if sum(count == best[0] for count, _ in found) > 1 else best[1]


_BY_THEIR_NAMES = ("vix_futures_curve", "interest_rate_differential")
"""Two inputs that no other calculation has are enough."""
_NOT_BY_NUMBERS = ("rsi", "macd", "macd_divergence", "irr", "irr_roots", "impermanent_loss")
"""A list of numbers alone does not say that one of these is wanted."""


def partial_wishes(question: Question, tools: Sequence[str]) -> list[Wish]:
    """The calculations that a question asks for by words and does not state in full."""
    return _asked(question, tools)[1]


def _asked(question: Question, tools: Sequence[str]) -> tuple[list[Wish], list[Wish]]:
    full: list[Wish] = []
    partial: list[Wish] = []
    current, usual = question.says(_CURRENT), question.says(_USUAL)
    for rule in RULES:
        moves = rule.tool == "stress_condor" and bool(question.vol_moves)
        asked = moves or question.says(rule.wants)
        if rule.tool not in tools or not (asked or rule.alone or rule.tool in ASKING):
            continue
        reading = stated(rule, question)
        asked = asked or asks_by_itself(rule.tool, reading.values)
        if not asked and not rule.alone:
            continue
        wish = Wish(
            rule,
            dict(reading.values),
            variants=variants(rule, question, reading.others),
            current=current,
            unsure=reading.unsure,
        )
        option_legs(wish, question)
        if usual:
            wish.values.setdefault("usual", True)
        if rule.tool == "select_condor" and not has_basis(wish) and question.says(_WANTS_CONDOR):
            wish.values["usual"] = True
        if is_passed_over(wish, question, asked):
            continue
        if is_complete(rule, wish.values) and has_basis(wish):
            full.append(wish)
        elif asked:
            partial.append(wish)
    return needed(full, question), partial


def _dependent(partial: Sequence[Wish], full: Sequence[Wish], question: Question) -> Iterator[Wish]:
    """Calculations that wait for another one's result: a size for the condor just priced."""
    provided: set[str] = set().union(*(_GIVES.get(wish.rule.tool, set()) for wish in full))
    for wish in partial:
        covered = any(gives(other, wish.rule.tool, question) for other in full)
        own = [k for k in wish.values if k not in ("kind", "days", "spot", "iv", "width", *STRIKES)]
        from_another = set(wish.lacks) <= provided | {
            name for other in full for name in other.values
        }
        if wish.lacks and not covered and own and from_another:
            for other in full:
                for name in wish.lacks:
                    if name in other.values:
                        wish.values[name] = other.values[name]
            yield wish


_CONDOR_GIVES = {"credit", "width", "max_loss_usd", "put_short", "call_short", *STRIKES}
_GIVES: Mapping[str, set[str]] = {
    "price_condor": _CONDOR_GIVES,
    "select_condor": _CONDOR_GIVES,
    "implied_volatility": {"iv"},
    "stress_condor": {"condor_loss_usd", "spx_shock"},
}


def _unfinished(question: Question, partial: Sequence[Wish]) -> Iterator[Wish]:
    """The calculation that is asked for with something left out, where one clearly is."""
    now = question.says(_NOW) and question.says(_STATE_OF_MARKET)
    if (question.says(_CONCEPTUAL) or question.says(_STATES)) and not now:
        return
    wanted = question.says(_ASKS_VALUE)
    terse = len(question.said.split()) <= _TERSE
    for wish in sorted(partial, key=lambda w: (-told(w), w.rule.tool == "price_condor")):
        if wish.rule.tool in ("check_regime", "term_structure"):
            if now:
                yield wish
                return
        elif (told(wish) >= (1 if wanted else 2 if terse else 3) and _enough(wish)) or (
            wish.rule.tool == "select_condor" and question.says(_WANTS_CONDOR)
        ):
            yield wish
            return


def _enough(wish: Wish) -> bool:
    """Whether enough is stated to be sure which calculation is meant."""
    if wish.rule.tool == "select_condor":
        return has_basis(wish) and bool(wish.values.keys() & {"days", "spot", "iv"})
    if wish.rule.tool in ("price_option", "implied_volatility", "probability_of_touch"):
        return len(wish.lacks) <= 2
    if wish.rule.tool == "expected_move" and wish.unsure:
        return True
    names, least = _TELLING.get(wish.rule.tool, (None, 1))
    told = wish.values.keys() - {"kind", "days", "layers"} if names is None else wish.values.keys()
    return len(told if names is None else told & names) >= least


_TELLING: Mapping[str, tuple[frozenset[str] | None, int]] = {
    "price_condor": (frozenset(STRIKES), 2),
    "stress_condor": (frozenset(STRIKES), 2),
    "condor_payoff": (frozenset(STRIKES), 2),
    "check_credit": (frozenset(("credit", "width")), 1),
    "expected_move": (frozenset(("days", "iv")), 1),
    "size_position": (frozenset(("account_usd", "risk_fraction")), 1),
}
"""Which inputs tell that a calculation is meant, and how many of them have to be there."""
