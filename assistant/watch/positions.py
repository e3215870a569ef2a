"""The open condors that a watch looks after, from a YAML or CSV file."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assistant.watch.plan import PlanError, explained, read_yaml
from tools import ToolInputError, break_even, settlement

Strike = Annotated[float, Field(gt=0, le=1e6)]

_LARGEST_FILE = 1024 * 1024


class Position(BaseModel):
    """One open iron condor: its strikes, its credit net of all rolls and fees, its expiration."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    id: str = Field(min_length=1, max_length=60)
    put_long: Strike
    put_short: Strike
    call_short: Strike
    call_long: Strike
    credit: float = Field(gt=0, le=1e6, description="Points, net of all rolls and fees.")
    expiration: dt.date
    contracts: int = Field(1, ge=1, le=1_000_000)
    root: Literal["SPX", "SPXW"] = "SPXW"

    @model_validator(mode="after")
    def _in_order(self) -> Position:
        strikes = (self.put_long, self.put_short, self.call_short, self.call_long)
        if list(strikes) != sorted(set(strikes)):
            raise ValueError(
                "the strikes have to rise: put_long < put_short < call_short < call_long"
            )
        try:
            self.break_evens()
            settlement(self.expiration, self.root)
        except ToolInputError as error:
            raise ValueError(str(error)) from None
        return self

    def break_evens(self) -> tuple[float, float]:
        """The levels of the index between which the position earns at expiration [points]."""
        levels = break_even(self.put_short, self.call_short, self.credit)
        return float(levels.lower), float(levels.upper)


def read_positions(path: Path | None) -> tuple[Position, ...]:
    """The positions of a file: a YAML list (or `positions:` with one), or a CSV with a heading.

    Raises:
        PlanError: The file cannot be read, a field cannot be used, or an id stands twice.
    """
    if path is None:
        return ()
    rows = _csv(path) if path.suffix.lower() == ".csv" else read_yaml(path)
    if isinstance(rows, dict):
        rows = rows.get("positions")
    if not isinstance(rows, list):
        raise PlanError(f"{path.name} has to hold a list of positions.")
    read: list[Position] = []
    for number, row in enumerate(rows, start=1):
        try:
            read.append(Position.model_validate(row))
        except ValidationError as error:
            raise PlanError(f"{path.name}, position {number}: {explained(error)}") from None
    ids = [position.id for position in read]
    for name in ids:
        if ids.count(name) > 1:
            raise PlanError(f"{path.name}: two positions have the id {name!r}; name them apart.")
    return tuple(read)


def _csv(path: Path) -> list[dict[str, Any]]:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise PlanError(f"{path.name} is larger than 1 MB.")
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, skipinitialspace=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PlanError(f"{path} cannot be read: {error}.") from error
    for row in rows:
        if None in row:
            raise PlanError(f"{path.name}: a line has more cells than the heading names.")
    # An empty cell is a field that was not given.
    return [{name: cell for name, cell in row.items() if cell not in ("", None)} for row in rows]
