from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import ParseError
from aggregator.fetch.cadence import (
    CadenceRules,
    FeedWishes,
)
from aggregator.model.feed import FeedState, PollState, Rhythm, Validators
from aggregator.model.fetching import CacheHints, Fetched, NotModified
from tests.fakes.polls import (
    DAY,
    HOUR,
    MINUTE,
    NEW,
    NOW,
    OLD,
    RULES,
    SETTLED,
    URL,
    about,
    document,
    every,
    failed,
    http,
    interval,
    unchanged,
    wait,
)


def test_the_interval_follows_the_rhythm_and_the_price() -> None:
    often, seldom = every(7 * HOUR, 200), every(50 * HOUR, 100)
    assert HOUR < interval(document(dates=often)) < interval(document(dates=seldom)) < DAY
    dear = replace(RULES, price=1.0)
    assert interval(document(dates=often, rules=dear)) > interval(document(dates=often))


def test_the_interval_stays_within_the_operators_bounds() -> None:
    rules = CadenceRules(min_interval=2 * HOUR, max_interval=6 * HOUR)
    assert interval(document(SETTLED, dates=every(MINUTE, 500), rules=rules)) == 2 * HOUR
    assert interval(document(SETTLED, dates=every(20 * DAY, 5), rules=replace(rules, price=1000))) == 6 * HOUR


def test_dates_to_come_count_as_now() -> None:
    assert document(dates=[NOW + 300 * DAY, NOW - 4 * HOUR]).last_new_entry_at == NOW


def test_a_calendar_of_dates_to_come_tells_of_no_rate() -> None:
    undated = document(dates=[None] * 150)
    to_come = document(dates=[NOW + number * DAY for number in range(1, 151)])
    assert (to_come.rhythm, to_come.entries_per_day) == (undated.rhythm, undated.entries_per_day)


def test_a_dormant_feed_is_polled_rarely_whatever_the_cap() -> None:
    rules = CadenceRules(max_interval=6 * HOUR)
    assert interval(document(dates=every(DAY, until=NOW - 31 * DAY), rules=rules)) == DAY
    assert interval(document(dates=every(DAY, until=NOW - 181 * DAY), rules=rules)) == 7 * DAY
    assert interval(document(dates=every(DAY, until=NOW - 29 * DAY), rules=rules)) <= 6 * HOUR
    asleep = document(dates=every(HOUR))
    assert interval(unchanged(asleep, now=NOW + 31 * DAY)) == DAY
    assert interval(unchanged(asleep, now=NOW + 190 * DAY)) == 7 * DAY


def test_undated_entries_count_as_spread_between_two_polls() -> None:
    before = replace(SETTLED, rhythm=Rhythm(at=NOW - DAY), last_success_at=NOW - DAY)
    undated = document(before, dates=[None] * 4, now=NOW).rhythm
    dated = document(before, dates=[NOW - hours * HOUR for hours in (3, 9, 15, 21)]).rhythm
    assert undated is not None
    assert dated is not None
    assert undated.entries == pytest.approx(dated.entries)
    assert undated.hours == pytest.approx(dated.hours)


def test_the_first_document_without_dates_tells_nothing_of_the_rate() -> None:
    rhythm = document(dates=[None] * 30).rhythm
    assert rhythm == Rhythm(at=NOW)


def test_a_document_without_news_leaves_the_rhythm_as_it_is() -> None:
    first = document(dates=every(HOUR))
    assert document(first, dates=every(HOUR), new=[], now=NOW + HOUR).rhythm == first.rhythm


def test_feeds_added_together_do_not_come_back_together() -> None:
    waits = sorted(wait(document(dates=every(20 * DAY, 5), seed=seed)) for seed in range(100))
    assert HOUR <= waits[0] < 2 * HOUR
    assert waits[50] < waits[99] - HOUR


@pytest.mark.parametrize(
    ("hints", "ttl", "expected"),
    [
        (CacheHints(), None, HOUR),
        (CacheHints(max_age=3 * HOUR), None, 3 * HOUR),
        (CacheHints(max_age=3 * DAY), None, DAY),
        (CacheHints(max_age=timedelta(0)), None, HOUR),
        (CacheHints(max_age=MINUTE), None, 15 * MINUTE),
        (CacheHints(max_age=40 * MINUTE), None, 40 * MINUTE),
        (CacheHints(max_age=5 * MINUTE), HOUR, HOUR),
        (CacheHints(), 20 * MINUTE, 20 * MINUTE),
        (CacheHints(), 6 * HOUR, HOUR),
        (CacheHints(retry_after=2 * DAY), None, 2 * DAY),
        (CacheHints(retry_after=MINUTE), None, HOUR),
        (CacheHints(retry_after=30 * DAY), None, 7 * DAY),
    ],
)
def test_what_the_server_says_moves_the_floor_within_reason(
    hints: CacheHints, ttl: timedelta | None, expected: timedelta
) -> None:
    poll = document(SETTLED, dates=every(MINUTE, 500), hints=hints, wishes=FeedWishes(ttl=ttl))
    assert about(expected, wait(poll))


def test_who_cannot_answer_304_is_not_asked_more_often_than_the_operator_allows() -> None:
    invited = CacheHints(max_age=MINUTE)
    poll = document(SETTLED, dates=every(MINUTE, 500), hints=invited, validators=Validators())
    assert about(HOUR, wait(poll))


def test_the_users_interval_outweighs_all_but_the_floor_and_retry_after() -> None:
    old = every(DAY, until=NOW - 200 * DAY)
    mine = FeedWishes(interval=3 * HOUR)
    assert about(3 * HOUR, wait(document(dates=old, wishes=mine, hints=CacheHints(max_age=DAY))))
    assert about(HOUR, wait(document(dates=old, wishes=FeedWishes(interval=MINUTE))))
    assert about(DAY, wait(document(dates=old, wishes=mine, hints=CacheHints(retry_after=DAY))))
    assert about(3 * HOUR, wait(unchanged(document(dates=old), wishes=mine)))


def test_a_pushed_feed_is_polled_once_a_day() -> None:
    busy = document(SETTLED, dates=every(MINUTE, 500), wishes=FeedWishes(pushed=True))
    assert about(DAY, wait(busy))
    assert about(DAY, wait(unchanged(busy, wishes=FeedWishes(pushed=True))))


@pytest.mark.parametrize(
    ("hours", "days", "expected"),
    [
        ({14, 15, 16}, set(), NOW.replace(hour=17)),
        ({14}, {1}, NOW + 11 * HOUR),  # a Tuesday: nothing before Wednesday
        (set(range(24)), set(), NOW + HOUR),  # it does not mean that
    ],
)
def test_hours_and_days_that_a_feed_wants_skipped_are_skipped(hours: set[int], days: set[int], expected: datetime) -> None:
    wishes = FeedWishes(skip_hours=frozenset(hours), skip_days=frozenset(days))
    poll = document(SETTLED, dates=every(MINUTE, 500), wishes=wishes)
    assert poll.next_poll_at is not None
    assert timedelta(0) <= poll.next_poll_at - expected <= 6 * MINUTE


def test_a_floor_of_nothing_is_allowed() -> None:
    rules = CadenceRules(min_interval=timedelta(0), max_interval=timedelta(0))
    assert wait(document(dates=every(DAY), rules=rules)) == timedelta(0)
    assert wait(unchanged(document(rules=rules), rules=rules)) == timedelta(0)


def test_a_success_ends_a_row_of_failures_and_keeps_what_the_document_gave() -> None:
    poll = document(failed(PollState(), http(500)), dates=every(HOUR, 24))
    assert (poll.state, poll.failures, poll.failing_since_at, poll.error, poll.reason) == (FeedState.OK, 0, None, None, None)
    assert (poll.last_polled_at, poll.last_success_at, poll.last_new_entry_at) == (NOW, NOW, NOW)
    assert (poll.validators, poll.document_url, poll.document_entries) == (NEW, URL, 24)
    assert (poll.body_hash, poll.status) == (b"hash", 200)
    assert poll.entries_per_day == pytest.approx(24 * 24 / 23)


def test_a_malformed_document_is_said_to_be_broken_until_it_changes() -> None:
    broken = document(problem="a tag is not closed in line 3")
    assert (broken.state, broken.reason) == (FeedState.BROKEN, "A tag is not closed in line 3.")
    assert unchanged(broken).state == FeedState.BROKEN
    mended = document(unchanged(broken))
    assert (mended.state, mended.reason) == (FeedState.OK, None)


def test_the_newest_entry_never_becomes_older() -> None:
    poll = document(document(dates=[NOW]), dates=[NOW - 5 * DAY])
    assert poll.last_new_entry_at == NOW


# The delay achieved


def test_the_delay_is_the_mean_from_date_to_poll() -> None:
    poll = document(SETTLED, dates=[NOW - HOUR, NOW - 3 * HOUR])
    assert (poll.delay, poll.delay_weight) == (2 * HOUR, 2)


def test_history_undated_and_backdated_entries_tell_nothing_of_the_delay() -> None:
    assert document(dates=every(HOUR)).delay is None
    assert document(SETTLED, dates=[None, NOW - 10 * DAY]).delay is None


def test_older_delays_count_less() -> None:
    before = replace(SETTLED, delay=4 * HOUR, delay_weight=1.0, last_new_entry_at=NOW - 14 * DAY)
    poll = document(before, dates=[NOW - HOUR])
    assert poll.delay is not None
    assert poll.delay / HOUR == pytest.approx((4 / math.e + 1) / (1 / math.e + 1))


# Unchanged


def test_a_304_keeps_the_validators_and_takes_those_it_carries() -> None:
    poll = PollState(validators=OLD, body_hash=b"hash", document_url=URL)
    assert unchanged(poll).validators == OLD
    renewed = unchanged(poll, answer=NotModified(url=URL, validators=NEW))
    assert renewed.validators == Validators(etag=b'"2"', last_modified=b"monday")
    assert (renewed.body_hash, renewed.document_url) == (b"hash", URL)
    assert (renewed.status, renewed.state) == (304, FeedState.OK)


def test_an_equal_body_brings_its_own_validators_only() -> None:
    same = Fetched(url="https://cdn.example/feed", body=b"", validators=Validators(etag=b'"3"'))
    poll = unchanged(PollState(validators=OLD, document_url=URL), answer=same)
    assert (poll.validators, poll.document_url) == (Validators(etag=b'"3"'), "https://cdn.example/feed")


def test_a_304_leaves_the_rhythm_and_asks_by_it() -> None:
    first = document(dates=every(2 * HOUR, 100))
    later = unchanged(first, now=NOW + 2 * HOUR)
    assert later.rhythm == first.rhythm
    assert HOUR <= interval(later) < 4 * HOUR


def test_equal_bodies_without_validators_stretch_the_interval_up_to_the_cap() -> None:
    same = Fetched(url=URL, body=b"")
    poll = replace(document(dates=every(MINUTE, 500)), interval=4 * HOUR)
    poll = unchanged(poll, answer=same)
    assert interval(poll) == 6 * HOUR
    for _ in range(9):
        poll = unchanged(poll, answer=same)
    assert interval(poll) == DAY


STEPS = st.sampled_from(["new", "same", "304", "500", "404", "429", "parse"])


@given(st.lists(STEPS, max_size=40), st.integers(min_value=0, max_value=10**6), st.integers(min_value=0, max_value=48))
def test_whatever_happens_no_poll_comes_before_the_floor(steps: list[str], seed: int, gap_hours: int) -> None:
    poll, now = PollState(), NOW
    for step in steps:
        dates = every(gap_hours * HOUR, 5, until=now)
        if step in {"new", "same"}:
            poll = document(poll, dates=dates, new=dates[:1] if step == "new" else [], now=now, seed=seed)
        elif step == "304":
            poll = unchanged(poll, now=now)
        elif step == "parse":
            poll = failed(poll, ParseError("unreadable", feed_url=URL), now=now)
        else:
            poll = failed(poll, http(int(step)), now=now)
        assert HOUR <= wait(poll, now) <= 7.7 * DAY
        assert poll.next_poll_at is not None
        now = poll.next_poll_at


def test_jitter_is_the_same_for_the_same_feed_and_differs_between_feeds() -> None:
    def share(seed: int) -> float:
        return wait(document(SETTLED, dates=every(MINUTE, 500), seed=seed)) / HOUR

    shares = [share(seed) for seed in range(200)]
    assert shares == [share(seed) for seed in range(200)]
    assert 1.0 <= min(shares) < 1.01
    assert 1.09 < max(shares) <= 1.1
