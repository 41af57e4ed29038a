"""A store taken along to another database."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from aggregator.errors import StorageError
from aggregator.model.grouping import Joining
from aggregator.model.reading import ReadEvent, Via
from aggregator.store.copying import copy_store
from aggregator.store.database import open_database
from tests.fakes.changes import NOON, add_entries, configure, key_of
from tests.fakes.feed_reader import add_alice
from tests.fakes.newsroom import open_newsroom


@pytest.fixture
def filled(tmp_path: Path) -> str:
    """The address of a newsroom in a file."""
    url = f"sqlite:///{tmp_path / 'first.db'}"
    with closing(open_database(url)) as storage:
        open_newsroom(storage)
        add_alice(storage)
        with storage.write() as transaction:
            transaction.grouping.join([Joining(entry_id=3, story_id=2, score=0.5, reason="similar")])
            transaction.reads.add([ReadEvent(entry_id=1, at=NOON, via=Via.CLICK, reader_key=key_of("anna"))])
    return url


def rows_of(url: str) -> dict[str, int]:
    """The rows of every table but the index of the search, counted past the program."""
    engine = create_engine(url)
    with engine.connect() as connection:
        names = [name for name in inspect(connection).get_table_names() if not name.startswith(("search_", "alembic_"))]
        counted = {name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in names}  # noqa: S608 - the names are the database's
    engine.dispose()
    return counted


def test_everything_is_there_and_what_comes_later_goes_on_behind_it(filled: str, database_url: str) -> None:
    copied = copy_store(filled, database_url)

    rows = rows_of(filled)
    assert {name: count for name, count in rows.items() if count} == {name: count for name, count in copied.items() if count}
    assert {name for name, count in rows.items() if count} >= {"entries", "placements", "story_redirects", "reads", "readers"}
    with closing(open_database(filled)) as before, closing(open_database(database_url)) as after:
        assert after.check() == []
        with before.read() as old, after.read() as new:
            assert new.counts() == old.counts()
            assert (copied["entries"], copied["reads"]) == (old.counts().entries, old.counts().reads)
            assert new.entries.newest(limit=99) == old.entries.newest(limit=99)
            assert new.feeds.all() == old.feeds.all()
            assert new.search.revision() == 0  # to be indexed anew
        known = {feed.id for feed in configure(after, "https://later.example/feed")}
        (later,) = known
        add_entries(after, later, "a later entry")
        assert after.check() == []


def test_a_database_that_holds_a_store_is_left_as_it_is(filled: str, database_url: str) -> None:
    with closing(open_database(database_url)) as storage:
        configure(storage, "https://own.example/feed")
        with pytest.raises(StorageError, match="an empty database"):
            copy_store(filled, database_url)
        with storage.read() as transaction:
            assert [feed.settings.url for feed in transaction.feeds.all()] == ["https://own.example/feed"]


def test_a_database_that_holds_nothing_but_accounts_is_left_as_it_is(filled: str, database_url: str) -> None:
    with closing(open_database(database_url)) as storage:
        add_alice(storage)
        with pytest.raises(StorageError, match="an empty database"):
            copy_store(filled, database_url)
        with storage.read() as transaction:
            assert transaction.counts().readers == 1


def test_what_is_no_store_is_not_copied(tmp_path: Path, database_url: str) -> None:
    with pytest.raises(StorageError, match="no store"):
        copy_store(f"sqlite:///{tmp_path / 'nothing.db'}", database_url)
