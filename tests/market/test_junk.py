"""Any file and any document gives data within bounds and in order, or an error; no crash."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tools import ToolDataError, read_chain
from tools.market.cboe_documents import level, quotes
from tools.market.cleaning import BOUNDS, Report, daily_column
from tools.market.errors import MarketError
from tools.market.folder import read_folder

CELLS = st.one_of(
    st.sampled_from(["", ".", "nan", "inf", "-1", "0", "1e400", "2018-12-31", "12/31/2018",
                     "2018-12-31T16:00:00Z",
                     "2018-12-28T16:00:00-05:00", "2018-12-27 16:00", "31/12/2018",
                     "20181231", "4505.1", "0x1F", "1_0",
                     "9999-12-31", "0001-01-01", "25.42", "SPXW231020C04500000"]),
    st.text(max_size=12),
    st.floats().map(str),
    st.dates().map(str),
)  # fmt: skip
HEADINGS = st.lists(
    st.sampled_from(["date", "close", "vix", "spx", "dtb3", "DATE", "Close", "m1", "x", ""]),
    min_size=1, max_size=5,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["spx_daily.csv", "vix.csv", "t.csv"]), HEADINGS,
       st.lists(st.lists(CELLS, max_size=6), max_size=8))  # fmt: skip
def test_any_file_is_a_history_in_order_or_an_error(
    name: str, headings: list[str], rows: list[list[str]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        body = "\n".join(",".join(row) for row in [headings, *rows])
        Path(folder, name).write_text(body, "utf-8", errors="replace")
        try:
            frame = read_folder(Path(folder)).frame
        except MarketError:
            return
    assert frame.index.is_monotonic_increasing
    assert frame.index.is_unique
    for column, values in frame.items():
        low, high = BOUNDS[str(column)]
        known = values.dropna()
        assert ((known > low) & (known <= high)).all()


DAYS = [
    day for day in pd.bdate_range("2018-03-01", "2018-05-25") if str(day.date()) != "2018-03-30"
]


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(len(DAYS))), st.lists(st.integers(0, len(DAYS) - 1), max_size=5))
@example(list(range(len(DAYS)))[::-1], [0, 0, 3])
def test_order_and_repetition_change_nothing(order: list[int], repeated: list[int]) -> None:
    values = 10 + np.arange(len(DAYS)) / 7
    rows = [*order, *repeated]
    report = Report()
    column = daily_column(
        pd.Series([str(DAYS[row].date()) for row in rows]),
        pd.Series([str(values[row]) for row in rows]), "vix", "a file", report,
    )  # fmt: skip
    assert column.tolist() == values.tolist()
    assert list(column.index) == DAYS
    why = report.table()["why"]
    assert (why == "the same row stands there twice").sum() == len(repeated)
    assert len(why) == len(repeated) + (rows != sorted(rows))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["data", "current_price", "last_trade_time", "options", "option"]),
            inner,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["data", "timestamp"]), JSON))
def test_any_document_is_a_level_or_an_error(document: dict[str, Any]) -> None:
    try:
        price, when = level(document, "VIX")
    except MarketError:
        return
    assert price > 0
    assert when.tzinfo is not None


@settings(max_examples=100, deadline=None)
@given(st.lists(JSON | st.dictionaries(st.sampled_from(["option", "bid", "ask", "iv"]),
                                       JSON | CELLS), max_size=4))  # fmt: skip
def test_any_rows_are_quotes_or_an_error(rows: list[Any]) -> None:
    from tools.chains import tidy_chain

    moment = pd.Timestamp("2023-09-14 16:00", tz="America/New_York").to_pydatetime()
    try:
        chain = tidy_chain(quotes(rows), "a document", 4505.1, moment)
    except ToolDataError:
        return
    assert (chain["bid"] > 0).all()
    assert (chain["ask"] >= chain["bid"]).all()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(["expiration", "strike", "kind", "bid", "ask", "iv", "date", "x"]),
                min_size=2, max_size=8),
       st.lists(st.lists(CELLS, max_size=8), max_size=6))  # fmt: skip
def test_any_file_is_a_chain_of_live_quotes_or_an_error(
    headings: list[str], rows: list[list[str]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "chain.csv")
        body = "\n".join(",".join(row) for row in [headings, *rows])
        path.write_text(body, "utf-8", errors="replace")
        try:
            chain = read_chain(path)
        except ToolDataError:
            return
    numbers = chain[["strike", "bid", "ask"]].to_numpy()
    assert np.isfinite(numbers).all()
    assert (numbers > 0).all()
    assert json.dumps(chain.attrs["dropped"])
