"""How well the check works: answers with one numeral changed have to be refused, others not.

Questions are made at random over the tools that the chat serves and over the library; each answer
is checked as it is, and with one of its numerals changed: a digit, the sign, the unit, percent for
fraction, or the value of another field. The numerals are found by a pattern of this module, not by
the one that the check uses. A change counts only if it makes the text false: one that shows the
same quantity at the precision of either is left out, and so is one in a name or a citation mark.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel

from assistant.answers.record import Answer
from assistant.assistant import Assistant
from assistant.evidence import Evidence
from assistant.grounding import check

CAUGHT = 0.995
REFUSED = 0.005
"""What has to be reached: at least so many changed answers caught, at most so many others refused."""

Kind = Literal["digit", "sign", "unit", "percent for fraction", "swapped field"]
KINDS: tuple[Kind, ...] = ("digit", "sign", "unit", "percent for fraction", "swapped field")

_SHOWN = re.compile(
    r"(?<![\w.,$%])(?P<sign>[-−])?(?P<dollar>\$)?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<unit>\s?%|[ -](?:points?|days?|contracts?|weeks?)\b)?(?![\w]|[.,]\d)"
)
_NO_QUANTITY = re.compile(
    r"\[\d{1,3}\]|\]\([^)]*\)|S&P 500|Black-76|24/7|Section 1256|Form 6781|Russell 2000"
    r"|\d{4}-\d\d-\d\d|\d{1,2}:\d\d|^\s*\d+[.)]\s|x\*y=k|P/E|(?i:EIP|ERC)-\d+",
    re.MULTILINE,
)


class Failure(BaseModel):
    """A changed answer that passed, or an unchanged one that was refused."""

    question: str
    kind: str
    was: str
    became: str
    text: str


class Altered(BaseModel):
    """The measure, with every failure in full."""

    answers: int
    numerals: int
    altered: int
    caught: int
    refused: int
    by_kind: dict[str, tuple[int, int]]
    """Of each kind: caught, of so many."""
    missed: list[Failure]
    refusals: list[Failure]

    @property
    def caught_share(self) -> float:
        """The share of changed answers that the check refuses."""
        return self.caught / self.altered if self.altered else 0.0

    @property
    def refused_share(self) -> float:
        """The share of unchanged answers that it refuses."""
        return self.refused / self.answers if self.answers else 1.0

    @property
    def reached(self) -> bool:
        """Whether both are good enough."""
        return self.caught_share >= CAUGHT and self.refused_share <= REFUSED


def measure_altered(
    assistant: Assistant,
    n: int,
    seed: int = 0,
    refuse: Callable[[str, Answer], list[str]] | None = None,
) -> Altered:
    """Change a numeral in each of `n` answers; about `n` / 3 questions are asked for them."""
    chance = random.Random(seed)
    refuse = refuse or unsupported
    missed: list[Failure] = []
    refusals: list[Failure] = []
    tried: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    answers = numerals = 0
    for question in questions(assistant, chance):
        if sum(tried.values()) >= n:
            break
        answer = assistant.ask(question)
        spots = list(_spots(answer))
        answers += 1
        numerals += len(spots)
        # The assistant has left out what it refused of its own text; that counts too.
        if problems := [*answer.grounding.withheld, *refuse(answer.text, answer)]:
            refusals.append(
                Failure(
                    question=question, kind="unchanged", was=", ".join(problems), became="",
                    text=answer.text,
                )
            )  # fmt: skip
        changes = [
            change
            for spot in spots
            for change in _changes(spot, answer, spots, chance)
            if not _still_right(change, answer)
        ]
        for kind in KINDS:
            of_kind = [change for change in changes if change[0] == kind]
            if not of_kind or sum(tried.values()) >= n:
                continue
            _, spot, became = chance.choice(of_kind)
            text = answer.text[: spot.start()] + became + answer.text[spot.end() :]
            tried[kind] += 1
            if refuse(text, answer):
                caught[kind] += 1
            else:
                around = answer.text[max(0, spot.start() - 200) : spot.end() + 120]
                missed.append(
                    Failure(
                        question=question, kind=kind, was=spot.group(), became=became, text=around
                    )
                )
    return Altered(
        answers=answers,
        numerals=numerals,
        altered=sum(tried.values()),
        caught=sum(caught.values()),
        refused=len(refusals),
        by_kind={kind: (caught[kind], tried[kind]) for kind in KINDS},
        missed=missed,
        refusals=refusals,
    )


def unsupported(text: str, answer: Answer) -> list[str]:
    """What the check finds in a text that stands in the place of an answer's."""
    evidence = Evidence(answer.question, calculations=list(answer.calculations))
    return check(text, evidence, answer.citations, answer.suggestions).unsupported


def _spots(answer: Answer) -> Iterator[re.Match[str]]:
    """The numerals of an answer that state a quantity."""
    idle = [match.span() for match in _NO_QUANTITY.finditer(answer.text)]
    for suggestion in answer.suggestions:
        start = answer.text.find(suggestion)
        while start >= 0:
            idle.append((start, start + len(suggestion)))
            start = answer.text.find(suggestion, start + 1)
    for match in _SHOWN.finditer(answer.text):
        if not any(low < match.end() and match.start() < high for low, high in idle):
            yield match


Change = tuple[Kind, re.Match[str], str]


def _changes(
    spot: re.Match[str], answer: Answer, spots: list[re.Match[str]], chance: random.Random
) -> Iterator[Change]:
    sign, dollar, digits = spot["sign"] or "", spot["dollar"] or "", spot["digits"]
    unit = spot["unit"] or ""
    joined = answer.text[max(0, spot.start() - 1) : spot.start()] in ("-", "–", "/")
    yield "digit", spot, f"{sign}{dollar}{_other_digit(digits, chance)}{unit}"
    if not joined and float(digits.replace(",", "")):
        yield "sign", spot, f"{'' if sign else '-'}{dollar}{digits}{unit}"
    if dollar:
        units = [f"{sign}{digits} points", f"{sign}{digits} %"]
    elif "%" in unit:
        units = [f"{sign}${digits}", f"{sign}{digits} points", f"{sign}{digits} days"]
    elif unit:
        units = [f"{sign}{digits}{unit[0]}%".replace("-%", " %"), f"{sign}${digits}"]
        units += [f"{sign}{digits}{unit[0]}week"] if "day" in unit else []
    else:
        units = [f"{sign}{digits} %", f"{sign}${digits}"]
    shared = re.match(r"\s?(?:-|–|to|and|or)\s?[\d.,]+\s?%", answer.text[spot.end() :])
    if shared:  # '15 %-25 %' says no other than '15-25 %'
        units = [f"{sign}${digits}"]
    if re.match(r"\s?(?:US )?(?:dollars|USD)", answer.text[spot.end() :]):
        units = [each for each in units if "$" not in each]  # '$100 US dollars' says no other
    if units and not joined and float(digits.replace(",", "")):
        yield "unit", spot, chance.choice(units)
    if "%" in unit and float(digits.replace(",", "")):
        hundredth = f"{float(digits.replace(',', '')) / 100:.6f}".rstrip("0").rstrip(".")
        yield "percent for fraction", spot, f"{sign}{hundredth}{unit}"
        # Without its sign, percent is a hundred times what it was.
        yield "percent for fraction", spot, f"{sign}{digits}"
    for became in _of_other_fields(spot, answer, spots):
        yield "swapped field", spot, became


# One quantity on two scales: where the width is 100 points, 25 % of it is 25 points.
_ON_TWO_SCALES = (
    ("ratio", "credit"), ("credit_to_width", "credit"), ("low", "low_credit"),
    ("high", "high_credit"),
)  # fmt: skip
_DEFAULT_TARGET = {"low": 0.15, "high": 0.25}


def _still_right(change: Change, answer: Answer) -> bool:
    """Whether the change only writes the same quantity on its other scale."""
    _, spot, became = change
    was, now = _shown_value(spot.group()), _shown_value(became)
    for calculation in answer.calculations:
        fields = dict(_leaves({**_DEFAULT_TARGET, **calculation.inputs, "": calculation.result}))
        for share, amount in _ON_TWO_SCALES:
            if share in fields and amount in fields:
                pair = {("%", fields[share] * 100), ("", fields[amount])}
                if _shows(was, pair) and _shows(now, pair) and was[0] != now[0]:
                    return True
    return False


def _shown_value(text: str) -> tuple[str, float, int]:
    digits = re.sub(r"[^\d.]", "", text.rstrip("."))
    digits = f"-{digits}" if text.startswith(("-", "−")) else digits
    unit = "%" if "%" in text else "$" if "$" in text else "days" if "day" in text else ""
    return unit, float(digits or "nan"), len(digits.partition(".")[2])


def _shows(shown: tuple[str, float, int], quantities: set[tuple[str, float]]) -> bool:
    unit, value, places = shown
    return any(
        unit == other and abs(value - quantity) <= 0.51 * 10.0**-places
        for other, quantity in quantities
    )


def _other_digit(digits: str, chance: random.Random) -> str:
    places = [n for n, character in enumerate(digits) if character.isdigit()]
    place = chance.choice(places)
    first = place == places[0] and len(places) > 1
    others = [d for d in "0123456789" if d != digits[place] and not (first and d == "0")]
    return digits[:place] + chance.choice(others) + digits[place + 1 :]


def _of_other_fields(
    spot: re.Match[str], answer: Answer, spots: list[re.Match[str]]
) -> Iterator[str]:
    """The values of other fields, written as this one is; and the text's own other numerals."""
    sign, dollar, unit = spot["sign"] or "", spot["dollar"] or "", spot["unit"] or ""
    digits = spot["digits"]
    places = len(digits.partition(".")[2])
    here = float(digits.replace(",", "")) * (-1 if sign else 1)
    fraction = "%" in unit
    values: set[float] = set()
    for calculation in answer.calculations:
        for key, value in _leaves({**calculation.inputs, "": calculation.result}):
            money = key.endswith("_usd")
            if money == bool(dollar):
                values.add(value * 100 if fraction else value)
    for other in spots:
        if other["unit"] == spot["unit"] and other["dollar"] == spot["dollar"]:
            values.add(float(other["digits"].replace(",", "")) * (-1 if other["sign"] else 1))
    for value in sorted(values):
        shown = (
            f"{abs(value):,.{places}f}" if "," in digits or dollar else f"{abs(value):.{places}f}"
        )
        # The same at the precision of either is the same quantity.
        if abs(float(shown.replace(",", "")) - abs(here)) <= 10.0**-places * 1.01:
            continue
        if fraction and not 0 < abs(value) < 1000:
            continue
        if places == 0 and not float(value).is_integer():
            continue
        yield f"{'-' if value < 0 and float(shown.replace(',', '')) else ''}{dollar}{shown}{unit}"


def _leaves(value: Any, key: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _leaves(item, str(name))
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, key)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield key, float(value)


def questions(assistant: Assistant, chance: random.Random) -> Iterator[str]:
    """Questions without end: two of three over the tools, one over the library."""
    titles = [article.title for article in assistant.corpus.articles.values()]
    terms = [term.term for term in assistant.corpus.terms.values()]
    makers = list(_MAKERS)
    while True:
        yield chance.choice(makers)(chance)
        yield chance.choice(makers)(chance)
        if chance.random() < 0.7:
            yield chance.choice(titles)
        else:
            yield f"{chance.choice(('what is', 'explain', 'define'))} {chance.choice(terms)}?"


def _strikes(chance: random.Random) -> tuple[int, int, int, int, int]:
    spot = chance.randrange(3000, 7500, chance.choice((5, 10, 1)))
    width = chance.choice((5, 10, 20, 25, 30, 50, 75, 100))
    put = round(spot * chance.uniform(0.88, 0.98) / 5) * 5
    call = round(spot * chance.uniform(1.02, 1.10) / 5) * 5
    return spot, put - width, put, call, call + width


def _condor(chance: random.Random) -> str:
    spot, *legs = _strikes(chance)
    days, iv = (
        chance.randrange(1, 90),
        chance.choice((chance.randrange(9, 45), round(chance.uniform(9, 45), 1))),
    )
    rates = chance.choice(
        (
            "",
            f", rate {round(chance.uniform(0.5, 5.5), 2)} %",
            f", dividend yield {round(chance.uniform(0.5, 2), 1)} %",
        )
    )
    lots = chance.choice(("", "", f", {chance.randrange(2, 30)} contracts"))
    strikes = "/".join(map(str, legs))
    return chance.choice(
        (
            f"Price a {days}-day SPX iron condor: spot {spot}, puts {legs[0]}/{legs[1]}, calls {legs[2]}/{legs[3]}, IV {iv} %{rates}{lots}",
            f"what is the {strikes} condor worth with SPX at {spot:,}, {days} DTE and IV at {iv}%?{rates}{lots}",
            f"I want to price the {strikes} iron condor, spot {spot}, {days} days, vol {iv}%{lots}. Greeks, margin and probabilities too please.",
        )
    )  # fmt: skip


def _selected(chance: random.Random) -> str:
    spot = chance.randrange(3000, 7500)
    return chance.choice(
        (
            f"{chance.randrange(5, 31)} delta, {chance.choice((10, 25, 50, 100))} wide, {chance.randrange(5, 75)} DTE, spot {spot}, IV {chance.randrange(10, 40)}",
            f"Pick a {chance.randrange(8, 25)}-delta condor {chance.choice((10, 25, 50))} wide: spot {spot}, IV {chance.randrange(10, 40)} %, {chance.randrange(5, 75)} days",
        )
    )  # fmt: skip


def _credit(chance: random.Random) -> str:
    width = chance.choice((5, 10, 20, 25, 30, 50, 100))
    credit = round(width * chance.uniform(0.03, 0.6), 2)
    return chance.choice(
        (
            f"${credit} on a {width}-wide, is that enough?",
            f"Is a credit of {credit} points on a {width}-point wing thin?",
            f"I collected {credit} on {width} wide wings, in range?",
            f"a {chance.randrange(60, 99)}% win rate with {credit} on {width} wide, do I make money?",
            f"how much should a {width} wide condor collect?",
        )
    )


def _break_even(chance: random.Random) -> str:
    _, *legs = _strikes(chance)
    _, put, call, _ = legs
    credit, lots = round(chance.uniform(0.5, 9), 2), chance.randrange(2, 12)
    strikes = "/".join(map(str, legs))
    return chance.choice(
        (
            f"Where do I break even with short strikes {put} and {call} and a credit of {credit}?",
            f"{strikes} sold for {credit}, {lots} lots: break-evens and worst case?",
            f"What does {strikes} make at {put - chance.randrange(1, 40)} at expiration? Credit {credit}",
        )
    )


def _curve(chance: random.Random) -> str:
    first = round(chance.uniform(12, 40), 1)
    second = round(first * chance.uniform(0.85, 1.2), 1)
    return f"VIX front future {first}, second month {second}: contango?"


def _move(chance: random.Random) -> str:
    spot, days, iv = chance.randrange(3000, 7500), chance.randrange(1, 120), chance.randrange(9, 60)
    return chance.choice(
        (
            f"Expected move for SPX at {spot:,} over {days} days with IV {iv}%?",
            f"how far can the index go in {days} days from {spot} at {iv} vol? expected move please",
        )
    )


def _touch(chance: random.Random) -> str:
    spot, _, put, call, _ = _strikes(chance)
    return (
        f"chance that SPX at {spot} touches {chance.choice((put, call))} in "
        f"{chance.randrange(2, 90)} days at {chance.randrange(10, 40)}% vol"
    )


def _option(chance: random.Random) -> str:
    spot, _, put, call, _ = _strikes(chance)
    kind = chance.choice(("put", "call"))
    strike = put if kind == "put" else call
    return f"Price the {strike} {kind}, spot {spot}, {chance.randrange(2, 120)} days, IV {chance.randrange(10, 40)}%"


def _regime(chance: random.Random) -> str:
    vix = round(chance.uniform(10, 45), chance.choice((0, 1, 2)))
    far = round(vix * chance.uniform(0.8, 1.2), 1)
    near = round(vix * chance.uniform(0.8, 1.25), 1)
    return chance.choice(
        (
            f"VIX is {vix:g} and VIX3M is {far:g}. Is this a regime to sell condors in?",
            f"VIX {vix:g}, VIX9D {near:g}, VIX3M {far:g}, VVIX {chance.randrange(75, 150)}: which regime?",
            f"With the VIX at {vix:g}, should wings be widened?",
        )
    )


def _size(chance: random.Random) -> str:
    account = chance.choice((25000, 50000, 80000, 120000, 250000, 1000000))
    loss = chance.randrange(300, 9000)
    return f"my account is ${account:,}, max loss ${loss:,}, risk {chance.choice((1, 2, 3, 5, 10))}%: how many contracts?"


def _loss(chance: random.Random) -> str:
    ratio = round(chance.uniform(0.2, 6), 2)
    return f"what is the impermanent loss in an AMM pool for a price ratio of {ratio}?"


def _other(chance: random.Random) -> str:
    """Tools that the chat may serve, in one way of asking each."""
    spot, *legs = _strikes(chance)
    strikes = "/".join(map(str, legs))
    flows = [-chance.randrange(500, 2000), *(chance.randrange(100, 900) for _ in range(3))]
    return chance.choice(
        (
            f"Stress the {strikes} condor: spot {spot}, {chance.randrange(10, 60)} days, IV {chance.randrange(10, 35)}%, index down 5%",
            f"Roll my {strikes} condor, {chance.randrange(2, 10)} days left, to the next month for a credit of {round(chance.uniform(0.5, 5), 2)}: spot {spot}, IV {chance.randrange(12, 30)}%",
            f"Hedge a condor loss of ${chance.randrange(2000, 20000):,} under a {chance.randrange(3, 12)}% drop with VIX at {chance.randrange(13, 30)}",
            f"NPV of {', '.join(map(str, flows))} at {chance.randrange(3, 15)}%",
            f"IRR of {', '.join(map(str, flows))}",
            f"WACC with equity {chance.randrange(100, 900)}, debt {chance.randrange(50, 500)}, cost of equity {chance.randrange(7, 14)}%, cost of debt {chance.randrange(3, 7)}%, tax rate {chance.randrange(15, 30)}%",
            f"implied volatility of a {legs[1]} put at {round(chance.uniform(5, 40), 2)} with spot {spot} and {chance.randrange(10, 60)} days",
            f"quick ratio with cash {chance.randrange(10, 90)}, securities {chance.randrange(5, 50)}, receivables {chance.randrange(5, 60)}, current liabilities {chance.randrange(20, 90)}",
            f"Swap {chance.randrange(1, 50)} into a pool with reserves {chance.randrange(500, 2000)} and {chance.randrange(50000, 900000)}",
            f"Payoff of the {strikes} condor at {round(spot * 0.96)}: spot {spot}, {chance.randrange(10, 60)} days, IV {chance.randrange(10, 35)}%",
        )
    )  # fmt: skip


_MAKERS: tuple[Callable[[random.Random], str], ...] = (
    _condor, _condor, _condor, _selected, _selected, _credit, _break_even, _move, _touch, _option,
    _option, _regime, _regime, _size, _loss, _other, _curve,
)  # fmt: skip
