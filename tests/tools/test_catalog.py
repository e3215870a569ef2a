"""The one door: every tool has a schema, takes JSON and gives JSON; the package imports late."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

import tools
from tools import CATALOG, ToolInputError, find_tool

CONDOR: dict[str, Any] = {
    "spot": 5800, "put_long": 5450, "put_short": 5500, "call_short": 6050, "call_long": 6100,
    "days": 30, "iv": 0.16,
}  # fmt: skip
EXAMPLES: dict[str, dict[str, Any]] = {
    "price_condor": CONDOR,
    "select_condor": {"spot": 5800, "iv": 0.16, "days": 30},
    "condor_payoff": {"condor": CONDOR},
    "stress_condor": {"condor": CONDOR},
    "break_even": {"put_short": 5500, "call_short": 6050, "credit": 13.13},
    "check_credit": {"credit": 13.13, "width": 50},
    "expected_move": {"spot": 5800, "iv": 0.16, "days": 30},
    "probability_of_touch": {"spot": 5800, "barrier": 6050, "days": 30, "iv": 0.16},
    "price_option": {"kind": "put", "spot": 5800, "strike": 5500, "days": 30, "iv": 0.16},
    "implied_volatility": {
        "kind": "put", "price": 14, "spot": 5800, "strike": 5500, "days": 30,
    },
}  # fmt: skip


@pytest.mark.parametrize("tool", CATALOG, ids=lambda tool: tool.name)
def test_every_tool_describes_itself(tool: Any) -> None:
    assert tool.title
    assert tool.description.endswith(".")
    schema = tool.input_schema
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False
    json.dumps([schema, tool.output_schema])
    assert getattr(tools, tool.name) is tool.function


@pytest.mark.parametrize("name", EXAMPLES)
def test_json_in_and_json_out(name: str) -> None:
    result = find_tool(name).call_json(EXAMPLES[name])
    assert json.loads(json.dumps(result)) == result


def test_bounds_and_units_are_in_the_schema() -> None:
    fields = find_tool("price_option").input_schema["properties"]
    assert fields["days"]["x-unit"] == "days"
    assert fields["kind"]["enum"] == ["call", "put"]
    assert fields["iv"]["maximum"] == 8
    assert find_tool("price_condor").input_schema["required"] == [
        "spot", "put_long", "put_short", "call_short", "call_long", "days",
    ]  # fmt: skip


def test_names_are_found_or_suggested() -> None:
    assert find_tool("price_condor").name == "price_condor"
    with pytest.raises(ToolInputError, match="Did you mean price_condor"):
        find_tool("price_condors")
    with pytest.raises(ToolInputError, match="Did you mean spot"):
        find_tool("price_option").call({**EXAMPLES["price_option"], "spt": 1})
    with pytest.raises(ToolInputError, match="cannot do without it"):
        find_tool("price_option").call({"kind": "put"})


def test_names_are_unique_and_public() -> None:
    names = [tool.name for tool in CATALOG]
    assert len(set(names)) == len(names)
    assert set(names) <= set(tools.__all__)


def test_public_names_are_sorted_and_importable() -> None:
    assert tools.__all__ == sorted(tools.__all__)
    assert sorted(tools._MODULES) == tools.__all__
    for name in tools.__all__:
        assert getattr(tools, name) is not None
    assert set(tools.__all__) <= set(dir(tools))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = tools.nothing


def test_importing_loads_nothing_heavy() -> None:
    code = (
        "import sys, tools; from tools import price_condor, price_option, implied_volatility; "
        "price_condor(5800, 5450, 5500, 6050, 6100, 30, 0.16); "
        "heavy = {'plotly', 'langchain', 'torch', 'chromadb', 'pandas', 'scipy', 'numba', "
        "'vollib', 'pydantic', 'assistant'}; print(sorted(heavy & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
