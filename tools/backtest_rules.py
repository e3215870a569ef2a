"""What a backtest trades by: entry, exit, costs, hedge, and the assumed smile of volatility.

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
    wing_width: Distance from short to long [points], a multiple of strike_step.
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
    wing_width: float = 25.0
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
                "wing_width": _WING,
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
            )
            if used
        ]
        if len(given) > 1:
            raise ToolInputError.of(
                f"entry.{given[1]}", getattr(self, given[1]), f"left out beside {given[0]}",
                "One rule chooses the shorts.",
            )  # fmt: skip
        steps = self.wing_width / self.strike_step
        if self.long_delta is None and abs(steps - round(steps)) > 1e-9:
            raise ToolInputError.of(
                "entry.wing_width", self.wing_width, f"a multiple of strike_step {self.strike_step}"
            )
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
    """

    profit_target: float | None = None
    stop_multiple: float | None = None
    days_left: int | None = None

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


@dataclass(frozen=True)
class TradingCosts:
    """What trading costs: commissions and fees [US dollars] and slippage [points], a leg.

    An option that is left to expire costs nothing. The defaults are this project's assumption for a
    retail account that trades SPX: set your own.
    """

    commission_usd: float = 1.50
    slippage: float = 0.10
    vix_slippage: float = 0.03

    def __post_init__(self) -> None:
        _check(
            self,
            "costs",
            {"commission_usd": _MONEY, "slippage": _POINTS, "vix_slippage": _POINTS},
        )


@dataclass(frozen=True)
class VixCallHedge:
    """VIX calls bought whenever none is held, and kept to their settlement.

    days: The monthly VIX expiration nearest to so many calendar days away is bought.
    strike_above: Strike [points] above the VIX future of that expiration, to the half point.
    delta: Instead: the strike with this Black-76 delta.
    contracts: Calls each time; or
    budget_share: part of the account that each purchase costs [decimal], in whole contracts.
    iv: Assumed volatility of VIX options [decimal] on days without a `vvix`.
    """

    days: int = 45
    strike_above: float = 5.0
    delta: float | None = None
    contracts: int | None = None
    budget_share: float | None = None
    iv: float = 0.90

    def __post_init__(self) -> None:
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
            },
        )
        if (self.contracts is None) == (self.budget_share is None):
            raise ToolInputError.of(
                "hedge.contracts", self.contracts, "given, or budget_share given, but not both"
            )


@dataclass(frozen=True)
class SmileModel:
    """Volatility over strikes: iv = atm (1 + s z + curvature z^2), z = ln(strike / forward) / sd.

    sd is atm x root(years to expiration), and s = slope x (days / 30)^(1/4), z kept within -4 and
    2.5. `vix_to_atm` turns the VIX, which weighs the dear puts, into at-the-money volatility.

    The defaults are round numbers near what two SPX chains of 2022-06-10 and 2023-09-14 show
    (slopes -0.15 and -0.17 at 30 days, curvatures 0.00 and 0.05, ratios 1.08 and 1.20), held fixed
    over the whole history: they are an assumption, not a fit to the days that are traded.
    """

    slope: float = -0.17
    curvature: float = 0.02
    vix_to_atm: float = 1.10

    def __post_init__(self) -> None:
        _check(
            self,
            "smile",
            {
                "slope": Quantity("Slope", "a deviation", at_least=-0.3, at_most=0.3),
                "curvature": Quantity("Curvature", "a deviation", at_least=0, at_most=0.2),
                "vix_to_atm": Quantity("Ratio", "ratio", at_least=0.8, at_most=1.6),
            },
        )


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


FLAT_SMILE: Final = SmileModel(0.0, 0.0, 1.0)
"""One volatility for all strikes, equal to the one of the history."""
