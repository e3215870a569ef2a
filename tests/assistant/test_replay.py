"""A stored answer is computed again: the same to the byte, or what differs is named."""

from __future__ import annotations

import dataclasses
import json
import sqlite3

import pytest
from fastapi.testclient import TestClient
from langchain_core.messages import AIMessage
from typer.testing import CliRunner

from assistant import models
from assistant.answers.record import Answer
from assistant.answers.replay import NoSuchAnswerError
from assistant.assistant import Assistant
from assistant.models import get_model
from assistant.settings import Settings
from tests.assistant.scripted import StreamingModel, call

CONVERSATION = (
    "Price a 30-day SPX iron condor: spot 5800, puts 5450/5500, calls 6050/6100, IV 16 %",
    "what about 25 wide?",
    "and at 30 vol?",
    "why?",
    "What is contango?",
    "and why does it matter for hedges?",
    "VIX is 22 and VIX3M is 20.5. Is this a regime to sell condors in?",
    "$1.15 on a 10-wide, is that enough?",
)


def test_each_turn_of_a_conversation_is_the_same_to_the_byte(assistant: Assistant) -> None:
    conversation = None
    answers = []
    for question in CONVERSATION:
        answers.append(assistant.ask(question, conversation))
        conversation = answers[-1].conversation_id
    for answer in answers:
        replayed = assistant.replay(answer.id)
        assert replayed.recomputed
        assert replayed.same_text
        assert replayed.text == answer.text
        assert replayed.differences == []


def test_an_unknown_answer_is_named(assistant: Assistant) -> None:
    with pytest.raises(NoSuchAnswerError, match="nobody"):
        assistant.replay("nobody")


def test_a_changed_library_is_named_and_the_text_stays(own_settings: Settings) -> None:
    with Assistant(own_settings) as assistant:
        answer = assistant.ask("What is contango?")
        cited = answer.citations[0]
        document = assistant.index.library.document(cited.id)
        assert document is not None
        changed = dataclasses.replace(document, text=document.text.replace("e", "é"))
        assistant.index.update([changed])
        replayed = assistant.replay(answer.id)
    assert replayed.same_text
    assert f"citation 1: {cited.id}" in {d.where for d in replayed.differences}
    assert {d.kind for d in replayed.differences} == {"passage"}


def tampered(settings: Settings, answer: Answer, **changes: object) -> None:
    record = json.loads(answer.model_dump_json()) | changes
    with sqlite3.connect(settings.data_dir / "askcondor.db") as database:
        database.execute(
            "UPDATE answers SET record = ? WHERE id = ?", (json.dumps(record), answer.id)
        )
    database.close()


def test_a_changed_number_is_found(own_settings: Settings) -> None:
    """The control: what was stored otherwise than it is computed differs, by its path."""
    with Assistant(own_settings) as assistant:
        answer = assistant.ask(CONVERSATION[0])
        calculations = json.loads(answer.model_dump_json())["calculations"]
        calculations[0]["result"]["credit"] += 0.5
        tampered(
            own_settings,
            answer,
            calculations=calculations,
            text=answer.text.replace("13.", "18.", 1),
            corpus_version="another",
        )
        replayed = assistant.replay(answer.id)
    assert not replayed.same_text
    assert replayed.text == answer.text
    kinds = {(d.kind, d.where) for d in replayed.differences}
    assert ("number", "calculation 1: result.credit") in kinds
    assert ("text", "line 1") in kinds
    assert ("version", "corpus") in kinds


def test_another_model_s_answer_is_checked_again(
    built_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = StreamingModel(
        script=[
            call("check_credit", credit=2.0, width=10),
            AIMessage("The credit is 20.0 % of the width."),
        ]
    )
    monkeypatch.setattr(
        models, "get_model", lambda name: model if name == "test:model" else get_model(name)
    )
    with Assistant(built_settings.model_copy(update={"model": "test:model"})) as assistant:
        answer = assistant.ask("is 2.00 on a 10-wide enough?")
        assert answer.model == "test:model"
        assert assistant.replay(answer.id).differences == []
        tampered(built_settings, answer, text="The credit is 21.0 % of the width.")
        replayed = assistant.replay(answer.id)
    assert not replayed.recomputed
    assert [(d.kind, d.now) for d in replayed.differences] == [
        ("grounding", "21.0 % stands nowhere")
    ]


def test_the_doors_replay(built_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.api.app import create_app
    from assistant.cli import app

    with TestClient(create_app(built_settings)) as client:
        answer = client.post("/api/chat", json={"message": CONVERSATION[0]}).json()
        replayed = client.post(f"/api/answers/{answer['id']}/replay")
        assert replayed.status_code == 200
        assert replayed.json()["same_text"] is True
        assert client.post("/api/answers/nobody/replay").status_code == 404
    monkeypatch.setenv("ASKCONDOR_DATA_DIR", str(built_settings.data_dir))
    done = CliRunner().invoke(app, ["replay", answer["id"]])
    assert done.exit_code == 0, done.output
    assert "The text is the same." in done.output
    assert CliRunner().invoke(app, ["replay", "nobody"]).exit_code == 1
