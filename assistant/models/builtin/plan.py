"""From a question to the calculations it asks for, made anew after each step.

A wish is a calculation that the question asks for, with what it states. What is missing is taken,
in this order, from the results of this turn, from the conversation where the question leans on it,
and from the open market source; else the answer asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.models.builtin.reading import Question
from assistant.models.builtin.rules import BY_TOOL, MARKET, RULES, STRIKES, Rule
from assistant.models.builtin.stated import (
    CONDOR,
    arguments,
    is_complete,
    last_one,
    stated,
    values_of,
    what_lacks,
    with_wings,
)


@dataclass(frozen=True)
class Call:
    """A tool to call, with its arguments."""

    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Done:
    """A calculation that was made, in this turn or in an earlier answer."""

    tool: str
    inputs: Mapping[str, Any]
    result: Any


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
    raw: Mapping[str, Any] | None = None

    @property
    def lacks(self) -> tuple[str, ...]:
        """What its tool cannot do without."""
        return () if self.raw is not None else what_lacks(self.rule, self.values)

    def call(self) -> Call:
        """The call of its tool."""
        given = arguments(self.rule, self.values) if self.raw is None else dict(self.raw)
        return Call(self.rule.tool, given)


_ASKS_VALUE = re.compile(
    r"\bhow (?:much|many|far|wide|likely|big|large)\b"
    r"|\bwhat(?:['’]?s| is| are| was| would| will| do| does| can| could| should|)?\b.{0,90}\b(?:credit|"
    r"premium|price|worth|break|loss|prob|odds|chance|move|range|strikes?|contracts?|deltas?|greeks|"
    r"theta|vega|npv|irr|wacc|ratio|value|regime|impermanent|cost|collect|implied|vol|condor|get|look)"
    r"|\b(?:price|compute|calculate|calc|find|pick|choose|build|give me|show me|size|stress|quote|run|"
    r"check|work out|figure out|tell me|select|need|want|looking for|construct|set up)\b"
    r"|\bwhere (?:are|is|would|do|should)\b|\bis (?:that|it|this)\b.*\b(?:thin|rich|range|enough|fair)\b",
    re.IGNORECASE,
)
_CONCEPTUAL = re.compile(
    r"^\W*(?:why|how come|how (?:do|does|did|should|is|are|can)\b(?! (?:many|much|far))|is it (?:better|true|ok|safe)"
    r"|are (?:there|you|people)|does|do (?:you|people|traders|we)|can (?:you|someone|anyone) explain"
    r"|explain|has anyone|anyone|what(?:'s| is) the (?:difference|point|idea|logic|reason|rationale|best way))\b",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"\b(?:right now|now|today'?s?|tonight|current(?:ly)?|this (?:morning|afternoon|week)|at the moment|"
    r"as of today|latest)\b",
    re.IGNORECASE,
)
_FOLLOWS = re.compile(
    r"^\W*(?:and|what about|how about|what if|what happens|now|then|same|with|at|make it|but|instead|"
    r"try|or|ok(?:ay)?|so|cool|great|thanks|nice|hm+|also|plus|go|switch|change|use|bump|drop|raise|widen|"
    r"narrow|tighten|double|redo|rerun|again|assume|suppose|let'?s|if|is that|is it|does that|"
    r"would that|back to|sorry|actually|wait)\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:that|this|it|its|it's|they|them|those|these|same|instead|again|the (?:condor|trade|position|"
    r"one|other|credit|second|first)|mine|each)\b"
    r"|^\W*(?:why|how so|how come|meaning|which|where|what(?:'s| is) the)\b",
    re.IGNORECASE,
)
_COMPARES = re.compile(r"\b(?:vs|versus|or|compare[ds]?|against|and|both)\b", re.IGNORECASE)
_MAY_LEAN = 18


def is_follow_up(text: str) -> bool:
    """Whether a question leans on what came before it: short, and opening or pointing back."""
    words = text.split()
    if len(words) > _MAY_LEAN:
        return False
    return len(words) <= 5 or bool(_FOLLOWS.search(text) or _POINTS_BACK.search(text))


def asks_why(text: str) -> bool:
    """Whether a short question asks for the reason of what was just answered."""
    return len(text.split()) <= 8 and bool(
        re.match(r"^\W*(?:and\s+|but\s+|ok\s+)?(?:why|how come|how so|what makes|reason)\b", text, re.I)
    )


class Plan:
    """The calculations of one question, given what was done so far."""

    def __init__(
        self, question: Question, earlier: Sequence[Sequence[Done]], tools: Sequence[str]
    ) -> None:
        """Plan `question`; `earlier` holds the calculations of each earlier answer, oldest first."""
        self.question = question
        self.earlier = [list(_without_market(answer)) for answer in earlier]
        self.tools = tools
        self.leans = bool(any(self.earlier)) and is_follow_up(question.said)
        self.wishes = list(self._wishes())

    @property
    def wants_market(self) -> bool:
        """Whether an input is missing that a market source may fill in."""
        return MARKET in self.tools and any(
            wish.lacks and set(wish.lacks) <= set(wish.rule.market) for wish in self.wishes
        )

    @property
    def changed(self) -> Mapping[str, Any]:
        """The inputs that a follow-up changes in an earlier calculation."""
        return next((wish.changed for wish in self.wishes if wish.changed), {})

    def next_calls(self, done: Sequence[Done]) -> list[Call]:
        """What can be calculated now, and was not yet."""
        made = {item.tool for item in done}
        calls: list[Call] = []
        for wish in self.wishes:
            if any(item.tool == wish.rule.tool and _same(item, wish.call()) for item in done):
                continue
            self._fill(wish, done)
            if not wish.lacks and wish.rule.tool in self.tools:
                call = wish.call()
                if not any(_same(item, call) for item in done):
                    calls += [call, *self._variants(wish)]
        if calls:
            return calls
        if self.wants_market and MARKET not in made:
            return [Call(MARKET, {})]
        checked = _credit_check(done)
        return [checked] if checked and "check_credit" in self.tools else []

    def missing(self, done: Sequence[Done]) -> Missing | None:
        """The first calculation that was asked for and cannot be made."""
        made = {item.tool for item in done}
        for wish in self.wishes:
            if wish.lacks and wish.rule.tool not in made:
                return Missing(wish.rule.tool, wish.lacks)
        return None

    def _wishes(self) -> Iterator[Wish]:
        named = list(self._named())
        if named:
            yield from named
            return
        asked = [rule for rule in RULES if rule.tool in self.tools and self.question.says(rule.wants)]
        full: list[Wish] = []
        partial: list[Wish] = []
        for rule in RULES:
            if rule.tool not in self.tools or not (rule in asked or rule.alone):
                continue
            reading = stated(rule, self.question)
            wish = Wish(rule, dict(reading.values))
            if is_complete(rule, wish.values) and (rule.tool != "select_condor" or _has_basis(wish)):
                full.append(wish)
            elif rule in asked:
                partial.append(wish)
        full = _needed(full, self.question)
        yield from full
        if full and not self.leans:
            yield from _dependent(partial, full)
            return
        if full:
            yield from _dependent(partial, full)
            return
        yield from self._from_conversation(partial) if self.leans else self._unfinished(partial)

    def _named(self) -> Iterator[Wish]:
        """Tools that are called by their very names: 'price_condor with spot 5800, ...'."""
        for tool in self.tools:
            if "_" in tool and re.search(rf"\b{tool}\b", self.question.said) and tool in BY_TOOL:
                rule = BY_TOOL[tool]
                yield Wish(rule, dict(stated(rule, self.question).values))

    def _from_conversation(self, partial: Sequence[Wish]) -> Iterator[Wish]:
        """What a leaning question asks for: another tool on the same trade, or the same tool anew."""
        last = self._last(None)
        if last is None or asks_why(self.question.said):
            return
        again = self._again(last)
        for wish in partial:
            if wish.rule.tool == last.tool or (again and wish.rule.tool != last.tool and not wish.values):
                continue
            known = self._known()
            if wish.rule.tool == "size_hedge":
                continue
            if wish.rule.tool == "select_condor" and not _has_basis(wish):
                continue
            filled = dict(wish.values)
            for name in wish.lacks:
                if name in known:
                    filled[name] = known[name]
            for name in wish.rule.uses:
                if name in known and name in ("rate", "dividend_yield", "put_iv", "call_iv"):
                    filled.setdefault(name, known[name])
            last_one(wish.rule, self.question, filled)
            if is_complete(wish.rule, filled):
                yield Wish(wish.rule, filled, dict(wish.values))
                return
        if again:
            yield again
        else:
            yield from self._unfinished(partial)

    def _again(self, last: Done) -> Wish | None:
        """The last calculation with what this question changes in it."""
        rule = BY_TOOL.get(last.tool)
        if rule is None:
            return None
        before = values_of(last.tool, last.inputs)
        changes = {
            k: v for k, v in stated(rule, self.question).values.items() if before.get(k) != v
        }
        changes |= _relative(self.question, before)
        if "kind" in changes and "kind" not in before:
            changes.pop("kind")
        if not changes:
            return None
        values = dict(before)
        if "width" in changes and "put_short" in before and rule.tool not in ("check_credit",):
            values.pop("put_long", None)
            values.pop("call_long", None)
            values["width"] = changes["width"]
            with_wings(values)
        if changes.keys() & {"short_delta", "expected_move_multiple", "target_credit"}:
            for name in ("short_delta", "expected_move_multiple", "target_credit"):
                values.pop(name, None)
        if "iv" in changes:
            values.pop("put_iv", None)
            values.pop("call_iv", None)
        if changes.keys() & {*STRIKES, "iv", "spot", "days"} and "credit" not in changes:
            # A market's credit belongs to the condor it was quoted for.
            if rule.tool == "price_condor" and changes.keys() & set(STRIKES):
                values.pop("credit", None)
        values |= changes
        return Wish(rule, values, changes)

    def _unfinished(self, partial: Sequence[Wish]) -> Iterator[Wish]:
        """The calculation that is asked for with something left out, where one clearly is."""
        question = self.question
        if question.says(_CONCEPTUAL) and not question.says(_NOW):
            return
        for wish in sorted(partial, key=lambda item: (-_told(item), -_share(item))):
            stated_numbers = [v for k, v in wish.values.items() if k != "kind"]
            now = bool(wish.rule.market) and question.says(_NOW) and wish.rule.tool == "check_regime"
            if now or (stated_numbers and question.says(_ASKS_VALUE)):
                if _enough(wish):
                    yield wish
                    return

    def _fill(self, wish: Wish, done: Sequence[Done]) -> None:
        if wish.raw is not None:
            return
        sources: list[Mapping[str, Any]] = [_provided(item) for item in done if item.tool != MARKET]
        if all(name in wish.rule.market for name in wish.lacks):
            sources += [_market(item) for item in done if item.tool == MARKET]
        for name in wish.lacks:
            value = next((s[name] for s in sources if s.get(name) is not None), None)
            if value is not None:
                wish.values[name] = value
        if wish.rule.tool == "check_regime":
            # The other indices only beside a VIX of the same moment.
            for source in (_market(item) for item in done if item.tool == MARKET):
                if source.get("vix") == wish.values.get("vix"):
                    wish.values |= {
                        k: v for k, v in source.items() if k in wish.rule.uses and v is not None
                    }

    def _variants(self, wish: Wish) -> list[Call]:
        """The same calculation for the other values of a comparison: '25 or 50 wide'."""
        if wish.raw is not None or not self.question.says(_COMPARES):
            return []
        others = stated(wish.rule, self.question).others
        several = {k: v for k, v in others.items() if v and v[0] != wish.values.get(k)}
        if len(several) != 1:
            return []
        name, values = next(iter(several.items()))
        calls = []
        for value in dict.fromkeys(values[:2]):
            changed = dict(wish.values) | {name: value}
            if name == "width" and "put_short" in changed:
                changed.pop("put_long", None), changed.pop("call_long", None)
                with_wings(changed)
            calls.append(Call(wish.rule.tool, arguments(wish.rule, changed)))
        return calls

    def _last(self, tool: str | None) -> Done | None:
        for answer in reversed(self.earlier):
            for item in answer:
                if item.tool in BY_TOOL and (tool is None or item.tool == tool):
                    return item
        return None

    def _known(self) -> dict[str, Any]:
        """The quantities of the conversation, the latest last."""
        known: dict[str, Any] = {}
        for answer in self.earlier:
            for item in answer:
                known |= {k: v for k, v in values_of(item.tool, item.inputs).items()}
                known |= _provided(item)
        return known


def _without_market(answer: Sequence[Done]) -> Iterator[Done]:
    yield from (item for item in answer if item.tool != MARKET)


def _has_basis(wish: Wish) -> bool:
    """Whether it is said by what the strikes are to be chosen."""
    return bool(wish.values.keys() & {"short_delta", "expected_move_multiple", "target_credit"}) or (
        "width" in wish.values
    )


def _needed(full: Sequence[Wish], question: Question) -> list[Wish]:
    """Without the calculations that another one already gives.

    Numbers alone ask for a calculation only where nothing is asked for by words.
    """
    asked = [wish for wish in full if question.says(wish.rule.wants)]
    wanted = asked or full
    return [
        wish
        for wish in wanted
        if not any(wish.rule.tool in other.rule.instead_of for other in wanted)
    ]


def _dependent(partial: Sequence[Wish], full: Sequence[Wish]) -> Iterator[Wish]:
    """Calculations that wait for another one's result: a size for the condor just priced."""
    gives: set[str] = set()
    for wish in full:
        gives |= _GIVES.get(wish.rule.tool, set())
    for wish in partial:
        covered = any(wish.rule.tool in other.rule.instead_of for other in full)
        own = [k for k in wish.values if k not in ("kind", "days", "spot", "iv", *STRIKES)]
        if wish.lacks and not covered and own and set(wish.lacks) <= gives:
            yield wish


_CONDOR_GIVES = {"credit", "width", "max_loss_usd", "put_short", "call_short", *STRIKES}
_GIVES = {
    "price_condor": _CONDOR_GIVES,
    "select_condor": _CONDOR_GIVES,
    "implied_volatility": {"iv"},
}


def _provided(item: Done) -> dict[str, Any]:
    """What a result gives to other calculations."""
    result = item.result
    if not isinstance(result, Mapping):
        return {}
    if item.tool == "implied_volatility" and "value" in result:
        return {"iv": result["value"]}
    if item.tool not in ("price_condor", "select_condor"):
        return {}
    contracts = float(item.inputs.get("contracts", 1) or 1)
    given = {k: v for k, v in item.inputs.items() if k in CONDOR and k != "credit"}
    given |= {k: result[k] for k in STRIKES if k in result}
    given |= {k: result[k] for k in ("credit",) if k in result}
    if "put_width" in result:
        given["width"] = max(result["put_width"], result["call_width"])
    if "max_loss_usd" in result:
        given["max_loss_usd"] = result["max_loss_usd"] / contracts
    return given


def _market(item: Done) -> dict[str, Any]:
    """What a market snapshot gives: levels, and the VIX as the volatility of the index."""
    result = item.result if isinstance(item.result, Mapping) else {}
    names = ("spot", "vix", "vix9d", "vix3m", "vix6m", "vvix", "iv")
    return {name: result[name] for name in names if result.get(name) is not None}


def _told(wish: Wish) -> int:
    """How many of the question's numbers a wish explains."""
    return sum(isinstance(value, int | float | list) for value in wish.values.values())


def _share(wish: Wish) -> float:
    needs = len(wish.rule.needs)
    return (needs - len(wish.lacks)) / needs


def _enough(wish: Wish) -> bool:
    """Whether enough is stated to be sure which calculation is meant."""
    if wish.rule.tool == "select_condor":
        return (_has_basis(wish) and "days" in wish.values) or "spot" in wish.values
    if wish.rule.tool in ("price_option", "implied_volatility"):
        return len(wish.lacks) <= 2
    if wish.rule.tool == "check_regime":
        return True
    return bool(set(wish.values) - {"kind", "days"}) or len(wish.lacks) <= 2


def _relative(question: Question, before: Mapping[str, Any]) -> dict[str, Any]:
    """Changes by an amount: '5 points wider', 'vol 4 points higher', 'double the size'."""
    changes: dict[str, Any] = {}
    vol = re.search(
        r"\bvol\w*\b.{0,20}?(\d+(?:\.\d+)?)\s*(?:vol\s*)?(?:points?|pts?|vols?)\s*(higher|lower|up|down|more|less)"
        r"|(\d+(?:\.\d+)?)\s*(?:vol\s*)?(?:points?|pts?|vols?)\s*(higher|lower|more|less)\s*(?:in\s+)?(?:vol|iv)",
        question.text,
        re.IGNORECASE,
    )
    if vol and isinstance(before.get("iv"), int | float):
        size = float(vol.group(1) or vol.group(3)) / 100
        less = (vol.group(2) or vol.group(4)).lower() in ("lower", "down", "less")
        changes["iv"] = round(before["iv"] + (-size if less else size), 10)
    if re.search(r"\bdoubl\w+ (?:the |my )?(?:size|contracts|position)", question.text, re.I):
        changes["contracts"] = 2 * float(before.get("contracts", 1))
    return changes


def _credit_check(done: Sequence[Done]) -> Call | None:
    """The credit of a priced condor is checked against its target."""
    if any(item.tool == "check_credit" for item in done):
        return None
    for item in done:
        given = _provided(item)
        if item.tool in ("price_condor", "select_condor") and {"credit", "width"} <= given.keys():
            return Call("check_credit", {"credit": given["credit"], "width": given["width"]})
    return None


def _same(item: Done, call: Call) -> bool:
    return item.tool == call.tool and dict(item.inputs) == dict(call.arguments)
