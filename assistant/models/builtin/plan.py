"""From a question to the calculations it asks for, made anew after each step.

A wish is a calculation that the question asks for, with what it states. What is missing is taken,
in this order, from the results of this turn, from the conversation where the question leans on it
(`assistant.models.builtin.leaning`), and from the open market source; else the answer asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.models.builtin.found import roots
from assistant.models.builtin.levels import payoff_levels
from assistant.models.builtin.moves import price_ratios
from assistant.models.builtin.reading import Question
from assistant.models.builtin.results import Done, from_market, provided
from assistant.models.builtin.rules import BY_TOOL, MARKET, RULES, STRIKES, Rule
from assistant.models.builtin.stated import (
    AT_EXPIRATION,
    arguments,
    is_complete,
    stated,
    what_lacks,
    with_wings,
)


@dataclass(frozen=True)
class Call:
    """A tool to call, with its arguments."""

    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Missing:
    """A calculation that was asked for, and the quantities that nobody states."""

    tool: str
    needed: tuple[str, ...]


@dataclass
class Wish:
    """A calculation that the question asks for, as far as it is stated."""

    rule: Rule
    values: dict[str, Any]
    changed: dict[str, Any] = field(default_factory=dict)
    variants: list[dict[str, Any]] = field(default_factory=list)
    current: bool = False
    """Whether the question names the market's value itself: 'take the current vol'."""
    unsure: frozenset[str] = frozenset()
    """What it lacks though a number of the question could be it: to be asked, not to be guessed."""

    @property
    def lacks(self) -> tuple[str, ...]:
        """What its tool cannot do without."""
        return what_lacks(self.rule, self.values)

    def calls(self) -> list[Call]:
        """The call of its tool, and those of its variants."""
        calls: list[Call] = []
        for variant in ({}, *self.variants):
            call = Call(self.rule.tool, arguments(self.rule, {**self.values, **variant}))
            if call not in calls:
                calls.append(call)
        return calls


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
_COMPARES = re.compile(
    r"\b(?:each|two|then|which|another|and (?:how|what|the)|vs|versus|or|compared?|comparing|against|both|from|same)\b",
    re.IGNORECASE,
)


_WANTS_CONDOR = re.compile(
    r"^\W*(?:please |can you |could you |just |ok(?:ay)?,? )*(?:pick|choose|select|find|build|construct|set up|"
    r"suggest|show|give)\b(?: me| us)?(?: an?| the| some)?(?: (?!how\b|example|why\b)\w+){0,3}? (?:condors?|ics?|strikes)\b"
    r"(?=\W*$|\W*(?:for|with|on|at|in|expiring|please|now|today)\b)",
    re.IGNORECASE,
)
"""A condor is asked for, though nothing is said of how to choose it: the usual one is meant."""


class Plan:
    """The calculations of one question, given what was done so far."""

    def __init__(self, wishes: Sequence[Wish], tools: Sequence[str]) -> None:
        """Plan these wishes with these tools."""
        self.wishes = list(wishes)
        self.tools = tools

    @property
    def changed(self) -> Mapping[str, Any]:
        """The inputs that a follow-up changes in an earlier calculation."""
        return next((wish.changed for wish in self.wishes if wish.changed), {})

    def next_calls(self, done: Sequence[Done]) -> list[Call]:
        """What can be calculated now, and was not yet."""
        calls: list[Call] = []
        for wish in self.wishes:
            _fill(wish, done)
            if not wish.lacks and wish.rule.tool in self.tools:
                new = [call for call in wish.calls() if not any(_same(item, call) for item in done)]
                calls += [call for call in new if call not in calls]
        if calls:
            return calls
        if self._wants_market() and not any(item.tool == MARKET for item in done):
            return [Call(MARKET, {})]
        checked = _credit_check(done)
        return [checked] if checked and "check_credit" in self.tools else []

    def missing(self) -> Missing | None:
        """The first calculation that was asked for and cannot be made."""
        return next((Missing(w.rule.tool, w.lacks) for w in self.wishes if w.lacks), None)

    def _wants_market(self) -> bool:
        return MARKET in self.tools and any(
            wish.lacks and set(wish.lacks) <= set(wish.rule.market) - wish.unsure
            for wish in self.wishes
        )


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
        question.says(w.rule.wants) or _asks_by_itself(w.rule.tool, w.values)
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
        _option_legs(wish, question)
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
    for rule in RULES:
        moves = rule.tool == "stress_condor" and bool(question.vol_moves)
        asked = moves or question.says(rule.wants)
        if rule.tool not in tools or not (asked or rule.alone or rule.tool in _ASKING):
            continue
        reading = stated(rule, question)
        asked = asked or _asks_by_itself(rule.tool, reading.values)
        if not asked and not rule.alone:
            continue
        wish = Wish(
            rule,
            dict(reading.values),
            variants=_variants(rule, question, reading.others),
            current=question.says(_CURRENT),
            unsure=reading.unsure,
        )
        _option_legs(wish, question)
        if question.says(
            r"\b(?:standard|usual|typical|normal|default|ordinary)\s+(?:iron\s+)?(?:condor|ic)\b"
        ):
            wish.values.setdefault("usual", True)
        if rule.tool == "select_condor" and not has_basis(wish) and question.says(_WANTS_CONDOR):
            wish.values["usual"] = True
        if _is_passed_over(wish, question, asked):
            continue
        if is_complete(rule, wish.values) and has_basis(wish):
            full.append(wish)
        elif asked:
            partial.append(wish)
    return _needed(full, question), partial


_STRESS = (
    r"\bstress|\bscenario|\bcrash|\bgap|\bcrush\b|\bmelt|\bhow much (?:would|do|could) i lose\b"
)
_ASKING = ("break_even", "condor_payoff")
_SETTLING = r"\bsettle|\blast (?:day|moment|time)|\bstops? trading\b|\buntil (?:when|which|what)\b|\bam or pm\b"


_SIZING = r"\bhow many\b|\bsiz(?:e|ing)\b|\brisk|\baccount\b|\bnumber of\b"
_CURRENT = r"\b(?:current|today['’]?s?|market['’]?s?|latest|live|prevailing)\s+(?:implied\s+)?(?:vol\w*|iv|vix|levels?|market|data)\b"
_CREDIT_KNOWN = frozenset(("credit", *STRIKES))


def _asks_by_itself(tool: str, values: Mapping[str, Any]) -> bool:
    """Whether an input is there that no other calculation takes: fewer days than are left, say."""
    if tool == "condor_payoff":
        return bool(0 < values.get("days_left", 0) < values.get("days", 0))
    return tool == "break_even" and "settlement" in values


_PASSED_OVER: Mapping[str, Callable[[Wish, Question, bool], bool]] = {
    # Four strikes are chosen already.
    "select_condor": lambda wish, question, asked: len(question.strikes.legs) == 4,
    "stress_condor": lambda wish, question, asked: (
        not (wish.values.keys() & {"spot_shocks", "vol_shocks"} or question.says(_STRESS))
    ),
    "implied_volatility": lambda wish, question, asked: (
        "iv" in question.read({"iv", "price"}).values
    ),
    "vix_expirations": lambda wish, question, asked: (
        wish.values.get("start") == wish.values.get("end") and question.says(_SETTLING)
    ),
    # The credit is known, or follows from the strikes.
    "credit_range": lambda wish, question, asked: bool(wish.values.keys() & _CREDIT_KNOWN),
    # 'Twenty contracts' are no question for their number.
    "size_position": lambda wish, question, asked: (
        "contracts" in question.read({"contracts"}).values and not question.says(_SIZING)
    ),
    # A VIX that is only mentioned asks for nothing.
    "check_regime": lambda wish, question, asked: not asked and len(wish.values) < 2,
}
"""Why a calculation is not meant though its words or numbers are there, by its tool."""


def _is_passed_over(wish: Wish, question: Question, asked: bool) -> bool:
    reason = _PASSED_OVER.get(wish.rule.tool)
    return reason is not None and reason(wish, question, asked)


def has_basis(wish: Wish) -> bool:
    """Whether it is said by what strikes are to be chosen; other tools need no basis."""
    basis = {"short_delta", "expected_move_multiple", "target_credit", "width", "usual"}
    return wish.rule.tool != "select_condor" or bool(wish.values.keys() & basis)


def _needed(full: Sequence[Wish], question: Question) -> list[Wish]:
    """Without the calculations that an earlier one already gives.

    Numbers alone ask for a calculation only where nothing is asked for by words.
    """
    asked = [
        w
        for w in full
        if question.says(w.rule.wants)
        or "vol_shocks" in w.values
        or _asks_by_itself(w.rule.tool, w.values)
    ]
    kept: list[Wish] = []
    for wish in asked or full:
        among = (asked or full) if wish.rule.tool in ("check_regime", "select_condor") else kept
        if not any(_gives(other, wish.rule.tool, question) for other in among):
            kept.append(wish)
    return kept


def _gives(wish: Wish, tool: str, question: Question) -> bool:
    """Whether a calculation already holds what another one would say."""
    if wish.rule.tool == "select_condor" and tool == "expected_move":
        return "expected_move_multiple" in wish.values
    given = {
        **dict.fromkeys(((t, "check_regime") for t in _CALCULATED_FROM_VIX), _REGIME),
        **_UNLESS,
    }
    unless = given.get((wish.rule.tool, tool))
    return tool in wish.rule.instead_of if unless is None else not question.says(unless)


_REGIME = (
    r"\bregime\b|\brules?\b|\bstand(?:ing)? aside\b|\blayers?\b|\bshould (?:i|we)\b|\bgood time\b"
)
_UNLESS: Mapping[tuple[str, str], str] = {
    ("size_hedge", "check_regime"): r"\bregime\b|\brules\b|\bshould (?:i|we)\b|\bgood time\b",
    ("stress_condor", "condor_payoff"): r"\bpay-?off\b|\bsettles?\b|\bat \d{4}",
    (
        "stress_condor",
        "probability_of_touch",
    ): r"\btouch|\breach|\bhits?\b|\bodds\b|\bprob|\bchance",
    ("probability_of_touch", "select_condor"): r"\bcondor\b|\bics?\b|\bstrikes\b",
    ("stress_condor", "break_even"): r"\bbreak[\s-]?evens?\b",
    ("npv", "irr"): r"\birr\b|\binternal rate\b|\bwhat rate\b",
    (
        "probability_of_touch",
        "price_option",
    ): r"\bdelta\b|\bworth\b|\bvalue|\bpremium\b|\bgreeks?\b|\bcosts?\b",
}
"""What one calculation says already for another one, unless these words ask for both."""
_CALCULATED_FROM_VIX = (
    "select_condor", "price_condor", "expected_move", "probability_of_touch", "price_option", "size_hedge",
)  # fmt: skip


def _dependent(partial: Sequence[Wish], full: Sequence[Wish], question: Question) -> Iterator[Wish]:
    """Calculations that wait for another one's result: a size for the condor just priced."""
    gives: set[str] = set().union(*(_GIVES.get(wish.rule.tool, set()) for wish in full))
    for wish in partial:
        covered = any(_gives(other, wish.rule.tool, question) for other in full)
        own = [k for k in wish.values if k not in ("kind", "days", "spot", "iv", "width", *STRIKES)]
        from_another = set(wish.lacks) <= gives | {name for other in full for name in other.values}
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


def told(wish: Wish) -> int:
    """How many of the question's numbers a wish explains."""
    return sum(isinstance(value, int | float | list) for value in wish.values.values())


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


def _fill(wish: Wish, done: Sequence[Done]) -> None:
    """Take what is missing from the results of this turn, then from the market."""
    for name in wish.lacks:
        sources = (provided(item) for item in done if item.tool != MARKET)
        value = next((s[name] for s in sources if s.get(name) is not None), None)
        if value is not None:
            wish.values[name] = value
    markets = [from_market(item) for item in done if item.tool == MARKET]
    if not markets or not set(wish.lacks) <= set(wish.rule.market):
        return
    market = markets[-1]
    if not _is_that_market(market, wish):
        return
    for name in wish.lacks:
        if market.get(name) is not None:
            wish.values[name] = market[name]
    if wish.rule.tool == "check_regime" and wish.values.get("vix") == market.get("vix"):
        # The other indices only beside a VIX of the same moment.
        wish.values |= {k: v for k, v in market.items() if k in wish.rule.uses}


_SAME_MARKET = 0.1
"""How far a stated level of the index may be from the market's, for its volatility to be taken."""


def _is_that_market(market: Mapping[str, Any], wish: Wish) -> bool:
    """Whether the market can be the one that a question speaks of; a sample may be years old."""
    level = market.get("spot")
    if "spot" in wish.lacks:
        return _fits_strikes(level, wish.values)
    stated = wish.values.get("spot")
    if stated is None or level is None or wish.current:
        return True
    return bool(abs(stated / level - 1) <= _SAME_MARKET)


def _fits_strikes(spot: float | None, values: Mapping[str, Any]) -> bool:
    """Whether stated strikes can belong to this level of the index; a sample may be years old."""
    named = ("put_short", "call_short", "strike", "barrier")
    strikes = [values[name] for name in named if isinstance(values.get(name), int | float)]
    return not strikes or bool(spot is not None and all(0.75 < s / spot < 1.25 for s in strikes))


def _ratios(question: Question) -> list[dict[str, Any]]:
    if question.says(r"\bother\b|\bwhile\b|\btoken b\b|\beach\b"):
        return []  # the second ratio is the other token's
    return [{"price_ratio": ratio} for ratio in price_ratios(question)[1:3]]


def _settlements(question: Question) -> list[dict[str, Any]]:
    levels = payoff_levels(question)[1] if question.says(AT_EXPIRATION) else []
    return [{"settlement": level} for level in levels[1:4]]


_OWN_VARIANTS: Mapping[str, Callable[[Question], list[dict[str, Any]]]] = {
    "impermanent_loss": _ratios,
    "plan_roll": lambda question: [],
    "break_even": _settlements,
    "condor_payoff": lambda question: [],
    "settlement": lambda question: [{"root": root} for root in roots(question)[1:]],
}
"""Where a question compares in a way of its own, by the tool."""


def _variants(
    rule: Rule, question: Question, others: Mapping[str, tuple[Any, ...]]
) -> list[dict[str, Any]]:
    """The same calculation for the other values of a comparison: '25 or 50 wide'."""
    if rule.tool in _OWN_VARIANTS:
        return _OWN_VARIANTS[rule.tool](question)
    compares = question.says(_COMPARES)
    given = {k: v for k, v in others.items() if v and k in _COMPARED}
    if not compares and max(map(len, given.values()), default=0) < 2:
        return []  # '25 or 50' compares, and so does a list of three
    if not given or len({len(v) for v in given.values()}) != 1:
        return []
    variants: list[dict[str, Any]] = []
    for values in list(zip(*given.values(), strict=True))[:2]:
        variant = dict(zip(given, values, strict=True))
        if "width" in variant and {"put_short", "call_short"} <= question.strikes.legs.keys():
            variant = {
                k: v for k, v in question.strikes.legs.items() if k.endswith("short")
            } | variant
            with_wings(variant)
        variants.append(variant)
    return variants


_COMPARED = frozenset(
    "width short_delta days iv credit barrier strike spot price_ratio expected_move_multiple".split()
)


def _option_legs(wish: Wish, question: Question) -> None:
    """Each leg of a spread, strangle or straddle as an option of its own."""
    if wish.rule.tool != "price_option" or ("strike" in wish.values and "kind" in wish.values):
        return
    legs = question.strikes.legs
    spot = wish.values.get("spot")
    if question.says(r"\bstraddle\b") and (spot or "strike" in wish.values):
        strike = wish.values.get("strike", spot)
        options = [{"kind": kind, "strike": strike} for kind in ("call", "put")]
    elif 2 <= len(legs) <= 3:
        order = sorted(legs, key=lambda name: (name.startswith("call"), name.endswith("long")))
        options = [{"kind": name.partition("_")[0], "strike": legs[name]} for name in order]
    else:
        return
    wish.values |= options[0]
    wish.variants = options[1:]


def _credit_check(done: Sequence[Done]) -> Call | None:
    """The credit of a priced condor is checked against its target."""
    if any(item.tool == "check_credit" for item in done):
        return None
    for item in done:
        given = provided(item)
        known = {"credit", "width"} <= given.keys() and given["credit"] > 0
        if item.tool in ("price_condor", "select_condor") and known:
            return Call("check_credit", {"credit": given["credit"], "width": given["width"]})
    return None


def _same(item: Done, call: Call) -> bool:
    return item.tool == call.tool and dict(item.inputs) == dict(call.arguments)
