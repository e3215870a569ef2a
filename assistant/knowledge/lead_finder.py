"""Takes a question to the leads it is about: by meaning, by words, and by how sure it sounds.

A short question and a lead's examples share most of what a sentence embedding sees: an index, a
condor, a number. So vectors are compared after taking out what all examples share (whitening by
their covariance). Rare words in common add to that, and for a premise so does the language of
conviction: 'so', 'right?', 'can't' mark the reader who builds on a mistake, 'what is' and 'or' the
one who asks about it. Both weights of words are counted in the corpus's own questions. What was
measured is in docs/benchmarks.md.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from assistant.knowledge.embedding import Vectors
from assistant.knowledge.leads import LeadKind

NEAR_ENOUGH: dict[LeadKind, float] = {"premise": 0.52, "contested": 0.50}
"""From this nearness on a question is taken to a lead; a wrong correction is worse than none."""

MOST = 2
"""No question is led to more quotes than this."""

WORDS = 0.2
"""What it adds when every rare word of the question stands in the lead's examples."""

CONVICTION = 0.2
"""What the most assertive language adds for a premise, or the most open takes away."""

_SMOOTHING = 1.0
"""Variance added in every direction of the whitening, in multiples of the mean variance."""

_FEWEST_WORDS = 3
"""A reading with fewer words that mean something is a fragment, and leads nowhere."""

_MOST_SENTENCES = 5
_SEEN_OFTEN = 6
_SENTENCE = re.compile(r"(?<=[.?!])\s+|\n+")
_TOKEN = re.compile(r"[a-z]+|\d+(?:\.\d+)?")
_STANCE = re.compile(r"[a-z']+|[?%]")
_COMMON = frozenset(
    "a about an and are as at be by can could did do does doesn don for from has have he how i if "
    "in is isn it its just m my no not of on or re right s shall she should so t than that the "
    "then they this to was we what when where which who why will with would you your "
    "correct".split()
)


@dataclass(frozen=True)
class PlacedLead:
    """A lead as the index keeps it: where its quote stands, and what finds it."""

    id: str
    kind: LeadKind
    passage: str
    quote: str
    examples: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class FoundLead:
    """A lead that a question was taken to; `near` is 0.50 at the least and 1.4 at the most."""

    id: str
    kind: LeadKind
    passage: str
    quote: str
    near: float


@dataclass(frozen=True)
class Counted:
    """How rare the words are, and how much more often the assertive lines use a feature."""

    rarity: dict[str, float]
    conviction: dict[str, float]


class LeadFinder:
    """Finds the leads of a question; built from what the index stores."""

    def __init__(self, leads: Sequence[PlacedLead], counted: Counted, examples: Vectors) -> None:
        """Take the examples' vectors one below the other, in the order of the leads."""
        self._leads = leads
        self._counted = counted
        self._of_word: dict[str, list[int]] = defaultdict(list)
        for place, lead in enumerate(leads):
            for word in set(lead.words):
                self._of_word[word].append(place)
        self._starts = np.cumsum([0, *(lead.examples for lead in leads)])[:-1]
        if leads:
            self._mean = examples.mean(axis=0)
            self._whiten = _whitening(examples - self._mean)
            self._examples = self._plain(examples)
            counts = np.array([lead.examples for lead in leads])[:, None]
            middles = np.add.reduceat(self._examples, self._starts) / counts
            self._middles = middles / np.linalg.norm(middles, axis=1, keepdims=True)

    def find(self, question: str, embed: Callable[[str], Vectors]) -> list[FoundLead]:
        """The leads of a question, nearest first; mostly there is none.

        A question is read whole and by its sentences, since the mistake is often one of several.
        """
        scores = [self._scores(text, embed(text)) for text in readings(question)]
        if not scores or not self._leads:
            return []
        found = [
            FoundLead(lead.id, lead.kind, lead.passage, lead.quote, float(near))
            for lead, near in zip(self._leads, np.max(scores, axis=0), strict=True)
            if near >= NEAR_ENOUGH[lead.kind]
        ]
        return sorted(found, key=lambda lead: -lead.near)[:MOST]

    def _scores(self, text: str, vector: Vectors) -> Vectors:
        """How near a text is to each lead."""
        plain = self._plain(vector[None])[0]
        nearest = np.maximum.reduceat(self._examples @ plain, self._starts)
        meaning = 0.5 * nearest + 0.5 * (self._middles @ plain)
        words = {word: self._rarity(word) for word in content(text)}
        whole = sum(words.values()) or 1.0
        shared = np.zeros(len(self._leads))
        for word, rarity in words.items():
            shared[self._of_word.get(word, [])] += rarity / whole
        conviction = self._conviction(text)
        stance = [conviction if lead.kind == "premise" else 0.0 for lead in self._leads]
        scores: Vectors = meaning + WORDS * shared + CONVICTION * np.array(stance)
        return scores

    def _plain(self, vectors: Vectors) -> Vectors:
        """Unit vectors without what all examples share."""
        white = (vectors - self._mean) @ self._whiten
        plain: Vectors = white / np.maximum(np.linalg.norm(white, axis=1, keepdims=True), 1e-12)
        return plain

    def _rarity(self, word: str) -> float:
        return self._counted.rarity.get(word, self._counted.rarity[""])

    def _conviction(self, text: str) -> float:
        """From -1, an open question, to 1, an assertion."""
        weights = self._counted.conviction
        return math.tanh(sum(weights.get(feature, 0.0) for feature in stance(text)) / 8)


def count(assertive: Sequence[str], topical: Sequence[str], open_lines: Sequence[str]) -> Counted:
    """Learn the weights of words from lines: of wrong premises, of topics, and openly asked."""
    every = [content(line) for line in (*assertive, *topical, *open_lines)]
    frequency = Counter(word for words in every for word in words)
    rarity = {word: math.log(1 + len(every) / (n + 0.5)) for word, n in frequency.items()}
    rarity[""] = math.log(1 + len(every) / 0.5)  # a word that no line has
    sure = Counter(feature for line in assertive for feature in stance(line))
    unsure = Counter(feature for line in (*topical, *open_lines) for feature in stance(line))
    others = len(topical) + len(open_lines)
    conviction = {
        feature: math.log((sure[feature] + 1) / (len(assertive) + 2))
        - math.log((unsure[feature] + 1) / (others + 2))
        for feature in sure.keys() | unsure.keys()
        if sure[feature] + unsure[feature] >= _SEEN_OFTEN
    }
    return Counted(rarity, conviction)


def readings(question: str) -> list[str]:
    """The question whole, and the longest of its sentences where it has several."""
    parts = [part.strip() for part in _SENTENCE.split(question) if part.strip()]
    longest = sorted(parts, key=len, reverse=True)[:_MOST_SENTENCES] if len(parts) > 1 else []
    return [text for text in (question, *longest) if len(content(text)) >= _FEWEST_WORDS]


def content(text: str) -> set[str]:
    """The words that carry meaning, cut to their beginnings."""
    words = _TOKEN.findall(text.lower().replace("'", "").replace("’", ""))
    return {word[:6] for word in words if len(word) > 1 and word not in _COMMON}


def stance(text: str) -> set[str]:
    """The words and pairs of words by which a line sounds sure or open."""
    words = _STANCE.findall(text.lower().replace("’", "'"))
    return {*words, *(f"{one} {other}" for one, other in pairwise(words))}


def stored(leads: Iterable[PlacedLead], counted: Counted) -> dict[str, Any]:
    """What the index keeps of the leads, in plain JSON types."""
    return {
        "leads": [vars(lead) | {"words": list(lead.words)} for lead in leads],
        "rarity": counted.rarity,
        "conviction": counted.conviction,
    }


def restored(kept: dict[str, Any], examples: Vectors) -> LeadFinder:
    """The finder from what `stored` gave."""
    leads = [PlacedLead(**lead | {"words": tuple(lead["words"])}) for lead in kept["leads"]]
    return LeadFinder(leads, Counted(kept["rarity"], kept["conviction"]), examples)


def _whitening(centered: Vectors) -> Vectors:
    """The map after which all directions vary alike; its square is the inverse covariance."""
    covariance = centered.T @ centered / max(len(centered) - 1, 1)
    size = len(covariance)
    covariance += _SMOOTHING * np.trace(covariance) / size * np.eye(size, dtype=covariance.dtype)
    inverse: Vectors = np.linalg.inv(np.linalg.cholesky(covariance)).T.astype(np.float32)
    return inverse
