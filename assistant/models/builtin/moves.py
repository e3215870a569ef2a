"""Moves in percent and in volatility points, with the sign of their words."""

from __future__ import annotations

import re

from assistant.models.builtin.numerals import Numeral, numerals_in, shifted
from assistant.models.builtin.reading import Question
from assistant.models.builtin.words import VOL_MOVE

_DOWN = (
    r"\b(?:drops?|dropping|falls?|falling|fell|down|tanks?|declines?|lower|loses?|crash(?:es)?|plunges?"
    r"|sells?[- ]off|minus|dips?|correction|selloff|gap(?:s|ped)? down|slides?|sinks?)\b"
)


_UP = (
    r"\b(?:rall(?:y|ies)|ris(?:es?|ing)|rose|up|higher|gains?|jumps?|climbs?|melts?[- ]up|melt-?up"
    r"|gap(?:s|ped)? up|plus|more)\b|\+\s?$"
)


_RATIO_WORDS = (
    (r"\bdoubl|\bdouble\b", 2.0),
    (r"\btripl", 3.0),
    (r"\bquadrupl", 4.0),
    (r"\bhalv(?:es|ed|ing)\b|\bcut in half\b|\bby half\b|\bin half\b|\bto (?:a )?half\b", 0.5),
    (r"\bto (?:a|one) (?:third|3rd)\b", 1 / 3),
    (r"\bto (?:a|one) quarter\b", 0.25),
)


def price_ratios(question: Question) -> list[float]:
    """By what a price changes, in order: doubled is 2, down 20 % is 0.8, from 2 to 3 is 1.5."""
    found: list[tuple[int, float]] = []
    for words, ratio in _RATIO_WORDS:
        found += [(m.start(), ratio) for m in re.finditer(words, question.text, re.I)]
    for move in re.finditer(
        r"\bfrom\s+\$?([\d,.]*\d)(k?)\s+to\s+\$?([\d,.]*\d)(k?)", question.text, re.I
    ):
        before, _, after, _ = move.groups()
        low, high = (float(group.replace(",", "")) for group in (before, after))
        if low:
            found.append((move.start(), high / low))
    since = re.search(
        r"\bat\b[^\d.;]{0,15}\$?([\d,.]*\d)\b.{0,30}?(?:\bnow\b[^\d.;]{0,12}\$?([\d,.]*\d)|\$?([\d,.]*\d)\s+now\b)",
        question.text,
        re.IGNORECASE,
    )
    if since:
        then, now = (float(g.replace(",", "")) for g in since.groups() if g)
        if then:
            found.append((since.start(), now / then))
    if not found:
        times = r"(?<![\d.])(\d+(?:\.\d+)?)\s?x\b(?!\s?\d)"
        found += [(m.start(), float(m.group(1))) for m in re.finditer(times, question.text, re.I)]
    found += [(n.start, round(1 + move, 12)) for n, move in signed_percents(question)]
    return [ratio for _, ratio in sorted(found)]


_VOL_BEHIND = re.compile(r"\s*(?:implied\s+)?(?:vol\w*|iv)\b", re.IGNORECASE)
_BARE_MOVES = re.compile(
    r"\b(?:spot|index|spx|underlying|market)\s+((?:[-+]\s?\d+(?:\.\d+)?\s*(?:/|,|and|or)?\s*)+)(?!\s*(?:points?|pts?|vol))",
    re.I,
)
"""'spot -3 / -5 / +3': moves in percent though nobody writes the sign."""
_MINUS = re.compile(
    r"\b(minus|plus)\s+(\d+(?:\.\d+)?)(?!\s*(?:%|percent|points?|pts?|vol\w*|iv)|\.?\d)", re.I
)
_LEVEL_OF = re.compile(
    r"\b(?:iv|ivs|vols?|volatility|implied|rate|yield)\s*(?:of|is|at|=|:)?\s*$", re.IGNORECASE
)


def signed_percents(question: Question) -> list[tuple[Numeral, float]]:
    """Moves in percent with the sign of their words: 'drops 3 or 5 %' is -0.03, -0.05."""
    text, sign = question.text, 0
    found: list[tuple[Numeral, float]] = []
    numerals = question.numerals
    for i, n in enumerate(numerals):
        if n.value == 0 and (found or n.is_percent) and _in_a_list(text, numerals, i):
            found.append((n, 0.0))
            continue
        if not (n.is_percent or _shares_percent(text, numerals, i)):
            continue
        before = text[max(0, n.start - 45) : n.start]
        if _LEVEL_OF.search(before) or _VOL_BEHIND.match(text, n.end):
            continue  # 'IV -16 %' is a level that cannot be, and no move
        cut = max(before.rfind(mark) for mark in (";", ". ", "?"))
        before = before[cut + 1 :]
        words = [(m.start(), -1) for m in re.finditer(_DOWN, before, re.I)]
        words += [(m.start(), 1) for m in re.finditer(_UP, before, re.I)]
        follows = re.match(
            rf"\s*(?:gap\s+|move\s+)?(?:(?P<down>{_DOWN})|(?P<up>{_UP}))",
            text[n.end : n.end + 20],
            re.I,
        )
        if n.value < 0:
            sign = -1
        elif re.search(r"\+\s?$", text[max(0, n.start - 2) : n.start + 1]) or text[n.start] == "+":
            sign = 1
        elif follows:
            sign = 1 if follows["up"] else -1
        elif words:
            sign = max(words)[1]
        elif not re.fullmatch(r"\s*(?:,|and|or|/|to|\s)*\s*", before):
            sign = 0
        if sign:
            found.append((n, sign * shifted(abs(n.value), -2)))
    return found


def _in_a_list(text: str, numerals: list[Numeral], i: int) -> bool:
    """Whether a zero stands in a list of moves, or in parentheses: '-4 %, 0, +4 %', '(0 %)'."""
    before = text[numerals[i - 1].end : numerals[i].start] if i else ""
    behind = text[numerals[i].end : numerals[i + 1].start] if i + 1 < len(numerals) else ""
    joined = r"\s*(?:%\s*)?(?:,|/|;|and|or|to)*\s*[+(]?\s*"
    if numerals[i].is_percent and re.search(r"\(\s*$|\bflat\b[^.;]*$", text[: numerals[i].start]):
        return True
    return bool(re.fullmatch(joined, before) or re.fullmatch(joined, behind))


def _shares_percent(text: str, numerals: list[Numeral], i: int) -> bool:
    """Whether a bare number shares the percent sign of the next: '3 and 7 percent'."""
    if i + 1 >= len(numerals) or numerals[i].unit or not numerals[i + 1].is_percent:
        return False
    gap = text[numerals[i].end : numerals[i + 1].start]
    return re.fullmatch(r"\s*(?:,|and|or|/|to)+\s*", gap) is not None


_JUMP = re.compile(
    r"\b(?:vix|vols?|volatility|iv)\b[^.?!;\d]{0,30}\bfrom\s+(\d+(?:\.\d+)?)\s*%?\s*to\s+(\d+(?:\.\d+)?)",
    re.IGNORECASE,
)
"""'VIX doubles from 15 to 30': for options on the index a rise of 15 points."""


_UNCHANGED = re.compile(r"\b(?:unchanged|flat|the\s+same|constant)\b", re.IGNORECASE)


def shocks(question: Question) -> dict[str, list[float]]:
    """Moves of index and volatility: 'down 5 % with vol up 10 points'."""
    found: dict[str, list[float]] = {}
    moves: list[float] = []
    for said in question.vol_moves:
        moves += [0.0] if _UNCHANGED.search(said) else []
        down = re.search(
            r"\b(?:down|minus|drop|fall|los|lower|less|crush)|(?<!\d)-\s?\d", said, re.I
        )
        moves += [(-1 if down else 1) * shifted(abs(n.value), -2) for n in numerals_in(said)]
    if not moves and (jump := _JUMP.search(question.text)):
        low, high = (float(group) for group in jump.groups())
        moves = [round(shifted(high, -2) - shifted(low, -2), 10)]
    if not moves and question.says(
        r"\b(?:vol(?:atility)?|iv)\b.{0,20}\b(?:unchanged|flat|the same|constant)\b|\bunchanged (?:vol|iv)|\bsame (?:vol|iv)|\bno change in (?:the )?(?:vol|iv)"
    ):
        moves = [0.0]
    if moves:
        found["vol_shocks"] = moves
    spot = [move for _, move in signed_percents(question)]
    if not spot and (bare := _BARE_MOVES.search(question.text)):
        spot = [
            shifted(float(m.replace(" ", "")), -2)
            for m in re.findall(r"[-+]\s?\d+(?:\.\d+)?", bare.group(1))
        ]
    elif spot:
        for sign, points in _MINUS.findall(VOL_MOVE.sub(" ", question.text)):
            move = shifted(float(points), -2) * (-1 if sign.lower() == "minus" else 1)
            spot += [move] if move not in spot else []
    if (
        not spot
        and moves
        and question.says(
            r"\b(?:spx|spot|index|market)\b.{0,15}\b(?:flat|unchanged|the same|still)\b|\bunchanged (?:spot|index)"
        )
    ):
        spot = [0.0]
    if spot:
        found["spot_shocks"] = spot
    return found
