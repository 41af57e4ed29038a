"""WebSub (W3C Recommendation, 2018): what a subscriber asks, checks and remembers. Pure; `posting` asks.

The hub and the topic of a feed come from the header of its answer or, where that says nothing, from the document.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.fetch.rhythm import learn
from aggregator.model.feed import Feed, FeedData, PollState
from aggregator.model.fetching import Fetched
from aggregator.model.push import PushState, Subscription

RENEW_AT = 0.8  # of the lease
SHORTEST_LEASE = timedelta(hours=1)  # a hub that says less would be asked all the time
LONGEST_LEASE = timedelta(days=90)
RETRY_BASE = timedelta(hours=1)  # doubled with each failure in a row
LONGEST_RETRY = timedelta(days=7)  # also how long a refusal holds
TOKEN_BYTES = 32  # of randomness: nobody guesses a callback
ALGORITHMS = ("sha512", "sha384", "sha256", "sha1")  # what the standard names; sha1 is what many hubs still send


def with_header_links(data: FeedData, fetched: Fetched) -> FeedData:
    """Return what a feed says of itself, with the hubs and the address that its HTTP header names: the header comes first."""
    hubs = tuple(link.url for link in fetched.links if link.rel == "hub")
    if not hubs:
        return data
    self_url = next((link.url for link in fetched.links if link.rel == "self"), None)
    return replace(data, hub_urls=hubs, self_url=self_url or data.self_url)


def ask(subscription: Subscription, feed: Feed, *, now: datetime) -> Subscription | None:
    """Return the subscription that the next request asks for, or None where the feed offers no hub any more.

    A new hub or a new topic gets a new callback and a new secret, so that the old hub cannot deliver any more. Should the hub
    not answer, it is asked again after a while that grows with each failure.
    """
    if not feed.data.hub_urls:
        return None
    hub_url, topic_url = feed.data.hub_urls[0], feed.data.self_url or feed.fetch_url
    failures = subscription.failures + 1
    asked = replace(
        subscription,
        requested_at=now,
        failures=failures,
        next_at=now + min(RETRY_BASE * (1 << min(failures - 1, 10)), LONGEST_RETRY),
    )
    if (subscription.hub_url, subscription.topic_url) == (hub_url, topic_url) and subscription.token:
        return asked
    return replace(
        asked,
        state=PushState.WANTED,
        token=secrets.token_urlsafe(TOKEN_BYTES),
        secret=secrets.token_urlsafe(TOKEN_BYTES),
        hub_url=hub_url,
        topic_url=topic_url,
        lease_until=None,
        reason=None,
    )


def subscribe_fields(subscription: Subscription, *, callback: str, lease: timedelta) -> dict[str, str]:
    """Return the form that asks the hub (section 5.1)."""
    return {
        "hub.mode": "subscribe",
        "hub.topic": subscription.topic_url,
        "hub.callback": callback,
        "hub.secret": subscription.secret,
        "hub.lease_seconds": str(int(lease.total_seconds())),
    }


def publish_fields(topic_url: str) -> dict[str, str]:
    """Return the form that tells our hub of a change; hubs differ in the field they read, so both stand in it."""
    return {"hub.mode": "publish", "hub.url": topic_url, "hub.topic": topic_url}


def verify(
    subscription: Subscription, asked: Mapping[str, str], *, lease: timedelta, now: datetime
) -> tuple[Subscription, str] | None:
    """Return the verified subscription and the challenge to echo (section 5.3), or None if we did not ask for it.

    `lease` is what we asked for; the hub says what it grants.
    """
    challenge = asked.get("hub.challenge", "")
    if (
        asked.get("hub.mode") != "subscribe"
        or subscription.requested_at is None
        or asked.get("hub.topic") != subscription.topic_url
        or not challenge
    ):
        return None
    granted = asked.get("hub.lease_seconds", "")
    if granted.isascii() and granted.isdigit():
        lease = timedelta(seconds=min(int(granted[:12]), LONGEST_LEASE.total_seconds()))
    lease = max(lease, SHORTEST_LEASE)
    verified = replace(
        subscription,
        state=PushState.ACTIVE,
        requested_at=None,
        lease_until=now + lease,
        next_at=now + lease * RENEW_AT,
        failures=0,
        reason=None,
    )
    return verified, challenge


def deny(subscription: Subscription, asked: Mapping[str, str], *, now: datetime) -> Subscription | None:
    """Return the subscription as the hub denied or ended it (section 5.2), or None where it speaks of another topic."""
    if asked.get("hub.mode") != "denied" or asked.get("hub.topic") != subscription.topic_url:
        return None
    return replace(
        subscription,
        state=PushState.DENIED,
        requested_at=None,
        lease_until=None,
        next_at=now + LONGEST_RETRY,
        reason=asked.get("hub.reason", "")[:200] or "the hub gives no reason",
    )


def sign(body: bytes, secret: str, *, algorithm: str = "sha256") -> str:
    """Return the value of X-Hub-Signature for a body (section 7.1)."""
    return f"{algorithm}={hmac.new(secret.encode(), body, algorithm).hexdigest()}"


def is_signed(signature: str, body: bytes, secret: str) -> bool:
    """Return whether X-Hub-Signature is that of the body; an empty secret signs nothing."""
    algorithm, equals, digest = signature.strip().partition("=")
    algorithm = algorithm.lower()
    if not equals or not secret or algorithm not in ALGORITHMS:
        return False
    expected = sign(body, secret, algorithm=algorithm).partition("=")[2]
    return hmac.compare_digest(expected.encode(), digest.strip().lower().encode())


def after_delivery(poll: PollState, *, new_dates: Sequence[datetime | None], now: datetime) -> PollState:
    """Return the memory of polling after a document was delivered: nothing of when and how to ask the server changes.

    Only the rhythm learns, so that the feed is polled as often as it should be once no hub tells of it any more.
    """
    if not new_dates:
        return poll
    dates = [min(date or now, now) for date in new_dates]
    newest = max(dates)
    return replace(
        poll,
        last_new_entry_at=max(newest, poll.last_new_entry_at) if poll.last_new_entry_at else newest,
        rhythm=learn(poll.rhythm, new=dates, oldest=None, overflowed=False, now=now) if poll.rhythm else None,
    )
