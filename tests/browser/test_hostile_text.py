"""Text that would like to be markup stays text, whoever it comes from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from assistant.api.markdown import render_markdown
from tests.browser.chat import answered
from tests.browser.conftest import OpenPage, Watch

pytestmark = pytest.mark.browser

OWN = [
    "<script>window.hit = 1</script>",
    '<img src=x onerror="window.hit = 1">',
    "[click](javascript:window.hit=1)",
    "[click](JaVaScRiPt:window.hit=1) <javascript:window.hit=1>",
    "[click](data:text/html,<script>window.hit=1</script>)",
    "![x](x onerror=window.hit=1)",
    '[x](/a"onmouseover="window.hit=1)',
    "[x](//other.example/)",
    "```\n</code></pre><svg onload=window.hit=1>\n```",
    "| <b>a</b> | [b](vbscript:x) |\n| --- | --- |\n| <iframe src=/> | [1] |",
    "[1]: javascript:window.hit=1\n\n[1] and [2] and [999]",
    "# </h1><script>window.hit=1</script>",
]
_SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "hostile" / "strings.jsonl"

# What Markdown can make; any other element or attribute came out of somebody's text.
_WRONG = """
  const allowed = new Set(("a blockquote br code div em h2 h3 h4 h5 h6 hr li ol p pre strong sup "
    + "table tbody td th thead tr ul").split(" "));
  const safe = /^(https?:|mailto:|\\/(?!\\/)|#)/i;
  const wrong = (root) => [...root.querySelectorAll("*")].filter((node) =>
    !allowed.has(node.localName)
    || [...node.attributes].some(({ name }) => name.startsWith("on") || name === "style")
    || (node.localName === "a" && !safe.test(node.getAttribute("href"))))
    .map((node) => node.outerHTML);
"""
_DRAWN = f"""async (texts) => {{
  {_WRONG}
  const {{ renderAll }} = await import("/static/js/markdown.js");
  const citations = new Map([[1, {{ n: 1, url: "/articles/a", title: '"><b>' }}]]);
  return texts.flatMap((text) => {{
    const box = document.createElement("div");
    box.append(...renderAll(text, {{ under: 2, citations, terms: new Map() }}));
    document.body.append(box);
    const found = wrong(box);
    box.remove();
    return found;
  }});
}}"""
_SENT = f"""(pages) => {{
  {_WRONG}
  return pages.flatMap((html) => wrong(new DOMParser().parseFromString(html, "text/html").body));
}}"""


@pytest.fixture(scope="module")
def strings() -> list[str]:
    lines = _SHARED.read_text(encoding="utf-8").split("\n") if _SHARED.exists() else []
    return OWN + [json.loads(line)["text"] for line in lines if line]


def test_the_browser_draws_hostile_texts_as_text(open_page: OpenPage, strings: list[str]) -> None:
    page = open_page()
    assert page.evaluate(_DRAWN, strings) == []
    assert page.evaluate("window.hit") is None


def test_the_server_draws_hostile_texts_as_text(open_page: OpenPage, strings: list[str]) -> None:
    cited = {1: {"n": 1, "url": "/articles/a", "title": '"><b>'}}
    html = [str(render_markdown(text, cited, under=2)) for text in strings]
    assert open_page().evaluate(_SENT, html) == []


@pytest.mark.parametrize("text", [*OWN[:3], "{{ 7 * 7 }} ${7*7} <b>bold</b> & \u202ertl"])
def test_a_hostile_question_is_shown_as_it_was_typed(open_page: OpenPage, text: str) -> None:
    page = open_page()
    page.get_by_label("Your question").fill(text)
    page.keyboard.press("Enter")
    turn = answered(page)
    expect(turn.get_by_role("heading", level=2)).to_have_text(text)
    turn.get_by_role("link", name="Link to this answer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(text)
    assert page.evaluate("window.hit") is None


def test_a_hostile_answer_is_shown_as_text(open_page: OpenPage, watch: Watch) -> None:
    page = open_page()
    bad = '<img src=x onerror="window.hit=1">'
    answer = {
        "id": "a", "conversation_id": "c", "question": bad, "text": f"{bad} [1] theta",
        "model": bad, "corpus_version": bad, "created_at": "2026-05-07T00:00:00Z",
        "abstained": False,
        "citations": [{"n": 1, "kind": "article", "id": "x", "title": bad, "section": bad,
                       "quote": bad, "start": 0, "end": 1, "url": "/articles/x"}],
        "calculations": [{"n": 1, "tool": bad, "inputs": {bad: bad}, "chart": None,
                          "result": {bad: bad, "warnings": [bad], "assumptions": {bad: bad},
                                     "rows": [{bad: bad}], "record": {bad: bad}}}],
        "glossary": [{"term": "theta", "definition": bad, "url": "/glossary/theta"}],
        "keep_reading": [{"title": bad, "url": "/articles/x"}], "suggestions": [bad],
        "disagreements": [{"topic": bad, "positions": [{"text": bad, "source": bad}]}],
        "grounding": {"numbers": [], "unsupported": []}, "apa": bad, "disclaimer": bad,
    }  # fmt: skip
    body = "".join(
        f"event: {event}\ndata: {json.dumps(data)}\n\n"
        for event, data in (
            ("start", {"id": "a", "conversation_id": "c"}),
            ("step", {"tool": bad, "status": "started", "inputs": {bad: bad}, "label": bad}),
            ("step", {"tool": bad, "status": "finished", "inputs": {}, "label": bad}),
            ("delta", {"text": bad}),
            ("answer", answer),
        )
    )
    page.route("**/api/chat", lambda route: route.fulfill(
        body=body, content_type="text/event-stream"))  # fmt: skip
    page.get_by_label("Your question").fill("theta")
    page.keyboard.press("Enter")
    turn = answered(page)
    turn.locator("a.cite").hover()
    expect(page.locator("#popover blockquote")).to_have_text(bad)
    assert page.locator("img, iframe, .turn script").count() == 0
    assert page.evaluate("window.hit") is None
