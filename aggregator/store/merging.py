"""Makes two stories one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select, update

from aggregator.store import dialect
from aggregator.store.coverage import entries_of_stories
from aggregator.store.hours import hour_of
from aggregator.store.recount import recount_coverage
from aggregator.store.redirects import redirect, unite
from aggregator.store.scales import read_scales
from aggregator.store.story_tables import placements
from aggregator.store.tables import entries, reads, stories, story_hours

_BOTH = select(stories).where(stories.c.id.in_(bindparam("ids", expanding=True)))
_THEIRS = reads.alias("theirs")
_READ_TWICE = (
    select(
        reads.c.reader_key,
        reads.c.at.label("our_at"),
        reads.c.weight.label("our_weight"),
        _THEIRS.c.at.label("their_at"),
        _THEIRS.c.weight.label("their_weight"),
    )
    .join(_THEIRS, _THEIRS.c.reader_key == reads.c.reader_key)
    .where(reads.c.story_id == bindparam("into"), _THEIRS.c.story_id == bindparam("other"))
)
_DROP_READ = delete(reads).where(reads.c.story_id == bindparam("story"), reads.c.reader_key == bindparam("key"))
_HOURS = select(story_hours.c.hour, story_hours.c.readers, story_hours.c.exposure).where(
    story_hours.c.story_id == bindparam("story")
)


def merge_stories(connection: Connection, into: int, other: int) -> None:
    """Move everything of `other` to `into`, and let it lead there; a reader of both counts once, as of the earlier read."""
    rows = {row.id: row for row in connection.execute(_BOTH, {"ids": [into, other]})}
    if into == other or len(rows) < len({into, other}):
        return
    twice = connection.execute(_READ_TWICE, {"into": into, "other": other}).all()
    dropped = [
        (row.reader_key, other, row.their_at, row.their_weight)
        if row.our_at <= row.their_at
        else (row.reader_key, into, row.our_at, row.our_weight)
        for row in twice
    ]
    if dropped:
        connection.execute(_DROP_READ, [{"key": key, "story": story} for key, story, _, _ in dropped])
    connection.execute(update(reads).where(reads.c.story_id == other).values(story_id=into))
    _move_hours(connection, into, other, dropped)
    moved = list(entries_of_stories(connection, [other]))
    connection.execute(
        update(entries).where(entries.c.id == bindparam("entry")).values(story_id=into), [{"entry": entry} for entry in moved]
    )
    evidence = [{"entry_id": one, "score": 1.0, "reason": "merged", "by_operator": False, "copy_of": None} for one in moved]
    if evidence:  # what an entry has is kept
        connection.execute(dialect.upsert(connection, placements, replace=False), evidence)
    _add_sums(connection, rows[into], rows[other], dropped)
    unite(connection, into, other)
    redirect(connection, [(into, other)])
    connection.execute(delete(stories).where(stories.c.id == other))  # takes its places in lists along
    recount_coverage(connection, {into: min(rows[into].dated_at, rows[other].dated_at)}, read_scales(connection))


def _move_hours(connection: Connection, into: int, other: int, dropped: Sequence[tuple[Any, ...]]) -> None:
    rows = [
        {"story_id": into, "hour": row.hour, "readers": row.readers, "exposure": row.exposure}
        for row in connection.execute(_HOURS, {"story": other})
    ]
    rows += [{"story_id": into, "hour": hour_of(at), "readers": -1, "exposure": 0.0} for _, _, at, _ in dropped]
    if rows:
        connection.execute(dialect.accumulate(connection, story_hours), rows)


def _add_sums(
    connection: Connection, ours: Row[*tuple[Any, ...]], theirs: Row[*tuple[Any, ...]], dropped: Sequence[tuple[Any, ...]]
) -> None:
    scales = read_scales(connection)
    lost = [(scales.weights(at), weight) for _, _, at, weight in dropped]
    values = {name: getattr(ours, name) + getattr(theirs, name) for name in ("day_exposure", "trend_exposure")}
    values["day_reads"] = ours.day_reads + theirs.day_reads - sum(weights.day * weight for weights, weight in lost)
    values["trend_reads"] = ours.trend_reads + theirs.trend_reads - sum(weights.trend * weight for weights, weight in lost)
    values["readers"] = ours.readers + theirs.readers - len(dropped)
    values["dated_at"] = min(ours.dated_at, theirs.dated_at)
    values["touched"] = True
    connection.execute(update(stories).where(stories.c.id == ours.id).values(values))
