"""An entry: what a feed says of it, and what is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.model.feed import Person
from aggregator.model.light import light


@light
class Enclosure:
    """A file that goes with an entry (RSS `enclosure`, Atom `link rel=enclosure`, JSON Feed `attachments`)."""

    url: str
    media_type: str | None = None
    length_bytes: int | None = None
    duration: timedelta | None = None


@light
class EntryData:
    """What a feed says of an entry, normalised.

    `title` and the names are plain text; `summary_html` and `content_html` are sanitised HTML; `url` and every link in the
    HTML are absolute. `published_at` and `updated_at` are None where the feed gives no date that makes sense.
    `source_title` and `source_url` name the original publisher where an aggregated feed says so (Atom and RSS `source`).
    """

    title: str
    guid: str | None = None
    url: str | None = None
    summary_html: str = ""
    content_html: str = ""
    authors: tuple[Person, ...] = ()
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    image_url: str | None = None
    comments_url: str | None = None
    language: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    source_title: str | None = None
    source_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A feed that carries an entry; what attribution and topic rules need to know of it."""

    feed_id: int
    feed_url: str
    feed_title: str
    home_url: str | None
    site: str
    tags: tuple[str, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A stored entry: its data, its place in time, and the feeds that carry it.

    `id` is sequential, positive and below 10^15, and rises with insertion (Google Reader ids are its hex).
    `dated_at` is the date to sort and emit by: the publisher's, clamped, or one given once when the entry was first seen: then,
    or long before, where it stood in the first document of its feed (`is_undated`).
    `modified_at` is the last time its content changed (`first_seen_at` if never). `revision` rises with every change.
    `origins` holds at least one feed, the one whose words are `data` first, the others by first sighting.
    `story_id` is the story it belongs to. `score` is that story's in *Trend* as of the last ranking (0 before the first; only
    its order means something), `reads` counts the story's distinct readers, `publishers` the voices in it.
    """

    id: int
    data: EntryData
    dated_at: datetime
    first_seen_at: datetime
    modified_at: datetime
    revision: int
    origins: tuple[Origin, ...]
    story_id: int = 0
    score: float = 0.0
    reads: int = 0
    publishers: int = 1

    @property
    def is_undated(self) -> bool:
        """Whether nobody knows its date, see `is_guessed`."""
        data = self.data
        return is_guessed(self.dated_at, said=data.published_at or data.updated_at, first_seen_at=self.first_seen_at)


def is_guessed(dated_at: datetime, *, said: datetime | None, first_seen_at: datetime) -> bool:
    """Return whether the date of an entry only keeps its place: its feed said none, and it was there before we first looked.

    What turns up later in a feed without dates is dated by when it was found, which is not guessed.
    """
    return said is None and dated_at < first_seen_at
