"""Rendered documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, bindparam, delete, select

from aggregator.model.document import Rendered
from aggregator.store import dialect
from aggregator.store.rows import rendered_of, rendered_values
from aggregator.store.tables import documents as documents_table
from aggregator.store.tables import gone_documents

_GET = select(documents_table).where(documents_table.c.path == bindparam("wanted"))


class SqlDocumentStore:
    """`DocumentStore` inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, path: str) -> Rendered | None:
        """Return the document at `path` (with suffix)."""
        row = self._connection.execute(_GET, {"wanted": path}).one_or_none()
        return None if row is None else rendered_of(row)

    def fingerprints(self) -> Mapping[str, str]:
        """Return the fingerprint of every document by path."""
        return dict(self._connection.execute(select(documents_table.c.path, documents_table.c.fingerprint)).all())

    def titles(self) -> Mapping[str, str]:
        """Return the title of every document by path."""
        return dict(self._connection.execute(select(documents_table.c.path, documents_table.c.title)).all())

    def all(self) -> list[Rendered]:
        """Return every document, by path."""
        return [rendered_of(row) for row in self._connection.execute(select(documents_table).order_by(documents_table.c.path))]

    def put(self, documents: Sequence[Rendered]) -> None:
        """Insert or replace documents."""
        if documents:
            self._connection.execute(
                dialect.upsert(self._connection, documents_table, replace=True),
                [rendered_values(document) for document in documents],
            )
            self._connection.execute(
                delete(gone_documents).where(gone_documents.c.path == bindparam("back")),
                [{"back": document.path} for document in documents],
            )

    def remove(self, paths: Sequence[str]) -> None:
        """Take documents out; the paths of those that existed are remembered as gone."""
        for path in paths:
            if self._connection.execute(delete(documents_table).where(documents_table.c.path == path)).rowcount:
                self._connection.execute(dialect.upsert(self._connection, gone_documents, replace=False), {"path": path})

    def is_gone(self, path: str) -> bool:
        """Return whether a document was at `path` once and was taken out."""
        return self._connection.execute(select(gone_documents.c.path).where(gone_documents.c.path == path)).first() is not None
