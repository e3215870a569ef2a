"""`select_condor`: the strikes of a condor by delta, by expected move or by credit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any, Final, NamedTuple

import numpy as np

from tools.checking import checked
from tools.condor import CondorQuote, price_condor
from tools.condor_candidates import (
    Candidates,
    Market,
    from_chain,
    from_model,
    market_of_chain,
    one_expiration,
)
from tools.errors import ToolDataError, ToolInputError
from tools.probability import expected_move
from tools.quantities import (
    Contracts,
    Credit,
    DataFrame,
    Days,
    Described,
    DividendYield,
    Fees,
    FloatArray,
    MarginRule,
    Number,
    Quantity,
    Rate,
    Spot,
    Volatility,
    Width,
)

DEFAULT_DELTA: Final = 0.16
"""One standard deviation out of the money, near enough: N(-1) = 0.159."""


@dataclass(frozen=True)
class _Expiration(Described):
    def check(self, field: str, value: object) -> dt.date:
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(str(value))
        except ValueError:
            raise ToolInputError.of(field, value, "a date such as 2024-06-21") from None

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date", "description": "Expiration date"}


@dataclass(frozen=True)
class _Chain(Described):
    def check(self, field: str, value: object) -> Any:
        import pandas as pd

        needed = {"expiration", "strike", "kind", "bid", "ask"}
        allowed = f"a table of read_chain, or rows with {', '.join(sorted(needed))}"
        if isinstance(value, list | tuple) and all(isinstance(row, Mapping) for row in value):
            value = pd.DataFrame(list(value))
            read = _Expiration().check
            if "expiration" in value:
                days = [read(f"{field}.expiration", one) for one in value["expiration"]]
                value["expiration"] = days
        if not isinstance(value, pd.DataFrame):
            raise ToolInputError.of(field, value, allowed)
        missing = sorted(needed - set(value.columns))
        if missing or value.empty:
            what = f"a table without {', '.join(missing)}" if missing else "an empty table"
            raise ToolInputError.of(field, what, allowed)
        return value

    def json_schema(self) -> dict[str, Any]:
        return {
            "type": "array",
            "items": {"type": "object"},
            "description": "Quotes: rows of expiration, strike, kind, bid, ask",
        }


Delta = Annotated[
    Number,
    Quantity(
        "Size of the short options' delta",
        "per point",
        above=0,
        below=0.5,
        hint="A 16-delta option has a delta of 0.16.",
    ),
]
MoveMultiple = Annotated[
    Number, Quantity("Distance of the shorts", "expected moves", above=0, at_most=6)
]
StrikeStep = Annotated[Number, Quantity("Distance between listed strikes", "points", above=0)]
Skew = Annotated[
    Number,
    Quantity(
        "Change of volatility with ln(strike / spot)",
        "decimal",
        at_least=-5,
        at_most=5,
        hint="-0.5 lifts a strike 10 % below the index by 5.3 points of volatility.",
    ),
]


@dataclass(frozen=True, kw_only=True)
class CondorSelection(CondorQuote):
    """The condor that was chosen; off a chain the quote itself is at mid prices."""

    rule: str
    natural: CondorQuote | None
    expiration: str | None
    root: str | None
    settlement: str | None


class _Rule(NamedTuple):
    name: str
    amount: float


@checked()
def select_condor(
    spot: Spot | None = None,
    iv: Volatility | None = None,
    days: Days | None = None,
    short_delta: Delta = DEFAULT_DELTA,
    expected_move_multiple: MoveMultiple | None = None,
    target_credit: Credit | None = None,
    wing_width: Width = 25.0,
    strike_step: StrikeStep = 5.0,
    skew: Skew = 0.0,
    rate: Rate = 0.0,
    dividend_yield: DividendYield = 0.0,
    contracts: Contracts = 1.0,
    fees: Fees = 0.0,
    margin_rule: MarginRule = "wider side",
    chain: Annotated[DataFrame, _Chain()] | None = None,
    expiration: Annotated[dt.date, _Expiration()] | None = None,
    root: str | None = None,
) -> CondorSelection:
    """Choose the strikes of an iron condor by delta, by expected move or by credit, and price it.

    Off a model: give spot, iv and days. Off real quotes: give chain and expiration; the credit is
    then shown at mid prices, and in `natural` at the bid of the shorts and the ask of the longs.

    Args:
        spot: Index level [points]; a chain of `read_chain` brings its own.
        iv: Volatility at the money [decimal]; not with a chain.
        days: Calendar days to expiration; off a chain they follow from its time.
        short_delta: Size of the delta that both shorts come nearest to; the default rule.
        expected_move_multiple: Instead: the shorts as many expected moves from the index.
        target_credit: Instead: shorts of like delta whose condor pays nearest to it [points].
        wing_width: Distance from short to long [points]; off a chain the nearest listed.
        strike_step: Distance between strikes off a model [points].
        skew: Volatility off a model is iv + skew x ln(strike / spot); for SPX about -0.5 to -1.
        rate: Continuously compounded interest rate [decimal a year].
        dividend_yield: Continuously compounded yield [decimal a year]; off a chain 0 means the one
            that put-call parity implies.
        contracts: Number of condors.
        fees: Fees of one condor [points].
        margin_rule: 'wider side' or 'both sides'.
        chain: Quotes of `read_chain`, or rows with expiration, strike, kind, bid and ask.
        expiration: Which expiration of the chain.
        root: 'SPX' (settles to the opening) or 'SPXW' (to the close); SPXW where both are listed.

    Returns:
        Everything `price_condor` gives, with the rule; off a chain also natural, expiration, root
        and settlement.

    Raises:
        ToolInputError: A field is out of its bounds, too little or too much is given, or no condor
            pays the target credit.
        ToolDataError: The chain has no live quotes to build a condor from.

    Source: the CNDR index of Cboe sells the 20-delta put and call; 16-delta is one standard
    deviation. Delta as in Hull, 10th ed., section 19.4.

    >>> condor = select_condor(5800, 0.16, 30, rate=0.045, dividend_yield=0.013)
    >>> condor.put_long, condor.put_short, condor.call_short, condor.call_long
    (5535.0, 5560.0, 6095.0, 6120.0)
    >>> round(condor.legs[1].delta, 2), round(condor.legs[2].delta, 2), round(condor.credit, 2)
    (-0.16, 0.16, 7.35)
    """
    rule = _rule(short_delta, expected_move_multiple, target_credit)
    wing_width, strike_step, skew = float(wing_width), float(strike_step), float(skew)
    if chain is None:
        market, volatility = _model_market(spot, iv, days, rate, dividend_yield, expiration, root)
        whole = abs(wing_width / strike_step - round(wing_width / strike_step)) < 1e-9
        if not whole:
            raise ToolInputError.of(
                "wing_width", wing_width, f"a multiple of strike_step, {strike_step:g}"
            )
        puts, calls = from_model(market, volatility, skew, strike_step, wing_width)
        listed = None
    else:
        listed, market = _chain_market(
            chain, expiration, root, spot, iv, days, rate, dividend_yield, skew
        )
        puts, calls = from_chain(listed.quotes, market)
        volatility = float(puts.iv[-1] + calls.iv[0]) / 2
    put, call = _choose(rule, puts, calls, wing_width, market, volatility)
    return _priced(rule, puts, calls, put, call, market, listed, skew != 0 or listed is not None,
                   wing_width, contracts, fees, margin_rule)  # fmt: skip


class _Listed(NamedTuple):
    quotes: Any
    expiration: dt.date
    root: str
    settlement: str


class _Spread(NamedTuple):
    short: int
    long: int


def _rule(short_delta: Number, multiple: Number | None, credit: Number | None) -> _Rule:
    if multiple is not None and credit is not None:
        raise ToolInputError.of(
            "target_credit", credit, "left out when expected_move_multiple is given", "One rule."
        )
    if (multiple is not None or credit is not None) and short_delta != DEFAULT_DELTA:
        other = "expected_move_multiple" if multiple is not None else "target_credit"
        raise ToolInputError.of("short_delta", short_delta, f"left out when {other} is given")
    if multiple is not None:
        return _Rule("expected_move_multiple", float(multiple))
    if credit is not None:
        return _Rule("target_credit", float(credit))
    return _Rule("short_delta", float(short_delta))


def _model_market(
    spot: Any, iv: Any, days: Any, rate: Any, dividend_yield: Any, expiration: Any, root: Any
) -> tuple[Market, float]:
    for field, value in (("expiration", expiration), ("root", root)):
        if value is not None:
            raise ToolInputError.of(field, value, "left out without a chain")
    for field, value in (("spot", spot), ("iv", iv), ("days", days)):
        if value is None:
            raise ToolInputError.of(field, None, "given, unless there is a chain")
    return Market(spot, days, rate, dividend_yield), iv


def _chain_market(
    chain: Any, expiration: Any, root: Any, spot: Any, iv: Any, days: Any, rate: Any,
    dividend_yield: Any, skew: Any,
) -> tuple[_Listed, Market]:  # fmt: skip
    from tools.chains import settlement_time

    for field, value in (("iv", iv), ("skew", skew or None)):
        if value is not None:
            reason = "The quotes bring their own volatility, strike by strike."
            raise ToolInputError.of(field, value, "left out with a chain", reason)
    if expiration is None:
        first = sorted(set(chain["expiration"]))[:8]
        raise ToolInputError.of(
            "expiration", None, "given with a chain", f"It has {', '.join(map(str, first))}, ..."
        )
    quotes, root, settlement = one_expiration(chain, expiration, root)
    spot = spot if spot is not None else chain.attrs.get("spot")
    if spot is None:
        raise ToolInputError.of("spot", None, "given", "The chain does not say it.")
    taken = chain.attrs.get("time")
    if days is None:
        if taken is None:
            raise ToolInputError.of("days", None, "given", "The chain does not say when it is of.")
        days = (settlement_time(expiration, settlement) - taken).total_seconds() / 86400
        if days <= 0:
            raise ToolInputError.of("expiration", str(expiration), f"after the quotes, {taken}")
    listed = _Listed(quotes, expiration, root, settlement)
    return listed, market_of_chain(quotes, spot, days, rate, dividend_yield)


def _choose(
    rule: _Rule, puts: Candidates, calls: Candidates, width: float, market: Market, iv: float
) -> tuple[_Spread, _Spread]:
    put_long, _ = puts.wings(width)
    call_long, _ = calls.wings(width)
    put_rows, call_rows = np.flatnonzero(put_long >= 0), np.flatnonzero(call_long >= 0)
    if not len(put_rows) or not len(call_rows):
        raise ToolDataError(f"No strike lies {width:g} points beyond a short one: no wing to buy.")
    if rule.name == "short_delta":
        put = put_rows[np.argmin(abs(puts.delta[put_rows] - rule.amount))]
        call = call_rows[np.argmin(abs(calls.delta[call_rows] - rule.amount))]
    elif rule.name == "expected_move_multiple":
        move = rule.amount * float(expected_move(market.spot, iv, market.days).points)
        put = put_rows[np.argmin(abs(puts.strike[put_rows] - (market.spot - move)))]
        call = call_rows[np.argmin(abs(calls.strike[call_rows] - (market.spot + move)))]
    else:
        put, call = _by_credit(rule.amount, puts, calls, put_rows, call_rows, put_long, call_long)
    return _Spread(int(put), int(put_long[put])), _Spread(int(call), int(call_long[call]))


def _by_credit(
    target: float, puts: Candidates, calls: Candidates, put_rows: Any, call_rows: Any,
    put_long: FloatArray, call_long: FloatArray,
) -> tuple[int, int]:  # fmt: skip
    """For every put the call of the nearest delta; of these pairs the one nearest to the target."""
    falling = call_rows[::-1]  # the delta of calls falls with the strike; a search wants it rising
    deltas = calls.delta[falling]
    right = np.clip(np.searchsorted(deltas, puts.delta[put_rows]), 1, len(deltas) - 1)
    if len(deltas) == 1:
        right = np.zeros(len(put_rows), dtype=int)
    left = np.maximum(right - 1, 0)
    nearer = abs(deltas[left] - puts.delta[put_rows]) <= abs(deltas[right] - puts.delta[put_rows])
    partner = falling[np.where(nearer, left, right)]
    credit = puts.price[put_rows] - puts.price[put_long[put_rows]]
    credit = credit + calls.price[partner] - calls.price[call_long[partner]]
    if target > credit.max():
        raise ToolInputError.of(
            "target_credit",
            target,
            f"at most {credit.max():.2f} points",
            "No condor of this width pays more; take wider wings or more days.",
        )
    best = int(np.argmin(abs(credit - target)))
    return int(put_rows[best]), int(partner[best])


def _priced(
    rule: _Rule, puts: Candidates, calls: Candidates, put: _Spread, call: _Spread, market: Market,
    listed: _Listed | None, by_leg: bool, wing_width: float, contracts: Any, fees: Any,
    margin_rule: Any,
) -> CondorSelection:  # fmt: skip
    strikes = (
        float(puts.strike[put.long]),
        float(puts.strike[put.short]),
        float(calls.strike[call.short]),
        float(calls.strike[call.long]),
    )
    ivs = tuple(
        float(iv)
        for iv in (puts.iv[put.long], puts.iv[put.short], calls.iv[call.short], calls.iv[call.long])
    )

    def quote(credit: float | None) -> CondorQuote:
        return price_condor(
            market.spot, *strikes, market.days, iv=None if by_leg else ivs[0], rate=market.rate,
            dividend_yield=market.dividend_yield, credit=credit, contracts=contracts, fees=fees,
            margin_rule=margin_rule, leg_ivs=ivs if by_leg else None,
        )  # fmt: skip

    if listed is None:
        chosen, natural = quote(None), None
    else:
        mid = puts.price[put.short] - puts.price[put.long]
        mid += calls.price[call.short] - calls.price[call.long]
        worst = puts.bid[put.short] - puts.ask[put.long]
        worst += calls.bid[call.short] - calls.ask[call.long]
        chosen = quote(max(float(mid), 0.0))
        natural = quote(max(float(worst), 0.0))
    return _selection(rule, chosen, natural, listed, wing_width)


def _selection(
    rule: _Rule,
    chosen: CondorQuote,
    natural: CondorQuote | None,
    listed: _Listed | None,
    wing_width: float,
) -> CondorSelection:
    values = {field.name: getattr(chosen, field.name) for field in fields(CondorQuote)}
    assumptions = {**chosen.assumptions, "rule": f"{rule.name} {rule.amount:g}, nearest strike"}
    warnings = list(chosen.warnings)
    if listed is not None:
        assumptions |= {
            "volatility": "of the mid price of each leg",
            "credit": "at mid prices; natural is at the bids of the shorts and asks of the longs",
            "anchor": "forward of put-call parity, unless a yield was given",
            "settlement": f"{listed.root} {listed.settlement}".strip(),
        }
        widths = (float(chosen.put_width), float(chosen.call_width))
        if any(abs(width - wing_width) > 1e-9 for width in widths):
            warnings.append(
                f"The chain lists no wing of {wing_width:g} points there: the puts are "
                f"{chosen.put_width:g} wide, the calls {chosen.call_width:g}."
            )
        if natural is not None and float(natural.credit) <= float(natural.fees):
            warnings.append("At the natural price nothing is left of the credit.")
    values |= {"assumptions": assumptions, "warnings": tuple(warnings)}
    return CondorSelection(
        **values,
        rule=rule.name,
        natural=natural,
        expiration=None if listed is None else listed.expiration.isoformat(),
        root=None if listed is None else listed.root,
        settlement=None if listed is None else listed.settlement,
    )
