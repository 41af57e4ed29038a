"""Key points of stories, as JSON of plain texts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict

from sqlalchemy import Connection, bindparam, select

from aggregator.model.keypoint import KeyPoint
from aggregator.storage.keypoints import Summary
from aggregator.store import dialect
from aggregator.store.coverage import entries_of_stories
from aggregator.store.loading import chunks
from aggregator.store.story_tables import summaries
from aggregator.store.tables import entries, stories

NOTHING = "[]"

_CHANGED = (
    select(entries.c.revision, entries.c.story_id)
    .where(entries.c.revision > bindparam("after"), entries.c.revision <= bindparam("until"))
    .order_by(entries.c.revision)
    .limit(bindparam("most"))
)
_STORED = select(stories.c.id).where(stories.c.id.in_(bindparam("ids", expanding=True)))
_FINGERPRINTS = select(summaries.c.story_id, summaries.c.fingerprint).where(
    summaries.c.story_id.in_(bindparam("ids", expanding=True))
)
_POINTS = select(summaries.c.story_id, summaries.c.points).where(
    summaries.c.story_id.in_(bindparam("ids", expanding=True)), summaries.c.points != NOTHING
)
_STORY_OF = select(entries.c.id, entries.c.story_id).where(entries.c.id.in_(bindparam("ids", expanding=True)))


class SqlKeyPointStore:
    """`KeyPointStore` inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def touched(self, *, after: int, until: int, limit: int) -> tuple[int, dict[int, list[int]]]:
        """Return the stories of several entries of which one changed, with their entries, and up to where was looked."""
        rows = self._connection.execute(_CHANGED, {"after": after, "until": until, "most": limit}).all()
        held: dict[int, list[int]] = {}
        for entry_id, story_id in entries_of_stories(self._connection, (row.story_id for row in rows)).items():
            held.setdefault(story_id, []).append(entry_id)
        several = {story_id: sorted(entry_ids) for story_id, entry_ids in held.items() if len(entry_ids) > 1}
        return rows[-1].revision if len(rows) == limit else until, several

    def fingerprints(self, story_ids: Iterable[int]) -> dict[int, str]:
        """Return the fingerprints of what was chosen from, where something was."""
        found: dict[int, str] = {}
        for ids in chunks(story_ids):
            found.update(self._connection.execute(_FINGERPRINTS, {"ids": ids}).all())
        return found

    def save(self, made: Mapping[int, Summary]) -> None:
        """Replace the key points of stories; those that are no longer stored are passed over."""
        for ids in chunks(made):
            rows = [
                {
                    "story_id": story_id,
                    "fingerprint": made[story_id].fingerprint,
                    "points": json.dumps(
                        [asdict(point) for point in made[story_id].points], ensure_ascii=False, separators=(",", ":")
                    ),
                }
                for story_id in self._connection.execute(_STORED, {"ids": ids}).scalars()
            ]
            if rows:
                self._connection.execute(dialect.upsert(self._connection, summaries, replace=True), rows)

    def of(self, story_ids: Iterable[int]) -> dict[int, tuple[KeyPoint, ...]]:
        """Return the key points of stories, where there are any; none of a story that lost an entry they stand in."""
        found: dict[int, tuple[KeyPoint, ...]] = {}
        for ids in chunks(dict.fromkeys(story_ids)):
            for row in self._connection.execute(_POINTS, {"ids": ids}):
                found[row.story_id] = tuple(KeyPoint(**told) for told in json.loads(row.points))
        story_of: dict[int, int] = {}
        for ids in chunks({point.entry_id for points in found.values() for point in points}):
            story_of.update(self._connection.execute(_STORY_OF, {"ids": ids}).all())
        return {
            story_id: points
            for story_id, points in found.items()
            if all(story_of.get(point.entry_id) == story_id for point in points)
        }
