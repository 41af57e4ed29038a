"""How many requests a second does the front page take with a full store: made for each, out of memory, and as 304?

wrk asks our server in a process of its own, as `bench.serve` does; pages are made by threads on the cores that wrk uses, too.
"""

from __future__ import annotations

import http.client
import os
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, event
from starlette.applications import Starlette

from aggregator.app import SystemClock
from aggregator.library.reads import ReadRecorder
from aggregator.library.streams import read_front_page
from aggregator.model.feed import FeedSettings
from aggregator.model.reading import ReadEvent, Via
from aggregator.model.topic import Assignment, Topic
from aggregator.pipeline.ranking import RankingRules, rank_stories
from aggregator.storage import Storage
from aggregator.store.database import open_database
from aggregator.web import recent_pages
from aggregator.web.asgi import create_app
from aggregator.web.site import WebSite
from bench.record import Options, Report, Row, Sample
from bench.search import FEEDS, Language, fill
from bench.serve import CONNECTIONS, PER_ROW, SECONDS, STORE, UVICORN, Contender, measure, serving, wrk

PATH = "/"
TOPICS = 6
ASSIGNED = 20_000  # the newest entries, a topic each in turn
READ = 400  # of the newest entries, the first read most
MOST_READERS = 40
GZIP = {"Accept-Encoding": "gzip"}
CACHED = Contender(name="out of memory", command=(*UVICORN, "bench.front:ours"))
UNCACHED = Contender(name="made for each", command=(*UVICORN, "bench.front:unremembered"))


def bench(options: Options) -> Iterator[Report]:
    """Measure a store of `options.feeds` thousand entries (100 by default)."""
    if shutil.which("wrk") is None:
        raise SystemExit("front: needs wrk, the package `wrk` of Debian, to ask for pages")
    count = (options.feeds or 100) * 1_000
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        url = f"sqlite:///{Path(folder) / 'front.db'}"
        with closing(open_database(url)) as storage:
            _fill(storage, count)
            queries = _count_queries(storage)
        servers = {each.name: stack.enter_context(serving(each, url)) for each in (UNCACHED, CACHED)}
        page, packed, etag = _fetch(servers[CACHED.name][0])
        report = Report(
            name="front",
            question="how many requests a second does the front page take?",
            corpus=f"{count} entries of 90 days, {TOPICS} topics, SQLite; {page} bytes, {packed} gzipped; "
            f"wrk, {CONNECTIONS} connections, {SECONDS} s a run, loopback; CPU is the server's",
            baseline=UNCACHED.name,
        )
        report.facts["queries to make the page"] = queries
        report.facts["cores"] = os.cpu_count() or 0
        runs = {
            "200, gzip": ({**GZIP}, (UNCACHED, CACHED)),
            "304": ({**GZIP, "If-None-Match": etag}, (CACHED,)),
        }
        for work, (headers, contenders) in runs.items():
            taken: dict[str, list[tuple[Sample, float]]] = {each.name: [] for each in contenders}
            for name in taken:
                wrk(servers[name][0], headers, seconds=1, path=PATH)  # warm
            for _ in range(options.runs):
                for name, found in taken.items():
                    found.append(measure(*servers[name], headers, path=PATH))
            for name, found in taken.items():
                samples = tuple(sample for sample, _ in found)
                report.add(Row(name=name, work=work, unit="request", count=PER_ROW, samples=samples))
                report.facts[f"p99 ms, {work}, {name}"] = round(statistics.median(latency for _, latency in found), 1)
    load = os.getloadavg()[0]
    if load > CONNECTIONS / 4:  # wrk and one server keep two cores busy, and little more waits
        report.facts["shared machine"] = f"load {load:.1f} at the end: more than wrk and a server make, so others were at work"
    yield report


def ours() -> Starlette:
    """Return the real application over the store of the benchmark."""
    storage = open_database(os.environ[STORE])
    site = WebSite(title="Bench", base_url="http://127.0.0.1")
    return create_app(storage=storage, site=site, recorder=ReadRecorder(storage), clock=SystemClock())


def unremembered() -> Starlette:
    """Return the same making the page for every request."""
    recent_pages.RECENT = timedelta(0)
    return ours()


def _fill(storage: Storage, count: int) -> None:
    now = datetime.now(UTC)
    topics = [Topic(slug=f"thema-{number}", title=f"Thema {number}") for number in range(TOPICS)]
    with storage.write() as tx:
        tx.feeds.configure([FeedSettings(url=f"https://site{n}.example/feed") for n in range(FEEDS)], now=now)
        tx.topics.configure(topics)
    fill(storage, Language(), first=1, count=count, until=now)
    ids = range(max(1, count - ASSIGNED + 1), count + 1)
    newest = range(count, max(0, count - READ), -1)
    with storage.write() as tx:
        made = [Assignment(slug=topics[number % TOPICS].slug, entry_id=number, reason="") for number in ids]
        tx.topics.assign([topic.slug for topic in topics], list(ids), made, revision=count)
        tx.reads.add(
            [
                ReadEvent(entry_id=number, at=now, via=Via.CLICK, reader_key=bytes([reader]) * 16)
                for place, number in enumerate(newest)
                for reader in range(MOST_READERS // (place + 1) + 1)
            ]
        )
    rank_stories(storage, topics, RankingRules(), now=now, at_once=True)


def _count_queries(storage: Storage) -> int:
    asked = 0

    def note(*_arguments: object) -> None:
        nonlocal asked
        asked += 1

    event.listen(Engine, "before_cursor_execute", note)
    try:
        read_front_page(storage)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return asked


def _fetch(port: int) -> tuple[int, int, str]:
    """Return the size of the page, as it is and gzipped, and the ETag of the latter."""
    sizes = []
    etag = ""
    for headers in ({}, GZIP):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", PATH, headers=headers)
        answer = connection.getresponse()
        sizes.append(len(answer.read()))
        etag = answer.headers["etag"]
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"the front page answers {answer.status}")
    return sizes[0], sizes[1], etag
