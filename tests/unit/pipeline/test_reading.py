from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.errors import NotAFeed, ParseError
from aggregator.model.change import FeedUpdate
from aggregator.model.feed import FeedData
from aggregator.model.fetching import Fetched
from aggregator.model.parsed import FeedFormat, ParsedFeed
from aggregator.pipeline import reading
from aggregator.pipeline.reading import DocumentReader, PassReading, ReadOutcome, UnreadDocument

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
SLOW = b"slow"


class FakeParser:
    """Reads the body as the title; `slow` is nothing to be read quickly."""

    def parse(self, fetched: Fetched) -> ParsedFeed:
        if fetched.body == b"page":
            raise NotAFeed("a page", feed_url=fetched.url)
        if fetched.body == b"large":
            raise MemoryError
        return ParsedFeed(format=FeedFormat.RSS, parser="fake", data=FeedData(title=fetched.body.decode()), entries=())

    def parse_quickly(self, fetched: Fetched) -> ParsedFeed | None:
        return None if fetched.body == SLOW else self.parse(fetched)


class FakeReaders:
    """Keeps what it is to read until it is told to."""

    def __init__(self) -> None:
        self.messages: list[list[str]] = []
        self.waiting: list[tuple[UnreadDocument, Future[ReadOutcome]]] = []
        self.closed = False

    def submit(self, documents: Sequence[UnreadDocument]) -> list[Future[ReadOutcome]]:
        self.messages.append([document.fetched.body.decode() for document in documents])
        futures: list[Future[ReadOutcome]] = [Future() for _ in documents]
        self.waiting += zip(documents, futures, strict=True)
        return futures

    def read_all(self) -> None:
        for document, future in self.waiting:
            future.set_result(FeedUpdate(data=FeedData(title=document.fetched.body.decode()), entries=()))
        self.waiting.clear()

    def close(self) -> None:
        self.closed = True


def document(body: bytes) -> UnreadDocument:
    return UnreadDocument(fetched=Fetched(url="https://a.example/feed", body=body), feed_url="feed", received_at=AT)


def title(outcome: object) -> str:
    assert isinstance(outcome, FeedUpdate)
    return outcome.data.title


@pytest.fixture
def readers() -> FakeReaders:
    return FakeReaders()


@pytest.fixture
def of_pass(readers: FakeReaders, monkeypatch: pytest.MonkeyPatch) -> PassReading[int]:
    """The reading of a pass on a machine of two cores."""
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    return PassReading(DocumentReader(FakeParser(), readers))


def test_quick_documents_are_read_here_and_slow_ones_elsewhere(of_pass: PassReading[int], readers: FakeReaders) -> None:
    assert title(of_pass.read(1, document(b"eins"))) == "eins"
    assert of_pass.read(2, document(SLOW)) is None
    assert of_pass
    assert list(of_pass.take()) == []

    readers.read_all()

    assert [(number, title(outcome)) for number, outcome in of_pass.take()] == [(2, "slow")]
    assert not of_pass


def test_without_others_everything_is_read_here() -> None:
    alone = PassReading[int](DocumentReader(FakeParser()))
    for number in range(reading.SHARED_FROM + 50):
        assert title(alone.read(number, document(SLOW))) == "slow"


def test_a_pass_with_many_documents_shares_them_and_reads_on_itself_meanwhile(
    of_pass: PassReading[int], readers: FakeReaders
) -> None:
    here = sum(of_pass.read(number, document(b"d%d" % number)) is not None for number in range(reading.SHARED_FROM + 100))

    assert here == reading.SHARED_FROM + 100 - reading.SHARED_AT_ONCE
    assert [len(message) for message in readers.messages] == [reading.SHARED_TOGETHER] * 3
    readers.read_all()
    assert len(list(of_pass.take())) == reading.SHARED_AT_ONCE
    assert of_pass.read(-1, document(b"more")) is None, "whoever is done gets the next"


def test_a_pass_with_few_documents_starts_nobody(of_pass: PassReading[int], readers: FakeReaders) -> None:
    for number in range(reading.SHARED_FROM):
        of_pass.read(number, document(b"x"))
    assert readers.messages == []


def test_on_one_core_nothing_is_shared(of_pass: PassReading[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    assert all(of_pass.read(number, document(b"x")) is not None for number in range(reading.SHARED_FROM + 50))


def test_what_was_held_back_is_handed_over_before_it_is_waited_for(of_pass: PassReading[int], readers: FakeReaders) -> None:
    for number in range(reading.SHARED_FROM + 3):
        of_pass.read(number, document(b"%d" % number))
    assert of_pass
    assert readers.messages == []

    of_pass.wait(timedelta(0))

    assert [len(message) for message in readers.messages] == [3]


def test_what_was_given_up_is_not_among_the_outcomes(of_pass: PassReading[int], readers: FakeReaders) -> None:
    of_pass.read(1, document(SLOW))
    readers.waiting[0][1].cancel()

    assert list(of_pass.take()) == []
    assert not of_pass


def test_what_is_wrong_with_a_document_is_an_outcome() -> None:
    reader = DocumentReader(FakeParser())
    page, large = reader.read(document(b"page")), reader.read(document(b"large"))
    assert isinstance(page, NotAFeed)
    assert isinstance(large, ParseError)
    assert large.reason == reading.NOT_ENOUGH_MEMORY
