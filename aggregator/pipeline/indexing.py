"""Indexing: entries that are new or changed are made searchable, behind ingest and never in its way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from aggregator.group.words import open_compound, plain_text, stem, tokenise
from aggregator.model.entry import Entry
from aggregator.model.language import primary_language
from aggregator.model.report import IndexReport
from aggregator.model.search import SearchDocument
from aggregator.storage import Storage

BATCH_ENTRIES = 500
"""Entries a transaction, as in grouping: a click waits for at most some tens of milliseconds behind it."""

MAX_WORDS = 2_000
"""Words of an entry's text that are indexed: a long report whole, and of a whole book its beginning."""

MAX_STEM_CHARS = 60
"""Letters of a stem that are kept: longer ones are addresses and noise, and PostgreSQL takes at most 2,046 bytes."""

COMPOUNDING = frozenset({"da", "de", "et", "fi", "hu", "is", "nb", "nl", "nn", "no", "sv"})
"""Languages that write compounds as one word, so that `Prämie` has to be found in `Krankenkassenprämie`."""

SHORTEST_COMPOUND = 7
"""Letters of a stem that may be a compound: `Rathaus`."""

_CACHED_TOKENS = 65_536  # as many as are stemmed: a day of news has about as many


def index_entries(
    storage: Storage,
    *,
    default_language: str,
    should_stop: Callable[[], bool] = lambda: False,
    gives_way: Callable[[], bool] = lambda: False,
) -> IndexReport:
    """Bring the full-text index up to the newest revision of the entries; where it `gives_way`, by one batch.

    It remembers the revision it was brought to, so a pass can stop and go on anywhere, and an index that is empty (a new
    schema, or one that was told to forget) is filled in the same way as it is kept.
    """
    indexed = 0
    while not should_stop():
        with storage.read() as tx:
            entries = tx.entries.changed_since(tx.search.revision(), limit=BATCH_ENTRIES)
        if not entries:
            break
        # Words are taken apart between the transactions: no lock is held meanwhile.
        documents = [make_document(entry, default_language=default_language) for entry in entries]
        with storage.write() as tx:
            tx.search.put(documents, revision=entries[-1].revision)
        indexed += len(entries)
        if gives_way():
            break
    return IndexReport(indexed=indexed)


def make_document(entry: Entry, *, default_language: str) -> SearchDocument:
    """Return what is indexed of an entry: title, teaser and content, its publishers' categories, and who wrote it."""
    data = entry.data
    default = primary_language(default_language)
    language = primary_language(data.language) or primary_language(entry.origins[0].language) or default
    content, summary = plain_text(data.content_html), plain_text(data.summary_html)
    texts = [content if summary.strip() in content else f"{summary} {content}", *data.categories]
    people = [person.name for person in data.authors]
    if data.source_title:
        people.append(data.source_title)
    title = tuple(stems_of(data.title, language))[:MAX_WORDS]
    words = tuple(word for text in texts for word in stems_of(text, language))[:MAX_WORDS]
    return SearchDocument(
        entry_id=entry.id,
        title=title,
        text=words,
        people=tuple(word for name in people for word in stems_of(name, language))[:MAX_WORDS],
        feed_ids=tuple(origin.feed_id for origin in entry.origins),
        language=language,
        compounds=_compounds({*title, *words}) if language in COMPOUNDING else frozenset(),
    )


def _compounds(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word for word in words if len(word) >= SHORTEST_COMPOUND and word.isalpha())


def stems_of(text: str, language: str) -> Iterator[str]:
    """Yield the stems of a text, those of a hyphenated compound one by one."""
    for token in tokenise(text):
        yield from _stems_of_token(token, language)


@lru_cache(maxsize=_CACHED_TOKENS)
def _stems_of_token(token: str, language: str) -> tuple[str, ...]:
    return tuple(stem(part, language)[:MAX_STEM_CHARS] for part in open_compound(token))
