"""Which entries stand in which stories, and by whose decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, case, delete, exists, func, select, tuple_, update

from aggregator.model.entry import is_guessed
from aggregator.model.grouping import Arrival, Evidence, Joining, StoryMember, StorySettlement
from aggregator.store import dialect
from aggregator.store.coverage import entries_of_stories
from aggregator.store.joining import join_entries
from aggregator.store.loading import chunks, load_origins
from aggregator.store.recount import recount_coverage
from aggregator.store.scales import read_scales
from aggregator.store.splitting import split_entries
from aggregator.store.story_tables import meanings, placements, stories_apart
from aggregator.store.tables import IN_ANOTHERS_STORY, LIVE, entries, entry_origins, stories

_TEASER_CHARS = 1_500  # of HTML: two paragraphs, with their markup
_LONGEST_STORY = 100  # entries that `members` returns of one story

_others = entries.alias("others")
_ARRIVAL = (
    select(
        entries.c.id,
        entries.c.story_id,
        entries.c.revision,
        entries.c.title,
        entries.c.language,
        entries.c.dated_at,
        entries.c.first_seen_at,
        func.coalesce(entries.c.published_at, entries.c.updated_at).label("said_at"),
        case((func.trim(entries.c.title) == "", func.substr(entries.c.summary_html, 1, _TEASER_CHARS)), else_="").label(
            "summary_html"
        ),
        entry_origins.c.feed_id,
        placements.c.by_operator,
        exists(select(_others.c.id).where(_others.c.story_id == entries.c.id, IN_ANOTHERS_STORY)).label("has_others"),
    )
    .join(entry_origins, entry_origins.c.entry_id == entries.c.id)
    .outerjoin(placements, placements.c.entry_id == entries.c.id)
    .where(entry_origins.c.is_primary, entry_origins.c.pruned == LIVE)
)
_MEMBERS = (
    select(
        entries.c.id,
        entries.c.title,
        entries.c.language,
        entries.c.dated_at,
        func.substr(entries.c.summary_html, 1, _TEASER_CHARS).label("summary_html"),
        func.substr(entries.c.content_html, 1, _TEASER_CHARS).label("content_html"),
        entry_origins.c.feed_id,
        placements.c.copy_of,
    )
    .join(entry_origins, entry_origins.c.entry_id == entries.c.id)
    .outerjoin(placements, placements.c.entry_id == entries.c.id)
    .where(entries.c.id.in_(bindparam("ids", expanding=True)), entry_origins.c.is_primary, entry_origins.c.pruned == LIVE)
)
_DATES = select(stories.c.id, stories.c.dated_at).where(stories.c.id.in_(bindparam("ids", expanding=True)))
_SAVE_LEAD = update(stories).where(stories.c.id == bindparam("story")).values(entry_id=bindparam("lead"))
_COPIES = select(placements.c.entry_id, placements.c.copy_of).where(
    placements.c.entry_id.in_(bindparam("ids", expanding=True)), placements.c.copy_of.is_not(None)
)
_SAVE_COPY = update(placements).where(placements.c.entry_id == bindparam("entry")).values(copy_of=bindparam("original"))
_UNREAD_FOUNDERS = (
    select(entries.c.id)
    .join(stories, stories.c.id == entries.c.story_id)
    .outerjoin(placements, placements.c.entry_id == entries.c.id)
    .where(
        entries.c.id.in_(bindparam("ids", expanding=True)),
        entries.c.story_id == entries.c.id,
        stories.c.readers == 0,
        placements.c.by_operator.is_not(True),
    )
)
_EVIDENCE = select(placements).where(placements.c.entry_id.in_(bindparam("ids", expanding=True)))


class SqlGroupingStore:
    """`GroupingStore` inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def changed_since(self, revision: int, *, limit: int) -> list[Arrival]:
        """Return entries with a higher revision, by revision."""
        return self._arrivals(_ARRIVAL.where(entries.c.revision > revision).order_by(entries.c.revision).limit(limit))

    def active(self, *, since: datetime, revision: int) -> list[Arrival]:
        """Return entries dated since and up to a revision, in order of time."""
        return self._arrivals(
            _ARRIVAL.where(entries.c.dated_at >= since, entries.c.revision <= revision).order_by(
                entries.c.dated_at, entries.c.id
            )
        )

    def _arrivals(self, statement: Select[Any]) -> list[Arrival]:
        rows = self._connection.execute(statement).all()
        origins = load_origins(self._connection, (row.feed_id for row in rows))
        return [
            Arrival(
                entry_id=row.id,
                story_id=row.story_id,
                revision=row.revision,
                title=row.title,
                summary_html=row.summary_html,
                language=row.language or origins[row.feed_id].language,
                site=origins[row.feed_id].site,
                dated_at=row.dated_at,
                is_undated=is_guessed(row.dated_at, said=row.said_at, first_seen_at=row.first_seen_at),
                by_operator=bool(row.by_operator),
                has_others=bool(row.has_others),
            )
            for row in rows
        ]

    def apart(self) -> set[tuple[int, int]]:
        """Return the pairs of stories that a person parted, the smaller id first."""
        return {(row.one, row.other) for row in self._connection.execute(select(stories_apart))}

    def join(self, joinings: Sequence[Joining]) -> set[int]:
        """Let entries join stories, with the evidence; return the stories that got any."""
        return join_entries(self._connection, joinings)

    def untouched(self, entry_ids: Iterable[int]) -> set[int]:
        """Return the entries that are alone in the story they founded, which nobody has read and no person looked after."""
        found: set[int] = set()
        for ids in chunks(dict.fromkeys(entry_ids)):
            found.update(self._connection.execute(_UNREAD_FOUNDERS, {"ids": ids}).scalars())
        held = Counter(entries_of_stories(self._connection, found).values())
        return {story_id for story_id in found if held[story_id] == 1}

    def members(self, story_ids: Iterable[int]) -> dict[int, list[StoryMember]]:
        """Return the entries of stories that have several, in order of time; of very long ones the first and the newest."""
        story_of = entries_of_stories(self._connection, story_ids)
        by_story: dict[int, list[int]] = {}
        for entry_id in sorted(story_of):
            by_story.setdefault(story_of[entry_id], []).append(entry_id)
        wanted = {
            entry_id: story_id
            for story_id, ids in by_story.items()
            if len(ids) > 1
            for entry_id in (ids if len(ids) <= _LONGEST_STORY else [ids[0], *ids[1 - _LONGEST_STORY :]])
        }
        found: dict[int, list[StoryMember]] = {}
        for ids in chunks(wanted):
            rows = self._connection.execute(_MEMBERS, {"ids": ids}).all()
            origins = load_origins(self._connection, (row.feed_id for row in rows))
            for row in rows:
                member = StoryMember(
                    entry_id=row.id,
                    title=row.title,
                    summary_html=row.summary_html,
                    content_html=row.content_html,
                    language=row.language or origins[row.feed_id].language,
                    site=origins[row.feed_id].site,
                    dated_at=row.dated_at,
                    copy_of=row.copy_of,
                )
                found.setdefault(wanted[row.id], []).append(member)
        return {story: sorted(members, key=lambda one: (one.dated_at, one.entry_id)) for story, members in found.items()}

    def settle(self, settlements: Sequence[StorySettlement]) -> None:
        """Write which entries stand for their stories and which repeat others, and count their coverage by voices anew."""
        by_story = {settled.story_id: settled for settled in settlements}
        story_of = entries_of_stories(self._connection, by_story)
        leads = [
            {"story": settled.story_id, "lead": settled.entry_id}
            for settled in settlements
            if story_of.get(settled.entry_id) == settled.story_id
        ]
        if not leads:
            return
        self._connection.execute(_SAVE_LEAD, leads)
        self._save_copies(story_of, {entry: original for s in settlements for entry, original in s.copies.items()})
        dates: dict[int, datetime] = {}
        for ids in chunks(by_story):
            dates.update(self._connection.execute(_DATES, {"ids": ids}).all())
        recount_coverage(self._connection, dates, read_scales(self._connection))

    def _save_copies(self, story_of: Mapping[int, int], copies: Mapping[int, int]) -> None:
        before: dict[int, int] = {}
        for ids in chunks(story_of):
            before.update(self._connection.execute(_COPIES, {"ids": ids}).all())
        changed = [
            {"entry": entry_id, "original": copies.get(entry_id)}
            for entry_id in story_of
            if before.get(entry_id) != copies.get(entry_id)
        ]
        if not changed:
            return
        # An entry that founded its story has no evidence to keep: its row says that it is a copy, and no more.
        rows = [
            {"entry_id": row["entry"], "score": 0.0, "reason": "", "by_operator": False, "copy_of": None} for row in changed
        ]
        self._connection.execute(dialect.upsert(self._connection, placements, replace=False), rows)
        self._connection.execute(_SAVE_COPY, changed)

    def split(self, entry_ids: Sequence[int]) -> int:
        """Part entries of one story from the rest of it, by a person's decision; return the id of their new story."""
        return split_entries(self._connection, entry_ids)

    def pin(self, entry_ids: Iterable[int], *, reason: str) -> None:
        """Remember that a person decided where these entries stand."""
        ids = sorted(set(entry_ids))
        rows = [{"entry_id": one, "score": 1.0, "reason": reason, "by_operator": True, "copy_of": None} for one in ids]
        if rows:
            self._connection.execute(dialect.upsert(self._connection, placements, replace=True), rows)

    def evidence(self, entry_ids: Iterable[int]) -> dict[int, Evidence]:
        """Return why entries stand where they stand; those that founded their story are left out."""
        found: dict[int, Evidence] = {}
        for ids in chunks(dict.fromkeys(entry_ids)):
            found.update(
                (
                    row.entry_id,
                    Evidence(
                        entry_id=row.entry_id,
                        score=row.score,
                        reason=row.reason,
                        by_operator=row.by_operator,
                        copy_of=row.copy_of,
                    ),
                )
                for row in self._connection.execute(_EVIDENCE, {"ids": ids})
            )
        return found

    def meanings(self, text_keys: Iterable[bytes], *, model: str) -> dict[bytes, bytes]:
        """Return the sentence vectors that are stored, by the key of the text."""
        found: dict[bytes, bytes] = {}
        for keys in chunks(dict.fromkeys(text_keys)):
            statement = select(meanings.c.text_key, meanings.c.vector).where(
                tuple_(meanings.c.text_key, meanings.c.model).in_([(key, model) for key in keys])
            )
            found.update(self._connection.execute(statement).all())
        return found

    def save_meanings(self, vectors: Mapping[bytes, bytes], *, model: str, now: datetime) -> None:
        """Store sentence vectors."""
        rows = [{"text_key": key, "model": model, "vector": vector, "made_at": now} for key, vector in vectors.items()]
        if rows:
            self._connection.execute(dialect.upsert(self._connection, meanings, replace=True), rows)

    def prune_meanings(self, *, before: datetime, model: str | None) -> int:
        """Delete sentence vectors made before, and all of models other than `model` (None: keep every model's)."""
        gone = self._connection.execute(delete(meanings).where(meanings.c.made_at < before)).rowcount
        if model is not None:
            gone += self._connection.execute(delete(meanings).where(meanings.c.model != model)).rowcount
        return gone
