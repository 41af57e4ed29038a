"""Parts entries from their story, by a person's decision."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select

from aggregator.store import dialect, sequences
from aggregator.store.moving import move_entries
from aggregator.store.redirects import part
from aggregator.store.story_tables import placements, story_redirects
from aggregator.store.tables import entries, stories

_STANDING = select(entries.c.id, entries.c.story_id, entries.c.dated_at).where(
    entries.c.id.in_(bindparam("ids", expanding=True))
)
_STORED = select(stories.c.id).where(stories.c.id.in_(bindparam("ids", expanding=True)))
_ZERO = (
    "publishers", "readers", "readers_24h", "readers_7d", "readers_30d", "day_reads", "day_coverage", "day_exposure",
    "trend_reads", "trend_coverage", "trend_exposure",
)  # fmt: skip


def split_entries(connection: Connection, entry_ids: Sequence[int]) -> int:
    """Part entries of one story, not all of them, from the rest; return the id of their new story.

    The rest keeps the id, under which readers know it.

    Raises: ValueError if they do not stand in one story.
    """
    rows = connection.execute(_STANDING, {"ids": sorted(set(entry_ids))}).all()
    whole = {row.story_id for row in rows}
    if len(whole) != 1:
        raise ValueError("entries are parted from one story at a time")
    (story_id,) = whole
    ids = sorted(row.id for row in rows)
    taken = set(connection.execute(_STORED, {"ids": ids}).scalars())
    new_id = next((entry_id for entry_id in ids if entry_id not in taken), None)
    if new_id is None:
        (new_id,) = sequences.take(connection, sequences.ENTRY_ID, 1)  # story ids are numbers of entries: this one has none
    connection.execute(delete(story_redirects).where(story_redirects.c.id == new_id))
    connection.execute(
        insert(stories),
        {"id": new_id, "entry_id": ids[0], "dated_at": min(row.dated_at for row in rows), "touched": True}
        | dict.fromkeys(_ZERO, 0),
    )
    move_entries(connection, ids, out_of=story_id, into=new_id)
    part(connection, [(story_id, new_id)])
    decided = [{"entry_id": one, "score": 1.0, "reason": "split", "by_operator": True, "copy_of": None} for one in ids]
    connection.execute(dialect.upsert(connection, placements, replace=True), decided)
    return new_id
