"""Passages by their words: the BM25 of SQLite's FTS5, added up word by word.

What a query scores is the sum of what its words score, so a query need not be searched whole: what
FTS5 says of one word is kept, and a query adds up the arrays of its words. The common words, which
take FTS5 longest, are the ones that are asked for again.
"""

from __future__ import annotations

import re
import sqlite3
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SCHEMA = """
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(
    title, section, body, asked, tokenize = "porter unicode61 remove_diacritics 2");
"""

# Weights of title, section, body and of how readers ask.
_BM25 = "bm25(words, 2.0, 1.5, 1.0, 1.0)"

_MOST_WORDS = 64
"""Words of a query that are looked for."""

_WORDS_KEPT = 2048
"""Words whose scores are kept; a word of half of 100,000 passages takes 0.4 MB."""

_STOP_WORDS = frozenset(
    "a about all also am an and any anyone are as at be because been being but by can could did do "
    "does doing each for from get go got guys had has have having he her here his how i if in into "
    "is it its just let like me more most my no not of on one only or other our out over own same "
    "she should so some someone such than that the their them then there these they this those to "
    "too under up us use used using very was we well were what when where which while who whom why "
    "will with would you your".split()
)


class _Scores(NamedTuple):
    rows: NDArray[np.int64]
    values: NDArray[np.float64]


class Words:
    """The words of all passages, in the library's file."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Read through this connection."""
        self._db = db
        self._kept = lru_cache(_WORDS_KEPT)(self._read)

    def find(self, query: str, limit: int) -> dict[int, float]:
        """Rows of passages by BM25 score for the words of a query, the best first."""
        words = [word for word in re.findall(r"\w+", query.lower()) if word not in _STOP_WORDS]
        version = self._version()
        scores = [self._kept(version, word) for word in dict.fromkeys(words[:_MOST_WORDS])]
        rows = np.concatenate([each.rows for each in scores]) if scores else np.zeros(0, np.int64)
        if not rows.size:
            return {}
        totals = np.bincount(rows, np.concatenate([each.values for each in scores]))
        found = np.flatnonzero(totals)
        if found.size > limit:
            found = found[np.argpartition(-totals[found], limit - 1)[:limit]]
        best = found[np.lexsort((found, -totals[found]))]
        return dict(zip(best.tolist(), totals[best].tolist(), strict=True))

    def _version(self) -> tuple[int, int]:
        """Changes with every change of the file, by this process or another."""
        return int(self._db.execute("PRAGMA data_version").fetchone()[0]), self._db.total_changes

    def _read(self, _: tuple[int, int], word: str) -> _Scores:
        found = self._db.execute(
            f"SELECT rowid, -{_BM25} FROM words WHERE words MATCH ?", (f'"{word}"',)
        ).fetchall()
        table = np.array(found, dtype=np.float64).reshape(-1, 2)
        return _Scores(table[:, 0].astype(np.int64), np.ascontiguousarray(table[:, 1]))
