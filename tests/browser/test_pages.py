"""The pages around the chat, with scripts and without, on a phone and on a desk."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chat import CONCEPT, PRICE, REGIME, ask
from tests.browser.conftest import DESK, PHONE, OpenPage, Watch

pytestmark = pytest.mark.browser

JAVASCRIPT_LIMIT_BYTES = 60_000
LAYOUT_SHIFT_LIMIT = 0.02


def test_asking_reading_and_searching_work_without_scripts(open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    page.get_by_label("Your question").fill(PRICE)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_url(re.compile(r"/conversations/[^/]+#"))
    expect(page.get_by_role("heading", level=2).first).to_have_text(PRICE)
    expect(page.locator(".figures").first).to_contain_text("$3,686.80")
    expect(page.locator(".prose")).to_contain_text("13.13")
    assert page.locator("a.cite").count() > 0
    page.get_by_label("Ask a follow-up question").fill(REGIME)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".turn__question")).to_have_text([PRICE, REGIME])

    page.get_by_label("Search everything").fill("credit to width")
    page.keyboard.press("Enter")
    page.locator(".passages__section").first.click()
    expect(page.locator("mark#passage")).to_be_in_viewport()

    page.get_by_role("link", name="Glossary", exact=True).click()
    page.get_by_label("Find a term").fill("iron condor")
    page.get_by_role("button", name="Find").click()
    entries = page.locator(".entry")
    assert 0 < entries.count() < 60
    entries.get_by_role("link").first.click()
    expect(page.get_by_label("Have a question about this?")).to_be_visible()


def test_a_bad_form_comes_back_with_the_reason(open_page: OpenPage, watch: Watch) -> None:
    watch.expected.append("422")
    page = open_page(java_script_enabled=False)
    page.get_by_label("Your question").fill("x" * 1001)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("1,001 characters, 1 too many")
    expect(page.get_by_label("Your question")).to_have_value("x" * 1001)


def test_an_article_has_all_its_parts(open_page: OpenPage) -> None:
    page = open_page("/articles")
    page.locator(".shelf li a").first.click()
    for name in ("Short answer", "Glossary terms referenced", "Sources", "Cite this article",
                 "Keep reading"):  # fmt: skip
        expect(page.get_by_role("heading", name=name, level=2)).to_be_visible()
    expect(page.locator(".byline")).to_contain_text("AskCondor methodology library")
    expect(page.locator(".composer__count")).to_contain_text("0")
    assert page.locator(".article .prose h2[id]").count() > 0
    page.get_by_label("Have a question about this?").fill("What is theta?")
    expect(page.locator("[data-count]")).to_have_text("14")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/conversations/"))
    expect(page.locator(".turn__question")).to_have_text("What is theta?")


def test_the_glossary_filters_while_typing(open_page: OpenPage) -> None:
    page = open_page("/glossary")
    everything = page.locator(".entry").count()
    page.get_by_label("Find a term").fill("condor")
    assert 0 < page.locator(".entry:visible").count() < everything
    expect(page.locator("[data-found]")).to_contain_text(f"of {everything} terms")


@pytest.mark.parametrize("path", ["/articles/none", "/glossary/none", "/answers/none"])
def test_a_lost_reader_finds_a_way_on(open_page: OpenPage, watch: Watch, path: str) -> None:
    watch.expected.append("404")
    page = open_page(path)
    expect(page.get_by_role("heading", level=1)).to_contain_text("There is no such")
    page.get_by_role("link", name="Ask a question").click()
    expect(page.get_by_label("Your question")).to_be_visible()


def test_the_stored_answer_says_what_the_chat_said(open_page: OpenPage) -> None:
    for question in (CONCEPT, PRICE, REGIME):
        page = open_page()
        turn = ask(page, question)
        parts = (".prose", ".figures", ".card", ".sources", ".terms", ".grounding", ".disclaimer")
        if turn.locator(".inputs").count():
            expect(turn.locator(".inputs input").first).to_be_attached()  # the cards are alive
        in_chat = [_texts(page, f".turn {part}") for part in parts]
        turn.get_by_role("link", name="Link to this answer").click()
        page.wait_for_url(re.compile(r"/answers/"))
        page.wait_for_load_state()
        assert [_texts(page, f".turn {part}") for part in parts] == in_chat


def _texts(page: Page, selector: str) -> list[str]:
    # Charts are drawn in their own time, and only what was rendered twice is compared.
    script = """(selector) => [...document.querySelectorAll(selector)].map((part) => {
      const copy = part.cloneNode(true);
      const moving = ".chart, .card__tools, .card__status";
      for (const part of copy.querySelectorAll(moving)) part.remove();
      for (const field of copy.querySelectorAll("input")) field.replaceWith(field.value || "–");
      return copy.textContent.replace(/\\s+/g, "");
    })"""
    found: list[str] = page.evaluate(script, selector)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_fits_its_window(
    open_page: OpenPage, viewport: dict[str, int], scheme: str
) -> None:
    page = open_page(viewport=viewport, color_scheme=scheme)
    ask(page, PRICE)
    expect(page.locator(".chart--drawn")).to_be_visible()
    _assert_fits(page)
    for path in ("/history", "/search?q=credit", "/articles", "/glossary"):
        page.goto(path)
        _assert_fits(page)
        page.locator("main li a, main dt a").filter(visible=True).first.click()
        page.wait_for_load_state()
        _assert_fits(page)


def _assert_fits(page: Page) -> None:
    width = page.evaluate("document.documentElement.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


def test_the_chat_is_light_and_the_chart_library_waits(open_page: OpenPage, watch: Watch) -> None:
    page = open_page()
    ask(page, REGIME)
    scripts = {url for url in watch.requests if url.endswith(".js")}
    assert not [url for url in scripts if "plotly" in url]
    sizes = [len(page.request.get(url).body()) for url in scripts]
    assert sum(sizes) <= JAVASCRIPT_LIMIT_BYTES
    ask(page, PRICE)
    expect(page.locator(".chart--drawn")).to_be_visible()
    assert len([url for url in watch.requests if "plotly" in url]) == 1


def test_nothing_jumps_while_an_answer_arrives(open_page: OpenPage) -> None:
    page = open_page()
    page.evaluate(
        """() => {
          window.shift = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) {
              if (!entry.hadRecentInput) window.shift += entry.value;
            }
          }).observe({ type: "layout-shift", buffered: true });
        }"""
    )
    ask(page, PRICE)
    expect(page.locator(".chart--drawn")).to_be_visible()
    page.wait_for_timeout(700)  # shifts within half a second of a key are the key's
    assert page.evaluate("window.shift") < LAYOUT_SHIFT_LIMIT
