"""Whether a question belongs to the library's field: its examples, its words and its terms decide.

A question is compared with questions that are ours (how readers ask for articles, and the examples
of leads) and with questions of other fields (`elsewhere.yaml`). Words that the corpus knows and
terms that no other field uses speak for it. What a reader's own documents hold is inside as well.
How often it errs is in docs/benchmarks.md.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.knowledge.embedding import Vectors

LEAST = 0.30
"""A question with this score or more is inside."""

FOREIGN = -0.12
"""A question so much nearer to other fields belongs to them, even within a conversation on ours."""

NEIGHBORS = 2
"""A question is as near to a field as the mean of so many of the nearest examples says."""

KNOWN, NAMED, FOUND = 0.3, 0.1, 0.3
"""Weights: the share of known words, a term of no other field, and how near the best passage is."""

_LEAST_FOUND, _MOST_FOUND = 0.4, 0.6
_LEAST_OWN = 0.40
_SEEN = 2
_WORD = re.compile(r"[a-z][a-z0-9]*")
_COMMON = frozenset(
    "a about all and any are as at be been best better can did do does for from get good had has "
    "have how i if in is it make many me more most much my need no not of on one or should so some "
    "than that the then there they this three to two use want was we were what when where which "
    "who why will with would you your".split()
)


@dataclass(frozen=True)
class Scope:
    """What speaks for and against a question; cosines, and `known` from 0 to 1."""

    ours: float
    elsewhere: float
    known: float
    named: bool
    best: float = 0.0
    """How near the nearest passage is."""
    own: float = 0.0
    """The rank, by meaning and words, of the best passage of a reader's own document; else 0."""

    @property
    def score(self) -> float:
        """The evidence in one number; about -0.3 to 1."""
        found = min(self.best, _MOST_FOUND) - _LEAST_FOUND
        return self.ours - self.elsewhere + KNOWN * self.known + NAMED * self.named + FOUND * found

    @property
    def inside(self) -> bool:
        """Whether the library, or a reader's own document, is about such a question."""
        return self.score >= LEAST or self.told

    @property
    def foreign(self) -> bool:
        """Whether a question is plainly of another field, however little it says."""
        return self.ours - self.elsewhere < FOREIGN and not self.told

    @property
    def told(self) -> bool:
        """Whether a reader's own document is about such a question, whatever its field."""
        return self.own >= max(_LEAST_OWN, self.elsewhere)


def nearness(examples: Vectors, vector: Vectors) -> float:
    """The mean cosine of a unit vector with the nearest examples; -1 where there are none."""
    similar = examples @ vector
    if len(similar) < NEIGHBORS:
        return float(similar.max(initial=-1.0))
    return float(np.partition(similar, -NEIGHBORS)[-NEIGHBORS:].mean())


def vocabulary(texts: Iterable[str]) -> list[str]:
    """The beginnings of the words that stand in some texts more than once."""
    seen = Counter(word for text in texts for word in words(text))
    return sorted(word for word, count in seen.items() if count >= _SEEN)


def share_known(text: str, known: Collection[str]) -> float:
    """The share of a text's words that are in a vocabulary, from 0 to 1."""
    found: Sequence[str] = sorted(words(text))
    return sum(word in known for word in found) / len(found) if found else 0.0


def words(text: str) -> set[str]:
    """The words that carry meaning, without numbers, cut to their beginnings."""
    every = _WORD.findall(text.lower().replace("'", "").replace("’", ""))
    return {word[:6] for word in every if len(word) > 1 and word not in _COMMON}
