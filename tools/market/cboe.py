"""The source `cboe`: delayed quotes over HTTPS, daily closes, or quote-data files from its site.

Over the network: one document of an index level each, one of the whole SPX chain, and one file of
daily closes each. They are what Cboe's own pages read; their form is not promised, so every field
that is used is checked, and a document that has changed is an error that says what is missing.

Times: a document's `last_trade_time` is New York's clock and the moment of its data; its own
`timestamp` is UTC and says only when it was written, a quarter of an hour later.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import pandas as pd

from tools.chains import read_chain, tidy_chain
from tools.errors import ToolDataError
from tools.market.cboe_documents import field, level, quotes
from tools.market.cleaning import Report, daily_column, missing_days
from tools.market.errors import MarketError
from tools.market.history import MarketHistory
from tools.market.http import Fetcher
from tools.market.snapshot import Snapshot
from tools.market.source import Clock, Market, moment, utc_now

BASE_URL: Final = "https://cdn.cboe.com"
DELAY_NOTE: Final = "Quotes are delayed by about 15 minutes."

_QUOTES: Final = "/api/global/delayed_quotes/quotes/_{symbol}.json"
_CHAIN: Final = "/api/global/delayed_quotes/options/_SPX.json"
_HISTORY: Final = "/api/global/us_indices/daily_prices/{symbol}_History.csv"
_SYMBOLS: Final = {
    "spx": "SPX", "vix": "VIX", "vix9d": "VIX9D", "vix3m": "VIX3M", "vix6m": "VIX6M",
    "vvix": "VVIX",
}  # fmt: skip
_NEEDED: Final = ("spx", "vix")
_APART: Final = dt.timedelta(minutes=30)  # quotes of one moment may lie so far from each other


class CboeMarket(Market):
    """Cboe's delayed quotes; or, with `file`, its quote-data download and no network."""

    name = "cboe"
    positional = "file"
    has_past = False

    def __init__(
        self,
        file: str | Path | None = None,
        *,
        vix_file: str | Path | None = None,
        base_url: str = BASE_URL,
        timeout_s: float = 10.0,
        tries: int = 3,
        sleep: Callable[[float], None] = time.sleep,
        clock: Clock = utc_now,
    ) -> None:
        """Take a download of SPX options (and one of VIX options, for the VIX), or the network."""
        super().__init__(clock)
        self._file, self._vix_file = file, vix_file
        self._fetcher = Fetcher("Cboe", base_url, timeout_s=timeout_s, tries=tries, sleep=sleep)

    def close(self) -> None:
        """Close the connections."""
        self._fetcher.close()

    def snapshot(self, as_of: dt.date | dt.datetime | str | None = None) -> Snapshot:
        """The latest levels; `as_of` may only confirm their day, since quotes have no past."""
        made = self._of_file() if self._file is not None else self._of_quotes()
        limit = moment("as_of", as_of)
        if limit is not None and made.as_of > limit:
            raise MarketError(
                f"Cboe's delayed quotes are of {made.time_label}; it has none at or before {as_of}."
            )
        return made

    def history(
        self, start: dt.date | str | None = None, end: dt.date | str | None = None
    ) -> MarketHistory:
        """Daily closes of the S&P 500 and of the volatility indices."""
        if self._file is not None:
            raise MarketError("A quote-data file has one moment and no history.")
        report = Report()
        columns = []
        for name, symbol in _SYMBOLS.items():
            try:
                columns.append(self._closes(name, symbol, report))
            except MarketError as error:
                if name in _NEEDED:
                    raise
                report.add("", name, str(error))
        frame = pd.concat(columns, axis=1, sort=True)
        for day in frame.index[frame["spx"].isna()]:
            report.add(f"{day:%Y-%m-%d}", "row", "no close of the S&P 500 that day")
        frame = frame[frame["spx"].notna()]
        frame.index = pd.DatetimeIndex(frame.index.to_numpy(), name="date")
        return MarketHistory(frame, "Cboe's daily closes", report.table()).between(start, end)

    def chain(self) -> pd.DataFrame:
        """All quotes of SPX and SPXW, as `read_chain` gives them."""
        if self._file is not None:
            return read_chain(self._file)
        document = self._document(_CHAIN)
        spot, taken = level(document, "SPX")
        rows = field(document, "data", "options")
        if not isinstance(rows, list) or not rows:
            raise MarketError("Cboe's document of SPX options lists none.")
        try:
            return tidy_chain(quotes(rows), "Cboe's delayed quotes", spot, taken)
        except MarketError:
            raise
        except ToolDataError as error:
            raise MarketError(str(error)) from error

    def _of_file(self) -> Snapshot:
        assert self._file is not None
        chain = read_chain(self._file)
        vix = None if self._vix_file is None else read_chain(self._vix_file).attrs
        spot, taken = chain.attrs["spot"], chain.attrs["time"]
        if spot is None or taken is None:
            raise MarketError(f"{chain.attrs['source']} does not say the index level and its time.")
        notes = []
        if vix is None:
            notes.append("The file holds no VIX; hand over a download of VIX options as vix_file.")
        elif vix["time"] is None or abs(vix["time"] - taken) > _APART:
            raise MarketError(
                f"{vix['source']} is of {vix['time']}, {chain.attrs['source']} of {taken}: "
                "download both at one time."
            )
        return Snapshot(
            source=f"Cboe's quote-data file {chain.attrs['source']}", as_of=taken,
            fetched_at=self._clock(), spot=spot, vix=None if vix is None else vix["spot"],
            notes=tuple(notes),
        )  # fmt: skip

    def _of_quotes(self) -> Snapshot:
        def quoted(name: str) -> tuple[float, dt.datetime] | MarketError:
            try:
                symbol = _SYMBOLS[name]
                return level(self._document(_QUOTES.format(symbol=symbol)), symbol)
            except MarketError as error:
                return error

        with ThreadPoolExecutor(max_workers=3) as pool:
            answers = dict(zip(_SYMBOLS, pool.map(quoted, _SYMBOLS), strict=True))
        for name in _NEEDED:
            answer = answers[name]
            if isinstance(answer, MarketError):
                raise answer
        levels: dict[str, float] = {}
        times: dict[str, dt.datetime] = {}
        notes = [DELAY_NOTE]
        for name, answer in answers.items():
            if isinstance(answer, MarketError):
                notes.append(f"{_SYMBOLS[name]} is missing: {answer}")
            else:
                levels[name], times[name] = answer
        # The S&P 500 sets the moment; an index that was not quoted around it is another day's.
        taken = times["spx"]
        for name, when in times.items():
            if when.date() != taken.date() and name != "vix":
                notes.append(f"{_SYMBOLS[name]} of {when:%Y-%m-%d %H:%M} is left out: another day.")
                del levels[name]
            elif abs(when - taken) > _APART:
                notes.append(
                    f"{_SYMBOLS[name]} is of {when:%Y-%m-%d %H:%M}, the S&P 500 of "
                    f"{taken:%Y-%m-%d %H:%M} New York time."
                )
        return Snapshot(
            source="Cboe's delayed quotes", as_of=min(taken, times["vix"]),
            fetched_at=self._clock(), spot=levels.pop("spx"), notes=tuple(notes), **levels,
        )  # fmt: skip

    def _document(self, path: str) -> dict[str, Any]:
        try:
            document = json.loads(self._fetcher.get(path))
        except ValueError as error:
            raise MarketError(f"Cboe's answer for {path} is no whole JSON: {error}.") from error
        if not isinstance(document, dict):
            raise MarketError(f"Cboe's answer for {path} has changed: it is no object.")
        return document

    def _closes(self, name: str, symbol: str, report: Report) -> pd.Series[Any]:
        path = _HISTORY.format(symbol=symbol)
        try:
            table = pd.read_csv(
                io.BytesIO(self._fetcher.get(path)), dtype=str, keep_default_na=False
            )
        except ValueError as error:
            raise MarketError(f"Cboe's file {path} is no CSV: {error}") from error
        headings = {str(column).strip().upper(): column for column in table.columns}
        value = next((headings[c] for c in ("CLOSE", symbol) if c in headings), None)
        if "DATE" not in headings or value is None:
            raise MarketError(
                f"Cboe's file {path} has changed: it has the columns {', '.join(headings)}, not "
                f"DATE and CLOSE or {symbol}."
            )
        origin = path.rsplit("/", 1)[1]
        column = daily_column(table[headings["DATE"]], table[value], name, origin, report)
        missing_days(pd.DatetimeIndex(column.index), f"{name} of {origin}", report)
        return column
