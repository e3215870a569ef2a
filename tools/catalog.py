"""The tools that agents, HTTP, MCP and the command line offer: one tuple, in reading order.

A tool here is one of the public functions, with a JSON Schema of its arguments and of its result
drawn from its signature. Calling it by name takes a JSON object and gives the same result, or the
same `ToolInputError`, as calling the function.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, is_dataclass
from functools import cached_property
from typing import Any, get_type_hints

from tools.amm import amm_swap, impermanent_loss
from tools.calendar import economic_events, settlement, vix_expirations
from tools.checking import parameters
from tools.condor import price_condor
from tools.condor_rules import break_even, check_credit, credit_range
from tools.condor_scenarios import condor_payoff, stress_condor
from tools.condor_select import select_condor
from tools.errors import FieldProblem, ToolInputError
from tools.examples import EXAMPLES
from tools.hedges import size_hedge
from tools.indicators import advance_decline_line, macd, macd_divergence, rsi, term_structure
from tools.pricing import implied_volatility, price_option
from tools.probability import expected_move, probability_of_touch
from tools.ratios import (
    interest_rate_differential,
    irr,
    irr_roots,
    mirr,
    npv,
    price_to_cash_flow,
    quick_ratio,
    real_effective_exchange_rate,
    wacc,
    xirr,
)
from tools.regime import check_regime
from tools.results import as_json
from tools.rolls import plan_roll
from tools.sizing import size_position
from tools.vix_futures import vix_futures_curve


@dataclass(frozen=True)
class Tool:
    """One public function as others may offer it."""

    function: Callable[..., Any]
    title: str
    arrays: bool = False
    """Whether a number among the arguments may also be an array, and the result then arrays."""

    @property
    def name(self) -> str:
        """The function's own name."""
        return self.function.__name__

    @cached_property
    def description(self) -> str:
        """The first paragraph of the function's docstring."""
        return (inspect.getdoc(self.function) or "").split("\n\n")[0].replace("\n", " ")

    @property
    def example(self) -> dict[str, Any]:
        """Arguments that the tool takes, to show and to try."""
        return dict(EXAMPLES[self.name])

    @cached_property
    def input_schema(self) -> dict[str, Any]:
        """JSON Schema of the arguments, each of them one value."""
        from pydantic import ConfigDict, create_model

        fields: dict[str, Any] = parameters(self.function)
        model = create_model(
            self.name,
            __config__=ConfigDict(arbitrary_types_allowed=True, extra="forbid"),
            **fields,
        )
        return model.model_json_schema()

    @cached_property
    def output_schema(self) -> dict[str, Any]:
        """JSON Schema of the result's plain JSON form."""
        from pydantic import ConfigDict, TypeAdapter

        returned = get_type_hints(self.function, include_extras=True)["return"]
        # A result is a dataclass, which pydantic allows no configuration from outside.
        config = None if is_dataclass(returned) else ConfigDict(arbitrary_types_allowed=True)
        schema = TypeAdapter(returned, config=config).json_schema(mode="serialization")
        return _or_arrays(schema) if self.arrays else schema

    def call(self, arguments: Mapping[str, object]) -> Any:
        """Call the function with a JSON object; unknown and missing fields are named."""
        known = inspect.signature(self.function).parameters
        problems = [
            FieldProblem(field, value, f"one of {', '.join(known)}", _nearest(field, list(known)))
            for field, value in arguments.items()
            if field not in known
        ]
        problems += [
            FieldProblem(name, None, "given", f"{self.name} cannot do without it.")
            for name, parameter in known.items()
            if parameter.default is parameter.empty and name not in arguments
        ]
        if problems:
            raise ToolInputError(problems)
        return self.function(**arguments)

    def call_json(self, arguments: Mapping[str, object]) -> Any:
        """Call the function and give its result in plain JSON types."""
        return as_json(self.call(arguments))


def _or_arrays(schema: Any) -> Any:
    """The same JSON Schema, in which each quantity may also be an array."""
    if isinstance(schema, list):
        return [_or_arrays(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    widened = {key: _or_arrays(value) for key, value in schema.items()}
    if "x-unit" not in widened or "type" not in widened:
        return widened
    described = {key: widened.pop(key) for key in ("title", "description") if key in widened}
    return {**described, "anyOf": [widened, {"type": "array", "items": {}}]}


def _nearest(field: str, known: list[str]) -> str | None:
    close = difflib.get_close_matches(field, known, n=1)
    return f"Did you mean {close[0]}?" if close else None


def find_tool(name: str) -> Tool:
    """The tool of that name; an unknown name is a `ToolInputError` that offers the nearest one."""
    for tool in CATALOG:
        if tool.name == name:
            return tool
    names = [tool.name for tool in CATALOG]
    raise ToolInputError.of("name", name, f"one of {', '.join(names)}", _nearest(name, names))


CATALOG: tuple[Tool, ...] = (
    Tool(price_condor, "Price an iron condor", arrays=True),
    Tool(select_condor, "Choose an iron condor"),
    Tool(condor_payoff, "Profit of a condor over the index"),
    Tool(stress_condor, "Stress a condor"),
    Tool(break_even, "Break-evens of a condor"),
    Tool(check_credit, "Credit against width"),
    Tool(credit_range, "Credit range of a width"),
    Tool(expected_move, "Expected move", arrays=True),
    Tool(probability_of_touch, "Probability of a touch", arrays=True),
    Tool(price_option, "Price an option", arrays=True),
    Tool(implied_volatility, "Implied volatility", arrays=True),
    Tool(check_regime, "Volatility regime"),
    Tool(term_structure, "Volatility term structure"),
    Tool(vix_futures_curve, "VIX futures curve"),
    Tool(size_hedge, "Size the layered hedge"),
    Tool(plan_roll, "Plan a roll"),
    Tool(size_position, "Size a position"),
    Tool(economic_events, "FOMC, CPI and PPI dates"),
    Tool(vix_expirations, "VIX expirations"),
    Tool(settlement, "Settlement of an expiration"),
    Tool(rsi, "Relative Strength Index"),
    Tool(macd, "MACD"),
    Tool(macd_divergence, "MACD divergence"),
    Tool(advance_decline_line, "Advance-Decline Line"),
    Tool(npv, "Net present value"),
    Tool(irr, "Internal rate of return"),
    Tool(irr_roots, "All rates of return"),
    Tool(xirr, "Internal rate of return of dated flows"),
    Tool(mirr, "Modified internal rate of return"),
    Tool(wacc, "Weighted average cost of capital"),
    Tool(price_to_cash_flow, "Price-to-Cash Flow Ratio"),
    Tool(quick_ratio, "Quick Ratio"),
    Tool(real_effective_exchange_rate, "Real effective exchange rate"),
    Tool(interest_rate_differential, "Interest rate differential"),
    Tool(amm_swap, "Swap in an automated market maker"),
    Tool(impermanent_loss, "Impermanent loss"),
)
"""The tools in the order in which a reader meets them; one line each."""
