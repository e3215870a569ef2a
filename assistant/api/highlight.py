"""A cited passage inside a page: the words between two offsets of the source, marked.

Offsets count characters of the Markdown source; marks are wanted in the HTML. Two characters that
no text has any use for are set at the offsets before parsing, and once the text is parsed the plain
text between them is wrapped in `mark`, block by block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

START, END = "\ue000", "\ue001"

_OPENING = re.compile(r"(?:[ \t]*(?:[-*+>#|]|\d{1,9}[.)])[ \t]*)*[ \t]*")
_SPAN = re.compile(r"(\d{1,7})-(\d{1,7})")
_SIGNS = re.compile(f"([{START}{END}])")


def read_span(text: str) -> tuple[int, int] | None:
    """The offsets of '120-345', or None where the text names none."""
    found = _SPAN.fullmatch(text)
    if found is None or int(found[1]) >= int(found[2]):
        return None
    return int(found[1]), int(found[2])


def with_signs(source: str, span: tuple[int, int] | None) -> str:
    """The source with a sign at each end of the span, behind a list's or heading's own mark."""
    clean = source.replace(START, "").replace(END, "")
    if span is None or clean != source or span[0] >= len(source):
        return clean
    start, end = span[0], min(span[1], len(source))
    if start == 0 or source[start - 1] == "\n":
        opening = _OPENING.match(source, start, end)
        start = opening.end() if opening else start
    return f"{source[:start]}{START}{source[start:end]}{END}{source[end:]}"


def mark_passage(tokens: Sequence[Token]) -> None:
    """Wrap the text between the signs in `mark`; the first one carries the id 'passage'."""
    inside, first = False, True
    for token in tokens:
        if token.type in ("fence", "code_block"):
            inside = _last_sign(token.content, inside)
            token.content = _SIGNS.sub("", token.content)
        if not token.children:
            continue
        children: list[Token] = []
        for child in token.children:
            if child.type != "text":
                inside = _last_sign(child.content, inside)
                child.content = _SIGNS.sub("", child.content)
                children.append(child)
                continue
            for piece in _SIGNS.split(child.content):
                if piece in (START, END):
                    inside = piece == START
                elif piece and inside:
                    children += _marked(piece, first)
                    first = False
                elif piece:
                    children.append(Token("text", "", 0, content=piece))
        token.children = children


def _last_sign(content: str, inside: bool) -> bool:
    signs = _SIGNS.findall(content)
    return signs[-1] == START if signs else inside


def _marked(text: str, first: bool) -> Iterator[Token]:
    name: dict[str, str | int | float] = {"id": "passage"} if first else {}
    yield Token("mark_open", "mark", 1, attrs=name)
    yield Token("text", "", 0, content=text)
    yield Token("mark_close", "mark", -1)
