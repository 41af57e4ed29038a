"""What a reader subscribes to, and in which folders: listed, changed, exported, imported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.emit.opml import Outline, read_opml, write_opml
from aggregator.library.catalogue import Catalogue, ReaderSite, Stream, first_paths, is_topic, list_paths
from aggregator.model.language import primary_language
from aggregator.model.reader import Members, Reader, StoredSubscription
from aggregator.storage import Storage, Transaction

MOST_SUBSCRIPTIONS = 500
MOST_FOLDERS = 20  # of one subscription
TITLE_CHARS = 300

FOLDERS = {"de": ("Themen", "Meistgelesen"), "en": ("Topics", "Most read")}
"""Folders of a new reader, by language: for topics, for rankings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A stream as a reader has it: under their title, in their folders."""

    stream: Stream
    title: str
    folders: tuple[str, ...]


def list_subscriptions(tx: Transaction, reader: Reader, site: ReaderSite) -> list[Subscription]:
    """Return what a reader subscribes to and is still there: our lists in their order, then sources by title."""
    return subscriptions_in(Catalogue(tx, site), tx, reader)


def subscriptions_in(catalogue: Catalogue, tx: Transaction, reader: Reader) -> list[Subscription]:
    """Return what a reader subscribes to, where the catalogue is open already."""
    found = [
        Subscription(stream=stream, title=stored.title or stream.title, folders=stored.folders)
        for stored in tx.readers.subscriptions(reader.id)
        if (stream := catalogue.get(stored.stream_id)) is not None
    ]
    places = {stream_id: place for place, stream_id in enumerate(catalogue.lists)}
    return sorted(found, key=lambda each: (places.get(each.stream.id, len(places)), each.title.casefold(), each.stream.id))


def read_subscriptions(storage: Storage, reader: Reader, site: ReaderSite) -> list[Subscription]:
    """Return what a reader subscribes to."""
    with storage.read() as tx:
        return list_subscriptions(tx, reader, site)


def members_of(subscriptions: Iterable[Subscription]) -> Members:
    """Return what subscriptions are made of, together."""
    members = [subscription.stream.members for subscription in subscriptions]
    return Members(
        feeds=tuple(feed for each in members for feed in each.feeds),
        topics=tuple(slug for each in members for slug in each.topics),
        lists=tuple(listed for each in members for listed in each.lists),
    )


def folders_of(subscriptions: Iterable[Subscription]) -> list[str]:
    """Return the folders in use, in the order of the subscriptions."""
    return list(dict.fromkeys(folder for subscription in subscriptions for folder in subscription.folders))


def subscribe_first(tx: Transaction, reader: Reader, site: ReaderSite, *, now: datetime) -> None:
    """Subscribe a new reader to every topic and to what is read most over all."""
    slugs = [slug for slug, _ in tx.streams.topics()]
    numbers = tx.streams.number(list_paths(slugs))
    for_topics, for_rankings = FOLDERS.get(primary_language(site.language), FOLDERS["en"])
    tx.readers.subscribe(
        reader.id,
        [
            StoredSubscription(stream_id=numbers[path], folders=(for_topics if is_topic(path) else for_rankings,))
            for path in first_paths(slugs)
        ],
        now=now,
    )


def show_topics(tx: Transaction, reader: Reader, site: ReaderSite, slugs: Sequence[str], *, now: datetime) -> None:
    """Make the topics a reader subscribes to those in `slugs`; other subscriptions stay as they are."""
    numbers = tx.streams.number([path for path in list_paths(slug for slug, _ in tx.streams.topics()) if is_topic(path)])
    wanted = {numbers[f"/topics/{slug}"] for slug in slugs}
    known = {stored.stream_id for stored in tx.readers.subscriptions(reader.id)}
    folder, _ = FOLDERS.get(primary_language(site.language), FOLDERS["en"])
    tx.readers.unsubscribe(reader.id, sorted((known & set(numbers.values())) - wanted), now=now)
    new = [StoredSubscription(stream_id=stream_id, folders=(folder,)) for stream_id in sorted(wanted - known)]
    tx.readers.subscribe(reader.id, new, now=now)


def subscribe(
    storage: Storage,
    reader: Reader,
    site: ReaderSite,
    address: str,
    *,
    title: str | None,
    folders: Sequence[str],
    now: datetime,
) -> Stream | None:
    """Subscribe a reader to a stream (its number or address) and return it; None if there is none, or they have too many."""
    with storage.write() as tx:
        stream = find_stream(Catalogue(tx, site), address)
        if stream is None or len(tx.readers.subscriptions(reader.id)) >= MOST_SUBSCRIPTIONS:
            return None
        _change(
            tx,
            reader,
            stream.id,
            lambda known: replace(known, title=_title(title) or known.title, folders=_clean(known.folders, folders)),
            now=now,
            add=True,
        )
        return stream


def unsubscribe(storage: Storage, reader: Reader, site: ReaderSite, addresses: Sequence[str], *, now: datetime) -> None:
    """End subscriptions; one that is not there is passed over."""
    with storage.write() as tx:
        catalogue = Catalogue(tx, site)
        found = [find_stream(catalogue, address) for address in addresses]
        gone = [int(address) for address in addresses if address.isdecimal()]  # a stream that is no more can be given up, too
        tx.readers.unsubscribe(reader.id, [stream.id for stream in found if stream is not None] + gone, now=now)


def edit_subscription(
    storage: Storage,
    reader: Reader,
    site: ReaderSite,
    address: str,
    *,
    title: str | None = None,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    now: datetime,
) -> bool:
    """Rename a subscription and move it between folders; return whether it exists."""
    with storage.write() as tx:
        stream = find_stream(Catalogue(tx, site), address)
        if stream is None:
            return False
        return _change(
            tx,
            reader,
            stream.id,
            lambda known: replace(
                known,
                title=_title(title) or known.title,
                folders=_clean([folder for folder in known.folders if folder not in remove], add),
            ),
            now=now,
        )


def rename_folder(storage: Storage, reader: Reader, old: str, new: str | None, *, now: datetime) -> None:
    """Give a folder another name, or dissolve it (None)."""
    with storage.write() as tx:
        changed = [
            replace(stored, folders=_clean([folder for folder in stored.folders if folder != old], (new,) if new else ()))
            for stored in tx.readers.subscriptions(reader.id)
            if old in stored.folders
        ]
        tx.readers.subscribe(reader.id, changed, now=now)


def write_subscriptions(storage: Storage, reader: Reader, site: ReaderSite) -> bytes:
    """Return a reader's subscriptions as OPML."""
    return write_opml(
        f"{site.title}: {reader.name}",
        (
            Outline(title=each.title, feed_url=each.stream.feed_url, page_url=each.stream.page_url, tags=each.folders[:1])
            for each in read_subscriptions(storage, reader, site)
        ),
    )


def import_subscriptions(storage: Storage, reader: Reader, site: ReaderSite, body: bytes, *, now: datetime) -> tuple[int, int]:
    """Subscribe a reader to what an OPML list names and we have; return how many that were and how many we do not have.

    Raises: ConfigError for what is no OPML.
    """
    wanted = read_opml(body)
    with storage.write() as tx:
        catalogue = Catalogue(tx, site)
        known = {stored.stream_id: stored for stored in tx.readers.subscriptions(reader.id)}
        taken: dict[int, StoredSubscription] = {}
        missing = 0
        for outline in wanted:
            stream = catalogue.find(outline.url)
            if stream is None or len(known.keys() | taken.keys()) >= MOST_SUBSCRIPTIONS:
                missing += 1
                continue
            before = known.get(stream.id) or StoredSubscription(stream_id=stream.id)
            taken[stream.id] = replace(before, folders=_clean(before.folders, outline.tags[:1]))
        tx.readers.subscribe(reader.id, list(taken.values()), now=now)
    return len(taken), missing


def find_stream(catalogue: Catalogue, address: str) -> Stream | None:
    """Return the stream with a number or at an address."""
    return catalogue.get(int(address)) if address.isascii() and address.isdecimal() else catalogue.find(address)


def _change(
    tx: Transaction,
    reader: Reader,
    stream_id: int,
    change: Callable[[StoredSubscription], StoredSubscription],
    *,
    now: datetime,
    add: bool = False,
) -> bool:
    known = {stored.stream_id: stored for stored in tx.readers.subscriptions(reader.id)}
    if stream_id not in known and not add:
        return False
    tx.readers.subscribe(reader.id, [change(known.get(stream_id) or StoredSubscription(stream_id=stream_id))], now=now)
    return True


def _clean(folders: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    named = (" ".join(folder.split())[:TITLE_CHARS] for folder in (*folders, *more))
    return tuple(dict.fromkeys(folder for folder in named if folder))[:MOST_FOLDERS]


def _title(title: str | None) -> str | None:
    return " ".join((title or "").split())[:TITLE_CHARS] or None
