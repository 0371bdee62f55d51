"""Reads rows of an open lake with another engine; prints the median CPU seconds of a reading.

read.py ENGINE TABLE_FOLDER SYMBOL...

The first reading of all, which fills caches, does not count.
"""
import json
import resource
import statistics
import sys

engine, table, *symbols = sys.argv[1:]


def cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


columns = ["ts", "session", "open", "high", "low", "close", "volume", "wap", "bar_count", "open_interest"]

if engine == "polars":
    import polars

    rows = polars.scan_delta(table)

    def read(symbol: str) -> int:
        one = rows.filter((polars.col("symbol") == symbol) & (polars.col("bar_size") == "1 day"))
        return len(one.select(columns).sort("ts").collect())

elif engine == "duckdb":
    import duckdb
    from deltalake import DeltaTable

    connection = duckdb.connect()
    connection.execute("SET parquet_metadata_cache = true; SET TimeZone = 'UTC'")
    files = DeltaTable(table).file_uris()
    connection.execute(f"CREATE VIEW bars AS SELECT * FROM read_parquet({files!r}, hive_partitioning = true, hive_types = {{'bar_size': VARCHAR, 'period': VARCHAR}})")
    names = ", ".join(f'"{name}"' for name in columns)

    def read(symbol: str) -> int:
        result = connection.execute(f"SELECT {names} FROM bars WHERE symbol = ? AND bar_size = '1 day' ORDER BY ts", [symbol])
        return len(result.fetchall())

else:
    sys.exit(f"unknown engine {engine}")

times = []
for symbol in symbols:
    started = cpu()
    if read(symbol) == 0:
        sys.exit(f"no rows of {symbol}")
    times.append(cpu() - started)
print(json.dumps({"cpuSeconds": statistics.median(times[1:])}))
