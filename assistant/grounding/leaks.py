"""What may not leave whoever wrote it: the instructions, settings, paths, links to elsewhere.

A language model that obeys a passage instead of its instructions would print these. The check
reads finished sentences; what is quoted from a passage that was found is not a leak.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable

_SHINGLE_WORDS = 6
_IMAGE = re.compile(r"!\[[^\]]*\]\s*[\[(]")
_LINK = re.compile(
    r"(?:https?:|ftp:|file:|data:|javascript:|mailto:|//)[^\s)>\"'\]]+", re.IGNORECASE
)
_PATH = re.compile(
    r"(?<![\w/])(?:~|/(?:home|root|etc|var|usr|tmp|opt|proc|work|mnt|srv))/[\w.~/-]+|\b[A-Z]:\\\w+"
)
_SETTING = re.compile(
    r"\bASKCONDOR_[A-Z_]+\s*=|\b\w*(?:API_KEY|SECRET|PASSWORD|TOKEN)\w*\s*[=:]\s*\S{6,}"
)
_OPAQUE = re.compile(r"(?<![\w+/=])(?:[A-Za-z0-9+/_-]{40,}={0,2}|(?:[01]{8}\s){6,}|[0-9a-f]{32,})")


class Leaks:
    """Finds in a text what must not be shown."""

    def __init__(self, instructions: Iterable[str], secrets: Iterable[str] = ()) -> None:
        """Take what the model is told, and strings that nobody outside may see."""
        self._shingles = {shingle for text in instructions for shingle in _shingles(text)}
        self._secrets = [secret for secret in secrets if len(secret) >= 6]

    def find(self, text: str, known: Iterable[str] = ()) -> list[str]:
        """What leaks in a text, in a few words each; links that are `known` may stand."""
        found = []
        if self._tells(text):
            found.append("the instructions that the model was given")
        if any(secret in text for secret in self._secrets) or _SETTING.search(text):
            found.append("a setting")
        if _PATH.search(text):
            found.append("a path of this machine")
        if _IMAGE.search(text):
            found.append("an image from elsewhere")
        allowed = set(known)
        if any(link.group() not in allowed for link in _LINK.finditer(text)):
            found.append("a link that no source has")
        if _OPAQUE.search(text):
            found.append("a string of letters that says nothing")
        return found

    def _tells(self, text: str) -> bool:
        """Whether a text repeats the instructions, plain, reversed, spaced out or encoded."""
        plain = _words(text)
        spaced = _words(re.sub(r"(?<=\b\w) (?=\w\b)", "", text))
        tries = [plain, spaced, _words(text[::-1]), *(_words(each) for each in _decoded(text))]
        return any(
            shingle in self._shingles for words in tries for shingle in _shingles(" ".join(words))
        )


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = _words(text)
    return {tuple(words[n : n + _SHINGLE_WORDS]) for n in range(len(words) - _SHINGLE_WORDS + 1)}


def _decoded(text: str) -> list[str]:
    found = []
    for match in re.finditer(r"[A-Za-z0-9+/]{16,}={0,2}", text):
        try:
            found.append(base64.b64decode(match.group() + "===").decode("utf-8", "ignore"))
        except (binascii.Error, ValueError):
            continue
    return found
