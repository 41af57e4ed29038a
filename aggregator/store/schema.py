"""Which schema a database has, and whether this program can work with it."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, Table, inspect, text

from aggregator.errors import SchemaOutdated, StorageError
from aggregator.store import feed_tables, reader_tables, search_tables, story_tables, tables
from aggregator.store.dialect import text_index
from aggregator.store.engine import reading
from aggregator.store.tables import SCHEMA_REVISION

_REVISION_TABLE = "alembic_version"
_HOMES = (tables, feed_tables, reader_tables, story_tables, search_tables)  # of the tables


def schema_of(engine: Engine) -> str | None:
    """Return the revision of the schema, None for an empty database.

    Raises: StorageError for a database that belongs to another program.
    """
    with reading(engine) as connection:
        there = inspect(connection).get_table_names()
        if _REVISION_TABLE in there:
            revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
            return revision
    if there:
        raise StorageError(f"the database holds something else: it has a table {there[0]!r} and no schema of the aggregator")
    return None


def differing_tables(connection: Connection) -> tuple[list[str], list[str]]:
    """Return by name the tables that a database with the schema of this program lacks, and those that it has besides."""
    known = {table.name for home in _HOMES for table in vars(home).values() if isinstance(table, Table)}
    known |= {_REVISION_TABLE, text_index(connection).own.name}
    there = set(inspect(connection).get_table_names())
    besides = {name for name in there - known if not name.startswith(search_tables.INDEX_TABLES)}
    return sorted(known - there), sorted(besides)


def require_schema(found: str) -> None:
    """Refuse to work with a schema that is not the one of this program.

    Raises: SchemaOutdated.
    """
    refuse_newer(found)
    if found < SCHEMA_REVISION:
        raise SchemaOutdated(
            f"the database has schema {found}, this program needs {SCHEMA_REVISION}; run: aggregator database upgrade",
            found=found,
            expected=SCHEMA_REVISION,
        )


def refuse_newer(found: str | None) -> None:
    """Refuse to touch a schema that this program does not know.

    Raises: SchemaOutdated.
    """
    if found is not None and found > SCHEMA_REVISION:
        raise SchemaOutdated(
            f"this database was made by a newer aggregator (schema {found}, this one knows {SCHEMA_REVISION}); "
            "upgrade the program",
            found=found,
            expected=SCHEMA_REVISION,
        )
