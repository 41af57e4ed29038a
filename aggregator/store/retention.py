"""What retention takes, and what it must not forget.

An entry that is deleted leaves its origins behind as marks, so that a feed that still lists it does not bring it back as new.
A mark goes once its feed no longer lists it. To know that without writing anything for the entries that live, pruning marks
and sweeps: marks are set to "unseen"; `known` sets those it meets back to "listed"; the next pruning deletes what is still
unseen, but only of feeds that had a document read in between (a 304 says nothing new and lists nothing).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, false, func, select, update

from aggregator.store import dialect
from aggregator.store.coverage import entries_of_stories
from aggregator.store.loading import chunks
from aggregator.store.reader_tables import IS_STARRED, entry_states
from aggregator.store.tables import LIVE, PRUNED_LISTED, PRUNED_UNSEEN, entries, entry_origins, feeds, stories

_READ_FEEDS = select(feeds.c.id).where(feeds.c.read_since_prune)
_CARRIED = (entry_origins.c.feed_id == bindparam("feed"), entry_origins.c.pruned == LIVE)
_LATEST_OF_FEED = (
    select(entry_origins.c.entry_id)
    .distinct()
    .where(*_CARRIED)
    .order_by(entry_origins.c.entry_id.desc())
    .limit(bindparam("count"))
)
_YOUNG = select(func.count()).where(
    entries.c.id.in_(bindparam("ids", expanding=True)), entries.c.dated_at >= bindparam("before")
)
_KEPT_OF_FEED = (
    select(entries.c.id)
    .where(entries.c.id.in_(select(entry_origins.c.entry_id).where(*_CARRIED)))
    .order_by(entries.c.dated_at.desc(), entries.c.id.desc())
    .limit(bindparam("count"))
)
_CARRIERS = (
    select(entry_origins.c.feed_id)
    .distinct()
    .where(entry_origins.c.entry_id.in_(bindparam("ids", expanding=True)), entry_origins.c.pruned == LIVE)
)
_NOT_STARRED = entries.c.id.not_in(select(entry_states.c.entry_id).where(IS_STARRED))
_EXPIRED = select(entries.c.id).where(
    entries.c.dated_at < bindparam("before"),
    entries.c.first_seen_at < bindparam("before"),
    _NOT_STARRED,
)
_STILL_EXPIRED = select(entries.c.id).where(entries.c.id.in_(bindparam("ids", expanding=True)), _NOT_STARRED)
_MARK = update(entry_origins).where(entry_origins.c.entry_id.in_(bindparam("ids", expanding=True))).values(pruned=PRUNED_LISTED)
_STORY_OF = select(entries.c.id, entries.c.story_id).where(entries.c.id.in_(bindparam("ids", expanding=True)))
_DELETE_STORIES = delete(stories).where(stories.c.id.in_(bindparam("ids", expanding=True)))
_SAVE_LEAD = (
    update(stories)
    .where(stories.c.id == bindparam("story"), stories.c.entry_id.in_(bindparam("gone", expanding=True)))
    .values(entry_id=bindparam("lead"))
)
_DELETE = delete(entries).where(entries.c.id.in_(bindparam("ids", expanding=True)))


def forget_unlisted(connection: Connection) -> None:
    """Drop marks that no feed lists any more, and begin to look for the next."""
    connection.execute(
        delete(entry_origins).where(entry_origins.c.pruned == PRUNED_UNSEEN, entry_origins.c.feed_id.in_(_READ_FEEDS))
    )
    connection.execute(
        update(entry_origins)
        .where(entry_origins.c.pruned == PRUNED_LISTED, entry_origins.c.feed_id.in_(_READ_FEEDS))
        .values(pruned=PRUNED_UNSEEN)
    )
    connection.execute(update(feeds).where(feeds.c.read_since_prune).values(read_since_prune=false()))


def expired_entries(connection: Connection, *, before: datetime, keep_per_feed: int) -> Sequence[int]:
    """Return old entries; every feed of one is looked at, so the write lock is not to be held meanwhile."""
    expired = set(connection.execute(_EXPIRED, {"before": before}).scalars())
    if not keep_per_feed:
        return sorted(expired)
    feed_ids: set[int] = set()
    for ids in chunks(expired):
        feed_ids.update(connection.execute(_CARRIERS, {"ids": ids}).scalars())
    for feed_id in sorted(feed_ids):
        # Nearly always the last that came hold enough young ones: then the old ones need not be put in order.
        latest = connection.execute(_LATEST_OF_FEED, {"feed": feed_id, "count": 2 * keep_per_feed}).scalars().all()
        young = sum(connection.execute(_YOUNG, {"ids": ids, "before": before}).scalar_one() for ids in chunks(latest))
        if young < keep_per_feed:
            expired.difference_update(connection.execute(_KEPT_OF_FEED, {"feed": feed_id, "count": keep_per_feed}).scalars())
    return sorted(expired)


def prune_entries(connection: Connection, entry_ids: Sequence[int]) -> int:
    """Delete those of the entries that nobody starred meanwhile, and keep their marks; return how many went."""
    gone: list[int] = []
    for ids in chunks(entry_ids):
        gone.extend(connection.execute(_STILL_EXPIRED, {"ids": ids}).scalars())
    take_entries(connection, gone)
    return len(gone)


def take_entries(connection: Connection, entry_ids: Sequence[int]) -> None:
    """Delete entries, and keep their marks, so that the feeds that list them do not bring them back."""
    for ids in chunks(entry_ids):
        story_of = dict(connection.execute(_STORY_OF, {"ids": ids}).all())
        connection.execute(_MARK, {"ids": ids})
        dialect.text_index(connection).take_out(ids)
        connection.execute(_DELETE, {"ids": ids})
        _end_stories(connection, story_of)


def _end_stories(connection: Connection, story_of: dict[int, int]) -> None:
    """Delete the stories whose last entry went; where the entry that stood for one went, the first of the others does."""
    left: dict[int, int] = {}
    for entry_id, story_id in entries_of_stories(connection, story_of.values()).items():
        left[story_id] = min(entry_id, left.get(story_id, entry_id))
    ended = set(story_of.values()) - left.keys()
    if ended:
        connection.execute(_DELETE_STORIES, {"ids": list(ended)})
    for story_id, lead in left.items():
        connection.execute(_SAVE_LEAD, {"story": story_id, "lead": lead, "gone": list(story_of)})
