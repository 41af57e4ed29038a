"""Publish: lists whose entries or reads changed are ranked, built, written and stored as bytes ready to serve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.emit.build import Site, build_most_read_feed, build_topic_feed
from aggregator.emit.feed_events import build_health_feed
from aggregator.emit.render import document_fingerprint, render
from aggregator.model.document import FeedDocument, Rendered
from aggregator.model.entry import Entry
from aggregator.model.report import PublishReport
from aggregator.model.topic import Order, Topic
from aggregator.protocols import FeedWriter
from aggregator.rank.most_read import newly_entered
from aggregator.storage import Storage, Transaction

CANDIDATES_PER_PLACE = 5
"""How far down the scores to look for entries that may enter a list: publishers are capped, so more than the places."""

HEALTH_ENTRIES = 50
"""Events of sources in the feed of our own health."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingRules:
    """How lists of reads are made: places in the top, readers needed to enter it, and the longest such a list gets."""

    top: int
    min_reads: int
    list_entries: int = 50


def publish(
    storage: Storage, topics: Sequence[Topic], site: Site, writers: Sequence[FeedWriter], rules: RankingRules, *, now: datetime
) -> PublishReport:
    """Render every emitted feed whose content differs from what is stored, and take out those that are no more.

    Documents are built and written between transactions, so neither clicks nor polls wait for them.

    Raises: WriteFeedError, StorageError.
    """
    _enter_lists(storage, topics, rules, now=now)
    with storage.read() as tx:
        documents = [_topic_document(tx, topic, site) for topic in topics]
        documents += [_most_read_document(tx, topic, site, rules) for topic in (None, *topics)]
        documents.append(build_health_feed(site, tx.health.latest(limit=HEALTH_ENTRIES)))
        stored = dict(tx.documents.fingerprints())
    written: list[Rendered] = []
    paths: set[str] = set()
    for document in documents:
        fingerprint = document_fingerprint(document)
        for writer in writers:
            path = f"{document.path}.{writer.format}"
            paths.add(path)
            if stored.get(path) != fingerprint:
                written.append(render(document, writer, fingerprint=fingerprint))
    removed = sorted(set(stored) - paths)
    if written or removed:
        with storage.write() as tx:
            tx.documents.put(written)
            tx.documents.remove(removed)
            if site.hub_url is not None:
                tx.push.announce([document.path for document in written], now=now)
    return PublishReport(written=len(written), unchanged=len(paths) - len(written), removed=len(removed))


def list_name(topic: Topic | None) -> str:
    """Return the name of the most-read list of a topic, or of the one over all."""
    return f"most-read/{topic.slug}" if topic else "most-read"


def _enter_lists(storage: Storage, topics: Sequence[Topic], rules: RankingRules, *, now: datetime) -> None:
    entering: dict[str, list[int]] = {}
    with storage.read() as tx:
        for topic in (None, *topics):
            name = list_name(topic)
            candidates = tx.entries.most_read(limit=rules.top * CANDIDATES_PER_PLACE, topic=topic.slug if topic else None)
            entered = {entry_id for entry_id, _ in tx.reads.entered(name, limit=rules.list_entries * CANDIDATES_PER_PLACE)}
            new = newly_entered(candidates, entered, top=rules.top, min_reads=rules.min_reads)
            if new:
                entering[name] = [entry.id for entry in new]
    if entering:
        with storage.write() as tx:
            for name, ids in entering.items():
                tx.reads.enter(name, ids, at=now)


def _topic_document(tx: Transaction, topic: Topic, site: Site) -> FeedDocument:
    newest = tx.topics.entries(topic.slug, limit=topic.limit)
    if topic.order is Order.NEWEST:
        return build_topic_feed(site, topic, newest)
    read = tx.entries.most_read(limit=topic.limit, topic=topic.slug)
    return build_topic_feed(site, topic, _first_distinct([*read, *newest], topic.limit))


def _most_read_document(tx: Transaction, topic: Topic | None, site: Site, rules: RankingRules) -> FeedDocument:
    entered = tx.reads.entered(list_name(topic), limit=rules.list_entries)
    entries = tx.entries.get_many(entry_id for entry_id, _ in entered)
    listed = [(entries[entry_id], at) for entry_id, at in entered if entry_id in entries]
    return build_most_read_feed(site, topic, listed)


def _first_distinct(entries: Sequence[Entry], limit: int) -> list[Entry]:
    return list({entry.id: entry for entry in entries}.values())[:limit]
