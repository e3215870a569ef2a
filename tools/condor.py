"""`price_condor`: everything a trader asks of one iron condor, or of an array of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from tools.charts import Chart, Pictured
from tools.checking import checked
from tools.condor_rules import (
    HIGH_TARGET,
    LOW_TARGET,
    anywhere,
    at_first,
    check_strikes,
    credit_too_wide,
)
from tools.condor_values import FIELDS, Everything, Terms, Values, values
from tools.errors import ToolInputError
from tools.pricing.black import ARRAY, SCALAR, Valuation
from tools.pricing.chunks import run
from tools.quantities import (
    MULTIPLIER,
    Contracts,
    Days,
    DeltaPerPoint,
    DividendYield,
    Fees,
    GammaPerPoint,
    LegVolatilities,
    MarginRule,
    MarketCredit,
    Money,
    PerPercentagePoint,
    Points,
    PointsOrNone,
    Probability,
    Rate,
    Ratio,
    Spot,
    Strike,
    ThetaPerDay,
    Volatility,
)
from tools.results import Result


@dataclass(frozen=True, kw_only=True)
class CondorLeg:
    """One option of the condor, valued as one long option; the sign of the position is `side`."""

    side: Literal["long", "short"]
    kind: Literal["call", "put"]
    strike: Points
    iv: Ratio
    price: Points
    delta: DeltaPerPoint
    gamma: GammaPerPoint
    theta: ThetaPerDay
    vega: PerPercentagePoint
    rho: PerPercentagePoint
    probability_in_the_money: Probability


@dataclass(frozen=True, kw_only=True)
class CondorSide:
    """The put spread or the call spread of the condor."""

    credit: Points
    width: Points
    max_loss: Points
    max_loss_usd: Money
    probability_in_the_money: Probability
    probability_of_touch: Probability
    expected_value: Points


@dataclass(frozen=True, kw_only=True)
class CondorQuote(Pictured, Result):
    """An iron condor and what follows from it; floats, or arrays of the inputs' shape."""

    spot: Points
    put_long: Points
    put_short: Points
    call_short: Points
    call_long: Points
    days: Ratio
    rate: Ratio
    dividend_yield: Ratio
    contracts: Ratio
    fees: Points
    credit: Points
    credit_usd: Money
    model_credit: Points
    put_width: Points
    call_width: Points
    max_profit_usd: Money
    max_loss: Points
    max_loss_usd: Money
    lower_break_even: PointsOrNone
    upper_break_even: PointsOrNone
    credit_to_width: Ratio
    break_even_win_rate: Ratio
    probability_of_profit: Probability
    probability_of_profit_flat: Probability
    expected_value_usd: Money
    put_side: CondorSide
    call_side: CondorSide
    delta: DeltaPerPoint
    gamma: GammaPerPoint
    theta: ThetaPerDay
    vega: PerPercentagePoint
    margin_usd: Money
    buying_power_usd: Money
    return_on_margin: Ratio
    legs: tuple[CondorLeg, CondorLeg, CondorLeg, CondorLeg]
    warnings: tuple[str, ...]

    def chart(self) -> Chart:
        """The profit at expiration and now over the index, as plain Plotly JSON."""
        from tools.plots import condor_chart

        return condor_chart(self)


@checked(broadcast=True)
def price_condor(
    spot: Spot,
    put_long: Strike,
    put_short: Strike,
    call_short: Strike,
    call_long: Strike,
    days: Days,
    iv: Volatility | None = None,
    rate: Rate = 0.0,
    dividend_yield: DividendYield = 0.0,
    credit: MarketCredit | None = None,
    contracts: Contracts = 1.0,
    fees: Fees = 0.0,
    margin_rule: MarginRule = "wider side",
    put_iv: Volatility | None = None,
    call_iv: Volatility | None = None,
    leg_ivs: LegVolatilities | None = None,
) -> CondorQuote:
    """Price a short SPX iron condor: credit, risk, break-evens, probabilities, greeks and margin.

    Numbers give floats; arrays of one shape (numbers go with any) give arrays. The volatility is
    given in one of three ways: `iv`, or `put_iv` and `call_iv`, or `leg_ivs`.

    Args:
        spot: Index level [points].
        put_long: Strike of the long put, the lowest [points].
        put_short: Strike of the short put [points].
        call_short: Strike of the short call [points].
        call_long: Strike of the long call, the highest [points].
        days: Calendar days to expiration, of a 365-day year.
        iv: One volatility for all legs [decimal].
        rate: Continuously compounded interest rate [decimal a year].
        dividend_yield: Continuously compounded dividend yield [decimal a year].
        credit: What the market pays [points]; without it the model's credit is taken.
        contracts: Number of condors.
        fees: Fees of one condor, to open and to close [points]; 0.05 is 5 dollars a contract.
        margin_rule: 'wider side', or 'both sides' where the broker holds each wing.
        put_iv: Volatility of both puts [decimal].
        call_iv: Volatility of both calls [decimal].
        leg_ivs: Four volatilities, of the strikes in rising order [decimal].

    Returns:
        Prices in points for one condor; what ends in _usd in dollars for all contracts. Greeks are
        those of the whole position, for one condor. probability_of_profit takes the volatility at
        each break-even, off the line between the strikes of that side, and counts the slope of that
        line; probability_of_profit_flat leaves the slope out, and is the same where each side has
        one volatility. The other probabilities are those of each strike's own volatility: N(d2),
        not the delta. margin_usd is the
        requirement; buying_power_usd what it takes after the credit. A break-even that does not
        exist is NaN. put_side and call_side hold each spread by itself. expected_value is the
        credit less what the model expects to be paid at expiration: risk-neutral, so near nothing
        when the credit is the model's, and no forecast.

    Raises:
        ToolInputError: A field is out of its bounds, the strikes do not rise, the volatility is
            given in no way or in two, or the credit is as wide as the wider wing.

    Source: Hull, 10th ed., equations 17.4 and 17.5 for the legs; break-evens and maximum loss as in
    the Options Industry Council's "short condor"; margin after Cboe Rule 10.3 (requirement of the
    wider side).

    >>> condor = price_condor(5800, 5450, 5500, 6050, 6100, 30, 0.16, 0.045, 0.013)
    >>> round(condor.credit, 2), round(condor.max_loss_usd, 2)
    (13.13, 3686.8)
    >>> round(condor.lower_break_even, 2), round(condor.upper_break_even, 2)
    (5486.87, 6063.13)
    >>> f"{condor.probability_of_profit:.1%} {condor.credit_to_width:.1%}"
    '71.8% 26.3%'

    The worked example of tastyworks: 50/53/67/70, two condors, a margin of 600 dollars:

    >>> price_condor(60, 50, 53, 67, 70, 30, 0.4, credit=1.70, contracts=2).margin_usd
    600.0
    """
    check_strikes(put_long, put_short, call_short, call_long)
    ivs, source = _volatilities(iv, put_iv, call_iv, leg_ivs)
    terms = Terms(
        spot, put_long, put_short, call_short, call_long, days, *ivs, rate, dividend_yield,
        0.0 if credit is None else 1.0, 0.0 if credit is None else credit, fees,
    )  # fmt: skip
    if any(isinstance(one, np.ndarray) for one in (*terms, contracts)):
        everything = _arrays(terms, contracts)
    else:
        everything = values(SCALAR, terms)
    return _quote(terms, everything, contracts, margin_rule, source)


def _volatilities(
    iv: Any, put_iv: Any, call_iv: Any, leg_ivs: Any
) -> tuple[tuple[Any, Any, Any, Any], str]:
    given = (iv is not None, put_iv is not None or call_iv is not None, leg_ivs is not None)
    if sum(given) != 1:
        raise ToolInputError.of(
            "iv",
            iv,
            "given in one way: iv, or put_iv and call_iv, or leg_ivs",
            "Volatility is missing." if not any(given) else "It is given in more than one way.",
        )
    if leg_ivs is not None:
        return leg_ivs, "as given, one for each leg; at the break-evens on the line between two"
    if iv is not None:
        return (iv, iv, iv, iv), "as given, one for all legs"
    if put_iv is None or call_iv is None:
        missing = "put_iv" if put_iv is None else "call_iv"
        raise ToolInputError.of(missing, None, "given together with the other side's volatility")
    return (put_iv, put_iv, call_iv, call_iv), "as given, one for the puts and one for the calls"


def _arrays(terms: Terms, contracts: Any) -> Everything:
    if not any(isinstance(one, np.ndarray) for one in terms):
        terms = terms._replace(spot=np.full(contracts.shape, terms.spot))
    rows = run(_rows, list(terms), FIELDS, "price_condor")
    size, legs = len(Valuation._fields), len(Values._fields)
    parts = (Valuation(*rows[legs + i * size : legs + (i + 1) * size]) for i in range(4))
    return (Values(*rows[:legs]), *parts)  # type: ignore[return-value]  # four legs


def _rows(*numbers: Any) -> list[Any]:
    condor, *legs = values(ARRAY, Terms(*numbers))
    return [*condor, *(field for leg in legs for field in leg)]


def _quote(
    terms: Terms, everything: Everything, contracts: Any, margin_rule: str, source: str
) -> CondorQuote:
    condor, *legs = everything
    market = terms.market == 1.0
    put_width = terms.put_short - terms.put_long
    call_width = terms.call_long - terms.call_short
    width = _larger(put_width, call_width)
    kept = condor.credit - terms.fees
    wrong = condor.credit >= width
    if anywhere(wrong):
        raise credit_too_wide(
            "credit" if market else "leg_ivs",
            at_first(condor.credit, wrong),
            at_first(width, wrong),
        )
    dollars = MULTIPLIER * contracts
    margin = width if margin_rule == "wider side" else put_width + call_width
    max_profit_usd = kept * dollars
    margin_usd = margin * dollars
    profitable = kept > 0
    flat = _probability(1.0 - condor.flat_below - condor.flat_above) * profitable
    probability = 1.0 - condor.smile_below - condor.smile_above
    arbitrage = (probability < -1e-12) | (probability > 1.0 + 1e-12)
    probability = _probability(probability) * profitable
    put_side, call_side = (
        CondorSide(
            credit=credit,
            width=wing,
            max_loss=wing - kept,
            max_loss_usd=(wing - kept) * dollars,
            probability_in_the_money=short.in_the_money,
            probability_of_touch=touched,
            expected_value=expected,
        )
        for credit, wing, short, touched, expected in (
            (condor.put_credit, put_width, legs[1], condor.put_touch, condor.put_expected),
            (condor.call_credit, call_width, legs[2], condor.call_touch, condor.call_expected),
        )
    )
    return CondorQuote(
        spot=terms.spot,
        put_long=terms.put_long,
        put_short=terms.put_short,
        call_short=terms.call_short,
        call_long=terms.call_long,
        days=terms.days,
        rate=terms.rate,
        dividend_yield=terms.dividend_yield,
        contracts=contracts,
        fees=terms.fees,
        credit=condor.credit,
        credit_usd=condor.credit * dollars,
        model_credit=condor.model_credit,
        put_width=put_width,
        call_width=call_width,
        max_profit_usd=max_profit_usd,
        max_loss=width - kept,
        max_loss_usd=(width - kept) * dollars,
        lower_break_even=_where(profitable & (kept < put_width), terms.put_short - kept),
        upper_break_even=_where(profitable & (kept < call_width), terms.call_short + kept),
        credit_to_width=condor.credit / width,
        break_even_win_rate=1.0 - condor.credit / width,
        probability_of_profit=probability,
        probability_of_profit_flat=flat,
        expected_value_usd=(condor.put_expected + condor.call_expected - terms.fees) * dollars,
        put_side=put_side,
        call_side=call_side,
        delta=condor.delta,
        gamma=condor.gamma,
        theta=condor.theta,
        vega=condor.vega,
        margin_usd=margin_usd,
        buying_power_usd=(margin - condor.credit) * dollars,
        return_on_margin=max_profit_usd / margin_usd,
        legs=_legs(terms, legs),
        warnings=_warnings(terms, condor, market, put_width, call_width, arbitrage),
        assumptions={
            "volatility": source,
            "credit": "as given; the model's is model_credit" if market else "the model's",
            "model": "Black-Scholes-Merton",
            "anchor": "spot with a dividend yield",
            "day count": "calendar days / 365",
            "measure": "risk-neutral",
            "expected value": "at expiration, without interest on the credit; no forecast",
            "fees": "taken off profit, break-evens and expected value; the credit is before fees",
            "margin rule": f"{margin_rule}, before the credit is set against it",
        },
    )


def _legs(terms: Terms, legs: list[Valuation]) -> Any:
    return tuple(
        CondorLeg(
            side="short" if place in (1, 2) else "long",
            kind="put" if place < 2 else "call",
            strike=terms[1 + place],
            iv=terms[6 + place],
            price=worth.price,
            delta=worth.delta,
            gamma=worth.gamma,
            theta=worth.theta,
            vega=worth.vega,
            rho=worth.rho,
            probability_in_the_money=worth.in_the_money,
        )
        for place, worth in enumerate(legs)
    )


def _warnings(
    terms: Terms,
    condor: Values,
    market: bool,
    put_width: Any,
    call_width: Any,
    arbitrage: Any,
) -> tuple[str, ...]:
    kept = condor.credit - terms.fees
    ratio = condor.credit / _larger(put_width, call_width)
    target = f"the target of {LOW_TARGET:.0%} to {HIGH_TARGET:.0%} of the wider wing"
    said = [
        (kept <= 0, "Fees take the whole credit: this condor cannot make money."),
        ((ratio < LOW_TARGET) & (kept > 0), f"The credit is thin: below {target}."),
        (
            ratio > HIGH_TARGET,
            f"The credit is rich: above {target}, which means short strikes close to the index or "
            "high volatility.",
        ),
        (
            kept >= put_width,
            "The credit is wider than the put wing: the put side cannot lose and has no "
            "break-even.",
        ),
        (
            kept >= call_width,
            "The credit is wider than the call wing: the call side cannot lose and has no "
            "break-even.",
        ),
        (
            abs(put_width - call_width) > 1e-9 * put_width,
            "The wings differ: the wider one sets the maximum loss; see put_side and call_side.",
        ),
        (terms.spot <= terms.put_short, "The index is at or below the short put already."),
        (terms.spot >= terms.call_short, "The index is at or above the short call already."),
        (
            (condor.put_credit < 0) | (condor.call_credit < 0),
            "One side costs more than it brings: its long option is the dearer one at these "
            "volatilities.",
        ),
        (
            arbitrage,
            "The volatilities of a side slope so steeply that prices would allow arbitrage; the "
            "probability of profit is held to between 0 and 1.",
        ),
    ]
    if market:
        said.append(
            (
                abs(condor.credit - condor.model_credit) > 0.1 * abs(condor.model_credit),
                "The market's credit is more than a tenth away from the model's: the volatility "
                "given is not the one that the market trades.",
            )
        )
    return tuple(_counted(condition, words) for condition, words in said if anywhere(condition))


def _counted(condition: Any, words: str) -> str:
    if not isinstance(condition, np.ndarray):
        return words
    return f"{words} ({int(condition.sum())} of {condition.size} condors)"


def _larger(a: Any, b: Any) -> Any:
    return np.maximum(a, b) if isinstance(a, np.ndarray) or isinstance(b, np.ndarray) else max(a, b)


def _where(condition: Any, value: Any) -> Any:
    if isinstance(condition, np.ndarray) or isinstance(value, np.ndarray):
        return np.where(condition, value, np.nan)
    return value if condition else float("nan")


def _probability(value: Any) -> Any:
    """Held to 0 and 1: a smile that allows arbitrage may say more."""
    return np.clip(value, 0.0, 1.0) if isinstance(value, np.ndarray) else min(max(value, 0.0), 1.0)
