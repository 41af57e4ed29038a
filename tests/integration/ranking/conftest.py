"""A store in a file, with a press in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from aggregator.storage import Storage
from aggregator.store.database import open_database


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    """An empty store."""
    with closing(open_database(f"sqlite:///{tmp_path / 'aggregator.db'}")) as opened:
        yield opened
