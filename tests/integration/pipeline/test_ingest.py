"""One pass of ingest, from claim to store, with a scripted fetcher."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aggregator.app import Aggregator
from aggregator.errors import FeedGone, FetchError, FetchTimeout, StorageBusy
from aggregator.model.entry import Entry
from aggregator.model.feed import Feed, FeedState, Validators
from aggregator.model.fetching import Fetched, NotModified
from aggregator.model.parsed import ParsedFeed
from aggregator.pipeline.ingest import CLAIM_FEEDS
from aggregator.pipeline.reading import DocumentReader
from aggregator.pipeline.reading_pool import ReadingLimits, ReadingPool
from aggregator.store.feeds import SqlFeedStore
from tests.fakes.clock import FakeClock
from tests.fakes.feeds import item, rss
from tests.fakes.fetcher import FakeFetcher

A = "https://a.example/feed"
B = "https://b.example/feed"
ONE = f"feeds:\n  - url: {A}\n"
TWO = f"{ONE}  - url: {B}\n"
HOUR = timedelta(hours=1)
Open = Callable[[str, FakeFetcher], Aggregator]


def entries_of(aggregator: Aggregator) -> list[Entry]:
    with aggregator.storage.read() as tx:
        return tx.entries.newest(limit=100)


def test_what_a_feed_says_is_stored_and_counted(open_with: Open, clock: FakeClock) -> None:
    document = rss(item("Eins", "https://a.example/1", at=clock.at - HOUR), item("Zwei", "https://a.example/2", at=clock.at))
    aggregator = open_with(ONE, FakeFetcher({A: document}))

    report = aggregator.poll()

    assert (report.polled, report.ok, report.new) == (1, 1, 2)
    assert [entry.data.title for entry in entries_of(aggregator)] == ["Zwei", "Eins"]


def test_a_feed_is_not_polled_again_before_an_hour(open_with: Open, clock: FakeClock) -> None:
    fetcher = FakeFetcher({A: rss(item("Eins", "https://a.example/1", at=clock.at))})
    open_with(ONE, fetcher).poll()
    clock.advance(timedelta(minutes=59))

    report = open_with(ONE, fetcher).poll()  # a restart in between changes nothing

    assert report.polled == 0
    assert len(fetcher.requests) == 1


def test_the_validators_of_an_answer_are_sent_back_unchanged(open_with: Open, clock: FakeClock) -> None:
    validators = Validators(etag=b'W/"odd \xfc"', last_modified=b"yesterday, perhaps")
    first = Fetched(url=A, body=rss(item("Eins", "https://a.example/1", at=clock.at)), validators=validators)
    fetcher = FakeFetcher({A: first})
    aggregator = open_with(ONE, fetcher)
    aggregator.poll()
    fetcher.outcomes[A] = NotModified(url=A)
    clock.advance(HOUR)

    report = aggregator.poll(everything=True)

    assert fetcher.requests[1].validators == validators
    assert (report.not_modified, report.new, report.unmodified) == (1, 0, 0)


def test_an_equal_body_is_not_parsed_again(open_with: Open, clock: FakeClock) -> None:
    aggregator = open_with(ONE, FakeFetcher({A: rss(item("Eins", "https://a.example/1", at=clock.at))}))
    aggregator.poll()
    clock.advance(HOUR)

    report = aggregator.poll(everything=True)

    assert (report.ok, report.not_modified, report.unmodified) == (1, 0, 0)


def test_an_article_in_two_feeds_is_one_entry_with_two_origins(open_with: Open, clock: FakeClock) -> None:
    shared = "https://a.example/artikel"
    documents = {
        A: rss(item("Artikel", f"{shared}?utm_source=rss", guid="a", at=clock.at)),
        B: rss(item("Artikel", shared, guid="b", at=clock.at)),
    }
    aggregator = open_with(TWO, FakeFetcher(documents))

    report = aggregator.poll()

    (entry,) = entries_of(aggregator)
    assert {origin.feed_url for origin in entry.origins} == {A, B}
    assert (report.new, report.unmodified) == (1, 1)


def test_renewed_guids_make_no_new_entries(open_with: Open, clock: FakeClock) -> None:
    fetcher = FakeFetcher({A: rss(item("Eins", "https://a.example/1", guid="old", at=clock.at))})
    aggregator = open_with(ONE, fetcher)
    aggregator.poll()
    fetcher.outcomes[A] = rss(item("Eins", "https://a.example/1", guid="new", at=clock.at))
    clock.advance(HOUR)

    report = aggregator.poll(everything=True)

    assert report.new == 0
    assert len(entries_of(aggregator)) == 1


def test_an_edited_title_is_a_modification_that_keeps_id_and_date(open_with: Open, clock: FakeClock) -> None:
    fetcher = FakeFetcher({A: rss(item("Alt", "https://a.example/1", guid="1", at=clock.at))})
    aggregator = open_with(ONE, fetcher)
    aggregator.poll()
    (before,) = entries_of(aggregator)
    fetcher.outcomes[A] = rss(item("Neu", "https://a.example/1", guid="1", at=clock.at + HOUR))
    clock.advance(2 * HOUR)

    report = aggregator.poll(everything=True)

    (after,) = entries_of(aggregator)
    assert report.modified == 1
    assert (after.id, after.dated_at, after.data.title) == (before.id, before.dated_at, "Neu")


def test_a_page_where_a_feed_was_keeps_the_feed_and_says_so(open_with: Open) -> None:
    aggregator = open_with(TWO, FakeFetcher({A: b"<!doctype html><title>Umzug</title>", B: rss()}))

    report = aggregator.poll()

    (failure,) = report.failures
    assert (failure.url, failure.error) == (A, "NotAFeed")
    assert (report.ok, report.failed) == (1, 1)
    with aggregator.storage.read() as tx:
        feed = tx.feeds.find(A)
    assert feed is not None
    assert feed.poll.state is FeedState.FAILING
    assert feed.poll.next_poll_at is not None


def test_broken_xml_is_read_as_far_as_it_goes_and_marked_broken(open_with: Open, clock: FakeClock) -> None:
    document = rss(item("Eins", "https://a.example/1", at=clock.at)).replace(b"</channel>", b"<oops></channel>")
    aggregator = open_with(ONE, FakeFetcher({A: document}))

    report = aggregator.poll()

    assert (report.ok, report.new) == (1, 1)
    with aggregator.storage.read() as tx:
        (feed,) = tx.feeds.all()
    assert feed.poll.state is FeedState.BROKEN
    assert feed.poll.reason


def test_one_failing_feed_does_not_stop_the_others(open_with: Open, clock: FakeClock) -> None:
    document = rss(item("Eins", "https://b.example/1", at=clock.at))
    aggregator = open_with(TWO, FakeFetcher({A: FetchTimeout("no answer within 60 s", feed_url=A), B: document}))

    report = aggregator.poll()

    assert (report.ok, report.failed, report.new) == (1, 1, 1)


def test_a_parser_that_breaks_is_the_feeds_failure_and_no_more(
    open_with: Open, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    class BreakingParser:
        def parse_quickly(self, fetched: Fetched) -> None:
            raise RecursionError(fetched.url)

    aggregator = open_with(TWO, FakeFetcher({A: b"x", B: NotModified(url=B)}))
    aggregator.__dict__["parser"] = BreakingParser()

    report = aggregator.poll()

    assert (report.failed, report.not_modified) == (1, 1)
    assert "RecursionError" in report.failures[0].reason
    assert A in caplog.text


def test_a_document_that_holds_its_reader_is_one_failure_and_the_others_are_stored(open_with: Open, clock: FakeClock) -> None:
    holds = b"<rss><channel>&" + b"<item><title>x</title><a/><b/></item>" * 80_000
    aggregator = open_with(TWO, FakeFetcher({A: holds, B: rss(item("Eins", "https://b.example/1", at=clock.at))}))
    readers = ReadingPool(limits=ReadingLimits(cpu_seconds=2))
    aggregator.__dict__["reader"] = DocumentReader(aggregator.parser, readers)
    stored: list[int] = []

    report = aggregator.poll(on_progress=lambda done, _total: stored.append(done))

    assert (report.ok, report.failed, report.new) == (1, 1, 1)
    assert report.failures[0].reason == "The document took more than 2 s of computing to read."
    assert stored == [1, 2], "the healthy feed did not wait"


def test_a_feed_that_is_gone_is_not_claimed_again(open_with: Open, clock: FakeClock) -> None:
    fetcher = FakeFetcher({A: FeedGone("gone", feed_url=A, status=410)})
    aggregator = open_with(ONE, fetcher)

    report = aggregator.poll()
    clock.advance(HOUR)
    aggregator.poll(everything=True)

    assert (report.gone, report.failed) == (1, 0)
    assert len(fetcher.requests) == 1


def test_429_holds_every_feed_of_the_host(open_with: Open, clock: FakeClock) -> None:
    other = "https://a.example/other"
    busy = FetchError("too many requests", feed_url=A, status=429, retry_after=timedelta(hours=3))
    fetcher = FakeFetcher({A: busy, other: NotModified(url=other)})
    aggregator = open_with(f"{ONE}  - url: {other}\n", fetcher)
    aggregator.poll()
    clock.advance(timedelta(hours=2, minutes=59))
    before = len(fetcher.requests)

    assert aggregator.poll().polled == 0
    clock.advance(24 * HOUR)
    assert aggregator.poll().polled == 2
    assert len(fetcher.requests) == before + 2


def test_a_permanent_move_is_stored_after_three_confirmations_over_a_day(open_with: Open, clock: FakeClock) -> None:
    moved = "https://new.example/feed"
    answer = Fetched(url=moved, body=rss(item("Eins", "https://a.example/1", at=clock.at)), permanent_url=moved)
    fetcher = FakeFetcher({A: answer, moved: replace(answer, permanent_url=None)})
    aggregator = open_with(ONE, fetcher)
    for _ in range(3):
        aggregator.poll(everything=True)
        clock.advance(timedelta(hours=13))

    aggregator.poll(everything=True)

    assert [request.url for request in fetcher.requests] == [A, A, A, moved]


class StoppingParser:
    """Asks the aggregator to stop while the first document is being read."""

    def __init__(self, aggregator: Aggregator) -> None:
        self._aggregator = aggregator
        self._parser = aggregator.parser

    def parse_quickly(self, fetched: Fetched) -> ParsedFeed:
        self._aggregator.stop()
        return self._parser.parse(fetched)


def test_what_came_back_before_a_stop_is_stored_and_the_rest_is_given_back(open_with: Open, clock: FakeClock) -> None:
    fetcher = FakeFetcher({url: rss(item(url, f"{url}/1", at=clock.at)) for url in (A, B)})
    aggregator = open_with(TWO, fetcher)
    aggregator.__dict__["parser"] = StoppingParser(aggregator)

    report = aggregator.poll()

    assert (report.polled, report.new) == (1, 1)
    again = open_with(TWO, FakeFetcher(fetcher.outcomes)).poll()
    assert (again.polled, again.new) == (1, 1)


def test_a_first_poll_orders_by_the_dates_of_the_entries(open_with: Open, clock: FakeClock) -> None:
    old = rss(*(item(f"Alt {n}", f"https://b.example/{n}", at=clock.at - timedelta(days=30 + n)) for n in range(5)))
    fetcher = FakeFetcher({A: rss(item("Heute", "https://a.example/1", at=clock.at - HOUR)), B: old})
    aggregator = open_with(TWO, fetcher)

    aggregator.poll()

    assert entries_of(aggregator)[0].data.title == "Heute"


def many(count: int, clock: FakeClock) -> tuple[str, FakeFetcher]:
    """Return a configuration of feeds of one entry, and a fetcher that has them all."""
    urls = [f"https://blatt-{number}.example/feed" for number in range(count)]
    documents = {url: rss(item("Eins", f"{url}/1", at=clock.at)) for url in urls}
    return "feeds:\n" + "".join(f"- url: {url}\n" for url in urls), FakeFetcher(documents)


def leased(aggregator: Aggregator, clock: FakeClock, *, of: int) -> int:
    with aggregator.storage.write() as tx:
        return of - tx.feeds.count_due(now=clock.at) - len(tx.entries.newest(limit=of))


def test_a_pass_claims_only_what_it_is_about_to_ask_for(open_with: Open, clock: FakeClock) -> None:
    config, fetcher = many(2 * CLAIM_FEEDS, clock)
    aggregator = open_with(config, fetcher)
    told: list[tuple[int, int]] = []
    held: list[int] = []

    def on_progress(done: int, total: int) -> None:
        told.append((done, total))
        held.append(leased(aggregator, clock, of=total))

    report = aggregator.poll(on_progress=on_progress)

    assert report.polled == report.new == 2 * CLAIM_FEEDS
    assert told[0][1] == 2 * CLAIM_FEEDS
    assert told[-1] == (2 * CLAIM_FEEDS, 2 * CLAIM_FEEDS)
    assert max(held) <= CLAIM_FEEDS


def test_a_site_of_many_feeds_has_its_share_of_a_pass_and_the_rest_stays_due(open_with: Open, clock: FakeClock) -> None:
    urls = [*(f"https://videos.example/{number}" for number in range(5)), B]
    fetcher = FakeFetcher({url: rss(item("Eins", f"{url}/1", at=clock.at)) for url in urls})
    aggregator = open_with("feeds:\n" + "".join(f"- url: {url}\n" for url in urls), fetcher)

    passes = [aggregator.poll(site_feeds=2).polled for _ in range(4)]

    assert passes == [3, 2, 1, 0]
    assert len(entries_of(aggregator)) == len(urls)


def test_where_the_store_is_busy_what_was_asked_for_is_stored_and_the_rest_waits(
    open_with: Open, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, fetcher = many(CLAIM_FEEDS + 3, clock)
    aggregator = open_with(config, fetcher)
    claim = SqlFeedStore.claim_due

    def claim_once(store: SqlFeedStore, **how: Any) -> list[Feed]:
        if fetcher.requests:
            raise StorageBusy("another writes")
        return claim(store, **how)

    monkeypatch.setattr(SqlFeedStore, "claim_due", claim_once)
    assert aggregator.poll().new == CLAIM_FEEDS
    monkeypatch.undo()

    report = aggregator.poll()

    assert (report.polled, report.new) == (3, 3)
    assert len(fetcher.requests) == CLAIM_FEEDS + 3


def test_entries_without_dates_are_news_only_if_they_turn_up_later(open_with: Open, clock: FakeClock) -> None:
    def undated(*titles: str) -> bytes:
        return rss(*(item(title, f"https://a.example/{title}") for title in titles))

    dated = rss(item("Dated", "https://b.example/1", at=clock.at - 7 * 24 * HOUR))
    fetcher = FakeFetcher({A: undated("Two", "One"), B: dated})
    aggregator = open_with(TWO, fetcher)
    aggregator.poll()
    assert [(entry.data.title, entry.is_undated) for entry in entries_of(aggregator)] == [
        ("Dated", False),
        ("Two", True),
        ("One", True),
    ]
    before = {entry.id: entry.dated_at for entry in entries_of(aggregator)}
    fetcher.outcomes[A] = undated("Three", "Two", "One")
    clock.advance(HOUR)

    aggregator.poll(everything=True)

    latest, *others = entries_of(aggregator)
    assert (latest.data.title, latest.is_undated, latest.dated_at) == ("Three", False, clock.at)
    assert {entry.id: entry.dated_at for entry in others} == before
