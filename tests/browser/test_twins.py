"""What server and browser both know is the same: numbers, labels and the marks of Markdown."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.api.markdown import render_markdown
from assistant.api.wording import format_value, label
from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser

UNITS = ["points", "level", "usd", "percent", "days", "count", "greek", "rounded", "text", ""]
VALUES: list[Any] = [
    0, 1, -1, 0.5, 2.5, 0.125, -0.0004, 13.132, 5486.8675, 1313.2, -3686.8, 1234567.891, 0.16,
    0.045, 1e-9, 30, 0.7183, 1.005, 100, 1000, None, True, False, "stand aside", "", ["a", "b"],
    [1.5, 2], [], {"low": 0.15, "high_usd": 2},
]  # fmt: skip
FIELDS = [
    "credit", "max_loss_usd", "something_new", "fee_usd", "vix3m", "probability_of_rain",
    "condor.days", "new_condor.credit", "0.0", "0.1", "-0.025", "0.07",
]  # fmt: skip
TEXTS = [
    "One paragraph\nover two lines.\n\nAnother with **bold**, *em*, `code` and a [link](/a).",
    "## Heading\n\nText\n\n### Lower\n\n- one\n- two\n  more\n\n  a paragraph\n- three",
    "1. first\n2. second\n\n   with more\n3. third\n\nafter",
    "- outer\n  - inner **bold**\n  - inner two\n- outer two",
    "> quoted\n> lines\n\n---\n\n```\ncode <b>\n```",
    "| a | b |\n| --- | ---: |\n| x | 1 |\n| **y** | `2` |",
    "A credit of 26.3 % [1], which is above [1][2]. Not [3].",
    "snake_case_name and 5 * 3 * 2 and a*b*c and \\*escaped\\* and __strong__ and _em_",
    "The iron condor and another iron condor; IRON CONDORS no.",
    "line one  \nline two\\\nline three",
    "[bad](javascript:x) [worse](data:x) [fine](https://example.org) <https://example.org>",
]

_FORMAT = """async ([values, units, fields]) => {
  const { formatValue, label } = await import("/static/js/format.js");
  const cells = values.flatMap((value) => units.flatMap((unit) => [false, true].map((exact) => {
    const { text, unit: beside, numeric } = formatValue(value, unit, exact);
    return [text, beside, numeric];
  })));
  return { cells, labels: fields.map(label) };
}"""
_MARKS = """async ([texts, html, citations, glossary]) => {
  const { renderAll } = await import("/static/js/markdown.js");
  const plain = (node) => node.textContent.replace(/\\s+/g, "");
  const shape = (root) => [...root.querySelectorAll("*")].map((node) =>
    [node.localName, node.className, node.getAttribute("href"), plain(node)]);
  return texts.map((text, at) => {
    const drawn = document.createElement("div");
    drawn.append(...renderAll(text, {
      under: 2,
      citations: new Map(citations.map((item) => [item.n, item])),
      terms: new Map(glossary.map((item) => [item.term.toLowerCase(), item])),
    }));
    const sent = new DOMParser().parseFromString(html[at], "text/html").body;
    return [shape(drawn), shape(sent)];
  });
}"""


def test_numbers_and_labels_read_the_same(open_page: OpenPage) -> None:
    found = open_page().evaluate(_FORMAT, [VALUES, UNITS, FIELDS])
    expected = [
        list(format_value(value, unit, exact=exact))
        for value in VALUES
        for unit in UNITS
        for exact in (False, True)
    ]
    assert found["cells"] == expected
    assert found["labels"] == [label(field) for field in FIELDS]


def test_markdown_makes_the_same_elements(open_page: OpenPage) -> None:
    citations = [{"n": 1, "url": "/articles/a", "title": "A"}, {"n": 2, "url": "/b", "title": "B"}]
    glossary = [{"term": "Iron condor", "url": "/glossary/iron-condor", "definition": "d"}]
    by_number = {item["n"]: item for item in citations}
    html = [str(render_markdown(text, by_number, glossary, under=2)) for text in TEXTS]
    for text, (drawn, sent) in zip(
        TEXTS, open_page().evaluate(_MARKS, [TEXTS, html, citations, glossary]), strict=True
    ):
        assert drawn == sent, text
