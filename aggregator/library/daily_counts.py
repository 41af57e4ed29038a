"""What each source brought day by day: days that are over are counted once for a while, today each time it is asked for."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from aggregator.storage import Transaction

KEPT_FOR = timedelta(minutes=10)  # of a day that is over only a late entry changes the count

Counts = Mapping[int, Mapping[date, int]]


class DailyCounts:
    """Entries by feed and day (UTC); one a store and process, for any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._past: tuple[datetime, date, date, Counts] | None = None  # when, the days from and before, what

    def read(self, tx: Transaction, *, days: int, now: datetime) -> dict[int, tuple[int, ...]]:
        """Return by feed id the entries of each of the last days, today last; feeds without any are left out."""
        today = now.astimezone(UTC).date()
        dates = [today - timedelta(days=back) for back in reversed(range(days))]
        past = self._days_over(tx, dates[0], today, now)
        recent = tx.health.entries_by_day(since=_midnight(today))
        feeds = past.keys() | recent.keys()
        return {
            feed_id: tuple((recent if day == today else past).get(feed_id, {}).get(day, 0) for day in dates)
            for feed_id in feeds
        }

    def _days_over(self, tx: Transaction, first: date, today: date, now: datetime) -> Counts:
        with self._lock:
            if self._past is not None:
                at, since, until, counts = self._past
                if (since, until) == (first, today) and timedelta(0) <= now - at < KEPT_FOR:
                    return counts
            counts = tx.health.entries_by_day(since=_midnight(first), until=_midnight(today))
            self._past = now, first, today, counts
            return counts


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
