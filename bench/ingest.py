"""How fast, and for how much CPU, does a pass over many feeds go: the first one, one where all answer 304, one with 5 % news?

Every contender is a program started for each pass; a pass is reported with and without starting up. Each must store every
entry exactly once and ask the origin exactly once a feed, conditionally from the second pass on, or the benchmark fails.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bench.corpus import ENTRIES
from bench.origin import Origin
from bench.record import Options, Report, Row, Sample, measure, run_program

FEEDS = 500
CHANGED = 0.05
FIRST, UNCHANGED, NEWS = "first update", "all answer 304", "5 % have one new entry"
WITH_STARTUP = ", from start to end"
READER_WORKERS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a contender says it did, in its own store; None where it keeps no entries."""

    stored: int | None
    distinct: int | None
    new: int | None
    inside: Sample | None = None  # the pass alone, as the program measured itself


class Contender(Protocol):
    """Something that polls feeds, with a folder of its own for each run. `whole`: starting up it may be reported."""

    name: str
    whole: bool

    def prepare(self, folder: Path, urls: list[str]) -> None: ...

    def command(self, folder: Path) -> list[str]: ...

    def outcome(self, folder: Path, output: str) -> Outcome: ...


class Ours:
    """The command line, or (`whole` false) a process that is up already."""

    name = "aggregator"

    def __init__(self, *, whole: bool) -> None:
        self.whole = whole

    def prepare(self, folder: Path, urls: list[str]) -> None:
        (folder / "config.yaml").write_text(configuration(urls), encoding="utf-8")

    def command(self, folder: Path) -> list[str]:
        if self.whole:
            return [*program(folder), "poll", "--all", "--json"]
        return [sys.executable, "-m", "bench.our_pass", str(folder / "config.yaml")]

    def outcome(self, folder: Path, output: str) -> Outcome:
        report = json.loads(output)
        if report["feeds"]["failed"]:
            raise RuntimeError(f"feeds failed: {report['failures'][:3]}")
        with closing(sqlite3.connect(folder / "aggregator.db")) as store:
            stored, distinct = store.execute("SELECT count(*), count(DISTINCT url) FROM entries").fetchone()
        inside = None if self.whole else inside_of(report)
        return Outcome(stored=stored, distinct=distinct, new=report["entries"]["new"], inside=inside)


class Reader:
    name = "reader"
    whole = True

    def prepare(self, folder: Path, urls: list[str]) -> None:
        (folder / "urls").write_text("\n".join(urls))
        run_program([*self.command(folder), "--add", str(folder / "urls")])

    def command(self, folder: Path) -> list[str]:
        return [
            *(sys.executable, "-m", "bench.baselines.reader_pass", str(folder / "reader.db")),
            *("--workers", str(READER_WORKERS)),
        ]

    def outcome(self, folder: Path, output: str) -> Outcome:
        with closing(sqlite3.connect(folder / "reader.db")) as store:
            stored, distinct = store.execute("SELECT count(*), count(DISTINCT link) FROM entries").fetchone()
        report = json.loads(output)
        return Outcome(stored=stored, distinct=distinct, new=report["new"], inside=inside_of(report))


class Bare:
    """A bare loop; with `keeps` false it only fetches."""

    whole = True

    def __init__(self, *, keeps: bool) -> None:
        self.keeps = keeps
        self.name = "bare fetch, parse, sanitise, insert" if keeps else "bare fetch"

    def prepare(self, folder: Path, urls: list[str]) -> None:
        (folder / "urls").write_text("\n".join(urls))

    def command(self, folder: Path) -> list[str]:
        command = [sys.executable, "-m", "bench.baselines.bare", str(folder / "urls"), str(folder / "bare.db")]
        return command if self.keeps else [*command, "--fetch-only"]

    def outcome(self, folder: Path, output: str) -> Outcome:
        if not self.keeps:
            return Outcome(stored=None, distinct=None, new=None, inside=inside_of(json.loads(output)))
        with closing(sqlite3.connect(folder / "bare.db")) as store:
            stored, distinct = store.execute("SELECT count(*), count(DISTINCT link) FROM entries").fetchone()
        report = json.loads(output)
        return Outcome(stored=stored, distinct=distinct, new=report["new"], inside=inside_of(report))


CONTENDERS: tuple[Contender, ...] = (Ours(whole=True), Ours(whole=False), Reader(), Bare(keeps=True), Bare(keeps=False))


def inside_of(report: dict[str, float]) -> Sample:
    return Sample(wall_seconds=report["seconds"], cpu_seconds=report["cpu_seconds"])


def program(folder: Path) -> list[str]:
    """Return the start of a command line of ours, for the configuration in a folder."""
    return [sys.executable, "-m", "aggregator", "--quiet", "--config", str(folder / "config.yaml")]


def configuration(urls: Iterable[str]) -> str:
    """Return a configuration that polls loopback feeds as often as it is told to."""
    return "\n".join(
        [
            'store: {url: "sqlite:///aggregator.db"}',
            "fetch: {per_host_gap: 0s, allow_private: [127.0.0.0/8]}",
            "polling: {min_interval: 0s}",
            "feeds:",
            *(f"- {{url: {json.dumps(url)}}}" for url in urls),
            "",
        ]
    )


def bench(options: Options) -> Iterable[Report]:
    feeds = options.feeds or FEEDS
    report = Report(
        name=f"ingest-{feeds}",
        question="How fast, and for how much CPU, does a pass over many feeds go?",
        corpus=f"{feeds} generated feeds of {ENTRIES} entries on 64 loopback hosts, no latency; a new process a pass",
        baseline=Reader.name,
    )
    samples: dict[tuple[str, str], list[Sample]] = {}
    with Origin(feeds=feeds) as origin:
        for _ in range(options.runs):
            for contender in CONTENDERS:  # in turn, so that a slow minute of the machine hits all
                with tempfile.TemporaryDirectory() as name:
                    for work, taken in passes(contender, Path(name), origin):
                        samples.setdefault((work, contender.name), []).append(taken)
        report.facts |= startup(origin.urls, runs=options.runs)
    for work in [work + suffix for suffix in (WITH_STARTUP, "") for work in (FIRST, UNCHANGED, NEWS)]:
        for name in dict.fromkeys(contender.name for contender in CONTENDERS):
            report.add(Row(name=name, work=work, count=feeds, unit="feeds", samples=tuple(samples[work, name])))
    yield report


def passes(contender: Contender, folder: Path, origin: Origin) -> Iterable[tuple[str, Sample]]:
    """Run the three passes of one contender from an empty store.

    Raises: RuntimeError where a pass did not do all its work, or did some of it twice.
    """
    feeds = len(origin.urls)
    contender.prepare(folder, origin.urls)
    for work in (FIRST, UNCHANGED, NEWS):
        changed = origin.change(CHANGED) if work == NEWS else 0
        origin.reset()
        taken, output = run_program(contender.command(folder))
        asked, outcome = origin.counters(), contender.outcome(folder, output)
        bodies = {FIRST: feeds, UNCHANGED: 0, NEWS: changed}[work]
        check(asked["requests"], feeds, f"{contender.name}, {work}: requests")
        check(asked["ok"], bodies, f"{contender.name}, {work}: answers with a body")
        check(asked["unconditional"], feeds if work == FIRST else 0, f"{contender.name}, {work}: unconditional requests")
        if outcome.stored is not None:
            check(outcome.stored, feeds * ENTRIES + changed, f"{contender.name}, {work}: entries stored")
            check(outcome.distinct, feeds * ENTRIES + changed, f"{contender.name}, {work}: different entries stored")
            check(outcome.new, feeds * ENTRIES if work == FIRST else changed, f"{contender.name}, {work}: new entries")
        if contender.whole:
            yield work + WITH_STARTUP, taken
        if outcome.inside is not None:
            yield work, outcome.inside


def check(found: int | None, expected: int, what: str) -> None:
    if found != expected:
        raise RuntimeError(f"{what}: {found}, expected {expected}")


def startup(urls: list[str], *, runs: int) -> dict[str, float | int | str]:
    """Return what a command of ours costs that only reads the configuration and opens the store."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        Ours(whole=True).prepare(folder, urls)
        row = measure("", lambda: run_program([*program(folder), "status", "--json"]), count=1, unit="start", runs=runs)
    return {"CPU of start-up (`aggregator status`) in ms": round(row.cpu_milliseconds.median)}
