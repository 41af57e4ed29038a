"""Writes what polls changed: many feeds at once, one statement a kind of change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, bindparam, case, delete, or_, select, true, update

from aggregator.model.change import EntryUpdate, FeedChange, ModifiedEntry
from aggregator.model.feed import FeedState, PollState, site_of
from aggregator.store import push, sequences
from aggregator.store.bulk import NEW, insert_rows, update_rows
from aggregator.store.columns import Time, to_microseconds
from aggregator.store.coverage import sites_of_stories
from aggregator.store.loading import chunks
from aggregator.store.rows import ENTRY_DATA_COLUMNS, entry_data_values, feed_data_text, poll_values
from aggregator.store.scales import arrival, read_scales
from aggregator.store.tables import LIVE, PRUNED_LISTED, entries, entry_origins, feeds, leases, stories

_POLL_COLUMNS = tuple(poll_values(PollState()))
_SAVE_POLL = (
    update(feeds)
    .where(feeds.c.id == bindparam("feed"))
    .values(
        {name: bindparam(NEW + name) for name in _POLL_COLUMNS}
        | {"due_at": case((feeds.c.configured, bindparam("due", type_=Time())))}
    )
)
_END_LEASES = delete(leases).where(leases.c.feed_id.in_(bindparam("ids", expanding=True)))
_SAVE_DATA = update(feeds).where(feeds.c.id == bindparam("feed")).values(data=bindparam("text"), read_since_prune=true())
_SITES = select(feeds.c.id, feeds.c.site).where(feeds.c.id.in_(bindparam("ids", expanding=True)))
_STANDING = (
    select(entries.c.id, entries.c.story_id, stories.c.dated_at)
    .join(stories, stories.c.id == entries.c.story_id)
    .where(entries.c.id.in_(bindparam("ids", expanding=True)))
)
_BOUND = (
    select(entry_origins.c.feed_id, entry_origins.c.guid_key, entry_origins.c.entry_id, entry_origins.c.content_hash)
    .add_columns(entry_origins.c.is_primary, entry_origins.c.first_seen_at)
    .where(entry_origins.c.feed_id == bindparam("feed"), entry_origins.c.entry_id.in_(bindparam("ids", expanding=True)))
)
_UNBIND = delete(entry_origins).where(
    entry_origins.c.feed_id == bindparam("feed"), entry_origins.c.guid_key == bindparam("guid")
)
_SAVE_REVISION = update(entries).where(entries.c.id == bindparam("entry")).values(revision=bindparam("new_revision"))
_ADD_COVERAGE = (
    update(stories)
    .where(stories.c.id == bindparam("story"))
    .values(
        publishers=stories.c.publishers + 1,
        day_coverage=stories.c.day_coverage + bindparam("day"),
        trend_coverage=stories.c.trend_coverage + bindparam("trend"),
        touched=true(),
    )
)
_REPLACE_DATA = (
    update(entries)
    .where(entries.c.id == bindparam("entry"))
    .values(
        {name: bindparam(f"new_{name}") for name in ("revision", "modified_at")}
        | {
            # Times are in microseconds already.
            name: bindparam(f"new_{name}", type_=BigInteger() if isinstance(entries.c[name].type, Time) else None)
            for name in ENTRY_DATA_COLUMNS
        }
    )
)
_NEW_DATA = tuple(f"new_{name}" for name in ENTRY_DATA_COLUMNS)
_SAVE_HASH = (
    update(entry_origins)
    .where(entry_origins.c.feed_id == bindparam("feed"), entry_origins.c.guid_key == bindparam("guid"))
    .values(content_hash=bindparam("new_hash"), url_key=bindparam("new_url_key"))
)


_ZERO_AT_FIRST = (
    "readers", "readers_24h", "readers_7d", "readers_30d", "day_reads", "day_exposure", "trend_reads", "trend_exposure",
)  # fmt: skip
_FOUNDED = (("publishers", "1"), *((name, "0") for name in _ZERO_AT_FIRST), ("touched", "true"))
_ENTRY_COLUMNS = ("id", "story_id", "revision", "dated_at", "first_seen_at", "modified_at", *ENTRY_DATA_COLUMNS)
_STORY_COLUMNS = ("id", "entry_id", "dated_at", "day_coverage", "trend_coverage")
_ORIGIN_COLUMNS = (
    "feed_id", "guid_key", "entry_id", "content_hash", "url_key", "is_primary", "pruned", "first_seen_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Placed:
    """A change of an entry with the feed and the time of its poll."""

    feed_id: int
    at: datetime
    change: Any


@dataclass(slots=True)
class _Heir:
    """An origin to insert, with what it takes over from the one it replaces."""

    place: _Placed
    first_seen_at: datetime
    is_primary: bool = False

    @property
    def entry_id(self) -> int:
        entry_id: int = self.place.change.entry_id
        return entry_id


class ChangeWriter:
    """Writes a batch of feed changes inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._scales = read_scales(connection)

    def write(self, changes: Sequence[FeedChange]) -> None:
        """Write all of it, new entries first: other feeds of the batch may carry them too."""
        self._insert_new(changes)
        self._add_origins(changes)
        self._modify(changes)
        self._save_polls(changes)

    def _insert_new(self, changes: Sequence[FeedChange]) -> None:
        new = [(change, entry) for change in changes for entry in change.entries.new]
        if not new:
            return
        revisions = sequences.take(self._connection, sequences.REVISION, len(new))
        entry_rows: list[tuple[Any, ...]] = []
        story_rows: list[tuple[Any, ...]] = []
        origin_rows: list[tuple[Any, ...]] = []
        day_weight, trend_weight = self._scales.day.weight, self._scales.trend.weight
        for (change, entry), revision in zip(new, revisions, strict=True):
            entry_id, dated_at = entry.id, entry.dated_at
            dated, seen = to_microseconds(dated_at), to_microseconds(change.polled_at)
            entry_rows.append((entry_id, entry_id, revision, dated, seen, seen, *entry_data_values(entry.update.data)))
            story_rows.append((entry_id, entry_id, dated, day_weight(dated_at), trend_weight(dated_at)))
            origin_rows.append(_origin_row(change.feed_id, entry_id, entry.update, seen, is_primary=True))
        insert_rows(self._connection, entries, _ENTRY_COLUMNS, entry_rows)
        insert_rows(self._connection, stories, _STORY_COLUMNS, story_rows, fixed=_FOUNDED)
        insert_rows(self._connection, entry_origins, _ORIGIN_COLUMNS, origin_rows)
        sequences.advance(self._connection, sequences.ENTRY_ID, max(entry.id for _, entry in new) + 1)

    def _add_origins(self, changes: Sequence[FeedChange]) -> None:
        added = [
            _Placed(change.feed_id, change.polled_at, entry) for change in changes for entry in change.entries.added_origins
        ]
        if not added:
            return
        standing = self._standing(place.change.entry_id for place in added)
        self._add_coverage([place for place in added if not place.change.rebinds], standing)
        heirs = [_Heir(place, place.at) for place in added]
        rebound = [heir for heir in heirs if heir.place.change.rebinds]
        edited = self._inherit(rebound) & standing.keys()
        self._replace_data(
            [(heir.place.at, heir.place.change.update, heir.entry_id) for heir in rebound if heir.entry_id in edited]
        )
        rows = [
            _origin_row(
                heir.place.feed_id,
                heir.entry_id,
                heir.place.change.update,
                to_microseconds(heir.first_seen_at),
                is_primary=heir.is_primary,
                pruned=LIVE if heir.entry_id in standing else PRUNED_LISTED,
            )
            for heir in heirs
        ]
        insert_rows(self._connection, entry_origins, _ORIGIN_COLUMNS, rows)

    def _standing(self, entry_ids: Iterable[int]) -> dict[int, tuple[int, datetime]]:
        """Return the story of the entries that retention has not taken, and its date."""
        found: dict[int, tuple[int, datetime]] = {}
        for ids in chunks(dict.fromkeys(entry_ids)):
            found.update((row.id, (row.story_id, row.dated_at)) for row in self._connection.execute(_STANDING, {"ids": ids}))
        return found

    def _add_coverage(self, added: Sequence[_Placed], standing: dict[int, tuple[int, datetime]]) -> None:
        """Count the coverage of sites that did not carry the story yet, and tell that the origins of entries changed."""
        added = [place for place in added if place.change.entry_id in standing]
        if not added:
            return
        sites: dict[int, str] = {}
        for ids in chunks({place.feed_id for place in added}):
            sites.update(self._connection.execute(_SITES, {"ids": ids}).all())
        carriers = sites_of_stories(self._connection, {standing[place.change.entry_id][0] for place in added})
        rows: list[dict[str, Any]] = []
        for place in added:
            story_id, dated_at = standing[place.change.entry_id]
            site = sites[place.feed_id]
            if site not in carriers.setdefault(story_id, {}):
                carriers[story_id][site] = place.at
                weights = self._scales.weights(arrival(place.at, dated_at=dated_at))
                rows.append({"story": story_id, "day": weights.day, "trend": weights.trend})
        if rows:
            self._connection.execute(_ADD_COVERAGE, rows)
        changed = list(dict.fromkeys(place.change.entry_id for place in added))
        revisions = sequences.take(self._connection, sequences.REVISION, len(changed))
        self._connection.execute(
            _SAVE_REVISION,
            [{"entry": entry_id, "new_revision": revision} for entry_id, revision in zip(changed, revisions, strict=True)],
        )

    def _inherit(self, rebound: Sequence[_Heir]) -> set[int]:
        """Take out the identities that `rebound` replace, and hand their place and time on.

        Returns the entries whose words come from such an identity and are not the same any more.
        """
        edited: set[int] = set()
        by_feed: dict[int, list[_Heir]] = {}
        for heir in rebound:
            by_feed.setdefault(heir.place.feed_id, []).append(heir)
        for feed_id, heirs in by_feed.items():
            heir_of = {heir.entry_id: heir for heir in heirs}
            old = [
                bound for ids in chunks(heir_of) for bound in self._connection.execute(_BOUND, {"feed": feed_id, "ids": ids})
            ]
            for bound in old:
                heir = heir_of[bound.entry_id]
                heir.is_primary = heir.is_primary or bound.is_primary
                heir.first_seen_at = min(heir.first_seen_at, bound.first_seen_at)
                if bound.is_primary and bound.content_hash != heir.place.change.update.content_hash:
                    edited.add(bound.entry_id)
            if old:
                self._connection.execute(_UNBIND, [{"feed": feed_id, "guid": bound.guid_key} for bound in old])
        return edited

    def _modify(self, changes: Sequence[FeedChange]) -> None:
        modified: list[tuple[FeedChange, ModifiedEntry]] = [
            (change, entry) for change in changes for entry in change.entries.modified
        ]
        if not modified:
            return
        self._connection.execute(
            _SAVE_HASH,
            [
                {
                    "feed": change.feed_id,
                    "guid": entry.update.guid_key,
                    "new_hash": entry.update.content_hash,
                    "new_url_key": entry.update.url_key,
                }
                for change, entry in modified
            ],
        )
        self._replace_data([(change.polled_at, entry.update, entry.entry_id) for change, entry in modified if entry.primary])

    def _replace_data(self, replaced: Sequence[tuple[datetime, EntryUpdate, int]]) -> None:
        """Give entries new words, and a new revision."""
        if not replaced:
            return
        revisions = sequences.take(self._connection, sequences.REVISION, len(replaced))
        self._connection.execute(
            _REPLACE_DATA,
            [
                {"entry": entry_id, "new_revision": revision, "new_modified_at": at}
                | dict(zip(_NEW_DATA, entry_data_values(seen.data), strict=True))
                for (at, seen, entry_id), revision in zip(replaced, revisions, strict=True)
            ],
        )

    def _save_polls(self, changes: Sequence[FeedChange]) -> None:
        if not changes:
            return
        rows: list[dict[str, Any]] = []
        for change in changes:
            row = poll_values(change.poll)
            row["feed"] = change.feed_id
            row["due"] = None if change.poll.state is FeedState.GONE else change.poll.next_poll_at
            rows.append(row)
        update_rows(self._connection, _SAVE_POLL, rows)
        for ids in chunks(change.feed_id for change in changes if not change.pushed):
            self._connection.execute(_END_LEASES, {"ids": ids})
        read = [{"feed": change.feed_id, "text": feed_data_text(change.data)} for change in changes if change.data is not None]
        if read:
            self._connection.execute(_SAVE_DATA, read)
        offered = [change for change in changes if change.data is not None and change.data.hub_urls]
        if offered:
            push.want(self._connection, [change.feed_id for change in offered], now=offered[0].polled_at)
        for change in changes:
            if change.url is not None:
                self._move(change.feed_id, change.url)

    def _move(self, feed_id: int, url: str) -> None:
        """Poll the feed at its new address, unless another feed is polled there already."""
        taken = self._connection.execute(
            select(feeds.c.id).where(or_(feeds.c.url == url, feeds.c.fetch_url == url), feeds.c.id != feed_id).limit(1)
        ).first()
        if taken is None:
            self._connection.execute(update(feeds).where(feeds.c.id == feed_id).values(fetch_url=url, site=site_of(url)))


def _origin_row(
    feed_id: int, entry_id: int, seen: EntryUpdate, first_seen: int, *, is_primary: bool = False, pruned: int = LIVE
) -> tuple[Any, ...]:
    """Return the values of _ORIGIN_COLUMNS; `first_seen` in microseconds."""
    return (feed_id, seen.guid_key, entry_id, seen.content_hash, seen.url_key, is_primary, pruned, first_seen)
