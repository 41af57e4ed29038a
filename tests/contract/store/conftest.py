"""The storages that the contract holds for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from aggregator.storage import Storage
from aggregator.store.database import open_database


@pytest.fixture
def storage(database_url: str) -> Iterator[Storage]:
    """An empty store."""
    with closing(open_database(database_url)) as opened:
        yield opened
