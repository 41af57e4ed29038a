"""From a normalised document to what the store has to write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aggregator.model.entry import EntryData
from aggregator.model.feed import FeedData, PollState
from aggregator.model.light import light


@light
class EntryUpdate:
    """One normalised entry with its identities.

    `guid_key`: 16 bytes, the entry's identity inside its feed (guid, else link, else content).
    `url_key`: 16 bytes over the canonical URL, its identity across feeds; None where the link says nothing about the entry.
    `content_hash`: 16 bytes over what a reader would notice (title, link, texts, enclosures), not over dates.
    """

    data: EntryData
    guid_key: bytes
    url_key: bytes | None
    content_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedUpdate:
    """A normalised document; `entries` in document order, identities unique within it."""

    data: FeedData
    entries: tuple[EntryUpdate, ...]
    problem: str | None = None


@light
class KnownOrigin:
    """What the store knows of an entry in a feed. `primary`: the entry's words come from this feed."""

    entry_id: int
    content_hash: bytes
    primary: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntries:
    """What the store knows of the identities in a batch of updates.

    `by_guid` maps (feed id, guid_key), `by_url` maps url_key to (entry id, ids of the feeds that carry it),
    `by_content` maps (feed id, content_hash) to (entry id, guid_key) for entries without a url_key.
    `next_entry_id` is the first id not given out yet.
    """

    by_guid: Mapping[tuple[int, bytes], KnownOrigin]
    by_url: Mapping[bytes, tuple[int, frozenset[int]]]
    by_content: Mapping[tuple[int, bytes], tuple[int, bytes]]
    next_entry_id: int


@light
class NewEntry:
    """An entry to insert under `id`, with its first origin."""

    id: int
    update: EntryUpdate
    dated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ModifiedEntry:
    """An origin whose content changed; the entry's own data is replaced only where the feed is its primary origin."""

    entry_id: int
    update: EntryUpdate
    primary: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedOrigin:
    """A stored entry that this feed carries under an identity not seen before.

    `rebinds` is true where the feed carried it already under another guid (guid churn): the old identity is replaced.
    """

    entry_id: int
    update: EntryUpdate
    rebinds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChanges:
    """What one document changes; the counts of a report are the lengths, `unmodified` is a count."""

    new: tuple[NewEntry, ...] = ()
    modified: tuple[ModifiedEntry, ...] = ()
    added_origins: tuple[AddedOrigin, ...] = ()
    unmodified: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedChange:
    """All that one poll of one feed changes, written in one transaction.

    `data` is None where the document was not read (304, equal body, failure).
    `url` is set where the feed's address is rewritten after confirmed permanent redirects.
    `pushed` is set where a hub delivered the document: a poll of the feed may be under way, and goes on.
    """

    feed_id: int
    polled_at: datetime
    poll: PollState
    data: FeedData | None = None
    entries: EntryChanges = EntryChanges()
    url: str | None = None
    pushed: bool = False
