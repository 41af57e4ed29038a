"""One story: its page, its feed, and what a person decides of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.emit.build import Site
from aggregator.emit.related_links import LINKED_STORIES
from aggregator.emit.stories import STORY_ENTRIES, build_story_feed
from aggregator.errors import EntryNotFound, StoryNotFound, WrongStories
from aggregator.group.settling import settle_story
from aggregator.library.masthead import Masthead, read_masthead
from aggregator.library.rankings import read_most_read
from aggregator.library.related import read_page_related
from aggregator.library.streams import BOX_ENTRIES, ENTRY_ID_LIMIT
from aggregator.model.coverage import Report, StoryFace, face_of, fold_copies
from aggregator.model.document import FeedDocument
from aggregator.model.entry import Entry
from aggregator.model.grouping import Evidence
from aggregator.model.keypoint import KeyPoint
from aggregator.model.related import PageRelated
from aggregator.model.story import RankedStory, Ranking, StoryStanding, Window, shown_readers
from aggregator.storage import INTERVENED_NOTE, Storage, TopicRow, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPage:
    """A story: the entry that stands for it, what its voices report (latest first), and since when.

    `readers` of the last 24 hours is None where it must not be shown, the times where none of its entries has a date.
    """

    masthead: Masthead
    id: int
    entry: Entry
    publishers: int
    entries: int
    readers: int | None
    first_at: datetime | None
    last_at: datetime | None
    reports: tuple[Report, ...]
    face: StoryFace
    points: tuple[KeyPoint, ...]
    topics: tuple[TopicRow, ...]
    related: PageRelated
    most_read: tuple[RankedStory, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An entry of a story with the evidence for its place; None: it founded the story."""

    entry: Entry
    evidence: Evidence | None


def find_story(storage: Storage, story_id: int) -> int | None:
    """Return the id of a story or of the one it was merged into; None if it is past its time.

    Raises: StoryNotFound where there never was one.
    """
    with storage.read() as tx:
        return _find(tx, story_id)


def _find(tx: Transaction, story_id: int) -> int | None:
    if not 0 < story_id < ENTRY_ID_LIMIT:
        raise StoryNotFound(story_id)
    current = tx.stories.current(story_id)
    if current is None and not tx.stories.existed(story_id):
        raise StoryNotFound(story_id)
    return current


def read_story_page(storage: Storage, story_id: int, *, reading: str | None = None, every_language: bool = False) -> StoryPage:
    """Return a story, with what is related in the language of the page (`reading`) first unless `every_language`.

    Raises: StoryNotFound, also for one that was merged into another (`find_story`).
    """
    with storage.read() as tx:
        standing = _standing(tx, story_id)
        entry = tx.entries.get(standing.entry_id)
        coverage = tx.stories.coverage([story_id]).get(story_id, [])
        if entry is None or not coverage:
            raise StoryNotFound(story_id)
        masthead = read_masthead(tx)
        slugs = tx.topics.of_entries(one.entry_id for one in coverage)
        return StoryPage(
            masthead=masthead,
            id=story_id,
            entry=entry,
            publishers=standing.publishers,
            entries=len(coverage),
            readers=shown_readers(standing.readers),
            first_at=min((one.dated_at for one in coverage if not one.is_undated), default=None),
            last_at=max((one.dated_at for one in coverage if not one.is_undated), default=None),
            reports=tuple(fold_copies(coverage)),
            face=face_of(coverage, entry),
            points=tx.key_points.of([story_id]).get(story_id, ()),
            topics=tuple(topic for topic in masthead.topics if topic.slug in slugs),
            related=read_page_related(tx, entry, sorted(slugs), reading=reading, every_language=every_language),
            most_read=read_most_read(tx, Window.DAY, limit=BOX_ENTRIES),
        )


def _standing(tx: Transaction, story_id: int) -> StoryStanding:
    standing = tx.stories.standings([story_id], Ranking.TRENDING).get(story_id)
    if standing is None:
        raise StoryNotFound(story_id)
    return standing


def read_story_feed(storage: Storage, site: Site, story_id: int) -> FeedDocument:
    """Return the feed of a story, free of format.

    Raises: StoryNotFound.
    """
    with storage.read() as tx:
        standing = _standing(tx, story_id)
        reports = fold_copies(tx.stories.coverage([story_id]).get(story_id, []))[:STORY_ENTRIES]
        entries = tx.entries.get_many([standing.entry_id, *(report.entry.entry_id for report in reports)])
        if standing.entry_id not in entries:
            raise StoryNotFound(story_id)
        headline = entries[standing.entry_id].data.title
        related = tx.related.links([story_id], limit=LINKED_STORIES).get(story_id, ())
        return build_story_feed(site, story_id, headline, reports, entries, related=related)


def read_story_version(storage: Storage, story_id: int) -> str | None:
    """Return what stands for all that a story's feed shows; None if the story is not stored."""
    with storage.read() as tx:
        version = tx.stories.version(story_id)
        if version is None:
            return None
        return f"{version} {tx.related.links([story_id], limit=LINKED_STORIES).get(story_id, ())!r}"


def show_story(storage: Storage, story_id: int) -> tuple[int, int, list[Placed]]:
    """Return the id of a story, the entry that stands for it, and its entries with the evidence, by time.

    Raises: StoryNotFound.
    """
    with storage.read() as tx:
        current = _find(tx, story_id)
        if current is None:
            raise StoryNotFound(story_id)
        lead = _standing(tx, current).entry_id
        entries = tx.entries.get_many(tx.stories.entries(current))
        evidence = tx.grouping.evidence(entries)
    placed = [Placed(entry=entry, evidence=evidence.get(entry.id)) for entry in entries.values()]
    return current, lead, sorted(placed, key=lambda one: (one.entry.dated_at, one.entry.id))


def merge_by_hand(storage: Storage, one: int, other: int, *, language: str) -> int:
    """Make two stories one, by a person's decision, and return its id: the older of the two, to which the other redirects.

    Raises: StoryNotFound; WrongStories if they are one already.
    """
    with storage.write() as tx:
        ids = [_find(tx, story_id) for story_id in (one, other)]
        for story_id, current in zip((one, other), ids, strict=True):
            if current is None:
                raise StoryNotFound(story_id)
        into, lost = sorted(current for current in ids if current is not None)
        if into == lost:
            raise WrongStories(f"{one} and {other} are the same story already: {into}")
        moved = tx.stories.entries(lost)
        tx.stories.merge(into, lost)
        tx.grouping.pin(moved, reason="merged")
        _settle(tx, [into], language=language)
    return into


def _settle(tx: Transaction, story_ids: Sequence[int], *, language: str) -> None:
    """Settle stories that a person changed, and let every process that groups read them anew."""
    members = tx.grouping.members(story_ids)
    leads = tx.stories.standings(members, Ranking.TRENDING)
    tx.grouping.settle(
        [settle_story(story, held, current=leads[story].entry_id, language=language) for story, held in members.items()]
    )
    tx.note(INTERVENED_NOTE, str(int(tx.noted(INTERVENED_NOTE) or 0) + 1))


def split_by_hand(storage: Storage, entry_ids: Sequence[int], *, language: str) -> tuple[int, int]:
    """Part entries from their story, by a person's decision; return the id that stays and the id of the new story.

    Raises: EntryNotFound; WrongStories if they do not stand in one story, or are all of it.
    """
    with storage.write() as tx:
        story_of = tx.stories.of_entries(entry_ids)
        for entry_id in entry_ids:
            if entry_id not in story_of:
                raise EntryNotFound(entry_id)
        if len(set(story_of.values())) != 1:
            named = ", ".join(f"{entry} in {story}" for entry, story in sorted(story_of.items()))
            raise WrongStories(f"the entries stand in several stories ({named}): part one story at a time")
        (story_id,) = set(story_of.values())
        if set(tx.stories.entries(story_id)) <= set(entry_ids):
            raise WrongStories(f"story {story_id} has no other entries: there is nothing to part")
        new_id = tx.grouping.split(entry_ids)
        _settle(tx, [story_id, new_id], language=language)
    return story_id, new_id


def block_entry(storage: Storage, entry_id: int, *, language: str) -> int:
    """Delete an entry at once: no list, feed or search shows it, and the feeds that list it do not bring it back.

    Returns the story it stood in. Raises: EntryNotFound.
    """
    with storage.write() as tx:
        story_id = tx.stories.of_entries([entry_id]).get(entry_id)
        if story_id is None or not tx.entries.block([entry_id]):
            raise EntryNotFound(entry_id)
        _settle(tx, [story_id], language=language)
    return story_id
