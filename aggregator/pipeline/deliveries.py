"""Deliveries: what hubs delivered takes the same way as what was fetched, and no server is asked."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from aggregator.errors import FeedError
from aggregator.fetch.websub import after_delivery
from aggregator.model.change import EntryChanges, FeedChange, FeedUpdate
from aggregator.model.feed import Feed
from aggregator.model.fetching import Fetched
from aggregator.model.push import Delivery
from aggregator.model.report import DeliveryReport
from aggregator.pipeline.ingest import IngestRules, decide_updates, new_dates, unread_document
from aggregator.pipeline.reading import DocumentReader
from aggregator.protocols import Clock
from aggregator.storage import Storage

log = logging.getLogger(__name__)

BATCH_DELIVERIES = 20
"""Taken in at a time: each may be as large as a document may be."""

REMEMBERED = timedelta(days=30)
"""How long a delivery is known, so that a copy of it is not taken in as news; longer than the leases we ask for."""


def take_in_deliveries(storage: Storage, reader: DocumentReader, clock: Clock, rules: IngestRules) -> DeliveryReport:
    """Store what the deliveries that wait say, in the order they came.

    When and how a feed is polled stays as it was: a delivery is no answer of the feed's server.
    """
    report = DeliveryReport()
    while True:
        with storage.read() as tx:
            waiting = tx.push.waiting(limit=BATCH_DELIVERIES)
            feeds = tx.feeds.get_many({delivery.feed_id for delivery in waiting})
        if not waiting:
            return report
        # One of a feed at a time: the second may hold what the first brought.
        for batch in _one_a_feed(waiting):
            updates, failed = _read(batch, feeds, reader, now=clock.now(), rules=rules)
            entries = _store(storage, batch, updates, now=clock.now())
            report += DeliveryReport(
                deliveries=len(batch),
                failed=failed,
                new=sum(len(change.new) for change in entries),
                modified=sum(len(change.modified) for change in entries),
            )


def forget_deliveries(storage: Storage, clock: Clock) -> int:
    """Let go of what is known of old deliveries."""
    with storage.write() as tx:
        return tx.push.forget(before=clock.now() - REMEMBERED)


def _read(
    batch: Sequence[Delivery], feeds: Mapping[int, Feed], reader: DocumentReader, *, now: datetime, rules: IngestRules
) -> tuple[dict[int, FeedUpdate], int]:
    """Return the documents by feed id, and how many could not be read."""
    updates: dict[int, FeedUpdate] = {}
    failed = 0
    for delivery in batch:
        feed = feeds.get(delivery.feed_id)
        if feed is None:  # taken out of the configuration meanwhile
            continue
        read = reader.read(unread_document(feed, _as_fetched(delivery, feed), now=now, default_language=rules.default_language))
        if isinstance(read, FeedError):
            failed += 1
            log.warning("delivery not understood url=%s reason=%r", feed.settings.url, read.reason)
        else:
            updates[feed.id] = read
    return updates, failed


def _store(
    storage: Storage, batch: Sequence[Delivery], updates: Mapping[int, FeedUpdate], *, now: datetime
) -> list[EntryChanges]:
    with storage.write() as tx:
        feeds = list(tx.feeds.get_many(updates).values())  # as they are now: a poll may have changed them since
        entries = decide_updates(tx, [(feed, updates[feed.id]) for feed in feeds], now=now)
        tx.entries.apply([_change(feed, entries[feed.id], now) for feed in feeds])
        tx.push.taken_in([delivery.id for delivery in batch])
    return list(entries.values())


def _change(feed: Feed, entries: EntryChanges, now: datetime) -> FeedChange:
    poll = after_delivery(feed.poll, new_dates=new_dates(entries), now=now)
    return FeedChange(feed_id=feed.id, polled_at=now, poll=poll, entries=entries, pushed=True)


def _as_fetched(delivery: Delivery, feed: Feed) -> Fetched:
    return Fetched(
        url=feed.poll.document_url or feed.fetch_url,
        body=delivery.body,
        media_type=delivery.media_type,
        charset=delivery.charset,
        received_bytes=len(delivery.body),
    )


def _one_a_feed(deliveries: Sequence[Delivery]) -> list[list[Delivery]]:
    rounds: list[list[Delivery]] = []
    place: dict[int, int] = {}
    for delivery in deliveries:
        number = place.get(delivery.feed_id, 0)
        place[delivery.feed_id] = number + 1
        if number == len(rounds):
            rounds.append([])
        rounds[number].append(delivery)
    return rounds
