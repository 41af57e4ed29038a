"""The storages that the contract holds for: SQLite always, PostgreSQL where AGGREGATOR_TEST_POSTGRESQL names a database."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from aggregator.storage import Storage
from aggregator.store.database import open_database

SERVER = os.environ.get("AGGREGATOR_TEST_POSTGRESQL")


@pytest.fixture(params=["sqlite", "postgresql"] if SERVER else ["sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'aggregator.db'}"
        return
    server = SERVER or ""
    schema = f"test_{uuid.uuid4().hex}"
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    try:
        yield make_url(server).update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        engine.dispose()


@pytest.fixture
def storage(database_url: str) -> Iterator[Storage]:
    """An empty store."""
    with closing(open_database(database_url)) as opened:
        yield opened
