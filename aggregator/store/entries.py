"""Entries and the feeds that carry them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, func, or_, select

from aggregator.model.change import EntryUpdate, FeedChange, KnownEntries
from aggregator.model.entry import Entry
from aggregator.store import sequences
from aggregator.store.changes import ChangeWriter
from aggregator.store.identities import find_by_url, find_known
from aggregator.store.loading import load_by_ids, load_entries
from aggregator.store.retention import expired_entries, forget_unlisted, prune_entries, take_entries
from aggregator.store.tables import LIVE, entries, entry_origins

_URL_OF = select(entries.c.url).where(entries.c.id == bindparam("id"))


class SqlEntryStore:
    """`EntryStore` inside one transaction; `writable` says which kind."""

    def __init__(self, connection: Connection, *, writable: bool) -> None:
        self._connection = connection
        self._writable = writable

    def known(self, updates: Sequence[tuple[int, Sequence[EntryUpdate]]]) -> KnownEntries:
        """Return what is known of the identities in `updates`."""
        next_entry_id = sequences.peek(self._connection, sequences.ENTRY_ID)
        return find_known(self._connection, updates, next_entry_id=next_entry_id, mark_seen=self._writable)

    def apply(self, changes: Sequence[FeedChange]) -> None:
        """Write entries, origins and poll states of many feeds, and end their leases."""
        ChangeWriter(self._connection).write(changes)

    def get(self, entry_id: int) -> Entry | None:
        """Return one entry."""
        return load_by_ids(self._connection, (entry_id,)).get(entry_id)

    def url_of(self, entry_id: int) -> str | None:
        """Return the address of an entry; None where it has none, or is not stored."""
        url: str | None = self._connection.execute(_URL_OF, {"id": entry_id}).scalar()
        return url

    def get_many(self, ids: Iterable[int]) -> dict[int, Entry]:
        """Return the entries that exist among `ids`."""
        return load_by_ids(self._connection, ids)

    def ids_by_url(self, url_keys: Iterable[bytes]) -> dict[bytes, int]:
        """Return the entries at addresses, where there are any; of several the oldest."""
        return find_by_url(self._connection, url_keys)

    def changed_since(self, revision: int, *, limit: int) -> list[Entry]:
        """Return entries with a higher revision, by revision."""
        statement = select(entries).where(entries.c.revision > revision).order_by(entries.c.revision).limit(limit)
        return load_entries(self._connection, self._connection.execute(statement).all())

    def changed_until(self, revision: int, *, after: int, limit: int) -> list[Entry]:
        """Return entries with revisions above `after`, up to one, by revision falling."""
        statement = (
            select(entries)
            .where(entries.c.revision > after, entries.c.revision <= revision)
            .order_by(entries.c.revision.desc())
            .limit(limit)
        )
        return load_entries(self._connection, self._connection.execute(statement).all())

    def count_changed(self, ranges: Collection[tuple[int, int]]) -> int:
        """Return how many entries have revisions above the first, up to the second number of any of the ranges."""
        within = [and_(entries.c.revision > after, entries.c.revision <= until) for after, until in ranges]
        if not within:
            return 0
        return self._connection.execute(select(func.count()).select_from(entries).where(or_(*within))).scalar_one()

    def newest(self, *, limit: int, before: datetime | None = None) -> list[Entry]:
        """Return the newest entries over all, by `dated_at` falling, then by id falling."""
        statement = select(entries).order_by(entries.c.dated_at.desc(), entries.c.id.desc()).limit(limit)
        if before is not None:
            statement = statement.where(entries.c.dated_at < before)
        return load_entries(self._connection, self._connection.execute(statement).all())

    def newest_of(self, feed_id: int, *, limit: int) -> list[Entry]:
        """Return the entries of a feed that came in last, last first."""
        carried = (
            select(entry_origins.c.entry_id)
            .distinct()
            .where(entry_origins.c.feed_id == feed_id, entry_origins.c.pruned == LIVE)
            .order_by(entry_origins.c.entry_id.desc())
            .limit(limit)
        )
        found = load_by_ids(self._connection, self._connection.execute(carried).scalars())
        return [found[entry_id] for entry_id in sorted(found, reverse=True)]

    def block(self, entry_ids: Iterable[int]) -> int:
        """Delete entries at once, by a person's decision; return how many there were."""
        there = sorted(self.get_many(entry_ids))
        take_entries(self._connection, there)
        return len(there)

    def forget_unlisted(self) -> None:
        """Forget what was deleted and is listed by no feed any more."""
        forget_unlisted(self._connection)

    def expired(self, *, before: datetime, keep_per_feed: int) -> Sequence[int]:
        """Return entries first seen and dated before, but never the last `keep_per_feed` of a feed, nor what is starred."""
        return expired_entries(self._connection, before=before, keep_per_feed=keep_per_feed)

    def prune(self, entry_ids: Sequence[int]) -> int:
        """Delete expired entries, those that were starred meanwhile excepted; return how many went."""
        return prune_entries(self._connection, entry_ids)
