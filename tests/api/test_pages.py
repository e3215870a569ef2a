"""The pages as a program sees them: what they say of themselves, what they never let in."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from tests.conftest import SHARED

ADDRESS = "http://testserver"
ARTICLE = "/articles/credit-to-width-target"
TERM = "/glossary/iron-condor"
QUESTION = "What credit should an iron condor collect for its width?"
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def soup(client: TestClient, path: str) -> BeautifulSoup:
    response = client.get(path)
    assert response.status_code == 200, path
    return BeautifulSoup(response.text, "html.parser")


def records(page: BeautifulSoup) -> list[dict[str, Any]]:
    """The schema.org records of a page, those of a graph one by one."""
    whole = [json.loads(block.text) for block in page.select('script[type="application/ld+json"]')]
    assert all(record["@context"] == "https://schema.org" for record in whole)
    return [item for record in whole for item in record.get("@graph", [record])]


def asked(client: TestClient, question: str = QUESTION) -> dict[str, Any]:
    answer: dict[str, Any] = client.post("/api/chat", json={"message": question}).json()
    return answer


PAGES = ["/", "/articles", "/articles?tag=credit", ARTICLE, "/glossary", TERM, "/history",
         "/search", "/search?q=width", "/articles/none"]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_anything_inline_or_from_elsewhere(client: TestClient, path: str) -> None:
    response = client.get(path)
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    page = BeautifulSoup(response.text, "html.parser")
    data = ("application/json", "application/ld+json")
    inline = [s for s in page.select("script:not([src])") if s.get("type") not in data]
    assert inline == page.select("style, [style]") == page.select("iframe, object, embed") == []
    assert [n for n in page.find_all(True) if any(name.startswith("on") for name in n.attrs)] == []
    loaded = [str(n["src"]) for n in page.select("[src]")]
    loaded += [str(n["href"]) for n in page.select("link[rel~=stylesheet], link[rel=icon]")]
    assert loaded
    assert [url for url in loaded if not url.startswith("/")] == []


@pytest.mark.parametrize(("path", "address"), [
    ("/", "/"), (ARTICLE, ARTICLE), (f"{ARTICLE}?quote=1-20", ARTICLE), (TERM, TERM),
    ("/glossary?q=condor", "/glossary"), ("/articles?tag=credit", "/articles"),
])  # fmt: skip
def test_every_page_of_the_library_names_its_own_address(
    client: TestClient, path: str, address: str
) -> None:
    link = soup(client, path).select_one("link[rel=canonical]")
    assert link is not None
    assert link["href"] == ADDRESS + address


def test_an_article_is_a_question_page_to_other_programs(client: TestClient) -> None:
    article = client.get(f"/api{ARTICLE}").json()
    page = soup(client, ARTICLE)
    found = {record["@type"]: record for record in records(page)}
    question = found["QAPage"]["mainEntity"]
    assert question["name"] == article["title"]
    assert question["answerCount"] == 1
    words = question["acceptedAnswer"]["text"].split()
    assert " ".join(words[:8]) in " ".join(article["short_answer"].split())
    assert found["Article"]["dateModified"] == article["updated"]
    assert page.select_one("meta[property='og:type']")["content"] == "article"  # type: ignore[index]


def test_a_term_and_the_glossary_are_defined_terms(client: TestClient) -> None:
    term = client.get(f"/api{TERM}").json()
    (record,) = records(soup(client, TERM))
    assert record["@type"] == "DefinedTerm"
    assert record["name"] == term["term"]
    assert record["inDefinedTermSet"] == f"{ADDRESS}/glossary"
    (whole,) = records(soup(client, "/glossary"))
    assert whole["@type"] == "DefinedTermSet"
    assert len(whole["hasDefinedTerm"]) == len(client.get("/api/glossary").json())


def test_a_shared_answer_has_a_preview_of_its_own_and_changes_nothing(client: TestClient) -> None:
    answer = asked(client)
    page = soup(client, f"/answers/{answer['id']}")
    meta = {str(tag["property"]): str(tag["content"]) for tag in page.select("meta[property]")}
    assert meta["og:title"].startswith(QUESTION)
    assert meta["og:url"] == f"{ADDRESS}/answers/{answer['id']}"
    assert meta["og:description"][:40] == " ".join(answer["text"].split())[:40]
    (record,) = records(page)
    assert record["@type"] == "QAPage"
    assert record["mainEntity"]["name"] == QUESTION
    # Whoever was sent the link may ask, but not in the conversation of the one who sent it.
    assert page.select("input[name=conversation_id]") == []


def test_the_sitemap_lists_the_library_and_no_conversation(client: TestClient) -> None:
    answer = asked(client)
    response = client.get("/sitemap.xml")
    assert response.headers["content-type"].startswith("application/xml")
    urls = [item.text or "" for item in ET.fromstring(response.text).iter(f"{SITEMAP}loc")]
    assert len(urls) == len(set(urls))
    for kind in ("articles", "glossary"):
        for item in client.get(f"/api/{kind}").json():
            assert ADDRESS + item["url"] in urls
    assert [url for url in urls if answer["id"] in url or answer["conversation_id"] in url] == []
    assert f"Sitemap: {ADDRESS}/sitemap.xml" in client.get("/robots.txt").text
    for path in {url.removeprefix(ADDRESS) for url in urls[:12]}:
        assert client.get(path).status_code == 200


def test_the_feed_has_the_newest_articles(client: TestClient) -> None:
    response = client.get("/articles.atom")
    assert response.headers["content-type"].startswith("application/atom+xml")
    feed = ET.fromstring(response.text)
    for name in ("id", "title", "updated"):
        assert feed.findtext(f"{ATOM}{name}")
    entries = feed.findall(f"{ATOM}entry")
    newest = sorted((item["updated"] for item in client.get("/api/articles").json()), reverse=True)
    moments = [entry.findtext(f"{ATOM}updated") or "" for entry in entries]
    assert moments == sorted(moments, reverse=True)
    assert [moment[:10] for moment in moments] == newest[: len(moments)]
    assert all(entry.find(f"{ATOM}link") is not None for entry in entries)


def test_a_cited_passage_is_marked_where_it_stands(client: TestClient) -> None:
    answer = asked(client)
    assert answer["citations"]
    page = soup(client, f"/answers/{answer['id']}")
    links = {str(mark["data-cite"]): str(mark["href"]) for mark in page.select("a.cite")}
    assert links
    for citation in answer["citations"]:
        href = links[str(citation["n"])]
        assert href.endswith("#passage")
        marked = soup(client, href.partition("#")[0]).select("mark")
        assert marked[0]["id"] == "passage"
        shown = "".join(mark.text for mark in marked)
        plain = re.sub(r"[*`]|^#+ ", "", citation["quote"], flags=re.MULTILINE)
        assert "".join(shown.split()) == "".join(plain.split())


@pytest.mark.parametrize("quote", ["", "x", "5", "9-3", "1-99999999", "999999-9999999", "-1-5"])
def test_a_passage_that_is_none_marks_nothing(client: TestClient, quote: str) -> None:
    assert soup(client, f"{ARTICLE}?quote={quote}").select("mark") == []


def test_tags_lead_to_the_articles_that_carry_them(client: TestClient) -> None:
    tag = str(soup(client, ARTICLE).select(".tags a")[0]["href"])
    name = tag.partition("=")[2]
    slugs = {item["url"] for item in client.get("/api/articles").json() if name in item["tags"]}
    shown = {str(link["href"]) for link in soup(client, tag).select(".shelf li a")}
    assert shown == slugs
    assert ARTICLE in shown


def test_views_count_readers_and_not_fetches_ahead(client: TestClient) -> None:
    def views() -> int:
        found = re.search(r"([\d,]+) view", soup(client, "/articles/expected-move").text)
        assert found
        return int(found[1].replace(",", ""))

    first = views()
    client.get("/articles/expected-move", headers={"sec-purpose": "prefetch"})
    assert views() == first + 1


def test_an_article_marks_claims_as_claims(client: TestClient) -> None:
    corpus_claims = client.get("/api/articles/claimed-win-rates").json()["claims"]
    page = soup(client, "/articles/claimed-win-rates")
    assert len(page.select(".claim")) == len(corpus_claims) > 0
    assert all(claim.select_one(".status") for claim in page.select(".claim"))


@pytest.mark.parametrize(("words", "kind"), [
    ("credit to width", ".passages"), ("iron condor", ".definitions"),
])  # fmt: skip
def test_search_finds_in_every_shelf(client: TestClient, words: str, kind: str) -> None:
    answer = asked(client, "What is an iron condor, and what is its credit to width?")
    page = soup(client, f"/search?q={words.replace(' ', '+')}")
    assert page.select(f"{kind} a")
    links = [str(link["href"]) for link in page.select(".finds a")]
    assert any(link.startswith("/articles/") for link in links)
    assert f"/conversations/{answer['conversation_id']}" in links
    for link in links[:6]:
        assert client.get(link).status_code == 200


def test_search_says_where_there_is_nothing(client: TestClient) -> None:
    page = soup(client, "/glossary?q=zzzz")
    assert "No term contains" in page.text
    assert "No conversation holds" in soup(client, "/history?q=zzzz").text


def _texts() -> list[str]:
    path = SHARED / "data" / "hostile" / "strings.jsonl"
    lines = path.read_text(encoding="utf-8").split("\n") if path.exists() else []
    own = [
        "<script>alert(1)</script>",
        "</script><script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</title><b>x</b>",
        "' onmouseover=alert(1) '",
        "{{ 7 * 7 }}",
    ]
    return own + [json.loads(line)["text"] for line in lines if line]


@pytest.mark.parametrize("path", ["/glossary", "/history", "/search"])
def test_hostile_words_come_back_as_text(client: TestClient, path: str) -> None:
    calm = client.get(path, params={"q": "zzzz"}).text
    shape = _shape(calm)
    for text in _texts()[:: 4 if path == "/search" else 1]:  # each search reads an embedding
        response = client.get(path, params={"q": text})
        assert response.status_code == 200, text
        page = BeautifulSoup(response.text, "html.parser")
        assert page.select("script:not([src]):not([type])") == []
        assert page.select("img, iframe, svg:not([viewBox])") == []
        assert _shape(response.text) <= shape | _RESULTS, text


_RESULTS = {"ol", "ul", "li", "dl", "dt", "dd", "div", "section", "nav", "details", "summary",
            "label", "time", "h2", "h3", "a", "p", "span", "button", "form", "input"}  # fmt: skip


def _shape(html: str) -> set[str]:
    return {node.name for node in BeautifulSoup(html, "html.parser").find_all(True)}
