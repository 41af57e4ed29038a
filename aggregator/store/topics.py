"""Topics and what belongs to them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, or_, select, update

from aggregator.model.coverage import TopicStory
from aggregator.model.entry import Entry
from aggregator.model.topic import Assignment, Topic
from aggregator.storage import TopicRow
from aggregator.store import dialect
from aggregator.store.loading import chunks, load_entries
from aggregator.store.story_lists import Place, listed_in_topic, newest_of_topics, stories_of_topic
from aggregator.store.tables import entries, entry_topics
from aggregator.store.tables import topics as topics_table

_HASH_BYTES = 16  # as many as every other key: no two sets of rules meet by chance
_DATES = select(entries.c.id, entries.c.dated_at).where(entries.c.id.in_(bindparam("ids", expanding=True)))
_CLEAR = delete(entry_topics).where(
    entry_topics.c.entry_id.in_(bindparam("ids", expanding=True)), entry_topics.c.slug.in_(bindparam("slugs", expanding=True))
)


class SqlTopicStore:
    """`TopicStore` inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def configure(self, topics: Sequence[Topic]) -> None:
        """Make the stored topics those of the configuration; one whose rules changed starts over from revision 0."""
        known = {
            row.slug: row
            for row in self._connection.execute(select(topics_table.c.slug, topics_table.c.rules_hash, topics_table.c.revision))
        }
        out = known.keys() - {topic.slug for topic in topics}
        if out:
            self._connection.execute(
                delete(topics_table).where(topics_table.c.slug == bindparam("gone")), [{"gone": slug} for slug in out]
            )
        if not topics:
            return
        rows = []
        for position, topic in enumerate(topics):
            rules = rules_hash(topic)
            before = known.get(topic.slug)
            rows.append(
                {
                    "slug": topic.slug,
                    "title": topic.title,
                    "rules_hash": rules,
                    "revision": before.revision if before is not None and before.rules_hash == rules else 0,
                    "position": position,
                }
            )
        self._connection.execute(dialect.upsert(self._connection, topics_table, replace=True), rows)

    def all(self, *, counted: bool = True) -> list[TopicRow]:
        """Return the topics in the order of the configuration; not `counted`, their `entries` are 0, and it costs no scan."""
        if not counted:
            rows = self._connection.execute(select(topics_table).order_by(topics_table.c.position, topics_table.c.slug))
            return [
                TopicRow(slug=row.slug, title=row.title, rules_hash=row.rules_hash, revision=row.revision, entries=0)
                for row in rows
            ]
        held = select(entry_topics.c.slug, func.count().label("entries")).group_by(entry_topics.c.slug).subquery("held")
        statement = (
            select(topics_table, func.coalesce(held.c.entries, 0).label("entries"))
            .outerjoin(held, held.c.slug == topics_table.c.slug)
            .order_by(topics_table.c.position, topics_table.c.slug)
        )
        return [
            TopicRow(slug=row.slug, title=row.title, rules_hash=row.rules_hash, revision=row.revision, entries=row.entries)
            for row in self._connection.execute(statement)
        ]

    def assign(
        self, slugs: Sequence[str], entry_ids: Sequence[int], assignments: Sequence[Assignment], *, revision: int | None
    ) -> None:
        """Replace what `slugs` hold of `entry_ids`; topics and entries that are no longer stored are passed over.

        `revision` is up to where the topics are brought by it; None: no further than before.
        """
        known = (
            self._connection.execute(select(topics_table.c.slug).where(topics_table.c.slug.in_(list(slugs)))).scalars().all()
        )
        if not known:
            return
        for ids in chunks(dict.fromkeys(entry_ids)):
            self._connection.execute(_CLEAR, {"ids": ids, "slugs": known})
        dates: dict[int, datetime] = {}
        for ids in chunks({assignment.entry_id for assignment in assignments}):
            dates.update(self._connection.execute(_DATES, {"ids": ids}).all())
        rows = [
            {"entry_id": made.entry_id, "slug": made.slug, "dated_at": dates[made.entry_id], "reason": made.reason}
            for made in assignments
            if made.entry_id in dates and made.slug in known
        ]
        if rows:
            self._connection.execute(insert(entry_topics), rows)
        if revision is not None:
            self._connection.execute(update(topics_table).where(topics_table.c.slug.in_(known)).values(revision=revision))

    def entries(self, slug: str, *, limit: int, before: tuple[datetime, int] | None = None) -> list[Entry]:
        """Return the entries of a topic, newest first, then by id falling."""
        place = (entry_topics.c.dated_at, entry_topics.c.entry_id)
        statement = (
            select(entries)
            .join(entry_topics, entry_topics.c.entry_id == entries.c.id)
            .where(entry_topics.c.slug == slug)
            .order_by(place[0].desc(), place[1].desc())
            .limit(limit)
        )
        if before is not None:
            dated_at, entry_id = before
            # The first condition bounds the range of the index, the second takes ties apart.
            statement = statement.where(
                place[0] <= dated_at, or_(place[0] < dated_at, and_(place[0] == dated_at, place[1] < entry_id))
            )
        return load_entries(self._connection, self._connection.execute(statement).all())

    def stories(self, slug: str, *, limit: int, before: Place | None = None) -> list[TopicStory]:
        """Return the stories of a topic by the newest entry that they have in it, newest first."""
        return stories_of_topic(self._connection, slug, limit=limit, before=before)

    def newest_stories(self, slugs: Sequence[str], *, limit: int) -> dict[str, list[Entry]]:
        """Return for each topic the entries to show of its first stories, all topics in one go."""
        return newest_of_topics(self._connection, slugs, limit=limit)

    def listed(self, slug: str, story_ids: Collection[int]) -> dict[int, TopicStory]:
        """Return the stories among these that have entries in the topic."""
        return listed_in_topic(self._connection, slug, story_ids)

    def story_counts(self) -> dict[str, int]:
        """Return of how many stories each topic holds entries; topics without any are left out."""
        statement = (
            select(entry_topics.c.slug, func.count(entries.c.story_id.distinct()))
            .join(entries, entries.c.id == entry_topics.c.entry_id)
            .group_by(entry_topics.c.slug)
        )
        return dict(self._connection.execute(statement).all())

    def of_entries(self, entry_ids: Iterable[int]) -> set[str]:
        """Return the slugs of the topics that any of the entries belongs to."""
        found: set[str] = set()
        for ids in chunks(dict.fromkeys(entry_ids)):
            statement = select(entry_topics.c.slug).where(entry_topics.c.entry_id.in_(ids)).distinct()
            found.update(self._connection.execute(statement).scalars())
        return found

    def of_entry(self, entry_id: int) -> list[str]:
        """Return the slugs of the topics an entry belongs to, in the order of the configuration."""
        statement = (
            select(topics_table.c.slug)
            .join(entry_topics, entry_topics.c.slug == topics_table.c.slug)
            .where(entry_topics.c.entry_id == entry_id)
            .order_by(topics_table.c.position, topics_table.c.slug)
        )
        return list(self._connection.execute(statement).scalars())


def rules_hash(topic: Topic) -> str:
    """Return a key over what decides which entries belong to the topic, and over nothing else."""
    rules: tuple[object, ...] = (
        topic.about,
        topic.any_of, topic.all_of, topic.none_of, topic.tags, topic.feeds, topic.languages, topic.categories,
    )  # fmt: skip
    if topic.examples:  # others keep the key they had before there were any, and are not matched anew
        rules = (*rules, topic.examples)
    return hashlib.blake2b(json.dumps(rules, ensure_ascii=False).encode(), digest_size=_HASH_BYTES).hexdigest()
