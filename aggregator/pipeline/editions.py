"""Editions: when a day or week of the site is over, its ranking is fixed, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from aggregator.emit.build import Site
from aggregator.emit.editions import EDITION_LINKS, edition_story
from aggregator.model.edition import Edition, EditionKind, EditionPoint, EditionSpan, span_at, span_before
from aggregator.model.story import StoryStanding, shown_readers
from aggregator.pipeline.ranking import RankingRules, made_for, standing_level
from aggregator.rank.scores import Candidate, top_list
from aggregator.storage import LAST_PASS_NOTE, Storage, Transaction

EDITION_STORIES = 10
"""Stories of an edition: what is read in one sitting; the cap on publishers holds among as many."""

CANDIDATES = 400
"""Stories of a span that are looked at, by readers and by coverage: publishers are capped, so more than an edition holds."""

GRACE = timedelta(minutes=15)
"""How long after its end a span is closed: reads of feed readers settle in a minute, and a quantum of ranking passes."""

CATCH_UP: Mapping[EditionKind, int] = {EditionKind.DAILY: 7, EditionKind.WEEKLY: 2}
"""Spans that are made up for after the site stood still; older ones would come to feed readers as a flood of old news."""

KEPT: Mapping[EditionKind, int] = {EditionKind.DAILY: 366, EditionKind.WEEKLY: 106}
"""Editions that are kept: the days of a year, the weeks of two; one takes some kilobytes."""

KeyPoints = Callable[[Transaction, Sequence[int]], Mapping[int, Sequence[EditionPoint]]]
"""Gives the key points of stories, by story id."""


def no_key_points(_tx: Transaction, _story_ids: Sequence[int]) -> Mapping[int, Sequence[EditionPoint]]:
    """Give none."""
    return {}


def make_editions(
    storage: Storage, site: Site, zone: tzinfo, rules: RankingRules, *, now: datetime, key_points: KeyPoints = no_key_points
) -> int:
    """Make the editions of the spans that are over and not made yet; return how many were made.

    A span that was over before the site began has none, and neither has one in which nothing was read or carried. Most calls
    find nothing due and read a few notes.

    Raises: StorageError.
    """
    with storage.read() as tx:
        due = {kind: _due_spans(tx, kind, zone, now) for kind in EditionKind}
        coverage = made_for(standing_level(tx), rules).coverage
        made = [
            edition
            for spans in due.values()
            for span in spans or ()
            if (edition := _make(tx, span, site, coverage=coverage, now=now, key_points=key_points)).stories
        ]
    if not any(spans is None or spans for spans in due.values()):
        return 0
    with storage.write() as tx:
        kept = sum(tx.editions.add(edition) for edition in made)
        for kind, spans in due.items():
            tx.note(_note_of(kind), (spans[-1].ends_at if spans else _closed(tx, kind) or now).isoformat())
            tx.editions.prune(kind, keep=KEPT[kind])
    return kept


def _due_spans(tx: Transaction, kind: EditionKind, zone: tzinfo, now: datetime) -> list[EditionSpan] | None:
    """Return the spans that are over and not looked at, oldest first; None where this is the first look of all.

    A pass over the feeds must have ended since, so that what was published in the last minutes is there, and after a
    standstill what was published meanwhile.
    """
    closed = _closed(tx, kind)
    if closed is None:
        return None
    passed = tx.noted(LAST_PASS_NOTE)
    if passed is None:
        return []
    span = span_before(span_at(kind, min(now - GRACE, datetime.fromisoformat(passed)), zone), zone)
    spans: list[EditionSpan] = []
    while span.ends_at > closed and len(spans) < CATCH_UP[kind]:
        spans.append(span)
        span = span_before(span, zone)
    return spans[::-1]


def _closed(tx: Transaction, kind: EditionKind) -> datetime | None:
    """Return until when spans were looked at."""
    noted = tx.noted(_note_of(kind))
    return None if noted is None else datetime.fromisoformat(noted)


def _note_of(kind: EditionKind) -> str:
    return f"editions_{kind}_until"


def _make(tx: Transaction, span: EditionSpan, site: Site, *, coverage: float, now: datetime, key_points: KeyPoints) -> Edition:
    found = tx.stories.of_span(since=span.begins_at, until=span.ends_at, limit=CANDIDATES)
    stories = order_stories(found, coverage=coverage)
    entries = tx.entries.get_many(story.entry_id for story in stories)
    points = key_points(tx, [story.id for story in stories])
    related = tx.related.links((story.id for story in stories), limit=EDITION_LINKS)
    return Edition(
        kind=span.kind,
        first_day=span.first_day,
        ends_at=span.ends_at,
        made_at=now,
        stories=tuple(
            edition_story(
                site,
                entries[story.entry_id],
                readers=shown_readers(story.readers),
                publishers=story.publishers,
                points=points.get(story.id, ()),
                related=related.get(story.id, ()),
            )
            for story in stories
            if story.entry_id in entries
        ),
    )


def order_stories(stories: Sequence[StoryStanding], *, coverage: float) -> list[StoryStanding]:
    """Return the stories of an edition, best first: by readers of the span as far as their number may be shown.

    Those that fewer read follow by readers and coverage together (`coverage` is what one publisher is worth, in reads), then
    by *Trend*, so that a site without readers has editions as well. No publisher has more than its share while there are
    others.
    """
    ordered = sorted(
        stories,
        key=lambda story: (
            shown_readers(story.readers) or 0,
            story.readers + coverage * story.publishers,
            story.score,
            story.id,
        ),
        reverse=True,
    )
    rest = [Candidate(id=story.id, score=-place, publisher=story.site) for place, story in enumerate(ordered)]
    chosen: list[int] = []
    while rest and len(chosen) < EDITION_STORIES:
        chosen += [candidate.id for candidate in top_list(rest, top=EDITION_STORIES - len(chosen))]
        rest = [candidate for candidate in rest if candidate.id not in chosen]
    by_id = {story.id: story for story in ordered}
    return [by_id[story_id] for story_id in chosen]
