"""The four questions that the page has to answer, each with what a reader must find."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat import CONCEPT, OUTSIDE, PRICE, REGIME, answered, ask
from tests.browser.conftest import PHONE, OpenPage

pytestmark = pytest.mark.browser


def test_an_idea_is_explained_from_the_library(open_page: OpenPage) -> None:
    page = open_page()
    turn = ask(page, CONCEPT)
    expect(turn.get_by_role("heading", level=2)).to_have_text(CONCEPT)
    assert turn.locator(".prose a.cite").count() > 0
    assert turn.locator(".source").count() > 0
    assert turn.locator(".terms .term").count() > 0
    assert turn.locator(".reading a").count() > 0
    expect(turn.locator(".apa")).to_contain_text("AskCondor")
    expect(turn.locator(".disclaimer")).to_be_visible()


def test_the_condor_is_priced_and_drawn(open_page: OpenPage) -> None:
    page = open_page()
    with page.expect_response("**/api/chat") as response:
        turn = ask(page, PRICE)
    assert response.value.headers["content-type"].startswith("text/event-stream")
    turn.locator(".steps summary").click()
    expect(turn.locator(".step__name")).to_contain_text(["Priced the condor"])
    expect(turn.locator(".step").filter(has_text="Priced the condor")).to_contain_text("5800")

    prose = turn.locator(".prose")
    for number in ("13.13", "5486.87", "6063.13", "3,686.80", "71.8", "26.3"):
        expect(prose).to_contain_text(number)
    card = turn.locator(".card").first
    figures = card.locator(".figures")
    for number in ("13.13 points", "$3,686.80", "71.8 %", "26.3 %", "5486.87", "6063.13"):
        expect(figures).to_contain_text(number)
    expect(card.get_by_label("Spot")).to_have_value("5800")
    expect(card.get_by_label("Implied volatility")).to_have_value("16")
    card.locator(".chart").scroll_into_view_if_needed()
    expect(card.locator(".chart--drawn .main-svg").first).to_be_visible()
    card.get_by_text("Show the chart as a table").click()
    expect(card.locator(".chart__table table").first).to_be_visible()
    expect(turn.locator(".grounding")).to_contain_text("computed")


def test_the_regime_comes_with_its_signals(open_page: OpenPage) -> None:
    page = open_page()
    turn = ask(page, REGIME)
    signals = turn.get_by_role("table", name="Signals")
    expect(signals.get_by_role("columnheader")).to_have_text(["Value", "Threshold", "Reading"])
    expect(signals).to_contain_text("1.0732")
    expect(turn.get_by_role("table", name="Hedge layers")).to_be_visible()
    expect(turn.locator(".figures")).to_contain_text("stand aside")


def test_a_question_from_elsewhere_is_declined_with_ways_on(open_page: OpenPage) -> None:
    page = open_page()
    turn = ask(page, OUTSIDE)
    expect(turn.locator(".answer--abstained")).to_be_visible()
    offers = turn.locator(".suggestion")
    offered = offers.first.inner_text()
    offers.first.click()
    expect(page.locator(".turn")).to_have_count(2)
    expect(answered(page).get_by_role("heading", level=2)).to_have_text(offered)


def test_a_citation_shows_its_quote_and_leads_to_it(open_page: OpenPage) -> None:
    page = open_page()
    turn = ask(page, CONCEPT)
    mark = turn.locator("a.cite").first
    mark.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    popover = page.locator("#popover")
    expect(popover).to_be_visible()
    quote = popover.locator("blockquote").inner_text()
    assert len(quote) > 20
    page.keyboard.press("Escape")
    expect(popover).to_be_hidden()
    mark.hover()
    expect(popover).to_be_visible()
    mark.click()
    page.wait_for_url(re.compile(r"/(articles|glossary)/"))
    marked = page.locator("mark#passage")
    expect(marked).to_be_in_viewport()
    assert " ".join(quote.split()).startswith(" ".join(marked.inner_text().split())[:40])


def test_a_tap_shows_the_quote_first(open_page: OpenPage) -> None:
    page = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    turn = ask(page, CONCEPT)
    turn.locator("a.cite").first.tap()
    popover = page.locator("#popover")
    expect(popover.locator("blockquote")).to_be_visible()
    assert page.url.endswith("/")
    popover.get_by_role("link", name="Open the source").click()
    page.wait_for_url(re.compile(r"/(articles|glossary)/"))
    expect(page.locator("mark#passage")).to_be_in_viewport()


def test_a_term_shows_its_definition(open_page: OpenPage) -> None:
    page = open_page()
    turn = ask(page, CONCEPT)
    term = turn.locator(".prose .term").first
    term.hover()
    expect(page.locator("#popover .popover__term")).to_be_visible()
    assert str(term.get_attribute("href")).startswith("/glossary/")
