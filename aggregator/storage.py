"""The store, as the flows see it: one protocol a noun, reached through a transaction.

Any method can raise StorageError or StorageBusy. Times given must be aware; times returned are aware UTC.
Nothing is kept unless the `with` block of `Storage.write` ends without an exception.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from aggregator.model.article import Article, WantedArticle
from aggregator.model.change import EntryUpdate, FeedChange, KnownEntries
from aggregator.model.document import Rendered
from aggregator.model.entry import Entry
from aggregator.model.feed import Feed, FeedSettings
from aggregator.model.health import FeedEvent, FeedSearch
from aggregator.model.push import Delivery, Ping, Queued, Subscription
from aggregator.model.reader import Credentials, EntryState, ItemRef, Reader, Selection, StoredSubscription, Unread
from aggregator.model.reading import ReadEvent
from aggregator.model.robots import RobotsFile
from aggregator.model.story import Entered, ListPlace, Ranking, Scale, SiteHour, StoryStanding, Window, Worth
from aggregator.model.topic import Assignment, Topic

LAST_PASS_NOTE = "last_pass_at"  # noqa: S105 - no password but the key of a note: when the last pass ended, ISO 8601
LEVEL_NOTE = "level"  # key of the note that says the level of traffic that ranking goes by (`rank.levels.Level`)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreCounts:
    """The store at a glance; the nouns are counts of rows."""

    feeds: int
    feeds_ok: int
    feeds_failing: int
    feeds_gone: int
    entries: int
    stories: int
    topics: int
    readers: int
    reads: int
    last_pass_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRow:
    """A stored topic: how far its rules have been applied (`revision` of the last entry looked at), and its counts."""

    slug: str
    title: str
    rules_hash: str
    revision: int
    entries: int


class FeedStore(Protocol):
    """Feeds, and the memory of polling them."""

    def configure(self, feeds: Sequence[FeedSettings], *, now: datetime) -> tuple[int, int]:
        """Make the stored feeds those of the configuration; return how many were added and how many taken out.

        A feed taken out keeps its entries and its poll state, is not claimed any more and not listed; put back, it goes on
        where it was, so that taking out and putting back cannot poll early.
        """
        ...

    def claim_due(self, *, now: datetime, limit: int, lease: timedelta, owner: str, everything: bool = False) -> list[Feed]:
        """Lease up to `limit` feeds that are due, longest overdue first; no other owner gets them until the lease ends.

        `everything` claims every feed not polled since `now` (a pass over all), due or not; gone feeds never.
        """
        ...

    def release(self, owner: str, *, not_before: datetime | None = None) -> int:
        """Give back what `owner` has leased and not saved; with `not_before`, none of it is due until then."""
        ...

    def lease_owners(self) -> Sequence[str]:
        """Return the owners of the leases that stand now, so that those of dead processes can be released."""
        ...

    def hold_site(self, site: str, *, until: datetime) -> int:
        """Let no feed of the site be due before `until` (429 speaks for the whole host)."""
        ...

    def all(self) -> list[Feed]:
        """Return every configured feed, by title."""
        ...

    def find(self, url: str) -> Feed | None:
        """Return the feed with that URL, if it is configured."""
        ...

    def get_many(self, ids: Iterable[int]) -> dict[int, Feed]:
        """Return the configured feeds among `ids`."""
        ...

    def next_due_at(self) -> datetime | None:
        """Return when the next feed is due (None: no feed, or all gone)."""
        ...

    def retry_now(self, url: str, *, now: datetime) -> bool:
        """Make the feed due at once."""
        ...


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

    def ids_by_url(self, url_keys: Iterable[bytes]) -> dict[bytes, int]:
        """Return the entries at addresses (`normalise.identity.url_key`), where there are any; of several the oldest."""
        ...

    def changed_since(self, revision: int, *, limit: int) -> list[Entry]:
        """Return entries with a higher revision, by revision."""
        ...

    def newest(self, *, limit: int, before: datetime | None = None) -> list[Entry]:
        """Return the newest entries over all, by `dated_at` falling, then by id."""
        ...

    def get_many(self, ids: Iterable[int]) -> dict[int, Entry]:
        """Return the entries that exist among `ids`."""
        ...

    def prune(self, *, before: datetime, keep_per_feed: int) -> int:
        """Delete entries first seen and dated before, but never the last `keep_per_feed` of a feed.

        What is deleted stays known as an identity for as long as the feed lists it, so that it does not come back as new.
        """
        ...


class TopicStore(Protocol):
    """Topics and what belongs to them."""

    def configure(self, topics: Sequence[Topic]) -> None:
        """Make the stored topics those of the configuration; one whose rules changed starts over from revision 0."""
        ...

    def all(self) -> list[TopicRow]:
        """Return the topics in the order of the configuration."""
        ...

    def assign(
        self, slugs: Sequence[str], entry_ids: Sequence[int], assignments: Sequence[Assignment], *, revision: int
    ) -> None:
        """Replace what `slugs` hold of `entry_ids` by `assignments`, and remember that they were looked at up to `revision`."""
        ...

    def entries(self, slug: str, *, limit: int, before: tuple[datetime, int] | None = None) -> list[Entry]:
        """Return the entries of a topic, newest first; `before` (dated_at, id) pages on."""
        ...

    def of_entry(self, entry_id: int) -> list[str]:
        """Return the slugs of the topics an entry belongs to."""
        ...


class ReadStore(Protocol):
    """Reads, one a reader and story."""

    def add(self, events: Sequence[ReadEvent]) -> int:
        """Record reads, one a reader key and story; return how many were new. Sums and counts of stories rise in the same step.

        Reads of entries that do not exist are dropped, and so are those without weight.
        """
        ...

    def salt(self, day: date) -> bytes:
        """Return the random salt of a UTC day, made on first use; salts older than two days are deleted."""
        ...

    def readers_a_day(self, *, since: datetime, until: datetime) -> float:
        """Return the mean of distinct readers a UTC day, over the days on which anybody read; 0 if nobody did."""
        ...

    def prune(self, *, before: datetime) -> int:
        """Delete read events from before; sums and counts stay, hourly counts for as long as the longest window."""
        ...


class StoryStore(Protocol):
    """Stories and their decayed sums; scores are made of the sums when stories are ranked."""

    def scales(self) -> Mapping[Ranking, Scale]:
        """Return how the sums decay now."""
        ...

    def use_half_lives(self, half_lives: Mapping[Ranking, timedelta], *, now: datetime) -> bool:
        """Recompute every sum from stored reads, exposures and origins unless they decay by these half-lives already.

        Returns whether it did. Reads older than their retention no longer count after a change.
        """
        ...

    def rebase(self, ranking: Ranking, *, zero: datetime, factor: float) -> None:
        """Move the zero of an order: every sum and score of it is multiplied by `factor`, so that no order changes."""
        ...

    def expose(self, exposures: Mapping[int, float], *, at: datetime) -> None:
        """Add exposures to stories; those no longer stored are passed over."""
        ...

    def rank(self, worths: Mapping[Ranking, Worth], *, now: datetime, everything: bool = False) -> int:
        """Bring windows and scores of the stories that changed, or all, up to date; return how many changed.

        score = reads + worth.coverage * publishers - worth.exposure * exposures, each as its decayed sum.
        """
        ...

    def ranked(self, ranking: Ranking, *, limit: int, topic: str | None = None) -> list[StoryStanding]:
        """Return stories by score falling, then the newer id; *Meistgelesen* holds what was read in the last 24 hours.

        A topic's *Trend* is looked for among its newest entries and the first of the whole order.
        """
        ...

    def most_read(self, window: Window, *, limit: int, topic: str | None = None) -> list[StoryStanding]:
        """Return stories by their readers in the window falling, then the newer id; the score is the number of readers."""
        ...

    def standings(self, story_ids: Iterable[int], ranking: Ranking) -> dict[int, StoryStanding]:
        """Return the stories that exist among `story_ids`; a score not made yet is 0."""
        ...

    def of_entries(self, entry_ids: Iterable[int]) -> dict[int, int]:
        """Return the story of each entry that exists."""
        ...

    def site_hours(self, *, since: datetime) -> list[SiteHour]:
        """Return what happened in each hour since, where anything did."""
        ...

    def merge(self, into: int, other: int) -> None:
        """Make two stories one, `into`: a reader of both counts once, as of the earlier read, while read events exist."""
        ...


class ListStore(Protocol):
    """Ranked lists as the last ranking left them, what entered them and how often they were seen."""

    def places(self, name: str) -> list[ListPlace]:
        """Return the list `name`, best first."""
        ...

    def put_places(self, name: str, places: Sequence[ListPlace]) -> None:
        """Replace the list `name`."""
        ...

    def drop_others(self, names: Iterable[str]) -> None:
        """Delete the places of lists that are not among `names`; what entered them is kept."""
        ...

    def add_views(self, views: Mapping[tuple[str, int], int]) -> None:
        """Add views of the first so many places (0: all) of lists."""
        ...

    def take_views(self) -> dict[tuple[str, int], int]:
        """Return the views since they were last taken, and begin again from zero."""
        ...

    def entered(self, name: str, *, limit: int) -> list[Entered]:
        """Return what entered the list `name`, latest first, then by entry id falling."""
        ...

    def enter(self, name: str, entered: Sequence[Entered]) -> None:
        """Record that entries entered the list `name`; one that entered before keeps its time and figures."""
        ...


class ReaderStore(Protocol):
    """People with accounts, and what they subscribe to."""

    def add(self, name: str, credentials: Credentials, *, now: datetime) -> Reader:
        """Make an account.

        Raises: ReaderExists; names that differ in case only are the same.
        """
        ...

    def all(self) -> list[Reader]:
        """Return every reader, by name."""
        ...

    def find(self, name: str) -> Reader | None:
        """Return the reader with that name, whatever its case."""
        ...

    def by_token(self, digest: bytes) -> Reader | None:
        """Return the reader whose token has that SHA-256."""
        ...

    def by_fever_key(self, digest: bytes) -> Reader | None:
        """Return the reader whose Fever key has that SHA-256."""
        ...

    def credentials(self, reader_id: int) -> Credentials:
        """Return what proves a reader's identity."""
        ...

    def set_credentials(self, reader_id: int, credentials: Credentials) -> None:
        """Replace what proves a reader's identity."""
        ...

    def set_counts_reads(self, reader_id: int, *, counts_reads: bool) -> None:
        """Say whether the reader's reads count; those that wait to be counted never will where they do not."""
        ...

    def remove(self, reader_id: int) -> None:
        """Delete the account and everything kept under it, reads included; numbers they were added to stay."""
        ...

    def subscriptions(self, reader_id: int) -> list[StoredSubscription]:
        """Return the reader's subscriptions, by stream."""
        ...

    def subscribe(self, reader_id: int, subscriptions: Sequence[StoredSubscription], *, now: datetime) -> None:
        """Insert or replace subscriptions."""
        ...

    def unsubscribe(self, reader_id: int, stream_ids: Sequence[int], *, now: datetime) -> None:
        """Delete subscriptions; what was read and starred stays."""
        ...

    def reads(self, reader_id: int) -> list[ReadEvent]:
        """Return the reads kept under the reader's key, oldest first."""
        ...


class StateStore(Protocol):
    """What readers read and starred, and the items of their streams."""

    def items(self, selection: Selection) -> list[ItemRef]:
        """Return items in the order asked for."""
        ...

    def unread_by_stream(self, selection: Selection) -> dict[int | str, Unread]:
        """Return what is unread in each stream of the selection: by feed id, slug, or stream id of a ranked list."""
        ...

    def count_unread(self, selection: Selection) -> Unread:
        """Return what is unread in the selection as a whole."""
        ...

    def of_entries(self, reader_id: int, entry_ids: Sequence[int]) -> dict[int, EntryState]:
        """Return the states of those entries that have one."""
        ...

    def mark(
        self,
        reader_id: int,
        entry_ids: Sequence[int],
        *,
        at: datetime,
        read: bool | None = None,
        starred: bool | None = None,
        weight: float = 0.0,
    ) -> int:
        """Change states (`model.reader.mark_state`) and return how many entries became read; unknown ones are passed over."""
        ...

    def mark_all_read(self, selection: Selection, *, at: datetime) -> int:
        """Make every item of the selection read, without counting it, and return how many entries that were."""
        ...

    def pending(self, reader_id: int, *, since: datetime) -> int:
        """Return how many reads of the reader since then wait to be counted."""
        ...

    def take_settled(self, *, before: datetime, limit: int) -> list[ReadEvent]:
        """Return reads that waited since before `before`, and remember them as counted, oldest first."""
        ...

    def all_of(self, reader_id: int) -> dict[int, EntryState]:
        """Return every state of a reader, by entry."""
        ...


class StreamStore(Protocol):
    """The lists that readers subscribe to, and their numbers."""

    def number(self, paths: Sequence[str]) -> dict[str, int]:
        """Return the stream ids of our lists by path, giving each new path the next one; no id is ever used again."""
        ...

    def paths(self) -> dict[int, str]:
        """Return the path of every list that has an id."""
        ...

    def topics(self) -> list[tuple[str, str]]:
        """Return slug and title of every topic, in the order of the configuration."""
        ...

    def topics_of(self, entry_ids: Sequence[int]) -> dict[int, list[str]]:
        """Return the slugs of the topics of those entries that have any."""
        ...

    def entered(self, name: str, entry_ids: Sequence[int]) -> dict[int, datetime]:
        """Return when those of the entries that are on the list `name` entered it."""
        ...


class DocumentStore(Protocol):
    """Rendered documents."""

    def get(self, path: str) -> Rendered | None:
        """Return the document at `path` (with suffix)."""
        ...

    def fingerprints(self) -> Mapping[str, str]:
        """Return the fingerprint of every document by path."""
        ...

    def all(self) -> list[Rendered]:
        """Return every document, by path."""
        ...

    def put(self, documents: Sequence[Rendered]) -> None:
        """Insert or replace documents."""
        ...

    def remove(self, paths: Sequence[str]) -> None:
        """Take documents out; their paths are remembered as gone."""
        ...

    def is_gone(self, path: str) -> bool:
        """Return whether a document was at `path` once and was taken out."""
        ...


class PushStore(Protocol):
    """Subscriptions at hubs, what they delivered, and what our own hub has to hear (WebSub)."""

    def due(self, *, now: datetime, limit: int) -> list[Subscription]:
        """Return subscriptions whose hub is to be asked, longest overdue first.

        A feed whose document names a hub has a subscription from then on, wanted at first.
        """
        ...

    def find(self, token: str) -> Subscription | None:
        """Return the subscription with that callback, if its feed is configured."""
        ...

    def save(self, subscription: Subscription) -> None:
        """Write a subscription; while it is active, its feed is pushed until the lease ends."""
        ...

    def remove(self, feed_id: int) -> None:
        """Forget the subscription of a feed that offers no hub any more."""
        ...

    def deliver(self, delivery: Delivery, *, most_waiting: int) -> Queued:
        """Queue a delivery, unless the same was delivered before, or too many of the feed wait already."""
        ...

    def waiting(self, *, limit: int) -> list[Delivery]:
        """Return deliveries not taken in yet, in the order they came."""
        ...

    def taken_in(self, ids: Sequence[int]) -> None:
        """Let go of the bodies of deliveries; that they came stays known."""
        ...

    def forget(self, *, before: datetime) -> int:
        """Delete what is known of deliveries from before."""
        ...

    def hint(self, feed_id: int, *, now: datetime, gap: timedelta) -> None:
        """Make a feed due now, but not sooner than `gap` after its last poll, and never later than it is due anyway."""
        ...

    def announce(self, paths: Sequence[str], *, now: datetime) -> None:
        """Remember documents that changed and that our hub is to hear of."""
        ...

    def pings_due(self, *, now: datetime, limit: int) -> list[Ping]:
        """Return what our hub is to hear now."""
        ...

    def pinged(self, ping: Ping, *, again_at: datetime | None) -> None:
        """Remember that the hub heard of it (`again_at` None), or when to try again; not if it has changed meanwhile."""
        ...


class HealthStore(Protocol):
    """What happened to feeds, and the searches for those that are gone from their address."""

    def add(self, events: Sequence[FeedEvent]) -> None:
        """Remember what happened."""
        ...

    def latest(self, *, limit: int) -> list[FeedEvent]:
        """Return what happened to configured feeds, latest first."""
        ...

    def lost(self, *, now: datetime, failing_for: timedelta, searched_every: timedelta, limit: int) -> list[Feed]:
        """Return feeds that are gone from their address for so long, and were not looked for within `searched_every`.

        Gone are those that are not found (404), are no feed any more, or have ended (410). Those that were found already
        are not looked for again.
        """
        ...

    def save_search(self, search: FeedSearch) -> None:
        """Remember a search and what it found."""
        ...

    def found(self) -> Mapping[int, FeedSearch]:
        """Return by feed id what searches found for feeds that are still gone from their address."""
        ...

    def prune(self, *, before: datetime) -> int:
        """Delete what happened before."""
        ...


class ArticleStore(Protocol):
    """Articles behind entries, and the robots.txt of their sites."""

    def wanted(self, feed_ids: Iterable[int], *, since: datetime, limit: int) -> list[WantedArticle]:
        """Return entries of the feeds, first seen since, without an article; newest first."""
        ...

    def save(self, found: Sequence[Article]) -> None:
        """Write articles; those whose entry is gone meanwhile are let go."""
        ...

    def get(self, entry_id: int) -> Article | None:
        """Return the article of an entry, if it was fetched."""
        ...

    def robots(self, sites: Iterable[str]) -> Mapping[str, RobotsFile]:
        """Return by site what is known of its robots.txt."""
        ...

    def save_robots(self, files: Sequence[RobotsFile]) -> None:
        """Write what sites said."""
        ...

    def visited(self, sites: Iterable[str], *, at: datetime) -> None:
        """Remember when a page of the sites was fetched last."""
        ...


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
    def lists(self) -> ListStore:
        """The ranked lists."""
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
        """Open a transaction that is kept as a whole or not at all.

        Raises: StorageBusy after waiting for the lock; StorageError for a full disk, a damaged file, a lost connection.
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
