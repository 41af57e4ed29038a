"""People with accounts: who they are, what they have read, what they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from aggregator.model.reader import (
    Credentials,
    EntryState,
    ItemRef,
    ListedItem,
    Reader,
    Selection,
    Session,
    StoredSubscription,
    Unread,
)
from aggregator.model.reading import ReadEvent


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

    def get(self, reader_id: int) -> Reader | None:
        """Return the reader with that id."""
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

    def set_operator(self, reader_id: int, *, is_operator: bool) -> None:
        """Say whether the reader runs this site."""
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


class SessionStore(Protocol):
    """Where readers are logged in, under the SHA-256 of a token that only their browser has."""

    def add(self, digest: bytes, session: Session) -> None:
        """Remember a session."""
        ...

    def find(self, digest: bytes, *, now: datetime) -> Session | None:
        """Return the session, if there is one that has not expired."""
        ...

    def of_reader(self, reader_id: int) -> list[Session]:
        """Return the sessions of a reader, oldest first."""
        ...

    def end(self, digest: bytes) -> None:
        """Forget a session; none is no error."""
        ...

    def end_all(self, reader_id: int, *, but: bytes | None = None) -> None:
        """Forget the sessions of a reader, all `but` one."""
        ...

    def prune(self, *, now: datetime) -> int:
        """Forget the sessions that have expired and return how many."""
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

    def listed(self, item_ids: Sequence[int]) -> dict[int, ListedItem]:
        """Return those of the items that are entries on ranked lists."""
        ...
