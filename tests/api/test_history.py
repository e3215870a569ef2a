"""What was asked: found again, renamed, rated, exported, deleted, promoted to a page."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from assistant.answers.promote import draft_article
from assistant.answers.store import AnswerStore
from assistant.api.starters import BY_WINGS, NEWCOMER, regime_now
from assistant.assistant import Assistant
from assistant.knowledge.corpus import load_corpus
from assistant.resources import resource_folder

REGIME = "VIX is 22 and VIX3M is 20.5. Is this a regime to sell condors in?"
PRICE = (
    "Price a 30-day SPX iron condor: spot 5800, puts 5450/5500, calls 6050/6100, IV 16 %, "
    "rate 4.5 %, dividend yield 1.3 %"
)


def asked(client: TestClient, question: str, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = client.post("/api/chat", json={"message": question} | more).json()
    return answer


def test_the_history_is_searched_in_questions_answers_and_names(client: TestClient) -> None:
    answer = asked(client, "What is vega?")
    place = answer["conversation_id"]
    word = next(word for word in answer["text"].split() if word.isalpha() and len(word) > 7)

    def found(q: str) -> list[str]:
        return [item["id"] for item in client.get("/api/conversations", params={"q": q}).json()]

    assert place in found("VEGA")
    assert place in found(f"vega {word.upper()}")
    assert place not in found("vega zzzz")
    assert place not in found("100%")  # a sign that would match anything in SQL
    assert place not in found("v_ga")
    body = {"title": "  A quiet\nname "}
    assert client.patch(f"/api/conversations/{place}", json=body).status_code == 204
    assert place in found("quiet name")
    assert client.get(f"/api/conversations/{place}").json()["title"] == "A quiet name"


@pytest.mark.parametrize("title", ["", "   ", "x" * 121, None])
def test_a_name_that_is_none_is_refused(client: TestClient, title: Any) -> None:
    place = asked(client, "What is theta?")["conversation_id"]
    response = client.patch(f"/api/conversations/{place}", json={"title": title})
    assert response.status_code == 422
    assert client.patch("/api/conversations/none", json={"title": "a"}).status_code == 404


def test_history_works_by_forms_alone(client: TestClient) -> None:
    place = asked(client, "What is gamma?")["conversation_id"]
    client.post(f"/conversations/{place}/name", data={"title": "By a form"})
    assert "By a form" in client.get("/history").text
    elsewhere = {"sec-fetch-site": "cross-site"}
    refused = client.post(f"/conversations/{place}/delete", headers=elsewhere)
    assert refused.status_code == 403
    assert "By a form" in client.get("/history").text
    client.post(f"/conversations/{place}/delete")
    assert "By a form" not in client.get("/history").text
    assert client.get(f"/conversations/{place}").status_code == 404
    assert client.post("/conversations/none/delete").status_code == 404


def test_an_opinion_by_a_form_shows_again(client: TestClient) -> None:
    answer = asked(client, "What is delta?")
    path = f"/answers/{answer['id']}/feedback"
    client.post(path, data={"rating": "down", "comment": "too short"})
    page = BeautifulSoup(client.get(f"/conversations/{answer['conversation_id']}").text,
                         "html.parser")  # fmt: skip
    pressed = [b["value"] for b in page.select(".opinion button[aria-pressed=true]")]
    assert pressed == ["down"]
    assert "too short" in page.select(".opinion textarea")[0].text
    assert client.post(path, data={"rating": "sideways"}).status_code == 404


def test_a_conversation_is_exported_as_markdown(client: TestClient) -> None:
    first = asked(client, PRICE)
    place = first["conversation_id"]
    asked(client, "What is theta?", conversation_id=place)
    response = client.get(f"/conversations/{place}/export.md")
    assert response.headers["content-type"].startswith("text/markdown")
    assert "attachment" in response.headers["content-disposition"]
    text = response.text
    assert text.count("\n## ") == 2
    assert f"## {PRICE}" in text
    assert first["text"] in text
    assert "| Spot | 5800 |" in text
    assert "| Maximum loss | $3,686.80 |" in text
    assert f"/answers/{first['id']}" in text
    assert first["disclaimer"] in text
    assert client.get("/conversations/none/export.md").status_code == 404


def test_the_first_questions_follow_the_regime(client: TestClient) -> None:
    asked(client, REGIME)
    page = BeautifulSoup(client.get("/").text, "html.parser")
    shown = [str(button["value"]) for button in page.select(".starter")]
    assert [item.question for item in BY_WINGS["stand aside"]] == shown[:3]
    assert "backwardation" in page.select(".starters__title")[0].text


def test_the_newer_finding_says_which_regime_it_is(assistant: Assistant) -> None:
    assert regime_now([], []) is None
    checked = assistant.ask(REGIME)

    def decided(hours: float) -> dict[str, Any]:
        moment = checked.created_at + dt.timedelta(hours=hours)
        return {"regime": "contango", "wings": "hold", "moment": moment.isoformat()}

    for hours, wings, origin in (
        (-1, "stand aside", "your last check"), (1, "hold", "today's signals")
    ):  # fmt: skip
        found = regime_now([decided(hours)], [checked])
        assert found is not None
        assert (found.wings, found.origin) == (wings, origin)
    missed = {"regime": None, "wings": None, "moment": checked.created_at}
    found = regime_now([missed], [checked])
    assert found is not None
    assert found.wings == "stand aside"


def test_the_sets_of_first_questions_differ_and_are_answered(assistant: Assistant) -> None:
    sets = [NEWCOMER, *BY_WINGS.values()]
    questions = [starter.question for group in sets for starter in group]
    assert len(questions) == len(set(questions))
    for question in questions:
        assert not assistant.ask(question).abstained, question


def test_a_promoted_answer_has_a_page_that_outlives_its_conversation(
    client: TestClient, assistant: Assistant
) -> None:
    question = "Why should the credit be 15-25 % of the spread width?"
    answer = asked(client, question)
    store: AnswerStore = client.app.state.assistant.answers  # type: ignore[attr-defined]
    stored = store.answer(answer["id"])
    assert stored is not None
    page = store.featured.promote(stored)
    assert page.url == "/ask/why-should-the-credit-be-15-25-of-the-spread-width"
    assert store.featured.promote(stored).slug == page.slug
    with pytest.raises(ValueError, match="lower-case letters"):
        store.featured.promote(stored.model_copy(update={"id": "other"}), "Not a Slug")
    with pytest.raises(ValueError, match="another page"):
        store.featured.promote(stored.model_copy(update={"id": "other"}), page.slug)
    client.delete(f"/api/conversations/{answer['conversation_id']}")
    shown = BeautifulSoup(client.get(page.url).text, "html.parser")
    heading = shown.select_one("h1")
    assert heading is not None
    assert heading.text == question
    assert page.url in client.get("/sitemap.xml").text
    assert page.url in client.get("/articles.atom").text
    assert page.url in client.get("/search?q=spread+width+credit").text
    store.featured.withdraw(page.slug)
    assert client.get(page.url).status_code == 404


def test_a_draft_is_an_article_that_loads(assistant: Assistant, tmp_path: Any) -> None:
    answer = assistant.ask(PRICE)
    slug = "a-priced-condor"
    text = draft_article(answer, slug, assistant.corpus, dt.date(2026, 11, 22))
    for entry in resource_folder("corpus").iterdir():
        (tmp_path / entry.name).symlink_to(entry) if entry.is_file() else None
    (tmp_path / "articles").mkdir()
    for entry in (resource_folder("corpus") / "articles").iterdir():
        (tmp_path / "articles" / entry.name).symlink_to(entry)
    (tmp_path / "articles" / f"{slug}.md").write_text(text, encoding="utf-8")
    article = load_corpus(tmp_path).articles[slug]
    assert article.title == PRICE
    assert "price_condor" in article.tools
    assert article.sources
    assert set(article.terms) == {entry.url.split("/")[-1] for entry in answer.glossary}


def test_an_older_database_becomes_searchable(assistant: Assistant, tmp_path: Any) -> None:
    answer = assistant.ask("What is an iron condor?")
    url = f"sqlite:///{tmp_path / 'old.db'}"
    store = AnswerStore(url)
    store.save(answer)
    with store._engine.begin() as connection:  # as it was before the history could be searched
        connection.exec_driver_sql("DROP TABLE answer_words")
    store.close()
    again = AnswerStore(url)
    assert [item["id"] for item in again.conversations(q="iron CONDOR")] == [answer.conversation_id]
    again.close()
