"""What end-to-end tests start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.processes import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty folder for one aggregator."""
    return Home(tmp_path)


@pytest.fixture
def real_feeds() -> Path:
    """The captured feeds beside the checkout."""
    folder = Path(__file__).parents[2] / ".." / "shared" / "data" / "feeds" / "real"
    if not folder.is_dir():
        pytest.skip("the shared feed corpus is not beside this checkout")
    return folder
