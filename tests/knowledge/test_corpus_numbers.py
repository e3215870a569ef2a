"""The numbers of the corpus are computed, ruled or sourced, and the computed ones are true."""

from __future__ import annotations

import csv
import doctest
import gzip
import itertools
import math
import re
import statistics
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import yaml

from assistant.knowledge.check import STANDARD, restated, unresolved
from assistant.knowledge.corpus import Article, Corpus, load_corpus
from assistant.knowledge.figures import (
    Evidence,
    Figure,
    coverage,
    names_with_digits,
    numerals,
    prose,
    read_evidence,
)
from tests.knowledge.conftest import COVERAGE
from tests.knowledge.standard_inputs import INPUTS, names

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "corpus"
SHARED = ROOT.parent / "shared"

needs_shared = pytest.mark.skipif(
    not (SHARED / "data" / "market").is_dir(), reason="the market data of ../shared are not here"
)

LEAST_CHECKED = 0.95


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus(CORPUS)


@cache
def source_text(slug: str) -> str:
    return (CORPUS / "articles" / f"{slug}.md").read_text(encoding="utf-8")


def slugs() -> list[str]:
    return sorted(path.stem for path in (CORPUS / "articles").glob("*.md"))


def own_text(article: Article) -> str:
    return f"{article.title}. {article.short_answer} {article.body}"


def evidence_of(article: Article, corpus: Corpus) -> Evidence:
    problems: list[str] = []
    evidence = read_evidence(article.slug, article.evidence, corpus.sources, problems)
    assert problems == []
    return evidence


def digits(corpus: Corpus) -> re.Pattern[str]:
    return names_with_digits(name for term in corpus.terms.values() for name in term.names)


# Worked examples


def examples() -> list[tuple[str, str]]:
    """Each article that has worked examples, with its blocks joined in order."""
    found = []
    for slug in slugs():
        blocks = re.findall(r"^```pycon\n(.*?)^```", source_text(slug), flags=re.S | re.M)
        if blocks:
            found.append((slug, "\n".join(blocks)))
    return found


@pytest.mark.parametrize(("slug", "code"), examples(), ids=[slug for slug, _ in examples()])
def test_worked_examples_run(slug: str, code: str) -> None:
    found: dict[str, object] = {}
    exec("from tools import *", found)
    test = doctest.DocTestParser().get_doctest(code, found, slug, f"corpus/articles/{slug}.md", 0)
    report: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(test, out=report.append)
    assert result.failed == 0, "".join(report)
    assert result.attempted > 0


# Declared figures


def differences(figure: Figure, digits: re.Pattern[str]) -> list[str]:
    """What the text of a figure shows otherwise than its call computes."""
    found = eval(figure.call, names())
    values = list(found) if isinstance(found, list | tuple) else [found]
    shown = [one.text for one in numerals(" ".join(figure.text.split()), digits)]
    if len(shown) != len(values):
        return [f"{figure.text!r} shows {shown}, and the call gives {values}"]
    return [
        f"{figure.text!r} shows {text}, and the call gives {value}"
        for text, value in zip(shown, values, strict=True)
        if not agrees(text, float(value), figure.format)
    ]


def agrees(text: str, value: float, spec: str | None) -> bool:
    """Whether the numeral is the value at the places shown; without a sign, its size."""
    value = value if text[0] in "+-" else abs(value)
    if spec is not None:
        return text == format(value, spec)
    places = len(text.partition(".")[2])
    return abs(float(text.replace(",", "")) - value) <= 0.5 * 10.0**-places + 1e-9


@pytest.mark.parametrize("slug", slugs())
def test_declared_figures_are_computed(slug: str, corpus: Corpus) -> None:
    found = digits(corpus)
    evidence = evidence_of(corpus.articles[slug], corpus)
    assert [line for one in evidence.figures for line in differences(one, found)] == []


@pytest.mark.parametrize("slug", slugs())
def test_declarations_stand_in_the_text(slug: str, corpus: Corpus) -> None:
    text = prose(unresolved(source_text(slug)))
    evidence = evidence_of(corpus.articles[slug], corpus)
    parts = [one.text for one in evidence.figures] + [one.text for one in evidence.stated]
    assert [part for part in parts if " ".join(part.split()) not in text] == []


def test_a_wrong_figure_is_found(corpus: Corpus) -> None:
    found = digits(corpus)
    right = Figure(text="13.13 points of 50", call="(condor().credit, 50)")
    assert differences(right, found) == []
    for text, call in (
        ("13.14 points of 50", right.call),
        ("13.13 points of 25", right.call),
        ("13.13 points", right.call),
        ("+0.014", "condor().delta"),
    ):
        assert differences(Figure(text=text, call=call), found)
    assert (
        differences(Figure(text="71.8 %", call="100 * condor().probability_of_profit"), found) == []
    )
    assert differences(Figure(text="0.7 points", call="0.66", format=".2f"), found)


# Coverage


def counted(corpus: Corpus) -> Counter[str]:
    found = digits(corpus)
    count: Counter[str] = Counter()
    for slug, article in corpus.articles.items():
        raw = unresolved(source_text(slug))
        for _, how in coverage(raw, evidence_of(article, corpus), found, INPUTS):
            count[how or "open"] += 1
    return count


def test_nearly_all_numerals_are_checked(corpus: Corpus, pytestconfig: pytest.Config) -> None:
    count = counted(corpus)
    total = count.total()
    checked = total - count["open"]
    pytestconfig.stash[COVERAGE] = (
        f"corpus numerals checked: {checked} of {total} ({checked / total:.1%}): "
        f"{count['computed']} computed, {count['input']} inputs or results of a call, "
        f"{count['rule']} from rules, {count['stated']} stated with a source"
    ).replace("%)", " %)")
    assert total > 1500
    assert checked / total >= LEAST_CHECKED


def test_a_number_without_evidence_is_open(corpus: Corpus) -> None:
    found = digits(corpus)
    raw = "A credit of 9.99 points on 40-point wings in VIX3M on 3 May 2019, by {{rule:a.b}}."
    how = {one.text: how for one, how in coverage(raw, Evidence(), found)}
    assert how == {"9.99": None, "40": None, "{{rule:a.b}}": "rule"}
    declared = Evidence(figures=(Figure(text="9.99 points", call="5 + 4.99"),))
    assert {one.text: how for one, how in coverage(raw, declared, found)}["9.99"] == "computed"
    assert [how for _, how in coverage("16 % of it", Evidence(), found, [0.16])] == ["input"]
    assert [how for _, how in coverage("16 of it", Evidence(), found, [0.16])] == [None]


def test_writers_and_tests_count_the_same_inputs() -> None:
    assert set(INPUTS) <= set(STANDARD)


# Rules


def test_no_article_and_no_term_restates_a_rule(corpus: Corpus) -> None:
    found = digits(corpus)
    restatements = {
        slug: list(restated(unresolved(source_text(slug)), corpus.rules, found))
        for slug in corpus.articles
    }
    entries = yaml.safe_load((CORPUS / "glossary.yaml").read_text(encoding="utf-8"))["terms"]
    restatements |= {
        entry["term"]: list(
            restated(f"{entry['definition']} {entry['note'] or ''}", corpus.rules, found)
        )
        for entry in entries
    }
    assert {slug: hits for slug, hits in restatements.items() if hits} == {}


@pytest.mark.parametrize(
    ("sentence", "rule"),
    [
        ("A credit under 15 % of width is thin.", "credit-to-width"),
        ("The seed article's target of 15 to 25 % stands.", "credit-to-width"),
        ("An RSI of VIX over 70 widens.", "vix-rsi"),
        ("The ratio of VIX to VIX3M at 0.917 is watched.", "vix-to-vix3m"),
        ("A VVIX of 122 is very dear.", "vvix-level"),
        ("One VIX future counts 1,000 US dollars a point.", "contract-multipliers"),
    ],
)
def test_a_rule_written_out_is_found(sentence: str, rule: str, corpus: Corpus) -> None:
    assert rule in {hit[0] for hit in restated(sentence, corpus.rules, digits(corpus))}


def test_a_placeholder_is_no_restatement(corpus: Corpus) -> None:
    sentence = "A credit under {{rule:credit-to-width.low}} of width is thin on 50-point wings."
    assert list(restated(sentence, corpus.rules, digits(corpus))) == []


# Counts over market history


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
    after = dates.index("2020-02-19")
    realized = 100 * math.sqrt(252) * statistics.stdev(ahead[after])
    assert (round(vix[after], 1), round(realized)) == (14.4, 84)
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
    assert round(-100 * moves[dates.index("2018-02-05") - 1], 1) == 4.1
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


@needs_shared
def test_counts_over_the_response_of_vix(corpus: Corpus) -> None:
    _, vix, spx = closes()
    rises, moves = changes(vix)[0], changes(spx)[1]
    response = [
        rise / (-100 * move) for rise, move in zip(rises, moves, strict=True) if move < -0.03
    ]
    tenths = statistics.quantiles(response, n=10, method="inclusive")
    parameters = corpus.rules["hedge-response"].parameters
    assert len(response) == 104
    assert parameters["points"].value == round(statistics.median(response), 2)
    assert parameters["low"].value == round(tenths[0], 1)
    assert parameters["high"].value == round(tenths[-1], 1)


def test_what_articles_count_from_history_is_recounted_here(corpus: Corpus) -> None:
    """Each number stated as a count stands in an assertion of this file, at its precision."""
    counts = Path(__file__).read_text(encoding="utf-8").split("# Counts over market history\n")[1]
    known = {
        float(text.replace("_", "").replace(",", ""))
        for text in re.findall(r"(?<![\w.])\d[\d,]*\d(?:\.\d+)?|(?<![\w.])\d+(?:\.\d+)?", counts)
    }
    known |= {100 * value for value in known}
    found = digits(corpus)
    missing = []
    for article in corpus.articles.values():
        for stated in evidence_of(article, corpus).stated:
            if stated.source != corpus.sources["counts"]:
                continue
            for one in numerals(" ".join(stated.text.split()), found):
                places = len(one.text.partition(".")[2])
                value = abs(float(one.text.replace(",", "")))
                if not any(abs(value - number) <= 0.5 * 10.0**-places + 1e-9 for number in known):
                    missing.append((article.slug, one.text))
    assert missing == []
