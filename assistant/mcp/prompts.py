"""Three ways to begin, for a client that offers prompts to its user."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    GetPromptResult,
    Prompt,
    PromptArgument,
    PromptMessage,
    TextContent,
)

_MANNERS = (
    "Take every number from a tool's result, from a passage or from me, and say which. Name the "
    "source of every rule. Say what the numbers assume. This is education, not advice: recommend "
    "no trade."
)


@dataclass(frozen=True)
class _Opening:
    prompt: Prompt
    written: Callable[[Mapping[str, str]], str]


def _review(given: Mapping[str, str]) -> str:
    said = {
        "strikes": f"SPX iron condor {given['strikes']} (long put, short put, short call, "
        "long call)",
        "spot": f"SPX at {given['spot']}",
        "days": f"{given['days']} days to expiration",
        "iv": f"implied volatility {given['iv']}",
        "credit": f"credit {given['credit']} points" if given.get("credit") else "",
    }
    described = ", ".join(words for words in said.values() if words)
    return (
        f"Review this position: {described}. Price it with price_condor, hold its credit against "
        "the range for its width with check_credit, and stress it with stress_condor. Then search "
        "the library for the rules that apply and say which of them it keeps and breaks. "
        f"{_MANNERS}"
    )


def _regime(given: Mapping[str, str]) -> str:
    levels = ", ".join(
        f"{name.upper()} {given[name]}" for name in ("vix", "vix9d", "vix3m") if given.get(name)
    )
    return (
        f"The volatility indices stand at {levels}. Call check_regime with them, explain each "
        "signal against its threshold, and say what the rules make of it for the wings of a "
        f"condor and for the layers of its hedge. {_MANNERS}"
    )


def _explain(given: Mapping[str, str]) -> str:
    return (
        f"Explain '{given['topic']}' to somebody who sells SPX iron condors. Search the library "
        "first and cite what you find; where its sources disagree, show both sides; work one "
        f"example through with a tool. {_MANNERS}"
    )


def _argument(name: str, description: str, required: bool = True) -> PromptArgument:
    return PromptArgument(name=name, description=description, required=required)


_OPENINGS = (
    _Opening(
        Prompt(
            name="review_condor",
            title="Review an iron condor",
            description="Price an iron condor, hold it against the rules, and stress it.",
            arguments=[
                _argument("strikes", "Four strikes from low to high, as 5450/5500/6050/6100"),
                _argument("spot", "Level of SPX [points], as 5800"),
                _argument("days", "Calendar days to expiration, as 30"),
                _argument("iv", "Implied volatility as a decimal, as 0.16"),
                _argument("credit", "Credit received [points]; none takes the model's", False),
            ],
        ),
        _review,
    ),
    _Opening(
        Prompt(
            name="read_regime",
            title="Read the volatility regime",
            description="Check the volatility regime and what it means for wings and hedge.",
            arguments=[
                _argument("vix", "Level of VIX, as 22"),
                _argument("vix3m", "Level of VIX3M, as 20.5", False),
                _argument("vix9d", "Level of VIX9D, as 24", False),
            ],
        ),
        _regime,
    ),
    _Opening(
        Prompt(
            name="explain_topic",
            title="Explain a topic",
            description="Explain a topic of the methodology, with sources and a worked example.",
            arguments=[_argument("topic", "What to explain, as 'credit to width'")],
        ),
        _explain,
    ),
)


def offered() -> list[Prompt]:
    """Every prompt."""
    return [opening.prompt for opening in _OPENINGS]


def written(name: str, arguments: Mapping[str, str]) -> GetPromptResult:
    """The prompt with its arguments filled in; what is missing or unknown is named."""
    opening = next((each for each in _OPENINGS if each.prompt.name == name), None)
    if opening is None:
        names = ", ".join(each.prompt.name for each in _OPENINGS)
        raise MCPError(INVALID_PARAMS, f"There is no prompt {name!r}; there are {names}.")
    known = opening.prompt.arguments or []
    missing = [each.name for each in known if each.required and not arguments.get(each.name)]
    unknown = [given for given in arguments if given not in {each.name for each in known}]
    if missing or unknown:
        raise MCPError(
            INVALID_PARAMS,
            f"The prompt {name} takes {', '.join(each.name for each in known)}; "
            f"missing: {', '.join(missing) or 'none'}; unknown: {', '.join(unknown) or 'none'}.",
        )
    message = TextContent(type="text", text=opening.written(arguments))
    return GetPromptResult(
        description=opening.prompt.description,
        messages=[PromptMessage(role="user", content=message)],
    )
