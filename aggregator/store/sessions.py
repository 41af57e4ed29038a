"""Where readers are logged in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from aggregator.model.reader import Session
from aggregator.store.reader_tables import sessions


class SqlSessionStore:
    """`SessionStore` inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, digest: bytes, session: Session) -> None:
        """Remember a session."""
        self._connection.execute(
            insert(sessions),
            {
                "digest": digest,
                "reader_id": session.reader_id,
                "created_at": session.created_at,
                "expires_at": session.expires_at,
            },
        )

    def find(self, digest: bytes, *, now: datetime) -> Session | None:
        """Return the session, if there is one that has not expired."""
        statement = select(sessions).where(sessions.c.digest == digest, sessions.c.expires_at > now)
        row = self._connection.execute(statement).one_or_none()
        return None if row is None else _session_of(row)

    def of_reader(self, reader_id: int) -> list[Session]:
        """Return the sessions of a reader, oldest first."""
        statement = select(sessions).where(sessions.c.reader_id == reader_id).order_by(sessions.c.created_at)
        return [_session_of(row) for row in self._connection.execute(statement)]

    def end(self, digest: bytes) -> None:
        """Forget a session."""
        self._connection.execute(delete(sessions).where(sessions.c.digest == digest))

    def end_all(self, reader_id: int, *, but: bytes | None = None) -> None:
        """Forget the sessions of a reader, all `but` one."""
        statement = delete(sessions).where(sessions.c.reader_id == reader_id)
        self._connection.execute(statement if but is None else statement.where(sessions.c.digest != but))

    def prune(self, *, now: datetime) -> int:
        """Forget the sessions that have expired."""
        return self._connection.execute(delete(sessions).where(sessions.c.expires_at <= now)).rowcount


def _session_of(row: Row[*tuple[Any, ...]]) -> Session:
    return Session(reader_id=row.reader_id, created_at=row.created_at, expires_at=row.expires_at)
