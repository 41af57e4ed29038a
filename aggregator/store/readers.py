"""People with accounts, and what they subscribe to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from aggregator.errors import ReaderExists
from aggregator.model.reader import Credentials, Reader, StoredSubscription, account_key
from aggregator.model.reading import ReadEvent, Via
from aggregator.store import dialect, sequences
from aggregator.store.reader_tables import entry_states, reader_subscriptions, readers
from aggregator.store.tables import metadata, reads


class SqlReaderStore:
    """`ReaderStore` inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, name: str, credentials: Credentials, *, now: datetime) -> Reader:
        """Make an account."""
        (reader_id,) = sequences.take(self._connection, sequences.READER_ID, 1)  # holds off another one with the same name
        if self.find(name) is not None:
            raise ReaderExists(name)
        made = Reader(id=reader_id, name=name, created_at=now, subscriptions_changed_at=now)
        self._connection.execute(
            insert(readers),
            {
                "id": made.id,
                "name": made.name,
                "name_key": name.casefold(),
                "counts_reads": made.counts_reads,
                "created_at": made.created_at,
                "subscriptions_changed_at": made.subscriptions_changed_at,
                "is_operator": made.is_operator,
                **_columns(credentials),
            },
        )
        return made

    def all(self) -> list[Reader]:
        """Return every reader, by name."""
        return [_reader_of(row) for row in self._connection.execute(select(readers).order_by(readers.c.name_key))]

    def get(self, reader_id: int) -> Reader | None:
        """Return the reader with that id."""
        return self._one(readers.c.id == reader_id)

    def find(self, name: str) -> Reader | None:
        """Return the reader with that name, whatever its case."""
        return self._one(readers.c.name_key == name.casefold())

    def by_token(self, digest: bytes) -> Reader | None:
        """Return the reader whose token has that SHA-256."""
        return self._one(readers.c.token == digest)

    def by_fever_key(self, digest: bytes) -> Reader | None:
        """Return the reader whose Fever key has that SHA-256."""
        return self._one(readers.c.fever_key == digest)

    def _one(self, condition: ColumnElement[bool]) -> Reader | None:
        row = self._connection.execute(select(readers).where(condition)).one_or_none()
        return None if row is None else _reader_of(row)

    def credentials(self, reader_id: int) -> Credentials:
        """Return what proves a reader's identity."""
        row = self._connection.execute(select(readers).where(readers.c.id == reader_id)).one()
        return Credentials(
            password_hash=row.password_hash, api_password=row.api_password, token=row.token, fever_key=row.fever_key
        )

    def set_credentials(self, reader_id: int, credentials: Credentials) -> None:
        """Replace what proves a reader's identity."""
        self._connection.execute(update(readers).where(readers.c.id == reader_id).values(_columns(credentials)))

    def set_counts_reads(self, reader_id: int, *, counts_reads: bool) -> None:
        """Say whether the reader's reads count; those that wait to be counted never will where they do not."""
        self._connection.execute(update(readers).where(readers.c.id == reader_id).values(counts_reads=counts_reads))
        if not counts_reads:
            self._connection.execute(
                update(entry_states)
                .where(entry_states.c.reader_id == reader_id, entry_states.c.pending_at.is_not(None))
                .values(pending_at=None, pending_weight=0.0)
            )

    def set_operator(self, reader_id: int, *, is_operator: bool) -> None:
        """Say whether the reader runs this site."""
        self._connection.execute(update(readers).where(readers.c.id == reader_id).values(is_operator=is_operator))

    def remove(self, reader_id: int) -> None:
        """Delete the account and everything kept under it; numbers its reads were added to stay."""
        for table in metadata.sorted_tables:  # whichever tables keep reads: one added later is not forgotten here
            if "reader_key" in table.c:
                self._connection.execute(delete(table).where(table.c.reader_key == account_key(reader_id)))
        self._connection.execute(delete(readers).where(readers.c.id == reader_id))

    def subscriptions(self, reader_id: int) -> list[StoredSubscription]:
        """Return the reader's subscriptions, by stream."""
        statement = (
            select(reader_subscriptions)
            .where(reader_subscriptions.c.reader_id == reader_id)
            .order_by(reader_subscriptions.c.stream_id)
        )
        return [
            StoredSubscription(stream_id=row.stream_id, title=row.title, folders=tuple(json.loads(row.folders)))
            for row in self._connection.execute(statement)
        ]

    def subscribe(self, reader_id: int, subscriptions: Sequence[StoredSubscription], *, now: datetime) -> None:
        """Insert or replace subscriptions."""
        if not subscriptions:
            return
        self._connection.execute(
            dialect.upsert(self._connection, reader_subscriptions, replace=True),
            [
                {
                    "reader_id": reader_id,
                    "stream_id": each.stream_id,
                    "title": each.title,
                    "folders": json.dumps(each.folders, ensure_ascii=False),
                }
                for each in subscriptions
            ],
        )
        self._changed(reader_id, now)

    def unsubscribe(self, reader_id: int, stream_ids: Sequence[int], *, now: datetime) -> None:
        """Delete subscriptions; what was read and starred stays."""
        self._connection.execute(
            delete(reader_subscriptions).where(
                reader_subscriptions.c.reader_id == reader_id, reader_subscriptions.c.stream_id.in_(list(stream_ids))
            )
        )
        self._changed(reader_id, now)

    def _changed(self, reader_id: int, now: datetime) -> None:
        self._connection.execute(update(readers).where(readers.c.id == reader_id).values(subscriptions_changed_at=now))

    def reads(self, reader_id: int) -> list[ReadEvent]:
        """Return the reads kept under the reader's key, oldest first."""
        key = account_key(reader_id)
        statement = select(reads).where(reads.c.reader_key == key).order_by(reads.c.at, reads.c.entry_id)
        return [
            ReadEvent(entry_id=row.entry_id, at=row.at, via=Via(row.via), reader_key=key, weight=row.weight)
            for row in self._connection.execute(statement)
        ]


def _columns(credentials: Credentials) -> dict[str, Any]:
    return {
        "password_hash": credentials.password_hash,
        "api_password": credentials.api_password,
        "token": credentials.token,
        "fever_key": credentials.fever_key,
    }


def _reader_of(row: Row[*tuple[Any, ...]]) -> Reader:
    return Reader(
        id=row.id,
        name=row.name,
        created_at=row.created_at,
        counts_reads=row.counts_reads,
        subscriptions_changed_at=row.subscriptions_changed_at,
        is_operator=row.is_operator,
    )
