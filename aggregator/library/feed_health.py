"""The sources and how they are, for the page that shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.group.words import fold
from aggregator.library.daily_counts import DailyCounts
from aggregator.library.masthead import Masthead, read_masthead
from aggregator.model.feed import Feed, FeedState
from aggregator.model.health import FeedEvent, FeedSearch
from aggregator.storage import Storage

HEALTH_EVENTS = 20
HEALTH_DAYS = 14  # of which the entries are shown day by day


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """The sources that match: those in trouble first, then by title; `troubled` and `total` are of all.

    `found` says by feed id where a feed that is gone may be now; `events` is what happened, latest first; `daily` how many
    entries a feed had on each of the last days (UTC), today last.
    """

    masthead: Masthead
    feeds: tuple[Feed, ...]
    troubled: int
    total: int
    found: Mapping[int, FeedSearch]
    events: tuple[FeedEvent, ...]
    daily: Mapping[int, tuple[int, ...]]


def read_feed_health(
    storage: Storage, counts: DailyCounts, *, now: datetime, text: str = "", only_troubled: bool = False
) -> FeedHealth:
    """Return the sources with their health whose title, site or address has every word of `text`."""
    none, words = (0,) * HEALTH_DAYS, fold(text).split()
    with storage.read() as tx:
        every = tx.feeds.all()
        troubled = [feed for feed in every if is_troubled(feed)]
        feeds = troubled if only_troubled else [*troubled, *(feed for feed in every if not is_troubled(feed))]
        daily = counts.read(tx, days=HEALTH_DAYS, now=now)
        return FeedHealth(
            masthead=read_masthead(tx),
            feeds=tuple(feed for feed in feeds if _has_words(feed, words)),
            troubled=len(troubled),
            total=len(every),
            found=tx.health.found(),
            events=tuple(tx.health.latest(limit=HEALTH_EVENTS)),
            daily={feed.id: daily.get(feed.id, none) for feed in feeds},
        )


def is_troubled(feed: Feed) -> bool:
    """Return whether a person should look at the feed."""
    return feed.poll.state in {FeedState.BROKEN, FeedState.FAILING, FeedState.GONE}


def _has_words(feed: Feed, words: Sequence[str]) -> bool:
    told = fold(f"{feed.title} {feed.source.site} {feed.settings.url}") if words else ""
    return all(word in told for word in words)
