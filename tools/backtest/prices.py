"""Model prices of a backtest: volatility by term and strike, condors, strikes by rule.

Everything is arrays, an element an option on a day, and everything about a day comes from that day.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from scipy.special import ndtr

from tools.backtest.history import CleanHistory
from tools.backtest.rules import CondorEntry, SmileModel
from tools.backtest.smile import fitted_slope, index_to_atm, shape, slope_over_days
from tools.indicators import TENORS_DAYS
from tools.quantities import DAYS_PER_YEAR, FloatArray

TRADING_DAYS: Final = 252.0
SHORT_END: Final = (0.6, 1.5)
"""Bounds of a volatility below the shortest index, as parts of that index."""

_VIX_DAYS: Final = 30.0
_FARTHEST: Final = 8.0  # deviations to look for a strike in
_HALVINGS: Final = 32


class Market:
    """Spot, rates, smile and volatility of the days, as a condor of any day and tenor needs them.

    All of a day comes from that day's closes.
    """

    def __init__(self, history: CleanHistory, model: SmileModel) -> None:
        """Fit the smile; indices that a day does not have are filled by the nearest tenor."""
        self.history = history
        self.spot = history.spx
        self.trading_clock = model.clock == "trading"
        self.curvature = model.curvature
        self.short_end = model.short_end
        size = len(self.spot)
        self.rate = _or_zero(history.optional("rate"), size)
        self.dividend_yield = _or_zero(history.optional("dividend_yield"), size)
        main = history.volatility
        self.slope, self.fitted = _slopes(history, model, main)
        self.knots, curve = [_VIX_DAYS], [self._atm(main, _VIX_DAYS, history, model)]
        if history.is_vix:
            # Flat beyond what is known that day: a missing VIX3M is the VIX, a missing VIX6M the
            # VIX3M.
            for name in ("vix3m", "vix6m"):
                level = history.optional(name)
                if level is not None:
                    days = float(TENORS_DAYS[name])
                    self.knots.append(days)
                    given = self._atm(level / 100.0, days, history, model)
                    curve.append(np.where(np.isnan(given), curve[-1], given))
            short = history.optional("vix9d")
            if short is not None:
                days = float(TENORS_DAYS["vix9d"])
                self.knots.insert(0, days)
                given = self._atm(short / 100.0, days, history, model)
                curve.insert(0, np.where(np.isnan(given), curve[0], given))
        self.curve = np.column_stack(curve)

    def _atm(
        self, index: FloatArray, days: float, history: CleanHistory, model: SmileModel
    ) -> FloatArray:
        """At-the-money volatility behind a volatility index of that tenor."""
        if not history.is_vix:
            return index
        if model.vix_to_atm is not None:
            return index / model.vix_to_atm
        slope = slope_over_days(self.slope, days)
        deviation = np.nan_to_num(index, nan=0.2) * np.sqrt(days / DAYS_PER_YEAR)
        return np.asarray(index / index_to_atm(slope, deviation, self.curvature))

    def at_the_money(self, row: Any, days: Any, expiration: Any = None) -> FloatArray:
        """At-the-money volatility to an expiration so many calendar days away.

        With a trading clock the variance of the exchange days to come is spread over the calendar
        days, so that one year of either has the same variance.
        """
        volatility = self._by_clock(row, days, expiration)
        if self.short_end != 1.0:
            near = np.interp(np.log(days), np.log([9.0, _VIX_DAYS]), [self.short_end, 1.0])
            volatility = volatility * near
        return volatility

    def _by_clock(self, row: Any, days: Any, expiration: Any) -> FloatArray:
        if not self.trading_clock or expiration is None:
            return self._curve(row, days)
        passing = self.history.trading_days(row, expiration) * DAYS_PER_YEAR / TRADING_DAYS
        passing = np.maximum(passing, 0.5)
        return np.asarray(self._curve(row, passing) * np.sqrt(passing / days))

    def _curve(self, row: Any, days: Any) -> FloatArray:
        """Total variance straight between tenors; flat beyond the last.

        Below the shortest, volatility goes on straight over the logarithm of the days: in a calm
        market the next day is quieter than the next week, and a flat end would overpay its seller.
        """
        if len(self.knots) == 1:
            return np.asarray(self.curve[row, 0], dtype=float)
        knots = np.asarray(self.knots)
        tenor = np.clip(days, knots[0], knots[-1])
        left = np.clip(np.searchsorted(knots, tenor, side="right") - 1, 0, len(knots) - 2)
        low, high = knots[left], knots[left + 1]
        before, after = self.curve[row, left] ** 2 * low, self.curve[row, left + 1] ** 2 * high
        total = before + (after - before) * (tenor - low) / (high - low)
        volatility = np.sqrt(total / tenor)
        short = np.flatnonzero(days < knots[0])
        if len(short):
            part = np.log(days[short] / knots[0]) / np.log(knots[1] / knots[0])
            first, second = self.curve[row[short], 0], self.curve[row[short], 1]
            low_end, high_end = SHORT_END
            volatility[short] = first * np.clip(
                1.0 + part * (second / first - 1.0), low_end, high_end
            )
        return np.asarray(volatility)


class Expiry:
    """One expiration seen from one day, for arrays of both: forward, discount, volatility."""

    def __init__(self, market: Market, row: Any, days: Any, expiration: Any = None) -> None:
        """`days` has to be above zero; `expiration` is its date, which a trading clock needs."""
        years = days / DAYS_PER_YEAR
        self.spot = market.spot[row]
        rate, carry = market.rate[row], market.dividend_yield[row]
        self.atm = market.at_the_money(row, days, expiration)
        self.forward = self.spot * np.exp((rate - carry) * years)
        self.discount = np.exp(-rate * years)
        self.carried = np.exp(-carry * years)
        self.root = np.sqrt(years)
        self.deviation = self.atm * self.root
        self.slope = slope_over_days(market.slope[row], days)
        self.curvature = market.curvature

    def terms(self, strike: Any) -> tuple[FloatArray, FloatArray]:
        """d1 and the deviation to expiration at the volatility of the strike."""
        # A wing wider than the index is high, met while strikes are looked for, is worth nothing.
        moneyness = np.log(np.maximum(strike, 1e-9) / self.forward)
        deviation = self.deviation * shape(moneyness / self.deviation, self.slope, self.curvature)
        return 0.5 * deviation - moneyness / deviation, deviation

    def price(self, sign: float, strike: Any) -> FloatArray:
        """Prices of calls (sign 1) or puts (-1): Hull, 10th ed., equations 17.4 and 17.5.

        `tools.price_option` gives the same to 1e-9 points, with six greeks that are not needed
        here and take five times as long.
        """
        d1, deviation = self.terms(strike)
        first = self.forward * ndtr(sign * d1)
        return np.asarray(sign * self.discount * (first - strike * ndtr(sign * (d1 - deviation))))

    def delta(self, sign: float, strike: Any) -> FloatArray:
        """Size of the delta of an option at the volatility of its strike."""
        return np.asarray(self.carried * ndtr(sign * self.terms(strike)[0]))

    def strike_of_delta(self, sign: float, delta: Any) -> FloatArray:
        """The strike out of the money with a delta of that size, by halving."""
        low, high = np.zeros_like(self.forward), np.full_like(self.forward, _FARTHEST)
        for _ in range(_HALVINGS):
            middle = 0.5 * (low + high)
            near = self.delta(sign, self.forward * np.exp(sign * middle * self.deviation)) > delta
            low, high = np.where(near, middle, low), np.where(near, high, middle)
        return np.asarray(self.forward * np.exp(sign * 0.5 * (low + high) * self.deviation))

    def sides(self, strikes: Any) -> tuple[FloatArray, FloatArray]:
        """Worth of the put spread and of the call spread [points]; strikes are four rows.

        A steep smile could price a far spread a hair outside its bounds, or both sides together
        above the wider one, of which only one can be paid; they are kept within.
        """
        put_long, put_short, call_short, call_long = strikes
        puts = self.price(-1.0, put_short) - self.price(-1.0, put_long)
        calls = self.price(1.0, call_short) - self.price(1.0, call_long)
        put_most = (put_short - put_long) * self.discount
        call_most = (call_long - call_short) * self.discount
        return bounded(puts, calls, put_most, call_most)


def bounded(puts: Any, calls: Any, put_most: Any, call_most: Any) -> tuple[FloatArray, FloatArray]:
    """Both spreads within what they can pay, and together within what the wider one can."""
    puts, calls = np.clip(puts, 0.0, put_most), np.clip(calls, 0.0, call_most)
    most = np.maximum(put_most, call_most)
    part = np.minimum(most / np.maximum(puts + calls, 1e-300), 1.0)
    return np.asarray(puts * part), np.asarray(calls * part)


def settled(spot: Any, strikes: Any) -> tuple[FloatArray, FloatArray]:
    """What the put spread and the call spread pay at expiration [points]."""
    put_long, put_short, call_short, call_long = strikes
    puts = np.clip(put_short - spot, 0.0, put_short - put_long)
    return np.asarray(puts), np.asarray(np.clip(spot - call_short, 0.0, call_long - call_short))


def choose_strikes(expiry: Expiry, entry: CondorEntry) -> FloatArray:
    """Four rows of strikes by the entry's rule, on listed strikes."""
    if entry.target_credit is not None or entry.credit_to_width is not None:
        low = np.full_like(expiry.spot, 0.001)
        high = np.full_like(expiry.spot, 0.499)
        for _ in range(16):
            middle = 0.5 * (low + high)
            four = _by_delta(expiry, entry, middle, rounded=False)
            puts, calls = expiry.sides(four)
            target = entry.target_credit or (entry.credit_to_width or 0.0) * (four[1] - four[0])
            poor = puts + calls < target
            low, high = np.where(poor, middle, low), np.where(poor, high, middle)
        strikes = _by_delta(expiry, entry, 0.5 * (low + high))
        # A condor that cannot pay the target even at the money is none.
        strikes[:, low > 0.4985] = np.nan
        return strikes
    if entry.expected_move_multiple is not None:
        points = entry.expected_move_multiple * expiry.spot * expiry.deviation
        return _with_longs(expiry, entry, expiry.spot - points, expiry.spot + points, True)
    return _by_delta(expiry, entry, entry.short_delta)


def _by_delta(
    expiry: Expiry, entry: CondorEntry, delta: Any, *, rounded: bool = True
) -> FloatArray:
    put, call = expiry.strike_of_delta(-1.0, delta), expiry.strike_of_delta(1.0, delta)
    return _with_longs(expiry, entry, put, call, rounded)


def _with_longs(
    expiry: Expiry, entry: CondorEntry, put: Any, call: Any, rounded: bool
) -> FloatArray:
    def listed(strike: Any) -> Any:
        return np.round(strike / entry.strike_step) * entry.strike_step if rounded else strike

    put, call = listed(put), listed(call)
    if entry.wing_fraction is not None:
        steps = np.maximum(np.round(entry.wing_fraction * expiry.spot / entry.strike_step), 1.0)
        put_long, call_long = put - steps * entry.strike_step, call + steps * entry.strike_step
    elif entry.long_delta is None:
        put_long, call_long = put - entry.wing_width, call + entry.wing_width
    else:
        farther = listed(expiry.strike_of_delta(-1.0, entry.long_delta))
        put_long = np.minimum(farther, put - entry.strike_step)
        farther = listed(expiry.strike_of_delta(1.0, entry.long_delta))
        call_long = np.maximum(farther, call + entry.strike_step)
    return np.stack([put_long, put, call, call_long])


def _slopes(history: CleanHistory, model: SmileModel, main: FloatArray) -> tuple[FloatArray, float]:
    """The slope of each day at 30 days, and the part of the days that it was fitted on."""
    if model.slope is not None:
        return np.full(len(main), model.slope), 0.0
    skew = history.optional("skew")
    if skew is None:
        return np.full(len(main), model.usual_slope), 0.0
    known = ~np.isnan(skew)
    deviation = main * np.sqrt(_VIX_DAYS / DAYS_PER_YEAR)
    fitted = fitted_slope(np.where(known, skew, 120.0), deviation, model.curvature)
    return np.where(known, fitted, model.usual_slope), float(known.mean())


def _or_zero(column: FloatArray | None, size: int) -> FloatArray:
    return np.zeros(size) if column is None else np.nan_to_num(column, nan=0.0)
