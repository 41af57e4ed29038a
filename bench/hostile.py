"""What do misbehaving publishers do to a pass: does it end in bounded time and memory, and do the healthy feeds notice?

The same feeds are polled by the command line twice into stores of their own: from an origin where all are well, and from one
where they misbehave as `origin_faults` says; both answer after 200 ms. The healthy feeds must be stored entry for entry the
same, each failure must be told in words, and the second pass must ask nobody who said 410.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.corpus import ENTRIES
from bench.ingest import configuration, program
from bench.origin import Origin
from bench.origin_faults import READABLE, Fault
from bench.record import Options, Report, Row, Sample, run_program

FEEDS = 2000
LATENCY_SECONDS = 0.2
RUNS = 2  # a pass waits for most of its time, and for the same things
CALM, HOSTILE, AGAIN = "all are well", "with faults", "with faults, second pass"
TEXTS = """
SELECT f.url, e.url, e.title, e.summary_html, e.content_html, e.dated_at FROM entries e
JOIN entry_origins o ON o.entry_id = e.id JOIN feeds f ON f.id = o.feed_id ORDER BY f.url, e.url
"""


def bench(options: Options) -> Iterable[Report]:
    feeds = options.feeds or FEEDS
    report = Report(
        name=f"hostile-{feeds}",
        question="What do misbehaving publishers do to a pass?",
        corpus=f"{feeds} generated feeds of {ENTRIES} entries on 64 loopback hosts, each answer after {LATENCY_SECONDS:g} s",
        baseline="aggregator",
    )
    samples: dict[str, list[Sample]] = {CALM: [], HOSTILE: [], AGAIN: []}
    for _ in range(min(options.runs, RUNS)):
        calm = _run(Origin(feeds=feeds), samples[CALM], None)
        hostile = _run(Origin(feeds=feeds, faults=True), samples[HOSTILE], samples[AGAIN], report.facts)
        healthy = {path: entries for path, entries in calm.items() if path in hostile or len(entries) == 0}
        for path, entries in healthy.items():
            if hostile[path] != entries:
                raise RuntimeError(f"{path} is healthy and was not stored as without the others' faults")
    for work, taken in samples.items():
        report.add(Row(name="aggregator", work=work, count=feeds, unit="feeds", samples=tuple(taken)))
    yield report


def _run(
    origin: Origin, first: list[Sample], second: list[Sample] | None, facts: dict[str, float | int | str] | None = None
) -> dict[str, list[tuple[Any, ...]]]:
    """Poll once or twice from an empty store; return what is stored, by path of the healthy feeds.

    Raises: RuntimeError where a feed that can be read was not, or one that cannot did not fail.
    """
    with origin, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        origin.set_latency(LATENCY_SECONDS)
        (folder / "config.yaml").write_text(configuration(origin.urls), encoding="utf-8")
        faults = origin.faults
        taken, output = run_program([*program(folder), "poll", "--all", "--json"], accepted=(0, 1))
        first.append(taken)
        failures = {failure["url"]: failure["reason"] for failure in json.loads(output)["failures"]}
        expected = {url for url, fault in faults.items() if fault not in READABLE}
        if failures.keys() != expected:
            raise RuntimeError(f"failed, or did not: {sorted(failures.keys() ^ expected)[:5]}")
        if facts is not None:
            facts |= _described(faults, failures)
        stored: dict[str, list[tuple[Any, ...]]] = {urlsplit(url).path: [] for url in origin.urls if url not in expected}
        with closing(sqlite3.connect(folder / "aggregator.db")) as store:
            for url, *texts in store.execute(TEXTS):
                stored[urlsplit(url).path].append(tuple(texts))
        if short := [path for path, entries in stored.items() if len(entries) != ENTRIES]:
            raise RuntimeError(f"entries are missing, or there twice: {short[:5]}")
        if second is not None:
            origin.reset()
            taken, _ = run_program([*program(folder), "poll", "--all", "--json"], accepted=(0, 1))
            second.append(taken)
            asked = origin.counters()
            gone = sum(fault is Fault.GONE for fault in faults.values())
            moved = sum(fault is Fault.MOVED for fault in faults.values())
            healthy = len(origin.urls) - len(faults)
            if asked["not_modified"] < healthy + moved:
                raise RuntimeError(f"{asked['not_modified']} answered 304, at least {healthy + moved} should")
            if asked["requests"] > len(origin.urls) - gone + moved:
                raise RuntimeError("a feed that is gone was asked again")
        return {urlsplit(url).path: stored[urlsplit(url).path] for url in origin.urls if url not in faults}


def _described(faults: dict[str, Fault], failures: dict[str, str]) -> dict[str, float | int | str]:
    counts = Counter(faults.values())
    told: dict[Fault, str] = {}
    for url, reason in failures.items():
        told.setdefault(faults[url], reason)
    return {f"{fault.value} ({count})": told.get(fault, "read, every entry of it") for fault, count in sorted(counts.items())}
