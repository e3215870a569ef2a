"""How often a page was opened: a number for each path, and nothing about who opened it."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assistant.answers.tables import ViewsRow


class Views:
    """The counts of the pages, in the answers' database."""

    def __init__(self, engine: Engine) -> None:
        """Count in this database."""
        self._engine = engine

    def add(self, path: str) -> int:
        """Count one more opening of a page; how many there are now."""
        if not self._raise(path):
            try:
                with Session(self._engine) as session, session.begin():
                    session.add(ViewsRow(path=path, count=1))
            except IntegrityError:  # somebody else opened it first, a moment ago
                self._raise(path)
        return self.count(path)

    def count(self, path: str) -> int:
        """How often a page was opened."""
        with Session(self._engine) as session:
            return session.scalar(select(ViewsRow.count).where(ViewsRow.path == path)) or 0

    def _raise(self, path: str) -> bool:
        with Session(self._engine) as session, session.begin():
            found = session.execute(
                update(ViewsRow)
                .where(ViewsRow.path == path)
                .values(count=ViewsRow.count + 1)
                .returning(ViewsRow.count)
            )
            return found.scalar() is not None
