"""A reader: a person with an account, what they subscribe to, and what they have read and starred."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

FIRST_LIST_STREAM = 1_000_000_000
"""Stream ids above it are our own lists (topics, rankings), numbered once and never again; below it they are ids of sources."""

SECOND_THOUGHTS = timedelta(seconds=60)
"""A read taken back within this time never counts."""

_ACCOUNT = b"account:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A person with an account. `counts_reads`: what they read counts in rankings; `is_operator`: they run this site."""

    id: int
    name: str
    created_at: datetime
    counts_reads: bool = True
    subscriptions_changed_at: datetime
    is_operator: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser in which a reader is logged in, until `expires_at`; nothing of the browser itself is kept."""

    reader_id: int
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What proves a reader's identity, as stored; nothing here can be used to log in.

    `password_hash` is argon2id's encoded form. The others are SHA-256 of secrets of at least 128 bits: the API password,
    the token of the Google Reader API, and the key of the Fever API.
    """

    password_hash: str
    api_password: bytes
    token: bytes
    fever_key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSubscription:
    """A reader subscribes to a stream; `title` None is the stream's own."""

    stream_id: int
    title: str | None = None
    folders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """What streams are made of: sources by feed id, topics by slug, ranked lists by stream id and name of the list.

    `everything` is every entry stored, wherever it is from.
    """

    feeds: tuple[int, ...] = ()
    topics: tuple[str, ...] = ()
    lists: tuple[tuple[int, str], ...] = ()
    everything: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFilter:
    """Which items of some streams: in which state, first seen when, in which order, how many.

    `seen_from` and `seen_until` are inclusive. `after` (first seen, item id) pages on in the order asked for. With `by_id`
    the order is the item id alone. The order is newest first unless `oldest_first`. `entry_ids` leaves only items of those
    entries (a search).
    """

    entry_ids: tuple[int, ...] | None = None
    read: bool | None = None
    starred: bool | None = None
    seen_from: datetime | None = None
    seen_until: datetime | None = None
    after: tuple[datetime, int] | None = None
    oldest_first: bool = False
    by_id: bool = False
    limit: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Items of a reader: of which streams, and which of those."""

    reader_id: int
    members: Members
    wanted: ItemFilter = ItemFilter()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRef:
    """An entry as an item of a feed reader, with its state; `at` is when it came into its stream.

    An entry on a ranked list is an item of its own (`stream_id` is the list's): feed readers know an item by its id alone and
    keep it where they first met it, which is a topic, so that one that climbs into a ranking later would never show there.
    Ids of both kinds are given out as they come, so they rise with time.
    """

    id: int
    entry_id: int
    at: datetime
    read: bool
    starred: bool
    stream_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedItem:
    """What an item of a ranked list is: the name of the list, the entry, and when it entered."""

    name: str
    entry_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryState:
    """What a reader did with an entry.

    `pending_at` and `pending_weight`: a read that will count once the time for second thoughts is over.
    `counted` stays for ever, so that a reader counts once an entry.
    """

    read_at: datetime | None = None
    starred_at: datetime | None = None
    pending_at: datetime | None = None
    pending_weight: float = 0.0
    counted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """How many unread items a stream has, and when the newest of them came (None: there are none)."""

    count: int
    newest_at: datetime | None


def mark_state(
    state: EntryState, *, at: datetime, read: bool | None = None, starred: bool | None = None, weight: float = 0.0
) -> EntryState:
    """Return the state after a reader's action; `weight` is what a read of this action counts for."""
    if starred is not None and starred != (state.starred_at is not None):
        state = replace(state, starred_at=at if starred else None)
    if read is None or read == (state.read_at is not None):
        return state
    if read:
        state = replace(state, read_at=at)
        if weight > 0 and not state.counted and state.pending_at is None:
            state = replace(state, pending_at=at, pending_weight=weight)
        return state
    state = replace(state, read_at=None)
    if state.pending_at is not None and at - state.pending_at < SECOND_THOUGHTS:
        state = replace(state, pending_at=None, pending_weight=0.0)
    return state


def account_key(reader_id: int) -> bytes:
    """Return the 16 bytes under which a reader's reads are kept: eight fixed ones, then the id.

    Keys of anonymous readers are 16 bytes of an HMAC; one of them begins like this by a chance of 2^-64.
    """
    return _ACCOUNT + reader_id.to_bytes(16 - len(_ACCOUNT), "big")
