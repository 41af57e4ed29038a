"""What the pages show: one function a page, each a frozen view read in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.errors import EntryGone, EntryNotFound, TopicNotFound
from aggregator.library.masthead import Masthead, read_masthead
from aggregator.library.rankings import read_most_read, read_ranking
from aggregator.library.related import read_page_related
from aggregator.model.article import Article
from aggregator.model.coverage import StoryFace, face_of
from aggregator.model.entry import Entry
from aggregator.model.feed import site_of
from aggregator.model.keypoint import KeyPoint
from aggregator.model.related import PageRelated
from aggregator.model.story import RankedStory, Ranking, Window
from aggregator.storage import LAST_PASS_NOTE, Storage, TopicRow, Transaction

ENTRY_ID_LIMIT = 10**15  # ids stay below (model.entry.Entry); anything above never reaches the database
FRONT_CANDIDATES = 60  # newest entries of which the front page fills up what the ranking leaves open
FRONT_LEADS = 4  # one lead and three seconds, as in the sketches
LEAD_REACH = 5  # times the places among which another publisher is looked for
FRONT_TOPIC_ENTRIES = 6
BOX_ENTRIES = 5  # the most-read box at the side
TOPIC_ENTRIES = 30  # one page of a topic
RANKING_PLACES = 20

CursorAt = tuple[datetime, int]  # (dated_at, id) of the last entry shown


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicBlock:
    """A topic with some of its newest entries."""

    topic: TopicRow
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPage:
    """The index: leads in the order of *Trend*, blocks of topics, the most-read box.

    Topics that hold nothing but leads have no block; where no topic has one, `newest` is shown. `newest_id` is the highest of
    the stories that were there: an open page is told of those that come after it.
    `faces` are those of the leads by story; `points` are the key points of the first lead's story.
    """

    masthead: Masthead
    leads: tuple[Entry, ...]
    faces: Mapping[int, StoryFace]
    points: tuple[KeyPoint, ...]
    blocks: tuple[TopicBlock, ...]
    newest: tuple[Entry, ...]
    newest_id: int
    most_read: tuple[RankedStory, ...]
    window: Window
    feeds: int
    last_pass_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicPage:
    """One page of a topic; `next_before` pages on (None: this was the last)."""

    masthead: Masthead
    topic: TopicRow
    entries: tuple[Entry, ...]
    next_before: CursorAt | None
    most_read: tuple[RankedStory, ...]
    window: Window


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingPage:
    """The first stories of an order, of a topic or of all (`topic` None)."""

    masthead: Masthead
    topic: TopicRow | None
    stories: tuple[RankedStory, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """One entry, its topics, what to read next, and the article behind it if it was fetched.

    `points` are the key points of its story.
    """

    masthead: Masthead
    entry: Entry
    points: tuple[KeyPoint, ...]
    topics: tuple[TopicRow, ...]
    related: PageRelated
    most_read: tuple[RankedStory, ...]
    window: Window
    article: Article | None


def read_front_page(storage: Storage, *, window: Window = Window.DAY) -> FrontPage:
    """Return the index."""
    with storage.read() as tx:
        masthead = read_masthead(tx)
        newest = tx.entries.newest(limit=FRONT_CANDIDATES)
        trending = [story.entry for story in read_ranking(tx, Ranking.TRENDING)]
        leads = choose_leads([*trending, *newest], limit=FRONT_LEADS)
        shown = {entry.story_id for entry in leads}
        slugs = [topic.slug for topic in masthead.topics]
        held = tx.topics.newest_stories(slugs, limit=FRONT_TOPIC_ENTRIES + len(shown))
        beside = {slug: _without(shown, entries)[:FRONT_TOPIC_ENTRIES] for slug, entries in held.items()}
        blocks = tuple(TopicBlock(topic=topic, entries=beside[topic.slug]) for topic in masthead.topics if beside[topic.slug])
        last_pass = tx.noted(LAST_PASS_NOTE)
        return FrontPage(
            masthead=masthead,
            leads=leads,
            faces=read_faces(tx, leads),
            points=_points(tx, leads[0]) if leads else (),
            blocks=blocks,
            newest=_without(shown, _each_story_once(newest))[: 2 * FRONT_TOPIC_ENTRIES],
            newest_id=max(founding_ids(newest), default=0),
            most_read=read_most_read(tx, window, limit=BOX_ENTRIES),
            window=window,
            feeds=tx.feeds.count(),
            last_pass_at=None if last_pass is None else datetime.fromisoformat(last_pass),
        )


def read_newest_ids(storage: Storage) -> list[int]:
    """Return the ids of the newest stories: those of the newest entries that founded one."""
    with storage.read() as tx:
        return founding_ids(tx.entries.newest(limit=FRONT_CANDIDATES))


def read_faces(tx: Transaction, entries: Sequence[Entry]) -> dict[int, StoryFace]:
    """Return the faces of the stories that entries stand for, by their ids."""
    coverage = tx.stories.coverage([entry.story_id for entry in entries])
    return {entry.story_id: face_of(coverage.get(entry.story_id, ()), entry) for entry in entries}


def founding_ids(entries: Sequence[Entry]) -> list[int]:
    """Return the ids of the entries that founded their story."""
    return [entry.id for entry in entries if entry.story_id == entry.id]


def read_topic_page(storage: Storage, slug: str, *, before: CursorAt | None, window: Window = Window.DAY) -> TopicPage:
    """Return one page of a topic.

    Raises: TopicNotFound.
    """
    with storage.read() as tx:
        masthead = read_masthead(tx)
        topic = _topic(masthead, slug)
        stories = tx.topics.stories(slug, limit=TOPIC_ENTRIES + 1, before=before)
        page = stories[:TOPIC_ENTRIES]
        last = page[-1] if len(stories) > TOPIC_ENTRIES else None
        return TopicPage(
            masthead=masthead,
            topic=topic,
            entries=tuple(one.entry for one in page),
            next_before=last.place if last else None,
            most_read=read_most_read(tx, window, limit=BOX_ENTRIES, topic=slug),
            window=window,
        )


def read_most_read_page(storage: Storage, slug: str | None, *, window: Window) -> RankingPage:
    """Return what was read most in a window, of one topic or of all.

    Raises: TopicNotFound.
    """
    with storage.read() as tx:
        masthead = read_masthead(tx)
        topic = _topic(masthead, slug) if slug is not None else None
        stories = read_most_read(tx, window, limit=RANKING_PLACES, topic=slug)
        return RankingPage(masthead=masthead, topic=topic, stories=stories)


def read_trending_page(storage: Storage, slug: str | None) -> RankingPage:
    """Return what interests readers now, of one topic or of all.

    Raises: TopicNotFound.
    """
    with storage.read() as tx:
        masthead = read_masthead(tx)
        topic = _topic(masthead, slug) if slug is not None else None
        stories = read_ranking(tx, Ranking.TRENDING, limit=RANKING_PLACES, topic=slug)
        return RankingPage(masthead=masthead, topic=topic, stories=stories)


def read_entry_page(
    storage: Storage,
    entry_id: int,
    *,
    window: Window = Window.DAY,
    reading: str | None = None,
    every_language: bool = False,
) -> EntryPage:
    """Return an entry with what to read next, in the language of the page (`reading`) first unless `every_language`.

    Raises: EntryNotFound, EntryGone.
    """
    with storage.read() as tx:
        entry = _entry(tx, entry_id)
        masthead = read_masthead(tx)
        slugs = tx.topics.of_entry(entry_id)
        return EntryPage(
            masthead=masthead,
            entry=entry,
            points=_points(tx, entry),
            topics=tuple(topic for topic in masthead.topics if topic.slug in slugs),
            related=read_page_related(tx, entry, slugs, reading=reading, every_language=every_language),
            most_read=read_most_read(tx, window, limit=BOX_ENTRIES),
            window=window,
            article=tx.articles.get(entry_id),
        )


def read_entry_url(storage: Storage, entry_id: int) -> str:
    """Return where an entry leads.

    Raises: EntryGone; EntryNotFound for an entry without an address, too.
    """
    with storage.read() as tx:
        url = tx.entries.url_of(entry_id) if 0 < entry_id < ENTRY_ID_LIMIT else None
        if url is None:
            _entry(tx, entry_id)  # says so where there is none
            raise EntryNotFound(entry_id)
        return url


def choose_leads(entries: Sequence[Entry], *, limit: int) -> tuple[Entry, ...]:
    """Return the first entries, each story once, no publisher twice while there are others among those that rank as high.

    A publisher's second entry gives way to the entries that follow it, but not to those far behind.
    """
    by_story: dict[int, Entry] = {}
    for entry in entries:
        by_story.setdefault(entry.story_id or entry.id, entry)
    distinct = list(by_story.values())
    near = distinct[: limit * LEAD_REACH]
    first_of_site: dict[str, Entry] = {}
    for entry in near:
        first_of_site.setdefault(entry.origins[0].site, entry)
    chosen = list(first_of_site.values())[:limit]
    ids = {entry.id for entry in chosen}
    rest = [entry for entry in distinct if entry.id not in ids]
    return tuple((chosen + rest)[:limit])


def count_publishers(entry: Entry) -> int:
    """Return how many publishers carry the entry."""
    return len({origin.site or site_of(origin.feed_url) for origin in entry.origins})


def _points(tx: Transaction, entry: Entry) -> tuple[KeyPoint, ...]:
    return tx.key_points.of([entry.story_id]).get(entry.story_id, ())


def _without(shown: set[int], entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the entries of other stories than these."""
    return tuple(entry for entry in entries if entry.story_id not in shown)


def _each_story_once(entries: Sequence[Entry]) -> list[Entry]:
    first: dict[int, Entry] = {}
    for entry in entries:
        first.setdefault(entry.story_id, entry)
    return list(first.values())


def _topic(masthead: Masthead, slug: str) -> TopicRow:
    for topic in masthead.topics:
        if topic.slug == slug:
            return topic
    raise TopicNotFound(slug)


def _entry(tx: Transaction, entry_id: int) -> Entry:
    entry = tx.entries.get(entry_id) if 0 < entry_id < ENTRY_ID_LIMIT else None
    if entry is None and 0 < entry_id < ENTRY_ID_LIMIT and tx.stories.existed(entry_id):  # they share their numbers
        raise EntryGone(entry_id)
    if entry is None:
        raise EntryNotFound(entry_id)
    return entry
