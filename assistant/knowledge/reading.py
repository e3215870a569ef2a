"""A reader's own files to documents: Markdown, plain text and HTML.

Headings of HTML become Markdown headings, so that one splitter serves all. A file that cannot be
read is an error with its name; nothing else is guessed about it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from assistant.knowledge.documents import Document

SUFFIXES = {".md", ".markdown", ".txt", ".html", ".htm"}

MAX_BYTES = 20_000_000
"""A text larger than this is no article; it is refused by name rather than read."""


class ReadingError(Exception):
    """A file cannot be read as a document; the message names it and says why."""


def find_files(path: Path) -> list[Path]:
    """The readable files at `path`: itself, or all below a folder, sorted."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise ReadingError(f"{path} does not exist.")
    return sorted(
        file
        for file in path.rglob("*")
        if file.is_file()
        and file.suffix.lower() in SUFFIXES
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
    )


def read_document(path: Path) -> Document:
    """Read one file; its first heading (or HTML title, or first short line) is its title."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ReadingError(
            f"{path} ends in '{suffix}'; what can be read is {', '.join(sorted(SUFFIXES))}."
        )
    if path.stat().st_size > MAX_BYTES:
        raise ReadingError(f"{path} is larger than {MAX_BYTES // 1_000_000} MB.")
    raw = path.read_bytes()
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReadingError(f"{path} is not UTF-8 text ({error.reason}).") from error
    if "\0" in content:
        raise ReadingError(f"{path} holds binary data, not text.")
    if suffix in {".html", ".htm"}:
        title, text = _read_html(content)
    elif suffix == ".txt":
        title, text = _read_text(content)
    else:
        title, text = _read_markdown(content)
    if not text.strip():
        raise ReadingError(f"{path} has no text in it.")
    slug = _slug(path)
    return Document(
        id=f"document:{slug}",
        kind="article",
        title=title or path.stem.replace("-", " ").replace("_", " "),
        url=f"/documents/{slug}",
        text=text,
        origin=str(path.resolve()),
    )


def _read_markdown(content: str) -> tuple[str, str]:
    import frontmatter

    try:
        metadata, body = frontmatter.parse(content)
    except Exception:  # a '---' that opens a text is not always front matter
        metadata, body = {}, content
    heading = re.search(r"^#\s+(.+?)\s*#*$", body, re.MULTILINE)
    title = metadata.get("title") or (heading.group(1) if heading else "")
    return str(title), body.strip() + "\n"


def _read_text(content: str) -> tuple[str, str]:
    text = content.replace("\r\n", "\n").strip() + "\n"
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    question = next((line for line in lines[:5] if line.endswith("?") and len(line) < 300), "")
    return question or next((line for line in lines[:1] if len(line) < 120), ""), text


def _read_html(content: str) -> tuple[str, str]:
    from bs4 import BeautifulSoup

    page = BeautifulSoup(content, "html.parser")
    title = page.title.get_text(" ", strip=True) if page.title else ""
    for element in page(["script", "style", "noscript", "template", "nav", "head"]):
        element.decompose()
    body = page.body or page
    return title, "\n\n".join(_html_blocks(body)) + "\n"


def _html_blocks(body: object) -> Iterator[str]:
    from bs4 import Tag

    assert isinstance(body, Tag)
    names = ["h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "pre", "blockquote", "tr", "dt", "dd"]
    found = [tag for tag in body.find_all(names) if not tag.find(names)]
    if not found:
        yield from (line for line in body.get_text("\n", strip=True).split("\n") if line)
        return
    for tag in found:
        words = " ".join(tag.get_text(" ", strip=True).split())
        if not words:
            continue
        if tag.name.startswith("h"):
            yield f"{'#' * int(tag.name[1])} {words}"
        elif tag.name == "li":
            yield f"- {words}"
        else:
            yield words


def _slug(path: Path) -> str:
    """The file's name and a mark of its folder: two README.md are two documents."""
    name = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "document"
    return f"{name[:80]}-{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:6]}"
