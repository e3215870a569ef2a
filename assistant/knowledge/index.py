"""The retrieval index: vectors in Chroma beside the library of passages, kept in step.

The library is the truth. A document's vectors are written before the library names its passages,
and deleted after the library has forgotten them; so a crash leaves at worst vectors that nobody
asks for, and the next update clears them. Each embedding model has an index of its own: a changed
model is built beside the old index and takes over when it is whole.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, get_args
from urllib.parse import urlsplit

import numpy as np

from assistant.knowledge.documents import Document, windows
from assistant.knowledge.embedding import Embedder, Vectors, open_embedder
from assistant.knowledge.lead_finder import (
    Counted,
    LeadFinder,
    PlacedLead,
    content,
    count,
    restored,
    stored,
)
from assistant.knowledge.leads import Lead, LeadKind, flat
from assistant.knowledge.library import Library
from assistant.settings import Settings

Progress = Callable[[str, int, int], None]
"""Told the label of the work, how much is done, and how much there is."""

INDEX_FORMAT = 8
"""Raised when what is stored changes, so that an index of before is built anew beside it."""

_BATCH = 1000
_PASSAGES_AT_ONCE = 200
_PART = "~"
_ELSEWHERE = "elsewhere"
_FIELD = "field"
_LEADS = "leads"
_EXAMPLES = "examples of leads"


@dataclass(frozen=True)
class Changes:
    """What an update did, in documents, and how many passages there are now."""

    added: int
    changed: int
    removed: int
    unchanged: int
    passages: int


class Index:
    """Finds the passages nearest to a vector, and the passages that hold words."""

    def __init__(self, embedder: Embedder, library: Library, collection: Any) -> None:
        """Put the three parts together; `open_index` finds them on disk."""
        self.embedder = embedder
        self.library = library
        self._collection = collection
        # Embedding lets go of the interpreter's lock, so threads are enough to use every core.
        self._embedders = ThreadPoolExecutor(os.cpu_count() or 1, "embed")

    @cached_property
    def elsewhere(self) -> Vectors:
        """The vectors of questions of other fields; see `remember_field`."""
        return self._remembered(_ELSEWHERE)

    @cached_property
    def leads(self) -> LeadFinder:
        """Finds the leads of a question; see `remember_leads`."""
        kept = json.loads(self.library.note(_LEADS) or "{}")
        if not kept:
            return LeadFinder([], Counted({}, {}), self._remembered(_EXAMPLES))
        return restored(kept, self._remembered(_EXAMPLES))

    @cached_property
    def ours(self) -> Vectors:
        """The vectors of how readers ask for articles, and of the examples of leads."""
        firsts = [ids[0] for ids in map(self.library.passage_ids, self._asked) if ids]
        kept = self.library.readings(firsts)
        ends = [*kept.starts[1:], len(kept.own)]
        # The questions are the last of the vectors of an opening passage; see `_add`.
        counts = [self._asked[name.partition("@")[0]] for name in kept.ids]
        asked = [kept.own[end - count : end] for end, count in zip(ends, counts, strict=True)]
        return np.concatenate([*asked, self._remembered(_EXAMPLES)])

    @cached_property
    def known(self) -> frozenset[str]:
        """The beginnings of the words that the corpus uses; see `scope.vocabulary`."""
        return frozenset(self._field.get("known", ()))

    @cached_property
    def everyday(self) -> frozenset[str]:
        """The terms of the glossary that other fields name as well, by slug."""
        return frozenset(self._field.get("everyday", ()))

    def remember_field(
        self,
        elsewhere: Sequence[str],
        asked: Mapping[str, int],
        known: Sequence[str],
        everyday: Sequence[str],
    ) -> None:
        """Keep what tells the library's field from others: see `assistant.knowledge.scope`.

        `asked` says of each document how many lines of its opening passage are readers' questions.
        """
        self._remember(_ELSEWHERE, elsewhere)
        field = {"asked": dict(asked), "known": list(known), "everyday": list(everyday)}
        self.library.set_note(_FIELD, json.dumps(field))
        for name in ("elsewhere", "ours", "known", "everyday", "_field", "_asked"):
            self.__dict__.pop(name, None)

    @cached_property
    def _field(self) -> dict[str, Any]:
        return dict(json.loads(self.library.note(_FIELD) or "{}"))

    @cached_property
    def _asked(self) -> dict[str, int]:
        return dict(self._field.get("asked", {}))

    def remember_leads(self, leads: Sequence[Lead], asked: Sequence[str]) -> None:
        """Keep the leads, each with the passage that holds its quote, and their examples' vectors.

        The articles that they quote have to be in the library already; `asked` are lines that
        readers ask openly, to tell them from those that build on a mistake.
        """
        lines = {
            kind: [line for lead in leads if lead.kind == kind for line in lead.examples]
            for kind in get_args(LeadKind)
        }
        counted = count(lines["premise"], lines["contested"], asked)
        self._remember(_EXAMPLES, [line for lead in leads for line in lead.examples])
        kept = stored(map(self._placed, leads), counted)
        self.library.set_note(_LEADS, json.dumps(kept if leads else {}))
        self.__dict__.pop("leads", None)

    def _placed(self, lead: Lead) -> PlacedLead:
        ids = self.library.passage_ids(f"article:{lead.article}")
        passages = self.library.passages(ids)
        passage = next(name for name in ids if lead.quote in flat(passages[name].text))
        words = sorted(set().union(*map(content, lead.examples)))
        return PlacedLead(lead.id, lead.kind, passage, lead.quote, len(lead.examples), tuple(words))

    def _remembered(self, name: str) -> Vectors:
        stored = (self.library.note(name) or "").rpartition(":")[2]
        flat = np.frombuffer(base64.b64decode(stored), dtype=np.float32)
        return flat.reshape(-1, self.embedder.dimension)

    def _remember(self, name: str, lines: Sequence[str]) -> None:
        """Keep the vectors of some lines under a name; unchanged lines are not embedded again."""
        mark = hashlib.sha256("\0".join(lines).encode()).hexdigest()[:16]
        if (self.library.note(name) or "").startswith(f"{mark}:"):
            return
        rows = list(self._embedders.map(self.embedder.embed, [[line] for line in lines]))
        vectors = np.concatenate(rows) if rows else np.zeros((0, self.embedder.dimension))
        encoded = base64.b64encode(vectors.astype(np.float32).tobytes()).decode()
        self.library.set_note(name, f"{mark}:{encoded}")

    def near(self, vector: Vectors, limit: int) -> list[str]:
        """Ids of the passages that own the vectors nearest to a unit vector, best first."""
        found = self._collection.query(query_embeddings=[vector], n_results=limit, include=[])
        return list(dict.fromkeys(_owner(vector_id) for vector_id in found["ids"][0]))

    def update(
        self,
        wanted: Sequence[Document],
        keep: Callable[[Document], bool] = lambda _: False,
        progress: Progress = lambda *_: None,
    ) -> Changes:
        """Make the index hold `wanted`, and of what it held before only what `keep` says."""
        stored = self.library.hashes()
        names = {document.id for document in wanted}
        gone = [
            document.id
            for document in self.library.documents()
            if document.id not in names and not keep(document)
        ]
        fresh = [document for document in wanted if stored.get(document.id) != document.hash]
        total = sum(len(document.passages()) for document in fresh)
        done = 0
        # A batch is stored while the next one is embedded.
        for begun in _one_behind(self._begun(batch) for batch in _batches(fresh)):
            done = self._add(begun, done, total, progress)
        for document_id in gone:
            self.library.remove(document_id)
        self._drop_strays()
        added = sum(document.id not in stored for document in fresh)
        return Changes(
            added=added,
            changed=len(fresh) - added,
            removed=len(gone),
            unchanged=len(wanted) - len(fresh),
            passages=len(self.library.passage_ids()),
        )

    def close(self) -> None:
        """Close the library's file and end the threads."""
        self._embedders.shutdown(cancel_futures=True)
        self.library.close()

    def _ids(self, document: Document) -> list[str]:
        count = len(document.passages())
        return [f"{document.id}@{document.hash}#{position}" for position in range(count)]

    def _begun(self, documents: Sequence[Document]) -> _Begun:
        """Begin to embed some documents, side by side."""
        work = [self._texts(document) for document in documents]
        jobs = [pair for headed, plain in work for pair in zip(headed, plain, strict=True)]
        asked = [[line] for document in documents for line in document.asked]
        return _Begun(
            documents,
            self._embedders.map(self._read, *zip(*jobs, strict=True)),
            self._embedders.map(self.embedder.embed, asked),
        )

    def _add(self, begun: _Begun, done: int, total: int, progress: Progress) -> int:
        """Wait for the vectors of some documents and store them, then the passages."""
        documents, reading, lines = begun
        stored: list[tuple[Document, list[Vectors], Vectors]] = []
        for document in documents:
            passages: list[Vectors] = []
            for vectors in islice(reading, len(document.passages())):
                passages.append(vectors)
                done += 1
                progress("Embedding passages", done, total)
            whole = np.concatenate([vectors[1:] for vectors in passages]).mean(axis=0)
            whole = (whole / max(float(np.linalg.norm(whole)), 1e-12)).astype(np.float32)
            if document.asked:
                # They stand for the document, so its opening passage is found by them.
                extra = list(islice(lines, len(document.asked)))
                passages[0] = np.concatenate([passages[0], *extra])
            stored.append((document, passages, whole))
        names = [
            f"{passage_id}{_PART}{row}"
            for document, passages, _ in stored
            for passage_id, vectors in zip(self._ids(document), passages, strict=True)
            for row in range(len(vectors))
        ]
        every = np.concatenate([vectors for _, passages, _ in stored for vectors in passages])
        for start in range(0, len(names), _BATCH):
            part = slice(start, start + _BATCH)
            self._collection.upsert(ids=names[part], embeddings=every[part])
        for document, passages, whole in stored:
            self.library.replace(document, self._ids(document), passages, whole)
        return done

    def _texts(self, document: Document) -> tuple[list[str], list[str]]:
        """The passages as they are embedded: under their headings, and as they stand."""
        plain = [document.text[p.start : p.end] for p in document.passages()]
        headed = [
            "\n".join(part for part in (document.title, passage.section, text) if part)
            for passage, text in zip(document.passages(), plain, strict=True)
        ]
        return headed, plain

    def _read(self, headed: str, plain: str) -> Vectors:
        """The vectors of a passage: first of the whole under its headings, then of its windows."""
        return self.embedder.embed([headed, *windows(plain)])

    def _drop_strays(self) -> None:
        """Delete the vectors of passages that the library does not know, or no longer."""
        if self._collection.count() == self.library.vector_count():
            return
        known = set(self.library.passage_ids())
        stored = self._collection.get(include=[])["ids"]
        strays = [name for name in stored if _owner(name) not in known]
        for start in range(0, len(strays), 1000):
            self._collection.delete(ids=strays[start : start + 1000])


class _Begun(NamedTuple):
    """Documents whose vectors are on their way: an array a passage, and an array a line asked."""

    documents: Sequence[Document]
    passages: Iterator[Vectors]
    lines: Iterator[Vectors]


def _one_behind(items: Iterator[_Begun]) -> Iterator[_Begun]:
    """Each item, but not before the next one has been made."""
    held = next(items, None)
    for following in items:
        if held is not None:
            yield held
        held = following
    if held is not None:
        yield held


def _batches(documents: Sequence[Document]) -> Iterator[list[Document]]:
    """Documents in groups of about `_PASSAGES_AT_ONCE`, leaving out those without a passage."""
    batch: list[Document] = []
    size = 0
    for document in documents:
        count = len(document.passages())
        if count:
            batch.append(document)
            size += count
        if size >= _PASSAGES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _owner(vector_id: str) -> str:
    """The passage that a vector belongs to."""
    return vector_id.rpartition(_PART)[0]


def open_index(settings: Settings, report: Callable[[str], None] = lambda _: None) -> Index:
    """Open the index of the configured embedding model, empty where there is none yet."""
    embedder = open_embedder(
        settings.embedding_model, settings.data_dir / "embedders", report=report
    )
    path = library_path(settings, embedder.fingerprint)
    collection = _open_collection(settings, path.parent, embedder.fingerprint)
    return Index(embedder, Library(path), collection)


def library_path(settings: Settings, fingerprint: str) -> Path:
    """Where the library of the index of one embedding model is."""
    return settings.data_dir / "index" / f"{fingerprint}-{INDEX_FORMAT}" / "library.db"


def previous_documents(settings: Settings, fingerprint: str) -> list[Document]:
    """The readers' own documents in the index that an earlier embedding model left behind."""
    current = _current_file(settings)
    if not current.is_file():
        return []
    name = json.loads(current.read_text("utf-8"))["index"]
    path = library_path(settings, name)
    if name == fingerprint or not path.is_file():
        return []
    library = Library(path)
    try:
        return library.documents(corpus=False)
    finally:
        library.close()


def mark_current(settings: Settings, fingerprint: str) -> None:
    """Say that the index of this embedding model is whole and the one in use."""
    current = _current_file(settings)
    scratch = current.with_suffix(".new")
    scratch.write_text(json.dumps({"index": fingerprint}), "utf-8")
    os.replace(scratch, current)


def _current_file(settings: Settings) -> Path:
    return settings.data_dir / "index" / "current.json"


def _open_collection(settings: Settings, folder: Path, fingerprint: str) -> Any:
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    quiet = ChromaSettings(anonymized_telemetry=False)
    client: Any
    if settings.chroma_url:
        address = urlsplit(settings.chroma_url)
        client = chromadb.HttpClient(
            host=address.hostname or "127.0.0.1",
            port=address.port or (443 if address.scheme == "https" else 8000),
            ssl=address.scheme == "https",
            settings=quiet,
        )
    else:
        client = chromadb.PersistentClient(path=str(folder / "chroma"), settings=quiet)
    return client.get_or_create_collection(
        f"askcondor-{fingerprint}",
        embedding_function=None,
        configuration={"hnsw": {"space": "cosine", "ef_search": 200}},
    )
