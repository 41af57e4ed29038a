"""One line in the report where the contract could not be held against PostgreSQL, in place of one for every test of it."""

from __future__ import annotations

import os

import pytest

from aggregator.storage import Storage


def test_the_contract_is_held_against_postgresql_too(storage: Storage) -> None:
    if not os.environ.get("AGGREGATOR_TEST_POSTGRESQL"):
        pytest.skip("AGGREGATOR_TEST_POSTGRESQL names no database (postgresql+psycopg://user@host/database)")
    assert storage.check() == []
