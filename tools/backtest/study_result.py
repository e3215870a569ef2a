"""The result of a study: its table, what the assumed prices do to it, and its claim."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any, Final

from tools.backtest.report import Section, markdown, page, table_of
from tools.backtest.result import Backtest
from tools.charts import Chart, Pictured
from tools.notebook import NotebookResult
from tools.quantities import DataFrame
from tools.results import plain_json

WHOLE: Final = "fitted to SKEW"
"""The setting that a study's own table is of."""


@dataclass(frozen=True)
class Sensitivity:
    """Annual return and volatility of each variant, in their order, under one set of prices."""

    prices: str
    annual_return: tuple[float, ...]
    volatility: tuple[float, ...]


@dataclass(frozen=True, kw_only=True, repr=False)
class StudyResult(Pictured, NotebookResult):
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
        shown = "; ".join(
            f"{row['variant']} {_percent(row['annual_return'])} a year with a largest drawdown of "
            f"{_percent(row['max_drawdown'])}"
            for row in self.table.to_dict(orient="records")
        )
        said = f"At modelled prices: {shown}. {self._verdict}"
        return f"{said} {self.caveat[0].upper()}{self.caveat[1:]}." if self.caveat else said

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
        if self.differences.empty:
            low, high = self._range
            return f"Under other assumed prices the return ranges from {low} to {high}."
        kept, total = 0, 0
        for _, rows in self.differences.groupby("variant", sort=False):
            main = rows.loc[rows["prices"] == WHOLE].iloc[0]
            total += 1
            apart = main["difference_low_rate"] * main["difference_high_rate"] > 0
            same = (rows["return_difference"] * main["return_difference"] > 0).all()
            kept += bool(apart and same)
        low, high = self._range
        return (
            f"Of {total} differences in return from '{self.differences['against'].iloc[0]}', "
            f"{kept} exclude zero at 95 % and keep their sign under all other prices and costs; "
            f"the assumed prices alone move the first return from {low} to {high}."
        )

    @property
    def _range(self) -> tuple[str, str]:
        first = [one.annual_return[0] for one in self.sensitivity]
        return _percent(min(first)), _percent(max(first))

    @property
    def _title(self) -> str:
        return f"Study: {self.question}"

    def _sections(self) -> list[Section]:
        said = (
            self.finding,
            f"{self.start} to {self.end}, n = {self.n:,} modelled trades over all variants, from "
            f"{self.source}",
            *self.warnings,
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
