"""No page, in any state, theme or width, breaks a rule of accessibility that axe knows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.chat import CONCEPT, OUTSIDE, PRICE, REGIME, answered, ask
from tests.browser.conftest import DESK, PHONE, OpenPage, Watch

pytestmark = pytest.mark.browser

ARTICLE = "/articles/credit-to-width-target"
CLAIMED = "Is the 82 % win rate of the methodology real?"


def check(page: Page) -> None:
    """Every rule of axe, best practices too; AA contrast is among them."""
    found = Axe().run(page).response["violations"]
    told = [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found]
    assert told == []


def _priced(page: Page) -> None:
    turn = ask(page, PRICE)
    turn.locator(".chart").scroll_into_view_if_needed()
    expect(turn.locator(".chart--drawn")).to_be_visible()


def _edited(page: Page) -> None:
    _priced(page)
    page.get_by_label("Spot").first.fill("5900")
    expect(page.get_by_role("button", name="Ask with these numbers").first).to_be_visible()
    expect(page.locator(".card__status").first).to_contain_text("your numbers")


def _refused(page: Page) -> None:
    _priced(page)
    page.get_by_label("Long put").first.fill("9000")
    expect(page.locator(".card--stale")).to_be_visible()


def _opened(page: Page) -> None:
    _priced(page)
    for box in page.locator("details > summary").all():
        box.click()


def _quoted(page: Page) -> None:
    ask(page, CONCEPT).locator("a.cite").first.hover()
    expect(page.locator("#popover")).to_be_visible()


def _rated(page: Page) -> None:
    ask(page, REGIME).get_by_role("button", name="Bad answer").click()
    expect(page.get_by_role("button", name="Send the reason")).to_be_visible()


def _too_long(page: Page) -> None:
    page.get_by_label("Your question").fill("x" * 1001)


def _failed(page: Page) -> None:
    page.route("**/api/chat", lambda route: route.abort())
    page.get_by_label("Your question").fill(REGIME)
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_attribute("data-state", "failed")


def _working(page: Page) -> None:
    page.route("**/api/chat", lambda _: None)
    page.get_by_label("Your question").fill(REGIME)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()


def _shared(page: Page) -> None:
    ask(page, PRICE).get_by_role("link", name="Link to this answer").click()
    page.wait_for_url("**/answers/*")
    page.locator(".chart").scroll_into_view_if_needed()
    expect(page.locator(".chart--drawn")).to_be_visible()


def _kept(page: Page) -> None:
    ask(page, REGIME)
    page.goto("/history")
    page.get_by_text("Rename").first.click()
    page.get_by_text("Delete", exact=False).first.click()


def _transcript(page: Page) -> None:
    ask(page, REGIME)
    address = page.get_by_role("link", name="Export").get_attribute("href")
    page.goto(str(address).removesuffix("/export.md"))
    page.get_by_text("Say why").first.click()


def _ran(page: Page) -> None:
    page.get_by_role("button", name="Run this").last.click()
    expect(page.locator(".example__out .card").first).to_be_visible()


STATES: dict[str, tuple[str, Callable[[Page], object]]] = {
    "welcome": ("/", lambda _: None),
    "working": ("/", _working),
    "priced": ("/", _priced),
    "edited": ("/", _edited),
    "refused": ("/", _refused),
    "everything open": ("/", _opened),
    "quote": ("/", _quoted),
    "regime": ("/", lambda page: ask(page, REGIME)),
    "claims": ("/", lambda page: ask(page, CLAIMED)),
    "declined": ("/", lambda page: ask(page, OUTSIDE)),
    "rated": ("/", _rated),
    "too long": ("/", _too_long),
    "failed": ("/", _failed),
    "shared answer": ("/", _shared),
    "history": ("/", _kept),
    "nothing found": ("/history?q=zzzz", lambda _: None),
    "conversation": ("/", _transcript),
    "articles": ("/articles", lambda _: None),
    "by tag": ("/articles?tag=credit", lambda _: None),
    "article": (ARTICLE, lambda _: None),
    "example": (ARTICLE, _ran),
    "marked passage": (f"{ARTICLE}?quote=20-120#passage", lambda _: None),
    "glossary": ("/glossary", lambda _: None),
    "term": ("/glossary/iron-condor", lambda _: None),
    "search": ("/search?q=credit+to+width", lambda _: None),
    "empty search": ("/search", lambda _: None),
    "lost": ("/articles/none", lambda _: None),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(
    open_page: OpenPage, watch: Watch, state: str, viewport: dict[str, int], scheme: str
) -> None:
    watch.expected += ["404", "422", "Failed to load resource"]
    path, reach = STATES[state]
    page = open_page(path, viewport=viewport, color_scheme=scheme)
    reach(page)
    check(page)


def test_the_check_can_fail(open_page: OpenPage) -> None:
    page = open_page("/articles")
    page.evaluate("document.querySelector('h1').className = ''")
    page.evaluate("document.querySelector('.page-head p').style.color = '#ccc'")
    with pytest.raises(AssertionError, match="color-contrast"):
        check(page)


def test_every_stop_of_the_keyboard_is_seen(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, REGIME)
    seen = 0
    for _ in range(60):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            """() => {
              const node = document.activeElement;
              if (!node || node === document.body) return null;
              // The box shows the focus of the text in it.
              const place = node.closest(".composer__box") ?? node;
              const style = getComputedStyle(place);
              const box = place.getBoundingClientRect();
              return { name: node.outerHTML.slice(0, 120), wide: box.width > 0 && box.height > 0,
                ring: style.outlineStyle !== "none" || style.boxShadow !== "none" };
            }"""
        )
        if shown is None:  # past the last stop; the next one is the first
            continue
        seen += 1
        assert shown["wide"], shown
        assert shown["ring"], shown
    assert seen > 15
    expect(answered(page)).to_be_visible()
