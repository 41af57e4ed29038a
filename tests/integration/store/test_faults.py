"""Bad luck with the database: locks, full disks, damaged and foreign files; each becomes an error of ours."""

from __future__ import annotations

import inspect
import sqlite3
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, exc

from aggregator.errors import ExtraMissing, StorageBusy, StorageError
from aggregator.model.feed import FeedSettings
from aggregator.store.database import SqlStorage, open_database
from aggregator.store.faults import our_errors
from tests.fakes.changes import NOON, add_entries, configure

FEED = "https://a.example/feed"
PAGE_BYTES = 4096
SOON = timedelta(milliseconds=20)


def foreign_errors() -> list[type[Exception]]:
    """Every class that SQLAlchemy and the driver of SQLite can raise."""
    found = [
        kind
        for module in (exc, sqlite3)
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Exception) and not issubclass(kind, Warning)
    ]
    assert len(found) > 40
    return found


@pytest.mark.parametrize("kind", foreign_errors(), ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_every_foreign_error_becomes_ours(kind: type[Exception]) -> None:
    if kind is exc.EmulatedDBAPIException:
        pytest.skip("base of errors that asynchronous drivers of SQLAlchemy emulate; it is always wrapped as a DBAPIError")
    error = kind.__new__(kind)
    error.args = ("x",)
    if isinstance(error, exc.StatementError):
        error.orig = sqlite3.OperationalError("database disk image is malformed")
        error.detail, error.statement, error.params, error.hide_parameters = [], None, None, True
    if isinstance(error, exc.DBAPIError):
        error.connection_invalidated = False
    with pytest.raises(StorageError), our_errors("test"):
        raise error


def test_a_missing_driver_names_the_extra_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ExtraMissing, match=r"pip install 'aggregator\[postgresql\]'"):
        open_database("postgresql+psycopg://user@host/database")


class PostgresError(Exception):
    """An error as the driver of PostgreSQL makes it."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(("sqlstate", "busy"), [("40P01", True), ("55P03", True), ("40001", True), ("53100", False)])
def test_errors_of_postgresql_that_pass_are_told_from_those_that_stay(sqlstate: str, busy: bool) -> None:  # noqa: FBT001 - a column of the table above
    with pytest.raises(StorageError) as caught, our_errors("test"):
        raise exc.OperationalError("SELECT 1", None, PostgresError(sqlstate))
    assert isinstance(caught.value, StorageBusy) == busy


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ('connection to server at "h", port 5432 failed: FATAL:  password authentication failed for user "u"', "the password"),
        ('connection to server at "h", port 5432 failed: FATAL:  database "d" does not exist', "createdb"),
        ('connection to server at "h", port 5432 failed: FATAL:  role "u" does not exist', "createuser"),
        (
            'connection to server at "database.h", port 1 failed: Connection refused\n\tIs the server running?',
            "start the server",
        ),
        ("failed to resolve host 'h': [Errno -2] Name or service not known", "correct the host"),
        ("FATAL:  the database system is starting up", "try again"),
        ("FATAL:  Passwort-Authentifizierung für Benutzer »u« fehlgeschlagen", "check the user"),
    ],
)
def test_a_server_that_cannot_be_reached_is_told_with_the_remedy(said: str, remedy: str) -> None:
    refused = exc.OperationalError(None, None, Exception(said))  # as SQLAlchemy makes it on connecting
    with pytest.raises(StorageError, match=remedy) as caught, our_errors("read"):
        raise refused
    assert "no connection to the database" in str(caught.value)


def test_errors_of_the_caller_are_left_alone() -> None:
    with pytest.raises(KeyError), our_errors("test"):
        raise KeyError


def test_a_database_that_another_holds_is_busy_and_nothing_is_kept(url: str, file: Path) -> None:
    with closing(open_database(url, busy_timeout=SOON)) as storage, closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageBusy):
            configure(storage, FEED)
        with storage.read() as transaction:  # readers are not held up
            assert transaction.feeds.all() == []
        other.rollback()
        assert len(configure(storage, FEED)) == 1


def test_a_lock_that_is_given_up_while_beginning_is_waited_for(url: str, file: Path) -> None:
    with closing(open_database(url, busy_timeout=SOON)) as storage, closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        tries: list[object] = []

        @event.listens_for(storage._engine, "checkout")
        def give_up(connection: sqlite3.Connection, _record: object, _proxy: object) -> None:
            tries.append(connection)
            if len(tries) == 2:
                other.rollback()

        configure(storage, FEED)
        assert len(tries) == 2


def limit_pages(engine: Engine, pages: int) -> None:
    @event.listens_for(engine, "checkout")
    def _limit(connection: sqlite3.Connection, _record: object, _proxy: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")


def test_a_full_disk_is_told_and_nothing_of_the_pass_is_kept(storage: SqlStorage) -> None:
    (feed,) = configure(storage, FEED)
    add_entries(storage, feed.id, "before")
    limit_pages(storage._engine, 1)  # SQLite raises the limit to what the file has already
    with pytest.raises(StorageError, match="the disk is full"):
        add_entries(storage, feed.id, *(f"entry {number}" for number in range(2000)))
    limit_pages(storage._engine, 1_000_000)
    with storage.read() as transaction:
        assert [entry.data.guid for entry in transaction.entries.newest(limit=9)] == ["before"]
    assert storage.check() == []
    assert len(add_entries(storage, feed.id, "after")) == 1


def test_a_damaged_file_is_found_by_the_check(url: str, file: Path) -> None:
    with closing(open_database(url)) as storage:
        (feed,) = configure(storage, FEED)
        add_entries(storage, feed.id, *(f"entry {number}" for number in range(300)))
    content = bytearray(file.read_bytes())
    with closing(sqlite3.connect(file)) as other:
        (root,) = other.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_entries_dated_at_id'").fetchone()
    content[(root - 1) * PAGE_BYTES : root * PAGE_BYTES] = b"\xff" * PAGE_BYTES
    file.write_bytes(content)
    with closing(open_database(url)) as storage:
        assert storage.check() != []


def test_a_file_that_is_no_database_is_refused(url: str, file: Path) -> None:
    file.write_text("a letter, " * 1000)
    with pytest.raises(StorageError, match="not a database") as caught:
        open_database(url)
    assert str(file) in str(caught.value)
    assert file.read_text().startswith("a letter")


def test_the_database_of_another_program_is_refused(url: str, file: Path) -> None:
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE photos (id)")
        other.commit()
    with pytest.raises(StorageError, match="photos"):
        open_database(url)


@pytest.mark.parametrize("address", ["", "nonsense", "mysql://x/y", "sqlite://", "sqlite:///:memory:", "unknown+driver:///x"])
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(StorageError):
        open_database(address)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        open_database(f"sqlite:///{tmp_path}/file/below/aggregator.db")


def test_the_folder_of_a_new_database_is_made(tmp_path: Path) -> None:
    with closing(open_database(f"sqlite:///{tmp_path}/a/b/aggregator.db")) as storage:
        assert storage.check() == []


def test_the_password_is_never_told() -> None:
    engine = create_engine("sqlite:///x.db")
    engine.url = engine.url.set(password="secret")
    assert "secret" not in SqlStorage(engine).url


def test_broken_invariants_are_told_in_words(storage: SqlStorage, file: Path) -> None:
    (feed,) = configure(storage, FEED)
    add_entries(storage, feed.id, "one", "two", "three", "four")
    with closing(sqlite3.connect(file)) as other:
        other.execute("DELETE FROM entry_origins WHERE entry_id = 1")
        other.execute("UPDATE entry_origins SET pruned = 1 WHERE entry_id = 2")
        other.execute("DELETE FROM entries WHERE id = 3")
        other.execute("UPDATE entry_origins SET is_primary = 0 WHERE entry_id = 4")
        other.execute("DELETE FROM stories WHERE id = 4")
        other.execute("UPDATE sequences SET next = 2")
        other.commit()
    complaints = storage.check()
    assert complaints == [
        "entries without a feed that carries them: 1, 2",
        "origins without their entry: 3",
        "entries that were pruned and are there: 2",
        "entries without exactly one primary origin: 4",
        "entries without their story: 4",
        "stories without the entry that stands for them: 3",
        "the next entry_id would be 2, and 4 is given out",
        "the next revision would be 2, and 4 is given out",
    ]


def test_rows_that_point_nowhere_are_told(storage: SqlStorage, file: Path) -> None:
    with closing(sqlite3.connect(file)) as other:
        other.execute("INSERT INTO list_entries (name, entry_id, item_id, entered_at) VALUES ('x', 99, 0, 0)")
        other.commit()
    assert storage.check() == ["row 1 of list_entries points to a missing row of entries"]


@pytest.mark.parametrize("table", ["entries", "stories", "reads", "readers", "search_index", "search_words"])
def test_a_lost_table_is_told(storage: SqlStorage, file: Path, table: str) -> None:
    (feed,) = configure(storage, FEED)
    add_entries(storage, feed.id, "one")
    with closing(sqlite3.connect(file)) as other:
        other.execute(f"DROP TABLE {table}")
        other.commit()
    assert storage.check() == [f"there is no table {table}"]


def test_a_backup_made_while_another_writes_is_whole(storage: SqlStorage, tmp_path: Path) -> None:
    (feed,) = configure(storage, FEED)
    add_entries(storage, feed.id, "one")
    target = tmp_path / "copies" / "copy.db"
    with storage.write() as transaction:
        transaction.feeds.configure([FeedSettings(url=FEED, title="not yet kept")], now=NOON)
        storage.backup(target)
    assert [path.name for path in target.parent.iterdir()] == ["copy.db"]
    with closing(open_database(f"sqlite:///{target}")) as copy:
        assert copy.check() == []
        with copy.read() as reading:
            assert [entry.data.guid for entry in reading.entries.newest(limit=9)] == ["one"]
            assert [feed.settings.title for feed in reading.feeds.all()] == [None]


def test_a_backup_never_replaces_a_file(storage: SqlStorage, tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("precious")
    with pytest.raises(StorageError, match="exists already"):
        storage.backup(target)
    assert target.read_text() == "precious"
