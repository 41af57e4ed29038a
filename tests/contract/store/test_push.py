"""Subscriptions, deliveries and pings, in every database."""

from __future__ import annotations

from dataclasses import fields

from aggregator.model.change import FeedChange
from aggregator.model.feed import FeedData
from aggregator.model.push import Delivery, PushState, Queued, Subscription
from aggregator.storage import Storage
from tests.fakes.changes import DAY, HOUR, NOON, configure, ok_poll, read_feed, save

HUB = "https://hub.example/"


def whole(feed_id: int) -> Subscription:
    subscription = Subscription(
        feed_id=feed_id,
        state=PushState.ACTIVE,
        token="token",
        secret="secret",
        hub_url=HUB,
        topic_url="https://a.example/feed",
        requested_at=NOON,
        lease_until=NOON + 10 * DAY,
        next_at=NOON + 8 * DAY,
        failures=2,
        reason="because",
    )
    assert all(getattr(subscription, field.name) for field in fields(subscription))
    return subscription


def delivery(feed_id: int, body: bytes = b"<rss/>") -> Delivery:
    return Delivery(feed_id=feed_id, body=body, received_at=NOON, media_type="application/rss+xml", charset="utf-8")


def test_a_feed_whose_document_names_a_hub_wants_a_subscription_and_keeps_the_one_it_has(storage: Storage) -> None:
    plain, hubbed = configure(storage, "https://a.example/feed", "https://b.example/feed")
    named = read_feed(hubbed.id, data=FeedData(hub_urls=(HUB,)))
    save(storage, read_feed(plain.id), named)

    with storage.write() as tx:
        assert [(one.feed_id, one.state) for one in tx.push.due(now=NOON, limit=9)] == [(hubbed.id, PushState.WANTED)]
        tx.push.save(whole(hubbed.id))
    save(storage, named)

    with storage.read() as tx:
        assert tx.push.due(now=NOON, limit=9) == []
        assert tx.push.due(now=NOON + 8 * DAY, limit=9) == [whole(hubbed.id)]


def test_a_subscription_is_found_by_its_callback_until_its_feed_is_taken_out(storage: Storage) -> None:
    (feed,) = configure(storage, "https://a.example/feed")
    with storage.write() as tx:
        tx.push.save(whole(feed.id))
        assert tx.push.find("token") == whole(feed.id)
        assert tx.push.find("nekot") is None
        tx.feeds.configure([], now=NOON)
        assert tx.push.find("token") is None
        assert tx.push.due(now=NOON + 9 * DAY, limit=9) == []


def test_a_feed_knows_until_when_it_is_pushed(storage: Storage) -> None:
    (feed,) = configure(storage, "https://a.example/feed")
    until = []
    with storage.write() as tx:
        tx.push.save(whole(feed.id))
        until.append(tx.feeds.get_many([feed.id])[feed.id].pushed_until)
        tx.push.remove(feed.id)
        until.append(tx.feeds.get_many([feed.id])[feed.id].pushed_until)

    assert until == [NOON + 10 * DAY, None]


def test_a_delivery_waits_once_however_often_it_comes(storage: Storage) -> None:
    (feed,) = configure(storage, "https://a.example/feed")
    with storage.write() as tx:
        assert tx.push.deliver(delivery(feed.id), most_waiting=2) is Queued.NEW
        assert tx.push.deliver(delivery(feed.id), most_waiting=2) is Queued.KNOWN
        (waiting,) = tx.push.waiting(limit=9)
        assert (waiting.body, waiting.media_type, waiting.charset) == (b"<rss/>", "application/rss+xml", "utf-8")
        tx.push.taken_in([waiting.id])
        assert tx.push.waiting(limit=9) == []
        assert tx.push.deliver(delivery(feed.id), most_waiting=2) is Queued.KNOWN
        assert tx.push.forget(before=NOON) == 0
        assert tx.push.forget(before=NOON + HOUR) == 1
        assert tx.push.deliver(delivery(feed.id), most_waiting=2) is Queued.NEW


def test_only_so_many_deliveries_of_a_feed_wait(storage: Storage) -> None:
    one, other = configure(storage, "https://a.example/feed", "https://b.example/feed")
    with storage.write() as tx:
        queued = [tx.push.deliver(delivery(one.id, body), most_waiting=2) for body in (b"1", b"2", b"3")]
        assert queued == [Queued.NEW, Queued.NEW, Queued.FULL]
        assert tx.push.deliver(delivery(other.id, b"3"), most_waiting=2) is Queued.NEW
        assert [waiting.body for waiting in tx.push.waiting(limit=2)] == [b"1", b"2"]


def test_a_delivered_document_ends_no_lease_of_a_poll_under_way(storage: Storage) -> None:
    (feed,) = configure(storage, "https://a.example/feed")
    with storage.write() as tx:
        tx.feeds.claim_due(now=NOON, limit=1, lease=HOUR, owner="a poller")
        tx.entries.apply([FeedChange(feed_id=feed.id, polled_at=NOON, poll=feed.poll, pushed=True)])
        assert tx.feeds.lease_owners() == ["a poller"]
        tx.entries.apply([FeedChange(feed_id=feed.id, polled_at=NOON, poll=ok_poll())])
        assert tx.feeds.lease_owners() == []


def test_a_hint_makes_a_feed_due_but_never_within_the_gap_and_never_later(storage: Storage) -> None:
    (feed,) = configure(storage, "https://a.example/feed")
    save(storage, FeedChange(feed_id=feed.id, polled_at=NOON, poll=ok_poll(every=DAY)))
    due = []
    with storage.write() as tx:
        for hour in (0.5, 3, 9):
            tx.push.hint(feed.id, now=NOON + hour * HOUR, gap=HOUR)
            due.append(tx.feeds.next_due_at())

    assert due == [NOON + HOUR] * 3


def test_a_document_is_pinged_until_the_hub_heard_of_its_last_change(storage: Storage) -> None:
    with storage.write() as tx:
        tx.push.announce(["/most-read.atom"], now=NOON)
        (ping,) = tx.push.pings_due(now=NOON, limit=9)
        tx.push.announce(["/most-read.atom"], now=NOON + HOUR)  # changed again while the hub heard of it
        tx.push.pinged(ping, again_at=None)
        (again,) = tx.push.pings_due(now=NOON + HOUR, limit=9)
        tx.push.pinged(again, again_at=NOON + 2 * HOUR)
        assert tx.push.pings_due(now=NOON + HOUR, limit=9) == []
        (third,) = tx.push.pings_due(now=NOON + 2 * HOUR, limit=9)
        assert third.failures == 1
        tx.push.pinged(third, again_at=None)
        assert tx.push.pings_due(now=NOON + DAY, limit=9) == []
