"""A reader's own files to documents: Markdown, plain text, HTML and PDF.

Headings of HTML become Markdown headings, so that one splitter serves all. A file that cannot be
read is an error with its name; nothing else is guessed about it.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable
from pathlib import Path

from assistant.knowledge.documents import Document

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
        and file.suffix.lower() in _READERS
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
    )


def read_document(path: Path) -> Document:
    """Read one file; its first heading (or HTML title, or first short line) is its title."""
    suffix = path.suffix.lower()
    if suffix not in _READERS:
        raise ReadingError(
            f"{path} ends in '{suffix}'; what can be read is {', '.join(sorted(_READERS))}."
        )
    if path.stat().st_size > MAX_BYTES:
        raise ReadingError(f"{path} is larger than {MAX_BYTES // 1_000_000} MB.")
    title, text = _READERS[suffix](path)
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


def _read_markdown(path: Path) -> tuple[str, str]:
    import frontmatter

    content = _decoded(path)
    try:
        metadata, body = frontmatter.parse(content)
    except Exception:  # a '---' that opens a text is not always front matter
        metadata, body = {}, content
    heading = re.search(r"^#\s+(.+?)\s*#*$", body, re.MULTILINE)
    title = metadata.get("title") or (heading.group(1) if heading else "")
    return str(title), body.strip() + "\n"


def _read_text(path: Path) -> tuple[str, str]:
    text = _decoded(path).replace("\r\n", "\n").strip() + "\n"
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    question = next((line for line in lines[:5] if line.endswith("?") and len(line) < 300), "")
    return question or next((line for line in lines[:1] if len(line) < 120), ""), text


def _read_html(path: Path) -> tuple[str, str]:
    from bs4 import BeautifulSoup
    from markdownify import MarkdownConverter

    page = BeautifulSoup(_decoded(path), "html.parser")
    title = page.title.get_text(" ", strip=True) if page.title else ""
    for element in page(["script", "style", "noscript", "template", "nav", "head"]):
        element.decompose()
    converter = MarkdownConverter(heading_style="ATX", bullets="-", strip=["a", "img"])
    text = converter.convert_soup(page.body or page)
    return title, re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _read_pdf(path: Path) -> tuple[str, str]:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    # A broken file sets off the parser's warnings before its error; the error says enough.
    logging.getLogger("pypdf").setLevel(logging.ERROR)
    try:
        reader = PdfReader(path)
        pages = [page.extract_text().strip() for page in reader.pages]
        title = (reader.metadata.title if reader.metadata else None) or ""
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReadingError(f"{path} cannot be read as PDF ({error}).") from error
    if not any(pages):
        raise ReadingError(f"{path} holds pictures of pages and no text.")
    text = "\n\n".join(f"## Page {n}\n\n{page}" for n, page in enumerate(pages, 1) if page)
    return title, text + "\n"


def _decoded(path: Path) -> str:
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReadingError(f"{path} is not UTF-8 text ({error.reason}).") from error
    if "\0" in content:
        raise ReadingError(f"{path} holds binary data, not text.")
    return content


_READERS: dict[str, Callable[[Path], tuple[str, str]]] = {
    ".md": _read_markdown,
    ".markdown": _read_markdown,
    ".txt": _read_text,
    ".html": _read_html,
    ".htm": _read_html,
    ".pdf": _read_pdf,
}
"""How each kind of file is read: its title, where it says one, and its text."""


def _slug(path: Path) -> str:
    """The file's name and a mark of its folder: two README.md are two documents."""
    name = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "document"
    return f"{name[:80]}-{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:6]}"
