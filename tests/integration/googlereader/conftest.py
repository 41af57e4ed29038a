from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from aggregator.model.story import Entered
from aggregator.storage import Storage
from aggregator.store.database import open_database
from tests.fakes.databases import kind_of, new_database
from tests.fakes.feed_reader import FeedReader, add_alice, open_feed_reader
from tests.fakes.newsroom import NOON, open_newsroom


@pytest.fixture(scope="session")
def filled(empty_store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Return the address of a database with a newsroom in it, and the API password of its one account, made once."""
    with new_database(kind_of(empty_store), tmp_path_factory.mktemp("newsroom"), copy_of=empty_store) as url:
        with closing(open_database(url)) as storage:
            open_newsroom(storage)
            with storage.write() as tx:
                tx.lists.enter("most-read", [Entered(entry_id=each, at=NOON) for each in (1, 2)])
            password = add_alice(storage)
        yield url, password


@pytest.fixture
def storage(tmp_path: Path, filled: tuple[str, str]) -> Iterator[Storage]:
    url, _ = filled
    with new_database(kind_of(url), tmp_path, copy_of=url) as copy, closing(open_database(copy)) as opened:
        yield opened


@pytest.fixture
def reader(storage: Storage, filled: tuple[str, str]) -> FeedReader:
    """A logged-in feed reader."""
    return open_feed_reader(storage, filled[1])
