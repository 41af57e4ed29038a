from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from aggregator.model.story import Entered
from aggregator.storage import Storage
from aggregator.store.database import open_database
from tests.fakes.feed_reader import FeedReader, add_alice, open_feed_reader
from tests.fakes.newsroom import NOON, open_newsroom


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return a database with a newsroom in it, and the API password of its one account, made once."""
    file = tmp_path_factory.mktemp("newsroom") / "news.db"
    with closing(open_database(f"sqlite:///{file}")) as storage:
        open_newsroom(storage)
        with storage.write() as tx:
            tx.lists.enter("most-read", [Entered(entry_id=each, at=NOON) for each in (1, 2)])
        return file, add_alice(storage)


@pytest.fixture
def storage(tmp_path: Path, filled: tuple[Path, str]) -> Iterator[Storage]:
    shutil.copy(filled[0], tmp_path / "news.db")
    with closing(open_database(f"sqlite:///{tmp_path / 'news.db'}")) as opened:
        yield opened


@pytest.fixture
def reader(storage: Storage, filled: tuple[Path, str]) -> FeedReader:
    """A logged-in feed reader."""
    return open_feed_reader(storage, filled[1])
