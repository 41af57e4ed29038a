from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from aggregator.storage import Storage
from aggregator.store.database import open_database
from tests.fakes.databases import kind_of, new_database
from tests.fakes.newsroom import open_newsroom
from tests.fakes.website import Newsroom, open_site


@pytest.fixture(scope="session")
def filled(empty_store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a database with a newsroom in it, made once; tests work on copies."""
    with new_database(kind_of(empty_store), tmp_path_factory.mktemp("newsroom"), copy_of=empty_store) as url:
        storage = open_database(url)
        open_newsroom(storage)
        storage.close()
        yield url


@pytest.fixture
def newsroom_url(tmp_path: Path, filled: str) -> Iterator[str]:
    """The address of a database of the test's own with a newsroom in it."""
    with new_database(kind_of(filled), tmp_path, copy_of=filled) as url:
        yield url


@pytest.fixture
def storage(newsroom_url: str) -> Iterator[Storage]:
    with closing(open_database(newsroom_url)) as opened:
        yield opened


@pytest.fixture
def newsroom(storage: Storage) -> Iterator[Newsroom]:
    opened = open_site(storage)
    yield opened
    opened.recorder.close()


@pytest.fixture
def english(storage: Storage) -> Iterator[Newsroom]:
    opened = open_site(storage, language="en")
    yield opened
    opened.recorder.close()


@pytest.fixture
def empty(database_url: str) -> Iterator[Newsroom]:
    storage = open_database(database_url)
    opened = open_site(storage)
    yield opened
    opened.recorder.close()
    storage.close()
