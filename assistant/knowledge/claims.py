"""The register of claims: what is said about the methodology, and what can be said for it.

A claim is never a fact here. Its status says how far it can be trusted, and a contested one keeps
its positions side by side instead of a blend.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from assistant.knowledge.records import SLUG, Record, validate

Status = Literal["measured", "published", "claimed", "contested", "wrong"]


class Position(Record):
    """One side of a contested claim, in this project's words, and the kind of page it is from."""

    text: str = Field(min_length=1)
    source: str = Field(min_length=1)


class Claim(Record):
    """One statement about the methodology that others make, with its status."""

    id: str = Field(pattern=SLUG)
    topic: str = Field(min_length=1)
    statement: str = Field(min_length=1)
    status: Status
    positions: tuple[Position, ...] = ()
    right: str | None = None
    n: int | None = Field(default=None, ge=1)
    where: str | None = None

    @model_validator(mode="after")
    def _has_what_its_status_needs(self) -> Self:
        if self.status == "contested" and len(self.positions) < 2:
            raise ValueError("a contested claim needs two positions or more")
        if self.status == "wrong" and not self.right:
            raise ValueError("a wrong claim needs the right statement in 'right'")
        if self.status == "published" and not self.where:
            raise ValueError("a published claim needs its place in 'where'")
        if self.status == "measured" and not (self.n and self.where):
            raise ValueError("a measured claim needs 'n' and the backtest in 'where'")
        return self


def read_claims(entries: object, problems: list[str]) -> dict[str, Claim]:
    """The claims by id."""
    if not isinstance(entries, list):
        problems.append("claims.yaml: 'claims' must be a list of claims; see README.md")
        return {}
    claims: dict[str, Claim] = {}
    for number, entry in enumerate(entries, start=1):
        label = entry.get("id") if isinstance(entry, dict) else None
        name = f"claims.yaml, {label or f'entry {number}'}"
        claim = validate(Claim, name, entry, problems)
        if claim is not None and claim.id in claims:
            problems.append(f"{name}: the id is taken; choose another")
        elif claim is not None:
            claims[claim.id] = claim
    return claims
