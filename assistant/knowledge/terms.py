"""Glossary terms in a text, found exactly: by their names and synonyms, longest first."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from assistant.knowledge.corpus import Term

_TOKEN = re.compile(r"[A-Za-z0-9]+(?:['&/.][A-Za-z0-9]+)*")

_ACRONYM_LENGTH = 4
"""A name this short, all capitals, is only meant when it is written in capitals: IC, IV, REIT."""


class TermFinder:
    """Knows every name of every term; `find` gives the terms that a text uses, in order."""

    def __init__(self, terms: Iterable[Term]) -> None:
        """Prepare the names once."""
        self._by_first: dict[str, list[tuple[tuple[str, ...], str | None, Term]]] = defaultdict(
            list
        )
        for term in terms:
            for name in term.names:
                tokens = tuple(token.lower() for token in _TOKEN.findall(name))
                if tokens:
                    exact = name if name.isupper() and len(name) <= _ACRONYM_LENGTH else None
                    self._by_first[tokens[0]].append((tokens, exact, term))
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def find(self, text: str) -> list[Term]:
        """The terms named in `text`, each once, in the order of their first mention."""
        found: dict[str, Term] = {}
        words = _TOKEN.findall(text)
        lowered = [word.lower() for word in words]
        singular = [_singular(word) for word in lowered]
        position = 0
        while position < len(words):
            entries = self._by_first.get(lowered[position], [])
            entries = entries or self._by_first.get(singular[position], [])
            step = 1
            for tokens, exact, term in entries:
                if exact is not None and words[position] != exact:
                    continue
                stretch = slice(position, position + len(tokens))
                if len(tokens) == 1 or _same(lowered[stretch], singular[stretch], tokens):
                    found.setdefault(term.slug, term)
                    step = len(tokens)
                    break
            position += step
        return list(found.values())


def _same(lowered: list[str], singular: list[str], tokens: tuple[str, ...]) -> bool:
    """Whether words are the tokens of a name, each as written or in the singular."""
    if len(lowered) != len(tokens):
        return False
    for word, one, token in zip(lowered, singular, tokens, strict=True):
        if token not in (word, one):
            return False
    return True


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
