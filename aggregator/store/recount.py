"""Computes the sums of stories anew, from reads, hourly exposures and origins: after a change of half-lives, or a merge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, true, update

from aggregator.store.coverage import coverage, voices_of_stories
from aggregator.store.hours import start_of
from aggregator.store.loading import chunks
from aggregator.store.scales import Scales, Weights
from aggregator.store.tables import reads, stories, story_hours

_AT_ONCE = 5000  # stories: some megabytes

_NEXT = (
    select(stories.c.id, stories.c.dated_at)
    .where(stories.c.id > bindparam("after"))
    .order_by(stories.c.id)
    .limit(bindparam("at_once"))
)
_READS = select(reads.c.story_id, reads.c.at, reads.c.weight).where(
    reads.c.story_id.between(bindparam("first"), bindparam("last"))
)
_EXPOSURES = select(story_hours.c.story_id, story_hours.c.hour, story_hours.c.exposure).where(
    story_hours.c.story_id.between(bindparam("first"), bindparam("last")), story_hours.c.exposure > 0
)
_SAVE = (
    update(stories)
    .where(stories.c.id == bindparam("story"))
    .values(
        day_reads=bindparam("new_day_reads"),
        day_coverage=bindparam("new_day_coverage"),
        day_exposure=bindparam("new_day_exposure"),
        day_score=None,
        trend_reads=bindparam("new_trend_reads"),
        trend_coverage=bindparam("new_trend_coverage"),
        trend_exposure=bindparam("new_trend_exposure"),
        trend_score=None,
        touched=true(),
    )
)
_SAVE_COVERAGE = (
    update(stories)
    .where(stories.c.id == bindparam("story"))
    .values(
        publishers=bindparam("new_publishers"),
        day_coverage=bindparam("new_day_coverage"),
        trend_coverage=bindparam("new_trend_coverage"),
        touched=true(),
    )
)


def recount(connection: Connection, scales: Scales, *, after: int = -1, limit: int | None = None) -> int | None:
    """Compute the sums of every story after an id anew, or of the next `limit`; scores are made by the next ranking.

    Returns the last id there was, None if there are no more.
    """
    done = 0
    for dates in _stories(connection, after=after, at_once=min(limit or _AT_ONCE, _AT_ONCE)):
        span = {"first": min(dates), "last": max(dates)}
        read = _sums((row.story_id, row.at, row.weight) for row in connection.execute(_READS, span))
        exposed = _sums((row.story_id, start_of(row.hour), row.exposure) for row in connection.execute(_EXPOSURES, span))
        seen = voices_of_stories(connection, dates)
        rows = []
        for story, dated_at in dates.items():
            covered = coverage(seen.get(story, ()), dated_at=dated_at, scales=scales)
            row: dict[str, Any] = {"story": story}
            for name, sums in (("reads", read), ("exposure", exposed)):
                weighed = [(scales.weights(at), weight) for at, weight in sums.get(story, ())]
                row[f"new_day_{name}"] = sum(weights.day * weight for weights, weight in weighed)
                row[f"new_trend_{name}"] = sum(weights.trend * weight for weights, weight in weighed)
            rows.append(row | _coverage_values(covered))
        connection.execute(_SAVE, rows)
        done += len(rows)
        if limit is not None and done >= limit:
            return span["last"]
    return None


def recount_coverage(connection: Connection, dates: Mapping[int, datetime], scales: Scales) -> None:
    """Compute anew what the voices of these stories (with their dates) are worth."""
    for ids in chunks(dates):
        seen = voices_of_stories(connection, ids)
        rows = [
            {"story": story, "new_publishers": len(seen.get(story, ()))}
            | _coverage_values(coverage(seen.get(story, ()), dated_at=dates[story], scales=scales))
            for story in ids
        ]
        connection.execute(_SAVE_COVERAGE, rows)


def _coverage_values(covered: Weights) -> dict[str, Any]:
    return {"new_day_coverage": covered.day, "new_trend_coverage": covered.trend}


def _stories(connection: Connection, *, after: int, at_once: int) -> Iterator[dict[int, datetime]]:
    while dates := dict(connection.execute(_NEXT, {"after": after, "at_once": at_once}).all()):
        yield dates
        after = max(dates)


def _sums(events: Iterable[tuple[int, datetime, float]]) -> dict[int, list[tuple[datetime, float]]]:
    grouped: defaultdict[int, list[tuple[datetime, float]]] = defaultdict(list)
    for story, at, weight in events:
        grouped[story].append((at, weight))
    return grouped
