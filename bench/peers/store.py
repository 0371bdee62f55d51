"""Writes the rows of a table that is all in memory with another engine; prints the CPU seconds of the writing alone.

store.py ENGINE ROWS.parquet FOLDER
"""
import json
import resource
import sys

engine, source, folder = sys.argv[1:]


def cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak() -> int:
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


if engine == "polars":
    import polars

    rows = polars.read_parquet(source)
    started = cpu()
    rows.write_parquet(f"{folder}/polars.parquet", compression="zstd")
elif engine == "delta-rs":
    import pyarrow.parquet
    from deltalake import write_deltalake

    rows = pyarrow.parquet.read_table(source)
    started = cpu()
    write_deltalake(f"{folder}/delta-rs", rows, partition_by=["bar_size", "period"])
else:
    sys.exit(f"unknown engine {engine}")
print(json.dumps({"cpuSeconds": cpu() - started, "peakBytes": peak()}))
