"""The search on a public retrieval set, its weights chosen by cross-validation."""

from __future__ import annotations

import pytest

from assistant.evaluation.finding import NDCG_AT_10, grade_public_set, read_public_set
from assistant.knowledge.index import open_index
from assistant.settings import Settings
from tests.conftest import REPOSITORY, SHARED

FOLDER = SHARED / "data" / "retrieval"


@pytest.mark.retrieval
def test_the_public_set_is_searched_better_than_by_vectors_or_words_alone() -> None:
    if not (FOLDER / "qrels.tsv").is_file():
        pytest.skip("the public retrieval set is not beside this checkout")
    # Kept between runs: embedding nine thousand answers takes minutes, grading one.
    index = open_index(Settings(data_dir=REPOSITORY / ".cache"))
    try:
        scores = grade_public_set(index, read_public_set(FOLDER))
    finally:
        index.close()
    assert scores["queries"] == 333
    assert scores["ndcg_at_10"] >= NDCG_AT_10
    assert scores["ndcg_at_10"] > scores["ndcg_at_10_vectors_alone"] + 0.02
    assert scores["ndcg_at_10"] > scores["ndcg_at_10_words_alone"] + 0.1
