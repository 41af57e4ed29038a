"""What an update changes in the store: a pure decision, apart from all reading and writing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.model.change import (
    AddedOrigin,
    EntryChanges,
    EntryUpdate,
    FeedUpdate,
    KnownEntries,
    ModifiedEntry,
    NewEntry,
)

UNDATED_AGE = timedelta(days=30)
"""How old entries without a date are taken to be on the first poll of their feed: beyond what anything treats as new (search
offers 30 days, sentence vectors are made for 30, stories compare 3), and no older, since feed readers delete by age."""

UNDATED_SPACING = timedelta(hours=1)
"""Between two such entries, so that feed readers, which sort by date to the second, keep the order of the document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedToDecide:
    """One document of a batch; `first_poll` says that nothing of this feed was read before."""

    feed_id: int
    update: FeedUpdate
    first_poll: bool


def decide(batch: Sequence[FeedToDecide], known: KnownEntries, *, now: datetime) -> list[EntryChanges]:
    """Return what each document changes, in the order of the batch.

    An entry is looked up by guid in its feed, then by URL in all feeds, then by content in its feed:

    - guid known: the same entry, whatever else changed, its URL too. Modified if the content differs, else unmodified.
    - URL known from another feed, or from a document earlier in this batch: the entry gets one more origin.
    - URL or content known from the same feed under another guid: the guid was renewed, and is rebound. The origin carries
      the new content: the store replaces the entry's data if the content differs and this feed is its primary origin, as
      for a modified entry. So a page that is filled anew under its URL (a ticker) stays one entry, and is modified.
    - That other guid stands in the same document: they are two entries that share a link or words, and this one is new.
    - Otherwise new. Ids rise with the date, and against the order of the document where dates are equal.
    """
    deciding = _Batch(known=known, now=now)
    return [deciding.decide(feed) for feed in batch]


class _Batch:
    """What is known, and what the documents decided so far add to it."""

    def __init__(self, *, known: KnownEntries, now: datetime) -> None:
        self._known = known
        self._now = now
        self._next_entry_id = known.next_entry_id
        self._urls: dict[bytes, tuple[int, frozenset[int]]] = {}

    def decide(self, feed: FeedToDecide) -> EntryChanges:
        feed_id = feed.feed_id
        by_guid = [self._known.by_guid.get((feed_id, entry.guid_key)) for entry in feed.update.entries]
        claimed = {origin.entry_id for origin in by_guid if origin is not None}
        fresh: list[tuple[datetime, EntryUpdate]] = []
        modified: list[ModifiedEntry] = []
        added: list[AddedOrigin] = []
        unmodified = 0
        undated = 0
        for entry, origin in zip(feed.update.entries, by_guid, strict=True):
            if origin is not None:
                if origin.content_hash == entry.content_hash:
                    unmodified += 1
                else:
                    self._hold(feed_id, entry, origin.entry_id)
                    modified.append(ModifiedEntry(entry_id=origin.entry_id, update=entry, primary=origin.primary))
                continue
            found = self._find(feed_id, entry)
            if found is not None and found[0] not in claimed:
                entry_id, rebinds = found
                claimed.add(entry_id)
                added.append(AddedOrigin(entry_id=entry_id, update=entry, rebinds=rebinds))
                continue
            dated_at = entry.data.published_at or entry.data.updated_at
            if dated_at is None:
                dated_at = self._guess_date(feed, undated)
                undated += 1
            fresh.append((dated_at, entry))
        return EntryChanges(
            new=self._number(feed_id, fresh), modified=tuple(modified), added_origins=tuple(added), unmodified=unmodified
        )

    def _by_url(self, url_key: bytes) -> tuple[int, frozenset[int]] | None:
        return self._known.by_url.get(url_key) or self._urls.get(url_key)

    def _hold(self, feed_id: int, entry: EntryUpdate, entry_id: int) -> None:
        """Let the later documents of the batch know which entry has this URL; the first one keeps it."""
        if entry.url_key is not None:
            self._urls.setdefault(entry.url_key, (entry_id, frozenset({feed_id})))

    def _find(self, feed_id: int, entry: EntryUpdate) -> tuple[int, bool] | None:
        """Return the id of the entry that an unknown guid stands for, and whether this feed carries it already."""
        if entry.url_key is not None and (held := self._by_url(entry.url_key)) is not None:
            return held[0], feed_id in held[1]
        # Also for entries with a URL: it may have been shared, and so no key, when the entry was stored.
        same = self._known.by_content.get((feed_id, entry.content_hash))
        return (same[0], True) if same is not None else None

    def _guess_date(self, feed: FeedToDecide, undated_before: int) -> datetime:
        """Return when an entry was found, if the feed was read before; else a date long ago (`Entry.is_undated`), in order.

        A feed's own date says no more than that its entries are not younger; many are made anew for each request.
        """
        if not feed.first_poll:
            return self._now
        latest = self._now - UNDATED_AGE
        return min(feed.update.data.updated_at or latest, latest) - undated_before * UNDATED_SPACING

    def _number(self, feed_id: int, fresh: list[tuple[datetime, EntryUpdate]]) -> tuple[NewEntry, ...]:
        """Return new entries under rising ids, oldest first; `fresh` stands in document order, mostly newest first."""
        numbered: list[NewEntry] = []
        fresh.reverse()
        for dated_at, entry in sorted(fresh, key=lambda dated: dated[0]):
            entry_id = self._next_entry_id
            self._next_entry_id += 1
            self._hold(feed_id, entry, entry_id)
            numbered.append(NewEntry(id=entry_id, update=entry, dated_at=dated_at))
        return tuple(numbered)
