"""Conversations and answers in a database: SQLite by default, PostgreSQL by its address."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, Literal

from sqlalchemy import DateTime, ForeignKey, String, Text, create_engine, delete, event, select
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from assistant.answers.record import Answer


class _Base(DeclarativeBase):
    pass


class _Conversation(_Base):
    __tablename__ = "conversations"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    title: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), index=True)


class _Answer(_Base):
    __tablename__ = "answers"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), index=True)
    record: Mapped[str] = mapped_column(Text)


class _Feedback(_Base):
    __tablename__ = "feedback"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    answer_id: Mapped[str] = mapped_column(ForeignKey("answers.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    rating: Mapped[str] = mapped_column(String(4))
    comment: Mapped[str | None]


class AnswerStore:
    """Keeps every answer whole, under its conversation."""

    def __init__(self, url: str) -> None:
        """Open the database and create the tables that are missing."""
        address = make_url(url)
        self._engine: Engine = create_engine(address)
        if address.get_backend_name() == "sqlite":
            event.listen(self._engine, "connect", _tune_sqlite)
        _Base.metadata.create_all(self._engine)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def is_ready(self) -> bool:
        """Whether the database answers."""
        with self._engine.connect() as connection:
            return connection.execute(select(1)).scalar() == 1

    def save(self, answer: Answer) -> None:
        """Store an answer, opening its conversation with it where it is the first."""
        with Session(self._engine) as session, session.begin():
            conversation = session.get(_Conversation, answer.conversation_id)
            if conversation is None:
                conversation = _Conversation(
                    id=answer.conversation_id,
                    title=answer.question[:120],
                    created_at=answer.created_at,
                )
                session.add(conversation)
            conversation.updated_at = answer.created_at
            session.flush()  # the answer refers to it
            session.add(
                _Answer(
                    id=answer.id,
                    conversation_id=answer.conversation_id,
                    created_at=answer.created_at,
                    record=answer.model_dump_json(),
                )
            )

    def answer(self, answer_id: str) -> Answer | None:
        """One stored answer."""
        with Session(self._engine) as session:
            row = session.get(_Answer, answer_id)
            return None if row is None else Answer.model_validate_json(row.record)

    def recent(self, conversation_id: str, limit: int) -> list[Answer]:
        """The last answers of a conversation, oldest of them first."""
        with Session(self._engine) as session:
            rows = session.scalars(
                select(_Answer)
                .where(_Answer.conversation_id == conversation_id)
                .order_by(_Answer.created_at.desc(), _Answer.id)
                .limit(limit)
            )
            return [Answer.model_validate_json(row.record) for row in rows][::-1]

    def has_conversation(self, conversation_id: str) -> bool:
        """Whether a conversation of this id exists."""
        with Session(self._engine) as session:
            return session.get(_Conversation, conversation_id) is not None

    def conversations(self, limit: int = 100) -> list[dict[str, Any]]:
        """The conversations, latest first."""
        with Session(self._engine) as session:
            rows = session.scalars(
                select(_Conversation).order_by(_Conversation.updated_at.desc()).limit(limit)
            )
            return [_described(row) for row in rows]

    def conversation(self, conversation_id: str) -> dict[str, Any] | None:
        """One conversation with all its answers, oldest first."""
        with Session(self._engine) as session:
            row = session.get(_Conversation, conversation_id)
            if row is None:
                return None
            answers = session.scalars(
                select(_Answer)
                .where(_Answer.conversation_id == conversation_id)
                .order_by(_Answer.created_at, _Answer.id)
            )
            return _described(row) | {"answers": [json.loads(answer.record) for answer in answers]}

    def delete_conversation(self, conversation_id: str) -> bool:
        """Forget a conversation and all in it; whether there was one."""
        with Session(self._engine) as session, session.begin():
            row = session.get(_Conversation, conversation_id)
            if row is None:
                return False
            session.execute(delete(_Conversation).where(_Conversation.id == conversation_id))
            return True

    def add_feedback(
        self, answer_id: str, rating: Literal["up", "down"], comment: str | None
    ) -> bool:
        """Record an opinion on an answer; whether there is such an answer."""
        with Session(self._engine) as session, session.begin():
            if session.get(_Answer, answer_id) is None:
                return False
            session.add(
                _Feedback(
                    answer_id=answer_id,
                    created_at=dt.datetime.now(dt.UTC),
                    rating=rating,
                    comment=comment,
                )
            )
            return True


def _described(row: _Conversation) -> dict[str, Any]:
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
