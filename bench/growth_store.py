"""A store filled step by step, and what the same work costs at each step: `python -m bench.growth_store DATABASE SIZE …`.

Prints a JSON line for each kind of work at each size: what ingest does in the store, through the store's own doors.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.model.change import EntryUpdate, FeedChange, FeedUpdate
from aggregator.model.entry import EntryData
from aggregator.model.feed import Feed, FeedData, FeedSettings, FeedState
from aggregator.pipeline.ingest import decide_updates
from aggregator.storage import Storage
from aggregator.store.database import open_database

FEEDS = 5_000
BATCH_FEEDS = 50  # as ingest does
CARRIERS = 300  # feeds that bring the entries
LISTED = 30  # entries that a document lists
TIMES = CARRIERS // BATCH_FEEDS  # each batch once: a document is read again, or brings one entry, once at a size
START = datetime(2026, 1, 1, tzinfo=UTC)
TEXT = "Der Stadtrat plant den Umbau des Bahnhofs, sagte eine Sprecherin am Montag. " * 3


def key(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def document(feed: Feed, last: int) -> FeedUpdate:
    """Return a document whose newest entry is `last`."""
    return FeedUpdate(data=FeedData(title=feed.settings.url), entries=tuple(entry(feed, last - back) for back in range(LISTED)))


def entry(feed: Feed, serial: int) -> EntryUpdate:
    url = f"{feed.settings.url}/{serial}"
    data = EntryData(
        title=f"Beitrag {serial} von {feed.id}",
        guid=url,
        url=url,
        summary_html=TEXT,
        published_at=START + timedelta(minutes=serial * 47 + feed.id % 47),
    )
    return EntryUpdate(data=data, guid_key=key("guid" + url), url_key=key(url), content_hash=key(TEXT + url))


def store(storage: Storage, feeds: Sequence[Feed], updates: Sequence[FeedUpdate], *, now: datetime) -> int:
    """Do what ingest does with a batch of documents; return how many entries were new."""
    with storage.write() as tx:
        changes = decide_updates(tx, list(zip(feeds, updates, strict=True)), now=now)
        tx.entries.apply(
            [
                FeedChange(
                    feed_id=feed.id,
                    polled_at=now,
                    poll=replace(
                        feed.poll,
                        state=FeedState.OK,
                        last_polled_at=now,
                        last_success_at=now,
                        next_poll_at=now + timedelta(hours=1),
                    ),
                    data=update.data,
                    entries=changes[feed.id],
                )
                for feed, update in zip(feeds, updates, strict=True)
            ]
        )
    return sum(len(change.new) for change in changes.values())


def measure(work: Callable[[int], None], after: Callable[[], None] = lambda: None) -> list[tuple[float, float]]:
    """Return seconds and CPU seconds of each turn; what is done after it is not counted."""
    samples = []
    for turn in range(TIMES):
        wall, cpu = time.perf_counter(), time.process_time()
        work(turn)
        samples.append((time.perf_counter() - wall, time.process_time() - cpu))
        after()
    return samples


class Filling:
    """A store that grows, and the work measured in it."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.now = START + timedelta(days=365)
        self.stored = self.last = 0
        with storage.write() as tx:
            tx.feeds.configure(
                [FeedSettings(url=f"https://blatt-{number}.example/feed") for number in range(FEEDS)], now=self.now
            )
            self.carriers = tx.feeds.all()[:CARRIERS]

    def fill(self, size: int) -> None:
        """Let each carrier bring as many entries, as polls over time do."""
        while self.stored < size:
            self.last += LISTED
            for batch in self._batches():
                documents = [document(feed, self.last - 1) for feed in batch]
                self.stored += store(self.storage, batch, documents, now=self.now)

    def _batches(self) -> list[list[Feed]]:
        return [self.carriers[start : start + BATCH_FEEDS] for start in range(0, CARRIERS, BATCH_FEEDS)]

    def claim(self, _turn: int) -> None:
        with self.storage.write() as tx:
            later = self.now + timedelta(days=1)
            found = tx.feeds.claim_due(now=later, limit=FEEDS, lease=timedelta(hours=1), owner="bench")
        if len(found) != FEEDS:
            raise RuntimeError(f"{len(found)} feeds claimed")

    def release(self) -> None:
        with self.storage.write() as tx:
            tx.feeds.release("bench")

    def read_again(self, turn: int) -> None:
        batch = self._batches()[turn]
        if store(self.storage, batch, [document(feed, self.last - 1) for feed in batch], now=self.now):
            raise RuntimeError("an unchanged document brought something")

    def bring_one(self, turn: int) -> None:
        batch = self._batches()[turn]
        new = store(self.storage, batch, [document(feed, self.last) for feed in batch], now=self.now)
        if new != BATCH_FEEDS:
            raise RuntimeError(f"{new} new entries, one of each feed was to come")
        self.stored += new


def main() -> int:
    storage = open_database(f"sqlite:///{Path(sys.argv[1]).absolute()}")
    filling = Filling(storage)
    for size in map(int, sys.argv[2:]):
        filling.fill(size)
        entries = filling.stored
        works = [
            (f"claim {FEEDS:,} due feeds", "feed", FEEDS, measure(filling.claim, filling.release)),
            ("50 documents, nothing new", "document", BATCH_FEEDS, measure(filling.read_again)),
            ("50 documents, one new entry each", "document", BATCH_FEEDS, measure(filling.bring_one)),
        ]
        for name, unit, count, samples in works:
            print(json.dumps({"entries": entries, "work": name, "unit": unit, "count": count, "samples": samples}), flush=True)
    storage.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
