"""Where stories went that were merged into others: one step to where they are, whatever happened on the way."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, or_, select, update

from aggregator.store import dialect
from aggregator.store.story_tables import stories_apart, story_redirects
from aggregator.store.tables import stories

_REPOINT = update(story_redirects).where(story_redirects.c.story_id == bindparam("lost")).values(story_id=bindparam("kept"))
_APART = select(stories_apart).where(or_(stories_apart.c.one == bindparam("lost"), stories_apart.c.other == bindparam("lost")))
_PART = delete(stories_apart).where(stories_apart.c.one == bindparam("first"), stories_apart.c.other == bindparam("second"))


def redirect(connection: Connection, merged: Sequence[tuple[int, int]]) -> None:
    """Let stories (kept, lost) lead to where they went, and keep what was parted parted; before the lost ones are deleted."""
    if not merged:
        return
    rows = [{"kept": kept, "lost": lost} for kept, lost in merged]
    connection.execute(_REPOINT, rows)
    connection.execute(
        dialect.upsert(connection, story_redirects, replace=True), [{"id": lost, "story_id": kept} for kept, lost in merged]
    )
    if connection.execute(select(stories_apart.c.one).limit(1)).first() is not None:
        for kept, lost in merged:
            pairs = {(row.one, row.other) for row in connection.execute(_APART, {"lost": lost})}
            others = {one if other == lost else other for one, other in pairs} - {kept}
            part(connection, [(kept, other) for other in others])


def part(connection: Connection, pairs: Sequence[tuple[int, int]]) -> None:
    """Remember that pairs of stories must not become one."""
    rows = [{"one": min(pair), "other": max(pair)} for pair in pairs]
    if rows:
        connection.execute(dialect.upsert(connection, stories_apart, replace=False), rows)


def unite(connection: Connection, one: int, other: int) -> None:
    """Forget that two stories were parted."""
    connection.execute(_PART, {"first": min(one, other), "second": max(one, other)})


def current_story(connection: Connection, story_id: int) -> int | None:
    """Return the id of a story, or of the one that it was merged into; None if neither is stored."""
    own = connection.execute(select(stories.c.id).where(stories.c.id == story_id)).scalar_one_or_none()
    if own is not None:
        return int(own)
    found: int | None = connection.execute(
        select(story_redirects.c.story_id).where(story_redirects.c.id == story_id)
    ).scalar_one_or_none()
    return found
