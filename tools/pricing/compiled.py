"""The loops that Numba compiles: when they are built, kept, and ready.

`loop(name)` hands back a compiled loop or None, and never waits for a compiler: `start(name)` sets
it to work in the background, once NumPy has done the first long array. Where an earlier process
left its output on disk, that is loaded at once, in a few tenths of a second. Without Numba
everything works, by NumPy.

`python -m tools.pricing.compiled` builds all loops ahead of time; `warm_up()` does so in a process.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
import zlib
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

Loop = Callable[..., None]

NAMES: Final = ("price_option", "implied_volatility", "price_condor")

_LOOPS: dict[str, Loop | None] = {}
_LOCK = threading.Lock()
_LOG = logging.getLogger(__name__)


def loop(name: str) -> Loop | None:
    """The compiled loop of that name if it is ready, or can be loaded from disk."""
    with _LOCK:
        if name in _LOOPS:
            return _LOOPS[name]
        if not available() or not _marker(name).exists():
            return None
        _LOOPS[name] = None
    _build(name)
    return _LOOPS[name]


def start(name: str) -> None:
    """Compile the loop of that name in the background, unless it is under way."""
    with _LOCK:
        if name in _LOOPS or not available():
            return
        _LOOPS[name] = None
    threading.Thread(target=_build, args=(name,), daemon=True, name=f"compile-{name}").start()


def warm_up() -> None:
    """Build or load every loop now; it takes some seconds the first time on a machine."""
    if available():
        for name in NAMES:
            with _LOCK:
                ready = _LOOPS.get(name) is not None
            if not ready:
                _build(name)


@cache
def available() -> bool:
    """Whether Numba is installed and not switched off by NUMBA_DISABLE_JIT."""
    return find_spec("numba") is not None and os.environ.get("NUMBA_DISABLE_JIT", "0") == "0"


@cache
def stamp() -> int:
    """A number that changes with the source of any formula, so that no stale code is loaded.

    It changes with Numba and with Python as well, whose new versions begin with an empty cache.
    """
    package = Path(__file__).parent
    files = [
        *sorted(package.glob("*.py")),
        *(package.parent / name for name in ("condor_values.py", "probability.py")),
    ]
    number = zlib.crc32(f"{version('numba')} {sys.version}".encode())
    for file in files:
        number = zlib.crc32(file.read_bytes(), number)
    return number


def _build(name: str) -> None:
    try:
        from tools.pricing.loops import build

        _LOOPS[name] = build(name, stamp())
    except Exception:  # the compiler is an accelerator: whatever it trips over, NumPy still works
        _LOG.warning("Numba could not compile %s; NumPy takes its place.", name, exc_info=True)
        return
    # Where the installation is read-only, Numba keeps its files elsewhere, or nowhere.
    with contextlib.suppress(OSError):
        _marker(name).touch()


def _marker(name: str) -> Path:
    """A file that says: what Numba left on disk belongs to these sources."""
    return Path(__file__).with_name("__pycache__") / f"loops-{name}-{stamp():08x}.built"


if __name__ == "__main__":
    warm_up()
