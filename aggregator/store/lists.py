"""Ranked lists: their places, what entered them, and how often they were seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select

from aggregator.model.story import Entered, ListPlace
from aggregator.store import dialect, sequences
from aggregator.store.loading import chunks
from aggregator.store.tables import entries, list_entries, list_places, list_views, stories


class SqlListStore:
    """`ListStore` inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def places(self, name: str) -> list[ListPlace]:
        """Return the list `name`, best first."""
        statement = select(list_places).where(list_places.c.name == name).order_by(list_places.c.place)
        return [
            ListPlace(place=row.place, story_id=row.story_id, since_at=row.since_at)
            for row in self._connection.execute(statement)
        ]

    def put_places(self, name: str, places: Sequence[ListPlace]) -> None:
        """Replace the list `name`; stories no longer stored are left out."""
        self._connection.execute(delete(list_places).where(list_places.c.name == name))
        stored: set[int] = set()
        for ids in chunks(place.story_id for place in places):
            stored.update(self._connection.execute(select(stories.c.id).where(stories.c.id.in_(ids))).scalars())
        rows = [
            {"name": name, "place": place.place, "story_id": place.story_id, "since_at": place.since_at}
            for place in places
            if place.story_id in stored
        ]
        if rows:
            self._connection.execute(insert(list_places), rows)

    def drop_others(self, names: Iterable[str]) -> None:
        """Delete the places of lists that are not among `names`; what entered them is kept."""
        kept = set(names)
        found = self._connection.execute(select(list_places.c.name).distinct()).scalars().all()
        for name in set(found) - kept:
            self._connection.execute(delete(list_places).where(list_places.c.name == name))

    def add_views(self, views: Mapping[tuple[str, int], int]) -> None:
        """Add views of the first so many places (0: all) of lists."""
        rows = [{"name": name, "places": places, "views": count} for (name, places), count in sorted(views.items())]
        if rows:
            self._connection.execute(dialect.accumulate(self._connection, list_views), rows)

    def take_views(self) -> dict[tuple[str, int], int]:
        """Return the views since they were last taken, and begin again from zero."""
        columns = (list_views.c.name, list_views.c.places, list_views.c.views)
        taken = self._connection.execute(delete(list_views).returning(*columns))
        return {(row.name, row.places): row.views for row in taken}

    def entered(self, name: str, *, limit: int) -> list[Entered]:
        """Return what entered the list `name`, latest first, then by entry id falling."""
        statement = (
            select(list_entries)
            .where(list_entries.c.name == name)
            .order_by(list_entries.c.entered_at.desc(), list_entries.c.entry_id.desc())
            .limit(limit)
        )
        return [
            Entered(entry_id=row.entry_id, at=row.entered_at, readers=row.readers, publishers=row.publishers)
            for row in self._connection.execute(statement)
        ]

    def enter(self, name: str, entered: Sequence[Entered]) -> None:
        """Record that entries entered the list `name`; one that entered before keeps its time, one not stored is dropped."""
        known: set[int] = set()
        for ids in chunks(dict.fromkeys(each.entry_id for each in entered)):
            known.update(self._connection.execute(select(entries.c.id).where(entries.c.id.in_(ids))).scalars())
        there = select(list_entries.c.entry_id).where(list_entries.c.name == name, list_entries.c.entry_id.in_(known))
        new = {each.entry_id: each for each in reversed(entered) if each.entry_id in known}
        for entry_id in self._connection.execute(there).scalars().all():
            del new[entry_id]
        rows = [
            {
                "name": name,
                "entry_id": each.entry_id,
                "item_id": item_id,
                "entered_at": each.at,
                "readers": each.readers,
                "publishers": each.publishers,
            }
            for item_id, each in zip(
                sequences.take(self._connection, sequences.ENTRY_ID, len(new)) if new else (),
                sorted(new.values(), key=lambda each: (each.at, each.entry_id)),
                strict=True,
            )
        ]
        if rows:
            self._connection.execute(insert(list_entries), rows)
