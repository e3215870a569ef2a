"""Run a formula over long arrays in pieces, on all cores of the processor.

Two ways lead to the same numbers. NumPy is always there: the formula is called with pieces of the
arrays. The same formula compiled by Numba (`tools.pricing.compiled`) is three times as fast; a
compiler takes seconds, so it works in the background from the first long array on, and its output
is kept on disk for the next process.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Final

import numpy as np

from tools.quantities import FloatArray

CHUNK: Final = 65_536
"""Elements a piece: long enough that threads seldom meet at Python's lock."""

LONG: Final = 20_000
"""From here on it pays to have threads and the compiled formula."""

_WORKERS: Final = os.cpu_count() or 1


def run(
    formula: Callable[..., Iterable[Any]],
    arguments: Sequence[Any],
    outputs: int,
    compiled: str | None = None,
) -> list[Any]:
    """Call the formula on arrays of one shape and scalars; hand back `outputs` arrays.

    Whatever is an array has the same shape; at least one argument is. `compiled` names the formula
    in `tools.pricing.compiled`.
    """
    shape = next(one.shape for one in arguments if isinstance(one, np.ndarray))
    flat = [one.reshape(-1) if isinstance(one, np.ndarray) else one for one in arguments]
    size = int(np.prod(shape))
    results = np.empty((outputs, size))
    step = min(CHUNK, -(-size // _WORKERS)) if size >= LONG else size
    loop = _compiled(compiled) if compiled is not None and size >= LONG else None
    columns = () if loop is None else tuple(_column(one) for one in flat)

    def piece(start: int) -> None:
        if loop is not None:
            loop(columns, results, start, min(start + step, size))
            return
        part = slice(start, start + step)
        inputs = [one[part] if isinstance(one, np.ndarray) else one for one in flat]
        # Underflow in a far tail is the right answer there; every input was checked before.
        with np.errstate(all="ignore"):
            for row, values in zip(results, formula(*inputs), strict=False):
                row[part] = values

    starts = range(0, size, step)
    if len(starts) == 1:
        piece(0)
    else:
        list(_pool().map(piece, starts))
    if compiled is not None and loop is None and size >= LONG:
        _compile_later(compiled)
    return [row.reshape(shape) for row in results]


def _column(value: Any) -> FloatArray:
    """An array as the compiled loops take it: contiguous, writeable; a scalar has one element."""
    return np.require(np.atleast_1d(value), np.float64, ["C", "W"])


def _compiled(name: str) -> Callable[..., None] | None:
    from tools.pricing.compiled import loop

    return loop(name)


def _compile_later(name: str) -> None:
    from tools.pricing.compiled import start

    start(name)


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_WORKERS, thread_name_prefix="tools-pricing")
