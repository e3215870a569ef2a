"""The loader reports what is broken; the corpus keeps its house rules; its numbers are true."""

from __future__ import annotations

import csv
import doctest
import gzip
import itertools
import math
import re
import shutil
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

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
    assert len(corpus.articles) >= 34
    assert len(corpus.terms) >= 110
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
    found = {name: set(runs(text)) & borrowed for name, text in texts.items()}
    assert {name: hits for name, hits in found.items() if hits} == {}
    assert set(runs(SEED_TITLE)) & borrowed, "the comparison would miss a borrowed sentence"


# The numbers are true


def examples() -> list[tuple[str, str]]:
    """Each article that has worked examples, with its blocks joined in order."""
    found = []
    for path in sorted((CORPUS / "articles").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        blocks = re.findall(r"^```pycon\n(.*?)^```", text, flags=re.S | re.M)
        if blocks:
            found.append((path.stem, "\n".join(blocks)))
    return found


@pytest.mark.parametrize(("slug", "code"), examples(), ids=[slug for slug, _ in examples()])
def test_worked_examples_run(slug: str, code: str) -> None:
    names: dict[str, object] = {}
    exec("from tools import *", names)
    test = doctest.DocTestParser().get_doctest(code, names, slug, f"corpus/articles/{slug}.md", 0)
    report: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(test, out=report.append)
    assert result.failed == 0, "".join(report)
    assert result.attempted > 0


MARKET = {"days": 30.0, "iv": 0.16, "rate": 0.045, "dividend_yield": 0.013}


def condor(strikes: str = "5450/5500/6050/6100", **changes: Any) -> Any:
    """The condor that most articles use, or a variation of it."""
    from tools import price_condor

    legs = map(float, strikes.split("/"))
    names = ("put_long", "put_short", "call_short", "call_long")
    given = {"spot": 5800.0, **MARKET, **dict(zip(names, legs, strict=True)), **changes}
    return price_condor(**{name: value for name, value in given.items() if value is not None})


def option(kind: str, strike: float, **changes: Any) -> Any:
    from tools import price_option

    return price_option(kind, strike=strike, **{"spot": 5800.0, **MARKET, **changes})


def vix_call(future: float, iv: float) -> float:
    from tools import price_option

    call = price_option("call", spot=future, strike=25, days=30, iv=iv, rate=0.045, model="black76")
    return float(call.price)


def wilson(wins: int, trades: int) -> tuple[int, int]:
    """The 95 % interval of Wilson (1927) for a rate, in whole percent."""
    z, rate = 1.96, wins / trades
    middle = rate + z * z / (2 * trades)
    half = z * math.sqrt(rate * (1 - rate) / trades + z * z / (4 * trades * trades))
    return tuple(round(100 * (middle + side * half) / (1 + z * z / trades)) for side in (-1, 1))


SKEWED = {"iv": None, "leg_ivs": (0.212, 0.204, 0.134, 0.130)}
DAY = {"strikes": "5700/5725/5875/5900", "days": 1.0}

FIGURES = [
    ("what-is-an-spx-iron-condor", "71.8 %", lambda: 100 * condor().probability_of_profit),
    ("what-is-an-spx-iron-condor", "2.8 times", lambda: 36.868 / condor().credit),
    ("time-value-and-theta", "8.62 at 20", lambda: condor(days=20).credit),
    ("time-value-and-theta", "2.84 at 10", lambda: condor(days=10).credit),
    ("time-value-and-theta", "0.42 at 5", lambda: condor(days=5).credit),
    ("credit-to-width-target", "5.56 points",
     lambda: condor("5350/5400/6200/6250").credit),
    ("credit-to-width-target", "9.45 points", lambda: condor("5425/5475/6125/6175").credit),
    ("credit-to-width-target", "81.1 %",
     lambda: 100 * condor("5425/5475/6125/6175").break_even_win_rate),
    ("credit-to-width-target", "79.1 %",
     lambda: 100 * condor("5425/5475/6125/6175").probability_of_profit),
    ("greeks-of-an-iron-condor", "19.48 points", lambda: condor(iv=0.21).credit),
    ("greeks-of-an-iron-condor", "+0.020", lambda: condor(spot=5700.0).delta),
    ("hedge-cost-and-sizing", "20.17 points", lambda: condor(spot=5626.0, iv=0.20).credit),
    ("hedge-cost-and-sizing", "704 US", lambda: 100 * (
        condor(spot=5626.0, iv=0.20).credit - condor().credit)),
    ("hedge-cost-and-sizing", "0.24 to 1.18", lambda: vix_call(17, 1.0)),
    ("hedge-cost-and-sizing", "1.18 points", lambda: vix_call(20, 1.2)),
    ("one-day-or-monthly-condors", "-0.0030", lambda: condor(**DAY).gamma),
    ("one-day-or-monthly-condors", "-0.44", lambda: condor(**DAY).vega),
    ("one-day-or-monthly-condors", "92.5 %", lambda: 100 * condor(**DAY).break_even_win_rate),
    ("one-day-or-monthly-condors", "73.7 %", lambda: 100 * condor().break_even_win_rate),
    ("volatility-skew", "4.91 points", lambda: condor().put_side.credit),
    ("volatility-skew", "8.22 on", lambda: condor().call_side.credit),
    ("volatility-skew", "5.06 points", lambda: condor(**SKEWED).put_side.credit),
    ("volatility-skew", "7.41, in all", lambda: condor(**SKEWED).call_side.credit),
    ("strike-selection", "near 5562", lambda: strike_of_delta("put", -0.16)),
    ("strike-selection", "6093.", lambda: strike_of_delta("call", 0.16)),
    ("iron-condor-or-short-strangle", "about 212",
     lambda: option("put", 5800.0).price + option("call", 5800.0).price),
    ("iron-condor-or-short-strangle", "236.81", lambda: 280 - 43.18698),
    ("probability-of-profit-touch-and-delta", "36.9 %", lambda: 100 * touch(6050.0)),
    ("exits-and-stops", "23.7 %", lambda: 100 * touch(5500.0)),
    ("honest-backtesting", "70 to 97", lambda: wilson(18, 20)[0]),
    ("honest-backtesting", "97 %", lambda: wilson(18, 20)[1]),
    ("honest-backtesting", "85 to 93", lambda: wilson(180, 200)[0]),
    ("why-published-claims-disagree", "near 76 %", lambda: wilson(19, 20)[0]),
    ("wacc-and-margin-financing", "about 27", lambda: 3686.80 * 0.088 * 30 / 365),
    ("section-1256-taxes", "23 %", lambda: 100 * (0.6 * 0.15 + 0.4 * 0.35)),
]  # fmt: skip


def strike_of_delta(kind: str, delta: float) -> float:
    strikes = [float(strike) for strike in range(5400, 6300)]
    return min(strikes, key=lambda strike: abs(option(kind, strike).delta - delta))


def touch(barrier: float) -> float:
    from tools import probability_of_touch

    return float(probability_of_touch(spot=5800.0, barrier=barrier, **MARKET))


@pytest.mark.parametrize(("slug", "text", "compute"), FIGURES)
def test_figures_in_the_prose_are_computed(
    slug: str, text: str, compute: Callable[[], float], corpus: Corpus
) -> None:
    quoted(corpus, slug, text)
    figure = re.search(r"[-+]?\d+(\.\d+)?", text)
    assert figure is not None
    decimals = len(figure[1] or ".") - 1
    assert float(figure[0]) == round(float(compute()), decimals)


def rows(name: str) -> dict[str, dict[str, str]]:
    path = SHARED / "data" / "market" / name
    data = path.read_bytes()
    text = (gzip.decompress(data) if name.endswith(".gz") else data).decode()
    return {row["date"]: row for row in csv.DictReader(text.splitlines())}


def quoted(corpus: Corpus, slug: str, *texts: str) -> None:
    body = " ".join(own_text(corpus.articles[slug]).split())
    for text in texts:
        assert text in body, f"{slug} no longer says {text!r}"


def closes() -> tuple[list[str], list[float], list[float]]:
    """Dates on which both traded, VIX closes and S&P 500 closes."""
    vix, spx = rows("vix_daily.csv"), rows("spx_daily.csv.gz")
    dates = [date for date in spx if date in vix]
    assert (dates[0], dates[-1]) == ("1990-01-02", "2024-06-28")
    return (
        dates,
        [float(vix[date]["close"]) for date in dates],
        [float(spx[date]["close"]) for date in dates],
    )


def changes(closes: list[float]) -> tuple[list[float], list[float]]:
    """Differences and relative changes from one close to the next."""
    pairs = list(itertools.pairwise(closes))
    return [b - a for a, b in pairs], [b / a - 1 for a, b in pairs]


@needs_shared
def test_counts_over_vix_levels(corpus: Corpus) -> None:
    _, vix, spx = closes()
    rises, moves = changes(vix)[0], changes(spx)[1]

    def share(test: Callable[[float], bool]) -> int:
        return round(100 * sum(map(test, vix)) / len(vix))

    assert round(statistics.median(vix), 2) == 17.64
    assert round(statistics.fmean(vix), 2) == 19.50
    assert (min(vix), max(vix)) == (9.14, 82.69)
    assert [share(lambda v: v < 15), share(lambda v: v < 20)] == [33, 62]
    assert [share(lambda v: v > 30), share(lambda v: v > 40)] == [8, 2]
    quoted(corpus, "what-is-the-vix", "17.64, and the mean 19.50", "under 15 on 33 % of days")

    assert round(statistics.correlation(moves, rises), 2) == -0.78
    slope = statistics.linear_regression([100 * m for m in moves], rises).slope
    assert round(slope, 1) == -1.1
    down = [rise > 0 for move, rise in zip(moves, rises, strict=True) if move <= -0.01]
    assert round(100 * sum(down) / len(down)) == 95
    quoted(corpus, "what-is-the-vix", "-0.78", "95 % of days", "about 1.1 VIX points")


@needs_shared
def test_counts_over_implied_moves(corpus: Corpus) -> None:
    dates, vix, spx = closes()
    _, moves = changes(spx)
    implied = [v / 100 / math.sqrt(252) for v in vix[:-1]]
    sizes = [abs(move) / unit for move, unit in zip(moves, implied, strict=True)]
    assert len(sizes) == 8684
    assert round(100 * sum(size <= 1 for size in sizes) / len(sizes)) == 81
    assert round(100 * sum(size <= 2 for size in sizes) / len(sizes), 1) == 98.4
    beyond = [move for move, size in zip(moves, sizes, strict=True) if size > 3]
    assert (len(beyond), sum(move < 0 for move in beyond)) == (20, 18)
    assert round(max(sizes), 1) == 4.9
    assert dates[sizes.index(max(sizes)) + 1] == "2007-02-27"
    quoted(corpus, "expected-move", "on 81 % of following days", "98.4 %", "20 days beyond three")
    quoted(corpus, "volatility-spikes-and-tail-days", "20 of 8,684 days", "4.9 times")

    logs = [math.log(b / a) for a, b in itertools.pairwise(spx)]
    ahead = [logs[i : i + 21] for i in range(len(logs) - 20)]
    within = [
        abs(sum(window)) <= vix[i] / 100 * math.sqrt(21 / 252) for i, window in enumerate(ahead)
    ]
    assert round(100 * sum(within) / len(within)) == 85
    gaps = [
        vix[i] - 100 * math.sqrt(252) * statistics.stdev(window) for i, window in enumerate(ahead)
    ]
    assert len(gaps) == 8664
    assert round(statistics.fmean(gaps), 1) == 4.1
    assert round(statistics.median(gaps), 1) == 4.6
    assert round(100 * sum(gap > 0 for gap in gaps) / len(gaps)) == 85
    assert (round(min(gaps)), dates[gaps.index(min(gaps))]) == (-70, "2020-02-19")
    quoted(corpus, "implied-and-realized-volatility", "8,664 days", "averaged 4.1 points",
           "a median of 4.6", "minus 70 points")  # fmt: skip


@needs_shared
def test_counts_over_tail_days(corpus: Corpus) -> None:
    dates, vix, spx = closes()
    rises, moves = changes(vix)[0], changes(spx)[1]
    assert sum(abs(move) > 0.05 for move in moves) == 41
    worst = sorted(zip(moves, dates[1:], strict=True))[:3]
    assert [(round(100 * move, 2), date) for move, date in worst] == [
        (-11.98, "2020-03-16"), (-9.51, "2020-03-12"), (-9.03, "2008-10-15"),
    ]  # fmt: skip
    jumps = sorted(zip(rises, dates[1:], strict=True), reverse=True)[:3]
    assert (round(jumps[0][0], 2), jumps[0][1], jumps[2][1]) == (24.86, "2020-03-16", "2018-02-05")
    assert sum(rise > 10 for rise in rises) == 18
    known = {"2008-11-20": 80.86, "2010-05-20": 45.79, "2011-08-08": 48.00, "2015-08-24": 40.74,
             "2018-02-02": 17.31, "2018-02-05": 37.32, "2020-03-16": 82.69,
             "2020-03-23": 61.59}  # fmt: skip
    assert {date: vix[dates.index(date)] for date in known} == known
    quoted(corpus, "volatility-spikes-and-tail-days", "on 41 days", "11.98 %", "24.86 points",
           "on 18 days", "2,237.40", "61.59")  # fmt: skip


@needs_shared
def test_counts_over_the_term_structure(corpus: Corpus) -> None:
    indices = rows("vol_indices_daily.csv")
    ratio = {d: float(r["vix"]) / float(r["vix3m"]) for d, r in indices.items() if r["vix3m"]}
    days = sorted(ratio)
    assert (days[0], days[-1], len(days)) == ("2009-09-18", "2024-06-28", 3719)
    edges = [0.0, 0.85, 0.917, 1.0, math.inf]
    shares = [
        round(100 * sum(low <= r < high for r in ratio.values()) / len(ratio), 1)
        for low, high in itertools.pairwise(edges)
    ]
    assert shares == [28.7, 38.9, 25.0, 7.4]
    known = {"2018-02-02": 1.016, "2020-02-20": 0.937, "2020-02-24": 1.142}
    assert {date: round(ratio[date], 3) for date in known} == known
    tails = [round(ratio[date], 2) for date in ("2010-05-20", "2011-08-08", "2015-08-24")]
    assert tails == [1.12, 1.26, 1.31]
    quoted(corpus, "vix-regime-check", "28.7 % of days", "38.9 %", "25.0 %", "7.4 %", "1.016")
    quoted(corpus, "volatility-spikes-and-tail-days", "1.12, 1.26 and 1.31")

    vvix = [float(row["vvix"]) for row in indices.values() if row["vvix"]]
    low, middle, high = statistics.quantiles(vvix, n=4, method="inclusive")
    assert (len(vvix), round(middle, 1), round(low), round(high)) == (4550, 89.5, 82, 101)
    assert indices["2018-02-05"]["vvix"] == "177.34"
    assert indices["2020-03-16"]["vvix"] == "207.59"
    quoted(corpus, "vvix", "89.5 on the 4,550 days", "177.34", "207.59")


@needs_shared
def test_counts_over_vix_futures(corpus: Corpus) -> None:
    futures = rows("vix_futures_m1_m7_daily.csv")
    above = sum(float(row["m2"]) > float(row["m1"]) for row in futures.values())
    assert (len(futures), round(100 * above / len(futures))) == (5099, 84)

    def curve(date: str) -> list[float]:
        return [round(float(futures[date][month]) + 1e-9, 2) for month in ("m1", "m2", "m3", "m4")]

    assert curve("2018-02-02") == [15.63, 14.98, 15.08, 15.28]
    assert curve("2018-02-05") == [33.23, 27.98, 24.73, 20.95]
    assert curve("2020-03-16")[::3] == [72.63, 38.95]
    quoted(corpus, "vix-futures-and-term-structure", "84 % of 5,099 days", "72.63", "38.95")

    index = rows("spx_daily.csv.gz")
    steps = []
    dates = [date for date in index if date in futures]
    for before, after in itertools.pairwise(dates):
        move = float(index[after]["close"]) / float(index[before]["close"]) - 1
        left = [float(futures[date]["days_to_expiration"]) for date in (before, after)]
        if -0.035 < move <= -0.025 and left[1] < left[0]:
            steps.append(float(futures[after]["m1"]) - float(futures[before]["m1"]))
    assert (len(steps), round(statistics.fmean(steps), 1)) == (74, 2.5)
    tenths = statistics.quantiles(steps, n=10, method="inclusive")
    assert (round(tenths[0], 1), round(tenths[-1], 1)) == (1.4, 4.2)
    quoted(corpus, "hedge-cost-and-sizing", "On 74 days", "2.5 points on average")
