"""What readers read and starred, and the items of their streams."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, Table, bindparam, func, insert, literal, select, update
from sqlalchemy import null as sql_null

from aggregator.model.reader import EntryState, ItemRef, Selection, Unread, account_key, mark_state
from aggregator.model.reading import ReadEvent, Via
from aggregator.store import dialect
from aggregator.store.columns import Time
from aggregator.store.loading import chunks
from aggregator.store.reader_tables import IS_PENDING, entry_states
from aggregator.store.selections import UNREAD, entries_of, has_entries, item_statements, listed_in, with_states
from aggregator.store.tables import LIVE, entries, entry_origins, entry_topics, list_entries

_NOTHING = EntryState()
_STORED = select(entries.c.id).where(entries.c.id.in_(bindparam("ids", expanding=True)))
_STATES = select(entry_states).where(
    entry_states.c.reader_id == bindparam("reader"), entry_states.c.entry_id.in_(bindparam("ids", expanding=True))
)


class SqlStateStore:
    """`StateStore` inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def items(self, selection: Selection) -> list[ItemRef]:
        """Return items in the order asked for."""
        parts = [
            [
                ItemRef(
                    id=item_id,
                    entry_id=entry_id,
                    at=at,
                    read=read_at is not None,
                    starred=starred_at is not None,
                    stream_id=stream_id,
                )
                for item_id, entry_id, at, read_at, starred_at in self._connection.execute(statement)
            ]
            for stream_id, statement in item_statements(selection)
        ]
        key = (lambda item: item.id) if selection.wanted.by_id else (lambda item: (item.at, item.id))
        return list(islice(merge(*parts, key=key, reverse=not selection.wanted.oldest_first), selection.wanted.limit))

    def count_unread(self, selection: Selection) -> Unread:
        """Return what is unread in the selection as a whole."""
        return _sum([*self._count_entries(selection), *self._count_listed(selection).values()])

    def _count_entries(self, selection: Selection) -> list[Unread]:
        if not has_entries(selection.members):
            return []
        counted = (func.count(), func.max(entries.c.first_seen_at))
        of_reader = with_states(selection, entries, entries.c.id)
        statement = select(*counted).select_from(of_reader).where(entries_of(selection), UNREAD)
        count, newest_at = self._connection.execute(statement).one()
        return [Unread(count=count, newest_at=newest_at)]

    def _count_listed(self, selection: Selection) -> dict[int | str, Unread]:
        found: dict[int | str, Unread] = {}
        for stream_id, name in selection.members.lists:
            of_reader = with_states(selection, list_entries, list_entries.c.entry_id)
            statement = (
                select(func.count(), func.max(list_entries.c.entered_at))
                .select_from(of_reader)
                .where(listed_in(selection, name), UNREAD)
            )
            count, newest_at = self._connection.execute(statement).one()
            found[stream_id] = Unread(count=count, newest_at=newest_at)
        return found

    def unread_by_stream(self, selection: Selection) -> dict[int | str, Unread]:
        """Return what is unread in each stream of the selection."""
        members = selection.members
        found = self._count_listed(selection)
        kinds: tuple[tuple[Table, Column[Any], Sequence[Any], list[ColumnElement[bool]]], ...] = (
            (entry_origins, entry_origins.c.feed_id, members.feeds, [entry_origins.c.pruned == LIVE]),
            (entry_topics, entry_topics.c.slug, members.topics, []),
        )
        for table, stream, wanted, conditions in kinds:
            for part in chunks(wanted):
                statement = (
                    select(stream, func.count(entries.c.id.distinct()), func.max(entries.c.first_seen_at))
                    .select_from(with_states(selection, table.join(entries, entries.c.id == table.c.entry_id), entries.c.id))
                    .where(stream.in_(part), UNREAD, *conditions)
                    .group_by(stream)
                )
                found.update(
                    (key, Unread(count=count, newest_at=newest_at))
                    for key, count, newest_at in self._connection.execute(statement)
                )
        return found

    def of_entries(self, reader_id: int, entry_ids: Sequence[int]) -> dict[int, EntryState]:
        """Return the states of those entries that have one."""
        found: dict[int, EntryState] = {}
        for ids in chunks(dict.fromkeys(entry_ids)):
            rows = self._connection.execute(_STATES, {"reader": reader_id, "ids": ids})
            found.update((row.entry_id, _state_of(row)) for row in rows)
        return found

    def mark(
        self,
        reader_id: int,
        entry_ids: Sequence[int],
        *,
        at: datetime,
        read: bool | None = None,
        starred: bool | None = None,
        weight: float = 0.0,
    ) -> int:
        """Change states and return how many entries became read; unknown entries are passed over."""
        became_read = 0
        for ids in chunks(dict.fromkeys(entry_ids)):
            stored = self._connection.execute(_STORED, {"ids": ids}).scalars().all()
            before = self.of_entries(reader_id, stored)
            after = {
                entry_id: mark_state(before.get(entry_id, _NOTHING), at=at, read=read, starred=starred, weight=weight)
                for entry_id in stored
            }
            changed = {entry_id: state for entry_id, state in after.items() if state != before.get(entry_id, _NOTHING)}
            if changed:
                self._connection.execute(
                    dialect.upsert(self._connection, entry_states, replace=True),
                    [_row_of(reader_id, entry_id, state) for entry_id, state in changed.items()],
                )
            became_read += sum(
                state.read_at is not None and before.get(entry_id, _NOTHING).read_at is None
                for entry_id, state in changed.items()
            )
        return became_read

    def mark_all_read(self, selection: Selection, *, at: datetime) -> int:
        """Make every item of the selection read, without counting it, and return how many entries that were."""
        members = selection.members
        chosen = []
        if has_entries(members):
            chosen.append(
                select(entries.c.id).select_from(with_states(selection, entries, entries.c.id)).where(entries_of(selection))
            )
        for _, name in members.lists:
            of_reader = with_states(selection, list_entries, list_entries.c.entry_id)
            chosen.append(select(list_entries.c.entry_id).select_from(of_reader).where(listed_in(selection, name)))
        return sum(self._mark_chosen(selection.reader_id, ids, at=at) for ids in chosen)

    def _mark_chosen(self, reader_id: int, ids: Any, *, at: datetime) -> int:
        of_reader = entry_states.c.reader_id == reader_id
        known = self._connection.execute(
            update(entry_states)
            .where(of_reader, entry_states.c.read_at.is_(None), entry_states.c.entry_id.in_(ids))
            .values(read_at=at)
        ).rowcount
        wanted = ids.subquery("wanted")
        new = select(
            wanted.c[0], literal(reader_id), literal(at, Time), sql_null(), sql_null(), literal(0.0), literal(value=False)
        ).where(wanted.c[0].not_in(select(entry_states.c.entry_id).where(of_reader)))
        # SQLAlchemy keeps the count of rows for inserts only where it is asked to.
        made = self._connection.execute(
            insert(entry_states).from_select(list(entry_states.c.keys()), new), execution_options={"preserve_rowcount": True}
        ).rowcount
        return known + made

    def pending(self, reader_id: int, *, since: datetime) -> int:
        """Return how many reads of the reader since then wait to be counted."""
        statement = select(func.count()).where(
            IS_PENDING, entry_states.c.pending_at >= since, entry_states.c.reader_id == reader_id
        )
        return self._connection.execute(statement).scalar_one()

    def take_settled(self, *, before: datetime, limit: int) -> list[ReadEvent]:
        """Return reads that waited since before `before`, and remember them as counted, oldest first."""
        statement = (
            select(entry_states)
            .where(IS_PENDING, entry_states.c.pending_at <= before)
            .order_by(entry_states.c.pending_at, entry_states.c.entry_id, entry_states.c.reader_id)
            .limit(limit)
        )
        rows = self._connection.execute(statement).all()
        if rows:
            self._connection.execute(
                update(entry_states)
                .where(entry_states.c.entry_id == bindparam("entry"), entry_states.c.reader_id == bindparam("reader"))
                .values(pending_at=None, pending_weight=0.0, counted=True),
                [{"entry": row.entry_id, "reader": row.reader_id} for row in rows],
            )
        return [
            ReadEvent(
                entry_id=row.entry_id,
                at=row.pending_at,
                via=Via.SYNC,
                reader_key=account_key(row.reader_id),
                weight=row.pending_weight,
            )
            for row in rows
        ]

    def all_of(self, reader_id: int) -> dict[int, EntryState]:
        """Return every state of a reader, by entry."""
        statement = select(entry_states).where(entry_states.c.reader_id == reader_id).order_by(entry_states.c.entry_id)
        return {row.entry_id: _state_of(row) for row in self._connection.execute(statement)}


def _sum(parts: Sequence[Unread]) -> Unread:
    times = [part.newest_at for part in parts if part.newest_at is not None]
    return Unread(count=sum(part.count for part in parts), newest_at=max(times, default=None))


def _state_of(row: Row[*tuple[Any, ...]]) -> EntryState:
    return EntryState(
        read_at=row.read_at,
        starred_at=row.starred_at,
        pending_at=row.pending_at,
        pending_weight=row.pending_weight,
        counted=row.counted,
    )


def _row_of(reader_id: int, entry_id: int, state: EntryState) -> dict[str, Any]:
    return {
        "entry_id": entry_id,
        "reader_id": reader_id,
        "read_at": state.read_at,
        "starred_at": state.starred_at,
        "pending_at": state.pending_at,
        "pending_weight": state.pending_weight,
        "counted": state.counted,
    }
