"""What the workshop shows of the whole and of one source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from aggregator.errors import FeedNotFound
from aggregator.library.feed_health import is_troubled
from aggregator.library.rankings import read_ranking
from aggregator.model.entry import Entry
from aggregator.model.feed import Feed
from aggregator.model.health import FeedEvent, FeedSearch
from aggregator.model.story import Ranking
from aggregator.storage import Storage, StoreCounts, TopicRow

OVERVIEW_EVENTS = 10
SOURCE_EVENTS = 500  # events of all sources among which those of one are looked for
SOURCE_ENTRIES = 10
LEADING_ENTRIES = 30
DAYS = 14  # of a source that are drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkshopOverview:
    """The whole at a glance. `next_due_at` is when the next source is asked; `unindexed` says that search is behind."""

    counts: StoreCounts
    size_bytes: int
    database: str
    next_due_at: datetime | None
    troubled: tuple[Feed, ...]
    events: tuple[FeedEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDetails:
    """One source: what its last poll did, what it brought by day (oldest first), its newest entries, what happened to it."""

    feed: Feed
    daily: tuple[int, ...]
    entries: tuple[Entry, ...]
    events: tuple[FeedEvent, ...]
    found: FeedSearch | None


def read_overview(storage: Storage) -> WorkshopOverview:
    """Return the whole at a glance."""
    with storage.read() as tx:
        feeds = tx.feeds.all()
        return WorkshopOverview(
            counts=tx.counts(),
            size_bytes=storage.size_bytes(),
            database=storage.url,
            next_due_at=tx.feeds.next_due_at(),
            troubled=tuple(feed for feed in feeds if is_troubled(feed)),
            events=tuple(tx.health.latest(limit=OVERVIEW_EVENTS)),
        )


def read_sources(storage: Storage) -> tuple[Feed, ...]:
    """Return every source, those in trouble first, then by title."""
    with storage.read() as tx:
        feeds = tx.feeds.all()
    return (*filter(is_troubled, feeds), *(feed for feed in feeds if not is_troubled(feed)))


def read_source(storage: Storage, feed_id: int, *, now: datetime) -> SourceDetails:
    """Return one source.

    Raises: FeedNotFound.
    """
    today = now.date()
    first = today - timedelta(days=DAYS - 1)
    with storage.read() as tx:
        feed = tx.feeds.get_many([feed_id]).get(feed_id)
        if feed is None:
            raise FeedNotFound("is not in the configuration", feed_url=str(feed_id))
        since = datetime(first.year, first.month, first.day, tzinfo=now.tzinfo)
        by_day = tx.health.entries_by_day(since=since).get(feed_id, {})
        return SourceDetails(
            feed=feed,
            daily=tuple(by_day.get(day, 0) for day in _days(first, today)),
            entries=tuple(tx.entries.newest_of(feed_id, limit=SOURCE_ENTRIES)),
            events=tuple(event for event in tx.health.latest(limit=SOURCE_EVENTS) if event.feed_id == feed_id),
            found=tx.health.found().get(feed_id),
        )


def read_topics(storage: Storage) -> list[TopicRow]:
    """Return the topics with their counts, in the order of the configuration."""
    with storage.read() as tx:
        return tx.topics.all()


def read_leading_entries(storage: Storage) -> list[Entry]:
    """Return the entries of the stories in front, else the newest."""
    with storage.read() as tx:
        leading = [story.entry for story in read_ranking(tx, Ranking.TRENDING)]
        return leading or tx.entries.newest(limit=LEADING_ENTRIES)


def find_source(storage: Storage, url: str) -> Feed | None:
    """Return the source at an address as configured."""
    with storage.read() as tx:
        return tx.feeds.find(url)


def retry_source(storage: Storage, feed_id: int, *, now: datetime) -> Feed:
    """Let a source be asked at the next tick of the poller; one that has ended is asked once more.

    Raises: FeedNotFound.
    """
    with storage.write() as tx:
        feed = tx.feeds.get_many([feed_id]).get(feed_id)
        if feed is None or not tx.feeds.retry_now(feed.settings.url, now=now):
            raise FeedNotFound("is not in the configuration", feed_url=str(feed_id))
    return feed


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
