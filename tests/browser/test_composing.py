"""Asking: by keyboard, too long, stopped, failed, continued and started over."""

import pytest
from playwright.sync_api import CDPSession, expect

from tests.browser.chat import PRICE, REGIME, answered, ask
from tests.browser.conftest import OpenPage, Watch

pytestmark = pytest.mark.browser


def _delay(session: CDPSession, milliseconds: int) -> None:
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": milliseconds,
            "downloadThroughput": -1,
            "uploadThroughput": -1,
        },
    )


def test_the_keyboard_is_enough(open_page: OpenPage) -> None:
    page = open_page()
    for _ in range(30):
        page.keyboard.press("Tab")
        if (
            page.evaluate("document.activeElement.name") == "message"
            and page.evaluate("document.activeElement.localName") == "textarea"
        ):
            break
    page.keyboard.type("VIX is 22 and VIX3M is 20.5.")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("Is this a regime to sell condors in?")
    assert page.get_by_label("Your question").input_value().count("\n") == 1
    page.keyboard.press("Enter")
    turn = answered(page)
    expect(turn.get_by_role("table", name="Signals")).to_be_visible()
    expect(page.get_by_label("Your question")).to_be_focused()


def test_a_starter_asks_its_question(open_page: OpenPage) -> None:
    page = open_page()
    starter = page.get_by_role("button", name="What is an SPX iron condor?")
    starter.click()
    question = answered(page).get_by_role("heading", level=2)
    expect(question).to_have_text("What is an SPX iron condor?")
    expect(page.locator(".welcome")).to_be_hidden()


def test_too_long_a_question_is_not_sent(open_page: OpenPage, watch: Watch) -> None:
    page = open_page()
    box = page.get_by_label("Your question")
    box.fill("x" * 1001)
    expect(page.locator(".composer__count")).to_contain_text("1,001")
    expect(page.get_by_text("Your question is 1 character too long.")).to_be_visible()
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_disabled()
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_count(0)
    assert not [url for url in watch.requests if url.endswith("/api/chat")]
    box.fill("x" * 1000)
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_enabled()


def test_characters_outside_the_basic_plane_count_once(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_label("Your question").fill("\N{CHART WITH UPWARDS TREND}" * 1000)
    expect(page.locator("[data-count]")).to_have_text("1,000")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_enabled()


def test_stop_ends_the_work_and_asking_again_works(open_page: OpenPage) -> None:
    page = open_page()
    network = page.context.new_cdp_session(page)
    _delay(network, 5_000)
    page.get_by_label("Your question").fill(REGIME)
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_attribute("data-state", "working")
    page.get_by_role("button", name="Stop").click()
    turn = page.locator(".turn")
    expect(turn).to_have_attribute("data-state", "stopped")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    _delay(network, 0)
    turn.get_by_role("button", name="Ask again").click()
    expect(answered(page).get_by_role("heading", level=2)).to_have_text(REGIME)
    expect(page.locator(".turn")).to_have_count(1)


def test_a_failed_question_stays_and_can_be_sent_again(open_page: OpenPage, watch: Watch) -> None:
    watch.expected.append("Failed to load resource")
    page = open_page()
    page.route("**/api/chat", lambda route: route.abort())
    page.get_by_label("Your question").fill(REGIME)
    page.keyboard.press("Enter")
    turn = page.locator(".turn")
    expect(turn).to_have_attribute("data-state", "failed")
    expect(turn.get_by_role("alert")).to_contain_text("The server cannot be reached")
    page.unroute("**/api/chat")
    turn.get_by_role("button", name="Try again").click()
    expect(answered(page).get_by_role("heading", level=2)).to_have_text(REGIME)


def test_a_refusal_names_the_field(open_page: OpenPage, watch: Watch) -> None:
    watch.expected.append("Failed to load resource")
    page = open_page()
    # The page's own limit is lifted, so that the server's refusal is what shows.
    page.evaluate("document.querySelector('.dock form').dataset.limit = 5000")
    page.evaluate("document.querySelector('.dock form').setAttribute('data-limit', '5000')")
    page.route(
        "**/api/chat", lambda route: route.continue_(post_data='{"message": "' + "x" * 1001 + '"}')
    )
    page.get_by_label("Your question").fill("What is theta?")
    page.keyboard.press("Enter")
    turn = page.locator(".turn")
    expect(turn).to_have_attribute("data-state", "failed")
    expect(turn.get_by_role("alert")).to_contain_text("message")


def test_a_conversation_continues_survives_a_reload_and_starts_over(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, PRICE)
    with page.expect_request("**/api/chat") as request:
        turn = ask(page, "And what is the expected move?")
    assert request.value.post_data_json["conversation_id"]
    expect(turn).to_have_attribute("data-state", "answered")
    page.reload()
    expect(page.locator(".turn[data-state=answered]")).to_have_count(2)
    with page.expect_navigation():
        page.get_by_role("link", name="New conversation").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator(".welcome")).to_be_visible()
    with page.expect_request("**/api/chat") as request:
        ask(page, REGIME)
    assert "conversation_id" not in request.value.post_data_json


def test_an_answer_is_announced_once_when_complete(open_page: OpenPage) -> None:
    page = open_page()
    page.evaluate(
        """() => {
          window.said = [];
          const live = document.getElementById("announcer");
          new MutationObserver(() => live.textContent && window.said.push(live.textContent))
            .observe(live, { childList: true, characterData: true, subtree: true });
        }"""
    )
    ask(page, REGIME)
    said = page.evaluate("window.said")
    assert len(said) == 1
    assert "1.07" in said[0]
    others = page.locator("[aria-live]:not(#announcer)")
    expect(others).to_have_count(0)
