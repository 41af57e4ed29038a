"""How long does a search take among many entries, and what does keeping the index cost?

Texts are invented: words of syllables, as frequent as words of a language are (Zipf), 8 in a title and 40 in a teaser.
The baseline reads the newest entries from the same store, which is what a page without a search does.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import accumulate
from pathlib import Path

from aggregator.library.searching import read_search_entries, read_search_page
from aggregator.model.change import EntryChanges, EntryUpdate, FeedChange, NewEntry
from aggregator.model.entry import EntryData
from aggregator.model.feed import FeedSettings, PollState
from aggregator.normalise.identity import url_key
from aggregator.pipeline.indexing import index_entries
from aggregator.storage import Storage
from aggregator.store.database import open_database
from bench.record import Options, Report, Row, Sample

ENTRIES = 100_000
FEEDS = 200
BATCH = 500  # entries a transaction, as in ingest
VOCABULARY = 200_000
TITLE_WORDS, TEASER_WORDS = 8, 40
SEED = 20_261_124
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SYLLABLES = [
    "ba",
    "be",
    "bi",
    "bo",
    "da",
    "de",
    "di",
    "do",
    "fa",
    "fe",
    "fi",
    "fo",
    "ga",
    "ge",
    "ka",
    "ke",
    "ki",
    "ko",
    "la",
    "le",
    "li",
    "lo",
    "ma",
    "me",
    "mi",
    "mo",
    "na",
    "ne",
    "ni",
    "no",
    "ra",
    "re",
    "ri",
    "ro",
    "sa",
    "se",
]
LATER = 2_000  # entries that come in when the store is full: what an index costs from day to day
REPEATS = 10  # of each query in a run


class Language:
    """A vocabulary with Zipf's law."""

    def __init__(self) -> None:
        self._random = random.Random(SEED)
        words: dict[str, None] = {}
        while len(words) < VOCABULARY:
            words["".join(self._random.choices(SYLLABLES, k=self._random.choice((2, 3, 3, 4, 5))))] = None
        self.words = list(words)
        self._sums = list(accumulate(1 / (rank + 10) for rank in range(VOCABULARY)))

    def text(self, length: int) -> str:
        return " ".join(self.words[bisect(self._sums, self._random.random() * self._sums[-1])] for _ in range(length))


def fill(storage: Storage, language: Language, *, first: int, count: int, until: datetime = NOW) -> float:
    """Store entries of the 90 days before `until` as ingest does, and return the seconds that the transactions took."""
    seconds = 0.0
    for start in range(first, first + count, BATCH):
        new = [
            _entry(number, language, total=first + count, until=until)
            for number in range(start, min(start + BATCH, first + count))
        ]
        change = FeedChange(
            feed_id=start // BATCH % FEEDS + 1,
            polled_at=until,
            poll=PollState(),
            data=None,
            entries=EntryChanges(new=tuple(new)),
        )
        began = time.perf_counter()
        with storage.write() as tx:
            tx.entries.apply([change])
        seconds += time.perf_counter() - began
    return seconds


def _entry(number: int, language: Language, *, total: int, until: datetime) -> NewEntry:
    url = f"https://site{number % FEEDS}.example/{number}"
    dated_at = until - timedelta(days=90) * (1 - number / total)
    data = EntryData(
        title=language.text(TITLE_WORDS), guid=url, url=url, summary_html=f"<p>{language.text(TEASER_WORDS)}</p>", language="de"
    )
    key = url_key(url)
    return NewEntry(id=number, update=EntryUpdate(data=data, guid_key=key, url_key=key, content_hash=key), dated_at=dated_at)


def queries(language: Language) -> dict[str, str]:
    """Return queries by what they are."""
    word = language.words
    return {
        "a word of every fifth entry": word[20],
        "a word of every hundredth entry": word[1_000],
        "a rare word": word[60_000],
        "two frequent words": f"{word[20]} {word[60]}",
        "three words": f"{word[200]} {word[500]} {word[30]}",
        "a phrase": f'"{word[2]} {word[5]}"',
        "either of three": f"{word[1_000]} OR {word[2_000]} OR {word[3_000]}",
        "without a word": f"{word[300]} -{word[10]}",
        "in the title": f"title:{word[100]}",
        "beginning of a word": f"{word[400][:4]}*",
        "of a source": f"{word[100]} source:site7.example",
        "of one month, two months ago": f"{word[100]} date:2026-09",
        "nothing but a source": "source:site7.example",
    }


def bench(options: Options) -> Iterable[Report]:
    """Measure a store of `options.feeds` thousand entries (100 by default)."""
    count = (options.feeds or ENTRIES // 1_000) * 1_000
    with tempfile.TemporaryDirectory() as folder, closing(open_database(f"sqlite:///{Path(folder) / 'search.db'}")) as storage:
        yield from _measure(storage, count, options)


def _measure(storage: Storage, count: int, options: Options) -> Iterator[Report]:
    language = Language()
    with storage.write() as tx:
        tx.feeds.configure([FeedSettings(url=f"https://site{n}.example/feed") for n in range(FEEDS)], now=NOW)
    stored = fill(storage, language, first=1, count=count)
    bare = storage.size_bytes()
    began, cpu = time.perf_counter(), time.process_time()
    index_entries(storage, default_language="de")
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    report = Report(
        name=f"search-{count}",
        question="how long does a search take, and what does keeping the index cost?",
        corpus=f"{count} invented entries of {TITLE_WORDS} and {TEASER_WORDS} words, {VOCABULARY} words by Zipf's law, SQLite",
        baseline="newest entries",
    )
    report.add(Row(name="filling the index", samples=(Sample(wall_seconds=wall, cpu_seconds=cpu),), count=count, unit="entry"))
    report.facts |= {
        "storing, µs an entry, in the same batches": round(stored / count * 1e6),
        "indexing, µs an entry": round(wall / count * 1e6),
        "database without index, MiB": bare >> 20,
        "database with index, MiB": storage.size_bytes() >> 20,
    }
    report.facts |= _later(storage, language, first=count + 1)
    newest = tuple(_timed(partial(_newest, storage)) for _ in range(options.runs * REPEATS))
    report.add(Row(name="newest entries", samples=newest, count=1, unit="page", work="page"))
    for name, text in queries(language).items():
        for kind, ask in (("page", _page), ("feed", _feed)):
            ask(storage, text)
            samples = tuple(_timed(partial(ask, storage, text)) for _ in range(options.runs * REPEATS))
            report.add(Row(name=name, samples=samples, count=1, unit=kind, work=kind))
            report.facts[f"{name}, {kind}: p50 / p95 ms"] = _percentiles(samples)
        report.facts[f"{name}: found"] = read_search_page(storage, text, now=NOW, language="de", zone=UTC).found
    yield report


def _later(storage: Storage, language: Language, *, first: int) -> dict[str, float | int | str]:
    """Return what the next entries cost: storing them, and the flow that indexes them behind it."""
    stored = fill(storage, language, first=first, count=LATER)
    began = time.perf_counter()
    index_entries(storage, default_language="de")
    return {
        "storing into the full store, µs an entry": round(stored / LATER * 1e6),
        "indexing into the full index, µs an entry": round((time.perf_counter() - began) / LATER * 1e6),
    }


def _newest(storage: Storage) -> None:
    with storage.read() as tx:
        tx.entries.newest(limit=20)


def _page(storage: Storage, text: str) -> None:
    read_search_page(storage, text, now=NOW, language="de", zone=UTC)


def _feed(storage: Storage, text: str) -> None:
    read_search_entries(storage, text, now=NOW, language="de", zone=UTC)


def _timed(work: Callable[[], None]) -> Sample:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Sample(wall_seconds=time.perf_counter() - wall, cpu_seconds=time.process_time() - cpu)


def _percentiles(samples: Iterable[Sample]) -> str:
    values = sorted(sample.wall_seconds * 1000 for sample in samples)
    return f"{statistics.median(values):.1f} / {values[int(len(values) * 0.95)]:.1f}"
