"""Which calculations are not meant though their words or numbers are there, or given by another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from assistant.models.builtin.reading import Question
from assistant.models.builtin.rules import STRIKES
from assistant.models.builtin.wish import Wish

_STRESS = (
    r"\bstress|\bscenario|\bcrash|\bgap|\bcrush\b|\bmelt|\bhow much (?:would|do|could) i lose\b"
)
ASKING = ("break_even", "condor_payoff")
_SETTLING = r"\bsettle|\blast (?:day|moment|time)|\bstops? trading\b|\buntil (?:when|which|what)\b|\bam or pm\b"
_SIZING = r"\bhow many\b|\bsiz(?:e|ing)\b|\brisk|\baccount\b|\bnumber of\b"
_CREDIT_KNOWN = frozenset(("credit", *STRIKES))


def asks_by_itself(tool: str, values: Mapping[str, Any]) -> bool:
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


def is_passed_over(wish: Wish, question: Question, asked: bool) -> bool:
    """Whether something else in the question says that a calculation is not meant."""
    reason = _PASSED_OVER.get(wish.rule.tool)
    return reason is not None and reason(wish, question, asked)


def needed(full: Sequence[Wish], question: Question) -> list[Wish]:
    """Without the calculations that an earlier one already gives.

    Numbers alone ask for a calculation only where nothing is asked for by words.
    """
    asked = [
        w
        for w in full
        if question.says(w.rule.wants)
        or "vol_shocks" in w.values
        or asks_by_itself(w.rule.tool, w.values)
    ]
    kept: list[Wish] = []
    for wish in asked or full:
        among = (asked or full) if wish.rule.tool in ("check_regime", "select_condor") else kept
        if not any(gives(other, wish.rule.tool, question) for other in among):
            kept.append(wish)
    return kept


def gives(wish: Wish, tool: str, question: Question) -> bool:
    """Whether a calculation already holds what another one would say."""
    if wish.rule.tool == "select_condor" and tool == "expected_move":
        return "expected_move_multiple" in wish.values
    unless = _UNLESS.get((wish.rule.tool, tool))
    return tool in wish.rule.instead_of if unless is None else not question.says(unless)


_CALCULATED_FROM_VIX = (
    "select_condor", "price_condor", "expected_move", "probability_of_touch", "price_option", "size_hedge",
)  # fmt: skip
_REGIME = (
    r"\bregime\b|\brules?\b|\bstand(?:ing)? aside\b|\blayers?\b|\bshould (?:i|we)\b|\bgood time\b"
)
_UNLESS: Mapping[tuple[str, str], str] = {
    **dict.fromkeys(((tool, "check_regime") for tool in _CALCULATED_FROM_VIX), _REGIME),
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
