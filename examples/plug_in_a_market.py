"""A market source of your own: derive from `Market`, hand over what you know, and name the class.

    python examples/plug_in_a_market.py

In your package's pyproject.toml a line makes it a name like ours:

    [project.entry-points."askcondor.markets"]
    desk = "my_package.market:DeskMarket"

Then `open_market("desk")`, `ASKCONDOR_MARKET=desk` and `askcondor watch --market desk` find it.
"""

import datetime as dt

import pandas as pd

from tools import check_regime
from tools.market import Market, MarketHistory, Snapshot

CLOSES = pd.DataFrame(
    {"spx": [5800.0, 5755.5, 5698.25], "vix": [16.2, 17.9, 22.4]},
    index=pd.DatetimeIndex(["2025-03-03", "2025-03-04", "2025-03-05"], name="date"),
)


class DeskMarket(Market):
    """What the desk wrote down."""

    name = "desk"

    def snapshot(self, as_of: object = None) -> Snapshot:
        """The last close."""
        last = CLOSES.iloc[-1]
        return Snapshot(
            source="the desk's own book",
            as_of=dt.datetime(2025, 3, 5, 21, tzinfo=dt.UTC),
            fetched_at=self._clock(),
            spot=float(last["spx"]),
            vix=float(last["vix"]),
            vix3m=21.1,
        )

    def history(self, start: object = None, end: object = None) -> MarketHistory:
        """All closes."""
        nothing = pd.DataFrame(columns=["date", "what", "why"])
        return MarketHistory(CLOSES.loc[start:end], "the desk's own book", dropped=nothing)


with DeskMarket() as market:
    now = market.snapshot()
    print(now.label)
    print(now.staleness(dt.datetime.now(dt.UTC)))
    print(check_regime(**now.volatility_indices()).label)
    print(market.history("2025-03-04").label)
