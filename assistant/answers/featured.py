"""Questions that a curator gave pages of their own, each with the answer it had at that moment."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from assistant.answers.record import Answer
from assistant.answers.tables import FeaturedRow

_LONGEST_SLUG = 80


@dataclass(frozen=True)
class Promoted:
    """A question with a page of its own."""

    slug: str
    promoted_at: dt.datetime
    answer: Answer

    @property
    def url(self) -> str:
        """Address of its page."""
        return f"/ask/{self.slug}"


class Featured:
    """The featured questions, in the answers' database."""

    def __init__(self, engine: Engine) -> None:
        """Keep them in this database."""
        self._engine = engine

    def promote(self, answer: Answer, slug: str | None = None) -> Promoted:
        """Give an answer a page, or return the page it has; `slug` names a new one.

        Raises `ValueError` where the slug is not one, or names another question's page.
        """
        with Session(self._engine) as session, session.begin():
            row = session.scalar(select(FeaturedRow).where(FeaturedRow.answer_id == answer.id))
            if row is None:
                row = FeaturedRow(
                    slug=self._free_slug(session, answer.question, slug),
                    answer_id=answer.id,
                    promoted_at=dt.datetime.now(dt.UTC),
                    record=answer.model_dump_json(),
                )
                session.add(row)
            return _promoted(row)

    def find(self, slug: str) -> Promoted | None:
        """The featured question of that slug."""
        with Session(self._engine) as session:
            row = session.get(FeaturedRow, slug)
            return None if row is None else _promoted(row)

    def all(self) -> list[Promoted]:
        """Every featured question, the latest first."""
        with Session(self._engine) as session:
            rows = session.scalars(select(FeaturedRow).order_by(FeaturedRow.promoted_at.desc()))
            return [_promoted(row) for row in rows]

    def withdraw(self, slug: str) -> bool:
        """Take a page away; whether there was one."""
        with Session(self._engine) as session, session.begin():
            row = session.get(FeaturedRow, slug)
            if row is not None:
                session.delete(row)
            return row is not None

    def _free_slug(self, session: Session, question: str, wanted: str | None) -> str:
        if wanted is None:
            name = slug_of(question)
            number = 1
            while session.get(FeaturedRow, name if number == 1 else f"{name}-{number}"):
                number += 1
            return name if number == 1 else f"{name}-{number}"
        if slug_of(wanted) != wanted:
            raise ValueError(
                f"slug is {wanted!r}; allowed are up to {_LONGEST_SLUG} lower-case letters and "
                f"digits in words joined by hyphens, such as {slug_of(wanted)!r}."
            )
        if session.get(FeaturedRow, wanted):
            raise ValueError(f"slug is {wanted!r}, which names another page; choose another.")
        return wanted


def slug_of(text: str) -> str:
    """A text as a part of an address: lower case, whole words joined by hyphens."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    slug = ""
    for word in words:
        longer = f"{slug}-{word}" if slug else word
        if len(longer) > _LONGEST_SLUG:
            break
        slug = longer
    return slug or (words[0][:_LONGEST_SLUG] if words else "question")


def _promoted(row: FeaturedRow) -> Promoted:
    moment = row.promoted_at
    return Promoted(
        row.slug,
        moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC),
        Answer.model_validate_json(row.record),
    )
