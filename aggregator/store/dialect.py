"""What SQLite and PostgreSQL do differently; nothing else in the store asks which of them it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Column, Connection, Engine, Row, Select, Table, bindparam, event, func, make_url, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DatabaseError

from aggregator.errors import StorageError
from aggregator.store.faults import is_damage, our_errors, our_file_errors
from aggregator.store.fulltext import PostgresIndex, SqliteIndex, TextIndex
from aggregator.store.membership import compare_with_arrays

_BEGIN = "aggregator_begin"  # the execution option that says how a transaction begins
# Of pages, of each connection, of which a poller has several. Storing documents among 1,000,000 and 5,000,000 entries takes as
# long with 8 MiB as with 32 or 128: the pages that every statement passes fit, and the rest is with the operating system.
_CACHE_KIB = 8 * 1024
# Pages of 4 KiB in the log before they are copied into the database. At SQLite's 1,000 a pass of 2,000 feeds that answer 304
# costs 122 µs a feed, at 8,000 it costs 79: pages changed many times are copied once, and the disk is waited for less often.
_LOG_PAGES = 8000
_LOG_BYTES = _LOG_PAGES * 4096  # a log that a long reader made grow is cut back to this
# Of a server's planner. At its 4.0, made for turning disks, it reads whole tables where an index leads to a few hundred rows;
# compiling a statement (jit) takes longer than any of ours.
_PLANNING = "-c random_page_cost=1.1 -c jit=off"
# Of a connection to a server. One whose other end is gone without a word, a machine switched off or a cable pulled, is given
# up by both ends within two minutes; the system's own time is two hours, in which a lost writer would hold up the others.
_KEEP_ALIVE = {"keepalives_idle": 60, "keepalives_interval": 10, "keepalives_count": 5, "tcp_user_timeout": 110_000}
_SERVER_KEEP_ALIVE = "-c tcp_keepalives_idle=60 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=5"
_CONNECT_SECONDS = 10  # to wait for a server that does not answer at all
# The lock that a server's writers hand on, as SQLite's hand on the one of their file. Locks of this kind are a database's own.
_WRITER_LOCK = 0x61_67_67_72  # "aggr": no other program's number
_WRITE_ALONE = f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})"
_SYNC_FILES = ("", "-wal", "-shm")  # an SQLite database in WAL mode is these files


def parse_url(url: str) -> URL:
    """Return the address of a database that the store can use.

    Raises: StorageError for other databases, and for SQLite in memory (a store is shared by processes).
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # ValueError: a port that is none
        # Neither repeated nor chained: it may hold a password.
        raise StorageError("not the address of a database: store.url is sqlite:///FILE or postgresql+psycopg://…") from None
    backend = parsed.get_backend_name()
    if backend not in {"sqlite", "postgresql"}:
        raise StorageError(f"{backend} is not supported; use sqlite:///path/to/file.db or postgresql+psycopg://…")
    if backend == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise StorageError("the store needs a file: sqlite:///path/to/file.db")
    return parsed


def file_of(url: URL) -> Path | None:
    """Return the file of an embedded database, None for a server's."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def engine_options(url: URL, *, busy_timeout: timedelta) -> dict[str, Any]:
    """Return the arguments of `create_engine` that make both databases wait alike for locks."""
    if file_of(url) is not None:
        return {"connect_args": {"timeout": busy_timeout.total_seconds()}}
    milliseconds = int(busy_timeout / timedelta(milliseconds=1))
    asked = url.query.get("options", "")  # what is given here replaces what the address says
    # Of two settings of a name the last counts: the user's.
    options = f"-c lock_timeout={milliseconds} {_PLANNING} {_SERVER_KEEP_ALIVE} {asked}"
    defaults = {"connect_timeout": _CONNECT_SECONDS, **_KEEP_ALIVE}
    given = {name: value for name, value in defaults.items() if name not in url.query}
    return {"connect_args": {"options": options, **given}, "pool_pre_ping": True}


def prepare(engine: Engine, *, foreign_keys: bool) -> None:
    """Set up connections and transactions as the store needs them."""
    if engine.dialect.name != "sqlite":
        event.listen(engine, "begin", _take_turn)
        compare_with_arrays(engine)
        return

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver begins no transaction of its own: ours say how they begin
        connection.execute("PRAGMA journal_mode = WAL")
        # In WAL mode NORMAL cannot damage the file; a power cut may lose the last transactions, which are polled again.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
        connection.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))


def for_reading(engine: Engine) -> Engine:
    """Return the engine with transactions that see one state and cannot write."""
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def for_writing(engine: Engine) -> Engine:
    """Return the engine with transactions that hold the write lock from their first moment: nobody else writes meanwhile.

    A transaction that begins by reading and then writes fails at once in SQLite if another wrote in between, whatever the
    time-out (https://www.sqlite.org/isolation.html). PostgreSQL would let it write on what is true no more (ADR 13).
    """
    return engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE" if engine.dialect.name == "sqlite" else _WRITE_ALONE})


def _take_turn(connection: Connection) -> None:
    """Wait for the writers before, where the transaction is one that writes; the server lets go of the lock at its end."""
    statement = connection.get_execution_options().get(_BEGIN)
    if statement is not None:
        connection.exec_driver_sql(statement)


def upsert(
    connection: Connection,
    table: Table,
    *,
    replace: bool,
    source: Select[Any] | None = None,
) -> sqlite.Insert | postgresql.Insert:
    """Return an insert that, where the primary key exists, replaces the other columns or (`replace` false) leaves the row.

    `source`, which has a condition, gives the rows.
    """
    keys = list(table.primary_key.columns)
    if connection.dialect.name == "sqlite":
        lite = sqlite.insert(table)
        if source is not None:
            lite = lite.from_select(list(table.columns), source)
        if not replace:
            return lite.on_conflict_do_nothing(index_elements=keys)
        return lite.on_conflict_do_update(index_elements=keys, set_=_others(table, lite.excluded))
    post = postgresql.insert(table)
    if source is not None:
        post = post.from_select(list(table.columns), source)
    if not replace:
        return post.on_conflict_do_nothing(index_elements=keys)
    return post.on_conflict_do_update(index_elements=keys, set_=_others(table, post.excluded))


def add_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Insert rows, passing over those whose primary key exists, and return the keys of the others.

    A server is given each column as one array: a parameter for every value costs it and the driver several times as much.
    """
    keys = list(table.primary_key.columns)
    if connection.dialect.name == "sqlite":
        return connection.execute(upsert(connection, table, replace=False).returning(*keys), rows).all()
    arrays = {column.name: bindparam(f"all_{column.name}", type_=postgresql.ARRAY(column.type)) for column in table.columns}
    source = select(*map(func.unnest, arrays.values()))
    statement = upsert(connection, table, replace=False, source=source).returning(*keys)
    return connection.execute(statement, {array.key: [row[name] for row in rows] for name, array in arrays.items()}).all()


def accumulate(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an insert that, where the primary key exists, adds the other columns to those of the row."""
    made = sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
    sums = {column.name: column + made.excluded[column.name] for column in table.columns if not column.primary_key}
    return made.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=sums)


def _others(table: Table, excluded: Any) -> dict[str, Column[Any]]:
    return {column.name: excluded[column.name] for column in table.columns if not column.primary_key}


def count_on(connection: Connection, table: Table) -> None:
    """Let the numbers that the database gives out for `id` go on behind the rows that were written with their own."""
    if connection.dialect.name != "sqlite":  # SQLite looks at the rows each time
        last = select(func.max(table.c.id)).scalar_subquery()
        connection.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), last)))


def text_index(connection: Connection) -> TextIndex:
    """Return the full-text index."""
    return SqliteIndex(connection) if connection.dialect.name == "sqlite" else PostgresIndex(connection)


def size_bytes(engine: Engine) -> int:
    """Return what the database takes on disk."""
    file = file_of(engine.url)
    if file is None:
        with engine.connect() as connection:
            return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    sizes = 0
    for suffix in _SYNC_FILES:
        try:
            sizes += file.with_name(f"{file.name}{suffix}").stat().st_size
        except FileNotFoundError:  # SQLite removes them when the last connection closes
            continue
    return sizes


def backup(engine: Engine, target: Path) -> None:
    """Copy the database to a new file in one consistent step, while others read and write."""
    file = file_of(engine.url)
    if file is None:
        raise StorageError("the store copies embedded databases only; use pg_dump for PostgreSQL", operation="backup")
    if target.exists():
        raise StorageError(f"{target} exists already", operation="backup")
    part = target.with_name(f"{target.name}.part")  # so that what stands under `target` is always a whole copy
    with our_file_errors("backup"), our_errors("backup"):
        target.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        try:
            with (
                closing(sqlite3.connect(f"file:{_uri_path(file)}?mode=ro", uri=True)) as source,
                closing(sqlite3.connect(part)) as copy,
            ):
                source.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")  # one file, without companions
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def _uri_path(file: Path) -> str:
    return file.as_uri().removeprefix("file://") if file.is_absolute() else _uri_path(file.absolute())


def damages(connection: Connection) -> list[str]:
    """Return what the database itself finds wrong; nothing if it is intact."""
    if connection.dialect.name != "sqlite":
        return []
    try:
        lines = connection.execute(text("PRAGMA integrity_check")).scalars().all()
    except DatabaseError as error:  # some damage is too deep for the check to go on
        if is_damage(error):
            return [str(error.orig)]
        raise
    orphans = connection.execute(text("PRAGMA foreign_key_check")).all()
    return [line for line in lines if line != "ok"] + [
        f"row {row[1]} of {row[0]} points to a missing row of {row[2]}" for row in orphans
    ]
