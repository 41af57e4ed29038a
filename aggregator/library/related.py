"""Mehr zum Thema: what to read next, on our own pages and on those of a publisher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.emit.build import Site
from aggregator.emit.related import build_related_feed
from aggregator.library.rankings import read_most_read
from aggregator.model.coverage import TopicStory
from aggregator.model.document import FeedDocument
from aggregator.model.entry import Entry
from aggregator.model.language import primary_language
from aggregator.model.related import PageRelated, Reason, RelatedEntry
from aggregator.model.story import Ranking, Window
from aggregator.normalise.identity import url_key
from aggregator.storage import Storage, Transaction

PAGE_STORIES = 6
"""Related stories on a page: three rows of two."""

BOX_STORIES = 12
"""Related stories in a box or feed at most: as many as are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedBox:
    """What readers of an article would want next, the first first; `entry` is the article, None if it is not known."""

    entry: Entry | None
    stories: tuple[RelatedEntry, ...]


def read_page_related(
    tx: Transaction, entry: Entry, slugs: Sequence[str], *, reading: str | None, every_language: bool
) -> PageRelated:
    """Return what a page names beside a story; while nothing is known of it, the newest of its topics.

    What is in the language of the story or in that of the page (`reading`) comes first, and others where places are left;
    with `every_language` the nearest come first, whatever they are in, and all that are kept.
    """
    listed = _read_listed(tx, entry.story_id)
    own = {_language(entry), primary_language(reading)}
    abroad = [one for one in listed if _language(one.entry) not in own]
    near = [one for one in listed if _language(one.entry) in own]
    stories = listed if every_language else [*near, *abroad][:PAGE_STORIES]
    return PageRelated(
        stories=tuple(stories) or _newest(tx, entry, slugs), of_languages=bool(abroad), every_language=every_language
    )


def read_related_box(storage: Storage, url: str, *, limit: int, every_language: bool = False) -> RelatedBox:
    """Return what readers of the article at an address would want next: related stories, then the most read of its topics.

    They are in the language of the article unless `every_language`.
    """
    with storage.read() as tx:
        entry_id = next(iter(tx.entries.ids_by_url([url_key(url)]).values()), None)
        entry = None if entry_id is None else tx.entries.get(entry_id)
        if entry is None:
            return RelatedBox(entry=None, stories=())
        listed = _read_listed(tx, entry.story_id, limit=limit if every_language else None)
        found = {one.entry.story_id: one for one in listed if _fits(one.entry, entry, every_language)}
        for slug in tx.topics.of_entry(entry.id) if len(found) < limit else ():
            for story in read_most_read(tx, Window.DAY, topic=slug):
                if story.entry.story_id != entry.story_id and _fits(story.entry, entry, every_language):
                    found.setdefault(story.entry.story_id, RelatedEntry(entry=story.entry, reason=Reason.READ))
        return RelatedBox(entry=entry, stories=tuple(found.values())[:limit])


def read_related_feed(storage: Storage, site: Site, url: str, *, every_language: bool = False) -> tuple[FeedDocument, bool]:
    """Return the same as a feed, and whether the article is known; the feed of an unknown one is empty."""
    box = read_related_box(storage, url, limit=BOX_STORIES, every_language=every_language)
    return build_related_feed(site, url, box.entry, box.stories, every_language=every_language), box.entry is not None


def _read_listed(tx: Transaction, story_id: int, *, limit: int | None = None) -> list[RelatedEntry]:
    listed = tx.related.of([story_id]).get(story_id, ())[:limit]
    standings = tx.stories.standings([one.story_id for one in listed], Ranking.TRENDING)
    entries = tx.entries.get_many(story.entry_id for story in standings.values())
    shown = ((one, entries.get(standings[one.story_id].entry_id)) for one in listed if one.story_id in standings)
    return [RelatedEntry(entry=entry, reason=one.reason) for one, entry in shown if entry is not None]


def _newest(tx: Transaction, entry: Entry, slugs: Sequence[str]) -> tuple[RelatedEntry, ...]:
    stories: dict[int, TopicStory] = {}
    for slug in slugs:
        for one in tx.topics.stories(slug, limit=PAGE_STORIES + 1):
            if one.story.story_id != entry.story_id:
                stories.setdefault(one.story.story_id, one)
    newest = sorted((one.entry for one in stories.values()), key=lambda other: (other.dated_at, other.id), reverse=True)
    return tuple(RelatedEntry(entry=other, reason=Reason.SUBJECT) for other in newest[:PAGE_STORIES])


def _fits(entry: Entry, article: Entry, every_language: bool) -> bool:  # noqa: FBT001 - what the caller asks
    return every_language or _language(entry) == _language(article)


def _language(entry: Entry) -> str:
    return primary_language(entry.data.language or entry.origins[0].language)
