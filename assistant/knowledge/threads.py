"""One thread for the small products of a search.

A search multiplies matrices of a thousand rows with one vector. Handing half of such a product to
a second thread costs more than it saves, and where a server answers on every core the threads wait
for each other: a turn took twice the processor time.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache
from typing import Any


@cache
def _controller() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def one_thread() -> AbstractContextManager[Any]:
    """Keep linear algebra to one thread for the length of a block; other code is left as it was."""
    limited: AbstractContextManager[Any] = _controller().limit(limits=1, user_api="blas")
    return limited
