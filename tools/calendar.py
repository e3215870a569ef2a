"""Dates that matter to a condor: expirations, settlement, and the releases that move the market."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class EconomicEvent:
    """One date on which the market learns something: its name, day, source and standing."""

    name: str
    date: dt.date
    source: str = "handed over by the caller"
    status: str = "given"
