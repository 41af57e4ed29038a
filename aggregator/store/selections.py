"""Statements for the items of a reader's streams.

Entries of sources and topics are found along the index of when they were first seen; those of one source or one topic by its
own index, and then sorted, because a stream that is a small part of everything would be looked for in vain for long.
Entries of ranked lists are items of their own, one statement a list.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, FromClause, Select, and_, func, literal_column, or_, select, true, type_coerce

from aggregator.model.reader import Members, Selection
from aggregator.store.reader_tables import entry_states
from aggregator.store.tables import LIVE, entries, entry_origins, entry_topics, list_entries

_FEED_ENTRIES = select(entry_origins.c.entry_id).where(entry_origins.c.pruned == LIVE)
_STATE = (entry_states.c.read_at, entry_states.c.starred_at)
_TOPIC_ENTRIES = select(entry_topics.c.entry_id)
# Of an entry with or without a state. Of "read_at IS NULL" PostgreSQL assumes that it is rare, because it is among the states
# themselves, and walks through all entries in search of it; of a comparison it assumes a third.
UNREAD: ColumnElement[bool] = func.coalesce(type_coerce(entry_states.c.read_at, BigInteger), literal_column("0")) <= (
    literal_column("0")
)

Statement = Select[*tuple[Any, ...]]


def item_statements(selection: Selection) -> list[tuple[int | None, Statement]]:
    """Return statements whose rows (item id, entry id, at, read at, starred at), put together, are the items in order.

    Each is in the order of the selection and no longer than its limit, and comes with the stream id of its ranked list.
    """
    statements: list[tuple[int | None, Statement]] = []
    if has_entries(selection.members):
        place = (entries.c.id,) if selection.wanted.by_id else (entries.c.first_seen_at, entries.c.id)
        statement = (
            select(entries.c.id, entries.c.id, entries.c.first_seen_at, *_STATE)
            .select_from(with_states(selection, entries, entries.c.id))
            .where(entries_of(selection))
        )
        statements.append((None, _paged(statement, selection, place)))
    for stream_id, name in selection.members.lists:
        item_id = list_entries.c.item_id
        statement = select(item_id, list_entries.c.entry_id, list_entries.c.entered_at, *_STATE).select_from(
            with_states(selection, list_entries, list_entries.c.entry_id)
        )
        statement = statement.where(listed_in(selection, name))
        place = (item_id,) if selection.wanted.by_id else (list_entries.c.entered_at, item_id)
        statements.append((stream_id, _paged(statement, selection, place)))
    return statements


def has_entries(members: Members) -> bool:
    """Return whether the members hold anything but ranked lists."""
    return bool(members.everything or members.feeds or members.topics)


def with_states(selection: Selection, table: FromClause, entry_id: ColumnElement[int]) -> FromClause:
    """Return the table with the reader's states; only entries that have one where the selection asks for that."""
    of_reader = and_(entry_states.c.entry_id == entry_id, entry_states.c.reader_id == selection.reader_id)
    return table.join(entry_states, of_reader, isouter=not (selection.wanted.read or selection.wanted.starred))


def entries_of(selection: Selection) -> ColumnElement[bool]:
    """Return the condition that an entry belongs to the selection, whatever page it is on."""
    conditions = _in_state(selection) + _seen(selection, entries.c.first_seen_at) + _among(selection, entries.c.id)
    members = selection.members
    if members.everything:
        return and_(true(), *conditions)
    if len(members.feeds) == 1 and not members.topics:
        conditions.append(entries.c.id.in_(_FEED_ENTRIES.where(entry_origins.c.feed_id == members.feeds[0])))
    elif len(members.topics) == 1 and not members.feeds:
        conditions.append(entries.c.id.in_(_TOPIC_ENTRIES.where(entry_topics.c.slug == members.topics[0])))
    else:
        carried = _FEED_ENTRIES.where(entry_origins.c.entry_id == entries.c.id, entry_origins.c.feed_id.in_(members.feeds))
        assigned = _TOPIC_ENTRIES.where(entry_topics.c.entry_id == entries.c.id, entry_topics.c.slug.in_(members.topics))
        kinds = [query.exists() for query, some in ((carried, members.feeds), (assigned, members.topics)) if some]
        conditions.append(or_(*kinds))
    return and_(*conditions)


def listed_in(selection: Selection, name: str) -> ColumnElement[bool]:
    """Return the condition that an entry of a ranked list belongs to the selection, whatever page it is on."""
    conditions = _in_state(selection) + _seen(selection, list_entries.c.entered_at)
    return and_(list_entries.c.name == name, *conditions, *_among(selection, list_entries.c.entry_id))


def _among(selection: Selection, entry_id: ColumnElement[int]) -> list[ColumnElement[bool]]:
    return [] if selection.wanted.entry_ids is None else [entry_id.in_(selection.wanted.entry_ids)]


def _in_state(selection: Selection) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if selection.wanted.read is not None:
        conditions.append(entry_states.c.read_at.is_not(None) if selection.wanted.read else UNREAD)
    if selection.wanted.starred is not None:
        starred_at = entry_states.c.starred_at
        conditions.append(starred_at.is_not(None) if selection.wanted.starred else starred_at.is_(None))
    return conditions


def _seen(selection: Selection, at: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if selection.wanted.seen_from is not None:
        conditions.append(at >= selection.wanted.seen_from)
    if selection.wanted.seen_until is not None:
        conditions.append(at <= selection.wanted.seen_until)
    return conditions


def _paged(statement: Statement, selection: Selection, place: tuple[ColumnElement[Any], ...]) -> Statement:
    """Return the statement in order, after the last item of the page before."""
    if selection.wanted.after is not None:
        at, item_id = selection.wanted.after
        if len(place) == 1:
            beyond = place[0] > item_id if selection.wanted.oldest_first else place[0] < item_id
        elif selection.wanted.oldest_first:
            beyond = and_(place[0] >= at, or_(place[0] > at, place[1] > item_id))
        else:
            beyond = and_(place[0] <= at, or_(place[0] < at, place[1] < item_id))
        statement = statement.where(beyond)
    order = [column.asc() if selection.wanted.oldest_first else column.desc() for column in place]
    return statement.order_by(*order).limit(selection.wanted.limit)
