"""The regime: each rule at its thresholds, how rules combine, stress days, rules of one's own."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.shared import market_csv, vectors
from tools.errors import ToolInputError
from tools.regime import check_regime
from tools.regime_rules import DEFENSIVENESS, load_rules

ROOT = Path(__file__).resolve().parents[2]
SHARE_OF_BACKWARDATION = 0.07
STRESS_DAYS = ["2010-05-20", "2011-08-08", "2015-08-24", "2018-02-05", "2020-03-16"]
levels = st.floats(min_value=5, max_value=90)


def signal(regime: Any, name: Any) -> Any:
    return next(s for s in regime.signals if s.name == name)


def layer(regime: Any, name: Any) -> Any:
    return next(item for item in regime.hedge_layers if item.name == name)


def test_the_question_that_started_it() -> None:
    regime = check_regime(vix=22, vix3m=20.5)
    ratio = signal(regime, "vix_to_vix3m")
    assert ratio.value == pytest.approx(22 / 20.5, rel=1e-15)
    assert (ratio.low, ratio.high, ratio.threshold) == (1.0, None, "at least 1")
    assert (regime.label, regime.wings) == ("backwardation", "stand aside")
    assert "tradeflags" in ratio.source
    assert "in-sample" in regime.assumptions["evidence"]
    assert layer(regime, "short_vix_calls").active
    assert layer(regime, "volatility_fund").active
    assert not layer(regime, "long_condors").active


@pytest.mark.parametrize("vector", vectors("calendar_regime.json", "vix_vix3m_regime"))
def test_published_buckets(vector: Any) -> None:
    reading = vector["expected"]["regime"].replace("elevated_", "").replace("_", " ")
    regime = check_regime(vix=20 * vector["inputs"]["ratio"], vix3m=20)
    assert signal(regime, "vix_to_vix3m").reading == reading


@pytest.mark.parametrize(
    ("ratio", "wings"),
    [(0.8499, "tighten"), (0.85, "hold"), (0.9169, "hold"), (0.917, "widen"), (1.0, "stand aside")],
)
def test_each_bucket_begins_at_its_threshold(ratio: Any, wings: Any) -> None:
    assert check_regime(vix=16 * ratio, vix3m=16).wings == wings


def test_without_any_opinion_the_wings_hold() -> None:
    regime = check_regime(vix=12)
    assert (regime.label, regime.wings) == ("calm", "hold")
    assert "No rule has an opinion" in regime.reasons[0]


def test_every_missing_signal_says_what_to_supply() -> None:
    regime = check_regime(vix=12)
    rules = {rule.name for rule in load_rules(None)[0].rule}
    assert set(regime.missing) == rules - {s.name for s in regime.signals}
    assert "VIX3M" in regime.missing["vix_to_vix3m"]
    assert all(text.startswith("supply ") for text in regime.missing.values())


@given(vix3m=levels, worse=st.tuples(levels, levels), vvix=levels.map(lambda x: 2 * x))
def test_a_worse_ratio_is_never_answered_more_aggressively(
    vix3m: Any, worse: Any, vvix: Any
) -> None:
    low, high = sorted(worse)
    calm, stressed = (check_regime(vix=v, vix3m=vix3m, vvix=vvix) for v in (low, high))
    assert DEFENSIVENESS.index(calm.wings) <= DEFENSIVENESS.index(stressed.wings)


@given(vix=levels, vix9d=levels, vix3m=levels, vix6m=levels)
def test_more_signals_never_make_it_more_aggressive_than_the_strongest(
    vix: Any, vix9d: Any, vix3m: Any, vix6m: Any
) -> None:
    regime = check_regime(vix=vix, vix9d=vix9d, vix3m=vix3m, vix6m=vix6m)
    strongest = max(DEFENSIVENESS.index(s.wings) for s in regime.signals)
    expected = "hold" if DEFENSIVENESS[strongest] == "no opinion" else DEFENSIVENESS[strongest]
    assert regime.wings == expected


@pytest.mark.parametrize("day", STRESS_DAYS)
def test_real_stress_days_are_backwardation(day: Any) -> None:
    row = market_csv("vol_indices_daily.csv").loc[day]
    given_levels = {k: row[k] for k in ("vix9d", "vix3m", "vix6m", "vvix") if row[k] == row[k]}
    regime = check_regime(vix=row["vix"], **given_levels)
    assert (regime.label, regime.wings) == ("backwardation", "stand aside")


@pytest.mark.parametrize("day", ["2017-05-09", "2013-12-26", "2024-06-28"])
def test_real_calm_days_are_not(day: Any) -> None:
    row = market_csv("vol_indices_daily.csv").loc[day]
    regime = check_regime(vix=row["vix"], vix3m=row["vix3m"])
    assert "contango" in regime.label
    assert regime.wings in ("tighten", "hold")
    assert layer(regime, "long_condors").active


def test_the_shares_and_percentiles_that_the_rules_quote() -> None:
    table = market_csv("vol_indices_daily.csv")
    ratio = (table.vix / table.vix3m).dropna()
    assert round((ratio >= 1).mean(), 2) == SHARE_OF_BACKWARDATION
    assert table.vix.quantile([0.5, 0.8, 0.95]).round(1).tolist() == [17.6, 24.4, 33.3]
    assert table.vvix.quantile([0.8, 0.95]).round(1).tolist() == [104.8, 121.8]
    assert round((table.vix9d / table.vix).quantile(0.95), 2) == 1.11
    assert round((table.vix3m / table.vix6m).quantile(0.95), 3) == 1.008


def test_the_whole_history_at_once_on_a_real_day() -> None:
    vix = market_csv("vol_indices_daily.csv")["vix"].dropna()
    spx = market_csv("spx_daily.csv.gz")["close"]
    breadth = market_csv("advance_decline_daily.csv")
    regime = check_regime(
        vix=12.44,
        vix_history=vix,
        spx_history=spx["2023-06":],
        breadth_history=breadth[["nyse_advancers", "nyse_decliners"]].set_axis(
            ["advancers", "decliners"], axis=1
        ),
        as_of=dt.date(2024, 6, 28),
        events=[{"name": "CPI", "date": "2024-07-11"}, {"name": "FOMC", "date": "2024-07-31"}],
        macro={
            "real_effective_exchange_rate": [104.0, 106.1],
            "interest_rate_differential": [0.0531, 0.0525],
        },
    )
    assert signal(regime, "cpi").value == 13
    assert signal(regime, "fomc").value == 33
    assert signal(regime, "real_effective_exchange_rate").value == pytest.approx(106.1 / 104 - 1)
    assert {"ppi", "vix_to_vix3m"} <= set(regime.missing)
    assert {"advance_decline_divergence", "macd_divergence", "vix_rsi"} <= {
        s.name for s in regime.signals
    }
    json.dumps(regime.to_dict(), allow_nan=False)


@pytest.mark.parametrize(("days", "wings"), [(0, "widen"), (2, "widen"), (3, "tighten")])
def test_a_rate_decision_keeps_its_distance(days: Any, wings: Any) -> None:
    as_of = dt.date(2025, 9, 17) - dt.timedelta(days=days)
    events = [{"name": "FOMC", "date": "2025-09-17"}]
    assert check_regime(vix=12, vix3m=16, as_of=as_of, events=events).wings == wings


def test_a_release_in_the_past_does_not_count() -> None:
    events = [{"name": "FOMC", "date": "2025-09-17"}]
    regime = check_regime(vix=12, as_of="2025-09-18", events=events)
    assert "none lies on or after as_of" in regime.missing["fomc"]


def test_a_surging_vix_widens_and_a_sold_off_one_calls_for_longer_calls() -> None:
    surging = check_regime(vix=17, vix_history=[10 + 0.4 * day for day in range(18)])
    assert signal(surging, "vix_rsi").value == 100
    assert surging.wings == "widen"
    sold_off = check_regime(vix=12, vix_history=[20 - 0.4 * day for day in range(18)])
    assert layer(sold_off, "long_vix_calls").active


def test_a_history_too_short_is_missing_with_its_reason() -> None:
    regime = check_regime(vix=17, vix_history=[15.0] * 14, spx_history=[5000.0] * 30)
    assert "at least 15 closes" in regime.missing["vix_rsi"]
    assert "longer history" in regime.missing["macd_divergence"]


def test_histories_with_dates_are_joined_on_them() -> None:
    days = pd.bdate_range("2024-01-01", periods=120)
    spx = pd.Series(range(5000, 5120), index=days, dtype=float)
    with_dates = check_regime(
        vix=15, spx_history=spx, breadth_history=pd.Series(10.0, index=days[:-3])
    )
    assert signal(with_dates, "advance_decline_divergence").reading == "breadth goes with the index"


OWN = {
    "name": "mine",
    "measure": "level",
    "of": ["vix"],
    "band": [
        {"reading": "low", "wings": "tighten"},
        {"at_least": 19, "reading": "high", "wings": "hold"},
    ],
}


def test_rules_of_ones_own_replace_or_amend() -> None:
    alone = check_regime(vix=12, rules={"rule": [OWN]})
    assert (alone.label, len(alone.signals)) == ("low", 1)
    amended = check_regime(vix=12, vix3m=11, rules={"extends": "default", "rule": [OWN]})
    assert amended.label == "backwardation"
    assert signal(amended, "mine").reading == "low"
    stricter = {**OWN, "name": "vix_level", "band": [{"reading": "always", "wings": "widen"}]}
    replaced = check_regime(vix=12, rules={"extends": "default", "rule": [stricter]})
    assert (replaced.label, replaced.wings) == ("always", "widen")


def test_rules_from_a_file(tmp_path: Any) -> None:
    copy = tmp_path / "mine.toml"
    text = (ROOT / "tools" / "regime.toml").read_text(encoding="utf-8")
    copy.write_text(text.replace("at_least = 1.0", "at_least = 1.2", 1), encoding="utf-8")
    assert check_regime(vix=22, vix3m=20.5, rules=copy).label == "watch"
    with pytest.raises(ToolInputError, match="readable TOML"):
        check_regime(vix=22, rules=tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("change", "place", "says"),
    [
        (
            {"band": [{"reading": "x", "wings": "tightn"}]},
            r"rule\[mine\]\.band\[0\]\.wings",
            "hold",
        ),
        ({"band": []}, r"rule\[mine\]\.band", "at least 1"),
        ({"measure": "sharpe"}, r"rule\[mine\]\.measure", "ratio"),
        ({"of": ["vix", "vix3m"]}, r"rule\[mine\]", "1 names in `of`"),
        ({"of": ["vix_history"]}, r"rule\[mine\]", "a level of vix"),
        ({"measure": "rsi", "of": ["vix_history"]}, r"rule\[mine\]", "settings.period"),
        ({"settings": {"depth": 3}}, r"rule\[mine\]", "without settings.depth"),
        ({"colour": "red"}, r"rule\[mine\]\.colour", "no such field"),
        (
            {"band": [{"reading": "a", "wings": "hold"}, {"reading": "b", "wings": "hold"}]},
            r"rule\[mine\]",
            "no at_least",
        ),
        (
            {"band": [{"reading": "a", "wings": "hold", "layers": ["gold"]}]},
            "rules",
            "rule mine calls for gold",
        ),
    ],
)
def test_a_rule_that_cannot_be_used_is_named(change: Any, place: Any, says: Any) -> None:
    with pytest.raises(ToolInputError, match=f"{place}.*{says}"):
        check_regime(vix=20, rules={"extends": "default", "rule": [{**OWN, **change}]})


def test_two_rules_of_one_name_are_refused() -> None:
    with pytest.raises(ToolInputError, match="mine stands twice"):
        check_regime(vix=20, rules={"rule": [OWN, OWN]})


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"vix": 0}, "vix"),
        ({"vix": -12}, "vix"),
        ({"vix": float("nan")}, "vix"),
        ({"vix": float("inf")}, "vix"),
        ({"vix": "20"}, "vix"),
        ({"vix": True}, "vix"),
        ({"vix": [20, 21]}, "vix"),
        ({"vix3m": 0}, "vix3m"),
        ({"vix9d": -1}, "vix9d"),
        ({"vix6m": 1e9}, "vix6m"),
        ({"vvix": float("nan")}, "vvix"),
        ({"vix_history": [12, -1]}, "vix_history[1]"),
        ({"spx_history": "5000"}, "spx_history"),
        ({"breadth_history": [1, float("nan")]}, "breadth_history[1]"),
        ({"breadth_history": {"advancers": [1, 2], "decliners": [1]}}, "breadth_history"),
        ({"as_of": "2026-13-01"}, "as_of"),
        ({"events": [{"name": "FOMC"}]}, "events.0.date"),
        ({"macro": {"gdp": [1, 2]}}, "macro"),
        ({"macro": {"interest_rate_differential": ["x", "y"]}}, "macro.interest_rate_differential"),
        (
            {"macro": {"real_effective_exchange_rate": [-1, 2]}},
            "macro.real_effective_exchange_rate",
        ),
        ({"rules": "/etc/hostname"}, "rules"),
        ({"rules": {"rule": 3}}, "rules.rule"),
        ({"rules": {}}, "rules.rule"),
    ],
)
def test_bad_input_names_its_field(arguments: Any, field: Any) -> None:
    with pytest.raises(ToolInputError) as caught:
        check_regime(**{"vix": 20, **arguments})
    assert caught.value.field == field


def test_every_shipped_rule_states_its_source_and_meaning() -> None:
    table = tomllib.loads((ROOT / "tools" / "regime.toml").read_text(encoding="utf-8"))
    for rule in table["rule"]:
        assert rule["meaning"], rule["name"]
        assert rule["source_title"], rule["name"]
        opinions = [DEFENSIVENESS.index(band["wings"]) for band in rule["band"]]
        if rule["measure"] != "days_to_event":
            assert opinions == sorted(opinions) or opinions[:2] == [1, 2], rule["name"]


def test_it_shows_itself_in_text_and_in_a_notebook() -> None:
    regime = check_regime(vix=22, vix3m=20.5)
    assert "VIX / VIX3M is 1.073 (at least 1): backwardation" in repr(regime)
    assert "<table>" in regime._repr_html_()


def test_the_figure_shows_every_signal_in_words() -> None:
    figure = check_regime(vix=22, vix3m=20.5).figure()
    assert set(figure.data[0].y) == {"VIX / VIX3M", "VIX level"}
    assert any("at least 1" in text for text in figure.data[0].text)


def test_the_evidence_can_be_counted_again() -> None:
    table, spx = market_csv("vol_indices_daily.csv"), market_csv("spx_daily.csv.gz")["close"]
    table = table.join(spx, how="inner")
    ahead = pd.concat([spx.shift(-day) for day in range(1, 22)], axis=1)
    worst = (ahead.min(axis=1, skipna=False) / spx - 1).reindex(table.index)["2013":].dropna()
    fell = worst <= -0.05
    book = load_rules(None)[0]
    assert book.evidence is not None
    assert (len(fell), round(fell.mean(), 3)) == (book.evidence.days, book.evidence.followed)
    for rule in book.rule:
        if rule.measure not in ("ratio", "level"):
            continue
        value = table[rule.of[0]] / (table[rule.of[1]] if rule.measure == "ratio" else 1)
        value = value.reindex(fell.index).dropna()
        for band in rule.band:
            inside = np.array([rule.find(x)[0] is band for x in value])
            assert band.evidence is not None
            assert inside.sum() == band.evidence.days
            share = fell[value.index][inside].mean()
            assert round(share, 3) == pytest.approx(band.evidence.followed, abs=1e-9)


def test_a_signal_says_how_often_it_was_false() -> None:
    ratio = signal(check_regime(vix=22, vix3m=20.5), "vix_to_vix3m")
    assert "20.5% of 200 such days" in ratio.evidence
    assert "79.5% were not" in ratio.evidence
    own = check_regime(vix=12, rules={"rule": [OWN]})
    assert signal(own, "mine").evidence == "not measured"
