"""Where the shared feeds are: beside the checkout, never inside it."""

from __future__ import annotations

from pathlib import Path

import pytest

FEEDS = Path(__file__).resolve().parents[4] / "shared" / "data" / "feeds"


def feeds_in(folder: str) -> Path:
    """Return a folder of the corpus, or skip the test."""
    path = FEEDS / folder
    if not path.is_dir():
        pytest.skip(f"the shared corpus {folder} is not beside the checkout")
    return path
