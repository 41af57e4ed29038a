"""What the same work costs in a store with a history of so many entries: `python -m bench.growth_store FOLDER SIZE`.

Prints a JSON line for each kind of work: what ingest does in the store, the passes behind it when nothing and when little
changed, a fresh process, retention, and pages, all through the doors that the daemon uses.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx

from aggregator.app import Aggregator, open_aggregator
from aggregator.cli.application import open_application
from aggregator.config import load_settings
from aggregator.model.change import EntryUpdate, FeedChange, FeedUpdate
from aggregator.model.entry import EntryData
from aggregator.model.feed import Feed, FeedData, FeedState
from aggregator.pipeline.ingest import decide_updates
from aggregator.pipeline.retain import Retention, prune
from aggregator.store.columns import from_microseconds
from aggregator.web import recent_pages
from bench.growth_fill import FEEDS, LISTED, PER_DAY, TOPICS, Words, entry_url, feed_url, fill, key

BATCH_FEEDS = 50  # as ingest does
CLAIMED = 500  # as ingest does
TURNS = 3
DAY = timedelta(days=1)
Sample = tuple[float, float]


def configuration(path: Path) -> None:
    lines = [
        'store: {url: "sqlite:///aggregator.db"}',
        "grouping: {model: none}",  # what a model costs, it costs each entry, whatever the history
        "retention: {entries: 36500d}",
        "topics:",
        *(f"- {{slug: thema-{n}, title: Thema {n}, any: [thema{n}wort]}}" for n in range(TOPICS)),
        "feeds:",
        *(f"- {{url: {json.dumps(feed_url(feed))}}}" for feed in range(1, FEEDS + 1)),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


class Work:
    """A filled store, and what is done in it."""

    def __init__(self, folder: Path, size: int) -> None:
        self.size = size
        self.words = Words()
        self.now = datetime.now(UTC)
        self.settings = load_settings(folder / "config.yaml", environ=os.environ)
        self.serial = time.time_ns() // 1_000_000  # of what is new: over every size, another in every run over a kept store

    def tell(self, work: str, samples: Sequence[Sample], *, count: int, unit: str) -> None:
        print(json.dumps({"work": work, "unit": unit, "count": count, "samples": samples}), flush=True)

    def update(self, feed: Feed, serials: Sequence[int]) -> FeedUpdate:
        return FeedUpdate(data=FeedData(title=feed.settings.url), entries=tuple(self._entry(feed, n) for n in serials))

    def _entry(self, feed: Feed, serial: int) -> EntryUpdate:
        url = entry_url(feed.id, serial)
        at = self.now if serial > self.size else None
        data = EntryData(
            title=self.words.title(serial % TOPICS),
            guid=url,
            url=url,
            language="de",
            summary_html=f"<p>{self.words.teasers[serial % len(self.words.teasers)]}</p>",
            published_at=at,
        )
        return EntryUpdate(data=data, guid_key=key("guid" + url), url_key=key(url), content_hash=key("text" + url))

    def listed(self, feed: Feed) -> list[int]:
        """Return the newest entries of a feed that the history holds."""
        newest = self.size - (self.size - (feed.id - 1)) % FEEDS
        return [n for n in range(newest, newest - LISTED * FEEDS, -FEEDS) if n > 0]

    def fresh(self, count: int) -> list[int]:
        self.serial += count
        return list(range(self.serial - count + 1, self.serial + 1))

    def store(self, aggregator: Aggregator, feeds: Sequence[Feed], updates: Sequence[FeedUpdate], *, new: int) -> None:
        """Do what ingest does with a batch of documents.

        Raises: RuntimeError where not so many entries are new.
        """
        now = datetime.now(UTC)
        with aggregator.storage.write() as tx:
            changes = decide_updates(tx, list(zip(feeds, updates, strict=True)), now=now)
            tx.entries.apply(
                [
                    FeedChange(
                        feed_id=feed.id,
                        polled_at=now,
                        poll=replace(feed.poll, state=FeedState.OK, last_polled_at=now, last_success_at=now, next_poll_at=now),
                        data=update.data,
                        entries=changes[feed.id],
                    )
                    for feed, update in zip(feeds, updates, strict=True)
                ]
            )
        if (found := sum(len(change.new) for change in changes.values())) != new:
            raise RuntimeError(f"{found} new entries instead of {new}")


def timed(work: Callable[[], object]) -> Sample:
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def ingest_works(work: Work, aggregator: Aggregator) -> None:
    samples = []
    for _ in range(TURNS):
        with aggregator.storage.write() as tx:
            tx.feeds.release("bench")

        def claim() -> None:
            with aggregator.storage.write() as tx:
                tx.feeds.claim_due(now=work.now + DAY, limit=CLAIMED, lease=DAY, owner="bench")

        samples.append(timed(claim))
    with aggregator.storage.write() as tx:
        tx.feeds.release("bench")
    work.tell(f"claim {CLAIMED} of {FEEDS:,} due feeds", samples, count=CLAIMED, unit="feed")
    with aggregator.storage.read() as tx:
        feeds = sorted(tx.feeds.all(), key=lambda feed: feed.id)
    if [feed.id for feed in feeds[:3]] != [1, 2, 3]:
        raise RuntimeError("feeds are not numbered as the history expects")
    documents(
        work,
        aggregator,
        feeds[: 2 * TURNS * BATCH_FEEDS],
        ("50 documents, nothing new", 0),
        ("50 documents, one new entry each", 1),
    )


def documents(work: Work, aggregator: Aggregator, feeds: Sequence[Feed], *kinds: tuple[str, int]) -> None:
    """Store documents of 30 entries, so many of them new, in transactions of 50; each feed once."""
    batches = iter([feeds[start : start + BATCH_FEEDS] for start in range(0, len(feeds), BATCH_FEEDS)])
    for name, fresh in kinds:
        samples = []
        for _ in range(TURNS):
            batch = next(batches)
            updates = [work.update(feed, [*work.fresh(fresh), *work.listed(feed)[: LISTED - fresh]]) for feed in batch]
            samples.append(timed(partial(work.store, aggregator, batch, updates, new=fresh * len(batch))))
        work.tell(name, samples, count=BATCH_FEEDS, unit="document")


PASSES: dict[str, Callable[[Aggregator], object]] = {
    "grouping": lambda aggregator: aggregator.group(),
    "indexing": lambda aggregator: aggregator.index(),
    "relating": lambda aggregator: aggregator.relate(),
    "ranking": lambda aggregator: aggregator.rank(at_once=True),
    "publishing": lambda aggregator: aggregator.publish(),
}


def passes(work: Work, aggregator: Aggregator) -> None:
    with aggregator.storage.read() as tx:
        feeds = sorted(tx.feeds.all(), key=lambda feed: feed.id)[1_000 : 1_000 + BATCH_FEEDS]
    samples: dict[str, list[Sample]] = {name: [] for name in PASSES}
    for _ in range(TURNS):
        work.store(aggregator, feeds, [work.update(feed, work.fresh(1)) for feed in feeds], new=BATCH_FEEDS)
        for name, run in PASSES.items():
            samples[name].append(timed(partial(run, aggregator)))
    for name, taken in samples.items():
        work.tell(f"{name}, 50 entries new", taken, count=1, unit="pass")
    for name, run in PASSES.items():
        work.tell(f"{name}, nothing new", [timed(partial(run, aggregator)) for _ in range(TURNS)], count=1, unit="pass")


def pages(work: Work, aggregator: Aggregator) -> None:
    recent_pages.RECENT = timedelta(0)
    newest, old = (about - about % 5 + 1 for about in (work.size - 7, work.size // 2))  # who stands in a story of its own
    paths = {
        "front": "/",
        "topic": "/topics/thema-1",
        "most read": "/most-read",
        "sources": "/feeds",
        "a story": f"/stories/{newest}",
        "an old story": f"/stories/{old}",
        "an entry": f"/entries/{newest}",
        "search, a frequent word": f"/search?q={work.words.words[5]}",
        "search, a rare word": f"/search?q={work.words.words[9_000]}",
        "metrics": "/metrics",
        "readiness": "/readyz",
    }
    feeds = {"topic feed": "/topics/thema-1.rss"}

    async def ask() -> None:
        with open_application(aggregator) as application:
            transport = httpx.ASGITransport(application, client=("127.0.0.1", 5))
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8040") as client:
                for name, path in {**paths, **feeds}.items():
                    samples = []
                    for turn in range(TURNS + 1):
                        wall, cpu = time.perf_counter(), time.process_time()
                        answer = await client.get(path)
                        if turn:
                            samples.append((time.perf_counter() - wall, time.process_time() - cpu))
                        if answer.status_code != 200:
                            raise RuntimeError(f"{path} answers {answer.status_code}")
                    work.tell(f"page: {name}", samples, count=1, unit="page")

    asyncio.run(ask())


def retention(work: Work, aggregator: Aggregator, path: Path) -> None:
    with closing(sqlite3.connect(path)) as store:
        oldest = from_microseconds(store.execute("SELECT min(dated_at) FROM entries").fetchone()[0])
    for name, before, turns in (("nothing past", oldest - DAY, TURNS), (f"{PER_DAY:,} entries past", oldest + DAY, 1)):
        kept = Retention(entries=work.now - before, reads=DAY * 30, keep_per_feed=1)
        samples = [timed(partial(prune, aggregator.storage, kept, now=work.now)) for _ in range(turns)]
        work.tell(f"retention, {name}", samples, count=1, unit="pass")


def start(work: Work) -> None:
    """Tell what a fresh process costs: opening, then the first pass of each flow with 50 entries new."""
    opening: list[Sample] = []
    samples: dict[str, list[Sample]] = {name: [] for name in PASSES}
    for _ in range(3):
        wall, cpu = time.perf_counter(), time.process_time()
        with open_aggregator(work.settings) as aggregator:
            opening.append((time.perf_counter() - wall, time.process_time() - cpu))
            with aggregator.storage.read() as tx:
                feeds = sorted(tx.feeds.all(), key=lambda feed: feed.id)[1_100 : 1_100 + BATCH_FEEDS]
            work.store(aggregator, feeds, [work.update(feed, work.fresh(1)) for feed in feeds], new=BATCH_FEEDS)
            for name, run in PASSES.items():
                samples[name].append(timed(partial(run, aggregator)))
    work.tell("opening the store", opening, count=1, unit="start")
    for name, taken in samples.items():
        work.tell(f"{name}, the first pass of a process", taken, count=1, unit="pass")


def main() -> int:
    folder, size = Path(sys.argv[1]), int(sys.argv[2])
    configuration(folder / "config.yaml")
    work = Work(folder, size)
    path = folder / "aggregator.db"
    if not path.exists():
        with open_aggregator(work.settings):
            pass
        fill(path, size, now=work.now, words=work.words)
        with open_aggregator(work.settings) as aggregator:  # all there is to do once, behind a fill
            for run in PASSES.values():
                run(aggregator)
    with open_aggregator(work.settings) as aggregator:
        ingest_works(work, aggregator)
        for run in PASSES.values():
            run(aggregator)
        passes(work, aggregator)
        pages(work, aggregator)
    start(work)
    with open_aggregator(work.settings) as aggregator:
        with aggregator.storage.read() as tx:
            feeds = sorted(tx.feeds.all(), key=lambda feed: feed.id)[2_000 : 2_000 + TURNS * BATCH_FEEDS]
        documents(work, aggregator, feeds, ("50 documents of 30 new entries", LISTED))
        retention(work, aggregator, path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
