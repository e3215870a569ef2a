"""Where the tests of the tools find published numbers and real data, and how they skip without."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared"


def vectors(file: str, *functions: str, status: str | None = None) -> list[Any]:
    """Published numbers of some functions, as parameters with ids; one skipped when missing."""
    path = SHARED / "vectors" / file
    if not path.exists():
        return [
            pytest.param(None, marks=pytest.mark.skip(reason=f"no {path.name} beside the tree"))
        ]
    return [
        pytest.param(vector, id=vector["id"])
        for vector in json.loads(path.read_text(encoding="utf-8"))["vectors"]
        if vector["function"] in functions
        and (vector["verification"]["status"] == status or (status is None and usable(vector)))
    ]


def usable(vector: dict[str, Any]) -> bool:
    """Whether a vector is one to agree with."""
    return vector["verification"]["status"] not in ("DISAGREE", "unverified")


def market_csv(name: str) -> pd.DataFrame:
    """A daily table of real market data by its first column, or a skip with the reason."""
    path = SHARED / "data" / "market" / name
    if not path.exists():
        pytest.skip(f"no {name} beside the tree")
    return _read(path)


@lru_cache(maxsize=8)
def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, index_col=0, parse_dates=True)
