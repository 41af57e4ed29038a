"""How long a feed's entries wait to be seen."""

from __future__ import annotations

from datetime import timedelta

from aggregator.fetch.rhythm import expected_delay
from aggregator.model.feed import Feed, FeedState


def expected_delay_of(feed: Feed) -> timedelta | None:
    """Return how long an entry is expected to wait for the next poll, in the mean; None where nothing can be expected.

    That is so of feeds that were never read, that fail, or whose news is pushed.
    """
    poll = feed.poll
    if poll.rhythm is None or poll.last_success_at is None or poll.next_poll_at is None:
        return None
    if poll.state not in {FeedState.OK, FeedState.BROKEN} or feed.pushed_until is not None:
        return None
    return expected_delay(poll.rhythm, since=poll.last_success_at, until=poll.next_poll_at)
