"""What can be subscribed to, and what stands in a feed: for the pages that explain it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aggregator.library.masthead import EmittedFeed, Masthead, list_emitted, read_masthead
from aggregator.model.document import Format
from aggregator.storage import Storage, TopicRow

SHOWN_ITEMS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicFeeds:
    """A topic with its feed (None: not emitted yet) and the feeds of its rankings."""

    topic: TopicRow
    feed: EmittedFeed | None
    rankings: tuple[EmittedFeed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribePage:
    """Every feed we emit: by topic, then those over all."""

    masthead: Masthead
    topics: tuple[TopicFeeds, ...]
    others: tuple[EmittedFeed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """What a feed says of one of its items; what it does not say is None."""

    title: str
    language: str | None
    url: str | None
    published_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPage:
    """One feed we emit, with its newest items."""

    masthead: Masthead
    feed: EmittedFeed
    items: tuple[FeedItem, ...]


def read_subscribe_page(storage: Storage) -> SubscribePage:
    """Return every feed we emit."""
    with storage.read() as tx:
        feeds = {feed.path: feed for feed in list_emitted(tx)}
        masthead = read_masthead(tx)
    topics = []
    for topic in masthead.topics:
        path = f"/topics/{topic.slug}"
        own = feeds.pop(path, None)
        rankings = [other for other in feeds if other.startswith(f"{path}/")]
        topics.append(TopicFeeds(topic=topic, feed=own, rankings=tuple(feeds.pop(other) for other in rankings)))
    return SubscribePage(masthead=masthead, topics=tuple(topics), others=tuple(feeds.values()))


def read_feed_page(storage: Storage, path: str) -> FeedPage | None:
    """Return the feed at a path without suffix, None where none is emitted."""
    with storage.read() as tx:
        formats = tuple(form for form in Format if f"{path}.{form}" in tx.documents.titles())
        if not formats:
            return None
        document = tx.documents.get(f"{path}.{Format.JSON}") or tx.documents.get(f"{path}.{formats[0]}")
        if document is None:
            return None
        items = _items_of(document.body) if document.path.endswith(f".{Format.JSON}") else ()
        feed = EmittedFeed(path=path, title=document.title or path.removeprefix("/"), formats=formats)
        return FeedPage(masthead=read_masthead(tx), feed=feed, items=items)


def _items_of(body: bytes) -> tuple[FeedItem, ...]:
    try:
        items = json.loads(body).get("items", [])[:SHOWN_ITEMS]
    except (ValueError, AttributeError):  # written by another version, or not by us
        return ()
    return tuple(_item_of(item) for item in items)


def _item_of(item: Mapping[str, str]) -> FeedItem:
    published = item.get("date_published")
    return FeedItem(
        title=item.get("title", ""),
        language=item.get("language"),
        url=item.get("url"),
        published_at=datetime.fromisoformat(published) if published else None,
    )
