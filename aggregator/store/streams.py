"""The lists that readers subscribe to, and their numbers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, insert, select

from aggregator.model.reader import ListedItem
from aggregator.store import sequences
from aggregator.store.loading import chunks
from aggregator.store.reader_tables import streams
from aggregator.store.tables import entry_topics, list_entries, topics

_TOPICS_OF = (
    select(entry_topics.c.entry_id, entry_topics.c.slug)
    .join(topics, topics.c.slug == entry_topics.c.slug)
    .where(entry_topics.c.entry_id.in_(bindparam("ids", expanding=True)))
    .order_by(entry_topics.c.entry_id, topics.c.position, topics.c.slug)
)

_LISTED = select(list_entries.c.item_id, list_entries.c.name, list_entries.c.entry_id, list_entries.c.entered_at).where(
    list_entries.c.item_id.in_(bindparam("ids", expanding=True))
)


class SqlStreamStore:
    """`StreamStore` inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def number(self, paths: Sequence[str]) -> dict[str, int]:
        """Return the stream ids of our lists by path, giving each new path the next one."""
        known = {path: stream_id for stream_id, path in self.paths().items()}
        new = [path for path in dict.fromkeys(paths) if path not in known]
        if new:
            numbers = sequences.take(self._connection, sequences.STREAM_ID, len(new))
            given = dict(zip(new, numbers, strict=True))
            self._connection.execute(insert(streams), [{"id": number, "path": path} for path, number in given.items()])
            known |= given
        return {path: known[path] for path in paths}

    def paths(self) -> dict[int, str]:
        """Return the path of every list that has an id."""
        return dict(self._connection.execute(select(streams.c.id, streams.c.path).order_by(streams.c.id)).all())

    def topics(self) -> list[tuple[str, str]]:
        """Return slug and title of every topic, in the order of the configuration."""
        statement = select(topics.c.slug, topics.c.title).order_by(topics.c.position, topics.c.slug)
        return list(self._connection.execute(statement))

    def topics_of(self, entry_ids: Sequence[int]) -> dict[int, list[str]]:
        """Return the slugs of the topics of those entries that have any, in the order of the configuration."""
        found: dict[int, list[str]] = {}
        for ids in chunks(dict.fromkeys(entry_ids)):
            for entry_id, slug in self._connection.execute(_TOPICS_OF, {"ids": ids}):
                found.setdefault(entry_id, []).append(slug)
        return found

    def listed(self, item_ids: Sequence[int]) -> dict[int, ListedItem]:
        """Return those of the items that are entries on ranked lists."""
        found: dict[int, ListedItem] = {}
        for ids in chunks(dict.fromkeys(item_ids)):
            for row in self._connection.execute(_LISTED, {"ids": ids}):
                found[row.item_id] = ListedItem(name=row.name, entry_id=row.entry_id, at=row.entered_at)
        return found
