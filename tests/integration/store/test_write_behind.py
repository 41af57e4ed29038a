"""Transactions that are kept in a thread while the next is prepared: nothing is lost by it, and nothing half kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import event, exc

from aggregator.errors import StorageError
from aggregator.storage import Transaction
from aggregator.store.database import SqlStorage, open_database

LONG = 10.0  # seconds; no test waits so long unless it fails


@pytest.fixture
def storage(database_url: str) -> Iterator[SqlStorage]:
    with closing(open_database(database_url)) as opened:
        yield opened


def noted(storage: SqlStorage, *keys: str) -> list[str | None]:
    with storage.read() as tx:
        return [tx.noted(key) for key in keys]


def count(tx: Transaction) -> None:
    tx.note("count", str(int(tx.noted("count") or 0) + 1))


def note_and_fail(tx: Transaction) -> None:
    tx.note("then", "lost")
    raise KeyError


def test_each_transaction_sees_the_one_before_and_all_are_kept_at_the_end(storage: SqlStorage) -> None:
    with storage.write_behind() as write:
        for _ in range(50):
            with write() as tx:
                count(tx)
    assert noted(storage, "count") == ["50"]


def test_others_may_write_in_between(storage: SqlStorage) -> None:
    with storage.write_behind() as write:
        for _ in range(20):
            with write() as tx:
                count(tx)
            with storage.write() as tx:
                count(tx)
    assert noted(storage, "count") == ["40"]


def test_the_caller_goes_on_while_a_transaction_is_kept(storage: SqlStorage) -> None:
    may_end = threading.Event()
    event.listen(storage._engine, "commit", lambda _: may_end.wait(LONG))
    with storage.write_behind() as write:
        with write() as tx:
            count(tx)
        assert noted(storage, "count") == [None]  # not yet, and here we are
        may_end.set()
    assert noted(storage, "count") == ["1"]


def test_what_a_transaction_did_before_it_failed_is_undone_and_those_before_it_are_kept(storage: SqlStorage) -> None:
    with storage.write_behind() as write:
        with write() as tx:
            tx.note("before", "kept")
        with pytest.raises(KeyError), write() as tx:
            note_and_fail(tx)
    assert noted(storage, "before", "then") == ["kept", None]
    with storage.write() as tx:  # nobody holds the lock
        count(tx)


def fail_to_keep(storage: SqlStorage) -> None:
    def fail(_: object) -> None:
        raise exc.OperationalError("COMMIT", None, Exception("disk I/O error"))

    event.listen(storage._engine, "commit", fail, once=True)


def test_a_transaction_that_cannot_be_kept_fails_the_next_one(storage: SqlStorage) -> None:
    fail_to_keep(storage)
    with storage.write_behind() as write:
        with write() as tx:
            count(tx)
        with pytest.raises(StorageError, match="disk I/O error"), write():
            pytest.fail("it opened")
        with write() as tx:
            count(tx)
    assert noted(storage, "count") == ["1"]


def test_the_last_transaction_that_cannot_be_kept_is_told_at_the_end(storage: SqlStorage) -> None:
    fail_to_keep(storage)
    with pytest.raises(StorageError, match="disk I/O error"), storage.write_behind() as write, write() as tx:
        count(tx)
    assert noted(storage, "count") == [None]
