"""Publish: lists whose entries or reads changed are ranked, built, written and stored as bytes ready to serve."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aggregator.emit.build import Site, build_ranked_feed, build_topic_feed
from aggregator.emit.editions import build_editions_feed
from aggregator.emit.feed_events import build_health_feed
from aggregator.emit.related_links import LINKED_STORIES
from aggregator.emit.render import document_fingerprint, render
from aggregator.model.document import FeedDocument, Rendered
from aggregator.model.edition import EditionKind
from aggregator.model.entry import Entry
from aggregator.model.keypoint import KeyPoint
from aggregator.model.related import RelatedLink
from aggregator.model.report import PublishReport
from aggregator.model.story import Ranking
from aggregator.model.topic import Order, Per, Topic
from aggregator.pipeline.ranking import list_name
from aggregator.protocols import FeedWriter
from aggregator.storage import Storage, Transaction

_RANKING = {Order.MOST_READ: Ranking.MOST_READ, Order.TRENDING: Ranking.TRENDING}

LIST_ENTRIES = 50
"""Entries of a feed of a ranking, latest entered first."""

FEED_EDITIONS: Mapping[EditionKind, int] = {EditionKind.DAILY: 14, EditionKind.WEEKLY: 8}
"""Editions in a feed: who is away for two weeks, or two months, misses none."""

HEALTH_ENTRIES = 50
"""Events of sources in the feed of our own health."""


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands beside stories, by their ids: of each it is read once a pass, for most stand in several lists."""

    points: dict[int, Sequence[KeyPoint]] = field(default_factory=dict)
    related: dict[int, Sequence[RelatedLink]] = field(default_factory=dict)

    def read(self, tx: Transaction, entries: Iterable[Entry]) -> None:
        """Read what stands beside the stories of entries."""
        missing = {entry.story_id for entry in entries} - self.points.keys()
        self.points.update(dict.fromkeys(missing, ()))
        self.points.update(tx.key_points.of(missing))
        self.related.update(tx.related.links(missing, limit=LINKED_STORIES))


def publish(
    storage: Storage, topics: Sequence[Topic], site: Site, writers: Sequence[FeedWriter], *, now: datetime
) -> PublishReport:
    """Render every emitted feed whose content differs from what is stored, and take out those that are no more.

    What entered a ranked list was decided by the last ranking (`pipeline.ranking`). Documents are built and written
    between transactions, so neither clicks nor polls wait for them.

    Raises: WriteFeedError, StorageError.
    """
    beside = _Beside()
    with storage.read() as tx:
        documents = [_topic_document(tx, topic, site, beside) for topic in topics]
        documents += [_ranked_document(tx, ranking, topic, site, beside) for ranking in Ranking for topic in (None, *topics)]
        documents += [
            build_editions_feed(site, kind, tx.editions.latest(kind, limit=limit)) for kind, limit in FEED_EDITIONS.items()
        ]
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


def _topic_document(tx: Transaction, topic: Topic, site: Site, beside: _Beside) -> FeedDocument:
    ranked = [] if topic.order is Order.NEWEST else tx.lists.places(list_name(_RANKING[topic.order], topic))
    story_ids = [place.story_id for place in ranked]
    if topic.per is Per.ENTRY:
        newest = tx.topics.entries(topic.slug, limit=topic.limit)
        leading = {entry.story_id: entry for entry in _leading_entries(tx, story_ids)}
        first = [leading[story_id] for story_id in story_ids if story_id in leading]
        shown = _first_distinct([*first, *newest], topic.limit)
        beside.read(tx, shown)
        return build_topic_feed(site, topic, shown, points=beside.points, related=beside.related)
    listed = {one.story.story_id: one for one in tx.topics.stories(topic.slug, limit=topic.limit)}
    named = tx.topics.listed(topic.slug, [story_id for story_id in story_ids if story_id not in listed]) | listed
    order = [named[story_id] for story_id in dict.fromkeys([*story_ids, *listed]) if story_id in named]
    shown = [one.entry for one in order[: topic.limit]]
    stories = {one.entry.id: one.story for one in order}
    beside.read(tx, shown)
    return build_topic_feed(site, topic, shown, stories=stories, points=beside.points, related=beside.related)


def _leading_entries(tx: Transaction, story_ids: Sequence[int]) -> list[Entry]:
    standings = tx.stories.standings(story_ids, Ranking.TRENDING)
    entries = tx.entries.get_many(story.entry_id for story in standings.values())
    return list(entries.values())


def _ranked_document(tx: Transaction, ranking: Ranking, topic: Topic | None, site: Site, beside: _Beside) -> FeedDocument:
    entered = tx.lists.entered(list_name(ranking, topic), limit=LIST_ENTRIES)
    entries = tx.entries.get_many(each.entry_id for each in entered)
    listed = [(entries[each.entry_id], each) for each in entered if each.entry_id in entries]
    beside.read(tx, entries.values())
    return build_ranked_feed(site, ranking, topic, listed, points=beside.points, related=beside.related)


def _first_distinct(entries: Sequence[Entry], limit: int) -> list[Entry]:
    return list({entry.id: entry for entry in entries}.values())[:limit]
