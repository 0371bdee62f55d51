"""Runs the shared cases with the Python reader and prints each result as JSON: `null` for a refusal."""

import datetime
import json
import sys

import marketlake

folder, path = sys.argv[1:3]
lake = marketlake.open(folder)


def plain(value):
    if isinstance(value, datetime.datetime):
        return round(value.timestamp() * 1000)
    return value.isoformat() if isinstance(value, datetime.date) else value


def rows(frame):
    return [{name: plain(value) for name, value in row.items()} for row in frame.to_dicts()]


def run(case):
    call, symbol = case["call"], case["symbol"]
    if call == "bars":
        options = {"bar_size": case.get("barSize", "1 day"), "price_type": case.get("priceType", "TRADES")}
        bounds = (case.get("fromInclusive"), case.get("toExclusive"))
        return rows(lake.bars(symbol, *bounds, provider=case.get("provider"), **options))
    if call == "chain":
        return rows(lake.chain(symbol, at=case.get("at")))
    if call == "iv":
        return rows(lake.iv(symbol, case.get("days", 60)))
    if call == "coverage":
        return rows(lake.coverage(symbol, dataset=case["dataset"]))
    origin = lake.lineage(lake.chain(symbol).to_dicts()[0])
    windows = [[one.series, one.start_inclusive, one.end_exclusive, one.state, one.rows] for one in origin.windows]
    head = [origin.request_id, origin.run_id, origin.provider, origin.pipeline, origin.step, origin.requested_at]
    return [*head, list(origin.upstream), windows]


results = []
for case in json.load(open(path)):
    try:
        results.append(run(case))
    except ValueError:
        results.append(None)
json.dump(results, sys.stdout)
