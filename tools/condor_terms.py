"""How a tool takes one condor: as the quote of `price_condor`, or as a mapping of its arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from tools.condor import CondorQuote, price_condor
from tools.errors import FieldProblem, ToolInputError
from tools.quantities import Described

_QUOTED = (
    "spot", "put_long", "put_short", "call_short", "call_long", "days", "rate", "dividend_yield",
    "credit", "contracts", "fees",
)  # fmt: skip


@dataclass(frozen=True)
class OneCondor(Described):
    """One condor; `check` hands back a `CondorQuote` of plain numbers."""

    allowed = "a result of price_condor, or a mapping of its arguments"

    def check(self, field: str, value: object) -> CondorQuote:
        """Return the quote, or raise `ToolInputError` naming the field inside the condor."""
        if isinstance(value, CondorQuote):
            if isinstance(value.max_loss_usd, np.ndarray) or isinstance(value.delta, np.ndarray):
                raise ToolInputError.of(
                    field, f"{np.size(value.delta)} condors", "one condor", "Take them one by one."
                )
            return value
        if not isinstance(value, Mapping):
            raise ToolInputError.of(field, value, self.allowed)
        arguments = _arguments(value)
        from tools.catalog import Tool

        try:
            quote = Tool(price_condor, "").call(arguments)
        except ToolInputError as error:
            raise ToolInputError(
                [
                    FieldProblem(f"{field}.{one.field}", one.value, one.allowed, one.reason)
                    for one in error.problems
                ]
            ) from None
        return self.check(field, quote)

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema of the arguments of `price_condor`."""
        from tools.catalog import Tool

        schema = dict(Tool(price_condor, "").input_schema)
        return {**schema, "description": "The condor, as the arguments of price_condor"}


def _arguments(value: Mapping[Any, Any]) -> dict[str, Any]:
    """The arguments; a quote in its plain JSON form gives them back, with the volatility by leg."""
    if "legs" not in value:
        return {str(key): item for key, item in value.items()}
    arguments = {name: value[name] for name in _QUOTED if name in value}
    return {**arguments, "leg_ivs": [leg["iv"] for leg in value["legs"]]}


Condor = Annotated[CondorQuote, OneCondor()]
