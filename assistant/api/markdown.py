"""Markdown to HTML for the pages: articles, definitions and the texts of answers.

Raw HTML in the source is shown as text, pictures become their descriptions, and a link leads only
to http, https, mailto or a place on this site. Citation markers and glossary terms become links
where the caller says which ones exist. `static/js/markdown.js` draws the same marks in the browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup

from assistant.api.highlight import mark_passage, with_signs
from assistant.knowledge.documents import heading_anchor

CLAIM_LABEL = "About an unproved claim"
"""Stands beside a paragraph that reports claims; `static/js/markdown.js` has the same words."""

_LINK = re.compile(r"^(https?://|mailto:|/(?!/)|#)", re.IGNORECASE)
_CLAIM = re.compile(r"\bclaim(?:s|ed)?\b", re.IGNORECASE)
_CITATION = re.compile(r"\[(\d{1,3})\](?!\()")


def render_markdown(
    text: str,
    citations: Mapping[int, Mapping[str, Any]] | None = None,
    glossary: Sequence[Mapping[str, Any]] = (),
    *,
    under: int = 1,
    passage: tuple[int, int] | None = None,
    claims: bool = False,
    examples: bool = False,
) -> Markup:
    """HTML of `text`; `citations` by number and `glossary` entries become links.

    `under` is the level of the heading that the text stands below: no heading of it is as high.
    `passage` is a span of the text [characters] to mark. With `claims`, paragraphs that report
    claims are labelled; with `examples`, worked examples are numbered, so that they can be run.
    """
    parser = _parser()
    tokens = parser.parse(with_signs(text, passage), {"citations": citations or {}})
    mark_passage(tokens)
    _name_headings(tokens, under)
    if examples:
        _number_examples(tokens)
    if claims:
        tokens = list(_label_claims(tokens))
    _link_terms(tokens, {str(entry["term"]): entry for entry in glossary})
    return Markup(parser.renderer.render(tokens, parser.options, {}))


def passage_url(citation: Mapping[str, Any]) -> str:
    """Where a citation leads: to its source, with the quoted passage marked."""
    url, start, end = str(citation["url"]), citation.get("start"), citation.get("end")
    if start is None or end is None or not url.startswith("/"):
        return url
    return f"{url.partition('#')[0]}?quote={start}-{end}#passage"


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    # The library's own check refuses four schemes; this one admits what is known to be safe.
    parser.validateLink = _allowed_link  # type: ignore[method-assign]
    parser.inline.ruler.before("link", "citation", _citation)
    parser.add_render_rule("link_open", _open_link)
    parser.add_render_rule("image", _describe_image)
    parser.add_render_rule("th_open", _open_cell)
    parser.add_render_rule("td_open", _open_cell)
    parser.add_render_rule("fence", _show_code)
    parser.add_render_rule("code_block", _show_code)
    parser.add_render_rule("table_open", _open_table)
    parser.add_render_rule("table_close", _close_table)
    return parser


def _allowed_link(url: str) -> bool:
    return _LINK.match(url.strip()) is not None


def _citation(state: StateInline, silent: bool) -> bool:
    marker = _CITATION.match(state.src, state.pos)
    cited = marker and state.env.get("citations", {}).get(int(marker[1]))
    if not marker or not cited:
        return False
    if not silent:
        number = marker[1]
        state.pending = state.pending.rstrip(" ")  # the number stands close to its word
        state.push("cite_open", "sup", 1)
        link = state.push("cite_link_open", "a", 1)
        link.attrs = {
            "class": "cite",
            "href": passage_url(cited),
            "data-cite": number,
            "aria-label": f"Source {number}: {cited['title']}",
        }
        state.push("text", "", 0).content = number
        state.push("cite_link_close", "a", -1)
        state.push("cite_close", "sup", -1)
    state.pos = marker.end()
    return True


def _open_link(
    renderer: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any
) -> str:
    if str(tokens[at].attrGet("href") or "").lower().startswith("http"):
        tokens[at].attrSet("rel", "noopener noreferrer")
    return renderer.renderToken(tokens, at, options, env)


def _describe_image(
    renderer: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any
) -> str:
    return str(Markup.escape(tokens[at].content))


# The Content-Security-Policy of the pages admits no style attribute, so alignment is a class.
def _open_cell(
    renderer: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any
) -> str:
    cell = tokens[at]
    if str(cell.attrs.pop("style", "")).endswith("right"):
        cell.attrSet("class", "number")
    return renderer.renderToken(tokens, at, options, env)


def _show_code(
    renderer: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any
) -> str:
    code = Markup('<pre tabindex="0"><code>{}</code></pre>\n').format(tokens[at].content)
    number = tokens[at].attrGet("data-example")
    return str(Markup('<div class="example" data-example="{}">{}</div>\n').format(number, code)
               if number else code)  # fmt: skip


# A wide table scrolls in its own box, which the keyboard can reach.
def _open_table(
    renderer: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any
) -> str:
    return '<div class="scroll" tabindex="0"><table>\n'


def _close_table(
    renderer: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any
) -> str:
    return "</table></div>\n"


def _name_headings(tokens: Sequence[Token], under: int) -> None:
    seen: dict[str, int] = {}
    for opening, inline in pairwise(tokens):
        if opening.type in ("heading_open", "heading_close"):
            opening.tag = f"h{min(6, max(under + 1, int(opening.tag[1]) + under - 1))}"
        if opening.type == "heading_open":
            name = heading_anchor(_plain(inline)) or "section"
            seen[name] = seen.get(name, 0) + 1
            opening.attrSet("id", name if seen[name] == 1 else f"{name}-{seen[name]}")


def _number_examples(tokens: Sequence[Token]) -> None:
    blocks = [token for token in tokens if token.type == "fence" and token.info == "pycon"]
    for number, token in enumerate(blocks, start=1):
        token.attrSet("data-example", str(number))


def _label_claims(tokens: Sequence[Token]) -> Iterator[Token]:
    """A label before each paragraph that reports what somebody claims."""
    for opening, inline in pairwise([*tokens, Token("end", "", 0)]):
        claimed = opening.type == "paragraph_open" and _CLAIM.search(_plain(inline))
        if claimed and not opening.hidden:
            opening.attrSet("class", "claimed")
        yield opening
        if claimed and not opening.hidden:
            label = _text(CLAIM_LABEL)
            between = Token("claim_open", "span", 1, attrs={"class": "claimed__label"})
            shown = [between, label, Token("claim_close", "span", -1)]
            yield Token("inline", "", 0, content=CLAIM_LABEL, children=shown)


def _plain(inline: Token) -> str:
    return "".join(child.content for child in inline.children or ())


def _link_terms(tokens: Sequence[Token], terms: dict[str, Mapping[str, Any]]) -> None:
    """Link the first place where each term stands, outside headings, links and code."""
    waiting = dict(sorted(terms.items(), key=lambda item: -len(item[0])))
    heading = False
    for token in tokens:
        heading = token.type == "heading_open" or (heading and token.type != "heading_close")
        if heading or not token.children:
            continue
        inside, children = 0, []
        for child in token.children:
            inside += child.nesting if child.tag in ("a", "sup") else 0
            plain = child.type == "text" and not inside
            children += list(_with_terms(child, waiting)) if plain else [child]
        token.children = children


def _with_terms(token: Token, waiting: dict[str, Mapping[str, Any]]) -> Iterator[Token]:
    rest = token.content
    while rest and waiting:
        names = "|".join(re.escape(name) for name in waiting)
        found = re.search(rf"(?<![\w-])({names})(?![\w-])", rest, re.IGNORECASE)
        if found is None:
            break
        name = next(name for name in waiting if name.lower() == found[1].lower())
        entry = waiting.pop(name)
        yield _text(rest[: found.start()])
        attributes = {"class": "term", "href": entry["url"], "data-term": name}
        yield Token("term_open", "a", 1, attrs=attributes)
        yield _text(found[1])
        yield Token("term_close", "a", -1)
        rest = rest[found.end() :]
    yield _text(rest)


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
