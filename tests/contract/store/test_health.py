"""What happened to feeds and where they may be now, in every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from aggregator.model.change import EntryChanges, FeedChange, NewEntry
from aggregator.model.feed import Feed, FeedState
from aggregator.model.health import FeedEvent, FeedEventKind, FeedSearch
from aggregator.storage import Storage
from tests.fakes.changes import DAY, NOON, configure, make_update, ok_poll, save

A, B = "https://a.example/feed", "https://b.example/feed"


def fail(storage: Storage, feed: Feed, *, since: datetime, status: int | None = 404, error: str = "FetchError") -> None:
    poll = replace(ok_poll(), state=FeedState.FAILING, failing_since_at=since, status=status, error=error, failures=9)
    save(storage, FeedChange(feed_id=feed.id, polled_at=NOON, poll=poll))


def lost(storage: Storage, now: datetime = NOON) -> list[str]:
    with storage.read() as tx:
        found = tx.health.lost(now=now, failing_for=3 * DAY, searched_every=7 * DAY, limit=9)
    return [feed.settings.url for feed in found]


def test_events_come_latest_first_with_the_name_of_their_feed(storage: Storage) -> None:
    a, b = configure(storage, A, B)
    first = FeedEvent(feed_id=a.id, kind=FeedEventKind.FAILING, at=NOON, reason="No.")
    second = FeedEvent(feed_id=b.id, kind=FeedEventKind.MOVED, at=NOON, url="https://c.example/feed")
    with storage.write() as tx:
        tx.health.add([first, second])
        tx.health.add([])
        events = tx.health.latest(limit=9)
        newest = tx.health.latest(limit=1)

    assert [event.kind for event in events] == [FeedEventKind.MOVED, FeedEventKind.FAILING]
    assert newest == events[:1]
    assert replace(events[1], id=0) == replace(first, feed_title="a.example", feed_url=A)
    assert replace(events[0], id=0) == replace(second, feed_title="b.example", feed_url=B)
    assert events[0].id > events[1].id


def test_events_of_feeds_taken_out_are_not_shown_and_old_ones_are_deleted(storage: Storage) -> None:
    (a,) = configure(storage, A)
    with storage.write() as tx:
        tx.health.add([FeedEvent(feed_id=a.id, kind=FeedEventKind.ENDED, at=NOON)])
        tx.feeds.configure([], now=NOON)
        assert tx.health.latest(limit=9) == []
        assert (tx.health.prune(before=NOON), tx.health.prune(before=NOON + DAY)) == (0, 1)


def test_a_feed_is_lost_when_it_is_not_found_for_days_and_not_when_its_server_is_down(storage: Storage) -> None:
    missing, page, down, recent = configure(storage, A, B, "https://c.example/feed", "https://d.example/feed")
    fail(storage, missing, since=NOON - 3 * DAY)
    fail(storage, page, since=NOON - 4 * DAY, status=200, error="NotAFeed")
    fail(storage, down, since=NOON - 9 * DAY, status=503)
    fail(storage, recent, since=NOON - 2 * DAY)

    assert sorted(lost(storage)) == [A, B]


def test_a_lost_feed_is_searched_for_once_a_week_until_it_is_found(storage: Storage) -> None:
    (feed,) = configure(storage, A)
    fail(storage, feed, since=NOON - 3 * DAY)
    with storage.write() as tx:
        tx.health.save_search(FeedSearch(feed_id=feed.id, searched_at=NOON))
    assert lost(storage, NOON + 6 * DAY) == []
    assert lost(storage, NOON + 7 * DAY) == [A]

    found = FeedSearch(feed_id=feed.id, searched_at=NOON + 7 * DAY, found_url=B, found_title="B")
    with storage.write() as tx:
        tx.health.save_search(found)
        assert tx.health.found() == {feed.id: found}
    assert lost(storage, NOON + 99 * DAY) == []


def test_what_was_found_is_forgotten_when_the_feed_is_back_and_searched_for_anew_when_it_goes_again(storage: Storage) -> None:
    (feed,) = configure(storage, A)
    fail(storage, feed, since=NOON - 3 * DAY)
    with storage.write() as tx:
        tx.health.save_search(FeedSearch(feed_id=feed.id, searched_at=NOON, found_url=B, found_title="B"))
    save(storage, FeedChange(feed_id=feed.id, polled_at=NOON, poll=ok_poll()))
    with storage.read() as tx:
        assert tx.health.found() == {}
    fail(storage, feed, since=NOON + DAY)

    assert lost(storage, NOON + 4 * DAY) == [A]
    with storage.read() as tx:
        assert tx.health.found() == {}


def test_entries_are_counted_by_feed_and_day(storage: Storage) -> None:
    a, b = configure(storage, A, B)
    days = {"one": NOON, "two": NOON.replace(hour=0, minute=0), "three": NOON - DAY, "four": NOON - 40 * DAY}
    for number, (guid, at) in enumerate(days.items(), 1):
        entry = NewEntry(id=number, update=make_update(guid), dated_at=at)
        save(storage, FeedChange(feed_id=a.id, polled_at=NOON, poll=ok_poll(), entries=EntryChanges(new=(entry,))))
    with storage.read() as tx:
        found = tx.health.entries_by_day(since=NOON - 14 * DAY)
        over = tx.health.entries_by_day(since=NOON - 14 * DAY, until=NOON.replace(hour=0))
    assert found == {a.id: {NOON.date(): 2, (NOON - DAY).date(): 1}}
    assert b.id not in found
    assert over == {a.id: {(NOON - DAY).date(): 1}}
