"""The signals over HTTP: a look at the open source, and what a watch has decided."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.api import signals
from assistant.settings import Settings
from assistant.watch.plan import WatchPlan
from assistant.watch.run import Watch
from assistant.watch.store import WatchStore
from assistant.watch.today import Signals
from tests.watch.conftest import Clock
from tools.market import Market, MarketError, open_market

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def clock() -> Clock:
    return Clock("2018-02-05 17:00")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


class Counted(Market):
    """The sample as it was at the clock's time; it counts how often it is asked, and may fail."""

    name = "counted"

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._real = open_market("sample", clock=clock)
        self.asked = 0
        self.down = False

    def snapshot(self, as_of: Any = None) -> Any:
        self.asked += 1
        if self.down:
            raise MarketError("The line is down.")
        return self._real.snapshot(as_of or self._clock())

    def history(self, start: Any = None, end: Any = None) -> Any:
        return self._real.history(start, end)


@pytest.fixture
def market(clock: Clock) -> Counted:
    return Counted(clock)


@pytest.fixture
def site(settings: Settings, clock: Clock, market: Counted) -> Iterator[TestClient]:
    """The signals' routes alone, over a source and a clock that the test sets."""
    app = FastAPI()
    app.include_router(signals.router)
    with closing(Signals(settings, market, clock)) as app.state.signals:
        yield TestClient(app)


def watched(settings: Settings, clock: Clock, *times: str) -> None:
    with closing(WatchStore(settings.resolved_database_url)) as store:
        watch = Watch(WatchPlan(), open_market("sample", clock=clock), store, now=clock)
        for time in times:
            clock.set(time)
            watch.tick()


def test_without_a_watch_the_source_is_looked_at(site: TestClient, market: Counted) -> None:
    found = site.get("/api/signals").json()
    assert found["origin"] == "source"
    assert found["result"]["label"] == (
        "S&P 500 2648.94 and VIX 37.32, close of 2018-02-05, from the sample of the package arch"
    )
    assert found["result"]["stale"] is None
    assert found["result"]["regime"]["wings"] == "stand aside"
    assert found["result"]["condor"]["picked"] is None
    assert "vvix" in found["result"]["regime"]["missing"]
    assert found["changes"] == found["decisions"] == []
    assert "not advice" in found["disclaimer"]
    site.get("/api/signals")
    site.get("/signals")
    assert market.asked == 1  # once a minute, whoever asks


def test_old_data_say_so(site: TestClient, clock: Clock) -> None:
    clock.set("2019-03-01 12:00")
    found = site.get("/api/signals").json()["result"]
    assert "60 days before 2019-03-01 12:00" in found["stale"]
    text = BeautifulSoup(site.get("/signals").text, "html.parser").get_text(" ")
    assert "These data are stale: close of 2018-12-31" in text


def test_a_source_that_fails_is_told_and_nothing_is_invented(
    site: TestClient, market: Counted
) -> None:
    market.down = True
    found = site.get("/api/signals").json()
    assert (found["result"], found["problem"]) == (None, "The line is down.")
    assert "There are no signals: The line is down." in site.get("/signals").text


def test_a_watch_comes_first_with_its_history(
    site: TestClient, settings: Settings, clock: Clock, market: Counted
) -> None:
    watched(settings, clock, "2018-02-02 16:30", "2018-02-05 16:30", "2018-02-06 16:30")
    found = site.get("/api/signals").json()
    assert found["origin"] == "watch"
    assert market.asked == 0
    assert dt.datetime.fromisoformat(found["moment"]) == dt.datetime(
        2018, 2, 6, 21, 20, tzinfo=dt.UTC
    )
    assert [one["regime"] for one in found["decisions"]] == [
        "elevated volatility", "extreme volatility", "VIX surging",
    ]  # fmt: skip
    assert found["changes"][0]["before"]
    assert found["result"]["condor"]["picked"]["put_short"] < 2695.14


def test_an_old_decision_gives_way_to_newer_data(
    site: TestClient, settings: Settings, clock: Clock, market: Counted
) -> None:
    watched(settings, clock, "2018-02-02 16:30")
    clock.set("2018-02-08 12:00")
    found = site.get("/api/signals").json()
    assert found["origin"] == "source"
    assert "close of 2018-02-07" in found["result"]["label"]
    market.down = True
    clock.set("2018-02-09 12:00")
    found = site.get("/api/signals").json()
    assert found["origin"] == "watch"
    assert "close of 2018-02-02" in found["result"]["label"]
    assert "stale" in found["result"]["stale"]
    assert found["problem"] == "The line is down."


def test_the_page_shows_regime_condor_reasons_and_history(
    site: TestClient, settings: Settings, clock: Clock
) -> None:
    watched(settings, clock, "2018-02-05 16:30", "2018-02-06 16:30")
    response = site.get("/signals")
    assert response.status_code == 200
    assert "default-src 'self'" in response.headers["content-security-policy"]
    page = BeautifulSoup(response.text, "html.parser")
    text = " ".join(page.get_text(" ").split())
    for needed in (
        "S&P 500 2695.14 and VIX 29.98, close of 2018-02-06, from the sample",
        "elevated volatility",
        "The condor that the rules would pick",
        "no quote stands behind it",
        "no interest rate, so 0 is used",
        "was extreme volatility, stand aside",
        "Education, not advice",
        "2018-02-06 16:20 New York",
    ):
        assert needed in text
    assert page.select_one('link[type="application/atom+xml"][href="/signals.atom"]')
    assert not page.select("script:not([src]), [style], [onclick]")


def test_the_feed_has_an_entry_a_change_with_an_id_for_ever(
    site: TestClient, settings: Settings, clock: Clock
) -> None:
    assert ET.fromstring(site.get("/signals.atom").text).findall(f"{ATOM}entry") == []
    watched(settings, clock, "2018-02-02 16:30", "2018-02-05 16:30")
    first = ET.fromstring(site.get("/signals.atom").text)
    ids = [entry.findtext(f"{ATOM}id") for entry in first.findall(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids) > 0
    watched(settings, clock, "2018-02-06 16:30")
    second = ET.fromstring(site.get("/signals.atom").text)
    later = [entry.findtext(f"{ATOM}id") for entry in second.findall(f"{ATOM}entry")]
    assert later[-len(ids) :] == ids


@pytest.mark.parametrize("query", ["plan=../x", "plan=", "limit=0", "limit=x", "limit=9999"])
def test_a_bad_question_is_refused(site: TestClient, query: str) -> None:
    assert site.get(f"/api/signals?{query}").status_code == 422


def test_the_whole_application_has_them(client: TestClient) -> None:
    assert client.get("/signals").status_code == 200
    found = client.get("/api/signals").json()
    assert "from the sample of the package arch" in found["result"]["label"]
    assert "stale" in found["result"]["stale"]
    assert "/api/signals" in client.get("/openapi.json").json()["paths"]
