"""The store, as the flows see it: one protocol a noun, reached through a transaction.

Any method can raise StorageError or StorageBusy. Times given must be aware; times returned are aware UTC.
Nothing is kept unless the `with` block of `Storage.write` ends without an exception.
"""

from __future__ import annotations

from aggregator.storage.entries import EntryStore, TopicRow, TopicStore
from aggregator.storage.feeds import ArticleStore, FeedStore, HealthStore
from aggregator.storage.grouping import GroupingStore
from aggregator.storage.keypoints import KeyPointStore, Summary
from aggregator.storage.outgoing import DocumentStore, PushStore
from aggregator.storage.rankings import EditionStore, ListStore, ReadStore, StoryStore
from aggregator.storage.readers import ReaderStore, StateStore, StreamStore
from aggregator.storage.related import RelatedStore
from aggregator.storage.search import SearchStore
from aggregator.storage.transaction import (
    GROUPED_NOTE,
    INTERVENED_NOTE,
    LAST_PASS_NOTE,
    LEVEL_NOTE,
    TITLES_LEFT_NOTE,
    TOPICS_LEFT_NOTE,
    Ranges,
    Storage,
    StoreCounts,
    Transaction,
    read_ranges,
    write_ranges,
)

__all__ = [
    "GROUPED_NOTE",
    "INTERVENED_NOTE",
    "LAST_PASS_NOTE",
    "LEVEL_NOTE",
    "TITLES_LEFT_NOTE",
    "TOPICS_LEFT_NOTE",
    "ArticleStore",
    "DocumentStore",
    "EditionStore",
    "EntryStore",
    "FeedStore",
    "GroupingStore",
    "HealthStore",
    "KeyPointStore",
    "ListStore",
    "PushStore",
    "Ranges",
    "ReadStore",
    "ReaderStore",
    "RelatedStore",
    "SearchStore",
    "StateStore",
    "Storage",
    "StoreCounts",
    "StoryStore",
    "StreamStore",
    "Summary",
    "TopicRow",
    "TopicStore",
    "Transaction",
    "read_ranges",
    "write_ranges",
]
