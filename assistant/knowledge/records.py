"""What every record of the corpus shares: it is frozen, knows its fields, and names its source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class Record(BaseModel):
    """A frozen record that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


R = TypeVar("R", bound=Record)


class Source(Record):
    """Where a statement comes from: the seed article, a publication, or this project itself."""

    kind: Literal["seed", "published", "project"]
    title: str = Field(min_length=1)
    author: str | None = None
    year: int | None = Field(default=None, ge=1600, le=2100)
    where: str | None = None


def validate(model: type[R], name: str, data: object, problems: list[str]) -> R | None:
    """The record that `data` describes; or None, with a line on every field that is wrong."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            field = ".".join(str(part) for part in item["loc"])
            if item["type"] == "missing":
                problem = "is missing; add it"
            elif item["type"] == "extra_forbidden":
                problem = "is not known; remove it or correct its spelling"
            else:
                problem = f"{item['msg']}, and is {str(item['input'])[:60]!r}"
            problems.append(f"{name}: field '{field}': {problem}")
        return None


def named_source(item: Any, sources: Mapping[str, Any]) -> Any:
    """The source that a key of glossary.yaml's list stands for; anything else as it is."""
    return sources.get(item, item) if isinstance(item, str) else item
