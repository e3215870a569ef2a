"""One condor, a hundred thousand condors, and the import, beside optionlab.

Run it where optionlab is installed: `PYTHONPATH=. python benchmarks/tools_condor.py`. Without it
only our own figures are shown. Medians; optionlab's `run_strategy` gives one condor a call.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from tools import price_condor
from tools.pricing.compiled import warm_up

CONDOR = (5800.0, 5450.0, 5500.0, 6050.0, 6100.0, 30.0, 0.16, 0.045, 0.013)
MANY = 100_000


def main() -> None:
    warm_up()
    one = median(lambda: price_condor(*CONDOR), 2000)
    print(f"one price_condor, with validation     {1e6 * one:8.0f} us")
    terms = many(MANY)
    all_of_them = median(lambda: price_condor(*terms), 21)
    print(f"{MANY:,} condors, all fields         {1e3 * all_of_them:8.1f} ms")
    fresh = statistics.median(import_seconds("import tools") for _ in range(5))
    print(f"import tools                          {1e3 * fresh:8.0f} ms")
    used = statistics.median(import_seconds("from tools import price_condor") for _ in range(5))
    print(f"from tools import price_condor        {1e3 * used:8.0f} ms")
    try:
        from optionlab import run_strategy
    except ImportError:
        return
    inputs = strategy()
    peer = median(lambda: run_strategy(inputs), 200)
    print(f"one optionlab run_strategy            {1e6 * peer:8.0f} us")
    print(f"a condor of ours among {MANY:,}: {peer * MANY / all_of_them:,.0f} times as fast")


def many(size: int) -> tuple[Any, ...]:
    random = np.random.default_rng(20240621)
    spot = random.uniform(4000, 6000, size)
    days = random.uniform(5, 60, size)
    iv = random.uniform(0.1, 0.4, size)
    move = spot * iv * np.sqrt(days / 365)
    put, call = spot - move, spot + move
    return spot, put - 50, put, call, call + 50, days, iv, 0.045, 0.013


def strategy() -> dict[str, Any]:
    legs = price_condor(*CONDOR).legs
    return {
        "stock_price": CONDOR[0],
        "volatility": CONDOR[6],
        "interest_rate": CONDOR[7],
        "dividend_yield": CONDOR[8],
        "days_to_target_date": 30,
        "min_stock": 5000.0,
        "max_stock": 6600.0,
        "strategy": [
            {
                "type": leg.kind,
                "strike": leg.strike,
                "premium": leg.price,
                "n": 1,
                "action": "buy" if leg.side == "long" else "sell",
            }
            for leg in legs
        ],
    }


def median(run: Callable[[], Any], repeat: int) -> float:
    run()
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def import_seconds(statement: str) -> float:
    code = f"import time; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(ran.stdout)


if __name__ == "__main__":
    main()
