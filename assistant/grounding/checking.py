"""The check: each numeral and each quote of a text is traced, or it is unsupported.

A numeral is traced, in this order,
- to a passage, a string of a result or the question that has the same words around it: then the
  numeral has to be the same one, and no other source is asked;
- to a field of a calculation that the sentence names, at the precision and in the unit shown;
- to a cited passage or to the question that speaks of the same thing.
A value that equals only another field than the sentence names is not traced.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from assistant.answers.record import Citation, Grounding, TracedNumber
from assistant.evidence import MARKER, NOT_USED, Evidence, sentences
from assistant.grounding.nouns import ALLOWED, OPPOSITES, word_form
from assistant.grounding.numerals import Numeral, numbers_in
from assistant.grounding.reading import Said, read
from assistant.grounding.sources import MASK, Calculated, Leaf, Text, mask

_WINDOW = 4
"""So many words on each side of a numeral make a place that can be recognised."""

_FEWEST_WORDS = 4
"""A place of fewer words is found in too many texts to prove anything."""

_STRIKE_LEGS = ("put_long", "put_short", "call_short", "call_long")
_THRESHOLDS = ("threshold", "target_credit", "evidence_days", "evidence_followed", "low", "high")
_QUOTED = re.compile(r"“([^”\n]{12,})”|\"([^\"\n]{12,})\"")
_LOSS = re.compile(
    r"\b(?:los(?:e|es|ing|t)|loss(?:es)? of|fall(?:s|ing)?|drop(?:s|ped)?|down|costs?|declin\w+"
    r"|debit of|pay(?:s|ing)?)\W*(?:by |of |about |\*+)*$",
    re.IGNORECASE,
)
_ENDS = frozenset({"lower", "upper"})
_NO_SHARES = frozenset({"width", "strike", "break_even", "days"})
"""No percent stands before these: '25 % width'."""
_COMMON = frozenset(
    "the a an and or of to in on at is are was be by for with that this it its from as than then "
    "not no if per you your one which what when will would can may".split()
)


class Trace(NamedTuple):
    """Where a numeral comes from."""

    source: str
    path: str = ""
    offset: int | None = None
    leaf: Leaf | None = None


class Check:
    """One check of texts against what a turn may rest on."""

    def __init__(self, evidence: Evidence, citations: Iterable[Citation]) -> None:
        """Take the calculations, the question and the citations."""
        self.evidence = evidence
        self.citations = list(citations)
        self.calculated = [Calculated(item) for item in evidence.calculations]

    @cached_property
    def question(self) -> Text:
        """The question as a source."""
        return Text("question", self.evidence.question)

    @cached_property
    def quotes(self) -> dict[int, Text]:
        """The cited passages as sources."""
        return {c.n: Text(f"citation {c.n}", c.quote, c.start) for c in self.citations}

    @cached_property
    def leaves(self) -> list[Leaf]:
        """Every number of every calculation."""
        return [leaf for item in self.calculated for leaf in item.leaves]

    @cached_property
    def names(self) -> dict[tuple[str, ...], set[str]]:
        """The names of the records in results."""
        names: dict[tuple[str, ...], set[str]] = {}
        for item in self.calculated:
            for words, scopes in item.scopes.items():
                names.setdefault(words, set()).update(scopes)
        return names

    @cached_property
    def keys(self) -> dict[tuple[str, ...], set[str]]:
        """The fields' own words, as phrases."""
        keys: dict[tuple[str, ...], set[str]] = {}
        for concept in {leaf.concept for leaf in self.leaves}:
            words = tuple(word_form(word) for word in concept.split("_") if word)
            if words and words not in (("value",), ("result",)):
                keys.setdefault(words, set()).add(concept)
        return keys

    def run(self, text: str, suggestions: Iterable[str] = ()) -> Grounding:
        """Trace every number and quote of a text."""
        for suggestion in suggestions:
            # A suggested question states nothing, where the text repeats it.
            text = text.replace(suggestion, "")
        numbers: list[TracedNumber] = []
        unsupported: list[str] = []
        for paragraph in re.split(r"\n{2,}", text):
            cited = [int(mark) for mark in MARKER.findall(paragraph)]
            passages = [self.quotes[n] for n in dict.fromkeys(cited) if n in self.quotes]
            passages = passages or list(self.quotes.values())
            for line in paragraph.split("\n"):
                unsupported += self._untraced_quotes(line, passages)
                for sentence in sentences(line):
                    numerals = numbers_in(sentence)
                    if not numerals:
                        continue
                    traces = self._sentence(sentence, numerals, passages, cited=bool(cited))
                    for numeral, trace in zip(numerals, traces, strict=True):
                        if trace is None:
                            unsupported.append(numeral.text)
                        else:
                            numbers.append(
                                TracedNumber(
                                    text=numeral.text,
                                    source=trace.source,
                                    path=trace.path,
                                    offset=trace.offset,
                                )
                            )
        return Grounding(numbers=numbers, unsupported=unsupported)

    # The places that have the same words

    def _sentence(
        self, sentence: str, numerals: list[Numeral], passages: Sequence[Text], *, cited: bool
    ) -> list[Trace | None]:
        if sentence.startswith(NOT_USED):
            return [self._listed(numeral) for numeral in numerals]
        texts = [*passages, *(item.text for item in self.calculated), self.question]
        whole = _same_words(sentence, numerals, texts)
        if whole is not None:
            return whole
        said = read(sentence, numerals, self.names, self.keys)
        traces: list[Trace | None] = []
        for one in said:
            known, trace = self._same_place(sentence, numerals, one.numeral, texts)
            traces.append(trace if known else self._trace(one, sentence, passages, cited=cited))
        self._refuse_repeats(said, traces)
        self._refuse_other_rows(sentence, said, traces)
        return traces

    def _listed(self, numeral: Numeral) -> Trace | None:
        """The number of the question that is listed as one that entered nothing."""
        stated = next((n for n in self.question.numerals if _same(numeral, n)), None)
        return _trace_in(self.question, stated) if stated else None

    def _same_place(
        self, sentence: str, numerals: list[Numeral], numeral: Numeral, texts: Sequence[Text]
    ) -> tuple[bool, Trace | None]:
        """Whether a source has the same words around a numeral, and the place if so."""
        window = _window(sentence, numerals, numeral)
        if window is None:
            return False, None
        words, slot = window
        found = False
        for text in texts:
            masked, _ = text.masked
            start = masked.find(words)
            while start >= 0:
                found = True
                index = masked.count(MASK, 0, start) + slot
                stated = text.numerals[index]
                if _same(numeral, stated):
                    return True, _trace_in(text, stated)
                start = masked.find(words, start + 1)
        return found, None

    # The fields that a sentence names

    def _trace(
        self, one: Said, sentence: str, passages: Sequence[Text], *, cited: bool
    ) -> Trace | None:
        if one.numeral.dimension in ("date", "time"):
            # A day is itself, whatever is said of it.
            for item in self.calculated:
                if path := item.moments.get(one.numeral.name):
                    return Trace(item.source, path, None)
        readings = [one.numeral, *([one.numeral.otherwise] if one.numeral.otherwise else [])]
        conflict = False
        for numeral in readings:
            leaf, against = self._field(one, numeral, sentence)
            if leaf is not None:
                return Trace(leaf.source, leaf.path, None, leaf)
            conflict |= against
        # Against what a calculation says only the passage that the paragraph cites may speak.
        texts = [*passages] if cited or not conflict else []
        texts += [] if conflict else [item.text for item in self.calculated]
        for text in texts:
            if stated := self._alike(one, text):
                return _trace_in(text, stated)
        return None if conflict else self._asked(one)

    def _asked(self, one: Said) -> Trace | None:
        """The number of the question that a numeral repeats."""
        for stated in self.question.numerals:
            if any(_in_unit(stated, leaf) and _equal(stated, leaf, 1.0) for leaf in self.leaves):
                # What a calculation took from the question is known by its field.
                continue
            verbatim = one.numeral.text == stated.text
            if _same(one.numeral, stated) and self._agrees(
                one, stated, self.question, needs_words=not verbatim
            ):
                return _trace_in(self.question, stated)
        return None

    def _field(self, one: Said, numeral: Numeral, sentence: str) -> tuple[Leaf | None, bool]:
        """The field that a numeral shows; else whether it contradicts the one that is named."""
        possible = [leaf for leaf in self.leaves if _in_unit(numeral, leaf)]
        if numeral.dimension == "usd" and "$" in self.evidence.question:
            # Flows and reserves have the currency that the question gave them.
            possible += [leaf for leaf in self.leaves if leaf.dimension == "money"]
        sign = _sign(sentence, numeral)

        if numeral.dimension == "" and re.match(
            r"\W*of (?:the|its|your|that)\b", sentence[numeral.end :]
        ):
            # '36.0 of the width' is no amount.
            possible = [leaf for leaf in possible if leaf.dimension in ("share", "count", "any")]

        def match(fields: list[Leaf], *, strict: bool = True) -> Leaf | None:
            trials = [one.qualifiers, one.qualifiers | one.earlier]
            # Far from its noun, a number is of the side that was spoken of last.
            if not strict and any(leaf.qualifiers & one.earlier for leaf in fields):
                trials = trials[1:]
            for qualifiers in dict.fromkeys(trials):
                for leaf in _qualified(fields, qualifiers, one.earlier, of_group=len(one.group)):
                    if _equal(numeral, leaf, sign):
                        return leaf
            return None

        if one.slashed and any(leaf.concept == "strike" for leaf in self.leaves):
            strikes = [leaf for leaf in possible if leaf.concept == "strike"]
            return match(strikes if one.ordered else []), True
        if inside := _of_record(one, possible):
            return match(inside), True
        tight = [leaf for leaf in possible if leaf.concept in one.tight]
        if tight or self._in_no_such_unit(one, numeral, possible):
            return match(tight), True
        for concepts in (one.clause, one.sentence):
            named = [leaf for leaf in possible if leaf.concept in concepts]
            if named and (leaf := match(named, strict=False)):
                return leaf, False
        # A line of a table names its row and no field.
        return match([leaf for leaf in possible if leaf.at]), False

    def _in_no_such_unit(self, one: Said, numeral: Numeral, possible: list[Leaf]) -> bool:
        """'The credit is 67 days': of all that is known of the credit nothing is in days."""
        if one.modified & _NO_SHARES and numeral.dimension == "share":
            return True
        named = any(leaf.concept in one.subject for leaf in self.leaves)
        return named and not any(leaf.concept in one.subject for leaf in possible)

    def _refuse_repeats(self, said: list[Said], traces: list[Trace | None]) -> None:
        """Two numerals of one noun are two quantities: 'between 5486.87 and 5486.87' is none."""
        for one in said:
            if len(one.group) < 2 or one.numeral is not said[one.group[-1]].numeral:
                continue
            leaves = [trace.leaf if (trace := traces[n]) else None for n in one.group]
            if one.ranged and not one.ordered and all(leaves):
                for index in one.group:
                    traces[index] = None
                continue
            seen: dict[tuple[float, str], int] = {}
            for index, leaf in zip(one.group, leaves, strict=True):
                numeral = said[index].numeral
                if leaf is None:
                    continue
                key = (numeral.value, numeral.dimension)
                seen[key] = seen.get(key, 0) + 1
                equal = {
                    other.quantity
                    for other in self.leaves
                    if other.concept == leaf.concept
                    and _in_unit(numeral, other)
                    and _equal(numeral, other, 1.0)
                }
                if len(equal) < seen[key]:
                    traces[index] = None

    def _refuse_other_rows(
        self, sentence: str, said: list[Said], traces: list[Trace | None]
    ) -> None:
        """A value of a table has to stand where the sentence says: the row, and the column."""
        stated: list[tuple[int, str, float]] = [
            (n, trace.leaf.concept, trace.leaf.value)
            for n, trace in enumerate(traces)
            if trace is not None and trace.leaf is not None
        ]
        unchanged = re.search(r"\bvol(?:atility)?\b[^,;:]{0,12}\bunchanged\b", sentence, re.I)
        for index, trace in enumerate(traces):
            if trace is None or trace.leaf is None or not trace.leaf.at:
                continue
            where: dict[str, float] = {}
            for concept in {concept for concept, _ in trace.leaf.at}:
                near = [item for item in stated if item[1] == concept and item[0] != index]
                if near:
                    # What stands before it goes first, the nearest of that.
                    near.sort(key=lambda item: (item[0] > index, abs(item[0] - index)))
                    where[concept] = near[0][2]
                elif concept == "vol_shock" and unchanged:
                    where[concept] = 0.0
            numeral = said[index].numeral
            sign = _sign(sentence, numeral)
            fitting = [
                leaf
                for leaf in self.leaves
                if leaf.at
                and leaf.source == trace.source
                and _equal(numeral, leaf, sign)
                and all(abs(where.get(name, at) - at) < 1e-9 for name, at in leaf.at)
            ]
            named = said[index].tight | said[index].clause | said[index].sentence
            lone = not where and trace.leaf.concept not in named
            if not fitting or lone:
                traces[index] = None
            else:
                traces[index] = trace._replace(path=fitting[0].path, leaf=fitting[0])

    # Texts that speak of the same thing

    def _alike(self, one: Said, text: Text) -> Numeral | None:
        for stated in text.numerals:
            if _same(one.numeral, stated) and self._agrees(one, stated, text, needs_words=True):
                return stated
        return None

    def _agrees(self, one: Said, stated: Numeral, text: Text, *, needs_words: bool = False) -> bool:
        """Whether what is said of a numeral may be what a text says of its own."""
        start = max(text.text.rfind(mark, 0, stated.start) for mark in (". ", "\n", "; ")) + 1
        ends = [e for m in (". ", "\n", "; ") if (e := text.text.find(m, stated.end)) >= 0]
        part = text.text[start : min(ends, default=len(text.text))]
        inside = [n for n in text.numerals if n.start >= start and n.end <= start + len(part)]
        moved = [_moved(n, -start) for n in inside]
        there = read(part, moved, self.names, self.keys)[inside.index(stated)]
        if one.tight and there.tight and not one.tight & (there.tight | there.clause):
            return False
        if there.tight and one.sentence and not one.tight and not there.tight & one.sentence:
            return False
        if any(OPPOSITES.get(q) in there.qualifiers for q in one.qualifiers) and not (
            one.qualifiers & there.qualifiers
        ):
            return False
        if not needs_words:
            return True
        here = _content(one.words)
        shared = here & _content(there.words)
        enough = 1 if one.tight & there.tight else 2
        return bool(shared) and len(shared) >= min(enough, len(here))

    def _untraced_quotes(self, line: str, passages: Sequence[Text]) -> list[str]:
        """The quotes of a line that stand in no source word for word."""
        found = []
        for match in _QUOTED.finditer(line):
            quote = (match.group(1) or match.group(2)).strip()
            if len(quote.split()) < 3:
                continue
            plain = mask(quote, []).strip(" .,;:!?…")
            texts = [*self.quotes.values(), self.question, *(item.text for item in self.calculated)]
            if not any(plain in mask(text.text, []) for text in texts):
                found.append(f"“{quote}”")
        return found


def _same_words(
    sentence: str, numerals: list[Numeral], texts: Sequence[Text]
) -> list[Trace | None] | None:
    """The numerals of a source's sentence; None where no source has a sentence of these words."""
    masked = re.sub(
        r"^[^:]{2,80}: (?=.{30})", "", mask(sentence, numerals).rstrip(" .!?:"), count=1
    )
    for words in dict.fromkeys((mask(sentence, numerals).rstrip(" .!?:"), masked)):
        spoken = len(re.findall(r"[^\W\d_]+", words))
        # Three words between several numbers are as much of a sentence as four.
        if spoken < _FEWEST_WORDS and (spoken < 3 or words.count(MASK) < 3):
            continue
        skipped = len(numerals) - words.count(MASK)
        if skipped:
            continue
        best: list[Trace | None] | None = None
        for text in texts:
            source, _ = text.masked
            start = source.find(words)
            while start >= 0:
                first = source.count(MASK, 0, start)
                stated = text.numerals[first : first + len(numerals)]
                traces = [
                    _trace_in(text, there) if _same(here, there) else None
                    for here, there in zip(numerals, stated, strict=True)
                ]
                if best is None or traces.count(None) < best.count(None):
                    best = traces
                start = source.find(words, start + 1)
        if best is not None:
            return best
    return None


def _window(sentence: str, numerals: list[Numeral], numeral: Numeral) -> tuple[str, int] | None:
    """The words around a numeral, the others masked, and which of the masks it is."""
    index = numerals.index(numeral)
    before = mask(sentence[: numeral.start], numerals[:index]).split()[-_WINDOW:]
    rest = [_moved(n, -numeral.end) for n in numerals[index + 1 :]]
    after = mask(sentence[numeral.end :], rest).split()[:_WINDOW]
    glue_left = "" if sentence[: numeral.start].endswith((" ", "\n")) or not before else None
    glue_right = "" if sentence[numeral.end :].startswith(" ") or not after else None
    left = " ".join(before)
    right = " ".join(after).rstrip(".!?,;:")
    words = len(re.findall(r"[^\W\d_]+", f"{left} {right}"))
    if words < _FEWEST_WORDS + 1 or not before or not after:
        return None
    joined = f"{left}{' ' if glue_left == '' else ''}{MASK}{' ' if glue_right == '' else ''}{right}"
    return joined, left.count(MASK)


def _moved(numeral: Numeral, by: int) -> Numeral:
    return replace(numeral, start=numeral.start + by, end=numeral.end + by)


def _trace_in(text: Text, stated: Numeral) -> Trace:
    path = text.path_at(stated.start)
    return Trace(text.source, path, None if path else text.offset + stated.start)


def _same(here: Numeral, there: Numeral) -> bool:
    """Whether a numeral shows what another states: its value, rounded or not, and its unit."""
    for one in (here, here.otherwise):
        for other in (there, there.otherwise):
            if one is not None and other is not None and _same_reading(one, other):
                return True
    return False


def _same_reading(here: Numeral, there: Numeral) -> bool:
    if here.name != there.name:
        return False
    if here.dimension in ("date", "time") or there.dimension in ("date", "time"):
        return here.dimension == there.dimension
    if here.dimension != there.dimension and not (
        (here.dimension == "" and there.dimension in ("points", "days", "count", "delta"))
        or (here.dimension == "points" and there.dimension == "")
        or {here.dimension, there.dimension} == {"share", ""}
        or {here.dimension, there.dimension} == {"delta", ""}
    ):
        return False
    difference = abs(here.value - there.value)
    if difference <= 1e-9 * max(abs(here.value), 1e-6):
        return True
    return here.step > there.step * (1 + 1e-9) and difference <= here.step / 2 * (1 + 1e-9)


def _in_unit(numeral: Numeral, leaf: Leaf) -> bool:
    if leaf.shown is not None:
        return (
            leaf.shown.dimension == numeral.dimension
            or (numeral.dimension in ("", "points") and leaf.shown.dimension in ("", "points"))
        ) and leaf.shown.name == numeral.name
    return not numeral.name and numeral.dimension in ALLOWED[leaf.dimension]


def _equal(numeral: Numeral, leaf: Leaf, sign: float) -> bool:
    if leaf.shown is not None:
        return _same(numeral, leaf.shown)
    scale = 0.01 if leaf.dimension == "volatility points" and numeral.dimension == "points" else 1.0
    shown, step = numeral.value * scale, numeral.step * scale
    # 'loses $500' shows a profit of -500, and 'down 5 %' a shock of -0.05.
    if sign < 0 and leaf.concept != "impermanent_loss":
        if leaf.value < 0 or leaf.concept.endswith("_shock"):
            shown = -shown
        if numeral.value < 0:
            return False
    return abs(leaf.value - shown) <= step / 2 * (1 + 1e-9) + abs(leaf.value) * 1e-12


def _sign(sentence: str, numeral: Numeral) -> float:
    return -1.0 if _LOSS.search(sentence[: numeral.start].rstrip()) else 1.0


def _qualified(
    fields: list[Leaf], qualifiers: frozenset[str], earlier: frozenset[str], *, of_group: int
) -> list[Leaf]:
    """The fields that the qualifiers speak of; without any, those that need none."""
    clear = [leaf for leaf in fields if not _opposed(leaf, qualifiers)]
    by_concept: dict[str, list[Leaf]] = {}
    for leaf in clear:
        by_concept.setdefault(leaf.concept, []).append(leaf)
    chosen: list[Leaf] = []
    spoken_of = {
        concept: max(len(leaf.qualifiers & qualifiers) for leaf in leaves)
        for concept, leaves in by_concept.items()
    }
    for concept, leaves in by_concept.items():
        most = spoken_of[concept]
        if most:
            # The side's own value goes before that of one of its legs.
            nearest = [leaf for leaf in leaves if len(leaf.qualifiers & qualifiers) == most]
            fewest = min(len(leaf.qualifiers) for leaf in nearest)
            chosen += [leaf for leaf in nearest if of_group > 1 or len(leaf.qualifiers) == fewest]
            continue
        if any(spoken_of.values()):
            continue
        ends = [leaf for leaf in leaves if leaf.qualifiers & _ENDS]
        if of_group == 2 and {q for leaf in ends for q in leaf.qualifiers} >= _ENDS:
            # Two numbers joined are the two ends.
            chosen += ends
            continue
        plain = [leaf for leaf in leaves if not leaf.qualifiers]
        if plain and of_group < 2:
            chosen += plain
        else:
            chosen += [leaf for leaf in leaves if of_group > 1 or not _opposed(leaf, earlier)]
    return chosen


def _opposed(leaf: Leaf, qualifiers: frozenset[str]) -> bool:
    return any(OPPOSITES.get(q) in qualifiers and q not in qualifiers for q in leaf.qualifiers)


def _of_record(one: Said, possible: list[Leaf]) -> list[Leaf]:
    """The fields of the record that a line names: those its nouns name, else all but limits."""
    inside = [leaf for leaf in possible if leaf.scope in one.scopes]
    tight = [leaf for leaf in inside if leaf.concept in one.tight]
    if tight or any(leaf.concept in one.tight for leaf in possible):
        return tight
    return [leaf for leaf in inside if leaf.concept not in _THRESHOLDS]


def _content(words: Iterable[str]) -> set[str]:
    return {word[:6] for word in words if len(word) > 2 and word not in _COMMON}


def check(
    text: str,
    evidence: Evidence,
    citations: Iterable[Citation],
    suggestions: Iterable[str] = (),
) -> Grounding:
    """Trace every number and quote of `text`; `unsupported` lists those that stand nowhere."""
    return Check(evidence, citations).run(text, suggestions)
