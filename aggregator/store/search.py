"""The full-text index: kept up with the entries by a flow of its own, asked by pages and feeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, delete, func, select

from aggregator.model.search import SearchDocument, SearchHit, SearchQuery, SearchSource, Term
from aggregator.store import dialect
from aggregator.store.loading import chunks
from aggregator.store.notes import note, noted
from aggregator.store.rows import origin_of
from aggregator.store.search_tables import search_documents, search_words
from aggregator.store.tables import LIVE, entries, entry_origins, entry_topics, feeds

_REVISION = "search_revision"  # key of the note that says how far the index was brought
_LANGUAGES = "search_languages"  # key of the note that names the languages indexed, with spaces between
_LAST_LETTER = "\U0010ffff"
_MOST_LOOKED_AT = 500  # words with the same end, of which the shortest are taken
_MOST_COMPOUNDS = 60  # words that a search is widened by: each is a list to merge
_SHORTEST_END, _SHORTEST_BEGINNING = 4, 6  # letters: `haus` in `rathaus`, but not every word that begins with `haus`
_SHORTEST_REST = 3  # letters that a compound has besides
_LEAST_RELEVANCE = 1e-6  # of entries found by their marks alone, and of words that stand in every text
_STORED = select(entries.c.id).where(entries.c.id.in_(bindparam("ids", expanding=True)))
_TOPICS = (
    select(entry_topics.c.slug, func.count())
    .where(entry_topics.c.entry_id.in_(bindparam("ids", expanding=True)))
    .group_by(entry_topics.c.slug)
)
_SITES = (
    select(feeds.c.site, func.count(entry_origins.c.entry_id.distinct()))
    .join(entry_origins, entry_origins.c.feed_id == feeds.c.id)
    .where(entry_origins.c.entry_id.in_(bindparam("ids", expanding=True)), entry_origins.c.pruned == LIVE)
    .group_by(feeds.c.site)
)


class SqlSearchStore:
    """`SearchStore` inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def revision(self) -> int:
        """Return the revision of the entries up to which the index was brought."""
        return int(noted(self._connection, _REVISION) or 0)

    def put(self, documents: Sequence[SearchDocument], *, revision: int) -> None:
        """Index entries, and remember up to which revision; retention may have taken some meanwhile."""
        stored: set[int] = set()
        for ids in chunks(document.entry_id for document in documents):
            stored.update(self._connection.execute(_STORED, {"ids": ids}).scalars())
        kept = list({document.entry_id: document for document in documents if document.entry_id in stored}.values())
        if kept:
            index = dialect.text_index(self._connection)
            index.take_out([document.entry_id for document in kept])
            index.put(kept)
            index.learn(frozenset().union(*(document.compounds for document in kept)))
            known = set(self.languages())
            found = known | {document.language for document in kept}
            if found != known:
                note(self._connection, _LANGUAGES, " ".join(sorted(found)))
        note(self._connection, _REVISION, str(revision))

    def languages(self) -> list[str]:
        """Return the primary subtags of the languages that are indexed."""
        return (noted(self._connection, _LANGUAGES) or "").split()

    def compounds(self, stem: str) -> list[str]:
        """Return words of the index that end or begin with a stem, the shortest first."""
        found: set[str] = set()
        if len(stem) >= _SHORTEST_END:
            found.update(word[:0:-1] for word in self._words(f"<{stem[::-1]}"))
        if len(stem) >= _SHORTEST_BEGINNING:
            found.update(word[1:] for word in self._words(f">{stem}"))
        long = [word for word in found if len(word) >= len(stem) + _SHORTEST_REST]
        return sorted(long, key=lambda word: (len(word), word))[:_MOST_COMPOUNDS]

    def _words(self, start: str) -> Sequence[str]:
        word = search_words.c.word
        statement = select(word).where(word >= start, word < start + _LAST_LETTER).limit(_MOST_LOOKED_AT)
        return self._connection.execute(statement).scalars().all()

    def find(self, query: SearchQuery, *, limit: int, wide: bool = False) -> list[SearchHit]:
        """Return the entries that meet the query, those that came in last first."""
        if query.feeds == () or query.languages == () or query.topics == ():
            return []
        index = dialect.text_index(self._connection)
        met, relevance = index.matching(query, wide=wide)
        statement = (
            select(entries.c.id, entries.c.story_id, entries.c.dated_at, search_documents.c.language)
            .add_columns(relevance.label("relevance"))
            .select_from(index.joined(entries))
            .where(met, *_filters(query))
            .order_by(index.entry_id.desc())
            .limit(limit)
        )
        return [
            SearchHit(
                entry_id=entry_id,
                story_id=story_id,
                dated_at=dated_at,
                language=language,
                relevance=max(float(worth), _LEAST_RELEVANCE),
            )
            for entry_id, story_id, dated_at, language, worth in self._connection.execute(statement)
        ]

    def holding(self, stem: str, *, limit: int) -> list[int]:
        """Return the entries in which a stem stands, last first."""
        index = dialect.text_index(self._connection)
        met, _ = index.matching(SearchQuery(required=((Term(readings=((stem,),)),),)), wide=False)
        statement = select(index.entry_id).select_from(index.own).where(met).order_by(index.entry_id.desc()).limit(limit)
        return list(self._connection.execute(statement).scalars())

    def count_topics(self, entry_ids: Iterable[int]) -> dict[str, int]:
        """Return how many of the entries belong to each topic that has any."""
        return self._count(_TOPICS, entry_ids)

    def count_sites(self, entry_ids: Iterable[int]) -> dict[str, int]:
        """Return how many of the entries each site carries that carries any."""
        return self._count(_SITES, entry_ids)

    def _count(self, statement: Select[str, int], entry_ids: Iterable[int]) -> dict[str, int]:
        found: Counter[str] = Counter()
        for ids in chunks(entry_ids):
            found.update(dict(self._connection.execute(statement, {"ids": ids}).all()))
        return found

    def sources(self, sites: Iterable[str] | None = None) -> list[SearchSource]:
        """Return the feeds with their names, all or those of some sites."""
        statement = select(feeds.c.id, feeds.c.url, feeds.c.site, feeds.c.settings, feeds.c.data).order_by(feeds.c.id)
        if sites is not None:
            statement = statement.where(feeds.c.site.in_(list(sites)))
        return [
            SearchSource(feed_id=row.id, url=row.url, site=row.site, title=origin_of(row).feed_title)
            for row in self._connection.execute(statement)
        ]

    def forget(self) -> None:
        """Empty the index, so that it is made anew from the first entry on."""
        dialect.text_index(self._connection).clear()
        note(self._connection, _REVISION, "0")
        note(self._connection, _LANGUAGES, "")
        self._connection.execute(delete(search_words))


def _filters(query: SearchQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.since is not None:
        conditions.append(entries.c.dated_at >= query.since)
    if query.until is not None:
        conditions.append(entries.c.dated_at < query.until)
    for slugs, wanted in ((query.topics, True), (query.not_topics or None, False)):
        if slugs is not None:
            held = select(entry_topics.c.slug).where(entry_topics.c.entry_id == entries.c.id, entry_topics.c.slug.in_(slugs))
            conditions.append(held.exists() if wanted else ~held.exists())
    return [and_(*conditions)] if conditions else []
