"""Studies: runs with a name that each answer one question by variants of one rule.

All variants of a study share one history, one account and one amount at risk, so that they differ
in the thing that is asked about. A condor is opened at every close, each with so small a part of
the account that about `AT_RISK` of it is at risk at any time: no single day of entry decides.

Prices are a model's. What a study shows is how rules compare under an assumed smile, and it is run
again under other smiles and costs: a difference that changes its sign with those is no finding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd

from tools.backtest import cndr
from tools.backtest.metrics import MONTH_BLOCK, interval, monthly_returns
from tools.backtest.result import Backtest
from tools.backtest.rules import (
    CondorEntry,
    CondorExit,
    CondorRoll,
    SmileModel,
    TradingCosts,
    VixCallHedge,
)
from tools.backtest.run import backtest_condor
from tools.backtest.study_result import WHOLE, Sensitivity, StudyResult
from tools.errors import ToolDataError, ToolInputError
from tools.quantities import DataFrame

AT_RISK: Final = 0.05
"""Part of the account that all open condors together may lose, about."""

ACCOUNT_USD: Final = 1e9
"""So large that whole contracts do not matter."""

COSTS: Final = TradingCosts(commission_usd=1.50, slippage=0.0, slippage_of_index=0.00002)
"""A tenth of a point a leg at an index of 5000, and as much of it at any other level."""

FREE: Final = TradingCosts(0.0, 0.0, 0.0)

ENTRY: Final = CondorEntry(days=45, every="day", wing_fraction=0.01, strike_step=1.0)

SMILES: Final[Mapping[str, SmileModel]] = {
    WHOLE: SmileModel(),
    "flat": SmileModel(0.0, 0.0, None, 0.0),
    "slope -0.10": SmileModel(slope=-0.10),
    "slope -0.17": SmileModel(slope=-0.17),
    f"{WHOLE}, calendar clock": SmileModel(clock="calendar"),
    f"{WHOLE}, short end 15 % lower": SmileModel(short_end=0.85),
}
"""The smile that is used, three that are held fixed, another clock, and cheaper short tenors."""


@dataclass(frozen=True)
class Variant:
    """One run of a study: its name, and what differs from the study's rule."""

    name: str
    changes: Mapping[str, Any]


@dataclass(frozen=True)
class Study:
    """A question, the variants that answer it (the first is what the others are held against).

    The first of the notes goes with the finding wherever it is told.
    """

    name: str
    topic: str
    question: str
    variants: tuple[Variant, ...]
    rule: Mapping[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    costs: TradingCosts = COSTS
    risk_fraction: float | None = None
    first_day: str | None = None
    last_day: str | None = None
    benchmark: Callable[[list[Backtest], Any, float], DataFrame] | None = None


def run_study(
    name: str,
    history: DataFrame,
    source: str = "the given history",
    start: Any = None,
    end: Any = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> StudyResult:
    """Run a named study over a history of closes, with other smiles and with twice the costs.

    Args:
        name: One of `STUDIES`.
        history: As `backtest_condor` takes it.
        source: Where the history is from, in words, for the report.
        start: First day that is used.
        end: Last day that is used.
        progress: Called with a label, the runs done and all runs.

    Returns:
        `StudyResult`: table (a row a variant), sensitivity, differences, warnings, assumptions.

    Raises:
        ToolInputError: There is no study of that name.
        ToolDataError: The history lacks what the study needs.
    """
    study = find_study(name)
    lacking = [column for column in study.needs if column not in history]
    if lacking:
        raise ToolDataError(
            f"The study '{name}' needs the column {lacking[0]}, which {source} does not have."
        )
    start = study.first_day if start is None else start
    end = study.last_day if end is None else end
    settings = [(label, smile, study.costs) for label, smile in SMILES.items()]
    if study.costs != FREE:
        settings.append((f"{WHOLE}, twice the costs", SMILES[WHOLE], _doubled(study.costs)))
    total, done = len(settings) * len(study.variants), 0
    runs: dict[str, list[Backtest]] = {}
    for label, smile, costs in settings:
        for variant in study.variants:
            rule = {**_BASE, **study.rule, **variant.changes}
            rule.setdefault("risk_fraction", study.risk_fraction or _share(rule["entry"]))
            if "rate" in history:
                rule.setdefault("interest", True)
            run = backtest_condor(
                history, smile=smile, costs=costs, account_usd=ACCOUNT_USD, start=start, end=end,
                **rule,
            )  # fmt: skip
            runs.setdefault(label, []).append(run)
            done += 1
            if progress is not None:
                progress(f"study {name}", done, total)
    main = runs[WHOLE]
    names = [variant.name for variant in study.variants]
    return StudyResult(
        name=study.name,
        question=study.question,
        topic=study.topic,
        source=source,
        start=main[0].equity.index[0].date(),
        end=main[0].equity.index[-1].date(),
        n=sum(int(run.metrics["n"]) for run in main),
        table=pd.DataFrame([_row(label, run) for label, run in zip(names, main, strict=True)]),
        differences=_differences(names, runs),
        sensitivity=tuple(
            Sensitivity(
                label,
                tuple(float(run.metrics["annual_return"]) for run in each),
                tuple(float(run.metrics["monthly_volatility"]) for run in each),
            )
            for label, each in runs.items()
        ),
        benchmark=pd.DataFrame()
        if study.benchmark is None
        else study.benchmark(main, history["spx"], ACCOUNT_USD),
        spikes=_spikes(names, main),
        warnings=_warnings(study, main),
        assumptions={**_STUDY_ASSUMPTIONS, **main[0].assumptions},
        caveat=study.notes[0] if study.notes else "",
        runs=tuple(main),
    )


def find_study(name: str) -> Study:
    """The study of that name."""
    for study in STUDIES:
        if study.name == name:
            return study
    raise ToolInputError.of("study", name, f"one of {', '.join(each.name for each in STUDIES)}")


def _share(entry: CondorEntry) -> float:
    """Part of the account that each entry may lose, so that all of them together come to AT_RISK.

    By the days that a condor may stay open; what leaves earlier has less at risk.
    """
    return AT_RISK / max(entry.days * 252 / 365, 1.0)


def _doubled(costs: TradingCosts) -> TradingCosts:
    return TradingCosts(**{name: 2 * value for name, value in vars(costs).items()})


def _row(label: str, run: Backtest) -> dict[str, Any]:
    figures = run.metrics
    risk = float(run.trades["max_loss_usd"].sum())
    return {
        "variant": label,
        "n": figures["n"],
        "annual_return": figures["annual_return"],
        "return_low": figures["annual_return_interval"][0],
        "return_high": figures["annual_return_interval"][1],
        "volatility": figures["monthly_volatility"],
        "sharpe": figures["sharpe"],
        "sortino": figures["sortino"],
        "max_drawdown": figures["max_drawdown"]["depth"],
        "worst_day_return": figures["worst_day"]["return"],
        "win_rate": figures["win_rate"],
        "break_even_win_rate": figures["break_even_win_rate"],
        "credit_to_width": figures["credit_to_width"],
        "profit_to_risk_share": figures["condor_profit_usd"] / risk if risk else float("nan"),
        "costs_to_risk_share": figures["costs_usd"] / risk if risk else float("nan"),
        "exposure_share": figures["exposure"],
    }


def _differences(names: list[str], runs: Mapping[str, list[Backtest]]) -> pd.DataFrame:
    """Each variant's monthly return less the first one's, a year, under every setting."""
    rows = []
    for label, each in runs.items():
        monthly = [monthly_returns(run.equity, ACCOUNT_USD, True).to_numpy() for run in each]
        for name, one in zip(names[1:], monthly[1:], strict=True):
            apart = one - monthly[0]
            low, high = interval(apart, MONTH_BLOCK)
            rows.append(
                {
                    "variant": name,
                    "against": names[0],
                    "prices": label,
                    "n_months": len(apart),
                    "return_difference": 12 * float(apart.mean()),
                    "difference_low_rate": 12 * low,
                    "difference_high_rate": 12 * high,
                }
            )
    columns = ["variant", "against", "prices", "n_months", "return_difference",
               "difference_low_rate", "difference_high_rate"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _spikes(names: list[str], runs: list[Backtest]) -> pd.DataFrame:
    """Return of each variant through each spike, of the account at its start."""
    rows = []
    for name, run in zip(names, runs, strict=True):
        for spike in run.spikes.to_dict(orient="records"):
            before = run.equity[: spike["first_day"]]
            base = float(before.iloc[-2] if len(before) > 1 else before.iloc[-1])
            rows.append(
                {
                    "spike": spike["spike"],
                    "variant": name,
                    "n_days": spike["n_days"],
                    "return": spike["profit_usd"] / base,
                    "lowest_return": spike["lowest_profit_usd"] / base,
                    "hedge_return": spike["hedge_profit_usd"] / base,
                }
            )
    columns = ["spike", "variant", "n_days", "return", "lowest_return", "hedge_return"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values("spike", kind="stable", ignore_index=True)


def _warnings(study: Study, runs: list[Backtest]) -> tuple[str, ...]:
    said = [
        "prices are a model's, not quotes: a difference that changes with the assumed smile is a "
        "statement about the smile",
        "trades overlap, so n counts many of them more than once; the intervals are of months",
        f"{len(study.variants)} variants are compared: the best of several looks better than it is",
    ]
    empty = [name.name for name, run in zip(study.variants, runs, strict=True)
             if not run.metrics["n"]]  # fmt: skip
    said += [f"'{name}' opened nothing" for name in empty]
    return (*said, *study.notes)


_BASE: Final[Mapping[str, Any]] = {"entry": ENTRY}

_STUDY_ASSUMPTIONS: Final[Mapping[str, str]] = {
    "study": "unless it follows an index: a condor at every close, wings of 1 % of the index "
    "unless they are the question, "
    f"sized so that about {AT_RISK:.0%} of the account is at risk at any time; gains put back in",
    "sensitivity": "the same variants with a flat smile, with slopes of -0.10 and -0.17 held "
    "fixed, with variance that passes on calendar days, with a volatility of nine days and fewer "
    "that is 15 % lower, and with twice the costs",
    "differences": "mean monthly return less that of the first variant, times 12; 95 % interval by "
    "a circular block bootstrap of months, blocks of three",
}


def _entry(**changes: Any) -> CondorEntry:
    return CondorEntry(**{**vars(ENTRY), **changes})


def _layer(days: int, share: float, name: str, **more: Any) -> VixCallHedge:
    return VixCallHedge(days=days, delta=0.25, budget_share=share, name=name, **more)


def _credit_at(short_delta: float) -> Mapping[str, Any]:
    return {"entry": _entry(short_delta=short_delta)}


STUDIES: Final[tuple[Study, ...]] = (
    Study(
        "hedge",
        "hedge effect",
        "What do VIX calls cost and bring beside 45-day condors?",
        (
            Variant("no hedge", {}),
            Variant("near calls", {"hedge": _layer(45, 0.001, "near")}),
            Variant(
                "three layers, 4/4/2",
                {
                    "hedge": [
                        _layer(30, 0.0004, "first, 30 days"),
                        _layer(110, 0.0004, "second, 110 days", days_left=60),
                        _layer(210, 0.0002, "third, 210 days", days_left=150),
                    ]
                },
            ),
            Variant(
                "near calls, sold at 5 times the price",
                {"hedge": _layer(45, 0.001, "near", take_profit=5.0)},
            ),
        ),
        needs=("vix",),
        first_day="2004-03-26",
        notes=(
            "calls far from the money come out too cheap, because one volatility is used for all "
            "strikes: the hedge looks better here than it was",
            "each purchase spends a tenth of a percent of the account in all, on calls of 25 "
            "delta; layers of other ratios give other results",
        ),
    ),
    Study(
        "regime",
        "regime gate",
        "What does standing aside by the regime rules change?",
        (Variant("no gate", {}), Variant("regime gate", {"regime": "default"})),
        needs=("vix",),
        notes=(
            "the rules were found on data up to 2024, so this history is not out of sample for "
            "them",
            "before 2009 there is no VIX3M, so that only the level of the VIX can close the gate",
        ),
    ),
    Study(
        "credit",
        "credit to width",
        "Does a credit of 15 to 25 % of the width do better than less or more?",
        (
            Variant("20 % of the width", {"entry": _entry(credit_to_width=0.20)}),
            Variant("10 % of the width", {"entry": _entry(credit_to_width=0.10)}),
            Variant("30 % of the width", {"entry": _entry(credit_to_width=0.30)}),
            Variant("40 % of the width", {"entry": _entry(credit_to_width=0.40)}),
        ),
        notes=("a higher credit is bought with nearer strikes: return and risk rise together",),
    ),
    Study(
        "days",
        "days to expiration",
        "How do 1, 7, 30 and 45 days to expiration compare?",
        tuple(
            Variant("1 day" if days == 1 else f"{days} days", {"entry": _entry(days=days)})
            for days in (45, 30, 7, 1)
        ),
        first_day="2011-01-04",
        notes=(
            "on the chain of 2023-09-14 the assumed volatility lies 19 % above the quoted one at "
            "one day and 12 % at seven, so that the short tenors earn too much here, and SPX "
            "options for every day have been listed since 2022 only",
            "the study begins with the VIX9D; the volatility of one day is drawn from those of "
            "nine and of thirty",
            "as much is at risk at any time whatever the tenor, so the short ones are sold far "
            "more often: compare what a trade makes of its risk",
            "no condor of one day is opened on a Friday: it would expire on Monday",
        ),
    ),
    Study(
        "deltas",
        "short delta",
        "Which delta of the short options?",
        tuple(Variant(f"{delta:g} delta", _credit_at(delta)) for delta in (0.16, 0.05, 0.10, 0.30)),
        notes=("a higher delta earns more and may lose more: compare return with volatility",),
    ),
    Study(
        "widths",
        "width",
        "Narrow or wide wings?",
        tuple(
            Variant(f"{100 * wing:g} % of the index", {"entry": _entry(wing_fraction=wing)})
            for wing in (0.01, 0.005, 0.02, 0.05)
        ),
        notes=(
            "all are sized to the same largest loss, so wider wings mean fewer condors; costs "
            "weigh on the narrow ones",
        ),
    ),
    Study(
        "stops",
        "exits",
        "Do stops and targets help?",
        (
            Variant("held to expiration", {}),
            Variant("stop at twice the credit", {"exit": CondorExit(stop_multiple=2.0)}),
            Variant("stop at three times", {"exit": CondorExit(stop_multiple=3.0)}),
            Variant("target of half the credit", {"exit": CondorExit(profit_target=0.5)}),
            Variant("out at 21 days", {"exit": CondorExit(days_left=21)}),
            Variant("target and 21 days", {"exit": CondorExit(profit_target=0.5, days_left=21)}),
        ),
        notes=(
            "a rule that leaves early has less at risk on average, so compare return with "
            "volatility",
            "exits are judged at closes: a stop within the day would meet other prices",
        ),
    ),
    Study(
        "rolls",
        "roll recovery",
        "Does rolling a threatened condor recover it?",
        (
            Variant("held to expiration", {}),
            Variant("closed at the short strike", {"exit": CondorExit(breach="short strike")}),
            Variant("rolled to 45 days", {"roll": CondorRoll(days=45)}),
            Variant("rolled to 45 days, up to 3 times", {"roll": CondorRoll(days=45, most=3)}),
            Variant("rolled to 7 days", {"roll": CondorRoll(days=7)}),
        ),
        notes=("a roll keeps the number of contracts: nothing is doubled",),
    ),
    Study(
        "cndr",
        "evidence",
        "Does the rule of the CNDR index come out as published?",
        (
            Variant("ten times the loss in bills", {}),
            Variant(
                "twelve times the loss in bills", {"risk_fraction": 1.0 / cndr.COLLATERAL[1]}
            ),
        ),
        rule={"entry": cndr.RULE},
        needs=("vix",),
        notes=cndr.NOTES,
        costs=FREE,
        risk_fraction=1.0 / cndr.COLLATERAL[0],
        last_day=cndr.LAST_DAY,
        benchmark=cndr.compare,
    ),
)  # fmt: skip
"""All studies; what is published on CNDR stands in `tools.backtest.cndr`."""
