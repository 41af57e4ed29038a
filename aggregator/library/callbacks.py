"""What hubs tell our callbacks: questions whether we asked, refusals, and deliveries (WebSub)."""

from __future__ import annotations

import enum
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.fetch.websub import deny, is_signed, verify
from aggregator.model.push import Delivery, Queued, Subscription
from aggregator.storage import Storage

log = logging.getLogger(__name__)

MOST_WAITING = 8
"""Deliveries of a feed that may wait to be taken in; the poller takes them in within a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRules:
    """The lease we ask for, the largest body taken, and the time between polls that a mere hint keeps to."""

    lease: timedelta = timedelta(days=10)
    max_body_bytes: int = 10 << 20
    hint_gap: timedelta = timedelta(hours=1)


class Received(enum.StrEnum):
    """What became of a delivery."""

    QUEUED = "queued"
    KNOWN = "known"  # delivered before: a hub's second try, or a copy somebody sends again
    HINT = "hint"  # not signed: it is not believed, but the feed is polled
    DISCARDED = "discarded"  # its signature is wrong
    FULL = "full"  # the hub shall try again
    UNKNOWN = "unknown"  # nobody subscribed with that callback, or not any more


def answer_hub(storage: Storage, token: str, asked: Mapping[str, str], *, rules: CallbackRules, now: datetime) -> str | None:
    """Return what to answer the hub's question: the challenge if we asked for this, "" to a refusal; None: never asked."""
    with storage.read() as tx:
        known = _answer(tx.push.find(token), asked, rules=rules, now=now) is not None
    if not known:  # whoever guesses callbacks does not make us write
        return None
    with storage.write() as tx:
        answer = _answer(tx.push.find(token), asked, rules=rules, now=now)
        if answer is None:
            return None
        subscription, text = answer
        tx.push.save(subscription)
    log.info(
        "subscription %s topic=%s until=%s", subscription.state, subscription.topic_url, subscription.lease_until or "never"
    )
    return text


def _answer(
    subscription: Subscription | None, asked: Mapping[str, str], *, rules: CallbackRules, now: datetime
) -> tuple[Subscription, str] | None:
    if subscription is None:
        return None
    if (denied := deny(subscription, asked, now=now)) is not None:
        return denied, ""
    return verify(subscription, asked, lease=rules.lease, now=now)


def is_callback(storage: Storage, token: str) -> bool:
    """Return whether deliveries to the callback are taken at all."""
    with storage.read() as tx:
        return tx.push.find(token) is not None


def receive_delivery(
    storage: Storage,
    token: str,
    body: bytes,
    *,
    signature: str | None,
    media_type: str | None,
    charset: str | None,
    rules: CallbackRules,
    now: datetime,
) -> Received:
    """Queue what a hub delivered, if it is signed with the secret that we gave; the poller takes it in."""
    with storage.read() as tx:
        subscription = tx.push.find(token)
    if subscription is None:
        return Received.UNKNOWN
    if signature is None:
        with storage.write() as tx:
            tx.push.hint(subscription.feed_id, now=now, gap=rules.hint_gap)
        return Received.HINT
    if not is_signed(signature, body, subscription.secret):
        log.warning("delivery discarded, its signature is wrong topic=%s", subscription.topic_url)
        return Received.DISCARDED
    delivery = Delivery(feed_id=subscription.feed_id, body=body, received_at=now, media_type=media_type, charset=charset)
    with storage.write() as tx:
        queued = tx.push.deliver(delivery, most_waiting=MOST_WAITING)
    return {Queued.NEW: Received.QUEUED, Queued.KNOWN: Received.KNOWN, Queued.FULL: Received.FULL}[queued]
