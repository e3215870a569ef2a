"""Chains of quotes: Cboe's download as it comes, tidy files, and files that are none."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.tools.shared import SHARED
from tools import ToolDataError, ToolInputError, read_chain
from tools.chains import NEW_YORK

DOWNLOAD = "cboe_spx_quotedata_2023-09-14_as_downloaded.csv.gz"
SATURDAY = "cboe_spx_2022-06-11.csv.gz"
COLUMNS = {"expiration", "strike", "kind", "bid", "ask", "iv", "delta", "open_interest"}

CBOE = """
Standard & Poors 500 Index,Last: 4505.10,Change:  37.66
"Date: September 14, 2023 at 4:31 PM EDT",Bid: 4483.25,Ask: 4526.27,Size: 1*1,Volume: 0
Expiration Date,Calls,Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest,Strike,Puts,\
Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest
Fri Oct 20 2023,SPX231020C04500000,0,0,90.1,91.2,5,0.12,0.55,0.002,10,4500.00,\
SPX231020P04500000,0,0,71.0,72.0,3,0.13,-0.45,0.002,20
Fri Oct 20 2023,SPXW231020C04500000,0,0,90.2,91.4,5,0,0,0,0,4500.00,\
SPXW231020P04500000,0,0,0,0.05,3,0.13,-0.45,0.002,20
Thu Sep 14 2023,SPXW230914C04500000,0,0,5,5.1,5,0,0,0,0,4500.00,\
SPXW230914P04500000,0,0,1,1.1,3,0.13,-0.45,0.002,20
"""
TIDY = """expiration,root,strike,kind,bid,ask,iv,delta,open_interest
2024-06-21,SPXW,5300,put,31.2,31.8,0.121,-0.30,812
2024-06-21,SPX,5300,P,31.0,31.6,0.121,-0.30,12
2024-06-21,SPXW,5500,C,20,19,0.1,0.3,1
2024-06-21,SPXW,5600,call,0,0,0.1,0.3,1
2024-06-21,SPXW,x,call,1,2,0.1,0.3,1
"""


def real(name: str) -> Path:
    path = SHARED / "data" / "options" / name
    if not path.exists():
        pytest.skip(f"no {name} beside the tree")
    return path


def written(folder: Path, text: str, name: str = "chain.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_cboes_download_as_it_comes() -> None:
    chain = read_chain(real(DOWNLOAD))
    assert set(chain.columns) >= COLUMNS
    assert chain.attrs["spot"] == 4505.1001
    assert chain.attrs["time"] == dt.datetime(2023, 9, 14, 16, 31, tzinfo=NEW_YORK)
    # 9,960 lines hold a call and a put each; what was left out is counted, reason by reason.
    assert len(chain) + sum(chain.attrs["dropped"].values()) == 2 * 9960
    assert (chain["bid"] > 0).all()
    assert (chain["ask"] >= chain["bid"]).all()
    assert set(chain["kind"]) == {"call", "put"}
    assert chain["expiration"].min() > dt.date(2023, 9, 14)


def test_roots_stay_apart() -> None:
    chain = read_chain(real(DOWNLOAD))
    both = chain[(chain["expiration"] == dt.date(2023, 10, 20)) & (chain["strike"] == 4500)]
    assert sorted(both["root"] + both["kind"]) == ["SPXWcall", "SPXWput", "SPXcall", "SPXput"]
    settlements = dict(zip(both["root"], both["settlement"], strict=True))
    assert settlements == {"SPX": "AM", "SPXW": "PM"}
    assert (chain.groupby(["expiration", "root", "kind"])["strike"].nunique()
            == chain.groupby(["expiration", "root", "kind"]).size()).all()  # fmt: skip


def test_a_saturday_snapshot_of_another_shape() -> None:
    chain = read_chain(real(SATURDAY))
    assert chain.attrs["spot"] == 3900.8601
    assert chain.attrs["time"] == dt.datetime(2022, 6, 11, 20, 47, tzinfo=NEW_YORK)
    assert chain.attrs["dropped"]["expired"] == 450
    assert len(chain) + sum(chain.attrs["dropped"].values()) == 2 * 9835


def test_the_white_papers_chain_has_neither_root_nor_greeks() -> None:
    chain = read_chain(real("cboe_vix_whitepaper_2009-01-01_chain.csv"), spot=920.28)
    assert set(chain["expiration"]) == {dt.date(2009, 1, 10), dt.date(2009, 2, 7)}
    assert chain["iv"].isna().all()
    assert chain.attrs["spot"] == 920.28
    assert set(chain["settlement"]) == {""}


def test_a_file_without_quotes_says_what_it_lacks() -> None:
    with pytest.raises(ToolDataError, match="lacks the columns bid, ask"):
        read_chain(real("lean_option_universe_greeks.csv.gz"))


def test_the_shape_of_the_download(tmp_path: Path) -> None:
    chain = read_chain(written(tmp_path, CBOE))
    assert chain.attrs["dropped"] == {"expired": 2, "no bid": 1}
    assert chain["symbol"].tolist() == [
        "SPX231020C04500000",
        "SPXW231020C04500000",
        "SPX231020P04500000",
    ]
    first = chain.iloc[0]
    assert (first.bid, first.ask, first.iv, first.delta) == (90.1, 91.2, 0.12, 0.55)
    assert (first.open_interest, first.settlement) == (10, "AM")
    assert chain["iv"].isna().tolist() == [False, True, False]


def test_a_tidy_file_and_what_it_drops(tmp_path: Path) -> None:
    chain = read_chain(written(tmp_path, TIDY), spot=5400, time="2024-05-22 16:15")
    assert chain["kind"].tolist() == ["put", "put"]
    assert chain["root"].tolist() == ["SPXW", "SPX"]
    assert chain.attrs["dropped"] == {"unreadable": 1, "no ask": 1, "crossed": 1}
    assert chain.attrs["time"] == dt.datetime(2024, 5, 22, 16, 15, tzinfo=NEW_YORK)


def test_plain_gzipped_and_as_a_string(tmp_path: Path) -> None:
    path = tmp_path / "chain.csv.gz"
    path.write_bytes(gzip.compress(TIDY.encode()))
    packed = read_chain(str(path))
    plain = read_chain(written(tmp_path, TIDY))
    pd.testing.assert_frame_equal(packed, plain)
    assert packed.attrs["spot"] is None
    assert packed.attrs["time"] is None


@pytest.mark.parametrize("path", [None, 3, "", "no/such/file.csv", "/", "a\0b"])
def test_a_path_that_is_none(path: Any) -> None:
    with pytest.raises(ToolInputError) as caught:
        read_chain(path)
    assert caught.value.field == "path"


@pytest.mark.parametrize(
    "content",
    [b"", b"a,b\n1,2\n", b"\x1f\x8bnot gzip", b"\xff\xfe\x00\x01", b"<html></html>",
     TIDY[:60].encode()],
)  # fmt: skip
def test_a_file_that_is_no_chain(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "chain.csv"
    path.write_bytes(content)
    with pytest.raises(ToolDataError, match=r"chain\.csv"):
        read_chain(path)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [({"spot": -1}, "spot"), ({"spot": float("nan")}, "spot"), ({"spot": "x"}, "spot"),
     ({"time": "yesterday"}, "time"), ({"time": 3}, "time")],
)  # fmt: skip
def test_bad_spot_and_time(tmp_path: Path, arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(ToolInputError) as caught:
        read_chain(written(tmp_path, TIDY), **arguments)
    assert caught.value.field == field


def test_a_chain_of_dead_quotes(tmp_path: Path) -> None:
    dead = "expiration,strike,kind,bid,ask\n2024-06-21,5300,put,0,0\n"
    with pytest.raises(ToolDataError, match="1 no ask"):
        read_chain(written(tmp_path, dead))


def sided(rows: str) -> str:
    return "expiration,strike,kind,bid,ask,iv\n" + rows


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            sided(
                "2024-06-21,5300,put,31.8,31.2,0.1\n2024-06-21,5400,put,40.8,40.2,0.1\n"
                "2024-06-21,5500,put,50.8,50.2,0.1\n2024-06-21,5600,put,61.8,61.2,0.1\n"
            ),
            "4 of 4 quotes bid more than they ask",
            id="bid and ask the other way round",
        ),
        pytest.param(
            sided(
                "2024-06-21,5300,put,31.2,31.8,14.2\n2024-06-21,5400,put,40.2,40.8,13.1\n"
                "2024-06-21,5500,put,50.2,50.8,12.2\n2024-06-21,5600,put,61.2,61.8,11.9\n"
            ),
            "the median volatility is 12.65",
            id="volatility in per cent",
        ),
        pytest.param(
            sided("2024-06-21,5300,put,31.2,31.8,0.1\n2024-06-21,5300,put,31.3,31.8,0.1\n"),
            "quotes the 5300 put of 2024-06-21 twice, differently.*SPX and SPXW",
            id="two quotes for one option",
        ),
        pytest.param(
            "date,expiration,strike,kind,bid,ask\n2024-05-21,2024-06-21,5300,put,31,32\n"
            "2024-05-22,2024-06-21,5400,put,40,41\n",
            "quotes of 2 days, 2024-05-21 to 2024-05-22",
            id="two snapshots in one file",
        ),
        pytest.param(
            sided("2024-06-21,5300,put,0,0.05,0.1\n2024-06-21,5400,put,0,0,0.1\n"),
            "no live quote; left out: 1 no ask, 1 no bid",
            id="nothing but zeros",
        ),
        pytest.param(
            "date,open,high,low,close\n2024-06-21,1,2,1,2\n",
            "no line names the columns",
            id="closes",
        ),
    ],
)
def test_a_file_that_would_price_wrongly_is_refused(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(ToolDataError, match=message):
        read_chain(written(tmp_path, text))


def test_a_spot_far_from_the_strikes_is_refused(tmp_path: Path) -> None:
    # "Last: 4,505.10" without quotes is cut at its comma by every reader of CSV.
    broken = CBOE.replace("Last: 4505.10", "Last: 4,505.10")
    with pytest.raises(ToolDataError, match="spot 4 lies far outside of the strikes"):
        read_chain(written(tmp_path, broken))
    quoted = CBOE.replace(",Last: 4505.10,", ',"Last: 4,505.10",')
    assert read_chain(written(tmp_path, quoted)).attrs["spot"] == 4505.10


def test_a_shifted_line_is_dropped_whole_and_counted(tmp_path: Path) -> None:
    text = sided("2024-06-21,5,300,put,31.2,31.8,0.1\n2024-06-21,5400,put,40.2,40.8,0.1\n")
    chain = read_chain(written(tmp_path, text))
    assert chain["strike"].tolist() == [5400.0]
    assert chain.attrs["dropped"] == {"unreadable": 1}


def test_the_same_row_again_and_infinity_are_dropped_and_counted(tmp_path: Path) -> None:
    text = sided(
        "2024-06-21,5300,put,31.2,31.8,0.1\n2024-06-21,5300,put,31.2,31.8,0.1\n"
        "2024-06-21,5400,put,31.2,inf,0.1\n2024-06-21,5500,put,nan,31.2,0.1\n"
    )
    chain = read_chain(written(tmp_path, text))
    assert len(chain) == 1
    assert chain.attrs["dropped"] == {"unreadable": 2, "repeated": 1}


def test_a_reversed_file_is_the_same_chain(tmp_path: Path) -> None:
    path = real(DOWNLOAD)
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    place = next(n for n, line in enumerate(lines) if line.startswith("Expiration"))
    turned = [*lines[: place + 1], *reversed(lines[place + 1 :])]
    other = read_chain(written(tmp_path, "\n".join(turned)))
    keys = ["expiration", "root", "kind", "strike"]
    one = read_chain(path)
    assert one.attrs["dropped"] == other.attrs["dropped"]
    pd.testing.assert_frame_equal(
        one.sort_values(keys, ignore_index=True), other.sort_values(keys, ignore_index=True)
    )
