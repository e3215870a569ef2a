"""The passages on disk: one SQLite file that is the truth of what is indexed.

It keeps each document's text and passages, finds passages by words, and changes a document in one
transaction, so a reader sees the old state or the new one and never a mixture.
Vectors are kept here as they are given; what they mean is for the index and the search.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.knowledge.documents import Document, Kind
from assistant.knowledge.embedding import Vectors
from assistant.knowledge.words import SCHEMA, Words

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, url TEXT NOT NULL,
    origin TEXT NOT NULL, hash TEXT NOT NULL, text TEXT NOT NULL, vector BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS passages (
    rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    document TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    section TEXT NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL, vectors BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS passages_of_document ON passages(document);
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

_MAPPED_BYTES = 2**30
_FLOAT_BYTES = 4

_SELECT = """
SELECT passages.id, documents.id, documents.kind, documents.title, passages.section,
       documents.url, documents.origin, passages.start, passages.stop, documents.text
FROM passages JOIN documents ON documents.id = passages.document
"""


@dataclass(frozen=True)
class StoredPassage:
    """A passage with what is needed to show and to cite it."""

    id: str
    document: str
    kind: Kind
    title: str
    section: str
    url: str
    origin: str
    start: int
    end: int
    text: str


class Readings(NamedTuple):
    """The vectors of some passages, below each other; each passage's begin at its `starts`."""

    ids: list[str]
    starts: NDArray[np.int64]
    own: Vectors
    documents: Vectors


class Library:
    """Documents and passages in one SQLite file."""

    def __init__(self, path: Path) -> None:
        """Open the file, creating it where it is missing."""
        path.parent.mkdir(parents=True, exist_ok=True)
        # One connection serves the whole process; every use of it is short and holds the lock.
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA foreign_keys = ON")
        # A search reads a megabyte of vectors; mapped, they are not copied on the way.
        self._db.execute(f"PRAGMA mmap_size = {_MAPPED_BYTES}")
        self._db.executescript(_SCHEMA + SCHEMA)
        self._words = Words(self._db)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def note(self, name: str) -> str | None:
        """A stored note, such as the version of the corpus that was indexed."""
        row = self._db.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def set_note(self, name: str, value: str) -> None:
        """Store a note."""
        self._db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, value))

    def hashes(self) -> dict[str, str]:
        """The hash of each document that is indexed."""
        return dict(self._db.execute("SELECT id, hash FROM documents"))

    def documents(self, corpus: bool | None = None) -> list[Document]:
        """The stored documents: all, those of the corpus, or those that a reader added."""
        where = {None: "", True: "WHERE origin = 'corpus'", False: "WHERE origin <> 'corpus'"}
        rows = self._db.execute(
            f"SELECT id, kind, title, url, text, origin FROM documents {where[corpus]} ORDER BY id"
        )
        return [Document(*row) for row in rows]

    def document(self, document_id: str) -> Document | None:
        """One document by its id."""
        row = self._db.execute(
            "SELECT id, kind, title, url, text, origin FROM documents WHERE id = ?", (document_id,)
        ).fetchone()
        return None if row is None else Document(*row)

    def passage_ids(self, document_id: str | None = None) -> list[str]:
        """The ids of all passages, or of one document's."""
        if document_id is None:
            rows = self._db.execute("SELECT id FROM passages ORDER BY rowid")
        else:
            rows = self._db.execute(
                "SELECT id FROM passages WHERE document = ? ORDER BY rowid", (document_id,)
            )
        return [row[0] for row in rows]

    def replace(
        self, document: Document, ids: Sequence[str], vectors: Sequence[Vectors], whole: Vectors
    ) -> None:
        """Store a document with its passages in place of what was stored under its id.

        `vectors` has an array a passage, a vector a row; `whole` is the document's own vector.
        """
        row = (
            document.id,
            document.kind,
            document.title,
            document.url,
            document.origin,
            document.hash,
            document.text,
            whole.tobytes(),
        )
        asked = "\n".join(document.asked)
        with self._transaction():
            self._delete(document.id)
            self._db.execute("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
            for passage_id, passage, rows in zip(ids, document.passages(), vectors, strict=True):
                cursor = self._db.execute(
                    "INSERT INTO passages (id, document, section, start, stop, vectors) "
                    "VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        passage_id,
                        document.id,
                        passage.section,
                        passage.start,
                        passage.end,
                        rows.tobytes(),
                    ),
                )
                self._db.execute(
                    "INSERT INTO words (rowid, title, section, body, asked) VALUES (?, ?, ?, ?, ?)",
                    (
                        cursor.lastrowid,
                        document.title,
                        passage.section,
                        document.text[passage.start : passage.end],
                        asked,
                    ),
                )
                asked = ""  # they stand for the document: its opening passage alone has them

    def remove(self, document_id: str) -> None:
        """Forget a document."""
        with self._transaction():
            self._delete(document_id)

    def passages(self, ids: Iterable[str]) -> dict[str, StoredPassage]:
        """The passages of these ids; an id that is not stored is left out."""
        wanted = list(ids)
        marks = ",".join("?" * len(wanted))
        rows = self._db.execute(f"{_SELECT} WHERE passages.id IN ({marks})", wanted)
        found = [_passage(row) for row in rows.fetchall()]
        return {passage.id: passage for passage in found}

    def readings(self, ids: Iterable[str]) -> Readings:
        """The vectors of these passages and of their documents; an unknown id is left out."""
        wanted = list(ids)
        marks = ",".join("?" * len(wanted))
        rows = self._db.execute(
            "SELECT passages.id, passages.vectors, documents.vector FROM passages "
            f"JOIN documents ON documents.id = passages.document WHERE passages.id IN ({marks})",
            wanted,
        ).fetchall()
        names, own, documents = ([row[n] for row in rows] for n in range(3))
        width = len(documents[0]) if documents else _FLOAT_BYTES
        starts = np.cumsum([0, *(len(vectors) // width for vectors in own)])[:-1]
        return Readings(names, starts, _stacked(own, width), _stacked(documents, width))

    def vector_count(self) -> int:
        """How many vectors all passages have together."""
        return int(
            self._db.execute(
                "SELECT COALESCE(SUM(LENGTH(passages.vectors) / LENGTH(documents.vector)), 0) "
                "FROM passages JOIN documents ON documents.id = passages.document"
            ).fetchone()[0]
        )

    def find_words(self, query: str, limit: int) -> dict[str, float]:
        """Passage ids by BM25 score (higher is better) for the words of a query, best first."""
        found = self._words.find(query, limit)
        marks = ",".join("?" * len(found))
        rows = self._db.execute(
            f"SELECT rowid, id FROM passages WHERE rowid IN ({marks})", list(found)
        )
        named = dict(rows.fetchall())
        return {named[row]: score for row, score in found.items() if row in named}

    def _delete(self, document_id: str) -> None:
        self._db.execute(
            "DELETE FROM words WHERE rowid IN (SELECT rowid FROM passages WHERE document = ?)",
            (document_id,),
        )
        self._db.execute("DELETE FROM documents WHERE id = ?", (document_id,))

    def _transaction(self) -> _Transaction:
        return _Transaction(self._db)


def _passage(row: tuple[Any, ...]) -> StoredPassage:
    whole_text = str(row[-1])
    passage = StoredPassage(*row)
    return replace(passage, text=whole_text[passage.start : passage.end])


def _stacked(blobs: Sequence[bytes], width: int) -> Vectors:
    """The vectors in these bytes one below the other; `width` is the bytes of one."""
    return np.frombuffer(b"".join(blobs), np.float32).reshape(-1, width // _FLOAT_BYTES)


class _Transaction:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, *_: object) -> None:
        self._db.execute("COMMIT" if kind is None else "ROLLBACK")
