"""Decisions, the state that changes are seen against, and the messages that wait: one database.

A decision, the states it leaves behind, its changes and a delivery for each sink are written in one
transaction. A process that dies before it leaves nothing; one that dies after it leaves messages
that wait, which the next run sends. The time of a decision is its key, so it is decided once.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    create_engine,
    event,
    func,
    select,
    update,
)
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

if TYPE_CHECKING:
    from assistant.watch.evaluate import Evaluation, Reading

DECIDED, MISSED = "decided", "missed"


@dataclass(frozen=True)
class Change:
    """Something that changed; `id` is its own for ever, `before` empty where none was known."""

    id: str
    kind: str
    key: str
    value: str
    before: str
    text: str
    moment: dt.datetime
    data: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "id": self.id, "kind": self.kind, "key": self.key, "value": self.value,
            "before": self.before, "text": self.text, "moment": self.moment.isoformat(),
            "data": self.data,
        }  # fmt: skip


class _Base(DeclarativeBase):
    pass


class _Decision(_Base):
    __tablename__ = "watch_decisions"
    plan: Mapped[str] = mapped_column(String(40), primary_key=True)
    moment: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    status: Mapped[str] = mapped_column(String(10))
    decided_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    reason: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[str] = mapped_column(Text, default="{}")
    inputs: Mapped[str] = mapped_column(Text, default="{}")


class _State(_Base):
    __tablename__ = "watch_states"
    plan: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class _Change(_Base):
    __tablename__ = "watch_changes"
    n: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(200), unique=True)
    plan: Mapped[str] = mapped_column(String(40))
    moment: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    record: Mapped[str] = mapped_column(Text)
    __table_args__ = (Index("watch_changes_by_plan", "plan", "n"),)


class _Delivery(_Base):
    __tablename__ = "watch_deliveries"
    change: Mapped[int] = mapped_column(ForeignKey("watch_changes.n"), primary_key=True)
    sink: Mapped[str] = mapped_column(String(20), primary_key=True)
    delivered_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True), index=True)


class WatchStore:
    """The watch's tables in the program's database, SQLite or PostgreSQL."""

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

    def last_moment(self, plan: str) -> dt.datetime | None:
        """The time of the latest decision, made or missed."""
        with Session(self._engine) as session:
            query = select(func.max(_Decision.moment)).where(_Decision.plan == plan)
            return _utc(session.scalar(query))

    def decide(
        self,
        plan: str,
        moment: dt.datetime,
        decided_at: dt.datetime,
        evaluation: Evaluation,
        label: str,
        sinks: Sequence[str],
    ) -> list[Change]:
        """Write a decision with its changes and their deliveries, unless it is there already.

        Args:
            plan: The plan's name.
            moment: The time that the decision is of: its key.
            decided_at: The time that it is now.
            evaluation: What holds, and what it was judged by.
            label: The data's values, time and source, to stand in each message.
            sinks: Whom to tell.
        """
        try:
            with Session(self._engine) as session, session.begin():
                session.add(
                    _Decision(
                        plan=plan, moment=_to_utc(moment), status=DECIDED,
                        decided_at=_to_utc(decided_at), result=_json(evaluation.result),
                        inputs=_json(evaluation.inputs),
                    )
                )  # fmt: skip
                session.flush()  # of two processes one stops here
                return self._note(session, plan, moment, evaluation.readings, label, sinks)
        except IntegrityError:
            return []

    def miss(self, plan: str, moment: dt.datetime, decided_at: dt.datetime, reason: str) -> None:
        """Record that no decision could be made at that time, and why."""
        try:
            with Session(self._engine) as session, session.begin():
                session.add(
                    _Decision(plan=plan, moment=_to_utc(moment), status=MISSED,
                              decided_at=_to_utc(decided_at), reason=reason)
                )  # fmt: skip
        except IntegrityError:
            return

    def note(
        self, plan: str, moment: dt.datetime, reading: Reading, sinks: Sequence[str]
    ) -> list[Change]:
        """Record one reading outside of a decision, such as a source that fails."""
        try:
            with Session(self._engine) as session, session.begin():
                return self._note(session, plan, moment, [reading], "", sinks)
        except IntegrityError:
            return []

    def _note(
        self,
        session: Session,
        plan: str,
        moment: dt.datetime,
        readings: Iterable[Reading],
        label: str,
        sinks: Sequence[str],
    ) -> list[Change]:
        changes = []
        for reading in readings:
            state = session.get(_State, (plan, reading.key), with_for_update=True)
            before = "" if state is None else state.value
            if state is None:
                session.add(_State(plan=plan, key=reading.key, value=reading.value))
            else:
                state.value = reading.value
            if before == reading.value or (state is None and not reading.tell_first):
                continue
            change = _change(plan, moment, reading, before, label)
            row = _Change(id=change.id, plan=plan, moment=_to_utc(moment),
                          record=_json(change.to_dict()))  # fmt: skip
            session.add(row)
            session.flush()
            session.add_all(_Delivery(change=row.n, sink=sink) for sink in sinks)
            changes.append(change)
        return changes

    def waiting(self, sink: str, plan: str) -> list[tuple[int, Change]]:
        """The changes that a sink has not had yet, oldest first, each with its number."""
        with Session(self._engine) as session:
            rows = session.execute(
                select(_Change.n, _Change.record)
                .join(_Delivery, _Delivery.change == _Change.n)
                .where(_Delivery.sink == sink, _Delivery.delivered_at.is_(None))
                .where(_Change.plan == plan)
                .order_by(_Change.n)
            ).all()
            return [(number, _read(record)) for number, record in rows]

    def delivered(
        self, number: int, sink: str, at: dt.datetime, send: Callable[[], None] | None = None
    ) -> bool:
        """Record that a sink has had a change; False where another process did so before.

        `send` is called before the record is final and after nobody else can make it: of several
        processes one sends, and one that dies while it sends has recorded nothing.
        """
        with Session(self._engine) as session, session.begin():
            marked = session.execute(
                update(_Delivery)
                .where(_Delivery.change == number, _Delivery.sink == sink)
                .where(_Delivery.delivered_at.is_(None))
                .values(delivered_at=_to_utc(at))
                .returning(_Delivery.change)
            ).one_or_none()
            if marked is not None and send is not None:
                send()
            return marked is not None

    def changes(self, plan: str, limit: int = 50) -> list[Change]:
        """The latest changes, newest first."""
        with Session(self._engine) as session:
            rows = session.scalars(
                select(_Change.record)
                .where(_Change.plan == plan)
                .order_by(_Change.n.desc())
                .limit(limit)
            )
            return [_read(record) for record in rows]

    def decisions(self, plan: str, limit: int = 50) -> list[dict[str, Any]]:
        """The latest decisions, newest first, each with its result and without its inputs."""
        with Session(self._engine) as session:
            rows = session.scalars(
                select(_Decision)
                .where(_Decision.plan == plan)
                .order_by(_Decision.moment.desc())
                .limit(limit)
            )
            return [_described(row) for row in rows]

    def inputs(self, plan: str, moment: dt.datetime) -> dict[str, Any] | None:
        """All that a decision was judged by."""
        with Session(self._engine) as session:
            row = session.get(_Decision, (plan, _to_utc(moment)))
            return None if row is None else json.loads(row.inputs)


def _change(plan: str, moment: dt.datetime, reading: Reading, before: str, label: str) -> Change:
    was = f" (was {before})" if before else ""
    data = f" Data: {label}." if label else ""
    return Change(
        id=_change_id(plan, moment, reading),
        kind=reading.kind,
        key=reading.key,
        value=reading.value,
        before=before,
        text=f"{reading.title}: {reading.value}{was}. {reading.why}{data}",
        moment=_to_utc(moment),
        data=dict(reading.data),
    )


def _change_id(plan: str, moment: dt.datetime, reading: Reading) -> str:
    """One name for one change, in characters that a header of HTTP may hold."""
    what = hashlib.sha256(json.dumps([reading.key, reading.value]).encode()).hexdigest()[:16]
    return f"{plan}-{_to_utc(moment):%Y%m%dT%H%M%SZ}-{what}"


def _described(row: _Decision) -> dict[str, Any]:
    return {
        "moment": _iso(row.moment), "status": row.status, "decided_at": _iso(row.decided_at),
        "reason": row.reason, "result": json.loads(row.result),
    }  # fmt: skip


def _read(record: str) -> Change:
    fields = json.loads(record)
    return Change(**{**fields, "moment": dt.datetime.fromisoformat(fields["moment"])})


def _json(value: Any) -> str:
    # NaN is no JSON, and PostgreSQL's readers would refuse it.
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _to_utc(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC)


def _utc(moment: dt.datetime | None) -> dt.datetime | None:
    """SQLite forgets the time zone; all our moments are UTC."""
    if moment is None:
        return None
    return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _iso(moment: dt.datetime) -> str:
    known = _utc(moment)
    assert known is not None
    return known.isoformat()


def _tune_sqlite(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    # What was told must still be there after a power cut: every commit reaches the disk.
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA busy_timeout = 5000")
    cursor.close()
