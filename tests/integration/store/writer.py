"""A process that writes feed changes until it is killed: `python writer.py DATABASE_URL` (a program of test_kill)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

from aggregator.model.change import EntryChanges, EntryUpdate, FeedChange, KnownEntries, NewEntry
from aggregator.model.entry import EntryData
from aggregator.model.feed import FeedData, FeedSettings, FeedState, PollState
from aggregator.store.database import open_database

FEEDS = 40
BATCH = 10
LISTED = 20
START = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def document(feed: int, hour: int) -> list[EntryUpdate]:
    """What a feed lists in an hour: two entries have come, two have gone."""
    numbers = range(2 * hour, 2 * hour + LISTED)
    return [
        EntryUpdate(
            data=EntryData(title=f"{feed}/{number}", url=f"https://{feed}.example/{number}", content_html="x" * 2000),
            guid_key=feed.to_bytes(8, "big") + number.to_bytes(8, "big"),
            url_key=b"u" * 4 + feed.to_bytes(4, "big") + number.to_bytes(8, "big"),
            content_hash=number.to_bytes(16, "big"),
        )
        for number in numbers
    ]


def decide(feed: int, entries: list[EntryUpdate], known: KnownEntries, ids: Iterator[int], now: datetime) -> FeedChange:
    new = tuple(
        NewEntry(id=next(ids), update=entry, dated_at=now) for entry in entries if (feed, entry.guid_key) not in known.by_guid
    )
    return FeedChange(
        feed_id=feed,
        polled_at=now,
        poll=PollState(state=FeedState.OK, last_polled_at=now, next_poll_at=now + timedelta(hours=1)),
        data=FeedData(title=f"Feed {feed}"),
        entries=EntryChanges(new=new),
    )


def main(url: str) -> None:
    with closing(open_database(url)) as storage:
        with storage.write() as transaction:
            transaction.feeds.configure([FeedSettings(url=f"https://{n}.example/") for n in range(FEEDS)], now=START)
            first_hour = int(transaction.noted("hour") or 0)
        hour = first_hour
        while True:
            now = START + timedelta(hours=hour)
            with storage.write() as transaction:
                due = transaction.feeds.claim_due(now=now, limit=BATCH, lease=timedelta(0), owner="writer")
                transaction.note("hour", str(hour))
            if not due:
                hour += 1
                continue
            documents = [(feed.id, document(feed.id, hour)) for feed in due]
            with storage.write() as transaction:
                known = transaction.entries.known(documents)
                ids = iter(range(known.next_entry_id, known.next_entry_id + len(due) * LISTED))
                changes = [decide(feed, entries, known, ids, now) for feed, entries in documents]
                transaction.entries.apply(changes)
            print(hour, flush=True)  # noqa: T201 - tells the test that a batch is kept


if __name__ == "__main__":
    main(sys.argv[1])
