"""What is known of the entries of a batch of documents: few statements for many identities."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, exists, func, select, update

from aggregator.model.change import EntryUpdate, KnownEntries, KnownOrigin
from aggregator.store.loading import CHUNK, chunks
from aggregator.store.tables import LIVE, NO_URL_KEY, PRUNED_LISTED, PRUNED_UNSEEN, entry_origins, feeds

# Asked for a whole batch, it spares each feed that is read for the first time a search for all its guids.
_CARRYING = select(feeds.c.id).where(
    feeds.c.id.in_(bindparam("ids", expanding=True)), exists().where(entry_origins.c.feed_id == feeds.c.id)
)
_BY_GUID = select(
    entry_origins.c.guid_key,
    entry_origins.c.entry_id,
    entry_origins.c.content_hash,
    entry_origins.c.is_primary,
    entry_origins.c.pruned,
).where(entry_origins.c.feed_id == bindparam("feed"), entry_origins.c.guid_key.in_(bindparam("guids", expanding=True)))
_BY_URL = (
    select(entry_origins.c.url_key, entry_origins.c.entry_id, entry_origins.c.feed_id)
    .where(entry_origins.c.url_key.in_(bindparam("urls", expanding=True)))
    .order_by(entry_origins.c.entry_id)
)
_STORED_BY_URL = (
    select(entry_origins.c.url_key, func.min(entry_origins.c.entry_id))
    .where(entry_origins.c.url_key.in_(bindparam("urls", expanding=True)), entry_origins.c.pruned == LIVE)
    .group_by(entry_origins.c.url_key)
)
_BY_CONTENT = (
    select(entry_origins.c.content_hash, entry_origins.c.entry_id, entry_origins.c.guid_key)
    .where(
        entry_origins.c.feed_id == bindparam("feed"),
        entry_origins.c.content_hash.in_(bindparam("hashes", expanding=True)),
        NO_URL_KEY,
    )
    .order_by(entry_origins.c.entry_id.desc())
)
_SEEN = (
    update(entry_origins)
    .where(entry_origins.c.feed_id == bindparam("feed"), entry_origins.c.guid_key == bindparam("guid"))
    .values(pruned=PRUNED_LISTED)
)


def find_known(
    connection: Connection, updates: Sequence[tuple[int, Sequence[EntryUpdate]]], *, next_entry_id: int, mark_seen: bool
) -> KnownEntries:
    """Return what is known; `mark_seen` (in a writing transaction) notes that feeds still list entries that were pruned."""
    by_guid: dict[tuple[int, bytes], KnownOrigin] = {}
    unseen: list[dict[str, int | bytes]] = []
    carrying = {
        feed_id
        for ids in chunks(feed_id for feed_id, _ in updates)
        for feed_id in connection.execute(_CARRYING, {"ids": ids}).scalars()
    }
    for feed_id, entries in updates:
        for part in chunks(entries) if feed_id in carrying else ():
            found = connection.execute(_BY_GUID, {"feed": feed_id, "guids": [entry.guid_key for entry in part]})
            for guid_key, entry_id, content_hash, primary, pruned in found:
                by_guid[feed_id, guid_key] = KnownOrigin(
                    entry_id=entry_id, content_hash=content_hash, primary=primary and pruned == LIVE
                )
                if pruned == PRUNED_UNSEEN:
                    unseen.append({"feed": feed_id, "guid": guid_key})
    if unseen and mark_seen:
        connection.execute(_SEEN, unseen)
    strangers = [
        (feed_id, entry) for feed_id, entries in updates for entry in entries if (feed_id, entry.guid_key) not in by_guid
    ]
    return KnownEntries(
        by_guid=by_guid,
        by_url=_by_url(connection, [entry.url_key for _, entry in strangers if entry.url_key is not None]),
        by_content=_by_content(connection, strangers),
        next_entry_id=next_entry_id,
    )


def find_by_url(connection: Connection, url_keys: Iterable[bytes]) -> dict[bytes, int]:
    """Return the stored entry at each address that has one; of several the oldest."""
    found: dict[bytes, int] = {}
    for part in chunks(dict.fromkeys(url_keys)):
        found.update(connection.execute(_STORED_BY_URL, {"urls": part}).all())
    return found


def _by_url(connection: Connection, url_keys: Sequence[bytes]) -> dict[bytes, tuple[int, frozenset[int]]]:
    carriers: dict[bytes, tuple[int, set[int]]] = {}
    for part in chunks(dict.fromkeys(url_keys)):
        for url_key, entry_id, feed_id in connection.execute(_BY_URL, {"urls": part}):
            # Two entries may share a URL after one of them was edited: the older one keeps it.
            first, feed_ids = carriers.setdefault(url_key, (entry_id, set()))
            if entry_id == first:
                feed_ids.add(feed_id)
    return {url_key: (entry_id, frozenset(feed_ids)) for url_key, (entry_id, feed_ids) in carriers.items()}


def _by_content(
    connection: Connection, strangers: Sequence[tuple[int, EntryUpdate]]
) -> dict[tuple[int, bytes], tuple[int, bytes]]:
    hashes: dict[int, list[bytes]] = {}
    for feed_id, entry in strangers:
        if entry.url_key is None:
            hashes.setdefault(feed_id, []).append(entry.content_hash)
    return {
        (feed_id, content_hash): (entry_id, guid_key)
        for feed_id, wanted in hashes.items()
        for part in chunks(wanted, CHUNK)
        for content_hash, entry_id, guid_key in connection.execute(_BY_CONTENT, {"feed": feed_id, "hashes": part})
    }
