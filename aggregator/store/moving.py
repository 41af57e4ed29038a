"""Moves some entries of a story into another, with the reads that were of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, select, update

from aggregator.store import dialect
from aggregator.store.coverage import entries_of_stories
from aggregator.store.hours import hour_of
from aggregator.store.loading import chunks
from aggregator.store.recount import recount_coverage
from aggregator.store.scales import read_scales
from aggregator.store.story_tables import story_redirects
from aggregator.store.tables import entries, reads, stories, story_hours

_BOTH = select(stories).where(stories.c.id.in_(bindparam("ids", expanding=True)))
_OF_MOVED = select(reads).where(reads.c.story_id == bindparam("story"), reads.c.entry_id.in_(bindparam("ids", expanding=True)))
_THERE = select(reads.c.reader_key).where(
    reads.c.story_id == bindparam("story"), reads.c.reader_key.in_(bindparam("keys", expanding=True))
)
_MOVE_READ = (
    update(reads)
    .where(reads.c.story_id == bindparam("story"), reads.c.reader_key == bindparam("key"))
    .values(story_id=bindparam("into"))
)
_DROP_READ = delete(reads).where(reads.c.story_id == bindparam("story"), reads.c.reader_key == bindparam("key"))
_MOVE = update(entries).where(entries.c.id == bindparam("entry")).values(story_id=bindparam("into"))
_REPOINT = update(story_redirects).where(story_redirects.c.id.in_(bindparam("ids", expanding=True))).values(
    story_id=bindparam("into")
)  # fmt: skip
_EARLIEST = select(func.min(entries.c.dated_at)).where(entries.c.id.in_(bindparam("ids", expanding=True)))


def move_entries(connection: Connection, entry_ids: Sequence[int], *, out_of: int, into: int) -> None:
    """Move entries, not all of their story, with their reads; what showed the story counts for the one it stood under."""
    rows = {row.id: row for row in connection.execute(_BOTH, {"ids": [out_of, into]})}
    if len(rows) < len({out_of, into}):
        return
    moved: list[Row[*tuple[Any, ...]]] = []
    for ids in chunks(entry_ids):
        moved += connection.execute(_OF_MOVED, {"story": out_of, "ids": ids}).all()
    there: set[bytes] = set()
    for keys in chunks([read.reader_key for read in moved]):
        there.update(connection.execute(_THERE, {"story": into, "keys": keys}).scalars())
    _move_reads(connection, moved, there, out_of=out_of, into=into)
    connection.execute(_MOVE, [{"entry": entry_id, "into": into} for entry_id in entry_ids])
    for ids in chunks(entry_ids):  # what redirected to the old story because of these entries finds them in the new one
        connection.execute(_REPOINT, {"ids": ids, "into": into})
    _save(connection, rows, moved, there, out_of=out_of, into=into)


def _move_reads(
    connection: Connection, moved: Sequence[Row[*tuple[Any, ...]]], there: set[bytes], *, out_of: int, into: int
) -> None:
    if not moved:
        return
    keys = [{"story": out_of, "key": read.reader_key, "into": into} for read in moved if read.reader_key not in there]
    if keys:
        connection.execute(_MOVE_READ, keys)
    twice = [{"story": out_of, "key": read.reader_key} for read in moved if read.reader_key in there]
    if twice:
        connection.execute(_DROP_READ, twice)
    hours: Counter[tuple[int, int]] = Counter()
    for read in moved:
        hours[out_of, hour_of(read.at)] -= 1
        hours[into, hour_of(read.at)] += read.reader_key not in there
    connection.execute(
        dialect.accumulate(connection, story_hours),
        [{"story_id": story, "hour": hour, "readers": readers, "exposure": 0.0} for (story, hour), readers in hours.items()],
    )


def _save(
    connection: Connection,
    rows: dict[int, Row[*tuple[Any, ...]]],
    moved: Sequence[Row[*tuple[Any, ...]]],
    there: set[bytes],
    *,
    out_of: int,
    into: int,
) -> None:
    scales = read_scales(connection)
    story_of = entries_of_stories(connection, [out_of, into])
    dates: dict[int, datetime] = {}
    for story, sign in ((out_of, -1), (into, 1)):
        held = [entry_id for entry_id, of in story_of.items() if of == story]
        counted = [read for read in moved if sign < 0 or read.reader_key not in there]
        row = rows[story]
        dates[story] = min(
            at for ids in chunks(held) if (at := connection.execute(_EARLIEST, {"ids": ids}).scalar_one()) is not None
        )
        values = {
            "dated_at": dates[story],
            "entry_id": row.entry_id if row.entry_id in held else min(held),
            "readers": row.readers + sign * len(counted),
            "day_reads": row.day_reads + sign * sum(scales.weights(read.at).day * read.weight for read in counted),
            "trend_reads": row.trend_reads + sign * sum(scales.weights(read.at).trend * read.weight for read in counted),
            "touched": True,
        }
        connection.execute(update(stories).where(stories.c.id == story).values(values))
    recount_coverage(connection, dates, scales)
