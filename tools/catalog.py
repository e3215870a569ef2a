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

from tools.checking import parameters
from tools.condor import price_condor
from tools.condor_rules import break_even, check_credit
from tools.errors import FieldProblem, ToolInputError
from tools.pricing import implied_volatility, price_option
from tools.probability import expected_move, probability_of_touch
from tools.results import Result, plain_json


@dataclass(frozen=True)
class Tool:
    """One public function as others may offer it."""

    function: Callable[..., Any]
    title: str

    @property
    def name(self) -> str:
        """The function's own name."""
        return self.function.__name__

    @cached_property
    def description(self) -> str:
        """The first paragraph of the function's docstring."""
        return (inspect.getdoc(self.function) or "").split("\n\n")[0].replace("\n", " ")

    @cached_property
    def input_schema(self) -> dict[str, Any]:
        """JSON Schema of the arguments."""
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
        return TypeAdapter(returned, config=config).json_schema(mode="serialization")

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
        result = self.call(arguments)
        return result.to_dict() if isinstance(result, Result) else plain_json(result)


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
    Tool(price_condor, "Price an iron condor"),
    Tool(break_even, "Break-evens of a condor"),
    Tool(check_credit, "Credit against width"),
    Tool(expected_move, "Expected move"),
    Tool(probability_of_touch, "Probability of a touch"),
    Tool(price_option, "Price an option"),
    Tool(implied_volatility, "Implied volatility"),
)
"""The tools in the order in which a reader meets them; one line each."""
