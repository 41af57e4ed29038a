"""A store in a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from aggregator.store.database import SqlStorage, open_database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the database stands."""
    return tmp_path / "aggregator.db"


@pytest.fixture
def url(file: Path) -> str:
    """The address of the database."""
    return f"sqlite:///{file}"


@pytest.fixture
def storage(url: str) -> Iterator[SqlStorage]:
    """An empty store."""
    with closing(open_database(url)) as opened:
        yield opened
