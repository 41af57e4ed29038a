"""What happened to the sources, and where those that are gone from their address may be found."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime


class FeedEventKind(enum.StrEnum):
    """What can happen to a source that somebody should know of."""

    FAILING = "failing"  # it has failed for a while
    RECOVERED = "recovered"  # it is back after that
    MOVED = "moved"  # it is polled elsewhere from now on
    ENDED = "ended"  # its server said 410
    FOUND = "found"  # its site offers a feed at another address; nothing is changed before a person says so


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEvent:
    """Something that happened to a source; `reason` is a sentence, `url` the new address where there is one.

    `id` is 0 until it is stored; `feed_title` and `feed_url` (as configured) are those of the feed now.
    """

    feed_id: int
    kind: FeedEventKind
    at: datetime
    reason: str | None = None
    url: str | None = None
    id: int = 0
    feed_title: str = ""
    feed_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSearch:
    """When a feed that is gone from its address was looked for on its site, and what was found."""

    feed_id: int
    searched_at: datetime
    found_url: str | None = None
    found_title: str = ""
