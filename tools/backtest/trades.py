"""The trades of a backtest: days of entry, strikes, paths day by day, exits and rolls.

All trades are valued at once, as one long array of (trade, day) pairs; rolled condors are a second
such array, opened where the first ones ended.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np

from tools.backtest.history import CleanHistory
from tools.backtest.prices import Expiry, Market, choose_strikes, settled
from tools.backtest.quotes import Quotes
from tools.backtest.rules import WEEKDAYS, CondorEntry, CondorExit, CondorRoll, TradingCosts
from tools.quantities import MULTIPLIER, FloatArray

LEGS: Final = 4
EXPIRED, STOPPED, TARGET, DAYS_LEFT, STILL_OPEN, ROLLED, BREACHED = range(7)
REASONS: Final = (
    "expiration", "stop", "profit target", "days left", "open at the end", "rolled", "breach",
)  # fmt: skip


@dataclass
class Opened:
    """Condors as they were opened; an element each, prices in points.

    `campaign` is the same for a condor and those it was rolled into; `roll` counts from 0.
    """

    entry: Any
    expiration: Any
    days: Any
    strikes: FloatArray
    put_credit: FloatArray
    call_credit: FloatArray
    iv: FloatArray
    slippage: FloatArray
    quoted: Any
    campaign: Any
    roll: Any

    @property
    def credit(self) -> FloatArray:
        """Credit at mid [points]."""
        return self.put_credit + self.call_credit

    @property
    def put_width(self) -> FloatArray:
        """Width of the put side [points]."""
        return np.asarray(self.strikes[1] - self.strikes[0])

    @property
    def call_width(self) -> FloatArray:
        """Width of the call side [points]."""
        return np.asarray(self.strikes[3] - self.strikes[2])

    @property
    def width(self) -> FloatArray:
        """The wider wing [points]."""
        return np.maximum(self.put_width, self.call_width)


@dataclass
class Trades(Opened):
    """The same with their paths, one after another in `row` and `profit`; money for one contract.

    `row` is the day in the history, `profit` what the trade has made by its close [US dollars].
    """

    last: Any
    reason: Any
    length: Any
    put_profit: FloatArray
    call_profit: FloatArray
    costs: FloatArray
    row: Any
    profit: FloatArray

    @property
    def start(self) -> Any:
        """Where each trade's path begins."""
        return np.cumsum(self.length) - self.length

    def taken(self, which: Any) -> Trades:
        """The trades of a mask, or of places in their order, with their paths."""
        places = np.flatnonzero(which) if which.dtype == bool else which
        length = self.length[places]
        begin = np.cumsum(length) - length
        path = np.arange(int(length.sum())) + np.repeat(self.start[places] - begin, length)
        cut = {"row": path, "profit": path, "strikes": (slice(None), places)}
        return Trades(
            **{one.name: getattr(self, one.name)[cut.get(one.name, places)] for one in fields(self)}
        )

    def joined(self, other: Trades) -> Trades:
        """These trades and others, by day of entry and campaign."""
        both = Trades(
            **{
                one.name: np.concatenate([getattr(self, one.name), getattr(other, one.name)], -1)
                for one in fields(self)
            }
        )
        return both.taken(np.lexsort((both.campaign, both.entry)))


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


def expirations(history: CleanHistory, rows: Any, entry: CondorEntry, days: int) -> Any:
    """The expiration day of each entry, from the calendar alone."""
    target = history.day[rows] + days
    if entry.every != "third friday":
        return np.busday_offset(target, 0, roll="backward", holidays=history.closed)
    listed = third_fridays(history.day[0], history.day[-1] + 400, history.closed)
    after = np.clip(np.searchsorted(listed, target), 1, len(listed) - 1)
    nearer = target - listed[after - 1] <= listed[after] - target
    return np.where(nearer, listed[after - 1], listed[after])


def open_trades(
    history: CleanHistory,
    market: Market,
    entry: CondorEntry,
    costs: TradingCosts,
    rows: Any,
    expiration: Any,
    quotes: Quotes | None = None,
    campaign: Any = None,
    roll: int = 0,
) -> tuple[Opened, list[tuple[int, str]]]:
    """Strikes and credits of the entries, and the days on which none could be built."""
    campaign = np.arange(len(rows)) if campaign is None else campaign
    days = (expiration - history.day[rows]).astype("int64")
    late = days < 1
    skipped = [(int(row), "no expiration after the day itself") for row in rows[late]]
    rows, expiration, days = rows[~late], expiration[~late], days[~late]
    campaign = campaign[~late]
    expiry = Expiry(market, rows, days.astype(float), expiration)
    strikes = choose_strikes(expiry, entry)
    chosen = None if quotes is None else quotes.condors(history, rows, expiration, strikes, entry)
    if chosen is not None:
        strikes = chosen.strikes
    put_long, put_short, call_short, call_long = strikes
    apart = (put_long > 0) & (put_long < put_short) & (put_short < call_short)
    apart &= call_short < call_long
    skipped += [(int(row), "the rule finds no four strikes in order") for row in rows[~apart]]
    puts, calls = expiry.sides(np.where(apart, strikes, 1.0))
    slippage = _slippage(market.spot[rows], costs)
    quoted = np.zeros(len(rows), dtype=bool)
    if chosen is not None:
        quoted = chosen.found
        puts, calls = np.where(quoted, chosen.puts, puts), np.where(quoted, chosen.calls, calls)
        slippage = np.where(quoted, chosen.half_spreads, slippage)
    paid = puts + calls > 0.005
    skipped += [(int(row), "the condor is worth nothing") for row in rows[apart & ~paid]]
    good = apart & paid
    opened = Opened(
        entry=rows[good], expiration=expiration[good], days=days[good], strikes=strikes[:, good],
        put_credit=puts[good], call_credit=calls[good], iv=expiry.atm[good],
        slippage=slippage[good], quoted=quoted[good], campaign=campaign[good],
        roll=np.full(int(good.sum()), roll),
    )  # fmt: skip
    return opened, skipped


def follow(
    history: CleanHistory,
    market: Market,
    opened: Opened,
    leave: CondorExit,
    costs: TradingCosts,
    roll: CondorRoll | None = None,
    quotes: Quotes | None = None,
) -> Trades:
    """Mark every trade on every day that it is open, find its exit, and cut its path there."""
    entry, expiration, strikes = opened.entry, opened.expiration, opened.strikes
    size = len(history.day)
    # A day of settlement that the history lacks is settled at the next close.
    settle = np.searchsorted(history.day, expiration)
    unsettled = settle >= size
    last = np.minimum(settle, size - 1)
    length = last - entry + 1
    trade, row, start = _pairs(entry, length)
    left = (expiration[trade] - history.day[row]).astype(float)
    over = left <= 0
    puts, calls = settled(market.spot[row], strikes[:, trade])
    alive = np.flatnonzero(~over)
    if len(alive):
        expiry = Expiry(market, row[alive], left[alive], expiration[trade[alive]])
        puts[alive], calls[alive] = expiry.sides(strikes[:, trade[alive]])
    slip = _slippage(market.spot[row], costs)
    if quotes is not None:
        quotes.mark(history, row, expiration[trade], strikes[:, trade], over, puts, calls, slip)
    credit = opened.credit[trade]
    kind = _exits(puts + calls, credit, left, leave)
    if leave.breach is not None:
        beyond = _beyond(market.spot[row], strikes[:, trade], credit, leave.breach)
        kind[beyond & ((kind == 0) | (kind == DAYS_LEFT))] = BREACHED
    if roll is not None:
        # A stop or a target on the same close goes before the roll; time runs out after it.
        wanted = left <= (roll.days_left or 0)
        if roll.days_left is None:
            wanted = _beyond(market.spot[row], strikes[:, trade], credit, roll.when)
        wanted &= history.quoted[row] & (row < size - 1)
        kind[wanted & ((kind == 0) | (kind == DAYS_LEFT))] = ROLLED
    kind[(row == entry[trade]) | over] = 0
    stop, why = _first(kind, start)
    ended = stop >= length
    last = np.where(ended, last, entry + stop)
    reason = np.where(ended, np.where(unsettled, STILL_OPEN, EXPIRED), why)
    keep = row <= last[trade]
    trade, row, puts, calls, slip = trade[keep], row[keep], puts[keep], calls[keep], slip[keep]
    length = last - entry + 1
    end = np.cumsum(length) - 1
    commission = LEGS * costs.commission_usd
    closed_early = (reason != EXPIRED) & (reason != STILL_OPEN)
    at_entry = commission + MULTIPLIER * opened.slippage
    at_exit = (commission + MULTIPLIER * slip[end]) * closed_early
    profit = MULTIPLIER * (opened.credit[trade] - puts - calls) - at_entry[trade]
    profit[end] -= at_exit
    return Trades(
        **vars(opened), last=last, reason=reason, length=length, row=row, profit=profit,
        put_profit=MULTIPLIER * (opened.put_credit - puts[end]),
        call_profit=MULTIPLIER * (opened.call_credit - calls[end]),
        costs=at_entry + at_exit,
    )  # fmt: skip


def roll_on(
    history: CleanHistory,
    market: Market,
    trades: Trades,
    entry: CondorEntry,
    leave: CondorExit,
    costs: TradingCosts,
    roll: CondorRoll,
    quotes: Quotes | None,
) -> tuple[Trades, list[tuple[int, str]]]:
    """Open at the same close what the rolled condors are rolled into, generation by generation."""
    skipped: list[tuple[int, str]] = []
    for generation in range(1, roll.most + 1):
        again = (trades.reason == ROLLED) & (trades.roll == generation - 1)
        if not again.any():
            break
        rows = trades.last[again]
        expiration = expirations(history, rows, entry, roll.days)
        if quotes is not None:
            expiration = quotes.expirations(history, rows, expiration)
        opened, unbuilt = open_trades(
            history, market, entry, costs, rows, expiration, quotes, trades.campaign[again],
            generation,
        )  # fmt: skip
        skipped += [(row, f"rolled into nothing: {why}") for row, why in unbuilt]
        more = roll if generation < roll.most else None
        trades = trades.joined(follow(history, market, opened, leave, costs, more, quotes))
    return trades, skipped


def _slippage(spot: FloatArray, costs: TradingCosts) -> FloatArray:
    """Slippage of the four legs [points]."""
    return np.asarray(LEGS * (costs.slippage + costs.slippage_of_index * spot))


def _pairs(entry: Any, length: Any) -> tuple[Any, Any, Any]:
    """For each day of each trade: the trade and the row of the history; and where trades start."""
    start = np.cumsum(length) - length
    trade = np.repeat(np.arange(len(entry)), length)
    return trade, np.arange(len(trade)) - start[trade] + entry[trade], start


def _exits(worth: FloatArray, credit: FloatArray, left: FloatArray, leave: CondorExit) -> Any:
    """The exit that each close calls for; of several the stop is named first, then the target."""
    kind = np.zeros(len(worth), dtype=np.int64)
    if leave.days_left is not None:
        kind[left <= leave.days_left] = DAYS_LEFT
    if leave.profit_target is not None:
        kind[worth <= (1.0 - leave.profit_target) * credit] = TARGET
    if leave.stop_multiple is not None:
        kind[worth >= leave.stop_multiple * credit] = STOPPED
    return kind


def _beyond(spot: Any, strikes: Any, credit: Any, line: str) -> Any:
    """Closes at or beyond a short strike, or a break-even."""
    away = credit if line == "break-even" else 0.0
    return (spot <= strikes[1] - away) | (spot >= strikes[2] + away)


def _first(kind: Any, start: Any) -> tuple[Any, Any]:
    """How many days after the entry each trade meets its first exit, and which one that is."""
    never = len(kind) + 1
    if not len(start):
        return start, start
    where = np.minimum.reduceat(np.where(kind > 0, np.arange(len(kind)), never), start)
    found = where < never
    return np.where(found, where - start, never), kind[np.where(found, where, 0)]


def within_limit(trades: Trades, most: int) -> Any:
    """Which trades are taken when at most so many are open; an exit frees its place that close.

    A condor and what it is rolled into take one place.
    """
    begin: dict[int, int] = {}
    end: dict[int, int] = {}
    for campaign, entry, last in zip(
        trades.campaign.tolist(), trades.entry.tolist(), trades.last.tolist(), strict=True
    ):
        begin.setdefault(campaign, entry)
        end[campaign] = max(end.get(campaign, last), last)
    ends: list[int] = []
    chosen = set()
    for campaign in sorted(begin, key=lambda one: (begin[one], one)):
        while ends and ends[0] <= begin[campaign]:
            heapq.heappop(ends)
        if len(ends) < most:
            heapq.heappush(ends, end[campaign])
            chosen.add(campaign)
    return np.array([one in chosen for one in trades.campaign.tolist()], dtype=bool)
