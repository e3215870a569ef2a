"""The tables of the database: conversations and answers, and what readers add to them."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import DateTime, ForeignKey, Index, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """What the tables share: one catalogue, from which missing ones are created."""


class ConversationRow(Base):
    """A conversation and the name it has in the history."""

    __tablename__ = "conversations"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    title: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), index=True)


class AnswerRow(Base):
    """An answer, whole, as JSON."""

    __tablename__ = "answers"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), index=True)
    record: Mapped[str] = mapped_column(Text)
    # The last answers of a long conversation are found without reading the ones before.
    __table_args__ = (Index("answers_of_conversation", "conversation_id", "created_at"),)


class WordsRow(Base):
    """Question and text of an answer in lower case: what the history is searched in."""

    __tablename__ = "answer_words"
    answer_id: Mapped[str] = mapped_column(
        ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True
    )
    words: Mapped[str] = mapped_column(Text)


class FeedbackRow(Base):
    """An opinion on an answer, with its reason where one was given."""

    __tablename__ = "feedback"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    answer_id: Mapped[str] = mapped_column(ForeignKey("answers.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    rating: Mapped[str] = mapped_column(String(4))
    comment: Mapped[str | None]


class ViewsRow(Base):
    """How often a page was opened. Nothing is kept of who opened it."""

    __tablename__ = "views"
    path: Mapped[str] = mapped_column(String(200), primary_key=True)
    count: Mapped[int]


class FeaturedRow(Base):
    """A question that a curator gave a page of its own: a copy, which outlives its conversation."""

    __tablename__ = "featured"
    slug: Mapped[str] = mapped_column(String(120), primary_key=True)
    answer_id: Mapped[str] = mapped_column(String(40), unique=True)
    promoted_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), index=True)
    record: Mapped[str] = mapped_column(Text)
