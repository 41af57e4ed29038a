"""Opens a database and hands out transactions: the body of `aggregator.storage.Storage`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select

from aggregator.model.feed import FeedState
from aggregator.storage import LAST_PASS_NOTE, TITLES_LEFT_NOTE, TOPICS_LEFT_NOTE, StoreCounts, read_ranges
from aggregator.store import dialect, notes
from aggregator.store.articles import SqlArticleStore
from aggregator.store.documents import SqlDocumentStore
from aggregator.store.editions import SqlEditionStore
from aggregator.store.engine import BUSY_TIMEOUT, CommitsBehind, make_engine, reading, writing
from aggregator.store.entries import SqlEntryStore
from aggregator.store.faults import our_errors, our_file_errors
from aggregator.store.feeds import SqlFeedStore
from aggregator.store.grouping import SqlGroupingStore
from aggregator.store.health import SqlHealthStore
from aggregator.store.invariants import broken_invariants
from aggregator.store.keypoints import SqlKeyPointStore
from aggregator.store.lists import SqlListStore
from aggregator.store.push import SqlPushStore
from aggregator.store.reader_tables import readers
from aggregator.store.readers import SqlReaderStore
from aggregator.store.reading import SqlReadStore
from aggregator.store.related import SqlRelatedStore
from aggregator.store.schema import differing_tables, require_schema, schema_of
from aggregator.store.search import SqlSearchStore
from aggregator.store.sessions import SqlSessionStore
from aggregator.store.states import SqlStateStore
from aggregator.store.stories import SqlStoryStore
from aggregator.store.streams import SqlStreamStore
from aggregator.store.tables import entries, feeds, reads, stories, topics
from aggregator.store.topics import SqlTopicStore
from aggregator.store.upgrade import upgrade


class SqlTransaction:
    """`Transaction`: the nouns of the store over one connection."""

    def __init__(self, connection: Connection, *, writable: bool) -> None:
        self._connection = connection
        self._writable = writable

    @cached_property
    def feeds(self) -> SqlFeedStore:
        """The feeds."""
        return SqlFeedStore(self._connection)

    @cached_property
    def entries(self) -> SqlEntryStore:
        """The entries."""
        return SqlEntryStore(self._connection, writable=self._writable)

    @cached_property
    def topics(self) -> SqlTopicStore:
        """The topics."""
        return SqlTopicStore(self._connection)

    @cached_property
    def reads(self) -> SqlReadStore:
        """The reads."""
        return SqlReadStore(self._connection)

    @cached_property
    def readers(self) -> SqlReaderStore:
        """The people with accounts."""
        return SqlReaderStore(self._connection)

    @cached_property
    def sessions(self) -> SqlSessionStore:
        """Where they are logged in."""
        return SqlSessionStore(self._connection)

    @cached_property
    def states(self) -> SqlStateStore:
        """What they read and starred."""
        return SqlStateStore(self._connection)

    @cached_property
    def streams(self) -> SqlStreamStore:
        """The lists they subscribe to."""
        return SqlStreamStore(self._connection)

    @cached_property
    def stories(self) -> SqlStoryStore:
        """The stories."""
        return SqlStoryStore(self._connection)

    @cached_property
    def grouping(self) -> SqlGroupingStore:
        """What grouping asks and tells."""
        return SqlGroupingStore(self._connection)

    @cached_property
    def key_points(self) -> SqlKeyPointStore:
        """The key points of stories."""
        return SqlKeyPointStore(self._connection)

    @cached_property
    def related(self) -> SqlRelatedStore:
        """Related stories."""
        return SqlRelatedStore(self._connection)

    @cached_property
    def lists(self) -> SqlListStore:
        """The ranked lists."""
        return SqlListStore(self._connection)

    @cached_property
    def editions(self) -> SqlEditionStore:
        """The editions."""
        return SqlEditionStore(self._connection)

    @cached_property
    def documents(self) -> SqlDocumentStore:
        """The rendered documents."""
        return SqlDocumentStore(self._connection)

    @cached_property
    def push(self) -> SqlPushStore:
        """Push."""
        return SqlPushStore(self._connection)

    @cached_property
    def health(self) -> SqlHealthStore:
        """The health of the feeds."""
        return SqlHealthStore(self._connection)

    @cached_property
    def articles(self) -> SqlArticleStore:
        """The articles."""
        return SqlArticleStore(self._connection)

    @cached_property
    def search(self) -> SqlSearchStore:
        """The full-text index."""
        return SqlSearchStore(self._connection)

    def counts(self) -> StoreCounts:
        """Return the store at a glance."""
        by_state = select(feeds.c.state, func.count()).where(feeds.c.configured).group_by(feeds.c.state)
        states: dict[str, int] = dict(self._connection.execute(by_state).all())
        last_pass = self.noted(LAST_PASS_NOTE)
        return StoreCounts(
            feeds=sum(states.values()),
            feeds_ok=states.get(FeedState.OK, 0) + states.get(FeedState.BROKEN, 0),  # a malformed document was read, too
            feeds_failing=states.get(FeedState.FAILING, 0),
            feeds_gone=states.get(FeedState.GONE, 0),
            entries=self._connection.execute(select(func.count()).select_from(entries)).scalar_one(),
            stories=self._connection.execute(select(func.count()).select_from(stories)).scalar_one(),
            topics=self._connection.execute(select(func.count()).select_from(topics)).scalar_one(),
            readers=self._connection.execute(select(func.count()).select_from(readers)).scalar_one(),
            reads=self._connection.execute(select(func.count()).select_from(reads)).scalar_one(),
            titles_left=int(self.noted(TITLES_LEFT_NOTE) or 0),
            topics_left=self.entries.count_changed(set(read_ranges(self.noted(TOPICS_LEFT_NOTE)).values())),
            last_pass_at=None if last_pass is None else datetime.fromisoformat(last_pass),
        )

    def note(self, key: str, value: str) -> None:
        """Remember a small fact under a key."""
        notes.note(self._connection, key, value)

    def noted(self, key: str) -> str | None:
        """Return the fact remembered under a key."""
        return notes.noted(self._connection, key)


class SqlStorage:
    """`Storage` over an engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def url(self) -> str:
        """The address of the database, without password."""
        return self._engine.url.render_as_string(hide_password=True)

    @contextmanager
    def read(self) -> Iterator[SqlTransaction]:
        """Open a transaction that sees one consistent state and writes nothing."""
        with reading(self._engine) as connection:
            yield SqlTransaction(connection, writable=False)

    @contextmanager
    def write(self) -> Iterator[SqlTransaction]:
        """Open a transaction that is kept as a whole or not at all."""
        with writing(self._engine) as connection:
            yield SqlTransaction(connection, writable=True)

    @contextmanager
    def write_behind(self) -> Iterator[Callable[[], AbstractContextManager[SqlTransaction]]]:
        """Hand out what opens transactions as `write` does; each is kept while the next is prepared."""
        with CommitsBehind(self._engine) as commits:

            @contextmanager
            def write() -> Iterator[SqlTransaction]:
                with commits.writing() as connection:
                    yield SqlTransaction(connection, writable=True)

            yield write

    def size_bytes(self) -> int:
        """Return what the database takes on disk."""
        with our_errors("size"), our_file_errors("size"):
            return dialect.size_bytes(self._engine)

    def backup(self, target: Path) -> None:
        """Copy the database to a new file while it is in use. Raises: StorageError also where `target` exists."""
        dialect.backup(self._engine, target)

    def check(self) -> list[str]:
        """Return what is wrong with the database, in words; nothing if it is intact."""
        with reading(self._engine) as connection:
            # A lost table or a damaged file makes questions about the content pointless, and they would fail.
            missing, _ = differing_tables(connection)
            lost = [f"there is no table {name}" for name in missing]
            return lost or dialect.damages(connection) or broken_invariants(connection)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def open_database(url: str, *, busy_timeout: timedelta = BUSY_TIMEOUT) -> SqlStorage:
    """Open a database; one that does not exist yet, or is empty, is made.

    Raises: SchemaOutdated for another version's schema (see `store.upgrade`); StorageError.
    """
    engine = make_engine(dialect.parse_url(url), busy_timeout=busy_timeout)
    try:
        found = schema_of(engine)
        if found is None:
            upgrade(url)
        else:
            require_schema(found)
    except BaseException:
        engine.dispose()
        raise
    return SqlStorage(engine)
