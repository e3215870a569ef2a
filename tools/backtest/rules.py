"""What a backtest trades by: entry, exit, roll, costs, hedge, and the smile of volatility.

Each is a frozen record that checks itself when it is made, so a rule that exists can be used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, Final, TypeVar

from tools.errors import FieldProblem, ToolInputError
from tools.quantities import Quantity

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday")
FREQUENCIES: Final = ("day", "week", "month", "third friday", *WEEKDAYS)
BREACHES: Final = ("short strike", "break-even")
ROLL_TRIGGERS: Final = (*BREACHES, "days left")
CLOCKS: Final = ("trading", "calendar")
DEFAULT_DELTA: Final = 0.16

Rule = TypeVar("Rule")

_WING = Quantity("Distance from short to long", "points", above=0, at_most=1e6)
_DELTA = Quantity("Size of delta", "per point", above=0, below=0.5, hint="0.16 is a 16-delta.")
_MONEY = Quantity("Amount of money", "US dollars", at_least=0, at_most=1e6)
_POINTS = Quantity("Slippage", "points", at_least=0, at_most=100)
_SHARE = Quantity("Part of the account", "decimal", above=0, at_most=1, hint="0.02 is 2 %.")
_COUNT = Quantity("Contracts", "contracts", at_least=1, at_most=1e9, whole=True)


@dataclass(frozen=True)
class CondorEntry:
    """When a condor is opened and with which strikes; all at the day's close.

    days: Calendar days to expiration; the expiration is the last exchange day on or before that.
    short_delta: Size of the delta of both shorts; the rule unless one of the next two is given.
    expected_move_multiple: Instead: shorts as many expected moves (spot x iv x root(T)) away.
    target_credit: Instead: shorts of like delta whose condor is worth that much [points].
    credit_to_width: Instead: the same, worth that part of the width [decimal].
    wing_width: Distance from short to long [points], a multiple of strike_step.
    wing_fraction: Instead of wing_width: that distance as a decimal of the index, to the step.
    long_delta: Instead of wing_width: size of the delta of the longs.
    strike_step: Distance between listed strikes [points].
    every: 'day', 'week' or 'month' (its first day in the history), a weekday such as 'friday', or
        'third friday', which also expires on the third Friday nearest to `days` away.
    max_open: Most condors open at once; none means no limit.
    """

    days: int = 45
    short_delta: float = DEFAULT_DELTA
    expected_move_multiple: float | None = None
    target_credit: float | None = None
    credit_to_width: float | None = None
    wing_width: float = 25.0
    wing_fraction: float | None = None
    long_delta: float | None = None
    strike_step: float = 5.0
    every: str = "week"
    max_open: int | None = None

    def __post_init__(self) -> None:
        _check(
            self,
            "entry",
            {
                "days": Quantity("Days", "days", at_least=1, at_most=365, whole=True),
                "short_delta": _DELTA,
                "expected_move_multiple": Quantity("Moves", "expected moves", above=0, at_most=6),
                "target_credit": Quantity("Credit", "points", above=0, at_most=1e6),
                "credit_to_width": Quantity("Credit", "decimal of the width", above=0, below=1,
                                            hint="0.2 is 20 % of the width."),
                "wing_width": _WING,
                "wing_fraction": Quantity("Distance", "decimal of the index", above=0, at_most=0.5,
                                          hint="0.01 is 1 % of the index."),
                "long_delta": _DELTA,
                "strike_step": Quantity("Step", "points", above=0, at_most=1e5),
                "max_open": Quantity("Open condors", "condors", at_least=1, at_most=1e6,
                                     whole=True),
            },
        )  # fmt: skip
        if self.every not in FREQUENCIES:
            raise ToolInputError.of("entry.every", self.every, f"one of {', '.join(FREQUENCIES)}")
        given = [
            name
            for name, used in (
                ("short_delta", self.short_delta != DEFAULT_DELTA),
                ("expected_move_multiple", self.expected_move_multiple is not None),
                ("target_credit", self.target_credit is not None),
                ("credit_to_width", self.credit_to_width is not None),
            )
            if used
        ]
        if len(given) > 1:
            raise ToolInputError.of(
                f"entry.{given[1]}", getattr(self, given[1]), f"left out beside {given[0]}",
                "One rule chooses the shorts.",
            )  # fmt: skip
        if self.wing_fraction is not None and self.long_delta is not None:
            raise ToolInputError.of(
                "entry.wing_fraction", self.wing_fraction, "left out beside long_delta"
            )
        steps = self.wing_width / self.strike_step
        by_width = self.long_delta is None and self.wing_fraction is None
        if by_width and abs(steps - round(steps)) > 1e-9:
            raise ToolInputError.of(
                "entry.wing_width", self.wing_width, f"a multiple of strike_step {self.strike_step}"
            )
        if self.credit_to_width is not None and self.long_delta is not None:
            raise ToolInputError.of(
                "entry.credit_to_width", self.credit_to_width, "left out beside long_delta",
                "The width has to be known.",
            )  # fmt: skip
        by_delta = self.expected_move_multiple is None and self.target_credit is None
        if self.long_delta is not None and by_delta and self.long_delta >= self.short_delta:
            raise ToolInputError.of(
                "entry.long_delta", self.long_delta, f"below short_delta {self.short_delta}"
            )


@dataclass(frozen=True)
class CondorExit:
    """When a condor is closed before expiration; judged at each close after the entry, at mid.

    profit_target: Part of the credit that is earned [decimal]; 0.5 closes at half the credit.
    stop_multiple: Closes when buying back costs this many credits; 2 is a loss of one credit.
    days_left: Closes when so many calendar days, or fewer, are left.
    breach: Closes when the index closes at or beyond a 'short strike', or a 'break-even'.
    """

    profit_target: float | None = None
    stop_multiple: float | None = None
    days_left: int | None = None
    breach: str | None = None

    def __post_init__(self) -> None:
        _check(
            self,
            "exit",
            {
                "profit_target": Quantity("Part of the credit", "decimal", above=0, below=1,
                                          hint="0.5 is half the credit."),
                "stop_multiple": Quantity("Multiple", "credits", above=1, at_most=100,
                                          hint="2 closes when the condor costs twice its credit."),
                "days_left": Quantity("Days", "days", at_least=1, at_most=364, whole=True),
            },
        )  # fmt: skip
        if self.breach is not None and self.breach not in BREACHES:
            raise ToolInputError.of("exit.breach", self.breach, f"one of {', '.join(BREACHES)}")


@dataclass(frozen=True)
class CondorRoll:
    """When an open condor is closed and a new one opened at the same close (Time-Shifting).

    when: 'short strike' (the close lies at or beyond a short strike), 'break-even' (at or beyond a
        break-even of the entry), or 'days left'.
    days: Calendar days to expiration of the new condor; its strikes follow the entry's rule.
    days_left: For 'days left': rolled when so many calendar days, or fewer, are left.
    most: Most rolls of one condor; the number of contracts stays the same.
    """

    when: str = "short strike"
    days: int = 45
    days_left: int | None = None
    most: int = 1

    def __post_init__(self) -> None:
        _check(
            self,
            "roll",
            {
                "days": Quantity("Days", "days", at_least=1, at_most=365, whole=True),
                "days_left": Quantity("Days", "days", at_least=1, at_most=364, whole=True),
                "most": Quantity("Rolls", "rolls", at_least=1, at_most=20, whole=True),
            },
        )
        if self.when not in ROLL_TRIGGERS:
            raise ToolInputError.of("roll.when", self.when, f"one of {', '.join(ROLL_TRIGGERS)}")
        if (self.when == "days left") != (self.days_left is not None):
            raise ToolInputError.of(
                "roll.days_left", self.days_left, "given with when='days left', and only with it"
            )
        if self.days_left is not None and self.days_left >= self.days:
            raise ToolInputError.of("roll.days_left", self.days_left, f"below days {self.days}")


@dataclass(frozen=True)
class TradingCosts:
    """What trading costs: commissions and fees [US dollars] and slippage [points], a leg.

    An option that is left to expire costs nothing. The defaults are this project's assumption for a
    retail account that trades SPX: set your own. `slippage_of_index` is further slippage as a
    decimal of the index (0.00002 is a tenth of a point at 5000), for histories over which the index
    has grown manyfold.
    """

    commission_usd: float = 1.50
    slippage: float = 0.10
    vix_slippage: float = 0.03
    slippage_of_index: float = 0.0

    def __post_init__(self) -> None:
        _check(
            self,
            "costs",
            {
                "commission_usd": _MONEY,
                "slippage": _POINTS,
                "vix_slippage": _POINTS,
                "slippage_of_index": Quantity("Slippage", "decimal", at_least=0, at_most=0.01),
            },
        )


@dataclass(frozen=True)
class VixCallHedge:
    """One layer of VIX calls, bought whenever it holds none; several layers are a list of these.

    days: The monthly VIX expiration nearest to so many calendar days away is bought.
    strike_above: Strike [points] above the VIX future of that expiration, to the half point.
    delta: Instead: the strike with this Black-76 delta.
    contracts: Calls each time; or
    budget_share: part of the account that each purchase costs [decimal], in whole contracts.
    iv: Assumed 30-day volatility of VIX options [decimal] on days without a `vvix`.
    days_left: Sold when so many calendar days, or fewer, are left; none keeps to settlement.
    take_profit: Sold when worth this many times what was paid.
    ratio_from: Bought only on days with VIX / VIX3M at or above this; days without VIX3M do not.
    ratio_below: Bought only on days with VIX / VIX3M below this.
    name: What the report calls the layer.
    """

    days: int = 45
    strike_above: float = 5.0
    delta: float | None = None
    contracts: int | None = None
    budget_share: float | None = None
    iv: float = 0.90
    days_left: int | None = None
    take_profit: float | None = None
    ratio_from: float | None = None
    ratio_below: float | None = None
    name: str = "VIX calls"

    def __post_init__(self) -> None:
        ratio = Quantity("VIX / VIX3M", "ratio", above=0, at_most=5)
        _check(
            self,
            "hedge",
            {
                "days": Quantity("Days", "days", at_least=7, at_most=210, whole=True),
                "strike_above": Quantity("Distance", "points", at_least=0, at_most=100),
                "delta": Quantity("Delta", "per point", above=0, below=0.9),
                "contracts": _COUNT,
                "budget_share": _SHARE,
                "iv": Quantity("Volatility", "decimal", at_least=0.1, at_most=5),
                "days_left": Quantity("Days", "days", at_least=1, at_most=200, whole=True),
                "take_profit": Quantity("Multiple", "times the price", above=1, at_most=1000),
                "ratio_from": ratio,
                "ratio_below": ratio,
            },
        )
        if (self.contracts is None) == (self.budget_share is None):
            raise ToolInputError.of(
                "hedge.contracts", self.contracts, "given, or budget_share given, but not both"
            )
        if self.days_left is not None and self.days_left >= self.days:
            raise ToolInputError.of("hedge.days_left", self.days_left, f"below days {self.days}")
        if not isinstance(self.name, str) or not self.name.strip():
            raise ToolInputError.of("hedge.name", self.name, "a few words")


@dataclass(frozen=True)
class SmileModel:
    """Volatility over strikes: iv = atm (1 + s z + curvature z^2), z = ln(strike / forward) / sd.

    sd is atm x root(years to expiration), and s = slope x (days / 30)^(1/4), z kept within -10 and
    2.5, iv at least 0.3 atm.

    slope: None fits it each day to that day's SKEW index (column `skew`), so that options of this
        smile give that SKEW; a number holds it fixed over the whole history.
    curvature: Held fixed; an assumption.
    vix_to_atm: None divides each volatility index by what options of this smile make of it; a
        number is used instead.
    usual_slope: The slope on days without a SKEW; an assumption.
    short_end: Factor on the volatility at nine days and fewer, straight over log days to 1 at
        thirty. 1 trusts the indices; on the chain of 2023-09-14 it would have been about 0.85.
    clock: 'trading' lets variance pass on exchange days only, so that an option over a weekend is
        not worth more than one over a night; 'calendar' lets it pass every day.

    The curvature is the one that comes nearest to two SPX chains at 30 and 43 days, of 2022-06-10
    (SKEW 121.6) and 2023-09-14 (144.3). With it the fitted volatilities of strikes within two
    deviations are 4 to 5 % of the one at the money away from the quoted ones (root mean square);
    calls come out 3 to 5 % too dear on the first day and 4 to 7 % too cheap on the second.
    """

    slope: float | None = None
    curvature: float = 0.0175
    vix_to_atm: float | None = None
    usual_slope: float = -0.12
    clock: str = "trading"
    short_end: float = 1.0

    def __post_init__(self) -> None:
        slope = Quantity("Slope", "a deviation", at_least=-0.3, at_most=0.3)
        _check(
            self,
            "smile",
            {
                "slope": slope,
                "curvature": Quantity("Curvature", "a deviation", at_least=0, at_most=0.05),
                "vix_to_atm": Quantity("Ratio", "ratio", at_least=0.8, at_most=1.6),
                "usual_slope": slope,
                "short_end": Quantity("Factor", "ratio", at_least=0.5, at_most=1.5),
            },
        )
        if self.clock not in CLOCKS:
            raise ToolInputError.of("smile.clock", self.clock, f"one of {', '.join(CLOCKS)}")


def made(kind: type[Rule], field: str, value: object) -> Rule:
    """The record itself, or one made of a mapping of its fields."""
    if isinstance(value, kind):
        return value
    names = [one.name for one in fields(kind)]  # type: ignore[arg-type]
    if not isinstance(value, Mapping):
        raise ToolInputError.of(field, value, f"a {kind.__name__}, or a mapping of its fields")
    unknown = [name for name in value if name not in names]
    if unknown:
        raise ToolInputError.of(
            f"{field}.{unknown[0]}", value[unknown[0]], f"one of {', '.join(names)}"
        )
    return kind(**value)


def _check(rule: Any, place: str, bounds: Mapping[str, Quantity]) -> None:
    problems: list[FieldProblem] = []
    for field in fields(rule):
        value = getattr(rule, field.name)
        optional = field.default is None and field.default is not MISSING
        if field.name in bounds and not (value is None and optional):
            try:
                bounds[field.name].check(f"{place}.{field.name}", value)
            except ToolInputError as error:
                problems.extend(error.problems)
    if problems:
        raise ToolInputError(problems)


FLAT_SMILE: Final = SmileModel(0.0, 0.0, 1.0, 0.0, "calendar")
"""One volatility for all strikes and days, equal to the one of the history."""
