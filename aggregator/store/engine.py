"""The engine, and the two kinds of transactions."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Self

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
        _keep(connection)


class CommitsBehind:
    """Writing transactions one after the other, each kept in a thread while its caller goes on; leave it to see all kept.

    A commit is work of the database and the disk, which hold up no other thread of Python. One thread writes.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="commit")
        self._commit: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        """Wait for the last commit; what it raises is raised, unless something else is."""
        self._thread.shutdown()
        if error is None:
            self._wait()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction after the one before is kept. Raises what that one's commit raised; StorageError, StorageBusy."""
        self._wait()
        with our_errors("write", file=self._engine.url.database):
            connection = _begun(dialect.for_writing(self._engine))
            try:
                yield connection
            except BaseException:
                connection.close()
                raise
        self._commit = self._thread.submit(self._end, connection)

    def _end(self, connection: Connection) -> None:
        with our_errors("write", file=self._engine.url.database), connection:
            _keep(connection)

    def _wait(self) -> None:
        commit, self._commit = self._commit, None
        if commit is not None:
            commit.result()


def _keep(connection: Connection) -> None:
    try:
        connection.commit()
    except BaseException:
        connection.invalidate()  # whatever state it is in, nobody is given it again
        raise


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
