"""Push (WebSub): what we agreed on with hubs, what they delivered, and whom we have to tell of our own changes."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime


class PushState(enum.StrEnum):
    """How a subscription stands."""

    WANTED = "wanted"  # the feed names a hub; it is not asked yet, or has not said yes
    ACTIVE = "active"  # verified; a live one has a lease that has not ended
    DENIED = "denied"  # the hub said no; it is asked again much later


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What we have with the hub of one feed.

    `token` is the secret part of the callback's address, `secret` is what deliveries are signed with. `requested_at` is set
    while a request of ours waits to be verified; `next_at` is when to ask the hub again.
    """

    feed_id: int
    state: PushState = PushState.WANTED
    token: str = ""
    secret: str = ""
    hub_url: str = ""
    topic_url: str = ""
    requested_at: datetime | None = None
    lease_until: datetime | None = None
    next_at: datetime | None = None
    failures: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A document that a hub delivered, its signature checked; `id` is 0 until it is stored."""

    feed_id: int
    body: bytes
    received_at: datetime
    media_type: str | None = None
    charset: str | None = None
    id: int = 0


class Queued(enum.StrEnum):
    """What became of a delivery."""

    NEW = "new"
    KNOWN = "known"  # the same was delivered before
    FULL = "full"  # too many of the feed wait already


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """A document of ours that changed, of which our hub is not told yet."""

    path: str
    next_at: datetime
    failures: int = 0
