"""Takes a store along to another database, of the same kind or the other."""

from __future__ import annotations

from sqlalchemy import Connection, Table, delete, func, insert, select

from aggregator.errors import StorageError
from aggregator.store import dialect, reader_tables, search_tables, tables
from aggregator.store.engine import make_engine, reading, writing
from aggregator.store.loading import CHUNK
from aggregator.store.schema import differing_tables, require_schema, schema_of
from aggregator.store.search import SqlSearchStore
from aggregator.store.upgrade import upgrade

# The full-text index has another form in each database; it is made anew from the entries when the daemon runs.
_MADE_ANEW = frozenset({search_tables.search_documents, search_tables.search_words})


def copy_store(source_url: str, target_url: str) -> dict[str, int]:
    """Copy everything that is stored into an empty database, as a whole or not at all; return the rows by table.

    What is written to the source meanwhile is not copied.

    Raises: StorageError where the target holds a store already, or a row less than the source in the end; SchemaOutdated.
    """
    source = make_engine(dialect.parse_url(source_url))
    target = make_engine(dialect.parse_url(target_url))
    try:
        found = schema_of(source)
        if found is None:
            raise StorageError("there is no store to copy", operation="copy")
        require_schema(found)
        upgrade(target_url)
        with reading(source) as before, writing(target) as after:
            if _is_used(after):
                raise StorageError("the target holds a store already; name an empty database", operation="copy")
            return _copy(before, after)
    finally:
        source.dispose()
        target.dispose()


def _is_used(connection: Connection) -> bool:
    filled = (tables.feeds, tables.entries, reader_tables.readers)
    return any(connection.execute(select(table.c.id).limit(1)).first() is not None for table in filled)


def _copy(before: Connection, after: Connection) -> dict[str, int]:
    every = _tables_of(before)
    for table in reversed(every):  # what migrations put into a new store
        after.execute(delete(table))
    copied: dict[str, int] = {}
    for table in every:
        copied[table.name] = 0
        rows = before.execution_options(yield_per=CHUNK).execute(select(table)).mappings()
        for part in rows.partitions():
            after.execute(insert(table), [dict(row) for row in part])
            copied[table.name] += len(part)
        there = after.execute(select(func.count()).select_from(table)).scalar_one()
        if there != copied[table.name]:
            raise StorageError(f"{copied[table.name]} rows of {table.name} read, {there} written", operation="copy")
    dialect.count_on(after, tables.feeds)
    SqlSearchStore(after).forget()
    return copied


def _tables_of(connection: Connection) -> list[Table]:
    """Return what is copied, so that no row comes before the one it points to.

    Raises: StorageError for a table that nobody here knows, which would be left behind, and for one that is missing.
    """
    missing, unknown = differing_tables(connection)
    if missing or unknown:
        raise StorageError(f"tables that are missing or not known: {', '.join(missing + unknown)}", operation="copy")
    return [table for table in tables.metadata.sorted_tables if table not in _MADE_ANEW]
