"""The schema: made, compared, upgraded, refused."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from aggregator.errors import SchemaOutdated, StorageError
from aggregator.model.reading import ReadEvent, Via
from aggregator.model.story import Entered, Ranking, Worth
from aggregator.store import dialect
from aggregator.store import upgrade as upgrade_module
from aggregator.store.database import SqlStorage, open_database
from aggregator.store.search_tables import INDEX_TABLES
from aggregator.store.tables import SCHEMA_REVISION, metadata
from aggregator.store.upgrade import MIGRATIONS, upgrade
from tests.fakes.changes import NOON, configure


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or not (name or "").startswith(INDEX_TABLES)


def test_migrations_make_exactly_the_tables(storage: SqlStorage) -> None:
    with storage._engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "include_name": is_ours}
        )
        assert compare_metadata(context, metadata) == []


def test_the_program_knows_its_newest_migration_and_they_are_numbered() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    revisions = [script.revision for script in scripts.walk_revisions()]
    assert revisions[0] == SCHEMA_REVISION
    assert sorted(revisions, reverse=True) == revisions
    assert all(len(revision) == 4 and revision.isdigit() for revision in revisions)


def test_a_new_database_is_made_and_needs_no_copy(url: str, file: Path) -> None:
    report = upgrade(url)
    assert (report.from_revision, report.to_revision, report.backup) == (None, SCHEMA_REVISION, None)
    again = upgrade(url)
    assert (again.from_revision, again.backup) == (SCHEMA_REVISION, None)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def pretend_schema(file: Path, revision: str) -> None:
    with closing(sqlite3.connect(file)) as other:
        other.execute("UPDATE alembic_version SET version_num = ?", [revision])
        other.commit()


def test_a_newer_schema_is_refused_and_left_alone(url: str, file: Path) -> None:
    upgrade(url)
    pretend_schema(file, "9999")
    for refuse in (upgrade, open_database):
        with pytest.raises(SchemaOutdated, match=r"made by a newer aggregator \(schema 9999.*upgrade the program") as caught:
            refuse(url)
        assert (caught.value.found, caught.value.expected) == ("9999", SCHEMA_REVISION)


def test_an_older_schema_is_not_opened_and_says_what_to_do(url: str, file: Path) -> None:
    upgrade(url)
    pretend_schema(file, "0000")
    with pytest.raises(SchemaOutdated, match="aggregator database upgrade"):
        open_database(url)


def test_an_older_database_is_copied_before_it_is_changed(url: str, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(open_database(url)) as storage:
        configure(storage, "https://a.example/feed")
    pretend_schema(file, "0000")
    monkeypatch.setattr(upgrade_module, "_migrate", lambda _engine, to: pretend_schema(file, to))
    first = upgrade(url)
    assert (first.from_revision, first.to_revision) == ("0000", SCHEMA_REVISION)
    assert first.backup == file.with_name("aggregator.db.schema-0000.backup")
    with closing(open_database(url)) as storage, storage.read() as transaction:
        assert transaction.counts().feeds == 1
    pretend_schema(file, "0000")
    second = upgrade(url)
    assert second.backup is not None
    assert second.backup.name == "aggregator.db.schema-0000.2.backup"
    with closing(sqlite3.connect(first.backup)) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == ("0000",)
        assert copy.execute("SELECT count(*) FROM feeds").fetchone() == (1,)


def test_a_migration_that_fails_changes_nothing(url: str, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def damages(_connection: object) -> list[str]:
        return ["something"]

    with monkeypatch.context() as patch:
        patch.setattr(dialect, "damages", damages)
        with pytest.raises(StorageError, match="something"):
            upgrade(url)
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    assert upgrade(url).from_revision is None


def test_upgrading_leaves_logging_alone(url: str) -> None:
    before = (list(logging.getLogger().handlers), logging.getLogger().level, logging.getLogger("alembic").disabled)
    upgrade(url)
    assert (list(logging.getLogger().handlers), logging.getLogger().level, logging.getLogger("alembic").disabled) == before


def insert(database: sqlite3.Connection, table: str, **values: object) -> None:
    columns, marks = ", ".join(values), ", ".join("?" * len(values))
    database.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(values.values()))  # noqa: S608 - names of the test


def fill_first_schema(file: Path) -> None:
    """Two feeds carry the first of two entries; three people read it, two of them in one hour; a topic's list holds it."""
    noon = (NOON - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    hour = 3_600_000_000
    with closing(sqlite3.connect(file)) as other:
        for number, site in ((1, "a.example"), (2, "b.example")):
            url = f"https://{site}/feed"
            known = {"id": number, "url": url, "fetch_url": url, "site": site, "configured": 1, "settings": "{}", "data": "{}"}
            insert(other, "feeds", **known, state="ok", failures=0, moved_polls=0, delay_weight=0, read_since_prune=0)
        for number in (1, 2):
            times = dict.fromkeys(("dated_at", "first_seen_at", "modified_at"), noon)
            told = {"title": f"T{number}", "summary_html": "", "content_html": "long"}
            insert(other, "entries", id=number, revision=number, **times, score=3.5, reads=3 if number == 1 else 0, **told)
        for feed, entry in ((1, 1), (2, 1), (2, 2)):
            key = bytes([feed, entry]) * 8
            origin = {"feed_id": feed, "guid_key": key, "entry_id": entry, "content_hash": key, "pruned": 0}
            insert(other, "entry_origins", **origin, is_primary=(feed, entry) != (2, 1), first_seen_at=noon)
        for reader, at in ((1, noon), (2, noon + hour // 2), (3, noon + 2 * hour)):
            insert(other, "reads", entry_id=1, reader_key=bytes([reader]) * 16, at=at, via="click", weight=1)
        for name in ("most-read", "most-read/bern"):
            insert(other, "list_entries", name=name, entry_id=1, entered_at=noon)
        other.execute("UPDATE sequences SET next = 3")
        other.commit()


def test_reads_and_lists_of_the_first_schema_live_on_in_stories(url: str, file: Path) -> None:
    upgrade(url, to="0001")
    fill_first_schema(file)
    assert upgrade(url).from_revision == "0001"
    with closing(open_database(url)) as storage:
        assert storage.check() == []
        with storage.write() as transaction:
            first, second = transaction.entries.get_many([1, 2]).values()
            assert (first.story_id, first.reads, first.data.content_html) == (1, 3, "long")
            assert (second.story_id, second.reads) == (2, 0)
            again = ReadEvent(entry_id=1, at=NOON, via=Via.CLICK, reader_key=bytes([1]) * 16)
            assert transaction.reads.add([again]) == 0
            entered = [Entered(entry_id=1, at=NOON)]
            assert transaction.lists.entered("topics/bern/most-read", limit=9) == entered
            assert transaction.lists.entered("most-read", limit=9) == entered
            half_lives = {ranking: scale.half_life for ranking, scale in transaction.stories.scales().items()}
            assert transaction.stories.use_half_lives(half_lives, now=NOON), "sums are made of what was stored"
            transaction.stories.rank(dict.fromkeys(Ranking, Worth(coverage=1.0, exposure=0.0)), now=NOON + timedelta(hours=2))
            (story,) = transaction.stories.ranked(Ranking.MOST_READ, limit=9)
    assert (story.id, story.readers, story.publishers) == (1, 3, 2)
    assert story.score > 5
