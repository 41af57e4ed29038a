"""The full-text index in either database: the same words, fields and answers.

Stems come ready-made, so both are told to change nothing: FTS5 splits at spaces only, and vectors and queries of PostgreSQL
are written out instead of being made by one of its languages.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Float,
    Join,
    String,
    Table,
    TableClause,
    Text,
    bindparam,
    cast,
    column,
    delete,
    func,
    literal,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, TSVECTOR
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.types import TypeEngine

from aggregator.model.search import SearchDocument, SearchQuery, Term
from aggregator.store.loading import chunks
from aggregator.store.search_tables import search_documents, search_words

EVERYTHING = "all"  # the mark of every entry: what a query without words looks for
# What a stem is worth where it stands: in the title, the text, the names of people; marks are no words.
_TITLE_WORTH, _TEXT_WORTH, _PEOPLE_WORTH = 8.0, 1.0, 4.0
_COMPRESSION = 1  # of zlib: half the size at 10 µs; higher levels take long and gain little on short texts
_FIELD_GAP = 10  # positions between fields, so that no phrase reaches from one into the next
_LAST_POSITION = 16_383  # of PostgreSQL's vectors (documentation, section 12.11)
_MOST_POSITIONS = 255  # of one word there, as above

_OF_ENTRIES = search_documents.c.entry_id.in_(bindparam("ids", expanding=True))
_INDEXED = select(search_documents.c.entry_id, search_documents.c.words).where(_OF_ENTRIES)
_TAKE_OUT = delete(search_documents).where(_OF_ENTRIES)


class TextIndex(Protocol):
    """An index of either database."""

    def put(self, documents: Sequence[SearchDocument]) -> None:
        """Index documents that are not indexed, or are no more (`take_out`)."""
        ...

    def learn(self, words: Iterable[str]) -> None:
        """Remember words that may be compounds."""
        ...

    def take_out(self, entry_ids: Sequence[int]) -> None:
        """Forget what is indexed of the entries."""
        ...

    def clear(self) -> None:
        """Forget everything."""
        ...

    def matching(self, query: SearchQuery, *, wide: bool) -> tuple[ColumnElement[bool], ColumnElement[float]]:
        """Return the condition on words and marks, and the relevance."""
        ...

    @property
    def entry_id(self) -> ColumnElement[int]:
        """The column that says which entry it is; its order is cheap."""
        ...

    @property
    def own(self) -> TableClause:
        """The index alone."""
        ...

    def joined(self, entries: Table) -> Join:
        """Return entries with `search_documents` and the index."""
        ...


class SqliteIndex:
    """FTS5, without content."""

    _TABLE = table("search_index", column("rowid"))
    _INSERT = "INSERT INTO search_index (rowid, title, text, people, marks) VALUES (?, ?, ?, ?, ?)"
    _INSERT_DOCUMENT = "INSERT INTO search_documents (entry_id, language, words) VALUES (?, ?, ?)"
    _DELETE = "INSERT INTO search_index (search_index, rowid, title, text, people, marks) VALUES ('delete', ?, ?, ?, ?, ?)"

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def entry_id(self) -> ColumnElement[int]:
        """The column that says which entry it is."""
        return self._TABLE.c.rowid

    @property
    def own(self) -> TableClause:
        """The index alone."""
        return self._TABLE

    def joined(self, entries: Table) -> Join:
        """Return entries with `search_documents` and the index."""
        return self._TABLE.join(entries, entries.c.id == self.entry_id).join(
            search_documents, search_documents.c.entry_id == self.entry_id
        )

    def put(self, documents: Sequence[SearchDocument]) -> None:
        """Index documents."""
        fields = [(document, _field_texts(document)) for document in documents]
        self._connection.exec_driver_sql(self._INSERT, [(document.entry_id, *texts) for document, texts in fields])
        self._connection.exec_driver_sql(
            self._INSERT_DOCUMENT,
            [
                (document.entry_id, document.language, zlib.compress("\n".join(texts).encode(), _COMPRESSION))
                for document, texts in fields
            ],
        )

    def learn(self, words: Iterable[str]) -> None:
        """Remember words that may be compounds."""
        rows = [(form,) for word in sorted(words) for form in word_forms(word)]
        if rows:
            self._connection.exec_driver_sql("INSERT OR IGNORE INTO search_words (word) VALUES (?)", rows)

    def take_out(self, entry_ids: Sequence[int]) -> None:
        """Tell the index what it is to forget."""
        for ids in chunks(entry_ids):
            rows = self._connection.execute(_INDEXED, {"ids": ids}).all()
            if rows:
                told = [(row.entry_id, *zlib.decompress(row.words).decode().split("\n")) for row in rows]
                self._connection.exec_driver_sql(self._DELETE, told)
                self._connection.execute(_TAKE_OUT, {"ids": ids})

    def clear(self) -> None:
        """Forget everything."""
        self._connection.exec_driver_sql("INSERT INTO search_index (search_index) VALUES ('delete-all')")
        self._connection.execute(delete(search_documents))

    def matching(self, query: SearchQuery, *, wide: bool) -> tuple[ColumnElement[bool], ColumnElement[float]]:
        """Return MATCH, and how well by BM25 (which is lower the better)."""
        whole: ColumnElement[Any] = literal_column("search_index")
        worth: ColumnElement[float] = literal_column(
            f"-bm25(search_index, {_TITLE_WORTH}, {_TEXT_WORTH}, {_PEOPLE_WORTH}, 0.0)", Float
        )
        return whole.op("MATCH", is_comparison=True)(literal(fts5_expression(query, wide=wide), String)), worth


def _each(name: str, kind: TypeEngine[Any]) -> ColumnElement[Any]:
    """Return the values of an array as rows: one parameter for thousands of them."""
    return func.unnest(bindparam(name, type_=ARRAY(kind)))


_PUT_VECTORS = postgresql_insert(search_documents).from_select(
    ["entry_id", "language", "words"],
    select(_each("entries", BigInteger()), _each("tongues", Text()), cast(_each("vectors", Text()), TSVECTOR)),
)
_PUT_WORDS = (
    postgresql_insert(search_words).from_select(["word"], select(_each("forms", Text()))).on_conflict_do_nothing()
)  # fmt: skip


class PostgresIndex:
    """A vector of words with their places and fields, in an inverted index."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def entry_id(self) -> ColumnElement[int]:
        """The column that says which entry it is."""
        return search_documents.c.entry_id

    @property
    def own(self) -> TableClause:
        """The index alone."""
        return search_documents

    def joined(self, entries: Table) -> Join:
        """Return entries with `search_documents`, which is the index."""
        return search_documents.join(entries, entries.c.id == self.entry_id)

    def put(self, documents: Sequence[SearchDocument]) -> None:
        """Index documents."""
        self._connection.execute(
            _PUT_VECTORS,
            {
                "entries": [document.entry_id for document in documents],
                "tongues": [document.language for document in documents],
                "vectors": [vector_of(document) for document in documents],
            },
        )

    def learn(self, words: Iterable[str]) -> None:
        """Remember words that may be compounds."""
        forms = [form for word in sorted(words) for form in word_forms(word)]
        self._connection.execute(_PUT_WORDS, {"forms": forms})

    def take_out(self, entry_ids: Sequence[int]) -> None:
        """Forget what is indexed of the entries."""
        for ids in chunks(entry_ids):
            self._connection.execute(_TAKE_OUT, {"ids": ids})

    def clear(self) -> None:
        """Forget everything."""
        self._connection.execute(delete(search_documents))

    def matching(self, query: SearchQuery, *, wide: bool) -> tuple[ColumnElement[bool], ColumnElement[float]]:
        """Return the match, and how well by the worth of the fields it is in."""
        expression = cast(literal(tsquery_expression(query, wide=wide), String), TSQUERY)
        most = max(_TITLE_WORTH, _TEXT_WORTH, _PEOPLE_WORTH)
        weights: ColumnElement[Any] = literal_column(
            f"'{{0,{_PEOPLE_WORTH / most},{_TEXT_WORTH / most},{_TITLE_WORTH / most}}}'::float4[]"
        )
        words: Column[Any] = search_documents.c.words
        return words.op("@@", is_comparison=True)(expression), func.ts_rank(weights, words, expression)


def word_forms(word: str) -> tuple[str, str]:
    """Return what `search_words` holds of a word: found by its beginning, and by its end."""
    return f">{word}", f"<{word[::-1]}"


def _field_texts(document: SearchDocument) -> tuple[str, str, str, str]:
    return " ".join(document.title), " ".join(document.text), " ".join(document.people), " ".join(_marks(document))


def _marks(document: SearchDocument) -> list[str]:
    return [EVERYTHING, _language_mark(document.language), *map(_feed_mark, document.feed_ids)]


def _feed_mark(feed_id: int) -> str:
    return f"f{feed_id}"


def _language_mark(language: str) -> str:
    return f"l{language}"


def _mark_groups(query: SearchQuery) -> tuple[list[list[str]], list[str]]:
    """Return the marks of which one a group must be there, and those that must not."""
    groups = []
    if query.feeds is not None:
        groups.append([_feed_mark(feed_id) for feed_id in query.feeds])
    if query.languages is not None:
        groups.append([_language_mark(language) for language in query.languages])
    return groups, [*map(_feed_mark, query.not_feeds), *map(_language_mark, query.not_languages)]


def fts5_expression(query: SearchQuery, *, wide: bool = False) -> str:
    """Return the query in FTS5's language (https://www.sqlite.org/fts5.html, section 3).

    Stems hold letters and digits only, so nothing in quotes can end them.
    """
    wanted = [_fts5_any(_fts5_term(term, wide=wide) for term in group) for group in query.required]
    groups, unwanted_marks = _mark_groups(query)
    wanted += [f"marks : {_fts5_any(map(_fts5_quote, marks))}" for marks in groups]
    unwanted = [_fts5_term(term) for term in query.excluded]
    unwanted += [f"marks : {_fts5_quote(mark)}" for mark in unwanted_marks]
    met = " AND ".join(wanted) if wanted else f"marks : {_fts5_quote(EVERYTHING)}"
    return f"({met}) NOT {_fts5_any(unwanted)}" if unwanted else met


def _fts5_any(parts: Iterable[str]) -> str:
    return f"({' OR '.join(parts)})"


def _fts5_term(term: Term, *, wide: bool = False) -> str:
    fields = "title" if term.in_title else "{title text people}"
    star = " *" if term.is_prefix else ""
    words = [_fts5_quote(" ".join(reading)) + star for reading in term.readings]
    return f"{fields} : {_fts5_any([*words, *map(_fts5_quote, term.compounds if wide else ())])}"


def _fts5_quote(words: str) -> str:
    return f'"{words}"'


def tsquery_expression(query: SearchQuery, *, wide: bool = False) -> str:
    """Return the query as PostgreSQL writes queries (documentation, section 8.11.2)."""
    wanted = [_ts_any(_ts_term(term, wide=wide) for term in group) for group in query.required]
    groups, unwanted_marks = _mark_groups(query)
    wanted += [_ts_any(f"'{mark}':D" for mark in marks) for marks in groups]
    unwanted = [_ts_term(term) for term in query.excluded]
    unwanted += [f"'{mark}':D" for mark in unwanted_marks]
    parts = wanted or [f"'{EVERYTHING}':D"]
    return " & ".join([*parts, *(f"!{part}" for part in unwanted)])


def _ts_any(parts: Iterable[str]) -> str:
    return f"({' | '.join(parts)})"


def _ts_term(term: Term, *, wide: bool = False) -> str:
    fields = "A" if term.in_title else "ABC"
    readings = []
    for reading in term.readings:
        words = [f"'{word}':{fields}" for word in reading]
        if term.is_prefix:
            words[-1] = f"'{reading[-1]}':*{fields}"
        readings.append(f"({' <-> '.join(words)})")
    return _ts_any([*readings, *(f"'{word}':{fields}" for word in (term.compounds if wide else ()))])


def vector_of(document: SearchDocument) -> str:
    """Return the document as PostgreSQL writes vectors (documentation, section 8.11.1)."""
    places: dict[str, list[str]] = {}
    position = 0
    for weight, words in (("A", document.title), ("B", document.text), ("C", document.people), ("D", _marks(document))):
        for word in words:
            position = min(position + 1, _LAST_POSITION)
            held = places.setdefault(word, [])
            if len(held) < _MOST_POSITIONS:
                held.append(f"{position}{weight}")
        position += _FIELD_GAP
    return " ".join(f"'{word}':{','.join(held)}" for word, held in places.items())
