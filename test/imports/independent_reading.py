"""Reads daily CSV files as the documentation describes it, with nothing of the product: `accepted` bars and `rejected` lines as JSON."""

import datetime
import json
import math
import re
import sys

path, sessions_path = sys.argv[1:3]
sessions = set(json.load(open(sessions_path)))
with open(path, "rb") as file:
    lines = [line.rstrip("\r") for line in file.read().decode("utf-8", "replace").split("\n")]


def split(line):
    """Cells of one line, or None where quotes are wrong."""
    cells, rest = [], line
    while True:
        rest = rest.lstrip(" ")
        if rest.startswith('"'):
            match = re.match(r'"((?:[^"]|"")*)"', rest)
            if match is None:
                return None
            cells.append(match.group(1).replace('""', '"').strip())
            rest = rest[match.end() :].lstrip(" ")
            if rest and not rest.startswith(","):
                return None
        else:
            cell, comma, after = rest.partition(",")
            if '"' in cell and '"' in line:
                return None
            cells.append(cell.strip())
            rest = comma + after
        if not rest:
            return cells
        rest = rest[1:]


def number(text):
    if text.lower() in ("", "-", "na", "n/a", "nan", "null", "none"):
        return math.nan
    if len(text) > 40 or not re.fullmatch(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?", text):
        raise ValueError(text)
    value = float(text)
    if math.isinf(value):
        raise ValueError(text)
    return value


def bar(cells):
    if cells is None or len(cells) < 6 or any(cells[6:]):
        raise ValueError("cells")
    match = re.fullmatch(r"([0-9]{4})(-?)([0-9]{2})(-?)([0-9]{2})", cells[0])
    if match is None:
        raise ValueError("date")
    date = datetime.date(int(match[1]), int(match[3]), int(match[5])).isoformat()
    if date not in sessions:
        raise ValueError("session")
    first, high, low, last, volume = map(number, cells[1:6])
    if not all(price > 0 for price in (first, high, low, last)) or volume < 0:
        raise ValueError("value")
    if low > min(first, last) or high < max(first, last):
        raise ValueError("range")
    return date, (first, high, low, last, None if math.isnan(volume) else volume)


accepted, rejected, repeated = {}, [], 0
for index, line in enumerate(lines[1:], 2):
    if line.strip() == "":
        continue
    try:
        date, values = bar(split(line))
    except ValueError:
        rejected.append(index)
        continue
    if date not in accepted:
        accepted[date] = values
    elif accepted[date] == values:
        repeated += 1
    else:
        rejected.append(index)
json.dump({"accepted": sorted(accepted.items()), "rejected": rejected, "repeated": repeated}, sys.stdout)
