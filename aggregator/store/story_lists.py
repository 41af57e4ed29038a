"""Lists that hold each story once, and who covers the stories in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, func, or_, select, union_all

from aggregator.model.coverage import CoverageEntry, ListedStory, TopicStory
from aggregator.model.entry import Entry, is_guessed
from aggregator.store.coverage import entries_of_stories
from aggregator.store.loading import chunks, load_by_ids, load_origins
from aggregator.store.story_tables import placements
from aggregator.store.tables import LIVE, entries, entry_origins, entry_topics, stories

_SCANNED = 200  # entries of a topic looked at in one go: more than a page has stories
_LOOKED_AT = 100  # newest entries of a topic, for its first stories
_TOPICS_AT_ONCE = 50  # parts of one union
_HELD = select(entry_topics.c.entry_id, entry_topics.c.dated_at).where(
    entry_topics.c.entry_id.in_(bindparam("ids", expanding=True)), entry_topics.c.slug == bindparam("topic")
)
_STORIES = select(stories.c.id, stories.c.entry_id, stories.c.publishers).where(
    stories.c.id.in_(bindparam("ids", expanding=True))
)
_TOPICS = select(entry_topics.c.slug, entry_topics.c.entry_id).where(
    entry_topics.c.entry_id.in_(bindparam("ids", expanding=True))
)
_COVERAGE = (
    select(
        entries.c.id,
        entries.c.title,
        entries.c.url,
        entries.c.language,
        entries.c.dated_at,
        entries.c.first_seen_at,
        func.coalesce(entries.c.published_at, entries.c.updated_at).label("said_at"),
        entries.c.source_title,
        entries.c.image_url,
        entry_origins.c.feed_id,
        placements.c.copy_of,
    )
    .join(entry_origins, entry_origins.c.entry_id == entries.c.id)
    .outerjoin(placements, placements.c.entry_id == entries.c.id)
    .where(entries.c.id.in_(bindparam("ids", expanding=True)), entry_origins.c.is_primary, entry_origins.c.pruned == LIVE)
)
_REVISIONS = (
    select(
        func.count().label("held"),
        func.max(entries.c.revision).label("newest"),
        func.count(placements.c.copy_of).label("copies"),
    )
    .select_from(entries)
    .outerjoin(placements, placements.c.entry_id == entries.c.id)
    .where(entries.c.id.in_(bindparam("ids", expanding=True)))
)

Place = tuple[datetime, int]
"""Date and id of an entry: its place in a list, newest first."""


def stories_of_topic(connection: Connection, slug: str, *, limit: int, before: Place | None) -> list[TopicStory]:
    """Return the stories of a topic by the newest entry they have in it, newest first."""
    found: dict[int, Place] = {}
    at = before
    while len(found) < limit:
        rows = _scan(connection, slug, at)
        newest: dict[int, Place] = {}
        for row in rows:
            newest.setdefault(row.story_id, (row.dated_at, row.entry_id))
        fresh = {story: place for story, place in newest.items() if story not in found}
        # A story with a newer entry in the topic stood on an earlier page.
        held = _held(connection, slug, fresh)
        found.update((story, place) for story, place in fresh.items() if max(held[story].values()) <= place)
        if len(rows) < _SCANNED:
            break
        at = (rows[-1].dated_at, rows[-1].entry_id)
    return list(listed_in_topic(connection, slug, list(found)[:limit]).values())


def _scan(connection: Connection, slug: str, at: Place | None) -> list[Row[*tuple[Any, ...]]]:
    place = (entry_topics.c.dated_at, entry_topics.c.entry_id)
    statement = (
        select(entry_topics.c.dated_at, entry_topics.c.entry_id, entries.c.story_id)
        .join(entries, entries.c.id == entry_topics.c.entry_id)
        .where(entry_topics.c.slug == slug)
        .order_by(place[0].desc(), place[1].desc())
        .limit(_SCANNED)
    )
    if at is not None:
        dated_at, entry_id = at
        statement = statement.where(
            place[0] <= dated_at, or_(place[0] < dated_at, and_(place[0] == dated_at, place[1] < entry_id))
        )
    return list(connection.execute(statement).all())


def _held(connection: Connection, slug: str, story_ids: Iterable[int]) -> dict[int, dict[int, Place]]:
    """Return the entries that each story has in the topic, with their places."""
    story_of = entries_of_stories(connection, story_ids)
    held: dict[int, dict[int, Place]] = {}
    for ids in chunks(story_of):
        for row in connection.execute(_HELD, {"ids": ids, "topic": slug}):
            held.setdefault(story_of[row.entry_id], {})[row.entry_id] = (row.dated_at, row.entry_id)
    return held


def listed_in_topic(connection: Connection, slug: str, story_ids: Collection[int]) -> dict[int, TopicStory]:
    """Return the stories among these that have entries in the topic, in the order given."""
    held = _held(connection, slug, story_ids)
    rows: dict[int, Row[*tuple[Any, ...]]] = {}
    for ids in chunks(held):
        rows.update((row.id, row) for row in connection.execute(_STORIES, {"ids": ids}))
    best = {story: row.entry_id if row.entry_id in held[story] else min(held[story]) for story, row in rows.items()}
    found = load_by_ids(connection, best.values())
    covered = coverage_of(connection, best)
    made = {}
    for story in story_ids:
        if story not in best or best[story] not in found:
            continue
        first = min(held[story])
        listed = ListedStory(
            story_id=story,
            first_entry_id=first,
            first_dated_at=held[story][first][0],
            publishers=rows[story].publishers,
            coverage=tuple(covered.get(story, ())),
        )
        made[story] = TopicStory(entry=found[best[story]], story=listed, place=max(held[story].values()))
    return made


def newest_of_topics(connection: Connection, slugs: Sequence[str], *, limit: int) -> dict[str, list[Entry]]:
    """Return for each topic the entries to show of its first stories: seven queries for any usual number of topics."""
    rows: list[Row[*tuple[Any, ...]]] = []
    for some in chunks(slugs, _TOPICS_AT_ONCE):
        rows += connection.execute(union_all(*(_newest_in(slug) for slug in some))).all()
    # By topic and story, newest first: the earliest entry of the story among those looked at.
    held: dict[str, dict[int, int]] = {slug: {} for slug in slugs}
    for row in sorted(rows, key=lambda row: (row.dated_at, row.entry_id), reverse=True):
        held[row.slug][row.story_id] = row.entry_id
    leads: dict[int, int] = {}
    for ids in chunks({story for of_topic in held.values() for story in list(of_topic)[:limit]}):
        leads.update((row.id, row.entry_id) for row in connection.execute(_STORIES, {"ids": ids}))
    inside: set[tuple[str, int]] = set()
    for ids in chunks(set(leads.values())):
        inside.update((row.slug, row.entry_id) for row in connection.execute(_TOPICS, {"ids": ids}))
    shown = {
        slug: [
            leads[story] if story in leads and (slug, leads[story]) in inside else entry_id
            for story, entry_id in list(of_topic.items())[:limit]
        ]
        for slug, of_topic in held.items()
    }
    found = load_by_ids(connection, (entry_id for ids in shown.values() for entry_id in ids))
    return {slug: [found[entry_id] for entry_id in ids if entry_id in found] for slug, ids in shown.items()}


def _newest_in(slug: str) -> Select[Any]:
    newest = (
        select(entry_topics.c.slug, entry_topics.c.dated_at, entry_topics.c.entry_id)
        .where(entry_topics.c.slug == slug)
        .order_by(entry_topics.c.dated_at.desc(), entry_topics.c.entry_id.desc())
        .limit(_LOOKED_AT)
        .subquery()
    )
    return select(newest, entries.c.story_id).join(entries, entries.c.id == newest.c.entry_id)


def coverage_of(connection: Connection, story_ids: Collection[int]) -> dict[int, list[CoverageEntry]]:
    """Return the entries of each story as links, by id."""
    story_of = entries_of_stories(connection, story_ids)
    rows: list[Row[*tuple[Any, ...]]] = []
    for ids in chunks(sorted(story_of)):
        rows += connection.execute(_COVERAGE, {"ids": ids}).all()
    origins = load_origins(connection, (row.feed_id for row in rows))
    found: dict[int, list[CoverageEntry]] = {}
    for row in sorted(rows, key=lambda row: row.id):
        origin = origins[row.feed_id]
        entry = CoverageEntry(
            entry_id=row.id,
            title=row.title,
            url=row.url,
            publisher=row.source_title or origin.feed_title or origin.site,
            site=origin.site,
            language=row.language or origin.language,
            dated_at=row.dated_at,
            copy_of=row.copy_of,
            image_url=row.image_url,
            is_undated=is_guessed(row.dated_at, said=row.said_at, first_seen_at=row.first_seen_at),
        )
        found.setdefault(story_of[row.id], []).append(entry)
    return found


def version_of(connection: Connection, story_id: int) -> str | None:
    """Return what changes whenever the entries of a story, or which stands for it, change; None if it is not stored."""
    lead = connection.execute(select(stories.c.entry_id).where(stories.c.id == story_id)).scalar_one_or_none()
    if lead is None:
        return None
    count = newest = copies = 0
    for ids in chunks(entries_of_stories(connection, [story_id])):
        row = connection.execute(_REVISIONS, {"ids": ids}).one()
        count, newest, copies = count + row.held, max(newest, row.newest or 0), copies + row.copies
    return f"{lead}/{count}/{newest}/{copies}"
