"""Search: dense and lexical scores of the same passages, fused into one ranking.

The dense score (cosine) carries most of the weight; the words settle what the vector leaves
open, such as the name of an index or a term. Equal weights would be worse than dense alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.knowledge.index import Index
from assistant.knowledge.library import StoredPassage

DENSE_WEIGHT = 0.85
CANDIDATES = 50


@dataclass(frozen=True)
class Hit:
    """A passage found: `score` ranks it, `dense` is its cosine similarity to the query."""

    passage: StoredPassage
    score: float
    dense: float
    lexical: float


def search(index: Index, query: str, limit: int = 5) -> list[Hit]:
    """The passages that answer a query best, best first."""
    dense = index.near(index.embedder.embed_one(query), max(CANDIDATES, limit))
    lexical = index.library.find_words(query, max(CANDIDATES, limit))
    best = max(lexical.values(), default=0.0)
    # A passage found by words alone is at most as near as the last of the dense candidates.
    floor = min(dense.values(), default=0.0)
    scored = []
    for passage_id in {**dense, **lexical}:
        near = dense.get(passage_id, floor)
        words = lexical.get(passage_id, 0.0) / best if best > 0 else 0.0
        scored.append((DENSE_WEIGHT * near + (1 - DENSE_WEIGHT) * words, near, words, passage_id))
    scored.sort(key=lambda row: (-row[0], row[3]))
    passages = index.library.passages(row[3] for row in scored[: limit + 10])
    hits = [
        Hit(passages[passage_id], score, near, words)
        for score, near, words, passage_id in scored
        if passage_id in passages
    ]
    return hits[:limit]
