"""What the market is like now, and what the methodology does in it: `check_regime`.

Every threshold is read from `regime.toml`, which also states how the rules combine. A signal whose
data are not handed over is listed as missing with what to supply; nothing is fetched, nothing is
guessed, and no clock is read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from tools.calendar import EconomicEvent
from tools.charts import Chart, Pictured
from tools.checking import checked
from tools.dates import Date
from tools.errors import ToolDataError, ToolInputError
from tools.indicators import divergence, macd_divergence, rsi
from tools.quantities import History, IndexHistory, Series, VolatilityIndex
from tools.regime_rules import (
    DEFENSIVENESS,
    Band,
    BaseRate,
    Layer,
    Opinion,
    Rule,
    RuleBook,
    Rules,
    Wings,
    load_rules,
)
from tools.results import Result

MACRO_KEYS = ("real_effective_exchange_rate", "interest_rate_differential")
"""What `macro` may hold: each a list of levels over the window to look at, oldest first."""

SUPPLY = {
    "vix": "vix, the 30-day index",
    "vix9d": "vix9d, the 9-day index (VIX9D)",
    "vix3m": "vix3m, the 3-month index (VIX3M, formerly VXV)",
    "vix6m": "vix6m, the 6-month index (VIX6M)",
    "vvix": "vvix, the volatility index of the VIX (VVIX)",
    "vix_history": "vix_history, daily closes of the VIX, oldest first",
    "spx_history": "spx_history, daily closes of the S&P 500, oldest first",
    "breadth_history": "breadth_history, daily advancers less decliners, oldest first",
    "as_of": "as_of, the day of the check",
    "events": "events, such as economic_events(as_of, as_of + timedelta(days=35))",
    "macro": "macro, a mapping of levels over time",
}
"""What to hand over for each input, in words."""


class Breadth(History):
    """Daily net advances, or a table of advancers and decliners."""

    def check(self, field: str, value: Any) -> Series:
        """Return net advances as a float Series, or raise `ToolInputError` naming `field`."""
        columns = ("advancers", "decliners")
        if hasattr(value, "keys") and set(columns) <= set(value.keys()):
            up, down = (super(Breadth, self).check(f"{field}.{c}", value[c]) for c in columns)
            if not up.index.equals(down.index):
                raise ToolInputError.of(field, f"{len(up)} and {len(down)} values", "of one length")
            return up - down
        return super().check(field, value)


BreadthHistory = Annotated[Series, Breadth("Advancers less decliners each day", "issues")]


@dataclass(frozen=True)
class Signal:
    """One signal as it reads now; `threshold` in words, `low` (inclusive) and `high` in numbers."""

    name: str
    title: str
    value: float
    unit: str
    threshold: str
    low: float | None
    high: float | None
    reading: str
    wings: Opinion
    source: str
    meaning: str
    evidence: str = "not measured"
    evidence_days: int | None = None
    evidence_followed: float | None = None

    def __str__(self) -> str:
        return f"{_says(self)} -> {self.wings}"


@dataclass(frozen=True)
class HedgeLayer:
    """One layer of the hedge in this regime: whether it is on, and why."""

    name: str
    title: str
    instrument: str
    days: float
    active: bool
    reason: str
    source: str

    def __str__(self) -> str:
        return f"{self.title}: {'active' if self.active else 'not active'}; {self.reason}"


@dataclass(frozen=True, kw_only=True, repr=False)
class Regime(Pictured, Result):
    """The regime: its label, each signal, what follows for wings and hedge, what is missing."""

    label: str
    wings: Wings
    signals: tuple[Signal, ...]
    hedge_layers: tuple[HedgeLayer, ...]
    reasons: tuple[str, ...]
    missing: Mapping[str, str] = field(default_factory=dict)
    as_of: dt.date | None = None

    def chart(self) -> Chart:
        """Each signal against its thresholds, as plain Plotly JSON."""
        from tools.plots_regime import regime_chart

        return regime_chart(self)


@checked()
def check_regime(
    vix: VolatilityIndex,
    vix9d: VolatilityIndex | None = None,
    vix3m: VolatilityIndex | None = None,
    vix6m: VolatilityIndex | None = None,
    vvix: VolatilityIndex | None = None,
    vix_history: IndexHistory | None = None,
    spx_history: IndexHistory | None = None,
    breadth_history: BreadthHistory | None = None,
    as_of: Date | None = None,
    events: Sequence[EconomicEvent] | None = None,
    macro: Mapping[str, Any] | None = None,
    rules: Rules | None = None,
) -> Regime:
    """The volatility regime by stated rules, and what it means for the wings and the hedge layers.

    The most defensive rule wins (tighten < hold < widen < stand aside); `tools/regime.toml` states
    each threshold with its source, how rules combine, and what widening means.

    Args:
        vix: the 30-day index [points].
        vix9d: the 9-day index [points].
        vix3m: the 3-month index [points].
        vix6m: the 6-month index [points].
        vvix: the volatility index of the VIX [points].
        vix_history: daily closes of the VIX, oldest first, at least 15 [points].
        spx_history: daily closes of the S&P 500, oldest first, at least 42 [points].
        breadth_history: daily advancers less decliners, oldest first, ending on the same day as
            `spx_history`; or a table with the columns advancers and decliners [issues].
        as_of: the day of the check; events are counted from it.
        events: dates to come, each with `name` (FOMC, CPI, PPI) and `date`, such as the result of
            `economic_events`.
        macro: levels over the window to look at, oldest first: `real_effective_exchange_rate`
            [index], `interest_rate_differential` [decimal].
        rules: rules of your own in the shape of `tools/regime.toml`, as a mapping or a
            `pathlib.Path`; with `extends = "default"` they amend the shipped ones.

    Returns:
        `Regime`: label, wings, signals, hedge_layers, reasons, missing.

    Raises:
        ToolInputError: a field is out of its bounds, or a rule is not usable (it is named).

    Source: thresholds as in each signal's `source`; VIX/VIX3M after Harwood (tradeflags.com), whose
    published edge decayed. VIX 37.32 and VIX3M 30.18 are the closes of 2018-02-05.

    >>> regime = check_regime(vix=37.32, vix3m=30.18)
    >>> regime.label, regime.wings, round(regime.signals[0].value, 3)
    ('backwardation', 'stand aside', 1.237)
    >>> "vvix" in regime.missing
    True
    """
    book, origin = load_rules(rules)
    inputs: dict[str, Any] = {
        "vix": vix, "vix9d": vix9d, "vix3m": vix3m, "vix6m": vix6m, "vvix": vvix,
        "vix_history": vix_history, "spx_history": spx_history,
        "breadth_history": breadth_history, "as_of": as_of, "events": events,
        "macro": None if macro is None else _checked_macro(macro),
    }  # fmt: skip
    signals, called, missing = _read_signals(book, inputs)
    wings, decisive = _decide(signals)
    leading = decisive or signals[:1]
    return Regime(
        label=leading[0].reading if leading else "unknown",
        wings=wings,
        signals=tuple(signals),
        hedge_layers=tuple(_layer(layer, called, wings) for layer in book.layer),
        reasons=_reasons(signals, wings, decisive),
        missing=missing,
        as_of=as_of,
        assumptions={
            "rules": origin,
            "combination": "the most defensive rule wins; without any opinion the wings hold",
            "evidence": "rules describe the regime; none of them is shown to predict returns, and "
            "the published term-structure buckets were found in-sample and their edge decayed",
            "wings": "widen moves both strikes of a side farther out, tighten nearer; the distance "
            "between them stays",
            "data": "only what was handed over; a missing signal has no say",
        },
    )


def _read_signals(
    book: RuleBook, inputs: Mapping[str, Any]
) -> tuple[list[Signal], dict[str, list[Signal]], dict[str, str]]:
    signals: list[Signal] = []
    called: dict[str, list[Signal]] = {}
    missing: dict[str, str] = {}
    for rule in book.rule:
        absent = [name for name in rule.of if inputs[name] is None]
        if absent:
            missing[rule.name] = "supply " + " and ".join(SUPPLY[name] for name in absent)
            continue
        try:
            value = _MEASURES[rule.measure](rule, *(inputs[name] for name in rule.of))
        except ToolDataError as error:
            missing[rule.name] = str(error)
            continue
        band, low, high = rule.find(value)
        signal = _signal(rule, value, band, low, high, book.evidence)
        signals.append(signal)
        for layer in band.layers:
            called.setdefault(layer, []).append(signal)
    return signals, called, missing


def _signal(
    rule: Rule,
    value: float,
    band: Band,
    low: float | None,
    high: float | None,
    base: BaseRate | None,
) -> Signal:
    if low is None:
        threshold = "any value" if high is None else f"below {high:g}"
    else:
        threshold = f"at least {low:g}" if high is None else f"{low:g} to below {high:g}"
    source = f"{rule.source}: {rule.source_title}" if rule.source_title else rule.source
    return Signal(
        name=rule.name,
        title=rule.title or rule.name,
        value=float(value),
        unit=rule.unit,
        threshold=threshold,
        low=low,
        high=high,
        reading=band.reading,
        wings=band.wings,
        source=source.replace("default", "this project's default", 1)
        if rule.source == "default"
        else source,
        meaning=rule.meaning,
        **_evidence(band, base),
    )


def _evidence(band: Band, base: BaseRate | None) -> dict[str, Any]:
    if band.evidence is None or base is None:
        return {}
    seen = band.evidence
    return {
        "evidence": f"{base.period}: {seen.followed:.1%} of {seen.days} such days were followed by "
        f"{base.event}, against {base.followed:.1%} of all {base.days} days; "
        f"{1 - seen.followed:.1%} were not, and the days overlap",
        "evidence_days": seen.days,
        "evidence_followed": seen.followed,
    }


def _decide(signals: Sequence[Signal]) -> tuple[Wings, list[Signal]]:
    strongest = max(
        (DEFENSIVENESS.index(signal.wings) for signal in signals),
        default=0,
    )
    opinion = DEFENSIVENESS[strongest]
    if opinion == "no opinion":
        return "hold", []
    return opinion, [signal for signal in signals if signal.wings == opinion]


def _layer(layer: Layer, called: Mapping[str, list[Signal]], wings: Wings) -> HedgeLayer:
    callers = [f"{signal.title}: {signal.reading}" for signal in called.get(layer.name, [])]
    if wings in layer.withdrawn_at:
        active, reason = False, f"withdrawn, since the wings say {wings}"
    elif callers:
        active, reason = True, "called for by " + "; ".join(callers)
    elif layer.always:
        active, reason = True, "always on"
    else:
        active, reason = False, "no rule calls for it"
    return HedgeLayer(
        name=layer.name,
        title=layer.title or layer.name,
        instrument=layer.instrument,
        days=layer.days,
        active=active,
        reason=f"{reason}. {layer.meaning}".strip(),
        source="this project's default" if layer.source == "default" else layer.source,
    )


_WINGS_MEAN = {
    "tighten": "the short strikes may be brought nearer",
    "hold": "the strikes stay where the plan puts them",
    "widen": "the short strikes are moved farther out",
    "stand aside": "no new condor is opened",
}


def _reasons(
    signals: Sequence[Signal], wings: Wings, decisive: Sequence[Signal]
) -> tuple[str, ...]:
    if not decisive:
        return (f"No rule has an opinion on the wings, so they hold: {_WINGS_MEAN['hold']}.",)
    others = [s for s in signals if s.wings not in ("no opinion", wings)]
    sentences = [f"{_says(s)}, so {wings}: {_WINGS_MEAN[wings]}." for s in decisive]
    sentences += [f"{_says(s)}, which alone would say {s.wings}." for s in others]
    return tuple(sentences)


def _says(signal: Signal) -> str:
    return f"{signal.title} is {signal.value:.4g} ({signal.threshold}): {signal.reading}"


def _checked_macro(macro: Mapping[str, Any]) -> dict[str, Series]:
    levels = History("Levels over time", "index or decimal")
    for key in macro:
        if key not in MACRO_KEYS:
            raise ToolInputError.of("macro", key, f"a mapping with keys {', '.join(MACRO_KEYS)}")
    return {
        key: levels.check(f"macro.{key}", [value] if isinstance(value, int | float) else value)
        for key, value in macro.items()
    }


def _ratio(_: Rule, numerator: float, denominator: float) -> float:
    return numerator / denominator


def _level(_: Rule, value: float) -> float:
    return value


def _rsi(rule: Rule, history: Series) -> float:
    period = int(rule.settings["period"])
    if len(history) <= period:
        raise ToolDataError(f"supply at least {period + 1} closes; {len(history)} were given")
    return float(rsi(history, period).iloc[-1])


def _pivots(rule: Rule) -> tuple[int, int, int]:
    pivot, lookback, recent = (
        int(rule.settings[key]) for key in ("pivot_bars", "lookback", "recent")
    )
    return pivot, lookback, recent


_DIVERGENCE_VALUE = {"bearish": 1.0, "none": 0.0, "bullish": -1.0}


def _macd_divergence(rule: Rule, history: Series) -> float:
    return _DIVERGENCE_VALUE[macd_divergence(history, *_pivots(rule)).kind]


def _breadth_divergence(rule: Rule, prices: Series, breadth: Series) -> float:
    import pandas as pd

    line = breadth.cumsum()
    if isinstance(prices.index, pd.DatetimeIndex) and isinstance(line.index, pd.DatetimeIndex):
        together = pd.concat([prices, line], axis=1, join="inner")
        prices, line = together.iloc[:, 0], together.iloc[:, 1]
    else:
        # Without dates both end on the same day, as the docstring asks.
        size = min(len(prices), len(line))
        prices = prices.iloc[len(prices) - size :]
        line = pd.Series(line.to_numpy()[len(line) - size :], index=prices.index)
    return _DIVERGENCE_VALUE[divergence(prices, line, "A/D Line", *_pivots(rule)).kind]


def _days_to_event(rule: Rule, as_of: dt.date, events: Sequence[EconomicEvent]) -> float:
    name = str(rule.settings["event"])
    ahead = [
        (event.date - as_of).days
        for event in events
        if event.name.upper() == name.upper() and event.date >= as_of
    ]
    if not ahead:
        raise ToolDataError(f"supply events with the next {name} date; none lies on or after as_of")
    return float(min(ahead))


def _window(rule: Rule, macro: Mapping[str, Series]) -> tuple[float, float]:
    key = str(rule.settings["key"])
    levels = macro.get(key)
    if levels is None or len(levels) < 2:
        raise ToolDataError(
            f"supply macro[{key!r}] as at least two levels, oldest first: one level does not say "
            "how it moved"
        )
    return float(levels.iloc[0]), float(levels.iloc[-1])


def _relative_move(rule: Rule, macro: Mapping[str, Series]) -> float:
    first, last = _window(rule, macro)
    if first <= 0:
        key = str(rule.settings["key"])
        raise ToolInputError.of(f"macro.{key}", first, "levels above 0, as of an index")
    return abs(last / first - 1.0)


def _move(rule: Rule, macro: Mapping[str, Series]) -> float:
    first, last = _window(rule, macro)
    return abs(last - first)


_MEASURES: dict[str, Callable[..., float]] = {
    "ratio": _ratio,
    "level": _level,
    "rsi": _rsi,
    "macd_divergence": _macd_divergence,
    "breadth_divergence": _breadth_divergence,
    "days_to_event": _days_to_event,
    "relative_move": _relative_move,
    "move": _move,
}
