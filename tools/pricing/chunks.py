"""Run a formula over long arrays in pieces that fit the processor's cache, on all its cores.

NumPy releases Python's lock inside each operation, so threads are enough; the formula is called
with pieces of the arrays and whole scalars, and must not care which piece it has.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Final

import numpy as np

from tools.quantities import Number

CHUNK: Final = 16_384
"""Elements a piece; a few dozen such arrays fill the second-level cache of a core."""


def run(formula: Callable[..., Iterable[Any]], arguments: Sequence[Any], outputs: int) -> list[Any]:
    """Call the formula on arrays of one shape and scalars; hand back `outputs` arrays.

    Whatever is an array has the same shape; at least one argument is.
    """
    shape = next(one.shape for one in arguments if isinstance(one, np.ndarray))
    flat = [one.reshape(-1) if isinstance(one, np.ndarray) else one for one in arguments]
    size = int(np.prod(shape))
    results = np.empty((outputs, size))

    def piece(start: int) -> None:
        part = slice(start, start + CHUNK)
        inputs = [one[part] if isinstance(one, np.ndarray) else one for one in flat]
        # Underflow in a far tail is the right answer there; every input was checked before.
        with np.errstate(all="ignore"):
            for row, values in zip(results, formula(*inputs), strict=False):
                row[part] = values

    starts = range(0, size, CHUNK)
    if len(starts) == 1:
        piece(0)
    else:
        list(_pool().map(piece, starts))
    return [row.reshape(shape) for row in results]


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="tools-pricing")


def first_number(value: Number) -> float:
    """The number itself, or the first of an array: an example for a message."""
    return float(value.flat[0]) if isinstance(value, np.ndarray) else float(value)
