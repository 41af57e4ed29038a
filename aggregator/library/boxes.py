"""Boxes for a publisher's own pages: what is read most of its articles, of a topic, or of everything."""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.errors import FeedNotFound, TopicNotFound
from aggregator.library.rankings import read_most_read
from aggregator.model.feed import site_of
from aggregator.model.story import RankedStory, Window, shown_readers
from aggregator.storage import Storage, Transaction

BOX_LIMIT = 30  # places at most: as many as a ranking keeps
CANDIDATES = 1_000  # stories of the window among which a feed's are looked for: more than a newsroom's articles of a month


@dataclass(frozen=True, slots=True, kw_only=True)
class MostReadBox:
    """The most read of a window, best first. `of` is the title of the feed or topic, None for everything."""

    of: str | None
    stories: tuple[RankedStory, ...]


def read_most_read_box(storage: Storage, *, feed: str | None, window: Window, limit: int) -> MostReadBox:
    """Return what is read most of a feed (its address), of a topic (its slug), or of everything.

    Several publishers share a box by the rule of every list; one that asks for its own feed has it alone.

    Raises: FeedNotFound, TopicNotFound.
    """
    with storage.read() as tx:
        if feed is not None and "://" in feed:
            return _of_feed(tx, feed, window, limit)
        title = None if feed is None else _topic_title(tx, feed)
        return MostReadBox(of=title, stories=read_most_read(tx, window, limit=limit, topic=feed))


def _of_feed(tx: Transaction, url: str, window: Window, limit: int) -> MostReadBox:
    feed = tx.feeds.find(url)
    if feed is None:
        raise FeedNotFound("no such feed is aggregated", feed_url=url)
    sites = {feed.source.site, site_of(url)}
    near = [story for story in tx.stories.most_read(window, limit=CANDIDATES) if story.site in sites]
    entries = tx.entries.get_many(story.entry_id for story in near)
    carried = [
        story
        for story in near
        if story.entry_id in entries and any(origin.feed_id == feed.id for origin in entries[story.entry_id].origins)
    ]
    return MostReadBox(
        of=feed.title,
        stories=tuple(
            RankedStory(
                entry=entries[story.entry_id],
                place=place,
                readers=shown_readers(story.readers),
                publishers=story.publishers,
            )
            for place, story in enumerate(carried[:limit], start=1)
        ),
    )


def _topic_title(tx: Transaction, slug: str) -> str:
    for topic in tx.topics.all(counted=False):
        if topic.slug == slug:
            return topic.title
    raise TopicNotFound(slug)
