"""Reads every table of a lake with delta-rs and with Polars and prints a summary as one JSON document."""

import json
import os
import sys

import polars
from deltalake import DeltaTable


def summary(frame: polars.DataFrame) -> dict:
    """Counts and sums that any two readers of the same rows agree on."""
    sums = {}
    for name, kind in frame.schema.items():
        column = frame[name]
        if kind == polars.String:
            sums[name] = sum(len(text.encode()) for text in column if text is not None)
        elif kind == polars.Boolean:
            sums[name] = int(column.sum() or 0)
        elif kind == polars.Date:
            sums[name] = int(column.cast(polars.Int32).sum() or 0)
        elif isinstance(kind, polars.Datetime):
            assert kind.time_zone == "UTC", (name, kind)
            sums[name] = int(column.dt.epoch("ms").sum() or 0)
        else:
            sums[name] = float(column.sum() or 0)
    symbols = frame.group_by("symbol").len().sort("symbol")
    return {
        "rows": frame.height,
        "sums": sums,
        "nulls": {name: frame[name].null_count() for name in frame.columns},
        "symbols": dict(zip(symbols["symbol"].to_list(), symbols["len"].to_list())),
    }


def main() -> None:
    result = {}
    for table in sys.argv[1:]:
        delta = DeltaTable(table)
        by_delta = polars.from_arrow(delta.to_pyarrow_table())
        by_polars = polars.scan_delta(table).collect()
        columns = by_delta.columns
        adds = polars.DataFrame(delta.get_add_actions(flatten=True))
        some = sorted(set(by_delta["symbol"].to_list()))[:1]
        result[table] = {
            "version": delta.version(),
            "delta": summary(by_delta.select(columns)),
            "polars": summary(by_polars.select(columns)),
            "statistics": int(adds["num_records"].sum()),
            "filtered": polars.scan_delta(table).filter(polars.col("symbol") == some[0]).collect().height if some else 0,
        }
    print(json.dumps(result))


main()
sys.stdout.flush()
# Exit without cleanup: threads of the readers may still run and can crash the interpreter at its end.
os._exit(0)
