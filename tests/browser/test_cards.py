"""Calculation cards compute: inputs edited in place, the figures and the chart follow."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chat import PRICE, REGIME, answered, ask
from tests.browser.conftest import PHONE, OpenPage, Watch
from tools import check_regime, price_condor, stress_condor

pytestmark = pytest.mark.browser

STANDARD = {
    "spot": 5800, "put_long": 5450, "put_short": 5500, "call_short": 6050, "call_long": 6100,
    "days": 30, "iv": 0.16, "rate": 0.045, "dividend_yield": 0.013,
}  # fmt: skip
STRESS = (
    "Stress 5450/5500/6050/6100 sold for a credit of 13.00: spot 5800, 30 days, IV 16 %, "
    "rate 4.5 %, dividend yield 1.3 %, SPX down 4 % and down 8 %, volatility up 8 points"
)
FIELDS = [  # label, what is typed, the tool's name and value for it
    ("Spot", "5900", "spot", 5900),
    ("Short put", "5,475", "put_short", 5475),
    ("To expiration", "14", "days", 14),
    ("Implied volatility", "21.5", "iv", 0.215),
    ("Credit", "11.7", "credit", 11.7),
]


def priced(page: Page) -> Locator:
    card = ask(page, PRICE).locator(".card").first
    card.locator(".chart").scroll_into_view_if_needed()
    expect(card.locator(".chart--drawn")).to_be_visible()
    return card


@pytest.mark.parametrize(("name", "typed", "field", "value"), FIELDS)
def test_an_edited_input_changes_the_figures(
    open_page: OpenPage, name: str, typed: str, field: str, value: float
) -> None:
    page = open_page()
    card = priced(page)
    card.get_by_label(name, exact=True).fill(typed)
    condor = price_condor(**{**STANDARD, field: value})
    figures = card.locator(".figures")
    expect(figures).to_contain_text(f"${condor.max_loss_usd:,.2f}")
    expect(figures).to_contain_text(f"{condor.credit:.2f} points")
    expect(figures).to_contain_text(f"{condor.probability_of_profit * 100:.1f} %")
    expect(card.locator(".results")).to_contain_text(f"${condor.credit_usd:,.2f}")
    for level in (condor.lower_break_even, condor.upper_break_even):
        expect(card.locator(".chart__plot")).to_contain_text(f"{level:.2f}")
    expect(card.get_by_label(name, exact=True)).to_be_focused()
    card.get_by_role("button", name="Reset").click()
    expect(figures).to_contain_text("$3,686.80")
    expect(card.get_by_role("button", name="Reset")).to_be_hidden()


def test_the_arrows_step_a_value(open_page: OpenPage) -> None:
    card = priced(open_page())
    spot = card.get_by_label("Spot")
    spot.press("ArrowUp")
    expect(spot).to_have_value("5805")
    spot.press("Shift+ArrowDown")
    expect(spot).to_have_value("5755")
    iv = card.get_by_label("Implied volatility")
    iv.press("ArrowDown")
    expect(iv).to_have_value("15.5")
    condor = price_condor(**{**STANDARD, "spot": 5755, "iv": 0.155})
    expect(card.locator(".figures")).to_contain_text(f"${condor.max_loss_usd:,.2f}")


@pytest.mark.parametrize(("typed", "said"), [
    ("", "spot"), ("abc", "Spot has to be a number"), ("-5", "spot"), ("1e5", "Spot"),
])  # fmt: skip
def test_a_bad_value_is_named_and_the_last_figures_stay(
    open_page: OpenPage, watch: Watch, typed: str, said: str
) -> None:
    watch.expected.append("422")
    card = priced(open_page())
    spot = card.get_by_label("Spot")
    spot.fill(typed)
    expect(card).to_have_class(re.compile("card--stale"))
    expect(card.locator(".card__status")).to_contain_text(said)
    expect(card.locator(".figures")).to_contain_text("$3,686.80")
    spot.fill("5900")
    expect(card).not_to_have_class(re.compile("card--stale"))


def test_strikes_out_of_order_are_marked(open_page: OpenPage, watch: Watch) -> None:
    watch.expected.append("422")
    card = priced(open_page())
    card.get_by_label("Long put").fill("5600")
    expect(card.locator(".card__status")).not_to_be_empty()
    expect(card.locator("input[aria-invalid]").first).to_be_visible()


def test_ask_with_these_numbers_goes_on_with_the_conversation(open_page: OpenPage) -> None:
    page = open_page()
    card = priced(page)
    card.get_by_label("Spot").fill("5900")
    card.get_by_label("Credit", exact=True).fill("11.7")
    with page.expect_request("**/api/chat") as request:
        card.get_by_role("button", name="Ask with these numbers").click()
    assert request.value.post_data_json["conversation_id"]
    turn = answered(page)
    expect(page.locator(".turn")).to_have_count(2)
    condor = price_condor(**{**STANDARD, "spot": 5900, "credit": 11.7})
    expect(turn.locator(".figures").first).to_contain_text(f"${condor.max_loss_usd:,.2f}")
    expect(turn.get_by_label("Dividend yield")).to_have_value("1.3")


def test_a_regime_is_alive_too(open_page: OpenPage) -> None:
    page = open_page()
    card = ask(page, REGIME).locator(".card").first
    expect(card.locator(".figures")).to_contain_text("stand aside")
    card.get_by_label("VIX", exact=True).fill("15")
    found = check_regime(vix=15, vix3m=20.5)
    assert found.wings != "stand aside"
    expect(card.locator(".figures")).to_contain_text(found.wings)
    card.get_by_label("VIX9D").fill("25")
    expect(card.get_by_role("table", name="Signals")).to_contain_text("1.6667")


def test_a_condor_within_a_stress_test_is_alive(open_page: OpenPage, watch: Watch) -> None:
    watch.expected.append("422")
    page = open_page()
    card = ask(page, STRESS).locator(".card").first
    table = card.get_by_role("table", name="Profit or loss by move")
    expect(table).to_contain_text("Volatility +8 points")
    condor = {**STANDARD, "credit": 13.0}
    for days, iv in ((30, 0.16), (12, 0.16), (12, 0.24)):
        card.get_by_label("To expiration").fill(str(days))
        card.get_by_label("Implied volatility").fill(f"{iv * 100:g}")
        found = stress_condor({**condor, "days": days, "iv": iv}, [-0.04, -0.08], [0.08])
        for profit in (found.iloc[0, -1], found.iloc[1, -1]):
            expect(table).to_contain_text(f"−${-float(profit):,.2f}")
    card.get_by_label("Spot", exact=True).fill("0")
    expect(card.get_by_label("Spot", exact=True)).to_have_attribute("aria-invalid", "true")


def test_a_shared_answer_is_alive_as_well(open_page: OpenPage) -> None:
    page = open_page()
    priced(page)
    page.get_by_role("link", name="Link to this answer").click()
    card = page.locator(".card").first
    card.get_by_label("Spot").fill("5900")
    condor = price_condor(**{**STANDARD, "spot": 5900})
    expect(card.locator(".figures")).to_contain_text(f"${condor.max_loss_usd:,.2f}")
    card.get_by_role("button", name="Ask with these numbers").click()
    page.wait_for_url("**/conversations/*")
    expect(page.locator(".turn__question")).to_contain_text("spot 5900")


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1280, "height": 900}], ids=["phone", "desk"])
@pytest.mark.parametrize("spot", ["5800", "6040", "6063"])
def test_the_notes_of_the_chart_keep_apart(
    open_page: OpenPage, viewport: dict[str, int], spot: str
) -> None:
    card = priced(open_page(viewport=viewport))
    card.get_by_label("Spot").fill(spot)
    chart = card.locator(".chart__plot")
    for words in ("break-even", f"index{spot}", "expected move"):
        expect(chart).to_contain_text(words)
    for _ in range(30):  # the chart may be drawn once more while it is looked at
        boxes = [
            box
            for note in chart.locator(".annotation").all()
            if "expected" not in str(note.text_content()) and (box := note.bounding_box())
        ]
        if len(boxes) == 3:
            break
        card.page.wait_for_timeout(100)
    assert len(boxes) == 3
    page_width = viewport["width"]
    for box in boxes:
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= page_width
    for at, one in enumerate(boxes):
        for other in boxes[at + 1 :]:
            apart = (
                one["x"] + one["width"] <= other["x"]
                or other["x"] + other["width"] <= one["x"]
                or one["y"] + one["height"] <= other["y"] + 1
                or other["y"] + other["height"] <= one["y"] + 1
            )
            assert apart, (one, other)


def test_the_table_beside_the_chart_follows_it(open_page: OpenPage) -> None:
    card = priced(open_page())
    card.get_by_text("Show the chart as a table").click()
    table = card.locator(".chart__table table").first
    expect(table).to_contain_text("1313")
    card.get_by_label("Credit", exact=True).fill("20")
    expect(table).to_contain_text("2000")
    expect(table).not_to_contain_text("1313")
    expect(table).to_be_visible()


def test_worked_examples_run(open_page: OpenPage) -> None:
    page = open_page("/articles/credit-to-width-target")
    buttons = page.get_by_role("button", name="Run this")
    count = buttons.count()
    assert count == page.locator("[data-example]").count() > 0
    for _ in range(count):
        buttons.first.click()
        expect(buttons).to_have_count(count - 1)
        count -= 1
    said = page.locator(".example__out > .example__said")
    for text in said.all_inner_texts():
        assert "the same as printed" in text
    card = page.locator(".example__out .card").last
    card.get_by_label("Credit", exact=True).fill("5")
    expect(card.locator(".figures")).to_contain_text("thin")
