"""Plans and positions: what they may hold, and what a mistake in them says."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.watch.plan import PlanError, WatchPlan, read_plan
from assistant.watch.positions import read_positions

CONDOR = "put_long: 2300, put_short: 2350, call_short: 2650, call_long: 2700, credit: 8.5"


def test_a_whole_plan(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(
        "name: evenings\nmarket: 'csv:downloads'\nfallback: sample\n"
        "at: ['open + 15', 'close + 20 minutes', '12:00']\npositions: open.yaml\n"
        "entry: {days: 30, short_delta: 0.12}\ncredit: {low: 0.1, high: 0.3}\nroll_days: 14\n"
        "events: [FOMC]\nlevels:\n  - {name: Inverted, of: vix/vix3m, above: 1}\n"
        "send: [console, webhook]\n",
        "utf-8",
    )
    plan = read_plan(tmp_path / "plan.yaml")
    assert plan.positions == tmp_path / "open.yaml"
    assert plan.at == ("open + 15", "close + 20 minutes", "12:00")
    assert plan.levels[0].of == "vix/vix3m"
    assert read_plan(None) == WatchPlan()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("at: ['noonish']", r"at\.0: .*'noonish' is no time; write 'close \+ 20 minutes'"),
        ("at: ['25:00']", "is no time"),
        ("at: []", r"at: .*at least 1 item"),
        ("atlas: 1", "atlas: Extra inputs are not permitted"),
        ("entry: {short_delta: 0.6}", r"entry\.short_delta: .*less than 0.5"),
        ("entry: {short_delta: .nan}", r"entry\.short_delta"),
        ("entry: {wider_delta: 0.3}", "wider_delta <= short_delta <= nearer_delta"),
        ("credit: {low: 0.3}", "low has to be below high"),
        ("levels: [{name: x, of: gold, above: 1}]", "one of spot, vix, vix3m, vix6m, vix9d, vvix"),
        ("levels: [{name: x, of: vix}]", "either above or below"),
        ("levels: [{name: x, of: vix, above: 1}, {name: x, of: vix, below: 1}]", "the same name"),
        ("send: [pager]", r"send\.0"),
        ("- a list", "has to be a mapping"),
        ("at: [", "is no YAML"),
        ("!!python/object/apply:os.system ['true']", "is no YAML"),
    ],
)
def test_a_mistake_in_a_plan_says_where(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(PlanError, match=message):
        read_plan(path)


def test_a_plan_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="cannot be read"):
        read_plan(tmp_path / "none.yaml")


def test_positions_in_either_form_are_the_same(tmp_path: Path) -> None:
    yaml = tmp_path / "open.yaml"
    yaml.write_text(f"positions:\n  - {{id: a, {CONDOR}, expiration: 2018-03-16}}\n", "utf-8")
    table = tmp_path / "open.csv"
    table.write_text(
        "id,put_long,put_short,call_short,call_long,credit,expiration,contracts\n"
        "a,2300,2350,2650,2700,8.5,2018-03-16,\n",
        "utf-8",
    )
    (position,) = read_positions(yaml)
    assert (position,) == read_positions(table)
    # 2350 - 8.5 and 2650 + 8.5.
    assert position.break_evens() == (2341.5, 2658.5)
    assert read_positions(None) == ()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (f"{{id: a, {CONDOR}}}", "position 1: expiration: Field required"),
        (f"{{id: a, {CONDOR}, expiration: soon}}", "position 1: expiration"),
        (f"{{id: a, {CONDOR}, expiration: 2018-03-16, stop: 2}}", "stop: Extra inputs"),
        (
            f"{{id: a, {CONDOR.replace('2350', '2290')}, expiration: 2018-03-16}}",
            "the strikes have to rise",
        ),
        (f"{{id: a, {CONDOR.replace('8.5', '-1')}, expiration: 2018-03-16}}", "credit: .*greater"),
        (f"{{id: a, {CONDOR.replace('8.5', '.inf')}, expiration: 2018-03-16}}", "credit"),
        ("7", "position 1: the file: "),
    ],
)
def test_a_mistake_in_a_position_says_where(tmp_path: Path, row: str, message: str) -> None:
    path = tmp_path / "open.yaml"
    path.write_text(f"- {row}\n", "utf-8")
    with pytest.raises(PlanError, match=message):
        read_positions(path)


def test_two_positions_of_one_name_and_a_line_too_long(tmp_path: Path) -> None:
    path = tmp_path / "open.yaml"
    row = f"- {{id: a, {CONDOR}, expiration: 2018-03-16}}\n"
    path.write_text(row + row, "utf-8")
    with pytest.raises(PlanError, match="two positions have the id 'a'"):
        read_positions(path)
    table = tmp_path / "open.csv"
    table.write_text("id,credit\na,1,200\n", "utf-8")
    with pytest.raises(PlanError, match="more cells than the heading"):
        read_positions(table)
