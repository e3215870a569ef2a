"""`askcondor promote`: a page and a draft from the command line, and why it sometimes cannot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.assistant import Assistant
from assistant.cli import app
from assistant.settings import Settings

QUESTION = "Why should the credit be 15-25 % of the spread width?"


@pytest.fixture
def stored(
    own_settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> tuple[Settings, str]:
    """Settings of the test's own, and the id of an answer stored under them."""
    with Assistant(own_settings) as assistant:
        answer = assistant.ask(QUESTION)
    monkeypatch.setenv("ASKCONDOR_DATA_DIR", str(own_settings.data_dir))
    monkeypatch.chdir(tmp_path)
    return own_settings, answer.id


def test_promote_makes_a_page_and_opens_a_draft(stored: tuple[Settings, str]) -> None:
    settings, answer_id = stored
    first = CliRunner().invoke(app, ["promote", answer_id, "--slug", "credit-band", "--json"])
    assert first.exit_code == 0, first.output
    told = json.loads(first.stdout)
    assert told == {"url": "/ask/credit-band", "draft": "drafts/credit-band.md", "new_draft": True}
    draft = Path("drafts/credit-band.md")
    text = draft.read_text("utf-8")
    assert text.startswith(f"---\ntitle: {QUESTION}\nslug: credit-band\n")
    draft.write_text("already being written", "utf-8")
    again = CliRunner().invoke(app, ["promote", answer_id])
    assert again.exit_code == 0
    assert "which was there and is kept" in again.stdout
    assert draft.read_text("utf-8") == "already being written"
    with Assistant(settings) as assistant:
        page = assistant.answers.featured.find("credit-band")
        assert page is not None
        assert page.answer.question == QUESTION
    gone = CliRunner().invoke(app, ["promote", answer_id, "--withdraw"])
    assert "/ask/credit-band is gone" in gone.stdout
    with Assistant(settings) as assistant:
        assert assistant.answers.featured.all() == []


@pytest.mark.parametrize(("arguments", "status", "said"), [
    (["none"], 1, "There is no answer 'none'"),
    (["{id}", "--slug", "No Slug"], 2, "lower-case letters"),
    ([], 2, "Missing argument"),
])  # fmt: skip
def test_promote_says_why_it_cannot(
    stored: tuple[Settings, str], arguments: list[str], status: int, said: str
) -> None:
    named = [part.format(id=stored[1]) for part in arguments]
    result = CliRunner().invoke(app, ["promote", *named])
    assert result.exit_code == status
    assert said in " ".join(result.output.split())
    assert not Path("drafts").exists()
