"""A million options, price and greeks, then implied volatility, beside the fastest peers.

Run it where pyvolr, fast-vollib and quantkit-rs are installed beside NumPy and Numba:
`PYTHONPATH=. python benchmarks/tools_pricing.py`. A peer that is missing is left out. All get the
same arrays in the same run, each in the form that it takes fastest; medians of `--repeat`. Peers
take one kind for all options here (two of them take nothing else); ours is also measured with an
array of words.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from tools import implied_volatility, price_option
from tools.pricing.compiled import warm_up

RATE, DIVIDEND_YIELD = 0.045, 0.013


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=11)
    options = parser.parse_args()

    warm_up()
    book = market(options.size)
    print(f"price and greeks of {options.size:,} options [ms]")
    ours = race(greeks_runners(book), options.repeat)
    report(ours)
    price = price_option(
        "call", book["spot"], book["strike"], book["days"], book["iv"], RATE, DIVIDEND_YIELD
    ).price
    print(f"implied volatility of {options.size:,} options [ms]")
    runners = implied_runners(book, price)
    times = race(runners, options.repeat)
    report(times)
    for name, run in runners.items():
        found = np.asarray(run(), dtype=float)
        worst = np.nanmax(np.abs(found / book["iv"] - 1)[price > 0.01])
        missing = np.isnan(found).mean()
        print(f"  {name:14s} largest error over a cent: {worst:.0e}, not found: {missing:.2%}")


def market(size: int) -> dict[str, Any]:
    """Calls like those of an SPX chain: at and out of the money, two days to a year."""
    random = np.random.default_rng(20240621)
    spot = random.uniform(4000, 6000, size)
    days = random.uniform(2, 365, size)
    iv = random.uniform(0.08, 0.6, size)
    distance = np.abs(random.normal(0, 1.2, size)) * iv * np.sqrt(days / 365)
    return {
        "kinds": np.where(random.random(size) < 0.5, "call", "put"),
        "spot": spot,
        "strike": spot * np.exp(distance),
        "days": days,
        "years": days / 365,
        "iv": iv,
        "rate": np.full(size, RATE),
    }


def greeks_runners(book: dict[str, Any]) -> dict[str, Callable[[], Any]]:
    s, k, t, v = book["spot"], book["strike"], book["years"], book["iv"]
    runners: dict[str, Callable[[], Any]] = {
        "tools": lambda: price_option("call", s, k, book["days"], v, RATE, DIVIDEND_YIELD),
        "tools, mixed": lambda: price_option(
            book["kinds"], s, k, book["days"], v, RATE, DIVIDEND_YIELD
        ),
    }
    try:
        from pyvolr import bs

        def pyvolr() -> Any:
            arguments = ("c", s, k, t, RATE, v, DIVIDEND_YIELD)
            return bs.price(*arguments), bs.greeks(*arguments)

        runners["pyvolr"] = pyvolr
    except ImportError:
        pass
    try:
        import fast_vollib

        def fast() -> Any:
            price = fast_vollib.fast_black_scholes_merton(
                "c", s, k, t, RATE, v, DIVIDEND_YIELD, return_as="numpy", backend="numba"
            )
            return price, fast_vollib.get_all_greeks(
                "c", s, k, t, RATE, v, DIVIDEND_YIELD,
                model="black_scholes_merton", return_as="dict", backend="numba",
            )  # fmt: skip

        runners["fast-vollib"] = fast
    except ImportError:
        pass
    try:
        import quantkit

        runners["quantkit-rs"] = lambda: (
            quantkit.bs_price_batch(s, k, book["rate"], v, t, True, DIVIDEND_YIELD),
            quantkit.bs_greeks_batch(s, k, book["rate"], v, t, True, DIVIDEND_YIELD),
        )
    except ImportError:
        pass
    return runners


def implied_runners(book: dict[str, Any], price: Any) -> dict[str, Callable[[], Any]]:
    s, k, t = book["spot"], book["strike"], book["years"]
    runners: dict[str, Callable[[], Any]] = {
        "tools": lambda: implied_volatility("call", price, s, k, book["days"], RATE, DIVIDEND_YIELD)
    }
    try:
        from pyvolr import bs

        runners["pyvolr"] = lambda: bs.implied_vol(
            price, "c", s, k, t, RATE, DIVIDEND_YIELD, on_error="ignore"
        )
    except ImportError:
        pass
    try:
        import fast_vollib

        runners["fast-vollib"] = lambda: fast_vollib.fast_implied_volatility(
            price, s, k, t, RATE, "c", DIVIDEND_YIELD,
            model="black_scholes_merton", return_as="numpy", on_error="ignore", backend="numba",
        )  # fmt: skip
    except ImportError:
        pass
    return runners


def race(runners: dict[str, Callable[[], Any]], repeat: int) -> dict[str, float]:
    """Median milliseconds of each; the runners take turns, so that all meet the same neighbours."""
    times: dict[str, list[float]] = {name: [] for name in runners}
    for run in runners.values():
        run()  # warm up
    for _ in range(repeat):
        for name, run in runners.items():
            start = time.perf_counter()
            run()
            times[name].append(1000 * (time.perf_counter() - start))
    return {name: statistics.median(taken) for name, taken in times.items()}


def report(times: dict[str, float]) -> None:
    ours = times["tools"]
    for name, taken in times.items():
        print(f"  {name:14s} {taken:8.1f}   {taken / ours:6.2f} x ours")


if __name__ == "__main__":
    main()
