"""The trades of a backtest: days of entry, strikes, paths day by day, exits.

All trades are valued at once, as one long array of (trade, day) pairs; only the limit of open
condors goes through them one after another.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from tools.backtest_history import CleanHistory
from tools.backtest_prices import Expiry, Market, choose_strikes, settled
from tools.backtest_rules import WEEKDAYS, CondorEntry, CondorExit, TradingCosts
from tools.errors import ToolInputError
from tools.quantities import MULTIPLIER, FloatArray
from tools.regime_rules import load_rules

LEGS: Final = 4
REASONS: Final = ("expiration", "stop", "profit target", "days left", "open at the end")


@dataclass
class Trades:
    """One element a trade, and their paths one after another; money is for one contract."""

    entry: Any
    expiration: Any
    days: Any
    strikes: FloatArray
    put_credit: FloatArray
    call_credit: FloatArray
    iv: FloatArray
    last: Any
    reason: Any
    start: Any
    length: Any
    row: Any
    profit: FloatArray
    put_profit: FloatArray
    call_profit: FloatArray
    costs: FloatArray

    @property
    def credit(self) -> FloatArray:
        """Model credit at mid [points]."""
        return self.put_credit + self.call_credit

    @property
    def width(self) -> FloatArray:
        """The wider wing [points]."""
        put_long, put_short, call_short, call_long = self.strikes
        return np.asarray(np.maximum(put_short - put_long, call_long - call_short))

    def kept(self, chosen: Any) -> Trades:
        """The trades of a mask, with their paths."""
        pairs = np.repeat(chosen, self.length)
        length = self.length[chosen]
        cut = {"strikes": self.strikes[:, chosen], "start": np.cumsum(length) - length}
        flat = {name: getattr(self, name)[pairs] for name in ("row", "profit")}
        each = {
            name: value[chosen]
            for name, value in vars(self).items()
            if name not in cut and name not in flat
        }
        return Trades(**each, **cut, **flat)


def entry_rows(history: CleanHistory, entry: CondorEntry) -> Any:
    """Rows on which the calendar of the rule opens a condor."""
    day, size = history.day, len(history.day)
    if entry.every == "day":
        wanted = np.ones(size, dtype=bool)
    elif entry.every in WEEKDAYS:
        wanted = history.dates.day_of_week.to_numpy() == WEEKDAYS.index(entry.every)
    elif entry.every == "third friday":
        wanted = np.isin(day, third_fridays(day[0], day[-1], history.closed))
    else:
        weeks = (day.astype("int64") + 3) // 7  # 1970-01-01 was a Thursday
        period = weeks if entry.every == "week" else day.astype("datetime64[M]").astype("int64")
        wanted = np.r_[True, period[1:] != period[:-1]]
    return np.flatnonzero(wanted)


def third_fridays(first: Any, last: Any, closed: Any) -> Any:
    """Third Fridays of the months from `first` to `last`, or the exchange day before."""
    months = np.arange(first.astype("datetime64[M]"), last.astype("datetime64[M]") + 1)
    fridays = np.busday_offset(months, 2, roll="forward", weekmask="Fri")
    return np.busday_offset(fridays, 0, roll="backward", holidays=closed)


def expirations(history: CleanHistory, rows: Any, entry: CondorEntry) -> Any:
    """The expiration day of each entry, from the calendar alone."""
    target = history.day[rows] + entry.days
    if entry.every != "third friday":
        return np.busday_offset(target, 0, roll="backward", holidays=history.closed)
    listed = third_fridays(history.day[0], history.day[-1] + 400, history.closed)
    after = np.clip(np.searchsorted(listed, target), 1, len(listed) - 1)
    nearer = target - listed[after - 1] <= listed[after] - target
    return np.where(nearer, listed[after - 1], listed[after])


def open_trades(
    history: CleanHistory, market: Market, entry: CondorEntry, rows: Any
) -> tuple[dict[str, Any], list[tuple[int, str]]]:
    """Strikes and credits of the entries, and the days on which none could be built."""
    expiration = expirations(history, rows, entry)
    days = (expiration - history.day[rows]).astype("int64")
    late = days < 1
    skipped = [(int(row), "no expiration after the day itself") for row in rows[late]]
    rows, expiration, days = rows[~late], expiration[~late], days[~late]
    expiry = Expiry(market, rows, days.astype(float))
    strikes = choose_strikes(expiry, entry)
    put_long, put_short, call_short, call_long = strikes
    apart = (put_long > 0) & (put_long < put_short) & (put_short < call_short)
    apart &= call_short < call_long
    skipped += [(int(row), "the rule finds no four strikes in order") for row in rows[~apart]]
    puts, calls = expiry.sides(np.where(apart, strikes, 1.0))
    paid = puts + calls > 0.005
    skipped += [(int(row), "the condor is worth nothing") for row in rows[apart & ~paid]]
    good = apart & paid
    opened = {
        "entry": rows[good], "expiration": expiration[good], "days": days[good],
        "strikes": strikes[:, good], "put_credit": puts[good], "call_credit": calls[good],
        "iv": expiry.atm[good],
    }  # fmt: skip
    return opened, skipped


def follow(
    history: CleanHistory,
    market: Market,
    opened: dict[str, Any],
    leave: CondorExit,
    costs: TradingCosts,
) -> Trades:
    """Mark every trade on every day that it is open, find its exit, and cut its path there."""
    entry, expiration, strikes = opened["entry"], opened["expiration"], opened["strikes"]
    size = len(history.day)
    # A day of settlement that the history lacks is settled at the next close.
    settle = np.searchsorted(history.day, expiration)
    unsettled = settle >= size
    last = np.minimum(settle, size - 1)
    length = last - entry + 1
    trade, row, start = _pairs(entry, length)
    left = (expiration[trade] - history.day[row]).astype(float)
    paid = strikes[:, trade]
    over = left <= 0
    puts, calls = settled(market.spot[row], paid)
    alive = np.flatnonzero(~over)
    if len(alive):
        puts[alive], calls[alive] = Expiry(market, row[alive], left[alive]).sides(paid[:, alive])
    credit = opened["put_credit"] + opened["call_credit"]
    stop, kind = _first_exit(puts + calls, credit[trade], left, row == entry[trade], over, leave,
                             start)  # fmt: skip
    ended = stop >= length
    last = np.where(ended, last, entry + stop)
    reason = np.where(ended, np.where(unsettled, 4, 0), kind)
    keep = row <= last[trade]
    trade, row, puts, calls = trade[keep], row[keep], puts[keep], calls[keep]
    length = last - entry + 1
    start = np.cumsum(length) - length
    cost = LEGS * (costs.commission_usd + costs.slippage * MULTIPLIER)
    closed_early = (reason >= 1) & (reason <= 3)
    profit = MULTIPLIER * (credit[trade] - puts - calls) - cost
    end = start + length - 1
    profit[end] -= cost * closed_early
    return Trades(
        **opened, last=last, reason=reason, start=start, length=length, row=row, profit=profit,
        put_profit=MULTIPLIER * (opened["put_credit"] - puts[end]),
        call_profit=MULTIPLIER * (opened["call_credit"] - calls[end]),
        costs=cost * (1.0 + closed_early.astype(np.float64)),
    )  # fmt: skip


def _pairs(entry: Any, length: Any) -> tuple[Any, Any, Any]:
    """For each day of each trade: the trade and the row of the history; and where trades start."""
    start = np.cumsum(length) - length
    trade = np.repeat(np.arange(len(entry)), length)
    return trade, np.arange(len(trade)) - start[trade] + entry[trade], start


def _first_exit(
    worth: FloatArray,
    credit: FloatArray,
    left: FloatArray,
    first: Any,
    over: Any,
    leave: CondorExit,
    start: Any,
) -> tuple[Any, Any]:
    """How many days after the entry each trade meets its first exit, and which one that is."""
    kind = np.zeros(len(worth), dtype=np.int64)
    # Of exits on the same close the stop is named first, then the target.
    if leave.days_left is not None:
        kind[left <= leave.days_left] = 3
    if leave.profit_target is not None:
        kind[worth <= (1.0 - leave.profit_target) * credit] = 2
    if leave.stop_multiple is not None:
        kind[worth >= leave.stop_multiple * credit] = 1
    kind[first | over] = 0
    never = len(worth) + 1
    if not len(start):
        return start, start
    where = np.minimum.reduceat(np.where(kind > 0, np.arange(len(worth)), never), start)
    found = where < never
    return np.where(found, where - start, never), kind[np.where(found, where, 0)]


def within_limit(trades: Trades, most: int) -> Any:
    """Which trades are taken when at most so many are open; an exit frees its place that close."""
    chosen = np.zeros(len(trades.entry), dtype=bool)
    ends: list[int] = []
    for place, (entry, last) in enumerate(
        zip(trades.entry.tolist(), trades.last.tolist(), strict=True)
    ):
        while ends and ends[0] <= entry:
            heapq.heappop(ends)
        if len(ends) < most:
            heapq.heappush(ends, last)
            chosen[place] = True
    return chosen


def stands_aside(history: CleanHistory, regime: Any) -> Any:
    """Days on which a rule of `check_regime` says 'stand aside', from that day's closes alone.

    The most defensive rule wins there, so only rules with such a band can close the gate; those
    that are shipped look at levels and ratios of volatility indices.
    """
    book, _ = load_rules(None if isinstance(regime, str) else regime)
    aside = np.zeros(len(history.day), dtype=bool)
    for rule in book.rule:
        if all(band.wings != "stand aside" for band in rule.band):
            continue
        if rule.measure not in ("level", "ratio"):
            raise ToolInputError.of(
                "regime", rule.name, "rules that stand aside by a level or a ratio of indices"
            )
        columns = [history.optional(name) for name in rule.of]
        known = [column for column in columns if column is not None]
        if len(known) < len(columns):
            continue
        value = known[0] if rule.measure == "level" else known[0] / known[1]
        starts = [band.at_least for band in rule.band if band.at_least is not None]
        band = np.searchsorted(np.asarray(starts, dtype=float), value, side="right")
        says = np.array([one.wings == "stand aside" for one in rule.band])
        aside |= says[band] & ~np.isnan(value)
    return aside
