"""Numba's side of the formulas: the few functions in which compiled code differs, and the loops.

Nothing of the formulas is repeated here. `value`, `values` and the solver are the very functions
that price one option in Python; Numba reads them and is given `COMPILED` where Python has `SCALAR`.
Its exponential and logarithm are written out, without calls and branches, so that the loops become
vector instructions; the tests hold all three ways together.

Only `tools.pricing.compiled` imports this module, since Numba takes a while to import.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic, register_jitable

from tools import condor_values, probability
from tools.condor_values import Terms, values
from tools.pricing import black, implied
from tools.pricing.black import SMALL_HALF_DEVIATION, Operations, value
from tools.pricing.implied import solve_or_nan
from tools.pricing.normal import COEFFICIENTS
from tools.quantities import DAYS_PER_YEAR

# IEEE division without Python's check for zero, and fused multiply-add; nothing that would reorder.
_OPTIONS: Final[dict[str, Any]] = {"error_model": "numpy", "fastmath": {"contract"}}
_INLINE: Final[dict[str, Any]] = {**_OPTIONS, "forceinline": True}

BLOCK: Final = 128
"""Options that a loop takes from memory at once; a constant, so that nothing can overlap."""

# exp: x = k ln 2 + r; adding 1.5 x 2^52 rounds k to an integer and leaves it in the lowest bits.
_ROUND: Final = 6755399441055744.0
_ROUND_BITS: Final = int(np.float64(_ROUND).view(np.int64))
_PER_LN2: Final = 1.4426950408889634
_LN2_HIGH: Final = 0.6931471803691238
_LN2_LOW: Final = 1.9082149292705877e-10
_ROOT_HALF_BITS: Final = int(np.float64(math.sqrt(0.5)).view(np.int64))
_ONE_BITS: Final = 1023 << 52
_F2, _F3, _F4, _F5, _F6, _F7, _F8, _F9, _F10, _F11, _F12, _F13 = (
    1.0 / math.factorial(n) for n in range(2, 14)
)
_C: Final = COEFFICIENTS

# Within 0.01 six powers of exp(x) - 1 leave 1e-15; outside a difference keeps 13 digits of 16.
_NEAR: Final = 0.01


def _float_of_bits(typing_context: Any, bits: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), generate


def _bits_of_float(typing_context: Any, number: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), generate


def _in_wide_vectors(typing_context: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        # LLVM takes half of a 512-bit processor's width unless asked. llvmlite knows this attribute
        # of a function not by name, but writes it out as it stands; others ignore it.
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')
        return context.get_dummy_value()

    return types.none(), generate


_wide_vectors: Any = intrinsic(_in_wide_vectors)
_as_float: Any = intrinsic(_float_of_bits)
_as_bits: Any = intrinsic(_bits_of_float)


@njit(**_INLINE)
def _reduced(x: float) -> tuple[int, float]:
    """K and exp(r) - 1 with x = k ln 2 + r; Taylor to the 13th power, two chains side by side."""
    shifted = x * _PER_LN2 + _ROUND
    k = shifted - _ROUND
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    z = r * r
    even = ((((_F12 * z + _F10) * z + _F8) * z + _F6) * z + _F4) * z + _F2
    odd = ((((_F13 * z + _F11) * z + _F9) * z + _F7) * z + _F5) * z + _F3
    return _as_bits(shifted) - _ROUND_BITS, (even + odd * r) * z + r


@njit(**_INLINE)
def _exp(x: float) -> Any:
    k, more = _reduced(max(x, -745.0))
    half = k >> 1  # in two steps, since 2^k alone may lie below the normal numbers
    low: float = _as_float((half + 1023) << 52)
    high: float = _as_float((k - half + 1023) << 52)
    return (1.0 + more) * low * high


@njit(**_INLINE)
def _gap(asset: float, cash: float, moneyness: float) -> float:
    """|asset - cash| = cash |exp(x) - 1|, without the rounding of that difference."""
    k, more = _reduced(max(moneyness, -700.0))
    scale: float = _as_float((k + 1023) << 52)
    gap: float = cash * abs(scale * more + (scale - 1.0))
    return gap


@njit(**_INLINE)
def _plain_gap(asset: float, cash: float, moneyness: float) -> float:
    """The same to 13 digits of the price, for which it is enough: as it stands, or a few powers."""
    x = moneyness
    powers = 1.0 + x * (0.5 + x * (_F3 + x * (_F4 + x * (_F5 + x * _F6))))
    return cash * abs(x * powers) if abs(x) < _NEAR else abs(asset - cash)


@njit(**_INLINE)
def _log_of(ratio: float, distance: float) -> Any:
    """ln(ratio); `distance` is ratio - 1, better known near 1 than the ratio itself tells."""
    bits: int = _as_bits(ratio)
    k = ((bits - _ROOT_HALF_BITS + _ONE_BITS) >> 52) - 1023
    f: float = distance if k == 0 else _as_float(bits - (k << 52)) - 1.0
    s = f / (2.0 + f)
    z = s * s
    y = 2.0 / 23 + z * (2.0 / 25)
    y = 2.0 / 19 + z * (2.0 / 21 + z * y)
    y = 2.0 / 15 + z * (2.0 / 17 + z * y)
    y = 2.0 / 11 + z * (2.0 / 13 + z * y)
    y = 2.0 / 7 + z * (2.0 / 9 + z * y)
    y = 2.0 / 3 + z * (2.0 / 5 + z * y)
    power = float(k)
    return power * _LN2_HIGH + (2.0 * s + s * z * y + power * _LN2_LOW)


@njit(**_INLINE)
def _log_ratio(spot: float, strike: float) -> Any:
    inverse = 1.0 / strike
    return _log_of(spot * inverse, (spot - strike) * inverse)


@njit(**_INLINE)
def _log(x: float) -> float:
    return math.log(x)


@njit(**_INLINE)
def _log1p(x: float) -> float:
    return math.log1p(x)


@njit(**_INLINE)
def _sqrt(x: float) -> float:
    return math.sqrt(x)


@njit(**_INLINE)
def _minimum(a: float, b: float) -> float:
    return min(a, b)


@njit(**_INLINE)
def _maximum(a: float, b: float) -> float:
    return max(a, b)


@njit(**_INLINE)
def _copysign(a: float, b: float) -> float:
    return math.copysign(a, b)


@njit(**_INLINE)
def _erfcx(x: float) -> float:
    """The polynomial of `normal.erfcx`, even and odd powers side by side, with one division."""
    more, one = x + 3.0, x + 1.0
    inverse = 1.0 / (more * one)
    t = (x - 3.0) * one * inverse
    z = t * t
    even = ((((_C[24] * z + _C[22]) * z + _C[20]) * z + _C[18]) * z + _C[16]) * z + _C[14]
    even = ((((even * z + _C[12]) * z + _C[10]) * z + _C[8]) * z + _C[6]) * z + _C[4]
    even = (even * z + _C[2]) * z + _C[0]
    odd = ((((_C[23] * z + _C[21]) * z + _C[19]) * z + _C[17]) * z + _C[15]) * z + _C[13]
    odd = ((((odd * z + _C[11]) * z + _C[9]) * z + _C[7]) * z + _C[5]) * z + _C[3]
    scaled: float = (even + t * (odd * z + _C[1])) * more * inverse
    return scaled


@njit(**_INLINE)
def _inverse_normal(probability: float) -> float:
    """A first guess within 5e-4: Abramowitz and Stegun 26.2.23; the solver does the rest."""
    tail = min(probability, 1.0 - probability)
    t = math.sqrt(-2.0 * math.log(max(tail, 1e-300)))
    above = 2.515517 + t * (0.802853 + t * 0.010328)
    z = t - above / (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
    return z if probability > 0.5 else -z


@njit(**_INLINE)
def _repair(worth: float, wrong: bool, better: Any, *arguments: Any) -> float:
    return better(*arguments) if wrong else worth


@njit(**_INLINE)
def _leave(worth: float, wrong: bool, better: Any, *arguments: Any) -> float:
    return worth


COMPILED: Final = Operations(
    exp=_exp,
    gap=_gap,
    sqrt=_sqrt,
    log=_log,
    log1p=_log1p,
    minimum=_minimum,
    maximum=_maximum,
    copysign=_copysign,
    log_ratio=_log_ratio,
    erfcx=_erfcx,
    inverse_normal=_inverse_normal,
    repair=_repair,
)

# In a loop of vectors no element can take a way of its own: those few are priced again after it.
VECTORS: Final = COMPILED._replace(repair=_leave, gap=_plain_gap)

_FORMULAS: tuple[Callable[..., Any], ...] = (
    black.value,
    black.series,
    black.normal,
    probability.touch,
    condor_values.values,
    condor_values.beyond,
    condor_values.touched,
    implied.problem_of,
    implied.solve,
    implied.solve_or_nan,
    implied.guess,
    implied.high_guess,
    implied.worth,
    implied.low_step,
    implied.high_step,
    implied.householder,
)
for _formula in _FORMULAS:
    register_jitable(**_INLINE)(_formula)


def build(name: str, stamp: int) -> Callable[..., None]:
    """Compile a loop, or load it from disk; `stamp` is part of what Numba files it under."""
    make, inputs = _LOOPS[name]
    compiled: Any = make(stamp)
    column = types.Array(types.float64, 1, "C")
    rows = types.Array(types.float64, 2, "C")
    columns = types.UniTuple(column, inputs)  # type: ignore[no-untyped-call]
    compiled.compile((columns, rows, types.intp, types.intp))
    loop: Callable[..., None] = compiled
    return loop


@njit(**_INLINE)
def _fill(work: Any, row: int, column: Any, first: int, count: int) -> None:
    """Bring a piece of an input into the block; an input of one element is a scalar."""
    if column.size == 1:
        for i in range(BLOCK):
            work[row * BLOCK + i] = column[0]
    else:
        for i in range(count):
            work[row * BLOCK + i] = column[first + i]


@njit(**_INLINE)
def _store(work: Any, row: int, i: int, worth: Any) -> None:
    work[row * BLOCK + i] = worth.price
    work[(row + 1) * BLOCK + i] = worth.delta
    work[(row + 2) * BLOCK + i] = worth.gamma
    work[(row + 3) * BLOCK + i] = worth.theta
    work[(row + 4) * BLOCK + i] = worth.vega
    work[(row + 5) * BLOCK + i] = worth.rho
    work[(row + 6) * BLOCK + i] = worth.in_the_money


@njit(**_INLINE)
def _price_at(use: Any, work: Any, i: int) -> Any:
    return value(
        use,
        work[i],
        work[BLOCK + i],
        work[2 * BLOCK + i],
        work[3 * BLOCK + i],
        work[4 * BLOCK + i],
        work[5 * BLOCK + i],
        work[6 * BLOCK + i],
    )


@njit(**_INLINE)
def _small(iv: float, days: float) -> Any:
    """Whether the price is one that `value` repairs, with a margin for rounding."""
    return iv * iv * days < (2.02 * SMALL_HALF_DEVIATION) ** 2 * DAYS_PER_YEAR


@njit(**_OPTIONS)
def _price_block(work: Any, again: Any) -> None:
    _wide_vectors()
    for i in range(BLOCK):
        _store(work, 7, i, _price_at(VECTORS, work, i))
    count = 0
    for i in range(BLOCK):
        if _small(work[4 * BLOCK + i], work[3 * BLOCK + i]):
            again[count] = i
            count += 1
    # By a list: a condition inside the loop would have every option priced twice, and half dropped.
    for place in range(count):
        i = again[place]
        _store(work, 7, i, _price_at(COMPILED, work, i))


@njit(**_INLINE)
def _condor_at(use: Any, work: Any, i: int) -> None:
    terms = Terms(
        work[i],
        work[BLOCK + i],
        work[2 * BLOCK + i],
        work[3 * BLOCK + i],
        work[4 * BLOCK + i],
        work[5 * BLOCK + i],
        work[6 * BLOCK + i],
        work[7 * BLOCK + i],
        work[8 * BLOCK + i],
        work[9 * BLOCK + i],
        work[10 * BLOCK + i],
        work[11 * BLOCK + i],
        work[12 * BLOCK + i],
        work[13 * BLOCK + i],
        work[14 * BLOCK + i],
    )
    condor, put_long, put_short, call_short, call_long = values(use, terms)
    work[15 * BLOCK + i] = condor.credit
    work[16 * BLOCK + i] = condor.model_credit
    work[17 * BLOCK + i] = condor.put_credit
    work[18 * BLOCK + i] = condor.call_credit
    work[19 * BLOCK + i] = condor.put_touch
    work[20 * BLOCK + i] = condor.call_touch
    work[21 * BLOCK + i] = condor.put_expected
    work[22 * BLOCK + i] = condor.call_expected
    work[23 * BLOCK + i] = condor.flat_below
    work[24 * BLOCK + i] = condor.flat_above
    work[25 * BLOCK + i] = condor.smile_below
    work[26 * BLOCK + i] = condor.smile_above
    work[27 * BLOCK + i] = condor.delta
    work[28 * BLOCK + i] = condor.gamma
    work[29 * BLOCK + i] = condor.theta
    work[30 * BLOCK + i] = condor.vega
    _store(work, 31, i, put_long)
    _store(work, 38, i, put_short)
    _store(work, 45, i, call_short)
    _store(work, 52, i, call_long)


@njit(**_OPTIONS)
def _condor_block(work: Any, again: Any) -> None:
    _wide_vectors()
    for i in range(BLOCK):
        _condor_at(VECTORS, work, i)
    count = 0
    for i in range(BLOCK):
        days, low = work[5 * BLOCK + i], work[6 * BLOCK + i]
        for row in range(7, 10):
            low = min(low, work[row * BLOCK + i])
        if _small(low, days):
            again[count] = i
            count += 1
    for place in range(count):
        _condor_at(COMPILED, work, again[place])


@njit(**_INLINE)
def _take(work: Any, rows: int, inputs: int, outputs: Any, first: int, count: int) -> None:
    for row in range(rows):
        for i in range(count):
            outputs[row, first + i] = work[(inputs + row) * BLOCK + i]


@njit(**_OPTIONS)
def _price_rows(inputs: Any, outputs: Any, start: int, stop: int) -> None:
    _wide_vectors()
    work = np.ones((7 + 7) * BLOCK)
    again = np.empty(BLOCK, np.int64)
    for first in range(start, stop, BLOCK):
        count = min(BLOCK, stop - first)
        for row in range(7):
            _fill(work, row, inputs[row], first, count)
        _price_block(work, again)
        _take(work, 7, 7, outputs, first, count)


@njit(**_OPTIONS)
def _condor_rows(inputs: Any, outputs: Any, start: int, stop: int) -> None:
    _wide_vectors()
    work = np.ones((15 + 44) * BLOCK)
    again = np.empty(BLOCK, np.int64)
    for first in range(start, stop, BLOCK):
        count = min(BLOCK, stop - first)
        for row in range(15):
            _fill(work, row, inputs[row], first, count)
        _condor_block(work, again)
        _take(work, 44, 15, outputs, first, count)


@njit(**_INLINE)
def _at(column: Any, i: int) -> float:
    number: float = column[0] if column.size == 1 else column[i]
    return number


@njit(**_OPTIONS)
def _implied_rows(inputs: Any, outputs: Any, start: int, stop: int) -> None:
    for i in range(start, stop):
        outputs[0, i] = solve_or_nan(
            COMPILED,
            _at(inputs[0], i),
            _at(inputs[1], i),
            _at(inputs[2], i),
            _at(inputs[3], i),
            _at(inputs[4], i),
            _at(inputs[5], i),
            _at(inputs[6], i),
        )


# Numba files a cached function under its own code and what it closes over, and does not look at
# what it calls: hence the stamp. It refuses to cache where COMPILED is still an argument after
# optimizing, which is why everything above is inlined.


def _price_loop(stamp: int) -> Any:
    @njit(nogil=True, cache=True, **_OPTIONS)
    def price_loop(inputs: Any, outputs: Any, start: int, stop: int) -> None:
        _wide_vectors()
        if stamp >= 0:
            _price_rows(inputs, outputs, start, stop)

    return price_loop


def _implied_loop(stamp: int) -> Any:
    @njit(nogil=True, cache=True, **_OPTIONS)
    def implied_loop(inputs: Any, outputs: Any, start: int, stop: int) -> None:
        if stamp >= 0:
            _implied_rows(inputs, outputs, start, stop)

    return implied_loop


def _condor_loop(stamp: int) -> Any:
    @njit(nogil=True, cache=True, **_OPTIONS)
    def condor_loop(inputs: Any, outputs: Any, start: int, stop: int) -> None:
        _wide_vectors()
        if stamp >= 0:
            _condor_rows(inputs, outputs, start, stop)

    return condor_loop


_LOOPS: Final[dict[str, tuple[Callable[[int], Any], int]]] = {
    "price_option": (_price_loop, 7),
    "implied_volatility": (_implied_loop, 7),
    "price_condor": (_condor_loop, 15),
}
