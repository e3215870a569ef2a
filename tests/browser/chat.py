"""How the tests use the chat: ask, and wait for what comes of it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

CONCEPT = (
    "How does the always-on nature of AMM smart contracts relate to running 24/7 VIX hedges or "
    "SPX iron condors?"
)
PRICE = (
    "Price a 30-day SPX iron condor: spot 5800, puts 5450/5500, calls 6050/6100, IV 16 %, "
    "rate 4.5 %, dividend yield 1.3 %"
)
REGIME = "VIX is 22 and VIX3M is 20.5. Is this a regime to sell condors in?"
OUTSIDE = "How do I tell a real gold bar from a fake?"


def ask(page: Page, question: str) -> Locator:
    """Type the question, send it with Enter, and return its turn once it is answered."""
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    return answered(page)


def answered(page: Page) -> Locator:
    """The last turn, answered."""
    turn = page.locator(".turn").last
    expect(turn).to_have_attribute("data-state", "answered")
    return turn
