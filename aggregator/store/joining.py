"""Lets entries join stories, many at once.

Nearly all of them are alone in the story they founded a moment ago, which nobody has read or seen: such a story has nothing to
hand on, and the price of joining is four statements for all of them. The others merge story by story.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select, update

from aggregator.model.grouping import Joining
from aggregator.store import dialect
from aggregator.store.loading import chunks
from aggregator.store.merging import merge_stories
from aggregator.store.moving import move_entries
from aggregator.store.redirects import redirect
from aggregator.store.story_tables import placements
from aggregator.store.tables import IN_ANOTHERS_STORY, entries, stories

_STANDING = (
    select(entries.c.id, entries.c.story_id, entries.c.dated_at, placements.c.by_operator)
    .outerjoin(placements, placements.c.entry_id == entries.c.id)
    .where(entries.c.id.in_(bindparam("ids", expanding=True)))
)
_STORIES = select(stories.c.id, stories.c.dated_at, stories.c.readers, stories.c.day_exposure, stories.c.trend_exposure).where(
    stories.c.id.in_(bindparam("ids", expanding=True))
)
_SHARED = (  # apart from any join: the condition of the index names columns without their table
    select(entries.c.story_id)
    .where(entries.c.story_id.in_(bindparam("ids", expanding=True)), IN_ANOTHERS_STORY)
    .distinct()
)  # fmt: skip
_MOVE = update(entries).where(entries.c.id == bindparam("entry")).values(story_id=bindparam("into"))
_DELETE = delete(stories).where(stories.c.id.in_(bindparam("ids", expanding=True)))
_SAVE_DATE = update(stories).where(stories.c.id == bindparam("story")).values(dated_at=bindparam("new_dated_at"))


_Found = Row[*tuple[Any, ...]]


def join_entries(connection: Connection, joinings: Sequence[Joining]) -> set[int]:
    """Let entries join stories, in order; return the stories that got any."""
    standing = _load(connection, [joining.entry_id for joining in joinings])
    known = _load_stories(connection, [*(row.story_id for row in standing.values()), *(one.story_id for one in joinings)])
    shared: set[int] = set()
    for ids in chunks(known):
        shared.update(connection.execute(_SHARED, {"ids": ids}).scalars())
    targets = {joining.story_id for joining in joinings}
    light: list[Joining] = []
    heavy: list[Joining] = []
    for joining in joinings:
        row = standing.get(joining.entry_id)
        if row is None or row.by_operator or row.story_id == joining.story_id or joining.story_id not in known:
            continue
        own = known.get(row.story_id)
        alone = row.story_id == row.id and row.id not in shared and row.id not in targets
        unseen = own is not None and not (own.readers or own.day_exposure or own.trend_exposure)
        (light if alone and unseen else heavy).append(joining)
    _join_light(connection, light, standing, known)
    for joining in heavy:
        _join_heavy(connection, joining)
    rows = [
        {"entry_id": one.entry_id, "score": one.score, "reason": one.reason, "by_operator": False, "copy_of": None}
        for one in (*light, *heavy)
    ]
    if rows:
        connection.execute(dialect.upsert(connection, placements, replace=True), rows)
    return {joining.story_id for joining in (*light, *heavy)}


def _load(connection: Connection, entry_ids: Sequence[int]) -> dict[int, _Found]:
    found: dict[int, _Found] = {}
    for ids in chunks(dict.fromkeys(entry_ids)):
        found.update((row.id, row) for row in connection.execute(_STANDING, {"ids": ids}))
    return found


def _load_stories(connection: Connection, story_ids: Sequence[int]) -> dict[int, _Found]:
    found: dict[int, _Found] = {}
    for ids in chunks(set(story_ids)):
        found.update((row.id, row) for row in connection.execute(_STORIES, {"ids": ids}))
    return found


def _join_light(
    connection: Connection,
    light: Sequence[Joining],
    standing: Mapping[int, _Found],
    known: Mapping[int, _Found],
) -> None:
    if not light:
        return
    connection.execute(_MOVE, [{"entry": joining.entry_id, "into": joining.story_id} for joining in light])
    redirect(connection, [(joining.story_id, joining.entry_id) for joining in light])
    for ids in chunks([joining.entry_id for joining in light]):
        connection.execute(_DELETE, {"ids": ids})
    earlier: dict[int, datetime] = {}
    for joining in light:
        dated_at = standing[joining.entry_id].dated_at
        if dated_at < earlier.get(joining.story_id, known[joining.story_id].dated_at):
            earlier[joining.story_id] = dated_at
    if earlier:
        connection.execute(_SAVE_DATE, [{"story": story, "new_dated_at": at} for story, at in earlier.items()])


def _join_heavy(connection: Connection, joining: Joining) -> None:
    row = connection.execute(_STANDING, {"ids": [joining.entry_id]}).one()
    if row.story_id == joining.story_id:
        return
    others = select(entries.c.id).where(entries.c.story_id == row.story_id, IN_ANOTHERS_STORY, entries.c.id != row.id).limit(1)
    if row.story_id == row.id and connection.execute(others).first() is None:
        merge_stories(connection, joining.story_id, row.story_id)
        return
    move_entries(connection, [row.id], out_of=row.story_id, into=joining.story_id)
