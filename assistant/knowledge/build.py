"""Keeping the index in step with the corpus, the configured folders, and files added by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.knowledge.corpus import Corpus
from assistant.knowledge.documents import (
    CORPUS,
    Document,
    article_document,
    read_asked,
    read_elsewhere,
    term_document,
)
from assistant.knowledge.embedding import exported_embedder
from assistant.knowledge.index import (
    Changes,
    Index,
    Progress,
    library_path,
    mark_current,
    previous_documents,
)
from assistant.knowledge.leads import FILE as LEADS
from assistant.knowledge.leads import read_leads
from assistant.knowledge.library import Library
from assistant.knowledge.reading import ReadingError, find_files, read_document
from assistant.knowledge.scope import vocabulary
from assistant.knowledge.terms import TermFinder
from assistant.resources import resource_folder
from assistant.settings import Settings

_STATE = "state"


@dataclass(frozen=True)
class Indexed:
    """What was indexed, and the files that could not be read, each with its reason."""

    changes: Changes
    skipped: tuple[str, ...]


def corpus_documents(corpus: Corpus) -> list[Document]:
    """Every article and every term as a document."""
    asked = read_asked(resource_folder("corpus"))
    return [
        *(article_document(each, asked.get(each.slug, ())) for each in corpus.articles.values()),
        *map(term_document, corpus.terms.values()),
    ]


def is_current(settings: Settings, corpus: Corpus) -> bool:
    """Whether the index is there and up to date; looks only, and loads no model."""
    embedder = exported_embedder(settings.embedding_model, settings.data_dir / "embedders")
    if embedder is None:
        return False
    path = library_path(settings, embedder)
    if not path.is_file():
        return False
    library = Library(path)
    try:
        return library.note(_STATE) == _state(corpus, _files_of(settings.corpus_dirs)[0])
    finally:
        library.close()


def refresh(
    settings: Settings,
    index: Index,
    corpus: Corpus,
    progress: Progress = lambda *_: None,
    warn: Callable[[str], None] = lambda _: None,
) -> Changes | None:
    """Bring the index up to date; None where nothing has changed since the last time."""
    files, skipped = _files_of(settings.corpus_dirs)
    for problem in skipped:
        warn(problem)
    state = _state(corpus, files)
    if index.library.note(_STATE) == state:
        return None
    documents, unread = read_all(files)
    for problem in unread:
        warn(problem)
    carried = previous_documents(settings, index.embedder.fingerprint)
    wanted = corpus_documents(corpus) + documents
    names = {document.id for document in wanted}
    wanted += [document for document in carried if document.id not in names]
    inside = {str(path.resolve()) for path in files}
    changes = index.update(
        wanted,
        keep=lambda document: _added_by_hand(document, settings.corpus_dirs, inside),
        progress=progress,
    )
    _remember_questions(index, corpus)
    index.library.set_note(_STATE, state)
    mark_current(settings, index.embedder.fingerprint)
    return changes


def _remember_questions(index: Index, corpus: Corpus) -> None:
    """Keep what the corpus says on how questions are put: ours, mistaken, and of other fields."""
    folder = resource_folder("corpus")
    by_article = read_asked(folder)
    asked = [line for lines in by_article.values() for line in lines]
    leads = read_leads(folder, corpus)
    elsewhere = read_elsewhere(folder)
    index.remember_leads(leads, asked)
    texts = [document.text for document in corpus_documents(corpus)]
    finder = TermFinder(corpus.terms.values())
    index.remember_field(
        elsewhere,
        {f"article:{slug}": len(lines) for slug, lines in by_article.items() if lines},
        vocabulary([*texts, *asked, *(line for lead in leads for line in lead.examples)]),
        sorted({term.slug for line in elsewhere for term in finder.find(line)}),
    )


def add_files(index: Index, paths: Sequence[Path], progress: Progress = lambda *_: None) -> Indexed:
    """Add or renew the documents at these paths; everything else in the index stays."""
    files: list[Path] = []
    skipped: list[str] = []
    for path in paths:
        try:
            files += find_files(path)
        except ReadingError as error:
            skipped.append(str(error))
    documents, unread = read_all(files)
    changes = index.update(documents, keep=lambda _: True, progress=progress)
    return Indexed(changes, (*skipped, *unread))


def read_all(files: Sequence[Path]) -> tuple[list[Document], list[str]]:
    """The documents in these files, and a sentence for each file that could not be read."""
    documents: list[Document] = []
    problems: list[str] = []
    for path in files:
        try:
            documents.append(read_document(path))
        except ReadingError as error:
            problems.append(str(error))
        except OSError as error:
            problems.append(f"{path} cannot be read ({error.strerror}).")
    return documents, problems


def _files_of(folders: Sequence[Path]) -> tuple[list[Path], list[str]]:
    files: list[Path] = []
    problems: list[str] = []
    for folder in folders:
        try:
            files += find_files(folder)
        except ReadingError as error:
            problems.append(f"CORPUS_DIRS: {error}")
    return files, problems


def _state(corpus: Corpus, files: Sequence[Path]) -> str:
    digest = hashlib.sha256(corpus.version.encode())
    folder = resource_folder("corpus")
    for name in ("asked.yaml", "elsewhere.yaml", LEADS):
        digest.update((folder / name).read_bytes() if (folder / name).is_file() else b"")
    for path in files:
        status = path.stat()
        digest.update(f"{path.resolve()}\0{status.st_mtime_ns}\0{status.st_size}\0".encode())
    return digest.hexdigest()


def _added_by_hand(document: Document, folders: Sequence[Path], inside: set[str]) -> bool:
    """A reader's file stays until its folder is configured and no longer holds it."""
    if document.origin == CORPUS:
        return False
    configured = any(Path(document.origin).is_relative_to(folder.resolve()) for folder in folders)
    return not configured or document.origin in inside
