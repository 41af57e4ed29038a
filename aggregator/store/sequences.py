"""Numbers given out once: of entries, revisions, readers and streams."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select, update

from aggregator.store.tables import sequences

ENTRY_ID = "entry_id"
REVISION = "revision"
READER_ID = "reader_id"
STREAM_ID = "stream_id"

_PEEK = select(sequences.c.next).where(sequences.c.name == bindparam("key"))
_SET = update(sequences).where(sequences.c.name == bindparam("key")).values(next=bindparam("value"))


def peek(connection: Connection, name: str) -> int:
    """Return the first number not given out yet."""
    return int(connection.execute(_PEEK, {"key": name}).scalar_one())


def advance(connection: Connection, name: str, following: int) -> None:
    """Remember that every number below `following` is given out."""
    connection.execute(_SET, {"key": name, "value": following})


def take(connection: Connection, name: str, count: int) -> range:
    """Give out `count` numbers."""
    first = peek(connection, name)
    advance(connection, name, first + count)
    return range(first, first + count)
