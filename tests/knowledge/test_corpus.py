"""The loader reports what is broken, the articles keep their house rules, the words are ours."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.knowledge.corpus import Article, Corpus, CorpusError, load_corpus

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "corpus"
SHARED = ROOT.parent / "shared"
SEED_TITLE = (
    "How does the always-on nature of AMM smart contracts relate to running 24/7 VIX hedges "
    "or SPX iron condors?"
)

needs_shared = pytest.mark.skipif(
    not (SHARED / "domain").is_dir(), reason="the reference material ../shared is not here"
)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus(CORPUS)


def prose(text: str) -> str:
    """The text without fenced code and headings."""
    return re.sub(r"^#.*$", "", re.sub(r"```.*?```", "", text, flags=re.S), flags=re.M)


def slugs() -> list[str]:
    return sorted(path.stem for path in (CORPUS / "articles").glob("*.md"))


# The loader


def test_loads_everything_in_order(corpus: Corpus) -> None:
    assert len(corpus.articles) >= 76
    assert len(corpus.terms) >= 210
    assert len(corpus.rules) >= 35
    assert len(corpus.claims) >= 60
    assert list(corpus.articles) == sorted(corpus.articles)
    assert list(corpus.terms) == sorted(corpus.terms)
    assert corpus.articles["vvix"].url == "/articles/vvix"
    assert corpus.terms["vvix"].url == "/glossary/vvix"


def test_version_is_stable_and_changes_with_the_content(tmp_path: Path, corpus: Corpus) -> None:
    copy = shutil.copytree(CORPUS, tmp_path / "corpus")
    assert load_corpus(copy).version == corpus.version
    for path in copy.rglob("*.md"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_corpus(copy).version == corpus.version
    article = copy / "articles" / "vvix.md"
    article.write_text(article.read_text(encoding="utf-8") + "More.\n", encoding="utf-8")
    assert load_corpus(copy).version != corpus.version


def test_records_are_frozen(corpus: Corpus) -> None:
    with pytest.raises(ValueError, match="frozen"):
        corpus.articles["vvix"].title = "Other"  # type: ignore[misc]


def test_sections_point_into_the_body(corpus: Corpus) -> None:
    for article in corpus.articles.values():
        for section in article.sections:
            assert article.body[section.start : section.end] == section.text
            assert not section.text.startswith("#")


def test_a_heading_inside_code_is_no_heading(corpus: Corpus) -> None:
    body = "## One\nText.\n\n```text\n## not one\n```\n\n## Two\nMore."
    article = corpus.articles["vvix"].model_copy(update={"body": body})
    assert [section.title for section in article.sections] == ["One", "Two"]
    assert "## not one" in article.sections[0].text


def replace(old: str, new: str, name: str = "articles/vvix.md") -> Callable[[Path], None]:
    """A change to one file that must find what it replaces."""

    def change(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert re.search(old, text, flags=re.M), f"{old!r} is not in {name}"
        new_text = re.sub(old, lambda _: new, text, count=1, flags=re.M)
        (folder / name).write_text(new_text, encoding="utf-8")

    return change


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def remove_articles(folder: Path) -> None:
    shutil.rmtree(folder / "articles")


def spoil_encoding(folder: Path) -> None:
    (folder / "articles" / "vvix.md").write_bytes(b"\xff\xfe\x00")


BROKEN = {
    "unknown category": (
        replace(r"^category: .*", "category: Gossip"),
        "articles/vvix.md: unknown category 'Gossip'",
    ),
    "unknown tag": (
        replace(r"^tags: .*", "tags: [vix, made-up]"),
        "articles/vvix.md: unknown tag 'made-up'",
    ),
    "unknown term": (
        replace(r"^terms: .*", "terms: [vvix, made-up]"),
        "articles/vvix.md: unknown term 'made-up'",
    ),
    "unknown related article": (
        replace(r"^related: .*", "related: [made-up]"),
        "articles/vvix.md: unknown related article 'made-up'",
    ),
    "related to itself": (
        replace(r"^related: .*", "related: [vvix]"),
        "articles/vvix.md: is related to itself",
    ),
    "listed twice": (
        replace(r"^tags: .*", "tags: [vix, vix]"),
        "articles/vvix.md: tag 'vix' is listed twice",
    ),
    "tool name": (
        replace(r"^tools: .*", "tools: [Check-Regime]"),
        "articles/vvix.md: 'Check-Regime' is not a tool's name",
    ),
    "slug is not the file name": (
        replace(r"^slug: .*", "slug: vol-of-vol"),
        "articles/vvix.md: slug is 'vol-of-vol'; name the file vol-of-vol.md",
    ),
    "bad slug": (
        replace(r"^slug: .*", "slug: VVIX!"),
        "articles/vvix.md: field 'slug'",
    ),
    "missing field": (
        replace(r"^updated: .*\n", ""),
        "articles/vvix.md: field 'updated': is missing",
    ),
    "unknown field": (
        replace(r"^updated: ", "author: Somebody\nupdated: "),
        "articles/vvix.md: field 'author': is not known",
    ),
    "unknown kind of source": (
        replace(r"kind: published", "kind: rumor"),
        "articles/vvix.md: field 'sources.0.kind'",
    ),
    "same title": (
        replace(r"^title: .*", 'title: "what is the VIX, and what does its level MEAN?"'),
        "articles/what-is-the-vix.md: has the title of articles/vvix.md",
    ),
    "no front matter": (
        replace(r"\A---\n", ""),
        "articles/vvix.md: no front matter",
    ),
    "broken YAML": (
        replace(r"^title: .*", "title: one: two"),
        "articles/vvix.md: not valid YAML",
    ),
    "front matter is a list": (
        replace(r"\A---\n[\s\S]*?^---$", "---\n- one\n---"),
        "articles/vvix.md: must be a mapping",
    ),
    "no section": (
        replace(r"^---\n## [\s\S]*", "---\nOnly text.\n"),
        "articles/vvix.md: the body has no section",
    ),
    "not UTF-8": (spoil_encoding, "articles/vvix.md: cannot be read"),
    "no articles": (remove_articles, "articles/: no article found"),
    "no glossary": (remove("glossary.yaml"), "glossary.yaml: file not found"),
    "no vocabulary": (remove("vocabulary.yaml"), "vocabulary.yaml: file not found"),
    "empty vocabulary": (
        replace(r"^tags:[\s\S]*", "", "vocabulary.yaml"),
        "vocabulary.yaml: field 'tags': is missing",
    ),
    "glossary without terms": (
        replace(r"^terms:[\s\S]*", "", "glossary.yaml"),
        "glossary.yaml: 'terms' must be a list",
    ),
    "duplicate slug of a term": (
        replace(r"^    slug: vvix$", "    slug: vix", "glossary.yaml"),
        "glossary.yaml, VVIX: slug 'vix' is taken",
    ),
    "duplicate synonym": (
        replace(r'"vol of vol"', '"Fear Gauge"', "glossary.yaml"),
        "glossary.yaml, VVIX: 'Fear Gauge' already names 'VIX'",
    ),
    "long definition": (
        replace(r"    definition: \"Cboe's index of the vol[^\n]*", f"    definition: {'x' * 221}",
                "glossary.yaml"),
        "field 'definition'",
    ),
    "unknown rule": (
        replace(r"^rules: .*", "rules: [vvix-level, made-up]"),
        "articles/vvix.md: unknown rule 'made-up'",
    ),
    "rule used and not listed": (
        replace(r"^rules: .*\n", ""),
        "articles/vvix.md: uses rule 'vvix-level'; list it in 'rules'",
    ),
    "unknown parameter of a rule": (
        replace(r"\{\{rule:vvix-level\.dear\}\}", "{{rule:vvix-level.cheap}}"),
        "articles/vvix.md: {{rule:vvix-level.cheap}} is not in rules.yaml",
    ),
    "unknown claim": (
        replace(r"^related: ", "claims: [made-up]\nrelated: "),
        "articles/vvix.md: unknown claim 'made-up'",
    ),
    "unknown claim of a term": (
        replace(r"^    claims: \[edr-letters,", "    claims: [made-up,", "glossary.yaml"),
        "unknown claim 'made-up'",
    ),
    "no rules": (remove("rules.yaml"), "rules.yaml: file not found"),
    "no claims": (remove("claims.yaml"), "claims.yaml: file not found"),
    "same rule twice": (
        replace(r"^  - id: short-delta", "  - id: credit-to-width", "rules.yaml"),
        "rules.yaml, credit-to-width: the id is taken",
    ),
    "rule without an effect": (
        replace(r"^    effect: .*\n", "", "rules.yaml"),
        "rules.yaml, credit-to-width: field 'effect': is missing",
    ),
    "contested claim with one side": (
        replace(r"^      - \{text: \"The condor has 30[^\n]*\n[^\n]*\n", "", "claims.yaml"),
        "claims.yaml, trade-tenor",
    ),
    "same claim twice": (
        replace(r"^  - id: entry-clock", "  - id: trade-tenor", "claims.yaml"),
        "claims.yaml, trade-tenor: the id is taken",
    ),
    "term without unit": (
        replace(r"^    unit: .*\n", "", "glossary.yaml"),
        "field 'unit': is missing",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_each_fault_is_reported_with_its_place(case: str, tmp_path: Path) -> None:
    spoil, message = BROKEN[case]
    folder = shutil.copytree(CORPUS, tmp_path / "corpus")
    spoil(folder)
    with pytest.raises(CorpusError) as caught:
        load_corpus(folder)
    assert any(message in problem for problem in caught.value.problems), caught.value


def test_all_faults_are_reported_at_once(tmp_path: Path) -> None:
    folder = shutil.copytree(CORPUS, tmp_path / "corpus")
    replace(r"^category: .*", "category: Gossip")(folder)
    replace(r"^tags: .*", "tags: [made-up]", "articles/alvh-adaptive-layered-vix-hedge.md")(folder)
    with pytest.raises(CorpusError) as caught:
        load_corpus(folder)
    assert len(caught.value.problems) == 2
    assert str(caught.value).startswith("The corpus has 2 problems:")


# The house rules


@pytest.mark.parametrize("slug", slugs())
def test_an_article_keeps_the_format(slug: str, corpus: Corpus) -> None:
    article = corpus.articles[slug]
    assert 40 <= len(article.short_answer.split()) <= 90
    assert 350 <= len(prose(article.body).split()) <= 800
    assert 2 <= len(article.tags) <= 5
    assert 2 <= len(article.related) <= 5
    assert article.terms
    for section in article.sections:
        count = len(prose(section.text).split())
        assert 60 <= count <= 160, f"{section.title}: {count} words"
    assert article.body.startswith("## "), "text before the first heading belongs to no section"


OUTWARD = re.compile(
    r"\bas (we saw|noted|shown|mentioned|described|explained)\b"
    r"|\b(see|mentioned|shown) (above|below)\b"
    r"|\bthe (previous|next|last|following) section\b"
    r"|\b(the|the SPX) worked\b|\b(worked|standard) example\b",
    re.I,
)


DANGLING = re.compile(r"(This(?! project\b)|That|These|Those|It|They|However|Thus)\b")


@pytest.mark.parametrize("slug", slugs())
def test_paragraphs_stand_alone(slug: str, corpus: Corpus) -> None:
    article = corpus.articles[slug]
    assert not OUTWARD.search(prose(article.body) + article.short_answer)
    for section in article.sections:
        for paragraph in prose(section.text).split("\n\n"):
            assert not DANGLING.match(paragraph.strip()), paragraph


def test_no_two_titles_or_short_answers_are_alike(corpus: Corpus) -> None:
    for field in ("title", "short_answer"):
        sets = {
            slug: set(words(getattr(article, field))) for slug, article in corpus.articles.items()
        }
        for slug, own in sets.items():
            for other, theirs in sets.items():
                if slug < other:
                    overlap = len(own & theirs) / len(own | theirs)
                    assert overlap < 0.6, f"{field} of {slug} and {other}: {overlap:.2f}"


def test_no_article_is_an_orphan(corpus: Corpus) -> None:
    linked = {slug for article in corpus.articles.values() for slug in article.related}
    assert set(corpus.articles) - linked == set()


def test_every_category_and_tag_is_used(corpus: Corpus) -> None:
    articles = corpus.articles.values()
    assert {a.category for a in articles} == set(corpus.vocabulary.categories)
    assert {tag for a in articles for tag in a.tags} == set(corpus.vocabulary.tags)
    assert 8 <= len(corpus.vocabulary.categories) <= 12


def names_in(corpus: Corpus, slug: str, text: str) -> bool:
    """Whether the text names the term, in any of its spellings, whatever the line breaks."""
    flat = " ".join(text.split())
    return any(
        re.search(rf"(?<!\w){re.escape(name)}", flat, re.I) for name in corpus.terms[slug].names
    )


def test_every_term_is_used(corpus: Corpus) -> None:
    listed = {term for article in corpus.articles.values() for term in article.terms}
    text = " ".join(own_text(article) for article in corpus.articles.values())
    assert [s for s in corpus.terms if s not in listed and not names_in(corpus, s, text)] == []


def test_terms_are_named_by_the_article_that_lists_them(corpus: Corpus) -> None:
    unnamed = [
        (article.slug, slug)
        for article in corpus.articles.values()
        for slug in article.terms
        if not names_in(corpus, slug, own_text(article))
    ]
    assert unnamed == []


CONCEPTS = """
    ALVH; Time-Shifting; Time Travel; Second Engine; Private Leverage Layer; The False Binary;
    Steward vs. Promoter; iron condor; credit to width; break-even; time value; extrinsic
    value; RSI; MACD; A/D line; VIX term structure; FOMC; CPI; PPI; IRR; WACC; REER; interest
    rate differential; P/CF; quick ratio; AMM; DEX; constant product; impermanent loss;
    always-on rules; DTE; IV; IC; break_even_win_rate; probability_of_profit;
    probability_of_touch; expected_move; credit_to_width; return_on_margin; margin_usd;
    max_loss_usd; expected_value_usd
"""


def test_the_concepts_of_the_methodology_are_defined(corpus: Corpus) -> None:
    names = {name.casefold() for term in corpus.terms.values() for name in term.names}
    concepts = {" ".join(concept.split()).casefold() for concept in CONCEPTS.split(";")}
    assert concepts - names == set()


def test_the_seed_articles_terms_are_marked_and_have_their_source(corpus: Corpus) -> None:
    for slug in ("alvh", "time-shifting", "second-engine", "false-binary", "steward-vs-promoter"):
        assert corpus.terms[slug].methodology
        assert corpus.terms[slug].source.kind == "seed"


def test_claimed_performance_is_never_stated_as_fact(corpus: Corpus) -> None:
    """A page that names a published system's product must call its figures claims."""
    for article in corpus.articles.values():
        text = prose(article.body)
        if re.search(r"\bEDR\b|\bRSAi\b|Martingale|4/4/2", text):
            assert re.search(r"claim|contradict|without data|does not reproduce|several meanings",
                             text), article.slug  # fmt: skip


def test_tools_are_public(corpus: Corpus) -> None:
    tools = pytest.importorskip("tools")
    named = {tool for article in corpus.articles.values() for tool in article.tools}
    assert named - set(tools.__all__) <= {"backtest_condor"}, "announced in the contract"


# The words are our own


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower().replace("'", "").replace("’", ""))


def runs(text: str, length: int = 8) -> Iterator[tuple[str, ...]]:
    all_words = words(text)
    return zip(*(all_words[i:] for i in range(length)), strict=False)


def own_text(article: Article) -> str:
    return f"{article.title}. {article.short_answer} {article.body}"


@needs_shared
def test_no_run_of_eight_words_is_borrowed(corpus: Corpus) -> None:
    borrowed: set[tuple[str, ...]] = set()
    for path in (SHARED / "domain").iterdir():
        borrowed.update(runs(path.read_text(encoding="utf-8")))
    assert len(borrowed) > 1000
    texts = {slug: own_text(article) for slug, article in corpus.articles.items()}
    texts |= {t.term: f"{t.definition} {t.note or ''}" for t in corpus.terms.values()}
    texts |= {rule.id: f"{rule.statement} {rule.effect}" for rule in corpus.rules.values()}
    for claim in corpus.claims.values():
        said = [claim.statement, claim.right or "", *(one.text for one in claim.positions)]
        texts |= {f"{claim.id} {number}": text for number, text in enumerate(said)}
    found = {name: set(runs(text)) & borrowed for name, text in texts.items()}
    assert {name: hits for name, hits in found.items() if hits} == {}
    assert set(runs(SEED_TITLE)) & borrowed, "the comparison would miss a borrowed sentence"
