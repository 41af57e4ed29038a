"""Entries with their origins and the figures of their stories: four queries for any number of entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, bindparam, select

from aggregator.model.entry import Entry, Origin
from aggregator.store.rows import entry_of, origin_of
from aggregator.store.tables import LIVE, entries, entry_origins, feeds, stories

CHUNK = 500  # values in one IN list: below the limit of every SQLite (999), and few shapes of a statement to compile

Value = TypeVar("Value")

_ORIGINS = (
    select(entry_origins.c.entry_id, entry_origins.c.feed_id)
    .where(entry_origins.c.entry_id.in_(bindparam("ids", expanding=True)), entry_origins.c.pruned == LIVE)
    .order_by(entry_origins.c.is_primary.desc(), entry_origins.c.first_seen_at, entry_origins.c.feed_id)
)
_FEEDS = select(feeds.c.id, feeds.c.url, feeds.c.site, feeds.c.settings, feeds.c.data).where(
    feeds.c.id.in_(bindparam("ids", expanding=True))
)
_FIGURES = select(stories.c.id, stories.c.readers, stories.c.trend_score, stories.c.publishers).where(
    stories.c.id.in_(bindparam("ids", expanding=True))
)
_ENTRIES = select(entries).where(entries.c.id.in_(bindparam("ids", expanding=True)))


def chunks(values: Iterable[Value], size: int = CHUNK) -> Iterator[list[Value]]:
    """Yield the values in lists of at most `size`."""
    iterator = iter(values)
    while chunk := list(islice(iterator, size)):
        yield chunk


def load_origins(connection: Connection, feed_ids: Iterable[int]) -> dict[int, Origin]:
    """Return the feeds as entries name them."""
    found: dict[int, Origin] = {}
    for ids in chunks(set(feed_ids)):
        found.update((row.id, origin_of(row)) for row in connection.execute(_FEEDS, {"ids": ids}))
    return found


def load_entries(connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Entry]:
    """Return the entries of whole rows of `entries`, in the same order, with their origins."""
    carriers: dict[int, list[int]] = {}
    for ids in chunks(row.id for row in rows):
        for entry_id, feed_id in connection.execute(_ORIGINS, {"ids": ids}):
            carriers.setdefault(entry_id, []).append(feed_id)
    origins = load_origins(connection, (feed_id for feed_ids in carriers.values() for feed_id in feed_ids))
    figures: dict[int, tuple[float, int, int]] = {}
    for ids in chunks({row.story_id for row in rows}):
        figures.update(
            (story.id, (story.trend_score or 0.0, story.readers, story.publishers))
            for story in connection.execute(_FIGURES, {"ids": ids})
        )
    made = []
    for row in rows:
        score, readers, publishers = figures[row.story_id]
        # A feed may carry an entry under two guids; it is one origin all the same.
        carried_by = tuple(origins[feed_id] for feed_id in dict.fromkeys(carriers[row.id]))
        made.append(entry_of(row, carried_by, score=score, reads=readers, publishers=publishers))
    return made


def load_by_ids(connection: Connection, ids: Iterable[int]) -> dict[int, Entry]:
    """Return the entries that exist among `ids`."""
    rows: list[Row[*tuple[Any, ...]]] = []
    for chunk in chunks(dict.fromkeys(ids)):
        rows.extend(connection.execute(_ENTRIES, {"ids": chunk}))
    return {entry.id: entry for entry in load_entries(connection, rows)}
