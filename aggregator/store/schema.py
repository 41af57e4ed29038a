"""Which schema a database has, and whether this program can work with it."""

from __future__ import annotations

from sqlalchemy import Engine, inspect, text

from aggregator.errors import SchemaOutdated, StorageError
from aggregator.store.engine import reading
from aggregator.store.tables import SCHEMA_REVISION


def schema_of(engine: Engine) -> str | None:
    """Return the revision of the schema, None for an empty database.

    Raises: StorageError for a database that belongs to another program.
    """
    with reading(engine) as connection:
        tables = inspect(connection).get_table_names()
        if "alembic_version" in tables:
            revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
            return revision
    if tables:
        raise StorageError(f"the database holds something else: it has a table {tables[0]!r} and no schema of the aggregator")
    return None


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
