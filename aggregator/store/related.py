"""Related stories, as JSON of ids, reasons and scores."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, or_, select, update

from aggregator.model.language import primary_language
from aggregator.model.related import Reason, Related, RelatedLink, StoryText
from aggregator.store import dialect
from aggregator.store.loading import chunks, load_origins
from aggregator.store.story_tables import related_stories, story_redirects
from aggregator.store.tables import LIVE, entries, entry_origins, stories

_TEASER_CHARS = 800  # of HTML: the beginning of a teaser, with its markup
_DIGITS = 3  # of a score

_CHANGED = (
    select(entries.c.revision, entries.c.story_id)
    .where(entries.c.revision > bindparam("after"), entries.c.revision <= bindparam("until"))
    .order_by(entries.c.revision)
    .limit(bindparam("most"))
)
_DUE = (
    select(related_stories.c.story_id)
    .where(related_stories.c.due_at <= bindparam("now"))
    .order_by(related_stories.c.due_at, related_stories.c.story_id)
    .limit(bindparam("most"))
)
_NEWEST = select(stories.c.id).order_by(stories.c.id.desc()).limit(bindparam("most"))
_TEXTS = (
    select(
        stories.c.id,
        stories.c.dated_at,
        stories.c.publishers,
        stories.c.readers_24h,
        entries.c.title,
        entries.c.language,
        func.substr(entries.c.summary_html, 1, _TEASER_CHARS).label("summary_html"),
        entry_origins.c.feed_id,
    )
    .join(entries, entries.c.id == stories.c.entry_id)
    .join(entry_origins, entry_origins.c.entry_id == entries.c.id)
    .where(stories.c.id.in_(bindparam("ids", expanding=True)), entry_origins.c.is_primary, entry_origins.c.pruned == LIVE)
)
_LINKED = (
    select(stories.c.id, stories.c.entry_id, entries.c.url, entries.c.title, entries.c.language, entry_origins.c.feed_id)
    .join(entries, entries.c.id == stories.c.entry_id)
    .join(entry_origins, entry_origins.c.entry_id == entries.c.id)
    .where(stories.c.id.in_(bindparam("ids", expanding=True)), entry_origins.c.is_primary, entry_origins.c.pruned == LIVE)
)
_STORED = select(stories.c.id).where(stories.c.id.in_(bindparam("ids", expanding=True)))
_REDIRECTS = select(story_redirects).where(story_redirects.c.id.in_(bindparam("ids", expanding=True)))
_LISTS = select(related_stories.c.story_id, related_stories.c.listed).where(
    related_stories.c.story_id.in_(bindparam("ids", expanding=True))
)
_HASTEN = (
    update(related_stories)
    .where(
        related_stories.c.story_id == bindparam("story"),
        or_(related_stories.c.due_at.is_(None), related_stories.c.due_at > bindparam("soon")),
    )
    .values(due_at=bindparam("soon"))
)


class SqlRelatedStore:
    """`RelatedStore` inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def touched(self, *, after: int, until: int, limit: int) -> tuple[int, list[int]]:
        """Return the stories of entries that changed, and up to where was looked."""
        rows = self._connection.execute(_CHANGED, {"after": after, "until": until, "most": limit}).all()
        reached = rows[-1].revision if len(rows) == limit else until
        return reached, list(dict.fromkeys(row.story_id for row in rows))

    def due(self, *, now: datetime, limit: int) -> list[int]:
        """Return stories whose list is to be made anew by now, longest due first."""
        return list(self._connection.execute(_DUE, {"now": now, "most": limit}).scalars())

    def newest(self, *, limit: int) -> list[int]:
        """Return the stories with the highest ids."""
        return list(self._connection.execute(_NEWEST, {"most": limit}).scalars())

    def texts(self, story_ids: Iterable[int]) -> dict[int, StoryText]:
        """Return what the stories that exist say."""
        found: dict[int, StoryText] = {}
        for ids in chunks(dict.fromkeys(story_ids)):
            rows = self._connection.execute(_TEXTS, {"ids": ids}).all()
            origins = load_origins(self._connection, (row.feed_id for row in rows))
            for row in rows:
                found[row.id] = StoryText(
                    story_id=row.id,
                    title=row.title,
                    summary_html=row.summary_html,
                    language=row.language or origins[row.feed_id].language,
                    site=origins[row.feed_id].site,
                    dated_at=row.dated_at,
                    publishers=row.publishers,
                    readers=row.readers_24h,
                )
        return found

    def save(self, lists: Mapping[int, Sequence[Related]], *, due_at: Mapping[int, datetime]) -> None:
        """Replace the lists of stories, and say when each is due again."""
        for ids in chunks(lists):
            rows = [
                {"story_id": story_id, "listed": _written(lists[story_id]), "due_at": due_at.get(story_id)}
                for story_id in self._connection.execute(_STORED, {"ids": ids}).scalars()
            ]
            if rows:
                self._connection.execute(dialect.upsert(self._connection, related_stories, replace=True), rows)

    def hasten(self, story_ids: Iterable[int], *, due_at: datetime) -> None:
        """Let lists be due then, where they would be later."""
        rows = [{"story": story_id, "soon": due_at} for story_id in sorted(set(story_ids))]
        if rows:
            self._connection.execute(_HASTEN, rows)

    def links(self, story_ids: Iterable[int], *, limit: int) -> dict[int, tuple[RelatedLink, ...]]:
        """Return of the lists of stories what is in the language of each, at most `limit` for each, the first first."""
        lists = self.of(story_ids)
        told: dict[int, tuple[Row[*tuple[Any, ...]], str | None]] = {}  # with the language
        for ids in chunks(lists.keys() | {one.story_id for listed in lists.values() for one in listed}):
            rows = self._connection.execute(_LINKED, {"ids": ids}).all()
            origins = load_origins(self._connection, (row.feed_id for row in rows))
            told.update({row.id: (row, row.language or origins[row.feed_id].language) for row in rows})
        found: dict[int, tuple[RelatedLink, ...]] = {}
        for story_id in lists.keys() & told.keys():
            spoken = primary_language(told[story_id][1])
            named = [(told[one.story_id], one.reason) for one in lists[story_id] if one.story_id in told]
            links = [
                RelatedLink(entry_id=row.entry_id, url=row.url, title=row.title, language=language, reason=reason)
                for (row, language), reason in named
                if primary_language(language) == spoken
            ]
            if links:
                found[story_id] = tuple(links[:limit])
        return found

    def of(self, story_ids: Iterable[int]) -> dict[int, tuple[Related, ...]]:
        """Return the lists of stories that have one."""
        held: dict[int, list[Related]] = {}
        for ids in chunks(dict.fromkeys(story_ids)):
            held.update((row.story_id, _read(row.listed)) for row in self._connection.execute(_LISTS, {"ids": ids}))
        current = self._current({one.story_id for listed in held.values() for one in listed})
        found: dict[int, tuple[Related, ...]] = {}
        for story_id, listed in held.items():
            once: dict[int, Related] = {}
            for one in listed:
                now_at = current.get(one.story_id)
                if now_at is not None and now_at != story_id:
                    once.setdefault(now_at, Related(story_id=now_at, reason=one.reason, score=one.score))
            found[story_id] = tuple(once.values())
        return found

    def _current(self, story_ids: set[int]) -> dict[int, int]:
        """Return where stories are now: by themselves, or in the one they were merged into."""
        found: dict[int, int] = {}
        for ids in chunks(story_ids):
            found.update((story_id, story_id) for story_id in self._connection.execute(_STORED, {"ids": ids}).scalars())
        for ids in chunks(story_ids - found.keys()):
            found.update((row.id, row.story_id) for row in self._connection.execute(_REDIRECTS, {"ids": ids}))
        return found


def _written(listed: Sequence[Related]) -> str:
    return json.dumps([[one.story_id, one.reason, round(one.score, _DIGITS)] for one in listed], separators=(",", ":"))


def _read(listed: str) -> list[Related]:
    return [Related(story_id=story_id, reason=Reason(reason), score=score) for story_id, reason, score in json.loads(listed)]
