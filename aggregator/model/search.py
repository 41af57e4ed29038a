"""Full-text search: what is indexed of an entry, what is looked for, and what was found.

Words come here folded and stemmed (`group.words`); the store compares them letter by letter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchDocument:
    """An entry as the index knows it: stems in the order of the text, and what it is filtered by.

    `compounds` are those of the stems that may be put together from shorter words.
    """

    entry_id: int
    title: tuple[str, ...]
    text: tuple[str, ...]
    people: tuple[str, ...]
    feed_ids: tuple[int, ...]
    language: str
    compounds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word or a phrase: it is met by any of its readings, each a sequence of stems that must stand side by side.

    `compounds` are words that have it in them: they meet the term where a search is wide. `in_title` looks nowhere else;
    `is_prefix` takes the last stem as the beginning of a word.
    """

    readings: tuple[tuple[str, ...], ...]
    compounds: tuple[str, ...] = ()
    in_title: bool = False
    is_prefix: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """What is looked for: of every group in `required` one term, none of `excluded`, and all of the filters.

    `feeds`, `languages`, `topics`: None lets everything through, an empty tuple nothing. `since` is the first moment of
    `Entry.dated_at`, `until` the first one after.
    """

    required: tuple[tuple[Term, ...], ...] = ()
    excluded: tuple[Term, ...] = ()
    feeds: tuple[int, ...] | None = None
    languages: tuple[str, ...] | None = None
    topics: tuple[str, ...] | None = None
    not_feeds: tuple[int, ...] = ()
    not_languages: tuple[str, ...] = ()
    not_topics: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """An entry that was found. `relevance` is above 0; only comparing those of one search means something."""

    entry_id: int
    story_id: int
    dated_at: datetime
    language: str
    relevance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSource:
    """A feed as a search names it."""

    feed_id: int
    url: str
    site: str
    title: str
