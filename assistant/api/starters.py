"""Questions to start with: a set for a newcomer, and another for each regime of volatility."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from assistant.answers.record import Answer

LOOK_BACK_ANSWERS = 50
"""How many answers back a regime check still says something about now."""


class Starter(NamedTuple):
    """A question, and one word on what it asks for."""

    kind: str
    question: str


class Regime(NamedTuple):
    """A regime: its label, what it says about the wings, when that was found, and by whom."""

    label: str
    wings: str
    moment: dt.datetime
    origin: str


NEWCOMER = (
    Starter("Basics", "What is an SPX iron condor?"),
    Starter("Price", "Price a 30-day SPX iron condor: spot 5800, puts 5450/5500, calls 6050/6100, "
                     "IV 16 %, rate 4.5 %, dividend yield 1.3 %"),
    Starter("Rule", "Why should the credit be 15-25 % of the spread width?"),
    Starter("Hedge", "What is the Adaptive Layered VIX Hedge?"),
    Starter("Regime", "VIX is 22 and VIX3M is 20.5. Is this a regime to sell condors in?"),
    Starter("Idea", "How does the always-on nature of AMM smart contracts relate to running 24/7 "
                    "VIX hedges or SPX iron condors?"),
)  # fmt: skip

BY_WINGS = {
    "tighten": (
        Starter("Credit", "How thin may the credit of an iron condor be?"),
        Starter("Range", "What is the expected move of SPX at 5800 with IV 11 % over 30 days?"),
        Starter("Hedge", "What does a VIX hedge cost when volatility is low?"),
    ),
    "hold": (
        Starter("Strikes", "How do I choose the strikes of an iron condor?"),
        Starter("Odds", "What is the difference between probability of profit, probability of "
                        "touch and delta?"),
        Starter("Size", "How large should a condor position be for a $100,000 account?"),
    ),
    "widen": (
        Starter("Strikes", "How far out should the short strikes go when VIX rises?"),
        Starter("Stress", "How do I stress test an iron condor?"),
        Starter("Hedge", "How are VIX calls rolled between the layers of the hedge?"),
    ),
    "stand aside": (
        Starter("Entry", "When is it time to sell condors again after a VIX spike?"),
        Starter("Exit", "When should I exit a losing condor?"),
        Starter("Roll", "When does rolling a threatened condor make sense?"),
    ),
}  # fmt: skip


def regime_now(decisions: Iterable[Mapping[str, Any]], answers: Iterable[Answer]) -> Regime | None:
    """The newer of two findings: the watch's last decision, and the reader's own last check.

    Both come latest first; a decision has `regime`, `wings` and `moment`.
    """
    found = [*_decided(decisions), *_checked(answers)]
    return max(found, key=lambda regime: regime.moment, default=None)


def _decided(decisions: Iterable[Mapping[str, Any]]) -> Iterator[Regime]:
    for one in decisions:
        if one.get("regime") and one.get("wings") in BY_WINGS:
            moment = one["moment"]
            if not isinstance(moment, dt.datetime):
                moment = dt.datetime.fromisoformat(str(moment))
            yield Regime(str(one["regime"]), str(one["wings"]), _utc(moment), "today's signals")
            return


def _checked(answers: Iterable[Answer]) -> Iterator[Regime]:
    for answer in answers:
        for calculation in reversed(answer.calculations):
            found = calculation.result if calculation.tool == "check_regime" else None
            if isinstance(found, dict) and found.get("wings") in BY_WINGS:
                label, wings = str(found.get("label", "")), str(found["wings"])
                yield Regime(label, wings, _utc(answer.created_at), "your last check")
                return


def _utc(moment: dt.datetime) -> dt.datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
