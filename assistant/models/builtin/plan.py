"""From what a question states to what to do next: a table of rules, one a tool.

A rule says which quantities its tool cannot do without, which it can use, and which words ask for
it. The plan is made again after each step, so that one result can feed the next tool.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.models.builtin.reading import Reading

SEARCH = "search_library"
"""The name of the tool that searches the corpus."""


@dataclass(frozen=True)
class Call:
    """A tool to call, with its arguments."""

    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Rule:
    """When a tool is wanted, what it needs, and what explains its result."""

    tool: str
    needs: tuple[str, ...]
    uses: tuple[str, ...] = ()
    cue: str = ""
    ask: str = ""
    ask_bare: bool = False
    unless: tuple[str, ...] = ()
    look_up: str = ""


@dataclass(frozen=True)
class Missing:
    """A tool that was asked for, and the quantities that the question does not state."""

    tool: str
    stated: tuple[str, ...]
    needed: tuple[str, ...]


_CONDOR_STRIKES = ("put_long", "put_short", "call_short", "call_long")
_PRICING = ("rate", "dividend_yield")

RULES = (
    Rule(
        "price_condor",
        needs=("spot", *_CONDOR_STRIKES, "days", "iv"),
        uses=(*_PRICING, "credit", "contracts", "put_iv", "call_iv"),
        ask=r"\b(?:price|value|worth|quote|how much credit|what credit|what.{0,20}credit)\b"
        r".*\b(?:condors?|ics?)\b|\b(?:condors?|ics?)\b.*\b(?:price|worth|what credit)\b",
        look_up="Why is the credit target 15 to 25 percent of the wing width?",
    ),
    Rule(
        "select_condor",
        needs=("spot", "iv", "days"),
        uses=("short_delta", "width", *_PRICING),
        cue=r"\bdelta\b|\b(?:which|what|pick|choose|select|find)\b.*\b(?:strikes|condor)\b",
        ask=r"\bdeltas?\b.*\b(?:wide|wings?|dte|days?|credit)\b",
        unless=("price_condor",),
        look_up="How are the short strikes of an SPX iron condor chosen?",
    ),
    Rule(
        "break_even",
        needs=("put_short", "call_short", "credit"),
        unless=("price_condor",),
        ask=r"\bbreak[- ]?evens?\b",
        look_up="How are the break-even points of an iron condor calculated?",
    ),
    Rule(
        "check_credit",
        needs=("credit", "width"),
        unless=("price_condor",),
        look_up="Why is the credit target 15 to 25 percent of the wing width?",
    ),
    Rule(
        "check_regime",
        needs=("vix",),
        uses=("vix9d", "vix3m", "vix6m", "vvix"),
        cue=r"\bregime\b|\b(?:sell|selling|open|opening|enter|entering|trade|put on)\b"
        r"|\bstand aside\b|\bwiden|\btighten|\bbackwardation\b|\bcontango\b|\bterm structure\b"
        r"|\bvix\s?(?:9d|3m|6m)|\bvvix\b|\bhedge layers?\b|\bgood time\b",
        ask=r"\bregime\b.*\b(?:now|today|current)\b|\b(?:current|today'?s)\s+regime\b"
        r"|\bshould (?:i|we)\b.*\b(?:sell|open|enter|trade|put on)\b.*"
        r"\b(?:now|today|tonight|this)\b",
        ask_bare=True,
        look_up="What does the VIX term structure regime mean for condor wings and hedge layers?",
    ),
    Rule(
        "expected_move",
        needs=("spot", "iv", "days"),
        cue=r"\bexpected (?:move|range)\b|\bone[- ]sigma\b|\bstandard deviation\b|\b1 ?sd\b"
        r"|\bhow far\b|\bmove\b|\brange\b",
        ask=r"\bexpected (?:move|range)\b.*\d",
        unless=("price_condor", "select_condor"),
        look_up="What is the expected move, and why is it not a limit?",
    ),
    Rule(
        "probability_of_touch",
        needs=("spot", "barrier", "days", "iv"),
        uses=_PRICING,
        cue=r"\btouch|\breach|\bhit",
        unless=("price_condor",),
        look_up="How does the probability of touch differ from delta?",
    ),
    Rule(
        "price_option",
        needs=("kind", "spot", "strike", "days", "iv"),
        uses=_PRICING,
        cue=r"\b(?:call|put)\b",
        unless=("price_condor", "select_condor", "probability_of_touch"),
        look_up="What are the greeks of an option and of an iron condor?",
    ),
    Rule(
        "size_position",
        needs=("account_usd", "max_loss_usd", "risk_fraction"),
        look_up="How large should an iron condor position be?",
    ),
    Rule(
        "impermanent_loss",
        needs=("price_ratio",),
        cue=r"\bimpermanent\b|\bil\b|\bliquidity (?:pool|provider)|\bpool\b|\bamm\b",
        look_up="What is impermanent loss, and how large is it?",
    ),
)

_FOLLOW_UP = re.compile(
    r"^\W*(?:and|what about|how about|what if|now|then|same|with|at|make it|but|instead|try|or|ok)"
    r"\b",
    re.IGNORECASE,
)

_POINTS_BACK = re.compile(
    r"\b(?:that|this|it|its|they|them|those|these)\b|^\W*(?:why|how so|how come)\b", re.IGNORECASE
)


def choose_rules(reading: Reading, available: Sequence[str]) -> list[Rule]:
    """The rules whose tool is there, whose needs are stated, and whose words are said."""
    chosen: list[Rule] = []
    for rule in RULES:
        if (
            rule.tool in available
            and all(name in reading for name in rule.needs)
            and (not rule.cue or reading.says(rule.cue))
            and not any(other.tool in rule.unless for other in chosen)
        ):
            chosen.append(rule)
    return chosen


def what_is_missing(reading: Reading) -> Missing | None:
    """The tool that a question asks for by words while leaving out what it needs."""
    for rule in RULES:
        if rule.ask and reading.says(rule.ask):
            stated = tuple(name for name in rule.needs if name in reading)
            needed = tuple(name for name in rule.needs if name not in reading)
            spoken = rule.ask_bare or any(name in reading for name in (*rule.needs, *rule.uses))
            if needed and spoken:
                return Missing(rule.tool, stated, needed)
    return None


def arguments(rule: Rule, reading: Reading) -> dict[str, Any]:
    """The arguments of a rule's tool, as far as the question states them."""
    names = {"width": "wing_width"} if rule.tool == "select_condor" else {}
    return {
        names.get(name, name): _whole(name, reading.values[name])
        for name in (*rule.needs, *rule.uses)
        if name in reading
    }


def is_follow_up(text: str) -> bool:
    """Whether a question leans on what came before it: short, and opening or pointing back."""
    words = text.split()
    return len(words) <= 12 and bool(_FOLLOW_UP.search(text) or _POINTS_BACK.search(text))


def continued(reading: Reading, earlier: Sequence[Call]) -> Call | None:
    """The last calculation of the conversation with what this question changes in it."""
    if not earlier or not reading.values:
        return None
    last = earlier[0]
    if not (is_follow_up(reading.text) or len(reading.text.split()) <= 6):
        return None
    changes = dict(reading.values)
    inputs = dict(last.arguments)
    if "width" in changes and {"put_short", "call_short", "put_long"} <= inputs.keys():
        width = float(changes.pop("width"))
        inputs["put_long"] = float(inputs["put_short"]) - width
        inputs["call_long"] = float(inputs["call_short"]) + width
    known = next((rule for rule in RULES if rule.tool == last.tool), None)
    usable = {*known.needs, *known.uses} if known else set()
    changed = {name: _whole(name, value) for name, value in changes.items() if name in usable}
    if not changed and inputs == dict(last.arguments):
        return None
    return Call(last.tool, inputs | changed)


def follow_on(done: Mapping[str, Mapping[str, Any]], available: Sequence[str]) -> Call | None:
    """What a result calls for: the credit of a priced condor is checked against its target."""
    condor = done.get("price_condor") or done.get("select_condor")
    if condor is None or "check_credit" in done or "check_credit" not in available:
        return None
    if condor.get("credit") is None or condor.get("put_width") is None:
        return None
    return Call(
        "check_credit",
        {
            "credit": condor["credit"],
            "width": max(condor["put_width"], condor["call_width"]),
        },
    )


def _whole(name: str, value: Any) -> Any:
    return int(value) if name == "contracts" and float(value).is_integer() else value
