"""The protocol, the sample, a folder of files, fallbacks, and a source of one's own."""

from __future__ import annotations

import datetime as dt
import gzip
import importlib.metadata
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.tools.shared import SHARED
from tools import ToolInputError, backtest_condor, check_regime
from tools.market import (
    Market,
    MarketError,
    MarketHistory,
    Snapshot,
    market_names,
    open_market,
)
from tools.market.sessions import NEW_YORK, last_close, session_close

NOW = dt.datetime(2019, 1, 2, 12, tzinfo=NEW_YORK)
MARKET = SHARED / "data" / "market"


@pytest.fixture
def shared() -> Market:
    if not MARKET.is_dir():
        pytest.skip("no market data beside the tree")
    return open_market("csv", folder=MARKET, clock=lambda: NOW)


Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(name: str, text: str) -> Path:
        path = tmp_path / name
        if name.endswith(".gz"):
            path.write_bytes(gzip.compress(text.encode()))
        else:
            path.write_text(text, "utf-8")
        return tmp_path

    return written


SPX = "date,close\n2018-12-27,2488.83\n2018-12-28,2485.74\n2018-12-31,2506.85\n"
VIX = (
    "date,open,high,low,close\n"
    "2018-12-27,1,1,1,29.96\n2018-12-28,1,1,1,28.34\n2018-12-31,1,1,1,25.42\n"
)
MONTHLY = "date,close\n" + "".join(
    f"{year}-{month:02}-15,1500\n" for year in (2001, 2002) for month in range(1, 13)
)


def output_of(script: str) -> str:
    """What a Python of its own prints."""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


# The sample


def test_the_sample_says_its_dates() -> None:
    made = open_market(clock=lambda: NOW).snapshot()
    assert made.label == (
        "S&P 500 2506.85 and VIX 25.42, close of 2018-12-31, from the sample of the package arch"
    )
    assert made.as_of == dt.datetime(2018, 12, 31, 16, tzinfo=NEW_YORK)
    assert made.fetched_at == NOW
    assert (made.vix9d, made.vix3m, made.rate) == (None, None, None)
    assert made.to_dict()["as_of"] == "2018-12-31T16:00:00-05:00"
    assert not made.is_stale(NOW)
    assert "stale" in (made.staleness(dt.datetime(2019, 1, 3, 12, tzinfo=NEW_YORK)) or "")


@pytest.mark.parametrize(
    ("as_of", "spot", "vix", "day"),
    [
        ("2018-02-05", 2648.94, 37.32, "2018-02-05"),
        # A weekend has Friday's close; noon has the close of the day before.
        ("2018-02-10", 2619.55, 29.06, "2018-02-09"),
        (dt.datetime(2018, 2, 5, 12, tzinfo=NEW_YORK), 2762.13, 17.31, "2018-02-02"),
        (dt.datetime(2018, 2, 5, 16, tzinfo=NEW_YORK), 2648.94, 37.32, "2018-02-05"),
    ],
)  # fmt: skip
def test_the_past_is_what_had_closed_by_then(as_of: Any, spot: float, vix: float, day: str) -> None:
    made = open_market().snapshot(as_of)
    assert (round(made.spot, 2), made.vix, str(made.day)) == (spot, vix, day)


def test_before_its_first_day_the_sample_says_so() -> None:
    with pytest.raises(MarketError, match="at or before 2014-01-02; it begins on 1999-01-04"):
        open_market().snapshot("2014-01-02")
    with pytest.raises(MarketError, match="it reaches from 1999-01-04 to 2018-12-31"):
        open_market().history("2020-01-01")


def test_the_history_is_what_a_backtest_takes() -> None:
    history = open_market().history("2016-01-01", "2017-12-31")
    assert list(history.frame.columns) == ["spx", "vix"]
    assert history.label.startswith("SPX, VIX by day, 2016-01-04 to 2017-12-29 (503 trading days)")
    result = backtest_condor(history.frame)
    assert len(result.trades) > 10


def test_the_sample_is_opened_without_statsmodels() -> None:
    script = (
        "import sys\nfrom tools.market import open_market\nopen_market().snapshot()\n"
        "print([name for name in ('statsmodels', 'arch', 'httpx', 'exchange_calendars', 'yfinance')"
        " if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_importing_the_tools_does_not_import_the_market() -> None:
    script = "import sys, tools\nprint('tools.market' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


# A folder


def test_the_real_files_work_as_they_are(shared: Market) -> None:
    made = shared.snapshot()
    assert made.day == dt.date(2024, 6, 28)
    assert (made.spot, made.vix, made.vix3m) == (5460.48, 12.44, 14.52)
    # A discount of 5.22 % on 91 days of 360 is 5.3277 % a year, continuously compounded.
    assert made.rate == pytest.approx(0.053277, abs=5e-7)
    history = shared.history("1990-01-02")
    assert {"spx", "vix", "vx1", "vx7", "vvix", "rate", "advancers"} <= set(history.frame.columns)
    assert history.frame.loc["2020-03-16", "vix"] == 82.69
    assert round(history.frame.loc["2020-03-23", "spx"], 2) == 2237.40
    files = history.dropped["what"].to_list()
    assert "cpi_monthly.csv" in files


def test_vix_rows_on_holidays_are_dropped_one_by_one(shared: Market) -> None:
    dropped = shared.history().dropped
    closed = dropped[
        (dropped["what"] == "vix of vix_daily.csv")
        & (dropped["why"] == "the exchange was closed that day")
    ]
    raw = pd.read_csv(MARKET / "vix_daily.csv")["date"]
    trading = pd.read_csv(MARKET / "spx_daily.csv.gz")["date"]
    assert sorted(closed["date"]) == sorted(set(raw) - set(trading))
    assert len(closed) > 0


def test_the_regime_of_a_real_day(shared: Market) -> None:
    made = shared.snapshot("2020-03-16")
    regime = check_regime(**made.volatility_indices(), as_of=made.day)
    assert regime.wings == "stand aside"


def test_a_reversed_file_gives_the_same_history_and_says_so(write: Write) -> None:
    folder = write("vix_daily.csv", VIX)
    write("spx_daily.csv", SPX)
    straight = open_market("csv", folder=folder).history()
    lines = SPX.splitlines()
    write("spx_daily.csv", "\n".join([lines[0], *lines[:0:-1]]))
    turned = open_market("csv", folder=folder).history()
    pd.testing.assert_frame_equal(turned.frame, straight.frame)
    assert "newest first" in turned.dropped["why"].iloc[0]
    assert straight.dropped.empty


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("spx_daily.csv", SPX + "2018-12-31,2507.00\n", "two different values on 2018-12-31"),
        ("spx_daily.csv", "date,close\nx,1\ny,2\n", "no date can be read"),
        ("spx_daily.csv", "date,close\n2018-12-27,a\n2018-12-28,b\n", "2 of 2 values are"),
        ("spx_daily.csv", "date,close\n2018-12-27,\n", "holds no value of spx"),
        ("spx_daily.csv", "date,high\n2018-12-27,2500\n", "has no S&P 500"),
        ("spx_daily.csv", "day of sale\n1\n", "has no S&P 500"),
        ("vix_daily.csv", "date,close\n2018-12-27,0.29\n2018-12-28,0.28\n", "not decimals"),
        ("vix_daily.csv", "date,close\n2018-12-27,2488\n2018-12-28,2485\n", "right column"),
        ("spx_daily.csv", MONTHLY, "daily closes are needed"),
        ("spx_daily.csv.gz", "not really gzipped", "cannot be read"),
    ],
)  # fmt: skip
def test_a_file_that_would_change_the_result_is_refused(
    write: Write, name: str, text: str, message: str
) -> None:
    folder = write("vix_daily.csv", VIX)
    if not name.startswith("spx"):
        write("spx_daily.csv", SPX)
    write(name, text)
    if name.endswith(".gz"):
        (folder / name).write_bytes(b"\x1f\x8b" + text.encode())
    with pytest.raises(MarketError, match=message):
        open_market("csv", folder=folder).history()


def test_what_is_dropped_is_listed_and_the_rest_is_used(write: Write) -> None:
    days = pd.bdate_range("2018-09-04", "2018-11-20")
    many = "".join(f"{day.date()},{20 + n / 10:.1f}\n" for n, day in enumerate(days))
    closes = "".join(f"{day.date()},{2800 + n}\n" for n, day in enumerate(days))
    folder = write("spx_daily.csv", "date,close\n" + closes)
    faulty = (
        "date,close\n" + many
        + "2018-11-22,21.1\n"  # Thanksgiving
        + "2018-11-24,21.1\n"  # a Saturday
        + "2018-11-23,.\n"  # no value: FRED's dot
        + "2018-11-26,-1\n"  # no price
        + "soon,20\n"
        + many.splitlines()[0] + "\n"
    )  # fmt: skip
    write("vix_daily.csv", faulty)
    history = open_market("csv", folder=folder).history()
    listed = {(row.date, row.why.split(" (")[0]) for row in history.dropped.itertuples()}
    assert ("2018-11-22", "the exchange was closed that day") in listed
    assert ("2018-11-24", "the exchange was closed that day") in listed
    assert ("2018-11-26", "'-1' is not above 0 and at most 300") in listed
    assert ("", "no date can be read from 'soon'") in listed
    assert ("2018-09-04", "the same row stands there twice") in listed
    assert history.frame["vix"].notna().sum() == len(days)


def test_a_time_of_any_zone_counts_by_its_own_date(write: Write) -> None:
    folder = write(
        "spx_daily.csv",
        "date,close\n2018-12-27T16:00:00-05:00,2488.83\n2018-12-28 16:00,2485.74\n"
        "2018-12-31T21:00:00Z,2506.85\n",
    )
    frame = open_market("csv", folder=folder).history().frame
    assert [str(day.date()) for day in frame.index] == ["2018-12-27", "2018-12-28", "2018-12-31"]


def test_a_missing_day_is_listed_and_never_filled(write: Write) -> None:
    days = pd.bdate_range("2018-10-01", "2018-10-31")
    rows = [
        f"{day.date()},{2900 + n}" for n, day in enumerate(days) if str(day.date()) != "2018-10-11"
    ]
    folder = write("spx_daily.csv", "date,close\n" + "\n".join(rows))
    history = open_market("csv", folder=folder).history()
    assert pd.Timestamp("2018-10-11") not in history.frame.index
    assert history.dropped.to_dict("records") == [
        {"date": "2018-10-11", "what": "spx of spx_daily.csv",
         "why": "missing, though the exchange was open"}
    ]  # fmt: skip
    with pytest.raises(MarketError, match="lacks the S&P 500 or the VIX"):
        open_market("csv", folder=folder).snapshot()


def test_two_files_that_disagree_are_reported_and_the_own_file_is_used(write: Write) -> None:
    folder = write("spx_daily.csv", SPX)
    write("vix_daily.csv", VIX)
    write("indices.csv", "date,vix,vvix\n2018-12-28,28.99,110\n2018-12-31,25.42,105\n")
    history = open_market("csv", folder=folder).history()
    assert history.frame.loc["2018-12-28", "vix"] == 28.34
    assert history.frame.loc["2018-12-31", "vvix"] == 105
    assert "28.99, but 28.34 in vix_daily.csv" in " ".join(history.dropped["why"])


def test_a_file_that_grew_is_read_again(write: Write) -> None:
    folder = write("spx_daily.csv", SPX)
    write("vix_daily.csv", VIX)
    market = open_market("csv", folder=folder)
    assert market.snapshot().spot == 2506.85
    write("spx_daily.csv", SPX + "2019-01-02,2510.03\n")
    write("vix_daily.csv", VIX + "2019-01-02,1,1,1,23.22\n")
    assert market.snapshot().spot == 2510.03


# Sessions


def test_every_session_is_that_of_the_exchange() -> None:
    import exchange_calendars

    calendar = exchange_calendars.get_calendar("XNYS", start="2013-01-01", end="2027-10-01")
    closes = calendar.closes.dt.tz_convert("America/New_York")
    wrong = [
        day for day, close in zip(closes.index.date, closes, strict=True)
        if session_close(day) != close
    ]  # fmt: skip
    assert wrong == []
    # A control: the half days are among them, and a rule without them would be seen.
    assert sum(close.hour == 13 for close in closes) > 30


def test_the_last_close_over_the_change_of_clocks() -> None:
    # Clocks went forward on 2024-03-10; Monday's close came 71 hours after Friday's.
    monday = dt.datetime(2024, 3, 11, 20, 0, tzinfo=dt.UTC)
    assert last_close(monday) == dt.datetime(2024, 3, 11, 16, tzinfo=NEW_YORK)
    assert last_close(monday - dt.timedelta(seconds=1)) == dt.datetime(
        2024, 3, 8, 21, tzinfo=dt.UTC
    )


def test_a_half_day_is_stale_after_its_own_close() -> None:
    made = open_market().snapshot("2018-11-21")
    noon = dt.datetime(2018, 11, 23, 12, tzinfo=NEW_YORK)
    assert not made.is_stale(noon)
    assert made.is_stale(noon + dt.timedelta(hours=2))


# The door


def test_a_failure_falls_back_only_where_it_was_asked_for() -> None:
    options: dict[str, Any] = {"base_url": "http://127.0.0.1:9", "tries": 1}
    with pytest.raises(MarketError, match="Cboe gives no data"):
        open_market("cboe", **options).snapshot()
    with open_market("cboe", fallback="sample", **options) as market:
        made = market.snapshot()
        assert made.source == "the sample of the package arch"
        assert made.notes[0].startswith("'cboe' failed, so this is from 'sample': Cboe gives no")
        assert market.history("2018-12-01").notes
        with pytest.raises(MarketError, match=r"The fallback fails too: .* no option quotes"):
            market.chain()


def test_what_cannot_be_opened_says_what_can(tmp_path: Path) -> None:
    with pytest.raises(ToolInputError, match="one of sample, csv, cboe, yahoo"):
        open_market("bloomberg")
    with pytest.raises(ToolInputError, match=r"open_market\('csv', folder=\.\.\.\)"):
        open_market("csv")
    with pytest.raises(ToolInputError, match="a folder of CSV files"):
        open_market("csv", folder=tmp_path / "none")
    with pytest.raises(ToolInputError, match=r"market\.folder"):
        open_market("sample", folder="x")
    with pytest.raises(ToolInputError, match="nothing after a colon"):
        open_market("sample:2018")


class DeskMarket(Market):
    """A source of one's own: one number."""

    name = "desk"

    def __init__(self, level: float) -> None:
        super().__init__(lambda: NOW)
        self._level = level

    def snapshot(self, as_of: Any = None) -> Snapshot:
        return Snapshot(source="our desk", as_of=NOW, fetched_at=NOW, spot=self._level)

    def history(self, start: Any = None, end: Any = None) -> MarketHistory:
        raise MarketError("Our desk keeps no history.")


def test_a_source_of_ones_own_comes_through_the_same_door(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = importlib.metadata.EntryPoint(
        "desk", "tests.market.test_sources:DeskMarket", "askcondor.markets"
    )
    real = importlib.metadata.entry_points

    def with_ours(**which: str) -> Any:
        if which.get("group") == "askcondor.markets":
            return importlib.metadata.EntryPoints([entry]).select(**which)
        return real(**which)

    monkeypatch.setattr("tools.market.registry.entry_points", with_ours)
    assert market_names()[-1] == "desk"
    made = open_market("desk", level=5000.0).snapshot()
    assert made.label == "S&P 500 5000.00, 2019-01-02 12:00 New York time, from our desk"
    for level in (float("nan"), float("inf"), 0.0, -1.0):
        with pytest.raises(MarketError, match="our desk gave spot"):
            open_market("desk", level=level).snapshot()
