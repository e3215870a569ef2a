"""The quantities that the tools take and give: one name, one unit, one set of bounds for each.

A function says `spot: Spot`; the `Quantity` behind that name checks the value, describes it in the
JSON Schema that HTTP, agents and the command line show, and names its unit. Nothing here computes.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from tools.errors import FieldProblem, ToolInputError

if TYPE_CHECKING:
    import pandas as pd
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import core_schema

    Series: TypeAlias = pd.Series[Any]
    DataFrame: TypeAlias = pd.DataFrame
else:
    # pandas takes longer to import than everything else here together; it is loaded by the first
    # tool that has a series or a table to hand back.
    Series = DataFrame = Any

MULTIPLIER = 100
"""US dollars a point for one SPX, SPXW or VIX option contract."""

DAYS_PER_YEAR = 365.0
"""Calendar days in the year that turns `days` into years to expiration."""

FloatArray: TypeAlias = NDArray[np.float64]

Number: TypeAlias = float | FloatArray
"""A scalar, or in the functions that broadcast an array of any one shape."""


# bool is an int to Python; to a trader a price of True is a mistake.
_BOOLEANS: tuple[type, ...] = (bool, np.bool_)


def is_array(value: object) -> bool:
    """Whether the value is a NumPy array or a pandas Series, looked up without importing pandas."""
    pandas = sys.modules.get("pandas")
    return isinstance(value, np.ndarray) or (
        pandas is not None and isinstance(value, pandas.Series)
    )


class Described:
    """What pydantic asks an annotation for; the tools themselves call `check`."""

    def check(self, field: str, value: object) -> Any:
        """Return the value as the tool wants it, or raise `ToolInputError` naming `field`."""
        raise NotImplementedError

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema of the value."""
        raise NotImplementedError

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Let pydantic describe the value without checking it."""
        from pydantic_core import core_schema

        return core_schema.any_schema()

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Hand over the JSON Schema."""
        return self.json_schema()


@dataclass(frozen=True)
class Quantity(Described):
    """A number with a unit and bounds; `check` hands back a float, or an array where allowed."""

    description: str
    unit: str
    above: float | None = None
    at_least: float | None = None
    below: float | None = None
    at_most: float | None = None
    hint: str | None = None
    whole: bool = False
    or_none: bool = False
    """Of a result: whether there may be no such number; it is NaN in Python and null in JSON."""

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
        """Return the value as a float (or a float array), or raise `ToolInputError`."""
        if isinstance(value, np.ndarray) and value.ndim == 0:
            value = value.item()
        if isinstance(value, Real) and not isinstance(value, _BOOLEANS):
            try:
                number = float(value)
            except OverflowError:
                raise self._refuse(field, value) from None
            if not math.isfinite(number) or not self._within(number, number):
                raise self._refuse(field, value)
            return number
        if broadcast and (isinstance(value, list | tuple) or is_array(value)):
            return self._check_array(field, value)
        raise self._refuse(field, value)

    def _check_array(self, field: str, value: object) -> FloatArray:
        try:
            array = np.asarray(value)
        except ValueError:
            raise self._refuse(field, value) from None
        if array.dtype.kind not in "iuf":
            raise self._refuse(field, value)
        if array.size == 0:
            raise self._refuse(field, value, "The array is empty.")
        numbers = array.astype(np.float64, copy=False)
        # The two ends tell it all, NaN and infinities included, at a third of the cost of masks.
        lowest, highest = float(numbers.min()), float(numbers.max())
        finite = math.isfinite(lowest) and math.isfinite(highest)
        whole = not self.whole or bool((numbers == np.floor(numbers)).all())
        if not finite or not whole or not self._within(lowest, highest):
            for where, number in np.ndenumerate(numbers):
                self.check(f"{field}[{', '.join(map(str, where))}]", float(number))
        return numbers

    def _within(self, lowest: float, highest: float) -> bool:
        return (
            (self.above is None or lowest > self.above)
            and (self.at_least is None or lowest >= self.at_least)
            and (self.below is None or highest < self.below)
            and (self.at_most is None or highest <= self.at_most)
            and (not self.whole or lowest == math.floor(lowest))
        )

    def _refuse(self, field: str, value: object, reason: str | None = None) -> ToolInputError:
        return ToolInputError([FieldProblem(field, value, self.allowed, reason or self.hint)])

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema of one number with its unit and bounds."""
        kind = "integer" if self.whole else "number"
        described: dict[str, Any] = {
            "type": [kind, "null"] if self.or_none else kind,
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
class Each(Described):
    """A fixed number of quantities of one sort, in a named order; `check` hands back a tuple."""

    quantity: Quantity
    names: tuple[str, ...]

    @property
    def allowed(self) -> str:
        """How many, of what, in which order."""
        return f"{len(self.names)} numbers: {', '.join(self.names)}; each {self.quantity.allowed}"

    def check(self, field: str, value: object, *, broadcast: bool = False) -> tuple[Number, ...]:
        """Return the quantities as floats (or float arrays), or raise `ToolInputError`."""
        if not (isinstance(value, list | tuple) or is_array(value)):
            raise ToolInputError.of(field, value, self.allowed)
        parts: tuple[object, ...] = tuple(cast(Sequence[object], value))
        if len(parts) != len(self.names):
            raise ToolInputError.of(field, value, self.allowed)
        return tuple(
            self.quantity.check(f"{field}[{place}]", part, broadcast=broadcast)
            for place, part in enumerate(parts)
        )

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema of the list."""
        return {
            "type": "array",
            "items": self.quantity.json_schema(),
            "minItems": len(self.names),
            "maxItems": len(self.names),
            "description": f"{self.quantity.description}: {', '.join(self.names)}",
        }


@dataclass(frozen=True)
class Numbers(Described):
    """Any number of quantities of one sort, at least one; a tuple stays one, to mean a range."""

    quantity: Quantity

    def check(self, field: str, value: object) -> Sequence[float] | FloatArray:
        """Return the tuple or a float array, or raise `ToolInputError` naming the element."""
        if isinstance(value, range):
            value = list(value)
        if not (isinstance(value, list | tuple) or is_array(value)):
            allowed = f"a list of numbers, each {self.quantity.allowed}"
            raise ToolInputError.of(field, value, allowed, self.quantity.hint)
        numbers = cast(FloatArray, self.quantity.check(field, value, broadcast=True))
        if numbers.ndim != 1:
            raise ToolInputError.of(field, value, "one list of numbers, not lists inside a list")
        return tuple(numbers.tolist()) if isinstance(value, tuple) else numbers

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema of the list."""
        return {"type": "array", "items": self.quantity.json_schema(), "minItems": 1}


@dataclass(frozen=True)
class Choice(Described):
    """One word out of a few; where allowed also an array of such words."""

    description: str
    words: tuple[str, ...]
    hint: str | None = None

    @property
    def allowed(self) -> str:
        """The words, quoted."""
        return " or ".join(repr(word) for word in self.words)

    def check(self, field: str, value: object, *, broadcast: bool = False) -> Any:
        """Return the word (for an array the places of its words), or raise `ToolInputError`."""
        if isinstance(value, str) and value in self.words:
            return str(value)
        if broadcast and (isinstance(value, list | tuple) or is_array(value)):
            words = np.asarray(value)
            if words.ndim and words.size and words.dtype.kind in "UO":
                if words.dtype.kind == "O" and not all(isinstance(one, str) for one in words.flat):
                    raise ToolInputError.of(field, value, self.allowed, self.hint)
                words = words.astype(np.str_, copy=False)
                places = np.zeros(words.shape, dtype=np.int8)
                known = equal_words(words, self.words[0])
                for place, word in enumerate(self.words[1:], 1):
                    same = equal_words(words, word)
                    places += np.int8(place) * same
                    known |= same
                if known.all():
                    return places
                value = str(words[~known][0])
        raise ToolInputError.of(field, value, self.allowed, self.hint)

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema of the words."""
        return {"type": "string", "enum": list(self.words), "description": self.description}


def equal_words(words: NDArray[np.str_], word: str) -> NDArray[np.bool_]:
    """Where the array of text holds `word`.

    Text arrays are compared two characters at a time, as 64-bit integers: NumPy's own comparison of
    text takes longer for a million words than pricing a million options.
    """
    width = max(words.dtype.itemsize // 4, len(word), 2)
    width += width % 2
    wide = np.ascontiguousarray(words.astype(f"<U{width}", copy=False))
    codes = wide.reshape(-1).view(np.uint64).reshape(-1, width // 2)
    wanted = np.array([word], dtype=f"<U{width}").view(np.uint64)
    same: NDArray[np.bool_] = codes[:, 0] == wanted[0]
    for column in range(1, width // 2):
        same &= codes[:, column] == wanted[column]
    return same.reshape(words.shape)


@dataclass(frozen=True)
class History(Described):
    """A series of numbers over time, oldest first; `check` hands back a float `pandas.Series`."""

    description: str
    unit: str
    above: float | None = None

    @property
    def allowed(self) -> str:
        """What may be handed over, in words."""
        bound = "" if self.above is None else f" above {self.above:g}"
        return f"a list, array or Series of finite numbers{bound}, oldest first [{self.unit}]"

    def check(self, field: str, value: object) -> Series:
        """Return the value as a float Series with its index kept, or raise `ToolInputError`."""
        import pandas as pd

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
        numbers = series.to_numpy()
        bad = ~np.isfinite(numbers)
        if self.above is not None:
            bad |= numbers <= self.above
        if bad.any():
            position = int(np.argmax(bad))
            raise ToolInputError.of(f"{field}[{position}]", float(numbers[position]), self.allowed)
        return series

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema of a list of numbers."""
        return {
            "type": "array",
            "items": {"type": "number"},
            "description": f"{self.description}, oldest first [{self.unit}]",
            "x-unit": self.unit,
        }


@dataclass(frozen=True)
class Warming(Described):
    """A result with one number for each of a history, NaN while an average warms up."""

    description: str
    unit: str

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema of the list; what is NaN in Python is null in JSON."""
        return {
            "type": "array",
            "items": {"type": ["number", "null"]},
            "description": f"{self.description}, oldest first [{self.unit}]",
            "x-unit": self.unit,
        }


@dataclass(frozen=True)
class LocalTime(Described):
    """A moment of a result on a named clock, which JSON carries without an offset."""

    clock: str

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema of the text."""
        return {
            "type": "string",
            "description": f"{self.clock}, as 2024-06-21T09:30:00",
            "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$",
        }


@dataclass(frozen=True)
class Table(Described):
    """A `pandas.DataFrame`; in JSON a list of rows."""

    description: str
    columns: Mapping[str, str]

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema of a list of rows."""
        return {
            "type": "array",
            "description": self.description,
            "items": {
                "type": "object",
                "properties": {name: {"description": said} for name, said in self.columns.items()},
            },
        }


_DECIMAL = "It is a decimal: 0.16 is 16 %."
_HIGHEST_LEVEL = 1e9  # far above any index; keeps the product of two levels far from overflow
_LOWEST_LEVEL = 1e-9

Kind = Annotated[
    str | NDArray[Any], Choice("Kind of the option", ("call", "put"), "Write it in full.")
]
Model = Annotated[
    str,
    Choice(
        "Pricing model; with black76 the spot is the future of the same expiration",
        ("bsm", "black76"),
        "Index options take bsm; VIX options take black76 with the VIX future as spot.",
    ),
]
Spot = Annotated[
    Number,
    Quantity(
        "Index level, or the future for Black-76",
        "points",
        at_least=_LOWEST_LEVEL,
        at_most=_HIGHEST_LEVEL,
    ),
]
Strike = Annotated[
    Number,
    Quantity("Strike of the option", "points", at_least=_LOWEST_LEVEL, at_most=_HIGHEST_LEVEL),
]
Days = Annotated[
    Number, Quantity("Calendar days to expiration", "days", at_least=1e-6, at_most=36500)
]
_VOLATILITY = Quantity("Annualized volatility", "decimal", at_least=1e-6, at_most=8, hint=_DECIMAL)
Volatility = Annotated[Number, _VOLATILITY]
ImpliedVolatility = Annotated[
    Number, Quantity("Annualized volatility that a price implies", "decimal", above=0)
]
"""A result, so without an input's bounds: a price near nothing far from the money implies much."""
LegVolatilities = Annotated[
    tuple[Number, ...], Each(_VOLATILITY, ("put_long", "put_short", "call_short", "call_long"))
]
Rate = Annotated[
    Number,
    Quantity(
        "Continuously compounded interest rate a year",
        "decimal",
        at_least=-0.5,
        at_most=1,
        hint="It is a decimal: 0.045 is 4.5 %.",
    ),
]
DividendYield = Annotated[
    Number,
    Quantity(
        "Continuously compounded dividend yield a year",
        "decimal",
        at_least=-0.5,
        at_most=1,
        hint="It is a decimal: 0.013 is 1.3 %.",
    ),
]
Credit = Annotated[Number, Quantity("Net credit received for the position", "points", above=0)]
MarketCredit = Annotated[
    Number, Quantity("Net credit that the market pays for the condor", "points", at_least=0)
]
Width = Annotated[Number, Quantity("Distance between the strikes of one side", "points", above=0)]
Fees = Annotated[Number, Quantity("Fees and commissions of the position", "points", at_least=0)]
Price = Annotated[Number, Quantity("Price of the option", "points", at_least=0)]
Contracts = Annotated[
    Number, Quantity("Number of contracts", "contracts", at_least=1, at_most=1e9, whole=True)
]
MarginRule = Annotated[
    str,
    Choice(
        "Which wings the broker holds margin for",
        ("wider side", "both sides"),
        "Most brokers hold the wider side; some hold both where the wings differ.",
    ),
]
VolatilityIndex = Annotated[
    float, Quantity("Level of a volatility index such as VIX", "points", at_least=0.01, below=1000)
]
UsDollars = Annotated[float, Quantity("Amount of money", "US dollars")]
IndexHistory = Annotated[Series, History("Daily closing levels", "points", above=0)]

# Quantities that results carry; what they are is said by the field's own name.
Points = Annotated[Number, Quantity("Amount a share of the index", "points")]
PointsOrNone = Annotated[
    Number, Quantity("Index level; none where there is no such level", "points", or_none=True)
]
Money = Annotated[Number, Quantity("Amount of money for all contracts", "US dollars")]
Probability = Annotated[Number, Quantity("Probability", "decimal", at_least=0, at_most=1)]
Ratio = Annotated[Number, Quantity("Ratio", "decimal")]
DeltaPerPoint = Annotated[Number, Quantity("Change of the price a point of the index", "per point")]
GammaPerPoint = Annotated[Number, Quantity("Change of delta a point of the index", "per point")]
ThetaPerDay = Annotated[Number, Quantity("Change of the price a calendar day", "points per day")]
PerPercentagePoint = Annotated[
    Number,
    Quantity("Change of the price a percentage point of volatility or rate", "points per 1 %"),
]
