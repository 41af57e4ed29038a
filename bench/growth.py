"""What does a pass, a claim, an insert cost as feeds and entries grow, and what grows faster than they do?

Feeds: a process polls so many feeds that all answer 304, twice; its memory is what the kernel says. Entries: a store is filled
step by step, and at each step the same work is done in it: `growth_store`. Growth is told against the smallest size.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from bench.ingest import Ours, check, inside_of
from bench.origin import Origin
from bench.record import Options, Report, Row, Sample, run_program

FEEDS = (1_000, 2_000, 10_000, 20_000, 100_000)
ENTRIES = (9_000, 100_000, 1_000_000)
STORE_SECONDS = 3600


def bench(options: Options) -> Iterable[Report]:
    report = Report(
        name="growth",
        question="What grows faster than the feeds and the entries?",
        corpus="generated feeds of one entry on 64 loopback hosts; a store of short entries, 30 in a document",
        baseline=f"{FEEDS[0]:,} feeds",
    )
    for feeds in FEEDS:
        if feeds <= (options.feeds or FEEDS[-1]):
            for row in _poll(feeds):
                report.add(row)
    for row in _fill():
        report.add(row)
    yield report


def _poll(feeds: int) -> Iterable[Row]:
    ours = Ours(whole=False)
    with tempfile.TemporaryDirectory() as name, Origin(tiny=feeds) as origin:
        folder = Path(name)
        ours.prepare(folder, origin.urls)
        samples: dict[str, list[Sample]] = {}
        for work in ("first update", "all answer 304", "all answer 304"):
            origin.reset()
            taken, output = run_program(ours.command(folder))
            asked, outcome = origin.counters(), json.loads(output)
            check(asked["requests"], feeds, f"{work}: requests")
            check(asked["not_modified"], 0 if work == "first update" else feeds, f"{work}: answers 304")
            check(outcome["feeds"]["failed"], 0, f"{work}: failures")
            samples.setdefault(work, []).append(replace(inside_of(outcome), peak_bytes=taken.peak_bytes))
        with closing(sqlite3.connect(folder / "aggregator.db")) as store:
            check(store.execute("SELECT count(*) FROM entries").fetchone()[0], feeds, "entries stored")
    for work, each in samples.items():
        yield Row(name=f"{feeds:,} feeds", work=work, count=feeds, unit="feed", samples=tuple(each))


def _fill() -> Iterable[Row]:
    with tempfile.TemporaryDirectory() as name:
        sizes = [str(size) for size in ENTRIES]
        _, output = run_program(
            [sys.executable, "-m", "bench.growth_store", str(Path(name) / "store.db"), *sizes], deadline_seconds=STORE_SECONDS
        )
    for line in output.splitlines():
        found = json.loads(line)
        samples = tuple(Sample(wall_seconds=wall, cpu_seconds=cpu) for wall, cpu in found["samples"])
        yield Row(
            name=f"{found['entries']:,} entries", work=found["work"], unit=found["unit"], count=found["count"], samples=samples
        )
