"""Cboe's delayed quotes and daily closes, replayed with the faults that such services have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from tests.market.conftest import Replay, Reply
from tests.tools.shared import SHARED
from tools import select_condor
from tools.market import MarketError, open_market
from tools.market.cboe import CboeMarket
from tools.market.sessions import NEW_YORK

QUOTE = "/api/global/delayed_quotes/quotes/_{}.json"
CHAIN = "/api/global/delayed_quotes/options/_SPX.json"
CLOSES = "/api/global/us_indices/daily_prices/{}_History.csv"
LEVELS = {
    "SPX": 4505.1001, "VIX": 12.82, "VIX9D": 11.24, "VIX3M": 14.9, "VIX6M": 16.73, "VVIX": 82.99,
}  # fmt: skip
NOW = dt.datetime(2023, 9, 14, 15, 50, tzinfo=NEW_YORK)


def quote(symbol: str, price: Any, when: str = "2023-09-14T15:30:02") -> dict[str, Any]:
    """The wrapper and the fields of one index document, as the service sends them."""
    return {
        "timestamp": "2023-09-14 19:46:35",
        "data": {
            "symbol": f"^{symbol}", "security_type": "index", "current_price": price,
            "price_change": 0.1, "bid": 0.0, "ask": 0.0, "open": 1.0, "close": 1.0,
            "prev_day_close": 1.0, "volume": 0, "last_trade_time": when, "tick": "up",
        },
        "symbol": f"_{symbol}",
    }  # fmt: skip


def option(symbol: str, bid: Any, ask: Any, **more: Any) -> dict[str, Any]:
    return {
        "option": symbol, "bid": bid, "bid_size": 3.0, "ask": ask, "ask_size": 4.0, "iv": 0.14,
        "open_interest": 11.0, "volume": 2.0, "delta": 0.2, "gamma": 0.001, "theta": -1.0,
        "rho": 0.1, "vega": 2.0, "theo": 1.0, "last_trade_price": 1.0,
        "last_trade_time": "2023-09-14T12:00:00", **more,
    }  # fmt: skip


def whole_chain() -> list[dict[str, Any]]:
    """An October expiration of both roots, priced by hand so that nearer strikes cost more."""
    rows = []
    for root in ("SPX", "SPXW"):
        for strike in range(4200, 4825, 25):
            for side, far in (("C", strike - 4505), ("P", 4505 - strike)):
                price = max(0.2, 60.0 - 0.33 * far + max(0.0, -far) * 0.67)
                name = f"{root}231020{side}{strike * 1000:08d}"
                rows.append(option(name, round(price, 2), round(price + 0.3, 2)))
    return rows


@pytest.fixture
def cboe(replay: Replay, waits: list[float]) -> Iterator[CboeMarket]:
    for symbol, price in LEVELS.items():
        replay.answers(QUOTE.format(symbol), quote(symbol, price))
    chain = quote("SPX", LEVELS["SPX"])
    chain["data"]["options"] = whole_chain()
    replay.answers(CHAIN, chain)
    market = open_market(
        "cboe", base_url=replay.url, timeout_s=0.5, sleep=waits.append, clock=lambda: NOW
    )
    assert isinstance(market, CboeMarket)
    yield market
    market.close()


def test_a_snapshot_says_what_when_and_whence(cboe: CboeMarket) -> None:
    made = cboe.snapshot()
    assert made.spot == 4505.1001
    assert made.volatility_indices() == {
        "vix": 12.82, "vix9d": 11.24, "vix3m": 14.9, "vix6m": 16.73, "vvix": 82.99,
    }  # fmt: skip
    assert made.as_of == dt.datetime(2023, 9, 14, 15, 30, 2, tzinfo=NEW_YORK)
    assert made.fetched_at == NOW
    assert made.label.startswith("S&P 500 4505.10, VIX 12.82, ")
    assert made.label.endswith("2023-09-14 15:30 New York time, from Cboe's delayed quotes")
    assert made.notes == ("Quotes are delayed by about 15 minutes.",)
    assert not made.is_stale(NOW)
    assert made.is_stale(NOW + dt.timedelta(hours=1))


def test_the_evening_before_a_level_is_the_close(cboe: CboeMarket, replay: Replay) -> None:
    for symbol, price in LEVELS.items():
        replay.answers(QUOTE.format(symbol), quote(symbol, price, "2023-09-14T16:15:01"))
    made = cboe.snapshot()
    assert made.time_label == "close of 2023-09-14"
    assert not made.is_stale(dt.datetime(2023, 9, 15, 12, tzinfo=NEW_YORK))
    assert made.is_stale(dt.datetime(2023, 9, 15, 17, tzinfo=NEW_YORK))
    # Over a weekend and a holiday nothing newer can exist: Labor Day was September 4.
    made = made.__class__(**{
        **vars(made), "as_of": dt.datetime(2023, 9, 1, 16, 0, tzinfo=NEW_YORK)
    })  # fmt: skip
    assert not made.is_stale(dt.datetime(2023, 9, 5, 9, tzinfo=NEW_YORK))


def test_an_index_of_another_day_is_left_out_and_said(cboe: CboeMarket, replay: Replay) -> None:
    replay.answers(QUOTE.format("VIX6M"), quote("VIX6M", 16.0, "2023-09-13T16:15:00"))
    made = cboe.snapshot()
    assert made.vix6m is None
    assert any("VIX6M of 2023-09-13 16:15 is left out" in note for note in made.notes)


def test_an_optional_index_that_fails_is_named_and_a_needed_one_is_an_error(
    cboe: CboeMarket, replay: Replay
) -> None:
    replay.answers(QUOTE.format("VVIX"), Reply(b"no", 403))
    made = cboe.snapshot()
    assert made.vvix is None
    assert any("VVIX is missing" in note and "HTTP 403" in note for note in made.notes)
    replay.answers(QUOTE.format("VIX"), Reply(b"no", 403))
    with pytest.raises(MarketError, match=r"Cboe gives no data: HTTP 403 for .*_VIX\.json"):
        cboe.snapshot()


@pytest.mark.parametrize(
    ("fault", "waited"),
    [
        pytest.param(Reply(b"slow down", 429, {"Retry-After": "7"}), [7.0], id="429 with seconds"),
        pytest.param(
            Reply(b"", 429, {"Retry-After": "Thu, 14 Sep 2023 20:00:09 GMT",
                             "Date": "Thu, 14 Sep 2023 20:00:00 GMT"}),
            [9.0], id="429 with a date",
        ),
        pytest.param(Reply(b"oops", 500), [0.5], id="500"),
        pytest.param(Reply(b"{" + b" " * 200, cut=100), [0.5], id="cut off"),
        pytest.param(Reply(b"{}", pause_s=1.0), [0.5], id="too slow"),
    ],
)  # fmt: skip
def test_a_passing_fault_is_tried_again(
    cboe: CboeMarket, replay: Replay, waits: list[float], fault: Reply, waited: list[float]
) -> None:
    replay.answers(QUOTE.format("VIX"), fault, quote("VIX", 12.82))
    assert cboe.snapshot().vix == 12.82
    assert waits == waited


def test_a_lasting_fault_ends_with_its_reason(
    cboe: CboeMarket, replay: Replay, waits: list[float]
) -> None:
    replay.answers(QUOTE.format("SPX"), Reply(b"", 500))
    with pytest.raises(MarketError, match="HTTP 500"):
        cboe.snapshot()
    assert waits == [0.5, 1.0]
    replay.answers(QUOTE.format("SPX"), Reply(b"", 429, {"Retry-After": "3600"}))
    with pytest.raises(MarketError, match="asks to wait 3600 seconds"):
        cboe.snapshot()


def test_a_server_that_is_not_there(waits: list[float]) -> None:
    market = open_market("cboe", base_url="http://127.0.0.1:9", tries=2, sleep=waits.append)
    with pytest.raises(MarketError, match="ConnectError"):
        market.snapshot()
    market.close()


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        pytest.param("<html>blocked</html>", "no whole JSON", id="a page"),
        pytest.param('{"data": {"current_price": 12.8', "no whole JSON", id="half of it"),
        pytest.param("[1, 2]", "it is no object", id="a list"),
        pytest.param({"quotes": {}}, "lacks 'data.current_price'", id="renamed"),
        pytest.param(quote("VIX", None), "VIX as None, which is no level", id="null"),
        pytest.param(quote("VIX", float("nan")), "VIX as nan", id="NaN"),
        pytest.param(quote("VIX", float("inf")), "VIX as inf", id="Infinity"),
        pytest.param(quote("VIX", 0), "VIX as 0", id="zero"),
        pytest.param(quote("VIX", "12.8"), "VIX as '12.8'", id="text"),
        pytest.param(quote("VIX", True), "VIX as True", id="a truth value"),
        pytest.param(quote("VIX", 4505.1), "vix 4505.1; it has to be", id="another index"),
        pytest.param(quote("VIX", 12.8, "yesterday"), "time of VIX as 'yesterday'", id="no time"),
    ],
)
def test_a_changed_document_is_an_error_that_says_how(
    cboe: CboeMarket, replay: Replay, answer: Any, message: str
) -> None:
    replay.answers(QUOTE.format("VIX"), answer)
    with pytest.raises(MarketError, match=message):
        cboe.snapshot()


def test_a_chain_off_the_network_builds_a_condor(cboe: CboeMarket) -> None:
    chain = cboe.chain()
    assert chain.attrs["spot"] == 4505.1001
    assert chain.attrs["time"] == dt.datetime(2023, 9, 14, 15, 30, 2, tzinfo=NEW_YORK)
    assert set(chain["settlement"]) == {"AM", "PM"}
    condor = select_condor(
        chain=chain, expiration=dt.date(2023, 10, 20), short_delta=0.2, wing_width=50
    )
    assert condor.root == "SPXW"
    assert condor.put_short < 4505 < condor.call_short


def test_a_chain_of_zeros_or_without_bids_is_an_error(cboe: CboeMarket, replay: Replay) -> None:
    for rows, message in (
        ([option("SPXW231020C04500000", 0, 0)], "no live quote; left out: 1 no ask"),
        ([], "lists none"),
        ([{"option": "SPXW231020C04500000", "ask": 2}], "lack bid"),
        ([option("nonsense", 1, 2)], "no live quote; left out: 1 unreadable"),
        ([option("SPXW231020C04500000", None, "x")], "left out: 1 unreadable"),
    ):
        document = quote("SPX", 4505.1)
        document["data"]["options"] = rows
        replay.answers(CHAIN, document)
        with pytest.raises(MarketError, match=message):
            cboe.chain()


def closes(heading: str, rows: list[str]) -> str:
    return "\n".join([heading, *rows]) + "\n"


def test_daily_closes_and_what_was_dropped(cboe: CboeMarket, replay: Replay) -> None:
    days = ["09/11/2023", "09/12/2023", "09/13/2023", "09/14/2023"]
    replay.answers(
        CLOSES.format("SPX"),
        closes("DATE,SPX", [f"{day},{4480 + n}" for n, day in enumerate(days)]),
    )
    replay.answers(
        CLOSES.format("VIX"),
        # Labor Day is a holiday, a row stands twice, and the file is newest first.
        closes("DATE,OPEN,HIGH,LOW,CLOSE",
               [*(f"{day},1,1,1,{13 + n}" for n, day in reversed([*enumerate(days)])),
                "09/04/2023,1,1,1,13.1", "09/11/2023,1,1,1,13"]),
    )  # fmt: skip
    replay.answers(CLOSES.format("VVIX"), "<html>moved</html>")
    history = cboe.history("2023-09-01")
    assert history.frame["spx"].tolist() == [4480, 4481, 4482, 4483]
    assert history.frame["vix"].tolist() == [13, 14, 15, 16]
    why = history.dropped.set_index("what")["why"]
    assert "the exchange was closed that day" in why["vix of VIX_History.csv"].to_list()
    assert "the same row stands there twice" in why["vix of VIX_History.csv"].to_list()
    assert any("newest first" in reason for reason in why["vix of VIX_History.csv"])
    assert "has changed" in why["vvix"]
    assert "HTTP 404" in why["vix9d"]


def test_a_download_of_options_is_a_snapshot_without_a_network() -> None:
    path = SHARED / "data" / "options" / "cboe_spx_quotedata_2023-09-14_as_downloaded.csv.gz"
    if not path.exists():
        pytest.skip(f"no {path.name} beside the tree")
    with open_market(f"cboe:{path}") as market:
        made = market.snapshot()
        assert (made.spot, made.vix) == (4505.1001, None)
        assert made.label.startswith("S&P 500 4505.10, close of 2023-09-14, from Cboe's quote-data")
        assert "vix_file" in made.notes[0]
        assert len(market.chain()) == 18290
        with pytest.raises(MarketError, match="no history"):
            market.history()
        with pytest.raises(MarketError, match="none at or before 2023-09-13"):
            market.snapshot("2023-09-13")
