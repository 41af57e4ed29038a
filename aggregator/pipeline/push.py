"""Push: hubs are asked to tell us of news, and our own hub is told of ours (WebSub)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.errors import FetchError
from aggregator.fetch.websub import ask, publish_fields, subscribe_fields
from aggregator.model.report import PingReport, SubscribeReport
from aggregator.protocols import Poster
from aggregator.storage import Storage

log = logging.getLogger(__name__)

CALLBACK_PATH = "/websub/"
"""What callbacks begin with, below the address of the site; the rest is the token."""

BATCH_HUBS = 50
"""Hubs asked a pass: one after the other, each takes as long as it likes up to the time-out."""

BATCH_PINGS = 200

PING_BASE = timedelta(minutes=1)  # doubled with each failure in a row
LONGEST_PING = timedelta(hours=1)
PING_GIVEN_UP_AFTER = 12  # failures, half a day: by then readers have polled


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriberRules:
    """How to subscribe: the address of our site, without slash at its end, and the lease to ask for."""

    base_url: str
    lease: timedelta


def subscribe(
    storage: Storage,
    poster: Poster,
    rules: SubscriberRules,
    *,
    now: datetime,
    should_stop: Callable[[], bool] = lambda: False,
) -> SubscribeReport:
    """Ask the hubs whose turn it is: of feeds that name one, and of leases that are to be renewed."""
    with storage.read() as tx:
        due = tx.push.due(now=now, limit=BATCH_HUBS)
        feeds = tx.feeds.get_many({subscription.feed_id for subscription in due})
    asked = failed = 0
    for subscription in due:
        if should_stop():
            break
        feed = feeds.get(subscription.feed_id)
        request = ask(subscription, feed, now=now) if feed else None
        with storage.write() as tx:  # before it is sent: the hub may verify while it still answers us
            if request is None:
                tx.push.remove(subscription.feed_id)
                continue
            tx.push.save(request)
        callback = f"{rules.base_url}{CALLBACK_PATH}{request.token}"
        try:
            poster.post(request.hub_url, subscribe_fields(request, callback=callback, lease=rules.lease))
        except FetchError as error:
            failed += 1
            log.warning("hub not reached hub=%s topic=%s reason=%r", request.hub_url, request.topic_url, error.reason)
            with storage.write() as tx:
                current = tx.push.find(request.token)
                if current is not None and current.requested_at == now:
                    tx.push.save(replace(current, requested_at=None, reason=error.reason))
        else:
            asked += 1
    return SubscribeReport(asked=asked, failed=failed)


def ping_hub(
    storage: Storage,
    poster: Poster,
    *,
    hub_url: str,
    base_url: str,
    now: datetime,
    should_stop: Callable[[], bool] = lambda: False,
) -> PingReport:
    """Tell our hub of every document that changed since it was told; what fails is tried again, ever more rarely."""
    with storage.read() as tx:
        due = tx.push.pings_due(now=now, limit=BATCH_PINGS)
    sent = failed = 0
    for ping in due:
        if should_stop():
            break
        again_at = None
        try:
            poster.post(hub_url, publish_fields(base_url + ping.path))
            sent += 1
        except FetchError as error:
            failed += 1
            log.warning("our hub not reached hub=%s topic=%s reason=%r", hub_url, ping.path, error.reason)
            if ping.failures + 1 < PING_GIVEN_UP_AFTER:
                again_at = now + min(PING_BASE * (1 << ping.failures), LONGEST_PING)
        with storage.write() as tx:
            tx.push.pinged(ping, again_at=again_at)
    return PingReport(sent=sent, failed=failed)
