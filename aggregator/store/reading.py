"""Reads: one a reader and story, raw for a while, and as sums and hourly counts of the story."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, true, update

from aggregator.model.reading import ReadEvent
from aggregator.model.story import Window
from aggregator.store import dialect
from aggregator.store.hours import hour_of
from aggregator.store.loading import chunks
from aggregator.store.scales import read_scales
from aggregator.store.tables import entries, reads, salts, site_hours, stories, story_hours

_SALT_BYTES = 32
_SALT_DAYS = 2  # a salt lives for its day and the next: 48 h after its first use it is gone
_STORY_OF = select(entries.c.id, entries.c.story_id).where(entries.c.id.in_(bindparam("ids", expanding=True)))
_ADD_READS = (
    update(stories)
    .where(stories.c.id == bindparam("story"))
    .values(
        readers=stories.c.readers + bindparam("count"),
        day_reads=stories.c.day_reads + bindparam("day"),
        trend_reads=stories.c.trend_reads + bindparam("trend"),
        touched=true(),
    )
)


class SqlReadStore:
    """`ReadStore` inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, events: Sequence[ReadEvent]) -> int:
        """Record reads, one a reader key and story; return how many were new."""
        return sum(self._add(part) for part in chunks(event for event in events if event.weight > 0))

    def _add(self, events: Sequence[ReadEvent]) -> int:
        story_of: dict[int, int] = dict(self._connection.execute(_STORY_OF, {"ids": list({e.entry_id for e in events})}).all())
        first: dict[tuple[int, bytes], ReadEvent] = {}
        for event in events:
            if event.entry_id in story_of:
                first.setdefault((story_of[event.entry_id], event.reader_key), event)
        if not first:
            return 0
        rows = [
            {
                "story_id": story,
                "reader_key": event.reader_key,
                "entry_id": event.entry_id,
                "at": event.at,
                "via": event.via.value,
                "weight": event.weight,
            }
            for (story, _), event in first.items()
        ]
        new = dialect.add_new(self._connection, reads, rows)  # readers that are not counted already
        self._count([(story, first[story, key].at, first[story, key].weight) for story, key in new])
        return len(new)

    def _count(self, counted: Sequence[tuple[int, datetime, float]]) -> None:
        """Add reads (story, time, weight) to the sums and hours of their stories."""
        if not counted:
            return
        scales = read_scales(self._connection)
        sums: dict[int, dict[str, Any]] = {}
        of_story: defaultdict[tuple[int, int], int] = defaultdict(int)
        of_site: defaultdict[int, float] = defaultdict(float)
        for story, at, weight in counted:
            worth = scales.weights(at)
            row = sums.setdefault(story, {"story": story, "count": 0, "day": 0.0, "trend": 0.0})
            row["count"] += 1
            row["day"] += weight * worth.day
            row["trend"] += weight * worth.trend
            of_story[story, hour_of(at)] += 1
            of_site[hour_of(at)] += weight
        self._connection.execute(_ADD_READS, list(sums.values()))
        self._connection.execute(
            dialect.accumulate(self._connection, story_hours),
            [
                {"story_id": story, "hour": hour, "readers": readers, "exposure": 0.0}
                for (story, hour), readers in of_story.items()
            ],
        )
        self._connection.execute(
            dialect.accumulate(self._connection, site_hours),
            [{"hour": hour, "reads": weight, "exposure": 0.0} for hour, weight in of_site.items()],
        )

    def salt(self, day: date) -> bytes:
        """Return the random salt of a UTC day, made on first use; older ones are deleted 48 h after their day began."""
        self._connection.execute(delete(salts).where(salts.c.day <= (day - timedelta(days=_SALT_DAYS)).isoformat()))
        statement = select(salts.c.salt).where(salts.c.day == day.isoformat())
        found: bytes | None = self._connection.execute(statement).scalar_one_or_none()
        if found is not None:
            return found
        made = {"day": day.isoformat(), "salt": secrets.token_bytes(_SALT_BYTES)}
        self._connection.execute(dialect.upsert(self._connection, salts, replace=False), made)
        kept: bytes = self._connection.execute(statement).scalar_one()
        return kept

    def readers_a_day(self, *, since: datetime, until: datetime) -> float:
        """Return the mean of distinct readers a UTC day, over the days on which anybody read; 0 if nobody did."""
        day_readers: list[int] = []
        day = since
        while day < until:
            end = min(day + timedelta(days=1), until)
            distinct = select(func.count(reads.c.reader_key.distinct())).where(reads.c.at >= day, reads.c.at < end)
            day_readers.append(self._connection.execute(distinct).scalar_one())
            day = end
        read = [readers for readers in day_readers if readers]
        return sum(read) / len(read) if read else 0.0

    def prune(self, *, before: datetime) -> int:
        """Delete read events from before; sums and counts stay, hourly counts for as long as the longest window."""
        self._connection.execute(delete(story_hours).where(story_hours.c.hour < hour_of(before - Window.MONTH.span)))
        self._connection.execute(delete(site_hours).where(site_hours.c.hour < hour_of(before - Window.MONTH.span)))
        return self._connection.execute(delete(reads).where(reads.c.at < before)).rowcount
