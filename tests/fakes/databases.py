"""Databases of tests: files of SQLite always, PostgreSQL where TEST_POSTGRESQL names a server.

The variable holds an address, postgresql+psycopg://user@host/database, whose user may create databases.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, inspect, make_url, text

VARIABLE = "TEST_POSTGRESQL"
SERVER = os.environ.get(VARIABLE)
KINDS = ["sqlite", "postgresql"] if SERVER else ["sqlite"]


@contextmanager
def new_database(kind: str, folder: Path, *, copy_of: str | None = None) -> Iterator[str]:
    """Yield the address of a database of our own: empty, or a copy of one of the same kind that nobody is connected to."""
    if kind == "sqlite":
        file = folder / "news.db"
        if copy_of is not None:
            shutil.copy(str(make_url(copy_of).database), file)
        yield f"sqlite:///{file}"
        return
    server, name = make_url(SERVER or ""), f"test_{uuid.uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    _run(engine, f"CREATE DATABASE {name}" + (f" TEMPLATE {make_url(copy_of).database}" if copy_of is not None else ""))
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        _run(engine, f"DROP DATABASE {name} WITH (FORCE)")
        engine.dispose()


def store_setting(url: str) -> str:
    """Return the line of a configuration that names the database."""
    return f'store: {{url: "{url}"}}\n'


def content_of(url: str) -> bytes:
    """Return all that is kept: every byte of a file of SQLite and what stands beside it, every row of a server's tables."""
    parsed = make_url(url)
    if kind_of(url) == "sqlite":
        file = Path(str(parsed.database))
        files = sorted(file.parent.glob(f"{file.name}*"))
        return b"".join(each.read_bytes() for each in files)
    engine = create_engine(parsed)
    with engine.connect() as connection:
        names = inspect(connection).get_table_names()
        rows = [value for name in names for row in connection.execute(text(f'SELECT * FROM "{name}"')) for value in row]  # noqa: S608 - the names are the database's
    engine.dispose()
    return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in rows)


def kind_of(url: str) -> str:
    """Return which of KINDS a database is."""
    return make_url(url).get_backend_name()


def _run(engine: Engine, statement: str) -> None:
    with engine.connect() as connection:
        connection.execute(text(statement))
