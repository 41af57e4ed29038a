"""What feed readers keep in step with us: the items of a reader's streams, and what was read and starred.

Everything the Google Reader, Fever and Miniflux APIs do is here, once; the doors only speak their languages.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from aggregator.library.catalogue import Catalogue, ReaderSite, Stream
from aggregator.library.subscribing import Subscription, find_stream, folders_of, members_of, subscriptions_in
from aggregator.model.entry import Entry
from aggregator.model.reader import (
    EntryState,
    ItemFilter,
    ItemRef,
    Members,
    Reader,
    Selection,
    Unread,
)
from aggregator.rank.batches import sync_weight
from aggregator.rank.counting import NotCounted
from aggregator.storage import Storage, Transaction

ITEM_ID_LIMIT = 10**15  # ids stay below, so that no 16-digit number is taken for 16 hex digits
PENDING_WINDOW = timedelta(minutes=1)  # of rank.batches.READS_A_MINUTE
_UNTOUCHED = EntryState()

Tell = Callable[[NotCounted | None, int], None]
"""Hears how many reads do not count, and why, or (None) that they will unless they are taken back; never whose."""


def tell_nobody(_reason: NotCounted | None, _count: int) -> None:
    """Tell nobody."""


class Kind(enum.Enum):
    """What a stream's name names."""

    FEED = "feed"  # a number or an address
    FOLDER = "folder"
    READING_LIST = "reading-list"
    READ = "read"
    STARRED = "starred"
    UNKNOWN = "unknown"  # a state we do not keep: it holds nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamName:
    """A stream as a client names it."""

    kind: Kind
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
    """Some items of a stream; `more` is the place after which it goes on (None: this was the last)."""

    items: tuple[ItemRef, ...]
    more: tuple[datetime, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry as a feed reader shows it: in one stream, under its title, with its state."""

    ref: ItemRef
    entry: Entry
    stream_id: int
    stream_title: str
    page_url: str
    folders: tuple[str, ...] = ()
    is_source: bool = True

    @property
    def published_at(self) -> datetime:
        """The date to sort by: the entry's own, or when it entered its ranked list."""
        return self.entry.dated_at if self.ref.stream_id is None else self.ref.at


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadCounts:
    """What is unread: by subscription, by folder, and as a whole."""

    subscriptions: tuple[tuple[Subscription, Unread], ...]
    folders: Mapping[str, Unread] = field(default_factory=dict)
    total: Unread


def find_items(storage: Storage, reader: Reader, site: ReaderSite, name: StreamName, wanted: ItemFilter) -> ItemPage:
    """Return a page of a stream, without the entries themselves."""
    with storage.read() as tx:
        return _find(tx, _Shelf.of(tx, reader, site), name, wanted)


def read_stream(
    storage: Storage, reader: Reader, site: ReaderSite, name: StreamName, wanted: ItemFilter
) -> tuple[list[Item], tuple[datetime, int] | None]:
    """Return a page of a stream with its entries, and where it goes on."""
    with storage.read() as tx:
        shelf = _Shelf.of(tx, reader, site)
        page = _find(tx, shelf, name, wanted)
        stream = find_stream(shelf.catalogue, name.name) if name.kind is Kind.FEED else None
        entries = tx.entries.get_many(ref.entry_id for ref in page.items)
        return _items(tx, shelf, page.items, entries, stream=stream), page.more


def read_items(storage: Storage, reader: Reader, site: ReaderSite, item_ids: Sequence[int]) -> list[Item]:
    """Return items by their ids, in that order; those that do not exist are left out."""
    ids = [item_id for item_id in dict.fromkeys(item_ids) if is_item_id(item_id)]
    with storage.read() as tx:
        shelf = _Shelf.of(tx, reader, site)
        listed = tx.streams.listed(ids)
        streams = {name: stream.id for stream in shelf.catalogue.lists.values() for _, name in stream.members.lists}
        entries = tx.entries.get_many(listed[item_id].entry_id if item_id in listed else item_id for item_id in ids)
        states = tx.states.of_entries(reader.id, list(entries))
        refs = []
        for item_id in ids:
            on_list = listed.get(item_id)
            entry = entries.get(item_id if on_list is None else on_list.entry_id)
            if entry is None or (on_list is not None and on_list.name not in streams):
                continue
            state = states.get(entry.id, _UNTOUCHED)
            refs.append(
                ItemRef(
                    id=item_id,
                    entry_id=entry.id,
                    at=entry.first_seen_at if on_list is None else on_list.at,
                    read=state.read_at is not None,
                    starred=state.starred_at is not None,
                    stream_id=None if on_list is None else streams[on_list.name],
                )
            )
        return _items(tx, shelf, refs, entries)


def count_unread(storage: Storage, reader: Reader, site: ReaderSite) -> UnreadCounts:
    """Return what is unread everywhere. An entry in several topics counts in each, and once in folders and total."""
    with storage.read() as tx:
        subscriptions = _Shelf.of(tx, reader, site).subscriptions
        everything = Selection(reader_id=reader.id, members=members_of(subscriptions))
        by_stream = tx.states.unread_by_stream(everything)
        folders = {
            folder: tx.states.count_unread(
                replace(everything, members=members_of(each for each in subscriptions if folder in each.folders))
            )
            for folder in folders_of(subscriptions)
        }
        none = Unread(count=0, newest_at=None)
        return UnreadCounts(
            subscriptions=tuple((each, by_stream.get(_key_of(each.stream), none)) for each in subscriptions),
            folders=folders,
            total=tx.states.count_unread(everything),
        )


def mark_items(
    storage: Storage,
    reader: Reader,
    item_ids: Sequence[int],
    *,
    now: datetime,
    read: bool | None = None,
    starred: bool | None = None,
    tell: Tell = tell_nobody,
) -> int:
    """Mark items and return how many became read; `tell` hears what becomes of them.

    A read counts once the time for second thoughts is over (`pipeline.settling`), for what a batch of this size is worth.
    """
    ids = [item_id for item_id in item_ids if is_item_id(item_id)]
    with storage.write() as tx:
        listed = tx.streams.listed(ids)
        entry_ids = list(dict.fromkeys(listed[item_id].entry_id if item_id in listed else item_id for item_id in ids))
        lately = 0 if read is None else tx.states.pending(reader.id, since=now - PENDING_WINDOW)
        weight = sync_weight(batch=len(entry_ids), lately=lately) if read and reader.counts_reads else 0.0
        marked = tx.states.mark(reader.id, entry_ids, at=now, read=read, starred=starred, weight=weight)
        left = tx.states.pending(reader.id, since=now - PENDING_WINDOW) if read is False and lately else lately
    if read:
        tell(None if weight else NotCounted.BULK if reader.counts_reads else NotCounted.UNWANTED, marked)
    elif lately > left:
        tell(NotCounted.TAKEN_BACK, lately - left)
    return marked


def mark_all_read(
    storage: Storage,
    reader: Reader,
    site: ReaderSite,
    name: StreamName,
    *,
    until: datetime,
    now: datetime,
    tell: Tell = tell_nobody,
) -> int:
    """Mark everything read that came into a stream until then, and return how much that was. It counts for nothing."""
    with storage.write() as tx:
        wanted = ItemFilter(seen_until=until)
        selection = _select(_Shelf.of(tx, reader, site), name, wanted)
        marked = 0 if selection is None else tx.states.mark_all_read(selection, at=now)
    tell(NotCounted.MARK_ALL, marked)
    return marked


def is_item_id(item_id: int) -> bool:
    """Return whether it can be the id of an item: small enough for every database and client."""
    return 0 < item_id < ITEM_ID_LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shelf:
    """A reader with what they subscribe to, in one transaction."""

    reader: Reader
    catalogue: Catalogue
    subscriptions: Sequence[Subscription]

    @classmethod
    def of(cls, tx: Transaction, reader: Reader, site: ReaderSite) -> _Shelf:
        catalogue = Catalogue(tx, site)
        return cls(reader=reader, catalogue=catalogue, subscriptions=subscriptions_in(catalogue, tx, reader))


def _find(tx: Transaction, shelf: _Shelf, name: StreamName, wanted: ItemFilter) -> ItemPage:
    selection = _select(shelf, name, wanted)
    if selection is None:
        return ItemPage(items=(), more=None)
    found = tx.states.items(replace(selection, wanted=replace(selection.wanted, limit=wanted.limit + 1)))
    page = found[: wanted.limit]
    more = (page[-1].at, page[-1].id) if page and len(found) > wanted.limit else None
    return ItemPage(items=tuple(page), more=more)


def _select(shelf: _Shelf, name: StreamName, wanted: ItemFilter) -> Selection | None:
    """Return what a stream's name selects, None if that is nothing."""
    subscribed = members_of(shelf.subscriptions)
    read, starred = wanted.read, wanted.starred
    if name.kind is Kind.FEED:
        stream = find_stream(shelf.catalogue, name.name)
        members = Members() if stream is None else stream.members
    elif name.kind is Kind.FOLDER:
        members = members_of(each for each in shelf.subscriptions if name.name in each.folders)
    elif name.kind is Kind.READING_LIST:
        members = subscribed
    elif name.kind is Kind.READ and read is not False:
        members, read = Members(everything=True, lists=subscribed.lists), True
    elif name.kind is Kind.STARRED and starred is not False:
        members, starred = Members(everything=True, lists=subscribed.lists), True
    else:
        members = Members()
    if members == Members():
        return None
    return Selection(reader_id=shelf.reader.id, members=members, wanted=replace(wanted, read=read, starred=starred))


def _items(
    tx: Transaction,
    shelf: _Shelf,
    refs: Sequence[ItemRef],
    entries: Mapping[int, Entry],
    *,
    stream: Stream | None = None,
) -> list[Item]:
    """Return the items in their order; each stands in `stream`, else where the reader subscribes to it."""
    by_id = {each.stream.id: each for each in shelf.subscriptions}
    by_slug = {slug: each for each in shelf.subscriptions for slug in each.stream.members.topics}
    topics = tx.streams.topics_of(list(entries)) if by_slug and stream is None else {}
    items = []
    for ref in refs:
        if (entry := entries.get(ref.entry_id)) is None:
            continue
        shown = by_id.get(stream.id) if stream else _place(ref, entry, by_id, by_slug, topics)
        items.append(_item(ref, entry, shown, stream))
    return items


def _place(
    ref: ItemRef,
    entry: Entry,
    by_id: Mapping[int, Subscription],
    by_slug: Mapping[str, Subscription],
    topics: Mapping[int, Sequence[str]],
) -> Subscription | None:
    """Return where a reader finds an item: on its ranked list, else in its source, else in the first of its topics."""
    if ref.stream_id is not None:
        return by_id.get(ref.stream_id)
    sources: Iterable[Subscription | None] = (by_id.get(origin.feed_id) for origin in entry.origins)
    in_topics: Iterable[Subscription | None] = (by_slug.get(slug) for slug in topics.get(entry.id, ()))
    return next((each for each in (*sources, *in_topics) if each is not None), None)


def _item(ref: ItemRef, entry: Entry, shown: Subscription | None, stream: Stream | None) -> Item:
    if shown is not None:
        stream = shown.stream
    if stream is not None:
        return Item(
            ref=ref,
            entry=entry,
            stream_id=stream.id,
            stream_title=shown.title if shown else stream.title,
            page_url=stream.page_url,
            folders=shown.folders if shown else (),
            is_source=stream.is_source,
        )
    origin = entry.origins[0]
    return Item(
        ref=ref,
        entry=entry,
        stream_id=origin.feed_id,
        stream_title=origin.feed_title,
        page_url=origin.home_url or origin.feed_url,
    )


def _key_of(stream: Stream) -> int | str:
    members = stream.members
    return members.topics[0] if members.topics else stream.id
