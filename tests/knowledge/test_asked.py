"""How readers ask, and what belongs to other fields: whole, distinct, and never shown."""

from __future__ import annotations

from assistant.knowledge.corpus import load_corpus
from assistant.knowledge.documents import read_asked, read_elsewhere
from assistant.resources import resource_folder

FOLDER = resource_folder("corpus")


def test_every_article_is_asked_for_in_several_ways() -> None:
    asked = read_asked(FOLDER)
    assert asked.keys() == load_corpus(FOLDER).articles.keys()
    assert all(len(lines) >= 5 for lines in asked.values())
    every = [line for lines in asked.values() for line in lines]
    assert len(set(every)) == len(every)


def test_other_fields_are_many_and_none_is_ours() -> None:
    elsewhere = read_elsewhere(FOLDER)
    assert len(elsewhere) >= 40
    assert not [line for line in elsewhere if "SPX" in line or "VIX" in line or "option" in line]


def test_what_is_asked_is_not_part_of_what_can_be_quoted() -> None:
    articles = load_corpus(FOLDER).articles
    for slug, lines in read_asked(FOLDER).items():
        article = articles[slug]
        assert not [line for line in lines if line in article.body + article.short_answer]
