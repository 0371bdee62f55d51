"""Recomputes the hashes of a certificate from the files of a lake, as docs/reference/certificates.md describes them."""

import hashlib
import json
import struct
import sys
from zoneinfo import ZoneInfo

from deltalake import DeltaTable


def field(value, kind):
    if value is None:
        return "\\N"
    if kind == "number":
        return struct.pack(">d", value).hex()
    if kind == "timestamp":
        return str(value)
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "text":
        return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return str(value)


def read_rows(lake, certificate):
    import pyarrow as pa

    table = DeltaTable(f"{lake}/{certificate['dataset']}", version=certificate["version"]).to_pyarrow_table(
        filters=[("symbol", "=", certificate["symbol"])]
    )
    zone = ZoneInfo(certificate["timeZone"])
    columns = {}
    for name, kind in certificate["columns"]:
        column = table[name] if name in table.column_names else pa.nulls(len(table))
        if kind == "timestamp":
            columns[name] = column.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64()).to_pylist()
        else:
            columns[name] = column.to_pylist()
    time = "ts" if "ts" in columns else "as_of"
    days = columns.get("session") or [
        moment.as_py().astimezone(zone).date() for moment in table[time].cast(pa.timestamp("us", tz="UTC"))
    ]
    for index, day in enumerate(days):
        row = {name: columns[name][index] for name, _ in certificate["columns"]}
        yield str(day), row


def main(path, lake):
    with open(path, encoding="utf-8") as file:
        certificate = json.load(file)
    kinds = dict(certificate["columns"])
    groups = {}
    for day, row in read_rows(lake, certificate):
        line = "\t".join(field(row[name], kind) for name, kind in certificate["columns"])
        for number, series in enumerate(certificate["series"]):
            same = all(field(row[name], kinds[name]) == value for name, value in series["key"].items())
            if same and row["provider"] == series["provider"]:
                groups.setdefault((number, day), []).append(line.encode())
    result = {"sessions": 0, "rows": 0, "different": []}
    for number, series in enumerate(certificate["series"]):
        for session in series["sessions"]:
            lines = sorted(groups.get((number, session["date"]), []))
            digest = hashlib.sha256(b"".join(line + b"\n" for line in lines)).hexdigest()
            result["sessions"] += 1
            result["rows"] += len(lines)
            if digest != session["hash"] or len(lines) != session["rows"]:
                result["different"].append(session["date"])
    print(json.dumps(result))


main(*sys.argv[1:])
