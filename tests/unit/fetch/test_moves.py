from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.errors import FeedError, FeedGone, FetchError, NotAFeed
from aggregator.fetch.moves import follow_move, leave_address
from aggregator.model.feed import FeedState, PollState

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OLD, NEW = "https://example.org/old", "https://example.org/new"
GONE = FeedGone("taken away", feed_url=OLD, status=410)
PAGE = NotAFeed("a page", feed_url=NEW)


def test_a_move_is_believed_after_three_polls_over_a_day() -> None:
    poll, target = PollState(), "https://example.org/new"
    for hours, expected in ((0, None), (1, None), (2, None), (23, None), (24, target)):
        poll, url = follow_move(poll, permanent_url=target, now=NOW + hours * HOUR)
        assert url == expected
    assert (poll.moved_url, poll.moved_polls, poll.moved_since_at) == (None, 0, None)


def test_a_day_alone_is_not_enough() -> None:
    poll, _ = follow_move(PollState(), permanent_url="https://example.org/new", now=NOW)
    assert follow_move(poll, permanent_url="https://example.org/new", now=NOW + 9 * DAY)[1] is None


def test_another_target_or_none_begins_anew() -> None:
    poll, _ = follow_move(PollState(), permanent_url="https://example.org/a", now=NOW)
    poll, _ = follow_move(poll, permanent_url="https://example.org/b", now=NOW + DAY)
    assert (poll.moved_url, poll.moved_polls, poll.moved_since_at) == ("https://example.org/b", 1, NOW + DAY)
    poll, _ = follow_move(poll, permanent_url=None, now=NOW + 2 * DAY)
    assert poll == PollState()
    assert follow_move(poll, permanent_url=None, now=NOW) == (PollState(), None)


# Taken back


def failing(failures: int, days: float, poll: PollState | None = None) -> PollState:
    return replace(poll or PollState(), state=FeedState.FAILING, failures=failures, failing_since_at=NOW - days * DAY)


def left(poll: PollState, *, at: str, error: FeedError = PAGE, now: datetime = NOW) -> tuple[PollState, str | None]:
    return leave_address(poll, error=error, configured_url=OLD, fetch_url=at, now=now, retry_at=now + HOUR)


@pytest.mark.parametrize(("failures", "days", "expected"), [(3, 1, OLD), (2, 5, None), (9, 0.9, None)])
def test_a_new_address_that_fails_three_times_over_a_day_is_left(failures: int, days: float, expected: str | None) -> None:
    poll, url = left(failing(failures, days), at=NEW)
    assert url == expected
    assert poll.moved_url == (NEW if expected else None)


def test_a_new_address_that_is_gone_is_left_at_once_and_for_ever() -> None:
    gone = replace(failing(1, 0), state=FeedState.GONE, next_poll_at=None)
    poll, url = left(gone, at=NEW, error=GONE)
    assert url == OLD
    assert (poll.state, poll.next_poll_at, poll.moved_url) == (FeedState.FAILING, NOW + HOUR, None)


def test_a_configured_address_that_is_gone_is_gone() -> None:
    gone = replace(failing(9, 9), state=FeedState.GONE, next_poll_at=None, moved_url=NEW, moved_since_at=NOW - 9 * DAY)
    assert left(gone, at=OLD, error=GONE) == (gone, None)


def test_should_the_old_address_fail_as_long_the_new_one_is_tried_again() -> None:
    back, _ = left(failing(3, 1), at=NEW)
    assert left(replace(back, failures=4), at=OLD, now=NOW + 23 * HOUR)[1] is None
    again, url = left(replace(back, failures=5), at=OLD, now=NOW + DAY)
    assert url == NEW
    assert left(replace(again, failures=6), at=NEW, now=NOW + DAY + HOUR)[1] is None
    assert left(replace(again, failures=9), at=NEW, now=NOW + 2 * DAY)[1] == OLD


def test_an_address_that_nobody_moved_is_never_left() -> None:
    assert left(failing(50, 90), at=OLD, error=FetchError("broken", feed_url=OLD, status=500))[1] is None


def test_a_redirect_in_progress_is_no_address_that_was_left() -> None:
    poll, _ = follow_move(PollState(), permanent_url=NEW, now=NOW - 5 * DAY)
    assert left(failing(9, 4, poll), at=OLD)[1] is None


def test_an_old_address_that_redirects_again_has_to_be_confirmed_again() -> None:
    poll, _ = left(failing(3, 1), at=NEW)
    for hours, expected in ((1, None), (2, None), (25, NEW)):
        poll, url = follow_move(poll, permanent_url=NEW, now=NOW + hours * HOUR)
        assert url == expected
