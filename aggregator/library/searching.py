"""Search: a query as typed becomes stories in order, with what it can be narrowed by."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from aggregator.library.masthead import Masthead, read_masthead
from aggregator.library.search_facets import Facet, Narrowing, narrow, widen
from aggregator.library.search_query import Misread, Operator, ParsedQuery, parse_query
from aggregator.library.search_terms import resolve_query, without_compounds
from aggregator.model.entry import Entry
from aggregator.model.language import primary_language
from aggregator.model.search import SearchHit, SearchQuery
from aggregator.storage import Storage, Transaction

CANDIDATES = 1_000
"""Entries among which a search orders and counts, those that came in last: enough for any question, and a bound on its cost."""

PAGE_STORIES = 20
FEED_STORIES = 50
FRESH = timedelta(days=7)
"""Half-life of what freshness adds to relevance: a week, as long as a story of the news lives."""

FRESHNESS_SHARE = 0.75
"""Share of an order that freshness has: an old article that fits four times as well stands beside one of today."""

PART_OF_A_WORD = 0.5
"""What a match by a part of a compound is worth, of the least that matches by the word itself."""

LANGUAGES_OF_QUERIES = ("de", "en", "fr", "it")  # in which words are inflected besides those that are indexed


class Sorting(enum.StrEnum):
    """The order of what was found."""

    BEST = "best"  # by relevance and freshness
    NEWEST = "newest"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundStory:
    """A story that was found: the entry of it that fits best, and how many others of it fit."""

    entry: Entry
    others: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """What a query found: one page of stories, and what is said of the query.

    `found` counts entries; `is_more` says that there are older ones that were not counted. `page` counts from 1.
    `sources` are some to give as examples; `indexing` says that nothing is indexed yet.
    """

    masthead: Masthead
    text: str
    is_empty: bool
    misread: tuple[Misread, ...]
    stories: tuple[FoundStory, ...]
    found: int
    is_more: bool
    page: int
    pages: int
    facets: tuple[Facet, ...]
    narrowed: tuple[Narrowing, ...]
    query: SearchQuery
    sources: tuple[str, ...]
    indexing: bool


def read_search_page(
    storage: Storage,
    text: str,
    *,
    now: datetime,
    language: str,
    zone: tzinfo | None = None,
    sorting: Sorting = Sorting.BEST,
    page: int = 1,
) -> SearchPage:
    """Return a page of what a query finds, with facets. Never fails for what was typed."""
    parsed = parse_query(text, now=now, zone=zone)
    with storage.read() as tx:
        masthead = read_masthead(tx)
        query, misread = _resolve(tx, parsed, slugs=[topic.slug for topic in masthead.topics], language=language)
        hits = [] if _finds_nothing(query) else _find(tx, query)
        is_more = len(hits) > CANDIDATES
        hits = hits[:CANDIDATES]
        ordered = _one_a_story(_in_order(hits, sorting, now=now))
        pages = max(1, -(-len(ordered) // PAGE_STORIES))
        page = max(1, min(page, pages))
        shown = ordered[(page - 1) * PAGE_STORIES : page * PAGE_STORIES]
        entries = tx.entries.get_many(hit.entry_id for hit, _ in shown)
        titles = {topic.slug: topic.title for topic in masthead.topics}
        return SearchPage(
            masthead=masthead,
            text=" ".join(text.split()),
            is_empty=_finds_nothing(query),
            misread=misread,
            stories=tuple(
                FoundStory(entry=entries[hit.entry_id], others=others) for hit, others in shown if hit.entry_id in entries
            ),
            found=len(hits),
            is_more=is_more,
            page=page,
            pages=pages,
            facets=tuple(narrow(tx, hits, parsed, titles=titles, now=now, zone=zone, is_more=is_more)) if hits else (),
            narrowed=widen(parsed),
            query=query,
            sources=() if hits else tuple(source.site for source in tx.search.sources()[:1]),
            indexing=tx.search.revision() == 0 and not hits,
        )


def read_search_entries(
    storage: Storage, text: str, *, now: datetime, language: str, zone: tzinfo | None = None, limit: int = FEED_STORIES
) -> list[Entry]:
    """Return what a query finds, newest first, one entry a story: the order of a feed."""
    with storage.read() as tx:
        hits = _in_order(_search(tx, text, now=now, language=language, zone=zone), Sorting.NEWEST, now=now)
        shown = _one_a_story(hits)[:limit]
        entries = tx.entries.get_many(hit.entry_id for hit, _ in shown)
        return [entries[hit.entry_id] for hit, _ in shown if hit.entry_id in entries]


def find_entry_ids(storage: Storage, text: str, *, now: datetime, language: str, zone: tzinfo | None = None) -> tuple[int, ...]:
    """Return the ids of the entries that a query finds, those that came in last first, at most `CANDIDATES`."""
    with storage.read() as tx:
        return tuple(hit.entry_id for hit in _search(tx, text, now=now, language=language, zone=zone))


def _search(tx: Transaction, text: str, *, now: datetime, language: str, zone: tzinfo | None) -> Sequence[SearchHit]:
    """Return what a query finds, at most `CANDIDATES`, those that came in last first."""
    slugs = [topic.slug for topic in tx.topics.all(counted=False)]
    query, _ = _resolve(tx, parse_query(text, now=now, zone=zone), slugs=slugs, language=language)
    return () if _finds_nothing(query) else _find(tx, query)[:CANDIDATES]


def _finds_nothing(query: SearchQuery) -> bool:
    """Whether the query asks for nothing at all: then it finds nothing instead of everything."""
    return query == SearchQuery()


def _in_order(hits: Iterable[SearchHit], sorting: Sorting, *, now: datetime) -> list[SearchHit]:
    if sorting is Sorting.NEWEST:
        return sorted(hits, key=lambda hit: (hit.dated_at, hit.entry_id), reverse=True)

    def worth(hit: SearchHit) -> tuple[float, int]:
        age = max((now - hit.dated_at) / FRESH, 0.0)
        return hit.relevance * (1 - FRESHNESS_SHARE + FRESHNESS_SHARE * 2.0 ** -min(age, 100.0)), hit.entry_id

    return sorted(hits, key=worth, reverse=True)


def _one_a_story(hits: Sequence[SearchHit]) -> list[tuple[SearchHit, int]]:
    """Return the first hit of each story, with how many others it has."""
    counts = Counter(hit.story_id for hit in hits)
    first: dict[int, SearchHit] = {}
    for hit in hits:
        first.setdefault(hit.story_id, hit)
    return [(hit, counts[story_id] - 1) for story_id, hit in first.items()]


def _resolve(
    tx: Transaction, parsed: ParsedQuery, *, slugs: Sequence[str], language: str
) -> tuple[SearchQuery, tuple[Misread, ...]]:
    known = dict.fromkeys([primary_language(language), *LANGUAGES_OF_QUERIES, *tx.search.languages()])
    named = any(each.operator is Operator.SOURCE for each in parsed.filters)
    sources = tx.search.sources() if named else []
    return resolve_query(parsed, languages=list(known), sources=sources, slugs=slugs, widen=tx.search.compounds)


def _find(tx: Transaction, query: SearchQuery) -> list[SearchHit]:
    """Return what meets the query, and below it what meets it by compounds only, those that came in last first."""
    exact = tx.search.find(query, limit=CANDIDATES + 1)
    if without_compounds(query):
        return exact
    known = {hit.entry_id for hit in exact}
    least = min((hit.relevance for hit in exact), default=1.0)
    wide = tx.search.find(query, limit=CANDIDATES + 1, wide=True)
    most = max((hit.relevance for hit in wide), default=1.0)
    # How rare a compound is says nothing here: what fits by a part of a word stands below what fits by the word.
    more = [replace(hit, relevance=PART_OF_A_WORD * least * hit.relevance / most) for hit in wide if hit.entry_id not in known]
    return sorted([*exact, *more], key=lambda hit: hit.entry_id, reverse=True)[: CANDIDATES + 1]
