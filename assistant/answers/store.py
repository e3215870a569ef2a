"""Conversations and answers in a database: SQLite by default, PostgreSQL by its address."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, Literal

from sqlalchemy import Select, create_engine, delete, event, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.orm import Session

from assistant.answers.featured import Featured
from assistant.answers.record import Answer, Turn
from assistant.answers.tables import AnswerRow, Base, ConversationRow, FeedbackRow, WordsRow
from assistant.answers.views import Views

LONGEST_TITLE = 120


class AnswerStore:
    """Keeps every answer whole, under its conversation; `featured` and `views` beside them."""

    def __init__(self, url: str) -> None:
        """Open the database and create the tables that are missing."""
        address = make_url(url)
        self._engine: Engine = create_engine(address)
        if address.get_backend_name() == "sqlite":
            event.listen(self._engine, "connect", _tune_sqlite)
        Base.metadata.create_all(self._engine)
        # A database that was there before an index did not get it with its tables.
        for index in Base.metadata.tables[AnswerRow.__tablename__].indexes:
            index.create(self._engine, checkfirst=True)
        self._note_words()
        self.featured = Featured(self._engine)
        self.views = Views(self._engine)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def is_ready(self) -> bool:
        """Whether the database answers."""
        with self._engine.connect() as connection:
            return connection.execute(select(1)).scalar() == 1

    def save(self, answer: Answer) -> None:
        """Store an answer, opening its conversation with it where it is the first."""
        insert = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
        opened = insert(ConversationRow).on_conflict_do_update(
            index_elements=[ConversationRow.id], set_={"updated_at": answer.created_at}
        )
        key = answer.conversation_id
        moment = answer.created_at
        with self._engine.begin() as connection:
            title = _title(answer.question)
            row = {"id": key, "title": title, "created_at": moment, "updated_at": moment}
            connection.execute(opened, row)
            record = answer.model_dump_json()
            row = {"id": answer.id, "conversation_id": key, "created_at": moment, "record": record}
            connection.execute(insert(AnswerRow), row)
            row = {"answer_id": answer.id, "words": _words(answer)}
            connection.execute(insert(WordsRow), row)

    def answer(self, answer_id: str) -> Answer | None:
        """One stored answer."""
        with Session(self._engine) as session:
            row = session.get(AnswerRow, answer_id)
            return None if row is None else Answer.model_validate_json(row.record)

    def recent(self, conversation_id: str, limit: int) -> list[Turn]:
        """The last turns of a conversation, oldest of them first."""
        last = (
            select(AnswerRow.record)
            .where(AnswerRow.conversation_id == conversation_id)
            .order_by(AnswerRow.created_at.desc(), AnswerRow.id)
            .limit(limit)
        )
        with self._engine.connect() as connection:
            records = connection.execute(last).scalars().all()
        return [Turn.model_validate_json(record) for record in reversed(records)]

    def latest(self, limit: int) -> list[Answer]:
        """The last answers of all conversations, the latest first."""
        return self._latest(select(AnswerRow), limit)

    def has_conversation(self, conversation_id: str) -> bool:
        """Whether a conversation of this id exists."""
        with Session(self._engine) as session:
            return session.get(ConversationRow, conversation_id) is not None

    def conversations(self, limit: int = 100, q: str = "") -> list[dict[str, Any]]:
        """The conversations, latest first; `q` keeps those in which all of its words stand."""
        found = select(ConversationRow).order_by(ConversationRow.updated_at.desc()).limit(limit)
        for word in q.casefold().split():
            said = (
                select(AnswerRow.conversation_id)
                .join(WordsRow, WordsRow.answer_id == AnswerRow.id)
                .where(WordsRow.words.contains(word, autoescape=True))
            )
            named = func.lower(ConversationRow.title).contains(word, autoescape=True)
            found = found.where(or_(named, ConversationRow.id.in_(said)))
        with Session(self._engine) as session:
            return [_described(row) for row in session.scalars(found)]

    def conversation(self, conversation_id: str) -> dict[str, Any] | None:
        """One conversation with all its answers, oldest first."""
        with Session(self._engine) as session:
            row = session.get(ConversationRow, conversation_id)
            if row is None:
                return None
            answers = session.scalars(
                select(AnswerRow)
                .where(AnswerRow.conversation_id == conversation_id)
                .order_by(AnswerRow.created_at, AnswerRow.id)
            )
            return _described(row) | {"answers": [json.loads(answer.record) for answer in answers]}

    def rename_conversation(self, conversation_id: str, title: str) -> bool:
        """Give a conversation another name; whether there is such a conversation."""
        with Session(self._engine) as session, session.begin():
            row = session.get(ConversationRow, conversation_id)
            if row is None:
                return False
            row.title = _title(title)
            return True

    def delete_conversation(self, conversation_id: str) -> bool:
        """Forget a conversation and all in it; whether there was one."""
        with Session(self._engine) as session, session.begin():
            row = session.get(ConversationRow, conversation_id)
            if row is None:
                return False
            session.execute(delete(ConversationRow).where(ConversationRow.id == conversation_id))
            return True

    def add_feedback(
        self, answer_id: str, rating: Literal["up", "down"], comment: str | None
    ) -> bool:
        """Record an opinion on an answer; whether there is such an answer."""
        with Session(self._engine) as session, session.begin():
            if session.get(AnswerRow, answer_id) is None:
                return False
            session.add(
                FeedbackRow(
                    answer_id=answer_id,
                    created_at=dt.datetime.now(dt.UTC),
                    rating=rating,
                    comment=comment,
                )
            )
            return True

    def feedback(self, answer_id: str) -> dict[str, Any] | None:
        """The last opinion on an answer, or None."""
        with Session(self._engine) as session:
            row = session.scalars(
                select(FeedbackRow)
                .where(FeedbackRow.answer_id == answer_id)
                .order_by(FeedbackRow.id.desc())
                .limit(1)
            ).first()
            return None if row is None else {"rating": row.rating, "comment": row.comment}

    def _latest(self, answers: Select[Any], limit: int) -> list[Answer]:
        ordered = answers.order_by(AnswerRow.created_at.desc(), AnswerRow.id).limit(limit)
        with Session(self._engine) as session:
            return [Answer.model_validate_json(row.record) for row in session.scalars(ordered)]

    def _note_words(self) -> None:
        """Note the words of answers that were stored before the history could be searched."""
        with Session(self._engine) as session, session.begin():
            noted = select(WordsRow.answer_id)
            for row in session.scalars(select(AnswerRow).where(AnswerRow.id.not_in(noted))):
                answer = Answer.model_validate_json(row.record)
                session.add(WordsRow(answer_id=row.id, words=_words(answer)))


def _title(text: str) -> str:
    """The text on one line, cut after a whole word where it is too long."""
    words = " ".join(text.split())
    if len(words) <= LONGEST_TITLE:
        return words
    cut = words[: LONGEST_TITLE - 1]
    return f"{cut.rpartition(' ')[0] or cut}…"


def _words(answer: Answer) -> str:
    return f"{answer.question}\n{answer.text}".casefold()


def _described(row: ConversationRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "created_at": _utc(row.created_at),
        "updated_at": _utc(row.updated_at),
    }


def _utc(moment: dt.datetime) -> str:
    """SQLite forgets the time zone; all our moments are UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).isoformat()


def _tune_sqlite(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    # Readers do not wait for a writer; a crash may lose the last answer, never the file.
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA busy_timeout = 5000")
    cursor.close()
