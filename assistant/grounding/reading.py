"""What a sentence says of each of its numerals: the nouns around it, from near to far.

A noun is tight where nothing but small words stands between it and the numeral ('a credit of
13.13', '50-point width', 'a 71.8 % chance of profit'). Else what counts is the clause, then the
sentence. Nothing here knows whether what is said is true.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from assistant.grounding.nouns import MOST_WORDS, QUALIFIERS, phrases, word_form
from assistant.grounding.numerals import Numeral

_TOKEN = re.compile(r"[A-Za-z][\w&'’]*|[,;:.!?()=—|\n]|[^\s\w*_`\"“”~-]|\w+")
_JOINS = re.compile(
    r"\s*(?:-|–|/|,|to(?: below| under| above)?|and|or|,\s*and)\s*(?:\$|\*)*", re.IGNORECASE
)

# Words that may stand between a noun and its number, before and after the number.
_BEFORE = frozenset(
    "is are was were be being been of at to = : ( the a an its about around roughly approximately "
    "nearly only just equal come comes out and both either between from by with for near now still "
    "then will would stand stands sit sits currently than over under in per on level worth exactly "
    "some up as total net that which it i.e. e.g. this here today was will remain remains has have "
    "| points point dollars each value".split()
)
_AFTER = frozenset(
    "of in the a an net total to that this its your point points worth as for per one maximum ( "
    "short long wide small large big initial each".split()
)
_VERBS = frozenset("is are was were = equal be : come".split())
_MOST_BETWEEN = 9
_VAGUE = frozenset({"now", "from"})
_COUNTS = frozenset({"each", "total"})
"""Said of one contract or of all: this holds on through a sentence."""
_CLAUSE = frozenset(",;:.!?()—|\n")


@dataclass(frozen=True)
class Mention:
    """A noun of the table, or the name of a record, and where it stands among the tokens."""

    first: int
    last: int
    concepts: frozenset[str]
    scopes: frozenset[str] = frozenset()


@dataclass
class Said:
    """What a sentence says of one numeral."""

    numeral: Numeral
    tight: frozenset[str] = frozenset()
    subject: frozenset[str] = frozenset()
    """The noun before a verb that the number completes: 'the credit is'."""
    modified: frozenset[str] = frozenset()
    """The noun that the number stands right before: '50-point width'."""
    clause: frozenset[str] = frozenset()
    sentence: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    qualifiers: frozenset[str] = frozenset()
    earlier: frozenset[str] = frozenset()
    """Qualifiers that the sentence named before, and that may still hold."""
    group: list[int] = field(default_factory=list)
    """The numerals, itself among them, that share its noun: '5486.87 and 6063.13'."""
    slashed: bool = False
    """Whether strokes join the group, as in '5450/5500/6050/6100'."""
    ranged: bool = False
    """Whether 'to' or a dash joins the group, and no 'from' opens it."""
    ordered: bool = True
    """Whether the group's values rise or fall throughout."""
    words: list[str] = field(default_factory=list)
    """The words near to it."""


@dataclass
class _Token:
    word: str
    start: int
    end: int
    numeral: int = -1


def read(
    sentence: str,
    numerals: list[Numeral],
    names: Mapping[tuple[str, ...], set[str]],
    keys: Mapping[tuple[str, ...], set[str]],
) -> list[Said]:
    """What `sentence` says of each numeral; `names` are records, `keys` the fields' own words."""
    tokens = _tokens(sentence, numerals)
    mentions = _mentions(tokens, names, keys)
    places = [n for n, token in enumerate(tokens) if token.numeral >= 0]
    groups = _groups(sentence, numerals)
    whole = frozenset().union(*(mention.concepts for mention in mentions))
    said: list[Said] = []
    for numeral, place in zip(numerals, places, strict=True):
        index = tokens[place].numeral
        group = groups[index]
        first, last = places[group[0]], places[group[-1]]
        before = _tight_before(tokens, mentions, first)
        after = _tight_after(tokens, mentions, place) | _tight_after(tokens, mentions, last)
        opening, closing = _clause(tokens, first, last)
        local = _local(tokens, place, opening)
        earlier = _latest(tokens, place)
        said.append(
            Said(
                numeral,
                tight=_narrowed(before, mentions, opening, closing)
                | _narrowed(after, mentions, opening, closing),
                modified=frozenset().union(
                    *(mention.concepts for mention in mentions if mention.first == place + 1)
                ),
                subject=frozenset().union(
                    *(m.concepts for m in mentions if opening <= m.first and m.last < first)
                )
                if _completes(tokens, first)
                else frozenset(),
                clause=frozenset().union(
                    *(m.concepts for m in mentions if opening <= m.first and m.last <= closing)
                ),
                sentence=whole,
                scopes=next(
                    (m.scopes for m in reversed(mentions) if m.scopes and m.last < place),
                    frozenset(),
                ),
                qualifiers=local | _tight_qualifiers(tokens, last) | (earlier & _COUNTS),
                earlier=earlier,
                group=group,
                ranged=_ranged(sentence, numerals, group),
                ordered=_ordered([numerals[n].value for n in group]),
                slashed=len(group) > 1 and _slashed(sentence, numerals, group),
                words=[t.word for t in tokens[max(0, place - 9) : place + 9] if t.numeral < 0],
            )
        )
    for one in said:
        _take_over(one, said, sentence)
    return said


def _tokens(sentence: str, numerals: list[Numeral]) -> list[_Token]:
    tokens: list[_Token] = []
    end = 0
    for index, numeral in enumerate(numerals):
        tokens += _words(sentence, end, numeral.start)
        tokens.append(_Token("", numeral.start, numeral.end, index))
        # A unit is a noun too: '30 days'.
        if numeral.dimension in ("days", "count", "delta"):
            words = re.findall(r"[A-Za-z]+", sentence[numeral.start : numeral.end])
            tokens += [_Token(word_form(word), numeral.end, numeral.end) for word in words[-1:]]
        end = numeral.end
    return tokens + _words(sentence, end, len(sentence))


def _words(text: str, start: int, end: int) -> list[_Token]:
    return [
        _Token(word_form(match.group()), match.start(), match.end())
        for match in _TOKEN.finditer(text, start, end)
        if match.group() not in "+#<>[]&%$€'’/"
    ]


def _mentions(
    tokens: list[_Token],
    names: Mapping[tuple[str, ...], set[str]],
    keys: Mapping[tuple[str, ...], set[str]],
) -> list[Mention]:
    table = phrases()
    words = [token.word for token in tokens]
    found: list[Mention] = []
    place = 0
    while place < len(words):
        if not words[place] or words[place] in _CLAUSE:
            place += 1
            continue
        for length in range(min(MOST_WORDS, len(words) - place), 0, -1):
            phrase = tuple(words[place : place + length])
            concepts = table.get(phrase, frozenset()) | keys.get(phrase, set())
            scopes = names.get(phrase, set())
            if concepts or scopes:
                found.append(
                    Mention(place, place + length - 1, frozenset(concepts), frozenset(scopes))
                )
                place += length
                break
        else:
            place += 1
    return found


def _tight_before(tokens: list[_Token], mentions: list[Mention], first: int) -> frozenset[str]:
    by_last = {mention.last: mention for mention in mentions}
    place = first - 1
    steps = 0
    verb = False
    while place >= 0 and steps < _MOST_BETWEEN:
        token = tokens[place]
        if place in by_last and by_last[place].concepts and token.word not in ("is", "at", "from"):
            return by_last[place].concepts
        if token.numeral >= 0:
            # 'the target of 15-25 % is 7.50': past a verb, the noun is that of the number before.
            if not verb:
                return frozenset()
        elif token.word not in _BEFORE and token.word not in QUALIFIERS:
            return frozenset()
        verb |= token.word in _VERBS
        place -= 1
        steps += 1
    return frozenset()


def _narrowed(
    tight: frozenset[str], mentions: list[Mention], opening: int, closing: int
) -> frozenset[str]:
    """'Ends in the money with a probability of': of the probabilities, that one."""
    for mention in mentions:
        if opening <= mention.first and mention.last <= closing:
            both = tight & mention.concepts
            if both and mention.concepts < tight:
                return both
    return tight


def _completes(tokens: list[_Token], first: int) -> bool:
    return first > 0 and tokens[first - 1].word in _VERBS - {":", "="}


def _tight_after(tokens: list[_Token], mentions: list[Mention], last: int) -> frozenset[str]:
    by_first = {mention.first: mention for mention in mentions}
    place = last + 1
    steps = 0
    while place < len(tokens) and steps < 4:
        token = tokens[place]
        if place in by_first and by_first[place].concepts and token.word not in ("is", "at"):
            return by_first[place].concepts
        if token.numeral >= 0 or (token.word not in _AFTER and token.word not in QUALIFIERS):
            return frozenset()
        place += 1
        steps += 1
    return frozenset()


def _tight_qualifiers(tokens: list[_Token], last: int) -> frozenset[str]:
    """'5500 put', '4.91 points on the put side'."""
    found: set[str] = set()
    for token in tokens[last + 1 : last + 6]:
        if token.numeral >= 0 or token.word in _CLAUSE or token.word in ("and", "plus", "minus"):
            break
        if token.word in ("put", "call", "short", "long", "before", "after"):
            found.add(QUALIFIERS[token.word])
    return frozenset(found)


def _clause(tokens: list[_Token], first: int, last: int) -> tuple[int, int]:
    opening, closing = first, last
    while opening > 0 and tokens[opening - 1].word not in _CLAUSE:
        opening -= 1
    while closing + 1 < len(tokens) and tokens[closing + 1].word not in _CLAUSE:
        closing += 1
    return opening, closing


def _local(tokens: list[_Token], place: int, opening: int) -> frozenset[str]:
    """The qualifiers between the numeral before and this one."""
    found: set[str] = set()
    for n in range(place - 1, opening - 1, -1):
        if tokens[n].numeral >= 0:
            break
        if tokens[n].word in QUALIFIERS and tokens[n].word not in _VAGUE:
            found.add(QUALIFIERS[tokens[n].word])
    return frozenset(found)


def _latest(tokens: list[_Token], place: int) -> frozenset[str]:
    found: set[str] = set()
    for token in tokens[:place]:
        if token.word in QUALIFIERS and token.word not in _VAGUE:
            qualifier = QUALIFIERS[token.word]
            found -= {opposite for opposite in found if _opposed(opposite, qualifier)}
            found.add(qualifier)
    return frozenset(found)


def _opposed(one: str, other: str) -> bool:
    from assistant.grounding.nouns import OPPOSITES

    return OPPOSITES.get(one) == other


def _groups(sentence: str, numerals: list[Numeral]) -> list[list[int]]:
    """For each numeral the run of numerals that only 'and', 'to', commas and strokes join."""
    groups: list[list[int]] = []
    for index, numeral in enumerate(numerals):
        joined = (
            index > 0
            and _JOINS.fullmatch(
                re.sub(r"[*_`\"]", "", sentence[numerals[index - 1].end : numeral.start]) or " "
            )
            and (
                numerals[index - 1].dimension == numeral.dimension
                or numerals[index - 1].dimension == ""
            )
        )
        if joined:
            groups[-1].append(index)
            groups.append(groups[-1])
        else:
            groups.append([index])
    return groups


def _ranged(sentence: str, numerals: list[Numeral], group: list[int]) -> bool:
    if len(group) != 2:
        return False
    first, second = (numerals[n] for n in group)
    joined = re.fullmatch(
        r"[*_\s]*(?:-|–|to(?: below| under)?)[*_\s$]*", sentence[first.end : second.start]
    )
    return bool(joined) and not re.search(r"\bfrom\b", sentence[: first.start], re.IGNORECASE)


def _ordered(values: list[float]) -> bool:
    pairs = list(pairwise(values))
    return all(a < b for a, b in pairs) or all(a > b for a, b in pairs)


def _slashed(sentence: str, numerals: list[Numeral], group: list[int]) -> bool:
    pairs = pairwise(group)
    return all(sentence[numerals[a].end : numerals[b].start].strip("*_` ") == "/" for a, b in pairs)


def _take_over(one: Said, said: list[Said], sentence: str) -> None:
    """'13.13 points ($1,313.20)': what stands in brackets after a number is of the same noun."""
    index = said.index(one)
    if index == 0 or one.tight:
        return
    before = said[index - 1]
    between = sentence[before.numeral.end : one.numeral.start]
    if re.fullmatch(r"[*_`\s]*[(,=]\s*(?:or|i\.e\.|that is|about|=)?\s*", between):
        one.tight = before.tight
        one.clause = one.clause or before.clause
        one.qualifiers = one.qualifiers or before.qualifiers
