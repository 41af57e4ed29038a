"""How long a feed is left alone after a failure, and what the failure leaves as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.errors import FeedError, FeedGone, FetchTimeout, HostNotFound, NotAFeed, ParseError, TooLarge
from aggregator.fetch.cadence import (
    CadenceRules,
    hold_until,
)
from aggregator.model.feed import FeedState, PollState
from tests.fakes.polls import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    URL,
    about,
    document,
    every,
    failed,
    http,
    wait,
)


def waits(error: FeedError, count: int, *, apart: timedelta = HOUR) -> list[timedelta]:
    poll, result = PollState(), []
    for number in range(count):
        now = NOW + number * apart
        poll = failed(poll, error, now=now)
        result.append(wait(poll, now))
    return result


@pytest.mark.parametrize(
    ("error", "hours"),
    [
        (http(404), [1, 2, 4, 8, 16, 24, 24]),
        (http(400), [1, 2, 4, 8, 16, 24, 24]),
        (http(500), [1, 2, 4, 8, 16, 24, 24]),
        (FetchTimeout("too slow", feed_url=URL), [1, 2, 4, 8, 16, 24]),
        (ParseError("unreadable", feed_url=URL), [1, 2, 4, 8, 16, 24]),
        (NotAFeed("a page", feed_url=URL), [1, 2, 4]),
        (http(401), [24, 24]),
        (http(403), [24, 24]),
        (TooLarge("too large", feed_url=URL), [24, 24]),
        (http(429), [4, 8, 16, 24, 24]),
        (http(503), [4, 8, 16, 24]),
        (http(503, 10 * HOUR), [10, 10]),
        (http(429, MINUTE), [1, 1]),
        (http(429, 30 * DAY), [168]),
    ],
)
def test_each_class_of_failure_backs_off_in_its_way(error: FeedError, hours: list[int]) -> None:
    assert all(about(hour * HOUR, actual) for hour, actual in zip(hours, waits(error, len(hours)), strict=True))


def test_what_was_not_found_for_two_weeks_is_asked_for_weekly() -> None:
    actual = waits(http(404), 16, apart=DAY)
    assert about(DAY, actual[13])
    assert about(7 * DAY, actual[14])


def test_a_name_without_an_address_is_looked_up_again_in_minutes_whatever_the_floor() -> None:
    actual = waits(HostNotFound("no address", feed_url=URL), 10)
    minutes = [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440]
    assert all(about(number * MINUTE, each) for number, each in zip(minutes, actual, strict=True))


def test_a_name_without_an_address_for_a_week_is_looked_up_weekly() -> None:
    actual = waits(HostNotFound("no address", feed_url=URL), 9, apart=DAY)
    assert about(7 * DAY, actual[7])
    assert actual[6] <= 1.1 * DAY


def test_failing_for_years_does_not_overflow() -> None:
    assert about(DAY, wait(failed(PollState(failures=5000, failing_since_at=NOW), http(500))))


def test_a_feed_that_is_gone_is_not_polled_again() -> None:
    poll = failed(PollState(), FeedGone("taken away", feed_url=URL, status=410))
    assert (poll.state, poll.next_poll_at, poll.error, poll.status) == (FeedState.GONE, None, "FeedGone", 410)


def test_a_failure_is_remembered_in_words_and_forgets_nothing() -> None:
    before = document(dates=every(HOUR))
    poll = failed(failed(before, http(500)), FetchTimeout("example.org did not answer", feed_url=URL), now=NOW + HOUR)
    assert (poll.state, poll.failures, poll.failing_since_at) == (FeedState.FAILING, 2, NOW)
    assert (poll.error, poll.reason, poll.status) == ("FetchTimeout", "Example.org did not answer.", None)
    assert (poll.validators, poll.body_hash, poll.interval) == (before.validators, before.body_hash, before.interval)
    assert (poll.last_polled_at, poll.last_success_at) == (NOW + HOUR, NOW)


def test_the_floor_holds_for_failures_too() -> None:
    assert about(3 * HOUR, wait(failed(PollState(), http(500), rules=CadenceRules(min_interval=3 * HOUR))))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (http(429, 2 * HOUR), 2 * HOUR),
        (http(429, timedelta(0)), HOUR),
        (http(429), 4 * HOUR),
        (http(503, 2 * HOUR), None),
        (ParseError("unreadable", feed_url=URL), None),
    ],
)
def test_only_a_429_holds_the_site(error: FeedError, expected: timedelta | None) -> None:
    assert hold_until(error, NOW) == (None if expected is None else NOW + expected)
