"""What the user asks the watch to do, from a YAML file: `WatchPlan`."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from tools.market.snapshot import INDICES

CONSOLE, WEBHOOK = "console", "webhook"
Level = Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False)]
Delta = Annotated[float, Field(gt=0, lt=0.5, allow_inf_nan=False)]

_LARGEST_FILE = 1024 * 1024
_TIME = re.compile(
    r"^(?:(open|close)(?:\s*([+-])\s*(\d{1,3})\s*(?:m|min|minutes)?)?|(\d\d):(\d\d))$"
)


class PlanError(ValueError):
    """A file of the watch cannot be used; the message names the file, the field and what to do."""


def checked_time(text: str) -> str:
    """A time of a session as it is written in a plan: 'close + 20 minutes', 'open+15', '12:00'."""
    match = _TIME.match(text.strip().lower())
    if match is None or (match[4] and (int(match[4]) > 23 or int(match[5]) > 59)):
        raise ValueError(f"{text!r} is no time; write 'close + 20 minutes', 'open + 15' or '12:00'")
    return text.strip().lower()


def parts_of_time(text: str) -> tuple[str, int]:
    """What a checked time counts from ('open', 'close' or 'midnight') and the minutes from it."""
    match = _TIME.match(text)
    assert match is not None
    if match[1]:
        return match[1], int(f"{match[2] or '+'}{match[3] or 0}")
    return "midnight", int(match[4]) * 60 + int(match[5])


def checked_measure(text: str) -> str:
    """A number of the snapshot, or a ratio of two: 'vix', 'spot', 'vix/vix3m'."""
    names = {"spot", *INDICES}
    parts = [part.strip() for part in text.lower().split("/")]
    if not 1 <= len(parts) <= 2 or any(part not in names for part in parts):
        raise ValueError(f"{text!r} has to be one of {', '.join(sorted(names))}, or a/b of two")
    return "/".join(parts)


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class EntryRule(_Shape):
    """Which condor the rules would pick; the regime moves the short strikes."""

    days: int = Field(45, ge=1, le=365, description="Calendar days to expiration.")
    short_delta: Delta = Field(0.16, description="Delta of both shorts while the wings hold.")
    wider_delta: Delta = Field(0.10, description="Delta of the shorts when the wings widen.")
    nearer_delta: Delta = Field(0.20, description="Delta of the shorts when the wings tighten.")
    wing_width: float = Field(25, gt=0, le=10000, description="Short to long strike [points].")
    strike_step: float = Field(5, gt=0, le=10000, description="Between strikes, off a model.")
    skew: float = Field(0.0, ge=-5, le=5, description="Of volatility by log strike, off a model.")

    @model_validator(mode="after")
    def _in_order(self) -> EntryRule:
        if not self.wider_delta <= self.short_delta <= self.nearer_delta:
            raise ValueError("wider_delta <= short_delta <= nearer_delta is needed")
        return self


class CreditRule(_Shape):
    """The credit that the rules want, as a part of the wing's width."""

    low: float = Field(0.15, gt=0, lt=1)
    high: float = Field(0.25, gt=0, lt=1)

    @model_validator(mode="after")
    def _in_order(self) -> CreditRule:
        if self.low >= self.high:
            raise ValueError("low has to be below high")
        return self


class LevelRule(_Shape):
    """A level of one's own to be told of, such as VIX above 25."""

    name: str = Field(min_length=1, max_length=80)
    of: Annotated[str, AfterValidator(checked_measure)]
    above: Level | None = None
    below: Level | None = None

    @model_validator(mode="after")
    def _one_side(self) -> LevelRule:
        if (self.above is None) == (self.below is None):
            raise ValueError("give either above or below")
        return self


class WatchPlan(_Shape):
    """All that a watch does: data, times, positions, rules, and whom it tells."""

    name: str = Field("default", pattern=r"^[A-Za-z0-9_-]{1,40}$")
    market: str = Field("", description="Source; empty means the setting MARKET.")
    fallback: str | None = Field(None, description="Source to ask where the first fails.")
    allow_stale: bool = Field(False, description="Decide on old data too, and say so each time.")
    at: tuple[Annotated[str, AfterValidator(checked_time)], ...] = Field(
        ("close + 20 minutes",), min_length=1, max_length=50,
        description="Times of each session, New York.",
    )  # fmt: skip
    positions: Path | None = Field(None, description="YAML or CSV file of open condors.")
    rules: Path | None = Field(None, description="TOML file that amends tools/regime.toml.")
    entry: EntryRule = EntryRule()
    credit: CreditRule = CreditRule()
    roll_days: int = Field(21, ge=0, le=365, description="A roll is due at so many days left.")
    events: tuple[Literal["FOMC", "CPI", "PPI"], ...] = ("FOMC", "CPI", "PPI")
    levels: tuple[LevelRule, ...] = Field((), max_length=100)
    send: tuple[Literal["console", "webhook"], ...] = ("console",)

    @model_validator(mode="after")
    def _unique_levels(self) -> WatchPlan:
        names = [level.name for level in self.levels]
        if len(set(names)) < len(names):
            raise ValueError("two levels have the same name")
        return self


def read_plan(path: Path | None) -> WatchPlan:
    """The plan in a YAML file, or the default one; paths in it are relative to the file.

    Raises:
        PlanError: The file cannot be read, or a field cannot be used.
    """
    if path is None:
        return WatchPlan()
    content = read_yaml(path)
    if not isinstance(content, dict):
        raise PlanError(f"{path.name} has to be a mapping of settings, such as 'at: [\"12:00\"]'.")
    for name in ("positions", "rules"):
        if isinstance(content.get(name), str):
            content[name] = path.parent / Path(content[name]).expanduser()
    try:
        return WatchPlan.model_validate(content)
    except ValidationError as error:
        raise PlanError(f"{path.name}: {explained(error)}") from None


def read_rules(path: Path | None) -> dict[str, Any] | None:
    """What a TOML file of rules holds; `check_regime` says whether they can be used.

    Raises:
        PlanError: There is no such file, or it is no TOML.
    """
    if path is None:
        return None
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise PlanError(f"{path} cannot be read: {error}.") from error


def read_yaml(path: Path) -> Any:
    """What a YAML file holds.

    Raises:
        PlanError: There is no such file, or it is no YAML.
    """
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise PlanError(f"{path.name} is larger than 1 MB.")
        return yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise PlanError(f"{path} cannot be read: {error}.") from error
    except yaml.YAMLError as error:
        raise PlanError(f"{path.name} is no YAML: {error}") from error


def explained(error: ValidationError) -> str:
    """The fields of a validation error in words, one sentence each."""
    return "; ".join(
        f"{'.'.join(map(str, item['loc'])) or 'the file'}: {item['msg']}"
        + ("" if isinstance(item["input"], dict | list) else f" (it is {item['input']!r})")
        for item in error.errors()
    )
