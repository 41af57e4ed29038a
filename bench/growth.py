"""What does a pass, a claim, an insert cost as feeds and entries grow, and what grows faster than they do?

Feeds: a process polls so many feeds that all answer 304, twice; its memory is what the kernel says. Entries: stores with a
longer and longer history, and in each the same work: `growth_store`. Growth is told against the smallest size, which is in
every run: `--feeds 100000` and `--entries 5000000` run one size beside it, each into figures of its own.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from bench.growth_fill import FEEDS as STORE_FEEDS
from bench.growth_fill import PER_DAY
from bench.ingest import Ours, check, inside_of
from bench.origin import Origin
from bench.record import Options, Report, Row, Sample, run_program

FEEDS = (1_000, 2_000, 10_000, 20_000)
ENTRIES = (10_000, 100_000, 1_000_000)
STORE_SECONDS = 3600


def bench(options: Options) -> Iterable[Report]:
    if options.feeds is not None or options.entries is None:
        yield _measure_feeds(options.feeds)
    if options.entries is not None or options.feeds is None:
        yield _measure_entries(options.entries)


def _sizes(all_sizes: Sequence[int], one: int | None) -> tuple[tuple[int, ...], str]:
    """Return the sizes to measure, and what to add to the name of their figures."""
    return (tuple(all_sizes), "") if one is None else (tuple(sorted({all_sizes[0], one})), f"-{one}")


def _measure_feeds(one: int | None) -> Report:
    sizes, suffix = _sizes(FEEDS, one)
    report = Report(
        name=f"growth-feeds{suffix}",
        question="What grows faster than the feeds?",
        corpus="generated feeds of one entry on 64 loopback hosts",
        baseline=f"{sizes[0]:,} feeds",
    )
    for feeds in sizes:
        for row in _poll(feeds):
            report.add(row)
    return report


def _measure_entries(one: int | None) -> Report:
    sizes, suffix = _sizes(ENTRIES, one)
    report = Report(
        name=f"growth-entries{suffix}",
        question="What grows with history, though it should not?",
        corpus=f"invented entries of {STORE_FEEDS:,} feeds, {PER_DAY:,} a day whatever the size, SQLite, by words alone",
        baseline=f"{sizes[0]:,} entries",
    )
    for entries in sizes:
        for row in _work(entries):
            report.add(row)
    return report


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


def _work(entries: int) -> Iterable[Row]:
    with tempfile.TemporaryDirectory() as name:
        _, output = run_program(
            [sys.executable, "-m", "bench.growth_store", name, str(entries)], deadline_seconds=STORE_SECONDS
        )
    for line in output.splitlines():
        found = json.loads(line)
        samples = tuple(Sample(wall_seconds=wall, cpu_seconds=cpu) for wall, cpu in found["samples"])
        yield Row(name=f"{entries:,} entries", work=found["work"], unit=found["unit"], count=found["count"], samples=samples)
