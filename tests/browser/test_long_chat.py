"""A chat of hundreds of questions: all of it is there, and what is out of sight costs nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from assistant.assistant import Assistant
from tests.browser.chat import PRICE, REGIME, ask
from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser

TURNS = 300
CONVERSATION = "a-long-chat"


@pytest.fixture(scope="module")
def long_chat(assistant: Assistant) -> str:
    """A conversation of so many answers in the server's own database; the path that shows it."""
    answers = [assistant.ask(question) for question in (PRICE, REGIME, "What is theta?")]
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    for at in range(TURNS):
        moment = start + dt.timedelta(minutes=at)
        made = {"id": f"long-{at}", "conversation_id": CONVERSATION, "created_at": moment}
        assistant.answers.save(answers[at % 3].model_copy(update=made))
    return f"/?conversation={CONVERSATION}"


def _whole(page: Page) -> None:
    expect(page.locator(".turn[data-state=answered]")).to_have_count(TURNS, timeout=60_000)


def test_all_of_it_is_there_and_little_of_it_is_laid_out(
    open_page: OpenPage, long_chat: str
) -> None:
    page = open_page(long_chat)
    _whole(page)
    # What the browser skips is not visible to it when such content counts as hidden.
    shown = page.evaluate(
        """() => [...document.querySelectorAll(".turn .prose")].filter(
          (node) => node.checkVisibility({ contentVisibilityAuto: true })).length"""
    )
    assert 0 < shown < 20
    assert page.locator(".chart--drawn").count() < 10
    order = page.locator(".turn__question").all_text_contents()
    assert order[:3] == [PRICE, REGIME, "What is theta?"]
    expect(page.locator(".turn").last).to_be_in_viewport()


def test_charts_come_when_one_scrolls_to_them(open_page: OpenPage, long_chat: str) -> None:
    page = open_page(long_chat)
    _whole(page)
    first = page.locator(".turn").first
    expect(first.locator(".chart--drawn")).to_have_count(0)
    page.evaluate("scrollTo(0, 0)")
    page.mouse.wheel(0, 900)
    # An expectation that waits reads the whole page each time, which here takes seconds.
    for _ in range(100):
        if first.locator(".chart--drawn").count():
            break
        page.wait_for_timeout(300)
    expect(first.locator(".chart--drawn")).to_be_visible()
    expect(first.locator(".inputs input").first).to_have_value("5450")


def test_it_goes_on(open_page: OpenPage, long_chat: str) -> None:
    page = open_page(long_chat)
    ask(page, "What is an iron condor?")
    expect(page.locator(".turn[data-state=answered]")).to_have_count(TURNS + 1, timeout=60_000)
    expect(page.locator(".turn").last).to_be_in_viewport()
    assert "long-0" in page.locator(".turn").first.get_by_role(
        "link", name="Link to this answer").get_attribute("href", timeout=5_000)  # fmt: skip
