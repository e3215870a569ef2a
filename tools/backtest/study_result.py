"""The result of a study: its table, what the assumed prices do to it, and its claim."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any, Final

from tools.backtest.report import Section, markdown, page, table_of
from tools.backtest.result import Backtest
from tools.charts import Chart, Pictured
from tools.quantities import DataFrame
from tools.results import Result, plain_json

WHOLE: Final = "fitted to SKEW"
"""The setting that a study's own table is of."""


@dataclass(frozen=True)
class Sensitivity:
    """Annual return and volatility of each variant, in their order, under one set of prices."""

    prices: str
    annual_return: tuple[float, ...]
    volatility: tuple[float, ...]


@dataclass(frozen=True, kw_only=True, repr=False)
class StudyResult(Pictured, Result):
    """What a study measured: a row a variant, with n, intervals, and other assumed prices."""

    name: str
    question: str
    topic: str
    source: str
    start: dt.date
    end: dt.date
    n: int
    table: DataFrame
    differences: DataFrame
    sensitivity: tuple[Sensitivity, ...]
    spikes: DataFrame
    benchmark: DataFrame
    warnings: tuple[str, ...]
    caveat: str
    runs: tuple[Backtest, ...]

    def chart(self) -> Chart:
        """Annual return of each variant with its interval, as plain Plotly JSON."""
        from tools.plots_backtest import study_chart

        return study_chart(self)

    def markdown(self) -> str:
        """The report as Markdown."""
        return markdown(self._title, self._sections())

    def html(self) -> str:
        """The report as one page of HTML that needs no network, with the picture."""
        return page(self._title, self._sections(), [self.figure()])

    def to_dict(self) -> dict[str, Any]:
        """The result in plain JSON types, without the runs and their trades."""
        return {
            one.name: plain_json(getattr(self, one.name))
            for one in fields(self)
            if one.name != "runs"
        } | {"finding": self.finding}

    @property
    def finding(self) -> str:
        """What the study found, in sentences made of the figures of this history."""
        said = self._against_published if len(self.benchmark) else self._variants
        return f"At modelled prices: {said}" + (
            f" {self.caveat[0].upper()}{self.caveat[1:]}." if self.caveat else ""
        )

    @property
    def _variants(self) -> str:
        shown = "; ".join(
            f"{row['variant']} {_percent(row['annual_return'])} a year (from {low} to {high} at "
            f"other assumed prices), largest drawdown {_percent(row['max_drawdown'])}, "
            f"{_percent(row['profit_to_risk_share'])} of its risk a trade"
            for row, (low, high) in zip(
                self.table.to_dict(orient="records"), self._ranges, strict=True
            )
        )
        return f"{shown}. {self._verdict}"

    @property
    def _against_published(self) -> str:
        rows = self.benchmark[self.benchmark["published"] != "-"].to_dict(orient="records")
        names = " and ".join(f"'{name}'" for name in self.table["variant"])
        shown = "; ".join(
            f"{row['figure']}, {row['ten_losses']} and {row['twelve_losses']} in "
            f"{row['n_months']} months from {row['months']} (published: {row['published']})"
            for row in rows
        )
        low, high = self._ranges[0]
        return (
            f"with {names}: {shown}. The assumed prices alone move the first annual return from "
            f"{low} to {high}."
        )

    @property
    def claim(self) -> dict[str, Any]:
        """The entry of the register of claims that this result is."""
        return {
            "id": f"study-{self.name}",
            "topic": self.topic,
            "statement": self.finding,
            "status": "measured",
            "n": self.n,
            "where": f"askcondor backtest --study {self.name}, {self.start} to {self.end}, "
            f"{self.n:,} modelled trades over all variants, from {self.source}",
        }

    @property
    def _verdict(self) -> str:
        kept: list[str] = []
        names = list(self.differences["variant"].unique())
        for name in names:
            rows = self.differences[self.differences["variant"] == name]
            main = rows.loc[rows["prices"] == WHOLE].iloc[0]
            apart = main["difference_low_rate"] * main["difference_high_rate"] > 0
            same = (rows["return_difference"] * main["return_difference"] > 0).all()
            if apart and same:
                kept.append(f"'{name}'")
        against = self.table["variant"].iloc[0]
        found = (
            f"The difference from '{against}' excludes zero at 95 % and keeps its sign under all "
            f"other assumed prices and costs for {', '.join(kept)}"
            if kept
            else f"No difference from '{against}' excludes zero at 95 % and keeps its sign under "
            "all other assumed prices and costs"
        )
        return f"{found}."

    @property
    def _ranges(self) -> list[tuple[str, str]]:
        """Lowest and highest annual return of each variant under all the prices."""
        each = zip(*(one.annual_return for one in self.sensitivity), strict=True)
        return [(_percent(min(returns)), _percent(max(returns))) for returns in each]

    @property
    def _title(self) -> str:
        return f"Study: {self.question}"

    def _sections(self) -> list[Section]:
        said = (
            self.finding,
            f"{self.start} to {self.end}, n = {self.n:,} modelled trades over all variants, from "
            f"{self.source}",
            *(one for one in self.warnings if one != self.caveat),
        )
        sections = [Section("Finding", said)]
        if len(self.benchmark):
            sections.append(Section("Against what is published", (), *table_of(self.benchmark)))
        sections += [
            Section("Variants", (), *table_of(self.table)),
            Section("Differences", (), *table_of(self.differences)),
            Section("Annual return under other assumed prices", (), *self._sensitive(False)),
            Section("Volatility under other assumed prices", (), *self._sensitive(True)),
            Section("Spikes", (), *table_of(self.spikes)),
            Section(
                "Assumptions",
                tuple(f"{name}: {text}" for name, text in self.assumptions.items()),
            ),
        ]
        return [one for one in sections if one.lines or one.rows]

    def _sensitive(self, volatility: bool) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
        header = ("prices", *(str(name) for name in self.table["variant"]))
        rows = tuple(
            (one.prices, *map(_percent, one.volatility if volatility else one.annual_return))
            for one in self.sensitivity
        )
        return header, rows


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"
