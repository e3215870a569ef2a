"""Rules equal what the tools do, claims have what their status needs, and both are used."""

from __future__ import annotations

import inspect
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tools
from assistant.assistant import Assistant
from assistant.knowledge.claims import read_claims
from assistant.knowledge.corpus import Corpus, load_corpus
from assistant.knowledge.figures import prose, read_evidence
from assistant.knowledge.rules import read_rules, resolve, rules_in

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "corpus"
REGIME = tomllib.loads((ROOT / "tools" / "regime.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus(CORPUS)


# Rules


def default(tool: str, parameter: str) -> Any:
    """The default of a parameter of a public tool."""
    return inspect.signature(getattr(tools, tool)).parameters[parameter].default


def rule_of(name: str) -> dict[str, Any]:
    return next(rule for rule in REGIME["rule"] if rule["name"] == name)


def band(rule: str, reading: str) -> float:
    """Where a band of the regime's rules begins."""
    return next(float(b["at_least"]) for b in rule_of(rule)["band"] if b["reading"] == reading)


def setting(rule: str, name: str) -> float:
    return float(rule_of(rule)["settings"][name])


def layer(name: str) -> float:
    """The tenor of a layer of the regime's ladder."""
    return next(float(layer["days"]) for layer in REGIME["layer"] if layer["name"] == name)


def multiplier(kind: str) -> float:
    from tools.hedge_terms import VIX_FUTURE_MULTIPLIER
    from tools.quantities import MULTIPLIER

    return float({"option": MULTIPLIER, "future": VIX_FUTURE_MULTIPLIER}[kind])


def roll_tolerance() -> float:
    from tools.rolls import CENT_USD

    return CENT_USD


NAMES = {
    "default": default,
    "band": band,
    "setting": setting,
    "layer": layer,
    "multiplier": multiplier,
    "roll_tolerance": roll_tolerance,
}


def checked_parameters() -> list[tuple[str, str]]:
    return [
        (rule.id, name)
        for rule in load_corpus(CORPUS).rules.values()
        for name, parameter in rule.parameters.items()
        if parameter.equals
    ]


@pytest.mark.parametrize(("rule", "name"), checked_parameters())
def test_a_rule_has_the_value_of_its_tool(rule: str, name: str, corpus: Corpus) -> None:
    parameter = corpus.rules[rule].parameters[name]
    assert parameter.equals is not None
    assert parameter.value == eval(parameter.equals, dict(NAMES))


def test_the_rules_cover_every_threshold_of_the_regime(corpus: Corpus) -> None:
    """Each band and each layer of tools/regime.toml is a parameter of some rule."""
    text = " ".join(
        parameter.equals or ""
        for rule in corpus.rules.values()
        for parameter in rule.parameters.values()
    )
    known = {
        (rule["name"], b["at_least"])
        for rule in REGIME["rule"]
        for b in rule["band"]
        if b.get("at_least") and not rule["name"].endswith("divergence")
    }
    covered = {(rule, band(rule, reading)) for rule, reading in re.findall(
        r"band\('([^']+)', '([^']+)'\)", text)}  # fmt: skip
    # PPI has the window of CPI, and one rule states both.
    assert rule_of("ppi")["band"][1]["at_least"] == rule_of("cpi")["band"][1]["at_least"]
    assert known - covered <= {("ppi", 2)}
    assert all(f"layer('{one['name']}')" in text for one in REGIME["layer"])


def test_the_tools_that_rules_name_are_public(corpus: Corpus) -> None:
    named = {rule.tool for rule in corpus.rules.values() if rule.tool}
    assert named - set(tools.__all__) <= {"backtest_condor"}, "announced in the contract"


def test_every_rule_is_used_and_stated_once(corpus: Corpus) -> None:
    used = {rule for article in corpus.articles.values() for rule in article.rules}
    assert set(corpus.rules) - used == set()
    statements = [rule.statement for rule in corpus.rules.values()]
    assert len(set(statements)) == len(statements) >= 35
    assert not [text for text in statements if "{" in text]


def test_a_rule_listed_is_a_rule_that_the_article_is_about(corpus: Corpus) -> None:
    """Most articles that list a rule also show one of its numbers."""
    listed = shown = 0
    for slug, article in corpus.articles.items():
        text = (CORPUS / "articles" / f"{slug}.md").read_text(encoding="utf-8")
        listed += len(article.rules)
        shown += len(set(article.rules) & rules_in(text))
    assert shown / listed > 0.8


def test_the_numbers_are_in_the_loaded_text(corpus: Corpus) -> None:
    article = corpus.articles["credit-to-width-target"]
    assert "a credit of 15 to 25 % of the width" in " ".join(article.short_answer.split())
    assert not [a.slug for a in corpus.articles.values() if "{{" in a.body + a.short_answer]
    assert not [t.slug for t in corpus.terms.values() if "{{" in t.definition + (t.note or "")]


def test_units_are_shown_and_left_out(corpus: Corpus) -> None:
    problems: list[str] = []
    text = (
        "{{rule:credit-to-width.low}}, {{rule:credit-to-width.low|bare}}, "
        "{{rule:contract-multipliers.future}}, {{rule:vix-to-vix3m.watch}}, {{rule:margin.rule}}"
    )
    shown = resolve(text, "a", corpus.rules, problems)
    assert shown == "15 %, 15, 1,000 US dollars, 0.917, wider side"
    assert resolve("{{rule:credit-to-width.middle}}", "a", corpus.rules, problems).startswith("{{")
    assert len(problems) == 1


def test_a_rule_that_names_an_unknown_parameter_is_reported() -> None:
    entry = {
        "id": "one", "statement": "At {other} it ends.", "source": {"kind": "seed", "title": "A"},
        "parameters": {"low": {"value": 1, "unit": "level", "meaning": "a"}},
        "tool": None, "effect": "None.",
    }  # fmt: skip
    problems: list[str] = []
    assert read_rules([entry], {}, problems) == {}
    assert "other" in problems[0]


# Claims


def test_claims_have_what_their_status_needs(corpus: Corpus) -> None:
    count = Counter(claim.status for claim in corpus.claims.values())
    assert count.total() >= 60
    assert count["contested"] >= 36
    assert count["wrong"] >= 30
    assert count["measured"] >= 9, "what the named studies of the backtest found"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"status": "contested"}, "two positions"),
        ({"status": "wrong"}, "needs the right statement"),
        ({"status": "published"}, "needs its place"),
        ({"status": "measured", "n": 5}, "needs 'n' and the backtest"),
        ({"status": "rumored"}, "status"),
        ({"id": "Not A Slug"}, "id"),
    ],
)
def test_a_claim_without_its_backing_is_reported(change: dict[str, Any], message: str) -> None:
    entry = {"id": "one", "topic": "a", "statement": "A.", "status": "claimed"}
    problems: list[str] = []
    assert list(read_claims([entry], problems)) == ["one"]
    assert read_claims([entry | change], problems) == {}
    assert message in problems[0]


def test_every_claim_is_taken_up_by_an_article(corpus: Corpus) -> None:
    used = {claim for article in corpus.articles.values() for claim in article.claims}
    assert set(corpus.claims) - used == set()


def test_positions_describe_their_source_and_sell_nothing(corpus: Corpus) -> None:
    for claim in corpus.claims.values():
        for position in claim.positions:
            assert re.search(r"\bpages?\b|knowledge base|seed article|publisher", position.source)
        text = f"{claim.statement} {claim.right or ''}"
        assert not re.search(r"https?:|www\.|free trial|subscribe|guarantee", text, re.I)


SAID = re.compile(
    r"claim|\bpages?\b|publi|contradict|\bsaid to\b|version|does not reproduce|\bratio such as\b"
    r"|named as|threshold",
    re.I,
)


def paragraphs(text: str) -> list[str]:
    return [prose(part) for part in re.split(r"\n\s*\n", text)]


def test_numbers_of_claims_stand_in_paragraphs_that_say_so(corpus: Corpus) -> None:
    """No claim is repeated as a fact: its numbers come with the word that marks them."""
    unmarked = []
    for slug, article in corpus.articles.items():
        evidence = read_evidence(slug, article.evidence, corpus.sources, [])
        title = corpus.sources["claims"].title
        said = [" ".join(one.text.split()) for one in evidence.stated if one.source.title == title]
        assert not said or article.claims, f"{slug} states claims and lists none"
        for part in paragraphs(f"{article.short_answer}\n\n{article.body}"):
            if any(text in part for text in said) and not SAID.search(part):
                unmarked.append((slug, part))
    assert unmarked == []


PRODUCTS = re.compile(r"\bEDR\b|\bRSAi\b|Martingale|4/4/2|Set and Forget|Risk Scaling")


def test_an_article_on_a_published_system_lists_its_claims(corpus: Corpus) -> None:
    for article in corpus.articles.values():
        if PRODUCTS.search(article.body):
            assert article.claims, article.slug


# Meaning


def test_no_two_short_answers_mean_the_same(corpus: Corpus, assistant: Assistant) -> None:
    slugs = list(corpus.articles)
    answers = [" ".join(corpus.articles[slug].short_answer.split()) for slug in slugs]
    vectors = np.asarray(assistant.index.embedder.embed(answers))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    nearness = vectors @ vectors.T
    alike = np.argwhere(np.triu(nearness, k=1) >= 0.93)
    assert [(slugs[a], slugs[b], float(nearness[a, b])) for a, b in alike] == []
    twin = np.asarray(assistant.index.embedder.embed([answers[0], answers[0] + " Indeed."]))
    twin /= np.linalg.norm(twin, axis=1, keepdims=True)
    assert float(twin[0] @ twin[1]) >= 0.93, "the comparison would miss a copy"
