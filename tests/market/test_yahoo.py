"""Yahoo through the real yfinance, which asks a server on loopback that replays Yahoo's charts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.market.conftest import Replay, Reply
from tools.market import MarketError, open_market
from tools.market.sessions import NEW_YORK
from tools.market.yahoo import SYMBOLS

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

DAYS = ("2023-09-11", "2023-09-12", "2023-09-13", "2023-09-14")
CLOSES = {
    "^GSPC": [4487.46, 4461.90, 4467.44, 4505.10],
    "^VIX": [13.80, 14.23, 13.48, 12.82],
    "^VIX3M": [15.6, 15.7, 15.3, 14.9],
}
NOW = dt.datetime(2023, 9, 14, 18, tzinfo=NEW_YORK)


def chart(symbol: str, closes: list[Any], days: tuple[str, ...] = DAYS) -> dict[str, Any]:
    """A chart document of Yahoo: the opening of each day in seconds, and columns of prices."""
    opens = [
        int(dt.datetime.fromisoformat(day).replace(hour=9, minute=30, tzinfo=NEW_YORK).timestamp())
        for day in days
    ]
    return {
        "chart": {
            "result": [
                {
                    "meta": {
                        "currency": "USD", "symbol": symbol, "exchangeName": "SNP",
                        "instrumentType": "INDEX", "firstTradeDate": -1325583000,
                        "regularMarketTime": opens[-1], "gmtoffset": -14400, "timezone": "EDT",
                        "exchangeTimezoneName": "America/New_York", "priceHint": 2,
                        "regularMarketPrice": closes[-1], "dataGranularity": "1d", "range": "",
                        "validRanges": ["1d", "5d", "max"],
                    },
                    "timestamp": opens,
                    "indicators": {
                        "quote": [dict.fromkeys(("open", "high", "low", "close"), closes)
                                  | {"volume": [0] * len(closes)}],
                        "adjclose": [{"adjclose": closes}],
                    },
                }
            ],
            "error": None,
        }
    }  # fmt: skip


def path(symbol: str) -> str:
    return f"/v8/finance/chart/{symbol}"


@pytest.fixture
def yahoo(replay: Replay, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Replay:
    yfinance = pytest.importorskip("yfinance")
    from yfinance import base
    from yfinance.data import YfData
    from yfinance.scrapers import history

    yfinance.set_tz_cache_location(str(tmp_path))
    for module in (base, history):
        monkeypatch.setattr(module, "_BASE_URL_", replay.url)
    monkeypatch.setattr(YfData, "_get_cookie_and_crumb", lambda *_, **__: (None, "basic"))
    YfData().cache_get.cache_clear()
    for symbol in SYMBOLS.values():
        missing = {"chart": {"result": None, "error": {"code": "Not Found", "description": "x"}}}
        replay.answers(path(symbol), missing)
    for symbol, closes in CLOSES.items():
        replay.answers(path(symbol), chart(symbol, closes))
    return replay


def test_closes_and_what_is_missing(yahoo: Replay) -> None:
    market = open_market("yahoo", clock=lambda: NOW)
    made = market.snapshot()
    assert made.label == (
        "S&P 500 4505.10, VIX 12.82 and VIX3M 14.90, close of 2023-09-14, from Yahoo Finance"
    )
    assert made.vvix is None
    history = market.history("2023-09-11", "2023-09-14")
    assert history.frame["vix"].tolist() == CLOSES["^VIX"]
    assert {"vix9d", "vix6m", "vvix"} <= set(history.dropped["what"])


def test_the_running_day_is_no_close(yahoo: Replay) -> None:
    noon = NOW.replace(hour=12)
    made = open_market("yahoo", clock=lambda: noon).snapshot()
    assert (made.time_label, made.spot) == ("close of 2023-09-13", 4467.44)


def test_a_null_and_a_holiday_are_no_days(yahoo: Replay) -> None:
    days = ("2023-09-01", "2023-09-04", "2023-09-05", "2023-09-06")
    yahoo.answers(path("^GSPC"), chart("^GSPC", [4515.77, 4515.77, 4496.83, 4465.48], days))
    yahoo.answers(path("^VIX"), chart("^VIX", [13.09, 13.82, None, 14.45], days))
    market = open_market("yahoo", clock=lambda: NOW)
    history = market.history("2023-09-01", "2023-09-06")
    assert [str(day.date()) for day in history.frame.index] == [
        "2023-09-01", "2023-09-05", "2023-09-06",
    ]  # fmt: skip
    assert history.frame["vix"].isna().tolist() == [False, True, False]
    why = set(history.dropped["why"])
    assert "the exchange was closed that day" in why
    assert "missing, though the exchange was open" in why


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Reply(b"Too Many Requests", 429), id="429"),
        pytest.param(Reply(b"<html>down</html>", 500), id="500"),
        pytest.param(Reply(b'{"chart": {"result": [{"meta"', 200), id="half of it"),
        pytest.param(Reply(b'{"finance": {}}', 200), id="changed"),
        pytest.param(Reply(b"{}", 200, pause_s=1.5), id="too slow"),
    ],
)
def test_a_fault_is_an_error_that_names_the_symbol(yahoo: Replay, fault: Reply) -> None:
    yahoo.answers(path("^GSPC"), fault)
    market = open_market("yahoo", timeout_s=0.7, clock=lambda: NOW)
    with pytest.raises(MarketError, match=r"Yahoo gives no data for \^GSPC"):
        market.snapshot()


def test_without_the_package_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "yfinance", None)
    with pytest.raises(MarketError, match=r"askcondor\[yahoo\]"):
        open_market("yahoo")
    assert open_market("yahoo", fallback="sample").name == "sample"
