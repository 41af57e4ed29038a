"""What happened to feeds, and the searches for those that are gone from their address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import BigInteger, Connection, and_, delete, func, insert, or_, select, type_coerce

from aggregator.model.feed import Feed, FeedState
from aggregator.model.health import FeedEvent, FeedEventKind, FeedSearch
from aggregator.store import dialect
from aggregator.store.feed_tables import feed_events, feed_searches
from aggregator.store.rows import feed_data_of, feed_of, settings_of
from aggregator.store.tables import LIVE, entries, entry_origins, feeds

_NOT_FOUND = 404
_DAY_MICROSECONDS = 86_400_000_000
_FIRST_DAY = date(1970, 1, 1)


class SqlHealthStore:
    """`HealthStore` inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, events: Sequence[FeedEvent]) -> None:
        """Remember what happened."""
        if events:
            self._connection.execute(
                insert(feed_events),
                [
                    {
                        "feed_id": event.feed_id,
                        "kind": event.kind.value,
                        "at": event.at,
                        "reason": event.reason,
                        "url": event.url,
                    }
                    for event in events
                ],
            )

    def latest(self, *, limit: int) -> list[FeedEvent]:
        """Return what happened to configured feeds, latest first."""
        rows = self._connection.execute(
            select(feed_events, feeds.c.url.label("feed_url"), feeds.c.settings, feeds.c.data, feeds.c.site)
            .join(feeds, feeds.c.id == feed_events.c.feed_id)
            .where(feeds.c.configured)
            .order_by(feed_events.c.at.desc(), feed_events.c.id.desc())
            .limit(limit)
        )
        return [
            FeedEvent(
                id=row.id,
                feed_id=row.feed_id,
                kind=FeedEventKind(row.kind),
                at=row.at,
                reason=row.reason,
                url=row.url,
                feed_title=settings_of(row.feed_url, row.settings).title or feed_data_of(row.data).title or row.site,
                feed_url=row.feed_url,
            )
            for row in rows
        ]

    def lost(self, *, now: datetime, failing_for: timedelta, searched_every: timedelta, limit: int) -> list[Feed]:
        """Return feeds that are gone from their address for so long, and were not looked for within `searched_every`."""
        gone = or_(feeds.c.status == _NOT_FOUND, feeds.c.error == "NotAFeed", feeds.c.state == FeedState.GONE.value)
        searched = feed_searches.c.searched_at
        again = and_(searched <= now - searched_every, feed_searches.c.found_url.is_(None))
        rows = self._connection.execute(
            select(feeds)
            .outerjoin(feed_searches, feed_searches.c.feed_id == feeds.c.id)
            .where(
                feeds.c.configured,
                feeds.c.state.in_([FeedState.FAILING.value, FeedState.GONE.value]),
                gone,
                feeds.c.failing_since_at <= now - failing_for,
                or_(searched.is_(None), searched < feeds.c.failing_since_at, again),
            )
            .order_by(searched, feeds.c.id)
            .limit(limit)
        )
        return [feed_of(row) for row in rows]

    def save_search(self, search: FeedSearch) -> None:
        """Remember a search and what it found."""
        self._connection.execute(
            dialect.upsert(self._connection, feed_searches, replace=True),
            {
                "feed_id": search.feed_id,
                "searched_at": search.searched_at,
                "found_url": search.found_url,
                "found_title": search.found_title,
            },
        )

    def found(self) -> dict[int, FeedSearch]:
        """Return by feed id what searches found for feeds that are still gone from their address."""
        rows = self._connection.execute(
            select(feed_searches)
            .join(feeds, feeds.c.id == feed_searches.c.feed_id)
            .where(
                feeds.c.state.in_([FeedState.FAILING.value, FeedState.GONE.value]),
                feed_searches.c.found_url.is_not(None),
                feed_searches.c.searched_at >= feeds.c.failing_since_at,
            )
        )
        return {
            row.feed_id: FeedSearch(
                feed_id=row.feed_id, searched_at=row.searched_at, found_url=row.found_url, found_title=row.found_title or ""
            )
            for row in rows
        }

    def entries_by_day(self, *, since: datetime, until: datetime | None = None) -> Mapping[int, Mapping[date, int]]:
        """Return by feed id how many stored entries it carries of each day (UTC) since, before `until`; none is left out."""
        statement = select(entries.c.id, entries.c.dated_at).where(entries.c.dated_at >= since)
        if until is not None:
            statement = statement.where(entries.c.dated_at < until)
        dated = statement.offset(0).subquery()  # first by the index of dates: SQLite would begin with all origins there are
        day = type_coerce(dated.c.dated_at, BigInteger) // _DAY_MICROSECONDS
        rows = self._connection.execute(
            select(entry_origins.c.feed_id, day.label("day"), func.count(dated.c.id.distinct()))
            .select_from(dated)
            .join(entry_origins, entry_origins.c.entry_id == dated.c.id)
            .where(entry_origins.c.pruned == LIVE)
            .group_by(entry_origins.c.feed_id, day)
        )
        found: dict[int, dict[date, int]] = {}
        for feed_id, number, count in rows:
            found.setdefault(feed_id, {})[_FIRST_DAY + timedelta(days=number)] = count
        return found

    def prune(self, *, before: datetime) -> int:
        """Delete what happened before."""
        return self._connection.execute(delete(feed_events).where(feed_events.c.at < before)).rowcount
