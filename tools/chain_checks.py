"""What a table of quotes cannot be: checks that stop a wrong file before it prices anything.

A dead quote is dropped and counted elsewhere. What is refused here would give a plausible, wrong
number: bid and ask the other way round, volatility in per cent, two quotes for one option, an index
level that is no level of this index.
"""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from tools.errors import ToolDataError

KEY: Final = ["expiration", "root", "strike", "kind"]
"""What makes an option one option."""

_MOST_CROSSED: Final = 0.5  # of the two-sided quotes; a real snapshot has next to none
_FEWEST: Final = 4  # quotes to judge the whole file by
_LARGEST_MEDIAN_IV: Final = 3.0  # 300 %: no chain's middle option, and the least one in per cent
_FARTHEST_SPOT: Final = 5.0  # times the highest strike, or one such part of the lowest


def refuse_impossible(quotes: pd.DataFrame, spot: float | None, name: str) -> None:
    """Raise `ToolDataError` where the table as a whole is of something else than it says."""
    two_sided = quotes[(quotes["bid"] > 0) & (quotes["ask"] > 0)]
    crossed = int((two_sided["bid"] > two_sided["ask"]).sum())
    if len(two_sided) >= _FEWEST and crossed > _MOST_CROSSED * len(two_sided):
        raise ToolDataError(
            f"{name}: {crossed} of {len(two_sided)} quotes bid more than they ask. Are the columns "
            "bid and ask the other way round?"
        )
    known = quotes["iv"][quotes["iv"] > 0]
    if len(known) >= _FEWEST and known.median() >= _LARGEST_MEDIAN_IV:
        raise ToolDataError(
            f"{name}: the median volatility is {known.median():g}. Give decimals, 0.16 for 16 %."
        )
    strikes = quotes["strike"].dropna()
    if spot is not None and len(strikes):
        low, high = float(strikes.min()), float(strikes.max())
        if spot < low / _FARTHEST_SPOT or spot > high * _FARTHEST_SPOT:
            raise ToolDataError(
                f"{name}: spot {spot:g} lies far outside of the strikes, {low:g} to {high:g}. "
                "Hand over the right level as spot."
            )


def repeated(quotes: pd.DataFrame, name: str) -> pd.Series[Any]:
    """Which rows repeat an earlier row of the same option.

    Raises:
        ToolDataError: Two rows quote the same option differently.
    """
    again = quotes.duplicated(KEY, keep="first") & quotes[KEY].notna().all(axis=1)
    if again.any():
        prices = [*KEY, "bid", "ask"]
        differ = again & ~quotes.duplicated(prices, keep="first")
        if differ.any():
            row = quotes[differ].iloc[0]
            hint = "" if row["root"] else " If SPX and SPXW are mixed, add a column root."
            raise ToolDataError(
                f"{name} quotes the {row['strike']:g} {row['kind']} of {row['expiration']} twice, "
                f"differently: keep the right row.{hint}"
            )
    return again
