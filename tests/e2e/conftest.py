"""What end-to-end tests start from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.processes import Home
from tests.fakes.databases import KINDS, new_database


@pytest.fixture(params=KINDS)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    """An empty folder, and an empty database, for one aggregator."""
    with new_database(request.param, tmp_path) as url:
        yield Home(tmp_path, url)


@pytest.fixture
def real_feeds() -> Path:
    """The captured feeds beside the checkout."""
    folder = Path(__file__).parents[2] / ".." / "shared" / "data" / "feeds" / "real"
    if not folder.is_dir():
        pytest.skip("the shared feed corpus is not beside this checkout")
    return folder
