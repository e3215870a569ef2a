"""Search: dense and lexical scores of the same passages, fused into one ranking.

The dense score (cosine) carries most of the weight; the words settle what the vector leaves
open, such as the name of an index or a term. Equal weights would be worse than dense alone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from assistant.knowledge.index import Index
from assistant.knowledge.library import StoredPassage

DENSE_WEIGHT = 0.85
CANDIDATES = 50

NAMED_BONUS = 0.08
"""Added where the query names the very term that a glossary entry defines."""


@dataclass(frozen=True)
class Hit:
    """A passage found: `score` ranks it, `dense` is its cosine similarity to the query."""

    passage: StoredPassage
    score: float
    dense: float
    lexical: float


def search(index: Index, query: str, limit: int = 5, named: Collection[str] = ()) -> list[Hit]:
    """The passages that answer a query best, best first; `named` are ids of documents it names."""
    dense = index.near(index.embedder.embed_one(query), max(CANDIDATES, limit))
    lexical = index.library.find_words(query, max(CANDIDATES, limit))
    best = max(lexical.values(), default=0.0)
    # A passage found by words alone is at most as near as the last of the dense candidates.
    floor = min(dense.values(), default=0.0)
    scored = []
    for passage_id in {**dense, **lexical}:
        near = dense.get(passage_id, floor)
        words = lexical.get(passage_id, 0.0) / best if best > 0 else 0.0
        bonus = NAMED_BONUS if passage_id.partition("@")[0] in named else 0.0
        fused = DENSE_WEIGHT * near + (1 - DENSE_WEIGHT) * words + bonus
        scored.append((fused, near, words, passage_id))
    scored.sort(key=lambda row: (-row[0], row[3]))
    # A term that is named belongs to the answer, however many passages rank above its entry.
    late = [row for row in scored[limit:] if row[3].partition("@")[0] in named][: limit // 2]
    wanted = scored[: limit - len(late)] + late
    passages = index.library.passages(row[3] for row in wanted)
    return [
        Hit(passages[passage_id], score, near, words)
        for score, near, words, passage_id in wanted
        if passage_id in passages
    ]


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
