"""A lake, opened for reading."""

from __future__ import annotations

import datetime
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import polars
from polars import DataFrame, LazyFrame, col

from .facts import Origin, OriginWindow, Window, fold, read_facts

if TYPE_CHECKING:
    import pandas
    import pyarrow

BAR_SIZES = (
    *("1 secs", "5 secs", "10 secs", "15 secs", "30 secs"),
    *("1 min", "2 mins", "3 mins", "5 mins", "10 mins", "15 mins", "20 mins", "30 mins"),
    *("1 hour", "2 hours", "3 hours", "4 hours", "8 hours", "1 day"),
)
_BARS = ("ts", "session", "open", "high", "low", "close", "volume", "wap", "bar_count", "open_interest")
_OPTIONS = (
    *("ts", "expiry", "strike", "right", "bid", "ask", "last", "volume", "open_interest", "iv", "delta", "gamma"),
    *("theta", "vega", "rho", "underlying_price", "iv_source", "iv_reason", "request_id", "trading_class"),
)
_HOUR = datetime.timedelta(hours=1)

Date = str | datetime.date
Instant = str | datetime.datetime
Form = Literal["polars", "pandas", "arrow"]


def open(folder: str | os.PathLike[str]) -> Lake:
    """Opens the lake in a folder. A missing folder is an empty lake."""
    return Lake(folder)


class Lake:
    """A lake, opened for reading. Works while runs write to it: every call sees whole commits of each table."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = Path(folder)

    @overload
    def bars(self, symbol: str, start: Date | None = ..., end: Date | None = ..., *, bar_size: str = ..., price_type: str = ..., hours: str = ..., provider: str | None = ..., as_: Literal["polars"] = ...) -> DataFrame: ...  # fmt: skip
    @overload
    def bars(self, symbol: str, start: Date | None = ..., end: Date | None = ..., *, bar_size: str = ..., price_type: str = ..., hours: str = ..., provider: str | None = ..., as_: Literal["pandas"]) -> pandas.DataFrame: ...  # fmt: skip
    @overload
    def bars(self, symbol: str, start: Date | None = ..., end: Date | None = ..., *, bar_size: str = ..., price_type: str = ..., hours: str = ..., provider: str | None = ..., as_: Literal["arrow"]) -> pyarrow.Table: ...  # fmt: skip
    def bars(
        self,
        symbol: str,
        start: Date | None = None,
        end: Date | None = None,
        *,
        bar_size: str = "1 day",
        price_type: str = "TRADES",
        hours: str = "rth",
        provider: str | None = None,
        as_: Form = "polars",
    ) -> DataFrame | pandas.DataFrame | pyarrow.Table:
        """The bars of a symbol, oldest first. `start` is the first session, `end` the one after the last."""
        _check_symbol(symbol)
        first, last = _to_date("start", start), _to_date("end", end)
        if first is not None and last is not None and first >= last:
            raise ValueError(f"start {first} is not before end {last}; no session is between them")
        if bar_size not in BAR_SIZES:
            raise ValueError(f"bar_size {bar_size!r} is not a bar size; write one of {', '.join(BAR_SIZES)}")
        if hours not in ("rth", "all"):
            raise ValueError(f"hours {hours!r} is neither rth nor all")
        table = self._scan("equity_bars")
        if table is None:
            return _convert(DataFrame(schema=list(_BARS)), as_)
        rows = table.filter(col("symbol") == symbol)
        source = provider or _latest_provider(rows)
        rows = rows.filter(
            (col("provider") == source)
            & (col("bar_size") == bar_size)
            & (col("what") == price_type)
            & (col("use_rth") == (hours == "rth"))
        )
        if first is not None:
            rows = rows.filter(col("session") >= first)
        if last is not None:
            rows = rows.filter(col("session") < last)
        return _convert(_select(rows.sort("ts"), _BARS), as_)

    @overload
    def chain(self, symbol: str, *, at: Instant | None = ..., provider: str | None = ..., as_: Literal["polars"] = ...) -> DataFrame: ...  # fmt: skip
    @overload
    def chain(self, symbol: str, *, at: Instant | None = ..., provider: str | None = ..., as_: Literal["pandas"]) -> pandas.DataFrame: ...  # fmt: skip
    @overload
    def chain(self, symbol: str, *, at: Instant | None = ..., provider: str | None = ..., as_: Literal["arrow"]) -> pyarrow.Table: ...  # fmt: skip
    def chain(
        self, symbol: str, *, at: Instant | None = None, provider: str | None = None, as_: Form = "polars"
    ) -> DataFrame | pandas.DataFrame | pyarrow.Table:
        """The options of a symbol at a time, by expiry, class, strike and right; without prices if no snapshot was taken."""
        _check_symbol(symbol)
        instant = _to_instant("at", at)
        found = self._snapshots(symbol, instant, provider)
        if found is None:
            found = self._listed(symbol, instant, provider)
        return _convert(DataFrame(schema=list(_OPTIONS)) if found is None else found, as_)

    def _snapshots(self, symbol: str, at: datetime.datetime | None, provider: str | None) -> DataFrame | None:
        rows = self._selected("option_snapshots", "ts", symbol, at, provider)
        if rows is None:
            return None
        newest = rows.group_by("provider").agg(col("ts").max()).sort("ts", descending=True).head(1).collect()
        if newest.height == 0:
            return None
        source, until = newest.row(0)
        recent = rows.filter((col("provider") == source) & (col("ts") > until - _HOUR)).collect()
        last_runs = recent.sort("ts").group_by("expiry", maintain_order=True).agg(col("run_id").last())
        chosen = recent.join(last_runs, on=["expiry", "run_id"])
        newest_options = chosen.sort("ts").unique(["expiry", "strike", "right", "trading_class"], keep="last")
        order = ["expiry", "trading_class", "strike", "right"]
        return _select(newest_options.sort(order, nulls_last=True).lazy(), _OPTIONS)

    def _listed(self, symbol: str, at: datetime.datetime | None, provider: str | None) -> DataFrame | None:
        rows = self._selected("chains", "as_of", symbol, at, provider)
        if rows is None:
            return None
        newest = rows.select("provider", "as_of").sort("as_of", descending=True).head(1).collect()
        if newest.height == 0:
            return None
        source, as_of = newest.row(0)
        order = ["expiry", "trading_class", "strike", "right"]
        listed = rows.filter((col("provider") == source) & (col("as_of") == as_of)).unique(order)
        return _select(listed.rename({"as_of": "ts"}).sort(order, nulls_last=True), _OPTIONS)

    @overload
    def iv(self, symbol: str, days: int = ..., *, at: Instant | None = ..., provider: str | None = ..., as_: Literal["polars"] = ...) -> DataFrame: ...  # fmt: skip
    @overload
    def iv(self, symbol: str, days: int = ..., *, at: Instant | None = ..., provider: str | None = ..., as_: Literal["pandas"]) -> pandas.DataFrame: ...  # fmt: skip
    @overload
    def iv(self, symbol: str, days: int = ..., *, at: Instant | None = ..., provider: str | None = ..., as_: Literal["arrow"]) -> pyarrow.Table: ...  # fmt: skip
    def iv(
        self,
        symbol: str,
        days: int = 60,
        *,
        at: Instant | None = None,
        provider: str | None = None,
        as_: Form = "polars",
    ) -> DataFrame | pandas.DataFrame | pyarrow.Table:
        """The at-the-money volatility of the last trading days, oldest first, for the term of the latest overview."""
        _check_symbol(symbol)
        if not isinstance(days, int) or days < 1:
            raise ValueError(f"days {days!r} is not a whole number of 1 or more")
        instant = _to_instant("at", at)
        empty = DataFrame(schema={"date": polars.Date, "iv": polars.Float64})
        table = self._scan("overviews")
        if table is None:
            return _convert(empty, as_)
        until = instant or table.select(col("ts").max()).collect().item()
        rows = table.filter(col("symbol") == symbol)
        source = provider or _latest_provider(rows)
        rows = rows.filter((col("provider") == source) & (col("ts") <= until))
        latest = rows.sort("ts").tail(1).select("atm_iv_days").collect()
        if latest.height == 0:
            return _convert(empty, as_)
        since = until.date() - datetime.timedelta(days=math.ceil(days * 365 / 252) + 7)
        held = rows.filter(
            col("atm_iv").is_not_null()
            & col("atm_iv_days").eq_missing(polars.lit(latest.item()))
            & (col("session") >= since)
        )
        by_session = held.sort("ts").group_by("session", maintain_order=True).agg(col("atm_iv").last())
        return _convert(by_session.sort("session").tail(days).rename({"session": "date", "atm_iv": "iv"}).collect(), as_)

    def coverage(self, symbol: str, *, dataset: str = "equity_bars", as_: Form = "polars") -> Any:
        """The windows of bars that were answered, in order, as the log of the table says it; it does not look for deleted files."""
        _check_symbol(symbol)
        if dataset not in ("equity_bars", "option_bars"):
            raise ValueError(f"dataset {dataset!r} is neither equity_bars nor option_bars")
        series: dict[tuple[str, str], list[Window]] = {}
        prefix = f"{dataset}/{symbol.replace('%', '%25').replace('/', '%2F')}/"
        for fact in read_facts(self._folder / dataset):
            if fact.series.startswith(prefix) and fact.start < fact.end:
                key = (fact.provider, fact.series)
                new = Window(fact.start, fact.end, fact.state, fact.reason, fact.folded_at, fact.empty_answers)
                series[key] = fold(series.get(key, []), new)
        rows = [
            (provider, name, window.start, window.end, window.state, window.requested_at, window.reason)
            for (provider, name), windows in sorted(series.items())
            for window in windows
        ]
        names = ["provider", "series", "start_inclusive", "end_exclusive", "state", "last_requested_at", "reason"]
        types = [polars.String, polars.String, polars.Int64, polars.Int64, polars.String, polars.Int64, polars.String]
        frame = DataFrame(rows, schema=dict(zip(names, types, strict=True)), orient="row")
        times = ("start_inclusive", "end_exclusive", "last_requested_at")
        return _convert(frame.with_columns(col(*times).cast(polars.Datetime("ms", "UTC"))), as_)

    def lineage(self, row: Mapping[str, Any] | str) -> Origin | None:
        """The request that brought a row, by its `request_id`; None if no log has it."""
        request_id = row if isinstance(row, str) else row.get("request_id")
        if not isinstance(request_id, str) or "/" not in request_id:
            raise ValueError("the row has no request_id; pass one such as a row of lake.chain(…).to_dicts()")
        tables = sorted(path.parent for path in self._folder.glob("*/_delta_log"))
        facts = [fact for table in tables for fact in read_facts(table) if fact.request_id == request_id]
        if not facts:
            return None
        first = facts[0]
        windows = tuple(OriginWindow(one.series, one.start, one.end, one.state, one.rows) for one in facts)
        run_id = request_id.rpartition("/")[0]
        return Origin(
            request_id, run_id, first.provider, first.pipeline, first.step, first.requested_at, first.upstream, windows
        )

    def _scan(self, dataset: str) -> LazyFrame | None:
        path = self._folder / dataset
        return polars.scan_delta(str(path)) if (path / "_delta_log").is_dir() else None

    def _selected(
        self, dataset: str, time: str, symbol: str, at: datetime.datetime | None, provider: str | None
    ) -> LazyFrame | None:
        table = self._scan(dataset)
        if table is None:
            return None
        rows = table.filter(col("symbol") == symbol)
        if provider is not None:
            rows = rows.filter(col("provider") == provider)
        return rows if at is None else rows.filter(col(time) <= at)


def _latest_provider(rows: LazyFrame) -> str | None:
    """The provider with the latest row; the first by name of several."""
    latest = rows.group_by("provider").agg(col("ts").max()).sort(["ts", "provider"], descending=[True, False]).head(1)
    found = latest.collect()
    return None if found.height == 0 else str(found.row(0)[0])


def _select(rows: LazyFrame, names: tuple[str, ...]) -> DataFrame:
    """Selects columns; a table from before a column existed has none."""
    known = set(rows.collect_schema().names())
    return rows.select([col(name) if name in known else polars.lit(None).alias(name) for name in names]).collect()


def _convert(frame: DataFrame, form: Form) -> Any:
    if form == "polars":
        return frame
    if form == "pandas":
        return frame.to_pandas()
    if form == "arrow":
        return frame.to_arrow()
    raise ValueError(f"as_ {form!r} is not one of polars, pandas, arrow")


def _check_symbol(symbol: object) -> None:
    if not isinstance(symbol, str) or not symbol.strip():
        raise ValueError(f"symbol {symbol!r} is not a text; write a name such as AAPL")


def _to_date(name: str, value: Date | None) -> datetime.date | None:
    if value is None:
        return None
    if isinstance(value, datetime.datetime):
        raise ValueError(f"{name} {value!r} is a time; write a date, YYYY-MM-DD")
    if isinstance(value, datetime.date):
        return value
    try:
        if len(value) != len("2026-11-20"):
            raise ValueError
        return datetime.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} {value!r} is not a date; write YYYY-MM-DD") from None


def _to_instant(name: str, value: Instant | None) -> datetime.datetime | None:
    """An instant needs its zone: a time without one would be read differently on each machine."""
    if value is None:
        return None
    try:
        instant = datetime.datetime.fromisoformat(value.replace("Z", "+00:00")) if isinstance(value, str) else value
        if instant.tzinfo is None:
            raise ValueError
        return instant.astimezone(datetime.timezone.utc)
    except (AttributeError, TypeError, ValueError):
        raise ValueError(f"{name} {value!r} is no instant with a zone; write 2026-11-20T21:00:00Z") from None
