"""How well the library is searched: our own questions, and a public set for comparing methods.

Our questions are graded by the rank of the first right source. The public set (a folder with
`corpus.jsonl.gz`, `queries.jsonl` and `qrels.tsv`, as BEIR lays them out) is graded by nDCG@10: the
weights of the search are chosen on four fifths of the questions and graded on the last fifth.
"""

from __future__ import annotations

import csv
import gzip
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import fmean

import yaml
from pydantic import BaseModel, ConfigDict

from assistant.knowledge.documents import Document
from assistant.knowledge.index import Index, Progress
from assistant.knowledge.search import WEIGHTS, Weights, search
from assistant.knowledge.terms import TermFinder

FIRST_THREE = 0.97
MEAN_RECIPROCAL_RANK = 0.90
NDCG_AT_10 = 0.52
"""What has to be reached; below, `askcondor eval` ends with status 1."""

FOLDS = 5

GRID = [
    Weights(document, window, words)
    for document, window, words in product((0.15, 0.25, 0.35), (0.2, 0.3, 0.4), (0.08, 0.12, 0.16))
]


class Question(BaseModel):
    """A question of ours, and every source that truly answers it; none for one out of scope."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str
    sources: tuple[str, ...]

    @property
    def right(self) -> set[str]:
        """The ids of the right documents."""
        return {s if ":" in s else f"article:{s}" for s in self.sources}


@dataclass(frozen=True)
class Miss:
    """A question whose right source is not among the first three."""

    question: str
    right: tuple[str, ...]
    found: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """The grades of our questions."""

    questions: int
    first_three: float
    mean_reciprocal_rank: float
    misses: tuple[Miss, ...]


def read_questions(path: Path) -> list[Question]:
    """The questions in a file; anyone may add to it."""
    entries = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)["questions"]
    return [Question.model_validate(entry) for entry in entries]


def grade_questions(index: Index, terms: TermFinder, questions: Sequence[Question]) -> Finding:
    """Rank the sources of each in-scope question and grade the ranks."""
    ranks: list[int | None] = []
    misses = []
    for question in (each for each in questions if each.sources):
        named = {f"glossary:{term.slug}" for term in terms.find(question.question)}
        found = _documents(index, question.question, 20, named)
        rank = next((n for n, name in enumerate(found, 1) if name in question.right), None)
        ranks.append(rank)
        if rank is None or rank > 3:
            misses.append(Miss(question.question, question.sources, tuple(found[:3])))
    return Finding(
        questions=len(ranks),
        first_three=fmean(rank is not None and rank <= 3 for rank in ranks),
        mean_reciprocal_rank=fmean(1 / rank if rank else 0.0 for rank in ranks),
        misses=tuple(misses),
    )


@dataclass(frozen=True)
class PublicSet:
    """A retrieval set: documents, queries, and how relevant which document is to which query."""

    documents: tuple[Document, ...]
    queries: Mapping[str, str]
    relevance: Mapping[str, Mapping[str, int]]


def read_public_set(folder: Path) -> PublicSet:
    """Read a set in BEIR's layout."""
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        documents = tuple(_public_document(json.loads(line)) for line in lines)
    with (folder / "queries.jsonl").open(encoding="utf-8") as lines:
        queries = {entry["_id"]: entry["text"] for entry in map(json.loads, lines)}
    relevance: dict[str, dict[str, int]] = {}
    with (folder / "qrels.tsv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows, delimiter="\t"):
            relevance.setdefault(row["query-id"], {})[f"document:{row['corpus-id']}"] = int(
                row["score"]
            )
    return PublicSet(documents, queries, relevance)


def grade_public_set(
    index: Index, public: PublicSet, progress: Progress = lambda *_: None
) -> dict[str, float]:
    """The cross-validated nDCG@10, and beside it that of each half of the search alone."""
    index.update(public.documents, progress=progress)
    names = [name for name in public.queries if name in public.relevance]
    weightings = [*GRID, Weights(0, 0, 0), Weights(0, 0, 1)]
    scores: dict[Weights, list[float]] = {}
    for number, weights in enumerate(weightings, 1):
        scores[weights] = [
            ndcg(
                _documents(index, public.queries[name], 30, (), weights)[:10],
                public.relevance[name],
            )
            for name in names
        ]
        progress("Grading weights", number, len(weightings))
    held_out: list[float] = []
    for fold in range(FOLDS):
        learned = [n for n in range(len(names)) if n % FOLDS != fold]
        best = max(GRID, key=lambda each: fmean(scores[each][n] for n in learned))
        held_out += [scores[best][n] for n in range(len(names)) if n % FOLDS == fold]
    return {
        "queries": len(names),
        "ndcg_at_10": fmean(held_out),
        "ndcg_at_10_vectors_alone": fmean(scores[Weights(0, 0, 0)]),
        "ndcg_at_10_words_alone": fmean(scores[Weights(0, 0, 1)]),
    }


def ndcg(found: Sequence[str], relevance: Mapping[str, int]) -> float:
    """Normalized discounted cumulative gain of a ranking, with gains 2^grade - 1."""
    ideal = _discounted(sorted(relevance.values(), reverse=True)[: len(found) or 10])
    return _discounted(relevance.get(name, 0) for name in found) / ideal if ideal else 0.0


def _discounted(grades: Iterable[int]) -> float:
    return math.fsum((2.0**grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(grades))


def _documents(
    index: Index,
    query: str,
    passages: int,
    named: Iterable[str],
    weights: Weights = WEIGHTS,
) -> list[str]:
    """The documents of the passages found, best first."""
    hits = search(index, query, passages, set(named), weights)
    return list(dict.fromkeys(hit.passage.document for hit in hits))


def _public_document(entry: Mapping[str, str]) -> Document:
    return Document(
        id=f"document:{entry['_id']}",
        kind="article",
        title=entry.get("title", ""),
        url=f"/documents/{entry['_id']}",
        text=f"{entry['text']}\n",
        origin=f"set/{entry['_id']}",
    )
