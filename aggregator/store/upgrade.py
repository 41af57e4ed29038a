"""Brings the schema of a database to this version: alembic, driven from here, without files or logging of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine

from aggregator.errors import StorageError
from aggregator.store import dialect
from aggregator.store.engine import make_engine, writing
from aggregator.store.schema import refuse_newer, schema_of
from aggregator.store.tables import SCHEMA_REVISION

MIGRATIONS = Path(__file__).with_name("migrations")
_WAIT = timedelta(minutes=1)  # for the lock: another process may be upgrading


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeReport:
    """What an upgrade did: revisions before (None: the database was empty) and after, and the copy made before."""

    from_revision: str | None
    to_revision: str
    backup: Path | None


def upgrade(url: str, *, to: str = SCHEMA_REVISION) -> UpgradeReport:
    """Upgrade the schema in one transaction, after copying an embedded database that holds something to a file beside it.

    Raises: SchemaOutdated for a newer schema; StorageError.
    """
    # Changing a table in SQLite rebuilds it; with foreign keys on, taking the old one away would delete what points to it.
    engine = make_engine(dialect.parse_url(url), busy_timeout=_WAIT, foreign_keys=False)
    try:
        found = schema_of(engine)
        refuse_newer(found)
        if found == to:
            return UpgradeReport(from_revision=found, to_revision=to, backup=None)
        copy = _copy(engine, found) if found is not None else None
        _migrate(engine, to)
        return UpgradeReport(from_revision=found, to_revision=to, backup=copy)
    finally:
        engine.dispose()


def _copy(engine: Engine, found: str) -> Path | None:
    file = dialect.file_of(engine.url)
    if file is None:
        return None
    target = file.with_name(f"{file.name}.schema-{found}.backup")
    number = 1
    while target.exists():  # an earlier upgrade failed after its copy: that copy stays
        number += 1
        target = file.with_name(f"{file.name}.schema-{found}.{number}.backup")
    dialect.backup(engine, target)
    return target


def _migrate(engine: Engine, to: str) -> None:
    from alembic import command  # noqa: PLC0415 - takes longer to load than a command to run, and seldom has work
    from alembic.config import Config  # noqa: PLC0415 - as above
    from alembic.util import CommandError  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, to)
        except CommandError as error:
            raise StorageError(str(error), operation="upgrade") from error
        if damages := dialect.damages(connection):
            raise StorageError(f"the upgraded database would be damaged: {'; '.join(damages)}", operation="upgrade")
