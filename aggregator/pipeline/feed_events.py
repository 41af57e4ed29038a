"""Which polls a person should hear of. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from aggregator.model.change import FeedChange
from aggregator.model.feed import Feed, FeedState, PollState
from aggregator.model.health import FeedEvent, FeedEventKind

TOLD_AFTER_FAILURES = 3
"""Failures in a row, some three hours: a server that restarts is no news."""

TOLD_AFTER = timedelta(days=1)
"""Or a failure that has lasted so long, with fewer tries."""


def events_of(feed: Feed, change: FeedChange) -> Iterator[FeedEvent]:
    """Yield what a poll made of a feed, each only when it begins: the state before says what was told already."""
    before, after, at = feed.poll, change.poll, change.polled_at
    if change.url is not None:
        yield FeedEvent(feed_id=feed.id, kind=FeedEventKind.MOVED, at=at, url=change.url)
    if after.state is FeedState.GONE:
        if before.state is not FeedState.GONE:
            yield FeedEvent(feed_id=feed.id, kind=FeedEventKind.ENDED, at=at, reason=_public_reason(after))
    elif after.state is FeedState.FAILING:
        if _is_told(after, at) and not _is_told(before, before.last_polled_at):
            yield FeedEvent(feed_id=feed.id, kind=FeedEventKind.FAILING, at=at, reason=_public_reason(after))
    elif before.state is FeedState.GONE or _is_told(before, before.last_polled_at):
        yield FeedEvent(feed_id=feed.id, kind=FeedEventKind.RECOVERED, at=at)


def _is_told(poll: PollState, polled_at: datetime | None) -> bool:
    if poll.state is not FeedState.FAILING:
        return False
    lasted = polled_at - poll.failing_since_at if polled_at and poll.failing_since_at else timedelta(0)
    return poll.failures >= TOLD_AFTER_FAILURES or lasted >= TOLD_AFTER


def _public_reason(poll: PollState) -> str | None:
    """Return the reason if it speaks of the publisher's server; others may tell strangers of our network."""
    said_by_them = poll.status is not None or poll.error in {"ParseError", "NotAFeed", "FetchTimeout"}
    return poll.reason if said_by_them else "The server cannot be reached."
