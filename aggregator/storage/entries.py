"""Entries and the topics they belong to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aggregator.model.change import EntryUpdate, FeedChange, KnownEntries
from aggregator.model.coverage import TopicStory
from aggregator.model.entry import Entry
from aggregator.model.topic import Assignment, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRow:
    """A stored topic: how far its rules have been applied (`revision` of the last entry looked at), and its counts."""

    slug: str
    title: str
    rules_hash: str
    revision: int
    entries: int


class EntryStore(Protocol):
    """Entries and the feeds that carry them."""

    def known(self, updates: Sequence[tuple[int, Sequence[EntryUpdate]]]) -> KnownEntries:
        """Return what is known of the identities in `updates` (pairs of feed id and its entries).

        Where the guid is known, URL and content are not looked up. In a writing transaction no other writer gives out ids
        until its end, so deciding and `apply` belong into the same one.
        """
        ...

    def apply(self, changes: Sequence[FeedChange]) -> None:
        """Write entries, origins and poll states of many feeds, and end their leases.

        A new entry founds a story; an origin of a site that did not carry its story yet counts as coverage of it.
        """
        ...

    def get(self, entry_id: int) -> Entry | None:
        """Return one entry."""
        ...

    def url_of(self, entry_id: int) -> str | None:
        """Return the address of an entry, at a quarter of the cost of `get`; None where it has none, or is not stored."""
        ...

    def ids_by_url(self, url_keys: Iterable[bytes]) -> dict[bytes, int]:
        """Return the entries at addresses (`normalise.identity.url_key`), where there are any; of several the oldest."""
        ...

    def changed_since(self, revision: int, *, limit: int) -> list[Entry]:
        """Return entries with a higher revision, by revision."""
        ...

    def changed_until(self, revision: int, *, after: int, limit: int) -> list[Entry]:
        """Return entries with revisions above `after`, up to one, by revision falling."""
        ...

    def count_changed(self, ranges: Collection[tuple[int, int]]) -> int:
        """Return how many entries have revisions above the first, up to the second number of any of the ranges."""
        ...

    def newest(self, *, limit: int, before: datetime | None = None) -> list[Entry]:
        """Return the newest entries over all, by `dated_at` falling, then by id."""
        ...

    def newest_of(self, feed_id: int, *, limit: int) -> list[Entry]:
        """Return the entries of a feed that came in last, last first."""
        ...

    def get_many(self, ids: Iterable[int]) -> dict[int, Entry]:
        """Return the entries that exist among `ids`."""
        ...

    def block(self, entry_ids: Iterable[int]) -> int:
        """Delete entries at once, by a person's decision; return how many there were. They stay known, as with `prune`."""
        ...

    def forget_unlisted(self) -> None:
        """Forget identities of deleted entries that their feed listed neither since the last call nor before it."""
        ...

    def expired(self, *, before: datetime, keep_per_feed: int) -> Sequence[int]:
        """Return entries first seen and dated before, but never the last `keep_per_feed` of a feed, nor what is starred.

        It takes long in a large store; a transaction that writes is not to wait for it.
        """
        ...

    def prune(self, entry_ids: Sequence[int]) -> int:
        """Delete expired entries, those that were starred meanwhile excepted; return how many went.

        What is deleted stays known as an identity for as long as the feed lists it, so that it does not come back as new.
        """
        ...


class TopicStore(Protocol):
    """Topics and what belongs to them."""

    def configure(self, topics: Sequence[Topic]) -> None:
        """Make the stored topics those of the configuration; one whose rules changed starts over from revision 0."""
        ...

    def all(self, *, counted: bool = True) -> list[TopicRow]:
        """Return the topics in the order of the configuration; not `counted`, their `entries` are 0, and it costs no scan."""
        ...

    def assign(
        self, slugs: Sequence[str], entry_ids: Sequence[int], assignments: Sequence[Assignment], *, revision: int | None
    ) -> None:
        """Replace what `slugs` hold of `entry_ids` by `assignments`, and remember that they were looked at up to `revision`.

        None: they were looked at no further than before.
        """
        ...

    def entries(self, slug: str, *, limit: int, before: tuple[datetime, int] | None = None) -> list[Entry]:
        """Return the entries of a topic, newest first; `before` (dated_at, id) pages on."""
        ...

    def stories(self, slug: str, *, limit: int, before: tuple[datetime, int] | None = None) -> list[TopicStory]:
        """Return the stories of a topic by the newest entry that they have in it, newest first; `before` (a place) pages on.

        Shown is the entry that stands for the story where it is in the topic, else the first that is.
        """
        ...

    def newest_stories(self, slugs: Sequence[str], *, limit: int) -> dict[str, list[Entry]]:
        """Return for each topic the entries to show of its first stories, as `stories` has them, all topics in one go.

        Only the newest entries of each topic are looked at: a topic whose last hundred are of few stories shows those few.
        """
        ...

    def listed(self, slug: str, story_ids: Collection[int]) -> dict[int, TopicStory]:
        """Return the stories among these that have entries in the topic."""
        ...

    def story_counts(self) -> dict[str, int]:
        """Return of how many stories each topic holds entries; topics without any are left out."""
        ...

    def of_entries(self, entry_ids: Iterable[int]) -> set[str]:
        """Return the slugs of the topics that any of the entries belongs to."""
        ...

    def of_entry(self, entry_id: int) -> list[str]:
        """Return the slugs of the topics an entry belongs to."""
        ...
