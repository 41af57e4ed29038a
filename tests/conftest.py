"""What holds for every test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from aggregator.store.database import open_database
from tests.fakes.databases import KINDS, kind_of, new_database

# The same examples on every run, so that a red build is the change's fault; HYPOTHESIS_PROFILE=explore looks for new ones.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


@pytest.fixture(scope="session", params=KINDS)
def empty_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an empty store, made once in each kind of database; tests work on copies."""
    with new_database(request.param, tmp_path_factory.mktemp("empty")) as url:
        open_database(url).close()
        yield url


@pytest.fixture
def database_url(empty_store: str, tmp_path: Path) -> Iterator[str]:
    """The address of an empty store of the test's own."""
    with new_database(kind_of(empty_store), tmp_path, copy_of=empty_store) as url:
        yield url
