"""The text of a language model as it may be shown: each sentence once it is checked.

A sentence goes out when every number of it is traced and its paragraph rests on a citation or a
calculation; until then it is held. What has gone out stays: the text of the answer is what was
shown, in that order. What cannot go out at a paragraph's end stops the speech.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.answers.record import Citation, Grounding, TracedNumber
from assistant.evidence import MARKER, Evidence
from assistant.grounding import check
from assistant.grounding.leaks import Leaks

_END = re.compile(r"(?<=[.!?])(?:\s*\[\d{1,3}\])*(?:\*\*|[\"”’)])*(?=\s)|\n")
_SHORT_WORDS = 12
"""A heading or a word of transition need not rest on anything."""


@dataclass
class Speech:
    """What has been shown of a text, what is held, and why it stopped."""

    evidence: Evidence
    leaks: Leaks
    shown: str = ""
    """What has gone out, with the markers as they were written."""
    numbers: list[TracedNumber] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)
    _pending: str = ""
    _gap: str = ""
    _rests: bool = False
    _repeated: str = ""

    @property
    def stopped(self) -> bool:
        """Whether something could not go out."""
        return bool(self.failed)

    def hear(self, token: str) -> str:
        """Take a piece of text; give what can be shown now."""
        if self.stopped:
            return ""
        self._pending += token
        if self._repeated and not self._past_repetition():
            return ""
        return "".join(iter(self._next_sentence, None))

    def end(self) -> str:
        """The text is complete: show what is left, or stop."""
        if self.stopped:
            return ""
        self._repeated = ""
        self._take_gap()
        rest, self._pending = self._pending, ""
        return self._try(rest, last=True) if rest.strip() else ""

    def go_on(self) -> None:
        """Begin anew after what was shown, for a repair."""
        self.withheld += self.failed
        self.failed, self._pending, self._rests = [], "", False
        self._repeated = self.shown.strip()
        self._gap = "\n\n" if self.shown else ""

    def forget(self) -> None:
        """Drop what is held: the text was not the answer."""
        self._pending = ""

    def add(self, text: str, suggestions: Sequence[str] = ()) -> str:
        """Show the lines of a composed text whose numbers are traced."""
        self.go_on()
        self._repeated = ""
        shown = ""
        for block in re.split(r"(\n+)", text):
            if not block.strip():
                self._gap = block or self._gap
                continue
            grounding, _ = self._checked(block, suggestions)
            if grounding.unsupported:
                self.withheld += grounding.unsupported
            else:
                shown += self._release(block, grounding)
        return shown

    def finished(self) -> tuple[str, list[Citation], Grounding]:
        """The text as it was shown, its citations and the source of each number."""
        text, citations = self.evidence.cite(self.shown)
        traced = [n for n in self.numbers if n.source.startswith("citation")]
        wide = []
        for citation in citations:
            offsets = [n.offset for n in traced if n.source == f"citation {citation.n}"]
            inside = all(o is None or citation.start <= o < citation.end for o in offsets)
            wide.append(citation if inside else self.evidence.whole(citation))
        return text, wide, Grounding(numbers=self.numbers, withheld=self.withheld + self.failed)

    def _next_sentence(self) -> str | None:
        """Show the sentences that are complete; None where none is."""
        self._take_gap()
        places = [match.end() for match in _END.finditer(self._pending)]
        # A marker may still follow the last full stop.
        for place in places:
            after = self._pending[place:]
            if re.fullmatch(r"\s*(?:\[\d*)?", after) and "\n\n" not in after:
                break
            sentence, rest = self._pending[:place], after
            ended = bool(re.match(r"\s*\n\s*\n", rest)) or sentence.endswith("\n\n")
            shown = self._try(sentence, last=ended, tentative=not ended)
            if shown or self.stopped:
                self._pending = "" if self.stopped else rest
                return shown
        return None

    def _take_gap(self) -> None:
        """What parts two sentences goes out with the second; a new paragraph rests anew."""
        words = self._pending.lstrip()
        if words:
            between = self._pending[: len(self._pending) - len(words)]
            self._gap += between if self.shown else ""
            self._pending = words
            if "\n\n" in self._gap:
                self._rests = False

    def _try(self, text: str, *, last: bool, tentative: bool = False) -> str:
        grounding, _ = self._checked(text, ())
        leaks = self.leaks.find(text, (passage.url for passage in self.evidence.passages))
        problems = [*grounding.unsupported, *leaks]
        rests = (
            self._rests
            or bool(MARKER.search(text))
            or any(number.source.startswith("calculation") for number in grounding.numbers)
        )
        bare = tentative or len(text.split()) > _SHORT_WORDS or not self._has_ground
        if not problems and not rests and bare:
            problems = [f"“{' '.join(text.split()[:8])} …”, which rests on nothing"]
        if problems:
            if leaks or (last and not tentative):
                self.failed = problems
            return ""
        self._rests = rests
        return self._release(text, grounding)

    @property
    def _has_ground(self) -> bool:
        return bool(self.evidence.calculations or self.evidence.passages)

    def _checked(self, text: str, suggestions: Sequence[str]) -> tuple[Grounding, str]:
        """The check of a text as it will stand after what was shown."""
        before, _ = self.evidence.cite(self.shown)
        whole, citations = self.evidence.cite(self.shown + self._gap + text)
        here = whole[len(before) :]
        marks = {int(mark) for mark in MARKER.findall(here)}
        cited = [self.evidence.whole(c) for c in citations if c.n in marks]
        return check(here, self.evidence, cited, suggestions), here

    def _release(self, text: str, grounding: Grounding) -> str:
        before, _ = self.evidence.cite(self.shown)
        body = text.rstrip()
        self.shown += self._gap + body
        self._gap = text[len(body) :]
        self.numbers += grounding.numbers
        after, _ = self.evidence.cite(self.shown)
        return after[len(before) :]

    def _past_repetition(self) -> bool:
        """A repaired text may begin with what was shown; that is not shown twice."""
        heard = self._pending.lstrip()
        if len(heard) < len(self._repeated):
            if self._repeated.startswith(heard):
                return False
        elif heard.startswith(self._repeated):
            self._pending = heard[len(self._repeated) :]
        self._repeated = ""
        return True
