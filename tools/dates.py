"""A day as an argument: a date, or its ISO text."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Any

from tools.errors import ToolInputError
from tools.quantities import Described


@dataclass(frozen=True)
class Day(Described):
    """One calendar day; `check` hands back a `datetime.date`."""

    description: str = "A day"
    allowed: str = "a valid date, such as '2026-01-21'"

    def check(self, field: str, value: object) -> dt.date:
        """Return the day, without any time of day, or raise `ToolInputError` naming `field`."""
        try:
            if isinstance(value, str):
                return dt.datetime.fromisoformat(value).date()
            if isinstance(value, dt.date):
                # A NaT of pandas is a date to Python; its parts are not numbers.
                return dt.date(value.year, value.month, value.day)
        except (ValueError, TypeError):
            pass
        raise ToolInputError.of(field, value, self.allowed)

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema of a date."""
        return {"type": "string", "format": "date", "description": self.description}


Date = Annotated[dt.date, Day()]
