"""The report of a backtest as Markdown, and as one page of HTML with its picture.

Both are written from one list of sections, so they cannot tell different stories.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from tools.backtest.result import Backtest

DISCLAIMER: Final = (
    "Educational. Past or modelled results do not say what will be earned, and nothing here is a "
    "recommendation to trade."
)
MOST_ROWS: Final = 200
"""Trades shown; the JSON has all of them."""


@dataclass(frozen=True)
class Section:
    """A heading, lines of text, and a table of text cells."""

    title: str
    lines: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def backtest_markdown(backtest: Backtest, title: str, whole: bool = True) -> str:
    """The report as Markdown; without `whole` only what it rests on, figures, spikes, years."""
    sections = _sections(backtest)
    return markdown(title, sections if whole else sections[:4])


def backtest_html(backtest: Backtest, title: str) -> str:
    """The report as a page that needs no network."""
    return page(title, _sections(backtest), [backtest.figure()])


def markdown(title: str, sections: Sequence[Section]) -> str:
    """Sections as Markdown."""
    parts = [f"# {title}", DISCLAIMER]
    for section in sections:
        parts.append(f"## {section.title}")
        parts += [f"- {line}" for line in section.lines]
        if section.rows:
            table = [section.header, tuple("---" for _ in section.header), *section.rows]
            parts.append("\n".join(f"| {' | '.join(row)} |" for row in table))
    text = "\n\n".join(parts) + "\n"
    return text.replace("\n\n- ", "\n- ").replace("\n- ", "\n\n- ", 1)


def page(title: str, sections: Sequence[Section], figures: Sequence[Any]) -> str:
    """Sections as HTML, with the figures under the title; Plotly's script is in the page."""
    pictures = [
        figure.to_html(full_html=False, include_plotlyjs=not number)
        for number, figure in enumerate(figures)
    ]
    body = [f"<h1>{html.escape(title)}</h1>", f"<p>{html.escape(DISCLAIMER)}</p>", *pictures]
    for section in sections:
        body.append(f"<h2>{html.escape(section.title)}</h2>")
        if section.lines:
            items = "".join(f"<li>{html.escape(line)}</li>" for line in section.lines)
            body.append(f"<ul>{items}</ul>")
        if section.rows:
            head = "".join(f"<th>{html.escape(cell)}</th>" for cell in section.header)
            rows = "".join(
                "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
                for row in section.rows
            )
            body.append(
                f"<div class='wide'><table><thead><tr>{head}</tr></thead>"
                f"<tbody>{rows}</tbody></table></div>"
            )
    return _PAGE.format(title=html.escape(title), body="\n".join(body))


def _sections(backtest: Backtest) -> list[Section]:
    figures = backtest.metrics
    return [
        Section("What it rests on", backtest.warnings),
        Section("Figures", (), ("figure", "value"), tuple(figure_rows(figures))),
        Section(
            "Spikes",
            () if len(backtest.spikes) else ("The history reaches none of them.",),
            *table_of(backtest.spikes),
        ),
        Section("Years", (), *table_of(backtest.by_year)),
        Section("Layers of the hedge", (), *table_of(_layers(backtest.hedges))),
        Section("Days without a trade", (), *table_of(_counts(backtest.skipped))),
        Section("Not used of the history", (), *table_of(backtest.dropped.head(MOST_ROWS))),
        Section(
            "Trades",
            (f"The first {MOST_ROWS} of {len(backtest.trades)}; the JSON has all.",)
            if len(backtest.trades) > MOST_ROWS
            else (),
            *table_of(backtest.trades.head(MOST_ROWS)),
        ),
        Section(
            "Assumptions",
            tuple(f"{name}: {said}" for name, said in backtest.assumptions.items()),
        ),
    ]


def figure_rows(figures: Any) -> list[tuple[str, str]]:
    """The figures in reading order, with n and interval beside each."""
    trades = f"n = {figures['n']} trades"
    fall, day, month = figures["max_drawdown"], figures["worst_day"], figures["worst_month"]

    def ranged(name: str, interval: str, form: str) -> str:
        low, high = figures[interval]
        return f"{form.format(figures[name])} ({form.format(low)} to {form.format(high)})"

    return [
        ("trades", f"{figures['n']} in {figures['years']:.1f} years"),
        ("annual return", ranged("annual_return", "annual_return_interval", "{:.2%}")
         + f", n = {figures['n_months']} months"),
        ("volatility", f"{figures['volatility']:.2%} of daily, "
         f"{figures['monthly_volatility']:.2%} of monthly returns"),
        ("Sharpe ratio", f"{figures['sharpe']:.2f}, n = {figures['n_days']} days"),
        ("Sortino ratio", f"{figures['sortino']:.2f}"),
        ("largest drawdown", f"{fall['depth']:.2%}, {fall['usd']:,.0f} US dollars, from "
         f"{fall['start']} to {fall['trough']}, recovered {fall['recovery'] or 'not yet'}"),
        ("worst day", f"{day['date']}: {day['profit_usd']:,.0f} US dollars, {day['return']:.2%}"),
        ("worst month", f"{month['month']}: {month['return']:.2%}; "
         f"{month['below_6_percent']} of {figures['n_months']} months below -6 %"),
        ("win rate", ranged("win_rate", "win_rate_interval", "{:.1%}") + f", {trades}"),
        ("break-even win rate", f"{figures['break_even_win_rate']:.1%}"),
        ("credit to width", f"{figures['credit_to_width']:.1%}"),
        ("expectancy of a trade [US dollars]",
         ranged("expectancy_usd", "expectancy_interval_usd", "{:,.2f}") + f", {trades}"),
        ("- put side, before costs", ranged(
            "put_side_expectancy_usd", "put_side_expectancy_interval_usd", "{:,.2f}")),
        ("- call side, before costs", ranged(
            "call_side_expectancy_usd", "call_side_expectancy_interval_usd", "{:,.2f}")),
        ("campaigns (a trade with its rolls)", f"{figures['n_campaigns']}, won "
         f"{figures['campaign_win_rate']:.1%}, {figures['campaign_expectancy_usd']:,.2f} each"),
        ("costs [US dollars]", f"{figures['costs_usd']:,.0f}"),
        ("profit: condors, hedge, interest [US dollars]",
         f"{figures['condor_profit_usd']:,.0f}, {figures['hedge_profit_usd']:,.0f} "
         f"(n = {figures['n_hedges']} purchases), {figures['interest_usd']:,.0f}"),
        ("exposure", f"a condor was open on {figures['exposure']:.0%} of the closes"),
        ("margin [US dollars]", f"{figures['average_margin_usd']:,.0f} on average where used, "
         f"{figures['largest_margin_usd']:,.0f} at most; "
         f"{figures['return_on_margin']:.1%} a year on it"),
        ("exits", ", ".join(f"{why}: {n}" for why, n in figures["exits"].items())),
    ]  # fmt: skip


def table_of(table: pd.DataFrame) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Header and rows of a table as text."""
    header = tuple(str(name) for name in table.columns)
    rows = tuple(
        tuple(_cell(name, value) for name, value in zip(header, row, strict=True))
        for row in table.itertuples(index=False)
    )
    return header, rows


_SHARES: Final = (
    "return", "volatility", "spx_", "highest_iv", "drawdown", "rate", "to_width", "_share",
)  # fmt: skip


def _cell(name: str, value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float):
        if math.isnan(value):
            return "-"
        if name.startswith(_SHARES) or name.endswith(_SHARES):
            return f"{value:.2%}"
        return f"{value:,.0f}" if name.endswith("_usd") else f"{value:,.10g}" if (
            float(value).is_integer()) else f"{value:,.4f}"  # fmt: skip
    return str(value).replace("|", "/")


def _layers(hedges: pd.DataFrame) -> pd.DataFrame:
    if not len(hedges):
        return hedges
    groups = hedges.groupby("layer", sort=False)
    return pd.DataFrame(
        {
            "layer": list(groups.groups),
            "n": groups.size().to_numpy(),
            "future_given": groups["future_source"].apply(lambda one: (one == "given").sum()),
            "profit_usd": groups["profit_usd"].sum().to_numpy(),
            "costs_usd": groups["costs_usd"].sum().to_numpy(),
        }
    )


def _counts(skipped: pd.DataFrame) -> pd.DataFrame:
    found = skipped["why"].value_counts()
    return pd.DataFrame({"why": found.index, "days": found.to_numpy()})


_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
.wide {{ overflow-x: auto }}
table {{ border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums }}
th, td {{ text-align: left; padding: .2rem .6rem; border-bottom: 1px solid #ddd; white-space: nowrap }}
</style></head><body>
{body}
</body></html>
"""  # noqa: E501
