"""The engine, and the two kinds of transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import URL, Connection, Engine, create_engine

from aggregator.errors import ExtraMissing
from aggregator.store import dialect
from aggregator.store.faults import is_busy, our_errors, our_file_errors

BUSY_TIMEOUT = timedelta(seconds=5)  # the default of the driver: several of our transactions, which take well under 1 s
_BEGIN_ATTEMPTS = 3  # SQLite also says busy without waiting, where waiting could not end (recovery, another's deadlock)


def make_engine(url: URL, *, busy_timeout: timedelta = BUSY_TIMEOUT, foreign_keys: bool = True) -> Engine:
    """Return an engine; the folder of an embedded database is made. Raises: ExtraMissing, StorageError."""
    file = dialect.file_of(url)
    if file is not None:
        with our_file_errors("open"):
            file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with our_errors("open"):
            engine = create_engine(url, **dialect.engine_options(url, busy_timeout=busy_timeout))
    except ImportError as error:  # only the driver of a server can be missing
        raise ExtraMissing(
            "store.url: PostgreSQL needs the extra `postgresql`: pip install 'aggregator[postgresql]'"
        ) from error
    dialect.prepare(engine, foreign_keys=foreign_keys)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that sees one consistent state. Raises: StorageError, StorageBusy."""
    with our_errors("read", file=engine.url.database), dialect.for_reading(engine).connect() as connection:
        connection.begin()
        yield connection  # closing rolls back: there is nothing to keep


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that is kept as a whole or not at all. Raises: StorageError, StorageBusy."""
    with our_errors("write", file=engine.url.database), _begun(dialect.for_writing(engine)) as connection:
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


def _begun(engine: Engine) -> Connection:
    """Begin, trying again while the lock is held: nothing was done yet, so nothing can be done twice."""
    for attempt in range(1, _BEGIN_ATTEMPTS + 1):
        connection = engine.connect()
        try:
            connection.begin()
        except BaseException as error:
            connection.close()
            if attempt == _BEGIN_ATTEMPTS or not is_busy(error):
                raise
        else:
            return connection
    raise AssertionError  # the last attempt returns or raises
