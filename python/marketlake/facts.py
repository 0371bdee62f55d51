"""Decodes what commits say about requests; the format is described in docs/explanation/lake-format.md."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class OriginWindow:
    """A window of a series that a request closed, in epoch milliseconds."""

    series: str
    start_inclusive: int
    end_exclusive: int
    state: str
    rows: int


@dataclass(frozen=True)
class Origin:
    """The request that brought a row."""

    request_id: str
    run_id: str
    provider: str
    pipeline: str
    step: str
    requested_at: int
    upstream: tuple[str, ...]
    windows: tuple[OriginWindow, ...]


@dataclass(frozen=True)
class Fact:
    """One window of a series and the result of one request for it."""

    provider: str
    series: str
    start: int
    end: int
    state: str
    reason: str | None
    request_id: str
    requested_at: int
    rows: int
    upstream: tuple[str, ...]
    step: str
    pipeline: str
    run_id: str
    folded_at: int
    """The earliest request of its group: coverage takes it for all of them, so that equal histories stay equal."""
    empty_answers: int | None


def _numbers(value: Any, size: int) -> Sequence[int]:
    if isinstance(value, (int, float)):
        return [int(value)] * size
    if isinstance(value, dict):
        return [int(one) for one in value["is"]]
    return list(accumulate(int(one) for one in value))


def _texts(value: Any, size: int) -> Sequence[str]:
    if isinstance(value, str):
        return [value] * size
    if isinstance(value, dict):
        return [str(value["of"][position]) for position in value["at"]]
    return [str(one) for one in value]


def _request_ids(value: Any, size: int, runs: Sequence[str]) -> Sequence[str]:
    positions, numbers = _numbers(value[0], size), _numbers(value[1], size)
    return [
        runs[position] if number == -1 else f"{runs[position]}/{number}"
        for position, number in zip(positions, numbers, strict=True)
    ]


def _decode(coverage: Any, pipeline: str, run_id: str) -> Iterator[Fact]:
    runs: list[str] = coverage["runs"]
    for group in coverage["groups"]:
        size = int(group["size"])
        prefix, suffix = group["series"]
        keys = ["/".join(parts) for parts in zip(*(_texts(column, size) for column in group["keys"]), strict=True)]
        starts, lengths = (_numbers(column, size) for column in group["window"])
        requests = _request_ids(group["request"], size, runs)
        at, rows = _numbers(group["at"], size), _numbers(group["rows"], size)
        counts = _numbers(group["upstream"][0], size)
        upstream = iter(_request_ids(group["upstream"][1], sum(counts), runs))
        for index in range(size):
            yield Fact(
                provider=group["provider"],
                series=f"{prefix}{keys[index]}{suffix}",
                start=starts[index],
                end=starts[index] + lengths[index],
                state=group["state"],
                reason=group.get("note"),
                request_id=requests[index],
                requested_at=at[index],
                rows=rows[index],
                upstream=tuple(next(upstream) for _ in range(counts[index])),
                step=group["step"],
                pipeline=pipeline,
                run_id=run_id,
                folded_at=min(at),
                empty_answers=group.get("empty"),
            )


def read_facts(table: Path) -> Iterator[Fact]:
    """The facts of the commits of a table, oldest first."""
    for path in sorted((table / "_delta_log").glob("[0-9]*.json")):
        for line in path.read_text().splitlines():
            info = json.loads(line).get("commitInfo", {}).get("pipe") if line else None
            if isinstance(info, dict) and isinstance(info.get("coverage"), dict) and "groups" in info["coverage"]:
                yield from _decode(info["coverage"], info["pipeline"]["name"], info["run"])


_OVERRIDING = frozenset({"data", "empty", "provisional", "missing", "rescaled"})


@dataclass(frozen=True)
class Window:
    """A window of a series with the state of its last answer."""

    start: int
    end: int
    state: str
    reason: str | None
    requested_at: int
    empty_answers: int | None


def _replaces(new: Window, old: Window) -> bool:
    """A failed repeat never discards stored rows, nor the knowledge that rows are lost."""
    if new.state in _OVERRIDING:
        return True
    if old.state == "rescaled":
        return False
    if old.state == "provisional":
        return (new.empty_answers or 0) > 0
    if old.state == "missing" and new.state == "failed":
        return new.empty_answers is not None
    if old.state in ("data", "empty"):
        return False
    counts = old.state == "failed" == new.state and old.empty_answers is not None
    return not (counts and (new.empty_answers or 0) <= (old.empty_answers or 0))


def fold(windows: Sequence[Window], new: Window) -> list[Window]:
    """Adds the window of a later fact to the windows of a series."""
    result: list[Window] = []
    free = [(new.start, new.end)]
    for old in windows:
        if old.end <= new.start or old.start >= new.end:
            result.append(old)
        elif _replaces(new, old):
            if old.start < new.start:
                result.append(_cut(old, old.start, new.start))
            if old.end > new.end:
                result.append(_cut(old, new.end, old.end))
        else:
            result.append(old)
            free = [part for start, end in free for part in ((start, min(end, old.start)), (max(start, old.end), end))]
            free = [(start, end) for start, end in free if start < end]
    result += [_cut(new, start, end) for start, end in free]
    return _merge(sorted(result, key=lambda window: window.start))


def _cut(window: Window, start: int, end: int) -> Window:
    return Window(start, end, window.state, window.reason, window.requested_at, window.empty_answers)


def _merge(windows: Sequence[Window]) -> list[Window]:
    merged: list[Window] = []
    for window in windows:
        last = merged[-1] if merged else None
        final = window.state in ("data", "empty", "denied", "unavailable")
        if (
            last is not None
            and last.end == window.start
            and (last.state, last.reason, last.empty_answers) == (window.state, window.reason, window.empty_answers)
            and (final or last.requested_at == window.requested_at)
        ):
            at = max(last.requested_at, window.requested_at)
            merged[-1] = Window(last.start, window.end, last.state, last.reason, at, last.empty_answers)
        else:
            merged.append(window)
    return merged
