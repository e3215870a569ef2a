"""Returns on cash flows, the cost of capital, and the company and currency ratios of the seed.

A rate of return may have several values or none: `irr` says so, and `irr_roots` gives them all.
The last four ratios describe companies and currencies. None of them prices an index option.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import WithJsonSchema

from tools.checking import checked
from tools.dates import Day
from tools.errors import ToolInputError
from tools.quantities import DAYS_PER_YEAR, History, Numbers, Quantity
from tools.rate_roots import check_signs, chosen_rate, rates_of_return

_DECIMAL = "It is a decimal: 0.05 is 5 %."

CashFlows = Annotated[
    Any, History("Cash flows, one a period, the first now; paid is negative", "money")
]
PeriodRate = Annotated[
    float, Quantity("Rate for one period", "decimal", above=-1, below=1000, hint=_DECIMAL)
]
YearRate = Annotated[float, Quantity("Rate a year", "decimal", above=-1, below=10, hint=_DECIMAL)]
Money = Annotated[float, Quantity("Amount of money", "money", at_least=0)]
PositiveMoney = Annotated[float, Quantity("Amount of money", "money", above=0)]
TaxRate = Annotated[
    float, Quantity("Tax rate on the interest", "decimal", at_least=0, at_most=1, hint=_DECIMAL)
]
Shares = Annotated[float, Quantity("Shares outstanding", "shares", above=0)]
IndexLevel = Annotated[float, Quantity("Price level, base 100", "index", above=0)]

PartnerIndices = Annotated[
    Any, Numbers(Quantity("One value for each trading partner, base 100", "index", above=0))
]
TradeWeights = Annotated[
    Any, Numbers(Quantity("Trade weight of a partner", "decimal", above=0, at_most=1))
]
DatedFlows = Annotated[
    Any,
    WithJsonSchema(
        {
            "type": "array",
            "items": {},
            "description": "Amounts, or pairs of date and amount; paid is negative",
        }
    ),
]
Dates = Annotated[
    Any,
    WithJsonSchema({"type": ["array", "null"], "items": {"type": "string", "format": "date"}}),
]


LARGEST_AMOUNT = 1e100
"""Beyond, sums of cash flows leave the range of a float."""


@checked()
def npv(rate: PeriodRate, cashflows: CashFlows) -> float:
    """Net present value of cash flows, the first one now and undiscounted.

    Spreadsheets discount the first flow too; this function does not.

    Args:
        rate: rate for one period [decimal].
        cashflows: one amount a period, the first now; paid is negative [money].

    Returns:
        Present value [money].

    Raises:
        ToolInputError: a field is out of its bounds.

    Source: Brealey, Myers and Allen, Principles of Corporate Finance, chapter 2; the example is
    numpy-financial's.

    >>> round(npv(0.05, [-15000, 1500, 2500, 3500, 4500, 6000]), 2)
    122.89
    """
    flows = _amounts(cashflows)
    return float(flows @ (1.0 + rate) ** -np.arange(len(flows), dtype=float))


@checked()
def irr(cashflows: CashFlows) -> float:
    """Internal rate of return for one period; where there are several, one by a stated rule.

    Of several rates, those from -85 % to +600 % are looked at first; of these, the ones with the
    sign of the total (more received than paid: not negative); of these, the one nearest to zero.
    A `MultipleRootsWarning` names them all. The rule picks what the test suites of numpy-financial
    and pyxirr expect.

    Args:
        cashflows: one amount a period, the first now; paid is negative [money].

    Returns:
        Rate for one period [decimal].

    Raises:
        ToolInputError: fewer than two flows, or all of one sign, so that no rate balances them.
        ToolDataError: both signs occur, and still no rate balances them.

    Source: Brealey, Myers and Allen, chapter 5; the example is numpy-financial's.

    >>> round(irr([-100, 39, 59, 55, 20]), 5)
    0.28095
    """
    return chosen_rate(irr_roots(cashflows), float(np.sum(_amounts(cashflows))))


@checked()
def irr_roots(cashflows: CashFlows) -> list[float]:
    """Every rate above -100 % at which the cash flows have a net present value of zero.

    Args:
        cashflows: one amount a period, the first now; paid is negative [money].

    Returns:
        Rates for one period in ascending order; a double root counts once [decimal].

    Raises:
        ToolInputError: fewer than two flows, or all of one sign.
        ToolDataError: both signs occur, and still no rate balances them.

    Source: Descartes' rule of signs bounds their number; roots are bracketed, then refined.

    >>> [round(rate, 4) for rate in irr_roots([-5, 10.5, 1, -8, 1])]
    [-0.8702, 0.0886, 0.7096]
    """
    flows = _amounts(cashflows)
    return rates_of_return(flows, np.arange(len(flows), dtype=float))


@checked()
def xirr(cashflows: DatedFlows, dates: Dates = None) -> float:
    """Yearly internal rate of return of dated cash flows; of several, one by the rule of `irr`.

    The exponent is (days since the first flow) / 365, whatever the order of the flows.

    Args:
        cashflows: amounts, with `dates` beside them; or pairs of date and amount; or a mapping
            from date to amount. Paid is negative [money].
        dates: one date for each amount.

    Returns:
        Rate a year [decimal].

    Raises:
        ToolInputError: dates and amounts do not match, or all amounts have one sign.
        ToolDataError: both signs occur, and still no rate balances them.

    Source: Microsoft, XIRR function; its example gives 0.373362535.

    >>> flows = [-10000, 2750, 4250, 3250, 2750]
    >>> days = ["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"]
    >>> round(xirr(flows, days), 6)
    0.373363
    """
    amounts, days = _dated(cashflows, dates)
    first = min(days)
    years = np.array([(day - first).days / DAYS_PER_YEAR for day in days])
    return chosen_rate(rates_of_return(amounts, years), float(amounts.sum()))


@checked()
def mirr(cashflows: CashFlows, finance_rate: PeriodRate, reinvest_rate: PeriodRate) -> float:
    """Modified internal rate of return: always one value, for stated financing and reinvestment.

    Args:
        cashflows: one amount a period, the first now; paid is negative [money].
        finance_rate: rate at which what is paid is financed, for one period [decimal].
        reinvest_rate: rate at which what is received is reinvested, for one period [decimal].

    Returns:
        Rate for one period [decimal].

    Raises:
        ToolInputError: fewer than two flows, or all of one sign.

    Source: MIRR = (FV(received) / -PV(paid))^(1/(n-1)) - 1; the example is numpy-financial's.

    >>> round(mirr([-120000, 39000, 30000, 21000, 37000, 46000], 0.10, 0.12), 6)
    0.126094
    """
    flows = _amounts(cashflows)
    check_signs(flows)
    periods = np.arange(len(flows), dtype=float)
    paid = np.minimum(flows, 0.0) @ (1.0 + finance_rate) ** -periods
    received = np.maximum(flows, 0.0) @ (1.0 + reinvest_rate) ** (periods[-1] - periods)
    return float((received / -paid) ** (1.0 / periods[-1]) - 1.0)


@checked()
def wacc(
    equity: Money,
    debt: Money,
    cost_of_equity: YearRate,
    cost_of_debt: YearRate,
    tax_rate: TaxRate = 0.0,
) -> float:
    """Weighted average cost of capital: E/V x re + D/V x rd x (1 - t).

    For margin that finances condors, the equity is the account, the debt the margin loan, and the
    tax rate zero unless the interest is deductible.

    Args:
        equity: market value of the equity [money].
        debt: market value of the debt [money].
        cost_of_equity: required return on the equity a year [decimal].
        cost_of_debt: interest on the debt a year, before tax [decimal].
        tax_rate: tax saved on the interest, applied once [decimal].

    Returns:
        Rate a year [decimal].

    Raises:
        ToolInputError: a field is out of its bounds, or there is no capital at all.

    Source: Brealey, Myers and Allen, chapter 19: the after-tax weighted average cost of capital.

    >>> round(wacc(equity=750, debt=500, cost_of_equity=0.124, cost_of_debt=0.06, tax_rate=0.35), 4)
    0.09
    """
    capital = equity + debt
    if capital == 0:
        raise ToolInputError.of("equity", equity, "above 0 when there is no debt")
    return equity / capital * cost_of_equity + debt / capital * cost_of_debt * (1.0 - tax_rate)


@checked()
def price_to_cash_flow(
    price: PositiveMoney, operating_cash_flow: PositiveMoney, shares: Shares = 1.0
) -> float:
    """Price-to-Cash Flow Ratio: the price of a share over the operating cash flow of a share.

    Args:
        price: price of one share [money].
        operating_cash_flow: cash from operations over a year, of the whole company; or of one
            share, with `shares` left at 1 [money].
        shares: shares outstanding [shares].

    Returns:
        Ratio [years of cash flow].

    Raises:
        ToolInputError: a field is out of its bounds; with a cash flow of zero or less the ratio
            has no meaning.

    Source: CFI, "Price to Cash Flow Ratio": P/CF = price / (operating cash flow / shares).

    >>> price_to_cash_flow(price=50, operating_cash_flow=200e6, shares=40e6)
    10.0
    """
    return price / (operating_cash_flow / shares)


@checked()
def quick_ratio(
    cash: Money,
    marketable_securities: Money,
    receivables: Money,
    current_liabilities: PositiveMoney,
) -> float:
    """Quick Ratio (acid test): what is cash or soon will be, over what is due within a year.

    Args:
        cash: cash and equivalents [money].
        marketable_securities: securities that can be sold at once [money].
        receivables: accounts receivable [money].
        current_liabilities: what is due within a year [money].

    Returns:
        Ratio; below 1 the liabilities are not covered without selling inventory [decimal].

    Raises:
        ToolInputError: a field is out of its bounds.

    Source: Brealey, Myers and Allen, chapter 28: (cash + securities + receivables) / liabilities.

    >>> quick_ratio(cash=20, marketable_securities=10, receivables=30, current_liabilities=40)
    1.5
    """
    return (cash + marketable_securities + receivables) / current_liabilities


@checked()
def real_effective_exchange_rate(
    exchange_rates: PartnerIndices,
    price_level: IndexLevel,
    foreign_price_levels: PartnerIndices,
    weights: TradeWeights,
) -> float:
    """Real effective exchange rate: the trade-weighted value of a currency, corrected for prices.

    A geometric mean over the partners; above 100 the currency is worth more in goods than in the
    base period.

    Args:
        exchange_rates: for each partner, its currency for one unit of the own, base 100 [index].
        price_level: own consumer prices, base 100 [index].
        foreign_price_levels: consumer prices of each partner, base 100 [index].
        weights: trade weight of each partner, summing to 1 [decimal].

    Returns:
        Index, base 100.

    Raises:
        ToolInputError: the lists differ in length, or the weights do not sum to 1.

    Source: BIS, "The new BIS effective exchange rate indices", Quarterly Review March 2006, p. 53:
    geometric weighted averages of bilateral rates, adjusted by relative consumer prices.

    >>> round(real_effective_exchange_rate([110, 95], 104, [102, 108], [0.6, 0.4]), 3)
    103.378
    """
    rates, prices, shares = (
        np.asarray(series, dtype=float)
        for series in (exchange_rates, foreign_price_levels, weights)
    )
    if not len(rates) == len(prices) == len(shares) >= 1:
        raise ToolInputError.of(
            "weights",
            f"{len(shares)} weights",
            f"as many as exchange_rates, {len(rates)}, and foreign_price_levels, {len(prices)}",
        )
    if not math.isclose(shares.sum(), 1.0, abs_tol=1e-6):
        raise ToolInputError.of("weights", float(shares.sum()), "weights that sum to 1")
    return float(100.0 * np.exp(shares @ np.log(rates / 100.0 * price_level / prices)))


@checked()
def interest_rate_differential(domestic_rate: YearRate, foreign_rate: YearRate) -> float:
    """Interest rate differential: the own rate less the foreign one, of the same tenor.

    Args:
        domestic_rate: own rate a year [decimal].
        foreign_rate: foreign rate a year [decimal].

    Returns:
        Difference a year; positive pays the holder of the own currency [decimal].

    Raises:
        ToolInputError: a field is out of its bounds.

    Source: Hull, Options, Futures, and Other Derivatives, section 5.10: the carry r - r_f that
    drives forward exchange rates.

    >>> round(interest_rate_differential(0.05, 0.07), 4)
    -0.02
    """
    return domestic_rate - foreign_rate


def _amounts(cashflows: Any) -> NDArray[np.float64]:
    flows = np.asarray(cashflows, dtype=float)
    if len(flows) == 0:
        raise ToolInputError.of("cashflows", [], "at least one amount [money]")
    if np.abs(flows).max() > LARGEST_AMOUNT:
        largest = float(flows[np.abs(flows).argmax()])
        raise ToolInputError.of("cashflows", largest, f"amounts up to {LARGEST_AMOUNT:g} [money]")
    return flows


def _dated(cashflows: Any, dates: Any) -> tuple[NDArray[np.float64], list[dt.date]]:
    if isinstance(cashflows, Mapping):
        days, amounts, place = list(cashflows), list(cashflows.values()), "cashflows"
    elif dates is not None:
        days, amounts, place = _items("dates", dates), _items("cashflows", cashflows), "dates"
    else:
        pairs = _items("cashflows", cashflows)
        if not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs):
            raise ToolInputError.of(
                "dates", None, "one date for each amount", "Or hand over pairs of date and amount."
            )
        days, amounts, place = [p[0] for p in pairs], [p[1] for p in pairs], "cashflows"
    if len(days) != len(amounts):
        raise ToolInputError.of(
            "dates", f"{len(days)} dates", f"one for each of the {len(amounts)} amounts"
        )
    quantity = Quantity("Cash flow", "money")
    checked_amounts = [
        quantity.check(f"cashflows[{at}]", amount) for at, amount in enumerate(amounts)
    ]
    checked_days = [_day(f"{place}[{at}]", day) for at, day in enumerate(days)]
    if not checked_days:
        raise ToolInputError.of("cashflows", [], "at least one amount paid and one received")
    return _amounts(checked_amounts), checked_days


def _items(field: str, value: Any) -> list[Any]:
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        raise ToolInputError.of(field, value, "a list")
    return list(value)


def _day(field: str, value: Any) -> dt.date:
    return Day().check(
        field, value.astype("datetime64[D]").item() if isinstance(value, np.datetime64) else value
    )
