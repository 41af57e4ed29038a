"""Feeds that move: when a permanent redirect is believed, and when it is taken back (project's fetching rule 10). Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.errors import FeedError, FeedGone
from aggregator.model.feed import FeedState, PollState

MOVE_POLLS = 3
MOVE_AFTER = timedelta(days=1)


def follow_move(poll: PollState, *, permanent_url: str | None, now: datetime) -> tuple[PollState, str | None]:
    """Count a successful poll's permanent redirect; return the URL to store from now on once it is confirmed, else None.

    Confirmed is the same target three times in a row, over a day at least.
    """
    if permanent_url is None:
        if poll.moved_url is None:
            return poll, None
        return replace(poll, moved_url=None, moved_polls=0, moved_since_at=None), None
    if permanent_url != poll.moved_url or poll.moved_since_at is None:
        return replace(poll, moved_url=permanent_url, moved_polls=1, moved_since_at=now), None
    polls = poll.moved_polls + 1
    if polls >= MOVE_POLLS and now - poll.moved_since_at >= MOVE_AFTER:
        return replace(poll, moved_url=None, moved_polls=0, moved_since_at=None), permanent_url
    return replace(poll, moved_polls=polls), None


def leave_address(
    poll: PollState, *, error: FeedError, configured_url: str, fetch_url: str, now: datetime, retry_at: datetime
) -> tuple[PollState, str | None]:
    """Return the address to ask from now on, where the one that failed is to be left, else None.

    `poll` is the memory after the failure. A feed that moved goes back to the configured address when the new one is gone, or
    has failed three times in a row over a day: it has stopped being the feed. The new address is remembered, and tried again
    should the old one fail as long; only 410 is for ever. `retry_at` is when to poll a feed that is not gone after all.
    """
    if fetch_url != configured_url:
        gone = isinstance(error, FeedGone)
        if not gone and not _failed_for_good(poll, now):
            return poll, None
        back = replace(poll, moved_url=None if gone else fetch_url, moved_polls=0, moved_since_at=now)
        if gone:
            back = replace(back, state=FeedState.FAILING, next_poll_at=retry_at)
        return back, configured_url
    if poll.state is FeedState.FAILING and poll.moved_url is not None and not poll.moved_polls and _failed_for_good(poll, now):
        return replace(poll, moved_url=None, moved_since_at=now), poll.moved_url
    return poll, None


def _failed_for_good(poll: PollState, now: datetime) -> bool:
    since = [at for at in (poll.failing_since_at, poll.moved_since_at) if at is not None]
    return poll.failures >= MOVE_POLLS and now - max(since, default=now) >= MOVE_AFTER
