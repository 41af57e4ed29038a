"""How long does the box "Mehr zum Thema" take for an article among many entries, and what does finding related stories cost?

Texts are those of `bench/search.py`: invented words share little, so candidates are many, alike and never in memory: the worst
case for finding. Every article asked about has a full list, which is the worst case for answering.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from aggregator.emit.build import Site
from aggregator.emit.jsonfeed_writer import JsonFeedWriter
from aggregator.emit.render import render
from aggregator.library.related import BOX_STORIES, read_related_box, read_related_feed
from aggregator.model.feed import FeedSettings
from aggregator.model.related import Reason, Related
from aggregator.normalise.identity import url_key
from aggregator.pipeline.indexing import index_entries
from aggregator.pipeline.relating import RELATED_NOTE, relate_stories, rules_of
from aggregator.pipeline.said import RelatedMemory
from aggregator.storage import GROUPED_NOTE, Storage
from aggregator.store.database import open_database
from bench.record import Options, Report, Row, Sample
from bench.search import ENTRIES, FEEDS, LATER, NOW, Language, fill

ASKED = 500  # articles
SEED = 20_261_124
SITE = Site(title="Bench", base_url="https://news.example", language="de", tag_authority="news.example")


def bench(options: Options) -> Iterable[Report]:
    """Measure a store of `options.feeds` thousand entries (100 by default)."""
    count = (options.feeds or ENTRIES // 1_000) * 1_000
    with tempfile.TemporaryDirectory() as folder, closing(open_database(f"sqlite:///{Path(folder) / 'related.db'}")) as storage:
        yield from _measure(storage, count, options)


def _measure(storage: Storage, count: int, options: Options) -> Iterator[Report]:
    language = Language()
    with storage.write() as tx:
        tx.feeds.configure([FeedSettings(url=f"https://site{n}.example/feed") for n in range(FEEDS)], now=NOW)
    fill(storage, language, first=1, count=count)
    index_entries(storage, default_language="de")
    report = Report(
        name=f"related-{count}",
        question="how long does the box Mehr zum Thema take, and what does finding related stories cost?",
        corpus=f"{count} invented entries, each a story, SQLite",
        baseline="an article by its address",
    )
    report.add(_find(storage, language, count))
    chance = random.Random(SEED)
    asked = chance.sample(range(1, count + 1), ASKED)
    with storage.write() as tx:
        tx.related.save({story_id: _listed(chance, count) for story_id in asked}, due_at={})
    urls = [f"https://site{number % FEEDS}.example/{number}" for number in asked]
    for name, ask in (
        ("an article by its address", partial(_article, storage)),
        ("a box of five", partial(_box, storage)),
        ("a JSON Feed of twelve", partial(_feed, storage)),
    ):
        ask(urls[0])
        samples = tuple(_timed(ask, url) for _ in range(options.runs) for url in urls)
        report.add(Row(name=name, samples=samples, count=1, unit="article"))
        report.facts[f"{name}: p50 / p99 ms"] = _percentiles([sample.wall_seconds for sample in samples])
        report.facts[f"{name}: p50 / p99 ms of CPU"] = _percentiles([sample.cpu_seconds for sample in samples])
    yield report


def _find(storage: Storage, language: Language, count: int) -> Row:
    """Relate entries that come into the full store, and nothing else."""
    with storage.read() as tx:
        before = tx.search.revision()
    fill(storage, language, first=count + 1, count=LATER)
    index_entries(storage, default_language="de")
    memory = RelatedMemory("de")
    with storage.write() as tx:
        tx.note(GROUPED_NOTE, str(tx.search.revision()))
        tx.note(RELATED_NOTE, f"{before} {rules_of(memory)}")
    related = 0
    wall, cpu = time.perf_counter(), time.process_time()
    while made := relate_stories(storage, memory, now=NOW).related:
        related += made
    sample = Sample(wall_seconds=time.perf_counter() - wall, cpu_seconds=time.process_time() - cpu)
    return Row(name="finding related stories", samples=(sample,), count=related, unit="story", work="story")


def _listed(chance: random.Random, count: int) -> list[Related]:
    return [
        Related(story_id=story_id, reason=Reason.SUBJECT, score=0.3) for story_id in chance.sample(range(1, count), BOX_STORIES)
    ]


def _article(storage: Storage, url: str) -> None:
    with storage.read() as tx:
        tx.entries.get_many(tx.entries.ids_by_url([url_key(url)]).values())


def _box(storage: Storage, url: str) -> None:
    read_related_box(storage, url, limit=5, every_language=True)


def _feed(storage: Storage, url: str) -> None:
    document, _ = read_related_feed(storage, SITE, url, every_language=True)
    render(document, JsonFeedWriter())


def _timed(ask: Callable[[str], object], url: str) -> Sample:
    wall, cpu = time.perf_counter(), time.process_time()
    ask(url)
    return Sample(wall_seconds=time.perf_counter() - wall, cpu_seconds=time.process_time() - cpu)


def _percentiles(seconds: Iterable[float]) -> str:
    values = sorted(second * 1000 for second in seconds)
    return f"{statistics.median(values):.1f} / {values[int(len(values) * 0.99)]:.1f}"
