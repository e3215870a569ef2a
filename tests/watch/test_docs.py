"""The how-to of the watch: its examples are read, and every field and message stands in it."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
import yaml

from assistant.watch import evaluate, run
from assistant.watch.plan import WatchPlan
from assistant.watch.positions import read_positions

DOCS = Path(__file__).resolve().parents[2] / "docs"
HOW_TO = (DOCS / "watch.md").read_text("utf-8")
PLAN, POSITIONS = re.findall(r"```yaml\n(.*?)```", HOW_TO, re.DOTALL)


def test_the_plan_of_the_how_to_is_a_plan_and_shows_the_defaults() -> None:
    plan = WatchPlan.model_validate(yaml.safe_load(PLAN))
    default = WatchPlan()
    for name in ("entry", "credit", "roll_days", "events"):
        assert getattr(plan, name) == getattr(default, name)
    assert len(plan.levels) == 2


def test_the_positions_of_the_how_to_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "positions.yaml").write_text(POSITIONS, "utf-8")
    (position,) = read_positions(tmp_path / "positions.yaml")
    assert position.root == "SPXW"


@pytest.mark.parametrize("field", list(WatchPlan.model_fields))
def test_every_field_is_explained(field: str) -> None:
    table = HOW_TO[HOW_TO.index("| field |") : HOW_TO.index("Positions:")]
    assert f"`{field}`" in table


def test_every_kind_of_message_is_explained() -> None:
    code = "".join(Path(str(module.__file__)).read_text("utf-8") for module in (evaluate, run))
    kinds = set(re.findall(r'"((?:regime|position|credit|level|event|source)\.[a-z_]+)"', code))
    assert len(kinds) >= 8
    assert {kind for kind in kinds if f"`{kind}`" not in HOW_TO} == set()


def test_the_examples_of_the_page_on_market_data_hold() -> None:
    failed, tried = doctest.testfile(str(DOCS / "market.md"), module_relative=False)
    assert (failed, tried) == (0, 5)
