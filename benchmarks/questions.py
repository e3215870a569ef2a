"""The questions that the benchmarks ask: those of the evaluation, each once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parents[1] / "evaluation" / "questions"


def varied_questions(seed: int = 7) -> list[str]:
    """Every question of the evaluation that stands for itself, shuffled, none twice."""
    found: dict[str, None] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        for question in _questions(yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)):
            found[question] = None
    questions = list(found)
    random.Random(seed).shuffle(questions)
    return questions


def _questions(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _questions(item)
    elif isinstance(node, dict):
        if isinstance(node.get("question"), str):
            yield node["question"]
        elif "turns" not in node:  # a conversation's later questions lean on the first
            for item in node.values():
                yield from _questions(item)
