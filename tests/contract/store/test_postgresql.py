"""One line in the report where the contract could not be held against PostgreSQL, in place of one for every test of it."""

from __future__ import annotations

import pytest

from aggregator.storage import Storage
from tests.fakes.databases import SERVER, VARIABLE


def test_the_contract_is_held_against_postgresql_too(storage: Storage) -> None:
    if not SERVER:
        pytest.skip(f"{VARIABLE} names no server (postgresql+psycopg://user@host/database)")
    assert storage.check() == []
