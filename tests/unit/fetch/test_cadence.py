from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import FeedError, FeedGone, FetchError, FetchTimeout, NotAFeed, ParseError, TooLarge
from aggregator.fetch.cadence import CadenceRules, after_document, after_failure, after_not_modified, follow_move, hold_until
from aggregator.model.feed import FeedState, PollState, Validators
from aggregator.model.fetching import CacheHints, Fetched, NotModified

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
RULES = CadenceRules()
URL = "https://example.org/feed"
OLD = Validators(etag=b'"1"', last_modified=b"monday")


def every(gap: timedelta, count: int = 20, *, until: datetime = NOW) -> list[datetime]:
    return [until - gap * number for number in range(count)]


def document(
    poll: PollState | None = None,
    *,
    dates: list[datetime] | None = None,
    new: int = 1,
    hints: CacheHints | None = None,
    rules: CadenceRules = RULES,
    now: datetime = NOW,
    ttl: timedelta | None = None,
    override: timedelta | None = None,
    problem: str | None = None,
    seed: int = 1,
) -> PollState:
    return after_document(
        poll or PollState(),
        fetched=Fetched(url=URL, body=b"", validators=Validators(etag=b'"2"'), hints=hints or CacheHints()),
        body_hash=b"hash",
        entry_dates=dates or [],
        new_entries=new,
        rules=rules,
        now=now,
        seed=seed,
        ttl=ttl,
        interval_override=override,
        problem=problem,
    )


def unchanged(
    poll: PollState,
    *,
    answer: NotModified | Fetched | None = None,
    now: datetime = NOW,
    rules: CadenceRules = RULES,
    override: timedelta | None = None,
) -> PollState:
    answer = answer or NotModified(url=URL)
    return after_not_modified(poll, answer=answer, rules=rules, now=now, seed=1, interval_override=override)


def failed(poll: PollState, error: FeedError, *, now: datetime = NOW, rules: CadenceRules = RULES) -> PollState:
    return after_failure(poll, error=error, rules=rules, now=now, seed=1)


def http(status: int, retry_after: timedelta | None = None) -> FetchError:
    return FetchError(f"the server answered {status}", feed_url=URL, status=status, retry_after=retry_after)


def wait(poll: PollState, now: datetime = NOW) -> timedelta:
    assert poll.next_poll_at is not None
    return poll.next_poll_at - now


def about(expected: timedelta, actual: timedelta) -> bool:
    """Jitter is only added, a tenth at most."""
    return expected <= actual <= expected * 1.1


# Documents


@pytest.mark.parametrize(
    ("gap", "expected"),
    [(10 * MINUTE, HOUR), (4 * HOUR, 2 * HOUR), (20 * HOUR, 10 * HOUR), (5 * DAY, DAY)],
)
def test_the_interval_is_half_the_usual_gap_within_bounds(gap: timedelta, expected: timedelta) -> None:
    poll = document(dates=every(gap, 11))
    assert poll.interval == expected
    assert about(expected, wait(poll))


def test_only_the_last_ten_entries_tell_the_gap() -> None:
    dates = every(4 * HOUR, 10) + every(MINUTE, 50, until=NOW - 10 * DAY)
    assert document(dates=dates).interval == 2 * HOUR


def test_entries_of_one_moment_count_once() -> None:
    assert document(dates=every(6 * HOUR, 4) * 5).interval == 3 * HOUR


def test_dates_to_come_count_as_now() -> None:
    poll = document(dates=[NOW + 300 * DAY, NOW - 4 * HOUR])
    assert poll.last_new_entry_at == NOW
    assert poll.interval == 2 * HOUR


def test_the_operators_bounds_hold() -> None:
    rules = CadenceRules(min_interval=2 * HOUR, max_interval=6 * HOUR)
    assert document(dates=every(MINUTE), rules=rules).interval == 2 * HOUR
    assert document(dates=every(2 * DAY, 5), rules=rules).interval == 6 * HOUR


def test_a_dormant_feed_is_polled_rarely_whatever_the_cap() -> None:
    rules = CadenceRules(max_interval=6 * HOUR)
    assert document(dates=every(DAY, until=NOW - 31 * DAY), rules=rules).interval == DAY
    assert document(dates=every(DAY, until=NOW - 181 * DAY), rules=rules).interval == 7 * DAY
    assert document(dates=every(DAY, until=NOW - 29 * DAY), rules=rules).interval == 6 * HOUR


def test_without_dates_the_interval_starts_at_the_floor_and_grows_while_nothing_is_new() -> None:
    first = document(new=20)
    assert first.interval == HOUR
    second = document(first, new=0)
    assert second.interval == 1.25 * HOUR
    assert document(second, new=1).interval == HOUR


def test_a_changed_document_without_news_stretches_the_interval_only_as_far_as_silence_says() -> None:
    poll = document(dates=every(2 * HOUR))
    assert poll.interval == HOUR
    for _ in range(30):
        poll = document(poll, dates=every(2 * HOUR), new=0, now=NOW + 4 * HOUR)
    assert poll.interval is not None
    assert poll.interval < 3 * HOUR


def test_an_empty_feed_is_polled_ever_more_rarely() -> None:
    poll = PollState()
    for _ in range(40):
        poll = document(poll, new=0)
    assert poll.interval == DAY


@pytest.mark.parametrize(
    ("hints", "ttl", "expected"),
    [
        (CacheHints(max_age=3 * HOUR), None, 3 * HOUR),
        (CacheHints(max_age=3 * DAY), None, DAY),
        (CacheHints(max_age=MINUTE), None, HOUR),
        (CacheHints(), 6 * HOUR, HOUR),
        (CacheHints(retry_after=2 * DAY), None, 2 * DAY),
        (CacheHints(retry_after=MINUTE), None, HOUR),
        (CacheHints(retry_after=30 * DAY), None, 7 * DAY),
    ],
)
def test_what_the_server_says_is_a_floor_within_reason(hints: CacheHints, ttl: timedelta | None, expected: timedelta) -> None:
    poll = document(dates=every(MINUTE), hints=hints, ttl=ttl)
    assert about(expected, wait(poll))
    assert poll.interval == HOUR  # a wish for once does not change the feed's own rhythm


def test_a_ttl_is_a_floor_of_an_hour_at_most() -> None:
    rules = CadenceRules(min_interval=10 * MINUTE)
    assert about(30 * MINUTE, wait(document(dates=every(MINUTE), ttl=30 * MINUTE, rules=rules)))
    assert about(HOUR, wait(document(dates=every(MINUTE), ttl=6 * HOUR, rules=rules)))


def test_the_users_interval_outweighs_all_but_the_floor_and_retry_after() -> None:
    old = every(DAY, until=NOW - 200 * DAY)
    assert about(3 * HOUR, wait(document(dates=old, override=3 * HOUR, hints=CacheHints(max_age=DAY))))
    assert about(HOUR, wait(document(dates=old, override=MINUTE)))
    assert about(DAY, wait(document(dates=old, override=3 * HOUR, hints=CacheHints(retry_after=DAY))))
    assert about(3 * HOUR, wait(unchanged(document(dates=old), override=3 * HOUR)))


def test_a_floor_of_nothing_is_allowed() -> None:
    rules = CadenceRules(min_interval=timedelta(0), max_interval=timedelta(0))
    assert wait(document(dates=every(DAY), rules=rules)) == timedelta(0)
    assert wait(unchanged(document(rules=rules), rules=rules)) == timedelta(0)


def test_a_success_ends_a_row_of_failures_and_keeps_what_the_document_gave() -> None:
    poll = document(failed(PollState(), http(500)), dates=every(HOUR, 24))
    assert (poll.state, poll.failures, poll.failing_since_at, poll.error, poll.reason) == (FeedState.OK, 0, None, None, None)
    assert (poll.last_polled_at, poll.last_success_at, poll.last_new_entry_at) == (NOW, NOW, NOW)
    assert (poll.validators, poll.body_hash, poll.status) == (Validators(etag=b'"2"'), b"hash", 200)
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


# Unchanged


def test_a_304_keeps_the_validators_and_takes_those_it_carries() -> None:
    poll = PollState(validators=OLD, body_hash=b"hash")
    assert unchanged(poll).validators == OLD
    renewed = unchanged(poll, answer=NotModified(url=URL, validators=Validators(etag=b'"2"')))
    assert renewed.validators == Validators(etag=b'"2"', last_modified=b"monday")
    assert renewed.body_hash == b"hash"
    assert (renewed.status, renewed.state) == (304, FeedState.OK)


def test_an_equal_body_brings_its_own_validators_only() -> None:
    same = Fetched(url=URL, body=b"", validators=Validators(etag=b'"3"'))
    assert unchanged(PollState(validators=OLD), answer=same).validators == Validators(etag=b'"3"')


def test_unchanged_answers_stretch_the_interval_up_to_the_cap() -> None:
    poll = PollState(interval=4 * HOUR)
    poll = unchanged(poll)
    assert poll.interval == 5 * HOUR
    for _ in range(20):
        poll = unchanged(poll)
    assert poll.interval == DAY


def test_an_unconditional_answer_stretches_it_faster() -> None:
    assert unchanged(PollState(interval=4 * HOUR), answer=Fetched(url=URL, body=b"")).interval == 6 * HOUR


def test_a_busy_feed_is_not_neglected_for_a_quiet_night() -> None:
    poll = document(dates=every(30 * MINUTE))
    for hour in range(1, 9):
        poll = unchanged(poll, now=NOW + hour * HOUR)
    assert poll.interval is not None
    assert HOUR < poll.interval <= 2 * HOUR


def test_a_feed_falls_asleep_on_304s() -> None:
    poll = document(dates=every(HOUR))
    assert unchanged(poll, now=NOW + 31 * DAY).interval == DAY
    assert unchanged(poll, now=NOW + 190 * DAY).interval == 7 * DAY


# Failures


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


# The whole


STEPS = st.sampled_from(["new", "same", "304", "500", "404", "429", "parse"])


@given(st.lists(STEPS, max_size=40), st.integers(min_value=0, max_value=10**6), st.integers(min_value=0, max_value=48))
def test_whatever_happens_no_poll_comes_before_the_floor(steps: list[str], seed: int, gap_hours: int) -> None:
    poll, now = PollState(), NOW
    for step in steps:
        dates = every(gap_hours * HOUR, 5, until=now)
        if step in {"new", "same"}:
            poll = document(poll, dates=dates, new=int(step == "new"), now=now, seed=seed)
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
    shares = [wait(document(seed=seed)) / HOUR for seed in range(200)]
    assert shares == [wait(document(seed=seed)) / HOUR for seed in range(200)]
    assert 1.0 <= min(shares) < 1.01
    assert 1.09 < max(shares) <= 1.1


# Moves


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


def test_a_move_in_progress_outlives_polls_that_fail() -> None:
    poll, _ = follow_move(PollState(), permanent_url="https://example.org/a", now=NOW)
    assert failed(poll, http(500)).moved_polls == 1
    assert replace(unchanged(poll), next_poll_at=None).moved_url == "https://example.org/a"


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
