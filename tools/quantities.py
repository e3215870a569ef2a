"""The quantities that the tools take and give: one name, one unit, one set of bounds for each.

A function says `spot: Spot`; the `Quantity` behind that name checks the value, describes it in the
JSON Schema that HTTP, agents and the command line show, and names its unit. Nothing here computes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Annotated, Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

from tools.errors import FieldProblem, ToolInputError

MULTIPLIER = 100
"""US dollars a point for one SPX, SPXW or VIX option contract."""

DAYS_PER_YEAR = 365.0
"""Calendar days in the year that turns `days` into years to expiration."""

Number: TypeAlias = float | NDArray[np.float64]
"""A scalar, or in the functions that broadcast an array of any one shape."""


@dataclass(frozen=True)
class Quantity:
    """A number with a unit and bounds; `check` hands back a float, or an array where allowed."""

    description: str
    unit: str
    above: float | None = None
    at_least: float | None = None
    below: float | None = None
    at_most: float | None = None
    hint: str | None = None
    whole: bool = False

    @property
    def allowed(self) -> str:
        """The bounds in words: 'a number above 0 [index points]'."""
        bounds = [
            f"{word} {limit:g}"
            for word, limit in (
                ("above", self.above),
                ("at least", self.at_least),
                ("below", self.below),
                ("at most", self.at_most),
            )
            if limit is not None
        ]
        kind = "a whole number" if self.whole else "a finite number"
        return f"{kind} {' and '.join(bounds)} [{self.unit}]".replace("  ", " ")

    def check(self, field: str, value: object, *, broadcast: bool = False) -> Number:
        """Return the value as a float (or float array), or raise `ToolInputError` naming `field`."""
        if isinstance(value, Real) and not isinstance(value, bool | np.bool_):
            number = float(value)
            if not math.isfinite(number) or not self._within(number):
                raise self._refuse(field, value)
            return number
        if broadcast and isinstance(value, np.ndarray | pd.Series | list | tuple):
            return self._check_array(field, value)
        raise self._refuse(field, value)

    def _check_array(self, field: str, value: object) -> NDArray[np.float64]:
        try:
            array = np.asarray(value)
        except ValueError:
            raise self._refuse(field, value) from None
        if array.dtype.kind not in "iuf":
            raise self._refuse(field, value)
        numbers = array.astype(np.float64, copy=False)
        good = np.isfinite(numbers)
        for limit, compare in (
            (self.above, np.greater),
            (self.at_least, np.greater_equal),
            (self.below, np.less),
            (self.at_most, np.less_equal),
        ):
            if limit is not None:
                good &= compare(numbers, limit)
        if self.whole:
            good &= numbers == np.floor(numbers)
        if not good.all():
            where = tuple(int(i) for i in np.argwhere(~good)[0])
            place = "" if not where else f"[{', '.join(map(str, where))}]"
            raise self._refuse(f"{field}{place}", float(numbers[where]))
        return numbers

    def _within(self, number: float) -> bool:
        return (
            (self.above is None or number > self.above)
            and (self.at_least is None or number >= self.at_least)
            and (self.below is None or number < self.below)
            and (self.at_most is None or number <= self.at_most)
            and (not self.whole or number == math.floor(number))
        )

    def _refuse(self, field: str, value: object) -> ToolInputError:
        return ToolInputError([FieldProblem(field, value, self.allowed, self.hint)])

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Let pydantic describe the quantity; the tools themselves call `check`."""
        return core_schema.any_schema()

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The JSON Schema of one number with its unit and bounds."""
        described: dict[str, Any] = {
            "type": "integer" if self.whole else "number",
            "description": f"{self.description} [{self.unit}]",
            "x-unit": self.unit,
        }
        for key, limit in (
            ("exclusiveMinimum", self.above),
            ("minimum", self.at_least),
            ("exclusiveMaximum", self.below),
            ("maximum", self.at_most),
        ):
            if limit is not None:
                described[key] = limit
        return described


@dataclass(frozen=True)
class History:
    """A series of numbers over time, oldest first; `check` hands back a float `pandas.Series`."""

    description: str
    unit: str
    above: float | None = None

    @property
    def allowed(self) -> str:
        """What may be handed over, in words."""
        bound = "" if self.above is None else f" above {self.above:g}"
        return f"a list, array or Series of finite numbers{bound}, oldest first [{self.unit}]"

    def check(self, field: str, value: object) -> pd.Series:
        """Return the value as a float Series with its index kept, or raise `ToolInputError`."""
        if not isinstance(value, list | tuple | np.ndarray | pd.Series | Mapping) or (
            isinstance(value, np.ndarray) and value.ndim != 1
        ):
            raise ToolInputError.of(field, value, self.allowed)
        try:
            series = pd.Series(value)
            if series.dtype.kind not in "iuf":
                raise TypeError
            series = series.astype(float)
        except (TypeError, ValueError):
            raise ToolInputError.of(field, value, self.allowed) from None
        bad = ~np.isfinite(series.to_numpy())
        if self.above is not None:
            bad |= series.to_numpy() <= self.above
        if bad.any():
            position = int(np.argmax(bad))
            raise ToolInputError.of(
                f"{field}[{position}]", float(series.iloc[position]), self.allowed
            )
        return series

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Let pydantic describe the series; the tools themselves call `check`."""
        return core_schema.any_schema()

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The JSON Schema of a list of numbers."""
        return {
            "type": "array",
            "items": {"type": "number"},
            "description": f"{self.description}, oldest first [{self.unit}]",
            "x-unit": self.unit,
        }


_DECIMAL = "It is a decimal: 0.16 is 16 %."

Spot = Annotated[Number, Quantity("Index level, or the future for Black-76", "points", above=0)]
Strike = Annotated[Number, Quantity("Strike of the option", "points", above=0)]
Days = Annotated[Number, Quantity("Calendar days to expiration", "days", above=0, at_most=36500)]
Volatility = Annotated[
    Number,
    Quantity("Annualized implied volatility", "decimal", above=0, at_most=50, hint=_DECIMAL),
]
Rate = Annotated[
    Number,
    Quantity(
        "Continuously compounded interest rate a year", "decimal", above=-1, below=10, hint=_DECIMAL
    ),
]
DividendYield = Annotated[
    Number,
    Quantity(
        "Continuously compounded dividend yield a year",
        "decimal",
        above=-1,
        below=10,
        hint=_DECIMAL,
    ),
]
Credit = Annotated[Number, Quantity("Net credit received for the position", "points", above=0)]
Width = Annotated[Number, Quantity("Distance between the strikes of one side", "points", above=0)]
Fees = Annotated[Number, Quantity("Fees and commissions of the position", "points", at_least=0)]
Price = Annotated[Number, Quantity("Price of the option", "points", at_least=0)]
Contracts = Annotated[
    Number, Quantity("Number of contracts", "contracts", at_least=1, at_most=1e9, whole=True)
]
VolatilityIndex = Annotated[
    float, Quantity("Level of a volatility index such as VIX", "points", above=0, below=1000)
]
UsDollars = Annotated[float, Quantity("Amount of money", "US dollars")]
IndexHistory = Annotated[pd.Series, History("Daily closing levels", "points", above=0)]
