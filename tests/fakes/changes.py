"""Feed changes made by hand, as ingest makes them from polls."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from aggregator.model.change import AddedOrigin, EntryChanges, EntryUpdate, FeedChange, ModifiedEntry, NewEntry
from aggregator.model.entry import Entry, EntryData
from aggregator.model.feed import Feed, FeedData, FeedSettings, FeedState, PollState, Validators
from aggregator.storage import Storage, Transaction

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def key_of(text: str) -> bytes:
    """A key as normalise makes them: 16 bytes."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def unset_fields(value: object) -> list[str]:
    """The fields that stand at an empty value: a sample that should show that everything is stored has none of them."""
    assert dataclasses.is_dataclass(value)
    return [field.name for field in dataclasses.fields(value) if getattr(value, field.name) in (None, "", (), 0, False)]


def make_update(guid: str, *, url: str | None = "", title: str | None = None, data: EntryData | None = None) -> EntryUpdate:
    """An entry of a document; `url` "" makes one up, None is an entry without identity across feeds."""
    link = f"https://example.org/{guid}" if url == "" else url
    data = data or EntryData(title=title or f"Title of {guid}", guid=guid, url=link)
    return EntryUpdate(
        data=data,
        guid_key=key_of(guid),
        url_key=key_of(link) if link else None,
        content_hash=key_of(f"{data.title} {data.url}"),
    )


def ok_poll(now: datetime = NOON, *, every: timedelta = HOUR) -> PollState:
    """The state after a poll that went well."""
    return PollState(
        state=FeedState.OK,
        validators=Validators(etag=b'"\xff1"'),
        last_polled_at=now,
        last_success_at=now,
        next_poll_at=now + every,
        interval=every,
    )


def configure(storage: Storage, *urls: str, now: datetime = NOON) -> list[Feed]:
    """Configure feeds and return them in the order of `urls`."""
    with storage.write() as transaction:
        transaction.feeds.configure([FeedSettings(url=url) for url in urls], now=now)
        found = {feed.settings.url: feed for feed in transaction.feeds.all()}
    return [found[url] for url in urls]


def save(storage: Storage, *changes: FeedChange) -> None:
    """Write changes."""
    with storage.write() as transaction:
        transaction.entries.apply(changes)


def prune_old(transaction: Transaction, *, before: datetime, keep_per_feed: int) -> int:
    """Let retention go over the store; return how many entries went."""
    transaction.entries.forget_unlisted()
    return transaction.entries.prune(transaction.entries.expired(before=before, keep_per_feed=keep_per_feed))


def read_feed(
    feed_id: int,
    *,
    new: Sequence[NewEntry] = (),
    modified: Sequence[ModifiedEntry] = (),
    added: Sequence[AddedOrigin] = (),
    now: datetime = NOON,
    data: FeedData | None = None,
) -> FeedChange:
    """The change of a document that was read."""
    return FeedChange(
        feed_id=feed_id,
        polled_at=now,
        poll=ok_poll(now),
        data=data or FeedData(title=f"Feed {feed_id}"),
        entries=EntryChanges(new=tuple(new), modified=tuple(modified), added_origins=tuple(added)),
    )


def add_entries(
    storage: Storage, feed_id: int, *guids: str, now: datetime = NOON, dated_at: datetime | None = None, step: timedelta = HOUR
) -> list[Entry]:
    """Store new entries of a feed, each `step` older than the one before, and return them."""
    with storage.write() as transaction:
        first = transaction.entries.known([]).next_entry_id
        new = [
            NewEntry(id=first + place, update=make_update(guid), dated_at=(dated_at or now) - place * step)
            for place, guid in enumerate(guids)
        ]
        transaction.entries.apply([read_feed(feed_id, new=new, now=now)])
        found = transaction.entries.get_many(entry.id for entry in new)
    return [found[entry.id] for entry in new]
