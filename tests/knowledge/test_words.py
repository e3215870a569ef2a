"""Words found one by one have to give what FTS5 gives for the query as a whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.knowledge.documents import Document
from assistant.knowledge.library import Library

WORDS = "condor condors credit wing hedge vix backwardation roll delta margin skew".split()
TEXTS = [
    f"{' '.join(WORDS[n % 11] for n in range(start, start + 3 + start % 7))}.\n"
    for start in range(40)
]
VECTORS = np.eye(2, 4, dtype=np.float32)


def document(name: str, text: str) -> Document:
    return Document(f"document:{name}", "article", f"Note {name}", f"/n/{name}", text, "notes")


def store(library: Library, one: Document) -> None:
    passages = one.passages()
    ids = [f"{one.id}@{one.hash}#{n}" for n in range(len(passages))]
    library.replace(one, ids, [VECTORS for _ in passages], VECTORS[0])


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    opened = Library(tmp_path_factory.mktemp("words") / "library.db")
    for n, text in enumerate(TEXTS):
        store(opened, document(str(n), text))
    yield opened
    opened.close()


def whole(path: Path, query: str) -> dict[str, float]:
    """The scores that FTS5 gives to a query of several words at once."""
    db = sqlite3.connect(path)
    expression = " OR ".join(f'"{word}"' for word in dict.fromkeys(query.split()))
    rows = db.execute(
        "SELECT passages.id, -bm25(words, 2.0, 1.5, 1.0, 1.0) FROM words "
        "JOIN passages ON passages.rowid = words.rowid WHERE words MATCH ?",
        (expression,),
    ).fetchall()
    db.close()
    return dict(rows)


def path_of(library: Library) -> Path:
    return Path(library._db.execute("PRAGMA database_list").fetchone()[2])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(query=st.lists(st.sampled_from([*WORDS, "unheard"]), min_size=1, max_size=6).map(" ".join))
def test_words_add_up_to_the_score_of_the_query(library: Library, query: str) -> None:
    found = library.find_words(query, 1000)
    assert found == pytest.approx(whole(path_of(library), query), rel=1e-9, abs=1e-12)
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_the_best_are_kept_where_more_are_found(library: Library) -> None:
    every = library.find_words("vix credit roll", 1000)
    assert len(every) > 10
    assert list(library.find_words("vix credit roll", 7).values()) == list(every.values())[:7]


@pytest.mark.parametrize("query", ["", "the of and", "?!", "_", "unheard", '"vix" OR (credit'])
def test_odd_queries_find_what_their_words_say(library: Library, query: str) -> None:
    assert bool(library.find_words(query, 5)) is ("vix" in query)


def test_a_change_by_another_connection_is_seen(tmp_path: Path) -> None:
    reader = Library(tmp_path / "library.db")
    store(reader, document("a", "A condor has wings.\n"))
    assert len(reader.find_words("condor", 5)) == 1
    writer = Library(tmp_path / "library.db")
    store(writer, document("b", "Another condor.\n"))
    assert len(reader.find_words("condor", 5)) == 2
    reader.remove("document:a")
    assert len(reader.find_words("condor", 5)) == 1
    writer.close()
    reader.close()
