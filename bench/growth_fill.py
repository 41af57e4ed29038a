"""A store with years of entries behind it, filled in bulk: as many entries a day whatever the size, so only history grows."""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path

from aggregator.group.keypoints import RULES as POINT_RULES
from aggregator.pipeline.relating import RELATED_NOTE, rules_of
from aggregator.pipeline.said import RelatedMemory
from aggregator.storage import GROUPED_NOTE
from aggregator.store.columns import to_microseconds

FEEDS = 5_000
TOPICS = 6
LANGUAGE = "de"
PER_DAY = 2_000  # entries: what grouping holds, and what lists are chosen from, is the same at every size
LISTED = 30  # entries that a document lists
INDEXED = 1_000_000  # the newest entries, which search knows: indexing all of five millions takes longer than the rest
_VOCABULARY = 30_000
_TEASERS = 4_000
_ROWS = 20_000  # a statement's worth in memory
_SEED = 20_261_130
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvw" for vowel in ("a", "e", "i", "o", "u", "au", "ei")]


def feed_url(feed: int) -> str:
    return f"https://blatt-{feed}.example/feed"


def entry_url(feed: int, serial: int) -> str:
    return f"https://blatt-{feed}.example/{serial}"


def key(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


class Words:
    """Titles and teasers of invented words, as frequent as words of a language are (Zipf)."""

    def __init__(self) -> None:
        self._random = random.Random(_SEED)
        words: dict[str, None] = {}
        while len(words) < _VOCABULARY:
            words["".join(self._random.choices(_SYLLABLES, k=self._random.choice((2, 3, 3, 4))))] = None
        self.words = list(words)
        self._weights = list(accumulate(1 / (rank + 30) for rank in range(_VOCABULARY)))
        self.teasers = [self.text(25) for _ in range(_TEASERS)]

    def text(self, length: int) -> str:
        return " ".join(self._random.choices(self.words, cum_weights=self._weights, k=length))

    def title(self, topic: int) -> str:
        return f"thema{topic}wort {self.text(8)}"


def fill(path: Path, size: int, *, now: datetime, words: Words) -> None:
    """Fill a new store that knows its feeds (ids from 1) and topics; every fifth entry is in the story of the one before."""
    with closing(sqlite3.connect(path, isolation_level=None)) as store:
        for pragma in ("synchronous = OFF", "journal_mode = WAL", "cache_size = -400000", "foreign_keys = OFF"):
            store.execute(f"PRAGMA {pragma}")
        # Indexes of large tables are made when these are full, which takes a fraction of the time.
        indexes = store.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN "
            "('entries', 'stories', 'entry_origins', 'entry_topics')"
        ).fetchall()
        for name, _ in indexes:
            store.execute(f"DROP INDEX {name}")
        store.execute("BEGIN")
        rows = _entry_rows(size, now=now, words=words)
        while batch := list(islice(rows, _ROWS)):
            _insert(store, batch, first_indexed=size - INDEXED)
        for _, statement in indexes:
            store.execute(statement)
        store.execute("UPDATE sequences SET next = ? WHERE name IN ('entry_id', 'revision')", (size + 1,))
        store.execute("UPDATE topics SET revision = ?", (size,))
        reached = {
            RELATED_NOTE: f"{size} {rules_of(RelatedMemory(LANGUAGE, lambda: None))}",
            "summarised": f"{size} {POINT_RULES}/{LANGUAGE}",
        }
        for note, value in (
            {GROUPED_NOTE: str(size), "search_revision": str(size), "search_languages": LANGUAGE} | reached
        ).items():
            store.execute("INSERT OR REPLACE INTO notes (key, value) VALUES (?, ?)", (note, value))
        store.execute("COMMIT")
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def feed_of(number: int) -> int:
    return number % FEEDS + 1


def _entry_rows(size: int, *, now: datetime, words: Words) -> Iterator[tuple[int, int, str, str, str]]:
    """Yield id, date in microseconds, URL, title and teaser."""
    start = to_microseconds(now)
    step = timedelta(days=1) // timedelta(microseconds=1) // PER_DAY
    for number in range(1, size + 1):
        url = entry_url(feed_of(number), number)
        yield number, start - (size - number + 1) * step, url, words.title(number % TOPICS), words.teasers[number % _TEASERS]


def _insert(store: sqlite3.Connection, batch: list[tuple[int, int, str, str, str]], *, first_indexed: int) -> None:
    def story_of(number: int) -> int:
        return number if number % 5 else number - 1

    store.executemany(
        "INSERT INTO entries (id, story_id, revision, dated_at, first_seen_at, modified_at, title, guid, url, language, "
        "published_at, summary_html, content_html) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'de', ?, ?, '')",
        ((n, story_of(n), n, at, at, at, title, url, url, at, f"<p>{teaser}</p>") for n, at, url, title, teaser in batch),
    )
    store.executemany(
        "INSERT INTO stories (id, entry_id, dated_at, publishers, readers, readers_24h, readers_7d, readers_30d, day_reads, "
        "day_coverage, day_exposure, trend_reads, trend_coverage, trend_exposure, touched) "
        "VALUES (?, ?, ?, ?, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1)",
        ((n, n, at, 2 if (n + 1) % 5 == 0 else 1) for n, at, *_ in batch if n % 5),
    )
    store.executemany(
        "INSERT INTO placements (entry_id, score, reason, by_operator) VALUES (?, 0.6, 'similar', 0)",
        ((n,) for n, *_ in batch if n % 5 == 0),
    )
    store.executemany(
        "INSERT INTO entry_origins (feed_id, guid_key, entry_id, content_hash, url_key, is_primary, pruned, first_seen_at) "
        "VALUES (?, ?, ?, ?, ?, 1, 0, ?)",
        ((feed_of(n), key("guid" + url), n, key("text" + url), key(url), at) for n, at, url, *_ in batch),
    )
    reason = json.dumps([["any", "wort"]])
    store.executemany(
        "INSERT INTO entry_topics (entry_id, slug, dated_at, reason) VALUES (?, ?, ?, ?)",
        ((n, f"thema-{n % TOPICS}", at, reason) for n, at, *_ in batch),
    )
    indexed = [(n, title, teaser, f"all f{feed_of(n)} lde") for n, _, _, title, teaser in batch if n > first_indexed]
    store.executemany("INSERT INTO search_index (rowid, title, text, people, marks) VALUES (?, ?, ?, '', ?)", indexed)
    store.executemany(
        "INSERT INTO search_documents (entry_id, language, words) VALUES (?, 'de', ?)",
        ((n, zlib.compress(f"{title}\n{teaser}\n\n{marks}".encode(), 1)) for n, title, teaser, marks in indexed),
    )
