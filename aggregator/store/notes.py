"""Small facts remembered under a key."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from aggregator.store import dialect
from aggregator.store.tables import notes


def note(connection: Connection, key: str, value: str) -> None:
    """Remember a fact."""
    connection.execute(dialect.upsert(connection, notes, replace=True), {"key": key, "value": value})


def noted(connection: Connection, key: str) -> str | None:
    """Return the fact remembered under a key."""
    value: str | None = connection.execute(select(notes.c.value).where(notes.c.key == key)).scalar_one_or_none()
    return value


def forget(connection: Connection, key: str) -> None:
    """Forget a fact."""
    connection.execute(delete(notes).where(notes.c.key == key))
