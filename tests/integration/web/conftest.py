from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator.storage import Storage
from aggregator.store.database import open_database
from tests.fakes.newsroom import open_newsroom
from tests.fakes.website import Newsroom, open_site


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database with a newsroom in it, made once; tests work on copies."""
    file = tmp_path_factory.mktemp("newsroom") / "news.db"
    storage = open_database(f"sqlite:///{file}")
    open_newsroom(storage)
    storage.close()
    return file


@pytest.fixture
def storage(tmp_path: Path, filled: Path) -> Iterator[Storage]:
    shutil.copy(filled, tmp_path / "news.db")
    opened = open_database(f"sqlite:///{tmp_path / 'news.db'}")
    yield opened
    opened.close()


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
def empty(tmp_path: Path) -> Iterator[Newsroom]:
    storage = open_database(f"sqlite:///{tmp_path / 'empty.db'}")
    opened = open_site(storage)
    yield opened
    opened.recorder.close()
    storage.close()
