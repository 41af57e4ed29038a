"""Foreign errors become ours here, once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from aggregator.errors import StorageBusy, StorageError

# Primary result codes of SQLite, and what to say of them (https://www.sqlite.org/rescode.html).
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_SENTENCES = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "the database may not be written to",
    sqlite3.SQLITE_PERM: "the database may not be accessed",
    sqlite3.SQLITE_CANTOPEN: "the database file cannot be opened",
    sqlite3.SQLITE_IOERR: "the disk reports an error",
    sqlite3.SQLITE_CORRUPT: "the database file is damaged",
    sqlite3.SQLITE_NOTADB: "the file is not a database",
}
# Of why no connection came about, and what to do. A server that speaks another language is answered in general.
_REMEDIES = (
    ("password authentication failed", "correct the password in store.url (or AGGREGATOR_STORE__URL)"),
    ("no password supplied", "write the password into store.url (or AGGREGATOR_STORE__URL)"),
    ('FATAL: role "', "make the user with createuser, or correct it in store.url"),
    ('FATAL: database "', "make it with createdb, or correct its name in store.url"),
    ("failed to resolve host", "correct the host in store.url"),
    ("the database system is", "it starts or ends; try again in a moment"),
    ("too many clients", "raise max_connections of the server, or end what holds connections"),
    ("Connection refused", "start the server, or correct host and port in store.url"),
    ("No such file", "start the server, or name its host in store.url"),
)
# SQLSTATEs of PostgreSQL after which the same transaction may work (PostgreSQL manual, appendix A).
_RETRY_STATES = frozenset({"40001", "40P01", "55P03", "57014"})  # serialization, deadlock, lock, cancelled by a timeout


def is_busy(error: BaseException | None) -> bool:
    """Return whether the error says that somebody else holds a lock."""
    if isinstance(error, PoolTimeout):
        return True
    if isinstance(error, DBAPIError):
        error = error.orig
    if isinstance(error, sqlite3.Error):
        return _primary_code(error) in _BUSY
    return getattr(error, "sqlstate", None) in _RETRY_STATES


def is_damage(error: DBAPIError) -> bool:
    """Return whether the error says that the file is not as SQLite wrote it."""
    return isinstance(error.orig, sqlite3.Error) and _primary_code(error.orig) in _DAMAGED


def as_ours(error: Exception, operation: str | None = None, *, file: str | None = None) -> StorageError:
    """Return the error of ours that a foreign one means; `file` is the database, where it is one."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    said = " ".join(str(cause).split()) or type(cause).__name__  # sentences of servers have lines
    if is_busy(error):
        return StorageBusy(f"the database is busy ({said})", operation=operation)
    if isinstance(cause, sqlite3.Error):
        sentence = _SENTENCES.get(_primary_code(cause))
        said = f"{said}: {file}" if sentence and file else said
    elif isinstance(error, DBAPIError) and error.connection_invalidated:
        sentence = "the connection to the database was lost"
    elif isinstance(error, OperationalError) and error.statement is None:  # it had not come as far as a statement
        said = " ".join(str(cause).partition("\n")[0].split()).removeprefix("connection failed: ")
        return StorageError(f"no connection to the database: {said}; {_connection_remedy(said)}", operation=operation)
    else:
        sentence = None
    return StorageError(f"{sentence} ({said})" if sentence else said, operation=operation)


def _connection_remedy(said: str) -> str:
    """Return what to do where a server cannot be reached; the driver tells the cases apart by words only."""
    return next((remedy for words, remedy in _REMEDIES if words in said), "check the user, host and database of store.url")


def _primary_code(error: sqlite3.Error) -> int:
    """Return the result code without its extension (the low byte), 0 where the error has none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


@contextmanager
def our_errors(operation: str | None = None, *, file: str | None = None) -> Iterator[None]:
    """Raise StorageError and its kinds in place of what SQLAlchemy, the driver or the file system raise."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, sqlite3.Warning) as error:
        raise as_ours(error, operation, file=file) from error


@contextmanager
def our_file_errors(operation: str) -> Iterator[None]:
    """Raise StorageError in place of OSError: for steps on files of our own, never around a caller's block."""
    try:
        yield
    except OSError as error:
        raise as_ours(error, operation) from error
