"""The transaction that reaches every noun, and the storage that opens it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from aggregator.storage.entries import EntryStore, TopicStore
from aggregator.storage.feeds import ArticleStore, FeedStore, HealthStore
from aggregator.storage.grouping import GroupingStore
from aggregator.storage.keypoints import KeyPointStore
from aggregator.storage.outgoing import DocumentStore, PushStore
from aggregator.storage.rankings import EditionStore, ListStore, ReadStore, StoryStore
from aggregator.storage.readers import ReaderStore, SessionStore, StateStore, StreamStore
from aggregator.storage.related import RelatedStore
from aggregator.storage.search import SearchStore

LAST_PASS_NOTE = "last_pass_at"  # noqa: S105 - no password but the key of a note: when the last pass ended, ISO 8601
GROUPED_NOTE = "grouped"  # key of the note that says up to which revision of entries stories were made
INTERVENED_NOTE = "intervened"  # key of the note that says how often a person merged or parted stories
TITLES_LEFT_NOTE = "titles_left"  # key of the note that says how many titles wait for their vectors
TOPICS_LEFT_NOTE = "topics_left"  # key of the note that says which entries wait to be compared with what topics are about
LEVEL_NOTE = "level"  # key of the note that says the level of traffic that ranking goes by (`rank.levels.Level`)


Ranges = dict[str, tuple[int, int]]
"""Entries that wait to be compared with a topic: by slug, those with revisions above the first, up to the second."""


def write_ranges(ranges: Ranges) -> str:
    """Return what the note `TOPICS_LEFT_NOTE` says of them."""
    return json.dumps(ranges)


def read_ranges(noted: str | None) -> Ranges:
    """Return what the note `TOPICS_LEFT_NOTE` says; without one nothing waits."""
    return {slug: (after, until) for slug, (after, until) in json.loads(noted or "{}").items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreCounts:
    """The store at a glance; the nouns are counts of rows.

    `titles_left` and `topics_left` are entries that wait to be compared by meaning with stories, and with what topics are
    about.
    """

    feeds: int
    feeds_ok: int
    feeds_failing: int
    feeds_gone: int
    entries: int
    stories: int
    topics: int
    readers: int
    reads: int
    titles_left: int
    topics_left: int
    last_pass_at: datetime | None


class Transaction(Protocol):
    """The nouns of the store, seen from inside one transaction."""

    @property
    def feeds(self) -> FeedStore:
        """The feeds."""
        ...

    @property
    def entries(self) -> EntryStore:
        """The entries."""
        ...

    @property
    def topics(self) -> TopicStore:
        """The topics."""
        ...

    @property
    def reads(self) -> ReadStore:
        """The reads."""
        ...

    @property
    def readers(self) -> ReaderStore:
        """The people with accounts."""
        ...

    @property
    def sessions(self) -> SessionStore:
        """Where they are logged in."""
        ...

    @property
    def states(self) -> StateStore:
        """What they read and starred."""
        ...

    @property
    def streams(self) -> StreamStore:
        """The lists they subscribe to."""
        ...

    @property
    def stories(self) -> StoryStore:
        """The stories."""
        ...

    @property
    def grouping(self) -> GroupingStore:
        """What grouping asks and tells."""
        ...

    @property
    def key_points(self) -> KeyPointStore:
        """The key points of stories."""
        ...

    @property
    def related(self) -> RelatedStore:
        """Related stories."""
        ...

    @property
    def lists(self) -> ListStore:
        """The ranked lists."""
        ...

    @property
    def editions(self) -> EditionStore:
        """The editions."""
        ...

    @property
    def documents(self) -> DocumentStore:
        """The rendered documents."""
        ...

    @property
    def push(self) -> PushStore:
        """Push."""
        ...

    @property
    def health(self) -> HealthStore:
        """The health of the feeds."""
        ...

    @property
    def articles(self) -> ArticleStore:
        """The articles."""
        ...

    @property
    def search(self) -> SearchStore:
        """The full-text index."""
        ...

    def counts(self) -> StoreCounts:
        """Return the store at a glance."""
        ...

    def note(self, key: str, value: str) -> None:
        """Remember a small fact under a key (when the last pass ended, say)."""
        ...

    def noted(self, key: str) -> str | None:
        """Return the fact remembered under a key."""
        ...


class Storage(Protocol):
    """A database with the schema of this version."""

    @property
    def url(self) -> str:
        """The address of the database, without password."""
        ...

    def read(self) -> AbstractContextManager[Transaction]:
        """Open a transaction that sees one consistent state and writes nothing."""
        ...

    def write(self) -> AbstractContextManager[Transaction]:
        """Open a transaction that is kept as a whole or not at all; nobody else writes until it ends.

        Raises: StorageBusy after waiting for the lock; StorageError for a full disk, a damaged file, a lost connection.
        """
        ...

    def write_behind(self) -> AbstractContextManager[Callable[[], AbstractContextManager[Transaction]]]:
        """Hand out what opens transactions as `write` does, one after the other, in one thread.

        Each is kept while the next is prepared, all when this ends. Raises: as `write`, of a transaction also when the next
        one opens or this ends.
        """
        ...

    def size_bytes(self) -> int:
        """Return what the database takes on disk."""
        ...

    def backup(self, target: Path) -> None:
        """Copy the database to a new file while it is in use."""
        ...

    def check(self) -> list[str]:
        """Return what is wrong with the database, in words; nothing if it is intact."""
        ...

    def close(self) -> None:
        """Close every connection."""
        ...
