"""Which publishers carry a story, and since when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from aggregator.store.loading import chunks
from aggregator.store.scales import Scales, Weights, arrival
from aggregator.store.tables import IN_ANOTHERS_STORY, LIVE, entries, entry_origins, feeds

_JOINED = (  # apart from any join, because the condition of the index names columns without their table
    select(entries.c.id, entries.c.story_id)
    .where(entries.c.story_id.in_(bindparam("ids", expanding=True)), IN_ANOTHERS_STORY)
)  # fmt: skip
_FOUNDERS = select(entries.c.id, entries.c.story_id).where(entries.c.id.in_(bindparam("ids", expanding=True)))
_CARRIERS = (
    select(entry_origins.c.entry_id, feeds.c.site, func.min(entry_origins.c.first_seen_at).label("seen_at"))
    .join(feeds, feeds.c.id == entry_origins.c.feed_id)
    .where(entry_origins.c.entry_id.in_(bindparam("ids", expanding=True)), entry_origins.c.pruned == LIVE)
    .group_by(entry_origins.c.entry_id, feeds.c.site)
)


def entries_of_stories(connection: Connection, story_ids: Iterable[int]) -> dict[int, int]:
    """Return the entries of stories, each with its story."""
    found: dict[int, int] = {}
    for ids in chunks(dict.fromkeys(story_ids)):
        wanted = set(ids)
        found.update((row.id, row.story_id) for row in connection.execute(_FOUNDERS, {"ids": ids}) if row.story_id in wanted)
        found.update((row.id, row.story_id) for row in connection.execute(_JOINED, {"ids": ids}))
    return found


def sites_of_stories(connection: Connection, story_ids: Iterable[int]) -> dict[int, dict[str, datetime]]:
    """Return the sites that carry each story, and when we saw the first of it there."""
    story_of = entries_of_stories(connection, story_ids)
    sites: dict[int, dict[str, datetime]] = {}
    for ids in chunks(story_of):
        for row in connection.execute(_CARRIERS, {"ids": ids}):
            seen = sites.setdefault(story_of[row.entry_id], {})
            seen[row.site] = min(row.seen_at, seen.get(row.site, row.seen_at))
    return sites


def coverage(sites: dict[str, datetime], *, dated_at: datetime, scales: Scales) -> Weights:
    """Return what the publishers of a story weigh together: the first counts from the story's date, others as they come."""
    later = sorted(sites.values())[1:]
    arrivals = [dated_at, *(arrival(seen_at, dated_at=dated_at) for seen_at in later)]
    weights = [scales.weights(at) for at in arrivals]
    return Weights(sum(each.day for each in weights), sum(each.trend for each in weights))
