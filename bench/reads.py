"""What does it cost to record a read, to rank by a million of them, and to answer a click?

Measured on SQLite. Where TEST_POSTGRESQL names a database (a schema of its own is made there and dropped), recording and
ranking are measured on both in one run, up to 100,000 entries, and kept apart: `reads-postgresql`, `reads-ranking-postgresql`.
Every count is checked against an independent one. CPU is the bench's own: that of a server is not in it.
"""

from __future__ import annotations

import os
import random
import sqlite3
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import accumulate, islice
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from aggregator.library.rankings import read_most_read, read_ranking
from aggregator.library.reads import ReadRecorder
from aggregator.model.change import EntryChanges, EntryUpdate, FeedChange, NewEntry
from aggregator.model.entry import EntryData
from aggregator.model.feed import FeedData, FeedSettings, FeedState, PollState
from aggregator.model.reading import ReadEvent, ReadFacts, Via
from aggregator.model.story import Ranking, Window
from aggregator.model.topic import Assignment, Topic
from aggregator.pipeline.ranking import FIRST_CANDIDATES, RankingRules, rank_stories
from aggregator.storage import Storage
from aggregator.store.database import open_database
from bench.clicks import measure_clicks
from bench.ingest import check
from bench.record import Options, Report, Row, Sample, measure, sample

SERVER = "TEST_POSTGRESQL"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SITES = 100
STEP = timedelta(seconds=7)  # between entries: a million in 81 days, as long as they are kept
EVENTS = 1_000_000
SLICES = 10  # of the events, each a run: the last shows what a full table costs
READ_ENTRIES = 100_000
READERS = 50_000
ZIPF = 0.8  # exponent of interest by place
BATCH = 500  # events a transaction, as `library.reads` makes them
SINGLE = 500  # transactions of one event
RECORDED = 50_000  # reads through the recorder
SIZES = (10_000, 100_000, 1_000_000)
QUERIES = 200
TOUCHED = 1_000  # stories read between two quanta
BARE = "bare table"
BIG, SMALL = Topic(slug="big", title="Big"), Topic(slug="small", title="Small")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def bench(options: Options) -> Iterator[Report]:
    yield _recording(options)
    yield _ranking(options)
    if not os.environ.get(SERVER):
        yield measure_clicks(options.runs)


def _named(name: str) -> str:
    return f"{name}-postgresql" if os.environ.get(SERVER) else name


def _sizes() -> tuple[int, ...]:
    return SIZES[:2] if os.environ.get(SERVER) else SIZES


def _recording(options: Options) -> Report:
    report = Report(
        name=_named("reads"),
        question="How many reads a second are recorded?",
        corpus=f"{EVENTS:,} reads of {READ_ENTRIES:,} entries by {READERS:,} readers, entries by Zipf {ZIPF}; "
        f"a run is a tenth of them, {BATCH} a transaction",
        baseline=BARE,
    )
    events = _events()
    expected = len({(event.entry_id, event.reader_key) for event in events})
    report.facts["reads that are new"] = expected
    report.add(_bare(events))
    for name, url in _databases():
        with url as address, closing(open_database(address)) as storage:
            _fill(storage, 0, READ_ENTRIES)
            batches = f"batches of {BATCH}"
            samples = [sample(partial(_add, storage, part, size=BATCH)) for part in _slices(events)]
            report.add(Row(name=name, work=batches, count=len(events) // SLICES, unit="read", samples=tuple(samples)))
            _check_counts(storage, expected, name)
            report.facts[f"first and last tenth, reads/s, {name}"] = ", ".join(
                f"{len(events) / SLICES / each.wall_seconds:,.0f}" for each in (samples[0], samples[-1])
            )
            more = _events(seed=2, count=SINGLE * options.runs, readers=range(READERS, 2 * READERS))
            parts = [more[at : at + SINGLE] for at in range(0, len(more), SINGLE)]
            singles = [sample(partial(_add, storage, part, size=1)) for part in parts]
            report.add(Row(name=name, work="one a transaction", count=SINGLE, unit="read", samples=tuple(singles)))
            taken = [sample(partial(_record, storage, run)) for run in range(options.runs)]
            row = Row(name=name, work="through the recorder, as clicks come", count=RECORDED, unit="read", samples=tuple(taken))
            report.add(row)
    return report


def _ranking(options: Options) -> Report:
    report = Report(
        name=_named("reads-ranking"),
        question="What does a ranking cost, however many entries there are?",
        corpus=f"{', '.join(f'{size:,}' for size in _sizes())} entries, as many reads of the last day as entries, by Zipf "
        f"{ZIPF}; {QUERIES} queries a run; topics of 10 % and 0.1 % of the entries; a quantum follows {TOUCHED:,} reads",
        baseline=f"{SIZES[0]:,} entries",
    )
    for database, url in _databases():
        with url as address, closing(open_database(address)) as storage:
            filled = 0
            for size in _sizes():
                _fill(storage, filled, size)
                chance, reads = random.Random(size), size - filled
                _add(storage, _draw(chance, reads, size, range(reads)), size=BATCH)
                filled = size
                started = time.perf_counter()
                rank_stories(storage, [BIG, SMALL], RankingRules(), now=NOON, at_once=True)
                report.facts[f"first ranking s, {size:,} entries, {reads:,} reads since, {database}"] = round(
                    time.perf_counter() - started, 2
                )
                for kind, ask in _questions().items():
                    work = f"{kind}, {database}"
                    row = measure(
                        f"{size:,} entries",
                        partial(_ask, storage, ask),
                        count=QUERIES,
                        unit="query",
                        kind=work,
                        runs=options.runs,
                    )
                    report.add(row)
                quanta = [_quantum(storage, size, run) for run in range(options.runs)]
                work = f"a quantum, {database}"
                report.add(Row(name=f"{size:,} entries", work=work, count=1, unit="quantum", samples=tuple(quanta)))
    for row in report.rows:
        if (ratios := report.ratios(row)) is not None and row.name == f"{_sizes()[-1]:,} entries":
            report.facts[f"{row.work}: CPU at {row.name}, times that at {report.baseline}"] = round(ratios[1], 2)
    return report


def _questions() -> dict[str, Callable[[Storage], object]]:
    """What pages, boxes and the ranking itself ask."""

    def page(storage: Storage) -> object:
        with storage.read() as tx:
            return read_ranking(tx, Ranking.MOST_READ, limit=20)

    def week(storage: Storage) -> object:
        with storage.read() as tx:
            return read_most_read(tx, Window.WEEK, limit=20)

    def ranked(ranking: Ranking, topic: Topic | None) -> Callable[[Storage], object]:
        def ask(storage: Storage) -> object:
            with storage.read() as tx:
                return tx.stories.ranked(ranking, limit=FIRST_CANDIDATES, topic=topic.slug if topic else None)

        return ask

    return {
        "page of the most read": page,
        "page of the most read of 7 days": week,
        **{
            f"{FIRST_CANDIDATES} candidates of {ranking}{f', topic {topic.slug}' if topic else ''}": ranked(ranking, topic)
            for ranking in Ranking
            for topic in (None, BIG, SMALL)
        },
    }


def _ask(storage: Storage, ask: Callable[[Storage], object]) -> None:
    for _ in range(QUERIES):
        ask(storage)


def _quantum(storage: Storage, size: int, run: int) -> Sample:
    chance = random.Random(size + run)
    readers = range(size + run * TOUCHED, size + (run + 1) * TOUCHED)
    _add(storage, _draw(chance, TOUCHED, size, readers), size=BATCH)
    return sample(lambda: rank_stories(storage, [BIG, SMALL], RankingRules(), now=NOON, at_once=True))


def _fill(storage: Storage, first: int, last: int, *, at_once: int = 1_000) -> None:
    """Store entries of ids above `first` up to `last`, the newest last."""
    with storage.write() as tx:
        tx.feeds.configure([FeedSettings(url=f"https://p{site}.example/feed") for site in range(SITES)], now=NOON)
        tx.topics.configure([BIG, SMALL])
        feeds = [feed.id for feed in tx.feeds.all()]
    for start in range(first + 1, last + 1, at_once):
        ids = range(start, min(start + at_once, last + 1))
        changes = [
            FeedChange(
                feed_id=feed,
                polled_at=NOON,
                poll=PollState(state=FeedState.OK, last_polled_at=NOON),
                data=FeedData(title=f"Blatt {feed}"),
                entries=EntryChanges(new=tuple(_entry(number) for number in ids if number % SITES == place)),
            )
            for place, feed in enumerate(feeds)
        ]
        with storage.write() as tx:
            tx.entries.apply(changes)
            for topic, every in ((BIG, 10), (SMALL, 1_000)):
                members = [number for number in ids if number % every == 0]
                found = [Assignment(slug=topic.slug, entry_id=number, reason="") for number in members]
                tx.topics.assign([topic.slug], members, found, revision=ids[-1])


def _entry(number: int) -> NewEntry:
    url = f"https://p{number % SITES}.example/beitrag-{number}.html"
    key = number.to_bytes(16, "big")
    data = EntryData(title=f"Der Stadtrat beschliesst den Umbau ({number})", guid=url, url=url, summary_html="<p>Kurz.</p>")
    return NewEntry(
        id=number,
        update=EntryUpdate(data=data, guid_key=key, url_key=key, content_hash=key),
        dated_at=NOON - (SIZES[-1] - number) * STEP,
    )


def _events(*, seed: int = 1, count: int = EVENTS, readers: range = range(READERS)) -> list[ReadEvent]:
    return _draw(random.Random(seed), count, READ_ENTRIES, readers)


def _draw(chance: random.Random, count: int, entries: int, readers: range) -> list[ReadEvent]:
    """Return reads of the last day in the order of time: newer entries are more interesting, readers are all alike."""
    weights = list(accumulate(place**-ZIPF for place in range(1, entries + 1)))
    places = chance.choices(range(entries), cum_weights=weights, k=count)
    return [
        ReadEvent(
            entry_id=entries - place,
            at=NOON - (count - number) * timedelta(hours=23) / count,
            via=Via.CLICK,
            reader_key=chance.choice(readers).to_bytes(16, "big"),
        )
        for number, place in enumerate(places)
    ]


def _slices(events: Sequence[ReadEvent]) -> list[Sequence[ReadEvent]]:
    size = len(events) // SLICES
    return [events[start : start + size] for start in range(0, size * SLICES, size)]


def _add(storage: Storage, events: Sequence[ReadEvent], *, size: int) -> None:
    for start in range(0, len(events), size):
        with storage.write() as tx:
            tx.reads.add(events[start : start + size])


def _record(storage: Storage, run: int) -> None:
    """Hand reads of so many visitors to the recorder as fast as it takes them, and wait until they are written."""
    with storage.read() as tx:
        before = tx.counts().reads
    recorder = ReadRecorder(storage)
    facts = ReadFacts(method="GET", user_agent=f"{FIREFOX} {run}")
    for number in range(RECORDED):
        address = f"{20 + (number >> 16)}.{(number >> 8) % 256}.{number % 256}.7"
        recorder.count_read(facts, entry_id=number + 1, at=NOON, via=Via.CLICK, address=address)
    recorder.close(timeout=timedelta(minutes=5))
    with storage.read() as tx:
        check(tx.counts().reads - before, RECORDED, "reads through the recorder")


def _bare(events: Sequence[ReadEvent]) -> Row:
    """Insert the same rows into a table of the same key and nothing else."""
    with tempfile.TemporaryDirectory() as folder, closing(sqlite3.connect(Path(folder) / "bare.db")) as store:
        store.execute("PRAGMA journal_mode = WAL")
        store.execute("PRAGMA synchronous = NORMAL")
        store.execute(
            "CREATE TABLE reads (story INTEGER, reader BLOB, at INTEGER, via TEXT, weight REAL, PRIMARY KEY (story, reader)) "
            "WITHOUT ROWID"
        )

        def add(part: Sequence[ReadEvent]) -> None:
            rows = iter((e.entry_id, e.reader_key, int(e.at.timestamp()), e.via.value, e.weight) for e in part)
            while batch := list(islice(rows, BATCH)):
                store.executemany("INSERT OR IGNORE INTO reads VALUES (?, ?, ?, ?, ?)", batch)
                store.commit()

        samples = [sample(partial(add, part)) for part in _slices(events)]
    return Row(name=BARE, work=f"batches of {BATCH}", count=len(events) // SLICES, unit="read", samples=tuple(samples))


def _check_counts(storage: Storage, expected: int, name: str) -> None:
    with storage.read() as tx:
        check(tx.counts().reads, expected, f"{name}: reads in the store")
        hours = tx.stories.site_hours(since=NOON - timedelta(days=2))
        check(round(sum(hour.reads for hour in hours)), expected, f"{name}: reads by the hour")


def _databases() -> Iterator[tuple[str, AbstractContextManager[str]]]:
    yield "SQLite", _sqlite()
    if server := os.environ.get(SERVER):
        yield "PostgreSQL", _postgresql(server)


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'bench.db'}"


@contextmanager
def _postgresql(server: str) -> Iterator[str]:
    schema = f"bench_{uuid.uuid4().hex}"
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    try:
        yield make_url(server).update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        engine.dispose()
