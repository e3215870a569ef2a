"""The rules of `check_regime` as data: their shape, the shipped set, and a reader's own set.

`regime.toml` says how rules combine. A set handed over by a user is checked whole before it is
used, and every mistake names the rule that it is in.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from tools.errors import FieldProblem, ToolInputError

Wings = Literal["tighten", "hold", "widen", "stand aside"]
Opinion = Literal["no opinion", "tighten", "hold", "widen", "stand aside"]
Measure = Literal[
    "ratio", "level", "rsi", "macd_divergence", "breadth_divergence", "days_to_event",
    "relative_move", "move",
]  # fmt: skip
InputName = Literal[
    "vix", "vix9d", "vix3m", "vix6m", "vvix", "vix_history", "spx_history", "breadth_history",
    "as_of", "events", "macro",
]  # fmt: skip

DEFENSIVENESS: tuple[Opinion, ...] = ("no opinion", "tighten", "hold", "widen", "stand aside")
"""From no say to the most defensive; the greatest of all opinions wins."""


def _mapping_or_path(value: object) -> object:
    # A plain string is refused: out of JSON it would let a caller read the server's files.
    if isinstance(value, Mapping | Path):
        return value
    raise ValueError("a mapping in the shape of tools/regime.toml, or from Python a pathlib.Path")


Rules: TypeAlias = Annotated[
    Mapping[str, Any] | Path,
    PlainValidator(_mapping_or_path),
    WithJsonSchema(
        {"type": "object", "description": "Rules in the shape of tools/regime.toml; see there"}
    ),
]

_INPUTS: dict[str, tuple[InputName, ...]] = {
    "rsi": ("vix_history", "spx_history"),
    "macd_divergence": ("spx_history", "vix_history"),
    "level": ("vix", "vix9d", "vix3m", "vix6m", "vvix"),
    "ratio": ("vix", "vix9d", "vix3m", "vix6m", "vvix"),
}
_COUNT = {"ratio": 2, "breadth_divergence": 2, "days_to_event": 2}
_SETTINGS: dict[str, dict[str, type]] = {
    "rsi": {"period": int},
    "macd_divergence": {"pivot_bars": int, "lookback": int, "recent": int},
    "breadth_divergence": {"pivot_bars": int, "lookback": int, "recent": int},
    "days_to_event": {"event": str},
    "relative_move": {"key": str},
    "move": {"key": str},
}


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Evidence(_Shape):
    """How many days were seen, and which part of them the event followed."""

    days: int = Field(gt=0)
    followed: float = Field(ge=0, le=1)


class BaseRate(Evidence):
    """The same over all days, with the event and the period."""

    event: str
    period: str


class Band(_Shape):
    """One stretch of a signal's values, from `at_least` on, and what it asks for."""

    at_least: float | None = None
    reading: str = Field(min_length=1)
    wings: Opinion
    layers: tuple[str, ...] = ()
    evidence: Evidence | None = None


class Rule(_Shape):
    """One signal: what it measures, its bands in ascending order, and where they come from."""

    name: str = Field(min_length=1)
    title: str = ""
    measure: Measure
    of: tuple[InputName, ...] = Field(min_length=1)
    unit: str = ""
    source: Literal["seed", "published", "default", "user"] = "user"
    source_title: str = ""
    meaning: str = ""
    settings: Mapping[str, int | str] = {}
    band: tuple[Band, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Rule:
        starts = [band.at_least for band in self.band]
        if starts[0] is not None or None in starts[1:]:
            raise ValueError("a rule whose first band has no at_least, and whose later ones have")
        edges = [start for start in starts if start is not None]
        if edges != sorted(set(edges)):
            raise ValueError("a rule with bands whose at_least ascends")
        allowed = _INPUTS.get(self.measure)
        if allowed and not set(self.of) <= set(allowed):
            raise ValueError(f"a {self.measure} of {', '.join(allowed)}")
        if len(self.of) != _COUNT.get(self.measure, 1):
            raise ValueError(f"a {self.measure} with {_COUNT.get(self.measure, 1)} names in `of`")
        wanted = _SETTINGS.get(self.measure, {})
        for key, kind in wanted.items():
            value = self.settings.get(key)
            if not isinstance(value, kind) or (kind is int and int(value) < 1):  # type: ignore[arg-type]
                raise ValueError(f"a {self.measure} with settings.{key}, {_KIND[kind]}")
        if unknown := set(self.settings) - set(wanted):
            raise ValueError(f"a {self.measure} without settings.{min(unknown)}")
        return self

    def find(self, value: float) -> tuple[Band, float | None, float | None]:
        """The band that `value` falls in, with its lower (inclusive) and upper end."""
        starts = [-math.inf if band.at_least is None else band.at_least for band in self.band]
        place = sum(1 for start in starts if value >= start) - 1
        upper = starts[place + 1] if place + 1 < len(starts) else None
        return self.band[place], self.band[place].at_least, upper


class Layer(_Shape):
    """One layer of the hedge: its instrument, tenor, and when it is on."""

    name: str = Field(min_length=1)
    title: str = ""
    instrument: str
    days: float = Field(gt=0)
    always: bool = False
    withdrawn_at: tuple[Wings, ...] = ()
    source: Literal["seed", "published", "default", "user"] = "user"
    meaning: str = ""


class RuleBook(_Shape):
    """All rules and layers, in the order in which they speak."""

    rule: tuple[Rule, ...] = Field(min_length=1)
    layer: tuple[Layer, ...] = ()
    evidence: BaseRate | None = None

    @model_validator(mode="after")
    def _named_once(self) -> RuleBook:
        for kind, names in (
            ("rule", [rule.name for rule in self.rule]),
            ("layer", [layer.name for layer in self.layer]),
        ):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"a set that names each {kind} once; {twice[0]} stands twice")
        known = {layer.name for layer in self.layer}
        for rule in self.rule:
            for band in rule.band:
                if unknown := set(band.layers) - known:
                    raise ValueError(
                        f"a set that defines each layer it calls for; rule {rule.name} calls for "
                        f"{min(unknown)}"
                    )
        return self


def load_rules(rules: Mapping[str, Any] | Path | None) -> tuple[RuleBook, str]:
    """The rule book and where it came from; with `extends = "default"` it amends the shipped one.

    Raises:
        ToolInputError: naming the rule and the field that cannot be used.
    """
    if rules is None:
        return _default_rules(), "tools/regime.toml"
    if isinstance(rules, Path):
        return _validated(_read_toml(rules)), str(rules.name)
    return _validated(rules), "rules handed over by the caller"


@lru_cache(maxsize=1)
def _default_rules() -> RuleBook:
    return RuleBook.model_validate(_default_table())


def _default_table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("regime.toml").read_text(encoding="utf-8"))


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ToolInputError.of(
            "rules", str(path), "a readable TOML file in the shape of tools/regime.toml", str(error)
        ) from None


def _validated(table: Mapping[str, Any]) -> RuleBook:
    merged = dict(table)
    extends = merged.pop("extends", None)
    if extends not in (None, "default"):
        raise ToolInputError.of("rules.extends", extends, "'default', or left out")
    if extends == "default":
        default = _default_table()
        merged = {"evidence": default["evidence"], **merged, **_amended(default, merged)}
    elif "layer" not in merged:
        # A set of rules alone speaks about the shipped ladder.
        merged["layer"] = _default_table()["layer"]
    try:
        return RuleBook.model_validate(merged)
    except ValidationError as error:
        details = error.errors(include_url=False)
        # A bad item also empties the list around it; only the innermost fault says something.
        inner = [
            detail
            for detail in details
            if not any(
                other["loc"][: len(detail["loc"])] == detail["loc"] != other["loc"]
                for other in details
            )
        ]
        raise ToolInputError(
            [
                FieldProblem(_place(detail["loc"], merged), detail["input"], _words(detail["msg"]))
                for detail in inner
            ]
        ) from None


def _amended(default: dict[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for kind in ("rule", "layer"):
        entries = own.get(kind, [])
        if not isinstance(entries, list | tuple):
            continue
        named = [entry for entry in entries if isinstance(entry, Mapping) and "name" in entry]
        replaced = {entry["name"]: entry for entry in named}
        kept = [replaced.pop(entry["name"], entry) for entry in default[kind]]
        merged[kind] = kept + [
            entry for entry in entries if entry not in named or entry["name"] in replaced
        ]
    return merged


def _place(location: tuple[int | str, ...], table: Mapping[str, Any]) -> str:
    words, node = ["rules"], table
    for part in location:
        try:
            node = node[part]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            node = {}
        if isinstance(part, int):
            name = node.get("name", part) if isinstance(node, Mapping) else part
            words[-1] += f"[{name}]"
        else:
            words.append(part)
    return ".".join(words)


def _words(message: str) -> str:
    for opening in ("Input should be ", "Value error, "):
        message = message.removeprefix(opening)
    message = message[:1].lower() + message[1:]
    return _PLAIN.get(message, message)


_PLAIN = {
    "field required": "given",
    "a valid tuple": "a list of tables",
    "extra inputs are not permitted": "left out; there is no such field",
}
_KIND = {int: "a whole number of at least 1", str: "a name"}
