"""What is done with answers: edited, asked again, copied, shared, rated, found, deleted."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat import CONCEPT, PRICE, REGIME, answered, ask
from tests.browser.conftest import PHONE, OpenPage

pytestmark = pytest.mark.browser

CLIPBOARD = ["clipboard-read", "clipboard-write"]


def test_a_question_is_edited_and_asked_again(open_page: OpenPage) -> None:
    page = open_page()
    turn = ask(page, REGIME)
    turn.get_by_role("button", name="Edit this question").click()
    box = page.get_by_label("Your question")
    expect(box).to_be_focused()
    expect(box).to_have_value(REGIME)
    box.fill(REGIME.replace("VIX is 22", "VIX is 15"))
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_count(2)
    expect(answered(page).locator(".figures").first).not_to_contain_text("stand aside")


def test_the_same_question_is_asked_again(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, REGIME).get_by_role("button", name="Ask again").click()
    expect(page.locator(".turn")).to_have_count(2)
    expect(answered(page).get_by_role("heading", level=2)).to_have_text(REGIME)


def test_answer_link_and_citation_are_copied(open_page: OpenPage) -> None:
    page = open_page(permissions=CLIPBOARD)
    with page.expect_response("**/api/chat"):
        turn = ask(page, PRICE)
    turn.get_by_role("button", name="Copy answer").click()
    expect(turn.get_by_role("button", name="Copied")).to_be_visible()
    assert "**13.13 points**" in page.evaluate("navigator.clipboard.readText()")
    turn.get_by_role("button", name="Copy link").click()
    link = page.evaluate("navigator.clipboard.readText()")
    turn.get_by_role("button", name="Copy citation").click()
    assert page.evaluate("navigator.clipboard.readText()").startswith("AskCondor. (20")
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text(PRICE)


def test_a_thumb_and_a_reason_are_kept(open_page: OpenPage) -> None:
    page = open_page()
    turn = ask(page, REGIME)
    turn.get_by_role("button", name="Bad answer").click()
    expect(turn.get_by_role("button", name="Bad answer")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Why, if you like to say").fill("The threshold is not explained")
    page.get_by_role("button", name="Send the reason").click()
    expect(turn.locator(".opinion__said")).to_contain_text("Thank you")
    address = str(page.get_by_role("link", name="Export").get_attribute("href"))
    page.goto(address.removesuffix("/export.md"))
    expect(page.get_by_role("button", name="Bad answer")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".opinion textarea")).to_have_value("The threshold is not explained")


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1280, "height": 900}], ids=["phone", "desk"])
def test_history_is_searched_renamed_continued_and_deleted(
    open_page: OpenPage, viewport: dict[str, int]
) -> None:
    page = open_page(viewport=viewport)
    ask(page, CONCEPT)
    page.goto("/history")
    items = page.locator(".history__item")
    page.get_by_label("Search your conversations").fill("blockchain amm zzzz")
    expect(items).to_have_count(0)
    page.get_by_label("Search your conversations").fill("always-on amm")
    expect(items.first).to_contain_text("always-on nature")
    assert "q=always-on" in page.url
    items.first.get_by_text("Rename").click()
    name = f"Kept on a {viewport['width']} wide screen"
    items.first.get_by_label("New name").fill(name)
    items.first.get_by_role("button", name="Save").click()
    link = page.get_by_role("link", name=name, exact=True)
    link.click()
    expect(page.locator(".turn[data-state=answered]")).to_have_count(1)
    ask(page, REGIME)
    page.goto("/history")
    page.get_by_label("Search your conversations").fill(name)
    expect(items).to_have_count(1)
    with page.expect_download() as download:
        items.first.get_by_role("link", name="Export").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert CONCEPT in text
    assert REGIME in text
    items.first.get_by_text("Delete", exact=False).first.click()
    items.first.get_by_role("button", name="Delete for good").click()
    page.wait_for_url("**/history")
    expect(page.get_by_role("link", name=name, exact=True)).to_have_count(0)


def test_search_is_on_every_page_and_a_key_away(open_page: OpenPage) -> None:
    page = open_page("/glossary/iron-condor")
    page.keyboard.press("/")
    expect(page.get_by_label("Search everything")).to_be_focused()
    page.keyboard.type("credit to width")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    page.locator(".passages__section").first.click()
    expect(page.locator("mark#passage")).to_be_in_viewport()
    page.go_back()
    page.get_by_role("button", name=re.compile("^Ask")).click()
    page.wait_for_url("**/conversations/*")
    for path in ("/", "/articles", "/history", "/glossary"):
        page.goto(path)
        expect(page.get_by_label("Search everything")).to_be_visible()


def test_a_phone_reaches_search_and_history(open_page: OpenPage) -> None:
    page = open_page(viewport=PHONE, is_mobile=True, has_touch=True)
    page.get_by_role("link", name="Search").tap()
    page.wait_for_url("**/search")
    expect(page.get_by_label("Articles, glossary, featured")).to_be_focused()
    page.get_by_role("link", name="History").tap()
    page.wait_for_url("**/history")


def test_everything_without_scripts(open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    page.get_by_label("Your question").fill(REGIME)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_url("**/conversations/*")
    expect(page.get_by_role("table", name="Signals")).to_be_visible()
    page.get_by_role("button", name="Good answer").click()
    expect(page.get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="History", exact=True).first.click()
    page.get_by_label("Search your conversations").fill("VIX3M is 20.5")
    page.get_by_role("button", name="Search").click()
    first = page.locator(".history__item").first
    first.get_by_text("Rename").click()
    first.get_by_label("New name").fill("Without scripts")
    first.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Without scripts", exact=True).click()
    expect(page.locator(".turn__question")).to_have_text(REGIME)
    page.goto("/articles/credit-to-width-target")
    expect(page.locator(".example pre").first).to_be_visible()
    expect(page.get_by_role("button", name="Run this")).to_have_count(0)
