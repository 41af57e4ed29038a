"""Feeds, and the memory of polling them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, func, insert, literal, select, update

from aggregator.model.feed import Feed, FeedData, FeedSettings, FeedState, PollState, site_of
from aggregator.store import dialect, sequences
from aggregator.store.columns import Time
from aggregator.store.loading import chunks
from aggregator.store.rows import feed_data_text, feed_of, poll_values, settings_of, settings_text
from aggregator.store.tables import LIVE, entries, entry_origins, feeds, leases

_UNLEASED = feeds.c.id.not_in(select(leases.c.feed_id).where(leases.c.until > bindparam("now")))
_POLLABLE = and_(feeds.c.configured, feeds.c.state != FeedState.GONE.value)
_IS_DUE = and_(feeds.c.due_at <= bindparam("now"), _UNLEASED)
_IS_UNPOLLED = and_(feeds.c.last_polled_at.is_(None), _POLLABLE, _UNLEASED)
_IS_NOT_POLLED_SINCE = and_(feeds.c.last_polled_at < bindparam("now"), _POLLABLE, _UNLEASED)
_DUE = select(feeds).where(_IS_DUE).order_by(feeds.c.due_at).limit(bindparam("count"))
# Two statements, so that each is a range of the index: what was never polled comes first.
_NEVER_POLLED = select(feeds).where(_IS_UNPOLLED).limit(bindparam("count"))
_NOT_POLLED_SINCE = select(feeds).where(_IS_NOT_POLLED_SINCE).order_by(feeds.c.last_polled_at).limit(bindparam("count"))
_RELEASE = delete(leases).where(leases.c.owner == bindparam("holder"))
_PUT_OFF = (
    update(feeds)
    .where(
        feeds.c.id.in_(select(leases.c.feed_id).where(leases.c.owner == bindparam("holder"))),
        feeds.c.due_at < bindparam("not_before"),
    )
    .values(next_poll_at=bindparam("not_before", type_=Time()), due_at=bindparam("not_before", type_=Time()))
)
_OWNERS = select(leases.c.owner).distinct().order_by(leases.c.owner)
# What a comparison with the configuration needs.
_EVERY = select(feeds.c.id, feeds.c.url, feeds.c.configured, feeds.c.settings, feeds.c.state, feeds.c.next_poll_at)
_ADD = insert(feeds)
_SAVE_SETTINGS = update(feeds).where(feeds.c.id == bindparam("feed")).values(settings=bindparam("text"))
_CONFIGURED = select(feeds).where(feeds.c.configured)

_Stored = Row[*tuple[Any, ...]]


class SqlFeedStore:
    """`FeedStore` inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def configure(self, feeds: Sequence[FeedSettings], *, now: datetime) -> tuple[int, int]:
        """Make the stored feeds those of the configuration; return how many were added and how many taken out."""
        wanted = {settings.url: settings for settings in feeds}
        back: list[_Stored] = []
        out: list[_Stored] = []
        changed: list[tuple[_Stored, FeedSettings]] = []
        for row in self._connection.execute(_EVERY):  # not held: all feeds at once would be the largest thing in memory
            settings = wanted.pop(row.url, None)
            if settings is None:
                if row.configured:
                    out.append(row)
                continue
            if not row.configured:
                back.append(row)
            if row.settings != settings_text(settings):
                changed.append((row, settings))
        for new in chunks(wanted.values()):
            self._connection.execute(_ADD, [_new_feed(settings, now) for settings in new])
        self._set(back, configured=True)
        self._set(out, configured=False)
        if changed:
            self._connection.execute(
                _SAVE_SETTINGS, [{"feed": row.id, "text": settings_text(settings)} for row, settings in changed]
            )
            self._revise([row.id for row, settings in changed if _speaks_otherwise(row, settings)])
        return len(wanted) + len(back), len(out)

    def _set(self, rows: Sequence[_Stored], *, configured: bool) -> None:
        if rows:
            self._connection.execute(
                update(feeds).where(feeds.c.id == bindparam("feed")).values(configured=configured, due_at=bindparam("due")),
                [
                    {"feed": row.id, "due": row.next_poll_at if configured and row.state != FeedState.GONE.value else None}
                    for row in rows
                ],
            )

    def _revise(self, feed_ids: Sequence[int]) -> None:
        """Give the entries of the feeds new revisions: rules of topics look at tags and languages of origins."""
        for chunk in chunks(feed_ids):
            carried = select(entry_origins.c.entry_id).where(entry_origins.c.feed_id.in_(chunk), entry_origins.c.pruned == LIVE)
            ids = (
                self._connection.execute(select(entries.c.id).where(entries.c.id.in_(carried)).order_by(entries.c.revision))
                .scalars()
                .all()
            )
            if ids:
                revisions = sequences.take(self._connection, sequences.REVISION, len(ids))
                self._connection.execute(
                    update(entries).where(entries.c.id == bindparam("entry")).values(revision=bindparam("next")),
                    [{"entry": entry_id, "next": revision} for entry_id, revision in zip(ids, revisions, strict=True)],
                )

    def claim_due(self, *, now: datetime, limit: int, lease: timedelta, owner: str, everything: bool = False) -> list[Feed]:
        """Lease up to `limit` feeds that are due, longest overdue first."""
        rows: list[_Stored] = []
        for statement in (_NEVER_POLLED, _NOT_POLLED_SINCE) if everything else (_DUE,):
            if len(rows) < limit:
                rows.extend(self._connection.execute(statement, {"now": now, "count": limit - len(rows)}))
        for ids in chunks(row.id for row in rows):
            leased = select(feeds.c.id, literal(owner), literal(now + lease, Time())).where(feeds.c.id.in_(ids))
            self._connection.execute(dialect.upsert(self._connection, leases, replace=True, source=leased))
        return [feed_of(row) for row in rows]

    def count_due(self, *, now: datetime, everything: bool = False) -> int:
        """Return how many feeds `claim_due` would find, were there no limit."""
        conditions = (_IS_UNPOLLED, _IS_NOT_POLLED_SINCE) if everything else (_IS_DUE,)
        return sum(
            self._connection.execute(select(func.count()).select_from(feeds).where(condition), {"now": now}).scalar_one()
            for condition in conditions
        )

    def release(self, owner: str, *, not_before: datetime | None = None) -> int:
        """Give back what `owner` has leased and not saved; with `not_before`, none of it is due until then."""
        if not_before is not None:
            self._connection.execute(_PUT_OFF, {"holder": owner, "not_before": not_before})
        return self._connection.execute(_RELEASE, {"holder": owner}).rowcount

    def lease_owners(self) -> list[str]:
        """Return the owners of the leases that stand now, in order."""
        return list(self._connection.execute(_OWNERS).scalars())

    def hold_site(self, site: str, *, until: datetime) -> int:
        """Let no feed of the site be due before `until`."""
        return self._connection.execute(
            update(feeds).where(feeds.c.site == site, feeds.c.due_at < until).values(next_poll_at=until, due_at=until)
        ).rowcount

    def all(self) -> list[Feed]:
        """Return every configured feed, by title."""
        found = [feed_of(row) for row in self._connection.execute(_CONFIGURED)]
        return sorted(found, key=lambda feed: (feed.title.casefold(), feed.settings.url))

    def count(self) -> int:
        """Return how many feeds are configured."""
        return self._connection.execute(select(func.count()).select_from(feeds).where(feeds.c.configured)).scalar_one()

    def find(self, url: str) -> Feed | None:
        """Return the feed with that configured URL."""
        row = self._connection.execute(_CONFIGURED.where(feeds.c.url == url)).one_or_none()
        return None if row is None else feed_of(row)

    def get_many(self, ids: Iterable[int]) -> dict[int, Feed]:
        """Return the configured feeds among `ids`."""
        return {
            row.id: feed_of(row)
            for chunk in chunks(ids)
            for row in self._connection.execute(_CONFIGURED.where(feeds.c.id.in_(chunk)))
        }

    def next_due_at(self) -> datetime | None:
        """Return when the next feed is due; a leased feed is not before its lease ends."""
        earliest: datetime | None = self._connection.execute(select(func.min(feeds.c.due_at))).scalar_one()
        return earliest

    def retry_now(self, url: str, *, now: datetime) -> bool:
        """Make the feed due at once, one that is gone too."""
        return (
            self._connection.execute(
                update(feeds).where(feeds.c.url == url, feeds.c.configured).values(next_poll_at=now, due_at=now)
            ).rowcount
            > 0
        )


def _new_feed(settings: FeedSettings, now: datetime) -> dict[str, Any]:
    return poll_values(PollState(next_poll_at=now)) | {
        "url": settings.url,
        "fetch_url": settings.url,
        "site": site_of(settings.url),
        "configured": True,
        "settings": settings_text(settings),
        "data": feed_data_text(FeedData()),
        "due_at": now,
        "read_since_prune": False,
    }


def _speaks_otherwise(row: _Stored, settings: FeedSettings) -> bool:
    """Return whether entries of the feed look different to the rules of topics."""
    before = settings_of(row.url, row.settings)
    return (before.tags, before.language) != (settings.tags, settings.language)
