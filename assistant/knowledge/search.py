"""Search: three dense readings of a passage and one of its words, fused into one ranking.

A passage is near to a question by its document as a whole, by itself under its headings, and by
the best of its windows; the words settle what the vectors leave open, such as the name of an index.
The weights of the vectors were chosen by cross-validation on 333 finance questions; words weigh
more here than there, because titles, headings and terms are part of them (docs/benchmarks.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from assistant.knowledge.embedding import Vectors
from assistant.knowledge.index import Index
from assistant.knowledge.library import Readings, StoredPassage


@dataclass(frozen=True)
class Weights:
    """How much each reading counts; the rest of one goes to the passage itself."""

    document: float = 0.20
    window: float = 0.60
    words: float = 0.20


WEIGHTS = Weights()

NEAREST = 36
"""Vectors whose passages are looked at closely, at the least."""

CANDIDATES = 60
"""Passages found by their words that are looked at closely, at the least."""

_MOST_NAMED = 4

NAMED_BONUS = 0.05
"""Added where the query names the very term that a glossary entry defines."""

GLOSSARY_MALUS = 0.08
"""Taken off a glossary entry: one line is near to many questions and answers few of them."""


@dataclass(frozen=True)
class Hit:
    """A passage found: `score` ranks it, `dense` is its cosine similarity to the query."""

    passage: StoredPassage
    score: float
    dense: float
    lexical: float


def search(
    index: Index,
    query: str,
    limit: int = 5,
    named: Collection[str] = (),
    weights: Weights = WEIGHTS,
    vector: Vectors | None = None,
) -> list[Hit]:
    """The passages that answer a query best, best first; `named` are ids of documents it names.

    `vector` is the query's own where the caller has it already.
    """
    vector = index.embedder.embed_one(query) if vector is None else vector
    lexical = index.library.find_words(query, max(CANDIDATES, limit))
    near = index.near(vector, max(NEAREST, 3 * limit))
    best = max(lexical.values(), default=0.0)
    # What the query names by its term is looked at, however many passages use the word.
    found = {passage_id.partition("@")[0] for passage_id in (*near, *lexical)}
    missing = sorted({*named} - found)[:_MOST_NAMED]
    entries = [ids[0] for ids in map(index.library.passage_ids, missing) if ids]
    readings = index.library.readings({*near, *lexical, *entries})
    scored = []
    for passage_id, dense in zip(readings.ids, _dense(vector, readings, weights), strict=True):
        words = lexical.get(passage_id, 0.0) / best if best > 0 else 0.0
        prior = NAMED_BONUS if passage_id.partition("@")[0] in named else 0.0
        prior -= GLOSSARY_MALUS if passage_id.startswith("glossary:") else 0.0
        fused = (1 - weights.words) * dense + weights.words * words + prior
        scored.append((fused, dense, words, passage_id))
    scored.sort(key=lambda row: (-row[0], row[3]))
    # A term that is named belongs to the answer, however many passages rank above its entry.
    late = [row for row in scored[limit:] if row[3].partition("@")[0] in named][: limit // 2]
    wanted = scored[: limit - len(late)] + late
    passages = index.library.passages(row[3] for row in wanted)
    return [
        Hit(passages[passage_id], score, dense, words) for score, dense, words, passage_id in wanted
    ]


def _dense(vector: Vectors, readings: Readings, weights: Weights) -> list[float]:
    """How near each passage is: mixed of its document, itself and the best of its windows."""
    if not readings.ids:
        return []
    similar = readings.own @ vector
    # A passage's first vector is of the whole of it, the others are of its windows.
    parts = np.column_stack([readings.starts, readings.starts + 1]).ravel()
    whole, window = np.maximum.reduceat(similar, parts).reshape(-1, 2).T
    mixed = (
        weights.document * (readings.documents @ vector)
        + weights.window * window
        + (1 - weights.document - weights.window) * whole
    )
    return [float(value) for value in mixed]


def with_openings(index: Index, hits: list[Hit], articles: int = 2) -> list[Hit]:
    """The hits, and the opening passage of the best articles among them where it is missing.

    An article opens with its short answer, which can stand for the whole.
    """
    found = {hit.passage.id for hit in hits}
    best: dict[str, Hit] = {}
    for hit in hits:
        if hit.passage.kind == "article" and hit.passage.origin == "corpus":
            best.setdefault(hit.passage.document, hit)
    added = []
    for document, hit in list(best.items())[:articles]:
        opening = index.library.passage_ids(document)[0]
        if opening not in found:
            passage = index.library.passages([opening])[opening]
            added.append(Hit(passage, hit.score, hit.dense, hit.lexical))
    return [*hits, *added]


def with_passages(index: Index, hits: list[Hit], ids: Iterable[str], vector: Vectors) -> list[Hit]:
    """The hits, and behind them the passages of these ids that are not among them."""
    found = {hit.passage.id for hit in hits}
    missing = [passage_id for passage_id in dict.fromkeys(ids) if passage_id not in found]
    if not missing:
        return hits
    passages = index.library.passages(missing)
    readings = index.library.readings(missing)
    near = dict(zip(readings.ids, _dense(vector, readings, WEIGHTS), strict=True))
    added = [Hit(passages[name], near[name], near[name], 0.0) for name in missing if name in near]
    return [*hits, *added]
