"""Which publishers carry a story, and since when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from aggregator.model.grouping import voices
from aggregator.store.loading import chunks
from aggregator.store.scales import Scales, Weights, arrival
from aggregator.store.story_tables import placements
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
_COPIES = select(placements.c.entry_id, placements.c.copy_of).where(
    placements.c.entry_id.in_(bindparam("ids", expanding=True)), placements.c.copy_of.is_not(None)
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


def voices_of_stories(connection: Connection, story_ids: Iterable[int]) -> dict[int, list[datetime]]:
    """Return for each story when we saw each voice in it first: publishers, and texts that several only repeat."""
    story_of = entries_of_stories(connection, story_ids)
    seen: dict[int, dict[int, dict[str, datetime]]] = {}
    copies: dict[int, int] = {}
    for ids in chunks(story_of):
        for row in connection.execute(_CARRIERS, {"ids": ids}):
            seen.setdefault(story_of[row.entry_id], {}).setdefault(row.entry_id, {})[row.site] = row.seen_at
        copies.update(connection.execute(_COPIES, {"ids": ids}).all())
    return {story: _voices(by_entry, copies) for story, by_entry in seen.items()}


def _voices(by_entry: dict[int, dict[str, datetime]], copies: dict[int, int]) -> list[datetime]:
    if len(by_entry) == 1:
        return list(next(iter(by_entry.values())).values())
    return [
        min(at for entry_id in voice.entries for site, at in by_entry[entry_id].items() if voice.site in {None, site})
        for voice in voices(by_entry, copies)
    ]


def coverage(seen: Iterable[datetime], *, dated_at: datetime, scales: Scales) -> Weights:
    """Return what the voices of a story weigh together: the first counts from the story's date, others as they come."""
    later = sorted(seen)[1:]
    arrivals = [dated_at, *(arrival(seen_at, dated_at=dated_at) for seen_at in later)]
    weights = [scales.weights(at) for at in arrivals]
    return Weights(sum(each.day for each in weights), sum(each.trend for each in weights))
