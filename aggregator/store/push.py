"""Subscriptions at hubs, what they delivered, and what our own hub has to hear."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, null, select, update

from aggregator.model.push import Delivery, Ping, PushState, Queued, Subscription
from aggregator.store import dialect
from aggregator.store.feed_tables import WAITING_DELIVERY, deliveries, pings, subscriptions
from aggregator.store.tables import feeds

DIGEST_BYTES = 16

_DUE = (
    select(subscriptions)
    .join(feeds, feeds.c.id == subscriptions.c.feed_id)
    .where(feeds.c.configured, subscriptions.c.next_at <= bindparam("now"))
    .order_by(subscriptions.c.next_at)
    .limit(bindparam("count"))
)
_BY_TOKEN = (
    select(subscriptions)
    .join(feeds, feeds.c.id == subscriptions.c.feed_id)
    .where(feeds.c.configured, subscriptions.c.token == bindparam("token"))
)


class SqlPushStore:
    """`PushStore` inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def due(self, *, now: datetime, limit: int) -> list[Subscription]:
        """Return subscriptions whose hub is to be asked, longest overdue first."""
        return [_subscription(row) for row in self._connection.execute(_DUE, {"now": now, "count": limit})]

    def find(self, token: str) -> Subscription | None:
        """Return the subscription with that callback, if its feed is configured."""
        row = self._connection.execute(_BY_TOKEN, {"token": token}).one_or_none()
        return None if row is None else _subscription(row)

    def save(self, subscription: Subscription) -> None:
        """Write a subscription, and with it until when its feed is pushed."""
        self._connection.execute(
            dialect.upsert(self._connection, subscriptions, replace=True),
            {
                "feed_id": subscription.feed_id,
                "state": subscription.state.value,
                "token": subscription.token or None,
                "secret": subscription.secret or None,
                "hub_url": subscription.hub_url or None,
                "topic_url": subscription.topic_url or None,
                "requested_at": subscription.requested_at,
                "lease_until": subscription.lease_until,
                "next_at": subscription.next_at,
                "failures": subscription.failures,
                "reason": subscription.reason,
            },
        )
        until = subscription.lease_until if subscription.state is PushState.ACTIVE else None
        self._push_until(subscription.feed_id, until)

    def remove(self, feed_id: int) -> None:
        """Forget the subscription of a feed that offers no hub any more."""
        self._connection.execute(delete(subscriptions).where(subscriptions.c.feed_id == feed_id))
        self._push_until(feed_id, None)

    def _push_until(self, feed_id: int, until: datetime | None) -> None:
        self._connection.execute(update(feeds).where(feeds.c.id == feed_id).values(pushed_until=until))

    def deliver(self, delivery: Delivery, *, most_waiting: int) -> Queued:
        """Queue a delivery, unless the same was delivered before, or too many of the feed wait already."""
        waiting = self._connection.execute(
            select(func.count()).select_from(deliveries).where(WAITING_DELIVERY, deliveries.c.feed_id == delivery.feed_id)
        ).scalar_one()
        digest = hashlib.blake2b(delivery.body, digest_size=DIGEST_BYTES).digest()
        known = self._connection.execute(
            select(deliveries.c.id).where(deliveries.c.feed_id == delivery.feed_id, deliveries.c.digest == digest)
        ).first()
        if known is not None:
            return Queued.KNOWN
        if waiting >= most_waiting:
            return Queued.FULL
        self._connection.execute(
            insert(deliveries),
            {
                "feed_id": delivery.feed_id,
                "digest": digest,
                "received_at": delivery.received_at,
                "media_type": delivery.media_type,
                "charset": delivery.charset,
                "body": delivery.body,
            },
        )
        return Queued.NEW

    def waiting(self, *, limit: int) -> list[Delivery]:
        """Return deliveries not taken in yet, in the order they came."""
        rows = self._connection.execute(select(deliveries).where(WAITING_DELIVERY).order_by(deliveries.c.id).limit(limit))
        return [
            Delivery(
                id=row.id,
                feed_id=row.feed_id,
                body=row.body,
                received_at=row.received_at,
                media_type=row.media_type,
                charset=row.charset,
            )
            for row in rows
        ]

    def taken_in(self, ids: Sequence[int]) -> None:
        """Let go of the bodies of deliveries; that they came stays known."""
        if ids:
            self._connection.execute(
                update(deliveries).where(deliveries.c.id == bindparam("delivery")).values(body=null()),
                [{"delivery": number} for number in ids],
            )

    def forget(self, *, before: datetime) -> int:
        """Delete what is known of deliveries from before."""
        return self._connection.execute(
            delete(deliveries).where(deliveries.c.received_at < before, deliveries.c.body.is_(None))
        ).rowcount

    def hint(self, feed_id: int, *, now: datetime, gap: timedelta) -> None:
        """Make a feed due now, but not sooner than `gap` after its last poll, and never later than it is due anyway."""
        polled_at = self._connection.execute(
            select(feeds.c.last_polled_at).where(feeds.c.id == feed_id, feeds.c.due_at.is_not(None))
        ).scalar_one_or_none()
        at = now if polled_at is None else max(now, polled_at + gap)
        self._connection.execute(
            update(feeds).where(feeds.c.id == feed_id, feeds.c.due_at > at).values(next_poll_at=at, due_at=at)
        )

    def announce(self, paths: Sequence[str], *, now: datetime) -> None:
        """Remember documents that changed and that our hub is to hear of."""
        if paths:
            self._connection.execute(
                dialect.upsert(self._connection, pings, replace=True),
                [{"path": path, "next_at": now, "failures": 0} for path in paths],
            )

    def pings_due(self, *, now: datetime, limit: int) -> list[Ping]:
        """Return what our hub is to hear now."""
        rows = self._connection.execute(
            select(pings).where(pings.c.next_at <= now).order_by(pings.c.next_at, pings.c.path).limit(limit)
        )
        return [Ping(path=row.path, next_at=row.next_at, failures=row.failures) for row in rows]

    def pinged(self, ping: Ping, *, again_at: datetime | None) -> None:
        """Remember that the hub heard of it (`again_at` None), or when to try again; not if it has changed meanwhile."""
        same = (pings.c.path == ping.path, pings.c.next_at == ping.next_at)
        if again_at is None:
            self._connection.execute(delete(pings).where(*same))
        else:
            self._connection.execute(update(pings).where(*same).values(next_at=again_at, failures=ping.failures + 1))


def want(connection: Connection, feed_ids: Sequence[int], *, now: datetime) -> None:
    """Begin a subscription for feeds that name a hub; those that have one keep it."""
    connection.execute(
        dialect.upsert(connection, subscriptions, replace=False),
        [{"feed_id": feed_id, "state": PushState.WANTED.value, "next_at": now, "failures": 0} for feed_id in feed_ids],
    )


def _subscription(row: Row[*tuple[Any, ...]]) -> Subscription:
    return Subscription(
        feed_id=row.feed_id,
        state=PushState(row.state),
        token=row.token or "",
        secret=row.secret or "",
        hub_url=row.hub_url or "",
        topic_url=row.topic_url or "",
        requested_at=row.requested_at,
        lease_until=row.lease_until,
        next_at=row.next_at,
        failures=row.failures,
        reason=row.reason,
    )
