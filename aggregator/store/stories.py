"""Stories: how they rank, and what their scores are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    not_,
    select,
    true,
    update,
)

from aggregator.model.coverage import CoverageEntry
from aggregator.model.story import Ranking, Scale, SiteHour, StoryStanding, Window, Worth
from aggregator.store import dialect, sequences
from aggregator.store.coverage import entries_of_stories
from aggregator.store.hours import first_hour, hour_of, start_of
from aggregator.store.loading import chunks
from aggregator.store.merging import merge_stories
from aggregator.store.notes import forget, note, noted
from aggregator.store.recount import recount
from aggregator.store.redirects import current_story
from aggregator.store.scales import COLUMN, Scales, read_scales, save_scale
from aggregator.store.story_lists import coverage_of, version_of
from aggregator.store.tables import (
    EXPOSED,
    IN_TREND,
    LIVE,
    READ_7D,
    READ_24H,
    READ_30D,
    TOUCHED,
    entries,
    entry_origins,
    entry_topics,
    feeds,
    list_entries,
    reads,
    site_hours,
    stories,
    story_hours,
)

_RECOUNT = "recount"  # key of the note that sums are to be computed anew, whatever their half-lives
_RECOUNTED = "recounted_until"  # key of the note that says up to which story that was done
_RANKED_HOUR = "ranked_hour"  # key of the note that says up to which hour the windows were brought
# Where the first stories of a topic are looked for: a topic that is a tenth of everything has 200 among the leading ones; of
# a smaller one the newest entries are some weeks.
_TOPIC_NEWEST = 500
_TOPIC_LEADING = 2_000
_WINDOW_HOURS = {window: int(window.span / timedelta(hours=1)) for window in Window}
_READERS = {Window.DAY: stories.c.readers_24h, Window.WEEK: stories.c.readers_7d, Window.MONTH: stories.c.readers_30d}
_SOMEBODY_READ = {Window.DAY: READ_24H, Window.WEEK: READ_7D, Window.MONTH: READ_30D}
_SCORE = {Ranking.MOST_READ: stories.c.day_score, Ranking.TRENDING: stories.c.trend_score}
_IN_ORDER = {Ranking.MOST_READ: READ_24H, Ranking.TRENDING: IN_TREND}
_EXPOSE = (
    update(stories)
    .where(stories.c.id == bindparam("story"))
    .values(
        day_exposure=stories.c.day_exposure + bindparam("day"), trend_exposure=stories.c.trend_exposure + bindparam("trend")
    )
)
_STORED = select(stories.c.id).where(stories.c.id.in_(bindparam("ids", expanding=True)))
_STORY_OF = select(entries.c.id, entries.c.story_id).where(entries.c.id.in_(bindparam("ids", expanding=True)))


class SqlStoryStore:
    """`StoryStore` inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def scales(self) -> dict[Ranking, Scale]:
        """Return how the sums decay now."""
        scales = read_scales(self._connection)
        return {Ranking.MOST_READ: scales.day, Ranking.TRENDING: scales.trend}

    def use_half_lives(self, half_lives: Mapping[Ranking, timedelta], *, now: datetime, limit: int | None = None) -> bool:
        """Recompute every sum, or the next `limit`, unless they decay by these half-lives already; return whether it did."""
        scales, after = self.scales(), noted(self._connection, _RECOUNTED)
        same = all(scales[ranking].half_life == half_life for ranking, half_life in half_lives.items())
        if after is None or not same:
            if same and noted(self._connection, _RECOUNT) is None:
                return False
            # From here on reads add what they weigh by the new scales, and so they do in the sums that are made anew later.
            scales |= {ranking: Scale(zero=now, half_life=half_life) for ranking, half_life in half_lives.items()}
            for ranking, scale in scales.items():
                save_scale(self._connection, ranking, scale)
            note(self._connection, _RECOUNT, "1")
            after = "-1"
        made = Scales(scales[Ranking.MOST_READ], scales[Ranking.TRENDING])
        last = recount(self._connection, made, after=int(after), limit=limit)
        if last is None:
            forget(self._connection, _RECOUNT)
            forget(self._connection, _RECOUNTED)
        else:
            note(self._connection, _RECOUNTED, str(last))
        return True

    def rebase(self, ranking: Ranking, *, zero: datetime, factor: float) -> None:
        """Move the zero of an order: every sum and score of it is multiplied by `factor`, so that no order changes."""
        scale = self.scales()[ranking]
        save_scale(self._connection, ranking, Scale(zero=zero, half_life=scale.half_life))
        columns = [stories.c[f"{COLUMN[ranking]}_{name}"] for name in ("reads", "coverage", "exposure", "score")]
        self._connection.execute(update(stories).values({column: column * factor for column in columns}))

    def expose(self, exposures: Mapping[int, float], *, at: datetime) -> None:
        """Add exposures to stories; those no longer stored are passed over."""
        weights = read_scales(self._connection).weights(at)
        hour = hour_of(at)
        total = 0.0
        for ids in chunks(sorted(exposures)):
            stored = self._connection.execute(_STORED, {"ids": ids}).scalars().all()
            if not stored:
                continue
            self._connection.execute(
                _EXPOSE,
                [
                    {"story": story, "day": exposures[story] * weights.day, "trend": exposures[story] * weights.trend}
                    for story in stored
                ],
            )
            self._connection.execute(
                dialect.accumulate(self._connection, story_hours),
                [{"story_id": story, "hour": hour, "readers": 0, "exposure": exposures[story]} for story in stored],
            )
            total += sum(exposures[story] for story in stored)
        if total:
            self._connection.execute(
                dialect.accumulate(self._connection, site_hours), {"hour": hour, "reads": 0.0, "exposure": total}
            )

    def rank(
        self, worths: Mapping[Ranking, Worth], *, now: datetime, everything: bool = False, limit: int | None = None
    ) -> int:
        """Bring windows and scores of the stories that changed, or all, up to date, `limit` at most; return how many."""
        hour = hour_of(now)
        self._touch_leaving(hour)
        scores = {f"{COLUMN[ranking]}_score": _score(ranking, worth) for ranking, worth in worths.items()}
        changed = update(stories).values(
            **scores, **{_READERS[window].name: _readers_since(hour - hours) for window, hours in _WINDOW_HOURS.items()}
        )
        if everything:
            self._connection.execute(update(stories).where(not_(stories.c.touched)).values(touched=true()))
        next_ones = select(stories.c.id).where(TOUCHED).limit(limit)
        changed = changed.where(TOUCHED if limit is None else stories.c.id.in_(next_ones))
        count = self._connection.execute(changed.values(touched=false())).rowcount
        if scores and (limit is None or count < limit):  # what an exposure takes changes with the site's readers
            self._connection.execute(update(stories).where(EXPOSED).values(scores))
        note(self._connection, _RANKED_HOUR, str(hour))
        return count

    def _touch_leaving(self, hour: int) -> None:
        """Mark the stories that were read in hours which have left a window since the last ranking."""
        last = int(noted(self._connection, _RANKED_HOUR) or 0)
        left = [story_hours.c.hour.between(last - hours + 1, hour - hours) for hours in _WINDOW_HOURS.values()]
        if last == hour:
            return
        for gone in left:
            leaving = select(story_hours.c.story_id).where(gone, story_hours.c.readers != 0)
            self._connection.execute(update(stories).where(stories.c.id.in_(leaving)).values(touched=true()))

    def ranked(self, ranking: Ranking, *, limit: int, topic: str | None = None) -> list[StoryStanding]:
        """Return stories by score falling, then the newer id."""
        return self._first(_SCORE[ranking], stories.c.readers_24h, _IN_ORDER[ranking], limit=limit, topic=topic)

    def most_read(self, window: Window, *, limit: int, topic: str | None = None) -> list[StoryStanding]:
        """Return stories by their readers in the window falling, then the newer id."""
        readers = _READERS[window]
        # In the window of 24 hours the index of the score holds who was read; there are few enough to sort.
        return self._first(readers, readers, _SOMEBODY_READ[window], limit=limit, topic=topic)

    def _first(
        self,
        order: ColumnElement[Any],
        readers: ColumnElement[Any],
        listed: ColumnElement[bool],
        *,
        limit: int,
        topic: str | None,
    ) -> list[StoryStanding]:
        """Return the first stories of an order that holds what is `listed`.

        Those of a topic are looked for in two places of bounded size, or a small topic would cost a walk through everything.
        """
        falling = (order.desc(), stories.c.id.desc())
        first = _standing(order, readers).where(listed).order_by(*falling).limit(limit)
        if topic is None:
            return self._standings(first)
        newest = (
            select(entry_topics.c.entry_id)
            .where(entry_topics.c.slug == topic)
            .order_by(entry_topics.c.dated_at.desc(), entry_topics.c.entry_id.desc())
            .limit(_TOPIC_NEWEST)
            .subquery("newest")
        )
        of_newest = select(entries.c.story_id).join(newest, newest.c.entry_id == entries.c.id)
        leading = (
            select(stories.c.id, stories.c.entry_id).where(listed).order_by(*falling).limit(_TOPIC_LEADING).subquery("leading")
        )
        of_leading = (
            select(leading.c.id)
            .join(entry_topics, entry_topics.c.entry_id == leading.c.entry_id)
            .where(entry_topics.c.slug == topic)
        )
        # Said so that no index offers it: each place is a story looked up, not everything listed compared with each place.
        is_listed = case((listed, true()), else_=false())
        near = select(stories.c.id, order.label("place")).where(is_listed, stories.c.id.in_(of_newest.union(of_leading)))
        found = near.order_by(*falling).limit(limit).subquery("found")
        return self._standings(_standing(order, readers).join(found, found.c.id == stories.c.id).order_by(*falling))

    def of_span(self, *, since: datetime, until: datetime, limit: int) -> list[StoryStanding]:
        """Return what was read most in a span, by its readers in it, and what was carried most, by publishers."""
        trend = func.coalesce(stories.c.trend_score, 0.0)
        readers = func.sum(story_hours.c.readers).label("readers")
        # An hour belongs to the span in which it begins: exact in every zone that lies whole hours from UTC.
        hours = story_hours.c.hour.between(first_hour(since), first_hour(until) - 1)
        read = (
            select(story_hours.c.story_id, readers)
            .where(hours, story_hours.c.readers > 0)
            .group_by(story_hours.c.story_id)
            .order_by(readers.desc(), story_hours.c.story_id.desc())
            .limit(limit)
            .subquery("read_most")
        )
        in_span = select(entries.c.story_id).where(entries.c.dated_at >= since, entries.c.dated_at < until)
        carried = (
            _standing(trend, literal(0))
            .where(stories.c.id.in_(in_span))
            .order_by(stories.c.publishers.desc(), trend.desc(), stories.c.id.desc())
            .limit(limit)
        )
        found = self._standings(_standing(trend, read.c.readers).join(read, read.c.story_id == stories.c.id))
        found.sort(key=lambda story: (-story.readers, -story.id))
        known = {story.id for story in found}
        return found + [story for story in self._standings(carried) if story.id not in known]

    def standings(self, story_ids: Iterable[int], ranking: Ranking) -> dict[int, StoryStanding]:
        """Return the stories that exist among `story_ids`; a score not made yet is 0."""
        found: dict[int, StoryStanding] = {}
        for ids in chunks(dict.fromkeys(story_ids)):
            statement = _standing(_SCORE[ranking], stories.c.readers_24h).where(stories.c.id.in_(ids))
            found.update((story.id, story) for story in self._standings(statement))
        return found

    def of_entries(self, entry_ids: Iterable[int]) -> dict[int, int]:
        """Return the story of each entry that exists."""
        found: dict[int, int] = {}
        for ids in chunks(dict.fromkeys(entry_ids)):
            found.update(self._connection.execute(_STORY_OF, {"ids": ids}).all())
        return found

    def site_hours(self, *, since: datetime) -> list[SiteHour]:
        """Return what happened in each hour since, where anything did."""
        statement = select(site_hours).where(site_hours.c.hour >= hour_of(since)).order_by(site_hours.c.hour)
        return [
            SiteHour(at=start_of(row.hour), reads=row.reads, exposure=row.exposure)
            for row in self._connection.execute(statement)
        ]

    def count_reads(self, *, since: datetime, by: Literal["topic", "site"]) -> list[tuple[str, int, int]]:
        """Return by topic or by site of the publisher how many reads there were since, and of how many readers."""
        if by == "topic":
            name: ColumnElement[str] = entry_topics.c.slug
            source = reads.join(entry_topics, entry_topics.c.entry_id == reads.c.entry_id)
        else:
            name = feeds.c.site
            told = and_(
                entry_origins.c.entry_id == reads.c.entry_id, entry_origins.c.is_primary, entry_origins.c.pruned == LIVE
            )
            source = reads.join(entry_origins, told).join(feeds, feeds.c.id == entry_origins.c.feed_id)
        count = func.count()
        statement = (
            select(name, count, func.count(reads.c.reader_key.distinct()))
            .select_from(source)
            .where(reads.c.at >= since)
            .group_by(name)
            .order_by(count.desc(), name)
        )
        return [(row[0], row[1], row[2]) for row in self._connection.execute(statement)]

    def merge(self, into: int, other: int) -> None:
        """Make two stories one, `into`."""
        merge_stories(self._connection, into, other)

    def current(self, story_id: int) -> int | None:
        """Return the id of a story, or of the one that it was merged into; None if neither is stored."""
        return current_story(self._connection, story_id)

    def existed(self, story_id: int) -> bool:
        """Return whether there was a story of that id, ever; numbers of list items are told apart while the item is stored."""
        if story_id >= sequences.peek(self._connection, sequences.ENTRY_ID):
            return False
        item = select(list_entries.c.item_id).where(list_entries.c.item_id == story_id)
        return self._connection.execute(item).first() is None

    def entries(self, story_id: int) -> list[int]:
        """Return the entries of a story, by id."""
        return sorted(entries_of_stories(self._connection, [story_id]))

    def version(self, story_id: int) -> str | None:
        """Return what changes whenever the entries of a story, or which stands for it, change; None if it is not stored."""
        return version_of(self._connection, story_id)

    def coverage(self, story_ids: Iterable[int]) -> dict[int, list[CoverageEntry]]:
        """Return the entries of stories as links, by id."""
        return coverage_of(self._connection, list(story_ids))

    def _standings(self, statement: Select[Any]) -> list[StoryStanding]:
        return [
            StoryStanding(
                id=row.id,
                entry_id=row.entry_id,
                dated_at=row.dated_at,
                site=row.site,
                publishers=row.publishers,
                readers=row.readers,
                score=row.score or 0.0,
            )
            for row in self._connection.execute(statement)
        ]


def _standing(score: ColumnElement[Any], readers: ColumnElement[Any]) -> Select[Any]:
    site = (
        select(feeds.c.site)
        .join(entry_origins, entry_origins.c.feed_id == feeds.c.id)
        .where(entry_origins.c.entry_id == stories.c.entry_id, entry_origins.c.is_primary, entry_origins.c.pruned == LIVE)
        .limit(1)
        .correlate(stories)
        .scalar_subquery()
    )
    return select(
        stories.c.id,
        stories.c.entry_id,
        stories.c.dated_at,
        stories.c.publishers,
        site.label("site"),
        score.label("score"),
        readers.label("readers"),
    )


def _score(ranking: Ranking, worth: Worth) -> ColumnElement[float]:
    name = COLUMN[ranking]
    made = stories.c[f"{name}_reads"] + worth.coverage * stories.c[f"{name}_coverage"]
    return made - worth.exposure * stories.c[f"{name}_exposure"]


def _readers_since(hour: int) -> ColumnElement[int]:
    """Return the readers of a story in the hours after `hour`: the running one, and whole ones, never more than the window."""
    return (
        select(func.coalesce(func.sum(story_hours.c.readers), 0))
        .where(story_hours.c.story_id == stories.c.id, story_hours.c.hour > hour)
        .correlate(stories)
        .scalar_subquery()
    )
