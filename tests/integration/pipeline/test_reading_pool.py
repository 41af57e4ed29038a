"""Documents read in processes of their own: what one takes, no other feels, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.errors import NotAFeed, ParseError
from aggregator.model.change import FeedUpdate
from aggregator.model.fetching import Fetched
from aggregator.parse.choose import LARGE_BYTES, SMALL_BYTES, FeedParser
from aggregator.pipeline.reading import DocumentReader, ReadOutcome, UnreadDocument
from aggregator.pipeline.reading_pool import ReadingLimits, ReadingPool

URL = "https://a.example/feed"
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
DEADLINE = 60  # seconds, of tests that would hang

BROKEN = b"<rss><channel><title>a & b</title><item><title>Eins & zwei</title><link>https://a.example/1</link></item>"
BROKEN_LARGE = BROKEN + b"<item><title>x & y</title></item>" * (SMALL_BYTES // 30)
HOLDS = b"<rss><channel>&" + b"<item><title>x</title><a/><b/></item>" * 45_000
"""Below the cap on elements, and seconds of work for feedparser."""


def document(body: bytes) -> UnreadDocument:
    return UnreadDocument(fetched=Fetched(url=URL, body=body), feed_url=URL, received_at=AT)


def read(pool: ReadingPool, body: bytes) -> ReadOutcome:
    return pool.submit(document(body)).result(timeout=DEADLINE)


def workers() -> set[int]:
    """Return the processes of readers that this process has, ended and not waited for ones too."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == os.getpid():
                found.add(int(entry.name))
    return found


@pytest.fixture
def pool() -> Iterator[ReadingPool]:
    made = ReadingPool(processes=1)
    yield made
    made.close()


def test_a_document_says_the_same_wherever_it_is_read(pool: ReadingPool) -> None:
    here = DocumentReader(FeedParser())

    for body in (BROKEN, BROKEN_LARGE):
        there = read(pool, body)
        assert isinstance(there, FeedUpdate)
        assert there == here.read(document(body))


def test_what_is_wrong_with_a_document_comes_back_in_the_same_words(pool: ReadingPool) -> None:
    page = b"<!DOCTYPE html><html><body>Hallo</body></html>"

    there, here = read(pool, page), DocumentReader(FeedParser()).read(document(page))

    assert isinstance(there, NotAFeed)
    assert str(there) == str(here)


def test_a_document_that_computes_without_end_is_its_own_failure_only() -> None:
    pool = ReadingPool(limits=ReadingLimits(cpu_seconds=1), processes=1)
    try:
        outcome = read(pool, HOLDS)
        assert isinstance(outcome, ParseError)
        assert outcome.reason == "the document took more than 1 s of computing to read"
        assert isinstance(read(pool, BROKEN), FeedUpdate)
    finally:
        pool.close()


def test_a_document_that_takes_too_much_memory_is_its_own_failure_only() -> None:
    pool = ReadingPool(limits=ReadingLimits(memory_bytes=256 << 20), processes=1)
    try:
        outcome = read(pool, BROKEN + b"<description>" + b"&lt;b>x" * (2 << 20))
        assert isinstance(outcome, ParseError)
        assert outcome.reason.startswith("the document took more than 256 MiB of memory to read")
        assert isinstance(read(pool, BROKEN), FeedUpdate)
    finally:
        pool.close()


def test_a_document_that_hangs_is_given_up() -> None:
    pool = ReadingPool(limits=ReadingLimits(wall=timedelta(seconds=1)), processes=1)
    try:
        outcome = read(pool, HOLDS)
        assert isinstance(outcome, ParseError)
        assert outcome.reason == "the document took longer than 1 s to read"
    finally:
        pool.close()


def test_a_reader_that_is_killed_is_replaced(pool: ReadingPool) -> None:
    before = workers()
    read(pool, BROKEN)
    (first,) = workers() - before
    os.kill(first, signal.SIGKILL)

    outcome = read(pool, BROKEN)
    again = read(pool, BROKEN)

    assert isinstance(outcome, ParseError)
    assert "signal 9" in outcome.reason
    assert isinstance(again, FeedUpdate)
    assert first not in workers(), "a process that ended is waited for"


def test_a_monstrous_document_holds_up_no_other_where_there_are_two_processes() -> None:
    pool = ReadingPool(processes=2)
    try:
        monstrous = pool.submit(document(HOLDS))
        assert isinstance(read(pool, BROKEN), FeedUpdate)
        assert not monstrous.done()
    finally:
        pool.close()


def test_closing_gives_up_what_is_being_read_and_leaves_no_process() -> None:
    before = workers()
    pool = ReadingPool(processes=1)
    reading, waiting = pool.submit(document(HOLDS)), pool.submit(document(BROKEN))

    pool.close()

    assert reading.cancelled()
    assert waiting.cancelled()
    assert workers() <= before
    assert pool.submit(document(BROKEN)).cancelled()


def test_an_idle_process_ends_and_the_next_document_starts_another() -> None:
    before = workers()
    pool = ReadingPool(processes=1, idle=timedelta(milliseconds=10))
    try:
        for _ in range(3):
            assert isinstance(read(pool, BROKEN), FeedUpdate)
            for thread in threading.enumerate():
                if thread.name == "reading":
                    thread.join(DEADLINE)
            assert workers() <= before
    finally:
        pool.close()


def test_sound_feeds_small_ones_and_pages_start_no_process(pool: ReadingPool) -> None:
    reader = DocumentReader(FeedParser(), pool)
    before = workers()
    sound = b"<rss><channel><title>a</title>" + b"<item><title>b</title></item>" * (SMALL_BYTES // 20) + b"</channel></rss>"

    for body in (sound, BROKEN, b"<!DOCTYPE html><html>" + b"<p>" * SMALL_BYTES):
        assert not hasattr(reader.read_later(document(body)), "result")
    assert workers() == before


def test_broken_feeds_and_large_ones_are_read_elsewhere(pool: ReadingPool) -> None:
    reader = DocumentReader(FeedParser(), pool)
    large = b"<rss><channel><title>" + b"a" * LARGE_BYTES + b"</title></channel></rss>"

    for body in (BROKEN_LARGE, large):
        assert hasattr(reader.read_later(document(body)), "result")
