"""One truth through all doors: the same call gives the same result, or the same error.

The Python function is the reference. Every other door carries full precision, so results are
compared as they are, not nearly. `pytest -m proof` makes 5,000 sound and 1,000 wrong calls; every
run makes some hundred.
"""

from __future__ import annotations

import json
import math
import random
import shlex
from collections import Counter
from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest
from mcp import Client
from typer.testing import CliRunner

from assistant import langchain_tools
from assistant.cli import app
from tests.doors.calls import sound_call, wrong_call
from tools.catalog import CATALOG, Tool
from tools.errors import ToolError

Call = tuple[Tool, dict[str, Any]]
Outcome = tuple[str, Any]
Counts = tuple[int, int]

SEED = 20260105


def in_python(call: Call) -> Outcome:
    tool, arguments = call
    try:
        return "result", json.loads(json.dumps(tool.call_json(arguments)))
    except ToolError as error:
        return "error", str(error)


def calls(sound: int, wrong: int) -> list[tuple[Call, Outcome]]:
    """So many calls that give a result, and so many that give an error, with what they give."""
    chance = random.Random(SEED)
    wanted = {"result": sound, "error": wrong}
    kept: list[tuple[Call, Outcome]] = []
    counted: Counter[str] = Counter()
    while any(counted[kind] < number for kind, number in wanted.items()):
        make = sound_call if counted["result"] < sound else wrong_call
        call = make(chance)
        outcome = in_python(call)
        kind = outcome[0]
        if make is wrong_call and kind == "result":
            continue  # a wrong value may be a right one somewhere: 0 days, no rate
        if counted[kind] < wanted[kind]:
            counted[kind] += 1
            kept.append((call, outcome))
    return kept


def mismatches(
    kept: list[tuple[Call, Outcome]], door: Callable[[list[Call]], list[Outcome]]
) -> list[str]:
    given = door([call for call, _ in kept])
    assert len(given) == len(kept)
    return [
        f"{tool.name}({arguments}): {expected} here, {got} there"
        for ((tool, arguments), expected), got in zip(kept, given, strict=True)
        if got != expected
    ]


def over_http(server: str) -> Callable[[list[Call]], list[Outcome]]:
    def door(asked: list[Call]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        with httpx.Client(base_url=server, timeout=30) as client:
            for tool, arguments in asked:
                body = json.dumps(arguments)
                headers = {"content-type": "application/json"}
                url = f"/api/tools/{tool.name}"
                response = client.post(url, content=body, headers=headers)
                told = response.json()
                if response.status_code == 200:
                    outcomes.append(("result", told))
                else:
                    assert response.status_code == 422
                    outcomes.append(("error", told["detail"]))
        return outcomes

    return door


def over_mcp(server: str) -> Callable[[list[Call]], list[Outcome]]:
    async def talk(asked: list[Call]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        async with Client(f"{server}/mcp") as client:
            for tool, arguments in asked:
                done = await client.call_tool(tool.name, arguments)
                if done.is_error:
                    outcomes.append(("error", done.content[0].text))  # type: ignore[union-attr]
                    continue
                told = done.structured_content
                wrapped = tool.output_schema.get("type") != "object"
                outcomes.append(("result", told["result"] if wrapped else told))
        return outcomes

    return lambda asked: anyio.run(talk, asked)


def through_langchain(asked: list[Call]) -> list[Outcome]:
    offered = {tool.name: tool for tool in langchain_tools()}
    outcomes: list[Outcome] = []
    for tool, arguments in asked:
        call = {"type": "tool_call", "name": tool.name, "args": arguments, "id": "1"}
        message = offered[tool.name].invoke(call)
        if message.status == "error":
            outcomes.append(("error", message.content))
        else:
            outcomes.append(("result", json.loads(message.content)))
    return outcomes


def through_flags(asked: list[Call]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for tool, arguments in asked:
        words = ["tool", tool.name, "--json"]
        for name, value in arguments.items():
            flag = f"--{name.replace('_', '-')}"
            if isinstance(value, bool):
                words.append(flag) if value else None
            else:
                words += [flag, value if isinstance(value, str) else json.dumps(value)]
        outcomes.append(_typed(words))
    return outcomes


def through_arguments(asked: list[Call]) -> list[Outcome]:
    return [
        _typed(["tool", tool.name, "--json", "--arguments", json.dumps(arguments)])
        for tool, arguments in asked
    ]


def _typed(words: list[str]) -> Outcome:
    done = CliRunner().invoke(app, words)
    if done.exit_code == 0:
        return "result", json.loads(done.stdout)
    assert done.exit_code in (1, 2), shlex.join(words)
    return "error", done.stderr.strip()


def carried_by_json(call: Call) -> bool:
    """NaN and infinities are no JSON; a client may refuse to send them at all."""

    def sound(value: Any) -> bool:
        if isinstance(value, float):
            return math.isfinite(value)
        if isinstance(value, dict):
            return all(map(sound, value.values()))
        return not isinstance(value, list) or all(map(sound, value))

    return sound(call[1])


SIZES = [
    pytest.param((400, 100), id="hundreds"),
    pytest.param((5000, 1000), id="thousands", marks=pytest.mark.proof),
]


@pytest.fixture(scope="module", params=SIZES)
def kept(request: pytest.FixtureRequest) -> list[tuple[Call, Outcome]]:
    counts: Counts = request.param
    made = calls(*counts)
    assert Counter(outcome[0] for _, outcome in made) == {"result": counts[0], "error": counts[1]}
    assert {tool.name for (tool, _), _ in made} == {tool.name for tool in CATALOG}
    return made


def test_http_gives_what_python_gives(kept: list[tuple[Call, Outcome]], server: str) -> None:
    assert mismatches(kept, over_http(server)) == []


def test_mcp_gives_what_python_gives(kept: list[tuple[Call, Outcome]], server: str) -> None:
    carried = [(call, outcome) for call, outcome in kept if carried_by_json(call)]
    assert len(carried) > 0.9 * len(kept)
    assert mismatches(carried, over_mcp(server)) == []


def test_langchain_gives_what_python_gives(kept: list[tuple[Call, Outcome]]) -> None:
    assert mismatches(kept, through_langchain) == []


def test_the_command_line_gives_what_python_gives(kept: list[tuple[Call, Outcome]]) -> None:
    assert mismatches(kept[:: len(kept) // 150], through_arguments) == []


def test_flags_give_what_python_gives(kept: list[tuple[Call, Outcome]]) -> None:
    sound = [(call, outcome) for call, outcome in kept if outcome[0] == "result"]
    assert mismatches(sound[:: len(sound) // 150], through_flags) == []


def test_a_door_that_rounds_is_found_out(server: str) -> None:
    def rounding(asked: list[Call]) -> list[Outcome]:
        def rounded(value: Any) -> Any:
            if isinstance(value, float):
                return round(value, 9)
            if isinstance(value, dict):
                return {key: rounded(item) for key, item in value.items()}
            return [rounded(item) for item in value] if isinstance(value, list) else value

        return [(kind, rounded(told)) for kind, told in over_http(server)(asked)]

    assert mismatches(calls(50, 10), rounding)
